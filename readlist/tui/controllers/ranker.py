"""Ranker: learns what fits the user behind the screen, and brings matches and order of the list up to that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from readlist.model.fit import Fit
from readlist.model.view import NOTES, STARRED
from readlist.services.recommendation import doubt
from readlist.shelf import EXPECTED, Entry, LibraryBusy
from readlist.text.clean import counted
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.signs import line
from readlist.tui.ui import Repeating

_PAUSE = 0.1
"""Seconds between two times of learning while decisions follow each other."""

_QUIET = 2.0
"""Seconds without a decision after which all papers are scored, if no list is sorted by that."""

_RETRIED = 10.0
"""Seconds after which papers are scored that another process kept from it."""

_KEPT = 300


class Ranker(Controller):
    """Learns from every decision, in a thread, and shows what follows from it.

    Attributes:
        generation: another number whenever `fit` may give something else.
    """

    def __init__(self, loader: Loader) -> None:
        super().__init__(loader)
        self.generation = 0
        self._listeners: list[Callable[[], object]] = []
        self._fits: dict[int, tuple[int, Entry, Fit]] = {}
        self._has_learned = self._has_scored = False
        self._working = self._again = self._ended = False
        self._done = asyncio.Event()
        # Whether the list is by match, and is to be sorted once all papers are scored; and what was decided before.
        self._listed = self._waits = self._sorting = False
        # Whether there are other scores than those that the list was sorted by.
        self._has_changed = self._shows_progress = False
        self._decisions = 0
        self._cautioned = ("", "")
        self._followed: tuple[int, Mapping[str, int]] = (-1, {})
        self._later: Repeating | None = None

    # How well one paper fits

    def listen(self, call: Callable[[], object]) -> None:
        """Have something called, in the screen's thread, whenever the generation has changed."""
        self._listeners.append(call)

    def known_fit(self, entry: Entry) -> Fit | None:
        """Return how well a paper fits if `fit` has found that out since the last time of learning; at once."""
        known = self._fits.get(entry.id)
        return known[2] if known is not None and known[:2] == (self.generation, entry) else None

    def fit(self, entry: Entry) -> Fit | None:
        """Return how well a paper fits, and why; from any thread, in a millisecond or two.

        None until something was learned; it learns nothing itself.
        """
        if not self._has_learned:
            return None
        generation, known = self.generation, self.known_fit(entry)
        if known is None:
            match = self._shelf.match
            known = Fit(match.of([entry]).get(entry.id), match.because(entry))
            if len(self._fits) >= _KEPT:
                self._fits = {}
            self._fits[entry.id] = generation, entry, known
        return known

    # Learning

    def begin(self) -> None:
        """Learn, if there is anything to learn from: once the screen has nothing else to do."""
        if not self._has_learned:
            self.follow()

    def follow(self) -> None:
        """Learn again, since papers or marks have changed."""
        now = self._state.decisions, dict(self._state.counts)
        if now != self._followed and (self._has_learned or self._waits or self._stars()):
            self._followed = now
            self._start()

    def asked(self, by_match: bool) -> None:
        """Take note that the list was asked for: if by match, it is sorted once that is up to date."""
        self._listed = by_match
        self._state.matches.is_outdated = False
        if not by_match:
            self._waits, self._cautioned = False, ("", "")
        elif not self._sorting and not self._ended:
            self._decisions = self._state.decisions
            self._waits = True
            self._start()
            if not self._shows_progress:
                self._shows_progress = True
                self._ui.run(self._show_progress, "ranking-progress")

    def stop(self) -> None:
        """Stop: the screen ends."""
        self._ended = True
        self._done.set()

    def _start(self) -> None:
        self._again = True
        self._wait(None)
        if not self._working and not self._ended:
            self._working = True
            self._done.clear()
            self._ui.run(self._work, "ranking")

    def _wait(self, seconds: float | None) -> None:
        """Score all papers in some seconds, and no earlier; with None not at all."""
        if self._later is not None:
            self._later.stop()
        self._later = self._ui.every(seconds, self._score_now) if seconds else None

    def _score_now(self) -> None:
        self._has_scored = False
        self._start()

    def _stars(self) -> str:
        """Return from how many stars is learned, in words; empty for none."""
        counts = self._state.counts
        if stars := counts.get(STARRED.name, 0):
            return counted(stars, "star")
        notes = counts.get(NOTES.name, 0)
        return counted(notes, "note") if notes else ""

    async def _show_progress(self) -> None:
        """Show that a list waits, if it does so for long."""
        async with self._ui.progress(f"Learning from {self._stars() or 'your stars'}"):
            await self._done.wait()
        self._shows_progress = False

    async def _work(self) -> None:
        """Learn, show the matches of the rows in sight, and score all papers; again if something changed meanwhile."""
        try:
            while self._again and not self._ended:
                self._again = False
                await self._learn()
                if self._again:
                    await asyncio.sleep(_PAUSE)
                elif self._waits or self._listed or not self._has_scored:
                    await self._score()
                else:
                    self._wait(_QUIET)
        except EXPECTED as error:
            if self._waits:
                self._ui.say(line(f"Not sorted by match: {error}"), tone="warning")
        finally:
            self._working = self._waits = False
            self._done.set()

    async def _learn(self) -> None:
        changed, matches = await asyncio.to_thread(self._learned, self._in_sight())
        self._has_learned = True
        if changed:
            self._state.matches.add(matches)
            if not self._listed:
                # It was said of earlier stars.
                self._state.matches.doubt = self._state.matches.caution = ""
            self._change()

    def _in_sight(self) -> list[Entry]:
        """Return the entries of the rows that can be seen, and of some around them."""
        state = self._state
        rows = range(max(0, state.cursor - state.height), state.cursor + state.height + 1)
        return [entry for entry in map(state.entry_at, rows) if entry is not None]

    def _learned(self, entries: Sequence[Entry]) -> tuple[bool, Mapping[int, int]]:
        """Learn; returns whether anything is other than before, and the matches of some papers. In a thread."""
        match = self._shelf.match
        return match.learn(), match.of(entries)

    async def _score(self) -> None:
        """Score all papers; a list that waits is sorted then."""
        try:
            # Otherwise the order stays as it is, and `doubt` says so.
            if self._shelf.papers.writable and await asyncio.to_thread(self._shelf.match.score, self._is_stopped):
                self._has_changed = True
        except LibraryBusy:
            self._wait(_RETRIED)
        if self._is_stopped():
            return
        self._has_scored = True
        changed, self._has_changed = self._has_changed, False
        if changed:
            self._state.matches.by_id = await asyncio.to_thread(self._shelf.match.kept, list(self._state.ids_fetched))
            self._change()
        waits, self._waits = self._waits, False
        if waits and changed:
            await self._sort()
        elif changed and self._listed:
            self._state.matches.is_outdated = True
        if self._listed:
            await self._judge(say=waits)

    def _is_stopped(self) -> bool:
        return self._again or self._ended

    async def _sort(self) -> None:
        """Sort the list; the cursor stays at its paper if the user has moved it, or decided something."""
        self._sorting = True
        try:
            if self._state.cursor or self._decisions != self._state.decisions:
                await self._loader.add_new()
            else:
                self._loader.ask()
        finally:
            self._sorting = False

    async def _judge(self, *, say: bool) -> None:
        """Find out how far the order can be relied on, and say so, once for each time it is chosen."""
        view, matches = self._state.view, self._state.matches
        found = await asyncio.to_thread(doubt, self._shelf)
        shown, before = self._ui.messages.shown, _sentence(matches.caution)
        if (matches.doubt, matches.caution) != (found.word, found.sentence):
            matches.doubt, matches.caution = found.word, found.sentence
            self._ui.show()
            # What is said in the status line is not to be wrong now.
            say = say or bool(before and shown is not None and shown.text == before)
        about = view.name, found.sentence
        if say and found.sentence and about != self._cautioned:
            self._ui.say(_sentence(found.sentence), tone="note", short=_sentence(found.short))
        elif say and before and not found.sentence:
            self._ui.say(f"The match is learned from {self._stars()}", tone="note")
        if say:
            self._cautioned = about

    def _change(self) -> None:
        self.generation += 1
        self._ui.show()
        for call in self._listeners:
            call()


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
