"""Zotero's own JSON and Crossref's answers: fields, people, tags and notes, items that are no papers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from readlist.sources import refusal
from readlist.sources.batch import Batch, Skip
from readlist.sources.formats.csl_json import is_crossref, is_zotero, parse_crossref, parse_zotero
from readlist.sources.formats.reference import Reference, batch_of

MADE = date(2026, 8, 1)


def decode(found: Iterable[Reference | Skip], kind: str = "Zotero JSON") -> Batch:
    """Return the batch of a file."""
    return batch_of(found, kind=kind, origin="lib.json", made=MADE)


def item(**changes: object) -> dict[str, Any]:
    """An item as Better BibTeX writes it."""
    return {
        "itemType": "journalArticle", "title": "A <i>kettle</i>", "abstractNote": "It boils.", "date": "2020-05-03",
        "creators": [
            {"firstName": "Ada", "lastName": "Bell", "creatorType": "author"},
            {"name": "Kettle Group", "creatorType": "author"},
            {"firstName": "Ed", "lastName": "Fox", "creatorType": "editor"},
        ],
        "DOI": "10.1000/Kettle", "url": "https://lab.org/k", "tags": [{"tag": "starred"}, {"tag": "tea"}],
        "notes": [{"note": "<p>Mine.</p><p>All mine.</p>"}], "extra": "PMID: 1\nRead_Status: Read",
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        {"config": {"label": "BetterBibTeX JSON"}, "items": [item()]},
        [{"key": "ABCD1234", "version": 3, "data": item()}],
        [item()],
        item(),
    ],
)
def test_an_item_is_a_paper_with_its_marks(data: object) -> None:
    assert is_zotero(data)
    batch = decode(parse_zotero(data))
    ((paper, announcement),) = batch.items
    assert (batch.kind, batch.feed, batch.skipped) == ("Zotero JSON", "lib.json", ())
    assert (paper.title, paper.abstract, paper.authors) == ("A kettle", "It boils.", ("Ada Bell", "Kettle Group"))
    assert (paper.doi, paper.published, paper.keywords) == ("10.1000/kettle", date(2020, 5, 3), ("tea",))
    assert announcement.day == MADE
    mark = batch.marks[paper.key]
    assert mark.starred and mark.read and mark.note == "Mine.\n\nAll mine."


def test_what_belongs_to_an_item_goes_to_it_and_the_rest_is_named() -> None:
    data = [
        {"key": "A", "data": item(key="A", notes=[])},
        {"key": "B", "data": {"itemType": "note", "note": "Of the kettle.", "parentItem": "A", "key": "B"}},
        {"key": "C", "data": {"itemType": "note", "note": "Of nothing."}},
        {"key": "D", "data": {"itemType": "attachment", "title": "PDF"}},
        "words",
        item(title="", DOI="", url="", extra=""),
    ]
    batch = decode(parse_zotero(data))
    ((paper, _),) = batch.items
    assert batch.marks[paper.key].note == "Of the kettle."
    assert [(skip.reason, skip.lost) for skip in batch.skipped] == [
        ("item 3: a note without a paper", False), ("item 5: not a reference", True),
        ("item 6: no title, arXiv id or DOI", True),
    ]  # fmt: skip


def test_fields_of_a_wrong_form_are_as_good_as_absent() -> None:
    wrong = item(creators="Ada", tags={"tag": "x"}, notes=7, date=None, url=["x"], extra=None, abstractNote={})
    ((paper, _),) = (batch := decode(parse_zotero([wrong]))).items
    assert (paper.authors, paper.keywords, paper.published, dict(batch.marks)) == ((), (), None, {})


@pytest.mark.parametrize("data", [[], {}, [{"type": "article", "title": "x", "DOI": "10.1/x"}], {"items": []}, "x", 1])
def test_other_json_is_not_taken_for_it(data: object) -> None:
    assert not is_zotero(data) and not is_crossref(data)


WORK = {
    "DOI": "10.1000/Pot", "type": "journal-article", "title": ["A pot"], "abstract": "<jats:p>It boils.</jats:p>",
    "author": [{"given": "Ada", "family": "Bell"}, {"name": "Pot Group"}], "issued": {"date-parts": [[2019, 8, 26]]},
}  # fmt: skip


@pytest.mark.parametrize(("kind", "message"), [("work", WORK), ("work-list", {"total-results": 1, "items": [WORK]})])
def test_works_of_crossref_are_papers(kind: str, message: object) -> None:
    data = {"status": "ok", "message-type": kind, "message": message}
    assert is_crossref(data)
    batch = decode(parse_crossref(data), "Crossref JSON")
    ((paper, _),) = batch.items
    assert (batch.kind, batch.feed) == ("Crossref JSON", "lib.json")
    assert (paper.doi, paper.title) == ("10.1000/pot", "A pot")
    assert (paper.authors, paper.abstract, paper.published) == (
        ("Ada Bell", "Pot Group"), "It boils.", date(2019, 8, 26),
    )  # fmt: skip


@pytest.mark.parametrize("message", [None, {}, {"items": []}, {"items": [1, {}]}, "x"])
def test_an_answer_without_works_is_refused_by_name(message: object) -> None:
    batch = decode(parse_crossref({"message-type": "work-list", "message": message}), "Crossref JSON")
    assert batch.failure.startswith("lib.json: Crossref JSON without papers")
    reason = refusal.of_json({"message-type": "journal", "message": message})
    assert reason.startswith("Crossref JSON of type journal, without works; ")
