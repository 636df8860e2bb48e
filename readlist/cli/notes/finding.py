"""Which files of notes are of which papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from readlist.model.paper import fingerprint
from readlist.notes.folder import Found
from readlist.notes.note_file import NoteFile
from readlist.sources.note_batch import names_of, paper_of
from readlist.text.clean import shown_path
from readlist.text.titles import are_apart, share_identity, title_joins

if TYPE_CHECKING:
    from readlist.shelf import Shelf


class Placed(Struct):
    """Files of notes by their papers.

    Attributes:
        files: by the paper's id in the library.
        doubted: ids of papers that have several files; none of these is used.
        vanished: files whose papers are not in the library.
        closed: files that can't be read, whose papers can't be told.
        failures: what is wrong, a line a file.
    """

    files: dict[int, Found] = field(default_factory=dict)
    doubted: set[int] = field(default_factory=set)
    vanished: list[Found] = field(default_factory=list)
    closed: list[Path] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def held(found: Found) -> NoteFile:
    """Return what a file that is a note holds."""
    assert found.file is not None
    return found.file


def placed(shelf: Shelf, found: Iterable[Found]) -> Placed:
    """Find the papers of files of notes; what can't be used and what is no note is told of or left out."""
    result = Placed()
    usable, broken = [], []
    for one in found:
        if one.file is not None:
            usable.append(one)
        elif one.failure:
            broken.append(one)
            result.failures.append(f"{shown_path(one.path)}: {one.failure}")
    # A paper whose file is broken gets no second one.
    result.doubted |= set(shelf.ids_of(one.key for one in broken if one.key).values())
    result.closed = [one.path for one in broken if not one.key]
    first: dict[int | str, Found] = {}
    for one, paper_id in zip(usable, _ids(shelf, usable), strict=True):
        sign = held(one).key if paper_id is None else paper_id
        if sign in first:
            other = shown_path(first[sign].path)
            result.failures.append(
                f"{shown_path(one.path)}: of the same paper as {other}; neither was used: join them into one"
            )
            result.doubted.add(paper_id if paper_id is not None else -1)
            result.vanished = [each for each in result.vanished if held(each).key != sign]
            continue
        first[sign] = one
        if paper_id is None:
            result.vanished.append(one)
    result.files = {sign: one for sign, one in first.items() if isinstance(sign, int) and sign not in result.doubted}
    return result


def _ids(shelf: Shelf, found: Sequence[Found]) -> list[int | None]:
    """Return the id of each file's paper, None where it is not in the library."""
    keys = shelf.ids_of(held(one).key for one in found)
    others = {one.path: names_of(held(one)) for one in found if held(one).key not in keys}
    known = shelf.ids_of(name for some in others.values() for name in some)
    ids: list[int | None] = []
    for one in found:
        some = others.get(one.path, ())
        name = next((name for name in some if name in known), "")
        if name:
            # Found by something weaker than its key: it must not be another paper by something stronger.
            (entry,) = shelf.entries([known[name]])
            name = name if share_identity(some, entry.paper.identifiers) else ""
        ids.append(_work(shelf, one, known[name] if name else keys.get(held(one).key)))
    return ids


def _work(shelf: Shelf, one: Found, paper_id: int | None) -> int | None:
    """Return the id of the work a file is of, where its key, by a title, may lead to another of that title here."""
    paper = paper_of(held(one))
    if paper is None or paper.arxiv or paper.doi or not held(one).key.startswith("title:"):
        return paper_id
    stored = shelf.entries([paper_id])[0].paper if paper_id is not None else None
    if stored is not None and not are_apart(paper, stored):
        return paper_id
    works = [work for work in shelf.works(f"title:{fingerprint(paper.title)}") if title_joins(paper, work)]
    return shelf.ids_of([works[0].key])[works[0].key] if works else None
