"""Editing config.toml with tomlkit: a setting, the feeds and the saved views; everything else in the file stays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from msgspec import Struct, field
from msgspec.structs import replace

from readlist.config.check import Config, SavedView, check, check_view_name, find_view
from readlist.config.feed_parser import NAME_LENGTH, RESERVED_NAMES, FeedError, parse_feed, short_form
from readlist.config.toml_file import AlreadyFollowedError, ConfigError, TomlFile, closest, escape, parse_toml, read
from readlist.files import ProcessLock, make_private, write_atomic
from readlist.model.feed import Feed, is_daily

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

Value: TypeAlias = str | bool | int | Sequence[str]
Views: TypeAlias = tuple[tuple[SavedView, ...], int]
"""All views in the file after a change, also those another program added; and the place of the changed one, from 0."""

_Key: TypeAlias = Literal["feeds", "views"]
_LOCK_SECONDS = 5.0


class ConfigEdit(Struct):
    r"""A settings file that is being edited.

    Attributes:
        before: its settings.
        data: its plain values.
        document: what to change; keeps comments and order.
        text: its text with `\n` line ends; if this is changed, it is written instead of the document.
        lists: the new feeds or views.
    """

    before: Config
    data: dict[str, Any]
    document: TOMLDocument
    text: str
    lists: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def splice(self, key: _Key, start: int, stop: int, *items: Feed | SavedView) -> None:
        """Set the new list: the present one with some items replaced."""
        before = getattr(self.before, key)
        self.lists[key] = (*before[:start], *items, *before[stop:])


def set_value(path: Path, key: str, value: Value) -> None:
    """Write one setting, `keys.star` for one in a table; comments, order and everything else stay.

    The file is created if needed; a symbolic link is followed.

    Raises:
        ConfigError: the file, the key or the value is wrong, or the file can't be written. It is unchanged then.
    """
    import tomlkit

    *tables, name = key.split(".")
    with _editing(path, key) as edit:
        data: dict[str, Any] = edit.data
        table: Any = edit.document
        for outer in tables:
            if outer not in table:
                table[outer] = tomlkit.table()
            table, data = cast(Any, table[outer]), data.setdefault(outer, {})
        new = value if isinstance(value, str | bool | int) else list(value)
        if data.get(name) != new:
            table[name] = data[name] = new


@contextmanager
def _editing(path: Path, key: str) -> Iterator[ConfigEdit]:
    """Read a file, let it be edited, check the result, and write it whole or not at all.

    Raises:
        ConfigError: the file is wrong before or after, or can't be written.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    shown = escape(str(path))
    with _locked(path):
        text = read(path) or ""
        data = parse_toml(path, text)
        settings = check(TomlFile(path, text), data)
        ended = text if text.endswith("\n") or not text else text + "\n"
        document = tomlkit.parse(ended)
        plain_ends = ended.replace("\r\n", "\n")
        edit = ConfigEdit(settings, data, document, plain_ends)
        try:
            yield edit
            new_text = edit.text if edit.text != plain_ends else tomlkit.dumps(document)
        except (TOMLKitError, TypeError, ValueError, AttributeError) as error:
            raise ConfigError(f"{shown}: can't set `{escape(key)}`: {escape(str(error))}") from error
        if "\r\n" in text:
            new_text = new_text.replace("\r\n", "\n").replace("\n", "\r\n")
        if new_text == text:
            return
        after = parse_toml(path, new_text)
        new = check(TomlFile(path, new_text), after)
        for name in edit.lists:
            after[name] = edit.data[name] = None
        if after != edit.data or any(getattr(new, name) != items for name, items in edit.lists.items()):
            raise ConfigError(f"{shown}: can't set `{key}` without changing more; edit the file by hand")
        try:
            # A symbolic link stays one: people keep their settings elsewhere.
            make_private(path.resolve().parent)
            write_atomic(path, new_text.encode(), mode=0o600)
        except OSError as error:
            raise ConfigError(f"{shown}: can't be written: {error.strerror or error}") from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other readlists from editing the file meanwhile; go on without where locks don't work."""
    with ExitStack() as stack:
        try:
            target = path.resolve()
            make_private(target.parent)
            lock = ProcessLock(target.with_name(f".{target.name}.lock"), _LOCK_SECONDS)
            stack.enter_context(lock.held())
        except TimeoutError as error:
            raise ConfigError(f"{escape(str(path))}: another readlist is changing it; try again") from error
        except (OSError, NotImplementedError):
            pass
        yield


