"""The first results of a search, from the first papers of a list alone: the same as from all of them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readlist.library import search_page
from readlist.library.library import Library
from readlist.library.search_page import UNKNOWN, SearchPage
from readlist.model.mark import Mark
from readlist.model.paper import Announcement, Paper
from readlist.model.view import ALL_SORTS, Sort
from readlist.query import parse
from tests.support.depth import examples
from tests.support.library import add, paper
from tests.support.random_library import TODAY, filled, libraries, queries

ALL = parse("")


@pytest.fixture
def page(library: Library) -> Iterator[SearchPage]:
    """The page of a library with five papers, of which it takes in three."""
    with patch.object(search_page, "_PAPERS", 3):
        add(library, *(paper(f"Bonsai number {number}") for number in range(4)), paper("Bonds"))
        library.page.prepare(ALL, "feed")
        yield library.page


class TestWhatItAnswers:
    """The first papers found if these are among its own, and nothing else."""

    def test_as_many_as_wanted(self, library: Library, page: SearchPage) -> None:
        query = parse("bo", typing=True)
        assert page.first(ALL, query, "feed", 2).ids == library.first_ids(query, "feed", 2)

    def test_not_more_than_it_has(self, page: SearchPage) -> None:
        assert page.first(ALL, parse("bo", typing=True), "feed", 4).ids is None

    def test_all_of_a_short_list(self, library: Library, page: SearchPage) -> None:
        listed = parse("number", today=TODAY)
        with patch.object(search_page, "_PAPERS", 5):
            page.prepare(listed, "feed")
            found = page.first(listed, parse("3").within(listed), "feed", 9)
        assert found.ids == list(library.ids(parse("number 3"), "feed")) == [4]

    @pytest.mark.parametrize(("listed", "sort"), [("is:unread", "feed"), ("", "title")])
    def test_nothing_of_another_list(self, page: SearchPage, listed: str, sort: Sort) -> None:
        assert page.first(parse(listed), parse("bo", typing=True), sort, 1) == UNKNOWN

    def test_nothing_of_removed_papers(self, page: SearchPage) -> None:
        assert page.first(ALL, parse("bonsai is:removed,unread"), "feed", 1) == UNKNOWN

    def test_nothing_once_something_was_written(self, library: Library, page: SearchPage) -> None:
        query = parse("bo", typing=True)
        assert page.first(ALL, query, "feed", 1).ids
        library.visits.remember("words")
        assert page.first(ALL, query, "feed", 1) == UNKNOWN
        page.prepare(ALL, "feed")
        assert page.first(ALL, query, "feed", 1).ids

    def test_nothing_when_it_was_forgotten(self, page: SearchPage) -> None:
        page.forget()
        assert page.first(ALL, parse("bo", typing=True), "feed", 1) == UNKNOWN

    def test_that_few_papers_have_the_words(self, page: SearchPage) -> None:
        assert page.first(ALL, parse("1"), "feed", 2).few
        assert not page.first(ALL, parse("bonsai is:starred"), "feed", 2).few
        assert not page.first(ALL, parse("is:starred"), "feed", 2).few


@pytest.mark.slow
@settings(max_examples=examples(100), deadline=None)
@given(
    libraries, queries, st.lists(queries, min_size=4, max_size=8), st.sampled_from(ALL_SORTS), st.integers(1, 4),
    st.integers(1, 8),
)  # fmt: skip
def test_it_finds_what_the_whole_library_finds(
    rows: list[tuple[Paper, Announcement, Mark | None, bool]],
    view: tuple[str, bool],
    asked: list[tuple[str, bool]],
    sort: Sort,
    limit: int,
    size: int,
) -> None:
    with tempfile.TemporaryDirectory() as folder, patch.object(search_page, "_PAPERS", size):
        library = filled(Path(folder) / "library.db", rows)
        listed = parse(view[0], today=TODAY)
        library.page.prepare(listed, sort)
        for text, typing in asked:
            query = parse(text, typing=typing, today=TODAY).within(listed)
            found = library.page.first(listed, query, sort, limit)
            if found.ids is not None:
                assert found.ids == list(library.ids(query, sort))[:limit]
        library.close()
