"""Counts by day as a line: a block a day, a gap where nobody asked, as much as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from readlist.tui.render.signs import ASCII_SIGNS, SIGNS
from readlist.tui.render.sparkline import CountForm, count_forms, fitting_forms, gain_text, line_count, sparkline
from readlist.tui.render.text_block import chips
from tests.support.trends import make_series

TODAY = date(2026, 8, 2)
TUESDAY = date(2026, 7, 28)


def test_a_day_has_a_block_and_a_day_that_was_not_asked_a_gap() -> None:
    series = make_series(TUESDAY, (53, 60, None, None, 94))
    assert sparkline(series, SIGNS) == "▁▂··█"
    assert sparkline(series, ASCII_SIGNS) == ".:  @"
    # A sign for a gap is no block.
    assert SIGNS.gap not in SIGNS.heat and ASCII_SIGNS.gap not in ASCII_SIGNS.heat


def test_a_flat_line_is_one_that_was_asked() -> None:
    assert sparkline(make_series(TUESDAY, (5, 5, 5)), SIGNS) == "▁▁▁"
    assert sparkline(make_series(TUESDAY, (5, None, 5)), SIGNS) == "▁·▁"
    assert sparkline(make_series(TUESDAY, (9, 5)), SIGNS) == "█▁"


def test_one_sighting_is_a_number_without_a_line() -> None:
    single = make_series(TUESDAY, (5,))
    assert sparkline(single, SIGNS) == "" == sparkline(make_series(TUESDAY, (None, 5)), SIGNS)
    assert count_forms(single, TODAY, SIGNS) == count_forms(None, TODAY, SIGNS) == [CountForm()]
    # Of the last days only one was asked.
    long = make_series(TUESDAY - timedelta(days=9), (1, *[None] * 8, 4))
    assert sparkline(long, SIGNS) == "▁········█" and sparkline(long, SIGNS, 7) == ""


def test_what_was_gained_says_since_when() -> None:
    def said(gained: int | None, since: date | None, counts: Sequence[int] = (1, 2)) -> str:
        series = make_series(TODAY - timedelta(days=len(counts) - 1), counts, gained=gained, since=since)
        return count_forms(series, TODAY, SIGNS)[0].after("▲ 9")

    assert said(31, TUESDAY) == "▲ 9 ▁█ +31 since Tue"
    assert said(31, TODAY) == "▲ 9 ▁█ +31 today"
    # In the evening west of Greenwich, where counts already have the next day.
    assert said(31, TODAY + timedelta(days=1)) == "▲ 9 ▁█ +31 today"
    assert said(1_234, date(2026, 7, 1)) == "▲ 9 ▁█ +1.2k since Jul 1"
    assert said(-3, date(2025, 7, 1)) == "▲ 9 ▁█ -3 since Jul 1, 2025"
    assert said(0, TUESDAY) == said(None, None) == "▲ 9 ▁█"
    assert said(5, TUESDAY, (4,)) == "▲ 9 +5 since Tue"
    assert gain_text(None) == gain_text(0) == ""


def test_a_line_that_ended_earlier_says_when() -> None:
    line = make_series(date(2026, 7, 1), (1, 2))
    assert count_forms(line, TODAY, SIGNS)[0].after("▲ 2") == "▲ 2 ▁█ to Jul 2"
    assert count_forms(line, date(2026, 7, 3), SIGNS)[0].after("▲ 2") == "▲ 2 ▁█"


def test_with_less_room_the_day_goes_first_then_half_of_the_line_then_the_line() -> None:
    series = make_series(date(2026, 7, 20), range(14), gained=9, since=TUESDAY)
    said = [form.after("▲ 9") for form in count_forms(series, TODAY, SIGNS)]
    assert said == [
        "▲ 9 ▁▁▂▂▃▃▄▄▅▅▆▆▇█ +9 since Tue", "▲ 9 ▁▁▂▂▃▃▄▄▅▅▆▆▇█ +9", "▲ 9 ▁▂▃▄▅▆█ +9", "▲ 9 +9 since Tue",
        "▲ 9 +9", "▲ 9",
    ]  # fmt: skip


@given(st.lists(st.lists(st.none() | st.integers(0, 10**6), max_size=14), max_size=3), st.integers(0, 90))
def test_forms_fit_the_room_or_say_nothing(all_counts: list[list[int | None]], room: int) -> None:
    kinds = [count_forms(make_series(TUESDAY, counts, gained=3, since=TUESDAY), TODAY, SIGNS) for counts in all_counts]

    def fits(forms: Sequence[CountForm]) -> bool:
        return sum(cell_len(form.after("▲ 9")) for form in forms) <= room

    chosen = fitting_forms(kinds, fits)
    assert len(chosen) == len(kinds)
    assert fits(chosen) or all(form == CountForm() for form in chosen)


@given(st.lists(st.integers(0, 40), max_size=9), st.integers(5, 40))
def test_lines_are_counted_as_chips_are_laid_out(lengths: list[int], width: int) -> None:
    laid_out = chips([[("x" * length, "chip")] for length in lengths], width, "…")
    assert line_count([length + 2 for length in lengths], width) == len(laid_out)


@pytest.mark.parametrize("signs", [SIGNS, ASCII_SIGNS])
def test_every_sign_of_a_line_is_one_cell(signs: object) -> None:
    assert all(cell_len(sign) == 1 for sign in (*signs.heat, signs.gap))  # type: ignore[attr-defined]


@pytest.mark.parametrize("signs", [SIGNS, ASCII_SIGNS])
def test_no_block_before_a_number_makes_it_a_gain_or_a_loss(signs: object) -> None:
    assert not {*"+-"} & {*signs.heat}  # type: ignore[attr-defined]
