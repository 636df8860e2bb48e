"""The feeds in config.toml, checked: one by one, with the line of what is wrong (pure)."""

from __future__ import annotations

from readlist.config.feed_parser import FeedError, checked_name, feed_of, keep_of, query_of, short
from readlist.config.source import Source, instead, plain, shown
from readlist.model.feed import ADDED, KINDS, SAMPLE, Feed, Kind

OWN_FEEDS = {ADDED.casefold(), SAMPLE.casefold()}
"""Names that no feed of the user's may have, case-folded."""

_KEYS = ("name", "kind", "query", "keep")


def checked_feeds(source: Source, value: object) -> tuple[Feed, ...]:
    """Return the feeds of a settings file: tables of name, kind, query and keep, or short forms.

    Raises:
        ConfigError: one is wrong; with its line.
    """
    if not isinstance(value, list):
        wrong = "each is a table [[feeds]], with two brackets" if isinstance(value, dict) else f"not {shown(value)}"
        raise source.error(("feeds",), f"`feeds` must be a list of feeds; {wrong}")
    feeds: dict[str, Feed] = {}
    for place, item in enumerate(value):
        try:
            feed = _checked_feed(source, place, item)
        except FeedError as error:
            raise source.error(("feeds", place), f"feed {place + 1}: {error}") from error
        if feed.name.casefold() in feeds:
            raise source.error(("feeds", place, "name"), f"two feeds are named `{feed.name}`; rename one")
        feeds[feed.name.casefold()] = feed
    return tuple(feeds.values())


def _checked_feed(source: Source, place: int, item: object) -> Feed:
    if isinstance(item, str):
        return feed_of(item)
    if not isinstance(item, dict):
        raise FeedError(f"must be a table or a short form in quotes, not {shown(item)}")
    for name, value in item.items():
        if name not in _KEYS:
            raise source.error(("feeds", place, name), f"unknown key `{plain(name)}` in a feed{instead(name, _KEYS)}")
        if not isinstance(value, str) and (name != "keep" or isinstance(value, bool) or not isinstance(value, int)):
            wanted = "a time in quotes or a number of days" if name == "keep" else "text in quotes"
            raise source.error(("feeds", place, name), f"a feed's `{name}` must be {wanted}, not {shown(value)}")
    try:
        keep = keep_of(str(item["keep"])) if "keep" in item else None
    except FeedError as error:
        raise source.error(("feeds", place, "keep"), f"`keep`: {error}") from error
    if "query" not in item:
        raise FeedError('it has no `query`; write what is to be asked for, as in query = "cs.LG"')
    name = checked_name(item["name"]) if "name" in item else ""
    if name.casefold() in OWN_FEEDS:
        raise source.error(("feeds", place, "name"), f"`{name}` is a name of readlist's own; take another one")
    if "kind" not in item:
        return feed_of(item["query"], name, keep)
    kind = _checked_kind(source, place, item["kind"])
    feed = Feed(name, kind, query_of(kind, item["query"]), keep)
    return feed if name else feed_of(short(feed), "", keep)


def _checked_kind(source: Source, place: int, written: str) -> Kind:
    kind = next((kind for kind in KINDS if kind == {"hf": "huggingface", "atom": "rss"}.get(written, written)), None)
    if kind is None:
        at = ("feeds", place, "kind")
        raise source.error(at, f"unknown kind of feed `{plain(written)}`{instead(written, KINDS)}")
    return kind
