"""Header and footer as text: what fits, what goes first, and what of a line is drawn again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from readlist.model.feed import LastFetch
from readlist.tui.commands import footer
from readlist.tui.keymap import KeyMap
from readlist.tui.render.bar_text import (
    ViewHeader,
    footer_pieces,
    header_pieces,
)
from readlist.tui.render.pieces import ClickPiece, changed_cells
from readlist.tui.render.signs import ASCII_SIGNS

NOW = datetime(2026, 8, 2, 12, 0, tzinfo=UTC)
TABS = (("Inbox", 34), ("All", 386), ("Starred", 7), ("Notes", 4), ("Tonight", 12))
HEADER = ViewHeader(TABS, digits=(2, 3, 1, 1, 2), position=4, left=34, done=(3, 12), fetch=LastFetch(NOW, 0, 2))
KEYS = KeyMap()


def text(pieces: list[ClickPiece]) -> str:
    return "".join(piece[0] for piece in pieces)


def looks(pieces: list[ClickPiece]) -> dict[str, str]:
    """The look of each text."""
    return {piece[0].strip(): piece[1] for piece in pieces}


def header(width: int, **changes: object) -> str:
    return text(header_pieces(replace(HEADER, **changes), width, NOW))


def test_the_header_has_tabs_counts_position_order_and_last_fetch() -> None:
    local = NOW.astimezone()
    shown = header(120)
    assert shown.startswith(" readlist   Inbox 34  All 386  Starred 7  Notes 4  Tonight 12 ")
    assert shown.endswith(f"   4/34 · feed order ▾ · ⟳ {local.hour}:{local.minute:02} ")
    assert cell_len(shown) == 120


def test_an_order_by_what_was_gained_says_since_when() -> None:
    noon = NOW.astimezone().replace(hour=9, minute=40)
    assert " · feed order since 9:40 ▾ · " in header(140, since=noon)
    assert " · feed order since Thu 9:40 ▾ · " in header(140, since=noon - timedelta(days=3))
    assert " · feed order since Jul 2 ▾ · " in header(140, since=noon - timedelta(days=31))
    assert "since" not in header(80, since=noon)


def test_a_list_as_of_a_day_says_so_at_any_width_and_leads_back_with_a_click() -> None:
    past = date(2026, 7, 20)
    for width in (120, 80, 60, 40):
        assert header(width, as_of=past).endswith("· as of Jul 20 "), width
        assert "⟳" not in header(width, as_of=past)
    assert header(120, as_of=date(2025, 7, 20)).endswith(" · as of Jul 20, 2025 ")
    said = next(piece for piece in header_pieces(replace(HEADER, as_of=past), 40, NOW) if "as of" in piece[0])
    assert said[2] == ("screen.command", ("now",))


def test_the_name_goes_first_then_the_counts_of_other_tabs_then_the_other_tabs() -> None:
    assert header(80).startswith(" readlist   Inbox 34  All 386 ") and header(80).endswith(" 4/34 · feed ▾ ")
    assert header(75).startswith(" Inbox 34  All 386 ")
    assert header(60).startswith(" Inbox 34  All  Starred  Notes  Tonight ")
    assert header(40) == " Inbox 34  ▰▰▱▱▱▱▱▱▱▱ ‹1/5›        4/34 "
    assert header(40, shown=1).startswith(" All 386 ") and "‹2/5›" in header(40, shown=1)
    assert header(24).startswith(" Inbox 34 ") and header(24).endswith(" 4/34 ")


def test_a_bar_is_full_only_when_all_is_decided_and_empty_only_when_nothing_is() -> None:
    for done, full in (((0, 90), 0), ((1, 90), 1), ((89, 90), 9), ((90, 90), 10)):
        assert header(40, done=done).count("▰") == full
    assert "▱" not in header(40, done=(0, 0))


def test_tabs_come_with_their_counts_and_stay_when_these_get_shorter() -> None:
    waiting = header(120, tabs=tuple((name, None) for name, _ in TABS), complete=False)
    assert "Inbox" in waiting and "All" not in waiting
    fewer = header(120, tabs=(("Inbox", 9), *TABS[1:]))
    assert fewer.index("All") == header(120).index("All")


@pytest.mark.parametrize(
    ("fetch", "shown", "look"),
    [
        (LastFetch(NOW - timedelta(days=60), 0, 1), "⟳ Jun 3", "position"),
        (LastFetch(NOW - timedelta(days=60), 1, 3), "⟳ Jun 3 1 failed", "late"),
        (LastFetch(NOW - timedelta(days=60), 3, 3), "⟳ Jun 3 failed", "wrong"),
        (LastFetch(None, 2, 2), "⟳ failed", "wrong"),
    ],
)
def test_a_fetch_that_failed_says_so_in_a_word(fetch: LastFetch, shown: str, look: str) -> None:
    for width in (120, 70) if look != "position" else (120,):
        pieces = header_pieces(replace(HEADER, fetch=fetch), width, NOW)
        assert looks(pieces)[shown] == look
        assert (("screen.command", ("refresh",))) in [click for _, _, click in pieces]
    never = header_pieces(replace(HEADER, fetch=LastFetch(None, 2, 2)), 120, NOW, ASCII_SIGNS)
    assert looks(never)["fetch failed"] == "wrong"


def test_nothing_is_said_of_feeds_never_fetched_and_of_an_empty_list() -> None:
    for fetch in (None, LastFetch(), LastFetch(None, 0, 2)):
        assert "⟳" not in header(120, fetch=fetch)
    assert "0/0" not in header(120, position=0, left=0)


def test_more_to_come_and_hidden_papers_are_counted() -> None:
    assert " 4/34+ ·" in header(120, more=True)
    assert "12 muted · " in header(120, muted=12)


def test_the_position_has_always_the_same_width() -> None:
    assert header(120, position=4).index("/") == header(120, position=33).index("/")


@given(
    st.integers(0, 200),
    st.integers(0, 4),
    st.lists(st.tuples(st.text("ab 视é", max_size=40), st.none() | st.integers(0, 10**7)), min_size=5, max_size=20),
    st.integers(0, 10**6),
)
def test_the_header_fits_any_width(width: int, shown: int, tabs: list[tuple[str, int | None]], position: int) -> None:
    given_header = replace(HEADER, tabs=tuple(tabs), shown=shown, position=position, left=position, digits=())
    for signs in (None, ASCII_SIGNS):
        pieces = header_pieces(given_header, width, NOW, *([signs] if signs else []))
        assert cell_len(text(pieces)) <= width
        assert cell_len(text(footer_pieces(footer("list"), width, KEYS, lead="3 selected:"))) <= width


def test_ascii_bars_are_ascii() -> None:
    for width in (40, 120):
        assert text(header_pieces(HEADER, width, NOW, ASCII_SIGNS)).isascii()
        assert text(footer_pieces(footer("list"), width, KEYS, lead="3:", signs=ASCII_SIGNS)).isascii()


def test_the_footer_has_the_first_keys_and_help_at_its_right_end() -> None:
    assert text(footer_pieces(footer("list", {"short"}), 40, KEYS)) == " x done  s star  y copy  z zoom  ? help "
    wide = text(footer_pieces(footer("list", {"repo link"}), 120, KEYS))
    assert wide.startswith(
        " x done  s star  r read  e note  y copy repo  o open  n next unread  / search  Space select "
    )
    assert wide.endswith("  ? help ") and cell_len(wide) == 120
    assert text(footer_pieces(footer("list"), 7, KEYS)).strip() in ("? help", "? hel")


def test_the_footer_of_a_selection_says_what_it_acts_on() -> None:
    words = footer("list", {"selected", "repo link"})
    shown = text(footer_pieces(words, 120, KEYS, lead="3 selected:"))
    assert shown.startswith(
        " 3 selected: x done · s star · r read · y copy {repos} · Esc clear · Y copy more · X export"
    )


def test_a_command_without_keys_is_left_out() -> None:
    assert "star" not in text(footer_pieces(footer("list"), 120, KeyMap({"star": ()})))


LINES = st.lists(st.tuples(st.text("ab视", max_size=5), st.sampled_from(["", "key", "word"]), st.none()), max_size=6)


@given(LINES, LINES)
def test_only_cells_that_differ_are_drawn_again(before: list[ClickPiece], after: list[ClickPiece]) -> None:
    def cells(pieces: list[ClickPiece]) -> list[tuple[str, str]]:
        return [(sign, look) for words, look, _ in pieces for sign in words for _ in range(cell_len(sign))]

    old, new = cells(before), cells(after)
    spans = changed_cells(before, after)
    drawn = {place for first, end in spans for place in range(first, end)}
    differing = {place for place, (one, other) in enumerate(zip_longest(old, new)) if one != other}
    assert differing <= drawn and all({first, end - 1} <= differing for first, end in spans)


def test_cells_far_apart_are_drawn_apart() -> None:
    before, after = (header_pieces(replace(HEADER, position=place), 120, NOW) for place in (4, 5))
    assert [end - first for first, end in changed_cells(before, after)] == [1]
    after = header_pieces(replace(HEADER, tabs=(("Inbox", 33), *TABS[1:]), left=33), 120, NOW)
    assert [end - first for first, end in changed_cells(before, after)] == [1, 1]
