"""Names that look like markup are shown as they are, in every dialog."""

from __future__ import annotations

from pathlib import Path

import pytest

from readlist.config import Config, load
from readlist.model.feed import Feed
from readlist.query import parse
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.commands import COMMANDS
from readlist.tui.dialogs.dialog import Choice, Prompt, Question
from readlist.tui.dialogs.feed_list import FeedList
from readlist.tui.keymap import KeyMap
from tests.support.papers import make_batch, make_paper, make_shelf
from tests.support.tui import SIZE, press, quiet, said, screen_text

HOSTILE = "[/red] [bold [@click=app.quit]x"


@pytest.mark.slow
async def test_a_view_named_like_markup_is_shown_renamed_and_deleted(shelf: Shelf, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text(f'[[views]]\nname = "{HOSTILE}"\nquery = "[/b] OR sparse"\n', encoding="utf-8")
    app = ReadlistApp(shelf, load(settings), KeyMap(), settings)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "5", "V")
        assert isinstance(app.screen, Choice)
        assert screen_text(app).count(HOSTILE) == 2, "in the tab and in the frame"
        await press(pilot, "1")
        assert isinstance(app.screen, Prompt)
        assert HOSTILE in screen_text(app).split("\n", 1)[1] and "[/b] OR sparse" in screen_text(app)
        await press(pilot, "escape", "V", "4")
        assert HOSTILE in said(app)
        assert load(settings).views == ()
        await press(pilot, "u")
        assert load(settings).views[0].name == HOSTILE
        assert HOSTILE in screen_text(app).split("\n", 1)[0]


@pytest.mark.slow
async def test_a_feed_named_like_markup_is_listed_and_removed(shelf: Shelf, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    feed = Feed(HOSTILE, "huggingface", "daily")
    app = ReadlistApp(shelf, Config(feeds=(feed,), refresh=None), KeyMap(), settings)
    async with app.run_test(size=(160, 36)) as pilot:
        await press(pilot, "F")
        assert isinstance(app.screen, FeedList)
        assert HOSTILE[:20] in screen_text(app)
        await press(pilot, "d")
        await press(pilot, "escape")
        assert app.fault is None


@pytest.mark.slow
async def test_questions_and_prompts_show_their_words_as_they_are(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        prompt = Prompt(KeyMap(), HOSTILE, HOSTILE, HOSTILE, placeholder=HOSTILE)
        choice = Choice(KeyMap(), HOSTILE, [("x", HOSTILE)])
        for screen, times in ((Question(KeyMap(), HOSTILE), 1), (prompt, 4), (choice, 2)):
            app.push_screen(screen)
            await quiet(pilot)
            assert screen_text(app).count(HOSTILE) == times
            await press(pilot, "escape")


async def test_an_offer_is_shown_on_one_harmless_line(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        prompt = Prompt(KeyMap(), "Title", "Question", "adds")
        app.push_screen(prompt)
        prompt.offer(f"{HOSTILE}\x1b[31m\u202ey", "offered")
        await quiet(pilot)
        assert f"{HOSTILE}y  (offered" in screen_text(app)


@pytest.mark.slow
async def test_a_file_named_like_markup_is_asked_about_and_written(app: ReadlistApp, tmp_path: Path) -> None:
    file = tmp_path / "[red] [bold [x.bib"
    file.write_text("mine", encoding="utf-8")
    async with app.run_test(size=(200, 36)) as pilot:
        await press(pilot, "X", "1")
        assert isinstance(app.screen, Prompt)
        app.screen._field.value = str(file)
        await press(pilot, "enter")
        assert isinstance(app.screen, Question)
        await press(pilot, "y")
        assert app.fault is None and file.read_text(encoding="utf-8") != "mine"


@pytest.mark.slow
async def test_every_command_is_carried_out_where_every_name_is_hostile(tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text(
        f'refresh = "never"\n[[feeds]]\nname = "{HOSTILE}"\nkind = "rss"\nquery = "http://127.0.0.1:9/"\n'
        f'[[views]]\nname = "{HOSTILE}"\nquery = "quantized"\n',
        encoding="utf-8",
    )
    shelf = make_shelf(tmp_path / "home")
    papers = [
        make_paper(
            number, title=f"{HOSTILE} {number}", abstract=HOSTILE, authors=(HOSTILE,), keywords=(HOSTILE,),
            organization=HOSTILE, summary=HOSTILE,
        )
        for number in range(1, 4)
    ]  # fmt: skip
    # The name a captured page has by its own heading.
    shelf.papers.add(make_batch(papers, feed=HOSTILE))
    shelf.marks.apply(shelf.papers.entries(shelf.papers.select(parse(""), "feed")), note=f"#{HOSTILE}")[1].result(
        timeout=20
    )
    apart = {"quit", "suspend", "edit_note", "open_paper", "open_pdf", "open_repo", "copy_link"}
    app = ReadlistApp(shelf, load(settings), KeyMap(), settings)
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        for command in COMMANDS:
            if command.name in apart or "list" not in command.contexts:
                continue
            if command.keys:
                await press(pilot, command.keys[0])
            else:
                await app.reading.action_command(command.name)
                await quiet(pilot)
            assert app.fault is None, command.name
            for _ in range(4):
                if len(app.screen_stack) == 2:
                    break
                assert "[/red]" in screen_text(app) or command.name in ("help", "add", "import_page"), command.name
                await press(pilot, "escape")
            await press(pilot, "escape", "2")
        assert app.fault is None and HOSTILE in screen_text(app)
    shelf.close()
