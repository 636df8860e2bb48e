"""Import of a captured page beside its rows in bare FTS5, and the same import again beside a hash of the file.

Run by hand: pytest tests/benchmarks. The formats of references and feeds are in `test_formats`.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from tests.benchmarks.corpus import corpus
from tests.benchmarks.figure import Figure, Table
from tests.benchmarks.meter import run
from tests.benchmarks.stocked_home import PAPERS

_HEAD = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nbyAK and the research community\n\nAug 1\n\n"
_HASH = "import hashlib, sys; print(hashlib.file_digest(open(sys.argv[1], 'rb'), 'sha256').hexdigest())"
_LONG = 10_000
"""More papers than this are imported twice instead of five times."""


def write_page(path: Path, papers: int) -> list[tuple[str, str]]:
    """Write a captured search page of some papers; returns their titles and abstracts."""
    texts = [(paper.title, paper.abstract) for paper, _ in corpus(papers)]
    path.write_text(_HEAD + "\n\n".join(f"{title}\n\n{abstract}" for title, abstract in texts), encoding="utf-8")
    return texts


def bare_rows(path: Path, texts: Iterable[tuple[str, str]]) -> float:
    """Return the milliseconds of writing rows to a bare FTS5 table."""
    begin = time.perf_counter()
    connection = sqlite3.connect(path)
    connection.execute("pragma journal_mode = wal")
    connection.execute(
        "create virtual table paper using fts5(title, abstract, tokenize='unicode61 remove_diacritics 2')"
    )
    with connection:
        connection.executemany("insert into paper values (?, ?)", texts)
    connection.close()
    return (time.perf_counter() - begin) * 1_000


def test_page(table: Table, tmp_path: Path) -> None:
    """A page into an empty library, its size there, and the same page again when it brings nothing new."""
    for papers in sorted({1_000, min(_LONG, PAPERS), PAPERS}):
        page = tmp_path / f"{papers}.txt"
        texts = write_page(page, papers)
        taken, bare, again, hashed = [], [], [], []
        for turn in range(2 if papers > _LONG else 5):
            folder, rows = tmp_path / f"{papers}-{turn}", tmp_path / f"{papers}-{turn}.db"
            command, environ = ["-m", "readlist", "import", str(page)], {"READLIST_HOME": str(folder)}
            bare.append(bare_rows(rows, texts))
            taken.append(run(command, environ))
            for _ in range(3):
                again.append(run(command, environ))
                hashed.append(run(["-c", _HASH, str(page)], {}))
            size = (folder / "library.db").stat().st_size / 1e6
            shutil.rmtree(folder)
            rows.unlink()
        table.grow("import of a page, ms per thousand papers", papers, median(taken) / papers * 1_000)
        table.grow("the same import again, ms", papers, median(again))
    name = f"import of a page of {papers:,} papers"
    table.add(Figure(name, taken, bare, ratio=1.8, beside="the rows into bare FTS5"))
    table.add(Figure("the same import again", again, hashed, ratio=3, beside="reading the file and hashing"))
    text = sum(len("".join(each).encode()) for each in texts) / 1e6
    table.add(Figure("size of the library", [size], [text], ratio=2.2, unit="MB", beside="the text itself"))
