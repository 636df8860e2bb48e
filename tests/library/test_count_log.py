"""The counts that feeds gave, by day: what is kept of them, the series of a paper, and what it gained."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from readlist.library import migrations
from readlist.library.count_log import Sighting
from readlist.library.library import Library
from readlist.model.paper import Announcement
from readlist.model.trend import Point, Series
from tests.support.library import DAY, NOON, add, age, paper

NORMS = paper("Norms at sea", "2608.00001")


def tell(
    library: Library, seen: date, *, feed: str = "HF daily", day: date = DAY, now: datetime = NOON, **counts: Any
) -> None:
    """Have a feed tell the counts of a paper on a day."""
    library.add(feed, [(NORMS, Announcement(feed, day, 1, **counts))], day=day, seen=seen, now=now)


def read_at(library: Library, now: datetime, feed: str = "HF daily", **counts: Any) -> None:
    """Have a feed tell the counts of a paper at a time."""
    library.count_log.clock = lambda: now
    tell(library, now.date(), feed=feed, now=now, **counts)


def found(library: Library) -> int:
    paper_id = library.find(NORMS.key)
    assert paper_id is not None
    return paper_id


def reported(library: Library) -> list[tuple[str, int, int | None, int | None]]:
    return [(one.feed, one.day.day, one.upvotes, one.stars) for one in library.count_log.sightings(found(library))]


def upvotes_of(library: Library) -> Series:
    return library.count_log.series(found(library))[0]


class TestCounts:
    def test_each_day_that_was_asked_is_kept(self, library: Library) -> None:
        for day, upvotes in ((1, 5), (2, 5), (3, 9), (4, 9), (5, 7)):
            tell(library, date(2026, 8, day), upvotes=upvotes)
        assert reported(library) == [("HF daily", day, upvotes, None) for day, upvotes in enumerate((5, 5, 9, 9, 7), 1)]

    def test_the_last_word_of_a_day_counts(self, library: Library) -> None:
        for upvotes in (5, 8, 6):
            tell(library, DAY, upvotes=upvotes)
        assert reported(library) == [("HF daily", 1, 6, None)]

    def test_a_count_left_out_says_nothing(self, library: Library) -> None:
        tell(library, date(2026, 8, 1), upvotes=5, stars=100)
        tell(library, date(2026, 8, 2), upvotes=5)
        tell(library, date(2026, 8, 3))
        assert reported(library) == [("HF daily", 1, 5, 100), ("HF daily", 2, 5, None)]
        tell(library, date(2026, 8, 1), upvotes=6)
        assert reported(library) == [("HF daily", 1, 6, 100), ("HF daily", 2, 5, None)]

    def test_feeds_tell_apart_and_the_announcement_keeps_the_day_of_its_list(self, library: Library) -> None:
        tell(library, date(2026, 8, 3), upvotes=5)
        tell(library, date(2026, 8, 4), upvotes=8, feed="HF trending")
        assert reported(library) == [("HF daily", 3, 5, None), ("HF trending", 4, 8, None)]
        paper_id = library.find(NORMS.key)
        assert paper_id is not None
        assert [(one.feed, one.day, one.upvotes) for one in library.feeds.announcements(paper_id)] == [
            ("HF daily", DAY, 5), ("HF trending", DAY, 8),
        ]  # fmt: skip

    def test_what_was_seen_last_counts_on_any_day_of_the_list(self, library: Library) -> None:
        tell(library, date(2026, 8, 3), upvotes=9)
        tell(library, date(2026, 8, 5), upvotes=15, feed="Added", day=date(2026, 8, 5))
        tell(library, date(2026, 8, 7), upvotes=501)
        paper_id = library.find(NORMS.key)
        assert paper_id is not None
        (entry,) = library.papers([paper_id])
        assert (entry.feed, entry.upvotes) == ("Added", 501)
        tell(library, date(2026, 8, 8), upvotes=480, stars=7)
        (entry,) = library.papers([paper_id])
        assert (entry.upvotes, entry.stars) == (480, 7)

    def test_they_stay_together_when_two_papers_prove_to_be_one(self, library: Library) -> None:
        add(library, paper(NORMS.title), feed="Page", day=date(2026, 7, 1), upvotes=3)
        add(library, paper("Other title", "2608.00001"), day=date(2026, 7, 2), upvotes=4)
        tell(library, date(2026, 8, 3), upvotes=9)
        assert library.find("title:normsatsea") == library.find(NORMS.key)
        assert [(feed, upvotes) for feed, _, upvotes, _ in reported(library)] == [
            ("Page", 3), ("HF daily", 4), ("HF daily", 9),
        ]  # fmt: skip

    def test_a_library_of_the_first_version_keeps_what_it_recorded(self, tmp_path: Path) -> None:
        path = tmp_path / "library.db"
        with sqlite3.connect(path) as old:
            for statement in migrations.MIGRATIONS[0]:
                old.execute(statement)
            old.execute(f"pragma application_id = {migrations.APPLICATION_ID}")
            old.execute("pragma user_version = 1")
            old.execute("insert into announcement values (7, 'HF daily', '2026-08-01', 1, 5, null, 100, '')")
            old.execute("insert into announcement values (8, 'HF daily', '2026-08-01', 2, null, null, null, '')")
        old.close()
        library = Library(path)
        assert library.count_log.sightings(7) == (Sighting("HF daily", DAY, 5, None, 100),)
        assert library.count_log.sightings(8) == ()
        assert library.feeds.fetches() == {}
        library.close()

    def test_a_library_of_the_version_before_keeps_its_counts(self, tmp_path: Path) -> None:
        path = tmp_path / "library.db"
        library = Library(path)
        tell(library, DAY, upvotes=5)
        library.close()
        with sqlite3.connect(path, isolation_level=None) as old:
            age(old, 10)
            old.execute("insert into sighting values (1, 'HF daily', '2026-08-01', 5, null, 100)")
        old.close()
        library = Library(path)
        assert library.count_log.sightings(1) == (Sighting("HF daily", DAY, 5, None, 100),)
        tell(library, DAY, upvotes=8)
        assert [(each.upvotes, each.stars) for each in library.count_log.sightings(1)] == [(8, 100)]
        library.close()

    def test_a_list_without_a_day_that_comes_again_is_no_reading_of_another_day(self, library: Library) -> None:
        for days in (0, 1, 9):
            now = NOON + timedelta(days=days)
            library.add("Page", [(NORMS, Announcement("Page", None, 1, upvotes=3))], day=None, now=now)
        assert reported(library) == [("Page", 1, 3, None)]

    def test_readings_of_long_ago_that_gave_the_same_are_dropped(self, library: Library) -> None:
        for days, upvotes in ((0, 5), (1, 5), (2, 6), (3, 6), (80, 6)):
            read_at(library, NOON + timedelta(days=days), upvotes=upvotes)
        assert reported(library) == [("HF daily", 1, 5, None), ("HF daily", 3, 6, None), ("HF daily", 20, 6, None)]


class TestVisits:
    def test_a_second_reading_of_a_day_keeps_the_one_that_a_visit_ended_after(self, library: Library) -> None:
        read_at(library, NOON, upvotes=5)
        library.visits.end(NOON + timedelta(hours=1))
        for hours, upvotes in ((2, 9), (3, 12)):
            read_at(library, NOON + timedelta(hours=hours), upvotes=upvotes)
        assert reported(library) == [("HF daily", 1, 5, None), ("HF daily", 1, 12, None)]
        assert upvotes_of(library) == Series("upvotes", (Point(DAY, 12),), 7, DAY)

    def test_what_was_gained_is_counted_from_the_visit_before_the_latest_counts(self, library: Library) -> None:
        read_at(library, NOON, upvotes=5)
        library.visits.end(NOON + timedelta(hours=1))
        read_at(library, NOON + timedelta(days=2), upvotes=9)
        assert upvotes_of(library).gained == 4
        # A visit that ends, and one that begins before anything is counted again, leave something to see.
        library.visits.end(NOON + timedelta(days=2, hours=1))
        library.visits.end(NOON + timedelta(days=2, hours=2))
        assert upvotes_of(library).gained == 4
        read_at(library, NOON + timedelta(days=3), upvotes=10)
        series = upvotes_of(library)
        assert (series.gained, series.since) == (1, date(2026, 8, 3))

    def test_without_a_visit_it_is_counted_for_a_week(self, library: Library) -> None:
        for days, upvotes in ((0, 5), (5, 8), (9, 20)):
            read_at(library, NOON + timedelta(days=days), upvotes=upvotes)
        series = upvotes_of(library)
        assert (series.gained, series.since) == (15, DAY)
        read_at(library, NOON + timedelta(days=13), upvotes=21)
        assert (upvotes_of(library).gained, upvotes_of(library).since) == (13, date(2026, 8, 6))

    def test_what_was_first_read_since_the_visit_is_counted_from_there(self, library: Library) -> None:
        library.visits.end(NOON - timedelta(days=1))
        read_at(library, NOON, upvotes=5)
        assert upvotes_of(library) == Series("upvotes", (Point(DAY, 5),))
        read_at(library, NOON + timedelta(days=1), upvotes=9)
        assert (upvotes_of(library).gained, upvotes_of(library).since) == (4, DAY)

    def test_what_was_not_read_since_the_visit_gained_nothing_that_is_known(self, library: Library) -> None:
        add(library, paper("Tides", "2608.00002"), upvotes=1)
        for days in (0, 1):
            read_at(library, NOON + timedelta(days=days), upvotes=5 + days)
        library.visits.end(NOON + timedelta(days=1, hours=1))
        library.add(
            "HF daily", [(paper("Tides", "2608.00002"), Announcement("HF daily", DAY, 1, 3))], day=DAY,
            seen=date(2026, 8, 4), now=NOON + timedelta(days=3),
        )  # fmt: skip
        assert (upvotes_of(library).gained, upvotes_of(library).since) == (None, None)


class TestSeries:
    def test_a_day_that_was_not_asked_is_a_gap(self, library: Library) -> None:
        for days, upvotes in ((0, 5), (1, 5), (3, 9)):
            read_at(library, NOON + timedelta(days=days), upvotes=upvotes)
        assert [point.count for point in upvotes_of(library).points] == [5, 5, None, 9]

    def test_it_is_of_fourteen_days_and_begins_with_a_count(self, library: Library) -> None:
        for days in (0, 1, 4, 16):
            read_at(library, NOON + timedelta(days=days), upvotes=days)
        points = upvotes_of(library).points
        assert (points[0], points[-1], len(points)) == (Point(date(2026, 8, 5), 4), Point(date(2026, 8, 17), 16), 13)

    def test_there_is_one_for_each_kind_that_was_counted(self, library: Library) -> None:
        read_at(library, NOON, upvotes=5, stars=100)
        read_at(library, NOON + timedelta(days=1), upvotes=6)
        series = library.count_log.series(found(library))
        assert [(each.kind, [point.count for point in each.points]) for each in series] == [
            ("upvotes", [5, 6]), ("stars", [100]),
        ]  # fmt: skip

    def test_of_several_feeds_of_a_day_the_highest_counts(self, library: Library) -> None:
        read_at(library, NOON, upvotes=12)
        read_at(library, NOON + timedelta(minutes=1), feed="HF search", upvotes=10)
        assert upvotes_of(library).points == (Point(DAY, 12),)


class TestClock:
    def test_counts_of_a_clock_that_was_ahead_are_those_of_today(self, library: Library) -> None:
        read_at(library, NOON - timedelta(days=1), upvotes=5)
        read_at(library, NOON + timedelta(days=400), upvotes=9)
        read_at(library, NOON, upvotes=10)
        assert [(point.day.day, point.count) for point in upvotes_of(library).points] == [(31, 5), (1, 10)]
        (entry,) = library.papers([found(library)])
        assert entry.upvotes == 10

    def test_a_visit_that_ended_in_the_future_hides_no_counts(self, library: Library) -> None:
        read_at(library, NOON, upvotes=5)
        library.visits.end(NOON + timedelta(days=1))
        read_at(library, NOON + timedelta(hours=1), upvotes=9)
        read_at(library, NOON + timedelta(days=2), upvotes=11)
        assert [point.count for point in upvotes_of(library).points] == [9, None, 11]
