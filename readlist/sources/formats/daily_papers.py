"""Hugging Face Papers: its daily-papers JSON, the JSON of one paper, and the JSON inside its saved pages."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.paper import Announcement, Link, Paper, arxiv_id, doi_of, identifiers_of
from readlist.model.time import parse_time
from readlist.sources.batch import Batch, Skip, limit_skips
from readlist.sources.formats.json_values import (
    Record,
    UnreadableError,
    as_count,
    as_day,
    as_line,
    as_name,
    as_names,
    as_paragraphs,
    first,
    parse_json,
    parse_literal,
)
from readlist.text.links import find_links, merge_links, normalize

_LISTS = ("dailyPapers", "papers", "data", "items", "results")
_REPO_FIELDS = ("url", "html_url", "full_name", "fullName", "name")
# A repository of GitHub without its host, and placeholders that look like one.
_OWNER_NAME = re.compile(
    r"(?!\d{1,4}/\d{1,4}$)[A-Za-z\d](?:[A-Za-z\d-]{0,37}[A-Za-z\d])?/(?!\.{1,2}$)[\w.-]{1,100}", re.ASCII
)
_NO_REPOS = frozenset({"n/a", "na/na", "no/none", "none/none", "null/null", "tbd/tba", "tba/tbd", "tbd/tbd", "and/or"})
_RECORD_FIELDS = ("summary", "abstract", "authors", "publishedAt", "upvotes")
_AUTHORS = 5_000
_KEYWORDS = 200

_ATTRIBUTE = re.compile(r"""\bdata-(target|props)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_TARGETS = frozenset({"DailyPapers", "PaperContent", "PaperPage"})
_PAGE_ADDRESS = re.compile(
    r"""(?:property=["']?og:url["']?\s+content|rel=["']?canonical["']?\s+href|saved\s+from\s+url)\s*="""
    r"""\s*["'(\d)]*(https?://[^\s"'<>]{1,500})""",
    re.IGNORECASE,
)
_PAGE_DAY = re.compile(r"/papers/date/(\d{4}-\d\d-\d\d)")


class _Listing(Struct, frozen=True):
    """The raw items of a list, its kind and feed, and the day it names."""

    kind: str
    feed: str
    items: Sequence[object]
    day: date | None = None


class _Found(Struct, frozen=True):
    """One paper, with the day of the list by its item: exact (`listed`) or rough (`submitted`)."""

    paper: Paper
    announcement: Announcement
    listed: date | None
    submitted: date | None


def decode(
    data: object,
    *,
    origin: str,
    feed: str = "",
    day: date | None = None,
    made: date | None = None,
    lines: Sequence[int] = (),
) -> Batch:
    """Return the papers of Hugging Face's JSON: a day's list, a search answer, one paper; flat or wrapped.

    A field of an unknown form is ignored. Items may be strings of JSON or of Python literals. An empty list is a day
    without papers, no failure.

    Args:
        data: what `json.loads` gave.
        origin: path or address, for messages.
        feed: name of the feed, else one by the kind of list.
        day: the day of the list by its file name or request, for items without one.
        made: the data's own date, for what has no other.
        lines: the line number of each item of a list, for messages.

    Returns:
        The papers in list order; `failure` set where the JSON is of another kind.
    """
    listing = _listing(data)
    if listing is None:
        return Batch(origin, failure=f"{origin}: JSON without papers; {_WANTED}")
    return _batch(replace(listing, feed=feed or listing.feed), origin, day, made, lines)


def decode_html(text: str, *, origin: str, made: date, day: date | None = None) -> Batch | None:
    """Return the papers in the `data-props` of a saved page of the site, None if it has none.

    Address and properties tell day, week, month, trending and single-paper pages apart.

    Args:
        text: the HTML.
        origin: path or address, for messages.
        made: the file's own date: the day of a list which names none.
        day: the day the user said, over everything the page says.
    """
    trouble: UnreadableError | None = None
    for target, escaped in _properties(text):
        if target not in _TARGETS:
            continue
        try:
            properties = parse_json(html.unescape(escaped))
        except UnreadableError as error:
            trouble = error
            continue
        listing = _listing(properties)
        if listing is None or not isinstance(properties, dict):
            continue
        listing = _page(listing, target, properties, text[:100_000])
        batch = _batch(listing, origin, None, made, ())
        # A trending page or search orders papers of many days: it is a list of the day it was saved.
        return on_day(batch, day or made) if day or listing.feed in ("HF trending", "HF search") else batch
    if trouble:
        reason = f"the list in this page is damaged ({trouble.reason})"
        return Batch(origin, kind="saved page", failure=f"{origin}: {reason}; save the page again")
    return None


