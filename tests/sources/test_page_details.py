"""Captured pages of the site whose parts are elsewhere than usual: broken titles, many authors, wrapped addresses."""

from __future__ import annotations

from datetime import date

import pytest

from readlist.sources.batch import Batch
from readlist.sources.page import parse
from readlist.sources.page.page_text import items_of

MADE = date(2026, 8, 20)
TITLE = "Kettles That Listen: Boiling by Ear in Small Kitchens"
ABSTRACT = (
    "We let kettles listen to themselves. A small network hears the water boil and stops in time. In nine kitchens of "
    "ten our kettles stop before the lid does, and we show why the tenth is different."
)
WRAPPED = ABSTRACT.replace(". ", ".\n")
LIST = f"""new

Get trending papers in your email inbox!

Subscribe

Daily Papers

byAK and the research community

Aug 14

{TITLE}

{WRAPPED} {{more}}

Naïve Cafés: A Study of Spelling

Cafés are spelt in many ways. We count them all, with and without accents, and find that nobody agrees with anybody.
"""


def parsed(text: str) -> Batch:
    return parse(text, origin="page.txt", made=MADE)


def single(head: str, authors: str = "Authors:\nAda Bell\n,\nChen Du\n", rest: str = ABSTRACT) -> str:
    foot = "View arXiv page\nView PDF\nAdd to collection\n\nCommunity\n"
    return f"{head}\nPublished on Jul 2, 2026\nUpvote 14 +6\n{authors}\nAbstract\n\n{rest}\n\n{foot}"


@pytest.mark.parametrize(
    "head",
    [
        "Papers\n\narxiv:2607.01234\n\nCopy markdown\n\nKettles That Listen: Boiling by Ear\n\nin Small Kitchens\n",
        f"Search models, datasets, users...\nPapers arxiv:2607.01234\n{TITLE}",
        f"new\nGet trending papers in your email inbox!\nSubscribe\nPapers\narxiv:2607.01234\n\n{TITLE}\n",
        "Papers\narxiv:2607.01234\nKettles That Listen: Boiling by Ear\nin Small\nKitchens",
    ],
    ids=["over a blank line", "below the search box", "below the call to subscribe", "over three lines"],
)
def test_a_page_of_one_paper_gives_its_title_whole(head: str) -> None:
    ((paper, announcement),) = parsed(single(head)).items
    assert (paper.title, paper.arxiv, paper.abstract) == (TITLE, "2607.01234", ABSTRACT)
    assert (paper.authors, announcement.upvotes) == (("Ada Bell", "Chen Du"), 14)


def test_a_title_ends_in_a_word_of_the_navigation() -> None:
    ((paper, _),) = parsed(single("Papers\narxiv:2607.01234\nKettles That Listen to Vision\nModels")).items
    assert paper.title == "Kettles That Listen to Vision Models"


def test_what_is_above_the_title_of_a_cut_page_is_no_part_of_it() -> None:
    ((paper, _),) = parsed(single(f"The end of another text.\n\n{TITLE}\n")).items
    assert paper.title == TITLE


@pytest.mark.parametrize("count", [1, 2, 220, 700])
def test_a_name_on_each_line_of_hundreds_is_an_author(count: int) -> None:
    names = [f"Ada{chr(97 + number % 26)} Bell{chr(97 + number // 26)}" for number in range(count)]
    text = single(f"Papers\narxiv:2607.01234\n\n{TITLE}\n", "Authors:\n" + "\n,\n".join(names) + "\n")
    ((paper, announcement),) = parsed(text).items
    assert (paper.title, paper.arxiv, paper.published) == (TITLE, "2607.01234", date(2026, 7, 2))
    assert (list(paper.authors), announcement.upvotes) == (names, 14)


@pytest.mark.parametrize(
    ("more", "address"),
    [
        ("They are at\nhttps://huggingface.co/collections/kettle/all-68ee18.", "collections/kettle/all-68ee18"),
        ("They are at\nhttps://huggingface.co/kettle-lab.", "kettle-lab"),
        ("They are\n at https://huggingface\n.co/datasets/kettle/all.", "datasets/kettle/all"),
        ("See\nhttps://huggingface.co/kettle-lab\nfor all of them.", "kettle-lab"),
    ],
)
def test_an_address_of_the_site_alone_on_a_line_belongs_to_the_sentence(more: str, address: str) -> None:
    (paper, _), _ = parsed(LIST.replace("{more}", more)).items
    assert paper.abstract.endswith(more.replace("\n", " ").replace("  ", " "))
    assert [link.url for link in paper.links] == [f"https://huggingface.co/{address}"]


def test_a_page_of_one_paper_may_be_cut_anywhere() -> None:
    text = single(f"Papers\narxiv:2607.01234\n\n{TITLE}\n")
    for end in range(text.index("Authors") + 18, len(text), 7):
        batch = parsed(text[:end])
        assert [(paper.title, paper.arxiv) for paper, _ in batch.items] == [(TITLE, "2607.01234")]


def test_the_day_may_stand_on_two_lines() -> None:
    text = LIST.replace("Aug 14", "Aug\n14").replace("{more}", "")
    assert [paper.title for paper, _ in parsed(text).items] == [TITLE, "Naïve Cafés: A Study of Spelling"]
    assert parsed(text).day == date(2026, 8, 14)


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("A Title\n=======", {"A Title": 1}),
        ("A Title\n---", {"A Title": 2}),
        ("A Title over\ntwo Lines\n====", {"A Title over": 1, "two Lines": 0}),
        ("Above\n\nA Title\n----\nBelow", {"Above": 0, "A Title": 2, "Below": 0}),
        (f"{'word ' * 79}ends\n----", {f"{'word ' * 79}ends": 2}),
        (f"{'word ' * 80}ends\n----", {f"{'word ' * 80}ends": 0, "----": 0}),
        ("A Title\n--", {"A Title": 0, "--": 0}),
        ("A Title\n=-=", {"A Title": 0, "=-=": 0}),
        ("A Title\n\n----", {"A Title": 0, "----": 0}),
        ("Oct 23, 2025\n----", {"Oct 23, 2025": 0, "----": 0}),
        ("Oct 23, 2025\nA Title\n----", {"Oct 23, 2025": 0, "A Title": 0, "----": 0}),
        ("----\nA Title", {"----": 0, "A Title": 0}),
    ],
)
def test_an_underline_makes_a_heading_of_the_paragraph_above(text: str, headings: dict[str, int]) -> None:
    """It goes away itself; all else stays a line of its own."""
    assert {item.text: item.heading for item in items_of(text)} == headings
