"""The papers that the committed files give, field by field, as they were when `papers.json` was written.

`pytest tests/sources/test_same_papers.py --update` rewrites it from what is read now; look at its diff.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import blake2b
from pathlib import Path

import pytest

from readlist.model.paper import Announcement, Paper
from readlist.sources import reader
from readlist.sources.batch import Batch

HERE = Path(__file__).parent
SNAPSHOT = HERE / "papers.json"
FILES = [path for folder in ("dumps", "samples") for path in sorted((HERE / folder).iterdir())]
DAY = date(2026, 8, 4)
LIMIT = 100_000


def read(path: Path, folder: Path) -> Batch:
    """A file as if it had been saved on `DAY`."""
    copy = folder / path.name
    shutil.copyfile(path, copy)
    saved = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC).timestamp()
    os.utime(copy, (saved, saved))
    (batch,) = reader.read([copy], today=DAY)
    return batch


def fields(batch: Batch) -> list[dict[str, object]]:
    """What counts of a batch: its kind, then each paper, a long text as its digest."""
    shown = {"kind": batch.kind, "day": str(batch.day), "skipped": len(batch.skipped), "failed": bool(batch.failure)}
    return [shown, *(paper_fields(paper, announced, batch) for paper, announced in batch.items)]


def paper_fields(paper: Paper, announced: Announcement, batch: Batch) -> dict[str, object]:
    mark = batch.marks.get(paper.key)
    counts = [announced.upvotes, announced.comments, announced.stars]
    every = {
        "key": paper.key,
        "title": paper.title,
        "authors": "; ".join(paper.authors),
        "published": paper.published.isoformat() if paper.published else "",
        "abstract": digest(paper.abstract),
        "links": [f"{link.kind} {link.target}" for link in paper.links],
        "ids": [name for name in (paper.arxiv, paper.doi) if name and name not in paper.key],
        "keywords": list(paper.keywords),
        "organization": paper.organization,
        "announced": f"{announced.feed} {announced.day}" if announced.day != batch.day else "",
        "counts": counts if any(counts) else [],
        "mark": [mark.read is not None, mark.starred is not None, mark.note] if mark else [],
    }
    return {name: value for name, value in every.items() if value}


def digest(text: str) -> str:
    return f"{len(text)} {blake2b(text.encode(), digest_size=4).hexdigest()}" if text else ""


@pytest.fixture(scope="module")
def snapshot(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, object]:
    if request.config.getoption("--update"):
        folder = tmp_path_factory.mktemp("files")
        lines = [f' "{path.name}": {rows(fields(read(path, folder)))}' for path in FILES]
        SNAPSHOT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    found: Mapping[str, object] = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    return found


def rows(values: list[dict[str, object]]) -> str:
    return "[\n  " + ",\n  ".join(json.dumps(value, ensure_ascii=False) for value in values) + "\n ]"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_gives_the_same_papers(path: Path, snapshot: Mapping[str, object], tmp_path: Path) -> None:
    assert fields(read(path, tmp_path)) == snapshot[path.name]


def test_the_snapshot_is_small_and_of_these_files(snapshot: Mapping[str, object]) -> None:
    assert list(snapshot) == [path.name for path in FILES] and SNAPSHOT.stat().st_size < LIMIT
