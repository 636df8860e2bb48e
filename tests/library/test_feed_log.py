"""What the library knows of its feeds: counts day by day, what became of asking them, what they keep no longer."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from readlist.library import migrations
from readlist.library.integrity import check
from readlist.library.library import Library
from readlist.library.paper_writer import expire
from readlist.library.rows import Fetch
from readlist.model.mark import Mark
from readlist.model.paper import Paper
from readlist.query import Query, parse
from tests.support.library import NOON, add, paper

NORMS = paper("Norms at sea", "2608.00001")


class TestFirstVersion:
    def test_papers_of_the_first_version_are_found_by_what_is_looked_for_now(self, tmp_path: Path) -> None:
        path = tmp_path / "library.db"
        with sqlite3.connect(path) as old:
            for statement in migrations.MIGRATIONS[0]:
                old.execute(statement)
            old.execute(f"pragma application_id = {migrations.APPLICATION_ID}")
            old.execute("pragma user_version = 1")
            row = (
                1,
                NORMS.key,
                "norms at sea",
                "2026-08-01",
                5,
                "HF daily",
                "2026-08-01",
                1,
                5,
                None,
                None,
                0,
                0,
                1,
                0,
                0,
                1,
            )
            old.execute(f"insert into paper values ({', '.join('?' * 17)})", row)
            lists = ('["Ada Müller"]', "2608.00001", "", "", "", '["flow matching"]')
            detail = (1, "Norms", "Étude of modèles", *lists, "Lab One")
            old.execute(f"insert into detail values ({', '.join('?' * 10)})", detail)
            old.execute("insert into announcement values (1, 'HF daily', '2026-08-01', 1, 5, null, null, '')")
            old.execute("insert into feed values ('HF daily', 0, 5)")
            old.execute("insert into alias values ('arxiv:2608.00001', 1)")
            old.execute("insert into mark values ('arxiv:2608.00001', 1, null, null, 'read later', null, 0)")
        old.close()
        library = Library(path)
        for text in (
            "norms",
            "modeles",
            "author:muller",
            "org:lab",
            'kw:"flow matching"',
            "note:later",
            "id:2608.00001",
        ):
            assert list(library.ids(parse(text), "stars")) == [1], text
        library.mirror.write([("arxiv:2608.00001", Mark(note="other"))])
        assert not library.ids(parse("later"), "feed")
        assert check(library.connections) == []
        library.close()


class TestAsking:
    def test_what_became_of_it_is_kept(self, library: Library) -> None:
        sent = {"https://lab.example/feed": ('"1"', "Sat, 01 Aug 2026 00:00:00 GMT")}
        library.feeds.set_fetch("Lab", at=NOON, new=12, known=40, validators=sent)
        assert library.feeds.fetches() == {"Lab": Fetch("Lab", NOON, NOON, "", 12, 40, sent)}

    def test_a_failure_leaves_what_is_known_of_the_last_good_time(self, library: Library) -> None:
        sent = {"https://lab.example/feed": ('"1"', "")}
        library.feeds.set_fetch("Lab", at=NOON, new=12, known=40, validators=sent)
        later = NOON + timedelta(hours=3)
        library.feeds.set_fetch("Lab", at=later, failure="Lab: no network")
        assert library.feeds.fetches()["Lab"] == Fetch("Lab", later, NOON, "Lab: no network", 12, 40, sent)
        library.feeds.set_fetch("Lab", at=later, new=0, known=3)
        assert library.feeds.fetches()["Lab"] == Fetch("Lab", later, later, "", 0, 3, sent)

    def test_a_feed_that_only_ever_failed_was_never_good(self, library: Library) -> None:
        library.feeds.set_fetch("Lab", at=NOON, failure="Lab: no network")
        assert library.feeds.fetches()["Lab"].good is None
        library.feeds.forget_fetch("Lab")
        assert library.feeds.fetches() == {}

    def test_feeds_have_counts(self, library: Library) -> None:
        add(library, paper("A", "2608.00001"), paper("B", "2608.00002"))
        add(library, paper("B", "2608.00002"), feed="HF trending")
        library.mirror.write([("arxiv:2608.00002", Mark(read=NOON))])
        assert [(feed.name, feed.papers, feed.unread) for feed in library.feeds.all()] == [
            ("HF daily", 2, 1), ("HF trending", 1, 0),
        ]  # fmt: skip


class TestKeeping:
    OLD = date(2026, 5, 1)

    def expire(self, library: Library, *feeds: str, held: tuple[str, ...] = ()) -> int:
        return expire(library.connections, dict.fromkeys(feeds, date(2026, 7, 1)), lambda: held)

    def test_papers_a_feed_keeps_no_longer_leave(self, library: Library) -> None:
        add(library, paper("Old", "2605.00001"), day=self.OLD)
        add(library, paper("New", "2608.00001"))
        assert self.expire(library, "HF daily") == 1
        assert (library.find("arxiv:2605.00001"), library.find("title:old")) == (None, None)
        assert library.find("arxiv:2608.00001") is not None
        assert library.count(Query("")) == 1

    @pytest.mark.parametrize("mark", [Mark(starred=NOON), Mark(note="mine", noted=NOON), Mark(saved="pending")])
    def test_what_is_starred_noted_or_under_way_stays(self, library: Library, mark: Mark) -> None:
        add(library, paper("Old", "2605.00001"), day=self.OLD)
        library.mirror.write([("arxiv:2605.00001", mark)])
        assert self.expire(library, "HF daily") == 0

    def test_what_is_being_noted_stays_by_any_of_its_ids(self, library: Library) -> None:
        add(library, paper("Old", "2605.00001"), day=self.OLD)
        assert self.expire(library, "HF daily", held=("title:old",)) == 0
        assert self.expire(library, "HF daily") == 1

    def test_what_another_feed_announced_stays(self, library: Library) -> None:
        add(library, paper("Old", "2605.00001"), day=self.OLD)
        add(library, paper("Old", "2605.00001"), feed="Page", day=self.OLD - timedelta(days=30))
        assert self.expire(library, "HF daily") == 0
        assert self.expire(library, "HF daily", "Page") == 1

    def test_what_was_announced_again_stays(self, library: Library) -> None:
        add(library, paper("Old", "2605.00001"), day=self.OLD)
        add(library, paper("Old", "2605.00001"))
        assert self.expire(library, "HF daily") == 0

    def test_one_that_comes_back_is_read_as_it_was(self, library: Library) -> None:
        add(library, paper("Old", "2605.00001"), day=self.OLD)
        library.mirror.write([("arxiv:2605.00001", Mark(read=NOON))])
        assert self.expire(library, "HF daily") == 1
        add(library, paper("Old", "2605.00001"))
        paper_id = library.find("arxiv:2605.00001")
        assert paper_id is not None
        assert library.papers([paper_id])[0].mark.read == NOON

    def test_many_leave_in_parts(self, library: Library) -> None:
        add(library, *(paper(f"Paper {n}", f"2605.{n:05}") for n in range(1, 251)), day=self.OLD)
        assert self.expire(library, "HF daily") == 250
        assert library.count(Query("")) == 0


class TestWithoutTitle:
    def test_a_paper_may_wait_for_its_title(self, library: Library) -> None:
        added = add(library, Paper("arxiv:2608.00009", "", arxiv="2608.00009"), feed="Added")
        assert added.new == ("arxiv:2608.00009",)
        assert library.unfilled() == ["arxiv:2608.00009"]
        add(library, Paper("arxiv:2608.00009", "", arxiv="2608.00009"), feed="Added")
        library.mirror.write([("arxiv:2608.00009", Mark(starred=datetime(2026, 8, 1, tzinfo=UTC)))])
        add(library, paper("At last", "2608.00009", abstract="We study."))
        assert library.unfilled() == []
        (entry,) = library.papers(library.first_ids(Query(""), "feed", 10))
        assert (entry.paper.title, entry.paper.abstract, entry.mark.starred is not None) == (
            "At last",
            "We study.",
            True,
        )

    def test_two_that_wait_are_two(self, library: Library) -> None:
        add(
            library,
            Paper("arxiv:2608.00008", "", arxiv="2608.00008"),
            Paper("arxiv:2608.00009", "", arxiv="2608.00009"),
        )
        assert library.count(Query("")) == 2

    def test_it_folds_into_the_paper_that_was_known_by_title(self, library: Library) -> None:
        add(library, paper("Here at last"), feed="Page")
        add(library, Paper("arxiv:2608.00009", "", arxiv="2608.00009"), feed="Added")
        assert library.count(Query("")) == 2
        add(library, paper("Here at last", "2608.00009"))
        assert library.count(Query("")) == 1
        assert library.find("title:hereatlast") == library.find("arxiv:2608.00009")
