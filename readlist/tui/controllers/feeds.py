"""Feeds: fetch them, list them, follow and unfollow them in config.toml."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from readlist.config import ConfigError, add_feed, add_feeds, load, remove_feed
from readlist.config.feed_parser import FeedError, parse_feed
from readlist.model.feed import ADDED, LastFetch
from readlist.shelf import EXPECTED, FetchOutcome
from readlist.text.clean import counted
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.signs import line
from readlist.tui.ui import ANSWER, when_answered

if TYPE_CHECKING:
    from readlist.config import AddedFeeds, Config
    from readlist.model.feed import Feed
    from readlist.services.feed_removal import FeedRemoval
    from readlist.services.refresh import Refresh
    from readlist.tui.controllers.search import Search
    from readlist.tui.dialogs.feed_list import FeedList

_CHECKED_EVERY = 300.0
_RETRIED_AFTER = timedelta(minutes=30)
_RETRIED_AFTER_AT_START = timedelta(minutes=1)
"""How long a feed that failed is not fetched on its own."""


class Fetcher(Controller):
    """Fetches followed feeds in threads, on demand and when they are due; one fetch at a time.

    Attributes:
        followed: the followed feeds.
        under_way: papers fetched so far from each feed being fetched, by its name.
        changed: called when `under_way` or the stored state of the feeds has changed.
    """

    def __init__(self, loader: Loader, config: Config, make_refresh: Callable[[], Refresh] | None) -> None:
        """Fetch nothing yet.

        Args:
            loader: shows new papers.
            config: which feeds are followed, and how often they are fetched.
            make_refresh: makes the refresh service when first needed; None to never fetch.
        """
        super().__init__(loader)
        self.followed: tuple[Feed, ...] = config.feeds
        self.under_way: dict[str, int] = {}
        self.changed: Callable[[], object] = lambda: None
        self._age = config.refresh
        self._make_refresh = make_refresh
        self._fetching = False
        self._next: list[Feed] = []
        self._failed_before: frozenset[str] = frozenset()

    @functools.cached_property
    def refresher(self) -> Refresh | None:
        """The refresh service, made when first needed; None to never fetch."""
        return self._make_refresh() if self._make_refresh is not None else None

    def begin(self) -> None:
        """Fetch due feeds now and then while the screen is open, and show how the last fetch went."""
        self.show_last()
        if not self._shelf.papers.writable:
            self._ui.say("The library is read-only: feeds are not fetched.", wrong=True)
            return
        self._ui.every(_CHECKED_EVERY, self._fetch_due)
        self._fetch_due(_RETRIED_AFTER_AT_START)

    def show_last(self) -> None:
        """Show when feeds were last fetched; reads that in a thread."""
        self._ui.run(self._show_last, "last fetch", exclusive=True)

    async def _show_last(self) -> None:
        fetches = await self._in_thread(self._shelf.feeds.log.fetches) or {}
        known = [fetches[feed.name] for feed in self.followed if feed.name in fetches]
        good = max((fetch.good for fetch in known if fetch.good is not None), default=None)
        self._state.last_fetch = LastFetch(good, sum(bool(fetch.failure) for fetch in known), len(known))
        self._ui.show()

    def stop(self) -> None:
        """Cancel a fetch under way."""
        refresher: Refresh | None = vars(self).get("refresher")
        if refresher is not None:
            refresher.stop()

    def next_fetch(self) -> datetime | None:
        """Return when feeds are fetched next on their own, None for never; reads the library."""
        refresher: Refresh | None = vars(self).get("refresher")
        if refresher is None or not self._shelf.papers.writable:
            return None
        return refresher.next_due(self.followed, self._age, patience=_RETRIED_AFTER)

    def _fetch_due(self, patience: timedelta = _RETRIED_AFTER) -> None:
        if self.refresher is not None and not self._fetching:
            self._fetching = True
            self._ui.run(functools.partial(self._fetch_old, self.refresher, patience), "fetch")

    async def _fetch_old(self, refresher: Refresh, patience: timedelta) -> None:
        try:
            due = await asyncio.to_thread(refresher.due, self.followed, self._age, patience=patience)
        except EXPECTED:
            # Retried later; a problem that concerns the user is reported when a paper is shown.
            due = []
        await self._fetch(refresher, due, asked=False)

    def fetch(self, feeds: Sequence[Feed], *, later: bool = False) -> None:
        """Fetch feeds.

        Args:
            feeds: what to fetch.
            later: whether to queue them after a fetch under way, instead of only saying that there is one.
        """
        refresher = self.refresher
        if refresher is None:
            return
        if self._fetching and later:
            self._next += feeds
        elif self._fetching:
            self._ui.say(f"Still fetching {line(', '.join(self.under_way)) or 'feeds'}.", tone="note")
        elif not feeds:
            none = "No feeds yet. {key:feeds}: add one, {key:import_page}: import a saved page"
            self._ui.say(self._ui.keys.text(none), tone="note")
        else:
            self._fetching = True
            self._ui.run(functools.partial(self._fetch, refresher, feeds, asked=True), "fetch")

    async def _fetch(self, refresher: Refresh, feeds: Sequence[Feed], *, asked: bool) -> None:
        """Fetch feeds, then those queued meanwhile."""
        try:
            while feeds:
                sample = self._state.sample
                self.under_way = {feed.name: 0 for feed in feeds}
                try:
                    done = await self._fetch_all(refresher, feeds)
                finally:
                    self.under_way = {}
                    self.changed()
                    self.show_last()
                await self._report(done, asked=asked, sample=sample)
                # The next fetch has another time now.
                self._loader.recount()
                feeds, self._next, asked = self._next, [], True
        finally:
            self._fetching = False

    async def _fetch_all(self, refresher: Refresh, feeds: Sequence[Feed]) -> list[FetchOutcome]:
        """Fetch feeds in threads; the papers of each are shown as soon as it is done."""
        from readlist.services import Progress

        done: list[FetchOutcome] = []
        async with self._ui.progress("Fetching") as report:
            events = refresher.run(feeds)
            while (event := await self._in_thread(next, events, None)) is not None:
                if isinstance(event, Progress):
                    if event.name in self.under_way:
                        self.under_way[event.name] = event.done
                else:
                    self.under_way.pop(event.feed, None)
                    done.append(event)
                shown = " · ".join(f"{line(name)} {papers or '…'}" for name, papers in self.under_way.items())
                report(Progress(len(feeds) - len(self.under_way), len(feeds), "feeds", shown))
                if isinstance(event, FetchOutcome):
                    if event.revised:
                        self._state.forget(tuple(self._state.ids_fetched))
                        self._ui.show()
                    if event.new or event.known or event.feed == ADDED:
                        await self._loader.add_new()
                    self.changed()
            # Papers expired, or were counted again.
            if any(feed.keep is not None or feed.kind == "huggingface" for feed in feeds):
                await self._loader.add_new()
        # In the order of the feeds, whichever answered first.
        order = {feed.name: place for place, feed in enumerate(feeds)}
        return sorted(done, key=lambda outcome: order.get(outcome.feed, len(order)))

    async def _report(self, done: Sequence[FetchOutcome], *, asked: bool, sample: int) -> None:
        """Say what a fetch brought; one that wasn't asked for says little, and the same failure once."""
        from readlist.tui.controllers.fetch_report import fetch_report

        failed = [outcome for outcome in done if outcome.failure]
        before, self._failed_before = self._failed_before, frozenset(outcome.failure for outcome in failed)
        if not asked:
            failed = [outcome for outcome in failed if outcome.failure not in before]
        left = await self._loader.sample_left(sample)
        report = fetch_report(
            done,
            failed,
            self._ui.keys,
            self._ui.signs,
            self._ui.now(),
            asked=asked,
            sample=sample if not left else 0,
            sample_left=left,
        )
        if report.text:
            self._ui.say(
                report.text,
                wrong=report.tone == "wrong",
                tone=report.tone,
                details=report.details,
                short=report.short,
            )


