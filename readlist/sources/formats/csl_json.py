"""CSL-JSON, the form of citations that Zotero, Pandoc, DOI agencies and readlist share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import get_args

from msgspec.structs import replace

from readlist.model.paper import Link, LinkKind
from readlist.sources.batch import Batch, Skip
from readlist.sources.formats.fields import Record, as_line
from readlist.sources.formats.reference import Raw, batch_of, items_of, reference_of, tags_in
from readlist.sources.formats.reference_date import csl_date
from readlist.text.links import normalize
from readlist.text.names import forward, in_order, with_others

_KIND = "CSL-JSON"
_CROSSREF = "Crossref JSON"
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


def recognised(data: object) -> bool:
    """Tell whether JSON is CSL-JSON: among its items is one with a type of citations, a title and a field of theirs.

    An answer of Crossref's is recognised too, by its message with a type.
    """
    return _is_answer(data) or any(_is_item(item) for item in (items_of(data) or ())[:_LOOKED_AT])


def decode(data: object, *, origin: str, made: date, day: date | None = None) -> Batch:
    """Read the papers of CSL-JSON with what their owner says of them in keywords and notes; see `batch_of`.

    Fields are read one by one, and one of an unknown form is as good as absent. An answer of Crossref's API
    (https://api.crossref.org), of one work or of a search, holds what is nearly CSL-JSON; one of another type is
    refused by its name.
    """
    kind = _KIND
    if isinstance(data, dict) and _is_answer(data):
        answer, data, kind = data["message-type"], data["message"], _CROSSREF
        if answer not in ("work", "work-list"):
            failure = f"{origin}: {kind} of type {answer}, without works; ask the API for works and import its answer"
            return Batch(origin, kind, failure=failure)
    found = (
        reference_of(_raw(item, f"item {place}"))
        if isinstance(item, dict)
        else Skip(None, f"item {place}: no record of a citation", lost=True)
        for place, item in enumerate(items_of(data) or (), 1)
    )
    batch = batch_of(found, kind=_KIND, origin=origin, made=made, day=day)
    return replace(batch, kind=kind, failure=batch.failure.replace(_KIND, kind))


def _is_answer(data: object) -> bool:
    return isinstance(data, dict) and isinstance(data.get("message-type"), str) and "message" in data


def _is_item(item: object) -> bool:
    return (
        isinstance(item, dict)
        and isinstance(item.get("type"), str)
        and item["type"] in _TYPES
        and bool(first_text(item.get("title")))
        and (any(name in item for name in _TYPICAL) or bool(_key(item)))
    )


def _key(item: Record) -> str:
    """Return the key that readlist wrote, empty for none."""
    return first_text(_own(item).get("key"))


def _own(item: Record) -> Record:
    custom = item.get("custom")
    return custom if isinstance(custom, dict) else {}


def _raw(item: Record, where: str) -> Raw:
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
        links=list(_links(own.get("links"))),
        key=_key(item),
        exact=bool(_key(item)),
        beside=own.get("exact"),
        venue=[first_text(item.get(name)) for name in ("container-title", "volume", "issue", "page")],
        notes=[text for name in ("annote", "note") if (text := first_text(item.get(name)))],
    )


def _links(value: object) -> Iterable[Link]:
    """Yield the links that readlist wrote, each with its kind."""
    for given in value if isinstance(value, list) else ():
        link = normalize(first_text(given.get("url"))) if isinstance(given, dict) else None
        if link is not None:
            kind = next((kind for kind in get_args(LinkKind) if kind == given.get("kind")), link.kind)
            yield replace(link, kind=kind)


def people(value: object) -> list[str]:
    """Return the names in a list of people or groups, given names first; what is no name is left out.

    Some write a name as a plain text, or all names as one.
    """
    found: list[str] = []
    if isinstance(value, str):
        value = re.split(r";| and ", as_line(value, _NAMES_LENGTH) or "")
    for person in value if isinstance(value, list) else (value,):
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


def first_text(value: object) -> str:
    """Return a text, also where an agency puts it into a list; empty where there is none."""
    parts: Iterable[object] = value if isinstance(value, list) else (value,)
    return next((part for part in parts if isinstance(part, str) and part.strip()), "")


def _tags(item: Record) -> list[str]:
    values = map(item.get, ("keyword", "keywords", "categories", "tags"))
    parts = (part for value in values for part in (value if isinstance(value, list) else (value,)))
    return [tag for part in parts if isinstance(part, str) for tag in tags_in(part)]
