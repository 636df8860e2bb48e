"""What a library tells of its papers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from readlist.library.integrity import check
from readlist.library.library import Library
from readlist.library.paper_writer import drop_untouched
from readlist.library.rows import Added, Counts, FeedCounts
from readlist.model.mark import Mark
from readlist.model.paper import Announcement
from readlist.model.view import ALL_SORTS, SORTS, Sort, reverse_of, unreversed
from readlist.query import parse
from tests.support.library import DAY, NOON, add, paper

NEXT_DAY = DAY + timedelta(days=1)


def found(library: Library, text: str = "", sort: str = "feed") -> list[int]:
    return list(library.ids(parse(text), sort))  # type: ignore[arg-type]


class TestOrder:
    def test_feed_order_is_the_newest_list_first_then_the_feed_then_the_place(self, library: Library) -> None:
        add(library, paper("A"), paper("B"), feed="Z")
        add(library, paper("C"), paper("D"), feed="Z", day=NEXT_DAY)
        add(library, paper("E"), paper("B"), feed="Y", day=NEXT_DAY)
        assert found(library) == [5, 2, 3, 4, 1]

    def test_the_other_orders(self, library: Library) -> None:
        add(library, paper("zebra", "2401.00002", published=DAY), upvotes=5)
        add(library, paper("Éclair", published=NEXT_DAY), upvotes=7)
        add(library, paper("apple"))
        add(library, paper("ZEBRA", "2401.00001", published=DAY), upvotes=5)
        assert found(library, sort="title") == [3, 2, 1, 4]
        assert found(library, sort="date") == [2, 1, 3, 4]
        assert found(library, sort="upvotes") == [2, 1, 4, 3]

    def test_equals_stay_in_the_order_they_came(self, library: Library) -> None:
        for number in range(20):
            library.add("F", [(paper("Same", f"2401.{number:05}"), Announcement("F", DAY, 1))], day=DAY, now=NOON)
        for sort in SORTS:
            assert found(library, sort=sort) == list(range(1, 21))
            assert library.first_ids(parse(""), sort, 3) == [1, 2, 3]
            assert found(library, sort=reverse_of(sort)) == list(range(20, 0, -1))
            assert library.first_ids(parse("same"), reverse_of(sort), 3) == [20, 19, 18]

    def test_many_ids_come_in_order(self, library: Library) -> None:
        many = [paper(f"Paper {number}") for number in range(3_000)]
        add(library, *reversed(many))
        assert found(library) == list(range(1, 3_001))
        assert found(library, "paper") == list(range(1, 3_001))


class TestReading:
    def test_papers_come_in_the_order_asked_for_and_missing_ones_not_at_all(self, library: Library) -> None:
        add(library, paper("A"), paper("B"), paper("C"))
        assert [entry.id for entry in library.papers([3, 99, 1, 3])] == [3, 1, 3]
        assert library.papers([]) == []
        assert library.keys([3, 99, 1, 3]) == [entry.paper.key for entry in library.papers([3, 99, 1, 3])]

    def test_a_paper_shows_its_latest_announcement_and_counts(self, library: Library) -> None:
        add(library, paper("A"), feed="F", day=NEXT_DAY, upvotes=9)
        add(library, paper("X"), paper("A"), feed="G", day=DAY, upvotes=50, stars=3)
        (entry,) = library.papers([1])
        assert (entry.feed, entry.day, entry.position) == ("F", NEXT_DAY, 1)
        assert (entry.upvotes, entry.comments, entry.stars) == (9, None, 3)
        assert [each.day for each in library.feeds.announcements(1)] == [NEXT_DAY, DAY]
        assert library.feeds.announcements(99) == ()

    def test_a_paper_is_found_by_any_identifier(self, library: Library) -> None:
        add(library, paper("A b", "2401.00001", "10.1/x"))
        assert {library.find(name) for name in ("arxiv:2401.00001", "doi:10.1/x", "title:ab")} == {1}
        assert library.find("title:c") is None
        # As a table cuts keys: if only one begins so.
        assert [library.find(name) for name in ("arxiv:24…", "title:a…", "…", "title:x…")] == [1, 1, None, None]
        assert library.ids_of(["title:ab", "title:c"]) == {"title:ab": 1}
        assert library.ids_of([]) == {}

    def test_counts(self, library: Library) -> None:
        assert library.counts() == Counts(0, 0, 0, 0, 0)
        add(library, paper("A"), paper("B"), paper("C"))
        add(library, paper("A"), feed="Other")
        library.mirror.write([("title:a", Mark(read=NOON)), ("title:b", Mark(starred=NOON, note="x"))])
        assert library.counts() == Counts(papers=3, unread=2, starred=1, noted=1, feeds=2)

    def test_feeds(self, library: Library) -> None:
        add(library, paper("A"), paper("B"), feed="Z")
        add(library, paper("A"), feed="Z", day=NEXT_DAY)
        library.add("Sample", [(paper("A"), Announcement("Sample", DAY, 1))], day=DAY, builtin=True)
        assert library.feeds.all() == [FeedCounts("Sample", 1, 1, DAY), FeedCounts("Z", 2, 2, NEXT_DAY)]


class TestDropping:
    def test_untouched_papers_of_one_feed_step_aside(self, library: Library) -> None:
        add(
            library,
            paper("Untouched"),
            paper("Marked"),
            paper("Unread again"),
            paper("Shared"),
            feed="Sample",
            builtin=True,
        )
        add(library, paper("Shared"), paper("Other"), feed="Real")
        library.mirror.write([("title:marked", Mark(starred=NOON)), ("title:unreadagain", Mark(read=NOON))])
        library.mirror.write([("title:unreadagain", Mark())])

        assert drop_untouched(library.connections, "Sample") == 2
        assert [entry.paper.title for entry in library.papers(sorted(found(library)))] == ["Marked", "Shared", "Other"]
        assert library.find("title:untouched") is None
        assert found(library, "untouched") == []
        assert drop_untouched(library.connections, "Sample") == 0

    def test_a_feed_without_papers_is_forgotten(self, library: Library) -> None:
        add(library, paper("A"), feed="Sample", builtin=True)
        assert drop_untouched(library.connections, "Sample") == 1
        assert library.feeds.all() == []
        assert drop_untouched(library.connections, "Sample") == drop_untouched(library.connections, "No such feed") == 0

    def test_a_feed_of_the_same_name_keeps_its_papers(self, library: Library) -> None:
        add(library, paper("A"), feed="Sample")
        assert drop_untouched(library.connections, "Sample") == 0

    def test_an_id_is_never_given_again(self, library: Library) -> None:
        add(library, paper("A"), feed="Sample", builtin=True)
        drop_untouched(library.connections, "Sample")
        assert add(library, paper("A")) == Added(new=("title:a",), keys=("title:a",), given=("title:a",), writes=1)
        assert found(library) == [2]


class TestVisits:
    def test_what_came_since_the_last_visit_is_new(self, library: Library) -> None:
        add(library, paper("A"))
        assert library.visits.last() is None
        assert found(library, "is:new") == [1]
        library.visits.end(NOON)
        assert library.visits.last() == NOON
        assert found(library, "is:new") == []
        later = NOON + timedelta(seconds=1)
        library.add("F", [(paper("B"), Announcement("F", DAY, 1))], day=DAY, now=later)
        assert found(library, "is:new") == [2]
        assert found(library, "-is:new") == [1]
        library.visits.end(later)
        assert found(library, "is:new") == []


def test_check_names_what_is_wrong(library: Library) -> None:
    add(library, paper("A"), paper("B"))
    library.mirror.write([("title:a", Mark(read=NOON))])
    with library.connections.writing() as connection:
        connection.execute("update paper set read = 0 where id = 1")
        connection.execute("delete from detail where paper_id = 2")
    assert check(library.connections) == ["1 papers without details", "1 marks not shown on their paper"]
    with library.connections.writing() as connection:
        connection.execute("update paper set read = 1 where id = 1")
        columns = "title, abstract, authors, arxiv, doi, links, summary, keywords, organization"
        connection.execute(
            f"insert into detail (paper_id, {columns}) select 2, {columns} from detail where paper_id = 1"
        )


# Of what is counted, papers are few that were counted lately.
@pytest.mark.parametrize(
    "sort", [sort for sort in ALL_SORTS if unreversed(sort) not in ("relevance", "gained", "rising")]
)
def test_every_order_walks_an_index(library: Library, sort: Sort) -> None:
    from readlist.library.query_sql import ids_statement

    for text in ("", "is:unread has:code", "-is:new", "word is:read"):
        sql, parameters = ids_statement(parse(text), sort, 40)
        with library.connections.reading() as connection:
            plan = " ".join(row[3] for row in connection.execute(f"explain query plan {sql}", parameters))
        table = "score" if unreversed(sort) == "match" else "paper"
        assert f"USING COVERING INDEX {table}_by_{unreversed(sort)}" in plan
        assert "ORDER BY" not in plan


@pytest.mark.parametrize(
    ("text", "index"),
    [("is:starred", "INDEX paper_starred"), ("is:noted has:code", "INDEX paper_noted"), ("a has:note", "paper_noted"),
     ("is:starred,noted", "INDEX paper_by_feed"), ("id:2608.00001 is:unread", "USING INTEGER PRIMARY KEY")],
)  # fmt: skip
def test_few_papers_are_found_without_looking_at_all(library: Library, text: str, index: str) -> None:
    from readlist.library.query_sql import count_statement, ids_statement

    statements = [ids_statement(parse(text), "feed", 40), ids_statement(parse(text), "-feed", 40)]
    statements += [] if text.startswith("a ") else [ids_statement(parse(text), "feed"), count_statement(parse(text))]
    for sql, parameters in statements:
        with library.connections.reading() as connection:
            plan = " ".join(row[3] for row in connection.execute(f"explain query plan {sql}", parameters))
        assert index in plan


def test_papers_are_values(library: Library) -> None:
    add(library, paper("A"))
    (entry,) = library.papers([1])
    assert replace(entry, mark=Mark(read=NOON)) != entry
    assert library.papers([1]) == [entry]
