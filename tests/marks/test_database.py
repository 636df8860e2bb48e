"""The journaled tables behave like TinyDB's own, also after being opened again or rewritten."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tinydb import TinyDB, where
from tinydb.operations import delete, increment
from tinydb.table import Document, Table

from readlist.marks.database import JournalStorage, StateDatabase
from tests.support.depth import examples
from tests.support.marks import QuickDisk, compact


class WordTable(Table):
    """A stock table with ids as ours has them."""

    document_id_class = str  # type: ignore[assignment]


class WordDatabase(TinyDB):
    table_class = WordTable


values = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "ü", "\ud800"])
documents = st.dictionaries(st.sampled_from("abc"), values | st.lists(values, max_size=2), max_size=3)
names = st.sampled_from(["_default", "marks"])
ids = st.sampled_from(["arxiv:1", "doi:10.1/ü", "title:a", "1"])
queries = st.builds(lambda name, value: where(name) == value, st.sampled_from("abc"), values)


def named(document: Mapping[str, Any], word: str) -> Document:
    return Document(document, word)  # type: ignore[arg-type]


def outcome(database: TinyDB, method: str, table: str, *arguments: Any, **options: Any) -> object:
    try:
        return getattr(database.table(table), method)(*arguments, **options)
    except (ValueError, KeyError, TypeError) as failure:
        return type(failure)


class Comparison(RuleBasedStateMachine):
    """The same calls on TinyDB's JSONStorage and on ours."""

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.stock = WordDatabase(self.folder / "stock.json")
        self.reopen()

    @rule()
    def reopen(self) -> None:
        self.ours = StateDatabase(self.folder / "state.json", disk=QuickDisk())

    @rule()
    def rewrite(self) -> None:
        storage = self.ours.storage
        assert isinstance(storage, JournalStorage)
        compact(storage)

    def both(self, method: str, table: str, *arguments: Any, **options: Any) -> None:
        expected = outcome(self.stock, method, table, *arguments, **options)
        assert outcome(self.ours, method, table, *arguments, **options) == expected

    @rule(table=names, document=documents, word=ids)
    def insert(self, table: str, document: Mapping[str, Any], word: str) -> None:
        self.both("insert", table, named(document, word))

    @rule(table=names, many=st.dictionaries(ids, documents, max_size=3), word=ids)
    def insert_multiple(self, table: str, many: Mapping[str, Mapping[str, Any]], word: str) -> None:
        every = [*(named(document, each) for each, document in many.items()), named({"a": 1}, word)]
        self.both("insert_multiple", table, every)

    @rule(table=names, document=documents, query=queries)
    def update(self, table: str, document: Mapping[str, Any], query: Any) -> None:
        self.both("update", table, document, query)
        self.both("update", table, {"c": True})

    @rule(table=names, document=documents, words=st.lists(ids, max_size=3))
    def update_ids(self, table: str, document: Mapping[str, Any], words: list[str]) -> None:
        self.both("update", table, document, doc_ids=words)

    @rule(table=names, word=ids)
    def update_by_operation(self, table: str, word: str) -> None:
        self.both("update", table, increment("a"), doc_ids=[word])
        self.both("update", table, delete("b"), where("b").exists())

    @rule(table=names, document=documents, query=queries)
    def update_multiple(self, table: str, document: Mapping[str, Any], query: Any) -> None:
        self.both("update_multiple", table, [(document, query), ({"b": 0}, where("a") == 1)])

    @rule(table=names, document=documents, word=ids)
    def upsert(self, table: str, document: Mapping[str, Any], word: str) -> None:
        self.both("upsert", table, named(document, word))

    @rule(table=names, query=queries)
    def remove(self, table: str, query: Any) -> None:
        self.both("remove", table, query)

    @rule(table=names, words=st.lists(ids, max_size=3))
    def remove_ids(self, table: str, words: list[str]) -> None:
        self.both("remove", table, doc_ids=words)

    @rule(table=names)
    def truncate(self, table: str) -> None:
        self.both("truncate", table)

    @rule(table=names)
    def drop(self, table: str) -> None:
        self.stock.drop_table(table)
        self.ours.drop_table(table)

    @rule()
    def drop_all(self) -> None:
        self.stock.drop_tables()
        self.ours.drop_tables()

    @rule(table=names)
    def write_what_is_no_json(self, table: str) -> None:
        self.both("insert", table, named({"a": {1, 2}}, "new"))

    @rule(table=names, query=queries, word=ids)
    def look(self, table: str, query: Any, word: str) -> None:
        for method in ("search", "get", "contains", "count"):
            self.both(method, table, query)
        self.both("get", table, doc_id=word)
        self.both("get", table, doc_ids=[word, "title:a"])

    @rule(table=names)
    def change_what_was_given_out(self, table: str) -> None:
        for document in self.ours.table(table).all():
            document["spoiled"] = True
            for value in document.values():
                if isinstance(value, list):
                    value.append("spoiled")

    @invariant()
    def same(self) -> None:
        if not hasattr(self, "ours"):
            return
        assert self.ours.tables() == self.stock.tables()
        for name in self.stock.tables():
            expected = [(one.doc_id, dict(one)) for one in self.stock.table(name)]
            assert [(one.doc_id, dict(one)) for one in self.ours.table(name)] == expected
            assert len(self.ours.table(name)) == len(expected)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.stock.close()
            shutil.rmtree(self.folder)


