"""Watched and muted papers of a shelf."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readlist.model.view import INBOX, View
from readlist.query import parse
from readlist.query.rules import Rules, rule_problem
from readlist.shelf import Shelf
from tests.support.depth import examples
from tests.support.papers import make_batch, make_paper, make_shelf

QUERIES = [
    "attention", "title:number -diffusion", '"number 3"', "has:code", "tag:cited", "tag:c*", "has:tag", "is:starred",
    "-is:starred", "upvotes:>95", "feed:daily", "feed:other", "date:2026", "starred:2026", "is:new", "id:2608.00004",
    "note:#cited", "is:starred OR number -has:code", "-(number has:code)", "-attention -transformers",
]  # fmt: skip


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A shelf with twelve papers, some starred and tagged."""
    made = make_shelf(tmp_path_factory.mktemp("watch"))
    made.papers.add(make_batch([make_paper(number) for number in range(1, 13)]))
    entries = made.papers.entries(list(range(1, 13)))
    made.marks.apply(entries[:3], starred=True, label="")[1].result(timeout=60)
    made.marks.tag(entries[2:6], ["cited"], [], "")
    made.sync.catch_up()
    return made


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    watched=st.lists(st.sampled_from(QUERIES), max_size=3),
    muted=st.lists(st.sampled_from(QUERIES), max_size=3),
    some=st.sets(st.integers(1, 14)),
)
def test_what_is_asked_of_some_papers_is_what_a_query_finds(
    shelf: Shelf, watched: list[str], muted: list[str], some: set[int]
) -> None:
    assert not any(map(rule_problem, [*watched, *muted]))
    rules = Rules(tuple(watched), tuple(muted))
    shelf.watch.rules = lambda: rules
    entries = shelf.watch.signed(shelf.papers.entries(sorted(some)))
    for name, flag, queries in (("watched", "is:watched", watched), ("muted", "is:muted", muted)):
        found = set(shelf.papers.select(parse(flag)))
        assert found == {number for query in queries for number in shelf.papers.select(parse(query))}
        assert {entry.id for entry in entries if getattr(entry, name)} == found & some
        assert shelf.papers.count(View("", f"-{flag}")) == 12 - len(found)


def test_the_inbox_hides_what_is_muted_and_nothing_else_does(shelf: Shelf) -> None:
    shelf.watch.rules = lambda: Rules((), ("tag:cited", "id:2608.00001"))
    assert list(shelf.papers.browse(INBOX)) == [2, 7, 8, 9, 10, 11, 12]
    assert shelf.papers.first(INBOX, "has:code") == [2, 8, 10, 12]
    assert shelf.papers.count(INBOX) == 7 and shelf.papers.count(View("", "is:unread")) == 12
    shelf.watch.rules = Rules
    assert shelf.papers.count(INBOX) == 12


def test_settings_that_say_nothing_ask_nothing_of_the_library(tmp_path: Path) -> None:
    made = make_shelf(tmp_path)
    made.papers.add(make_batch([make_paper(1)]))
    entries = made.papers.entries([1])
    made.library.close()
    assert made.watch.signed(entries) == entries
    made.close()
