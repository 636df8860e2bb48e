"""A table of the state file, parsed when it is asked for: like a dict of its documents, whatever is done to it."""

from __future__ import annotations

import gc
import sys
from array import array
from collections.abc import Mapping

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from readlist.marks.disk import stored_lines, stored_table
from readlist.marks.disk.snapshot import decode, encode
from readlist.marks.disk.stored_table import StoredTable, line_of
from readlist.marks.state.document import Document, Tables
from tests.support.depth import examples

KEYS = st.sampled_from(["a", "ab", 'a": {', "é", "\\", "\ud800", "arxiv:2401.00001", "", "\n", "title:x,"])
DOCUMENTS = st.dictionaries(
    st.sampled_from(["note", "é"]), st.sampled_from(["", "x", "\ud800", '\n"a": {}', {}]), max_size=2
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["get", "set", "drop", "has", "newest", "list", "count", "whole", "lines", "pack"]),
        KEYS,
        DOCUMENTS,
    ),
    max_size=25,
)


def stored(documents: Mapping[str, Document]) -> StoredTable:
    """Return a table as it is read from the state file, between two others."""
    tables: Tables = {"before": {"a": {}}, "marks": dict(documents), "after": {"a": {"z": 1}}}
    blocks = encode(tables, {"schema": 1}, lambda: False)
    assert blocks is not None
    table = decode(b"".join(blocks)).tables["marks"]
    assert isinstance(table, StoredTable)
    return table


@settings(max_examples=examples(300))
@given(
    st.dictionaries(KEYS, DOCUMENTS, max_size=8),
    STEPS,
    st.sampled_from([(0, 0, 3), (0, 3, 10), (0, 0, 50), (0, 50, 50), (4, 50, 50)]),
)
@example({"a": {}}, [("set", "", {}), ("newest", "a", {})], (0, 0, 3))
def test_it_is_like_a_dict(
    documents: dict[str, Document], steps: list[tuple[str, str, Document]], limits: tuple[int, int, int]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # Looked for in the bytes, in an index of several parts, from the first on where there are few, and among all.
        patch.setattr(stored_lines, "_SHORT", limits[0])
        patch.setattr(stored_lines, "_FEW", limits[1])
        patch.setattr(stored_table, "_MANY", limits[2])
        patch.setattr(stored_lines, "_INDEXED_AT_ONCE", 3)
        patch.setattr(stored_lines, "_BLOCK", 20)
        patch.setattr(stored_table, "_KEPT", 0.0)
        compare(documents, steps)


def compare(documents: dict[str, Document], steps: list[tuple[str, str, Document]]) -> None:
    """Do the same steps to a table and to a dict."""
    table, plain = stored(documents), dict(documents)
    for step, key, document in steps:
        match step:
            case "get":
                assert table.get(key) == plain.get(key)
            case "set":
                table[key] = plain[key] = document
            case "drop":
                assert table.pop(key, None) == plain.pop(key, None)
            case "has":
                assert (key in table) is (key in plain)
            case "newest":
                assert table.newest() == next(reversed(plain), "")
            case "list":
                assert list(table.items()) == list(plain.items())
            case "pack":
                table.pack(lambda: False)
            case "count":
                assert len(table) == len(plain)
            case "lines":
                assert list(table.lines()) == [line_of(key, document) for key, document in plain.items()]
            case _:
                assert table.whole() == plain
    assert list(table.items()) == list(plain.items())


def test_the_few_long_lines_of_a_history_are_not_searched_for_each_of_its_groups() -> None:
    table = stored({"1": {"changes": ["x" * 1_000_000]}, "2": {"changes": []}})
    assert table.get("3") is None and table["2"] == {"changes": []} and table.newest() == "2"
    assert isinstance(table._lines, stored_lines.RawLines) and table._lines._index is not None


def test_a_few_documents_are_found_without_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    table = stored({f"arxiv:2401.{number:05d}": {"note": number} for number in range(1_000)})
    parsed: list[StoredTable] = []

    def whole(table: StoredTable) -> dict[str, Document]:
        parsed.append(table)
        return {}

    monkeypatch.setattr(StoredTable, "whole", whole)
    assert table["arxiv:2401.00500"] == {"note": 500}
    assert table.get("arxiv:2401.1") is None
    table["new"] = {"note": 1}
    assert table["new"] == {"note": 1}
    assert not parsed
    for number in range(1_000):
        assert table[f"arxiv:2401.{number:05d}"] == {"note": number}
        assert table.get(f"arxiv:2402.{number:05d}") is None
    assert table.newest() == "new"
    assert len(list(table.lines())) == 1_001
    assert not parsed
    for number in range(10_000):
        table.get(f"arxiv:2403.{number:05d}")
    # From then on all are there, each for the price of a dict.
    assert parsed


def test_packed_it_keeps_nothing_of_the_file_and_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = {f"arxiv:2401.{number:05d}": {"note": f"a note of some length, {number}"} for number in range(5_000)}
    table = stored(documents)
    monkeypatch.setattr(StoredTable, "whole", lambda _: pytest.fail("all were parsed"))
    table["arxiv:2401.00007"] = {"note": "other"}
    plain = list(table.lines())
    before = held_by(table)
    asked = iter([False, False, True])
    assert not table.pack(lambda: next(asked))
    assert held_by(table) == before
    assert table.pack(lambda: False)
    assert held_by(table) < before / 4
    assert table["arxiv:2401.00006"] == documents["arxiv:2401.00006"]
    assert table["arxiv:2401.00007"] == {"note": "other"}
    assert table.get("arxiv:2402.00007") is None
    assert table.newest() == "arxiv:2401.04999"
    assert list(table.lines()) == plain


def test_what_all_was_asked_for_is_parsed_once_until_nobody_asks_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    table = stored({f"arxiv:2401.{number:05d}": {"note": number} for number in range(100)})
    parsed = table.whole()
    assert not table.pack(lambda: False)
    assert table.whole() is parsed
    monkeypatch.setattr(stored_table, "_KEPT", 0.0)
    assert table.pack(lambda: False)
    again = table.whole()
    assert again == parsed
    assert again is not parsed


def held_by(table: StoredTable) -> int:
    """Return the size of all bytes and arrays that a table holds."""
    seen: dict[int, object] = {}
    left: list[object] = [table]
    while left:
        each = left.pop()
        if id(each) not in seen and not isinstance(each, type) and type(each).__module__ != "types":
            seen[id(each)] = each
            left += gc.get_referents(each)
    return sum(sys.getsizeof(each) for each in seen.values() if isinstance(each, (bytes, array)))
