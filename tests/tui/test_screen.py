"""The reading screen by its keys: press, then look at the shelf and the panes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from textual import events
from textual.geometry import Size
from textual.strip import Strip
from textual.widgets import Input

from readlist.config import Config, load
from readlist.shelf import VIEWS, Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.commands import COMMANDS
from readlist.tui.dialogs.dialog import Choice, Prompt, Question
from readlist.tui.dialogs.help import Help
from readlist.tui.keymap import KeyMap
from readlist.tui.screen import ReadingScreen
from tests.support.depth import slow
from tests.support.home import run
from tests.support.papers import DAY, make_batch, make_paper, make_shelf
from tests.support.tui import (
    SIZE,
    Fill,
    detail_pane,
    list_pane,
    number,
    press,
    quiet,
    said,
    screen_text,
    search_field,
    stored,
    until,
)


async def test_it_opens_on_the_inbox_with_the_first_paper_and_its_detail(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        text = screen_text(app)
        assert "Inbox 12" in text
        assert "1/12" in text
        assert number(app.reading.state.entry) == 1
        assert "Ada Author1" in text


async def test_moving(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        for keys, there in (
            (("j", "down"), 3), (("k",), 2), (("up",), 1), (("G",), 12), (("g",), 1), (("end",), 12), (("home",), 1),
            (("ctrl+d",), 12), (("ctrl+u",), 1), (("pagedown",), 12), (("pageup",), 1), (("ctrl+f", "ctrl+b"), 1),
        ):  # fmt: skip
            await press(pilot, *keys)
            assert number(app.reading.state.entry) == there, keys
        assert "1/12" in screen_text(app)


async def test_star_read_and_unread(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "s", "r")
        assert stored(shelf, 1).mark.starred and stored(shelf, 1).mark.read
        assert "Inbox 11" in screen_text(app) and "Starred 1" in screen_text(app)
        await press(pilot, "s", "r")
        assert not stored(shelf, 1).mark.starred and not stored(shelf, 1).mark.read


async def test_a_decided_paper_stays_in_its_row_until_the_view_is_asked_for_again(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "x")
        assert number(app.reading.state.entry) == 3
        assert len(app.reading.state.ids) == 12
        await press(pilot, "R")
        assert len(app.reading.state.ids) == 11
        assert number(app.reading.state.entry) == 3


@pytest.mark.slow
async def test_next_and_previous_unread_skip_what_is_read(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "r", "j", "r", "g")
        await press(pilot, "n")
        assert number(app.reading.state.entry) == 4
        await press(pilot, "p")
        assert number(app.reading.state.entry) == 1
        await press(pilot, "p")
        assert number(app.reading.state.entry) == 1
        assert "No more unread above" in said(app)


async def test_undo_and_redo_take_the_cursor_to_the_paper(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "s", "G")
        await press(pilot, "u")
        assert not stored(shelf, 1).mark.starred
        assert number(app.reading.state.entry) == 1
        await press(pilot, "U")
        assert stored(shelf, 1).mark.starred
        await press(pilot, "U")
        assert "Nothing to redo" in said(app)


async def test_undo_works_after_a_restart(tmp_path: Path, shelf: Shelf) -> None:
    for keys in (("s", "j", "x"), ("u", "u")):
        shelf = make_shelf(tmp_path)
        if keys[0] == "s":
            shelf.papers.add(make_batch([make_paper(place) for place in range(1, 4)]))
        app = ReadlistApp(shelf, Config(), KeyMap())
        async with app.run_test(size=SIZE) as pilot:
            await quiet(pilot)
            for key in keys:
                await press(pilot, key)
        shelf.close()
    shelf = make_shelf(tmp_path)
    assert not stored(shelf, 1).mark.starred
    assert not stored(shelf, 2).mark.read
    shelf.close()


async def test_a_note_takes_two_keys_and_its_text(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await press(pilot, "e", Fill("try it"), "escape")
        assert stored(shelf, 1).mark.note == "try it"
        assert app.reading.ui.context == "list"
        text = screen_text(app)
        assert "Notes 1" in text and "try it" in text
        assert shelf.marks.drafts.text(stored(shelf, 1).paper.key) is None


async def test_letters_in_a_note_are_text_not_commands(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "e", *"qxsu/:? A", "enter", *"jk", "escape")
        assert stored(shelf, 1).mark.note == "qxsu/:? A\njk"
        assert not stored(shelf, 1).mark.read


async def test_a_note_cut_off_by_a_dying_terminal_is_offered_again(tmp_path: Path) -> None:
    shelf = make_shelf(tmp_path)
    shelf.papers.add(make_batch([make_paper(1), make_paper(2)]))
    shelf.marks.drafts.save(stored(shelf, 1).paper.key, "half a th")
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        assert "Unsaved draft" in screen_text(app)
        await press(pilot, "e", Fill("ought"), "escape")
        assert stored(shelf, 1).mark.note == "half a thought"
        assert "Unsaved draft" not in screen_text(app)
    shelf.close()


async def test_ending_while_writing_saves_the_note(tmp_path: Path) -> None:
    shelf = make_shelf(tmp_path)
    shelf.papers.add(make_batch([make_paper(1)]))
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "e", Fill("unfinished"))
        app._end()
        await pilot.pause()
    shelf.close()
    again = make_shelf(tmp_path)
    assert stored(again, 1).mark.note == "unfinished"
    again.close()


async def test_keys_typed_behind_the_one_that_quits_do_nothing(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j")
        focused = app.screen.focused
        await app.action_quit()
        for command in ("note", "star", "search"):
            await app.reading.action_command(command)
        assert app.screen.focused is focused and app.reading.state.undo_here is None
    assert app.fault is None


async def test_the_editor_of_the_user_writes_the_note(
    app: ReadlistApp, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    import contextlib

    monkeypatch.setattr(app, "suspend", contextlib.nullcontext)
    monkeypatch.setenv("VISUAL", 'sh -c \'printf "from the editor" > "$0"\'')
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "E")
        assert stored(shelf, 1).mark.note == "from the editor"
        monkeypatch.setenv("VISUAL", "no-such-editor-here")
        await press(pilot, "E")
        assert "Can't start" in said(app)
        assert stored(shelf, 1).mark.note == "from the editor"


async def test_what_is_typed_straight_after_the_slash_goes_into_the_field(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await pilot.press("slash", *"sparse")
        await quiet(pilot)
        assert search_field(app).value == "sparse"
        found = [number(entry) for entry in shelf.papers.entries(app.reading.state.ids)]
        assert found == [1, 8]
        assert "2 of 12" in screen_text(app)


async def test_keys_after_a_search_apply_to_what_was_found(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await press(pilot, "slash", Fill("causal"), "enter", "s")
        assert [paper for paper in range(1, 13) if stored(shelf, paper).mark.starred] == [5]


async def test_escape_returns_from_a_search_to_where_the_cursor_was(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "j", "slash", Fill("robust"), "down")
        assert number(app.reading.state.entry) == 6
        await press(pilot, "escape")
        assert number(app.reading.state.entry) == 3
        assert len(app.reading.state.ids) == 12
        assert not app.reading.search_bar.open


async def test_search_up_and_down_move_while_typing(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", Fill("number"), "down", "down", "up")
        assert app.reading.state.cursor == 1
        assert app.reading.ui.context == "search"


async def test_a_wrong_flag_is_named_in_the_search_bar(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", Fill("is:stared "), "enter")
        assert "did you mean starred?" in screen_text(app)


async def test_the_unread_ones_with_code_on_a_topic_are_one_query(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", Fill("is:unread has:code sparse"), "enter")
        assert [number(entry) for entry in shelf.papers.entries(app.reading.state.ids)] == [8]


async def test_views(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "s", "j", "r", "j", "e", "z", "escape")
        for key, count in (("2", 12), ("3", 1), ("4", 1), ("1", 11)):
            await press(pilot, key)
            assert len(app.reading.state.ids) == count, key


async def test_an_empty_view_says_what_to_do(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "3")
        assert "No stars yet" in screen_text(app)
        await press(pilot, "s", "x", "y", "e", "n", "J", "enter", "escape", "A")


async def test_the_order_is_chosen(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "S")
        assert isinstance(app.screen, Choice)
        await press(pilot, "7")
        assert app.reading.state.view.sort == "title" and "by title" in screen_text(app)
        titles = [entry.paper.title for entry in shelf.papers.entries(app.reading.state.ids)]
        assert titles == sorted(titles, key=str.casefold)
        await press(pilot, "slash", Fill("sort:date "), "enter")
        assert "by date" in screen_text(app)


async def test_selected_papers_are_decided_together_and_undone_together(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "space", "space", "j", "space")
        assert "3 selected" in screen_text(app)
        await press(pilot, "s")
        assert [paper for paper in range(1, 13) if stored(shelf, paper).mark.starred] == [1, 2, 4]
        await press(pilot, "escape", "u")
        assert not any(stored(shelf, paper).mark.starred for paper in range(1, 13))
        assert "selected" not in screen_text(app)


async def test_marking_all_as_read_asks_with_the_count(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "A")
        assert isinstance(app.screen, Question)
        assert "12 papers" in screen_text(app)
        await press(pilot, "n")
        assert not any(stored(shelf, paper).mark.read for paper in range(1, 13))
        await press(pilot, "A", "y")
        assert all(stored(shelf, paper).mark.read for paper in range(1, 13))
        await press(pilot, "u")
        assert not any(stored(shelf, paper).mark.read for paper in range(1, 13))


async def test_the_detail_is_scrolled_from_the_list_and_from_within(app: ReadlistApp) -> None:
    async with app.run_test(size=(60, 12)) as pilot:
        await press(pilot, "J")
        assert detail_pane(app).scroll_offset.y == 3
        await press(pilot, "K")
        assert detail_pane(app).scroll_offset.y == 0
        await press(pilot, "enter", "j", "j")
        assert detail_pane(app).scroll_offset.y == 2
        assert number(app.reading.state.entry) == 1
        await press(pilot, "G", "g", "escape", "j")
        assert number(app.reading.state.entry) == 2
        await press(pilot, "tab", "tab", "j")
        assert number(app.reading.state.entry) == 3


async def test_new_papers_leave_the_detail_where_it_is_scrolled_to(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=(80, 12)) as pilot:
        await press(pilot, "j", "enter", "j", "j")
        shelf.papers.add(make_batch([make_paper(20), make_paper(21)], feed="Lab", day=DAY.replace(day=2)))
        await app.reading.loader.add_new()
        await quiet(pilot)
        assert len(app.reading.state.ids) == 14 and number(app.reading.state.entry) == 2
        assert detail_pane(app).scroll_offset.y == 2
        await press(pilot, "R")
        assert detail_pane(app).scroll_offset.y == 2
        await press(pilot, "escape", "j")
        assert detail_pane(app).scroll_offset.y == 0


@pytest.mark.slow
async def test_opening_asks_for_http_addresses_only(app: ReadlistApp, monkeypatch: pytest.MonkeyPatch) -> None:
    from readlist.tui.desktop import browser

    opened: list[str] = []

    async def remember(url: str, *, sure: bool) -> str:
        opened.append(url)
        return ""

    monkeypatch.setattr(browser, "open_url", remember)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "o", "O")
        assert opened == ["https://arxiv.org/abs/2608.00002", "https://github.com/lab/code-2"]
        await press(pilot, "j", "O")
        assert "no repo link" in said(app)


async def test_importing_from_the_screen(app: ReadlistApp, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(
        "new\n\nSubscribe\n\nbyAK and the research community\n\nAug 3\n\nSmall Models Learn Slowly\n\n"
        + "We train small models for long and report how slowly they learn, with care. " * 6,
        encoding="utf-8",
    )
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "i")
        assert isinstance(app.screen, Prompt)
        await press(pilot, Fill(str(page)), "enter")
        assert "1 new" in said(app)
        assert len(app.reading.state.ids) == 13
        assert number(app.reading.state.entry) == 1


async def test_an_import_brings_notes_and_stars_that_undo_takes_back(
    app: ReadlistApp, tmp_path: Path, shelf: Shelf
) -> None:
    file = tmp_path / "lib.bib"
    file.write_text("@misc{a, title = {A kettle}, keywords = {starred}, annote = {Boils}}", encoding="utf-8")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "i", Fill(str(file)), "enter")
        assert "1 new paper, 0 known, with 1 note, 1 star. u: undo" in said(app)
        entry = shelf.papers.entry("title:akettle")
        assert entry is not None and entry.mark.note == "Boils" and entry.mark.starred
        await press(pilot, "u")
        entry = shelf.papers.entry("title:akettle")
        assert entry is not None and not entry.mark.note and not entry.mark.starred
        assert len(app.reading.state.ids) == 12


async def test_a_path_that_is_wrong_is_named_and_one_that_is_a_folder_shows_what_is_in_it(
    app: ReadlistApp, tmp_path: Path
) -> None:
    inside = tmp_path / "saved"
    inside.mkdir()
    for name in ("monday.txt", "tuesday.txt", ".hidden"):
        (inside / name).touch()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "i", Fill(str(tmp_path / "nothing.txt")), "enter")
        assert "nothing.txt" in said(app)
        await press(pilot, "i", Fill(f"{inside}/"), "tab")
        assert "2: monday.txt  tuesday.txt" in screen_text(app)
        await press(pilot, "t", "tab")
        assert isinstance(app.focused, Input) and app.focused.value == f"{inside}/tuesday.txt"
        assert "monday.txt" not in screen_text(app)


async def test_keys_typed_before_there_is_a_list_wait_for_it(
    app: ReadlistApp, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out = ReadingScreen.lay_out_for

    def type_ahead(screen: ReadingScreen, room: Size) -> None:
        lay_out(screen, room)
        for name in ("down", "star"):
            app.call_later(screen.action_command, name)

    monkeypatch.setattr(ReadingScreen, "lay_out_for", type_ahead)
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        assert stored(shelf, 2).mark.starred is not None and said(app) == ""


async def test_help_shows_every_key(app: ReadlistApp) -> None:
    async with app.run_test(size=(100, 180)) as pilot:
        await press(pilot, "question_mark")
        assert isinstance(app.screen, Help)
        text = screen_text(app)
        for command in COMMANDS:
            # The saved views have one row.
            shown = command.help[:40].partition(" tab ")[0]
            assert not command.keys or shown in text, command.name
        await press(pilot, "escape")
        assert app.screen_stack == [app.reading]


async def test_the_palette_runs_any_command(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "colon", *"Star")
        await press(pilot, "enter")
        await quiet(pilot)
        assert stored(shelf, 1).mark.starred


async def test_remapped_keys_are_the_keys(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(), KeyMap({"star": ("f",)}))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "s")
        assert not stored(shelf, 1).mark.starred
        await press(pilot, "f")
        assert stored(shelf, 1).mark.starred
        assert " f unstar" in screen_text(app)


async def test_a_click_on_a_row_goes_there_and_on_its_star_stars_it(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await press(pilot, "s")
        # Below the head of the group.
        await pilot.click("#paper-list", offset=(20, 5))
        await quiet(pilot)
        assert number(app.reading.state.entry) == 5
        await pilot.click("#paper-list", offset=(20, 0))
        await quiet(pilot)
        assert number(app.reading.state.entry) == 5
        star = screen_text(app).split("\n")[2].index("★")
        await pilot.click("#paper-list", offset=(star, 7))
        await quiet(pilot)
        assert stored(shelf, 7).mark.starred


@pytest.mark.parametrize(("size", "rows"), [((120, 40), 30), ((80, 24), 11), ((40, 12), 5)])
async def test_papers_seen_at_once(shelf: Shelf, size: tuple[int, int], rows: int) -> None:
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=size) as pilot:
        await quiet(pilot)
        assert list_pane(app).size.height >= rows
        assert detail_pane(app).size.height >= min(rows, 4)
        assert "Author1" in screen_text(app)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1, 1), *slow((6, 3), (12, 2), (200, 3), (20, 60))])
async def test_no_size_of_terminal_ends_it(shelf: Shelf, size: tuple[int, int]) -> None:
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=size) as pilot:
        await press(
            pilot, "j", "s", "enter", "escape", "question_mark", "escape", "e", "a", "escape", "slash", "escape"
        )
        await press(pilot, "Y", "escape", "i", "escape")
        assert app.is_running


async def test_a_mark_redraws_one_row_once(app: ReadlistApp, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    # However slow the disk may be just now: that would be shown.
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        # The first star brings its column.
        await press(pilot, "s", "j")
        drawn: list[int] = []
        render_line = list_pane(app).render_line

        def watched(y: int) -> Strip:
            drawn.append(y)
            return render_line(y)

        monkeypatch.setattr(list_pane(app), "render_line", watched)
        await press(pilot, "s")
        await until(lambda: not shelf.marks.status().pending)
        await quiet(pilot)
        assert drawn == [2]
        drawn.clear()
        # The head of the group counts what is left.
        await press(pilot, "r")
        await until(lambda: not shelf.marks.status().pending)
        await quiet(pilot)
        assert drawn == [0, 2]


@pytest.mark.slow
async def test_what_another_readlist_marks_shows_up(app: ReadlistApp, tmp_path: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        other = make_shelf(tmp_path)
        _, done = other.marks.apply([stored(other, 2)], starred=True)
        done.result()
        other.close()
        await until(lambda: bool((shown := app.reading.state.entry_at(1)) and shown.mark.starred))


@pytest.mark.slow
async def test_papers_that_another_process_imports_come_in_while_the_cursor_stays(
    app: ReadlistApp, tmp_path: Path
) -> None:
    file = tmp_path / "fresh.bib"
    file.write_text("@article{a, title={A Fresh Work on Sparse Attention}, author={Lovelace, Ada}}", encoding="utf-8")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "j", "r")
        before = list(app.reading.state.ids)
        done = await asyncio.to_thread(run, tmp_path, "import", str(file))
        assert done.returncode == 0
        await until(lambda: len(app.reading.state.ids) > len(before))
        await quiet(pilot)
        assert "A Fresh Work on Sparse Attention" in screen_text(app)
        assert [shown for shown in app.reading.state.ids if shown in before] == before
        assert number(app.reading.state.entry) == 3
        assert "Inbox 12" in screen_text(app) and "All 13" in screen_text(app)


async def test_q_quits(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("q")
        await until(lambda: not app.is_running)


async def test_a_chosen_theme_is_kept_in_the_settings(shelf: Shelf, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text("# mine\nmouse = false\n", encoding="utf-8")
    app = ReadlistApp(shelf, Config(), KeyMap(), settings)
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        app.keep_theme("nord")
        await quiet(pilot)
    assert load(settings).theme == "nord"
    assert settings.read_text(encoding="utf-8").startswith("# mine\nmouse = false\n")


@pytest.mark.slow
async def test_no_key_is_lost_or_out_of_order_while_ten_thousand_papers_load(tmp_path: Path) -> None:
    shelf = make_shelf(tmp_path)
    shelf.papers.add(make_batch([make_paper(number) for number in range(1, 10_001)]))
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("G", "k", "s", "slash", *"recurrent sampling 9956", "enter", "s", "escape")
        await quiet(pilot)
        starred = [number(entry) for entry in shelf.papers.entries(shelf.papers.browse(VIEWS[2]))]
        assert starred == [9956, 9999]
        assert number(app.reading.state.entry) == 9956, "where it was decided"
        assert "9,956/10,000" in screen_text(app)
    shelf.close()


@pytest.mark.slow
async def test_the_palette_finds_themes(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "ctrl+p", Fill("theme nord"), "enter")
        assert app.theme == "nord"


@pytest.mark.slow
@pytest.mark.parametrize(
    "keys", [("colon", "s", "t", "enter", "escape"), *slow(("ctrl+p", "ctrl+p", "j", "k", "escape"))]
)
async def test_quick_keys_around_the_palette_do_no_harm(app: ReadlistApp, keys: tuple[str, ...]) -> None:
    async with app.run_test(size=SIZE) as pilot:
        for _ in range(5):
            await pilot.press(*keys)
        await quiet(pilot)
        assert app.screen_stack == [app.reading]


@pytest.mark.slow
async def test_undo_typed_right_after_a_confirmed_bulk_change_undoes_it(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "s")
        await pilot.press("A")
        await pilot.press("y", "u")
        await quiet(pilot)
        assert len(shelf.papers.unread_ids()) == 12
        assert stored(shelf, 1).mark.starred


async def test_an_import_into_a_folder_that_is_gone_is_no_success(
    app: ReadlistApp, shelf: Shelf, tmp_path: Path
) -> None:
    page = tmp_path / "day.json"
    page.write_text('[{"paper": {"id": "2608.00099", "title": "One more"}}]', encoding="utf-8")
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        for file in tmp_path.glob("library.db*"):
            file.unlink()
        await press(pilot, "i", Fill(f"'{page}'"), "enter")
        assert "library deleted" in said(app) and "Imported" not in said(app)


async def test_a_selection_outlasts_the_first_results_of_a_long_search(tmp_path: Path) -> None:
    shelf = make_shelf(tmp_path)
    shelf.papers.add(make_batch([make_paper(number) for number in range(1, 421)]))
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", Fill("number"), "enter", "G", "space", "k", "space")
        assert len(app.reading.state.selection) == 2
        await press(pilot, "R")
        await quiet(pilot)
        assert len(app.reading.state.selection) == 2
    shelf.close()


async def test_a_detail_that_became_short_is_seen_from_wherever_it_was_scrolled_to(
    app: ReadlistApp, shelf: Shelf
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        entry = app.reading.state.entry
        assert entry is not None
        app.reading.state.replace([entry], shelf.marks.apply([entry], note="line\n" * 80)[0])
        app.reading.ui.show()
        await press(pilot, "enter", "G")
        assert detail_pane(app).scroll_offset.y > 20
        long = app.reading.state.entry
        assert long is not None
        app.reading.state.replace([long], shelf.marks.apply([long], note="short")[0])
        app.reading.ui.show()
        await quiet(pilot)
        assert detail_pane(app).scroll_offset.y == detail_pane(app).max_scroll_y
        assert "short" in screen_text(app)


@pytest.mark.slow
async def test_a_list_that_became_short_fills_the_pane(tmp_path: Path) -> None:
    shelf = make_shelf(tmp_path)
    shelf.papers.add(make_batch([make_paper(number) for number in range(1, 101)]))
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "G", *["r", "k"] * 20, "1")
        papers = list_pane(app)
        assert len(app.reading.state.ids) == 80
        # All papers, the head of their group and the end of the list.
        assert papers.virtual_size.height == 82
        assert papers.scroll_offset.y == 82 - papers.size.height
    shelf.close()


@pytest.mark.slow
async def test_the_day_in_a_row_follows_the_order(tmp_path: Path) -> None:
    shelf = make_shelf(tmp_path)
    shelf.papers.add(make_batch([make_paper(1, published=date(2026, 3, 9))]))
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        assert "Mar" not in screen_text(app).splitlines()[1][:70]
        await press(pilot, "S", "2")
        assert "Mar" in screen_text(app).splitlines()[1][:70]
        await press(pilot, "S", "1")
        assert "Mar" not in screen_text(app).splitlines()[1][:70]
    shelf.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "read", "starred", "cursor"),
    [
        ("2 A y s", range(1, 13), [1], 1),
        ("2 S 7 j s", [], [12], 12),
        ("2 space Y 1 j x", [1], [], 3),
        ("2 j j A n s u", [], [], 3),
        ("x slash s p a r s e enter j s", [1], [8], 8),
        ("2 colon s t a r enter j x", [2], [1], 3),
    ],
)
async def test_keys_typed_at_once_apply_in_their_order_also_to_dialogs(
    app: ReadlistApp, shelf: Shelf, typed: str, read: Sequence[int], starred: Sequence[int], cursor: int
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        for key in typed.split():
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await quiet(pilot)
        await quiet(pilot)
        assert app.screen_stack == [app.reading]
        assert number(app.reading.state.entry) == cursor
        entries = [stored(shelf, paper) for paper in range(1, 13)]
        assert [number(entry) for entry in entries if entry.mark.read] == list(read)
        assert [number(entry) for entry in entries if entry.mark.starred] == list(starred)
