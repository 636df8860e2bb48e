"""Text from input methods and the clipboard, in every field there is."""

from __future__ import annotations

import itertools
import time

import pytest
from textual import events
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input

from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.desktop.terminal import PasteParser
from tests.support.depth import slow
from tests.support.papers import make_batch, make_paper
from tests.support.tui import SIZE, press, quiet, stored

pytestmark = pytest.mark.slow

HOSTILE = "first\x1b[31m line\x1b[A\r\nsecond\x1b]52;c;aGk=\x07 line\x00\x9b1m"
START, END = "\x1b[200~", "\x1b[201~"


def parsed(*pieces: str) -> list[str]:
    """Return the keys and pastes that a terminal sent in these pieces."""
    parser = PasteParser()
    found: list[Message] = list(itertools.chain.from_iterable(map(parser.feed, pieces)))
    if parser._held:
        time.sleep(max(0.0, parser._held_until - time.monotonic()) + 0.01)
        found += parser.tick()
    return [f"<{one.text}>" if isinstance(one, events.Paste) else getattr(one, "key", "") for one in found]


async def type_in(pilot: Pilot[None], text: str) -> None:
    """Send a text as a terminal does: in one piece."""
    await quiet(pilot)
    for message in PasteParser().feed(text):
        pilot.app.post_message(message)
    await quiet(pilot)


def test_nothing_in_a_paste_is_a_key_wherever_it_is_divided() -> None:
    sent = f"a{START}one\x1b[31m two\x1b[A\rq{START}x{END}b"
    whole = ["a", f"<one\x1b[31m two\x1b[A\rq{START}x>", "b"]
    assert parsed(sent) == whole
    for place in range(1, len(sent)):
        assert parsed(sent[:place], sent[place:]) == whole


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        (f"{START}one{END}x\x1b[1A{END}q", [f"<one{END}x\x1b[1A>", "q"]),
        (f"{START}one{END}{START}two{END}", ["<one>", "<two>"]),
        (f"{START}{END}", ["<>"]),
        (f"{END}a", ["a"]),
        ("\x1b", ["escape"]),
        ("a\x1b[B\x1b[5~", ["a", "down", "pageup"]),
    ],
)
def test_marks_and_keys_around_pastes(sent: str, keys: list[str]) -> None:
    assert parsed(sent) == keys


@pytest.mark.parametrize("number", ["1114112", "99999999999999999999999", "55296", "97;;55296", "97;;1114112"])
def test_a_key_of_an_impossible_number_is_no_key(number: str) -> None:
    keys = parsed(f"a\x1b[{number}ub")
    assert (keys[0], keys[-1]) == ("a", "b")
    assert set(keys[1:-1]) <= {"<ignore>"}


async def test_a_paste_comes_in_order_and_harmless(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "e", "a")
        app.post_message(events.Paste(HOSTILE))
        await quiet(pilot)
        await press(pilot, "z", "escape")
        assert stored(shelf, 1).mark.note == "afirst line\nsecond linez"
        for opened in ("slash", "i", "colon"):
            await press(pilot, opened)
            app.post_message(events.Paste(HOSTILE))
            await quiet(pilot)
            assert app.focused is not None and isinstance(app.focused, Input)
            assert app.focused.value == "first line second line"
            await press(pilot, "escape")


@pytest.mark.parametrize("character", ["\u3000", *slow("\u00a0", "\u202f", "\u200c", "\u200d")])
async def test_blanks_and_joiners_of_input_methods_are_text(app: ReadlistApp, shelf: Shelf, character: str) -> None:
    typed = f"深{character}语"
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "e")
        await type_in(pilot, typed)
        await press(pilot, "escape")
        assert stored(shelf, 1).mark.note == typed
        await press(pilot, "e", "a", "escape")
        assert stored(shelf, 1).mark.note == f"{typed}a"
        for opened in ("slash", "i", "colon"):
            await press(pilot, opened)
            await type_in(pilot, typed)
            assert isinstance(app.focused, Input) and app.focused.value == typed
            await press(pilot, "escape")


@pytest.mark.parametrize(
    "typed",
    ["深度\u3000语言", "می\u200cخواهم", *slow("深度\u00a0语言", "深度 语言", "Deep\u200cNets", "Deep\u200dNets")],
)
async def test_a_search_with_them_finds_what_it_does_with_blanks(app: ReadlistApp, shelf: Shelf, typed: str) -> None:
    titles = ("深度学习与语言", "من می\u200cخواهم", "DeepNets Again")
    shelf.papers.add(make_batch([make_paper(20 + number, title=title) for number, title in enumerate(titles)]))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash")
        await type_in(pilot, typed)
        assert len(app.reading.state.ids) == 1


@pytest.mark.parametrize("key", ["a", "i"])
async def test_the_field_of_a_prompt_is_seen_in_the_smallest_window(app: ReadlistApp, key: str) -> None:
    async with app.run_test(size=(20, 5)) as pilot:
        await press(pilot, key)
        field = app.screen.query_one(Input)
        assert field.region.height == 1
        assert app.screen.query_one(".box").content_region.contains_region(field.region)
