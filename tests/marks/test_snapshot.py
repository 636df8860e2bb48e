"""The state file: whole databases to JSON and back, and what is made of other files."""

from __future__ import annotations

import json

import hypothesis.strategies as st
from hypothesis import given, settings

from readlist.marks.disk.snapshot import decode, encode
from readlist.marks.state.document import Tables
from tests.support.depth import examples

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["\ud800", "}\n{", '": {', "\u2028"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
tables = st.dictionaries(
    st.text().filter(lambda name: name != "meta"),
    st.dictionaries(st.text(), st.dictionaries(st.text(), values, max_size=3), max_size=4),
    max_size=3,
)
META = {"schema": 1, "device": "d", "generation": "1-a"}


def written(tables: Tables) -> bytes:
    blocks = encode(tables, META, lambda: False)
    assert blocks is not None
    return b"".join(blocks)


@given(tables)
def test_a_database_comes_back_as_it_was(tables: Tables) -> None:
    found = decode(written(tables))
    assert (found.tables, found.meta, found.intact) == (tables, META, True)


@given(tables)
def test_it_is_plain_json(tables: Tables) -> None:
    state = json.loads(written(tables))
    meta = state.pop("meta")["state"]
    assert (state, {**meta, "checksum": None}) == (tables, {**META, "checksum": None})


def test_many_documents_come_back_in_order() -> None:
    many: Tables = {"marks": {f"arxiv:{number}": {"n": number} for number in range(1_501)}, "empty": {}}
    found = decode(written(many))
    assert list(found.tables["marks"].items()) == list(many["marks"].items())
    assert found.tables["empty"] == {}


def test_writing_can_be_given_up() -> None:
    assert encode({"marks": {"a": {}}}, META, lambda: True) is None


@settings(max_examples=examples(300))
@given(st.data())
def test_a_changed_byte_is_always_noticed(data: st.DataObject) -> None:
    whole = written({"marks": {"a": {"note": {"value": "x"}}, "b": {"title": "y"}}, "folded": {"c": {"into": "a"}}})
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    assert not decode(whole[:place] + bytes([other]) + whole[place + 1 :]).intact


@given(st.binary(max_size=300))
def test_anything_is_read(data: bytes) -> None:
    decode(data)
    decode(b'{\n"meta": {\n"state": ' + data)


def test_sound_lines_are_found_in_a_damaged_file() -> None:
    lines = written({"marks": {"a": {"title": "x"}, "b": {"title": "y"}}, "history": {"1": {"changes": []}}}).split(
        b"\n"
    )
    lines[lines.index(b'"marks": {')] = b"\0\0\0"
    found = decode(b"\n".join(lines))
    assert not found.intact
    assert found.tables == {"marks": {"a": {"title": "x"}, "b": {"title": "y"}}, "history": {"1": {"changes": []}}}
    assert found.generation == "1-a"
