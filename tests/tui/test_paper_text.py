"""What a paper looks like in the detail: everything in order, in any room; text that stays text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from readlist.model.mark import Mark
from readlist.model.paper import Announcement, Link
from readlist.model.time import PartialDate
from readlist.tui.keymap import KeyMap
from readlist.tui.render.link_text import address, hyperlink, link, targets
from readlist.tui.render.paper_text import detail
from readlist.tui.render.signs import ASCII_SIGNS, SIGNS
from readlist.tui.render.text_block import Block, Room, chips, lines_of
from tests.support.papers import make_entry, make_paper
from tests.support.trends import make_series

KEYS = KeyMap()
TODAY = date(2026, 8, 2)
FULL = make_entry(
    6,
    Mark(note="look again", noted=datetime(2026, 7, 31, 12, tzinfo=UTC), starred=datetime(2026, 8, 1, tzinfo=UTC)),
    summary="In short.",
    abstract="At length.\n\nAnd more.",
    keywords=("pruning", "sparse nets"),
    organization="The Lab",
    published=date(2026, 7, 30),
)
ANNOUNCED = [Announcement("HF daily", date(2026, 8, 1), 1), Announcement("HF trending", date(2026, 7, 31), 2)]
TUESDAY = date(2026, 7, 28)
SERIES = (
    make_series(TUESDAY, (53, 60, None, 94), gained=41, since=TUESDAY),
    make_series(TUESDAY, (10, 10, None, 13), kind="stars", gained=3, since=TUESDAY),
)
LONG = (make_series(date(2026, 7, 20), range(10, 140, 10), gained=30, since=date(2026, 7, 30)),)


def shown(blocks: Sequence[Block], width: int = 76) -> list[str]:
    return [line.block.lead + line.content.plain for line in lines_of(blocks, width)]


def places(lines: Sequence[str], parts: Sequence[str]) -> list[int]:
    text = "\n".join(lines)
    return [text.index(part) for part in parts]


def test_the_detail_says_everything_in_order() -> None:
    lines = shown(detail(FULL, ANNOUNCED, TODAY, keys=KEYS, series=SERIES))
    found = places(
        lines,
        (
            "number 6", "Ada Author6, Ben Writer", "The Lab · Jul 30",
            "▲ 94 ▁▂·█ +41 since Tue", "★ 11.3k ▁▁·█ +3 since Tue", "arXiv 2608.00006",
            "5 comments", "HF daily Aug 1 · HF trending Jul 31", "starred · unread", "y repo",
            "github.com/lab/code-6",
            "o page", "arxiv.org/abs/2608.00006", "pdf", "lab.github.io/page-6", "✎ Note", "e edit · 2 d ago",
            "▎ look again", "In short.", "At length.", "And more.", "pruning", "sparse nets",
        ),
    )  # fmt: skip
    assert found == sorted(found)
    assert next(line for line in lines if "Note" in line).endswith("2 d ago")
    # Paragraphs stay apart.
    assert lines[lines.index("At length.") + 1] == ""


def test_without_the_title_facts_take_two_lines_or_one_and_nothing_is_lost() -> None:
    def text(width: int) -> list[str]:
        room = Room(width, titled=False)
        return shown(detail(FULL, ANNOUNCED, TODAY, keys=KEYS, series=SERIES, room=room), width)

    wide, narrow = text(76), text(38)
    assert "number 6" not in "".join(wide + narrow)
    assert wide[0] == "Ada Author6, Ben Writer · The Lab · Jul 30"
    assert " ".join(wide[1].split()) == "▲ 94 ▁▂·█ +41 ★ 11.3k +3 arXiv 2608.00006 ✎ y github.com/lab/code-6"
    assert wide[3].startswith("✎ Note") and wide[6:8] == ["In short.", "At length."]
    assert narrow[0] == "Author6 +1 · ▲94 +41 · ★11.3k  y repo"
    assert narrow[1:3] == ["In short.", "At length."]
    for lines in (wide, narrow):
        found = places(lines, ("At length.", "arxiv.org/abs/2608.00006", "lab.github.io/page-6"))
        assert found == sorted(found)
        assert all(part in "\n".join(lines) for part in ("5 comments", "HF trending", "starred", "sparse nets"))
    assert "look again" not in "".join(shown(detail(FULL, [], TODAY, keys=KEYS, room=Room(76, writing=True))))


@given(st.integers(2, 90), st.booleans(), st.text(max_size=90), st.text(min_size=1, max_size=40))
@example(9, False, "\u200d", "A" * 60)
def test_every_line_fits_any_width(width: int, titled: bool, text: str, name: str) -> None:
    paper = make_paper(6, title=text, authors=(name, text, name) * 3, organization=name, keywords=(text, name))
    entry = replace(
        FULL, paper=replace(paper, abstract=f"{text} {name}", links=(Link(f"https://x.org/{name}", "repo"),))
    )
    blocks = detail(entry, ANNOUNCED, TODAY, keys=KEYS, room=Room(width, titled=titled), series=SERIES)
    links = 8 + len("y project ")
    assert all(cell_len(line) <= max(width, links) for line in shown(blocks, width))


def test_chips_never_break_inside() -> None:
    words = [[(text, "chip")] for text in ("arXiv 2608.00006", "1 comment", "HF daily · Aug 1", "x" * 40)]
    rows = [row.plain for row in chips(words, 30, "…")]
    assert rows == [" arXiv 2608.00006   1 comment ", " HF daily · Aug 1 ", f" {'x' * 27}… "]


@pytest.mark.parametrize("number", [2, 533])
def test_many_authors_are_counted(number: int) -> None:
    entry = make_entry(2, authors=tuple(f"Name {each}" for each in range(number)))
    lines = shown(detail(entry, [], TODAY, keys=KEYS))
    assert lines[1].startswith("Name 0, Name 1")
    assert lines[2].endswith("+516") if number == 533 else lines[2] == ""


def chip_lines(width: int, *, titled: bool, ascii_only: bool = False) -> list[str]:
    """The lines with a count of a paper whose counts were asked for fourteen days."""
    signs = ASCII_SIGNS if ascii_only else SIGNS
    room = Room(width, titled=titled)
    lines = shown(detail(FULL, ANNOUNCED, TODAY, keys=KEYS, series=LONG, room=room, signs=signs), width)
    return [line for line in lines if "94" in line]


def test_a_line_of_days_takes_the_room_that_is_left() -> None:
    line = "▁▁▂▂▃▃▄▅▅▆▆▇█"
    assert chip_lines(76, titled=True) == [f" ▲ 94 {line} +30 since Thu   ★ 11.3k   arXiv 2608.00006   5 comments "]
    assert chip_lines(46, titled=True) == [f" ▲ 94 {line} +30 since Thu   ★ 11.3k "]
    assert chip_lines(30, titled=True) == [f" ▲ 94 {line} +30 "]
    assert chip_lines(76, titled=True, ascii_only=True)[0].startswith(" ^ 94 ..::;;")


def test_without_the_title_a_line_of_days_leaves_room_for_the_link_and_comes_last_in_full() -> None:
    first, last = chip_lines(76, titled=False)
    assert " ".join(first.split()) == "▲ 94 ▁▂▃▄▅▆█ +30 ★ 11.3k arXiv 2608.00006 ✎ y github.com/lab/code-6"
    assert last == " ▲ 94 ▁▁▂▂▃▃▄▅▅▆▆▇█ +30 since Thu   ★ 11.3k   5 comments "
    first, last = chip_lines(38, titled=False)
    assert first == "Author6 +1 · ▲94 +30 · ★11.3k  y repo"
    assert last == " ▲ 94 ▁▁▂▂▃▃▄▅▅▆▆▇█ +30 since Thu "


@pytest.mark.parametrize(("month", "text"), [(0, "2019"), (5, "May 2019")])
def test_of_a_month_or_year_no_day_is_shown(month: int, text: str) -> None:
    assert text in shown(detail(make_entry(1, published=PartialDate(2019, month)), [], TODAY, keys=KEYS))


def test_each_link_has_the_key_that_acts_on_it() -> None:
    for number, copied in ((6, "code-6"), (3, "page-3"), (5, "abs/2608.00005")):
        lines = shown(detail(make_entry(number), [], TODAY, keys=KEYS))
        assert [copied in line for line in lines if line.startswith("y ")] == [True]
    assert "y o page arxiv.org/abs/2608.00005" in shown(detail(make_entry(5), [], TODAY, keys=KEYS))
    two = make_paper(2, links=(Link("https://lab.org/a", "project"), Link("https://github.com/lab/b", "repo")))
    assert [(each.commands, each.url) for each in targets(replace(two, arxiv="", doi="10.1/x"))] == [
        (("copy_link",), "https://github.com/lab/b"),
        (("open_paper",), "https://doi.org/10.1/x"),
        ((), "https://lab.org/a"),
    ]
    forum = Link("https://openreview.net/forum?id=a", "paper")
    assert [(each.commands, each.url) for each in targets(make_paper(1, arxiv="", links=(forum,)))] == [
        (("copy_link", "open_paper"), forum.url),
        (("open_pdf",), "https://openreview.net/pdf?id=a"),
    ]
    deep = Link("https://github.com/lab/all", "repo", "https://github.com/lab/all/tree/main/one")
    assert [(each.commands, each.url) for each in targets(make_paper(2, links=(deep,)))][::2] == [
        (("copy_link",), deep.url),
        (("open_repo",), deep.full),
    ]
    assert "F9 repo github.com" in "\n".join(
        shown(detail(make_entry(2), [], TODAY, keys=KeyMap({"copy_link": ["f9"]})))
    ).replace("  ", " ")


def links_of(url: str, width: int = 60) -> tuple[str, str | None, object]:
    """The text of a link, where the terminal leads, and what a click does."""
    content = link(url, width)
    styles = [span.style for span in content.spans if not isinstance(span.style, str)]
    return content.plain, styles[0].link, styles[0].meta["@click"]


@pytest.mark.parametrize(
    ("url", "text", "target"),
    [
        ("https://github.com/a/b", "github.com/a/b", "https://github.com/a/b"),
        ("https://www.lab.org/é?a=%20#b", "lab.org/é?a=%20#b", "https://www.lab.org/%C3%A9?a=%20#b"),
        ("https://github.com@evil.org/", "evil.org", None),
        ("https://xn--rxiv-53d.org/abs/1", "rаxiv.org (xn--rxiv-53d.org)", None),
        ("https://arxiv.org.evil.com/abs/1", "arxiv.org.evil.com", None),
        ("https://127.0.0.1/x", "127.0.0.1", None),
        ("https://lab.org/\x1b]0;x\x07", "lab.org/", None),
    ],
)
def test_a_link_of_the_terminal_names_its_host_and_none_hides_it(url: str, text: str, target: str | None) -> None:
    plain, leads, click = links_of(url)
    assert (plain, leads) == (text, target)
    assert click == ("screen.open_link", (url,))
    assert hyperlink("javascript:alert(1)") == hyperlink(f"https://lab.org/{'a' * 3000}") == ""


def test_a_long_address_is_cut_at_its_end() -> None:
    assert links_of("https://github.com/laboratory/world-models", 16)[0] == "github.com/labo…"
    assert address("https://www.lab.org/") == "lab.org"


def test_markup_of_a_feed_stays_text() -> None:
    entry = make_entry(2, title="A [/red] B [bold", abstract="[@click=app.quit]here[/] and $\\ell_p$")
    blocks = detail(entry, [], TODAY, keys=KEYS)
    lines = shown(blocks)
    assert "A [/red] B [bold" in lines
    assert "[@click=app.quit]here[/] and ℓₚ" in lines
    styles = [span.style for block in blocks for span in block.content.spans if not isinstance(span.style, str)]
    assert all(list(style.meta) == ["@click"] and style.meta["@click"][0] == "screen.open_link" for style in styles)


def test_plain_signs_are_ascii() -> None:
    for room in (Room(76), Room(76, titled=False), Room(38, titled=False)):
        blocks = detail(FULL, ANNOUNCED, TODAY, keys=KEYS, series=SERIES, signs=ASCII_SIGNS, room=room)
        assert all(line.isascii() for line in shown(blocks))
