"""What is drawn can be read: every cell has a text of the palette on a ground of it, in every theme."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from textual.app import App
from textual.widgets import Input

from readlist.config import Config
from readlist.shelf import Shelf
from readlist.tui.app import DARK, LIGHT, ReadlistApp
from readlist.tui.dialogs.dialog import Frame
from readlist.tui.keymap import KeyMap
from readlist.tui.render.palette import GROUNDS, LEAST_OF_LINES, TEXTS
from readlist.tui.render.strips import LEAST, contrast
from tests.support.scenes import SCENES, show
from tests.support.themes import COLOURED
from tests.support.tui import SIZE, press, quiet


def drawn(app: App[None]) -> Iterator[Segment]:
    """What is drawn, of an open dialog only what is inside of its frame: the rest is dimmed."""
    frames = app.screen.query(Frame)
    region = frames.first().region if frames else app.screen.region
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        if region.y <= y < region.bottom:
            yield from strip.crop(region.x, region.right)


def colours(segment: Segment) -> tuple[ColorTriplet, ColorTriplet]:
    """The colours of a text and its ground."""
    style = segment.style
    assert style is not None and style.color is not None and style.bgcolor is not None, segment
    text, ground = (colour.get_truecolor() for colour in (style.color, style.bgcolor))
    return (ground, text) if style.reverse else (text, ground)


@pytest.mark.slow
async def test_every_cell_has_a_text_and_a_ground_of_the_palette(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        roles = app.theme_variables
        grounds = {Color.parse(roles[name]).get_truecolor() for name in GROUNDS}
        texts = {Color.parse(roles[name]).get_truecolor() for name in TEXTS}
        line = Color.parse(roles["line"]).get_truecolor()
        for scene in (scene for scene in SCENES if scene not in ("nothing found", "filter", "manual")):
            await show(app, pilot, scene)
            seen = [segment for segment in drawn(app) if segment.text.strip()]
            assert seen, scene
            for segment in seen:
                # What is drawn reversed has the same contrast.
                pair = set(colours(segment))
                assert len(pair & grounds) == 1, (scene, segment)
                assert pair & texts or (line in pair and not any(map(str.isalnum, segment.text))), (scene, segment)


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES)
async def test_every_text_can_be_read_in_every_theme(app: ReadlistApp, scene: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await show(app, pilot, scene)
        for theme in COLOURED:
            app.theme = theme.name
            await quiet(pilot)
            for segment in drawn(app):
                if segment.text.strip():
                    least = LEAST if any(map(str.isalnum, segment.text)) else LEAST_OF_LINES
                    assert contrast(*colours(segment)) >= least, (theme.name, segment)


@pytest.mark.parametrize(
    ("theme", "environment"),
    [
        pytest.param(DARK.name, {"NO_COLOR": "1"}, id="no colours"),
        pytest.param(LIGHT.name, {"COLORTERM": "", "TERM": "xterm"}, id="sixteen colours", marks=pytest.mark.slow),
        pytest.param("ansi-light", {}, id="the terminal's own", marks=pytest.mark.slow),
    ],
)
async def test_the_cursor_and_hits_are_seen_without_colours(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, theme: str, environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    app = ReadlistApp(shelf, Config(theme=theme), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        for scene in ("list", "hits", "menu", "palette", "themes", "feeds"):
            await show(app, pilot, scene)
            seen = [segment for segment in drawn(app) if segment.text.strip()]
            reversed_ = [segment.text for segment in seen if segment.style is not None and segment.style.reverse]
            if scene == "hits":
                assert any("parse" in text for text in reversed_)
            else:
                assert any(text.startswith("▌") for text in reversed_), scene
            if environment.get("TERM") != "xterm":
                kinds = {ColorType.DEFAULT} if environment else {ColorType.DEFAULT, ColorType.STANDARD}
                styles = [segment.style for segment in seen if segment.style is not None]
                assert {colour.type for style in styles for colour in (style.color, style.bgcolor) if colour} <= kinds


async def test_a_problem_of_a_prompt_is_below_its_field_until_the_text_is_changed(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "a", *"hello", "enter")
        problem = app.screen.query_one(".refusal")
        assert problem.display and "hello" in str(problem.render())
        await press(pilot, "x")
        assert app.screen.query_one(Input).value == "hellox" and not problem.display
