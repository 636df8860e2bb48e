"""What stands beside the marks of a paper to tell it from other works of its title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from readlist.marks.document import identifiers_in
from readlist.marks.migration import Document
from readlist.model.paper import Link, Paper
from readlist.model.time import parse_date
from readlist.text.clean import clean_line
from readlist.text.titles import is_qualified, share_identity, share_signs, title_joins

_ADDRESS = 2_000


def details_of(paper: Paper) -> Mapping[str, str]:
    """Return the first author and date of a paper, and its page where only its title names it.

    A key by the title may lead to another work on another machine, where that one was met first, and a paper known by
    its DOI here may be known by its title there.
    """
    details = {
        "author": next(iter(paper.authors), ""),
        "published": paper.published.isoformat() if paper.published else "",
        "page": "" if paper.arxiv or paper.doi else paper.page,
    }
    return {name: value for name, value in details.items() if value}


def sound_details(details: object) -> dict[str, str]:
    """Return the details out of a document that comes from elsewhere, its texts safe."""
    found = details if isinstance(details, dict) else {}
    return {
        name: clean_line(value, _ADDRESS)
        for name in ("author", "published", "page")
        if isinstance(value := found.get(name), str) and value
    }


def work_of(key: str, document: Mapping[str, Any]) -> Paper | None:
    """Return what a document tells of its paper, None if that is not enough to know it by."""
    named: dict[str, str] = {}
    for identifier in (key, *identifiers_in(dict(document))):
        kind, _, value = identifier.partition(":")
        named.setdefault(kind, value)
    arxiv, doi, title = named.get("arxiv", ""), named.get("doi", ""), str(document.get("title") or "")
    if not title or not (arxiv or doi or "title" in named):
        return None
    details = sound_details(document.get("work"))
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
    """Tell whether the marks in two documents are of one paper: a title they share is weak, as everywhere."""
    names, others = (key, *identifiers_in(document)), (other_key, *identifiers_in(other))
    if not share_identity(names, others):
        return False
    if any(not name.startswith("title:") for name in {*names} & {*others}):
        return True
    work, known = work_of(key, document), work_of(other_key, other)
    if work is None or known is None or not (details_of(work) and details_of(known)):
        # As states were written before: the title is all there is.
        return work is None or known is None or share_signs(work.title, known.title)
    return (is_qualified(key) and key == other_key) or title_joins(work, known)


class Namesakes:
    """Finds the marks of a paper that go by another key here than elsewhere."""

    def __init__(self, marks: Mapping[str, Document]) -> None:
        self._marks = marks
        self._keys: dict[str, str] | None = None

    def key(self, key: str, document: Document) -> str:
        """Return the key under which there are marks of a document's paper, else the given one."""
        if key in self._marks:
            return key
        if self._keys is None:
            self._keys = {name: each for each, known in self._marks.items() for name in (each, *identifiers_in(known))}
        for name in (key, *identifiers_in(document)):
            found = self._keys.get(name)
            if found is not None and are_one_work(key, document, found, self._marks[found]):
                return found
        return key
