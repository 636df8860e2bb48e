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


def star(library: Library, numbers: dict[int, int], **more: datetime) -> None:
    """Star papers, each some minutes after noon."""
    library.mirror.replace(
        {
            f"arxiv:2608.{number:05}": Mark(starred=NOON + timedelta(minutes=minutes), **more)
            for number, minutes in numbers.items()
        }
    )


WHALES = [day * 12 + place for day in range(5) for place in (0, 1)]
