"""The compositor: what a key draws, on what was there, is the whole screen; in few bytes, with looks and links."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from datetime import date
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.widgets.compositor import CellCompositor, Cells
from readlist.tui.widgets.paper_list import PaperList
from tests.support.papers import make_batch, make_paper
from tests.support.tui import SIZE, press, quiet, screen_text

_FULL = "\x1b[0m"


def console(depth: str = "truecolor") -> Console:
    return Console(force_terminal=True, color_system=depth, legacy_windows=False)  # type: ignore[arg-type]


def sent(*segments: tuple[str, Style], depth: str = "truecolor") -> str:
    return Cells([(0, 0, Strip([Segment(text, style) for text, style in segments]))]).render_segments(console(depth))


_KEYS = ("j", "j", "s", "x", "space", "z", "slash", "p", "enter", "escape", "e", "escape", "2", "G", "k", "u")
_SCROLLING = (*("j",) * 8, "k", *("k",) * 8, "ctrl+d", "ctrl+u", "s", "j", "j", "space", "j", "pagedown", "pageup", "G")


@pytest.mark.parametrize(
    "size", [(80, 24), *(pytest.param(size, marks=pytest.mark.slow) for size in (SIZE, (120, 24)))]
)
async def test_cells_drawn_after_keys_add_up_to_the_screen(app: ReadlistApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await quiet(pilot)
        for key, drawn, whole, updates in [each async for each in screens(app, pilot, _KEYS)]:
            assert updates or size != SIZE, key
            for y, (line, wanted) in enumerate(zip(drawn, whole, strict=True)):
                assert line.text == wanted.text, (key, y)
                assert cells(line) == cells(wanted), (key, y)


@pytest.mark.parametrize("size", [pytest.param((120, 24), marks=pytest.mark.slow), (80, 30)])
async def test_a_scrolled_list_is_moved_by_the_terminal(app: ReadlistApp, shelf: Shelf, size: tuple[int, int]) -> None:
    for day in (date(2026, 7, 30), date(2026, 7, 31)):
        papers = [make_paper(number) for number in range(100 * day.day, 100 * day.day + 40)]
        shelf.papers.add(make_batch(papers, day=day))
    async with app.run_test(size=size) as pilot:
        await press(pilot, *"j" * 16)
        scrolled = 0
        for key, drawn, whole, updates in [each async for each in screens(app, pilot, _SCROLLING)]:
            scrolled += sum(update.scroll is not None for update in updates)
            for y, (line, wanted) in enumerate(zip(drawn, whole, strict=True)):
                assert line.text == wanted.text, (key, y)
                assert cells(line) == cells(wanted), (key, y)
        assert scrolled > 7


async def screens(
    app: ReadlistApp, pilot: Pilot[None], keys: Sequence[str]
) -> AsyncIterator[tuple[str, list[Strip], list[Strip], list[Cells]]]:
    """Press keys; yield with each the screen that adds up, the screen as drawn as a whole, and the updates."""
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
    for key in keys:
        updates.clear()
        await press(pilot, key)
        await quiet(pilot)
        for update in updates:
            if update.scroll is not None:
                top, bottom, up = update.scroll
                lost = [Strip.blank(row.cell_length) for row in rows[: abs(up)]]
                rows[top:bottom] = [*rows[top + up : bottom], *lost] if up > 0 else [*lost, *rows[top : bottom + up]]
            for x, y, strip in update.pieces:
                before = rows[y]
                end = x + strip.cell_length
                rows[y] = Strip([*before.crop(0, x), *strip, *before.crop(end, before.cell_length)])
        yield key, list(rows), compositor.render_strips(), list(updates)


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
    assert sent(("a", red), ("b", red + Style(meta={"x": 1}))) == f"\x1b[1H\x1b[38;2;255;0;0;48;2;0;0;0mab{_FULL}"
    blue = Style(color="#0000ff", bgcolor="#000000")
    assert sent(("a", red), ("b", blue)).endswith(f"a\x1b[38;2;0;0;255mb{_FULL}")
    # What is not set over must be taken back.
    assert "b\x1b[22mc" in sent(("a", red), ("b", loud), ("c", red))
    assert "a\x1b[49mb" in sent(("a", red), ("b", Style(color="#ff0000")))
    assert "a\x1b[0mb" in sent(("a", red), ("b", Style()))
    assert re.search(r"\x1b\[38;5;196;48;5;16ma", sent(("a", red), depth="256"))


def look_of(on: set[str], color: str | None, ground: str | None) -> Style:
    return Style(color=color, bgcolor=ground) + Style.parse(" ".join(sorted(on)))


_ATTRIBUTES = ("bold", "dim", "italic", "underline", "blink", "reverse", "conceal", "strike", "overline")
_TURNED_OFF = {"22": "12", "23": "3", "24": "4", "25": "56", "27": "7", "28": "8", "29": "9"}


@given(
    looks=st.lists(
        st.builds(
            look_of,
            st.sets(st.sampled_from(_ATTRIBUTES)),
            st.sampled_from([None, "#ff0000", "#00ff00"]),
            st.sampled_from([None, "#000000", "#0000ff"]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_each_letter_has_its_look_whatever_was_before(looks: list[Style]) -> None:
    drawn = re.findall(r"\x1b\[([\d;]*)m|(a)", sent(*(("a", look) for look in looks)).partition("H")[2])
    seen, now = [], dict[str, str]()
    for codes, letter in drawn:
        if letter:
            seen.append(dict(now))
            continue
        for code in re.findall(r"[34]8;2;\d+;\d+;\d+|\d+", codes):
            if code == "0":
                now.clear()
            elif code in ("39", "49"):
                now.pop(code[0] + "8", None)
            elif code in _TURNED_OFF:
                for one in _TURNED_OFF[code]:
                    now.pop(one, None)
            else:
                now[code[:2]] = code
    for look, had in zip(looks, seen, strict=True):
        whole = Strip.render_ansi(look, ColorSystem.TRUECOLOR)
        assert set(had.values()) == set(re.findall(r"[34]8;2;\d+;\d+;\d+|\d+", whole)), looks


def test_links_begin_and_end_around_their_text() -> None:
    ground = Style(color="#ffffff", bgcolor="#000000")
    link = ground + Style(link="https://arxiv.org/abs/2401.00001")
    text = sent(("a", ground), ("b", link), ("c", link), ("d", ground))
    assert "a\x1b]8;;https://arxiv.org/abs/2401.00001\x07bc\x1b]8;;\x07d" in text
    assert sent(("b", link)).endswith(f"b\x1b]8;;\x07{_FULL}")


async def test_a_picture_of_the_screen_has_all_of_it(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        picture = unescape(re.sub(r"<[^>]+>", "", app.export_screenshot(title="")))
        assert "".join(screen_text(app).split()) in "".join(picture.split())


async def test_what_was_larger_in_the_layout_before_is_drawn_in_that(app: ReadlistApp) -> None:
    async with app.run_test(size=(120, 24)) as pilot:
        await quiet(pilot)
        compositor, pane = app.reading._compositor, app.reading.query_one("#paper-list", PaperList)
        assert compositor.visible_widgets[pane.vertical_scrollbar][0].height > 10
        for height in (3, 0):
            before = compositor.visible_widgets
            pane.styles.max_height = height
            # As when a widget comes: the layout is worked out anew when something asks for its place.
            for widget in pane.ancestors_with_self:
                if isinstance(widget, Widget):
                    widget._clear_arrangement_cache()
            compositor._full_map_invalidated = True
            update = compositor.render_full_update()
            assert isinstance(update, Cells) and before
            assert sum(strip.cell_length for _, _, strip in update.pieces) == 120 * 24
            assert pane.vertical_scrollbar.region.height <= height
