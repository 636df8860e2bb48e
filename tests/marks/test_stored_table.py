"""A table of the state file, parsed when it is asked for: like a dict of its documents, whatever is done to it."""

from __future__ import annotations

from collections.abc import Mapping

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from readlist.marks.disk import stored_table
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
        st.sampled_from(["get", "set", "drop", "has", "newest", "list", "count", "whole", "lines"]), KEYS, DOCUMENTS
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
        patch.setattr(stored_table, "_SHORT", limits[0])
        patch.setattr(stored_table, "_FEW", limits[1])
        patch.setattr(stored_table, "_MANY", limits[2])
        patch.setattr(stored_table, "_INDEXED_AT_ONCE", 3)
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
    assert [len(part) for part in table._index] == [2]


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
