"""The help in either set of signs."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from readlist.tui.app import ReadlistApp
from readlist.tui.dialogs.help import Help
from readlist.tui.keymap import KeyMap
from readlist.tui.render import ASCII_SIGNS, SIGNS, Signs
from tests.support.tui import quiet


@pytest.mark.parametrize("signs", [SIGNS, ASCII_SIGNS])
async def test_help_explains_the_signs_that_are_drawn(app: ReadlistApp, signs: Signs) -> None:
    async with app.run_test(size=(120, 100)) as pilot:
        help_ = Help(KeyMap(), signs)
        app.push_screen(help_)
        await quiet(pilot)
        text = str(help_.query_one(".page", Static).content)
        for sign, meaning in ((signs.unread, "unread"), (signs.star, "starred"), (signs.note, "has a note")):
            assert any(row.split() == f"{sign} {meaning}".split() for row in text.splitlines()), meaning
        subtitle = str(help_.query_one(".help").border_subtitle)
        assert (text.replace("Copy…", "").isascii(), subtitle.isascii()) == ((signs is ASCII_SIGNS),) * 2
        assert ("↓" in text) is (signs is SIGNS)
