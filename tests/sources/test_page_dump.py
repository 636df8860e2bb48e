"""List pages as text browsers and converters dump them: the tool's marks are no papers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from readlist.sources.page import parse

_DUMPS = sorted(Path(__file__).with_name("dumps").glob("*.txt"))
"""A day page, a search page and a page of one paper, each made for this and dumped by each tool."""
_DUMPED = [
    "Kettles That Listen: Boiling by Ear in Small, Crowded and Very Noisy Family Kitchens of Seven Towns",
    "Naïve Cafés: A Study of Spelling",
]
_WITHOUT_LINKS = (
    "browser",
    "get-text",
    "html2text-console",
    "inscriptis",
    "links",
    "lynx-plain",
    "pandoc-plain",
    "w3m",
)
_TITLES = ["Paper Boats: Navigation by Folding", "Quiet Kettles Boil Later Than Watched Ones Do"]

_LYNX = """
   [1]Hugging Face's logo Hugging Face
   (BUTTON)
     * [2]Models

   new
   [3]Subscribe

[4]Daily Papers

by [5]AK and the research community
   Aug 1
   Submitted by ada
   [6]
   [ ]
   12

[7]Paper Boats: Navigation by Folding

     *
     * ·
       3 authors

   [8]2
   Submitted by bo
   [9]
   [ ]
   7

[10]Quiet Kettles Boil Later Than Watched Ones Do

     * ·
       4 authors

   [11]1

References

   Visible links:
   1. https://huggingface.co/
   7. https://huggingface.co/papers/2407.09991
   8. https://huggingface.co/papers/2407.09991#community
  10. https://huggingface.co/papers/2407.09992
"""
_W3M = """
  • Models
  • ━━━━━━━━━━━━━━━━━━━━━━━━

by [papers-by]AK and the research community

 Aug 1
[2407]
Submitted by [1674929746] ada
 [ ]
12

Paper Boats: Navigation by Folding

  • [be9c948ecf]
  • ·
    3 authors

2
[2407]
Submitted by [9dd7776d3b] bo
 [ ]
7

Quiet Kettles Boil Later Than Watched Ones Do

  • ·
    4 authors

1
"""
_ONE_LINE = (
    "Models Datasets Daily Papers by AK and the research community Submit a paper Aug 1 Submitted by ada 12"
    " Paper Boats: Navigation by Folding · 3 authors 2 Submitted by bo 7"
    " Quiet Kettles Boil Later Than Watched Ones Do · 4 authors 1 Previous Next Company © Hugging Face"
)
_LINKED = """
# [Daily Papers](/papers)

## by[ AK](/ak)and the research
community

Aug
1

[![](https://cdn-thumbnails.huggingface.co/social-
thumbnails/papers/2407.09991.png) ](/papers/2407.09991)

Submitted by ![](https://cdn-
avatars.huggingface.co/a.jpeg)
ada

[ 12](/login?next=%2Fpapers%2F2407.09991)

### [Paper Boats: Navigation by Folding](/papers/2407.09991)

