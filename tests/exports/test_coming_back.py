"""What readlist writes as BibTeX, RIS and CSL-JSON comes back to the letter: notes, stars, and the same papers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readlist.exports import bibtex, csl, csv, markdown, ris
from readlist.exports.json import record
from readlist.notes.note_file import parsed
from readlist.paper import Mark
from readlist.partial_date import parse_date
from readlist.shelf import Entry, Shelf
from readlist.sources import files, notes
from readlist.text import clean
from tests.exports.making import make_entry
from tests.making import make_batch, make_paper, make_shelf

WRITERS = {"bib": bibtex.write, "ris": ris.write, "json": csl.write}
_TEXT = st.text(st.sampled_from("ab 1é–—ö~^_%$#&{}\\<>|\"'`*-.,;:!?@[]()/=+\nñß€…Łα中😀ế"), max_size=80)
_MARK = st.builds(
    lambda note, starred: (clean(note).strip(), starred),
    _TEXT,
    st.booleans(),
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """A shelf with some papers."""
    made = make_shelf(tmp_path_factory.mktemp("coming back"))
    papers = [make_paper(number, published=date(2026, 5, 1), keywords=("robots", "big data")) for number in range(4)]
    made.add(make_batch(papers))
    yield made
    made.close()


@pytest.mark.parametrize("suffix", WRITERS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(decided=st.lists(_MARK, min_size=4, max_size=4))
def test_notes_and_stars_come_back(shelf: Shelf, tmp_path: Path, suffix: str, decided: list[tuple[str, bool]]) -> None:
    entries: list[Entry] = []
    for number, (note, starred) in enumerate(decided):
        entry = shelf.entry(make_paper(number).key)
        assert entry is not None
        shelf.mark([entry], note=note, starred=starred)[1].result(timeout=20)
        marked = shelf.entry(make_paper(number).key)
        assert marked is not None
        entries.append(marked)
    file = tmp_path / f"papers.{suffix}"
    with file.open("w", encoding="utf-8", newline="") as written:
        written.writelines(WRITERS[suffix](entries))
    (batch,) = files.read([file])
    assert batch.failure == "" and batch.skipped == ()
    assert [paper.key for paper, _ in batch.items] == [entry.paper.key for entry in entries]
    for (paper, _), entry in zip(batch.items, entries, strict=True):
        assert (paper.title, paper.authors, paper.keywords, paper.published) == (
            entry.paper.title, entry.paper.authors, entry.paper.keywords, entry.paper.published,
        )  # fmt: skip
        mark = batch.marks.get(paper.key, Mark())
        assert [line.strip() for line in mark.note.split("\n")] == [
            line.strip() for line in entry.mark.note.split("\n")
        ]
        assert bool(mark.starred) == bool(entry.mark.starred)
    assert shelf.adopt(batch, shelf.add(batch)).done is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2019", {"bib": ["  year = {2019},"], "ris": ["PY  - 2019"], "json": [[2019]]}),
        (
            "2019-05",
            {
                "bib": ["  year = {2019},", "  month = may,"],
                "ris": ["PY  - 2019", "DA  - 2019/05//"],
                "json": [[2019, 5]],
            },
        ),
        (
            "2019-05-03",
            {
                "bib": ["  year = {2019},", "  month = may,", "  day = {3},"],
                "ris": ["PY  - 2019", "DA  - 2019/05/03"],
                "json": [[2019, 5, 3]],
            },
        ),
    ],
)
def test_a_date_is_written_as_exact_as_it_is_known(text: str, shown: dict[str, object]) -> None:
    entry = make_entry(published=parse_date(text))
    outputs = {suffix: "".join(write([entry])) for suffix, write in WRITERS.items()}
    dated = re.compile(r"(?m)^(?:  (?:year|month|day) = |PY|DA).*?(?=\r?$)")
    assert {suffix: dated.findall(outputs[suffix]) for suffix in ("bib", "ris")} == {
        suffix: shown[suffix] for suffix in ("bib", "ris")
    }
    assert json.loads(outputs["json"])[0]["issued"] == {"date-parts": shown["json"]}
    assert record(entry, [])["published"] == text
    assert f",{text}," in "".join(csv.write([entry]))
    note = parsed(markdown.rendered(entry, entry.added))
    paper = notes.paper_of(note)
    assert note.said("published") == text and paper is not None and paper.published == entry.paper.published


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("text", ["2019", "2019-05", "2019-05-03"])
def test_a_date_comes_back_as_exact_as_it_was(text: str, suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"papers.{suffix}"
    file.write_text("".join(WRITERS[suffix]([make_entry(published=parse_date(text))])), encoding="utf-8", newline="")
    (batch,) = files.read([file])
    assert batch.items[0][0].published == parse_date(text) and not batch.skipped
