"""The saved views in config.toml: read and written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from readlist.config.source import ConfigError, Source, instead, near, plain, shown
from readlist.model.view import VIEWS

if TYPE_CHECKING:
    from readlist.config.edit import Change

_KEYS = ("name", "query")
_LENGTH = 40
_OWN = tuple(view.name for view in VIEWS)


class SavedView(Struct, frozen=True):
    """A query with a name.

    Attributes:
        name: unlike every other's even in another case.
        query: in the query language; may name its order by `sort:`.
    """

    name: str
    query: str


def checked_views(source: Source, value: object) -> tuple[SavedView, ...]:
    """Return the views of a settings file: tables of name and query.

    Raises:
        ConfigError: one is wrong; with its line.
    """
    if not isinstance(value, list):
        wrong = "each is a table [[views]], with two brackets" if isinstance(value, dict) else f"not {shown(value)}"
        raise source.error(("views",), f"`views` must be a list of views; {wrong}")
    views: dict[str, SavedView] = {}
    for place, item in enumerate(value):
        at = ("views", place)
        if not isinstance(item, dict):
            raise source.error(at, f"view {place + 1} must be a table with a name and a query, not {shown(item)}")
        for name, each in item.items():
            if name not in _KEYS:
                raise source.error((*at, name), f"unknown key `{plain(name)}` in a view{instead(name, _KEYS)}")
            if not isinstance(each, str):
                raise source.error((*at, name), f"a view's `{name}` must be text in quotes, not {shown(each)}")
        if "query" not in item or "name" not in item:
            raise source.error(at, f"view {place + 1} needs a `name` and a `query`")
        try:
            name = checked_view_name(item["name"], [view.name for view in views.values()])
        except ValueError as error:
            raise source.error((*at, "name"), str(error)) from error
        views[name.casefold()] = SavedView(name, " ".join(item["query"].split()))
    return tuple(views.values())


def checked_view_name(name: str, others: Sequence[str] = ()) -> str:
    """Return a name for a view on one line.

    Raises:
        ValueError: it can't be one, or is another's; one line.
    """
    name = " ".join(name.split()).removeprefix("@")
    if not name or len(name) > _LENGTH or not name.isprintable():
        raise ValueError(f"a view's name has 1 to {_LENGTH} characters that can be shown, not `{plain(name[:60])}`")
    if name.casefold() in {other.casefold() for other in (*others, *_OWN)}:
        raise ValueError(f"there is a view `{name}` already; choose another name")
    return name


Changed = tuple[tuple[SavedView, ...], int]
"""All views a file has after a change, those too that were written into it meanwhile; the changed one's place."""


def add_view(path: Path, view: SavedView) -> Changed:
    """Save a view behind the others.

    Args:
        path: the TOML file; made when there is none.
        view: with a name that no other has.

    Raises:
        ConfigError: the name is taken or none, or the file is wrong or can't be written.
    """
    return insert_view(path, view, None)


def insert_view(path: Path, view: SavedView, place: int | None) -> Changed:
    """Save a view at a place among the others, None for behind them; see `add_view`."""
    with _changing(path) as change:
        views = change.before.views
        view = SavedView(_unused(view.name, views), " ".join(view.query.split()))
        at = len(views) if place is None else min(place, len(views))
        _insert(change, view, at)
        return _after(change, (*views[:at], view, *views[at:])), at


def rename_view(path: Path, name: str, to: str) -> Changed:
    """Give a saved view another name; see `add_view`."""
    with _changing(path) as change:
        views = change.before.views
        place = _place_of(views, name)
        others = (*views[:place], *views[place + 1 :])
        after = SavedView(_unused(to, others), views[place].query)
        _rename(change, place, after.name)
        return _after(change, (*views[:place], after, *views[place + 1 :])), place


def move_view(path: Path, name: str, step: int) -> Changed:
    """Move a saved view by one place, -1 for to the left; with its comments. See `add_view`."""
    with _changing(path) as change:
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
    with _changing(path) as change:
        views = change.before.views
        place = _place_of(views, name)
        _remove(change, place)
        return _after(change, (*views[:place], *views[place + 1 :])), place


def _changing(path: Path) -> AbstractContextManager[Change]:
    from readlist.config.edit import changing

    return changing(path, "views")


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
# others between them it moves together. Whatever comes out is read again before it is written (`writing.changing`).


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


def find_view(views: Sequence[SavedView], name: str) -> SavedView:
    """Return a saved view by its name, in any case.

    Raises:
        ConfigError: there is none of that name; with the nearest.
    """
    for view in views:
        if view.name.casefold() == name.strip().casefold():
            return view
    nearest = near(name, [view.name.lower() for view in views])
    meant = next((view.name for view in views if view.name.lower() == nearest), "")
    hint = f"did you mean @{meant}?" if meant else "V in the list saves one"
    raise ConfigError(f"there is no saved view @{plain(name[:_LENGTH])}; {hint}")
