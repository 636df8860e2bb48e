"""The saved views in config.toml: added, renamed, moved and removed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from msgspec import Struct

from readlist.config.edit import Change, changing
from readlist.config.source import ConfigError
from readlist.config.view_check import SavedView, checked_view_name, find_view

Changed = tuple[tuple[SavedView, ...], int]
"""All views a file has after a change, those too that were written into it meanwhile; the changed one's place."""


def add_view(path: Path, view: SavedView, place: int | None = None) -> Changed:
    """Save a view at a place among the others, None for behind them; the file is made when there is none.

    Raises:
        ConfigError: the name is taken or none, or the file is wrong or can't be written.
    """
    with changing(path, "views") as change:
        views = change.before.views
        view = SavedView(_unused(view.name, views), " ".join(view.query.split()))
        at = len(views) if place is None else min(place, len(views))
        _insert(change, view, at)
        return _after(change, (*views[:at], view, *views[at:])), at


def rename_view(path: Path, name: str, to: str) -> Changed:
    """Give a saved view another name; see `add_view`."""
    with changing(path, "views") as change:
        views = change.before.views
        place = _place_of(views, name)
        others = (*views[:place], *views[place + 1 :])
        after = SavedView(_unused(to, others), views[place].query)
        _rename(change, place, after.name)
        return _after(change, (*views[:place], after, *views[place + 1 :])), place


def move_view(path: Path, name: str, step: int) -> Changed:
    """Move a saved view by one place, -1 for to the left; with its comments. See `add_view`."""
    with changing(path, "views") as change:
        views = change.before.views
        place = _place_of(views, name)
        first = place + min(step, 0)
        if not 0 <= first < len(views) - 1:
            return views, place
        _swap(change, first)
        after = (*views[:first], views[first + 1], views[first], *views[first + 2 :])
        return _after(change, after), place + step


def remove_view(path: Path, name: str) -> Changed:
    """Remove a saved view; the place is the one it had. See `add_view`."""
    with changing(path, "views") as change:
        views = change.before.views
        place = _place_of(views, name)
        _remove(change, place)
        return _after(change, (*views[:place], *views[place + 1 :])), place


def _unused(name: str, others: Sequence[SavedView]) -> str:
    try:
        return checked_view_name(name, [other.name for other in others])
    except ValueError as error:
        raise ConfigError(str(error)) from error


def _place_of(views: Sequence[SavedView], name: str) -> int:
    return views.index(find_view(views, name))


def _after(change: Change, views: tuple[SavedView, ...]) -> tuple[SavedView, ...]:
    change.replaced = {"views": views}
    return views


# Tables [[views]] are changed as lines: to tomlkit a comment above one belongs to the table before it, and tables with
# others between them it moves together. Whatever comes out is read again before it is written (`edit.changing`).


class _Block(Struct, frozen=True):
    """The lines of one table [[views]]: comments right above it from `start`, its own from `head` up to `end`."""

    start: int
    head: int
    end: int


def _lines(change: Change) -> tuple[list[str], list[_Block]]:
    """Return the lines of a settings file, and its tables [[views]]; none if the views are written otherwise."""
    lines = change.text.splitlines(keepends=True)
    heads = [number for number, line in enumerate(lines) if re.match(r"\s*\[", line)]
    blocks = []
    for head, following in pairwise([*heads, len(lines)]):
        if not re.match(r"""\s*\[\[\s*["']?views["']?\s*\]\]""", lines[head]):
            continue
        start, end = head, following
        while start and lines[start - 1].lstrip().startswith("#"):
            start -= 1
        while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
            end -= 1
        blocks.append(_Block(start, head, end))
    return lines, blocks if len(blocks) == len(change.before.views) else []


def _insert(change: Change, view: SavedView, place: int) -> None:
    import tomlkit

    document: Any = change.document
    lines, blocks = _lines(change)
    if blocks:
        table = ["[[views]]\n", *tomlkit.dumps({"name": view.name, "query": view.query}).splitlines(keepends=True)]
        at = blocks[place].head if place < len(blocks) else blocks[-1].end
        change.text = "".join([*lines[:at], *([*table, "\n"] if place < len(blocks) else ["\n", *table]), *lines[at:]])
        return
    inline = bool(change.before.views)
    written = tomlkit.inline_table() if inline else tomlkit.table()
    written.append("name", view.name)
    written.append("query", view.query)
    if inline:
        document["views"].insert(place, written)
        return
    if "views" in document:
        del document["views"]
    tables = tomlkit.aot()
    tables.append(written)
    document.append("views", tables)


def _rename(change: Change, place: int, name: str) -> None:
    import tomlkit

    document: Any = change.document
    lines, blocks = _lines(change)
    if not blocks:
        document["views"][place]["name"] = name
        return
    block = blocks[place]
    table: Any = tomlkit.parse("".join(lines[block.head : block.end]))
    table["views"][0]["name"] = name
    change.text = "".join([*lines[: block.head], tomlkit.dumps(table), *lines[block.end :]])


def _remove(change: Change, place: int) -> None:
    document: Any = change.document
    lines, blocks = _lines(change)
    if not blocks:
        del document["views"][place]
        return
    end = blocks[place].end
    while end < len(lines) and not lines[end].strip():
        end += 1
    change.text = "".join([*lines[: blocks[place].head], *lines[end:]]) or "\n"


def _swap(change: Change, first: int) -> None:
    """Exchange a view with the next one."""
    document: Any = change.document
    lines, blocks = _lines(change)
    if not blocks:
        moved = document["views"][first]
        del document["views"][first]
        document["views"].insert(first + 1, moved)
        return
    one, two = blocks[first], blocks[first + 1]
    change.text = "".join(
        [
            *lines[: one.start],
            *lines[two.start : two.end],
            *lines[one.end : two.start],
            *lines[one.start : one.end],
            *lines[two.end :],
        ]
    )
