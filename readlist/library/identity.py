"""What one paper made of two looks like (pure)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from msgspec.structs import replace

from readlist.library.records import Standing
from readlist.model.mark import Mark, join_notes
from readlist.model.paper import Announcement, Paper, merge_links
from readlist.model.partial_date import more_exact


def filled(known: Paper, other: Paper) -> Paper:
    """Return the known paper with its empty fields filled in from another record of it.

    Nothing is blanked or replaced, but for authors and an abstract that are the beginning of the other's, and a date
    that is less exact than the other's. The known paper itself is returned when there is nothing to fill in.
    """
    changes: dict[str, object] = {
        name: getattr(other, name)
        for name in ("title", "authors", "arxiv", "doi", "summary", "keywords", "organization")
        if not getattr(known, name) and getattr(other, name)
    }
    published = more_exact(known.published, other.published)
    if published != known.published:
        changes["published"] = published
    if 0 < len(known.authors) < len(other.authors) and other.authors[: len(known.authors)] == known.authors:
        changes["authors"] = other.authors
    if _continues(known.abstract, other.abstract):
        changes["abstract"] = other.abstract
    if not set(other.links) <= set(known.links):
        links = merge_links(known.links, other.links)
        if links != known.links:
            changes["links"] = links
    return replace(known, **changes) if changes else known


def _continues(beginning: str, text: str) -> bool:
    """Tell whether a text says more than its beginning, which may end in an ellipsis."""
    beginning = beginning.rstrip().removesuffix("…").rstrip(". ")
    return len(text) > len(beginning) and text.startswith(beginning) and bool(text[len(beginning) :].strip("…. "))


def updated_announcement(known: Announcement, later: Announcement) -> Announcement:
    """Return an announcement as a later capture of the same feed and day tells it; what that leaves out stays."""
    return replace(
        known,
        position=later.position,
        upvotes=known.upvotes if later.upvotes is None else later.upvotes,
        comments=known.comments if later.comments is None else later.comments,
        stars=known.stars if later.stars is None else later.stars,
        submitter=later.submitter or known.submitter,
    )


def folded_announcement(one: Announcement, other: Announcement) -> Announcement:
    """Return one announcement made of two of the same feed and day, none of them the later: the best of each."""
    return replace(
        one,
        position=min(one.position, other.position),
        upvotes=_highest(one.upvotes, other.upvotes),
        comments=_highest(one.comments, other.comments),
        stars=_highest(one.stars, other.stars),
        submitter=one.submitter or other.submitter,
    )


def _highest(*counts: int | None) -> int | None:
    return max((count for count in counts if count is not None), default=None)


def standing(announcements: Collection[Announcement]) -> Standing:
    """Return where a paper stands by its announcements, at least one, each with a day.

    The latest day's announcement counts; of several the one that comes first in feed order. Each count is the
    highest of the latest day that has one.
    """
    if len(announcements) == 1:
        (only,) = announcements
        return Standing(only.feed, _day(only), only.position, only.upvotes, only.comments, only.stars)
    latest = min(announcements, key=lambda each: (-_day(each).toordinal(), each.feed, each.position))
    return Standing(
        latest.feed,
        _day(latest),
        latest.position,
        _latest_count((_day(each), each.upvotes) for each in announcements),
        _latest_count((_day(each), each.comments) for each in announcements),
        _latest_count((_day(each), each.stars) for each in announcements),
    )


def _latest_count(counts: Iterable[tuple[date, int | None]]) -> int | None:
    known = [(day, count) for day, count in counts if count is not None]
    return max(known)[1] if known else None


def _day(announcement: Announcement) -> date:
    if announcement.day is None:
        raise ValueError("an announcement in the library has a day")
    return announcement.day


def folded_mark(one: Mark, other: Mark) -> Mark:
    """Return one mark made of two on what proved to be one paper: nothing that was decided is dropped.

    It stands in until the mark store has folded them with all it knows about when each field changed.
    """
    return Mark(
        max(filter(None, (one.read, other.read)), default=None),
        max(filter(None, (one.starred, other.starred)), default=None),
        join_notes(one.note, other.note),
        max(filter(None, (one.noted, other.noted)), default=None),
        "saved" if one.saved == other.saved == "saved" else "pending",
    )
