"""How many keys what people do most takes, counted as they press them."""

from __future__ import annotations

from pathlib import Path

import pytest

from readlist.model.tag import tags_of
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from tests.support.tui import SIZE, Fill, number, press, quiet, stored, until


async def test_what_people_do_most_takes_few_keys(
    app: ReadlistApp, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, program = tmp_path / "opened", tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" >> "{opened}"\n', encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(program))
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)

        async def take(most: int, *keys: str) -> None:
            """Press keys; letters that are typed into a field are not counted."""
            assert len([key for key in keys if not isinstance(key, Fill)]) <= most
            await press(pilot, *keys)

        # Ten papers decided, three of them with a star.
        await take(13, *"xsxxxsxxxsxxx")
        entries = [stored(shelf, paper) for paper in range(1, 13)]
        assert [number(entry) for entry in entries if entry.mark.read] == list(range(1, 11))
        assert [number(entry) for entry in entries if entry.mark.starred] == [2, 5, 8]
        assert number(app.reading.state.entry) == 11

        # A note.
        await take(2, "e", Fill("Ask for the code."), "escape")
        assert stored(shelf, 11).mark.note == "Ask for the code."

        # A PDF, and the link of a repo.
        await take(1, "P")
        await until(opened.exists)
        assert opened.read_text(encoding="utf-8") == "https://arxiv.org/pdf/2608.00011\n"
        await press(pilot, "j")
        await take(1, "y")
        assert app.clipboard == "https://github.com/lab/code-12"

        # All stars as BibTeX.
        await take(4, "3", "asterisk", "Y", "7")
        assert app.clipboard.count("@misc{") == 3 and "2608.00005" in app.clipboard

        # A tag on three papers; the letters apart.
        await press(pilot, "escape")
        await take(5, "v", "G", "t", Fill("cited"), "enter")
        assert [list(tags_of(stored(shelf, paper).mark.note)) for paper in (2, 5, 8)] == [["cited"]] * 3
