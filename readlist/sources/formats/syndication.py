"""RSS, Atom, JSON Feed and arXiv's answers: a feed as parsed, its entries as papers."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from readlist import interrupt
from readlist.model.feed import ADDED, SAMPLE
from readlist.model.paper import Announcement, ListKind, Paper, normalize_address
from readlist.model.time import first_day
from readlist.sources.batch import ANSWER, Batch, Skip, limit_skips
from readlist.sources.formats import charset, markup
from readlist.sources.formats.feed_entry import Channel, FeedEntry, day_of, paper_of, plain, records
from readlist.sources.formats.json_values import (
    Record,
    UnreadableError,
    as_line,
    as_list,
    parse_json,
    parse_value,
    text_in,
)
from readlist.sources.formats.markup import absolute, feed_address
from readlist.text.host import site_of
from readlist.text.titles import qualified

_NAME_LENGTH = 60
_ARXIV_LIST = re.compile(r"//rss\.arxiv\.org/|[./]arxiv\.org/(?:rss|atom)/", re.IGNORECASE)
_ARXIV_LIST_TITLE = re.compile(r"\bupdates on (?:the )?arXiv(?:\.org)?(?: e-print archive)?\W*\Z", re.IGNORECASE)
_ARXIV_ANSWER = re.compile(r"[./]arxiv\.org/api/", re.IGNORECASE)
_ARXIV_ERROR = re.compile(r"[./]arxiv\.org/api/errors", re.IGNORECASE)
_ARXIV_QUERY = re.compile(r"arXiv Query:\s*search_query=(.*?)&(?:amp;)?(?:id_list|start)=", re.IGNORECASE)
_CHARSET = re.compile(r"""\bcharset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_DAMAGED = "damaged XML ({}); the rest was imported"

LIST = "arXiv list"
_KINDS: dict[str, ListKind] = {"cross": "cross", "replace": "replaced", "replace-cross": "replaced"}
"""By what arXiv's daily list calls them; a paper is new by default."""


class NoFeedError(ValueError):
    """Data that is not a feed.

    Attributes:
        what: what it is instead, in words.
        advice: what to do.
        page: whether it is a web page.
        address: the address of the feed that the page names, or empty.
    """

    def __init__(self, what: str, advice: str, *, page: bool = False, address: str = "") -> None:
        super().__init__(f"{what}; {advice}")
        self.what = what
        self.advice = advice
        self.page = page
        self.address = address


def parse(data: bytes, *, base: str = "", headers: Mapping[str, str] | None = None) -> Channel:
    """Read a feed: RSS 0.9 to 2.0, RDF, Atom, well-formed or not; JSON Feed.

    Args:
        data: as served or stored.
        base: the feed's address, what relative ones in it are relative to.
        headers: those of the answer, in lower case; of `content-type` the charset counts.

    Raises:
        NoFeedError: it is something else.
    """
    named = _CHARSET.search((headers or {}).get("content-type", ""))
    decoded = charset.text_of(data, named[1] if named else "")
    if decoded.failure:
        what, _, advice = decoded.failure.partition("; ")
        raise NoFeedError(f"{what}, not a feed", advice if "unpack" in advice else ADVICE)
    if listed := json_channel(decoded.text, base):
        return listed
    name = markup.root(decoded.text)
    if name not in markup.FEEDS:
        _refuse(decoded.text, name, base)
    repaired = markup.repair(decoded.text)
    raw, damage = _parsed(repaired.text, base)
    channel = _channel(raw, repaired.text)
    if name not in markup.FEEDS and not channel.entries:
        raise NoFeedError(f"XML (<{name}>), not a feed", ADVICE)
    skipped = [Skip(decoded.line, decoded.remark)] if decoded.remark else []
    lines = repaired.text.count("\n") + 1
    if repaired.limited:
        skipped.append(Skip(lines, "the feed is too large; the rest was skipped"))
    elif repaired.cut:
        skipped.append(Skip(repaired.cut, _DAMAGED.format("truncated here")))
    elif damage:
        skipped.append(damage)
    return replace(channel, skipped=tuple(skipped), cut=lines if repaired.limited else repaired.cut)


