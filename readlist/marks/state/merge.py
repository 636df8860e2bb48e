"""Merging what is known of one paper in two places: other machines, backups, papers that prove to be one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from readlist.marks import FIELDS, Field
from readlist.marks.state.document import Document, Operation, Tables, identifiers_in, value_in
from readlist.marks.state.version import changed_at, entry_of, merged_versions, seen_after, versions_in
from readlist.model.mark import LONGEST_NOTE, join_notes
from readlist.model.paper import Link, Paper
from readlist.model.time import parse_date
from readlist.text.clean import clean, clean_line
from readlist.text.titles import is_qualified, share_identity, share_signs, title_joins


def merged(first: Document, second: Document) -> Document:
    """Merge two documents of one paper; the order doesn't matter, for any number of documents.

    Read, starred and removed become what they were changed to last, by time and then by device; each for itself: a
    paper that was starred after it was removed elsewhere is removed and starred. Of notes, those stay that no one
    overwrote; see `version`.
    """
    if first == second:
        return first
    titles = {str(document.get("title") or "") for document in (first, second)}
    both: Document = {
        "title": max(titles, key=lambda title: (len(title), title)),
        "identifiers": sorted({*identifiers_in(first), *identifiers_in(second)}, key=_strength),
    }
    for field in FIELDS:
        entries = [entry for entry in (first.get(field), second.get(field)) if isinstance(entry, dict)]
        if entries:
            both[field] = merged_entry(field, entries[0], entries[-1])
    return both | _unknown(first, second, both)


def _unknown(first: Document, second: Document, both: Document) -> Document:
    """Return the parts of two documents that this version does not know: they are kept."""
    names = sorted((first.keys() | second.keys()) - both.keys())
    values = {name: [document[name] for document in (first, second) if name in document] for name in names}
    return {name: max(some, key=_sorted_json) for name, some in values.items()}


def _sorted_json(value: object) -> str:
    import json

    return json.dumps(value, sort_keys=True)


def merged_entry(field: Field, first: Document, second: Document) -> Document:
    """Merge two entries of one field; the order doesn't matter."""
    if first == second:
        return first
    if field == "note":
        return entry_of(merged_versions(versions_in(first), versions_in(second)))
    return max(first, second, key=_recency)


def _recency(entry: Document) -> tuple[datetime, str, bool, str, str]:
    value = entry.get("value")
    # Of two that differ in the value alone the earlier time counts, as when two papers prove to be one.
    text = "".join(chr(0x10FFFF - ord(letter)) for letter in value) if isinstance(value, str) else ""
    return changed_at(entry), str(entry.get("device") or ""), isinstance(value, str), text, _sorted_json(entry)


def _strength(identifier: str) -> tuple[int, str]:
    kind = identifier.partition(":")[0]
    return _KINDS.index(kind) if kind in _KINDS else len(_KINDS), identifier


_KINDS = ("arxiv", "doi", "title")


def folded(winner: Document, loser: Document) -> Document:
    """Merge the documents of two papers that proved to be one, under the winner's title.

    Read, starred or removed on one is that on both, since the earlier time. Different notes are joined by a blank line.
    """
    both = {**merged(winner, loser), "title": winner.get("title") or loser.get("title") or ""}
    for field in FIELDS:
        if isinstance(both.get(field), dict):
            both[field] = {**both[field], "value": folded_value(field, value_in(winner, field), value_in(loser, field))}
            if field == "note":
                both[field].pop("versions", None)
                both[field]["seen"] = seen_after(merged_entry(field, winner.get(field) or {}, loser.get(field) or {}))
    return both


def folded_value(field: Field, winner: str | None, loser: str | None) -> str | None:
    """Merge two values of a field whose papers prove to be one; see `folded`."""
    if field == "note":
        return join_notes(winner or "", loser or "")
    return min((value for value in (winner, loser) if value), default=None)


def absorb(tables: Tables, other: Tables) -> None:
    """Merge another state of the same marks into tables; safe to repeat, and in any order."""
    for name, documents in other.items():
        mine = tables.setdefault(name, {})
        for key, document in documents.items():
            if name == "marks" and key in mine:
                mine[key] = merged(mine[key], document)
            elif name == "clock" and key in mine:
                mine[key] = max(mine[key], document, key=lambda entry: changed_at(entry, "latest"))
            else:
                mine.setdefault(key, document)
    marks = tables.get("marks", {})
    for key in tables.get("folded", {}):
        marks.pop(key, None)


def absorb_journal(
    tables: Tables, operations: Iterable[Operation], *, without: frozenset[str] = frozenset(("redo",))
) -> None:
    """Merge a journal that may not follow these tables: it adds and updates, never removes.

    The tables named in `without` stay as they are.
    """
    for name, key, document in operations:
        if key is not None and document is not None and name not in without:
            absorb(tables, {name: {key: document}})


def lacks(found: Document | None, both: Document) -> bool:
    """Return whether a document found on disk lacks a change that its merged form has."""
    if found is None or found is both:
        return found is None
    return any(both.get(field) != found.get(field) for field in FIELDS)


