"""Citations in JSON: CSL-JSON, Crossref's answers, and Zotero's own JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator

from readlist.sources.batch import Skip
from readlist.sources.formats.json_values import Record, as_line, as_link, as_list, items_of, text_in
from readlist.sources.formats.reference import Raw, Reference, reference_of, tags_in
from readlist.text.dates import SEASONS, WrittenDate, date_in, date_of_text, known_part, most_exact
from readlist.text.names import forward, in_order, with_others

_LOOKED_AT = 200
_NAME_LENGTH = 200
_NAMES_LENGTH = 200_000
# https://docs.citationstyles.org/en/stable/specification.html#appendix-iii-types
_TYPES = frozenset(
    {"article", "article-journal", "article-magazine", "article-newspaper", "bill", "book", "broadcast", "chapter",
     "classic", "collection", "dataset", "document", "entry", "entry-dictionary", "entry-encyclopedia", "event",
     "figure", "graphic", "hearing", "interview", "legal_case", "legislation", "manuscript", "map", "motion_picture",
     "musical_score", "pamphlet", "paper-conference", "patent", "performance", "periodical", "personal_communication",
     "post", "post-weblog", "regulation", "report", "review", "review-book", "software", "song", "speech", "standard",
     "thesis", "treaty", "webpage",
     # As DOI agencies name them.
     "journal-article", "proceedings-article", "posted-content", "book-chapter", "dissertation"}
)  # fmt: skip
_NAMES = (
    "DOI", "URL", "number", "archive_location", "archive-place", "id", "container-title", "volume", "publisher",
    "collection-number",
)  # fmt: skip
_TYPICAL = (
    "author", "issued", "container-title", "DOI", "URL", "citation-key", "note", "keyword", "archive", "publisher",
)  # fmt: skip


def is_csl(data: object) -> bool:
    """Tell whether JSON is CSL-JSON: an item with a type, a title and a field of citations."""
    return any(_is_item(item) for item in items_of(data)[:_LOOKED_AT])


def parse_csl(data: object) -> Iterator[Reference | Skip]:
    """Yield the references of CSL-JSON with their owner's keywords and notes; a field of an unknown form is ignored."""
    for place, item in enumerate(items_of(data), 1):
        if isinstance(item, dict):
            yield reference_of(_csl_raw(item, f"item {place}"))
        else:
            yield Skip(None, f"item {place}: not a citation", lost=True)


def is_crossref(data: object) -> bool:
    """Tell whether JSON is an answer of Crossref's API (https://api.crossref.org)."""
    return isinstance(data, dict) and isinstance(data.get("message-type"), str) and "message" in data


def parse_crossref(data: Record) -> Iterator[Reference | Skip]:
    """Yield the works in an answer of Crossref's API, which are nearly CSL-JSON."""
    return parse_csl(data["message"])


def _is_item(item: object) -> bool:
    return (
        isinstance(item, dict)
        and isinstance(item.get("type"), str)
        and item["type"] in _TYPES
        and bool(first_text(item.get("title")))
        and (any(name in item for name in _TYPICAL) or bool(_own_key(item)))
    )


def _own_key(item: Record) -> str:
    """Return the key that readlist wrote, or empty."""
    return first_text(_own(item).get("key"))


def _own(item: Record) -> Record:
    custom = item.get("custom")
    return custom if isinstance(custom, dict) else {}


def _csl_raw(item: Record, where: str) -> Raw:
    title, subtitle = first_text(item.get("title")), first_text(item.get("subtitle"))
    if subtitle and subtitle.casefold() not in title.casefold():
        title = f"{title}: {subtitle}"
    own = _own(item)
    eprint = (
        first_text(own.get("arxiv")) or first_text(item.get("archive_location"))
        if first_text(item.get("archive")).strip().lower() == "arxiv"
        else ""
    )
    return Raw(
        where=where,
        title=title,
        abstract=first_text(item.get("abstract")),
        authors=people(item.get("author")) or people(item.get("editor")),
        published=csl_date(item.get("issued")),
        names=list(filter(None, (eprint and f"arXiv:{eprint}", *map(first_text, map(item.get, _NAMES))))),
        addresses=[address] if (address := first_text(item.get("URL")).strip()) else [],
        tags=_tags(item),
        organization=first_text(own.get("organization")),
        starred=bool(first_text(own.get("starred"))),
        read=bool(first_text(own.get("read"))),
        links=list(filter(None, map(as_link, as_list(own.get("links"))))),
        key=_own_key(item),
        exact=bool(_own_key(item)),
        beside=own.get("exact"),
        venue=[first_text(item.get(name)) for name in ("container-title", "volume", "issue", "page")],
        comment=first_text(own.get("comment")),
        notes=[text for name in ("annote", "note") if (text := first_text(item.get(name)))],
    )


def people(value: object) -> list[str]:
    """Return the names in a list of people or groups, given names first; some write them as one text."""
    found: list[str] = []
    if isinstance(value, str):
        value = re.split(r";| and ", as_line(value, _NAMES_LENGTH) or "")
    for person in _many(value):
        if isinstance(person, str):
            found += map(forward, with_others([as_line(person, _NAME_LENGTH) or ""]))
        if not isinstance(person, dict):
            continue
        order = ("given", "dropping-particle", "non-dropping-particle", "family")
        name = " ".join(part for part in (as_line(person.get(each), _NAME_LENGTH) for each in order) if part)
        suffix = as_line(person.get("suffix"), _NAME_LENGTH)
        name = in_order(name, suffix=suffix) if name and suffix else name
        whole = (as_line(person.get(each), _NAME_LENGTH) for each in ("literal", "name", "raw"))
        found += with_others([name or next(filter(None, whole), "")])
    return found