def _channel(raw: Record, text: str) -> Channel:
    """Return the feed that feedparser read from a text."""
    (feed,) = records([raw.get("feed")]) or [{}]
    kind = _kind(feed, str(raw.get("version") or ""))
    total = text_in(feed, "opensearch_totalresults")
    authors = feed.get("authors") if kind == "Atom feed" else None
    twice = "<author" in text and ":creator" in text
    return Channel(
        title=_title(plain(feed.get("title"))),
        kind=kind,
        day=day_of(feed, "published") or day_of(feed, "updated"),
        total=int(total) if re.fullmatch(r"[0-9]{1,9}", total) else None,
        entries=tuple(FeedEntry.read(entry, authors, twice=twice) for entry in records(raw.get("entries"))),
        skipped=(),
        home=text_in(feed, "link"),
    )


ADVICE = "give the address of an RSS, Atom or JSON feed"


def _refuse(text: str, name: str, base: str) -> None:
    """Raise what a text without a feed's root is; an unknown root passes, since feedparser may know it."""
    if name in markup.PAGES:
        address = feed_address(text, base)
        advice = f"its feed is {as_line(address, 500)}: follow that" if address else ADVICE
        raise NoFeedError("a web page, not a feed", advice, page=True, address=address)
    if name == "opml":
        raise NoFeedError("a list of feeds (OPML), not a feed", "save it and import the file")
    if not name:
        start = text.lstrip()[:1]
        what = "empty" if not start else "JSON, not a feed" if start in "{[" else "text, not a feed"
        raise NoFeedError(what, "try again later" if not start else ADVICE)


def _parsed(text: str, base: str) -> tuple[Record, Skip | None]:
    """Return what feedparser reads from a text, and what it says was wrong with it."""
    import feedparser  # type: ignore[import-untyped]

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": base}
    try:
        # Bytes in a file: of a mere string it would think that it is an address, and ask for it.
        data = io.BytesIO(text.encode())
        raw = dict(feedparser.parse(data, response_headers=headers, resolve_relative_uris=False, sanitize_html=False))
    except Exception as error:
        interrupt.check()
        # Badly damaged XML raises any exception.
        raise NoFeedError(f"XML too damaged to parse ({type(error).__name__})", "save or download it again") from error
    trouble = raw.get("bozo_exception")
    if not trouble:
        return raw, None
    line = trouble.getLineNumber() if hasattr(trouble, "getLineNumber") else None
    reason = trouble.getMessage() if hasattr(trouble, "getMessage") else str(trouble)
    # feedparser puts a declaration on a line of its own before the first.
    line = line - 1 if line and line > 1 else line
    return raw, Skip(line, _DAMAGED.format(as_line(reason, 100) or "for an unknown reason"))


def _title(title: str) -> str:
    """Return a feed's name; of an answer of arXiv's API the query, without the page."""
    query = _ARXIV_QUERY.match(title)
    return as_line(f"arXiv {query[1] or 'papers'}" if query else title) or ""


def _kind(feed: Record, version: str) -> str:
    linked = [text_in(link, "href") for link in records(feed.get("links"))]
    given = " ".join((text_in(feed, "id"), text_in(feed, "link"), *linked))
    title = plain(feed.get("title"))
    if _ARXIV_ANSWER.search(given) or re.match(r"arXiv (?:Query|Search)\b", title, re.IGNORECASE):
        return ANSWER
    if _ARXIV_LIST.search(given) or _ARXIV_LIST_TITLE.search(title):
        return LIST
    return "Atom feed" if version.startswith("atom") else "RSS feed"


