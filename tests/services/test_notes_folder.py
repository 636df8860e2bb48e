"""A folder of notes as a service: values for what was written, found, and taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from readlist.services import Progress
from readlist.services.notes_folder import (
    NotesExport,
    NotesFolder,
    NotesFolderError,
    acknowledge,
    find_notes,
    take_notes,
    write_folder,
)
from readlist.shelf import VIEWS, Shelf
from tests.support.papers import make_batch, make_paper, make_shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    home = tmp_path / "home"
    home.mkdir()
    made = make_shelf(home, lambda: datetime.now(UTC))
    made.papers.add(make_batch([make_paper(number) for number in range(1, 5)]))
    yield made
    made.close()


@pytest.fixture
def ids(shelf: Shelf) -> list[int]:
    return list(shelf.papers.browse(VIEWS[1]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vault"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def take(shelf: Shelf, folder: Path) -> NotesFolder:
    folders, _ = find_notes([str(folder)])
    if (done := take_notes(shelf, folders)) is not None:
        done.result()
    (taken,) = folders
    acknowledge(shelf, taken)
    return taken


def test_what_was_written_is_counted(shelf: Shelf, ids: list[int], folder: Path) -> None:
    assert write_folder(shelf, ids[:3], folder) == NotesExport(new=3)
    shelf.marks.apply([shelf.papers.entries(ids[:1])[0]], starred=True)[1].result()
    # A paper that has a file is brought up to date, whether it was asked for or not.
    assert write_folder(shelf, ids[3:], folder) == NotesExport(new=1, changed=1, unchanged=2)
    assert str(NotesExport(1, 2, 3)) == "6 notes (1 new, 2 changed, 3 unchanged)"


def test_progress_counts_files(shelf: Shelf, ids: list[int], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readlist.shelf.paper_shelf.CHUNK", 3)
    written: list[Progress] = []
    write_folder(shelf, ids, folder, written.append)
    assert written == [Progress(3, 4, "files"), Progress(4, 4, "files")]
    read: list[Progress] = []
    find_notes([str(folder)], read.append)
    assert [(one.done, one.total) for one in read] == [(number, 4) for number in range(1, 5)]
    assert all(one.name.endswith(".md") for one in read)


def test_what_can_not_be_a_folder_is_an_error_of_one_line(shelf: Shelf, ids: list[int], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(NotesFolderError, match=r"/file: can't be written: File exists$"):
        write_folder(shelf, ids, file)


def test_only_paths_with_notes_are_notes(shelf: Shelf, ids: list[int], folder: Path, tmp_path: Path) -> None:
    write_folder(shelf, ids, folder)
    (folder / "page.html").write_text("<p>x")
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "page.md").write_text("# A page\n")
    given = [str(pages), str(folder), "-", str(tmp_path / "missing")]
    folders, rest = find_notes(given)
    assert [(one.path, len(one.found), one.others) for one in folders] == [(folder, 4, 1)]
    assert rest == (str(pages), "-", str(tmp_path / "missing"))


def test_edits_are_taken_once_and_the_file_knows(shelf: Shelf, ids: list[int], folder: Path) -> None:
    write_folder(shelf, ids, folder)
    path = next(folder.glob("*.md"))
    edit(path, "starred: false", "starred: true")
    taken = take(shelf, folder)
    (change,) = taken.changes
    assert (len(taken.merged), taken.added, taken.failures) == (4, 0, [])
    assert (change.found.path, change.brought.changes, change.entry.mark.starred) == (path, ("starred",), None)
    (entry,) = shelf.papers.entries([change.entry.id])
    assert entry.mark.starred is not None
    assert take(shelf, folder).changes == []


def test_nothing_edited_is_no_step_of_undo(shelf: Shelf, ids: list[int], folder: Path) -> None:
    write_folder(shelf, ids, folder)
    assert take_notes(shelf, find_notes([str(folder)])[0]) is None


def test_a_file_with_edits_that_were_not_taken_is_left_as_it_is(shelf: Shelf, ids: list[int], folder: Path) -> None:
    write_folder(shelf, ids, folder)
    path = next(folder.glob("*.md"))
    edit(path, "read: false", "read: true")
    before = path.read_bytes()
    written = write_folder(shelf, ids, folder)
    assert (written.unchanged, path.read_bytes()) == (3, before)
    assert written.failures == [f"{path}: has edits that were not imported (read); import it, then export again"]
