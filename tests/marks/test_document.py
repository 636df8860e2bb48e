"""The document of one paper's marks: read, merged, folded."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import hypothesis.strategies as st
import pytest
from hypothesis import given

from readlist.marks.disk.stored_table import line_of
from readlist.marks.state.document import Document, Operation, dump, mark_of, written
from readlist.marks.state.merge import folded, merged
from readlist.model.mark import Mark
from readlist.model.time import exact_time_text, parse_time
from tests.support.marks import START

LATER = START + timedelta(days=1)


def entry(value: str | None, changed: datetime) -> Document:
    return {"value": value, "changed": exact_time_text(changed), "device": "d"}


moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


@given(moments, st.integers(-12, 12))
def test_a_time_comes_back_as_it_was(moment: datetime, hours: int) -> None:
    text = exact_time_text(moment.astimezone(timezone(timedelta(hours=hours))))
    assert parse_time(text) == moment
    assert len(text) == len("2026-11-21T09:30:00.000000Z")


@given(moments, moments)
def test_the_order_of_texts_is_the_order_of_times(first: datetime, second: datetime) -> None:
    assert (exact_time_text(first) < exact_time_text(second)) == (first < second)


def test_a_time_without_a_zone_is_utc() -> None:
    assert parse_time("2026-11-21 09:30") == START


@pytest.mark.parametrize("text", [None, 7, "", "yesterday", "2026-13-01", {}])
def test_what_is_no_time_is_none(text: object) -> None:
    assert parse_time(text) is None


@pytest.mark.parametrize(
    "document", [None, {}, {"read": None, "starred": [1], "note": "text"}, {"read": {"value": 5}, "note": {"value": 5}}]
)
def test_what_makes_no_sense_is_no_mark(document: Document | None) -> None:
    assert mark_of(document) == Mark()


def test_of_two_documents_the_later_change_of_each_field_is_taken() -> None:
    first = {"title": "T", "identifiers": ["a"], "note": entry("old", START), "read": entry(None, LATER)}
    second = {"title": "U", "identifiers": ["b"], "note": entry("new", LATER), "read": entry("x", START), "more": 1}
    both = {"title": "U", "identifiers": ["a", "b"], "note": second["note"], "read": first["read"], "more": 1}
    assert merged(first, second) == both
    assert merged(second, first) == both
    assert merged(first, first) == first


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ("a", "b", "a\n\nb"),
        ("a", "a", "a"),
        ("a", "", "a"),
        ("", "b", "b"),
        ("a\n\nb", "b", "a\n\nb"),
        ("b", "a\n\nb", "a\n\nb"),
        ("a big note", "big", "a big note\n\nbig"),
    ],
)
def test_different_notes_of_two_papers_are_both_kept(first: str, second: str, both: str) -> None:
    note = folded({"note": entry(first, START)}, {"note": entry(second, LATER)})["note"]
    assert note == {**entry(both, LATER), "seen": {"d": exact_time_text(LATER)}}


def test_the_earlier_time_is_kept_when_two_papers_are_one() -> None:
    late, early = entry(exact_time_text(LATER), START), entry(exact_time_text(START), LATER)
    assert folded({"read": late}, {"read": early})["read"] == early
    assert folded({"read": late}, {})["read"] == late
    assert folded({"read": late}, {"read": entry(None, LATER)})["read"]["value"] == exact_time_text(LATER)


_TEXTS = st.text(max_size=4)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | _TEXTS,
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=12,
)


@given(
    st.tuples(_TEXTS, st.none() | _TEXTS, st.none() | st.dictionaries(_TEXTS, _VALUES, max_size=4)),
    st.integers(1, 5),
)
def test_a_long_list_is_written_in_parts_as_it_would_be_at_once(operation: Operation, part: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("readlist.marks.state.document._PART", part)
        text, back = written(operation)
    assert text == dump(operation) and back == operation == tuple(json.loads(text))
    assert back[2] is None or back[2] is not operation[2]


@pytest.mark.parametrize("text", ["a note", "Ünïcode", "half a pair \ud83d"])
@pytest.mark.parametrize("length", [0, 3, 500, 501, 1_700])
def test_a_long_list_is_written_as_the_json_library_writes_it(text: str, length: int) -> None:
    document = {"label": text, "none": [], "changes": [["key", number, text, None] for number in range(length)], "n": 1}
    escapes = "\ud83d" in text
    assert dump(document) == json.dumps(document, ensure_ascii=escapes, separators=(",", ":")).encode()
    assert line_of("é" if not escapes else "e", document) == (
        f'"{"e" if escapes else "é"}": {json.dumps(document, ensure_ascii=escapes)}'.encode()
    )