def is_saved_page(text: str) -> bool:
    """Tell whether a text holds a list or paper of the site in `data-props`."""
    return any(target in _TARGETS for target, _ in _properties(text))


def on_day(batch: Batch, day: date) -> Batch:
    """Return the batch as a list of that day, in place of what its items say."""
    items = tuple((paper, replace(announcement, day=day)) for paper, announcement in batch.items)
    return replace(batch, day=day, items=items)


_WANTED = "readlist reads the lists and papers of Hugging Face's API"


def _properties(text: str) -> Iterable[tuple[str, str]]:
    """Yield target and properties of each element that has both, in any order and quotes."""
    last: re.Match[str] | None = None
    for found in _ATTRIBUTE.finditer(text):
        if last and last[1] != found[1] and "<" not in text[last.end() : found.start()]:
            values = {match[1]: match[2] or match[3] or match[4] or "" for match in (last, found)}
            yield values["target"], values["props"]
            last = None
        else:
            last = found


def _page(listing: _Listing, target: str, properties: Record, head: str) -> _Listing:
    """Return the listing named after the kind of page it was in."""
    if target != "DailyPapers":
        return replace(listing, kind="saved paper page", feed="HF papers")
    found = _PAGE_ADDRESS.search(head)
    address = found[1] if found else ""
    if properties.get("isTrending") is True or "/papers/trending" in address:
        return replace(listing, kind="saved trending page", feed="HF trending")
    for period in ("week", "month"):
        if f"/papers/{period}/" in address:
            return replace(listing, kind=f"saved {period} page", feed=f"HF {period}ly", day=None)
    if "/papers?q=" in address:
        return replace(listing, kind="saved search page", feed="HF search")
    dated = _PAGE_DAY.search(address)
    own = as_day(dated[1]) if dated else None
    return replace(listing, kind="saved day page", feed="HF daily", day=listing.day or own)


def _listing(data: object, depth: int = 3) -> _Listing | None:
    """Return the list, however it is wrapped; None for other JSON."""
    if isinstance(data, str):
        data = _value(data)
    if isinstance(data, list):
        items = [_value(item) for item in data]
        if not items or any(_wrapped(item) for item in items):
            return _Listing("daily papers JSON", "HF daily", items)
        return _Listing("papers JSON", "HF papers", items) if any(_flat(item) for item in items) else None
    if not isinstance(data, dict):
        return None
    if _wrapped(data) or _flat(data):
        return _Listing("paper JSON", "HF papers", [data])
    for name in _LISTS:
        inner = data.get(name)
        listing = _listing(inner, depth - 1) if depth and isinstance(inner, dict | list | str) else None
        if listing:
            own = as_day(data.get("date")) or as_day(data.get("dateString"))
            return replace(listing, day=own or listing.day)
    return None


def _wrapped(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("paper"), dict)


def _flat(item: object) -> bool:
    """Return whether a record is a paper's: the id says so, or the fields beside id and title do."""
    if not isinstance(item, dict) or not isinstance(item.get("id"), str) or not isinstance(item.get("title"), str):
        return False
    return bool(arxiv_id(item["id"])) or any(name in item for name in _RECORD_FIELDS)


def _value(item: object) -> object:
    """Return the item, read first where it is a string that holds a record or a list."""
    if isinstance(item, str) and item.lstrip()[:1] in ("{", "["):
        try:
            return parse_literal(item)
        except UnreadableError:
            return None
    return item


def _batch(listing: _Listing, origin: str, day: date | None, made: date | None, lines: Sequence[int]) -> Batch:
    found: list[_Found] = []
    skipped: list[Skip] = []
    known: dict[str, int] = {}
    for place, item in enumerate(listing.items, 1):
        line = lines[place - 1] if place <= len(lines) else None
        read = _read(item, listing.feed, place)
        if isinstance(read, str):
            skipped.append(Skip(line, f"item {place}: {read}"))
        elif read.paper.key in known:
            skipped.append(Skip(line, f"item {place}: the same paper as item {known[read.paper.key]}"))
        else:
            known[read.paper.key] = place
            found.append(read)
    if listing.items and not found:
        failure = f"{origin}: no paper with an id and a title ({skipped[0].reason}); {_WANTED}"
        return Batch(origin, listing.kind, listing.feed, skipped=limit_skips(skipped), failure=failure)
    items, usual = _dated(found, listing.day or day, made)
    day = listing.day or usual or day or made
    return Batch(origin, listing.kind, listing.feed, day, items, limit_skips(skipped))


