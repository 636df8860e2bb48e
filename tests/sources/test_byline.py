"""Authors and days in the words of an item."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.model.paper import fingerprint
from readlist.model.time import PartialDate, PublicationDate
from readlist.sources.formats.byline import Byline, _prints, byline_in
from readlist.sources.formats.markup import text_of_html

BODY = "We boil kettles."
TWO = ("Ada Bee", "Cy Dee")
DAY, MONTH = date(2026, 5, 3), PartialDate(2026, 5)


@pytest.mark.parametrize(
    ("given", "authors", "published"),
    [
        ("Authors: Ada Bee, Cy Dee\n\n", TWO, None),
        ("Author(s): Ada Bee and Cy Dee.\n", TWO, None),
        ("<b>Author(s):</b> Ada Bee, and Cy Dee<br/>", TWO, None),
        ("<p><strong>Authors</strong>: Ada Bee; Cy Dee</p>", TWO, None),
        ("**Authors:** Ada Bee, Cy Dee\n\n**Published:** 3 May 2026\n\n", TWO, DAY),
        ("Authors:\nAda Bee,\nCy Dee\n\n", TWO, None),
        ("AUTHORS: Ada Bee (MIT), Cy Dee (ada@lab.example)\n", TWO, None),
        ("Authors: Dr. Ada Bee¹*, Cy Dee2, PhD\nAbstract: ", TWO, None),
        ("Authors: Ada Bee, University of Steam; Cy Dee, ETH\n", TWO, None),
        ("Authors: Bee, Ada; Dee, Cy\n", TWO, None),
        ("Authors: Bee, A., Dee, C. D.\n", ("A. Bee", "C. D. Dee"), None),
        ("Authors: Bee A, Dee CD\n", ("A Bee", "CD Dee"), None),
        ("Authors: A. Bee, C. Dee\n", ("A. Bee", "C. Dee"), None),
        ("Authors: A B, C D\n", ("A B", "C D"), None),
        ("Authors: Ada Bee et al.\n", ("Ada Bee", "et al."), None),
        ("Authors: Ada Bee, Cy Dee, +3 more\n", (*TWO, "et al."), None),
        ("Authors: M. van der Berg, An Li, d'Élan J.\n", ("M. van der Berg", "An Li", "d'Élan J."), None),
        ("Authors: 张三, 李四\n", ("张三", "李四"), None),
        ("Author: The STEAM Collaboration\n", ("The STEAM Collaboration",), None),
        ("Kettles of steel\nAuthors: Ada Bee, Cy Dee\nPublished: 3 May 2026\n", TWO, DAY),
        ("By Ada Bee and Cy Dee\n\n", TWO, None),
        ("By Ada Bee & Cy Dee | May 3, 2026\n\n", TWO, DAY),
        ("Posted on May 3, 2026 by Ada Bee, Cy Dee<br>", TWO, DAY),
        ("Ada Bee, Cy Dee - Kettle Reviews, 2026", (), None),
        ("A Bee, CD Dee… - Kettle Reviews, 2026 - Steam\n", ("A Bee", "CD Dee"), PartialDate(2026)),
        ("Published: 3 May 2026\n", (), DAY),
        ("Published: 2026-05-03T10:00:00Z\n", (), DAY),
        ("Published online Sunday, May 3rd, 2026\n", (), DAY),
        ("Publication date: 2026-05-03\n", (), DAY),
        ("Publication date: Available online 3 May 2026\n", (), DAY),
        ("Date: May 3, 2026\n", (), DAY),
        ("Source: Kettle Reviews, Vol 3, May 2026\n", (), MONTH),
        ("<p>Publication date: May 2026</p><p><b>Source:</b> Kettles, Volume 3</p><p>Author(s): Ada Bee, Cy Dee</p>",
         TWO, MONTH),
        ("Publication date: May 2026 Source: Kettles, Volume 3 Author(s): Ada Bee, Cy Dee Abstract ", TWO, MONTH),
        ("Kettle Reviews, Volume 3, Issue 2, Page 1-20, May 2026. <br/>", (), MONTH),
        ("Volume 3, Issue 2, May 2026, Page 1-20<br/>.<br/>", (), MONTH),
        ("<p>Kettles, Published online: 03 May 2026; <a href='https://d.example/x'>doi:10.1000/x</a></p>", (), DAY),
        ("<p>Kettle Rev. 2026 May 3;12(3):45. doi: 10.1000/x. Epub 2026 May 3.</p><p><b>ABSTRACT</b></p>", (), DAY),
        ("<p>Kettles. 2026 May;12(3):45</p><p>Authors:  Bee A, Dee C</p><p>Abstract<br/>", ("A Bee", "C Dee"), MONTH),
        ("Kettle Reviews, EarlyView.<br>", (), None),
    ],
)  # fmt: skip
def test_what_a_line_says(given: str, authors: tuple[str, ...], published: PublicationDate | None) -> None:
    found = byline_in(text_of_html(f"{given}{BODY}"), "Kettles of steel")
    if authors or published or "EarlyView" in given:
        assert found == Byline(BODY, authors, published)
    else:
        assert found.authors == ()


@pytest.mark.parametrize(
    "end", ["\n\nAuthors: Ada Bee, Cy Dee", "<br/>[Kettle Rev. 107, 012401] Published Sun May 03, 2026"]
)
def test_what_stands_behind(end: str) -> None:
    found = byline_in(text_of_html(f"{BODY}{end}"))
    assert found.text == BODY and (found.authors == TWO or found.published == DAY)
    assert byline_in(f"{BODY}\n\nPMID:12345 | DOI:10.1000/x").text == BODY


@pytest.mark.parametrize(
    "prose",
    [
        "By induction.",
        "By using kettles and pots, we boil.",
        "By Monte Carlo sampling we find\nthe point of boiling.",
        "The point of boiling is found\nby Monte Carlo.",
        "By Ada Bee, Staff Writer",
        "By Ada Bee, MIT",
        "Authors: We thank all of them.",
        "Authors: admin",
        "Authors: Ada Bee writes about kettles",
        "Authors: Ada Bee\n\nOne.\n\nAuthors: Cy Dee\n\nTwo.",
        "Authors: Ada Bee\n\nOne.\n\nAuthors: nobody knows them\n\nTwo.",
        "Published: next week",
        "Date: 03/05/2026",
        "Date: May 3, 2026\nTime: 10:00\nLocation: the hall",
        "Source: our own measurements",
        "Source: https://lab.example/kettle, 2026",
        "Abstract algebra boils down to groups.",
        "Published in May 2026, this kettle is new.",
    ],
)
def test_prose_says_nothing_of_the_kind(prose: str) -> None:
    assert byline_in(prose) == Byline(prose)


def test_what_can_be_read_of_a_line_is_taken() -> None:
    found = byline_in(f"Publication date: May 2026 Source: Kettles, Volume 3 Author(s): Ada Bee, Cy Dee {BODY}")
    assert found == Byline(f"Author(s): Ada Bee, Cy Dee {BODY}", (), MONTH)


@given(
    st.lists(
        st.sampled_from(["Authors: ", "By ", "Ada Bee", ", ", "\n", "Date: ", "2026", "May ", "3", " and ", "**", "x"])
    )
)
def test_no_text_makes_it_raise(pieces: list[str]) -> None:
    found = byline_in("".join(pieces), "Ada Bee")
    assert all(name.strip() == name != "" for name in found.authors)


_similar = st.text(st.sampled_from("aAb1 -.e\u0301\u00e9\ufb01\u00df\u2460\u65e5\u0130\ud800"), max_size=8)


@given(_similar, _similar)
def test_a_line_has_the_fingerprint_that_is_made_of_it(line: str, title: str) -> None:
    assert _prints(line, fingerprint(title)) == (fingerprint(line) == fingerprint(title))
    assert _prints(line, fingerprint(line))
