"""Printing entries: a table for a terminal, plain lines for a pipe, JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

import click

from readlist.exports.json import record, written
from readlist.shelf import Entry, Shelf
from readlist.text import drawable, readable

_CHUNK = 500


def entries_of(shelf: Shelf, ids: Sequence[int]) -> Iterator[Entry]:
    """Fetch entries in chunks, so that a long list neither waits nor fills the memory."""
    for start in range(0, len(ids), _CHUNK):
        yield from shelf.entries(ids[start : start + _CHUNK])


def print_entries(shelf: Shelf, ids: Sequence[int], form: str) -> None:
    """Print entries as `table`, `plain`, `json`, `jsonl` or `keys`."""
    if form in ("json", "jsonl"):
        _print_records(records_of(shelf, ids), form)
        return
    entries = entries_of(shelf, ids)
    if form == "keys":
        for entry in entries:
            click.echo(drawable(entry.paper.key))
    elif form == "plain":
        for entry in entries:
            click.echo(
                "\t".join((drawable(entry.paper.key), signs(entry, " ").replace(" ", "-"), _day(entry), title(entry)))
            )
    else:
        _print_table(entries, len(ids))


def records_of(shelf: Shelf, ids: Sequence[int]) -> Iterator[list[str]]:
    """Fetch entries in chunks, each as JSON on one line."""
    for start in range(0, len(ids), _CHUNK):
        entries = shelf.entries(ids[start : start + _CHUNK])
        told = shelf.announcements_of(entries)
        yield [written(record(entry, told.get(entry.id, ()))) for entry in entries]


def _print_records(chunks: Iterable[Sequence[str]], form: str) -> None:
    """Print records one a line, or as one array."""
    separator, between, end = ("", "\n", "") if form == "jsonl" else ("[\n ", ",\n ", "\n]")
    for records in filter(None, chunks):
        click.echo(separator + between.join(records), nl=False)
        separator = between
    if separator == between:
        click.echo(end)
    elif form == "json":
        click.echo("[]")


def _print_table(entries: Iterable[Entry], total: int) -> None:
    import shutil

    from rich.cells import cell_len, set_cell_size

    width = shutil.get_terminal_size().columns
    for entry in entries:
        room = max(20, width - 18)
        text = title(entry)
        if cell_len(text) > room:
            text = set_cell_size(text, room - 1) + "…"
        click.echo(f"{signs(entry)} {set_cell_size(text, room)} {_day(entry)}".rstrip())
    click.echo(f"{total:,} paper{'' if total == 1 else 's'}")


def signs(entry: Entry, code: str = "{}") -> str:
    """Return unread, star, note and code of an entry as four signs."""
    mark = entry.mark
    repo = ("c" if code == " " else code) if entry.paper.repo else " " * len(code)
    unread, star, note = ("u", "s", "n") if code == " " else ("●", "★", "✎")
    return (unread if not mark.read else " ") + (star if mark.starred else " ") + (note if mark.note else " ") + repo


def title(entry: Entry) -> str:
    """Return an entry's title as one safe, readable line."""
    return drawable(readable(entry.paper.title) or f"{entry.paper.key} (its title comes with the next fetch)")


def _day(entry: Entry) -> str:
    when = entry.day or entry.paper.published
    return when.isoformat() if when else ""


def print_entry(shelf: Shelf, entry: Entry) -> None:
    """Print one paper in full, for reading."""
    paper, announcements = entry.paper, shelf.announcements(entry)
    lines = [title(entry), drawable(", ".join(paper.authors)), ""]
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
