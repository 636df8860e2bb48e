"""CSV as the standard library reads it, and as a spreadsheet would run it."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings

from readlist.exports.formats import CSV_COLUMNS, write_csv
from readlist.model.paper import Link
from readlist.shelf import Entry
from readlist.text.clean import readable
from tests.support.depth import examples
from tests.support.entries import hostile_entries, lines, make_entry, sample_entries, texts


def parsed(*entries: Entry) -> list[dict[str, str]]:
    """The rows under the header."""
    return list(csv.DictReader(io.StringIO("".join(write_csv(entries)), newline=""), strict=True))


def test_a_paper_is_one_row_under_the_header() -> None:
    entry = make_entry(
        keywords=("a", "b"), links=(Link("https://github.com/lab/code", "repo"),), note='Say "hi",\nthen go.', read=True
    )
    text = "".join(write_csv([entry]))
    assert text.startswith(",".join(CSV_COLUMNS) + "\r\n") and text.endswith("\r\n")
    (row,) = parsed(entry)
    assert row["authors"] == "Ashish Vaswani; Noam Shazeer"
    assert (row["keywords"], row["code"], row["upvotes"], row["comments"]) == (
        "a; b", "https://github.com/lab/code", "5", "",
    )  # fmt: skip
    assert (row["read"], row["starred"], row["note"]) == ("2026-08-02T09:30:00Z", "", 'Say "hi",\nthen go.')


@settings(deadline=None, max_examples=examples(60))
@given(title=lines, note=texts)
def test_any_text_comes_back_and_none_is_a_formula(title: str, note: str) -> None:
    (row,) = parsed(make_entry(title, note=note))
    assert row["note"] in (note, f"'{note}")
    assert row["title"] in (readable(title), f"'{readable(title)}")
    assert not any(cell.startswith(("=", "+", "-", "@", "＝")) for cell in row.values())


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1"])
def test_a_formula_is_text(text: str) -> None:
    (row,) = parsed(make_entry(text, authors=(text,), note=text, keywords=(text,)))
    assert {row[name] for name in ("title", "authors", "note", "keywords")} == {f"'{text}"}


def test_the_sample_and_hostile_texts_are_read_whole() -> None:
    entries = [*sample_entries(), *hostile_entries()]
    assert [row["key"] for row in parsed(*entries)] == [entry.paper.key for entry in entries]
