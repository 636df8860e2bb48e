"""The reading screen: lays out the panes, routes each command to its controller, shows the state."""

from __future__ import annotations

import asyncio
import inspect
import operator
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import events
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding
from textual.geometry import Offset, Size
from textual.screen import Screen
from textual.widget import Widget

from readlist.model.time import utc_now
from readlist.model.view import INBOX, NOTES, STARRED, VIEWS, View, is_by_match
from readlist.query.rules import Rules
from readlist.tui.commands import READING, TO_THE_END, Context
from readlist.tui.controllers.program import Controllers
from readlist.tui.follower import Follower
from readlist.tui.keymap import KeyMap
from readlist.tui.loader import Loader
from readlist.tui.panes import NotePane, Panes
from readlist.tui.screen_ui import ScreenUi
from readlist.tui.state import ListState
from readlist.tui.widgets.bars import SearchBar
from readlist.tui.widgets.compositor import CellCompositor, lay_out, needs_layout
from readlist.tui.widgets.message_queue import keys_taken
from readlist.tui.widgets.paper_list import PaperList
from readlist.tui.widgets.split_view import PaneBorder

if TYPE_CHECKING:
    from textual.widgets import Input, TextArea

    from readlist.config import Config
    from readlist.services.refresh import Refresh
    from readlist.shelf import Entry, Shelf
    from readlist.tui.ui import Terminal

_COUNTED_WITHIN = 0.5
"""Seconds that the tabs wait for their counts, so that they need not move then."""

_LAYOUTS, _RESIZED_WITHIN = 3, 0.1
"""Layouts for one command at most, and seconds that the panes have to take in their sizes."""

_LEARNED_AFTER = 1.0
"""Seconds after the first paint until it is learned what fits the user."""

_ANSWERS = ("copy_arrived", "copy_lost")
_KEEP_LINK = ("back", *_ANSWERS)
"""The commands that see to the bar of a link themselves."""

_DIGITS = frozenset("0123456789")


