"""Inputs that went wrong once, where they are here: each gives the papers it names, whole, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from readlist.model.time import PartialDate
from readlist.sources import reader
from readlist.sources.batch import Batch

SLOW, DECIDING, RAIN = (
    "Slow Gaits: Teaching Tortoise Robots to Cross Kitchens",
    "Deciding by Title: A Study of Two Hundred Readers",
    "Rain Clocks: Agreeing on Time Without Messages",
)
REPO = "https://github.com/tortoise-lab/slowgait"


def read(folder: Path, name: str) -> Batch:
    """Return what a file gives, which must not be a failure."""
    (batch,) = reader.read([folder / name])
    assert batch.failure == "", batch.failure
    return batch


def read_one(folder: Path, name: str) -> Batch:
    batch = read(folder, name)
    assert len(batch.items) == 1
    return batch


def arxiv_ids(batch: Batch) -> list[str]:
    return [paper.arxiv for paper, _ in batch.items]


@pytest.mark.parametrize(
    ("name", "first", "with_abstracts"),
    [
        ("01-front-matter-exported.md", "", True),
        ("05-lynx-dump.txt", "2407.01234", False),
        ("06-elinks-dump.txt", "", False),
        ("07-w3m-dump.txt", "", False),
        ("08-html2text-day.md", "2407.01230", False),
        ("09-pandoc-plain-day.txt", "", False),
        ("11-arxiv-new.txt", "2607.01230", True),
        ("14-papers-cool.txt", "", True),
        ("17-markdown-begins-with-div.md", "", True),
        ("18-weekly-by-a-bot.txt", "2605.01230", True),
        ("24-title-with-escaped-apostrophe.txt", "", True),
        ("25-arxiv-mail.txt", "2607.01230", True),
        ("27-address-before-title.txt", "2607.01230", True),
        ("28-labelled-list.txt", "2607.01230", True),
        ("29-numbered-newsletter.md", "2607.01230", True),
        ("31-id-in-brackets.txt", "2607.01230", True),
        ("32-wrapped-with-own-address.txt", "", True),
    ],
)
def test_three_papers_each_under_its_own_id(shared_cases: Path, name: str, first: str, with_abstracts: bool) -> None:
    batch = read(shared_cases / "lists", name)
    assert [paper.title for paper, _ in batch.items] == [SLOW, DECIDING, RAIN]
    stem = first[:-1]
    ids = [f"{stem}{int(first[-1]) + step}" for step in range(3)] if first else ["", "", ""]
    assert arxiv_ids(batch) == ids
    if with_abstracts:
        lengths = [len(paper.abstract) for paper, _ in batch.items]
        assert lengths[0] == 394 and min(lengths) >= 271
        assert batch.items[0][0].repo == REPO


def test_counts_of_dumps(shared_cases: Path) -> None:
    for name in ("05-lynx-dump.txt", "06-elinks-dump.txt", "07-w3m-dump.txt", "08-html2text-day.md"):
        assert [reported.upvotes for _, reported in read(shared_cases / "lists", name).items] == [94, 24, 7]


def test_single_papers_are_whole(shared_cases: Path) -> None:
    lists = shared_cases / "lists"
    for name, arxiv in (
        ("02-title-over-blank-line.txt", "2405.01234"),
        ("03-printed-to-pdf.md", "2602.01234"),
        ("04-github-auto.txt", "2502.01234"),
        ("12-arxiv-abs.txt", "2607.01234"),
        ("26-two-hundred-authors.txt", "2602.01234"),
    ):
        ((paper, _),) = read_one(lists, name).items
        assert (paper.title, paper.arxiv, paper.repo) == (SLOW, arxiv, REPO)
    ((many, reported),) = read_one(lists, "26-two-hundred-authors.txt").items
    assert (len(many.authors), reported.upvotes) == (220, 181)
    ((starred, reported),) = read_one(lists, "04-github-auto.txt").items
    assert reported.stars == 66 and not starred.abstract.endswith("auto")


def test_a_date_in_two_lines_is_no_paper(shared_cases: Path) -> None:
    batch = read(shared_cases / "lists", "10-date-chip-in-two-lines.txt")
    assert [paper.title for paper, _ in batch.items] == [SLOW, DECIDING]
    assert batch.day is not None and (batch.day.month, batch.day.day) == (8, 1)


def test_lists_of_addresses(shared_cases: Path) -> None:
    lists = shared_cases / "lists"
    twelve = read(lists, "15-title-and-address.txt")
    assert arxiv_ids(twelve) == [f"2607.{number:05}" for number in range(1230, 1242)]
    linked = read(lists, "16-link-list.md")
    assert [paper.title for paper, _ in linked.items] == [SLOW, DECIDING, RAIN]
    assert [paper.repo for paper, _ in linked.items] == [f"https://github.com/tortoise-lab/r{n}" for n in range(3)]
    assert arxiv_ids(read(lists, "19-user-page-ids.txt")) == ["2501.11454", "2411.00230", "2406.17630"]
    (refused,) = reader.read([lists / "13-semantic-scholar.txt"])
    assert not refused.items and "Semantic Scholar" in refused.failure


def test_lists_of_arxiv_as_text_and_html(shared_cases: Path) -> None:
    assert arxiv_ids(read(shared_cases / "pages", "arxiv-list.txt")) == ["2611.10001", "2611.10002"]
    assert "2611.10001" in arxiv_ids(read(shared_cases / "pages", "arxiv-list.html"))


def test_json_of_the_site(shared_cases: Path) -> None:
    ((paper, _),) = read_one(shared_cases / "lists", "20-hf-paragraphs-and-twins.json").items
    assert len(paper.authors) == 3 and len(set(paper.authors)) == 2
    assert paper.abstract.count("\n\n") == 2
    shapes = read(shared_cases, "hf-shapes.json").items
    repos = [paper.repo for paper, _ in shapes if paper.title.startswith("Repo forms")]
    assert len(repos) == 4 and repos[0] == "https://github.com/lab/thing" and all(repos)


def test_references(shared_cases: Path) -> None:
    first, second = read(shared_cases / "lists", "21-references.bib").items
    assert first[0].doi == "10.1145/1234567.7654321" and second[0].title == "A Report Without a Key"
    (note,) = (mark.note for mark in read(shared_cases / "lists", "21-references.bib").marks.values())
    assert "\n" not in note
    ((mixed, _),) = read_one(shared_cases / "lists", "22-mixed-authors.ris").items
    assert mixed.authors == ("Ada Sample", "Bo Example", "Cy Test")
    own = read_one(shared_cases / "lists", "30-own-export.json")
    (mark,) = own.marks.values()
    assert mark.starred and mark.note == "look at eq 3"
    assert len(read(shared_cases, "paren-key.bib").items) == 3
    assert len(read(shared_cases, "missing-comma.bib").items) == 6
    assert len(read(shared_cases, "cochrane.ris").items) == 2
    assert read_one(shared_cases, "pubmed.nbib").items[0][0].doi == "10.1000/xyz123"
    assert read_one(shared_cases, "bbt.json").items[0][0].doi == "10.1000/ab.2"


def test_works_of_one_title_are_as_many_as_there_are(shared_cases: Path) -> None:
    batch = read(shared_cases, "same-title-different-paper.bib")
    assert len({paper.key for paper, _ in batch.items}) == 4
    assert sorted(mark.note for mark in batch.marks.values()) == ["chapter 7 for the seminar", "the review"]
    feed = read(shared_cases / "feeds", "same-title.xml")
    assert [paper.title for paper, _ in feed.items].count("Editorial") == 2


def test_a_year_stays_a_year_and_there_are_others(shared_cases: Path) -> None:
    items = read(shared_cases, "scholar-year-only.bib").items
    assert [paper.published for paper, _ in items] == [PartialDate(2017), PartialDate(2019)]
    assert any(paper.authors[-1] == "et al." for paper, _ in items)


def test_groups_and_accents(shared_cases: Path) -> None:
    names = [name for paper, _ in read(shared_cases, "orgs.bib").items for name in paper.authors]
    assert "World Health Organization" in names
    ((accents, _),) = read_one(shared_cases, "stacked-accents.bib").items
    assert any("Nguyễn" in name for name in accents.authors) and not any("\\" in name for name in accents.authors)


def test_addresses_of_references(shared_cases: Path) -> None:
    items = read(shared_cases, "url-forms.bib").items
    assert [link.url for link in items[0][0].links] == ["https://lab.test-site.org/a_b~c%20d?x=1&y=2"]
    assert [paper.arxiv for paper, _ in items if paper.arxiv][:2] == ["2101.00001", "hep-th/9711200"]


def test_a_list_of_feeds_without_types(shared_cases: Path) -> None:
    (batch,) = reader.read([shared_cases / "notype.opml"])
    assert len(batch.feeds) == 8 and batch.failure == ""