def batch(
    channel: Channel, *, origin: str, feed: str, today: date, day: date | None = None, made: date | None = None
) -> Batch:
    """Return the papers of a feed in its order.

    The day of an announcement is, for arXiv's daily list, the day of the list; for an answer of arXiv's API the day
    of submission; elsewhere that of the entry, or today if it has none or a later one.

    Args:
        channel: the feed.
        origin: path or address, for messages.
        feed: name of the feed, else the feed's own title.
        today: the present day.
        day: the day of the list, over everything it says.
        made: the day for entries without one, else today.
    """
    feed = feed or _own_name(channel, origin)
    if failure := _failure(channel):
        return Batch(origin, channel.kind, feed, failure=f"{origin}: {failure}")
    # Of a feed whose day is in the future (a wrong clock, next month's issue) no entry is dated by it.
    past = channel.day if channel.day and channel.day <= today else None
    listed = day or (past if channel.kind == LIST else None)
    items: list[tuple[Paper, Announcement]] = []
    skipped = list(channel.skipped)
    known: dict[tuple[str, str], int] = {}
    shared = _shared_pages(channel)
    kinds: dict[str, ListKind] = {}
    for place, entry in enumerate(channel.entries, 1):
        paper = paper_of(entry, listed=channel.kind == LIST)
        if paper is None:
            skipped.append(Skip(None, f"item {place}: no title and no address"))
            continue
        if not (paper.arxiv or paper.doi) and _bare_page(entry.address) in shared:
            paper = replace(paper, key=qualified(replace(paper, links=()), by=entry.identifier or entry.address))
        if (same := _own_identity(paper, entry, by_id=channel.kind == JSON_FEED)) in known:
            skipped.append(Skip(None, f"item {place}: the same paper as item {known[same]}"))
        else:
            known[same] = place
            given = [first_day(each) for each in (entry.published, entry.updated) if each]
            if not given and isinstance(paper.published, date):
                # From its text; a month there is that of an issue.
                given = [paper.published]
            fallback = past if given else made
            when = listed or next((each for each in (*given, fallback) if each and each <= today), today)
            items.append((paper, Announcement(feed, when, len(items) + 1)))
            if channel.kind == LIST:
                # One that is cut off before it says so may be a later version.
                unsaid = bool(channel.cut) and place == len(channel.entries) and not entry.change
                kinds[paper.key] = "replaced" if unsaid else _KINDS.get(entry.change, "new")
    return Batch(origin, channel.kind, feed, listed, tuple(items), limit_skips(skipped), seen=today, kinds=kinds)


def _failure(channel: Channel) -> str:
    if channel.cut and not channel.entries:
        return f"no paper before line {channel.cut}, where it is truncated; try again later"
    for entry in channel.entries:
        if _ARXIV_ERROR.search(f"{entry.identifier} {entry.address}"):
            reason = as_line(plain(entry.summary), 300) or "without a reason"
            return f"arXiv answers: {reason}; check the ids or the search"
    return ""


def _shared_pages(channel: Channel) -> frozenset[str]:
    """Return the pages that several items link to: they don't identify an item."""
    leading: dict[str, set[str]] = {}
    for entry in channel.entries:
        if entry.address:
            leading.setdefault(_bare_page(entry.address), set()).add(entry.identifier or entry.address)
    home = {_bare_page(channel.home)} if channel.home else set()
    return frozenset(home | {page for page, items in leading.items() if len(items) > 1})


def _bare_page(address: str) -> str:
    return normalize_address(address.partition("#")[0])


def _own_identity(paper: Paper, entry: FeedEntry, *, by_id: bool) -> tuple[str, str]:
    """Return what distinguishes an entry's paper from another with the same title.

    The id precedes the address only where ids are unique, as JSON Feed demands (`by_id`); a guid may change.
    """
    if paper.arxiv or paper.doi:
        return paper.key, ""
    if entry.address and not (by_id and entry.identifier):
        return paper.key, normalize_address(entry.address)
    return paper.key, entry.identifier


def _own_name(channel: Channel, origin: str) -> str:
    name = as_line(channel.title, _NAME_LENGTH) or site_of(origin) or channel.kind
    # These names are reserved.
    return f"{name} feed" if name.casefold() in (ADDED.casefold(), SAMPLE.casefold()) else name


def decode(
    data: bytes, *, origin: str, feed: str, today: date, day: date | None = None, made: date | None = None
) -> Batch:
    """Return the papers of any feed, or a `failure`; see `parse` and `batch`."""
    try:
        channel = parse(data, base=origin if "://" in origin else "")
    except NoFeedError as error:
        return Batch(origin, feed=feed, failure=f"{origin}: {error}")
    return batch(channel, origin=origin, feed=feed, today=today, day=day, made=made)


def merged(batches: Sequence[Batch]) -> tuple[tuple[Paper, Announcement], ...]:
    """Return the papers of the pages of one list, each once, numbered throughout.

    The list may move on between two pages, and a paper slip to the next.
    """
    items: dict[str, tuple[Paper, Announcement]] = {}
    for each in batches:
        for paper, announcement in each.items:
            items.setdefault(paper.key, (paper, replace(announcement, position=len(items) + 1)))
    return tuple(items.values())


JSON_FEED = "JSON feed"