[

  * ![](/avatars/be9c948ecf.svg)
  * · 3 authors

](/papers/2407.09991) [ 2 ](/papers/2407.09991#community)

Submitted by ![](/avatars/a.svg) bo

[ 7](/login?next=%2Fpapers%2F2407.09992)

### [Quiet Kettles Boil Later Than Watched Ones Do](/papers/2407.09992)

[

  * · 4 authors

](/papers/2407.09992) [ 1 ](/papers/2407.09992#community)
"""


@pytest.mark.parametrize(("text", "identified"), [(_LYNX, True), (_W3M, False), (_ONE_LINE, False), (_LINKED, True)])
def test_dump_holds_its_papers_and_nothing_else(text: str, identified: bool) -> None:
    batch = parse(text, origin="day.txt", made=date(2024, 8, 2))
    assert [paper.title for paper, _ in batch.items] == _TITLES
    assert [announcement.upvotes for _, announcement in batch.items] == [12, 7]
    assert batch.day == date(2024, 8, 1)
    assert [paper.arxiv for paper, _ in batch.items] == (["2407.09991", "2407.09992"] if identified else ["", ""])


@pytest.mark.parametrize("path", _DUMPS, ids=[path.stem for path in _DUMPS])
def test_a_page_dumped_by_any_tool_holds_its_papers_and_nothing_else(path: Path) -> None:
    page, _, tool = path.stem.partition("-")
    count = 1 if page == "paper" else 2
    batch = parse(path.read_text(encoding="utf-8"), origin=path.name, made=date(2026, 8, 1))
    papers = [paper for paper, _ in batch.items]
    # One tool writes headings in capitals.
    assert [paper.title.casefold() for paper in papers] == [title.casefold() for title in _DUMPED[:count]]
    assert [announcement.upvotes for _, announcement in batch.items] == [41, 7][:count]
    if page == "paper" or not (tool in _WITHOUT_LINKS or tool.startswith("get-text")):
        assert [paper.arxiv for paper in papers] == ["2607.01234", "2607.01235"][:count]
    if page == "day":
        assert batch.day == date(2026, 7, 3)
    else:
        assert [" ".join(paper.abstract.split()[:4]) for paper in papers] == [
            "We let kettles listen",
            "Cafés are spelt in",
        ][:count]
        assert "".join(papers[0].abstract.split()).endswith("https://github.com/kettle-lab/listen.")
        assert papers[0].repo == "https://github.com/kettle-lab/listen"


def test_a_search_page_in_one_line_is_refused() -> None:
    cards = " ".join(
        f"{number} A Study of Kettle {number} We let kettle {number} listen to itself and boil. {'It boils. ' * 40}"
        f"Kettle Lab · Jul {number} 3"
        for number in range(1, 9)
    )
    text = f"Daily Papers by AK and the research community Search by arxiv id or title Submit a paper Jul 5 {cards}"
    batch = parse(text, origin="page.txt", made=date(2026, 8, 1))
    assert not batch.items and batch.failure


@pytest.mark.parametrize(
    "title",
    [
        "== link:/papers/{id}[{title}]",
        "h3. [{title}|/papers/{id}]",
        'h3. "{title}":/papers/{id}',
        "=== [[papers/{id}|{title}]] ===",
    ],
)
def test_a_page_in_a_markup_that_is_not_read_is_refused(title: str) -> None:
    cards = (
        f"Submitted by gil\n\n{title.format(id=f'2607.0123{n}', title=f'Kettle {n}')}\n\n3 authors" for n in range(9)
    )
    batch = parse("Daily Papers\n\n" + "\n\n".join(cards), origin="day.txt", made=date(2026, 8, 1))
    assert not batch.items and "plain text or Markdown" in batch.failure


def test_prose_keeps_what_looks_like_the_marks_of_a_tool() -> None:
    abstract = (
        "We let kettles listen [1] and write what_they_hear to [https://kettle.example/data] as a * b. "
        "Source code, {.x} and <p> tags are kept, and so is [the lid] of every kettle in nine kitchens of ten."
    )
    head = "Get trending papers in your email inbox!\n\nbyAK and the research community\n\nJul 3"
    text = f"{head}\n\n{_TITLES[0]}\n\n{abstract}"
    ((paper, _),) = parse(text, origin="page.txt", made=date(2024, 8, 2)).items
    assert paper.title == _TITLES[0]
    for part in ("[1]", "what_they_hear", "https://kettle.example/data", "a * b", "[the lid]"):
        assert part in paper.abstract


_BOATS = "Paper Boats: Navigation by Folding, by Night and in Fog on Rivers"
_FIRST, _SECOND = "Paper • 2408.00011 • Published Aug 1, 2024", "Paper • 2408.00012 • Published Aug 2, 2024"
_COLLECTIONS = {
    "elinks": (
        f"[1]Hugging Face\n[2]Models\n\n[3]ada 's Collections\n\n                          To read\n\n"
        f"   updated Aug 20, 2024\n\n    [4]{_BOATS}\n\n   {_FIRST} • 12\n\n    [5]{_TITLES[1]}\n\n"
        f"   {_SECOND} • 7\n   Upvote\n   4\n   [6]TOS [7]Privacy\n\nReferences\n\n"
        "   Visible links\n   1. https://huggingface.co/\n   4. https://huggingface.co/papers/2408.00011\n"
        "   5. https://huggingface.co/papers/2408.00012\n"
    ),
    "lynx": (
        "   [1]Hugging Face\n     * [2]Models\n     * [3]Datasets\n   ada's papers\n   [4]\n\n"
        f"{_BOATS}\n\n   {_FIRST} • 12[5]\n\n{_TITLES[1]}\n\n"
        f"   {_SECOND} • 7\n   [6]TOS [7]Privacy [8]About\n\nReferences\n\n"
        "   Visible links:\n   1. https://huggingface.co/\n   4. https://huggingface.co/papers/2408.00011\n"
    ),
    "html2text": (
        "# To read\n\nupdated Aug 20, 2024\n\n"
        f"#### [{_BOATS[:35]}\n{_BOATS[36:]} Paper • 2408.00011 •\n"
        "Published Aug 1, 2024 • 12](/papers/2408.00011) ####\n"
        f"[{_TITLES[1]} Paper • 2408.00012 • Published\nAug 2, 2024 • 7](/papers/2408.00012)\n\nUpvote\n\n4\n"
    ),
    "html2text console": (
        "****** To read ******\nupdated Aug 20, 2024\n\n"
        f"***_{_BOATS.replace(' ', '_')}_***\nPaper_•_2408.00011_•_Published_Aug_1,_2024_•__12\n\n"
        f"***_{_TITLES[1].replace(' ', '_')}_***\nPaper_•_2408.00012_•_Published_Aug_2,_2024_•__7\nUpvote\n4\n"
    ),
    "pandoc org": (
        "* To read\n  :PROPERTIES:\n  :CUSTOM_ID: to-read\n  :END:\n\nupdated Aug 20, 2024\n\n"
        "[[/papers/2408.00011][]]\n\n"
        f"**** {_BOATS}\n     :PROPERTIES:\n     :CUSTOM_ID: boats\n     :END:\n\n"
        "[[data:image/svg+xml;base64,PHN2Zz4=]]\n"
        f"{_FIRST} •\n[[data:image/svg+xml;base64,PHN2Zz4=]]\n12\n\n"
        f"**** {_TITLES[1]}\n     :PROPERTIES:\n     :CUSTOM_ID: kettles\n     :END:\n\n"
        "[[data:image/svg+xml;base64,PHN2Zz4=]]\n"
        f"{_SECOND} •\n[[data:image/svg+xml;base64,PHN2Zz4=]]\n7\n\n"
    ),
    "pandoc rst": (
        ".. container::\n\n   updated Aug 20, 2024\n\n   ` </papers/2408.00011>`__\n\n"
        f"      .. rubric:: {_BOATS[:35]}\n         {_BOATS[36:]}\n         :name: boats\n\n"
        f"      |image1| {_FIRST} •\n      |image2| 12\n\n"
        "   ` </papers/2408.00012>`__\n\n"
        f"      .. rubric:: {_TITLES[1]}\n         :name: kettles\n\n"
        f"      |image3| {_SECOND} •\n      |image4| 7\n"
    ),
    "text of a page": (
        "Hugging Face\nModels\nAda Muster\nada\nFollow\nRecent Activity\nupvoted a\npaper\n3 days ago\nOther Things\n"
        f"authored 2 papers\n{_BOATS}\nPaper\n•\n2408.00011\n•\nPublished\nAug 1, 2024\n•\n12\n"
        f"{_TITLES[1]}\nPaper\n•\n2408.00012\n•\nPublished\nAug 2, 2024\n•\n7\n"
    ),
}


@pytest.mark.parametrize("tool", _COLLECTIONS)
def test_a_collection_dumped_by_any_tool_holds_its_papers(tool: str) -> None:
    batch = parse(_COLLECTIONS[tool], origin="x", made=date(2024, 8, 20))
    assert [(paper.arxiv, paper.title, row.upvotes) for paper, row in batch.items] == [
        ("2408.00011", _BOATS, 12),
        ("2408.00012", _TITLES[1], 7),
    ]
