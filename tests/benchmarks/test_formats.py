"""Import of the formats people have beside the parser of each and the bare rows; exports; run by hand."""

from __future__ import annotations

import gc
import io
import json
import logging
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from readlist.exports.formats import FORMATS
from readlist.services.importer import import_files
from readlist.shelf import Shelf
from tests.benchmarks.bare_library import Bare
from tests.benchmarks.corpus import Item, corpus
from tests.benchmarks.figure import Figure, Table
from tests.benchmarks.stocked_home import PAPERS
from tests.benchmarks.written_lists import entries_of, write_days, write_feeds, write_references
from tests.support.papers import make_shelf

_TURNS = 5
_MOST = 10_000
"""Papers of a file at most: of a hundred thousand, bibtexparser alone would take a minute."""


def _json(paths: Sequence[Path]) -> None:
    for path in paths:
        json.loads(path.read_bytes())


def _feedparser(paths: Sequence[Path]) -> None:
    import feedparser  # type: ignore[import-untyped]

    headers = {"content-type": "application/xml; charset=utf-8"}
    for path in paths:
        data = io.BytesIO(path.read_bytes())
        feedparser.parse(data, response_headers=headers, resolve_relative_uris=False, sanitize_html=False)


def _bibtexparser(paths: Sequence[Path]) -> None:
    from bibtexparser.entrypoint import parse_string

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL + 1)
    for path in paths:
        parse_string(path.read_text())


_FORMATS = [
    ("days of JSON", write_days, _json, "json"),
    ("RSS", write_feeds, _feedparser, "feedparser"),
    ("BibTeX", write_references, _bibtexparser, "bibtexparser"),
]


@pytest.mark.parametrize(("name", "write", "parse", "parser"), _FORMATS, ids=[name for name, *_ in _FORMATS])
def test_import(
    name: str,
    write: Callable[[Path, Sequence[Item]], list[Path]],
    parse: Callable[[Sequence[Path]], None],
    parser: str,
    table: Table,
    tmp_path: Path,
) -> None:
    """Time on the clock and of the processor, by turns, of an import into an empty library and of its two parts."""
    for papers in sorted({1_000, min(PAPERS, _MOST)}):
        items = list(corpus(papers))
        folder = tmp_path / str(papers)
        folder.mkdir()
        paths = write(folder, items)
        ours, reference = [], []
        # As commands do: what was made before is not searched for garbage time and again.
        gc.freeze()
        for turn in range(_TURNS):
            bare = Bare(folder / f"{turn}.db")
            parsed, added = _taken(lambda: parse(paths)), _taken(lambda: bare.add(items))  # noqa: B023
            reference.append(Taken(*map(sum, zip(parsed, added, strict=True))))
            bare.connection.close()
            shelf = make_shelf(folder / f"home-{turn}")
            ours.append(_taken(lambda: _import(shelf, paths)))  # noqa: B023
            shelf.close()
        least = min(one.clock for one in ours), min(one.clock for one in reference)
        table.grow(f"import of {name}, ms per thousand papers", papers, least[0] * 1_000 / papers)
        table.grow(f"{parser} alone, and the rows into bare FTS5", papers, least[1] * 1_000 / papers)
    beside = f"{parser} alone, and the rows into bare FTS5"
    for what, place, most in (("", 0, 1.5), (", processor time", 1, None)):
        table.add(Figure(
            f"import of {name}, {papers:,} papers{what}", [one[place] for one in ours],
            [one[place] for one in reference], most, beside=beside,
        ))  # fmt: skip


def _import(shelf: Shelf, paths: Sequence[Path]) -> None:
    assert all(one.complete and one.new for one in import_files(shelf, paths))


@pytest.mark.parametrize("name", FORMATS)
def test_export(name: str, table: Table) -> None:
    """The making of the text alone: no library, no file."""
    for papers in sorted({1_000, min(PAPERS, _MOST)}):
        entries = entries_of(list(corpus(papers)))
        write = FORMATS[name].write
        taken = [_taken(lambda: sum(map(len, write(entries, lambda entry: [])))).processor for _ in range(3)]  # noqa: B023
        table.grow(
            f"export as {FORMATS[name].title}: the text, ms per thousand papers", papers, min(taken) * 1_000 / papers
        )


class Taken(NamedTuple):
    """What some work took in milliseconds: on the clock, and of the processor, that of child processes included."""

    clock: float
    processor: float


def _taken(work: Callable[[], object]) -> Taken:
    start, before = time.perf_counter(), _spent()
    work()
    return Taken((time.perf_counter() - start) * 1_000, (_spent() - before) * 1_000)


def _spent() -> float:
    """Return the processor time that this process and its children have taken, in seconds."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
