"""A child process that fills a library and marks its papers, and tells of each step that is committed."""

from __future__ import annotations

import os
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

# What is loaded at the first use, so that forks of a process that knows this module need not.
import filelock  # noqa: F401

from readlist.library import library
from readlist.library.connections import Connections
from readlist.library.library import Library
from readlist.model.mark import Mark
from readlist.query import parse
from tests.support.papers import DAY, make_batch, make_paper, make_shelf

NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
LIST = 12
"""Papers that come in one step."""

Shown = dict[str, str]
"""The keys of all papers, each with its note."""


def take_step(library: Library, number: int) -> None:
    """Write one transaction: a list of papers, or a note on each of some, in turn."""
    turn = number // 2
    papers = [make_paper(turn * LIST + each) for each in range(LIST)]
    if number % 2 == 0:
        library.add("HF daily", make_batch(papers).items, day=DAY, now=NOW + timedelta(seconds=number))
    else:
        marks = [(paper.key, Mark(note=f"note {number}", noted=NOW)) for paper in papers[:3]]
        library.mirror.write(marks, stamp=str(number), patient=True)


def shown_after(steps: int) -> Shown:
    """Return what a library must show after some steps."""
    shown: Shown = {}
    for number in range(steps):
        for each in range(LIST if number % 2 == 0 else 3):
            key = make_paper(number // 2 * LIST + each).key
            shown[key] = "" if number % 2 == 0 else f"note {number}"
    return shown


def shown_by(library: Library) -> Shown:
    """Return what a library shows."""
    papers = library.papers(list(library.ids(parse(""), "feed")))
    return {entry.paper.key: entry.mark.note for entry in papers}


def import_and_mark(home: Path, first: int, reported: Connection) -> None:
    """Add lists to a shelf and star papers of each, without end; tell of each list and star that is there to stay."""
    shelf = make_shelf(home)
    number = first
    while True:
        papers = [make_paper(number * LIST + each) for each in range(LIST)]
        shelf.papers.add(make_batch(papers))
        reported.send(("added", [paper.key for paper in papers]))
        for paper in papers[:3]:
            entry = shelf.papers.entry(paper.key)
            assert entry is not None
            shelf.marks.apply([entry], starred=True, note=f"note on {paper.key}")[1].result()
            reported.send(("marked", [paper.key]))
        number += 1
        if number % 4 == 0:
            # Both stores bring their files up to date.
            shelf.close()
            shelf = make_shelf(home)


class Careless(Connections):
    """Connections that never wait for the disk, so that the tests can be seen to find it."""

    def _connect(self, *args: Any, **kwargs: Any) -> sqlite3.Connection:
        connection = super()._connect(*args, **kwargs)
        connection.execute("pragma synchronous = off")
        return connection


def main() -> None:
    """Take some steps with a library; report each on standard output in one write."""
    home, count = Path(sys.argv[1]), int(sys.argv[2])
    if sys.argv[3:] == ["careless"]:
        library.Connections = Careless  # type: ignore[attr-defined]
    opened = Library(home / "library.db")
    for number in range(count):
        take_step(opened, number)
        os.write(1, f"done {number}\n".encode())
    opened.close()


if __name__ == "__main__":
    main()
