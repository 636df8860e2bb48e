"""What entries look like: rows that fit, details that say all, text that stays text."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len
from textual.content import Content

from readlist.model.mark import Mark
from readlist.model.time import PartialDate
from readlist.shelf import Entry, GroupCount
from readlist.tui.render.highlight import highlighted
from readlist.tui.render.list_row import Columns, count_width, group_row, heat, row
from readlist.tui.render.signs import ASCII_SIGNS, count, day
from tests.support.papers import make_entry

TODAY = date(2026, 8, 2)
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)


def shown(
    entry: Entry,
    width: int = 80,
    columns: Columns = Columns(),  # noqa: B008
    *,
    cursor: bool = False,
    selected: bool = False,
) -> str:
    return "".join(text for text, _ in row(entry, width, TODAY, columns, cursor=cursor, selected=selected))


def test_a_row_tells_its_state_by_shape() -> None:
    assert shown(make_entry(2)).startswith(" ● Recurrent")
    assert shown(make_entry(2)).endswith(" {}   ")
    read = shown(make_entry(1, Mark(read=NOW, starred=NOW, note="a")))
    assert read.startswith("   Sparse") and read.endswith("    ★✎")
    assert shown(make_entry(2), cursor=True).startswith("▌● Rec")
    assert shown(make_entry(2), cursor=True, selected=True).startswith("▌●✓ Rec")
    assert shown(make_entry(2), columns=Columns(selecting=True)).startswith(" ●  Rec")
    assert shown(make_entry(2, Mark(starred=NOW, saved="unsaved")), cursor=True).startswith("▌! ")
    assert shown(make_entry(2, Mark(starred=NOW, saved="pending"))).startswith(" … ")


def test_what_is_new_has_a_sign_of_its_own_until_it_is_read() -> None:
    def text(mark: Mark, *, new: bool) -> str:
        return "".join(piece for piece, _ in row(make_entry(2, mark), 80, TODAY, cursor=False, selected=False, new=new))

    assert text(Mark(), new=True).startswith(" ✦ Rec")
    assert text(Mark(), new=False).startswith(" ● Rec")
    assert text(Mark(read=NOW), new=True).startswith("   Rec")


def test_a_paper_that_waits_for_its_title_shows_its_id() -> None:
    assert "arxiv:2608.00002 – title pending" in shown(make_entry(2, title=""))


def test_a_column_is_drawn_only_where_the_list_has_something_in_it() -> None:
    bare = Columns(code=False, star=False, note=False)
    entry = make_entry(2, Mark(starred=NOW))
    assert shown(entry, 20, bare) == " ● Recurrent attent…"
    assert shown(entry, 80, replace(bare, star=True)).endswith("  ★")
    assert shown(entry, 80, replace(bare, note=True)).endswith("  ")
    assert shown(entry, 80, replace(bare, upvotes=649, many=300)).endswith(" ▆ 94")
    assert shown(entry, 80, replace(bare, upvotes=649)).endswith("   94")
    assert shown(entry, 80, replace(bare, day="list")).endswith("  Aug  1")
    assert shown(entry, 40, replace(bare, upvotes=649, many=300, day="list")).rstrip().endswith("number 2")


def test_upvotes_are_high_by_their_logarithm_and_hot_in_the_top_tenth() -> None:
    votes = (0, 1, 5, 10, 28, 94, 116)
    assert "".join(heat(each, 116) for each in votes) == " ▁▃▄▆██"
    assert heat(7, 3) == "█"
    columns = Columns(upvotes=120_000, many=94)
    assert ("   94", "hot") in row(make_entry(2), 80, TODAY, columns, cursor=False, selected=False)
    for most in (7, 10, 649, 1_000, 9_999, 10_000, 110_000, 3_200_000):
        assert all(len(count(each)) <= count_width(most) for each in range(1, most + 1, max(1, most // 5_000)))


def test_what_was_gained_has_a_column_where_the_list_is_about_it() -> None:
    columns = Columns(code=False, star=False, note=False, upvotes=100, gained=True)

    def end(gained: int | None, width: int = 60) -> str:
        pieces = row(make_entry(3), width, TODAY, columns, cursor=False, selected=False, gained=gained)
        return "".join(text for text, _ in pieces)[-6:]

    assert [end(gained) for gained in (31, 1_234, 12_345, -3)] == ["   +31", " +1.2k", "  +12k", "    -3"]
    assert end(0).strip() == end(None).strip() == ""
    # It stays where upvotes have no room.
    assert end(31, 40) == "   +31"
    assert "+31" not in end(31, 35)


def test_a_wide_row_names_the_first_author_and_the_organisation() -> None:
    entry = make_entry(2, authors=("Ada de Groot", "Ben Writer"), organization="The Lab")
    assert "de Groot +1 · The Lab" in shown(entry, 110)
    assert "The Lab" not in shown(entry, 87)
    assert shown(make_entry(2, authors=(), organization=""), 100).rstrip().endswith("{}")


@pytest.mark.parametrize("columns", [Columns(), Columns(star=False, note=False, upvotes=12_000, many=9, day="list")])
@pytest.mark.parametrize("width", [20, 40, 56, 69, 90, 160])
def test_the_star_is_where_a_click_is_taken_for_it(columns: Columns, width: int) -> None:
    place = columns.star_at(width)
    assert (place is None) == (not columns.star)
    if place is not None:
        assert shown(make_entry(5, Mark(starred=NOW), title="x"), width, columns)[place] == "★"


def test_the_head_of_a_group_says_how_much_is_left() -> None:
    def head(key: tuple[date | None, str], counted: GroupCount | None, width: int = 60) -> str:
        text = "".join(piece for piece, _ in group_row(key, counted, width, TODAY))
        assert cell_len(text) == width
        return text

    today = head((TODAY, "HF trending"), GroupCount(12, 9))
    assert today.startswith("  Today · HF trending ───") and today.endswith("─ 9 of 12 left ▰▰▰▱▱▱▱▱▱▱")
    assert head((date(2026, 8, 1), "HF daily"), GroupCount(500, 499)).endswith(" 499 of 500 left ▰▱▱▱▱▱▱▱▱▱")
    assert head((date(2026, 7, 29), "arXiv"), GroupCount(500, 1)).startswith("  Wed Jul 29 · arXiv ─")
    assert "▱" in head((date(2026, 7, 29), "arXiv"), GroupCount(500, 1))
    assert "▱" not in head((date(2026, 7, 29), "arXiv"), GroupCount(500, 0))
    assert head((date(2025, 7, 29), "arXiv"), None).startswith("  Jul 29, 2025 · arXiv ─")
    assert head((None, "refs"), None).startswith("  Undated · refs ─")
    assert head((None, "A feed with a name that is too long for it" * 2), GroupCount(5, 5), 44).count("…") == 1
    plain = group_row((TODAY, "HF"), GroupCount(12, 9), 60, TODAY, signs=ASCII_SIGNS)
    assert "".join(piece for piece, _ in plain).isascii()


@given(st.text(max_size=120), st.integers(min_value=0, max_value=200))
@example("\u200d", 9)
@example("\u200da b\u200d", 40)
@example("a\u200d\u200d b \u200d c", 12)
@example("\N{WOMAN}\u200d\N{MICROSCOPE}" * 9, 21)
def test_a_row_fills_its_width_with_any_title(title: str, width: int) -> None:
    pieces = row(make_entry(2, title=title), width, TODAY, cursor=False, selected=False)
    text = "".join(piece for piece, _ in pieces)
    assert cell_len(text) == max(width, 3)
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text)


def test_plain_signs_are_ascii() -> None:
    entry, columns = make_entry(2, Mark(starred=NOW, note="n")), Columns(upvotes=94, many=9, day="list", selecting=True)
    pieces = row(entry, 120, TODAY, columns, cursor=True, selected=True, new=True, signs=ASCII_SIGNS)
    assert "".join(text for text, _ in pieces).isascii()


@pytest.mark.parametrize(
    ("value", "text"), [(649, "649"), (2140, "2.1k"), (2000, "2k"), (110_000, "110k"), (3_200_000, "3.2M")]
)
def test_counts_are_short(value: int, text: str) -> None:
    assert count(value) == text


def test_days_name_the_year_only_when_it_is_another() -> None:
    assert day(date(2026, 8, 1), TODAY) == "Aug  1"
    assert day(date(2024, 8, 1), TODAY) == "2024-08"
    assert day(None, TODAY) == ""


def test_of_a_month_or_year_no_day_is_shown() -> None:
    assert [day(PartialDate(2019, month), TODAY) for month in (0, 5)] == ["2019", "2019-05"]
    assert day(PartialDate(TODAY.year, 5), TODAY) == f"{TODAY.year}-05"
    undated = replace(make_entry(1, published=PartialDate(2019)), day=None)
    assert "".join(
        text for text, _ in row(undated, 80, TODAY, Columns(day="list"), cursor=False, selected=False)
    ).endswith("    2019")


@pytest.mark.parametrize(
    ("text", "word", "hit"),
    [
        ("Diffusion models", "diff", "Diff"),
        ("Müller’s method", "muller", "Müller"),
        ("a text-to-image model", "text to image", "text-to-image"),
        ("redirect direct", "direct", "direct"),
        ("视频扩散模型", "扩散", "扩散"),
        ("C, C# or C++ and C++17", "c++ and", "C++ and"),
        ("C or C# in C++", "C#", "C#"),
        ("Node.js is no node, js", "node.js", "Node.js"),
        ("From a to A* search", "A*", "A*"),
        ("an R² of 2", "R^2", "R²"),
        ("an L_1 norm, 1", "ℓ1", "L_1"),
        ("การเรียนรู้ของเครื่อง", "เรียนรู้", "เรียนรู้"),
        ("एक हिन्दी पाठ", "हिन्दी", "हिन्दी"),
    ],
)
def test_hits_are_marked_where_a_word_begins(text: str, word: str, hit: str) -> None:
    spans = highlighted(Content(text), [word]).spans
    assert [text[span.start : span.end] for span in spans] == [hit]