_ADDRESS = 2_000


def details_of(paper: Paper) -> Mapping[str, str]:
    """Return the first author and date of a paper, and its page where only its title identifies it.

    They tell papers of one title apart: on another machine, a key by the title may be that of another work, and a paper
    known by its DOI here may be known by its title there.
    """
    details = {
        "author": next(iter(paper.authors), ""),
        "published": paper.published.isoformat() if paper.published else "",
        "page": "" if paper.arxiv or paper.doi else paper.page,
    }
    return {name: value for name, value in details.items() if value}


def cleaned_details(details: object) -> dict[str, str]:
    """Return the details in a document from elsewhere, with their texts cleaned."""
    found = details if isinstance(details, dict) else {}
    return {
        name: clean_line(value, _ADDRESS)
        for name in ("author", "published", "page")
        if isinstance(value := found.get(name), str) and value
    }


def work_of(key: str, document: Mapping[str, Any]) -> Paper | None:
    """Return the paper that a document describes, None if that is not enough to identify it."""
    named: dict[str, str] = {}
    for identifier in (key, *identifiers_in(dict(document))):
        kind, _, value = identifier.partition(":")
        named.setdefault(kind, value)
    arxiv, doi, title = named.get("arxiv", ""), named.get("doi", ""), str(document.get("title") or "")
    if not title or not (arxiv or doi or "title" in named):
        return None
    details = cleaned_details(document.get("work"))
    try:
        published = parse_date(details.get("published", ""))
    except ValueError:
        published = None
    page = details.get("page", "")
    return Paper(
        key,
        title,
        authors=tuple(filter(None, (details.get("author"),))),
        published=published,
        arxiv=arxiv,
        doi=doi,
        links=(Link(page, "paper"),) if page.lower().startswith(("http://", "https://")) else (),
    )


def are_one_work(key: str, document: Document, other_key: str, other: Document) -> bool:
    """Return whether two documents are of one paper; a shared title alone is weak evidence."""
    names, others = (key, *identifiers_in(document)), (other_key, *identifiers_in(other))
    if not share_identity(names, others):
        return False
    if any(not name.startswith("title:") for name in {*names} & {*others}):
        return True
    work, known = work_of(key, document), work_of(other_key, other)
    if work is None or known is None or not (details_of(work) and details_of(known)):
        # Older states have nothing but the title.
        return work is None or known is None or share_signs(work.title, known.title)
    return (is_qualified(key) and key == other_key) or title_joins(work, known)


class RenamedPapers:
    """Finds the marks of papers that have another key here than on another machine."""

    def __init__(self, marks: Mapping[str, Document]) -> None:
        self._marks = marks
        self._keys: dict[str, str] | None = None

    def key(self, key: str, document: Document) -> str:
        """Return the key of the marks here of a document's paper, the given one if there are none."""
        if key in self._marks:
            return key
        if self._keys is None:
            self._keys = {name: each for each, known in self._marks.items() for name in (each, *identifiers_in(known))}
        for name in (key, *identifiers_in(document)):
            found = self._keys.get(name)
            if found is not None and are_one_work(key, document, found, self._marks[found]):
                return found
        return key


def joined_by_paper(documents: Mapping[str, Document], keys: Mapping[str, str]) -> dict[str, Document]:
    """Return documents under the keys that their papers have here; several of one paper are merged.

    Args:
        documents: the other's, by its own keys.
        keys: the other's key → the key here; what is not named keeps its own.
    """
    found: dict[str, Document] = {}
    for key, document in documents.items():
        here = keys.get(key, key)
        found[here] = merged(found[here], document) if here in found else document
    return found


def cleaned_document(document: Document) -> Document:
    """Return a document from elsewhere without malformed parts, its texts cleaned; empty if it has no field."""
    names = document.get("identifiers")
    sound: Document = {
        "title": clean_line(title) if isinstance(title := document.get("title"), str) else "",
        "identifiers": [clean_line(name) for name in names if isinstance(name, str)] if isinstance(names, list) else [],
    }
    for field in FIELDS:
        entry = document.get(field)
        if isinstance(entry, dict):
            sound[field] = _cleaned_entry(entry)
    if len(sound) == 2:
        return {}
    work = cleaned_details(document.get("work"))
    return sound | ({"work": work} if work else {})


def _cleaned_entry(entry: Document) -> Document:
    texts: Document = {
        name: clean_line(value) if isinstance(value, str) and name != "value" else value
        for name, value in entry.items()
        if name.isprintable() and (isinstance(value, str) or value is None)
    }
    if isinstance(texts.get("value"), str):
        texts["value"] = clean(texts["value"], limit=LONGEST_NOTE, typed=True)
    seen, versions = entry.get("seen"), entry.get("versions")
    if isinstance(seen, dict):
        texts["seen"] = {
            clean_line(name): clean_line(moment) for name, moment in seen.items() if isinstance(moment, str)
        }
    if isinstance(versions, list):
        texts["versions"] = [_cleaned_entry(version) for version in versions if isinstance(version, dict)]
    return texts
