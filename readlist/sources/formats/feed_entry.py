"""One entry of a feed as feedparser gives it, the paper it announces, and the identifiers that words name."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from datetime import date
from urllib.parse import parse_qs

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.address import wanted
from readlist.model.feed import category
from readlist.model.paper import (
    Link,
    Paper,
    arxiv_id,
    arxiv_version,
    doi_of,
    fingerprint,
    identifiers_of,
    normalize_address,
)
from readlist.model.time import PartialDate, PublicationDate, more_exact
from readlist.sources.batch import Skip
from readlist.sources.formats.byline import Byline, authors_in, byline_in
from readlist.sources.formats.json_values import Record, as_day, as_line, as_list, as_paragraphs, text_in
from readlist.sources.formats.markup import hrefs, text_of_html
from readlist.text.dates import date_in
from readlist.text.host import site_of
from readlist.text.links import find_links, merge_links, normalize
from readlist.text.titles import qualified

_AUTHORS = 5_000
_LONG_AGO = 1800
_KEYWORDS = 30
_NO_KEYWORDS = ("uncategorized", "article", "research article")
_LINKS = 50
_TEXT = 50_000
_TEASER = 200
"""Characters from which a summary is used instead of the whole article."""

# Before the abstract in arXiv's lists.
_HEAD = re.compile(r"\A\s*+(arXiv:\S++)\s++Announce Type:\s*+([\w-]++)\s*+(?:Abstract:\s*+)?", re.IGNORECASE)
# As arXiv's lists had it before 2024: `Title. (arXiv:2301.00001v1 [cs.LG] UPDATED)`.
_TAIL = re.compile(r"(?:\.\s*+|(?<![\s.])\s++)?+\(arXiv:([^\s()]+)\s*+\[([\w.-]+)\][^()]{0,40}\)\s*+\Z", re.IGNORECASE)
_DOI_ADDRESS = re.compile(
    r"(?i)https?://[^/]+/(?:doi|articles?|chapter|book|content/pdf)/(?:(?:abs|full|pdf|epdf|epub|book|reader|pdfdirect)/)?"
    r"(10\.\d{4,9}/[^\s?#]+)"
    r"|https?://(?:www\.)?(?:bio|med)rxiv\.org/content/(?:early/\d+/\d+/\d+/)?(10\.\d{4,9}/[\d.]+\d)(?:v\d+)?(?:\.\w+)*(?:[?#]|\Z)"
    r"|https?://journals\.aps\.org/\w+/(?:abstract|pdf|accepted)/(10\.\d{4,9}/[^\s?#]+)"
    r"|https?://[^\s?#]+\?(?:[^\s#]*&)?doi=(10\.\d{4,9}(?:/|%2f)[^\s&#]+)"
)
_WRAPPED = re.compile(r"(?i)https?://(?:www\.|scholar\.)?google\.[a-z.]+/(?:url|scholar_url)\?")
_LABEL = 300
# The label of a link to the paper of the entry.
_TO_PAPER = re.compile(
    r"(?i)[\W_]*+(?:link|arxiv(?:\.org)?|(?:read |view |see |full )?(?:the )?(?:paper|preprint|article|abstract|text)"
    r"|pdf|abs|doi|html"
    r"|(?:https?://)?\S*(?:arxiv\.org|doi\.org|huggingface\.co/papers|alphaxiv\.org)/\S+|(?:arxiv|doi):\s*\S+)[\W_]*"
)
_SHARING = re.compile(
    r"(?i)https?://(?:[\w-]+\.)*(?:feedburner\.(?:com|google\.com)|addtoany\.com|doubleclick\.net|gravatar\.com|wp\.com/latex\.php"
    r"|facebook\.com/share|twitter\.com/(?:share|intent)|x\.com/(?:share|intent)|linkedin\.com/share|reddit\.com/(?:submit|user)"
    r"|wordpress\.com/|t\.me/share|creativecommons\.org)"
)


class FeedEntry(Struct, frozen=True):
    """One entry, its fields as text.

    Attributes:
        identifier: its id or guid.
        address: its own address, absolute, or empty.
        others: further addresses and ids that name the same paper.
        title: may hold HTML.
        summary: may hold HTML, as may `content`.
        content: the whole text, where the feed has it beside a summary.
        authors: a name each, or many names in one.
        editors: the feed's own, for an entry that names no authors.
        tags: its categories.
        published: when it was published: a day, or the month or year if that is all the feed says.
        updated: when it last changed, likewise.
        comment: arXiv's comment.
        journal: arXiv's journal reference.
        change: how arXiv announces it (`new`, `cross`, `replace`, …), empty elsewhere.
    """

    identifier: str
    address: str
    others: tuple[str, ...]
    title: str
    summary: str
    content: str
    authors: tuple[str, ...]
    editors: tuple[str, ...]
    tags: tuple[str, ...]
    published: PublicationDate | None
    updated: PublicationDate | None
    comment: str = ""
    journal: str = ""
    change: str = ""

    @classmethod
    def read(cls, record: Record, authors: object = None, *, twice: bool = False) -> FeedEntry:
        """Return an entry from feedparser's record of it.

        Args:
            record: a plain dict; feedparser's own warns about fields that it maps to others.
            authors: the feed's, for an entry without any.
            twice: whether the feed has authors in two kinds of elements, of which feedparser makes one list.
        """
        contents = [text_in(each, "value") for each in records(record.get("content"))]
        source = record.get("source")
        # In IEEE's feeds `authors` is an element of its own, whose text feedparser has under this name.
        names = _names(record.get("authors")) or tuple(filter(None, [text_in(record, "authors").strip(" ;,")]))
        names = names or _names(source.get("authors") if isinstance(source, dict) else None)
        half = len(names) // 2
        if twice and names[:half] == names[half:]:
            names = names[:half]
        if len(names) == 1 and "@" in text_in(record, "author"):
            # feedparser cuts addresses in longer top-level domains in two.
            names = (text_in(record, "author"),)
        around = records(record.get("links"))
        links = [text_in(link, "href") for link in around if text_in(link, "rel") not in _ELSEWHERE]
        own = text_in(record, "feedburner_origlink") or text_in(record, "link") or next(filter(None, links), "")
        ids = [
            text_in(record, name)
            for name in ("arxiv_doi", "prism_doi", "dc_identifier", "prism_url", "doi", "citation_doi")
        ]
        summary = text_in(record, "summary")[:_TEXT]
        head = _HEAD.match(summary)
        # The primary category comes first.
        tags = [*records([record.get("arxiv_primary_category")]), *records(record.get("tags"))]
        return cls(
            identifier=text_in(record, "id"),
            address=unwrapped(own.strip()),
            others=tuple(each for each in (*ids, *links) if each),
            title=text_in(record, "title"),
            summary=summary,
            content=max(contents, key=len, default="")[:_TEXT],
            comment=text_in(record, "arxiv_comment"),
            journal=text_in(record, "arxiv_journal_ref") or text_in(record, "arxiv_journal_reference"),
            authors=names,
            editors=_names(authors),
            tags=tuple(dict.fromkeys(filter(None, (text_in(tag, "term") for tag in tags)))),
            # An entry that is cut off has it in its text only.
            change=(text_in(record, "arxiv_announce_type") or (head[2] if head else "")).lower(),
            published=_date_of(record, "published") or _date_of(record, "prism_publicationdate"),
            updated=_date_of(record, "updated") or _date_of(record, "created"),
        )


class Channel(Struct, frozen=True):
    """A feed as parsed.

    Attributes:
        title: its own name, on one line; may be empty.
        kind: what it is, in words.
        day: the day it says it was published, or else updated.
        total: of an arXiv answer, how many papers match in all; None elsewhere.
        entries: its entries in order.
        skipped: what of the XML could not be used.
        cut: the line up to which it was read, None if it was read to its end.
        home: the address of the page it is the feed of, or empty.
    """

    title: str
    kind: str
    day: date | None
    total: int | None
    entries: tuple[FeedEntry, ...]
    skipped: tuple[Skip, ...]
    cut: int | None = None
    home: str = ""


_ELSEWHERE = frozenset({"self", "edit", "hub", "next", "replies", "license", "via", "enclosure", "shortlink"})


def paper_of(entry: FeedEntry, *, listed: bool = False) -> Paper | None:
    """Return the paper an entry announces, None if it has neither title nor address.

    Args:
        entry: the entry.
        listed: whether it is in arXiv's daily list, where its day is the list's: the publication date of a paper that
            isn't new there is unknown.
    """
    title, tail = _title(entry)
    arxiv, doi = _named(entry, tail[1] if tail else "", title)
    byline = _byline(entry, title)
    abstract = byline.text
    if not (title or arxiv or doi or entry.address):
        return None
    # A title that is missing is looked up by the id later.
    title = title or as_line(abstract, 100) or ("" if arxiv or doi else as_line(entry.address, 300)) or ""
    if not (title or arxiv or doi):
        return None
    known = listed and entry.change not in ("", "new")
    categories = (*entry.tags, *((tail[2],) if tail else ()))
    names = tuple(authors_in(entry.authors, split=bool(arxiv)))
    version, revised = _version(entry, arxiv, listed=listed) if arxiv else (0, None)
    paper = Paper(
        key=identifiers_of(title, arxiv, doi)[0],
        title=title,
        abstract=abstract,
        authors=(names or byline.authors or tuple(authors_in(entry.editors, split=False)))[:_AUTHORS],
        published=None if known else entry.published or byline.published or (None if arxiv else entry.updated),
        arxiv=arxiv,
        doi=doi,
        links=_links(entry, abstract, identified=bool(arxiv or doi)),
        keywords=_keywords(categories, arxiv),
        version=version,
        revised=revised,
        comment=as_line(entry.comment) or "",
        journal=as_line(entry.journal) or "",
    )
    if entry.identifier and paper.key.startswith("title:") and not paper.page:
        # Only its id distinguishes it from another item with this title.
        paper = replace(paper, key=qualified(paper, by=entry.identifier))
    return paper


def _version(entry: FeedEntry, arxiv: str, *, listed: bool) -> tuple[int, date | None]:
    """Return the version of an entry's paper on arXiv and the day of it, where the entry says so; 0 and None if not."""
    head = _HEAD.match(plain(entry.summary)) if listed else None
    given = (entry.identifier, entry.address, *entry.others, *((head[1],) if head else ()))
    version = max((arxiv_version(text) for text in given if arxiv_id(text) == arxiv), default=0)
    # Only an entry of arXiv's own has its day.
    changed = entry.published if listed else entry.updated
    own = version > 1 and arxiv_version(entry.identifier) == version
    return version, changed if own and isinstance(changed, date) else None


