"""Zotero's own JSON: what the plug-in Better BibTeX exports, and what Zotero's web API answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from readlist.sources.batch import Batch, Skip
from readlist.sources.formats.fields import Record, text_in
from readlist.sources.formats.reference import Raw, Reference, batch_of, items_of, reference_of
from readlist.sources.formats.reference_date import date_in

_KIND = "Zotero JSON"
_LOOKED_AT = 200
_NO_PAPERS = frozenset({"attachment", "annotation"})


def recognised(data: object) -> bool:
    """Tell whether JSON is Zotero's: among its first items is one with a type of Zotero's and a title or creators."""
    return any(
        isinstance(item.get("itemType"), str) and ("title" in item or "creators" in item or "note" in item)
        for item in map(_item, (items_of(data) or ())[:_LOOKED_AT])
    )


def decode(data: object, *, origin: str, made: date, day: date | None = None) -> Batch:
    """Read the papers of Zotero's JSON with what their owner says of them in tags and notes; see `batch_of`."""
    return batch_of(_references(data), kind=_KIND, origin=origin, made=made, day=day)


def _references(data: object) -> Iterator[Reference | Skip]:
    items = [_item(item) for item in items_of(data) or ()]
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
            yield Skip(None, f"{where}: no record of a reference", lost=True)
        elif item["itemType"] == "note":
            yield Skip(None, f"{where}: a note that belongs to no paper")
        else:
            yield reference_of(_raw(item, where, below.get(text_in(item, "key"), [])))


def _item(item: object) -> Record:
    """Return the fields of an item, which the web API puts one level below its key."""
    if not isinstance(item, dict):
        return {}
    inner = item.get("data")
    return inner if isinstance(inner, dict) and "itemType" in inner else item


def _raw(item: Record, where: str, notes: list[str]) -> Raw:
    names = [text_in(item, name) for name in ("DOI", "archiveID", "number", "url", "extra", "publicationTitle")]
    return Raw(
        where=where,
        title=text_in(item, "title"),
        abstract=text_in(item, "abstractNote"),
        authors=_people(item.get("creators")),
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


def _people(value: object) -> list[str]:
    """Return the names of the authors, of all other people where there is no author."""
    people = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    authors = [each for each in people if each.get("creatorType") == "author"]
    names = (
        text_in(each, "name") or " ".join(filter(None, (text_in(each, "firstName"), text_in(each, "lastName"))))
        for each in authors or people
    )
    return list(filter(None, names))


def _members(value: object, name: str) -> list[str]:
    """Return the texts in a list of texts, or of records that hold them under a name."""
    members = value if isinstance(value, list) else []
    texts = (each.get(name) if isinstance(each, dict) else each for each in members)
    return [text for text in texts if isinstance(text, str) and text]
