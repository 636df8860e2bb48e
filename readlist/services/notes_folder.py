"""Folders of Markdown notes beside the shelf: one file a paper is written, and what was edited in it is taken back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct, field

from readlist.exports.paper_note import file_name, rendered, renewed
from readlist.files import clear_left_over, reason_of, sync_folder
from readlist.model.paper import fingerprint
from readlist.notes import folder as files
from readlist.notes.folder import Found, Signature
from readlist.notes.note_file import NoteFile, Unreadable
from readlist.services import Progress, Report, unreported
from readlist.sources.detect import is_note
from readlist.sources.formats.readlist_export import batch_of_notes, date_of, names_of, paper_of
from readlist.sources.reader import STDIN, SUFFIXES
from readlist.text.clean import counted, drawable, shown_path
from readlist.text.titles import are_apart, share_identity, title_joins

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.shelf import Entry, Shelf
    from readlist.shelf.reconciliation import Reconciled


class NotesFolderError(Exception):
    """A folder of notes can't be written: one line that says which and why."""


class Written(Struct):
    """What became of writing files of notes: how many, and what went wrong, a line each."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Say it in a few words."""
        notes = counted(self.new + self.changed + self.unchanged, "note")
        return f"{notes} ({self.new:,} new, {self.changed:,} changed, {self.unchanged:,} as before)"


class News(NamedTuple):
    """What a file of notes brings: the file, its paper as it was before, and what came of bringing both together."""

    found: Found
    entry: Entry
    brought: Reconciled


class NotesFolder(Struct):
    """A path that holds notes of readlist's, and what becomes of taking them in.

    Attributes:
        path: a folder, or a single file.
        found: the Markdown files in it.
        others: how many other files it holds that an import of pages would read.
        news: the files that could be used, with what each brings.
        added: how many papers came back by what their files tell.
        failures: what went wrong, a line each.
    """

    path: Path
    found: Sequence[Found]
    others: int = 0
    news: list[News] = field(default_factory=list)
    added: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def changes(self) -> list[News]:
        """What was edited."""
        return [news for news in self.news if news.brought.changes]


def write_folder(shelf: Shelf, ids: Sequence[int], folder: Path, report: Report = unreported) -> Written:
    """Write one file of notes a paper; papers that have one in the folder are brought up to date as well.

    A file with edits that were not imported is left as it is, and named. The folder is made if there is none.

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
    written = Written(failures=there.failures)
    wanted = [one for one in dict.fromkeys([*ids, *there.files]) if one not in there.doubted]
    done = 0
    for entries in shelf.papers.in_chunks(wanted):
        _renew_known(shelf, entries, there, written)
        _add(entries, there, folder, names, written)
        done += len(entries)
        report(Progress(done, len(wanted), "files"))
    with contextlib.suppress(OSError):
        sync_folder(folder)
    return written


def _renew_known(shelf: Shelf, entries: Sequence[Entry], there: _Placed, written: Written) -> None:
    """Bring the files of some papers up to date."""
    now = datetime.now(UTC)
    known = [(entry, there.files[entry.id]) for entry in entries if entry.id in there.files]
    for found, entry, brought in _reconciled(shelf, known, now):
        if brought.changes:
            what = ", ".join(brought.changes)
            edits = f"has edits that were not imported ({what}); import it, then export again"
            written.failures.append(f"{shown_path(found.path)}: {edits}")
        else:
            _renew(found, entry, now, written)


def _reconciled(shelf: Shelf, known: Sequence[tuple[Entry, Found]], now: datetime) -> list[News]:
    news = shelf.sync.reconcile([(entry, _held(found), found.modified) for entry, found in known], now)
    return [News(found, entry, brought) for (entry, found), brought in zip(known, news, strict=True)]


def _renew(found: Found, entry: Entry, now: datetime, written: Written) -> None:
    """Bring one file up to date."""
    before = _held(found)
    try:
        after = renewed(before, entry, now)
    except Unreadable as error:
        written.failures.append(f"{shown_path(found.path)}: {error}")
        return
    if after.text == before.text:
        written.unchanged += 1
    else:
        written.changed += _put(found.path, after.text, found.signature, written)


def _add(entries: Sequence[Entry], there: _Placed, folder: Path, names: set[str], written: Written) -> None:
    """Write new files."""
    now, closed = datetime.now(UTC), {files.name_sign(path.name) for path in there.closed}
    for entry in entries:
        # Where the file that has its name can't be read, it is likely the paper's own.
        if entry.id not in there.files and files.name_sign(file_name(entry.paper)) not in closed:
            written.new += _put(folder / _free_name(entry, names), rendered(entry, now), None, written)


def _free_name(entry: Entry, names: set[str]) -> str:
    """Return the first name for a paper's file that no other has on any system, and take it."""
    number = 1
    while files.name_sign(name := file_name(entry.paper, number)) in names:
        number += 1
    names.add(files.name_sign(name))
    return name


