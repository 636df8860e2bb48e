"""Folders of Markdown notes beside the shelf: one file a paper is written, and what was edited in it is taken back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from readlist.exports.markdown import file_name, rendered, renewed
from readlist.files import clear_left_over, reason_of, sync_folder
from readlist.model.paper import fingerprint
from readlist.notes import folder as files
from readlist.notes.folder import Found, Signature
from readlist.notes.note_file import NoteFile, Unreadable
from readlist.services.progress import Progress, Report, unreported
from readlist.sources.note_batch import batch, date_of, names_of, paper_of
from readlist.sources.reader import STDIN, SUFFIXES
from readlist.text.clean import drawable, shown_path
from readlist.text.plural import counted
from readlist.text.titles import are_apart, share_identity, title_joins

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.shelf import Entry, Shelf
    from readlist.shelf.reconciliation import Reconciled


class NotesFolderError(Exception):
    """A folder of notes can't be written: one line that says which and why."""


class Written(Struct, frozen=True):
    """What became of writing files of notes: how many, and what went wrong, a line each."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    failures: tuple[str, ...] = ()

    def __add__(self, other: Written) -> Written:
        """Return both together."""
        return Written(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            (*self.failures, *other.failures),
        )

    def __str__(self) -> str:
        """Say it in a few words."""
        count = self.new + self.changed + self.unchanged
        notes = counted(count, "note")
        return f"{notes} ({self.new:,} new, {self.changed:,} changed, {self.unchanged:,} as before)"


class NotesFolder(Struct, frozen=True):
    """A path that holds notes of readlist's.

    Attributes:
        path: a folder, or a single file.
        found: the Markdown files in it.
        others: how many other files it holds that an import of pages would read.
    """

    path: Path
    found: tuple[Found, ...]
    others: int = 0


class Change(Struct, frozen=True):
    """What a file of notes changed: the file, its paper as it was before, and what came of bringing both together."""

    path: Path
    entry: Entry
    brought: Reconciled


class Taken(Struct, frozen=True):
    """What became of the notes of one path.

    Attributes:
        folder: the path and what is in it.
        papers: how many files could be used.
        added: how many papers came back by what their files tell.
        changes: what was edited.
        failures: what went wrong, a line each.
    """

    folder: NotesFolder
    papers: int
    added: int
    changes: tuple[Change, ...]
    failures: tuple[str, ...]


class Intake(Struct, frozen=True):
    """Notes that were taken in; their files still don't know.

    Attributes:
        done: done when the marks are on disk; None where there was nothing to do.
        marks: how many marks that are.
        looked: the paths, with what their notes bring.
    """

    done: Future[Any] | None
    marks: int
    looked: tuple[_Looked, ...]


class _Looked(Struct):
    """A path that is being taken in: its notes with what they bring."""

    folder: NotesFolder
    added: int = 0
    news: list[tuple[Found, Entry, Reconciled]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def write_folder(shelf: Shelf, ids: Sequence[int], folder: Path, report: Report = unreported) -> Written:
    """Write one file of notes a paper; papers that have one in the folder are brought up to date as well.

    A file with edits that were not imported is left as it is, and named.

    Args:
        shelf: the papers.
        ids: those that shall have a file.
        folder: where to; made if there is none.
        report: called with how many papers of how many are done.

    Raises:
        NotesFolderError: there can't be such a folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = list(files.find(files.walk(folder)))
        for each in {folder, *(one.path.parent for one in found)}:
            clear_left_over(each)
        there = _placed(shelf, found)
        names = {files.name_sign(path.name) for path in folder.iterdir()}
    except OSError as error:
        raise NotesFolderError(f"{shown_path(folder)}: can't be written: {error.strerror or error}") from error
    written = Written(failures=tuple(there.failures))
    wanted = [one for one in dict.fromkeys([*ids, *there.files]) if one not in there.doubted]
    done = 0
    for entries in shelf.papers.in_chunks(wanted):
        written += _renew_known(shelf, entries, there)
        written += _add(entries, there, folder, names)
        done += len(entries)
        report(Progress(done, len(wanted), "files"))
    with contextlib.suppress(OSError):
        sync_folder(folder)
    return written


def _renew_known(shelf: Shelf, entries: Sequence[Entry], there: _Placed) -> Written:
    """Bring the files of some papers up to date."""
    now, written = datetime.now(UTC), Written()
    known = [(entry, there.files[entry.id]) for entry in entries if entry.id in there.files]
    news = shelf.sync.reconcile([(entry, _held(found), found.modified) for entry, found in known], now)
    for (entry, found), brought in zip(known, news, strict=True):
        if brought.changes:
            what = ", ".join(brought.changes)
            edits = f"has edits that were not imported ({what}); import it, then export again"
            written += Written(failures=(f"{shown_path(found.path)}: {edits}",))
        else:
            written += _renew(found, entry, now)
    return written


def _renew(found: Found, entry: Entry, now: datetime) -> Written:
    """Bring one file up to date."""
    before = _held(found)
    try:
        after = renewed(before, entry, now)
    except Unreadable as error:
        return Written(failures=(f"{shown_path(found.path)}: {error}",))
    if after.text == before.text:
        return Written(unchanged=1)
    failure = _put(found.path, after.text, found.signature)
    return Written(failures=(failure,)) if failure else Written(changed=1)


