"""The status line as text: what is said, work under way, the tally; at every width within its row."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from readlist.tui.keymap import KeyMap
from readlist.tui.message_log import Message, Status, Tone
from readlist.tui.render.signs import ASCII_SIGNS, SIGNS, Signs
from readlist.tui.render.status_text import status_pieces

NOON = datetime(2026, 8, 2, 12, tzinfo=UTC)
KEYS = KeyMap()
TALLY = ("3 done · 1 starred today", "3 done today")


def line(status: Status, width: int = 100, signs: Signs = SIGNS, keys: KeyMap = KEYS) -> str:
    left, right = ("".join(text for text, _ in pieces) for pieces in status_pieces(status, width, signs, keys))
    gap = width - cell_len(left) - cell_len(right)
    assert gap >= 0
    return left + " " * gap + right


def message(text: str, tone: Tone = "done") -> Message:
    return Message(text, NOON, tone)


def test_a_message_is_at_the_left_and_the_tally_at_the_right() -> None:
    shown = line(Status(message("Copied repo link"), tally=TALLY), 60)
    assert shown == " ✓ Copied repo link                3 done · 1 starred today "


def test_the_tally_gives_way_to_the_message_and_a_long_message_is_cut() -> None:
    assert line(Status(message("Copied repo link"), tally=TALLY), 40) == " ✓ Copied repo link        3 done today "
    assert line(Status(message("Copied repo link"), tally=TALLY), 30) == " ✓ Copied repo link           "
    long = line(Status(message("word " * 40), tally=TALLY), 80)
    assert long.endswith("word word w…")
    assert line(Status(message("word " * 40), 2, tally=TALLY), 80).endswith("…  !: 2 errors ")
    short = Message("word " * 40, NOON, short="Offline.")
    assert line(Status(short, tally=TALLY), 40) == " ✓ Offline.    3 done · 1 starred today "
    assert line(Status(message("word " * 40), tally=TALLY), 40).endswith("word w…")
    offline = Message("Offline: the host can't be reached.", NOON, "warning", short="Offline.")
    assert line(Status(offline, tally=("Sample",)), 50) == " ! Offline: the host can't be reached.     Sample "
    # What was decided is worth more than the longer form.
    assert line(Status(offline, tally=TALLY), 50) == " ! Offline.              3 done · 1 starred today "


@pytest.mark.parametrize(("tone", "sign"), [("done", "✓"), ("note", "·"), ("warning", "!"), ("wrong", "!")])
def test_each_tone_has_a_sign_that_shows_without_colour(tone: Tone, sign: str) -> None:
    assert line(Status(message("Feeds", tone))).startswith(f" {sign} Feeds")


def test_work_has_its_name_a_bar_and_a_share() -> None:
    working = Status(work="Fetching", work_name="HF daily 12", share=0.5, tally=TALLY)
    assert line(working).startswith(" Fetching HF daily 12  ━━━━━━━━━━━━╺╺╺╺╺╺╺╺╺╺╺╺  50%")
    assert line(working).endswith(" 3 done · 1 starred today ")
    assert line(Status(work="Fetching")).rstrip() == " Fetching …"


def test_beside_a_message_work_is_short() -> None:
    shown = line(Status(message("Copied repo link"), work="Fetching", work_name="HF daily", share=0.5), 60)
    assert shown == " ✓ Copied repo link                Fetching ━━━━━╺╺╺╺╺  50% "


def test_errors_that_nobody_can_have_read_are_counted_with_the_key_of_the_list() -> None:
    assert line(Status(message("Copied"), unseen=2, tally=TALLY)).endswith("!: 2 errors · 3 done · 1 starred today ")
    assert line(Status(unseen=1), 40).endswith(" !: 1 error ")
    assert "#: 1 error" in line(Status(unseen=1), 40, keys=KeyMap({"messages": ["#"]}))


def test_ascii_needs_no_other_sign() -> None:
    for status in (
        Status(message("Copied " * 30), tally=("3 done today",)),
        Status(message("Feeds", "wrong"), unseen=3, work="Importing", share=0.3),
        Status(message("Nothing new", "note")),
        Status(work="Fetching", work_name="HF daily", share=0.3),
        Status(work="Fetching"),
    ):
        assert line(status, 60, ASCII_SIGNS).isascii()


@pytest.mark.parametrize("width", [0, 1, 5, 12, 20, 39, 60, 200])
def test_nothing_is_wider_than_the_row(width: int) -> None:
    for text in ("Copied", "语言模型" * 30, "e\u0301" * 90, "a\x1b[31mb\n"):
        for work in ("", "Fetching, importing"):
            line(Status(message(text), 2, work, "HF daily 语言模型", 0.4, TALLY), width)
            line(Status(None, 2, work, "HF daily 语言模型", 0.4, TALLY), width)
