"""What readlist writes as BibTeX, RIS, CSL-JSON and notes comes back exactly: papers and marks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readlist.exports import bibtex, csl, ris
from readlist.exports.formats import record, write_csv
from readlist.exports.paper_note import rendered
from readlist.manual import read
from readlist.model.mark import Mark
from readlist.model.paper import Link, LinkKind, Paper, identifiers_of
from readlist.model.time import PartialDate, parse_date
from readlist.notes.note_file import parse_note
from readlist.shelf import Entry, Shelf
from readlist.sources import reader
from readlist.sources.batch import Batch
from readlist.sources.formats.readlist_export import paper_of
from readlist.text.clean import clean, clean_line
from tests.support.depth import examples
from tests.support.entries import HOSTILE, NOW, lines, make_entry, texts
from tests.support.papers import make_batch, make_paper, make_shelf

ADDRESSES = ("https://github.com/lab/code", "https://lab.org/kettle", "https://huggingface.co/datasets/lab/pots",
             "https://lab.github.io/pot/", "https://lab.org/a_b?c=1&d=~e%20f#g",
             "https://gitlab.com/lab/x")  # fmt: skip
KINDS: tuple[LinkKind, ...] = ("repo", "project", "paper", "data", "other")
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
    made.papers.add(make_batch(papers))
    yield made
    made.close()


@pytest.mark.parametrize("suffix", WRITERS)
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(decided=st.lists(_MARK, min_size=4, max_size=4))
def test_notes_and_stars_come_back(shelf: Shelf, tmp_path: Path, suffix: str, decided: list[tuple[str, bool]]) -> None:
    entries: list[Entry] = []
    for number, (note, starred) in enumerate(decided):
        entry = shelf.papers.entry(make_paper(number).key)
        assert entry is not None
        shelf.marks.apply([entry], note=note, starred=starred)[1].result(timeout=60)
        marked = shelf.papers.entry(make_paper(number).key)
        assert marked is not None
        entries.append(marked)
    file = tmp_path / f"papers.{suffix}"
    with file.open("w", encoding="utf-8", newline="") as written:
        written.writelines(WRITERS[suffix](entries))
    (batch,) = reader.read([file])
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
    assert shelf.marks.adopt(batch, shelf.papers.add(batch)).done is None


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
    assert f",{text}," in "".join(write_csv([entry]))
    note = parse_note(rendered(entry, entry.added))
    paper = paper_of(note)
    assert note.value("published") == text and paper is not None and paper.published == entry.paper.published


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("text", ["2019", "2019-05", "2019-05-03"])
def test_a_date_comes_back_as_exact_as_it_was(text: str, suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"papers.{suffix}"
    file.write_text("".join(WRITERS[suffix]([make_entry(published=parse_date(text))])), encoding="utf-8", newline="")
    (batch,) = reader.read([file])
    assert batch.items[0][0].published == parse_date(text) and not batch.skipped


@pytest.mark.parametrize("suffix", WRITERS)
def test_tags_are_keywords_elsewhere_and_come_back_as_tags_alone(suffix: str, tmp_path: Path) -> None:
    entry = make_entry(keywords=("robots", "Cited"), note="A thought.\n\n#cited #to-do #read")
    text = "".join(WRITERS[suffix]([entry]))
    shown = {
        "bib": "keywords = {robots, Cited, to-do, read}",
        "ris": "KW  - robots\r\nKW  - Cited\r\nKW  - to-do\r\nKW  - read\r\n",
        "json": '"keyword": "robots, Cited, to-do, read"',
    }
    assert shown[suffix] in text
    file = tmp_path / f"papers.{suffix}"
    file.write_text(text, encoding="utf-8", newline="")
    (batch,) = reader.read([file])
    ((paper, _),) = batch.items
    assert paper.keywords == ("robots", "Cited")
    assert batch.marks[paper.key].note == entry.mark.note and batch.marks[paper.key].read is None
    assert record(entry, [])["tags"] == ["cited", "to-do", "read"]


_NAMES = lines.filter(bool)
_AUTHORS = _NAMES | st.sampled_from(
    ["Wei Wang", "World Health Organization", "Gemini Team", "Ada van der Bell", "Sammy Davis Jr.", "Li, Bo", "et al."]
)
_TITLES = _NAMES | st.sampled_from(
    [
        "$\\Sigma$$\\Delta$ Kettles",
        "A reader's \\'s pot \\emph{now}",
        "BERT in {B}races at 5% & #1 of a_b",
        "$a$$b$",
        "C++",
    ]
)
_LINKS = st.lists(
    st.builds(Link, st.sampled_from(ADDRESSES), st.sampled_from(KINDS), st.sampled_from(["", "https://lab.org/full/x"])),
    max_size=4, unique_by=lambda link: link.url,
)  # fmt: skip
_IDS = st.sampled_from([("2401.00001", ""), ("", "10.1000/a<b>(1)"), ("hep-th/9901001", "10.1234/x_y"), ("", "")])


_COMMENTS = (
    st.just("")
    | _NAMES
    | st.sampled_from(
        [
            "12 pages, 3 figures",
            "Accepted at ICML 2026",
            "Comment: x",
            "J. Tests 3 (2026) 1",
            "arXiv:2401.00001",
            "CoRR",
        ]
    )
)


@st.composite
def _entries(draw: st.DrawFn) -> Entry:
    title, (arxiv, doi) = draw(_TITLES), draw(_IDS)
    paper = Paper(
        identifiers_of(title, arxiv, doi)[0],
        title,
        draw(texts).strip(),
        tuple(draw(st.lists(_AUTHORS, max_size=3))),
        draw(st.sampled_from([None, date(2026, 5, 1), PartialDate(2026), PartialDate(2026, 5)])),
        arxiv,
        doi,
        tuple(draw(_LINKS)),
        keywords=tuple(draw(st.lists(_NAMES | st.sampled_from(["read", "starred", "a, b"]), max_size=3, unique=True))),
        organization=draw(st.just("") | lines),
        comment=draw(_COMMENTS),
        journal=draw(_COMMENTS),
    )
    note = draw(
        texts
        | st.sampled_from(
            ["arXiv:2107.01234", "One\n  - two\n  - three", "10 pages", "<p>a</p>", "#read #todo", "x\n\n#starred"]
        )
    ).strip()
    read, starred = draw(st.booleans()), draw(st.booleans())
    mark = Mark(NOW if read else None, NOW if starred else None, note, NOW if note else None)
    return Entry(1, paper, mark, "HF daily", date(2026, 8, 1), 1, None, None, None, NOW)


LOSSES = ("when a paper was read or starred", "a feed's own summary, counts", "blanks around a note")
"""What no format carries, as the manual names it; no test here compares it."""


def test_the_manual_names_what_is_lost() -> None:
    manual = " ".join(read("import-export").split())
    assert all(loss in manual.replace("or starred (only notes do)", "or starred") for loss in LOSSES)


def _recorded(paper: Paper, mark: Mark | None) -> tuple[Paper, str, bool, bool]:
    """A paper, and of its mark what a format carries: not when."""
    mark = mark or Mark()
    return paper, mark.note, mark.starred is not None, mark.read is not None


@pytest.mark.parametrize("suffix", WRITERS)
@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entry=_entries())
def test_every_field_comes_back(tmp_path: Path, suffix: str, entry: Entry) -> None:
    batch = _read_back(tmp_path / f"papers.{suffix}", [entry])
    ((paper, _),) = batch.items
    assert _recorded(paper, batch.marks.get(paper.key)) == _recorded(entry.paper, entry.mark)
    assert batch.skipped == ()


@settings(max_examples=examples(60), deadline=None)
@given(entry=_entries())
def test_every_field_comes_back_from_a_file_of_notes(entry: Entry) -> None:
    file = parse_note(rendered(entry, NOW))
    mark = Mark(NOW if file.flag("read") else None, NOW if file.flag("starred") else None, file.normalized)
    paper = paper_of(file)
    assert paper is not None
    assert _recorded(paper, mark) == _recorded(entry.paper, entry.mark)


@pytest.mark.parametrize("suffix", WRITERS)
def test_every_hostile_text_comes_back_in_every_field(tmp_path: Path, suffix: str) -> None:
    words = [clean_line(text) for text in HOSTILE]
    entries = [
        make_entry(word, authors=(word, f"Ada {word}"), arxiv=f"2401.{number:05}", abstract=clean(text).strip(),
                   note=clean(text).strip(), keywords=(word,), starred=True, comment=word, journal=word)
        for number, (word, text) in enumerate(zip(words, HOSTILE, strict=True))
    ]  # fmt: skip
    batch = _read_back(tmp_path / f"papers.{suffix}", entries)
    assert [_recorded(paper, batch.marks.get(paper.key)) for paper, _ in batch.items] == [
        _recorded(entry.paper, entry.mark) for entry in entries
    ]


@pytest.mark.parametrize(("suffix", "old", "new"), [
    ("bib", "Pots {$\\ell_p$} of", "Cups of"), ("ris", "Pots ℓₚ of", "Cups of"), ("json", "Pots ℓₚ of", "Cups of"),
])  # fmt: skip
def test_an_edit_made_elsewhere_counts(tmp_path: Path, suffix: str, old: str, new: str) -> None:
    text = "".join(WRITERS[suffix]([make_entry("Pots $\\ell_p$ of \\emph{tin}", authors=("Li, Bo",))]))
    assert old in text
    file = tmp_path / f"papers.{suffix}"
    file.write_text(text.replace(old, new), encoding="utf-8")
    (batch,) = reader.read([file])
    ((paper, _),) = batch.items
    assert (paper.title, paper.authors) == ("Cups of tin", ("Li, Bo",))


def _read_back(file: Path, entries: list[Entry]) -> Batch:
    with file.open("w", encoding="utf-8", newline="") as written:
        written.writelines(WRITERS[file.suffix[1:]](entries))
    (batch,) = reader.read([file])
    assert batch.failure == ""
    return batch
