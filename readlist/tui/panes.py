"""The panes of the reading screen: header, list, detail, note, footer. They show the state of the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

from readlist.config import Config
from readlist.shelf import Entry, Shelf
from readlist.text.clean import title_line
from readlist.tui.bar_state import BarState
from readlist.tui.commands import Context
from readlist.tui.keymap import KeyMap
from readlist.tui.render.bar_text import SHORT_BELOW
from readlist.tui.render.first_run import first_run_card
from readlist.tui.render.highlight import WatchedWord
from readlist.tui.render.match_text import Insight
from readlist.tui.render.paper_text import detail
from readlist.tui.render.signs import ASCII_SIGNS, SIGNS
from readlist.tui.state import ListState, has_stars
from readlist.tui.ui import Detail
from readlist.tui.widgets.bars import KeyBar, ViewBar
from readlist.tui.widgets.compositor import paint
from readlist.tui.widgets.message_queue import keys_taken
from readlist.tui.widgets.paper_detail import PaperDetail
from readlist.tui.widgets.paper_list import PaperList
from readlist.tui.widgets.split_view import SplitView

if TYPE_CHECKING:
    from readlist.model.paper import Announcement
    from readlist.model.trend import Series
    from readlist.tui.widgets.note_editor import NoteEditor


class Panes:
    """The widgets that show the state of the list.

    Attributes:
        signs: the signs of a row.
        list: the list pane.
        detail: the detail pane.
        split: lays out list and detail.
        welcomes: whether a card about the sample is in the place of the detail, until the first key.
    """

    def __init__(
        self,
        screen: Screen[None],
        state: ListState,
        shelf: Shelf,
        keys: KeyMap,
        clock: Callable[[], datetime],
        config: Config,
    ) -> None:
        self.signs = ASCII_SIGNS if config.ascii else SIGNS
        self.list = PaperList(state, id="paper-list", signs=self.signs)
        self.detail = PaperDetail(
            id="paper-detail", more=keys.hint("more {down} {key:scroll_down}", down=self.signs.down)
        )
        self.split = SplitView(config, self.list, self.detail, self.signs)
        self._screen = screen
        self._state = state
        self._shelf = shelf
        self._keymap = keys
        self._clock = clock
        self._header = ViewBar(self.signs, clock)
        self._keys = KeyBar(keys, self.signs)
        self._bars = BarState(state, shelf)
        self._context: Context = "list"
        self._entry_shown: Entry | None = None
        self._stars_shown = False
        self.welcomes = False

    def compose(self, status: Widget) -> ComposeResult:
        """Lay out header, panes, status line and footer."""
        yield self._header
        yield self.split
        yield status
        yield self._keys

    def show(self, *, detail: Detail = "changed", in_place: bool = False) -> None:
        """Draw what has changed in the state; see `Ui.show`."""
        state = self._state
        self.list.show_changes(in_place=in_place)
        self.show_bars()
        if detail == "top" and state.search:
            # While the user types, the list is drawn first, and does not wait for the frame after the letter's own.
            self.paint()
            self._screen.call_after_refresh(self._show_detail, "top")
        else:
            self._show_detail(detail)

    def show_bars(self, context: Context | None = None) -> None:
        """Show what header and footer say now.

        Args:
            context: which keys apply from now on, if that has changed.
        """
        self._context = context or self._context
        self._header.show(self._bars.header())
        width = self._screen.app.size.width
        self._keys.show(*self._bars.footer(self._context, short=width < SHORT_BELOW))

    def paint(self) -> None:
        """Paint at once what has changed: all of it together, and without waiting for Textual's next frame."""
        self._header.draw_asked()
        self._keys.draw_asked()
        paint(self._screen, self.list)

    @property
    def title(self) -> str:
        """The title of the terminal's window."""
        return self._bars.title

    def show_tabs(self) -> None:
        """Show all tabs, counted or not."""
        self._bars.waiting = False
        self.show_bars()

    def lay_out(self, room: Size) -> None:
        """Lay list and detail out for a screen of this size."""
        self.split.fit(room)

    def _show_detail(self, how: Detail) -> None:
        """Show the entry under the cursor in the detail."""
        if self.welcomes and (papers := self._state.sample):
            self._entry_shown = None
            self.detail.show(lambda room: first_run_card(papers, self._keymap, self.signs, room.width))
            return
        entry, before = self._state.entry, self._entry_shown
        stars, had_stars = has_stars(self._state), self._stars_shown
        if how == "changed" and entry == before and stars == had_stars:
            return
        self._entry_shown, self._stars_shown = entry, stars
        self.split.border.title = title_line(entry.paper) if entry is not None else ""
        if entry is None:
            self.detail.show(lambda room: ())
            return
        stay = how != "top" and before is not None and before.id == entry.id
        announcements, series = self._announced(entry)
        draft = self._shelf.marks.drafts.text(entry.paper.key)
        if draft == entry.mark.note:
            draft = None
        query = self._shelf.papers.parse(self._state.view, self._state.search)
        words = query.words
        insight = Insight(
            self._state.fits.get(entry.id),
            stars,
            bool(query.like),
            self._state.nearest.get(entry.id, ()),
        )
        if entry.watched:
            words = (*map(WatchedWord, self._state.watch_words), *words)

        self.detail.show(
            lambda room: detail(
                entry,
                announcements,
                self._clock().astimezone().date(),
                series=series,
                words=words,
                draft=draft,
                signs=self.signs,
                room=room,
                keys=self._keymap,
                insight=insight,
            ),
            stay=stay,
        )

    def _announced(self, entry: Entry) -> tuple[Sequence[Announcement], Sequence[Series]]:
        """Return where a paper was announced, and its counts; as known on the day that is shown."""
        if self._state.as_of is not None:
            past = self._shelf.papers.as_of(self._state.as_of)
            return past.announcements(entry.id), past.series(entry.id)
        return self._shelf.feeds.log.announcements(entry.id), self._shelf.papers.series(entry.id)


class NotePane:
    """Implements `NoteField` with an editor that is imported and made for each note."""

    def __init__(self, screen: Screen[None], split: SplitView, detail: PaperDetail) -> None:
        self._screen = screen
        self._split = split
        self._detail = detail
        self._editor: NoteEditor | None = None

    @property
    def text(self) -> str | None:
        """The text so far; None while it is closed."""
        return self._editor.text if self._editor is not None else None

    def holds(self, widget: Widget | None) -> bool:
        """Return whether a widget is the editor."""
        return widget is not None and widget is self._editor

    async def show(self, text: str) -> None:
        """Open and focus it with a text."""
        from readlist.tui.widgets.note_editor import NoteEditor

        self._editor = NoteEditor(text)
        self._detail.writing = True
        await self._screen.query_one("#detail-pane").mount(self._editor)
        self._split.fit()
        self._screen.set_focus(self._editor)

    async def settled(self) -> None:
        """Wait until it has handled every key sent to it."""
        if self._editor is not None:
            await keys_taken(self._editor)

    async def hide(self) -> None:
        """Close it; if it has the focus, the list gets it."""
        editor, self._editor = self._editor, None
        if editor is None:
            return
        if self._screen.focused is editor or self._screen.focused is None:
            self._screen.set_focus(self._screen.query_one(f"#paper-{self._split.home}"))
        await editor.remove()
        self._detail.writing = False
        self._split.fit()
