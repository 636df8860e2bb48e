"""Captured pages: the kind is recognised first, then each line by its form and its neighbours."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.sources import reader
from readlist.sources.batch import Batch
from readlist.sources.page import page_of, parse

MADE = date(2026, 8, 20)
HEAD = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\n{daily}byAK and the research community\n\nAug 3"
PAPERS = (
    (
        "Small Models Learn Slowly",
        "We train small models for a long time and report how slowly they learn. The curves bend late, "
        "and the reasons are given. Code is at https://github.com/lab/slow.",
    ),
    (
        "Can a Title End in a Question?",
        "Titles of many forms are in use today, and we count them over ten years of proceedings. "
        "Questions are found to be rarer than claims, and claims rarer than names.",
    ),
    (
        "Pruning: Trees Without Tears, or How We Learned to Cut Branches and Love the Stump in Large Ensembles",
        "we prune decision trees and keep their accuracy on all of the twelve data sets that we tried",
    ),
    (
        "May 4",
        "In this work we study what is named after a day of the year, and why a list of papers that is read by "
        "a program should not take such a name for the date of the list itself.",
    ),
)


def search_page(daily: str = "", end: str = "\n\n") -> str:
    """A search page as most captures have it."""
    parts = [HEAD.format(daily=daily), *(part for paper in PAPERS for part in paper)]
    return end.join(parts) if end == "\n\n" else end.join(part.replace("\n\n", end) for part in parts)


def parsed(text: str, day: date | None = None) -> Batch:
    return parse(text, origin="page.txt", made=MADE, day=day)


def pairs(batch: Batch) -> list[tuple[str, str]]:
    return [(paper.title, paper.abstract) for paper, _ in batch.items]


@pytest.mark.parametrize(
    "text",
    [
        search_page(),
        search_page("Daily Papers\n\n"),
        search_page().replace("\n", "\r\n"),
        "\ufeff\n\n" + search_page() + "\n\n\n",
    ],
    ids=["plain", "with Daily Papers", "CRLF", "BOM and blanks"],
)
def test_a_search_page_gives_titles_and_whole_abstracts(text: str) -> None:
    batch = parsed(text)
    assert not batch.failure
    assert batch.kind == "search page" and batch.feed == "HF search"
    assert batch.day == date(2026, 8, 3)
    assert pairs(batch) == list(PAPERS)
    assert [announcement.position for _, announcement in batch.items] == [1, 2, 3, 4]
    assert batch.items[0][0].repo == "https://github.com/lab/slow"


def test_the_day_without_a_year_is_the_latest_not_after_the_file() -> None:
    assert parse(search_page(), origin="p", made=date(2026, 8, 2)).day == date(2025, 8, 3)


def test_the_day_in_the_name_of_the_file_tells_the_year() -> None:
    for named, day in ((date(2019, 8, 3), date(2019, 8, 3)), (date(2019, 8, 4), date(2025, 8, 3))):
        assert parse(search_page(), origin="p", made=date(2026, 8, 2), named=named).day == day


def test_a_page_is_taken_apart_once() -> None:
    page = page_of(search_page())
    assert page.of_site
    assert parse(page, origin="p", made=MADE) == parse(search_page(), origin="p", made=MADE)
    assert parsed(search_page(), day=date(2024, 2, 29)).day == date(2024, 2, 29)


def test_an_abstract_that_is_cut_is_kept() -> None:
    text = search_page()
    cut = text[: text.index("and the reasons are given")].rstrip()
    ((title, abstract),) = pairs(parsed(cut))
    assert title == "Small Models Learn Slowly"
    assert abstract.startswith("We train small models") and abstract.endswith("bend late,")


DAY_PAGE = """Daily Papers
by AK and the research community
Aug 1
Submitted by ada
94
The Herd of Small Models
·
533 authors
5
Submitted by ben
24
Trajectories for Everyone: a Study
·
5 authors
2
"""


def test_a_day_page_gives_titles_and_counts() -> None:
    batch = parsed(DAY_PAGE)
    assert batch.kind == "day page" and batch.feed == "HF daily" and batch.day == date(2026, 8, 1)
    assert [paper.title for paper, _ in batch.items] == [
        "The Herd of Small Models",
        "Trajectories for Everyone: a Study",
    ]
    first = batch.items[0][1]
    assert (first.upvotes, first.comments, first.submitter) == (94, 5, "ada")


PAPER_PAGE = """Papers
arxiv:2608.00123

Learning to Wait

Published on Aug 1, 2026
· Submitted by ada on Aug 2
#3 Paper of the day
Upvote 17
+9
Authors: Ada Author , Ben Writer
Abstract
Waiting is learned from very little data.
AI-generated summary
We show that waiting can be learned. The agents of our study wait for a long time and are then rewarded for it.
View arXiv page View PDF Add to collection
Community
ada
Paper submitter Aug 2