TestComparison = Comparison.TestCase
TestComparison.settings = settings(max_examples=examples(40), stateful_step_count=25, deadline=None)


def test_the_state_file_opens_with_stock_tinydb(tmp_path: Path) -> None:
    ours = StateDatabase(tmp_path / "state.json")
    ours.table("marks").put({"arxiv:1": {"title": "Ünï", "note": {"value": "a\nb"}}})
    ours.table("history").put({"1": {"label": "x"}})
    storage = ours.storage
    assert isinstance(storage, JournalStorage)
    compact(storage)
    with WordDatabase(tmp_path / "state.json", encoding="utf-8") as stock:
        assert stock.tables() == {"meta", "marks", "history"}
        assert stock.table("marks").get(doc_id="arxiv:1") == {"title": "Ünï", "note": {"value": "a\nb"}}
        assert stock.table("marks").all() == ours.table("marks").all()
        assert stock.table("meta").get(doc_id="state")["schema"] == 1


def test_stock_tables_work_on_our_storage(tmp_path: Path) -> None:
    with TinyDB(tmp_path / "state.json", storage=JournalStorage) as database:
        database.insert({"a": 1})
        database.table("b").insert({"b": 2})
        database.drop_table("b")
        database.update({"a": 3})
    with TinyDB(tmp_path / "state.json", storage=JournalStorage) as database:
        assert database.all() == [{"a": 3}]
        assert database.tables() == {"_default"}


def test_a_table_can_be_kept_empty(tmp_path: Path) -> None:
    ours = StateDatabase(tmp_path / "state.json")
    ours.table("new", persist_empty=True)
    assert StateDatabase(tmp_path / "state.json").tables() == {"new"}


def test_a_search_is_not_answered_from_before_another_process_changed_something(tmp_path: Path) -> None:
    one, other = StateDatabase(tmp_path / "state.json"), StateDatabase(tmp_path / "state.json")
    query = where("a") == 1
    one.insert(named({"a": 1}, "x"))
    assert len(one.search(query)) == 1
    other.insert(named({"a": 1}, "y"))
    assert len(one.search(query)) == 2
    assert [str(document.doc_id) for document in one] == ["x", "y"]


def test_a_change_is_one_line_however_many_documents_there_are(tmp_path: Path) -> None:
    database = StateDatabase(tmp_path / "state.json", disk=QuickDisk())
    table = database.table("marks")
    table.put({f"arxiv:{number}": {"a": number} for number in range(5_000)})
    journal = tmp_path / "state.json.journal"
    before, state = journal.stat().st_size, (tmp_path / "state.json").read_bytes()
    table.update({"a": "x"}, doc_ids=["arxiv:77"])  # type: ignore[list-item]
    assert journal.stat().st_size - before < 100
    assert journal.read_bytes().count(b"\n") == 3
    assert (tmp_path / "state.json").read_bytes() == state


def test_what_python_calls_equal_is_still_a_change(tmp_path: Path) -> None:
    table = StateDatabase(tmp_path / "state.json").table("marks")
    for value in (1, True, 1.0):
        table.put({"a": {"value": value}})
        again = StateDatabase(tmp_path / "state.json").table("marks")
        assert [repr(document["value"]) for document in again] == [repr(value)]


def test_a_failed_transaction_changes_nothing(tmp_path: Path) -> None:
    database = StateDatabase(tmp_path / "state.json")
    table = database.table("marks")
    table.put({"a": {"x": 1}})
    storage = database.storage
    assert isinstance(storage, JournalStorage)

    def both() -> None:
        with storage.transaction():
            table.put({"a": {"x": 2}})
            assert table.get(doc_id="a") == {"x": 2}  # type: ignore[call-overload]
            database.table("history").put({"1": {}})
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError):
        both()
    for view in (database, StateDatabase(tmp_path / "state.json")):
        assert view.table("marks").all() == [{"x": 1}]
        assert view.tables() == {"marks"}


def test_nothing_is_opened_or_made_before_it_is_used(tmp_path: Path) -> None:
    database = StateDatabase(tmp_path / "new" / "state.json")
    assert not (tmp_path / "new").exists()
    assert database.table("marks").all() == []
    assert not (tmp_path / "new").exists()
