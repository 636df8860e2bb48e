"""Writing notes: drafts, leaving, the user's own editor."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from readlist.config import Config
from readlist.shelf import Shelf
from readlist.tui.controllers.notes import Notes
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.tui import stored
from tests.support.ui import FakeNoteField, FakeTerminal, FakeUi

UseEditor = Callable[[str], None]


@pytest.fixture
def field() -> FakeNoteField:
    """The editor in the detail pane."""
    return FakeNoteField()


@pytest.fixture
def notes(loader: Loader, field: FakeNoteField, terminal: FakeTerminal) -> Notes:
    """The controller, with the cursor on paper 1."""
    return Notes(loader, field, terminal, Config())


@pytest.fixture
def use_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UseEditor:
    """Makes a shell script, with the file as `$1`, the user's editor."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def use(script: str) -> None:
        program = tmp_path / "editor.sh"
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("VISUAL", str(program))

    return use


async def test_a_note_is_saved_when_it_is_left(
    notes: Notes, shelf: Shelf, state: ListState, field: FakeNoteField
) -> None:
    state.undo_here = asyncio.Event().wait  # type: ignore[assignment]
    await notes.note()
    assert field.text == ""
    field.text = "worth a look\n"
    await notes.leave()
    assert field.text is None
    assert stored(shelf, 1).mark.note == "worth a look"
    # The row has it at once, and it is what is undone next.
    assert state.undo_here is None
    assert state.entry is not None and state.entry.mark.note == "worth a look"
    await notes.note()
    assert field.text == "worth a look"
    field.text = ""
    await notes.leave()
    assert stored(shelf, 1).mark.note == ""


async def test_a_draft_is_kept_from_the_first_letter(
    notes: Notes, shelf: Shelf, ui: FakeUi, field: FakeNoteField
) -> None:
    await notes.note()
    field.text = "h"
    notes.changed()
    assert shelf.marks.drafts.text(stored(shelf, 1).paper.key) == "h"
    field.text = "half"
    notes.changed()
    assert shelf.marks.drafts.text(stored(shelf, 1).paper.key) == "h"
    (drafting,) = ui.repeating
    drafting.call()
    assert shelf.marks.drafts.text(stored(shelf, 1).paper.key) == "half"
    notes.save()
    assert drafting.stopped and stored(shelf, 1).mark.note == "half"
    # What is marked later comes to the disk later.
    shelf.marks.apply([stored(shelf, 2)], read=True, label="read")[1].result(60)
    assert shelf.marks.drafts.text(stored(shelf, 1).paper.key) is None


async def test_a_note_that_is_opened_and_left_is_no_change(
    notes: Notes, shelf: Shelf, ui: FakeUi, state: ListState
) -> None:
    await notes.note()
    await notes.leave()
    await notes.leave()
    assert state.decisions == 0 and shelf.marks.drafts.text(stored(shelf, 1).paper.key) is None
    assert ui.shown[-1] == "again"


async def test_a_draft_is_gone_on_with(notes: Notes, shelf: Shelf, field: FakeNoteField) -> None:
    shelf.marks.drafts.save(stored(shelf, 1).paper.key, "half a thought")
    await notes.note()
    assert field.text == "half a thought"
    await notes.leave()
    assert stored(shelf, 1).mark.note == "half a thought"


async def test_the_note_of_another_paper_saves_the_one_before(
    notes: Notes, shelf: Shelf, state: ListState, field: FakeNoteField
) -> None:
    await notes.note()
    field.text = "first"
    state.cursor += 1
    await notes.note()
    field.text = "second"
    await notes.leave()
    assert [stored(shelf, number).mark.note for number in (1, 2)] == ["first", "second"]


async def test_what_the_editor_writes_is_the_note(
    notes: Notes, shelf: Shelf, terminal: FakeTerminal, use_editor: UseEditor, tmp_path: Path
) -> None:
    use_editor('printf "written there" > "$1"')
    await notes.edit_note()
    assert terminal.lent == 1
    assert stored(shelf, 1).mark.note == "written there"
    assert not list(tmp_path.glob("readlist-*"))


async def test_what_an_editor_that_failed_had_written_is_a_draft(
    notes: Notes, shelf: Shelf, ui: FakeUi, use_editor: UseEditor, tmp_path: Path
) -> None:
    use_editor('printf half > "$1"; exit 3')
    await notes.edit_note()
    assert ui.failures == ["The editor `editor.sh` failed with status 3. Its text is kept as a draft. e: continue"]
    assert stored(shelf, 1).mark.note == "" and shelf.marks.drafts.text(stored(shelf, 1).paper.key) == "half"
    assert not list(tmp_path.glob("readlist-*"))


