"""Writes the parts of the manual that follow from the code, and the man page: `python -m tests.write_manual`."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import click

from readlist import __version__, manual
from readlist.cli.command_table import COMMANDS as ROWS
from readlist.cli.command_table import readlist
from readlist.config import Config
from readlist.exports.formats import FORMATS
from readlist.model.view import SORTS
from readlist.query.terms import FIELDS, SYNTAX, VALUE_EXAMPLES
from readlist.tui.commands import COMMANDS, GROUPS, SENT
from readlist.tui.dialogs.help import SIGN_MEANINGS
from readlist.tui.keymap import spelled
from readlist.tui.render.signs import ASCII_SIGNS, SIGNS
from tests.support import roff

FOLDER = Path(manual.__file__).parent
PAGES = (*(FOLDER / f"{topic}.md" for topic in manual.TOPICS), FOLDER.parents[1] / "README.md")
"""The files with generated parts."""

MAN_PAGE = FOLDER / "readlist.1"

DIALOGS = {"In dialogs": "dialogs", "In the feeds": "feeds", "In the help": "help"}
"""The groups of commands in dialogs, as the table of keys names them."""

GENERATED = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->\n)", re.DOTALL)
"""A generated part: its first line, its name, its last line."""


PROGRAM = click.Context(readlist, **readlist.context_settings)
"""The context of all commands: a command without it would keep other names for its option --help."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows)).replace("| --- ", "|---")


def code(*texts: str) -> str:
    """Texts as code, in a cell of a table."""
    return " ".join(f"`{text}`".replace("|", "\\|") for text in texts)


def prose(text: str) -> str:
    """A text in a cell of a table, with signs that Markdown would read escaped."""
    return re.sub(r"([*|<\[])", r"\\\1", text)


def keys() -> str:
    """Every command with its keys, group by group; all dialogs in one table, all saved views in one row."""
    parts = []
    for group in (group for group in GROUPS if group not in DIALOGS):
        rows: list[list[str]] = []
        # What only now and then applies comes last, as in the help.
        for each in sorted((each for each in COMMANDS if each.group == group), key=lambda each: each.contexts <= SENT):
            row = [code(*map(spelled, each.keys)) or "palette", each.help.rstrip("."), code(each.name)]
            if re.fullmatch(r"view_\d", each.name):
                row[1] = row[1].replace(f"tab {each.name[-1]}", "this tab")
                if rows and rows[-1][1] == row[1]:
                    shown, _, name = rows.pop()
                    row = [f"{shown} {row[0]}", row[1], f"{name} {row[2]}"]
            rows.append(row)
        parts.append(f"## {group}\n\n{table(('key', 'what it does', 'name'), rows)}")
    inside = [
        (DIALOGS[each.group], code(*map(spelled, each.keys)), each.help.rstrip("."), code(each.name))
        for each in COMMANDS
        if each.group in DIALOGS
    ]
    parts.append(f"## In dialogs\n\n{table(('where', 'key', 'what it does', 'name'), inside)}")
    return "\n".join(parts)


def signs() -> str:
    """The signs of a row."""
    rows = [
        (code(getattr(SIGNS, name)), code(getattr(ASCII_SIGNS, name)), meaning)
        for name, meaning in SIGN_MEANINGS.items()
    ]
    return table(("sign", "with `ascii`", "meaning"), rows)


def syntax() -> str:
    """What a query may be made of, besides fields."""
    return table(("query", "finds"), ((code(example), prose(meaning)) for example, meaning in SYNTAX))


def fields() -> str:
    """The fields of the query language."""
    rows = []
    for name, field in FIELDS.items():
        if name == "sort":
            continue
        values = code(*field.values) if field.values else VALUE_EXAMPLES[field.kind]
        rows.append((code(f"{name}:"), field.help, values, code(field.example)))
    return table(("field", "finds", "values", "example"), rows)


def sorts() -> str:
    """The sort orders."""
    return table(("order", "what comes first"), ((code(name), order.help) for name, order in SORTS.items()))


