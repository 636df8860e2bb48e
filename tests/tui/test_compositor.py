"""The compositor: what a key draws, on what was there, is the whole screen; in few bytes, with looks and links."""

from __future__ import annotations

import re
from html import unescape

from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from readlist.tui.app import ReadlistApp
from readlist.tui.widgets.compositor import CellCompositor, Cells
from tests.support.tui import SIZE, press, quiet, screen_text

_FULL = "\x1b[0m"


def console(depth: str = "truecolor") -> Console:
    return Console(force_terminal=True, color_system=depth, legacy_windows=False)  # type: ignore[arg-type]


def sent(*segments: tuple[str, Style], depth: str = "truecolor") -> str:
    return Cells([(0, 0, Strip([Segment(text, style) for text, style in segments]))]).render_segments(console(depth))


async def test_cells_drawn_after_keys_add_up_to_the_screen(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        compositor = app.reading._compositor
        assert isinstance(compositor, CellCompositor)
        updates: list[Cells] = []
        shown = app._display

        def keep(screen: object, update: object) -> None:
            if isinstance(update, Cells):
                updates.append(update)
            shown(screen, update)  # type: ignore[arg-type]

        app._display = keep  # type: ignore[method-assign, assignment]
        rows = [Strip(strip) for strip in compositor.render_strips()]
        for key in (
            "j",
            "j",
            "s",
            "x",
            "space",
            "z",
            "slash",
            "p",
            "enter",
            "escape",
            "e",
            "escape",
            "2",
            "G",
            "k",
            "u",
        ):
            updates.clear()
            await press(pilot, key)
            await quiet(pilot)
            assert updates, key
            for update in updates:
                for x, y, strip in update.pieces:
                    before = rows[y]
                    end = x + strip.cell_length
                    rows[y] = Strip([*before.crop(0, x), *strip, *before.crop(end, before.cell_length)])
            whole = compositor.render_strips()
            for y, (drawn, wanted) in enumerate(zip(rows, whole, strict=True)):
                assert drawn.text == wanted.text, (key, y)
                assert cells(drawn) == cells(wanted), (key, y)


def cells(strip: Strip) -> list[tuple[str, str]]:
    """Return each letter with its look; of a blank, what can be seen of it."""
    return [
        (letter, Strip.render_ansi(_seen(letter, style or Style()), ColorSystem.TRUECOLOR))
        for text, style, _ in strip
        for letter in text
    ]


def _seen(letter: str, style: Style) -> Style:
    if letter != " " or style.reverse or style.underline or style.strike:
        return style
    return Style(bgcolor=style.bgcolor)


async def test_a_step_sends_the_changed_cells_only(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j")
        await quiet(pilot)
        compositor = app.reading._compositor
        app.reading._panes.list.refresh()
        detail = app.reading._panes.detail.region
        compositor.update_widgets({app.reading._panes.list})
        drawn = compositor.render_partial_update()
        assert isinstance(drawn, Cells)
        assert drawn.pieces
        assert all(x + strip.cell_length <= detail.x for x, _, strip in drawn.pieces)
        assert compositor.render_partial_update() is None


def test_a_look_is_sent_when_it_changes() -> None:
    red, loud = Style(color="#ff0000", bgcolor="#000000"), Style(color="#ff0000", bgcolor="#000000", bold=True)
    assert sent(("a", red), ("b", red + Style(meta={"x": 1}))) == f"\x1b[1;1H\x1b[38;2;255;0;0;48;2;0;0;0mab{_FULL}"
    blue = Style(color="#0000ff", bgcolor="#000000")
    assert sent(("a", red), ("b", blue)).endswith(f"a\x1b[38;2;0;0;255mb{_FULL}")
    # What is not set over must be taken back.
    assert "b\x1b[0;38;2;255;0;0;48;2;0;0;0mc" in sent(("a", red), ("b", loud), ("c", red))
    assert "a\x1b[0;38;2;255;0;0mb" in sent(("a", red), ("b", Style(color="#ff0000")))
    assert "a\x1b[0mb" in sent(("a", red), ("b", Style()))
    assert re.search(r"\x1b\[38;5;196;48;5;16ma", sent(("a", red), depth="256"))


def test_links_begin_and_end_around_their_text() -> None:
    ground = Style(color="#ffffff", bgcolor="#000000")
    link = ground + Style(link="https://arxiv.org/abs/2401.00001")
    text = sent(("a", ground), ("b", link), ("c", link), ("d", ground))
    assert "a\x1b]8;;https://arxiv.org/abs/2401.00001\x1b\\bc\x1b]8;;\x1b\\d" in text
    assert sent(("b", link)).endswith(f"b\x1b]8;;\x1b\\{_FULL}")


async def test_a_picture_of_the_screen_has_all_of_it(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        picture = unescape(re.sub(r"<[^>]+>", "", app.export_screenshot(title="")))
        assert "".join(screen_text(app).split()) in "".join(picture.split())
