"""Search as you type."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from msgspec import Struct
from rich.cells import cell_len

from readlist.model.tag import fold_tag
from readlist.model.view import ALL, VIEWS
from readlist.query import Problem
from readlist.query.completion import complete, typed_tag
from readlist.query.terms import Gained, leaves
from readlist.shelf import EXPECTED, SearchInterrupted, View
from readlist.text.clean import title_line
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.signs import cut, line
from readlist.tui.ui import SearchLine

if TYPE_CHECKING:
    from readlist.query import Query

_WIDE = 60
_COUNT_SHARE = 55
"""Per cent of the line that the number of results may take, as in the style sheet."""

_LEAST_TITLE = 12
_PREPARE = "prepare"
_TAGS_SHOWN = 4
"""Tags that are shown with their numbers of papers while one is typed, at most."""


class _Origin(Struct, frozen=True):
    """Where a search came from that was not typed: closing it leads back there.

    Attributes:
        place: the index of the view.
        search: the search then.
        paper: the id of the paper under the cursor.
    """

    place: int
    search: str
    paper: int | None


class Search(Controller):
    """The commands of the search line."""

    def __init__(self, loader: Loader, search_line: SearchLine) -> None:
        super().__init__(loader)
        self._line = search_line
        self._recalled = 0
        self._corrected = ""
        self._decided = 0
        self._origins: list[_Origin] = []

    async def search(self) -> None:
        """Open the search line and focus it."""
        if not self._state.search:
            self._decided = self._state.decisions
        self._state.begin_search()
        self._recalled = 0
        await self._line.show(self._complete)
        self._ui.run(self._prepare, _PREPARE, exclusive=True)

    async def _prepare(self) -> None:
        """Get ready for the first letters, once the line is drawn; without that they are found, too."""
        await self._ui.drawn()
        with contextlib.suppress(*EXPECTED):
            await asyncio.to_thread(self._shelf.papers.typed.begin, self._state.view)

    def typed(self, text: str) -> None:
        """Search for what is typed."""
        text = text if text.strip() else ""
        if text == self._state.search:
            return
        self._state.search = text
        if not text:
            self._origins.clear()
        self._loader.ask(keep=None if text else self._state.before_search)
        self.show_found()

    async def find(self, text: str) -> None:
        """Search for a text, as if typed and accepted."""
        await self.search()
        self._line.text = text
        await self.accept_search()

    async def look_up(self, text: str, keep: int | None = None) -> None:
        """Search all papers for a text; closing that search leads back to view, search and paper as they are now.

        Args:
            text: what to search for.
            keep: the id of the paper to move the cursor to; the first one is the default.
        """
        state = self._state
        entry = state.entry
        self._origins.append(_Origin(state.place, state.search, entry.id if entry is not None else None))
        await self._show_search(text, VIEWS.index(ALL))
        self._loader.ask(keep=keep)
        self.show_found()
        await self._loader.settled()

    async def _show_search(self, text: str, place: int) -> None:
        """Put a search of a view into the line, without asking for its papers."""
        if not self._line.open:
            await self._line.show(self._complete)
        state = self._state
        state.show_view(place)
        # Before the line has it, so that it is not taken for typed.
        state.search = text
        self._line.text = text
        self._ui.focus("list")

    async def accept_search(self) -> None:
        """Focus the results, once they are loaded."""
        await self._take_typed()
        if text := self._state.search.strip():
            self._ui.run(lambda: self._remember(text), "searches")
        else:
            self._line.hide()
        self._ui.focus("list")
        self._loader.show_empty()

    async def search_down(self) -> None:
        """Go to the next result; among earlier searches, to the next one."""
        await self._take_typed()
        if not (self._recalled and await self._recall(-1)):
            self._state.cursor += 1
            self._ui.show()

    async def search_up(self) -> None:
        """Go to the previous result; from the first one, and in an empty line, to earlier searches."""
        await self._take_typed()
        if self._recalled or self._state.cursor == 0 or not self._state.search:
            await self._recall(1)
        else:
            self._state.cursor -= 1
            self._ui.show()

    async def clear(self) -> None:
        """Close the search; the cursor returns to where it was, or stays if a paper was decided meanwhile."""
        await self._line.settled()
        state = self._state
        if self._origins:
            await self._go_back(self._origins.pop())
            return
        entry = state.entry if state.decisions != self._decided else None
        self._line.clear()
        self._shelf.papers.typed.end()
        state.search = ""
        self._line.hide()
        self._ui.focus("list")
        stays = entry is not None and self._loader.papers.count(state.view, f"id:{entry.paper.key}")
        self._loader.ask(keep=entry.id if entry is not None and stays else state.before_search)

    async def _go_back(self, origin: _Origin) -> None:
        """Show what was shown before a search by `look_up`."""
        state = self._state
        place = origin.place if origin.place < len(state.views) else 0
        if origin.search:
            await self._show_search(origin.search, place)
            self.show_found()
        else:
            self._line.clear()
            self._shelf.papers.typed.end()
            state.search = ""
            self._line.hide()
            self._ui.focus("list")
            state.show_view(place)
        self._loader.ask(keep=origin.paper)

    @property
    def is_open(self) -> bool:
        """Whether there is a search, or an open search line."""
        return bool(self._state.search) or self._line.open

    async def _take_typed(self) -> None:
        await self._line.settled()
        self.typed(self._line.text)
        await self._loader.settled()

    # Earlier searches

    async def _remember(self, text: str) -> None:
        with contextlib.suppress(*EXPECTED):
            await asyncio.to_thread(self._shelf.papers.visits.remember, text)

    async def _recall(self, step: int) -> bool:
        """Put an earlier search into the line, or a later one; returns whether there was one."""
        try:
            searches = await asyncio.to_thread(self._shelf.papers.visits.searches)
        except EXPECTED:
            return False
        place = self._recalled + step
        if not 0 <= place <= len(searches) or not searches:
            return False
        self._recalled = place
        self._line.text = searches[-place] if place else ""
        return True

    # Results

    def show_found(self) -> None:
        """Show the number of results, once they are loaded."""
        self._ui.run(self._show_found, "found", exclusive=True)

    async def _show_found(self) -> None:
        await self._loader.settled()
        state = self._state
        query = self._shelf.papers.parse(state.view, state.search)
        if query.problems:
            places = [(problem.start, problem.end) for problem in query.problems]
            self._line.count(self._describe(query.problems[0]), wrong=places)
            return
        if state.as_of is not None and any(isinstance(leaf, Gained) for leaf in leaves(query.terms)):
            self._line.count("gained: is counted up to now")
            return
        if query.like and await self._show_similar(query):
            return
        self._corrected = ""
        if (begun := typed_tag(state.search)) is not None and await self._show_tags(begun):
            return
        if state.search and state.complete and not state.ids and await self._correct():
            return
        found, of = len(state.ids), state.counts.get(state.view.name)
        if not state.search or of is None:
            self._line.count("")
            return
        self._line.count(f"{found:,} of {of:,}")
        view, search = state.view, state.search
        unread = await asyncio.to_thread(self._unread_found, view, search)
        if (view, search) == (state.view, state.search) and unread is not None:
            self._line.count(f"{found:,} of {of:,} {self._ui.signs.dot} {unread:,} unread")

    async def _show_similar(self, query: Query) -> bool:
        """Show which papers it is that others are like, and how many are; returns whether there is anything to say."""
        from readlist.services.recommendation import unknown_papers

        state, signs = self._state, self._ui.signs
        view, search = state.view, state.search
        unknown = await self._in_thread(unknown_papers, self._shelf, query)
        named = await self._in_thread(self._shelf.papers.entry, query.like[0])
        if (view, search) != (state.view, state.search) or not (unknown or named is not None):
            return False
        if unknown:
            self._line.count(line(f"not in the library: {unknown[0]}"))
            return True
        assert named is not None
        found, of = len(state.ids), state.counts.get(view.name)
        counts = f"{found:,}" if of is None else f"{found:,} of {of:,}"
        more = f" +{len(query.like) - 1}" if query.like[1:] else ""
        title = title_line(named.paper)
        for form in (f"similar to “{{}}”{more} {signs.dot} {counts}", f"like “{{}}”{more}"):
            room = self._ui.width * _COUNT_SHARE // 100 - 2 - cell_len(form.format(""))
            if room >= _LEAST_TITLE:
                self._line.count(form.format(cut(title, min(room, cell_len(title)), signs.cut).rstrip()))
                return True
        return False

    async def _show_tags(self, begun: str) -> bool:
        """Show the tags that begin as typed with their numbers of papers; returns whether there is a choice."""
        search = self._state.search
        tags = await self._in_thread(self._shelf.marks.tags) or ()
        offers = [tag for tag in tags if fold_tag(tag.name).startswith(begun)]
        if search != self._state.search or not offers or [fold_tag(tag.name) for tag in offers] == [begun]:
            return False
        shown = [f"{tag.name} {tag.papers:,}" for tag in offers[:_TAGS_SHOWN]]
        self._line.count(f" {self._ui.signs.dot} ".join(shown))
        return True

    async def _correct(self) -> bool:
        """Offer the search with its unknown words corrected; returns whether there is one to offer."""
        state = self._state
        view, search = state.view, state.search
        try:
            corrected = await asyncio.to_thread(self._shelf.papers.typed.corrected, search, typing=True)
        except (SearchInterrupted, *EXPECTED):
            return False
        if not corrected or (view, search) != (state.view, state.search):
            return False
        self._corrected = corrected
        self._line.count(self._offer(corrected))
        return True

    def _describe(self, problem: Problem) -> str:
        return self._offer(problem.suggestion) if problem.suggestion else problem.message

    def _offer(self, text: str) -> str:
        """Return a question for what may have been meant, with the key that takes it."""
        key = self._ui.keys.hint("{key:complete_search}")
        return f"{f'did you mean {text}?' if self._ui.width >= _WIDE else f'{text}?'} {key}".rstrip()

    def _unread_found(self, view: View, search: str) -> int | None:
        """Count the unread results; in a thread."""
        try:
            return self._loader.papers.count(view, search, unread=True)
        except (SearchInterrupted, *EXPECTED):
            return None

    # Completion

    async def complete_search(self) -> None:
        """Accept the suggestion: the rest of the word, or a correction."""
        line = self._line
        await line.settled()
        query = self._shelf.papers.parse(self._state.view, line.text)
        offered = next((problem for problem in query.problems if problem.suggestion), None)
        if line.suggested:
            line.text = line.suggested
        elif offered is not None:
            line.text = line.text[: offered.start] + offered.suggestion + line.text[offered.end :]
        elif self._corrected and not self._state.ids:
            line.text = self._corrected
        else:
            # Moves the cursor to the end.
            line.text = line.text

    async def _complete(self, text: str) -> str | None:
        """Return a completion of a search; feeds and authors are looked up in a thread."""
        try:
            return await asyncio.to_thread(complete, text, self._known)
        except (SearchInterrupted, *EXPECTED):
            return None

    def _known(self, field: str, beginning: str) -> list[str]:
        if field == "author":
            return self._shelf.papers.typed.authors(beginning)
        if field == "tag":
            return [tag.name for tag in self._shelf.marks.tags()]
        return [feed.name for feed in self._shelf.feeds.log.all()]