_JSON_FEED_HOST = "jsonfeed.org"
_ITEMS = 10_000
_TEXT = 50_000
_TITLE_LENGTH = 100
_VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/")
# In a text that can't be parsed as a whole; some programs escape every slash.
_NAMED = re.compile(r'"version"\s*:\s*"https?:(?:\\?/){2}(?:www\.)?jsonfeed\.org\\?/version\\?/', re.ASCII)
_LIST = re.compile(r'"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*+")
_JSON_TITLE = re.compile(r'"title"\s*:\s*(?=")')


def may_be_json_feed(data: bytes) -> bool:
    """Tell cheaply whether a file may be a JSON Feed."""
    data = charset.without_marks(data)
    return _JSON_FEED_HOST.encode() in data and data.lstrip().startswith(b"{")


def json_channel(text: str, base: str = "") -> Channel | None:
    """Return a JSON Feed, of a damaged one the items before the damage; None for another text.

    Args:
        text: what was served or stored.
        base: its address, what relative ones in it are relative to.
    """
    if not text.lstrip().startswith("{") or _JSON_FEED_HOST not in text:
        return None
    skipped: list[Skip] = []
    cut = None
    try:
        feed = parse_json(text)
    except UnreadableError as error:
        if not _NAMED.search(text, 0, _TEXT):
            return None
        feed, cut = _whole_part(text), error.line or 1
        reason = f"damaged JSON ({error.reason}); the items before it were imported"
        skipped.append(Skip(cut, reason, lost=True))
    if not isinstance(feed, dict) or not _VERSION.match(text_in(feed, "version")):
        return None
    entries = []
    for place, item in enumerate(as_list(feed.get("items"))[:_ITEMS], 1):
        if isinstance(item, dict):
            entries.append(_json_entry(item, feed, base))
        else:
            skipped.append(Skip(None, f"item {place}: not an item", lost=True))
    home = _address(text_in(feed, "home_page_url"), base)
    title = as_line(plain(text_in(feed, "title"))) or ""
    return Channel(title, JSON_FEED, None, None, tuple(entries), tuple(skipped), cut, home)


def _whole_part(text: str) -> Record:
    """Return a damaged feed with the complete items before the damage."""
    items: list[object] = []
    begun = _LIST.search(text)
    title = _JSON_TITLE.search(text, 0, begun.start() if begun else _TEXT)
    feed: dict[str, object] = {"version": f"https://{_JSON_FEED_HOST}/version/1.1", "items": items}
    try:
        if title:
            feed["title"], _ = parse_value(text, title.end())
        place = begun.end() if begun else len(text)
        while (between := _BETWEEN.match(text, place)) and text[between.end() : between.end() + 1] == "{":
            item, place = parse_value(text, between.end())
            items.append(item)
    except UnreadableError:
        # Here it is truncated.
        pass
    return feed


def _json_entry(item: Record, feed: Record, base: str) -> FeedEntry:
    """Return an entry from an item; where it is about a page elsewhere, that page is what it announces."""
    own, elsewhere = (_address(text_in(item, name), base) for name in ("url", "external_url"))
    identifier = item.get("id")
    # Ids are texts; numbers are accepted.
    identifier = str(identifier) if isinstance(identifier, int | float) else text_in(item, "id")
    # An id that is an address is the item's own, as a guid is.
    address = elsewhere or own or (_address(identifier, "") if "://" in identifier else "")
    content = (text_in(item, "content_html") or text_in(item, "content_text"))[:_TEXT]
    summary = text_in(item, "summary")[:_TEXT]
    # A short post has neither title nor address; its text is its title.
    title = text_in(item, "title") or ("" if address else as_line(plain(summary or content), _TITLE_LENGTH) or "")
    return FeedEntry(
        identifier=identifier,
        address=address,
        others=tuple(filter(None, (own, identifier))),
        title=title,
        summary=summary,
        content=content,
        authors=_json_names(item),
        editors=_json_names(feed),
        tags=tuple(dict.fromkeys(tag for tag in as_list(item.get("tags")) if isinstance(tag, str) and tag.strip())),
        published=day_of(item, "date_published"),
        updated=day_of(item, "date_modified"),
    )


def _json_names(record: Record) -> tuple[str, ...]:
    """Return the authors of an item or a feed; version 1 has but one."""
    people = [*as_list(record.get("authors")), record.get("author")]
    return tuple(name for each in people if isinstance(each, dict) and (name := text_in(each, "name").strip()))


def _address(text: str, base: str) -> str:
    return absolute(base, text) if text.strip() else ""