def _put(path: Path, text: str, before: Signature | None, written: Written) -> bool:
    """Write a file; tells whether it was."""
    try:
        files.put(path, text, before)
    except (OSError, ValueError) as error:
        written.failures.append(f"{shown_path(path)}: can't be written: {reason_of(error)}")
        return False
    return True


def find_notes(paths: Sequence[str], report: Report = unreported) -> tuple[list[NotesFolder], tuple[str, ...]]:
    """Return the paths that hold notes of readlist's, and those without any, for others to read.

    In a folder with a note nothing else is read as a page.
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
            may_be_note = path.is_file() and (files.is_markdown(path) or is_note(path))
            single = (files.load(path),) if may_be_note else ()
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
    return NotesFolder(path, found, others)


def take_notes(shelf: Shelf, folders: Sequence[NotesFolder]) -> Future[Any] | None:
    """Take what was edited in notes, as one step of undo; papers that are gone come back with their marks.

    Returns:
        The future that is done when the marks are on disk, None where nothing was edited. The files don't know yet.

    Raises:
        LibraryError, MarksError, OSError: the stores can't be read or written.
    """
    now = datetime.now(UTC)
    seen: dict[int, Path] = {}
    for folder in folders:
        _look(shelf, folder, seen, now)
    taken = [(news.entry, news.brought.decision) for folder in folders for news in folder.changes]
    names = ", ".join(folder.path.resolve().name or str(folder.path) for folder in folders[:3])
    return shelf.marks.decide(taken, f"import of notes from {drawable(names)}") if taken else None


def acknowledge(shelf: Shelf, folder: NotesFolder) -> None:
    """Write into the files what was taken from them and is on disk, so that it counts as known from now on."""
    edited = {entry.id: found for found, entry, brought in folder.news if brought.edited}
    now, written = datetime.now(UTC), Written(failures=folder.failures)
    for entry in shelf.papers.entries(list(edited)):
        _renew(edited[entry.id], entry, now, written)


def _look(shelf: Shelf, folder: NotesFolder, seen: dict[int, Path], now: datetime) -> None:
    """Find out what the notes of one path bring; papers that are gone come back if that is anything."""
    places = _placed(shelf, folder.found)
    folder.failures += places.failures
    for one in folder.found:
        if one.foreign:
            folder.failures.append(f"{shown_path(one.path)}: passed over, no note of readlist's: {one.foreign}")
    if places.vanished:
        _bring_back(shelf, places, folder)
    known = {}
    for key, one in places.files.items():
        where = one.path.resolve()
        if key not in seen:
            known[key] = one
        elif seen[key] != where:
            folder.failures.append(f"{shown_path(one.path)}: of the same paper as {shown_path(seen[key])}; not used")
        seen.setdefault(key, where)
    entries = shelf.papers.entries(list(known))
    folder.news = _reconciled(shelf, [(entry, known[entry.id]) for entry in entries], now)


def _bring_back(shelf: Shelf, places: _Placed, folder: NotesFolder) -> None:
    """Put papers that the library doesn't have into it by what their files tell, if these have a note or a mark."""
    worth = []
    for one in places.vanished:
        if _held(one).meaning or _held(one).flag("starred") or _held(one).flag("read"):
            worth.append(one)
        else:
            folder.failures.append(f"{_gone(one)}, and it is neither noted, starred nor read there")
    papers = batch_of_notes([_held(one) for one in worth], str(folder.path), datetime.now(UTC).date())
    folder.added = len(shelf.papers.add(papers).new) if papers.items else 0
    folder.failures += [f"{shown_path(one.path)}: {remark}" for one in worth if (remark := date_of(_held(one)).remark)]
    again = _placed(shelf, worth)
    folder.failures += again.failures
    folder.failures += [f"{_gone(one)}, and nothing in it names the paper" for one in again.vanished]
    for key, one in again.files.items():
        if places.files.setdefault(key, one) is not one:
            other = shown_path(places.files[key].path)
            folder.failures.append(f"{shown_path(one.path)}: of the same paper as {other}; not used")


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
