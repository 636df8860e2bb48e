"""Feeds: the list of them, and which are followed. They are kept in config.toml."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from readlist.shelf import EXPECTED
from readlist.text.clean import counted
from readlist.tui.render import line
from readlist.tui.ui import ANSWER, when_answered

if TYPE_CHECKING:
    from readlist.config import Followed
    from readlist.model.feed import Feed
    from readlist.shelf import Shelf
    from readlist.tui.controllers.search import Search
    from readlist.tui.dialogs.feed_list import FeedList
    from readlist.tui.fetcher import Fetcher
    from readlist.tui.loader import Loader
    from readlist.tui.state import ListState
    from readlist.tui.ui import Ui


class Feeds:
    """The commands that deal with feeds."""

    def __init__(
        self,
        state: ListState,
        shelf: Shelf,
        ui: Ui,
        loader: Loader,
        search: Search,
        fetcher: Fetcher,
        settings: Path | None,
    ) -> None:
        self._state = state
        self._shelf = shelf
        self._ui = ui
        self._loader = loader
        self._search = search
        self._fetcher = fetcher
        self._settings = settings
        self._list: FeedList | None = None
        self._removed: list[tuple[Feed, int]] = []
        fetcher.changed = self._show_feeds

    def refresh(self) -> None:
        """Ask for the view again, and fetch all feeds."""
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
        from readlist.services.feed_status import feed_statuses

        try:
            log = self._shelf.feeds.log
            stored, fetches = await asyncio.to_thread(lambda: (log.all(), log.fetches()))
        except EXPECTED as error:
            self._ui.say(str(error), wrong=True)
            return
        if self._list is not None:
            self._list.rows = feed_statuses(
                self._fetcher.followed, stored, fetches, self._ui.now(), self._fetcher.under_way
            )

    async def _show_feed(self, name: str) -> None:
        """Search for the papers of a feed: the unread ones if there are any."""
        try:
            stored = {feed.name: feed.unread for feed in await asyncio.to_thread(self._shelf.feeds.log.all)}
        except EXPECTED as error:
            self._ui.say(str(error), wrong=True)
            return
        self._loader.show_view(0 if stored.get(name) else 1)
        # Names of captured feeds may hold quotes, which a search can't.
        part = max(name.split('"'), key=len)
        await self._search.find(f'feed:"{part}" ')

    # Following

    def _act(self, act: str, name: str) -> None:
        """Do what the list of feeds is asked to: add, remove, undo, fetch."""
        if act == "add":
            self._ask_for_feed()
        elif act == "fetch":
            self._fetcher.fetch([feed for feed in self._fetcher.followed if name in ("", feed.name)])
            self._show_feeds()
        else:
            self._begin_change(act, name)

    def _ask_for_feed(self) -> None:
        question = "hf:trending, hf:search:WORDS, arxiv:cs.LG, or the address of a feed:"
        answer = self._ui.prompt("Follow a feed", question, "follows it", placeholder="arxiv:cs.LG", check=_problem)
        when_answered(self._ui, answer, lambda text: self._begin_change("follow", text))

    def _begin_change(self, act: str, text: str) -> None:
        self._ui.run(functools.partial(self._change, act, text), "settings")

    async def follow_listed(self, feeds: Sequence[Feed]) -> None:
        """Follow the feeds that a file lists, and fetch them."""
        if self._settings is None:
            return
        followed = await asyncio.to_thread(self._write_listed, self._settings, feeds)
        self._show_feeds()
        more = f"; {len(followed.known)} followed already" if followed.known else ""
        self._ui.say(f"Followed: {counted(len(followed.feeds), 'feed')}{more}.")
        if followed.failures:
            self._ui.say(line(followed.failures[0]), wrong=True)
        if followed.feeds:
            self._fetcher.fetch(followed.feeds, later=True)

    def _write_listed(self, settings: Path, feeds: Sequence[Feed]) -> Followed:
        from readlist.config import add_feeds, load

        followed = add_feeds(settings, feeds)
        if followed.feeds:
            self._fetcher.followed = load(settings).feeds
        return followed

    async def _change(self, act: str, text: str) -> None:
        """Write a change of the feeds into config.toml, in a thread, and say what became of it."""
        from readlist.config import ConfigError
        from readlist.config.feed_parser import FeedError

        if self._settings is None:
            return
        try:
            done, fetched = await asyncio.to_thread(self._write, self._settings, act, text)
        except (ConfigError, FeedError, *EXPECTED) as error:
            self._ui.say(line(str(error)), wrong=True)
            return
        if self._list is not None and fetched is not None:
            self._list.wanted = fetched.name
        self._state.undo_here = (lambda: self._change("undo", "")) if act == "remove" else None
        self._show_feeds()
        self._ui.say(line(done))
        if fetched is not None:
            self._fetcher.fetch([fetched], later=True)

    def _write(self, settings: Path, act: str, text: str) -> tuple[str, Feed | None]:
        """Return what was done, and the feed to fetch for the first time."""
        from readlist.config import add_feed, insert_feed, load, remove_feed
        from readlist.config.feed_parser import feed_of

        fetched = None
        if act == "follow":
            fetched = add_feed(settings, feed_of(text))
            done = f"Followed: {fetched.name}."
        elif act == "remove":
            self._removed.append(remove_feed(settings, text))
            self._fetcher.followed = load(settings).feeds
            self._shelf.feeds.log.forget_fetch(self._removed[-1][0].name)
            message = "No longer followed: {feed}. Its papers stay; {key:undo} brings it back."
            done = self._ui.keys.text(message, feed=text)
        elif self._removed:
            feed, place = self._removed.pop()
            insert_feed(settings, feed, place)
            done = f"Followed again: {feed.name}."
        else:
            return "Nothing to undo.", None
        self._fetcher.followed = load(settings).feeds
        return done, fetched


def _problem(text: str) -> str:
    """Return why a text means no feed, empty if it does."""
    from readlist.config.feed_parser import FeedError, feed_of

    try:
        feed_of(text)
    except FeedError as error:
        return str(error)
    return ""
