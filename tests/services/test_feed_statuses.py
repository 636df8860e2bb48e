"""How feeds are: counts, the last fetch, and both in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from readlist.model.feed import Feed
from readlist.model.list_day import ListDay
from readlist.services.refresh import FeedStatus, describe, feed_statuses
from readlist.shelf import FeedCounts, Fetch, FetchOutcome

NOW = datetime(2026, 8, 5, 12, tzinfo=UTC)
DAILY = Feed("HF daily", "huggingface", "daily")
LAB = Feed("Lab", "rss", "https://lab.example/feed")


def fetch(name: str, failure: str = "", new: int = 0, minutes: int | None = 30) -> Fetch:
    good = NOW - timedelta(minutes=minutes) if minutes is not None else None
    return Fetch(name, NOW, good, failure, new, 0, {})


def state(fetched: Fetch | None, under_way: dict[str, int] | None = None) -> str:
    fetches = {fetched.feed: fetched} if fetched is not None else {}
    (status,) = feed_statuses([LAB], [], fetches, NOW, under_way or {})
    return status.state


def test_followed_feeds_come_first_in_their_order_then_the_others() -> None:
    stored = [FeedCounts("Captured", 3, 1, NOW.date()), FeedCounts("Lab", 9, 4, NOW.date())]
    daily, lab, captured = feed_statuses([DAILY, LAB], stored, {"Lab": fetch("Lab")}, NOW)
    assert (daily.name, daily.papers, daily.state) == ("HF daily", 0, "not fetched yet")
    assert (lab.feed, lab.papers, lab.unread, lab.good) == (LAB, 9, 4, NOW - timedelta(minutes=30))
    assert captured == FeedStatus("Captured", None, 3, 1, state="not followed")


def test_the_state_tells_the_last_fetch_in_words() -> None:
    assert state(fetch("Lab", new=1200)) == "30 min ago: 1,200 new"
    assert state(fetch("Lab")) == "30 min ago: nothing new"
    assert state(fetch("Lab", "Lab: no such host")) == "failed: no such host (last good 30 min ago)"
    assert state(fetch("Lab", "Lab: no such host", minutes=None)) == "failed: no such host (never fetched)"


def test_a_fetch_under_way_hides_what_became_of_the_last_one() -> None:
    broken = fetch("Lab", "Lab: no such host")
    assert state(broken, {"Lab": 0}) == "fetching…"
    assert state(broken, {"Lab": 12}) == "fetching… 12"
    (status,) = feed_statuses([LAB], [], {"Lab": broken}, NOW, {"Lab": 0})
    assert (status.active, status.failure) == (True, "")


def test_an_outcome_in_words_tells_when_all_was_well() -> None:
    outcome = FetchOutcome("Lab", failure="Lab: no such host", last_good=NOW - timedelta(minutes=30))
    assert describe(outcome, NOW) == "failed: no such host (last good 30 min ago)"
    assert describe(FetchOutcome("Lab", unchanged=True), NOW) == "nothing new"
    assert describe(FetchOutcome("Lab", new=1200, known=3), NOW) == "1,200 new, 3 known"
    assert describe(FetchOutcome("Lab", known=3, skipped=("why",)), NOW) == "nothing new, 3 known, 1 skipped"


def test_a_feed_that_moved_is_reported_with_the_command_that_follows_it() -> None:
    outcome = FetchOutcome("The Lab", new=1, moved="https://new.example/a b")
    assert describe(outcome, NOW) == (
        "1 new, 0 known; it has moved: `readlist feeds move 'The Lab' 'https://new.example/a b'` updates its address"
    )


def test_the_last_five_days_and_what_is_missing_of_them() -> None:
    learning = Feed("Learning", "arxiv", "daily:cs.LG")
    days = tuple(ListDay(NOW.date() - timedelta(days=number), 214, 214 - 5 * (number == 1)) for number in range(7))
    (status,) = feed_statuses([learning], [], {}, NOW, days={"Learning": days})
    assert status.days == days[:5]
    assert status.days_in_words() == "Wed 214/214, Tue 209/214, Mon 214/214, Sun 214/214, Sat 214/214"
    assert status.missing == ("Tue 4 Aug: 214 announced, 209 here",)


def test_a_day_that_was_not_compared_is_missing() -> None:
    learning = Feed("Learning", "arxiv", "daily:cs.LG")
    (status,) = feed_statuses([learning], [], {}, NOW, days={"Learning": (ListDay(NOW.date(), None, 180),)})
    assert status.days_in_words() == "Wed 180/?"
    assert status.missing == ("Wed 5 Aug: 180 here, not compared with arXiv's list",)


def test_a_day_from_before_lists_were_asked_for_is_not_missing() -> None:
    days = (ListDay(NOW.date(), 9, 9), ListDay(NOW.date() - timedelta(days=1), None, 180, listed=False))
    learning = Feed("Learning", "arxiv", "daily:cs.LG")
    (status,) = feed_statuses([learning], [], {}, NOW, days={"Learning": days})
    assert (status.days_in_words(), status.missing) == ("Wed 9/9, Tue 180", ())


def test_other_feeds_announce_no_number_and_nothing_is_missing() -> None:
    (status,) = feed_statuses([DAILY], [], {}, NOW, days={"HF daily": (ListDay(NOW.date(), None, 30),)})
    assert (status.days_in_words(), status.missing) == ("Wed 30", ())


def test_days_older_than_the_feed_keeps_are_not_looked_at() -> None:
    learning = Feed("Learning", "arxiv", "daily:cs.LG", keep=2)
    days = tuple(ListDay(NOW.date() - timedelta(days=number), 9, 9 * (number < 3)) for number in range(5))
    (status,) = feed_statuses([learning], [], {}, NOW, days={"Learning": days})
    assert (len(status.days), status.missing) == (3, ())