def exports() -> str:
    """The formats of `readlist export`."""
    rows = [(code(name), form.title, code(f".{form.suffix}")) for name, form in FORMATS.items()]
    return table(("format", "what", "file"), [*rows, ("`markdown`", "[Notes](notes.md), one file a paper", "a folder")])


def settings() -> str:
    """The keys of config.toml, with what its docstring says of them and their defaults."""
    reported = attributes(Config)
    default = Config()
    rows = [(code(name), reported[name], written(getattr(default, name))) for name in Config.__struct_fields__]
    return table(("key", "what", "default"), rows)


def attributes(cls: type) -> dict[str, str]:
    """What the docstring of a class says of its attributes."""
    text = inspect.getdoc(cls) or ""
    found = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", text.partition("Attributes:\n")[2], re.MULTILINE)
    return {name: " ".join(said.split()).rstrip(".") for name, said in found}


def written(value: object) -> str:
    """A default value of config.toml, as one would write it; nothing for none."""
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, timedelta):
        return code(f'"{value // timedelta(hours=1)}h"')
    return code(f'"{value}"') if isinstance(value, str) and value else ""


def subcommands(command: click.Group) -> dict[str, click.Command]:
    """The commands of a group by name, in its order; those that are hidden left out."""
    context = click.Context(command, parent=PROGRAM)
    found = {name: command.get_command(context, name) for name in command.list_commands(context)}
    return {name: each for name, each in found.items() if each is not None and not each.hidden}


def commands() -> str:
    """The commands in their groups, each with its arguments and its line."""
    parts = ["`readlist` alone opens the list.\n"]
    groups = dict.fromkeys(row.group for row in ROWS.values())
    found = subcommands(readlist)
    for group in groups:
        rows = [
            (code(f"readlist {usage(name, found[name])}"), prose(row.help))
            for name, row in ROWS.items()
            if row.group == group
        ]
        parts.append(f"### {group}\n\n{table(('command', 'what it does'), rows)}")
    return "\n".join(parts)


def usage(name: str, command: click.Command) -> str:
    """A command and its arguments."""
    if isinstance(command, click.Group):
        return f"{name} [{'|'.join(subcommands(command))}]"
    pieces = command.collect_usage_pieces(click.Context(command, parent=PROGRAM))
    return " ".join([name, *(piece.replace("...", "…") for piece in pieces if piece != "[OPTIONS]")])


def floors() -> str:
    """The packages from the top floor down, with the first sentence of what each says of itself."""
    pyproject = tomllib.loads((FOLDER.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    layers = pyproject["tool"]["importlinter"]["contracts"][0]["layers"]
    rows = []
    for floor, layer in zip(reversed(range(len(layers))), layers, strict=True):
        for name in layer.split(" | "):
            package = FOLDER.parent / name
            path = package / "__init__.py" if package.is_dir() else package.with_suffix(".py")
            docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            shown = f"readlist/{name}/" if package.is_dir() else f"readlist/{name}.py"
            rows.append((str(floor), code(shown), prose(docstring.partition("\n")[0].rstrip("."))))
    return table(("floor", "module", "what lives there"), rows)


def contents() -> str:
    """The pages of the manual, for the README."""
    rows = (f"- [{topic}](readlist/manual/{topic}.md): {manual.summary(topic)}\n" for topic in manual.TOPICS)
    return "".join(rows)


PARTS: Mapping[str, Callable[[], str]] = {
    "keys": keys, "signs": signs, "syntax": syntax, "fields": fields, "sorts": sorts, "exports": exports,
    "settings": settings, "commands": commands, "contents": contents, "floors": floors,
}  # fmt: skip
"""What writes each generated part."""


def rewritten(page: str) -> str:
    """A page with its generated parts up to date."""
    return GENERATED.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}{found[3]}", page)


def man_page() -> str:
    """The man page, from the help of the commands and some pages of the manual."""
    return roff.man_page(PROGRAM, subcommands, __version__)


def main() -> None:
    """Rewrite all files."""
    for path in PAGES:
        path.write_text(rewritten(path.read_text(encoding="utf-8")), encoding="utf-8")
    MAN_PAGE.write_text(man_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
