"""The man page: the help of the commands and sections of the manual, in roff (man(7))."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import click
from markdown_it import MarkdownIt
from markdown_it.token import Token

from readlist import manual

Subcommands = Callable[[click.Group], Mapping[str, click.Command]]

_SECTIONS = (
    ("SEARCH", "search", ""),
    ("EXIT STATUS", "scripts", "Exit status"),
    ("ENVIRONMENT", "settings", "Environment"),
    ("FILES", "files", "Folders"),
)
"""Sections of the man page: the title, the page of the manual it comes from, and the section of it; empty for all."""


def man_page(context: click.Context, subcommands: Subcommands, version: str) -> str:
    """Return the man page of the program with a context."""
    program = context.command
    assert isinstance(program, click.Group)
    purpose = (program.help or "").partition("\n")[0].rstrip(".")
    lines = [
        '.\\" Written by tests/write_manual.py',
        f'.TH READLIST 1 "" "readlist {version}" "User Commands"',
        ".SH NAME",
        f"readlist \\- {escape(purpose[:1].lower() + purpose[1:])}",
        ".SH SYNOPSIS",
        ".B readlist",
        ".br",
        ".B readlist",
        ".I command",
        "[options] [arguments]",
        ".SH DESCRIPTION",
        *paragraphs((program.help or "").partition("\n\n")[2]),
        ".PP",
        "The whole manual:",
        ".B readlist help",
        ".SH COMMANDS",
    ]
    for name, command in subcommands(program).items():
        lines += described(f"readlist {name}", command, context)
        if isinstance(command, click.Group):
            for inner, each in subcommands(command).items():
                lines += described(f"readlist {name} {inner}", each, context)
    for title, topic, section in _SECTIONS:
        lines += [f".SH {title}", *of_markdown(part(manual.read(topic), section))]
    lines += [".SH SEE ALSO", "Pages of the manual, each shown by", ".B readlist help TOPIC"]
    for topic in manual.TOPICS:
        lines += [".TP", f".B {escape(topic)}", escape(plain(manual.summary(topic)))]
    return "\n".join(lines) + "\n"


def described(name: str, command: click.Command, program: click.Context) -> Iterator[str]:
    """Yield what a command does, and its options."""
    context = click.Context(command, info_name=name, parent=program)
    arguments = " ".join(piece for piece in command.collect_usage_pieces(context) if not piece.startswith("[OPTIONS"))
    yield f".SS {escape(f'{name} {arguments}'.strip())}"
    yield from paragraphs(command.help or "")
    for option in command.params:
        record = option.get_help_record(context) if isinstance(option, click.Option) else None
        if record is not None:
            yield ".TP"
            yield f".B {escape(record[0])}"
            yield escape(record[1]) or "\\&"
    if command.epilog:
        yield from paragraphs(inspect.cleandoc(command.epilog))


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text; one with a first line of click that says so keeps its lines."""
    for paragraph in text.strip().split("\n\n"):
        lines = [line.strip() for line in paragraph.split("\n")]
        yield ".PP"
        if lines[0] == "\b":
            yield from (".nf", *map(escape, lines[1:]), ".fi")
        else:
            yield escape(" ".join(lines))


def part(page: str, section: str) -> str:
    """Return the text of a section of a page; without a name that of the page after its first sentence."""
    if not section:
        return page.split("\n", 4)[4]
    return page.partition(f"\n## {section}\n")[2].partition("\n## ")[0]


def plain(text: str) -> str:
    """Return one line of Markdown without its signs."""
    return re.sub(r"[`*]", "", manual.without_page_links(text))


def escape(text: str) -> str:
    """Return a text as roff reads it, on one line."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("^", "\\(ha").replace("~", "\\(ti")
    escaped = escaped.replace("`", "\\(ga").replace("'", "\\(aq").replace('"', "\\(dq")
    return f"\\&{escaped}" if escaped.startswith(".") else escaped


def of_markdown(text: str) -> list[str]:
    """Return Markdown as lines of roff: headings, paragraphs, lists, tables and code."""
    tokens = MarkdownIt("commonmark").enable("table").parse(manual.without_page_links(text))
    lines: list[str] = []
    cells: list[str] = []
    before = ".PP"
    for token in tokens:
        match token.type:
            case "heading_open":
                before = ".SS"
            case "list_item_open":
                before = ".IP \\(bu 2"
            case "tr_open":
                cells = []
            case "tr_close":
                lines += _row(cells)
            case "thead_close":
                # The heads of columns are for eyes that see columns.
                lines = lines[: _last_head(lines)]
            case "fence":
                lines += [".PP", ".RS 4", ".nf", *map(escape, token.content.rstrip("\n").split("\n")), ".fi", ".RE"]
            case "inline" if token.level > 2 and tokens[tokens.index(token) - 1].type in ("td_open", "th_open"):
                cells.append(inline(token.children or []))
            case "inline":
                said = inline(token.children or [])
                lines += [f"{before} {said}"] if before == ".SS" else [before, said]
                before = ".PP"
            case _:
                pass
    return lines


def _row(cells: Sequence[str]) -> list[str]:
    return [".TP", cells[0] or "\\&", "; ".join(cell for cell in cells[1:] if cell) or "\\&"]


def _last_head(lines: Sequence[str]) -> int:
    return len(lines) - 3


def inline(tokens: Sequence[Token]) -> str:
    """Return the words of a paragraph, code and strong ones in bold."""
    pieces = []
    for token in tokens:
        match token.type:
            case "code_inline":
                pieces.append(f"\\fB{escape(token.content)}\\fR")
            case "strong_open":
                pieces.append("\\fB")
            case "strong_close":
                pieces.append("\\fR")
            case "softbreak":
                pieces.append(" ")
            case "link_close":
                pass
            case "link_open":
                pass
            case _:
                pieces.append(escape(token.content))
    return "".join(pieces)