class ReadingScreen(Screen[None]):
    """The screen of readlist.

    Its commands are priority bindings, so that the app handles one key after the other: no key overtakes another on
    its way through the panes. `check_action` leaves a text field its own keys.

    Attributes:
        state: what is shown.
        loader: loads the state from the shelf.
        ui: what the screen does for its controllers.
        controllers: run the commands.
        follower: follows what changes outside the screen.
        search_bar: where a search is typed.
        note_pane: where a note is written.
    """

    AUTO_FOCUS = "#paper-list"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (16, "-tall")]  # noqa: RUF012

    def __init__(
        self,
        terminal: Terminal,
        shelf: Shelf,
        config: Config,
        keys: KeyMap,
        make_refresh: Callable[[], Refresh] | None = None,
        settings: Path | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Make the screen of an app; the arguments are the app's. `screen_class` binds its keys."""
        super().__init__()
        self._compositor = CellCompositor()
        # Until `_draw_first`.
        self._laying_out = True
        views = [*VIEWS, *(View(view.name, view.query, watch=view.watch) for view in config.views)]
        sorted_views = [replace(view, sort=config.sort) for view in views]
        self.state = ListState(sorted_views, self._fetch)
        self.state.mute = config.mute
        shelf.watch.rules = lambda: Rules(tuple(view.query for view in self.state.views if view.watch), self.state.mute)
        self._shelf = shelf
        self._clock = clock
        self._panes = Panes(self, self.state, shelf, keys, clock, config)
        self.AUTO_FOCUS = f"#paper-{self._panes.split.home}"  # type: ignore[misc]
        self.search_bar = SearchBar(self, keys)
        self.note_pane = NotePane(self, self._panes.split, self._panes.detail)
        self.ui = ScreenUi(self, self.state, self._panes, keys, self.note_pane, clock)
        self.loader = Loader(self.state, shelf, self.ui)
        self.follower = Follower(self.loader)
        self.controllers = self.ui.controllers = Controllers(
            self.loader,
            search_line=self.search_bar,
            note_field=self.note_pane,
            panes=self._panes.split,
            terminal=terminal,
            config=config,
            settings=settings,
            make_refresh=make_refresh,
        )

    def _fetch(self, ids: Sequence[int]) -> list[Entry]:
        """Return the entries of the list, with what is watched and muted."""
        in_inbox = self.state.view.name == INBOX.name
        if is_by_match(self.state.order):
            self.state.matches.add(self._shelf.match.kept(ids))
        if (gains := self.state.gains) is not None:
            gains.add(self._shelf.papers.count_log.gains(ids, gains.kind, gains.first))
        return self._shelf.watch.signed(self.loader.shown.entries(ids), muted=not in_inbox)

    # Laying out

    def compose(self) -> ComposeResult:
        """Lay out header, panes and footer; the search bar is mounted after the first paint."""
        yield from self._panes.compose(self.ui.board.line)

    def lay_out_for(self, room: Size) -> None:
        """Lay the panes out for a size before the screen is shown; later they follow the terminal."""
        name = next(name for least, name in reversed(self.VERTICAL_BREAKPOINTS) if room.height >= least)
        self.add_class(name, update=False)
        self._panes.split.fit(room)

    def on_mount(self) -> None:
        """Show the inbox, and start to follow what changes outside."""
        self._panes.list.today = self._clock().astimezone().date()
        self.state.last_visit = self._shelf.papers.visits.last()
        self.state.sample = self._shelf.feeds.log.builtin_alone()
        self._panes.welcomes = self.state.first_run = bool(self.state.sample)
        papers = self._shelf.papers
        # Its room is kept from the first paint on.
        self.state.had_stars = bool(papers.first(STARRED, limit=1) or papers.first(NOTES, limit=1))
        self.loader.ask()
        self._panes.show_bars(self.ui.context)
        self.set_timer(_COUNTED_WITHIN, self._panes.show_tabs)
        self.follower.start(self.app.call_later)
        # When Textual has laid the screen out.
        self.call_later(self._draw_first)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Come back from a dialog, or begin: then each widget was given its styles when it was mounted."""
        if not self._compositor.size:
            event.refresh_styles = False

    async def _draw_first(self) -> None:
        """Draw for the first time once the panes know their sizes, so that nothing is drawn twice."""
        await self._take_sizes()
        await self._lay_out()
        # All of it is drawn now.
        self._repaint_required = False
        self._compositor_refresh()
        self.call_after_refresh(self._painted)

    async def _painted(self) -> None:
        """Do what can wait for the first paint."""
        await self.search_bar.join()
        # The first paper with LaTeX in its title shall not wait for the imports.
        threading.Thread(target=_warm_up, daemon=True).start()
        self.loader.say_unwatched()
        await self.follower.catch_up()
        self.controllers.tally_board.begin()
        self.controllers.fetcher.begin()
        self.loader.asked = self.controllers.rank
        if self.loader.by_match:
            self.controllers.rank(True)
        self.set_timer(_LEARNED_AFTER, self.learn)

    def learn(self) -> None:
        """Learn what fits the user, and say in the detail why papers do."""
        self.controllers.ranker.begin()
        self.controllers.reasons.begin()

    def on_unmount(self) -> None:
        """Stop listening to the store, and fetching feeds."""
        self.follower.stop()
        self.controllers.fetcher.stop()
        if self.controllers.is_made("ranker"):
            self.controllers.ranker.stop()
        if self.controllers.is_made("reasons"):
            self.controllers.reasons.stop()

    def on_resize(self, event: events.Resize) -> None:
        """Lay the panes out for the new size, before Textual does."""
        self._panes.lay_out(event.size)
        self._panes.show_bars()

    def _screen_resized(self, size: Size) -> None:
        """Lay out for another size; at the start Textual says the same one three times."""
        if size != self._compositor.size:
            super()._screen_resized(size)

    async def _lay_out(self) -> None:
        """Lay out at once what needs a new layout, and let the panes take in their sizes, so that it is drawn once."""
        self._laying_out = True
        try:
            # What a pane makes of its size may need another layout.
            for _ in range(_LAYOUTS):
                if not self.is_current or not needs_layout(self):
                    return
                lay_out(self)
                await self._take_sizes()
        finally:
            self._laying_out = False

    async def _take_sizes(self) -> None:
        """Let the panes take in the sizes that they were given."""
        panes = (self._panes.split, self._panes.list, self._panes.detail)
        await asyncio.wait([asyncio.ensure_future(keys_taken(pane)) for pane in panes], timeout=_RESIZED_WITHIN)

    def _compositor_refresh(self) -> None:
        """Draw; behind a dialog what changed is drawn with it, once: Textual would then draw all of it every second."""
        if self._laying_out:
            return
        super()._compositor_refresh()
        if self.app.screen is not self:
            self._repaint_required = False

    # Commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow a command where it applies."""
        if action != "command":
            return True
        name = str(parameters[0])
        key = str(parameters[1]) if len(parameters) > 1 else ""
        if self.state.number is not None and key in _DIGITS:
            # It belongs to the number: see `on_key`.
            return False
        contexts: tuple[Context, ...] = (self.ui.context,)
        if self.ui.asks and contexts[0] in ("list", "detail"):
            # A key that answers does nothing else.
            answers = any(key in self.ui.keys[answer] for answer in _ANSWERS)
            contexts = ("sent",) if answers else ("sent", *contexts)
        return self.ui.keys.applies(self.ui.keys.command(name), contexts, key)

    async def action_command(self, name: str, key: str = "") -> None:
        """Have a command's controller run it; what was shown to be copied goes with it."""
        if self.app._exit:
            # Typed behind the key that quits: what it would act on is being taken apart.
            return
        if not self.is_mounted:
            # Typed before there was a list.
            self.call_later(self.action_command, name, key)
            return
        self._end_welcome()
        if name not in _KEEP_LINK:
            await self.ui.hide_link()
        command = self.ui.keys.command(name)
        number, self.state.number = self.state.number, None
        if number is not None and name == "back":
            return
        if not self.state.ids and self.state.complete and command.needs_paper:
            self.ui.say(self.loader.no_paper(), tone="note")
            return
        done = operator.attrgetter(command.run)(self.controllers)(*command.counted_args(number or 0))
        if inspect.isawaitable(done):
            await done
        # When keys come faster than they can be drawn, those that wait come first.
        if self.app._message_queue.empty():
            await self._lay_out()
            self._panes.paint()

    def action_copy_text(self) -> None:
        """Copy the text that was marked with the mouse."""
        if not self.controllers.copy.copy_marked():
            raise SkipAction

    def _end_welcome(self) -> None:
        if self._panes.welcomes:
            self._panes.welcomes = False
            self.ui.show(detail="top")

    async def action_view(self, place: int) -> None:
        """Show the view whose name was clicked."""
        self._end_welcome()
        await self.controllers.views.show_place(place)

    async def action_go_to_similar(self, number: int) -> None:
        """Go to a similar paper that was clicked."""
        await self.controllers.neighbours.go_to(number)

    def action_open_link(self, url: str) -> None:
        """Open a link that was clicked."""
        self.controllers.open.link(url)

    async def on_key(self, event: events.Key) -> None:
        """Add a digit to a number; hide what was shown to be copied with a key that does nothing else."""
        if self.state.number is not None and event.key in _DIGITS:
            self.state.number = min(TO_THE_END, 10 * self.state.number + int(event.key))
        await self.ui.hide_link()

    # Text marked with the mouse

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """Return where text is marked: in the detail only, which keeps the mouse while it is moved."""
        detail = self._panes.detail
        if self._selecting:
            x, y = detail.nearest(x, y)
        widget, offset = super().get_widget_and_offset_at(x, y)
        return (widget, offset) if widget is detail else (None, None)

    def _select_all_in_widget(self, widget: Widget) -> None:
        """Mark nothing where other panes are clicked twice; the detail marks a word itself."""

    # Messages of the panes

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the focused pane and its keys."""
        context = self.ui.context
        self._panes.split.reveal("detail" if context in ("detail", "note") else "list")
        self._panes.show_bars(context)

    async def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Save the note when its editor loses the focus, but not when the terminal does."""
        if self.note_pane.holds(event.widget) and self.app.app_focus and self.is_current:
            await self.ui.leave_note()

    def on_paper_list_row_pressed(self, message: PaperList.RowPressed) -> None:
        """Move the cursor to the row that was pressed."""
        self._end_welcome()
        self.state.cursor = message.row
        self.ui.show()

    def on_paper_list_star_clicked(self, message: PaperList.StarClicked) -> None:
        """Star the paper whose star was clicked."""
        self.controllers.marks.star_papers([message.entry])

    def on_pane_border_dragged(self, message: PaneBorder.Dragged) -> None:
        """Move the border with the mouse, and keep it where it is dropped."""
        self._panes.split.drag_border(message.to)
        if message.dropped:
            self.controllers.layouts.keep()

    def on_input_changed(self, message: Input.Changed) -> None:
        """Search for what is typed."""
        message.stop()
        self.controllers.search.typed(message.value)

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        """Keep a draft of the note that is being written."""
        message.stop()
        self.controllers.notes.changed()


def screen_class(keys: KeyMap) -> type[ReadingScreen]:
    """Return the screen's class with these keys: Textual reads bindings when a class is made."""
    bindings = [
        Binding(key, f"command({command.name!r}, {key!r})", command.title, show=False, priority=True)
        for key, command in keys.bound(READING)
    ]
    return type(ReadingScreen.__name__, (ReadingScreen,), {"BINDINGS": bindings})


def _warm_up() -> None:
    from readlist.text.latex import warm_up

    warm_up()
