"""Folders of Markdown notes: one file for each paper is exported, and edits in it are imported."""

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
from readlist.notes.folder import FoundFile, Signature
from readlist.notes.note_file import NoteError, NoteFile
from readlist.services import Progress, Report, unreported
from readlist.sources.detect import may_hold_notes
from readlist.sources.formats.readlist_export import batch_of_notes, date_of, names_of, paper_of
from readlist.sources.reader import STDIN, SUFFIXES
from readlist.text.clean import counted, drawable, shown_path
from readlist.text.titles import are_apart, share_identity, title_joins

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.shelf import Entry, ImportStep, Shelf
    from readlist.shelf.reconciliation import Reconciled


class NotesFolderError(Exception):
    """A folder of notes can't be written: one line with folder and reason."""


class NotesExport(Struct):
    """The result of an export: how many files, and what failed, a line each."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return a short summary."""
        notes = counted(self.new + self.changed + self.unchanged, "note")
        return f"{notes} ({self.new:,} new, {self.changed:,} changed, {self.unchanged:,} unchanged)"


class MergedNote(NamedTuple):
    """A file with a note, its paper before the import, and the merge of both."""

    found: FoundFile
    entry: Entry
    brought: Reconciled


class NotesFolder(Struct):
    """A path with notes, and the result of importing them.

    Attributes:
        path: a folder, or a single file.
        found: the Markdown files in it.
        others: how many other files it has that an import of pages would read.
        merged: the merge of each file.
        added: how many papers were restored from their files.
        failures: what failed, a line each.
    """

    path: Path
    found: Sequence[FoundFile]
    others: int = 0
    merged: list[MergedNote] = field(default_factory=list)
    added: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def changes(self) -> list[MergedNote]:
        """The merges that change a mark."""
        return [merged for merged in self.merged if merged.brought.changes]


