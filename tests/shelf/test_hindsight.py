"""The order by match judged on the user's own past: what came later is never known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from readlist.library.decisions import Decisions
from readlist.library.library import Library
from readlist.model.mark import Mark
from readlist.shelf.hindsight import Hindsight, hindsight
from tests.support.library import add, paper

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
TOPICS = ("whale songs recorded underwater", "protein folding energies", "graph routing queues")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Five days with twelve papers each: the first two of a day on whales, with the fewest upvotes."""
    library = Library(tmp_path / "library.db")
    for day in range(5):
        for place in range(12):
            number = day * 12 + place
            topic = TOPICS[0 if place < 2 else 1 + place % 2]
            each = paper(f"{topic} {number}", f"2608.{number:05}", abstract=f"On {topic}.")
            add(library, each, day=date(2026, 8, 1 + day), upvotes=place)
    yield library
    library.close()


def star(library: Library, numbers: dict[int, int]) -> None:
    """Star papers, each some minutes after noon."""
    moments = {number: NOON + timedelta(minutes=minutes) for number, minutes in numbers.items()}
    library.mirror.write([(f"arxiv:2608.{number:05}", Mark(starred=when)) for number, when in moments.items()])


WHALES = [day * 12 + place for day in range(5) for place in (0, 1)]


def test_stars_are_judged_by_the_earlier_ones_of_all_days(library: Library) -> None:
    star(library, {number: minute for minute, number in enumerate(WHALES)})
    steps: list[tuple[int, int]] = []
    past = hindsight(library, lambda done, total: steps.append((done, total)))
    # The first three are learned from alone. Of the two stars of a day the other one is as good as the one judged: the
    # first is in the middle of the first two places, the second is alone.
    assert (past.stars, past.best, past.by_upvotes) == (7, 4, 0)
    assert past.by_chance == pytest.approx(4 / 11 + 3 / 12)
    assert steps == [(done, 7) for done in range(1, 8)]


def test_what_was_decided_later_makes_no_difference(library: Library) -> None:
    star(library, {number: minute for minute, number in enumerate(WHALES[:6])})
    before = hindsight(library)
    # Everything else is read or removed a day later, and some is added.
    later = NOON + timedelta(days=1)
    others = [number for number in range(60) if number not in WHALES]
    library.mirror.write([(f"arxiv:2608.{number:05}", Mark(read=later)) for number in others[::2]])
    library.mirror.write([(f"arxiv:2608.{number:05}", Mark(removed=later)) for number in others[1::4]])
    assert hindsight(library) == before and before.stars == 3


def test_what_was_read_before_speaks_against_its_words(library: Library) -> None:
    earlier = NOON - timedelta(days=1)
    star(library, {number: minute for minute, number in enumerate(WHALES)})
    reading = [f"arxiv:2608.{number:05}" for number in range(60) if number not in WHALES]
    library.mirror.write([(key, Mark(read=earlier)) for key in reading])
    assert hindsight(library).best == 4
    assert [each.when for each in Decisions(library.connections).read()] == ["2026-08-09T12:00:00+00:00"] * 50


def test_the_earlier_one_of_star_and_note_counts(library: Library) -> None:
    later = NOON + timedelta(days=3)
    library.mirror.write(
        [
            ("arxiv:2608.00000", Mark(starred=later, note="a", noted=NOON)),
            ("arxiv:2608.00001", Mark(starred=NOON)),
            ("arxiv:2608.00012", Mark(note="b", noted=later)),
        ]
    )
    found = [(each.id, each.when[:10]) for each in Decisions(library.connections).stars()]
    assert found == [(1, "2026-08-10"), (2, "2026-08-10"), (13, "2026-08-13")]


def test_too_little_is_not_judged(library: Library) -> None:
    assert hindsight(library) == Hindsight()
    star(library, dict.fromkeys(WHALES, 0))
    assert hindsight(library) == Hindsight()
    # Nor is a star of a day with few papers, or of none.
    add(library, paper("Whale songs alone", "2609.00001", abstract="On whales."), day=date(2026, 9, 1))
    library.mirror.write([("arxiv:2609.00001", Mark(starred=NOON + timedelta(days=1)))])
    assert hindsight(library).stars == 0
