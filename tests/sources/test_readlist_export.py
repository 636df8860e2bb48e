"""readlist's own exports read again: damaged, cut off, edited by hand, saved by a spreadsheet, hostile."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from readlist.exports.formats import write_csv
from readlist.model.mark import Mark
from readlist.model.paper import Link
from readlist.sources import reader
from readlist.sources.batch import Batch
from tests.support.entries import make_entry


def record(number: int = 1, **changes: object) -> dict[str, Any]:
    """One record of the JSON export."""
    return {
        "key": f"arxiv:2607.0000{number}", "title": f"Kettle {number}", "abstract": "", "authors": ["Ada Bell"],
        "published": "2026-07-01", "arxiv": f"2607.0000{number}", "doi": None, "links": [], "summary": "",
        "keywords": [], "organization": "", "upvotes": 4, "comments": None, "stars": None,
        "feeds": [{"name": "Lab", "date": "2026-07-02", "position": number}],
        "read": None, "starred": "2026-07-03T10:00:00Z", "note": "Boils.",
    } | changes  # fmt: skip


def read(folder: Path, text: str, name: str = "export.json", day: date | None = None) -> Batch:
    """Return the one batch of a file."""
    file = folder / name
    file.write_text(text, encoding="utf-8", newline="")
    (batch,) = reader.read([file], day=day)
    return batch


def lines_of(*records: dict[str, Any]) -> str:
    """The export with one record a line."""
    return "[\n " + ",\n ".join(json.dumps(each) for each in records) + "\n]\n"


def titles(batch: Batch) -> list[str]:
    return [paper.title for paper, _ in batch.items]


@pytest.mark.parametrize("text", [json.dumps(record()), json.dumps([record()]), json.dumps([record()], indent=4)])
def test_a_record_is_a_paper_with_its_mark_and_announcement(tmp_path: Path, text: str) -> None:
    batch = read(tmp_path, text)
    ((paper, announcement),) = batch.items
    assert (batch.kind, batch.skipped, batch.timed) == ("readlist JSON", (), True)
    assert (paper.key, paper.published, paper.authors) == ("arxiv:2607.00001", date(2026, 7, 1), ("Ada Bell",))
    assert (announcement.feed, announcement.day, announcement.upvotes) == ("Lab", date(2026, 7, 2), 4)
    assert batch.marks == {paper.key: Mark(None, datetime(2026, 7, 3, 10, tzinfo=UTC), "Boils.")}


def test_several_feeds_are_several_announcements_and_the_latest_has_the_counts(tmp_path: Path) -> None:
    feeds = [{"name": "Lab", "date": "2026-07-02", "position": 1}, {"name": "Hub", "date": "2026-07-05", "position": 9}]
    batch = read(tmp_path, json.dumps([record(feeds=feeds)]))
    ((paper, first),) = batch.items
    (other,) = batch.further[paper.key]
    assert (first.feed, first.position, first.upvotes) == ("Hub", 9, 4)
    assert (other.feed, other.day, other.upvotes) == ("Lab", date(2026, 7, 2), None)


def test_a_day_that_is_given_goes_before_those_of_the_file(tmp_path: Path) -> None:
    batch = read(tmp_path, json.dumps([record()]), day=date(2026, 8, 9))
    assert [announcement.day for _, announcement in batch.items] == [date(2026, 8, 9)]


@pytest.mark.parametrize("cut", [40, 250])
def test_of_a_file_that_is_cut_off_the_whole_records_are_kept(tmp_path: Path, cut: int) -> None:
    text = lines_of(record(1), record(2), record(3))
    batch = read(tmp_path, text[: text.index('{"key": "arxiv:2607.00003"') + cut])
    assert titles(batch) == ["Kettle 1", "Kettle 2"]
    (skip,) = batch.skipped
    assert (skip.line, skip.lost) == (4, True) and skip.reason.startswith("a damaged or truncated record")


def test_of_a_file_cut_off_in_its_first_record_the_place_is_named(tmp_path: Path) -> None:
    batch = read(tmp_path, lines_of(record())[:90])
    assert batch.failure.startswith(
        f"{tmp_path / 'export.json'}: readlist JSON without papers (line 2: a damaged or truncated record"
    )
    assert batch.failure.endswith("; export it again")


@pytest.mark.parametrize("name", ["export.json", "export.jsonl"])
def test_a_damaged_record_costs_no_other(tmp_path: Path, name: str) -> None:
    some = [json.dumps(record(number, links=[{"url": "https://lab.org/x", "kind": "project"}])) for number in (1, 2, 3)]
    some[1] = some[1].replace('"abstract": ""', '"abstract": "a "quoted" word"')
    batch = read(tmp_path, "\n".join(some) if name.endswith("l") else "[\n" + ",\n".join(some) + "\n]", name)
    assert titles(batch) == ["Kettle 1", "Kettle 3"]
    (skip,) = batch.skipped
    assert (skip.line, skip.lost) == (2 if name.endswith("l") else 3, True)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"authors": "Ada Bell"}, "“authors” is not a list: “Ada Bell”"),
        ({"authors": ["Ada Bell", 7]}, "“authors” holds what is not a name: “7”"),
        ({"published": "06/07/2026"}, "“published” is not a date like 2026-08-31, 2026-08 or 2026: “06/07/2026”"),
        ({"starred": True}, "“starred” is not a time like 2026-08-31T09:30:00Z: “True”"),
        ({"read": "yesterday"}, "“read” is not a time like 2026-08-31T09:30:00Z: “yesterday”"),
        ({"note": ["a"]}, "“note” is not a text: “['a']”"),
        ({"upvotes": -3}, "“upvotes” is not a count: “-3”"),
        ({"links": [{"url": "javascript:alert(1)", "kind": "repo"}]}, "“links” holds what is not a link"),
        ({"links": {"url": "https://lab.org"}}, "“links” is not a list"),
        ({"feeds": [{"name": "Lab", "date": "soon"}]}, "“feeds” holds what is not a feed with its name and day"),
        ({"doi": "none"}, "“doi” is not a DOI: “none”"),
    ],
)
def test_a_field_of_a_wrong_form_is_named_and_the_rest_is_kept(
    tmp_path: Path, changes: dict[str, object], named: str
) -> None:
    batch = read(tmp_path, json.dumps([record(1), record(2, **changes)]))
    assert titles(batch) == ["Kettle 1", "Kettle 2"]
    (skip,) = batch.skipped
    assert skip.lost and skip.reason.startswith(f"item 2: {named}") and skip.reason.endswith("; skipped")


def test_what_is_no_paper_is_named(tmp_path: Path) -> None:
    nothing = record(2, key="", title="", arxiv=None)
    batch = read(tmp_path, json.dumps([record(1), nothing, "words", None]))
    assert titles(batch) == ["Kettle 1"]
    assert [skip.reason for skip in batch.skipped] == [
        "item 2: no title, arXiv id or DOI", "item 3: not a paper: “words”",
        "item 4: not a paper: “None”",
    ]  # fmt: skip
    assert all(skip.lost for skip in batch.skipped)


def test_two_records_of_one_paper_are_one_and_neither_note_is_lost(tmp_path: Path) -> None:
    batch = read(tmp_path, json.dumps([record(1), record(1, note="Whistles.", starred="2026-07-01T00:00:00Z")]))
    ((paper, _),) = batch.items
    assert batch.marks[paper.key].note == "Boils.\n\nWhistles."
    assert batch.marks[paper.key].starred == datetime(2026, 7, 1, tzinfo=UTC)
    assert [skip.lost for skip in batch.skipped] == [False]


def test_the_key_goes_before_an_id_that_a_spreadsheet_took_for_a_number(tmp_path: Path) -> None:
    batch = read(tmp_path, "key,citation_key,title,arxiv\narxiv:2607.01230,a,A kettle,2607.0123\n", "a.csv")
    ((paper, _),) = batch.items
    assert (paper.key, paper.arxiv, batch.skipped) == ("arxiv:2607.01230", "2607.01230", ())


def test_hostile_texts_are_cleaned(tmp_path: Path) -> None:
    evil = record(1, title="A \x1b[31mred\x1b[0m\u202e title", note="<b>x</b>\x1b]0;t\x07", authors=["A\x00da\nBell"])
    batch = read(tmp_path, json.dumps([evil]))
    ((first, _),) = batch.items
    assert (first.title, first.authors) == ("A red title", ("Ada Bell",))
    assert batch.marks[first.key].note == "<b>x</b>"
    deep = '[{"key": "doi:10.1/x", "title": "Deep", "note": ' + "[" * 100_000
    assert "nested too deeply" in read(tmp_path, deep).failure


def test_a_paper_known_by_its_key_alone_keeps_its_id(tmp_path: Path) -> None:
    batch = read(tmp_path, json.dumps([record(1, arxiv=None), record(2, key="title:kettle2", arxiv=None)]))
    assert [(paper.key, paper.arxiv) for paper, _ in batch.items] == [
        ("arxiv:2607.00001", "2607.00001"), ("title:kettle2", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        [{"key": "arxiv:2607.00001", "value": 3}],
        {"key": "value", "title": "A kettle", "note": "x"},
        [{"key": "ABC123", "title": "A kettle", "note": ""}],
    ],
)
def test_other_json_with_keys_is_not_taken_for_an_export(tmp_path: Path, data: object) -> None:
    assert "JSON without papers" in read(tmp_path, json.dumps(data)).failure


def table(*titles_and_notes: tuple[str, str]) -> str:
    entries = [
        make_entry(title, arxiv=f"2607.0000{number}", note=note, starred=True, published=date(2026, 7, 1),
                   links=(Link("https://github.com/lab/code", "repo"), Link("https://lab.org/x", "project")))
        for number, (title, note) in enumerate(titles_and_notes, 1)
    ]  # fmt: skip
    return "".join(write_csv(entries))


def test_a_table_is_read_with_its_marks_and_the_apostrophes_of_the_export_go(tmp_path: Path) -> None:
    text = table(("=1+1 kettles", "-a\nb"), ("'quoted' kettles", "'=x"), ("+ and ''- kettles", "''+"))
    batch = read(tmp_path, text, "a.csv")
    assert (batch.kind, batch.skipped) == ("readlist CSV", ())
    assert titles(batch) == ["=1+1 kettles", "'quoted' kettles", "+ and ''- kettles"]
    assert [mark.note for mark in batch.marks.values()] == ["-a\nb", "'=x", "''+"]
    assert {(link.url, link.kind) for link in batch.items[0][0].links} == {
        ("https://github.com/lab/code", "repo"), ("https://lab.org/x", "project"),
    }  # fmt: skip
    assert batch.items[0][1].day == date(2026, 8, 1)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_table_is_read_as_spreadsheets_save_it(tmp_path: Path, delimiter: str) -> None:
    rows = [["title", "key", "starred", "note"], ["A kettle", "arxiv:2607.00001", "2026-07-03T10:00:00Z", "Boils."]]
    text = "\ufeff" + "\r\n".join(delimiter.join(row) for row in rows) + "\r\n"
    ((paper, _),) = (batch := read(tmp_path, text, "a.csv")).items
    assert (paper.title, paper.arxiv) == ("A kettle", "2607.00001")
    assert batch.marks[paper.key].note == "Boils." and batch.marks[paper.key].starred is not None


def test_a_table_without_the_column_of_kinds_is_read(tmp_path: Path) -> None:
    text = "key,citation_key,title,links,note\r\ndoi:10.1000/x,a,A kettle,https://github.com/lab/code; https://doi.org/10.1000/y,\r\n"
    ((paper, _),) = read(tmp_path, text, "a.csv").items
    assert (paper.doi, [link.kind for link in paper.links]) == ("10.1000/x", ["repo", "paper"])


def test_of_a_table_that_is_cut_off_the_whole_rows_are_kept(tmp_path: Path) -> None:
    text = table(("Kettle one", "a\nb"), ("Kettle two", ""), ("Kettle three", "An open\nnote"))
    batch = read(tmp_path, text[: text.index("An open") + 4], "a.csv")
    assert titles(batch) == ["Kettle one", "Kettle two"]
    (skip,) = batch.skipped
    assert (skip.line, skip.lost) == (5, True) and "damaged or truncated" in skip.reason


def test_a_row_with_a_lone_quotation_mark_costs_no_other(tmp_path: Path) -> None:
    text = table(("Kettle one", "a\nb"), ("Kettle two", ""), ("Kettle three", "x\ny"), ("Kettle four", ""))
    batch = read(tmp_path, text.replace("Kettle two", '"Kettle two'), "a.csv")
    assert titles(batch) == ["Kettle one", "Kettle three", "Kettle four"]
    (skip,) = batch.skipped
    assert (skip.line, skip.lost) == (4, True)


def test_a_row_that_breaks_off_gives_what_stands_there(tmp_path: Path) -> None:
    text = table(("Kettle one", ""), ("Kettle two", ""))
    batch = read(tmp_path, text[: text.index("Kettle two") + 10], "a.csv")
    assert titles(batch) == ["Kettle one", "Kettle two"]
    (skip,) = batch.skipped
    assert (skip.line, skip.lost) == (3, True) and skip.reason.startswith("the row has 3 cells for 27 columns")


def test_a_note_longer_than_a_cell_of_the_csv_module_is_read(tmp_path: Path) -> None:
    note = "long " * 40_000
    batch = read(tmp_path, table(("A kettle", note)), "a.csv")
    assert [mark.note for mark in batch.marks.values()] == [note]


def test_a_file_that_is_all_damage_is_given_up(tmp_path: Path) -> None:
    text = "\n".join(f'{{"key": "doi:10.1000/{number}", "title": "A {number}", x' for number in range(1_000))
    batch = read(tmp_path, json.dumps(record()) + "\n" + text, "a.jsonl")
    assert titles(batch) == ["Kettle 1"]
    assert batch.skipped[-1].lost and len(batch.skipped) <= 102
    rows = "\n".join(f'doi:10.1000/{number},b,a "lone" "quotation mark,"c"d' for number in range(1_000))
    batch = read(tmp_path, f"key,citation_key,title,note\narxiv:2607.00001,a,Kettle 1,\n{rows}", "a.csv")
    assert titles(batch) == ["Kettle 1"] and len(batch.skipped) <= 102