def add_feed(path: Path, feed: Feed, place: int | None = None) -> Feed:
    """Follow a feed, after the others, or again at the place from 0 that it had; returns it as written.

    Its name gets a number if another feed has it. A new file gets the default feeds, too.

    Raises:
        AlreadyFollowedError: it is followed already.
        ConfigError: the file is wrong or can't be written.
    """
    with _editing(path, "feeds") as edit:
        feeds = edit.before.feeds
        if place is None:
            _refuse_followed(feeds, feed)
        names = {known.name.casefold() for known in feeds} | RESERVED_NAMES
        name, number = feed.name, 1
        while name.casefold() in names:
            number += 1
            name = f"{feed.name[: NAME_LENGTH - 5]} {number}"
        feed = replace(feed, name=name)
        _insert(edit, "feeds", len(feeds) if place is None else min(place, len(feeds)), feed)
        return feed


class AddedFeeds(Struct):
    """The result of following several feeds.

    Attributes:
        feeds: those that are new.
        known: those that were followed already, a line each.
        failures: why others are not followed, a line each.
    """

    feeds: list[Feed] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def add_feeds(path: Path, feeds: Sequence[Feed]) -> AddedFeeds:
    """Follow several feeds, each on its own; see `add_feed`."""
    added = AddedFeeds()
    for feed in feeds:
        try:
            added.feeds.append(add_feed(path, feed))
        except AlreadyFollowedError as error:
            added.known.append(str(error))
        except ConfigError as error:
            added.failures.append(str(error))
    return added


def remove_feed(path: Path, name: str) -> tuple[Feed, int]:
    """Unfollow a feed, given by name (in any case) or short form; returns it and its place, from 0.

    Raises:
        ConfigError: there is no such feed, or the file is wrong or can't be written.
    """
    with _editing(path, "feeds") as edit:
        place = _feed_place(edit.before.feeds, name)
        _remove(edit, "feeds", place)
        return edit.before.feeds[place], place


def move_feed(path: Path, name: str, target: Feed) -> Feed:
    """Give a feed the kind and query of another; its name, its place and `keep` stay. Returns it as written.

    Later versions of unknown papers are left out from then on where the target is no daily list of arXiv.

    Raises:
        AlreadyFollowedError: the target is followed already.
        ConfigError: there is no such feed, or the file is wrong or can't be written.
    """
    with _editing(path, "feeds") as edit:
        feeds = edit.before.feeds
        place = _feed_place(feeds, name)
        _refuse_followed(feeds, target)
        replacements = feeds[place].replacements and is_daily(target)
        moved = replace(feeds[place], kind=target.kind, query=target.query, replacements=replacements)
        values: dict[str, str | bool] = {"name": moved.name, "kind": moved.kind, "query": moved.query}
        if feeds[place].replacements:
            values["replacements"] = replacements
        _update(edit, "feeds", place, moved, values)
        return moved


def _feed_place(feeds: Sequence[Feed], name: str) -> int:
    """Return the place of a feed, from 0, by its name or its short form."""
    places = {feed.name.casefold(): place for place, feed in enumerate(feeds)}
    if name.strip().casefold() in places:
        return places[name.strip().casefold()]
    with suppress(FeedError, ValueError):
        return [short_form(feed) for feed in feeds].index(short_form(parse_feed(name)))
    likely = closest(name, places)
    names = ", ".join(f"`{feed.name}`" for feed in feeds[:20]) or "none"
    hint = f"did you mean `{feeds[places[likely]].name}`?" if likely else f"you follow {names}"
    raise ConfigError(f"unknown feed `{escape(name[:NAME_LENGTH])}`; {hint}")


