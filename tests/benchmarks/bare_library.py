"""The rows of papers in SQLite, without what a library knows of them: what it is measured against."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.corpus import Item


class Bare:
    """The same text in one table with an FTS5 index beside it, written in transactions of as many papers."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.execute = self.connection.execute
        self.execute("pragma journal_mode = wal")
        self.execute("pragma synchronous = normal")
        self.execute("create table paper (id integer primary key, title, abstract, authors)")
        self.execute(
            "create virtual table search using fts5 (title, abstract, authors, content='paper', content_rowid='id', "
            "tokenize='unicode61 remove_diacritics 2')"
        )
        self._last = 0

    def add(self, items: Sequence[Item]) -> None:
        rows = [
            (number, paper.title, paper.abstract, "\n".join(paper.authors))
            for number, (paper, _) in enumerate(items, self._last + 1)
        ]
        self._last += len(rows)
        write = self.connection.executemany
        for first in range(0, len(rows), 100):
            self.execute("begin")
            write("insert into paper values (?, ?, ?, ?)", rows[first : first + 100])
            write("insert into search (rowid, title, abstract, authors) values (?, ?, ?, ?)", rows[first : first + 100])
            self.execute("commit")
