"""Printing entries: a table for a terminal, plain lines for a pipe, JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import click

from readlist.services.exporter import Entries, export
from readlist.shelf import Entry, Shelf
from readlist.text.clean import counted, drawable, readable, title_line


def print_entries(shelf: Shelf, ids: Sequence[int], form: str, end: str = "\n") -> None:
    """Print entries as `table`, `plain`, `json`, `jsonl` or `keys`; `end` ends each of `plain` and `keys`."""
    entries = Entries(shelf, ids)
    if form == "table":
        _print_table(entries, len(ids))
    elif form == "plain":
        print_pieces(f"{_plain(entry)}{end}" for entry in entries)
    elif form == "keys":
        print_pieces(f"{drawable(entry.paper.key)}{end}" for entry in entries)
    else:
        print_pieces(export(shelf, ids, form))


def print_pieces(pieces: Iterable[str]) -> None:
    """Print the pieces of a text: to a terminal what it can't obey, into a pipe in UTF-8 to the letter."""
    if for_terminal():
        for piece in pieces:
            lines = piece.replace("\r\n", "\n").replace("\0", "\n").split("\n")
            click.echo("\n".join(map(drawable, lines)), nl=False)
        return
    sys.stdout.flush()
    for piece in pieces:
        sys.stdout.buffer.write(piece.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def _plain(entry: Entry) -> str:
    """Return an entry as one line of four columns, none of them empty but a day or title that is not known."""
    return "\t".join(
        (drawable(entry.paper.key), signs(entry, " ").replace(" ", "-"), _day(entry), title_line(entry.paper))
    )


def _print_table(entries: Iterable[Entry], total: int) -> None:
    import shutil

    from rich.cells import cell_len, set_cell_size

    width = shutil.get_terminal_size().columns
    for entry in entries:
        room = max(20, width - 18)
        text = title_line(entry.paper)
        if cell_len(text) > room:
            text = set_cell_size(text, room - 1) + "…"
        click.echo(f"{signs(entry)} {set_cell_size(text, room)} {_day(entry)}".rstrip())
    click.echo(counted(total, "paper"))


def signs(entry: Entry, code: str = "{}") -> str:
    """Return unread, star, note and code of an entry as four signs."""
    mark = entry.mark
    repo = ("c" if code == " " else code) if entry.paper.repo else " " * len(code)
    unread, star, note = ("u", "s", "n") if code == " " else ("●", "★", "✎")
    return (unread if not mark.read else " ") + (star if mark.starred else " ") + (note if mark.note else " ") + repo


def _day(entry: Entry) -> str:
    when = entry.day or entry.paper.published
    return when.isoformat() if when else ""


def print_entry(shelf: Shelf, entry: Entry) -> None:
    """Print one paper in full, for reading."""
    paper, announcements = entry.paper, shelf.feeds.log.announcements(entry.id)
    lines = [title_line(entry.paper), drawable(", ".join(paper.authors)), ""]
    state = [
        "read" if entry.mark.read else "unread",
        *(["starred"] if entry.mark.starred else []),
        *([f"{entry.upvotes} upvotes"] if entry.upvotes is not None else []),
        *(f"{one.feed} {one.day.isoformat() if one.day else ''}".strip() for one in announcements),
    ]
    lines += [drawable(paper.key), drawable(" · ".join(state))]
    lines += [f"{link.kind:8} {drawable(link.target)}" for link in paper.links]
    if paper.page:
        lines.append(f"{'page':8} {drawable(paper.page)}")
    for part in (paper.summary, paper.abstract, entry.mark.note and f"Note: {entry.mark.note}"):
        if part:
            lines += ["", *(drawable(one) for one in readable(part).split("\n"))]
    click.echo("\n".join(lines))


def for_terminal() -> bool:
    """Tell whether standard output is a terminal."""
    return sys.stdout.isatty()


def print_columns(rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows of text: aligned for a terminal, with tabs between for a pipe."""
    from rich.cells import cell_len, set_cell_size

    rows = [tuple(drawable(cell) for cell in row) for row in rows]
    if not for_terminal():
        click.echo("\n".join("\t".join(row) for row in rows))
        return
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip())