def _add(entries: Sequence[Entry], there: _Placed, folder: Path, names: set[str]) -> Written:
    """Write new files."""
    now, closed = datetime.now(UTC), {files.name_sign(path.name) for path in there.closed}
    written = Written()
    for entry in entries:
        # Where the file that has its name can't be read, it is likely the paper's own.
        if entry.id in there.files or files.name_sign(file_name(entry.paper)) in closed:
            continue
        failure = _put(folder / _free_name(entry, names), rendered(entry, now), None)
        written += Written(failures=(failure,)) if failure else Written(new=1)
    return written


def _free_name(entry: Entry, names: set[str]) -> str:
    """Return the first name for a paper's file that no other has on any system, and take it."""
    number = 1
    while files.name_sign(name := file_name(entry.paper, number)) in names:
        number += 1
    names.add(files.name_sign(name))
    return name


def _put(path: Path, text: str, before: Signature | None) -> str:
    """Write a file; returns why it can't be written, empty if it was."""
    try:
        files.put(path, text, before)
    except (OSError, ValueError) as error:
        return f"{shown_path(path)}: can't be written: {reason_of(error)}"
    return ""


def find_notes(paths: Sequence[str], report: Report = unreported) -> tuple[list[NotesFolder], tuple[str, ...]]:
    """Find the paths that hold notes of readlist's; in a folder with one, nothing else is read as a page.

    Args:
        paths: files, folders, `-` for standard input.
        report: called with how many files of a folder were looked through.

    Returns:
        The notes, and the paths without any, for others to read.
    """
    found = [(path, _notes_at(path, report)) for path in paths]
    folders = [folder for _, folder in found if folder is not None]
    return folders, tuple(path for path, folder in found if folder is None)


def _notes_at(given: str, report: Report) -> NotesFolder | None:
    path = Path(given)
    if given == STDIN:
        return None
    try:
        if not path.is_dir():
            single = (files.load(path),) if _may_be_note(path) else ()
            return NotesFolder(path, single) if any(one.ours for one in single) else None
        inside = list(files.walk(path))
        found = []
        for number, one in enumerate(files.find(inside), 1):
            found.append(one)
            report(Progress(number, len(inside), "files", one.path.name))
        if not any(one.ours for one in found):
            return None
        others = sum(each.suffix.lower() in SUFFIXES and not files.is_markdown(each) for each in inside)
    except (OSError, ValueError):
        # Whoever reads pages says what is wrong with it.
        return None
    return NotesFolder(path, tuple(found), others)


def _may_be_note(path: Path) -> bool:
    return path.is_file() and (files.is_markdown(path) or files.seems_note(path))


def take_notes(shelf: Shelf, folders: Sequence[NotesFolder]) -> Intake:
    """Take what was edited in notes, as one step of undo; papers that are gone come back with their marks.

    Raises:
        LibraryError, MarksError, OSError: the stores can't be read or written.
    """
    now = datetime.now(UTC)
    seen: dict[int, Path] = {}
    looked = tuple(_look(shelf, folder, seen, now) for folder in folders)
    taken = [(entry, brought.decision) for one in looked for _, entry, brought in one.news if brought.changes]
    if not taken:
        return Intake(None, 0, looked)
    names = ", ".join(folder.path.resolve().name or str(folder.path) for folder in folders[:3])
    return Intake(shelf.marks.decide(taken, f"import of notes from {drawable(names)}"), len(taken), looked)


def acknowledge(shelf: Shelf, intake: Intake) -> Iterator[Taken]:
    """Write into the files what was taken from them, so that it counts as known from now on.

    Args:
        shelf: the papers.
        intake: what was taken; its marks are on disk.

    Yields:
        What became of each path, in the order they were found.
    """
    for one in intake.looked:
        edited = {entry.id: found for found, entry, brought in one.news if brought.edited}
        now = datetime.now(UTC)
        renewed_files = [_renew(edited[entry.id], entry, now) for entry in shelf.papers.entries(list(edited))]
        failures = (*one.failures, *(line for each in renewed_files for line in each.failures))
        changes = tuple(Change(found.path, entry, brought) for found, entry, brought in one.news if brought.changes)
        yield Taken(one.folder, len(one.news), one.added, changes, failures)


def _look(shelf: Shelf, folder: NotesFolder, seen: dict[int, Path], now: datetime) -> _Looked:
    """Find out what the notes of one path bring; papers that are gone come back if that is anything."""
    looked = _Looked(folder)
    places = _placed(shelf, folder.found)
    looked.failures += places.failures
    for one in folder.found:
        if one.foreign:
            looked.failures.append(f"{shown_path(one.path)}: passed over, no note of readlist's: {one.foreign}")
    if places.vanished:
        _bring_back(shelf, places, looked)
    known = {}
    for key, one in places.files.items():
        where = one.path.resolve()
        if key not in seen:
            known[key] = one
        elif seen[key] != where:
            looked.failures.append(f"{shown_path(one.path)}: of the same paper as {shown_path(seen[key])}; not used")
        seen.setdefault(key, where)
    entries = shelf.papers.entries(list(known))
    news = shelf.sync.reconcile([(entry, _held(known[entry.id]), known[entry.id].modified) for entry in entries], now)
    looked.news = [(known[entry.id], entry, brought) for entry, brought in zip(entries, news, strict=True)]
    return looked