def _refuse_followed(feeds: Sequence[Feed], feed: Feed) -> None:
    for known in feeds:
        if (known.kind, known.query) == (feed.kind, feed.query):
            raise AlreadyFollowedError(f"{short_form(feed)} is followed already, as `{known.name}`")


def mute_query(path: Path, query: str, *, mute: bool = True) -> tuple[str, ...]:
    """Mute what a query finds, or mute it no longer; returns all queries that mute.

    Raises:
        ConfigError: the file is wrong or can't be written.
    """
    import tomlkit

    with _editing(path, "mute") as edit:
        queries: list[str] = edit.data.setdefault("mute", [])
        if "mute" not in edit.document:
            edit.document["mute"] = tomlkit.array()
        written: Any = edit.document["mute"]
        if mute and query not in queries:
            for each in (queries, written):
                each.append(query)
        elif not mute and query in queries:
            for each in (queries, written):
                each.remove(query)
        return tuple(" ".join(each.split()) for each in queries)


def add_view(path: Path, view: SavedView, place: int | None = None) -> Views:
    """Save a view, after the others unless a place is given; the file is created if needed.

    Raises:
        ConfigError: the name is taken or invalid, or the file is wrong or can't be written.
    """
    with _editing(path, "views") as edit:
        views = edit.before.views
        view = SavedView(_free_name(view.name, views), " ".join(view.query.split()), view.watch)
        place = len(views) if place is None else min(place, len(views))
        _insert(edit, "views", place, view)
        return edit.lists["views"], place


def rename_view(path: Path, name: str, to: str) -> Views:
    """Rename a saved view; see `add_view`."""
    with _editing(path, "views") as edit:
        views = edit.before.views
        place = views.index(find_view(views, name))
        view = replace(views[place], name=_free_name(to, (*views[:place], *views[place + 1 :])))
        _update(edit, "views", place, view, {"name": view.name})
        return edit.lists["views"], place


def move_view(path: Path, name: str, step: int) -> Views:
    """Move a saved view, with its comments, one place to the right, or to the left with a step of -1."""
    with _editing(path, "views") as edit:
        views = edit.before.views
        place = views.index(find_view(views, name))
        first = place + min(step, 0)
        if not 0 <= first < len(views) - 1:
            return views, place
        _swap(edit, first)
        return edit.lists["views"], place + step


def watch_view(path: Path, name: str, *, watch: bool) -> Views:
    """Watch a saved view, or watch it no longer; see `add_view`."""
    with _editing(path, "views") as edit:
        views = edit.before.views
        place = views.index(find_view(views, name))
        _update(edit, "views", place, replace(views[place], watch=watch), {"watch": watch})
        return edit.lists["views"], place


def remove_view(path: Path, name: str) -> Views:
    """Remove a saved view; returns the place it had. See `add_view`."""
    with _editing(path, "views") as edit:
        views = edit.before.views
        place = views.index(find_view(views, name))
        _remove(edit, "views", place)
        return edit.lists["views"], place


def _free_name(name: str, others: Sequence[SavedView]) -> str:
    try:
        return check_view_name(name, [other.name for other in others])
    except ValueError as error:
        raise ConfigError(str(error)) from error


# Tables [[feeds]] and [[views]] are edited as lines: to tomlkit a comment above one belongs to the table before it, and
# it moves tables together that have others between them. `_editing` checks the result before it is written. Lists that
# are written in another way, `views = [{…}]`, are edited with tomlkit.


class _Block(Struct, frozen=True):
    """The lines of one table: the comments right above it begin at `start`, its own at `head`; `end` is exclusive."""

    start: int
    head: int
    end: int


def _blocks(edit: ConfigEdit, key: _Key) -> tuple[list[str], list[_Block]]:
    """Return the lines of a file and its tables [[key]]; no tables if the list is written in another way."""
    lines = edit.text.splitlines(keepends=True)
    heads = [number for number, line in enumerate(lines) if re.match(r"\s*\[", line)]
    blocks = []
    for head, following in pairwise([*heads, len(lines)]):
        if not re.match(rf"""\s*\[\[\s*["']?{key}["']?\s*\]\]""", lines[head]):
            continue
        start, end = head, following
        while start and lines[start - 1].lstrip().startswith("#"):
            start -= 1
        while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
            end -= 1
        blocks.append(_Block(start, head, end))
    return lines, blocks if len(blocks) == len(getattr(edit.before, key)) else []


