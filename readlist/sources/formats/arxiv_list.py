"""arXiv's list pages, `/list/CATEGORY/new` and `…/pastweek`: their sections with day and size, and the papers in them.

The layout is that of https://github.com/arXiv/arxiv-browse (`browse/templates/list`), and the one before it, which
export.arxiv.org still had in April 2025.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct

from readlist.model.feed import category
from readlist.model.paper import Announcement, ListKind, Paper, arxiv_id, arxiv_version
from readlist.pattern import pattern
from readlist.sources.batch import Batch, Skip, limit_skips
from readlist.sources.formats.byline import authors_in
from readlist.sources.formats.feed_entry import doi_at
from readlist.sources.formats.json_values import as_line, as_paragraphs
from readlist.sources.formats.markup import text_of_html
from readlist.sources.formats.syndication import LIST
from readlist.text.dates import weekday_in
from readlist.text.links import find_links

_FEED = "arXiv"
_AUTHORS = 5_000
_KEYWORDS = 30
_LINKS = 50
_PIECE = 100_000
"""Characters of an entry that are looked at."""

_MARK = pattern(r"<dl\b[^<>]{0,100}\bid\s*=\s*[\"']?articles\b|\blist-identifier\b", re.IGNORECASE)
_DIVIDED = pattern(r"(?=<(?:dt|h[1-6])\b)", re.IGNORECASE)
# One that is not closed ends where the next one begins.
_HEADING = pattern(r"<h[1-6]\b[^<>]{0,500}>((?:(?!<h[1-6]\b).){0,2000}?)</h[1-6]\s*>", re.IGNORECASE | re.DOTALL)
_TAG = pattern(r"<[^<>]{0,4000}>")
_COUNT = pattern(r"\bshowing\s+(?:(?:first|last)\s+)?(\d{1,6})\s+of\s+(\d{1,6})\s+entries", re.IGNORECASE)
_TOTAL = pattern(r"\btotal\s+of\s+(\d{1,6})\s+entries", re.IGNORECASE)
_KIND = pattern(r"\s*(?:(new|cross)[ -](?:submission|list)|(replacement))", re.IGNORECASE)
_KINDS: dict[str, ListKind] = {"new": "new", "cross": "cross", "replacement": "replaced"}
"""By the first word of a heading."""

_NEW = pattern(r"\s*showing\s+new\s+listings\s+for\b", re.IGNORECASE)
_CAUGHT_UP = pattern(r"\s*catchup\s+results\s+for\b", re.IGNORECASE)
_OF_A_DAY = pattern(r"\s*(?:new\s+submissions|cross-lists|replacements)\s+for\b", re.IGNORECASE)
"""Headings of the sections of a page with the day, as they were before 2025."""

_LINKED = pattern(
    r"<a\b[^<>]{0,500}?\bhref\s*=\s*[\"'](https?://[^\"'<>\s]{1,2000})[\"'][^<>]{0,500}>\s*this\s+https?\s+URL\s*</a>",
    re.IGNORECASE,
)
"""How arXiv shows an address in an abstract or a comment: its text is not the address."""

_RECENT = pattern(r"/list/[A-Za-z.-]{2,20}/(?:recent|pastweek)\?[^<>]{0,200}>\s*([A-Z][a-z]{2}, [^<>]{6,20}?)\s*<")
_LISTED = pattern(r"/list/([A-Za-z.-]{2,20})/(?:new|recent|pastweek)\b")
_ABS = pattern(r"\bhref\s*=\s*[\"']?(?:https?://[^/\"'\s<>]{1,100})?/abs/([^\"'\s<>?#]{5,60})", re.IGNORECASE)
_NAMED = pattern(r"\barXiv:([^\s<>\[\]()]{5,60})", re.IGNORECASE)
_HTML = pattern(r"\bhref\s*=\s*[\"']?(?:https?://[^/\"'\s<>]{1,100})?/html/([^\"'\s<>?#]{5,60})", re.IGNORECASE)
"""The address of a paper as HTML names its version; no other address of an entry does."""
_FIELD = pattern(r"<div\b[^<>]{0,200}?\bclass\s*=\s*[\"']?list-([a-z-]{3,20})[^<>]{0,100}>", re.IGNORECASE)
_ABSTRACT = pattern(r"<p\b[^<>]{0,100}\bclass\s*=\s*[\"']?mathjax\b[^<>]{0,100}>", re.IGNORECASE)
_LABEL = pattern(r"\s*<span\b[^<>]{0,100}\bdescriptor\b[^<>]{0,100}>[^<>]{0,40}</span>", re.IGNORECASE)
_BREAK = pattern(r"<br\s*/?>", re.IGNORECASE)
_CODE = pattern(r"\(([a-z-]{2,10}(?:\.[A-Za-z-]{2,10})?)\)")
_CUT_NAMES = pattern(r",?\s*(?:et al\.?\s*)?\(\d{1,5} additional authors? not shown\).*\Z", re.IGNORECASE | re.DOTALL)
_NO_NAMES = "(author list is unavailable)"


class ListedPaper(Struct, frozen=True):
    """A paper in a list.

    Attributes:
        paper: what the list says of it; no abstract on the page of the past week.
        kind: whether it is new, cross-listed from another category, or replaced by a later version.
        cut: whether further authors are not shown.
    """

    paper: Paper
    kind: ListKind
    cut: bool = False


class ListSection(Struct, frozen=True):
    """A section of a page: new, cross-listed or replaced papers, or the papers of a day.

    Attributes:
        day: the day of announcement, None if the page names none.
        kind: what its heading says of its papers; `new` where that says nothing.
        total: how many entries the section has in all, those on further pages too; None if the page does not say.
        shown: how many of them the page says it shows, None likewise.
        papers: those that could be read, each once.
        unread: how many entries could not be read.
        repeats: how many entries name a paper of the section once more.
    """

    day: date | None
    kind: ListKind
    total: int | None
    shown: int | None
    papers: tuple[ListedPaper, ...]
    unread: int = 0
    repeats: int = 0

    @property
    def read(self) -> int:
        """How many entries could be read, repeated ones as often as they are there, but no more than it counts."""
        return min(len(self.papers) + self.repeats, self.shown or sys.maxsize)


class ListPage(Struct, frozen=True):
    """A list page.

    Attributes:
        category: of the list, empty if the page names none.
        day: of a page of new papers the day of announcement, else None.
        days: the days that the page of the past week covers, those without papers too.
        total: how many entries the list has in all, None if the page does not say.
        sections: in order.
        complete: whether the page was read to its end.
    """

    category: str
    day: date | None
    days: tuple[date, ...]
    total: int | None
    sections: tuple[ListSection, ...]
    complete: bool

    @property
    def entries(self) -> int:
        """How many entries the page has, readable or not, repeated ones once."""
        return sum(len(section.papers) + section.unread for section in self.sections)

    @property
    def read(self) -> int:
        """How many entries the page has, repeated ones as often as they are there, but no more than it counts."""
        return sum(min(each.unread + each.read, each.shown or sys.maxsize) for each in self.sections)

    @property
    def lost(self) -> int:
        """How many entries it says it shows, but has not; or all that can be known is that some are missing: 1."""
        missing = sum(max((each.shown or 0) - len(each.papers) - each.repeats, 0) for each in self.sections)
        unread = sum(each.unread for each in self.sections if each.shown is None)
        return missing + unread or (0 if self.complete else 1)


def parse(text: str) -> ListPage | None:
    """Return a list page of arXiv; None for another page, also for a list in an unknown layout."""
    marked = _MARK.search(text)
    announced = next((day for each in _HEADING.finditer(text) if (day := _announced(_plain(each[1])))), None)
    if not marked and announced is None:
        return None
    found = _Sections(announced)
    for piece in _DIVIDED.split(text):
        if piece[:3].lower() == "<dt":
            found.add(piece[:_PIECE])
        elif heading := _HEADING.match(piece):
            found.begin(_plain(heading[1]))
    total = _TOTAL.search(_plain(text[: marked.start()] if marked else text[:_PIECE]) or "")
    days = [day for each in _RECENT.finditer(text) if (day := weekday_in(each[1]))]
    # What is above the papers may begin with the archive.
    above = text[: text.find("<dt")] if "<dt" in text else text
    listed = [each[1] for each in _LISTED.finditer(above)]
    sections = found.sections()
    return ListPage(
        category(listed[-1]) if listed else "",
        announced,
        tuple(dict.fromkeys([*days, *(each.day for each in sections if each.day and announced is None)])),
        int(total[1]) if total else None,
        sections,
        re.search(r"</html\s*>", text[-2_000:], re.IGNORECASE) is not None,
    )


def _announced(heading: str) -> date | None:
    """Return the day of a whole page that a heading names."""
    named = any(each.match(heading) for each in (_NEW, _CAUGHT_UP, _OF_A_DAY))
    return weekday_in(heading) if named else None


class _Sections:
    """The sections of a page, as its headings and entries come."""

    def __init__(self, day: date | None) -> None:
        self._day = day
        self._open: tuple[date | None, ListKind, int | None, int | None] = (day, "new", None, None)
        self._papers: dict[str, ListedPaper] = {}
        self._unread = self._repeats = 0
        self._done: list[ListSection] = []

    def begin(self, heading: str) -> None:
        """Begin the section of a heading; of any other heading nothing follows."""
        count, kind, day = _COUNT.search(heading), _KIND.match(heading), weekday_in(heading)
        if _NEW.match(heading) or _CAUGHT_UP.match(heading) or not (count or kind or day):
            return
        self._end()
        shown, total = (int(count[1]), int(count[2])) if count else (None, None)
        self._open = (day or self._day, _KINDS[(kind[1] or kind[2]).lower()] if kind else "new", total, shown)

    def add(self, piece: str) -> None:
        """Add the entry of a `<dt>` and what follows it."""
        listed = _listed(piece, self._open[1])
        if listed is None:
            self._unread += 1
        elif listed.paper.arxiv in self._papers:
            self._repeats += 1
        else:
            self._papers[listed.paper.arxiv] = listed

    def sections(self) -> tuple[ListSection, ...]:
        """Return all sections."""
        self._end()
        return tuple(self._done)

    def _end(self) -> None:
        day, kind, total, shown = self._open
        if self._papers or self._unread or total is not None:
            papers = tuple(self._papers.values())
            self._done.append(ListSection(day, kind, total, shown, papers, self._unread, self._repeats))
        self._papers, self._unread, self._repeats = {}, 0, 0
        self._open = (self._day, "new", None, None)


def _listed(piece: str, kind: ListKind) -> ListedPaper | None:
    """Return the paper of an entry, None if it has no id or no title."""
    head, _, body = piece.partition("<dd")
    named = _ABS.search(head) or _NAMED.search(head)
    arxiv = arxiv_id(named[1]) if named else ""
    fields = _fields(body)
    title = as_line(text_of_html(fields.get("title", ""))) or ""
    if named is None or not arxiv or not title:
        return None
    words = _plain(head).lower()
    if "cross-list" in words:
        kind = "cross"
    elif "(replaced" in words:
        kind = "replaced"
    names = text_of_html(fields.get("authors", ""))
    cut = _CUT_NAMES.search(names)
    comment = as_line(text_of_html(fields.get("comments", ""))) or ""
    journal = as_line(text_of_html(fields.get("journal-ref", ""))) or ""
    abstract = as_paragraphs(text_of_html(fields.get("abstract", ""))) or ""
    codes = (code for each in _CODE.findall(_plain(fields.get("subjects", ""))) if (code := category(each)))
    addresses = [named[1], *(each[1] for each in _HTML.finditer(head))]
    paper = Paper(
        key=f"arxiv:{arxiv}",
        title=title,
        abstract=abstract,
        authors=() if _NO_NAMES in names else tuple(authors_in([_CUT_NAMES.sub("", names)], split=True))[:_AUTHORS],
        arxiv=arxiv,
        doi=doi_at(_plain(fields.get("doi", "")).strip()),
        links=tuple(find_links(f"{comment}\n{journal}\n{abstract}"))[:_LINKS],
        keywords=tuple(dict.fromkeys(codes))[:_KEYWORDS],
        version=max(arxiv_version(each) for each in addresses if each is named[1] or arxiv_id(each) == arxiv),
        comment=comment,
        journal=journal,
    )
    return ListedPaper(paper, kind, cut is not None)


def _fields(body: str) -> dict[str, str]:
    """Return the fields of an entry by name, as HTML; of one that is cut off the whole ones."""
    fields: dict[str, str] = {}
    for opened in _FIELD.finditer(body):
        end = body.find("</div>", opened.end())
        if end < 0:
            break
        fields.setdefault(opened[1].lower(), _LABEL.sub("", body[opened.end() : end], count=1))
    abstract = _ABSTRACT.search(body)
    if abstract and (end := body.find("</p>", abstract.end())) >= 0:
        # arXiv breaks a line before each paragraph.
        fields["abstract"] = _BREAK.sub("<p>", body[abstract.end() : end])
    return {name: _LINKED.sub(r"\1", text) for name, text in fields.items()}


def _plain(html: str) -> str:
    return text_of_html(_TAG.sub(" ", html))


def decode(text: str, *, origin: str, day: date | None = None) -> Batch | None:
    """Return all papers of a captured list page, each of the day of its section; None for another page.

    Args:
        text: HTML.
        origin: where it came from, for messages.
        day: the day of the list, over everything the page says.
    """
    page = parse(text)
    if page is None or not page.entries:
        return None
    items = tuple(items_of(page, _FEED, day))
    days = {announcement.day for _, announcement in items if announcement.day}
    skipped = []
    if page.lost:
        entries = f"{page.lost} of its entries are missing" if page.sections and page.complete else "it is cut off"
        skipped.append(Skip(None, f"{entries}; save the page again", lost=True))
    listed = day or page.day or max(days, default=None)
    return Batch(origin, LIST, _FEED, listed, items, limit_skips(skipped), kinds=kinds_of(page.sections))


def items_of(page: ListPage, feed: str, day: date | None = None) -> Iterator[tuple[Paper, Announcement]]:
    """Yield the papers of a page, each once, announced by a feed on the day of its section."""
    known: set[str] = set()
    for section in page.sections:
        for listed in section.papers:
            if listed.paper.key not in known:
                known.add(listed.paper.key)
                yield listed.paper, Announcement(feed, day or section.day, len(known))


def kinds_of(sections: Sequence[ListSection]) -> dict[str, ListKind]:
    """Return by paper key what the list says of a paper; the first section that has it counts."""
    kinds: dict[str, ListKind] = {}
    for section in sections:
        for listed in section.papers:
            kinds.setdefault(listed.paper.key, listed.kind)
    return kinds


def papers_of(sections: Iterable[ListSection], kinds: Sequence[ListKind]) -> tuple[tuple[ListedPaper, ...], int]:
    """Return the papers in some sections of one day, each once, and how many entries of some kinds are missing."""
    papers: dict[str, ListedPaper] = {}
    totals: dict[ListKind, int] = {}
    read: dict[ListKind, int] = {}
    unread = 0
    for section in sections:
        for listed in section.papers:
            papers.setdefault(listed.paper.arxiv, listed)
        if section.kind not in kinds:
            continue
        if section.total is None:
            unread += section.unread
        totals[section.kind] = max(totals.get(section.kind, 0), section.total or 0)
        read[section.kind] = read.get(section.kind, 0) + section.read
    return tuple(papers.values()), unread + sum(max(totals[kind] - read[kind], 0) for kind in totals)