https://github.com/lab/wait
"""


def test_a_single_paper_page_gives_everything_it_names() -> None:
    batch = parsed(PAPER_PAGE)
    assert batch.kind == "paper page" and batch.feed == "HF papers"
    ((paper, announcement),) = batch.items
    assert paper.key == "arxiv:2608.00123" and paper.title == "Learning to Wait"
    assert paper.authors == ("Ada Author", "Ben Writer")
    assert paper.summary == "Waiting is learned from very little data."
    assert paper.abstract.startswith("We show that waiting") and paper.abstract.endswith("rewarded for it.")
    assert paper.published == date(2026, 8, 1)
    assert announcement.upvotes == 17


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dear Ada,\n\nthank you for the apples. They were very good.\n\nYours, Ben\n",
        "def main():\n    return 1\n\n\nif __name__ == '__main__':\n    main()\n",
        "Submitted by\nada\nSubmitted by\nben\nSubscribeSubmitted by\ncleo\n" * 5,
    ],
    ids=["nothing", "a letter", "a program", "names of submitters alone"],
)
def test_what_is_no_page_is_refused_in_one_line(text: str) -> None:
    batch = parsed(text)
    assert batch.failure and "\n" not in batch.failure
    assert not batch.items


@given(
    st.lists(
        st.sampled_from([*search_page().split("\n"), *DAY_PAGE.split("\n"), *PAPER_PAGE.split("\n"), "\x1b[", "·"])
    )
)
def test_no_order_of_lines_makes_it_raise(lines: list[str]) -> None:
    batch = parsed("\n".join(lines))
    assert bool(batch.failure) != bool(batch.items)


@pytest.mark.parametrize(("name", "count"), [("hf-2c68c062.txt", 85), ("hf-56353fbb.txt", 61)])
def test_the_real_search_pages_come_out_whole(shared_feeds: Path, name: str, count: int) -> None:
    text = (shared_feeds / "pages" / name).read_text(encoding="utf-8")
    blocks = [block.strip() for block in text.split("\n\n") if block.strip()]
    start = next(place for place, block in enumerate(blocks) if block.startswith(("Mar ", "Jul "))) + 1
    expected = list(zip(blocks[start::2], blocks[start + 1 :: 2], strict=True))
    assert len(expected) == count
    assert pairs(parsed(text)) == expected


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("collection.txt", "collection page", 4),
        ("day-2024-08-01-innertext.txt", "day page", 13),
        ("paper-2404.03176.txt", "paper page", 1),
        ("paper-2409.16040-clipper.md", "paper page", 1),
        ("paper-2510.04618-browser-copy.txt", "paper page", 1),
        ("search-excerpt.txt", "search page", 1),
        ("search-html2text.txt", "search page", 4),
        ("trending-crawler.txt", "trending page", 4),
        ("trending-markdown.md", "trending page", 3),
    ],
)
def test_the_other_real_captures_give_their_papers_once_each(
    shared_feeds: Path, name: str, kind: str, count: int
) -> None:
    batch = parse((shared_feeds / "pages" / name).read_text(encoding="utf-8"), origin=name, made=date(2026, 11, 1))
    assert not batch.failure
    assert batch.kind == kind
    assert len(batch.items) == len({paper.title for paper, _ in batch.items}) == count


OWN = ("2605.00101", "2605.00102", "2605.00103")


def listed(form: str, end: str = "\n\n") -> str:
    """A list of three papers, each written as the form says, with its `{id}`, `{title}` and `{abstract}`."""
    papers = zip(OWN, PAPERS[:3], strict=True)
    return end.join(form.format(id=arxiv, title=title, abstract=text) for arxiv, (title, text) in papers)


@pytest.mark.parametrize(
    "form",
    [
        "https://arxiv.org/abs/{id}\n\n{title}\n\n{abstract}",
        "https://arxiv.org/abs/{id}\n{title}\n{abstract}",
        "- https://arxiv.org/pdf/{id}v2\n\n- {title}\n\n{abstract}",
        "https://huggingface.co/papers/{id}\n\n{title}\n\n{abstract}",
        "arXiv:{id}v2\n\n{title}\n\n{abstract}",
        "[{id}]\n\n{title}\n\n{abstract}",
        "{title}\n\n{abstract}\n\nhttps://arxiv.org/abs/{id}",
        "{title}\n{abstract}\nhttps://arxiv.org/abs/{id}",
        "{title}\n\n{abstract}\n\n2026-05-02\n\nhttps://arxiv.org/abs/{id}",
        "{title}\n\n{abstract}\n\n{id}",
        "{title}\n\nhttps://arxiv.org/abs/{id}\n\n{abstract}",
        "{title}\n\n{abstract}\n\nLink: [arXiv](https://arxiv.org/abs/{id})",
        "Title: {title}\nAuthors: Ada Low, Bo High\nLink: https://arxiv.org/abs/{id}\nAbstract: {abstract}",
        "Title: {title}\nAbstract: {abstract}\nPDF: https://arxiv.org/pdf/{id}v1",
        "Title: {title}\nDOI: 10.48550/arXiv.{id}\nAbstract: {abstract}",
        "arXiv: {id}\nTitle: {title}\nAbstract: {abstract}",
        "[{id}] {title}\n\n{abstract}",
        "{title} (arXiv:{id})\n\n{abstract}",
        "{title} [{id}v2]\n\n{abstract}",
        "arXiv:{id}: {title}\n\n{abstract}",
        "## [[{id}] {title}](https://arxiv.org/abs/{id})\n\n{abstract}",
        "## [{id}](https://arxiv.org/abs/{id}) {title}\n\n{abstract}",
    ],
)
def test_each_paper_of_a_list_gets_its_own_id(form: str) -> None:
    batch = parsed(listed(form))
    found = [(paper.arxiv, paper.title, paper.abstract) for paper, _ in batch.items]
    assert found == [(arxiv, *paper) for arxiv, paper in zip(OWN, PAPERS[:3], strict=True)]


@pytest.mark.parametrize("form", ["{address}\n\n{paper}", "{paper}\n\n{address}"])
def test_a_paper_without_an_id_does_not_get_its_neighbours(form: str) -> None:
    address = "https://arxiv.org/abs/"
    papers = ["\n\n".join(paper) for paper in PAPERS[:3]]
    forms = (form, "{paper}", form)
    text = "\n\n".join(
        form.format(paper=paper, address=address + arxiv) for form, paper, arxiv in zip(forms, papers, OWN, strict=True)
    )
    assert [paper.arxiv for paper, _ in parsed(text).items] == [OWN[0], "", OWN[2]]


def test_an_id_that_may_be_either_neighbours_is_dropped_with_a_note() -> None:
    address = "https://arxiv.org/abs/"
    first, second, third = ("\n\n".join(paper) for paper in PAPERS[:3])
    batch = parsed("\n\n".join([first, address + OWN[1], second, address + OWN[2], third]))
    assert [paper.arxiv for paper, _ in batch.items] == ["", "", ""]
    assert [skip.reason for skip in batch.skipped] == [
        f"an arXiv id that may be of the paper above or below: {arxiv}" for arxiv in OWN[1:]
    ]


def test_the_id_of_a_paper_an_abstract_cites_is_not_the_papers_own() -> None:
    text = listed("{title}\n\n{abstract}").replace(
        "The curves bend", "They follow [older models](https://arxiv.org/abs/1901.00001). The curves bend"
    )
    assert [paper.arxiv for paper, _ in parsed(text).items] == ["", "", ""]


def test_a_second_title_with_another_abstract_keeps_its_id_to_itself() -> None:
    text = listed("[{id}] {title}\n\n{abstract}")
    text = f"{PAPERS[1][0]}\n\n{PAPERS[3][1]}\n\n{text}"
    batch = parsed(text)
    assert [paper.arxiv for paper, _ in batch.items] == ["", OWN[0], OWN[2]]
    assert "another abstract" in batch.skipped[0].reason


def test_one_id_beside_two_papers_loses_neither_paper() -> None:
    text = listed("[{id}] {title}\n\n{abstract}").replace(OWN[1], OWN[0])
    batch = parsed(text)
    assert [(paper.title, paper.arxiv) for paper, _ in batch.items] == [
        (PAPERS[0][0], OWN[0]),
        (PAPERS[1][0], ""),
        (PAPERS[2][0], OWN[2]),
    ]


def test_a_page_of_short_lines_is_read(tmp_path: Path) -> None:
    """No line has twenty-five characters, and no number four digits: Chinese titles and wrapped abstracts."""
    abstract = (
        "我们提出了一种新的方法来解决这个问题。\n实验结果表明该方法优于现有的方法。\n"
        "我们还分析了其计算成本与误差。\n代码与数据已公开发布供研究使用。\n"
    )
    titles = [
        f"{first}{last}"
        for first in ("扩散模型的高效采样", "图神经网络综述", "面向机器人的强化学习")
        for last in "甲乙丙丁戊己庚辛天地玄黄宇宙洪荒日月"
    ]
    file = tmp_path / "page.txt"
    file.write_text("\n".join(f"{title}\n\n{abstract}" for title in titles), "utf-8")
    (batch,) = reader.read([file], today=date(2026, 8, 5))
    assert [paper.title for paper, _ in batch.items] == titles