def plain(value: object) -> str:
    """Return a field that may hold HTML as plain text, empty where it is no text."""
    return text_of_html(value) if isinstance(value, str) else ""


def _date_of(record: Record, name: str) -> PublicationDate | None:
    """Return a date as exact as its text; feedparser makes a month or year its first day."""
    said = date_in(text_in(record, name))
    partial = isinstance(said.date, PartialDate) and not said.unread and said.date.year > _LONG_AGO
    return said.date if partial else day_of(record, name)


def day_of(record: Record, name: str) -> date | None:
    """Return the day in UTC as feedparser parsed it, else that of the text."""
    moment = record.get(f"{name}_parsed")
    if not isinstance(moment, time.struct_time):
        return _possible(as_day(text_in(record, name)))
    try:
        return _possible(date(*moment[:3]))
    except ValueError:
        return None


def _possible(day: date | None) -> date | None:
    """Return the day unless it is a placeholder: the epoch, the year 1."""
    return day if day and day.year > _LONG_AGO and day != date(1970, 1, 1) else None


def _title(entry: FeedEntry) -> tuple[str, re.Match[str] | None]:
    """Return the title, and the suffix of arXiv's older lists."""
    title = as_line(plain(entry.title)) or ""
    tail = _TAIL.search(title)
    return (title[: tail.start()].rstrip() if tail else title), tail


