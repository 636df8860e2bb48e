"""Reasons: why the paper under the cursor matches, and what is like it, found out behind the screen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from readlist.model.fit import Fit, Near
from readlist.shelf import EXPECTED, Entry
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.match_text import SHOWN
from readlist.tui.state import has_stars

if TYPE_CHECKING:
    from readlist.tui.controllers.ranker import Ranker

_PAUSE = 0.1
"""Seconds that the cursor rests on a paper before its reason is looked for: not while a key is held."""

_REST = 0.3
"""Seconds before it is looked for what is like the paper, which takes longer."""

_KEPT = 300


class Reasons(Controller):
    """Says why the paper under the cursor matches, and fills the detail in after it was drawn."""

    def __init__(self, loader: Loader, ranker: Callable[[], Ranker | None]) -> None:
        """Look for nothing yet.

        Args:
            loader: the list, the shelf and the screen.
            ranker: gives what knows how well papers fit; None before it was needed.
        """
        super().__init__(loader)
        self._ranker = ranker
        self._begun = False
        self._timers: dict[str, asyncio.TimerHandle] = {}
        # What was looked for last, and of which papers what is in the state is still right.
        self._entry: Entry | None = None
        self._ids: Sequence[int] = ()
        self._list: tuple[int, str] = (0, "")
        self._learned = (0, 0)
        self._right_fits: set[int] = set()
        self._right_nearest: set[int] = set()

    # In the detail

    def begin(self) -> None:
        """Fill in the detail from now on."""
        self._begun = True
        self.follow()

    def stop(self) -> None:
        """Fill in nothing any more: the screen ends."""
        self._begun = False
        self._cancel()

    def follow(self) -> None:
        """Look for what the detail lacks, once the cursor rests; called whenever the screen is drawn."""
        state, ranker = self._state, self._ranker()
        learned = (ranker.generation if ranker is not None else -1, state.decisions)
        listed = state.place, state.search
        here = self._entry is state.entry and self._ids is state.ids
        if not self._begun or (here and learned == self._learned and listed == self._list):
            return
        if learned != self._learned or listed != self._list:
            self._right_fits.clear()
            # What is shown stays until another reason is there, unless it is one for another list.
            shown = state.entry.id if state.entry is not None and listed == self._list else None
            state.fits = {number: fit for number, fit in state.fits.items() if number == shown}
        # What was learned meanwhile is shown at once.
        same = state.entry is self._entry and listed == self._list and learned[1] == self._learned[1]
        pause = 0.0 if same and learned != self._learned else _PAUSE
        if state.ids is not self._ids:
            # Papers may have come or gone.
            self._right_nearest.clear()
        self._entry, self._ids, self._learned, self._list = state.entry, state.ids, learned, listed
        self._cancel()
        if state.entry is not None:
            later = asyncio.get_running_loop().call_later
            self._timers = {
                "fit": later(pause, self._run, "fit", self._fill),
                "nearest": later(_REST, self._run, "nearest", self._fill_nearest),
            }

    @property
    def waits(self) -> bool:
        """Whether it waits for the cursor to rest."""
        return bool(self._timers)

    def _cancel(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers = {}

    def _run(self, what: str, fill: Callable[[Entry], Coroutine[Any, Any, None]]) -> None:
        del self._timers[what]
        entry = self._entry
        if entry is not None:
            self._ui.run(lambda: fill(entry), "reasons")

    async def _fill(self, entry: Entry) -> None:
        """Fill in how well a paper fits, and those next to it, so that a step of the cursor finds it at hand."""
        state, learned, listed = self._state, self._learned, self._list
        like = self._shelf.papers.parse(state.view, state.search).like
        if state.entry is not entry or not (like or has_stars(state)):
            return
        near = [state.entry_at(state.cursor + step) for step in (0, 1, -1)]
        entries = [each for each in near if each is not None and each.id not in self._right_fits]
        if not entries:
            return
        found: Mapping[int, Fit | None] = {}
        with contextlib.suppress(*EXPECTED):
            found = await asyncio.to_thread(self._found, entries, like)
        if (learned, listed) != (self._learned, self._list):
            # It is looked for again.
            return
        if len(state.fits) >= _KEPT:
            state.fits, self._right_fits = {}, set()
        before = state.fits.get(entry.id)
        for number, fit in found.items():
            if fit is None:
                state.fits.pop(number, None)
            else:
                state.fits[number] = fit
                self._right_fits.add(number)
        self._show(entry, changed=state.fits.get(entry.id) != before)

    def _found(self, entries: Sequence[Entry], like: Sequence[str]) -> Mapping[int, Fit | None]:
        """Return how well papers fit, None for what is not known yet; in a thread."""
        ranker = self._ranker()
        fits = {entry.id: ranker.fit(entry) if ranker is not None else None for entry in entries}
        gone = self._taken_back(fits.values())
        fits = {
            number: fit if fit is None or fit.because is None or gone.isdisjoint(fit.because.stars) else None
            for number, fit in fits.items()
        }
        if like:
            reasons = self._shelf.similar.reasons(entries, like)
            fits = {
                number: replace(fit or Fit(), like=reasons[number]) if number in reasons else fit
                for number, fit in fits.items()
            }
        return fits

    def _taken_back(self, fits: Iterable[Fit | None]) -> set[tuple[str, str]]:
        """Return which of the stars that reasons name were taken back, before that is learned."""
        named = {star for fit in fits if fit is not None and fit.because is not None for star in fit.because.stars}
        ids = self._shelf.papers.ids_of([key for key, _ in named])
        marks = {entry.id: entry.mark for entry in self._shelf.papers.entries(list(ids.values()))}
        kept = {number for number, mark in marks.items() if (mark.starred or mark.note) and mark.removed is None}
        return {star for star in named if ids.get(star[0]) not in kept}

    async def _fill_nearest(self, entry: Entry) -> None:
        """Fill in what is most like a paper."""
        state, ids = self._state, self._ids
        if entry.id in self._right_nearest:
            return
        try:
            found = await asyncio.to_thread(self._nearest, entry)
        except EXPECTED:
            return
        if ids is not self._ids:
            # It is looked for again.
            return
        if len(state.nearest) >= _KEPT:
            state.nearest, self._right_nearest = {}, set()
        changed = state.nearest.get(entry.id, ()) != found
        state.nearest[entry.id] = found
        self._right_nearest.add(entry.id)
        self._show(entry, changed=changed)

    def _nearest(self, entry: Entry) -> tuple[Near, ...]:
        """Return what is most like a paper; in a thread."""
        words = {near.id: near.words for near in self._shelf.similar.nearest(entry)[:SHOWN]}
        return tuple(
            Near(other.id, other.paper.key, other.paper.title, words[other.id])
            for other in self._shelf.papers.entries(list(words))
        )

    def _show(self, entry: Entry, *, changed: bool) -> None:
        """Show what was filled in, if the cursor is still there."""
        here = self._state.entry
        if changed and here is not None and here.id == entry.id:
            self._ui.show(detail="again")

    # In a dialog

    async def why(self) -> None:
        """Show what each word of the paper under the cursor adds to its match, and from which star."""
        await self._ui.leave_note()
        entry = self._state.entry
        if entry is None:
            self._ui.say(self._loader.no_paper(), tone="note")
            return
        self._ui.run(lambda: self._explain(entry), "why", exclusive=True)

    async def _explain(self, entry: Entry) -> None:
        from readlist.services.recommendation import explained
        from readlist.tui.dialogs.match_table import MatchTable

        async with self._ui.progress("Finding out why"):
            explanation = await self._in_thread(explained, self._shelf, entry)
        if explanation is not None:
            self._ui.open(MatchTable(self._ui.keys, entry.paper, explanation, self._ui.signs))
