"""A title alone is weak: what joins two records of one title, what keeps them two, and the keys of the second."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.model.paper import Link, Paper, bare_title
from readlist.model.time import PartialDate
from readlist.text.titles import (
    _TRACKING,
    is_short,
    names_nothing,
    qualified,
    same_paper,
    share_first_author,
    share_identity,
    title_joins,
)
from tests.support.library import paper

LONG = "Nine kettles on one stove"
PAGE = Link("https://journal.example/12/1/kettles", "paper")
OTHER_PAGE = Link("https://journal.example/12/2/kettles", "paper")
ABSTRACT = "We put nine kettles on one stove, and measure in which order they boil, and for how long they sing."


def work(title: str = LONG, **fields: Any) -> Paper:
    fields.setdefault("key", "title:ninekettlesononestove")
    return Paper(title=title, **fields)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (work(), work(arxiv="2401.00001", authors=("Ada Pot",), published=date(2024, 1, 2))),
        (work(title="Nine Kettles, on one stove!"), work(doi="10.1/x")),
        (work(authors=("Ada Pot", "Bo Lid")), work(authors=("Pot, A.",))),
        (work(authors=("A. B. Pot",)), work(authors=("Ada Beate Pot", "Bo Lid"))),
        (work(authors=("Bo Lid", "Ada Pot")), work(authors=("Ada Pot", "Bo Lid"))),
        (work(published=date(2023, 12, 1)), work(published=date(2024, 2, 1))),
        (work(links=(PAGE,)), work(links=(Link("https://elsewhere.example/k", "paper"),))),
        (work(links=(PAGE,)), work(links=(Link(f"{PAGE.url}?utm_source=rss&utm_medium=mail", "paper"),))),
        # A preprint may be years older than what was published of it.
        (
            work(arxiv="2001.00001", authors=("Ada Pot",), published=date(2020, 1, 1)),
            work(doi="10.1/x", authors=("Ada Pot",), published=date(2024, 1, 1)),
        ),
        (
            work("On kettles", abstract=ABSTRACT),
            work("On kettles", arxiv="2401.00001", abstract=f"{ABSTRACT} And more."),
        ),
        (work("Kettles", authors=("Ada Pot",)), work("Kettles", authors=("A. Pot",), arxiv="2401.00001")),
        (work("Kettles"), work("Kettles")),
        (work("Editorial", links=(PAGE,)), work("Editorial", links=(PAGE,), authors=("Ada Pot",))),
        # As an older readlist kept it, which knew no year.
        (
            work("Editorial", key="title:editorial", authors=("Ada Pot",)),
            work("Editorial", key="title:editorial-0123456789", authors=("A. Pot",), published=PartialDate(2011)),
        ),
        (
            work("Editorial", key="title:editorial-0123456789"),
            work("Editorial", key="title:editorial-0123456789", authors=("Ada Pot",), abstract=ABSTRACT),
        ),
    ],
)
def test_what_nothing_speaks_against_is_one(one: Paper, other: Paper) -> None:
    assert title_joins(one, other) and title_joins(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (work(arxiv="2401.00001"), work(arxiv="2401.00002")),
        (work(doi="10.1/x"), work(doi="10.1/y")),
        (work(authors=("Ada Pot",)), work(authors=("Eva Pan",))),
        (work(authors=("Ada Pot",)), work(authors=("Bea Pot",))),
        (work(published=date(2009, 1, 1)), work(published=date(2018, 1, 1))),
        # Two editions.
        (
            work(authors=("Ada Pot",), published=date(2003, 1, 1)),
            work(authors=("Ada Pot",), published=date(2010, 1, 1)),
        ),
        (work(links=(PAGE,)), work(links=(OTHER_PAGE,))),
        (work("The kettle in C++ today"), work("The kettle in C# today")),
        (work("The kettle in C today"), work("The kettle in C++ today")),
        (work("Your first .NET kettle"), work("Your first net kettle")),
        (work("Kettles"), work("Kettles", arxiv="2401.00001", authors=("Ada Pot",))),
        (work("Editorial"), work("Editorial", doi="10.1/x")),
        (work("Editorial", authors=("Ada Pot",)), work("Editorial", authors=("Ada Pot",), doi="10.1/x")),
        (
            work("Editorial", key="title:editorial-0123456789", authors=("Ada Pot",)),
            work("Editorial", key="title:editorial-9876543210", authors=("Ada Pot",)),
        ),
        (work("Chapter 3", authors=("Ada Pot",)), work("Chapter 3", authors=("Eva Pan",))),
        (
            work("Introduction", authors=("Ada Pot",), published=date(2001, 1, 1)),
            work("Introduction", authors=("Ada Pot",), published=date(2011, 1, 1), arxiv="1101.00001"),
        ),
    ],
)
def test_what_something_speaks_against_is_two(one: Paper, other: Paper) -> None:
    assert not title_joins(one, other) and not title_joins(other, one)


def test_two_items_of_one_feed_are_two_by_their_pages_or_ids() -> None:
    elsewhere = Link("https://elsewhere.example/k", "paper")
    assert not title_joins(work(links=(PAGE,)), work(links=(elsewhere,)), in_one_feed=True)
    items = [work(key=qualified(work(), by=guid)) for guid in ("item-1", "item-2")]
    assert not title_joins(*items, in_one_feed=True)
    assert title_joins(items[0], work(), in_one_feed=True)


@pytest.mark.parametrize(
    "title", ["Editorial", "  EDITORIAL. ", "Author Correction", "Chapter 12", "Part II", "Errata"]
)
def test_titles_that_name_nothing(title: str) -> None:
    assert names_nothing(title)


@pytest.mark.parametrize(
    "title", ["Editorials considered harmful", "Correction of kettles", "BERT", "Part of the stove"]
)
def test_titles_that_name_something(title: str) -> None:
    assert not names_nothing(title)


def test_of_scripts_without_blanks_the_letters_are_counted() -> None:
    assert is_short("BERT") and is_short("On kettles") and is_short("茶壶")
    assert not is_short("On nine kettles") and not is_short("茶壶在炉子上唱歌")


def test_names_in_any_spelling_are_compared() -> None:
    assert share_first_author(("Nguyễn Văn An",), ("Van An Nguyen",))
    assert share_first_author(("Vaswani A",), ("Ashish Vaswani",))
    assert share_first_author(("E",), ("e",)) and share_first_author(("???",), ("Ada Pot",))
    assert not share_first_author(("Wei Zhang",), ("Wei Wang",))


def test_the_key_of_the_second_work_is_the_same_wherever_the_same_is_known() -> None:
    first, second = (work(authors=(name,), published=date(2024, 1, 1)) for name in ("Ada Pot", "Eva Pan"))
    assert qualified(first) == qualified(work(authors=("Pot, Ada",), published=date(2024, 6, 1)))
    assert qualified(first) != qualified(second)
    assert bare_title(qualified(first)) == bare_title(qualified(second)) == "title:ninekettlesononestove"
    assert qualified(work()) == "title:ninekettlesononestove"
    named = work(key=qualified(first))
    assert named.identifiers == (qualified(first),)


def test_a_title_that_names_nothing_makes_no_two_papers_one() -> None:
    assert not share_identity(("doi:10.1/x", "title:editorial"), ("arxiv:2401.00001", "title:editorial"))
    assert share_identity(("title:editorial",), ("title:editorial",))
    assert share_identity(("doi:10.1/x", "title:ninekettles"), ("arxiv:2401.00001", "title:ninekettles"))


class TestSamePaper:
    @pytest.mark.parametrize(
        ("identifier", "one", "other", "same"),
        [
            ("title:ainthree", paper("A in three"), paper("A in three"), True),
            ("title:ainthree", paper("A in three"), paper("A in three", "2401.00001"), True),
            ("title:a", paper("A", "2401.00001"), paper("A", "2401.00002"), False),
            ("title:a", paper("A", doi="10.1/x"), paper("A", doi="10.1/y"), False),
            ("title:ainthree", paper("A in three", "2401.00001"), paper("A in three", doi="10.1/y"), True),
            ("title:a", paper("A", "2401.00001", "10.1/x"), paper("A", "2401.00001", "10.1/y"), True),
            ("doi:10.1/x", paper("A", doi="10.1/x"), paper("B", doi="10.1/x"), True),
            ("doi:10.1/x", paper("A", "2401.00001", "10.1/x"), paper("B", "2401.00002", "10.1/x"), False),
            ("arxiv:2401.00001", paper("A", "2401.00001", "10.1/x"), paper("B", "2401.00001", "10.1/y"), True),
        ],
    )
    def test_a_stronger_identifier_that_differs_outweighs_a_weaker_one_that_agrees(self, identifier, one, other, same):  # type: ignore[no-untyped-def]
        assert same_paper(identifier, one, other) is same
        assert same_paper(identifier, other, one) is same


_PLAIN_TRACKING = re.compile(r"(?i)(?:utm_\w+|ref|source|from|fbclid|gclid|rss|via)=[^&]*&?")


@given(
    st.lists(st.sampled_from(["utm_", "UTM_", "utm", "_", "ref", "source", "via", "=", "&", "a", "é", "-", "1", "%"]))
)
def test_tracking_is_found_as_by_the_plain_pattern(pieces: list[str]) -> None:
    query = "".join(pieces)
    assert _TRACKING.sub(r"\1", query) == _PLAIN_TRACKING.sub("", query)