def _bring_back(shelf: Shelf, places: _Placed, looked: _Looked) -> None:
    """Put papers that the library doesn't have into it by what their files tell, if these have a note or a mark."""
    worth = []
    for one in places.vanished:
        if _held(one).meaning or _held(one).flag("starred") or _held(one).flag("read"):
            worth.append(one)
        else:
            looked.failures.append(f"{_gone(one)}, and it is neither noted, starred nor read there")
    papers = batch([_held(one) for one in worth], str(looked.folder.path), datetime.now(UTC).date())
    looked.added = len(shelf.papers.add(papers).new) if papers.items else 0
    looked.failures += [f"{shown_path(one.path)}: {remark}" for one in worth if (remark := date_of(_held(one)).remark)]
    again = _placed(shelf, worth)
    looked.failures += again.failures
    looked.failures += [f"{_gone(one)}, and nothing in it names the paper" for one in again.vanished]
    for key, one in again.files.items():
        if places.files.setdefault(key, one) is not one:
            other = shown_path(places.files[key].path)
            looked.failures.append(f"{shown_path(one.path)}: of the same paper as {other}; not used")


def _gone(found: Found) -> str:
    return f"{shown_path(found.path)}: {_held(found).key} is not in the library"


class _Placed(Struct):
    """Files of notes by their papers.

    Attributes:
        files: by the paper's id in the library.
        doubted: ids of papers that have several files; none of these is used.
        vanished: files whose papers are not in the library.
        closed: files that can't be read, whose papers are not known.
        failures: what is wrong, a line a file.
    """

    files: dict[int, Found] = field(default_factory=dict)
    doubted: set[int] = field(default_factory=set)
    vanished: list[Found] = field(default_factory=list)
    closed: list[Path] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def _held(found: Found) -> NoteFile:
    """Return what a file that is a note holds."""
    assert found.file is not None
    return found.file


def _placed(shelf: Shelf, found: Iterable[Found]) -> _Placed:
    """Find the papers of files of notes; of what can't be used there is a failure, what is no note is left out."""
    result = _Placed()
    usable, broken = [], []
    for one in found:
        if one.file is not None:
            usable.append(one)
        elif one.failure:
            broken.append(one)
            result.failures.append(f"{shown_path(one.path)}: {one.failure}")
    # A paper whose file is broken gets no second one.
    result.doubted |= set(shelf.papers.ids_of(one.key for one in broken if one.key).values())
    result.closed = [one.path for one in broken if not one.key]
    first: dict[int | str, Found] = {}
    for one, paper_id in zip(usable, _ids(shelf, usable), strict=True):
        sign = _held(one).key if paper_id is None else paper_id
        if sign in first:
            other = shown_path(first[sign].path)
            result.failures.append(
                f"{shown_path(one.path)}: of the same paper as {other}; neither was used: join them into one"
            )
            result.doubted.add(paper_id if paper_id is not None else -1)
            result.vanished = [each for each in result.vanished if _held(each).key != sign]
            continue
        first[sign] = one
        if paper_id is None:
            result.vanished.append(one)
    result.files = {sign: one for sign, one in first.items() if isinstance(sign, int) and sign not in result.doubted}
    return result


def _ids(shelf: Shelf, found: Sequence[Found]) -> list[int | None]:
    """Return the id of each file's paper, None where it is not in the library."""
    keys = shelf.papers.ids_of(_held(one).key for one in found)
    others = {one.path: names_of(_held(one)) for one in found if _held(one).key not in keys}
    known = shelf.papers.ids_of(name for some in others.values() for name in some)
    ids: list[int | None] = []
    for one in found:
        some = others.get(one.path, ())
        name = next((name for name in some if name in known), "")
        if name:
            # Found by something weaker than its key: it must not be another paper by something stronger.
            (entry,) = shelf.papers.entries([known[name]])
            name = name if share_identity(some, entry.paper.identifiers) else ""
        ids.append(_work_id(shelf, one, known[name] if name else keys.get(_held(one).key)))
    return ids


def _work_id(shelf: Shelf, one: Found, paper_id: int | None) -> int | None:
    """Return the id of the work a file is of, where its key, by a title, may lead to another of that title here."""
    paper = paper_of(_held(one))
    if paper is None or paper.arxiv or paper.doi or not _held(one).key.startswith("title:"):
        return paper_id
    stored = shelf.papers.entries([paper_id])[0].paper if paper_id is not None else None
    if stored is not None and not are_apart(paper, stored):
        return paper_id
    works = [work for work in shelf.papers.works(f"title:{fingerprint(paper.title)}") if title_joins(paper, work)]
    return shelf.papers.ids_of([works[0].key])[works[0].key] if works else None
