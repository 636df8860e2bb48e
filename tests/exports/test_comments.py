"""Where each format has arXiv's comment and the journal reference, and the version where it has one."""

from __future__ import annotations

import json
from datetime import date

from msgspec.structs import replace

from readlist.exports import bibtex, csl, ris
from readlist.exports.formats import record, write_csv
from readlist.exports.paper_note import rendered
from readlist.notes.note_file import parse_note
from tests.support.entries import NOW, make_entry


def test_comment_and_journal_reference_are_where_each_format_has_them() -> None:
    entry = make_entry(comment="12 pages, accepted at ICML", journal="J. Tests 3 (2026) 1")
    entry = replace(entry, paper=replace(entry.paper, version=3, revised=date(2026, 8, 1), withdrawn="a sign error"))
    text = "".join(bibtex.write([entry]))
    assert text.startswith("@article{")
    assert "  journal = {J. Tests 3 (2026) 1},\n  note = {12 pages, accepted at ICML},\n" in text
    lines = "".join(ris.write([entry])).split("\r\n")
    assert lines[0] == "TY  - JOUR"
    assert {"T2  - J. Tests 3 (2026) 1", "N1  - Comment: 12 pages, accepted at ICML"} <= set(lines)
    (item,) = json.loads("".join(csl.write([entry])))
    assert (item["type"], item["container-title"]) == ("article-journal", "J. Tests 3 (2026) 1")
    assert item["custom"]["comment"] == "12 pages, accepted at ICML"
    found = record(entry, [])
    assert [found[name] for name in ("version", "revised", "comment", "journal", "withdrawn")] == [
        3, "2026-08-01", "12 pages, accepted at ICML", "J. Tests 3 (2026) 1", "a sign error",
    ]  # fmt: skip
    assert ',3,2026-08-01,"12 pages, accepted at ICML",J. Tests 3 (2026) 1,a sign error\r\n' in "".join(
        write_csv([entry])
    )
    note = parse_note(rendered(entry, NOW))
    assert [note.value(name) for name in ("journal", "comment", "withdrawn")] == [
        "J. Tests 3 (2026) 1", "12 pages, accepted at ICML", "a sign error",
    ]  # fmt: skip


def test_a_preprint_stays_one_without_a_journal() -> None:
    text = "".join(bibtex.write([make_entry(comment="12 pages")]))
    assert text.startswith("@misc{")
    assert "journal =" not in text