def _dated(
    found: Sequence[_Found], hint: date | None, made: date | None
) -> tuple[tuple[tuple[Paper, Announcement], ...], date | None]:
    """Settle the day of each announcement, and the day of most.

    Before March 2025 an item only had its time of submission, sometimes the evening before the list's day: of two
    neighbouring days the later one is the list's.
    """
    rough = [one.submitted for one in found if one.submitted]
    latest = max(rough, default=None)
    together = latest is not None and latest - min(rough) <= timedelta(days=1)
    items = []
    for one in found:
        day = one.listed
        if day is None and one.submitted:
            near = hint is not None and timedelta() <= hint - one.submitted <= timedelta(days=4)
            day = hint if near else latest if together else one.submitted
        items.append((one.paper, replace(one.announcement, day=day or hint or made)))
    days = Counter(announcement.day for _, announcement in items if announcement.day)
    usual = max(days, key=lambda day: (days[day], day), default=None)
    return tuple(items), usual


def _read(item: object, feed: str, place: int) -> _Found | str:
    """Return the paper of an item, or why it is not one."""
    if not isinstance(item, dict):
        return "not a paper"
    inner = item.get("paper")
    paper: Record = inner if isinstance(inner, dict) else item
    identifier = as_line(paper.get("id")) or as_line(item.get("id"))
    title = as_line(paper.get("title")) or as_line(item.get("title"))
    if not identifier:
        return f"no id (“{as_line(title, 60)}”)" if title else "no id and no title"
    if not title:
        return f"no title (id {as_line(identifier, 60)})"
    made = _paper(item, paper, identifier, title)
    repo = paper.get("githubRepo")
    stars = first(as_count, "stars", repo) if isinstance(repo, dict) else None
    announcement = Announcement(
        feed,
        None,
        place,
        upvotes=first(as_count, "upvotes", paper, item),
        comments=first(as_count, "numComments", item, paper),
        stars=first(as_count, "githubStars", paper, item) if stars is None else stars,
        submitter=as_name(paper.get("submittedOnDailyBy")) or as_name(item.get("submittedBy")) or "",
    )
    submitted = None
    own, publication = parse_time(item.get("publishedAt")), parse_time(paper.get("publishedAt"))
    # Since March 2025 the item repeats the paper's publication, some hours too early; a submission is later.
    if inner is not None and own and not (publication and own <= publication):
        submitted = own.date()
    return _Found(made, announcement, first(as_day, "submittedOnDailyAt", paper, item), submitted)


def _paper(item: Record, paper: Record, identifier: str, title: str) -> Paper:
    arxiv, doi = arxiv_id(identifier), doi_of(identifier)
    abstract = first(as_paragraphs, "summary", paper, item) or first(as_paragraphs, "abstract", paper, item) or ""
    summary = first(as_line, "ai_summary", paper, item) or ""
    return Paper(
        key=identifiers_of(title, arxiv, doi)[0],
        title=title,
        abstract=abstract,
        # Including those that the site hides.
        authors=as_names(paper.get("authors"), _AUTHORS),
        published=as_day(paper.get("publishedAt")),
        arxiv=arxiv,
        doi=doi,
        links=merge_links(_field_links(paper), find_links(abstract)),
        summary="" if summary == abstract else summary,
        keywords=tuple(dict.fromkeys(as_names(paper.get("ai_keywords"), _KEYWORDS))),
        organization=first(as_name, "organization", paper, item) or as_name(item.get("submitterOrganization")) or "",
    )


def _field_links(paper: Record) -> Iterable[Link]:
    """Yield the links of `githubRepo` and `projectPage`; the page may turn out to be a repository or a data set."""
    repo = _repo_address(paper.get("githubRepo"))
    for value, is_page in ((repo, False), (paper.get("projectPage"), True)):
        link = normalize(value) if isinstance(value, str) else None
        if link:
            yield replace(link, kind="project") if is_page and link.kind == "other" else link


def _repo_address(value: object) -> str:
    """Return the address that `githubRepo` names: as an address, as `owner/name`, or as a record with one of these."""
    if isinstance(value, dict):
        owner, name = value.get("owner"), value.get("name")
        if isinstance(owner, str) and isinstance(name, str) and "/" not in name:
            value = f"{owner}/{name}"
        else:
            named = (value.get(field) for field in _REPO_FIELDS)
            value = next((one for one in named if isinstance(one, str) and one.strip()), "")
    if not isinstance(value, str):
        return ""
    short = value.strip()
    is_short = _OWNER_NAME.fullmatch(short) and short.casefold() not in _NO_REPOS
    return f"https://github.com/{short}" if is_short else value
