"""Removal of a feed's papers: those that no other feed announced and that the user neither starred nor noted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from readlist.services import Progress, Report, unreported
from readlist.text.clean import counted, drawable

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.shelf import MarkOutcome, Shelf


class FeedRemoval(Struct, frozen=True):
    """The papers of a feed that are removed.

    Attributes:
        ids: of the removed papers.
        marked: how many papers stay because they are starred or have a note.
        shared: how many stay because another feed announced them, too.
        done: done when that is on disk; None if there was nothing to do.
    """

    ids: Sequence[int]
    marked: int
    shared: int
    done: Future[MarkOutcome] | None = None

    def __str__(self) -> str:
        """Return it in words: `212 papers; kept 3 with marks, 5 in other feeds`."""
        parts = [*([f"{self.marked:,} with marks"] if self.marked else [])]
        parts += [f"{self.shared:,} in other feeds"] if self.shared else []
        return counted(len(self.ids), "paper") + (f"; kept {', '.join(parts)}" if parts else "")


def remove_papers(shelf: Shelf, feed: str, report: Report = unreported) -> FeedRemoval:
    """Remove the papers of a feed, as one step of undo; may take long for many.

    Raises:
        LibraryError, MarksError, OSError: the stores can't be read or written.
    """
    found = shelf.feeds.log.papers_of(feed)
    done = None
    if found.alone:
        label = f"removed papers of {drawable(feed)}"
        done = shelf.marks.apply_all(found.alone, removed=True, label=label, progress=_reported(report))
    return FeedRemoval(found.alone, len(found.marked), len(found.shared), done)


def restore_papers(shelf: Shelf, removal: FeedRemoval, feed: str) -> Future[MarkOutcome]:
    """Bring the papers of a feed back, as one step of undo."""
    return shelf.marks.apply_all(removal.ids, removed=False, label=f"restored papers of {drawable(feed)}")


def _reported(report: Report) -> Callable[[int, int], None]:
    return lambda done, total: report(Progress(done, total, "papers"))


def stored_name(shelf: Shelf, name: str) -> str | None:
    """Return the name of a feed that has papers in the lists, given in any case; None if there is none."""
    names = [feed.name for feed in shelf.feeds.log.all()]
    return next((each for each in names if each == name), None) or next(
        (each for each in names if each.casefold() == name.casefold()), None
    )
