"""The reading screen: list and detail, and every command of the table."""

from __future__ import annotations

import asyncio
import contextlib
import threading

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.widget import Widget

from readlist.shelf import EXPECTED, Event, Failed, LibraryBusy, Notice
from readlist.text.clean import drawable
from readlist.tui.commands import BY_NAME, READING, footer
from readlist.tui.screens.exporting import Exporting
from readlist.tui.widgets.link_bar import LinkBar

_FOLLOWED_EVERY = 1.0


class ReadingScreen(Exporting):
    """The screen of readlist.

    Its commands are priority bindings, so that the app carries out each key before it looks at the next: no
    key overtakes another on its way through the panes. `check_action` leaves a text field its own keys.
    """

    AUTO_FOCUS = "#paper-list"
    HORIZONTAL_BREAKPOINTS = [(0, "-stacked"), (90, "-wide")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        """Lay out header, panes and footer; the search bar joins them after the first paint."""
        yield self.view_bar
        with Container(id="panes"):
            yield self.paper_list
            with Container(id="detail-pane"):
                yield self.paper_detail
        yield self.key_bar

    def lay_out_for(self, width: int) -> None:
        """Lay the panes out for a width before the screen is shown; afterwards they follow the terminal's."""
        self.add_class(
            next(name for least, name in reversed(self.HORIZONTAL_BREAKPOINTS) if width >= least), update=False
        )

    def on_mount(self) -> None:
        """Show the inbox, and begin to follow what happens elsewhere."""
        for key, command in self.keys.bound(READING):
            self._bindings.key_to_bindings.setdefault(key, []).append(
                Binding(key, command.name, command.title, show=False, priority=True)
            )
        self.paper_list.today = self.today()
        self.paper_list.fetch = self.shelf.papers.entries
        self.paper_list.last_visit = self.shelf.papers.visits.last()
        self.watch(self.paper_list, "cursor", self._cursor_moved, init=False)
        self.ask()
        self._show_footer()
        app = self.app

        def heard(event: Event) -> None:
            """Pass an event of the mark store on to the screen; called in the store's thread."""
            # The app may have ended meanwhile, and its loop be closed: then nobody wants to know.
            with contextlib.suppress(RuntimeError):
                app.call_later(self._show_event, event)

        self.shelf.marks.listen(heard)
        # What was found out about the files before anybody listened.
        for text in self.shelf.marks.status().notices:
            self._show_event(Notice(text))
        self.set_interval(_FOLLOWED_EVERY, self._follow)
        self.call_after_refresh(self._painted)

    async def _painted(self) -> None:
        """Do what the first paint need not wait for."""
        await self.mount_search_bar()
        # The first paper with LaTeX in its title shall not wait for it.
        threading.Thread(target=_warm_up, daemon=True).start()
        await self._catch_up()

    def on_unmount(self) -> None:
        """Hear no more of the store, and of feeds."""
        self.shelf.marks.listen(None)
        self.stop_fetching()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow a command where it applies."""
        command = BY_NAME.get(action)
        return self.context() in command.contexts if command is not None else True

    def _cursor_moved(self) -> None:
        self.show_entry()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the keys of the pane that has them now."""
        self._show_footer()

    def _show_footer(self) -> None:
        self.key_bar.commands = tuple(footer(self.context()))

    # What happens meanwhile

    async def _catch_up(self) -> None:
        """Bring the mirror up to the marks on disk; what had to be set aside is told by events."""
        try:
            if not await asyncio.to_thread(self.shelf.sync.catch_up):
                pass
            elif self._decided:
                # What was decided meanwhile stays in its row.
                await self.take_in()
            else:
                self.show_afresh()
        except LibraryBusy:
            # What follows others tries again every second.
            self.say("Another readlist is using the library. Marks are kept; views follow when it is free.")
        except EXPECTED as error:
            self.say(str(error), wrong=True)
        self.begin_following()

    def _show_event(self, event: Event) -> None:
        if isinstance(event, Notice):
            self.say(event.text, wrong=True)
            return
        if isinstance(event, Failed):
            self.say(f"Not on disk yet, kept and tried again: {event.reason}", wrong=True)
        self.refetched(event.keys)

    def _follow(self) -> None:
        # A look that takes long must not be cut short by the next: what it found would be lost.
        if all(worker.is_finished for worker in self.workers if worker.group == "follow"):
            self.begin(self._take_over, "follow")

    async def _take_over(self) -> None:
        try:
            followed = await asyncio.to_thread(self.shelf.sync.follow)
        except EXPECTED:
            # It is tried again in a second; whatever concerns the user is told when a mark is made.
            return
        if followed.marks:
            self.refetched(followed.marks)
        if followed.papers:
            self.begin(self.take_in, "papers")
        elif followed.marks:
            self.recount()

    # Moving

    def _scrolled(self) -> Widget | None:
        return self.paper_detail if self.context() == "detail" else None

    def _move(self, rows: int) -> None:
        pane = self._scrolled()
        if pane is not None:
            pane.scroll_relative(y=rows, animate=False)
        else:
            self.paper_list.move(rows)

    def _page(self) -> int:
        return max(1, (self._scrolled() or self.paper_list).size.height - 1)

    def action_down(self) -> None:
        """Go one down."""
        self._move(1)

    def action_up(self) -> None:
        """Go one up."""
        self._move(-1)

    def action_half_page_down(self) -> None:
        """Go half a page down."""
        self._move(max(1, self._page() // 2))

    def action_half_page_up(self) -> None:
        """Go half a page up."""
        self._move(-max(1, self._page() // 2))

    def action_page_down(self) -> None:
        """Go a page down."""
        self._move(self._page())

    def action_page_up(self) -> None:
        """Go a page up."""
        self._move(-self._page())

    def action_top(self) -> None:
        """Go to the top."""
        pane = self._scrolled()
        if pane is not None:
            pane.scroll_home(animate=False)
        else:
            self.paper_list.cursor = 0

    async def action_bottom(self) -> None:
        """Go to the end."""
        pane = self._scrolled()
        if pane is not None:
            pane.scroll_end(animate=False)
        else:
            await self.go_to_end()

    def action_scroll_down(self) -> None:
        """Scroll the detail down."""
        self.paper_detail.scroll_relative(y=3, animate=False)

    def action_scroll_up(self) -> None:
        """Scroll the detail up."""
        self.paper_detail.scroll_relative(y=-3, animate=False)

    def action_detail(self) -> None:
        """Go into the detail."""
        self.set_focus(self.paper_detail)

    def action_detail_back(self) -> None:
        """Go back to the list."""
        self.set_focus(self.paper_list)

    async def action_back(self) -> None:
        """Leave the innermost thing: note, link, detail, selection, search."""
        if self.context() == "note":
            await self.leave_note()
        elif self.query(LinkBar):
            await self.hide_link()
        elif self.context() == "detail":
            self.set_focus(self.paper_list)
        elif self.context() == "search":
            await self.clear_search()
        elif self.selection:
            self.set_selection(frozenset())
        elif self.search or self.context() == "search" or self.search_bar.display:
            await self.clear_search()

    # The program

    def action_help(self) -> None:
        """Show the help."""
        from readlist.tui.dialogs.help import Help

        self.app.push_screen(Help(self.keys, self.signs))

    async def action_palette(self) -> None:
        """Open the command palette."""
        await self.leave_note()
        from readlist.tui.dialogs.palette import Palette

        def taken(offer: str | None) -> None:
            kind, _, name = (offer or "").partition(":")
            if kind == "theme":
                self.app.theme = name
            elif kind == "command":
                self.set_focus(self.paper_list)
                self.run_worker(self.app.run_action(name, self), group="palette")

        self.app.push_screen(Palette(self.keys, sorted(self.app.available_themes)), taken)

    def action_suspend(self) -> None:
        """Go back to the shell until readlist is continued."""
        self.app.action_suspend_process()

    async def action_quit(self) -> None:
        """Leave readlist; asks when marks would be lost by that."""
        status = self.shelf.marks.status()
        if not status.unsaved:
            await self.app.action_quit()
            return
        from readlist.tui.dialogs.question import Question

        def answered(yes: bool | None) -> None:
            if yes:
                self.run_worker(self.app.action_quit(), group="quit")

        number = len(status.unsaved)
        what = "The mark of 1 paper is" if number == 1 else f"The marks of {number:,} papers are"
        question = (
            f"{what} not on disk yet: {drawable(status.reason)}.\nLeave nevertheless, and lose what can't be saved?"
        )
        self.app.push_screen(Question(self.keys, question), answered)


def _warm_up() -> None:
    from readlist.text.latex import warm_up

    warm_up()
