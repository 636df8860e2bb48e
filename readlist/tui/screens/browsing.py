"""What the reading screen shows: it owns the view, its entries and the entry under the cursor."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, cast

from textual.content import Content
from textual.message_pump import MessagePump
from textual.screen import Screen

from readlist.shelf import EXPECTED, VIEWS, Entry, SearchInterrupted, Shelf, View
from readlist.tui.commands import Context
from readlist.tui.lasting import with_decided, woven
from readlist.tui.render import ASCII_SIGNS, SIGNS, detail, line
from readlist.tui.widgets.key_bar import KeyBar
from readlist.tui.widgets.paper_detail import PaperDetail
from readlist.tui.widgets.paper_list import PaperList
from readlist.tui.widgets.search_bar import SearchBar, SearchField
from readlist.tui.widgets.view_bar import ViewBar

if TYPE_CHECKING:
    from readlist.config import Config
    from readlist.shelf import Counts
    from readlist.tui.widgets.note_editor import NoteEditor

_FIRST = 200
_ALARM = 8.0
_HELD_AT_ONCE = 500
SORT_NAMES = {
    "feed": "feed order", "date": "by date", "added": "last come first", "upvotes": "by upvotes", "stars": "by stars",
    "comments": "by comments", "title": "by title", "relevance": "by relevance",
}  # fmt: skip
"""What each order is called."""


_NOTHING = {
    "Inbox": "Nothing left to decide.\n\nR fetches the feeds, 2 shows all papers.",
    "All": "No papers yet.\n\nR fetches the feeds, F shows which, i imports a saved page.",
    "Starred": "No paper is starred.\n\ns stars the one under the cursor.",
    "Notes": "No paper has a note.\n\ne writes one on the paper under the cursor.",
}


class Browsing(Screen[None]):
    """Asks the shelf for a view and hands its entries to the panes.

    The first papers are asked for at once, the rest in a thread; a later question makes an earlier one void.
    """

    def __init__(self, shelf: Shelf, config: Config, keys: Mapping[str, Sequence[str]]) -> None:
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
        self.view_bar = ViewBar([view.name for view in self.views], id="view-bar")
        self.search_bar = SearchBar(id="search-bar")
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
            return list(self.shelf.entries([number for number in self.paper_list.ids if number in self.selection]))
        return [self.entry] if self.entry is not None else []

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Show a short word that goes by itself, in place of the last one; never as markup.

        What went wrong stays for its time.
        """
        now = time.monotonic()
        if wrong:
            self._alarmed = now + _ALARM
        elif now > self._alarmed:
            self.app.clear_notifications()
        self.notify(text, severity="error" if wrong else "information", markup=False, timeout=_ALARM if wrong else 4)

    async def flushed(self, widget: MessagePump) -> None:
        """Wait until a widget has taken in every key that was sent to it."""
        taken = asyncio.Event()
        widget.call_later(taken.set)
        await taken.wait()

    async def _refreshed(self) -> None:
        """Wait until what is shown is drawn."""
        drawn = asyncio.Event()
        self.call_after_refresh(drawn.set)
        await drawn.wait()

    # Asking the shelf

    def ask(self, *, keep: int | None = None, cursor: int = 0) -> None:
        """Ask for the view; the cursor goes to the paper with the id `keep` if it is there, else to a row."""
        if self._asking is not None and not self._asking.done():
            self._asking.cancel()
            self.shelf.interrupt()
        if self.search:
            self._complete = False
            self._asking = asyncio.create_task(self._ask_all(keep, cursor, begun=False))
            return
        first = self.shelf.first(self.view, limit=max(_FIRST, cursor + 1 if keep is None else _FIRST))
        self._complete = len(first) < _FIRST
        begun = self._complete or keep is None or keep in first
        if begun:
            self._show(first, keep, cursor)
        self._asking = None if self._complete else asyncio.create_task(self._ask_all(keep, cursor, begun=begun))
        self.recount()

    async def _ask_all(self, keep: int | None, cursor: int, *, begun: bool) -> None:
        """Fetch all ids in a thread and show them; of a search the first ones first.

        Args:
            keep: as for `ask`.
            cursor: as for `ask`.
            begun: whether the first papers are shown already.
        """
        view, search = self.view, self.search
        if search:
            first = await self._answered(self.shelf.first, view, search)
            if first is None:
                return
            self._complete = len(first) < _FIRST
            self._show(first, keep, cursor)
            begun = True
            if self._complete:
                return
        shown = self.paper_list.ids
        # What can be seen goes before what can't.
        await self._refreshed()
        ids = await self._answered(self.shelf.browse, view, search)
        if ids is None:
            return
        self._complete = True
        if begun and not search and shown is self.paper_list.ids and shown:
            ids = with_decided(shown, ids)
        moved = begun and shown is self.paper_list.ids and bool(shown)
        if moved and self.entry is not None and (keep is None or keep in shown):
            keep, cursor = self.entry.id, self.paper_list.cursor
        self._show(ids, keep, cursor)

    async def _answered(
        self, question: Callable[[View, str], Sequence[int]], view: View, search: str
    ) -> Sequence[int] | None:
        """Ask the shelf in a thread; returns None when that failed, or when something else is wanted meanwhile."""
        try:
            ids = await asyncio.to_thread(question, view, search)
        except SearchInterrupted:
            return None
        except EXPECTED as error:
            self.say(str(error), wrong=True)
            return None
        return ids if (view, search) == (self.view, self.search) else None

    async def take_in(self) -> None:
        """Show what is new in the view: what is shown stays, decided or not, and the cursor on its paper."""
        await self.settled()
        view, search = self.view, self.search
        shown = self.paper_list.ids
        try:
            ids = await asyncio.to_thread(self._with_shown, shown, view, search)
        except SearchInterrupted:
            return
        except EXPECTED as error:
            self.say(str(error), wrong=True)
            return
        if (view, search) != (self.view, self.search) or shown is not self.paper_list.ids:
            # Another question was asked meanwhile, and what it found is as new.
            return
        entry = self.entry
        above = self.paper_list.cursor - self.paper_list.scroll_offset.y
        # Whoever sees readlist for the first time begins at the top of what comes in.
        first = self.paper_list.last_visit is None and self.paper_list.cursor == 0 and not self._decided
        self._show(ids, entry.id if entry is not None and not first else None, self.paper_list.cursor)
        self.paper_list.keep_in_place(above)
        self.recount()

    def _with_shown(self, shown: Sequence[int], view: View, search: str) -> Sequence[int]:
        """Return the ids of a view together with those shown that left it and are still on the shelf; in a thread."""
        ids = self.shelf.browse(view, search)
        present = set(ids)
        left = [number for number in shown if number not in present]
        if not left:
            return ids
        held: set[int] = set()
        for start in range(0, len(left), _HELD_AT_ONCE):
            held |= {entry.id for entry in self.shelf.entries(left[start : start + _HELD_AT_ONCE])}
        return woven(shown, ids, held)

    def go_to(self, number: int | None) -> None:
        """Put the cursor on the paper with this id, if it is in the list."""
        if number is not None and number in self.paper_list.ids:
            self.paper_list.cursor = self.paper_list.ids.index(number)

    async def settled(self) -> None:
        """Wait until the question that is under way is answered."""
        while self._asking is not None and not self._asking.done():
            await asyncio.wait({self._asking})

    def _show(self, ids: Sequence[int], keep: int | None, cursor: int) -> None:
        if keep is not None:
            try:
                cursor = ids.index(keep)
            except ValueError:
                cursor = min(cursor, len(ids) - 1)
        self.paper_list.empty = _NOTHING.get(self.view.name, "Nothing here.")
        if self.search:
            elsewhere = "" if self.view.name == "All" else "\n\n2 searches all papers."
            self.paper_list.empty = f"Nothing found in {self.view.name}.{elsewhere}"
        self.paper_list.empty = self.broken() or self.paper_list.empty
        self.paper_list.show(ids, cursor, by_date=self.view.sort == "date")
        if self.selection and self._complete:
            self.selection &= frozenset(ids)
            self.paper_list.select(self.selection)
        if self.search:
            # While one types, the list is what is looked at.
            self.show_place()
            self.call_after_refresh(self.show_entry)
        else:
            self.show_entry()

    def broken(self) -> str:
        """Return what is wrong with the view's own query, empty for nothing: such a view shows no papers."""
        problem = self.shelf.problem(self.view)
        if problem is None:
            return ""
        hint = f"; did you mean {problem.suggestion}?" if problem.suggestion else ""
        lines = (f"The query of {self.view.name} is wrong, so it shows nothing:", f"{problem.message}{hint}")
        return "\n\n".join(map(line, (*lines, "Mend it in config.toml; V there deletes it.")))

    def show_view(self, place: int) -> None:
        """Show another view, with the cursor where it was there."""
        if self.entry is not None and not self.search:
            self._last_seen[self.place] = self.entry.id
        self.place = place
        self.view_bar.shown = place
        self.ask(keep=self._last_seen.get(place))

    def forget_places(self) -> None:
        """Forget where the cursor was in the views: they are others now."""
        self._last_seen.clear()

    async def go_to_end(self) -> None:
        """Put the cursor on the last paper, once it is there."""
        await self.settled()
        self.paper_list.cursor = len(self.paper_list.ids) - 1

    # Showing

    def show_entry(self, *, stay: bool = False) -> None:
        """Show the entry under the cursor in the detail, and where it stands in the header."""
        self.show_place()
        entry = self.entry
        if entry is None:
            self.paper_detail.show(lambda width: Content(""))
            return
        announcements, sightings = self.shelf.announcements(entry), self.shelf.sightings(entry)
        draft = self.shelf.draft(entry)
        if draft == entry.mark.note:
            draft = None
        words = self.shelf.parse(self.view, self.search).words

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
        sort = self.shelf.parse(self.view, self.search).sort or self.view.sort
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
        ids = set(self.shelf.ids_of(keys).values())
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
        sound = [view for view in saved if self.shelf.problem(view) is None]
        return self.shelf.counts(), {view.name: self.shelf.count(view) for view in sound}

    def show_counts(self) -> None:
        """Show how many papers each view holds."""
        self.view_bar.titles = tuple((view.name, self._counts.get(view.name)) for view in self.views)
