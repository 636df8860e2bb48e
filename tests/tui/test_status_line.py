"""The status line on the screen: messages, work, the dialog over it; nothing lies over rows or dialogs."""

from __future__ import annotations

import pytest

from readlist.config import Config
from readlist.services import Cancelled, Progress
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from readlist.tui.widgets.status_line import StatusLine
from tests.support.tui import SIZE, list_pane, press, quiet, said, screen_text, status_text, until


async def test_a_message_stands_in_its_row_until_the_next_one(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        before = screen_text(app).split("\n")
        await press(pilot, "u")
        after = screen_text(app).split("\n")
        assert [place for place, line in enumerate(after) if line != before[place]] == [SIZE[1] - 2]
        assert status_text(app).startswith(" · Nothing to undo.")
        await press(pilot, "j", "k")
        assert "Nothing to undo." in status_text(app)
        app.reading.ui.say("The feed gave no answer.", wrong=True)
        app.reading.ui.say("Copied.")
        assert status_text(app).startswith(" ✓ Copied.")
        assert "!: 1 error" in status_text(app)
        assert not app._notifications


async def test_only_the_cells_that_changed_are_drawn_again(app: ReadlistApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        drawn: list[object] = []
        for kind in (*{type(widget) for widget in app.reading.walk_children()}, type(app.reading)):
            original = kind.refresh

            def refresh(self, *regions, original=original, **how):  # type: ignore[no-untyped-def]
                drawn.extend((type(self), *region) for region in regions or ("everything",))
                return original(self, *regions, **how)

            monkeypatch.setattr(kind, "refresh", refresh)
        app.reading.ui.say("Copied.")
        assert drawn == [(StatusLine, 0, 0, len(" ✓ Copied."), 1)]
        # Another class of the screen would style, and draw, everything again.
        assert not app.reading.has_class("-said")


async def test_the_list_of_messages_has_everything_with_its_time(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.reading.ui.say("2 of 3 files failed", wrong=True, details=["a.bib: damaged", "b.ris: " + "long " * 30])
        app.reading.ui.say("Copied [bold]markup[/bold]")
        await press(pilot, "exclamation_mark")
        text = screen_text(app)
        rows = [line.partition("│")[2].partition("│")[0].strip() for line in text.split("\n")]
        at = next(place for place, row in enumerate(rows) if "2 of 3 files failed" in row)
        assert "✓ Copied [bold]markup[/bold]" in rows[at - 1]
        assert rows[at][2] == ":" and "! 2 of 3" in rows[at]
        assert rows[at + 1] == "a.bib: damaged" and rows[at + 3].startswith("long")
        assert "error" not in status_text(app)
        await press(pilot, "j", "G", "g", "exclamation_mark")
        assert app.screen is app.reading


async def test_what_is_said_while_a_dialog_is_open_is_seen_beside_it(app: ReadlistApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "question_mark")
        app.reading.ui.say("Imported 5 new papers")
        await quiet(pilot)
        lines = screen_text(app).split("\n")
        assert lines[-2].startswith(" ✓ Imported 5 new papers")
        assert sum("Imported" in line for line in lines) == 1 and "╯" in lines[-3] + lines[-4]
        app.reading.ui.say("Copied.")
        await quiet(pilot)
        assert screen_text(app).split("\n")[-2].startswith(" ✓ Copied.")
        await press(pilot, "escape")
        assert status_text(app).startswith(" ✓ Copied.")
        assert len(app.reading.query(StatusLine)) == 1


async def test_what_was_found_at_the_start_is_an_error_and_kept_in_the_list(shelf: Shelf, app: ReadlistApp) -> None:
    for notice in ("A torn line was dropped from state.json.journal", "The library was damaged; rebuilt it"):
        shelf.marks.add_notice(notice)
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        assert status_text(app).startswith(" ! The library was damaged; rebuilt it")
        assert "!: 1 error" in status_text(app)
        assert [(each.text[:6], each.tone) for each in app.reading.ui.messages] == [
            ("The li", "wrong"),
            ("A torn", "wrong"),
        ]
        await press(pilot, "exclamation_mark", "escape")
        assert "error" not in status_text(app)


async def test_on_a_short_screen_a_message_takes_the_place_of_the_keys(app: ReadlistApp) -> None:
    async with app.run_test(size=(40, 12)) as pilot:
        await quiet(pilot)
        rows, keys = list_pane(app).size.height, screen_text(app).split("\n")[-1]
        assert "done" in keys
        await press(pilot, "u")
        assert screen_text(app).split("\n")[-1].startswith(" · Nothing to undo.")
        assert list_pane(app).size.height == rows
        app.reading.ui.board._fade()
        await quiet(pilot)
        assert screen_text(app).split("\n")[-1] == keys
        await pilot.resize_terminal(80, 24)
        await press(pilot, "u")
        last = screen_text(app).split("\n")[-2:]
        assert "Nothing to undo." in last[0] and "done" in last[1]


async def test_work_shows_its_progress_in_the_row_and_several_fold_into_one(
    app: ReadlistApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readlist.tui.widgets.status_line._SHOWN_AFTER", 0.01)
    ui = app.reading.ui
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        async with ui.progress("Importing") as report:
            report(Progress(1, 4, "bytes", "page.txt"))
            await until(lambda: status_text(app).startswith(" Importing page.txt  ━━━━━━╺"))
            assert "25%" in status_text(app)
            async with ui.progress("Fetching"):
                await until(lambda: status_text(app).startswith(" Importing, fetching  ━━━╺"))
                ui.say("Copied.")
                assert status_text(app).startswith(" ✓ Copied.")
                assert "Importing, fetching ━╺" in status_text(app)
                assert ui.board.doing == ["Importing", "Fetching"]
        assert status_text(app).rstrip() == " ✓ Copied."


async def test_a_key_cancels_work_that_says_so(app: ReadlistApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readlist.tui.widgets.status_line._SHOWN_AFTER", 0.01)
    ui = app.reading.ui
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "space")
        async with ui.progress("Marking", cancellable=True) as report:
            report(Progress(1, 4, "papers"))
            await until(lambda: status_text(app).startswith(" Marking 1 of 4 papers  ━━━━━━╺"))
            assert "25% · Esc: cancel" in status_text(app)
            await press(pilot, "escape")
            with pytest.raises(Cancelled):
                report(Progress(2, 4, "papers"))
            assert "Esc" not in status_text(app) and app.reading.state.selection
            await press(pilot, "escape")
            assert not app.reading.state.selection
        async with ui.progress("Marking", cancellable=True) as report:
            await until(lambda: "Esc: cancel" in status_text(app))
            report(Progress(4, 4, "papers"))
            await until(lambda: "Esc: cancel" not in status_text(app))


async def test_work_of_a_moment_is_not_shown(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        async with app.reading.ui.progress("Importing") as report:
            report(Progress(1, 4, "bytes", "page.txt"))
            await quiet(pilot)
            assert "Importing" not in status_text(app)


async def test_ascii_frames_the_status_in_ascii(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(ascii=True), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "s", "u")
        app.reading.ui.say("Copied.")
        assert status_text(app).startswith(" ok Copied.")
        assert status_text(app).isascii()
        assert said(app)