def _named(entry: FeedEntry, suffix: str, title: str) -> tuple[str, str]:
    """Return arXiv id and DOI of an entry's paper: by its ids and own addresses, else by a link that says so."""
    given = [suffix, entry.identifier, entry.address, *entry.others]
    arxiv = next(filter(None, map(arxiv_id, given)), "")
    doi = next(filter(None, map(doi_at, given)), "")
    if arxiv or doi:
        return arxiv, doi
    inside: dict[tuple[str, str], bool] = {}
    for address, label in hrefs(entry.content or entry.summary, entry.address):
        about = bool(len(label) < _LABEL and _TO_PAPER.fullmatch(label)) or fingerprint(label) == fingerprint(title)
        for identity in ((arxiv_id(address), ""), ("", doi_at(address))):
            if any(identity):
                inside[identity] = inside.get(identity, False) or about
    # An entry that names several papers is about none of them.
    (identity, about), *more = inside.items() or ((("", ""), False),)
    return identity if about and not more else ("", "")


def doi_at(text: str) -> str:
    """Return the DOI in an id or address, a publisher's too."""
    text = text.strip()
    if "10." not in text:
        return ""
    if not text.lower().startswith("http"):
        return doi_of(text)
    inside = _DOI_ADDRESS.match(text)
    doi = doi_of(next(filter(None, inside.groups()))) if inside else doi_of(re.split(r"[?#]", text)[0])
    if re.match(r"(?i)https?://(?:dx\.|www\.)?doi\.org/", text):
        return doi
    return re.sub(r"(?<=\w)(?:/(?:full|abstract|pdf|html|meta)|\.pdf)\Z", "", doi)


def unwrapped(address: str) -> str:
    """Return the target of an address of Google Alerts; any other address as it is."""
    if not _WRAPPED.match(address):
        return address
    given = parse_qs(address.partition("?")[2])
    return next((each for name in ("url", "q") for each in given.get(name, []) if each.startswith("http")), address)


