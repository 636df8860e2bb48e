"""Fetches feeds beside the commands, in threads; their papers come in as each is done."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from readlist.model.feed import ADDED
from readlist.shelf import EXPECTED, FetchOutcome
from readlist.text.clean import counted
from readlist.tui.render import line

if TYPE_CHECKING:
    from readlist.config import Config
    from readlist.model.feed import Feed
    from readlist.services.refresh import Event, Refresh
    from readlist.shelf import Shelf
    from readlist.tui.loader import Loader
    from readlist.tui.ui import Ui

_DUE_EVERY = 300.0
_PATIENCE = timedelta(minutes=30)
_PATIENCE_AT_START = timedelta(minutes=1)
"""How long a feed that failed is left alone."""

_NAMED = 3


class Fetcher:
    """Fetches the feeds that are followed: when asked, and the due ones now and then.

    Attributes:
        followed: the feeds that are followed.
        under_way: how many papers of each feed that is being fetched are in, by its name.
        changed: called when `under_way` has changed, or what is known of the feeds.
    """

    def __init__(
        self, shelf: Shelf, ui: Ui, loader: Loader, config: Config, make_refresh: Callable[[], Refresh] | None
    ) -> None:
        """Make it; nothing is fetched yet.

        Args:
            shelf: where the papers go.
            ui: the screen.
            loader: shows the papers that came in.
            config: which feeds are followed, and how often they are fetched.
            make_refresh: makes what asks feeds, when the first is asked; None where none is.
        """
        self.followed: tuple[Feed, ...] = config.feeds
        self.under_way: dict[str, int] = {}
        self.changed: Callable[[], object] = lambda: None
        self._shelf = shelf
        self._ui = ui
        self._loader = loader
        self._age = config.refresh
        self._make_refresh = make_refresh
        self._fetching = False
        self._next: list[Feed] = []
        self._failed_before: frozenset[str] = frozenset()

    @functools.cached_property
    def refresher(self) -> Refresh | None:
        """What asks feeds, made when it is needed first; None where none is asked."""
        return self._make_refresh() if self._make_refresh is not None else None

    def begin(self) -> None:
        """Fetch what is older than the user wants it, now and then while the screen is open."""
        if not self._shelf.papers.writable:
            self._ui.say("The library can only be read: no feeds are fetched.", wrong=True)
            return
        self._ui.every(_DUE_EVERY, self._fetch_due)
        self._fetch_due(_PATIENCE_AT_START)

    def stop(self) -> None:
        """Let a fetch that is under way end."""
        refresher: Refresh | None = vars(self).get("refresher")
        if refresher is not None:
            refresher.stop()

    def _fetch_due(self, patience: timedelta = _PATIENCE) -> None:
        if self.refresher is not None and not self._fetching:
            self._fetching = True
            self._ui.run(functools.partial(self._fetch_old, self.refresher, patience), "fetch")

    async def _fetch_old(self, refresher: Refresh, patience: timedelta) -> None:
        try:
            due = await asyncio.to_thread(refresher.due, self.followed, self._age, patience=patience)
        except EXPECTED:
            # It is asked again later; whatever concerns the user is told when a paper is shown.
            due = []
        await self._fetch(refresher, due, asked=False)

    def fetch(self, feeds: Sequence[Feed], *, later: bool = False) -> None:
        """Fetch feeds; one fetch at a time.

        Args:
            feeds: whom to ask.
            later: whether they are asked after the fetch that is under way; else that is told instead.
        """
        refresher = self.refresher
        if refresher is None:
            return
        if self._fetching and later:
            self._next += feeds
        elif self._fetching:
            self._ui.say(f"Still fetching {line(', '.join(self.under_way)) or 'feeds'}.")
        elif not feeds:
            self._ui.say(
                self._ui.keys.text(
                    "No feeds are followed. {key:feeds} adds one, {key:import_page} imports a saved page."
                )
            )
        else:
            self._fetching = True
            self._ui.run(functools.partial(self._fetch, refresher, feeds, asked=True), "fetch")

    async def _fetch(self, refresher: Refresh, feeds: Sequence[Feed], *, asked: bool) -> None:
        """Fetch feeds, and then those that were followed meanwhile."""
        try:
            while feeds:
                self.under_way = {feed.name: 0 for feed in feeds}
                try:
                    done = await self._fetch_all(refresher, feeds)
                finally:
                    self.under_way = {}
                    self.changed()
                self._tell(done, asked=asked)
                feeds, self._next, asked = self._next, [], True
        finally:
            self._fetching = False

    async def _fetch_all(self, refresher: Refresh, feeds: Sequence[Feed]) -> list[FetchOutcome]:
        """Fetch feeds in threads; the papers of each come in as soon as it is done."""
        from readlist.services import Progress

        done: list[FetchOutcome] = []
        async with self._ui.progress("Fetching") as report:
            events = refresher.run(feeds)
            while (event := await self._next_of(events)) is not None:
                if isinstance(event, Progress):
                    if event.name in self.under_way:
                        self.under_way[event.name] = event.done
                else:
                    self.under_way.pop(event.feed, None)
                    done.append(event)
                shown = " · ".join(f"{line(name)} {papers or '…'}" for name, papers in self.under_way.items())
                report(Progress(len(feeds) - len(self.under_way), len(feeds), "feeds", shown))
                if isinstance(event, FetchOutcome):
                    if event.new or event.known or event.feed == ADDED:
                        await self._loader.add_new()
                    self.changed()
            if any(feed.keep is not None for feed in feeds):
                await self._loader.add_new()
        return done

    async def _next_of(self, events: Iterator[Event]) -> Event | None:
        """Wait in a thread for the next event; None at the end, which an error of the library is as well."""
        try:
            return await asyncio.to_thread(next, events, None)
        except EXPECTED as error:
            self._ui.say(line(str(error)), wrong=True)
            return None

    def _tell(self, done: Sequence[FetchOutcome], *, asked: bool) -> None:
        """Say what a fetch brought; one that nobody asked for says little, and the same failure once."""
        failed = [outcome for outcome in done if outcome.failure]
        before, self._failed_before = self._failed_before, frozenset(outcome.failure for outcome in failed)
        if not asked:
            failed = [outcome for outcome in failed if outcome.failure not in before]
        new = {outcome.feed: outcome.new for outcome in done if outcome.new}
        skipped = sum(len(outcome.skipped) for outcome in done)
        passed = f" {skipped:,} passed over; `readlist fetch` names them." if skipped and (asked or new) else ""
        if new:
            names = ", ".join(line(name) for name in tuple(new)[:_NAMED])
            more = f" and {len(new) - _NAMED} more feeds" if len(new) > _NAMED else ""
            self._ui.say(f"{counted(sum(new.values()), 'new paper')} from {names}{more}.{passed}")
        elif asked and not any(outcome.failure for outcome in done):
            self._ui.say(f"Nothing new.{passed}")
        self._tell_failed(failed, asked=asked)

    def _tell_failed(self, failed: Sequence[FetchOutcome], *, asked: bool) -> None:
        from readlist.services.refresh import describe

        if failed and len(failed) == len(self.followed) and not asked:
            more = self._ui.keys.text("{key:feeds} tells more.")
            self._ui.say(f"Feeds not fetched, this is what is here. {more}\n{line(failed[0].failure)}")
        elif len(failed) >= _NAMED:
            names = ", ".join(line(outcome.feed) for outcome in failed[:_NAMED])
            more = f" and {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
            why = self._ui.keys.text("{key:feeds} tells why.")
            self._ui.say(f"{len(failed)} feeds failed: {names}{more}. {why}", wrong=asked)
        else:
            for outcome in failed:
                self._ui.say(line(f"{outcome.feed}: {describe(outcome, self._ui.now())}"), wrong=True)