class Feeds(Controller):
    """The commands that deal with feeds."""

    def __init__(self, loader: Loader, search: Search, fetcher: Fetcher, settings: Path | None) -> None:
        super().__init__(loader)
        self._search = search
        self._fetcher = fetcher
        self._settings = settings
        self._list: FeedList | None = None
        self._removed: list[_Removed] = []
        self._undo_here: Callable[[], Coroutine[object, object, None]] | None = None
        # Whether the last change removed papers, or brought some back; and whether it removed anything.
        self._listed = self._begun = False
        fetcher.changed = self._show_feeds

    def refresh(self) -> None:
        """Load the view again, and fetch all feeds."""
        self._loader.ask_again()
        self._fetcher.fetch(self._fetcher.followed)

    # The list of feeds

    def feeds(self) -> None:
        """Show the feeds."""
        from readlist.tui.dialogs.feed_list import FeedList

        self._list = FeedList(self._ui.keys, self._act)
        answer = self._ui.open(self._list)
        self._ui.run(lambda: self._show_chosen(answer), ANSWER)
        self._show_feeds()

    async def _show_chosen(self, answer: Awaitable[str | None]) -> None:
        name = await answer
        self._list = None
        if name is not None:
            self._ui.run(lambda: self._show_feed(name), "feeds", exclusive=True)

    def _show_feeds(self) -> None:
        if self._list is not None:
            self._ui.run(self._fill_list, "feed rows")

    async def _fill_list(self) -> None:
        from readlist.services.refresh import feed_statuses, first_day

        feeds, fetcher, now = self._shelf.feeds, self._fetcher, self._ui.now()
        known = await self._in_thread(lambda: (feeds.log.all(), feeds.log.fetches(), feeds.lists.days(first_day(now))))
        if known is not None and self._list is not None:
            stored, fetches, days = known
            self._list.rows = feed_statuses(fetcher.followed, stored, fetches, now, fetcher.under_way, days)

    async def _show_feed(self, name: str) -> None:
        """Search for the papers of a feed: the unread ones if there are any."""
        stored = await self._in_thread(self._shelf.feeds.log.all)
        if stored is None:
            return
        self._loader.show_view(0 if any(feed.name == name and feed.unread for feed in stored) else 1)
        # Names of captured feeds may hold quotes, which a search can't.
        part = max(name.split('"'), key=len)
        await self._search.find(f'feed:"{part}" ')

    # Follow and unfollow

    def _act(self, act: str, name: str) -> None:
        """Carry out an action of the list of feeds: add, remove, remove_papers, undo, fetch."""
        if act == "add":
            question = "hf:trending, hf:search:WORDS, arxiv:cs.LG, or the address of a feed:"
            answer = self._ui.prompt("Add a feed", question, "add", placeholder="arxiv:cs.LG", check=_problem)
            when_answered(self._ui, answer, lambda text: self._begin_change("follow", text))
        elif act == "fetch":
            self._fetcher.fetch([feed for feed in self._fetcher.followed if name in ("", feed.name)])
            self._show_feeds()
        elif act == "remove" and name not in (feed.name for feed in self._fetcher.followed):
            hint = "{feed} is not followed. {key:feeds_remove_papers}: remove its papers"
            self._ui.say(self._ui.keys.text(hint, feed=line(name)), tone="note")
        elif act == "undo" and self._state.undo_here is not None and self._undo_here is self._state.undo_here:
            # Nothing was decided since.
            undo, self._state.undo_here = self._undo_here, None
            self._ui.run(undo, "settings")
        else:
            self._begin_change(act, name)

    def _begin_change(self, act: str, text: str) -> None:
        self._ui.run(functools.partial(self._change, act, text), "settings")

    async def follow_listed(self, feeds: Sequence[Feed]) -> None:
        """Follow the feeds that a file lists, and fetch them."""
        if self._settings is None:
            return
        followed = await asyncio.to_thread(self._write_listed, self._settings, feeds)
        self._show_feeds()
        more = f", {len(followed.known)} already followed" if followed.known else ""
        self._ui.say(f"Added {counted(len(followed.feeds), 'feed')}{more}")
        if followed.failures:
            self._ui.say(line(followed.failures[0]), wrong=True)
        if followed.feeds:
            self._fetcher.fetch(followed.feeds, later=True)

    def _write_listed(self, settings: Path, feeds: Sequence[Feed]) -> AddedFeeds:
        followed = add_feeds(settings, feeds)
        if followed.feeds:
            self._fetcher.followed = load(settings).feeds
        return followed

    async def _change(self, act: str, text: str) -> None:
        """Write a change of the feeds into config.toml, in a thread, and report it."""
        if self._settings is None:
            return
        try:
            done, fetched = await asyncio.to_thread(self._write, self._settings, act, text)
        except (ConfigError, FeedError, *EXPECTED) as error:
            self._ui.say(line(str(error)), wrong=True)
            return
        if self._list is not None and fetched is not None:
            self._list.wanted = fetched.name
        self._state.undo_here = self._undo_here = (lambda: self._change("undo_here", "")) if self._begun else None
        if self._listed:
            self._state.decisions += 1
            await self._loader.add_new()
        self._show_feeds()
        self._fetcher.show_last()
        self._ui.say(line(done))
        if fetched is not None:
            self._fetcher.fetch([fetched], later=True)

    def _write(self, settings: Path, act: str, text: str) -> tuple[str, Feed | None]:
        """Return what was done, and the feed to fetch for the first time."""
        fetched, self._listed, self._begun = None, False, False
        if act == "follow":
            fetched = add_feed(settings, parse_feed(text))
            done = f"Added feed {fetched.name}"
        elif act in ("remove", "remove_papers"):
            done = self._remove(settings, text, with_papers=act == "remove_papers")
        elif self._removed:
            done = self._restore(settings, self._removed.pop(), at_once=act == "undo_here")
        else:
            return "Nothing to undo.", None
        self._fetcher.followed = load(settings).feeds
        return done, fetched

    def _remove(self, settings: Path, name: str, *, with_papers: bool) -> str:
        """Unfollow a feed, if it is followed, and remove its papers if asked to."""
        from readlist.services.feed_removal import remove_papers

        gone = _Removed(name)
        if name in (feed.name for feed in self._fetcher.followed):
            gone = _Removed(name, *remove_feed(settings, name))
            # Also when the library is busy below.
            self._removed.append(gone)
            self._fetcher.followed = load(settings).feeds
            self._shelf.feeds.forget(name)
        what = f"feed {name} (its papers stay)"
        if with_papers:
            gone.papers = remove_papers(self._shelf, name)
            self._listed = bool(gone.papers.ids)
            what = f"{name} and {gone.papers}" if gone.feed is not None else f"{name}: {gone.papers}"
            if gone.feed is None and not self._listed:
                return f"Removed {what}"
            if gone.feed is None:
                self._removed.append(gone)
        self._begun = True
        return self._ui.keys.text("Removed {what}. {key:undo}: undo", what=what)

    def _restore(self, settings: Path, gone: _Removed, *, at_once: bool) -> str:
        """Follow a removed feed again, and bring its papers back.

        Args:
            settings: config.toml.
            gone: the feed.
            at_once: whether nothing was changed since, so that its papers are the last step of undo.
        """
        from readlist.services.feed_removal import restore_papers

        if gone.feed is not None:
            add_feed(settings, gone.feed, gone.place)
        papers = gone.papers
        if papers is None or not papers.ids:
            return f"Restored feed {gone.name}"
        done = self._shelf.marks.undo() if at_once else restore_papers(self._shelf, papers, gone.name)
        self._listed = True
        done.result()
        return f"Restored {gone.name} and {counted(len(papers.ids), 'paper')}"


class _Removed(Struct):
    """A feed that was removed.

    Attributes:
        name: its name.
        feed: the feed that was followed, None if it was not.
        place: its place among the feeds.
        papers: its papers that were removed, None if they were not asked for.
    """

    name: str
    feed: Feed | None = None
    place: int = 0
    papers: FeedRemoval | None = None


def _problem(text: str) -> str:
    """Return why a text does not name a feed; empty if it does."""
    try:
        parse_feed(text)
    except FeedError as error:
        return str(error)
    return ""
