"""Feeds: fetching them, and which are followed."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from readlist.model.feed import ADDED
from readlist.shelf import EXPECTED, Outcome, Shelf
from readlist.tui.render import line
from readlist.tui.screens.viewing import Viewing

if TYPE_CHECKING:
    from readlist.config import Config
    from readlist.model.feed import Feed
    from readlist.services.refresh import Event, Refresh
    from readlist.tui.dialogs.feed_list import FeedList
    from readlist.tui.keymap import KeyMap

_LOOKED_EVERY = 300.0
_PATIENCE = timedelta(minutes=30)
_PATIENCE_AT_START = timedelta(minutes=1)
"""How long a feed that failed is left alone."""

_NAMED = 3


class Feeding(Viewing):
    """The commands that deal with feeds. Whatever asks the network runs in threads."""

    def __init__(
        self,
        shelf: Shelf,
        config: Config,
        keys: KeyMap,
        make_refresher: Callable[[], Refresh] | None = None,
        settings: Path | None = None,
    ) -> None:
        super().__init__(shelf, config, keys)
        self._make_refresher = make_refresher
        self._settings = settings
        self.feeds: tuple[Feed, ...] = config.feeds
        self._under_way: dict[str, int] = {}
        self._fetching = False
        self._next: list[Feed] = []
        self._told_failed: frozenset[str] = frozenset()
        self._feed_list: FeedList | None = None
        self._removed: list[tuple[Feed, int]] = []

    @functools.cached_property
    def refresher(self) -> Refresh | None:
        """What asks feeds, made when it is wanted first; None where none is asked."""
        return self._make_refresher() if self._make_refresher is not None else None

    def show_afresh(self) -> None:
        """Ask for the view again, with the cursor on the same paper."""
        self.ask(keep=self.entry.id if self.entry is not None else None, cursor=self.paper_list.cursor)

    # Refresh

    def begin_following(self) -> None:
        """Fetch what is older than the user wants it, now and then while the screen is open."""
        if not self.shelf.papers.writable:
            self.say("The library can only be read: no feeds are fetched.", wrong=True)
            return
        self.set_interval(_LOOKED_EVERY, self._fetch_due)
        self._fetch_due(_PATIENCE_AT_START)

    def stop_fetching(self) -> None:
        """Let a fetch that is under way end."""
        refresher: Refresh | None = vars(self).get("refresher")
        if refresher is not None:
            refresher.stop()

    def _fetch_due(self, patience: timedelta = _PATIENCE) -> None:
        if self.refresher is not None and not self._fetching:
            self._fetching = True
            self.run_worker(self._fetch_old(self.refresher, patience), group="fetch")

    async def _fetch_old(self, refresh: Refresh, patience: timedelta) -> None:
        try:
            due = await asyncio.to_thread(lambda: refresh.due(self.feeds, self.config.refresh, patience=patience))
        except EXPECTED:
            # It is asked again later; whatever concerns the user is told when a paper is shown.
            due = []
        await self._fetch(due, asked=False)

    def action_refresh(self) -> None:
        """Ask for the view again, and fetch all feeds."""
        self.show_afresh()
        self.fetch(self.feeds)

    def fetch(self, feeds: Sequence[Feed], *, later: bool = False) -> None:
        """Fetch feeds; one fetch at a time.

        Args:
            feeds: whom to ask.
            later: whether they are asked after the fetch that is under way; else that is told instead.
        """
        if self.refresher is None:
            return
        if self._fetching and later:
            self._next += feeds
        elif self._fetching:
            self.say(f"Still fetching {line(', '.join(self._under_way)) or 'feeds'}.")
        elif not feeds:
            self.say(
                self.keys.text("No feeds are followed. {key:feeds} adds one, {key:import_page} imports a saved page.")
            )
        else:
            self._fetching = True
            self.run_worker(self._fetch(feeds, asked=True), group="fetch")

    async def _fetch(self, feeds: Sequence[Feed], *, asked: bool) -> None:
        """Fetch feeds, and then those that were followed meanwhile."""
        try:
            while feeds:
                await self._fetch_all(feeds, asked=asked)
                feeds, self._next, asked = self._next, [], True
        finally:
            self._fetching = False

    async def _fetch_all(self, feeds: Sequence[Feed], *, asked: bool) -> None:
        """Fetch feeds in threads; the papers of each come in as soon as it is done."""
        if self.refresher is None:
            return
        self._under_way = {feed.name: 0 for feed in feeds}
        loop, events, done = asyncio.get_running_loop(), self.refresher.run(feeds), list[Outcome]()
        try:
            async with self.progress("Fetching") as report:

                def take_events() -> None:
                    for event in events:
                        done.extend([event] if isinstance(event, Outcome) else [])
                        # Shown before the next one is taken.
                        asyncio.run_coroutine_threadsafe(self._take_event(event, report, len(feeds)), loop).result()

                try:
                    await asyncio.to_thread(take_events)
                except EXPECTED as error:
                    self.say(str(error), wrong=True)
                if any(feed.keep is not None for feed in feeds):
                    await self.take_in()
        finally:
            self._under_way = {}
            self._show_feeds()
        self._tell(done, asked=asked)

    async def _take_event(self, event: Event, report: Callable[[int, int, str], None], total: int) -> None:
        """Show how far a feed is, or the papers it brought."""
        if not self.is_attached:
            return
        if isinstance(event, Outcome):
            self._under_way.pop(event.feed, None)
        elif event.feed in self._under_way:
            self._under_way[event.feed] = event.papers
        report(total - len(self._under_way), total, self._shown_under_way())
        if isinstance(event, Outcome):
            if event.new or event.known or event.feed == ADDED:
                await self.take_in()
            self._show_feeds()

    def _shown_under_way(self) -> str:
        return " · ".join(f"{line(name)} {papers or '…'}" for name, papers in tuple(self._under_way.items()))

    def _tell(self, done: Sequence[Outcome], *, asked: bool) -> None:
        """Say what a fetch brought; one that nobody asked for says little, and the same failure once."""
        from readlist.services.feed_status import describe

        failed = [outcome for outcome in done if outcome.failure]
        before, self._told_failed = self._told_failed, frozenset(outcome.failure for outcome in failed)
        if not asked:
            failed = [outcome for outcome in failed if outcome.failure not in before]
        new = {outcome.feed: outcome.new for outcome in done if outcome.new}
        skipped = sum(len(outcome.skipped) for outcome in done)
        passed = f" {skipped:,} passed over; `readlist fetch` names them." if skipped and (asked or new) else ""
        now = self.now()
        if new:
            number = sum(new.values())
            names = ", ".join(line(name) for name in tuple(new)[:_NAMED])
            more = f" and {len(new) - _NAMED} more feeds" if len(new) > _NAMED else ""
            self.say(f"{number:,} new paper{'' if number == 1 else 's'} from {names}{more}.{passed}")
        elif asked and not any(outcome.failure for outcome in done):
            self.say(f"Nothing new.{passed}")
        if failed and len(failed) == len(self.feeds) and not asked:
            more = self.keys.text("{key:feeds} tells more.")
            self.say(f"Feeds not fetched, this is what is here. {more}\n{line(failed[0].failure)}")
        elif len(failed) >= _NAMED:
            names = ", ".join(line(outcome.feed) for outcome in failed[:_NAMED])
            more = f" and {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
            why = self.keys.text("{key:feeds} tells why.")
            self.say(f"{len(failed)} feeds failed: {names}{more}. {why}", wrong=asked)
        else:
            for outcome in failed:
                self.say(line(f"{outcome.feed}: {describe(outcome, now)}"), wrong=True)

    # Feeds

    def action_feeds(self) -> None:
        """Show the feeds."""
        from readlist.tui.dialogs.feed_list import FeedList

        def chosen(name: str | None) -> None:
            if name is not None:
                self.run_worker(self.show_feed(name), group="feeds", exclusive=True)

        self._feed_list = FeedList(self.keys, self._act_on_feed)
        self.app.push_screen(self._feed_list, chosen)
        self._show_feeds()

    def _show_feeds(self) -> None:
        if self._feed_list is not None and self._feed_list.is_attached:
            self.run_worker(self._hand_over_feeds(), group="feed rows")

    async def _hand_over_feeds(self) -> None:
        from readlist.services.feed_status import feed_statuses

        try:
            stored, fetches = await asyncio.to_thread(lambda: (self.shelf.feeds.all(), self.shelf.feeds.fetches()))
        except EXPECTED as error:
            self.say(str(error), wrong=True)
            return
        if self._feed_list is not None:
            self._feed_list.rows = feed_statuses(self.feeds, stored, fetches, self.now(), self._under_way)

    async def show_feed(self, name: str) -> None:
        """Search for the papers of a feed: the unread ones if there are any."""
        try:
            stored = {feed.name: feed.unread for feed in await asyncio.to_thread(self.shelf.feeds.all)}
        except EXPECTED as error:
            self.say(str(error), wrong=True)
            return
        self.show_view(0 if stored.get(name) else 1)
        await self.action_search()
        # Names of captured feeds may hold quotes, which a search can't.
        part = max(name.split('"'), key=len)
        self.search_bar.field.value = f'feed:"{part}" '
        await self.action_accept_search()

    def _act_on_feed(self, act: str, name: str) -> None:
        """Do what the list of feeds is asked to: add, remove, undo, fetch."""
        if act == "add":
            self._ask_for_feed()
        elif act == "fetch":
            self.fetch([feed for feed in self.feeds if name in ("", feed.name)])
            self._show_feeds()
        else:
            self.run_worker(self._change_feeds(act, name), group="settings")

    def _ask_for_feed(self) -> None:
        from readlist.tui.dialogs.prompt import Prompt

        def answered(text: str | None) -> None:
            if text:
                self.run_worker(self._change_feeds("follow", text), group="settings")

        question = "hf:trending, hf:search:WORDS, arxiv:cs.LG, or the address of a feed:"
        title, does = "Follow a feed", "follows it"
        prompt = Prompt(self.keys, title, question, does, placeholder="arxiv:cs.LG", check=_feed_problem)
        self.app.push_screen(prompt, answered)

    async def follow_listed(self, feeds: Sequence[Feed]) -> None:
        """Follow the feeds that a file lists, and fetch them."""
        if self._settings is None:
            return
        followed, known, wrong = await asyncio.to_thread(self._write_listed, self._settings, feeds)
        self._show_feeds()
        more = f"; {known} followed already" if known else ""
        self.say(f"Followed: {len(followed)} feed{'' if len(followed) == 1 else 's'}{more}.")
        if wrong:
            self.say(line(wrong), wrong=True)
        if followed:
            self.fetch(followed, later=True)

    def _write_listed(self, settings: Path, feeds: Sequence[Feed]) -> tuple[list[Feed], int, str]:
        """Return the feeds followed now, how many were followed already, and what went wrong."""
        from readlist.config import ConfigError, add_feed, load

        followed: list[Feed] = []
        known, wrong = 0, ""
        asked = {(feed.kind, feed.query) for feed in self.feeds}
        for feed in feeds:
            if (feed.kind, feed.query) in asked:
                known += 1
                continue
            try:
                followed.append(add_feed(settings, feed))
            except ConfigError as error:
                wrong = str(error)
                break
        self.feeds = load(settings).feeds if followed else self.feeds
        return followed, known, wrong

    async def _change_feeds(self, act: str, text: str) -> None:
        """Write a change of the feeds into config.toml, in a thread, and say what became of it."""
        from readlist.config import ConfigError
        from readlist.config.feed_parser import FeedError

        if self._settings is None:
            return
        try:
            said, fetched = await asyncio.to_thread(self._write_feeds, self._settings, act, text)
        except (ConfigError, FeedError, *EXPECTED) as error:
            self.say(line(str(error)), wrong=True)
            return
        if self._feed_list is not None and fetched is not None:
            self._feed_list.wanted = fetched.name
        self.undo_here = (lambda: self._change_feeds("undo", "")) if act == "remove" else None
        self._show_feeds()
        self.say(line(said))
        if fetched is not None:
            self.fetch([fetched], later=True)

    def _write_feeds(self, settings: Path, act: str, text: str) -> tuple[str, Feed | None]:
        from readlist.config import add_feed, insert_feed, load, remove_feed
        from readlist.config.feed_parser import feed_of

        fetched = None
        if act == "follow":
            fetched = add_feed(settings, feed_of(text))
            said = f"Followed: {fetched.name}."
        elif act == "remove":
            self._removed.append(remove_feed(settings, text))
            self.feeds = load(settings).feeds
            self.shelf.feeds.forget(self._removed[-1][0].name)
            said = self.keys.text("No longer followed: {feed}. Its papers stay; {key:undo} brings it back.", feed=text)
        elif self._removed:
            feed, place = self._removed.pop()
            insert_feed(settings, feed, place)
            said = f"Followed again: {feed.name}."
        else:
            return "Nothing to undo.", None
        self.feeds = load(settings).feeds
        return said, fetched


def _feed_problem(text: str) -> str:
    """Return why a text means no feed, empty if it does."""
    from readlist.config.feed_parser import FeedError, feed_of

    try:
        feed_of(text)
    except FeedError as error:
        return str(error)
    return ""
