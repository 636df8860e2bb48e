"""How many papers the views have: counted for their tabs and for the heads of groups. No Textual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.view import ALL, INBOX, MUTED, NOTES, STARRED, View
from readlist.shelf import GroupCount, GroupKey, Shelf

if TYPE_CHECKING:
    from readlist.shelf.past_list import PastList


class ViewCounts(Struct, frozen=True):
    """What was counted.

    Attributes:
        by_view: the papers of each view, by its name; of those without a problem.
        groups: the papers of each group, and what of them is left to decide.
        sample: the papers of the sample if there are no others, else 0.
        muted: the unread papers that the Inbox hides.
        removed: the removed papers.
    """

    by_view: Mapping[str, int]
    groups: dict[GroupKey, GroupCount]
    sample: int
    muted: int
    removed: int


def view_counts(shelf: Shelf, past: PastList | None, saved: Sequence[View]) -> ViewCounts:
    """Count the papers, those of now or as of a day; not for the UI thread.

    Args:
        shelf: the shelf.
        past: the papers as of the day that is listed, None for those of now.
        saved: the views that are not built in.
    """
    papers = shelf.papers
    listed = papers if past is None else past
    every = listed.counts()
    inbox = listed.count(INBOX) if shelf.watch.rules().muted else every.unread
    groups = listed.outlines.counts()
    for key, hidden in listed.outlines.groups(papers.parse(MUTED)) if inbox < every.unread else ():
        if key in groups:
            groups[key] = replace(groups[key], unread=max(0, groups[key].unread - hidden))
    by_view = {
        INBOX.name: inbox,
        ALL.name: every.papers,
        STARRED.name: every.starred,
        NOTES.name: every.noted,
        **{view.name: listed.count(view) for view in saved if papers.problem(view) is None},
    }
    sample = shelf.feeds.log.builtin_alone()
    return ViewCounts(by_view, groups, sample, every.unread - inbox, every.removed)
