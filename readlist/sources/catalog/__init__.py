"""Lists that name their papers by arXiv id, DOI or address: arXiv's own pages and mails, link lists, newsletters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readlist.sources.catalog.arxiv_listing import listing_of
from readlist.sources.catalog.record import batch_of
from readlist.sources.catalog.row import rows_of_html, rows_of_text

if TYPE_CHECKING:
    from datetime import date

    from readlist.sources.base import Batch

__all__ = ["decode", "decode_html"]

_ARXIV = "arXiv"


def decode(text: str, *, origin: str, made: date, day: date | None = None) -> Batch | None:
    """Return the papers that a text lists by id or address; None if it is no such list.

    Args:
        text: plain text or Markdown, in any line ends.
        origin: where it came from, for messages: a path or `-`.
        made: the file's own day.
        day: the day of the list, instead of its own.
    """
    rows = rows_of_text(text)
    listing = listing_of(rows)
    if listing:
        return batch_of(
            listing.records,
            origin=origin,
            kind=listing.kind,
            feed=_ARXIV,
            day=day or listing.day,
            fixed=day is not None,
        )
    return None


def decode_html(text: str, *, origin: str, made: date, day: date | None = None) -> Batch | None:
    """Return the papers that a page of HTML lists by id or address; None if it is no such list."""
    rows = rows_of_html(text)
    listing = listing_of(rows)
    if listing:
        return batch_of(
            listing.records,
            origin=origin,
            kind=listing.kind,
            feed=_ARXIV,
            day=day or listing.day,
            fixed=day is not None,
        )
    return None
