"""Papers and shelves made for the tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from readlist.library.library import Library
from readlist.marks.store import MarkStore
from readlist.model.mark import UNMARKED, Mark
from readlist.model.paper import Announcement, Link, Paper
from readlist.query.rules import Rules
from readlist.shelf import Entry, Event, Shelf
from readlist.sources.batch import Batch

DAY = date(2026, 8, 1)
_TOPICS = ("Quantized", "Sparse", "Recurrent", "Diffusion", "Retrieval", "Causal", "Robust")
_THINGS = ("attention", "sampling", "planning", "distillation", "pruning", "alignment", "video editing")


class Clock:
    """A clock that moves on by a second whenever it is looked at."""

    def __init__(self) -> None:
        self.now = datetime(2026, 8, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time and move on."""
        self.now += timedelta(seconds=1)
        return self.now


def make_paper(number: int, **changes: object) -> Paper:
    """Make the paper with a number; every second one has a repo, every third a project page."""
    title = f"{_TOPICS[number % 7]} {_THINGS[number // 7 % 7]} number {number}"
    links = []
    if number % 2 == 0:
        links.append(Link(f"https://github.com/lab/code-{number}", "repo"))
    if number % 3 == 0:
        links.append(Link(f"https://lab.github.io/page-{number}", "project"))
    fields: dict[str, object] = {
        "key": f"arxiv:2608.{number:05}",
        "title": title,
        "abstract": f"We study {title.lower()} and find that it works. " * 4,
        "authors": (f"Ada Author{number}", "Ben Writer"),
        "arxiv": f"2608.{number:05}",
        "links": tuple(links),
    }
    fields.update(changes)
    return Paper(**fields)  # type: ignore[arg-type]


def make_entry(number: int = 2, mark: Mark = UNMARKED, **changes: object) -> Entry:
    """Make an entry of the paper with a number."""
    return Entry(
        id=number,
        paper=make_paper(number, **changes),
        mark=mark,
        feed="HF daily",
        day=DAY,
        position=1,
        upvotes=94,
        comments=5,
        stars=11_300,
        added=datetime(2026, 8, 2, 9, tzinfo=UTC),
    )


def make_batch(papers: Sequence[Paper], feed: str = "HF daily", day: date = DAY) -> Batch:
    """Make a batch that announces papers in order, with upvotes falling from 100."""
    items = tuple(
        (paper, Announcement(feed, day, place, upvotes=max(0, 101 - place))) for place, paper in enumerate(papers, 1)
    )
    return Batch(origin="page.txt", kind="day page", feed=feed, day=day, items=items)


def make_shelf(
    home: Path,
    clock: Callable[[], datetime] | None = None,
    listen: Callable[[Event], None] | None = None,
    rules: Callable[[], Rules] = Rules,
) -> Shelf:
    """Open a shelf in a folder; `listen` gets the mark store's events, before the shelf does."""
    clock = clock or Clock()

    def open_marks(notify: Callable[[Event], None]) -> MarkStore:
        def tell(event: Event) -> None:
            if listen is not None:
                listen(event)
            notify(event)

        return MarkStore(home / "state.json", clock=clock, notify=tell)

    return Shelf(Library(home / "library.db"), open_marks, home / "drafts", clock=clock, rules=rules)
