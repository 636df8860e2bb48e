"""JSON Feed, version 1 and 1.1 (https://www.jsonfeed.org/version/1.1/): its title and its entries."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from readlist.sources.batch import Skip
from readlist.sources.formats.feed_entry import Channel, Entry, day_of, plain
from readlist.sources.formats.fields import Record, as_line, text_in
from readlist.sources.formats.html_fragment import absolute
from readlist.sources.formats.literal import UnreadableError, parse_json, parse_value

KIND = "JSON feed"

_HOST = "jsonfeed.org"
_ITEMS = 10_000
_TEXT = 50_000
_TITLE_LENGTH = 100
_VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/")
# In a text that can't be parsed as a whole; some programs escape every slash.
_NAMED = re.compile(r'"version"\s*:\s*"https?:(?:\\?/){2}(?:www\.)?jsonfeed\.org\\?/version\\?/', re.ASCII)
_LIST = re.compile(r'"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*+")
_TITLE = re.compile(r'"title"\s*:\s*(?=")')


def begins(data: bytes) -> bool:
    """Tell cheaply whether a file may be a JSON Feed."""
    for mark in (BOM_UTF8, BOM_UTF16_LE, BOM_UTF16_BE):
        data = data.removeprefix(mark)
    if b"\0" in data[:2]:
        data = data.replace(b"\0", b"")
    return _HOST.encode() in data and data.lstrip().startswith(b"{")


def parse(text: str, base: str = "") -> Channel | None:
    """Return the feed that a text is; None if it is no JSON Feed. Of a damaged one, what stands before the damage.

    Args:
        text: what was served or stored.
        base: its address, what relative ones in it are relative to.
    """
    if not text.lstrip().startswith("{") or _HOST not in text:
        return None
    skipped: list[Skip] = []
    cut = None
    try:
        feed = parse_json(text)
    except UnreadableError as error:
        if not _NAMED.search(text, 0, _TEXT):
            return None
        feed, cut = _whole_part(text), error.line or 1
        reason = f"the JSON is damaged or breaks off ({error.reason}); what stands before it was taken"
        skipped.append(Skip(cut, reason, lost=True))
    if not isinstance(feed, dict) or not _VERSION.match(text_in(feed, "version")):
        return None
    items = feed.get("items")
    entries = []
    for place, item in enumerate(items[:_ITEMS] if isinstance(items, list) else (), 1):
        if isinstance(item, dict):
            entries.append(_entry(item, feed, base))
        else:
            skipped.append(Skip(None, f"item {place}: no record of an item", lost=True))
    home = _address(text_in(feed, "home_page_url"), base)
    title = as_line(plain(text_in(feed, "title"))) or ""
    return Channel(title, KIND, None, None, tuple(entries), tuple(skipped), cut, home)


def _whole_part(text: str) -> Record:
    """Return a feed with those items that stand whole before the place where the text is damaged."""
    items: list[object] = []
    begun = _LIST.search(text)
    title = _TITLE.search(text, 0, begun.start() if begun else _TEXT)
    feed: dict[str, object] = {"version": f"https://{_HOST}/version/1.1", "items": items}
    try:
        if title:
            feed["title"], _ = parse_value(text, title.end())
        place = begun.end() if begun else len(text)
        while (between := _BETWEEN.match(text, place)) and text[between.end() : between.end() + 1] == "{":
            item, place = parse_value(text, between.end())
            items.append(item)
    except UnreadableError:
        # Here it breaks off.
        pass
    return feed


def _entry(item: Record, feed: Record, base: str) -> Entry:
    """Return an entry from an item; where it is about a page elsewhere, that page is what it announces."""
    own, elsewhere = (_address(text_in(item, name), base) for name in ("url", "external_url"))
    identifier = item.get("id")
    # Ids are texts, but numbers are to be taken as such.
    identifier = str(identifier) if isinstance(identifier, int | float) else text_in(item, "id")
    # An id that is an address is the item's own, as a guid is.
    address = elsewhere or own or (_address(identifier, "") if "://" in identifier else "")
    content = (text_in(item, "content_html") or text_in(item, "content_text"))[:_TEXT]
    summary = text_in(item, "summary")[:_TEXT]
    # A short post has neither title nor address: its words stand for it.
    title = text_in(item, "title") or ("" if address else as_line(plain(summary or content), _TITLE_LENGTH) or "")
    return Entry(
        identifier=identifier,
        address=address,
        others=tuple(filter(None, (own, identifier))),
        title=title,
        summary=summary,
        content=content,
        authors=_names(item),
        editors=_names(feed),
        tags=tuple(dict.fromkeys(tag for tag in _list(item.get("tags")) if isinstance(tag, str) and tag.strip())),
        published=day_of(item, "date_published"),
        updated=day_of(item, "date_modified"),
    )


def _names(record: Record) -> tuple[str, ...]:
    """Return the authors of an item or a feed; version 1 has but one."""
    people = [*_list(record.get("authors")), record.get("author")]
    return tuple(name for each in people if isinstance(each, dict) and (name := text_in(each, "name").strip()))


def _address(text: str, base: str) -> str:
    return absolute(base, text) if text.strip() else ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
