"""News of the starred papers of a shelf, as arXiv gives it when it is asked."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from readlist.query import parse
from readlist.shelf import Entry, Shelf

TUESDAY = date(2026, 7, 28)
WITHDRAWN = "This paper has been withdrawn by the authors: the test set was part of the training data"


def revise(shelf: Shelf, entry: Entry, version: int, *, since: date = TUESDAY, comment: str = "") -> None:
    """Let arXiv know of one version of a paper, and then of a newer one."""
    first = replace(entry.paper, version=1, comment="9 pages, 4 figures")
    newer = replace(first, version=version, revised=since, comment=comment or "Accepted at ICML 2026, 12 pages")
    for paper in (first, newer):
        shelf.revisions.take([paper.arxiv], {paper.arxiv: paper})


def starred(shelf: Shelf) -> list[Entry]:
    """Return the starred papers in the order of the list."""
    return shelf.papers.entries(shelf.papers.select(parse("is:starred")))


def revised(shelf: Shelf) -> None:
    """Let there be a third version of the first starred paper, and a withdrawal of the second."""
    first, second, *_ = starred(shelf)
    revise(shelf, first, 3)
    revise(shelf, second, 2, comment=WITHDRAWN)