def write_folder(shelf: Shelf, ids: Sequence[int], folder: Path, report: Report = unreported) -> NotesExport:
    """Write one file for each paper, and update the other files in the folder, which is created if needed.

    A file with edits that were not imported is left alone, and is a failure.

    Raises:
        NotesFolderError: the folder can't be created or read.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = list(files.find(files.walk(folder)))
        for each in {folder, *(one.path.parent for one in found)}:
            clear_left_over(each)
        placed = _by_paper(shelf, found)
        names = {files.fold_name(path.name) for path in folder.iterdir()}
    except OSError as error:
        raise NotesFolderError(f"{shown_path(folder)}: can't be written: {error.strerror or error}") from error
    written = NotesExport(failures=placed.failures)
    wanted = [one for one in dict.fromkeys([*ids, *placed.files]) if one not in placed.doubted]
    done = 0
    for entries in shelf.papers.in_chunks(wanted):
        _update_known(shelf, entries, placed, written)
        _add(entries, placed, folder, names, written)
        done += len(entries)
        report(Progress(done, len(wanted), "files"))
    with contextlib.suppress(OSError):
        sync_folder(folder)
    return written


def _update_known(shelf: Shelf, entries: Sequence[Entry], placed: _ByPaper, written: NotesExport) -> None:
    """Update the files of some papers."""
    now = datetime.now(UTC)
    known = [(entry, placed.files[entry.id]) for entry in entries if entry.id in placed.files]
    for found, entry, brought in _reconcile(shelf, known, now):
        if brought.changes:
            what = ", ".join(brought.changes)
            edits = f"has edits that were not imported ({what}); import it, then export again"
            written.failures.append(f"{shown_path(found.path)}: {edits}")
        else:
            _update(found, entry, now, written)


def _reconcile(shelf: Shelf, known: Sequence[tuple[Entry, FoundFile]], now: datetime) -> list[MergedNote]:
    merged = shelf.sync.reconcile([(entry, _note(found), found.modified) for entry, found in known], now)
    return [MergedNote(found, entry, brought) for (entry, found), brought in zip(known, merged, strict=True)]


def _update(found: FoundFile, entry: Entry, now: datetime, written: NotesExport) -> None:
    """Update one file."""
    before = _note(found)
    try:
        after = renewed(before, entry, now)
    except NoteError as error:
        written.failures.append(f"{shown_path(found.path)}: {error}")
        return
    if after.text == before.text:
        written.unchanged += 1
    else:
        written.changed += _put(found.path, after.text, found.signature, written)


def _add(entries: Sequence[Entry], placed: _ByPaper, folder: Path, names: set[str], written: NotesExport) -> None:
    """Write new files."""
    now, closed = datetime.now(UTC), {files.fold_name(path.name) for path in placed.closed}
    for entry in entries:
        # A file of this name that can't be read is likely the paper's own.
        if entry.id not in placed.files and files.fold_name(file_name(entry.paper)) not in closed:
            written.new += _put(folder / _free_name(entry, names), rendered(entry, now), None, written)


def _free_name(entry: Entry, names: set[str]) -> str:
    """Return a file name for a paper that no other has on any system, and add it to the names."""
    number = 1
    while files.fold_name(name := file_name(entry.paper, number)) in names:
        number += 1
    names.add(files.fold_name(name))
    return name


def _put(path: Path, text: str, before: Signature | None, written: NotesExport) -> bool:
    """Write a file; tells whether it succeeded."""
    try:
        files.put(path, text, before)
    except (OSError, ValueError) as error:
        written.failures.append(f"{shown_path(path)}: can't be written: {reason_of(error)}")
        return False
    return True


def find_notes(paths: Sequence[str], report: Report = unreported) -> tuple[list[NotesFolder], tuple[str, ...]]:
    """Return the paths with notes, and those without; in a folder with notes nothing else is read."""
    found = [(path, _notes_at(path, report)) for path in paths]
    folders = [folder for _, folder in found if folder is not None]
    return folders, tuple(path for path, folder in found if folder is None)


def _notes_at(given: str, report: Report) -> NotesFolder | None:
    path = Path(given)
    if given == STDIN:
        return None
    try:
        if not path.is_dir():
            single = (files.load(path),) if may_hold_notes(path) else ()
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
        # The import of pages will report it.
        return None
    return NotesFolder(path, found, others)


def take_notes(shelf: Shelf, folders: Sequence[NotesFolder], step: ImportStep | None = None) -> Future[Any] | None:
    """Import the edits in notes, as one step of undo or part of one; missing papers are restored with their marks.

    Returns:
        A future that is done when the marks are on disk, None without edits. Then call `acknowledge`.

    Raises:
        LibraryError, MarksError, OSError: the stores can't be read or written.
    """
    now = datetime.now(UTC)
    seen: dict[int, Path] = {}
    for folder in folders:
        _merge(shelf, folder, seen, now, step)
    taken = [(merged.entry, merged.brought.decision) for folder in folders for merged in folder.changes]
    names = ", ".join(folder.path.resolve().name or str(folder.path) for folder in folders[:3])
    if step is not None and any(folder.added for folder in folders):
        step.recorded = True
    elif not taken:
        return None
    return shelf.marks.decide(
        taken, f"import of notes from {drawable(names)}", step.batch if step is not None else None
    )


def acknowledge(shelf: Shelf, folder: NotesFolder) -> None:
    """Record in the files that their edits are imported, once the marks are on disk."""
    edited = {entry.id: found for found, entry, brought in folder.merged if brought.edited}
    now, written = datetime.now(UTC), NotesExport(failures=folder.failures)
    for entry in shelf.papers.entries(list(edited)):
        _update(edited[entry.id], entry, now, written)


def _merge(shelf: Shelf, folder: NotesFolder, seen: dict[int, Path], now: datetime, step: ImportStep | None) -> None:
    """Merge the notes of one path; missing papers are restored if their note has a mark."""
    places = _by_paper(shelf, folder.found)
    folder.failures += places.failures
    for one in folder.found:
        if one.foreign:
            folder.failures.append(f"{shown_path(one.path)}: skipped: not a readlist note ({one.foreign})")
    if places.vanished:
        _restore(shelf, places, folder, step)
    known = {}
    for key, one in places.files.items():
        where = one.path.resolve()
        if key not in seen:
            known[key] = one
        elif seen[key] != where:
            folder.failures.append(f"{shown_path(one.path)}: of the same paper as {shown_path(seen[key])}; not used")
        seen.setdefault(key, where)
    entries = shelf.papers.entries(list(known))
    folder.merged = _reconcile(shelf, [(entry, known[entry.id]) for entry in entries], now)


def _restore(shelf: Shelf, places: _ByPaper, folder: NotesFolder, step: ImportStep | None) -> None:
    """Add missing papers to the library from their files, if these have a note or a mark."""
    worth = []
    for one in places.vanished:
        if _note(one).normalized or _note(one).flag("starred") or _note(one).flag("read"):
            worth.append(one)
        else:
            folder.failures.append(f"{_gone(one)}, and the file has no note, star or read mark")
    papers = batch_of_notes([_note(one) for one in worth], str(folder.path), datetime.now(UTC).date())
    folder.added = (
        len(shelf.papers.add(papers, imported=step.batch if step is not None else None).new) if papers.items else 0
    )
    folder.failures += [f"{shown_path(one.path)}: {remark}" for one in worth if (remark := date_of(_note(one)).remark)]
    again = _by_paper(shelf, worth)
    folder.failures += again.failures
    folder.failures += [f"{_gone(one)}, and the file has no title or id" for one in again.vanished]
    for key, one in again.files.items():
        if places.files.setdefault(key, one) is not one:
            other = shown_path(places.files[key].path)
            folder.failures.append(f"{shown_path(one.path)}: of the same paper as {other}; not used")


def _gone(found: FoundFile) -> str:
    return f"{shown_path(found.path)}: {_note(found).key} is not in the library"


class _ByPaper(Struct):
    """Files by their papers.

    Attributes:
        files: by the paper's id in the library.
        doubted: ids of papers that have several files, of which none is used.
        vanished: files whose papers are not in the library.
        closed: files that can't be read, of unknown papers.
        failures: what failed, a line each.
    """

    files: dict[int, FoundFile] = field(default_factory=dict)
    doubted: set[int] = field(default_factory=set)
    vanished: list[FoundFile] = field(default_factory=list)
    closed: list[Path] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def _note(found: FoundFile) -> NoteFile:
    """Return the content of a file that is a note."""
    assert found.file is not None
    return found.file


def _by_paper(shelf: Shelf, found: Iterable[FoundFile]) -> _ByPaper:
    """Find the papers of files; files that are not notes are left out, unusable notes are failures."""
    result = _ByPaper()
    usable, broken = [], []
    for one in found:
        if one.file is not None:
            usable.append(one)
        elif one.failure:
            broken.append(one)
            result.failures.append(f"{shown_path(one.path)}: {one.failure}")
    # A paper with a broken file doesn't get a second one.
    result.doubted |= set(shelf.papers.ids_of(one.key for one in broken if one.key).values())
    result.closed = [one.path for one in broken if not one.key]
    first: dict[int | str, FoundFile] = {}
    for one, paper_id in zip(usable, _ids(shelf, usable), strict=True):
        sign = _note(one).key if paper_id is None else paper_id
        if sign in first:
            other = shown_path(first[sign].path)
            result.failures.append(
                f"{shown_path(one.path)}: of the same paper as {other}; neither was used; merge them into one"
            )
            result.doubted.add(paper_id if paper_id is not None else -1)
            result.vanished = [each for each in result.vanished if _note(each).key != sign]
            continue
        first[sign] = one
        if paper_id is None:
            result.vanished.append(one)
    result.files = {sign: one for sign, one in first.items() if isinstance(sign, int) and sign not in result.doubted}
    return result


def _ids(shelf: Shelf, found: Sequence[FoundFile]) -> list[int | None]:
    """Return the id of each file's paper, None if it is not in the library."""
    keys = shelf.papers.ids_of(_note(one).key for one in found)
    others = {one.path: names_of(_note(one)) for one in found if _note(one).key not in keys}
    known = shelf.papers.ids_of(name for some in others.values() for name in some)
    ids: list[int | None] = []
    for one in found:
        some = others.get(one.path, ())
        name = next((name for name in some if name in known), "")
        if name:
            # Found by a weaker identifier than its key: a stronger one must not differ.
            (entry,) = shelf.papers.entries([known[name]])
            name = name if share_identity(some, entry.paper.identifiers) else ""
        ids.append(_work_id(shelf, one, known[name] if name else keys.get(_note(one).key)))
    return ids


def _work_id(shelf: Shelf, one: FoundFile, paper_id: int | None) -> int | None:
    """Return the paper's id; a key made of a title may be that of another paper with the same title."""
    paper = paper_of(_note(one))
    if paper is None or paper.arxiv or paper.doi or not _note(one).key.startswith("title:"):
        return paper_id
    stored = shelf.papers.entries([paper_id])[0].paper if paper_id is not None else None
    if stored is not None and not are_apart(paper, stored):
        return paper_id
    works = [work for work in shelf.papers.works(f"title:{fingerprint(paper.title)}") if title_joins(paper, work)]
    return shelf.papers.ids_of([works[0].key])[works[0].key] if works else None
