"""The manual says what holds: generated parts, links, commands, options, queries, feeds and settings."""

from __future__ import annotations

import inspect
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from readlist import manual
from readlist.cli.command_table import readlist
from readlist.config import Config
from readlist.config.feed_parser import parse_feed
from readlist.exports.formats import FORMATS
from readlist.model.view import SORTS
from readlist.query import parse
from readlist.query.terms import FIELDS
from readlist.tui.commands import COMMANDS
from readlist.tui.keymap import spelled
from tests import write_manual
from tests.write_manual import FOLDER, GENERATED, MAN_PAGE, PAGES, PROGRAM, subcommands

ROOT = FOLDER.parents[1]
READMES = (ROOT / "README.md", ROOT / "tests/reliability/README.md", ROOT / "tests/benchmarks/README.md")
ALL = (*(FOLDER / f"{topic}.md" for topic in manual.TOPICS), *READMES)
BY_NAME = pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(ROOT)))
TOPIC = pytest.mark.parametrize("topic", manual.TOPICS)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def spans(page: str) -> Iterator[str]:
    """What is marked as code in the text, and the lines of blocks for a shell."""
    for block in re.findall(r"^```(?:sh|console|crontab)\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL))


def commands(page: str) -> Iterator[list[str]]:
    """The arguments of each `readlist …` on a page."""
    for span in spans(page):
        for found in re.findall(r"(?:^|(?<!set)[\s(./$])readlist ([^|;<>)`']*(?:'[^']*'[^|;<>)`']*)*)", span):
            try:
                yield shlex.split(found, comments=True)
            except ValueError:
                yield shlex.split(found.rpartition("'")[0])


@TOPIC
def test_a_page_begins_with_its_title_and_a_sentence(topic: str) -> None:
    title, empty, sentence, *_ = manual.read(topic).split("\n")
    assert title.startswith("# ") and empty == "" and sentence == manual.summary(topic)
    assert sentence.endswith(".") and len(sentence) <= 120
    assert 40 <= len(text(FOLDER / f"{topic}.md").splitlines()) <= 200


def test_every_topic_has_a_page_and_every_page_a_topic() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == sorted(manual.TOPICS)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_generated_parts_are_up_to_date(path: Path) -> None:
    assert text(path) == write_manual.rewritten(text(path)), "python -m tests.write_manual"


def test_the_man_page_is_up_to_date() -> None:
    assert text(MAN_PAGE) == write_manual.man_page(), "python -m tests.write_manual"


@pytest.mark.skipif(shutil.which("groff") is None, reason="wants groff")
def test_the_man_page_is_drawn_without_a_warning() -> None:
    done = subprocess.run(
        ["groff", "-k", "-man", "-Tutf8", "-ww", str(MAN_PAGE)], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    shown = re.sub(r"\x1b\[[\d;]*m|.\x08", "", done.stdout)
    for command in subcommands(readlist):
        assert f"readlist {command}" in shown


@BY_NAME
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text(path)):
        if not target.startswith("https://"):
            file, _, _ = target.partition("#")
            assert (path.parent / file).exists(), target


@BY_NAME
def test_files_that_are_named_exist(path: Path) -> None:
    page = re.sub(r"^```.*?^```", "", text(path), flags=re.MULTILINE | re.DOTALL)
    for name in re.findall(r"`((?:readlist|tests)/[\w./-]*)`", page):
        assert (ROOT / name).exists(), name
    for name in re.findall(r"`(test_\w+\.py|\w+\.py)`", page):
        assert (path.parent / name).exists(), name


@BY_NAME
def test_commands_and_options_are_taken(path: Path) -> None:
    for words in commands(GENERATED.sub("", text(path))):
        command: click.Command = readlist
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            found = command.get_command(PROGRAM, words[0])
            if found is None and re.fullmatch(r"[A-Z]+", words[0]):
                break
            assert found is not None, f"readlist {words[0]}"
            command, words = found, words[1:]
        try:
            context = command.make_context(command.name, words, parent=PROGRAM)
        except (click.MissingParameter, click.exceptions.Exit):
            # A command that is only named, or its --help.
            continue
        query = [word for word in context.params.get("query", ()) if not word.startswith("@") and word != "QUERY"]
        assert not parse(" ".join(query)).problems, query


def shell_lines(path: Path) -> Iterator[str]:
    """The lines of a page that are meant for a shell."""
    yield from (span for span in spans(GENERATED.sub("", text(path))) if "readlist " in span and "[" not in span)


def examples() -> Iterator[str]:
    """The examples in the help of all commands."""
    for command in (readlist, *subcommands(readlist).values()):
        lines = inspect.cleandoc(command.epilog or "").splitlines()
        yield from (line for line in lines if "readlist" in line)


def eaten(line: str) -> list[str]:
    """What a shell would not hand to `readlist` as it is written."""
    line = re.sub(r"'[^']*'|\"[^\"]*\"", "", line)
    line = re.sub(r"(?:^|\s)#.*", "", line)
    line = re.sub(r"<\((.*?)\)", r"\1", line)
    line = re.sub(r"\s\d?>>? ?[\w~./-]+", "", line)
    return [
        sign for words in re.findall(r"(?<![\w/])readlist\s[^|;&]*", line) for sign in re.findall(r"[*?()<>]", words)
    ]


def test_what_a_shell_would_eat_is_found() -> None:
    assert eaten("readlist list is:unread upvotes:>20") == [">"]
    assert eaten("readlist list (a OR b) quant*") == ["(", ")", "*"]
    assert eaten("*/10 * * * * readlist list 'upvotes:>20 (a)' >/dev/null | fzf (") == []


@pytest.mark.parametrize("line", [*(line for path in ALL for line in shell_lines(path)), *examples()])
def test_examples_are_quoted_for_the_shell(line: str) -> None:
    assert not eaten(line)


@pytest.mark.parametrize("name", subcommands(readlist))
def test_every_command_is_documented(name: str) -> None:
    assert any(words[:1] == [name] for topic in manual.TOPICS for words in commands(manual.read(topic)))


def test_every_field_order_setting_format_and_key_is_documented() -> None:
    search, settings, keys = (manual.read(topic) for topic in ("search", "settings", "keys"))
    assert all(f"| `{name}:` |" in search for name in FIELDS if name != "sort")
    assert all(f"| `{name}` |" in search for name in SORTS)
    assert all(f"| `{name}` |" in settings for name in Config.__struct_fields__)
    assert all(f"| `{name}` |" in manual.read("import-export") for name in FORMATS)
    assert all(re.search(rf"`{command.name}`[^|]* \|$", keys, re.MULTILINE) for command in COMMANDS)


def test_the_keys_on_the_front_page_are_the_defaults() -> None:
    section = text(READMES[0]).partition("## Twelve keys")[2].partition("\n## ")[0]
    named = re.findall(r"`([^`]+)`", section)
    known = {spelled(key) for command in COMMANDS if "list" in command.contexts for key in command.keys}
    assert len(named) == 13 and set(named) <= known


def test_names_in_the_contributors_map_exist() -> None:
    page = manual.read("inside")
    for names, module in re.findall(r"((?:`\w\w+`[^`.;]{,20}?)+)in\s+`(readlist/[\w/]+\.py)`", page):
        source = text(ROOT / module)
        for name in re.findall(r"`(\w+)`", names):
            assert re.search(rf"\b{name}\b", source), (name, module)


def test_every_library_is_explained() -> None:
    pyproject = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]
    needed = [*pyproject["dependencies"], *pyproject["optional-dependencies"]["mail"]]
    rows = re.findall(r"^\| [^|]+ \| ([\w-]+)", manual.read("inside").partition("## Libraries")[2], re.MULTILINE)
    assert {re.split(r"[^\w-]", each)[0] for each in needed} == {*rows} - {"library", "sqlite3"}