_DEPTH = 4
"""Lists within lists that a date may be in."""

_CSL_SEASONS = range(13, 17)
_CSL_TEXTS = ("date-time", "raw", "literal", "edtf", "other")


def csl_date(value: object, depth: int = _DEPTH) -> WrittenDate:
    """Return the date of a value of CSL-JSON in any of its forms, the first one of a list or range.

    They are `{"date-parts": [[2019, 5, 3]]}`, also with text for numbers or a list less, `{"raw": "May 2019"}` or
    another text, Pandoc's former `{"year": 2019, "month": 5}`, `[2019, 5]`, and a text by itself.
    """
    if depth == 0 or value is None:
        return WrittenDate()
    if isinstance(value, list):
        if any(isinstance(part, list | dict) for part in value):
            dates = (csl_date(part, depth - 1) for part in value[:20])
            return next((each for each in dates if each.date or each.unread), WrittenDate())
        return _of_parts(value)
    if isinstance(value, dict):
        parts = [value.get(name) for name in ("year", "month", "day")]
        return most_exact(
            [
                csl_date(value.get("date-parts"), depth - 1),
                _of_parts(parts),
                *(csl_date(value.get(name), depth - 1) for name in _CSL_TEXTS),
            ]
        )
    return date_in(value) if isinstance(value, str) else _of_parts([value])


def _of_parts(parts: list[object]) -> WrittenDate:
    """Return the date of a year, month and day, each a number, a text or nothing."""
    texts = [_part_text(part) for part in parts[:3]]
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 5]
    if len(numbers) < len(texts):
        return date_of_text(" ".join(texts))
    year, month, day = [*numbers, 0, 0, 0][:3]
    if month in SEASONS or month in _CSL_SEASONS:
        month = day = 0
    return known_part(year, month, day, "-".join(texts)) if any(numbers) else WrittenDate()


def _part_text(part: object) -> str:
    """Return a part of a date as text, `0` for one that isn't known."""
    if isinstance(part, float) and part.is_integer():
        part = int(part)
    return str(part).strip() or "0" if part is not None else "0"


def first_text(value: object) -> str:
    """Return a text, also the first of a list; empty if there is none."""
    return next((part for part in _many(value) if isinstance(part, str) and part.strip()), "")


def _many(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _tags(item: Record) -> list[str]:
    parts = (part for name in ("keyword", "keywords", "categories", "tags") for part in _many(item.get(name)))
    return [tag for part in parts if isinstance(part, str) for tag in tags_in(part)]


_NO_PAPERS = frozenset({"attachment", "annotation"})


def is_zotero(data: object) -> bool:
    """Tell whether JSON is Zotero's: one of its first items has Zotero's type and a title, creators or a note."""
    return any(
        isinstance(item.get("itemType"), str) and ("title" in item or "creators" in item or "note" in item)
        for item in map(_zotero_item, items_of(data)[:_LOOKED_AT])
    )


def parse_zotero(data: object) -> Iterator[Reference | Skip]:
    """Yield the references of Zotero's JSON with their owner's tags and notes."""
    items = [_zotero_item(item) for item in items_of(data)]
    below: dict[str, list[str]] = {}
    for item in items:
        parent = text_in(item, "parentItem")
        if parent and item.get("itemType") == "note":
            below.setdefault(parent, []).append(text_in(item, "note"))
    for place, item in enumerate(items, 1):
        if item.get("itemType") in _NO_PAPERS or (item.get("itemType") == "note" and item.get("parentItem")):
            continue
        where = f"item {place}"
        if not isinstance(item.get("itemType"), str):
            yield Skip(None, f"{where}: not a reference", lost=True)
        elif item["itemType"] == "note":
            yield Skip(None, f"{where}: a note without a paper")
        else:
            yield reference_of(_zotero_raw(item, where, below.get(text_in(item, "key"), [])))


def _zotero_item(item: object) -> Record:
    """Return the fields of an item; the web API nests them in `data`."""
    if not isinstance(item, dict):
        return {}
    inner = item.get("data")
    return inner if isinstance(inner, dict) and "itemType" in inner else item


def _zotero_raw(item: Record, where: str, notes: list[str]) -> Raw:
    names = [text_in(item, name) for name in ("DOI", "archiveID", "number", "url", "extra", "publicationTitle")]
    return Raw(
        where=where,
        title=text_in(item, "title"),
        abstract=text_in(item, "abstractNote"),
        authors=_creators(item.get("creators")),
        published=date_in(text_in(item, "date")),
        names=[line for name in names for line in name.split("\n")[:50] if line],
        addresses=[address] if (address := text_in(item, "url").strip()) else [],
        tags=_members(item.get("tags"), "tag"),
        venue=[
            next(filter(None, (text_in(item, name) for name in names)), "")
            for names in (("publicationTitle", "bookTitle", "proceedingsTitle"), ("volume",), ("issue",), ("pages",))
        ],
        notes=list(filter(None, (text_in(item, "extra"), *_members(item.get("notes"), "note"), *notes))),
    )


def _creators(value: object) -> list[str]:
    """Return the names of the authors, of all other people where there is no author."""
    people = [each for each in as_list(value) if isinstance(each, dict)]
    authors = [each for each in people if each.get("creatorType") == "author"]
    names = (
        text_in(each, "name") or " ".join(filter(None, (text_in(each, "firstName"), text_in(each, "lastName"))))
        for each in authors or people
    )
    return list(filter(None, names))


def _members(value: object, name: str) -> list[str]:
    """Return the texts in a list of texts, or of records that hold them under a name."""
    texts = (each.get(name) if isinstance(each, dict) else each for each in as_list(value))
    return [text for text in texts if isinstance(text, str) and text]
