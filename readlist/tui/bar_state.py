"""What header and footer show, from the state of the list; no widget."""

from __future__ import annotations

from collections.abc import Mapping

from readlist.model.edition import copied_address
from readlist.model.view import INBOX, Sort, is_by_match
from readlist.shelf import Shelf
from readlist.text.clean import counted
from readlist.tui.commands import Context, Fact, FooterWord, footer
from readlist.tui.render.bar_text import ViewHeader
from readlist.tui.state import ListState

_COUNTED = 200
"""More selected papers than this are not looked at for a word in the footer."""


class BarState:
    """Reads header and footer from the state of the list.

    Attributes:
        waiting: whether the tabs wait for their counts, so that they need not move then.
    """

    def __init__(self, state: ListState, shelf: Shelf) -> None:
        self.waiting = True
        self._state = state
        self._shelf = shelf
        self._digits: dict[str, int] = {}
        self._repos: dict[int, str] = {}

    @property
    def title(self) -> str:
        """The title of the terminal's window: how many papers of the inbox are left."""
        left = self._state.counts.get(INBOX.name)
        return f"readlist ({left})" if left else "readlist"

    def header(self) -> ViewHeader:
        """Return what the header shows."""
        state = self._state
        tabs = tuple((view.name, state.counts.get(view.name)) for view in state.views)
        for name, count in tabs:
            if count is not None:
                self._digits[name] = max(self._digits.get(name, 0), len(f"{count:,}"))
        self.waiting = self.waiting and not state.counts
        return ViewHeader(
            tabs,
            state.place,
            tuple(self._digits.get(name, 0) for name, _ in tabs),
            complete=not self.waiting,
            position=state.position if state.ids else 0,
            left=state.left if state.ids else 0,
            more=not state.complete,
            muted=state.muted if state.view.name == INBOX.name else 0,
            done=self._done(),
            sort=self._sort(),
            doubt=state.matches.doubt if is_by_match(state.order) else "",
            since=state.gains.since if state.gains is not None else None,
            as_of=state.as_of,
            fetch=state.last_fetch,
        )

    def _sort(self) -> Sort:
        """Return the order that is asked for; as of a day the one it has."""
        state = self._state
        if state.as_of is not None:
            return state.order
        return self._shelf.papers.parse(state.view, state.search).sort or state.view.sort

    def _done(self) -> tuple[int, int]:
        """Return how many papers of the group under the cursor, else of the list, are decided, and how many it has."""
        state = self._state
        group = state.groups.group_of(state.cursor)
        found = state.group_counts.get(state.groups.keys[group]) if group >= 0 else None
        if found is not None:
            return found.papers - found.unread, found.papers
        return len(state.decided), len(state.decided) + state.left

    def footer(self, context: Context, *, short: bool) -> tuple[list[FooterWord], str]:
        """Return the words of the footer, and what they act on; nothing for the paper under the cursor."""
        state = self._state
        facts: set[Fact] = {"short"} if short else set()
        entry = state.entry
        if entry is None:
            facts.add("empty")
        else:
            facts.add(_COPIED[copied_address(entry.paper)[1]])
            facts |= {"starred"} if entry.mark.starred is not None else set()
            facts |= {"read"} if entry.mark.read is not None and not entry.is_news else set()
        if state.search:
            facts.add("searching")
        if state.as_of is not None:
            facts.add("past")
        if not state.selection or context not in ("list", "detail"):
            return footer(context, facts), ""
        words = footer(context, {*facts, "selected"})
        repos = self._selected_repos()
        words = [
            FooterWord(each.command, each.word.replace("{repos}", repos), each.least_width)
            for each in words
            if repos or "{repos}" not in each.word
        ]
        return words, f"{len(state.selection):,} selected:"

    def _selected_repos(self) -> str:
        """Return the repos of the selected papers in words, `2 repos`; empty if none has one."""
        selection = self._state.selection
        if len(selection) > _COUNTED:
            return "repos"
        missing = [number for number in selection if number not in self._repos]
        if missing:
            self._repos.update((entry.id, entry.paper.repo) for entry in self._state.fetch(missing))
        repos = len({self._repos[number] for number in selection if self._repos.get(number)})
        return counted(repos, "repo") if repos else ""


_COPIED: Mapping[str, Fact] = {
    "repo link": "repo link",
    "project page": "project page",
    "paper page": "paper page",
    "": "no link",
}
