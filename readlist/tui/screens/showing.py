"""What the reading screen shows: it owns the view, its entries and the entry under the cursor."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, cast

from textual.content import Content
from textual.message_pump import MessagePump
from textual.notifications import Notification
from textual.screen import Screen
from textual.widgets._toast import ToastHolder, ToastRack

from readlist.shelf import EXPECTED, VIEWS, Entry, SearchInterrupted, Shelf, View
from readlist.tui.commands import Context
from readlist.tui.keymap import KeyMap
from readlist.tui.render import ASCII_SIGNS, SIGNS, detail
from readlist.tui.widgets.key_bar import KeyBar
from readlist.tui.widgets.paper_detail import PaperDetail
from readlist.tui.widgets.paper_list import PaperList
from readlist.tui.widgets.search_bar import SearchBar, SearchField
from readlist.tui.widgets.view_bar import ViewBar

if TYPE_CHECKING:
    from readlist.config import Config
    from readlist.shelf import Counts
    from readlist.tui.widgets.note_editor import NoteEditor

_ALARM = 8.0
_MANY = 500
SORT_NAMES = {
    "feed": "feed order", "date": "by date", "added": "last come first", "upvotes": "by upvotes", "stars": "by stars",
    "comments": "by comments", "title": "by title", "relevance": "by relevance",
}  # fmt: skip
"""What each order is called."""


class Showing(Screen[None]):
    """Owns the view, its entries and the entry under the cursor; hands to the panes what they show."""

    def __init__(self, shelf: Shelf, config: Config, keys: KeyMap) -> None:
        super().__init__()
        self.shelf = shelf
        self.config = config
        self.keys = keys
        named = [(view.name, view.query) for view in VIEWS] + [(view.name, view.query) for view in config.views]
        self.views: list[View] = [View(name, query, config.sort) for name, query in named]
        self.place = 0
        self.search = ""
        self.selection: frozenset[int] = frozenset()
        self.signs = ASCII_SIGNS if config.ascii else SIGNS
        self.view_bar = ViewBar(keys, [view.name for view in self.views], id="view-bar")
        self.search_bar = SearchBar(keys, id="search-bar")
        self.paper_list = PaperList(id="paper-list", signs=self.signs)
        self.paper_detail = PaperDetail(id="paper-detail")
        self.key_bar = KeyBar(keys, id="key-bar")
        self.note_editor: NoteEditor | None = None
        self._mounting = asyncio.Lock()
        self._asking: asyncio.Task[None] | None = None
        self._complete = True
        self._counts: dict[str, int] = {}
        self._decided = 0
        self._alarmed = 0.0
        self._last_seen: dict[int, int] = {}
        self.doing: list[str] = []

    @property
    def view(self) -> View:
        """The view that is shown."""
        return self.views[self.place]

    @property
    def entry(self) -> Entry | None:
        """The entry under the cursor."""
        return self.paper_list.current

    def today(self) -> date:
        """The present day here."""
        return datetime.now().astimezone().date()

    def now(self) -> datetime:
        """The present time."""
        return datetime.now(UTC)

    def context(self) -> Context:
        """Where the keys go now."""
        if isinstance(self.focused, SearchField):
            return "search"
        if self.focused is not None and self.focused is self.note_editor:
            return "note"
        return "detail" if self.focused is self.paper_detail else "list"

    def targets(self) -> list[Entry]:
        """Return what a decision applies to: the selected entries in list order, else the one under the cursor."""
        if self.selection:
            return list(
                self.shelf.papers.entries([number for number in self.paper_list.ids if number in self.selection])
            )
        return [self.entry] if self.entry is not None else []

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Show a short word that goes by itself, in place of the last one; never as markup.

        What went wrong stays for its time.
        """
        now = time.monotonic()
        # Said again, it is shown once: failing refreshes would fill the screen with the same words.
        cleared = not wrong and now > self._alarmed
        for gone in [one for one in self.app._notifications if cleared or one.message == text]:
            self._forget(gone)
        if wrong:
            self._alarmed = now + _ALARM
        self.notify(text, severity="error" if wrong else "information", markup=False, timeout=_ALARM if wrong else 4)

    def _forget(self, notification: Notification) -> None:
        """Take a notification away, with the holder of its toast: Textual would leave that on the screen for ever."""
        self.app._unnotify(notification, refresh=False)
        for screen in self.app.screen_stack:
            for holder in screen.query(ToastHolder):
                if holder.id == ToastRack._toast_id(notification):
                    holder.remove()

    async def flushed(self, widget: MessagePump) -> None:
        """Wait until a widget has taken in every key that was sent to it."""
        taken = asyncio.Event()
        widget.call_later(taken.set)
        await taken.wait()

    # Showing

    def show_entry(self, *, stay: bool = False) -> None:
        """Show the entry under the cursor in the detail, and where it stands in the header."""
        self.show_place()
        entry = self.entry
        if entry is None:
            self.paper_detail.show(lambda width: Content(""))
            return
        announcements, sightings = self.shelf.papers.announcements(entry), self.shelf.papers.sightings(entry)
        draft = self.shelf.marks.drafts.text(entry.paper.key)
        if draft == entry.mark.note:
            draft = None
        words = self.shelf.papers.parse(self.view, self.search).words

        def drawn(width: int) -> Content:
            """Draw the detail for the width the pane has."""
            return detail(
                entry,
                announcements,
                self.today(),
                sightings=sightings,
                words=words,
                draft=draft,
                signs=self.signs,
                width=width,
                keys=self.keys,
            )

        self.paper_detail.show(drawn, stay=stay)

    def on_resize(self) -> None:
        """Say as much of the place as there is room for."""
        self.show_place()

    def show_place(self) -> None:
        """Show in the header where the cursor is."""
        total = len(self.paper_list.ids)
        place = self.paper_list.cursor + 1 if total else 0
        more = "" if self._complete else "+"
        selected = f"{len(self.selection)} selected · " if self.selection else ""
        sort = self.shelf.papers.parse(self.view, self.search).sort or self.view.sort
        order = f" · {SORT_NAMES[sort]}" if self.size.width >= 60 else ""
        shown = f"{place:,}".rjust(len(f"{total:,}"))
        self.view_bar.position = f"{selected}{shown} of {total:,}{more}{order} "

    def replaced(self, before: Iterable[Entry], after: Sequence[Entry]) -> None:
        """Show entries whose marks have changed, in their rows, the detail and the counts."""
        self.paper_list.replace(after)
        self._decided += 1
        for old, new in zip(before, after, strict=True):
            for name, was, now in (
                ("Inbox", old.mark.read is None, new.mark.read is None),
                ("Starred", old.mark.starred is not None, new.mark.starred is not None),
                ("Notes", bool(old.mark.note), bool(new.mark.note)),
            ):
                if name in self._counts:
                    self._counts[name] += int(now) - int(was)
        self.show_counts()
        if self.entry is not None and any(entry.id == self.entry.id for entry in after):
            self.show_entry(stay=True)

    def refetched(self, keys: Iterable[str]) -> None:
        """Show afresh the papers with these keys: their marks changed elsewhere, or came to the disk."""
        names = tuple(keys)
        # Of many, which ones are in sight takes longer to find out than to fetch those again.
        ids = set(self.shelf.papers.ids_of(names).values()) if len(names) <= _MANY else set(self.paper_list.ids_fetched)
        if ids:
            self.paper_list.forget(ids)
            if self.entry is not None and self.entry.id in ids:
                self.show_entry(stay=True)

    def recount(self) -> None:
        """Count the views in a thread and show the counts."""
        self.begin(self._count, "count")

    def begin(self, work: Callable[[], Coroutine[Any, Any, None]], group: str) -> None:
        """Do something in place of what of this group is under way; overtaken before its turn, it is never begun."""
        # Textual's own type of what it takes can't be met by a callable.
        self.run_worker(cast(Any, work), exclusive=True, group=group)

    async def _count(self) -> None:
        decided = -1
        while decided != self._decided:
            decided = self._decided
            try:
                counts, saved = await asyncio.to_thread(self._counted, self.views[len(VIEWS) :])
            except SearchInterrupted:
                continue
            except EXPECTED as error:
                self.say(str(error), wrong=True)
                return
        self._counts = {
            "Inbox": counts.unread, "All": counts.papers, "Starred": counts.starred, "Notes": counts.noted, **saved,
        }  # fmt: skip
        self.show_counts()

    def _counted(self, saved: Sequence[View]) -> tuple[Counts, dict[str, int]]:
        """Count the papers, and those of saved views; in a thread."""
        sound = [view for view in saved if self.shelf.papers.problem(view) is None]
        return self.shelf.papers.counts(), {view.name: self.shelf.papers.count(view) for view in sound}

    def show_counts(self) -> None:
        """Show how many papers each view holds."""
        self.view_bar.titles = tuple((view.name, self._counts.get(view.name)) for view in self.views)
