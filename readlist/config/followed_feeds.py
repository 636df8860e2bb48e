"""The feeds in config.toml: added, moved and removed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from readlist.config.edit import Change, changing
from readlist.config.feed_check import OWN_FEEDS
from readlist.config.feed_parser import NAME_LENGTH, FeedError, feed_of, short
from readlist.config.source import ConfigError, FollowedError, near, plain
from readlist.model.feed import Feed


def add_feed(path: Path, feed: Feed) -> Feed:
    """Follow a feed: write it behind the others; returns it as it is followed now.

    Its name gets a number if another has it. A file is made when there is none, with the default feeds before it.

    Raises:
        FollowedError: it is followed already.
        ConfigError: the file is wrong or can't be written.
    """
    with changing(path, "feeds") as change:
        _refuse_followed(change.before.feeds, feed)
        return _insert(change, feed, len(change.before.feeds))


class Followed(Struct):
    """What became of following several feeds.

    Attributes:
        feeds: those followed now that were not.
        known: those that are followed already, a line each.
        failures: why others are not followed, a line each.
    """

    feeds: list[Feed] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def add_feeds(path: Path, feeds: Sequence[Feed]) -> Followed:
    """Follow several feeds, each by itself; see `add_feed`."""
    followed = Followed()
    for feed in feeds:
        try:
            followed.feeds.append(add_feed(path, feed))
        except FollowedError as error:
            followed.known.append(str(error))
        except ConfigError as error:
            followed.failures.append(str(error))
    return followed


def insert_feed(path: Path, feed: Feed, place: int) -> Feed:
    """Follow a feed again that was removed, at its old place; see `add_feed`."""
    with changing(path, "feeds") as change:
        return _insert(change, feed, min(place, len(change.before.feeds)))


def remove_feed(path: Path, name: str) -> tuple[Feed, int]:
    """Follow a feed no longer, named in any case or by its short form; returns it and its place, from 0.

    Raises:
        ConfigError: there is none of that name, or the file is wrong or can't be written.
    """
    with changing(path, "feeds") as change:
        feeds = change.before.feeds
        place = _place_of(feeds, name)
        _write(change, (*feeds[:place], *feeds[place + 1 :]), removed=place)
        return feeds[place], place


def move_feed(path: Path, name: str, target: Feed) -> Feed:
    """Ask a feed for the kind and query of another from now on; returns it as it is followed now.

    It is named in any case or by its short form. Its name, its place and how long its papers are kept stay.

    Raises:
        FollowedError: the target is followed already.
        ConfigError: there is none of that name, or the file is wrong or can't be written.
    """
    with changing(path, "feeds") as change:
        feeds = change.before.feeds
        place = _place_of(feeds, name)
        _refuse_followed(feeds, target)
        moved = replace(feeds[place], kind=target.kind, query=target.query)
        _write(change, (*feeds[:place], moved, *feeds[place + 1 :]), changed=place)
        return moved


def _place_of(feeds: Sequence[Feed], name: str) -> int:
    """Return the place of a feed, from 0, by its name or its short form."""
    place = next((n for n, feed in enumerate(feeds) if feed.name.casefold() == name.strip().casefold()), None)
    if place is None:
        place = next((n for n, feed in enumerate(feeds) if short(feed) == _short_form(name)), None)
    if place is None:
        nearest = near(name, [feed.name.lower() for feed in feeds])
        meant = next((feed.name for feed in feeds if feed.name.lower() == nearest), "")
        names = ", ".join(f"`{feed.name}`" for feed in feeds[:20]) or "none"
        hint = f"did you mean `{meant}`?" if meant else f"followed: {names}"
        raise ConfigError(f"no feed `{plain(name[:NAME_LENGTH])}` is followed; {hint}")
    return place


def _refuse_followed(feeds: Sequence[Feed], feed: Feed) -> None:
    for known in feeds:
        if (known.kind, known.query) == (feed.kind, feed.query):
            raise FollowedError(f"{short(feed)} is followed already, as `{known.name}`", known.name)


def _short_form(text: str) -> str:
    """Return the short form of what means a feed, empty for what doesn't."""
    try:
        return short(feed_of(text))
    except FeedError:
        return ""


def _insert(change: Change, feed: Feed, place: int) -> Feed:
    feeds = change.before.feeds
    names = {known.name.casefold() for known in feeds} | OWN_FEEDS
    name, number = feed.name, 1
    while name.casefold() in names:
        number += 1
        name = f"{feed.name[: NAME_LENGTH - 5]} {number}"
    feed = replace(feed, name=name)
    _write(change, (*feeds[:place], feed, *feeds[place:]), added=place)
    return feed


def _write(
    change: Change,
    after: tuple[Feed, ...],
    *,
    added: int | None = None,
    removed: int | None = None,
    changed: int | None = None,
) -> None:
    """Bring a document to other feeds: only what differs is written, if the file allows it."""
    import tomlkit
    from tomlkit.items import AoT, Array

    change.replaced = {"feeds": after}
    document = change.document
    written: Any = document.get("feeds")
    as_list = isinstance(written, Array)
    if (isinstance(written, AoT) or as_list) and change.before.feeds and after:
        if removed is not None:
            if not as_list:
                _keep_comments(written, removed)
            del written[removed]
        elif added is not None:
            written.insert(added, _table(after[added], inline=as_list))
        elif changed is not None and as_list:
            written[changed] = _table(after[changed], inline=True)
        elif changed is not None:
            feed = after[changed]
            written[changed].update({"name": feed.name, "kind": feed.kind, "query": feed.query})
        return
    if written is not None:
        del document["feeds"]
    if not after:
        document["feeds"] = tomlkit.array()
        return
    tables = tomlkit.aot()
    for feed in after:
        tables.append(_table(feed))
    document.append("feeds", tables)


def _keep_comments(tables: Any, removed: int) -> None:
    """Move the comments at the end of a table to the next one: it is what they stand above."""
    body = tables[removed].value.body
    kept: list[str] = []
    while body and body[-1][0] is None:
        kept.insert(0, body.pop()[1].as_string())
    if "#" not in "".join(kept):
        return
    if removed + 1 < len(tables):
        trivia = tables[removed + 1].trivia
        trivia.indent = "".join(kept).lstrip("\n") + trivia.indent


def _table(feed: Feed, *, inline: bool = False) -> Any:
    import tomlkit

    table = tomlkit.inline_table() if inline else tomlkit.table()
    table.append("name", feed.name)
    table.append("kind", feed.kind)
    table.append("query", feed.query)
    if feed.keep is not None:
        table.append("keep", f"{feed.keep}d")
    return table