def _byline(entry: FeedEntry, title: str) -> Byline:
    """Return the text, authors and day in an entry's summary, or in its whole text if the summary is short."""
    summary = byline_in(_HEAD.sub("", plain(entry.summary)), title)
    text = as_paragraphs(summary.text) or ""
    if not entry.content or (len(text) >= _TEASER and entry.authors and entry.published):
        return replace(summary, text=text)
    content = byline_in(plain(entry.content), title)
    whole = (as_paragraphs(content.text) or "") if len(text) < _TEASER else ""
    return Byline(
        max(text, whole, key=len), summary.authors or content.authors, more_exact(summary.published, content.published)
    )


def _links(entry: FeedEntry, abstract: str, *, identified: bool) -> tuple[Link, ...]:
    """Return the links of an entry: its own address as the paper's, those of its HTML, its text and arXiv's notes."""
    own = normalize(entry.address) if entry.address else None
    if own and (arxiv_id(own.url) or doi_of(own.url)):
        own = None
    if own and own.kind != "repo":
        own = replace(own, kind="paper")
    inside = [] if identified and not entry.content and "<a" not in entry.summary else list(_html_links(entry))[:_LINKS]
    found = [*find_links(f"{entry.comment}\n{entry.journal}"), *find_links(abstract)]
    return merge_links([own] if own else [], inside, found[:_LINKS])


def _html_links(entry: FeedEntry) -> Iterator[Link]:
    """Yield the links in an entry's HTML, except those within its own site and share buttons."""
    site = site_of(entry.address)
    for fragment in (entry.summary, entry.content):
        for address, _ in hrefs(fragment, entry.address):
            link = normalize(address)
            if link is None or not wanted(link) or _SHARING.match(address):
                continue
            around = site_of(link.url) == site and link.kind != "repo"
            if not around and normalize_address(link.url) != normalize_address(entry.address):
                yield link


def _keywords(tags: Iterable[str], arxiv: str) -> tuple[str, ...]:
    """Return an entry's categories; of a paper on arXiv only arXiv's own."""
    parts = (part for tag in tags for part in (tag.split(",") if "://" not in tag else ()))
    found = dict.fromkeys(word for part in parts if (word := as_line(plain(part), 100)))
    kept = (word for word in found if (category(word) if arxiv else word.lower() not in _NO_KEYWORDS))
    return tuple(kept)[:_KEYWORDS]


def _names(value: object) -> tuple[str, ...]:
    return tuple(name for each in records(value) if (name := text_in(each, "name") or text_in(each, "value")))


def records(value: object) -> list[Record]:
    """Return the records in a list, plain ones also of feedparser's."""
    return [dict(each) for each in as_list(value) if isinstance(each, dict)]


LABEL = re.compile(r"\b(arxiv|doi)\s*:\s+(?=\S)", re.IGNORECASE)
# Old DOIs hold angle brackets and semicolons: `10.1002/(SICI)1097-0258(199808)17:15/16<1661::AID-SIM968>3.0.CO;2-2`.
WORD = re.compile(
    r"(?:doi:)?10\.\d{4,9}/\S+|https?://(?:dx\.)?doi\.org/\S+|https?://[^\s<>\"`]+|[^\s<>\"`,;|]+", re.IGNORECASE
)
# Mirrors and readers of arXiv name a paper as the original does.
_MIRROR = re.compile(r"https?://[^/\s]+/(?:abs|pdf|html|papers?|arxiv|overview)/([^?#]+)", re.IGNORECASE)


def bare(word: str) -> str:
    """Return a word without the punctuation around it; brackets that belong to a DOI stay."""
    word = word.strip("\"'`“”‘’«»[]{}*_").lstrip("(").rstrip(".,;:!?'")
    at = word.find("http")
    # [title](address), <address>, "see:address"
    word = word[at:] if at > 0 else word
    for opened, closed in ("()", "<>"):
        # Counted once: a word may be a megabyte of brackets.
        surplus = word.count(closed) - word.count(opened)
        end = len(word)
        while surplus > 0 and word[end - 1] == closed:
            surplus, end = surplus - 1, end - 1
            while end and word[end - 1] in ".,;:":
                end -= 1
        word = word[:end]
    return word


def identifier_of(word: str) -> str:
    """Return the paper that a word names, as `arxiv:…` or `doi:…`, or empty."""
    if arxiv_named := arxiv_id(word):
        return f"arxiv:{arxiv_named}"
    mirrored = _MIRROR.fullmatch(word)
    if mirrored and (arxiv_named := arxiv_id(mirrored[1].rstrip("/").removesuffix(".pdf"))):
        return f"arxiv:{arxiv_named}"
    doi = doi_at(word)
    return f"doi:{doi}" if doi else ""
