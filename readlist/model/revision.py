"""Revisions of papers on arXiv: what two records of one paper say together, and what of it is news to the user."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec import Struct

from readlist.model.mark import Mark
from readlist.model.paper import Paper

NO_REASON = "no reason given"
"""The reason of a withdrawal that gives none."""

_ANNOUNCED_WITHIN = timedelta(days=7)
"""arXiv announces a version some days after the day it gives for it."""


class Revision(Struct, frozen=True):
    """A newer version of a paper, or its withdrawal.

    Attributes:
        seen: when it was first seen here.
        since: the day of the version, that on which it was seen if arXiv's is not known.
    """

    seen: datetime
    since: date


def is_news(revision: Revision | None, mark: Mark) -> bool:
    """Tell whether a revision is news: of a paper with a star or note, and seen after anything that was decided of it.

    A version that had been out for a week then is not: it was there to be decided on.
    """
    if revision is None or not (mark.starred or mark.note):
        return False
    decided = _decided(mark)
    return decided is None or (revision.seen > decided and revision.since >= decided.date() - _ANNOUNCED_WITHIN)


def is_revised(before: Paper, after: Paper, mark: Mark | None) -> bool:
    """Tell whether a paper has a newer version, or is newly withdrawn, compared with what was known of it.

    Where no version was known, that is only certain of one from after the day on which it was decided on.
    """
    if before.version:
        return after.version > before.version or bool(after.withdrawn and not before.withdrawn)
    decided = _decided(mark) if mark is not None else None
    return bool(decided and after.revised and after.revised > decided.date())


def _decided(mark: Mark) -> datetime | None:
    """Return when anything was last decided of a paper."""
    return max((time for time in (mark.read, mark.starred, mark.noted) if time is not None), default=None)


def merged_revisions(known: Paper, other: Paper) -> dict[str, object]:
    """Return what changes of a paper's version, comment, journal reference and withdrawal by another record of it.

    The highest version counts, and what was said of it: a comment of an earlier one only as long as there is no later,
    a withdrawal only until the next version. Nothing is blanked. Of two records of one version the later one counts.
    Records of what arXiv said give the same in any order.
    """
    if not (other.version or other.comment or other.journal or other.withdrawn):
        return {}
    version = max(known.version, other.version)
    values: dict[str, object] = {"version": version}
    if other.version != known.version:
        latest = other if other.version > known.version else known
        values |= {"revised": latest.revised, "withdrawn": latest.withdrawn}
    else:
        days = [day for day in (known.revised, other.revised) if day is not None]
        values |= {"revised": min(days, default=None), "withdrawn": _reason(known.withdrawn, other)}
    for name in ("comment", "journal"):
        text, of = _later(name, known, other)
        values |= {name: text, f"{name}_version": of if text and of != version else None}
    return {name: value for name, value in values.items() if value != getattr(known, name)}


def _reason(before: str, other: Paper) -> str:
    """Return why a version is withdrawn, by two records of it; either may not say."""
    if not before or not other.withdrawn:
        return before or other.withdrawn
    return other.withdrawn if before == NO_REASON or (other.version and other.withdrawn != NO_REASON) else before


def _later(name: str, known: Paper, other: Paper) -> tuple[str, int]:
    """Return the comment or journal reference of the later version that has one, and that version."""
    (mine, of_mine), (theirs, of_theirs) = _said(name, known), _said(name, other)
    newer = of_theirs > of_mine or (of_theirs == of_mine and of_theirs > 0)
    return (theirs, of_theirs) if theirs and (newer or not mine) else (mine, of_mine)


def _said(name: str, paper: Paper) -> tuple[str, int]:
    version = getattr(paper, f"{name}_version")
    return getattr(paper, name), paper.version if version is None else version