def test_queries_are_understood() -> None:
    page = manual.read("search")
    first_cells = re.findall(r"^\| (`[^|]*`) \|", page, re.MULTILINE)
    queries = [query for cell in first_cells for query in re.findall(r"`([^`]+)`", cell)]
    examples = re.findall(r"\| (?:`([^|`]+)`) \|$", page, re.MULTILINE)
    for query in [*queries, *examples, *re.findall(r'^query = "(.*)"$', page, re.MULTILINE)]:
        assert query.rstrip(":") in (*FIELDS, *SORTS) or not parse(query).problems, query


def test_feeds_are_understood() -> None:
    section = manual.read("feeds").partition("## What you can follow")[2].partition("\n\n```")[0]
    feeds = [
        feed for line in re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE) for feed in re.findall("`(.*?)`", line)
    ]
    assert len(feeds) > 8
    for feed in feeds:
        parse_feed(feed)


@TOPIC
def test_settings_are_taken(topic: str, tmp_path: Path) -> None:
    from readlist.config import load
    from readlist.tui.app import theme_problem
    from readlist.tui.keymap import KeyMap

    for block in re.findall(r"^```toml\n(.*?)^```", manual.read(topic), re.MULTILINE | re.DOTALL):
        path = tmp_path / "config.toml"
        path.write_text(block, encoding="utf-8")
        config = load(path)
        KeyMap(config.keys, path)
        assert not theme_problem(config.theme)
        assert set(tomllib.loads(block)) <= set(Config.__struct_fields__)
