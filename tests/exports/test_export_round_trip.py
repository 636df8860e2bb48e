"""What readlist exports as JSON, JSON Lines and CSV comes back into another home: papers, announcements and marks."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from readlist.exports.formats import FORMATS
from readlist.model.paper import Announcement, Link, Paper, fingerprint
from readlist.model.time import PartialDate
from readlist.shelf import Entry, Shelf
from readlist.shelf.mirrored_marks import Decision
from readlist.sources import reader
from readlist.sources.batch import Batch
from readlist.text.clean import clean, clean_line, readable
from readlist.text.titles import names_nothing
from tests.support.depth import examples
from tests.support.entries import lines, texts
from tests.support.papers import Clock, make_paper, make_shelf

_NAMES = st.lists(lines.filter(lambda name: name and ";" not in name), max_size=3, unique=True).map(tuple)
_LINKS = (
    Link("https://github.com/lab/code", "repo", "https://github.com/lab/code/tree/main/x"),
    Link("https://lab.org/page", "project"),
    Link("https://lab.org/paper.pdf", "paper"),
    Link("https://lab.org/set", "data"),
)
_PAPERS = st.builds(
    lambda title, abstract, authors, keywords, organization, summary, links, published, version, comment: {
        "version": version, "revised": date(2026, 8, 1) if version > 1 else None, "comment": comment,
        "journal": organization, "withdrawn": comment if version else "",
        "title": title, "abstract": abstract.strip(), "authors": authors, "keywords": keywords,
        "organization": organization, "summary": summary, "links": links, "published": published,
    },
    lines.filter(lambda title: any(map(str.isalnum, title)) and not names_nothing(title)),
    texts, _NAMES, _NAMES, lines, lines,
    st.lists(st.sampled_from(_LINKS), unique=True).map(lambda links: tuple(sorted(links, key=_LINKS.index))),
    st.none() | st.dates(date(1900, 1, 1), date(2026, 8, 1))
    | st.builds(PartialDate, st.just(2019), st.sampled_from([0, 5])),
    st.integers(0, 999), lines,
)  # fmt: skip
_TIMES = st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2026, 8, 1)).map(lambda time: time.replace(tzinfo=UTC))
_MARKS = st.tuples(_TIMES, _TIMES, texts.map(str.strip).map(clean))
_COUNT = st.none() | st.integers(0, 900)
_ANNOUNCED = st.lists(
    st.builds(Announcement, st.sampled_from(["HF daily", "arXiv cs.LG", "=Lab"]),
              st.dates(date(2026, 1, 1), date(2026, 8, 1)), st.integers(1, 99), _COUNT, _COUNT, _COUNT),
    min_size=1, max_size=3, unique_by=lambda one: (one.feed, one.day),
)  # fmt: skip


def _filled(home: Path, papers: Sequence[tuple[Paper, Sequence[Announcement]]]) -> Shelf:
    shelf = make_shelf(home)
    further = {paper.key: tuple(announced[1:]) for paper, announced in papers}
    items = tuple((paper, announced[0]) for paper, announced in papers)
    shelf.papers.add(Batch("page.txt", "day page", "HF daily", date(2026, 8, 1), items, further=further))
    return shelf


def _exported(shelf: Shelf, entries: Sequence[Entry], form: str, folder: Path) -> Path:
    file = folder / f"papers.{FORMATS[form].suffix}"
    with file.open("w", encoding="utf-8", newline="") as written:
        written.writelines(FORMATS[form].write(entries, lambda entry: shelf.feeds.log.announcements(entry.id)))
    return file


def _entries(shelf: Shelf, papers: Sequence[Paper]) -> list[Entry]:
    entries = [shelf.papers.entry(paper.key) for paper in papers]
    return [entry for entry in entries if entry is not None]


def _named(number: int, fields: dict[str, object]) -> dict[str, object]:
    """Return what a paper is known by: an arXiv id, a DOI, or its title alone."""
    if number == 0:
        return {}
    if number == 1:
        return {"arxiv": "", "doi": "10.1000/kettle", "key": "doi:10.1000/kettle"}
    return {"arxiv": "", "key": f"title:{fingerprint(str(fields['title']))}"}


def _to_the_second(time: datetime | None) -> datetime | None:
    return time.replace(microsecond=0) if time else None


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
# Without shrinking: each example opens two homes.
@settings(max_examples=examples(12), deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    drawn=st.lists(
        st.tuples(_PAPERS, _MARKS, _ANNOUNCED),
        min_size=1,
        max_size=3,
        unique_by=lambda one: fingerprint(str(one[0]["title"])),
    )
)
def test_an_export_comes_back_whole_into_another_home(
    form: str, drawn: list[tuple[dict[str, object], tuple[datetime | None, datetime | None, str], list[Announcement]]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here, there = Path(folder, "here"), Path(folder, "there")
        papers = [make_paper(number, **fields, **_named(number, fields)) for number, (fields, *_) in enumerate(drawn)]
        shelf = _filled(here, [(paper, drawn[number][2]) for number, paper in enumerate(papers)])
        decided = [
            (entry, Decision(read, starred, note or None, datetime(2026, 8, 2, tzinfo=UTC)))
            for entry, (_, (read, starred, note), _) in zip(_entries(shelf, papers), drawn, strict=True)
        ]
        shelf.marks.decide(decided, "").result(timeout=60)
        before = _entries(shelf, papers)
        (batch,) = reader.read([_exported(shelf, before, form, Path(folder))])
        assert (batch.failure, batch.skipped) == ("", ())
        other = make_shelf(there)
        adoption = other.marks.adopt(batch, other.papers.add(batch))
        if adoption.done is not None:
            adoption.done.result(timeout=60)
        after = _entries(other, papers)
        for old, new in zip(before, after, strict=True):
            paper = old.paper
            if form == "csv":
                paper = replace(
                    paper,
                    title=clean_line(readable(paper.title)), abstract=clean(readable(paper.abstract)),
                    summary=clean(readable(paper.summary)), comment=clean_line(readable(paper.comment)),
                    journal=clean_line(readable(paper.journal)), withdrawn=clean_line(readable(paper.withdrawn)),
                )  # fmt: skip
                assert new.day == old.day
            else:
                assert {(one.feed, one.day, one.position) for one in other.feeds.log.announcements(new.id)} == {
                    (one.feed, one.day, one.position) for one in shelf.feeds.log.announcements(old.id)
                }
                assert (new.feed, new.day, new.position) == (old.feed, old.day, old.position)
            assert new.paper == paper
            assert (new.upvotes, new.comments, new.stars) == (old.upvotes, old.comments, old.stars)
            assert (new.mark.read, new.mark.starred) == (
                _to_the_second(old.mark.read), _to_the_second(old.mark.starred),
            )  # fmt: skip
            assert new.mark.note == old.mark.note
        again = other.papers.add(batch)
        assert again.new == () and other.marks.adopt(batch, again).done is None
        shelf.close()
        other.close()


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_what_was_decided_since_stays(form: str, tmp_path: Path) -> None:
    paper = make_paper(1)
    clock = Clock()
    shelf = make_shelf(tmp_path / "home", clock)
    shelf.papers.add(
        Batch("page.txt", "day page", "HF daily", date(2026, 8, 1), ((paper, Announcement("HF daily", None, 1)),))
    )
    shelf.marks.apply(_entries(shelf, [paper]), starred=True, note="Old.")[1].result(timeout=60)
    (batch,) = reader.read([_exported(shelf, _entries(shelf, [paper]), form, tmp_path)])
    shelf.marks.apply(_entries(shelf, [paper]), starred=False)[1].result(timeout=60)
    shelf.marks.apply(_entries(shelf, [paper]), starred=True, read=True, note="Old.\n\nAnd new.")[1].result(timeout=60)
    before = _entries(shelf, [paper])
    assert shelf.marks.adopt(batch, shelf.papers.add(batch)).done is None
    assert _entries(shelf, [paper]) == before
    shelf.close()