async def test_an_editor_that_wrote_nothing_leaves_the_note(
    notes: Notes, shelf: Shelf, ui: FakeUi, use_editor: UseEditor
) -> None:
    shelf.marks.apply([stored(shelf, 1)], note="kept", label="note")[1].result(60)
    use_editor('rm "$1"')
    await notes.edit_note()
    assert ui.failures == ["The editor `editor.sh` deleted its file. Note unchanged. e: write it here"]
    assert stored(shelf, 1).mark.note == "kept" and shelf.marks.drafts.text(stored(shelf, 1).paper.key) is None


async def test_a_file_in_another_encoding_is_kept(
    notes: Notes, ui: FakeUi, use_editor: UseEditor, tmp_path: Path
) -> None:
    use_editor("printf 'caf\\351' > \"$1\"")
    await notes.edit_note()
    (file,) = tmp_path.glob("readlist-*/note.md")
    assert ui.failures[0].endswith(f"Its file is kept: {file}. Note unchanged. e: write it here")


async def test_a_terminal_that_can_not_be_handed_on_is_reported(
    notes: Notes, ui: FakeUi, terminal: FakeTerminal, use_editor: UseEditor, tmp_path: Path
) -> None:
    use_editor("exit 0")
    terminal.can_lend = False
    await notes.edit_note()
    assert ui.failures == ["This terminal can't run an editor. e: write it here"]
    assert not list(tmp_path.glob("readlist-*"))


async def test_an_editor_that_can_not_be_is_reported(
    notes: Notes, ui: FakeUi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VISUAL", 'vi "')
    await notes.edit_note()
    monkeypatch.setenv("VISUAL", "vi")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    await notes.edit_note()
    assert ui.failures == [
        "Can't start the editor `vi \"`: No closing quotation. e: write it here",
        "Can't create the editor's file: No such file or directory. e: write it here",
    ]


@pytest.mark.parametrize("meanwhile", [False, True])
async def test_what_is_saved_after_the_editor_returned_is_taken(
    notes: Notes, shelf: Shelf, ui: FakeUi, field: FakeNoteField, use_editor: UseEditor, tmp_path: Path,
    meanwhile: bool,
) -> None:  # fmt: skip
    use_editor("exit 0")
    await notes.edit_note()
    assert ui.said[0].startswith("`editor.sh` returned at once.")
    (file,) = tmp_path.glob("readlist-*/note.md")
    if meanwhile:
        await notes.note()
        field.text = "here"
        await notes.leave()
    file.write_text("from the window", encoding="utf-8")
    look = ui.repeating[0].call
    look()
    assert stored(shelf, 1).mark.note == ("here" if meanwhile else "")
    look()
    assert stored(shelf, 1).mark.note == ("here" if meanwhile else "from the window")
    assert ui.said[-1] == (
        "The note changed here, too; the text from `editor.sh` is kept as a draft. e: continue"
        if meanwhile
        else "Saved the note from `editor.sh`."
    )
    notes.take_late(last=True)
    assert not file.exists()


async def test_what_is_saved_while_the_note_is_written_here_waits(
    notes: Notes, shelf: Shelf, ui: FakeUi, field: FakeNoteField, use_editor: UseEditor, tmp_path: Path
) -> None:
    use_editor("exit 0")
    await notes.edit_note()
    (file,) = tmp_path.glob("readlist-*/note.md")
    await notes.note()
    file.write_text("from the window", encoding="utf-8")
    notes.take_late()
    notes.take_late()
    assert field.text == "" and stored(shelf, 1).mark.note == ""
    await notes.leave()
    notes.take_late()
    assert stored(shelf, 1).mark.note == "from the window"


async def test_the_file_of_an_editor_that_may_be_open_stays_when_readlist_is_left(
    notes: Notes, shelf: Shelf, ui: FakeUi, use_editor: UseEditor, tmp_path: Path
) -> None:
    use_editor("exit 0")
    await notes.edit_note()
    (file,) = tmp_path.glob("readlist-*/note.md")
    notes.take_late(last=True)
    assert file.exists()
    file.write_bytes(b"caf\xe9")
    notes.take_late(last=True)
    assert ui.failures == [f"`editor.sh` saved a file that is not UTF-8; kept: {file}"]
    file.write_text("late", encoding="utf-8")
    notes.take_late(last=True)
    assert stored(shelf, 1).mark.note == "" and file.exists()
