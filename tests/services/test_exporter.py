"""Exporting: chunks, progress as values, and files that are written whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.exports.formats import FORMATS
from readlist.services import Progress
from readlist.services.exporter import REFERENCES, Entries, export, references, write_file
from readlist.shelf import VIEWS, Shelf
from tests.support.papers import Clock, make_batch, make_paper, make_shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = make_shelf(tmp_path, Clock())
    made.papers.add(make_batch([make_paper(number) for number in range(7)]))
    made.papers.add(make_batch([make_paper(1)], feed="arXiv cs.LG"))
    yield made
    made.close()


@pytest.fixture
def ids(shelf: Shelf) -> list[int]:
    return list(shelf.papers.browse(VIEWS[1]))


def test_chunks_hold_all_in_order_and_leave_out_what_is_gone(
    shelf: Shelf, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readlist.shelf.paper_shelf.CHUNK", 3)
    found = list(shelf.papers.in_chunks([*ids, 10_000]))
    assert [len(chunk) for chunk in found] == [3, 3, 1]
    assert [entry.id for chunk in found for entry in chunk] == ids
    assert list(shelf.papers.in_chunks([])) == []


def test_announcements_are_those_of_the_entry(shelf: Shelf, ids: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readlist.shelf.paper_shelf.CHUNK", 3)
    entries = Entries(shelf, ids)
    feeds = {entry.paper.key: {each.feed for each in entries.announcements(entry)} for entry in entries}
    assert feeds.pop(make_paper(1).key) == {"HF daily", "arXiv cs.LG"}
    assert set(map(frozenset, feeds.values())) == {frozenset({"HF daily"})}


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_holds_every_paper_in_order(shelf: Shelf, ids: list[int], form: str) -> None:
    text = "".join(export(shelf, ids, form))
    numbers = re.findall(r"2608\.0000(\d)", text)
    assert list(dict.fromkeys(numbers)) == [shelf.papers.entries([one])[0].paper.key[-1] for one in ids]


def test_progress_counts_papers(shelf: Shelf, ids: list[int]) -> None:
    reported: list[Progress] = []
    list(export(shelf, ids, "json", reported.append))
    assert reported == [Progress(7, 7, "papers")]
    assert (reported[0].share, Progress(0, 0, "papers").share) == (1.0, 1.0)


@pytest.mark.parametrize("form", REFERENCES)
def test_references_have_the_line_ends_of_the_clipboard(shelf: Shelf, ids: list[int], form: str) -> None:
    text = references(shelf.papers.entries(ids), form)
    assert text == "".join(export(shelf, ids, form)).replace("\r\n", "\n")
    assert "\r" not in text


def test_a_file_is_written_whole_or_the_reason_is_returned(shelf: Shelf, ids: list[int], tmp_path: Path) -> None:
    path = tmp_path / "papers.json"
    assert write_file(path, export(shelf, ids, "json")) == ""
    assert len(json.loads(path.read_text(encoding="utf-8"))) == 7
    assert write_file(tmp_path / "missing" / "papers.json", ["x"]) == "No such file or directory"
    assert write_file(tmp_path, b"x") == "Is a directory; name a file in it"
    assert "null" in write_file(tmp_path / "a\0b", ["x"])


def test_what_the_shelf_raises_leaves_the_file_as_it_was(shelf: Shelf, ids: list[int], tmp_path: Path) -> None:
    path = tmp_path / "papers.json"
    path.write_text("before")

    def broken() -> Iterator[str]:
        yield "half"
        raise OSError(28, "No space left on device")

    assert write_file(path, broken()) == "No space left on device"
    assert path.read_text() == "before"
