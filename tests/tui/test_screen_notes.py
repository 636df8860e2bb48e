"""Notes written in the user's own editor, and notes left in any way."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.app import App

from readlist.config import Config
from readlist.marks.database import StateDatabase
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from readlist.tui.widgets.note_editor import NoteEditor
from tests.support.tui import SIZE, Fill, press, quiet, said, screen_text, stored

UseEditor = Callable[[str], None]


@pytest.fixture
def use_editor(app: ReadlistApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UseEditor:
    """Makes a shell script, with the file as `$1`, the user's editor; there is no terminal to hand over."""
    monkeypatch.setattr(app, "suspend", contextlib.nullcontext)

    def use(script: str) -> None:
        file = tmp_path / "editor.sh"
        file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        file.chmod(0o755)
        monkeypatch.setenv("VISUAL", str(file))

    return use


@pytest.mark.slow
async def test_what_an_editor_that_failed_had_written_is_kept_as_a_draft(
    app: ReadlistApp, shelf: Shelf, use_editor: UseEditor
) -> None:
    use_editor('printf "half a thought" > "$1"; exit 3')
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "E")
        assert "failed with status 3" in said(app) and "kept as a draft. e: continue" in said(app)
        assert stored(shelf, 1).mark.note == ""
        assert "Unsaved draft" in screen_text(app)
        await press(pilot, "e", "escape")
        assert stored(shelf, 1).mark.note == "half a thought"


async def test_what_is_saved_after_the_editor_returned_is_taken(
    app: ReadlistApp, shelf: Shelf, use_editor: UseEditor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    use_editor("exit 0")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "E")
        assert "returned at once" in said(app)
        (file,) = tmp_path.glob("readlist-*/note.md")
        file.write_text("from the window", encoding="utf-8")
        app.reading.controllers.notes.take_late()
        app.reading.controllers.notes.take_late()
        await quiet(pilot)
        assert "Saved the note" in said(app) and "from the window" in screen_text(app)


async def test_what_is_saved_late_is_taken_when_readlist_is_left(
    app: ReadlistApp, shelf: Shelf, use_editor: UseEditor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    use_editor("exit 0")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "E", "j", "E")
        first, second = sorted(tmp_path.glob("readlist-*/note.md"), key=lambda file: file.stat().st_mtime_ns)
        first.write_text("late", encoding="utf-8")
        await press(pilot, "q")
    assert stored(shelf, 1).mark.note == "late"
    # That of an editor that may still be open stays.
    assert second.exists() and not first.exists()


@pytest.mark.slow
async def test_what_the_editor_has_saved_outlives_readlist(
    app: ReadlistApp, shelf: Shelf, use_editor: UseEditor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the window is closed, or the machine goes down, with the editor open."""
    use_editor(
        f'printf saved > "$1"; for i in $(seq 100); do [ -e "{tmp_path}/go on" ] && break; sleep 0.05; done;'
        'printf "and more" > "$1"'
    )
    kept: list[str | None] = []
    save = shelf.marks.drafts.save

    def look(key: str, text: str) -> bool:
        done = save(key, text)
        kept.append(shelf.marks.drafts.text(stored(shelf, 1).paper.key))
        if len(kept) == 1:
            (tmp_path / "go on").touch()
        return done

    monkeypatch.setattr(shelf.marks.drafts, "save", look)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "E")
    assert kept[0] == "saved"
    assert stored(shelf, 1).mark.note == "and more"


async def test_the_break_keys_are_the_editors_alone(
    app: ReadlistApp, shelf: Shelf, use_editor: UseEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in readlist's process group, and they reach the whole of it; how it ends is up to the editor."""
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(subprocess, "Popen", _Interrupting)
    use_editor("printf 'written on' > \"$1\"; kill -INT $$; exit 0")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "E")
        assert "was killed by SIGINT" in said(app)
        assert shelf.marks.drafts.text(stored(shelf, 1).paper.key) == "written on"
    assert signal.getsignal(signal.SIGINT) is before


class _Interrupting(subprocess.Popen[bytes]):
    """A program that is interrupted together with this process."""

    def __init__(self, command: list[str]) -> None:
        super().__init__(command)
        for number in (signal.SIGINT, signal.SIGQUIT):
            os.kill(os.getpid(), number)


@pytest.mark.slow
async def test_nothing_is_drawn_while_an_editor_has_the_terminal(
    app: ReadlistApp, shelf: Shelf, use_editor: UseEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[bool] = []
    display, handed_over = app._display, False

    @contextlib.contextmanager
    def suspended() -> Iterator[None]:
        nonlocal handed_over
        handed_over = True
        app.reading.ui.say("The feeds are there.")
        app.reading.refresh(layout=True)
        yield
        handed_over = False

    def watched(*arguments: object) -> None:
        drawn.append(handed_over and not app._batch_count)
        display(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(App, "suspend", lambda _: suspended())
    monkeypatch.setattr(app, "_display", watched)
    use_editor('sleep 0.1; printf done > "$1"')
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "E")
        await quiet(pilot)
        assert drawn and not any(drawn)
        assert "done" in screen_text(app)


async def test_a_note_from_elsewhere_is_shown_harmlessly_and_stays_if_nothing_is_written(
    app: ReadlistApp, shelf: Shelf, use_editor: UseEditor, tmp_path: Path
) -> None:
    theirs = "bold \x1b[1m note\r\n"
    database = StateDatabase(tmp_path / "state.json")
    database.table("marks").put(
        {"arxiv:2608.00001": {"note": {"value": theirs, "changed": "2026-08-01T00:00:00Z", "device": "x"}}}
    )
    shelf.sync.follow()
    assert stored(shelf, 1).mark.note == theirs
    use_editor(f'cat "$1" > "{tmp_path}/seen"')
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "e")
        editor = app.reading.query_one(NoteEditor)
        assert editor is not None and editor.text == "bold  note\n"
        await press(pilot, "escape", "E")
        assert (tmp_path / "seen").read_text(encoding="utf-8") == "bold  note\n"
        assert stored(shelf, 1).mark.note == theirs
        await press(pilot, "e", "x", "escape")
        assert stored(shelf, 1).mark.note == "bold  note\nx"


async def test_the_break_key_says_how_readlist_is_left_and_that_keeps_the_note(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "ctrl+c")
        assert "^q: quit" in said(app)
        await press(pilot, "e", Fill("half"), "ctrl+c")
        assert said(app).count("^q: quit") >= 1 and app.is_running
        await press(pilot, "ctrl+q")
    assert stored(shelf, 1).mark.note == "half"


async def test_a_note_is_left_with_a_default_key_when_the_users_own_is_a_letter(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(), KeyMap({"back": ["w"]}))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "e", "a", "w")
        assert isinstance(app.focused, NoteEditor)
        await press(pilot, "escape")
        assert app.reading.ui.context.startswith("list") and stored(shelf, 1).mark.note == "aw"