def _insert(edit: ConfigEdit, key: _Key, place: int, item: Feed | SavedView) -> None:
    import tomlkit

    edit.splice(key, place, place, item)
    lines, blocks = _blocks(edit, key)
    if blocks:
        table = [f"[[{key}]]\n", *tomlkit.dumps(_values(item)).splitlines(keepends=True)]
        at = blocks[place].head if place < len(blocks) else blocks[-1].end
        lines[at:at] = [*table, "\n"] if place < len(blocks) else ["\n", *table]
        edit.text = "".join(lines)
    elif getattr(edit.before, key) and key in edit.document:
        cast(Any, edit.document[key]).insert(place, _inline(item))
    else:
        _write_list(edit, key)


def _update(edit: ConfigEdit, key: _Key, place: int, item: Feed | SavedView, values: Mapping[str, str | bool]) -> None:
    """Write some values of one table; `item` is all of it."""
    import tomlkit

    edit.splice(key, place, place + 1, item)
    lines, blocks = _blocks(edit, key)
    if blocks:
        block = blocks[place]
        document: Any = tomlkit.parse("".join(lines[block.head : block.end]))
        document[key][0].update(values)
        edit.text = "".join([*lines[: block.head], tomlkit.dumps(document), *lines[block.end :]])
    elif key in edit.document:
        items: Any = edit.document[key]
        if isinstance(items[place], dict):
            items[place].update(values)
        else:
            items[place] = _inline(item)
    else:
        _write_list(edit, key)


def _remove(edit: ConfigEdit, key: _Key, place: int) -> None:
    import tomlkit

    edit.splice(key, place, place + 1)
    lines, blocks = _blocks(edit, key)
    if blocks:
        end = blocks[place].end
        while end < len(lines) and not lines[end].strip():
            end += 1
        edit.text = "".join([*lines[: blocks[place].head], *lines[end:]]) or "\n"
        if len(blocks) == 1 and key == "feeds":
            # Without the key the default feeds would be followed.
            document = tomlkit.parse(edit.text)
            document["feeds"] = tomlkit.array()
            edit.text = tomlkit.dumps(document)
    elif key in edit.document:
        del cast(Any, edit.document[key])[place]
    else:
        _write_list(edit, key)


def _swap(edit: ConfigEdit, first: int) -> None:
    """Exchange a view with the next one."""
    edit.splice("views", first, first + 2, edit.before.views[first + 1], edit.before.views[first])
    lines, blocks = _blocks(edit, "views")
    if not blocks:
        views: Any = edit.document["views"]
        moved = views[first]
        del views[first]
        views.insert(first + 1, moved)
        return
    one, two = blocks[first], blocks[first + 1]
    lines[one.start : two.end] = lines[two.start : two.end] + lines[one.end : two.start] + lines[one.start : one.end]
    edit.text = "".join(lines)


def _write_list(edit: ConfigEdit, key: _Key) -> None:
    """Write a list in which nothing of the user's is kept: the file has none, or an empty one."""
    import tomlkit

    if key in edit.document:
        del edit.document[key]
    tables: Any = tomlkit.aot() if edit.lists[key] else tomlkit.array()
    for item in edit.lists[key]:
        table = tomlkit.table()
        table.update(_values(item))
        tables.append(table)
    edit.document.append(key, tables)


def _inline(item: Feed | SavedView) -> Any:
    import tomlkit

    table = tomlkit.inline_table()
    table.update(_values(item))
    return table


def _values(item: Feed | SavedView) -> dict[str, str | bool]:
    """Return the entries of a table."""
    if isinstance(item, SavedView):
        return {"name": item.name, "query": item.query, **({"watch": True} if item.watch else {})}
    keep = {} if item.keep is None else {"keep": f"{item.keep}d"}
    replacements: dict[str, str | bool] = {"replacements": True} if item.replacements else {}
    return {"name": item.name, "kind": item.kind, "query": item.query, **keep, **replacements}
