"""Which paper here each mark of another machine belongs to: by identifiers, else by its title."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from readlist.marks.state.document import identifiers_in
from readlist.marks.state.merge import are_one_work, details_of, work_of
from readlist.model.paper import Paper, bare_title
from readlist.text.titles import (
    is_qualified,
    names_nothing,
    qualified,
    share_first_author,
    share_identity,
    share_signs,
    title_joins,
)

if TYPE_CHECKING:
    from readlist.library.rows import Owner
    from readlist.marks.state.document import Document


def titles_in(documents: Mapping[str, Document], owners: Mapping[str, Owner]) -> set[str]:
    """Return the bare titles, `title:…`, of documents whose papers have no stronger identifier here."""
    every = ((key, *identifiers_in(document)) for key, document in documents.items())
    unowned = (name for names in every if not _owner(names, owners) for name in names)
    return {bare_title(name) for name in unowned if name.startswith("title:")}


def placed(
    documents: Mapping[str, Document],
    *,
    owners: Mapping[str, Owner],
    works: Iterable[Paper],
    own: Mapping[str, Document],
) -> tuple[dict[str, Document], dict[str, str]]:
    """Return another machine's documents, and their keys there → their keys here if these differ.

    Keys by a title may be those of other works there. Owners are the papers here with their keys and identifiers,
    works those with their titles.
    """
    of_title: dict[str, list[Paper]] = {}
    for paper in works:
        for name in {bare_title(name) for name in (paper.key, *paper.identifiers) if name.startswith("title:")}:
            of_title.setdefault(name, []).append(paper)
    found = dict(documents)
    keys: dict[str, str] = {}
    for key, document in documents.items():
        names = (key, *identifiers_in(document))
        candidates = [paper for name in dict.fromkeys(map(bare_title, names)) for paper in of_title.get(name, ())]
        here = _owner(names, owners) or _best(key, document, candidates)
        if here:
            keys[key] = here
        elif key.startswith("title:") and not (key in own and are_one_work(key, document, key, own[key])):
            # Another work of the title has the key, or may get it before this one is added.
            is_taken = key in own or any(paper.key == key for paper in candidates)
            keys[key], found[key] = _apart(key, document, is_taken=is_taken)
    return found, keys


def _owner(names: Sequence[str], owners: Mapping[str, Owner]) -> str:
    """Return the key of the paper with one of the identifiers that are more than a title."""
    certain = (name for name in names if not name.startswith("title:") or is_qualified(name))
    known = (owners[name] for name in certain if name in owners)
    return next((owner.key for owner in known if share_identity(names, owner.identifiers)), "")


def _best(key: str, document: Document, candidates: Sequence[Paper]) -> str:
    """Return the key of the paper of a document's title that is most like it; empty for none."""
    work = work_of(key, document)
    if work is None:
        return ""
    if not details_of(work) and not (work.arxiv or work.doi):
        # Older states have nothing but the title; it leads where the key does.
        same = [paper for paper in candidates if share_signs(work.title, paper.title)]
        joining = [paper for paper in same if title_joins(work, paper)]
        rest = (joining, same if not names_nothing(work.title) else [])
        named = [paper for paper in same if paper.key == key]
        joining = named or next((some for some in rest if len(some) == 1), [])
    else:
        joining = [paper for paper in candidates if title_joins(work, paper)]
    return max(joining, key=lambda paper: _likeness(work, paper), default=Paper("", "")).key


def _likeness(work: Paper, paper: Paper) -> tuple[bool, bool, bool]:
    share_author = bool(work.authors and paper.authors) and share_first_author(work.authors, paper.authors)
    return share_author, work.published is not None and work.published == paper.published, work.key == paper.key


def _apart(key: str, document: Document, *, is_taken: bool) -> tuple[str, Document]:
    """Return a key of its own, and the document, for a work whose key is, or may become, another work's here."""
    work = work_of(key, document)
    if work is None:
        return key, document
    own = qualified(work)
    if own == key:
        if not is_taken:
            return key, document
        own = qualified(work, by="-")
    kept = [name for name in identifiers_in(document) if name != bare_title(own)]
    return own, {**document, "identifiers": list(dict.fromkeys([*kept, own]))}
