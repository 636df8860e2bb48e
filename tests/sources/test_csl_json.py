"""CSL-JSON: what papers, notes and stars come of it, and that one bad field costs no paper."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readlist.model.paper import Link, Paper
from readlist.model.time import PartialDate, PublicationDate
from readlist.sources.batch import Batch
from readlist.sources.formats.csl_json import is_csl, parse_csl
from readlist.sources.formats.reference import batch_of
from tests.support.depth import examples
from tests.support.records import record

MADE = date(2026, 8, 20)


def item(**fields: Any) -> dict[str, Any]:
    """An item as Zotero writes it."""
    return {
        "id": "http://zotero.org/users/1/items/ABC",
        "type": "article",
        "title": 'Kettles <span class="nocase">That</span> Listen',
        "author": [
            {"family": "Bell", "given": "Ada"},
            {"family": "Gogh", "given": "Vincent", "non-dropping-particle": "van", "suffix": "Jr."},
            {"literal": "Kettle Lab"},
        ],
        "issued": {"date-parts": [["2021", 7, 2]]},
        "abstract": "We let kettles listen.",
        "URL": "http://arxiv.org/abs/2107.01234",
        "number": "arXiv:2107.01234",
        "publisher": "arXiv",
        "note": "arXiv:2107.01234 [cs]\nMine.",
        "keyword": "sound, starred",
        "accessed": {"date-parts": [["2023"]]},
        **fields,
    }


def decode(*items: object) -> Batch:
    return batch_of(parse_csl([*items]), kind="CSL-JSON", origin="library.json", made=MADE)


def test_an_item_gives_the_whole_paper() -> None:
    batch = decode(item())
    assert (batch.kind, batch.feed, batch.day, batch.failure, batch.skipped) == (
        "CSL-JSON",
        "library.json",
        MADE,
        "",
        (),
    )
    assert [paper for paper, _ in batch.items] == [
        Paper(
            key="arxiv:2107.01234",
            title="Kettles That Listen",
            abstract="We let kettles listen.",
            authors=("Ada Bell", "Vincent van Gogh, Jr.", "Kettle Lab"),
            published=date(2021, 7, 2),
            arxiv="2107.01234",
            keywords=("sound",),
        )
    ]
    mark = batch.marks["arxiv:2107.01234"]
    assert (mark.note, bool(mark.starred), bool(mark.read)) == ("Mine.", True, False)


def test_what_readlist_writes_itself_is_taken_to_the_letter() -> None:
    links = [{"url": "https://lab.org/kettle", "kind": "project"}, {"url": "javascript:1", "kind": "repo"}, 7]
    own = {"key": "arxiv:2107.01234", "read": "2026-08-01T00:00:00Z", "links": links, "organization": "Lab"}
    batch = decode(item(note="Comment: mine\narXiv: 2107.01234", custom=own, keyword="sound"))
    ((paper, _),) = batch.items
    assert paper.links == (Link("https://lab.org/kettle", "project"),) and paper.organization == "Lab"
    mark = batch.marks[paper.key]
    assert (mark.note, bool(mark.starred), bool(mark.read)) == ("Comment: mine\narXiv: 2107.01234", False, True)


@pytest.mark.parametrize(
    "value", [None, 7, [], {}, [7], {"date-parts": [[None]]}, {"date-parts": "x"}, "\x1b[31m", True]
)
@pytest.mark.parametrize(
    "name", ["author", "issued", "abstract", "URL", "number", "note", "keyword", "id", "custom", "DOI"]
)
def test_one_bad_field_does_not_cost_the_paper(name: str, value: object) -> None:
    ((paper, _),) = decode(item(**{name: value})).items
    assert paper.title == "Kettles That Listen"


@pytest.mark.parametrize(
    ("issued", "day"),
    [
        ({"date-parts": [[2021]]}, PartialDate(2021)),
        ({"date-parts": [[2021, 7]]}, PartialDate(2021, 7)),
        ({"raw": "2021-07-02"}, date(2021, 7, 2)),
        ({"literal": "soon"}, None),
        ({"date-parts": [[2021, 13, 1]]}, PartialDate(2021)),
        ({"date-parts": [[2021, 2, 31]]}, PartialDate(2021, 2)),
    ],
)
def test_a_date_is_as_exact_as_it_is_given(issued: object, day: PublicationDate | None) -> None:
    ((paper, _),) = decode(item(issued=issued)).items
    assert paper.published == day


def test_a_date_that_cannot_be_read_is_named() -> None:
    batch = decode(item(issued={"literal": "soon"}))
    assert len(batch.items) == 1 and [skip.reason for skip in batch.skipped] == [
        "item 1: unknown date “soon”; imported without a date"
    ]


def test_items_that_name_no_paper_are_passed_over() -> None:
    batch = decode({"type": "book"}, 7, item(), item(title="KETTLES that listen"))
    assert [(skip.line, skip.reason) for skip in batch.skipped] == [
        (None, "item 1: no title, arXiv id or DOI"),
        (None, "item 2: not a citation"),
        (None, "item 4: the same paper as item 3; merged"),
    ]
    assert [skip.lost for skip in batch.skipped] == [True, True, False]
    assert len(batch.items) == 1


@pytest.mark.parametrize(
    ("written", "names"),
    [
        (["Ada Bell", "Du, Chen", "Kettle Lab"], ("Ada Bell", "Chen Du", "Kettle Lab")),
        ("Ada Bell and Chen Du; Kettle Lab", ("Ada Bell", "Chen Du", "Kettle Lab")),
        ({"family": "Bell", "given": "Ada"}, ("Ada Bell",)),
        ([{"family": "Wang", "given": "Wei"}, {"family": "Wang", "given": "Wei"}], ("Wei Wang", "Wei Wang")),
        ([{"literal": "World Health Organization"}, {"literal": "others"}], ("World Health Organization", "et al.")),
        ([{"family": 7, "literal": ""}, None, {"name": "Kettle Lab"}], ("Kettle Lab",)),
    ],
)
def test_names_are_read_in_every_form(written: object, names: tuple[str, ...]) -> None:
    ((paper, _),) = decode(item(author=written)).items
    assert paper.authors == names


@pytest.mark.parametrize(
    ("data", "is_it"),
    [
        ([item()], True),
        ({"items": [item()]}, True),
        (item(), True),
        ([7, {}, item()], True),
        ([record()], False),
        ([], False),
        ({}, False),
        ([{"type": "article", "title": "A"}], False),
        ([{"type": "x", "title": "A", "DOI": "b"}], False),
    ],
)
def test_it_is_distinguished_from_other_json_by_its_content(data: object, is_it: bool) -> None:
    assert is_csl(data) is is_it


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*item(), "date-parts", "family", "literal", "raw", "links", "key"]), inner, max_size=5
        )
    ),
    max_leaves=12,
)


@settings(max_examples=examples(60), deadline=None)
@given(_JSON)
def test_no_json_is_too_odd(data: object) -> None:
    batch = batch_of(parse_csl(data), kind="CSL-JSON", origin="x.json", made=MADE)
    assert bool(batch.items) != bool(batch.failure)
    json.dumps(is_csl(data))
