"""OPML: the list of feeds that feed readers write and take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from readlist.config.feed_parser import FeedError, parse_feed, web_address
from readlist.model.feed import Feed
from readlist.model.paper import normalize_address
from readlist.sources.batch import Batch, Skip, limit_skips
from readlist.sources.formats import charset, markup
from readlist.text.clean import clean_line
from readlist.text.host import site_of

_NAME_LENGTH = 60
_OUTLINE = re.compile(r"<outline(?=[\s/>])", re.IGNORECASE)
_TAG = re.compile(r"""<outline(?:[^<>"']|"[^"]{0,4000}"|'[^']{0,4000}'){0,200}+""", re.IGNORECASE)
_KIND = "list of feeds (OPML)"
_FEED_TYPES = frozenset({"rss", "rss1", "rss2", "atom", "rdf", "feed"})


def decode(data: bytes | str, *, origin: str) -> Batch:
    """Return the feeds of an OPML file, in any folder; each address once.

    Args:
        data: as stored, or its text.
        origin: path, for messages.

    Returns:
        A batch with `feeds` and no items; a `failure` if it lists none. Addresses that can't be followed are skipped.
    """
    decoded = charset.text_of(data.encode("utf-8", "replace") if isinstance(data, str) else data)
    if decoded.failure:
        return Batch(origin, failure=f"{origin}: {decoded.failure}")
    feeds: dict[str, Feed] = {}
    names: dict[str, int] = {}
    skipped: list[Skip] = []
    for line, address, title, page in _outlines(markup.without_comments(decoded.text)):
        shown = clean_line(title or address or page, _NAME_LENGTH)
        address = web_address(address)
        site = site_of(address) if address.isprintable() and " " not in address else ""
        if not address:
            led = f"a link to {clean_line(page, 200)}, not a feed; to follow it, run `readlist feeds add`"
            skipped.append(Skip(line, f"“{shown}”: {led}"))
        elif not site:
            skipped.append(Skip(line, f"“{shown}”: not a web address ({clean_line(address, 100)})"))
        elif (same := normalize_address(address)) in feeds:
            skipped.append(Skip(line, f"“{shown}”: the same address as “{feeds[same].name}”"))
        else:
            try:
                feed = parse_feed(address, _unlike(names, title or site))
            except FeedError as error:
                skipped.append(Skip(line, f"“{shown}”: {clean_line(str(error), 200)}"))
                continue
            names.setdefault(feed.name.casefold(), 1)
            feeds[same] = feed
    failure = f"{origin}: a {_KIND} without addresses; export it again" if not feeds else ""
    return Batch(origin, _KIND, feeds=tuple(feeds.values()), skipped=limit_skips(skipped), failure=failure)


def _outlines(text: str) -> Iterator[tuple[int, str, str, str]]:
    """Yield line, address, name and page of each outline that is not a folder; a link to a page has no address."""
    line, last = 1, 0
    for start in _OUTLINE.finditer(text):
        tag = _TAG.match(text, start.start())
        given = markup.attributes(tag[0]) if tag else {}
        address = given.get("xmlurl", "").strip()
        kind = given.get("type", "").strip().lower()
        if not address and kind in _FEED_TYPES:
            address = given.get("url", "").strip()
        page = next((each for name in ("url", "htmlurl") if (each := given.get(name, "").strip())), "")
        # An outline without an address is a folder.
        if address or page:
            line += text.count("\n", last, start.start())
            last = start.start()
            yield line, address, clean_line(given.get("text") or given.get("title") or "", 10_000), page


def _unlike(names: dict[str, int], wanted: str) -> str:
    """Return a name not yet used in any case: `Lab 2`; `names` holds the last number of each."""
    name = wanted = clean_line(wanted, _NAME_LENGTH)
    while name.casefold() in names:
        names[wanted.casefold()] += 1
        name = f"{wanted} {names[wanted.casefold()]}"
    return name
