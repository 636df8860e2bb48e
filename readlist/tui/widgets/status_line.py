"""The status line: one row for the last message, work under way and the tally of the day."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from readlist.tui.keymap import KeyMap
from readlist.tui.message_log import MessageLog, Status, Tone
from readlist.tui.render.looks import named_style
from readlist.tui.render.pieces import Piece, cells_of
from readlist.tui.render.signs import Signs
from readlist.tui.render.status_text import status_pieces

if TYPE_CHECKING:
    from readlist.services import Progress

_SHOWN_AFTER = 1.0
"""Seconds after which work is shown."""

_FADES, _FADES_SHORT = 30.0, 6.0
"""Seconds until a message fades; on a short screen it lies in the place of the keys."""


class StatusLine(Widget):
    """Draws a status; only the cells that changed are sent to the terminal."""

    def __init__(self, keys: KeyMap, signs: Signs, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._keys, self._signs = keys, signs
        self._status = Status()

    def show(self, status: Status) -> None:
        """Show another status."""
        width = self.size.width
        before, now = self._pieces(), status_pieces(status, width, self._signs, self._keys)
        self._status = status
        if not width:
            return
        for place, (old, new) in enumerate(zip(before, now, strict=True)):
            if old != new:
                cells = max(map(cells_of, (old, new)))
                self.refresh(Region(width - cells if place else 0, 0, cells, 1))

    def _pieces(self) -> tuple[list[Piece], list[Piece]]:
        return status_pieces(self._status, self.size.width, self._signs, self._keys)

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width, style = self.size.width, self.visual_style.rich_style
        if y:
            return Strip.blank(width, style)
        left, right = ([Segment(text, self._look(name)) for text, name in pieces] for pieces in self._pieces())
        gap = width - sum(cell_len(segment.text) for segment in (*left, *right))
        return Strip([*left, Segment(" " * max(0, gap), style), *right]).adjust_cell_length(width, style)

    def _look(self, name: str) -> Style:
        return named_style(self, f"status-line--{name}").rich_style

    async def on_click(self, event: events.Click) -> None:
        """Open the list of messages."""
        if not self.has_class("-over"):
            await self.run_action("screen.command('messages')")


class _Ongoing(Struct, eq=False):
    """Work under way: since when, how far it is, and whether it can be cancelled, and was."""

    doing: str
    since: float
    name: str = ""
    share: float = 0.0
    cancellable: bool = False
    cancelled: bool = False


class StatusBoard:
    """What the status lines of the reading screen and of the dialog over it show.

    Attributes:
        log: the messages of this session.
        line: the status line of the reading screen.
    """

    def __init__(self, screen: Screen[None], keys: KeyMap, signs: Signs, clock: Callable[[], datetime]) -> None:
        self.log = MessageLog(self.draw)
        self.line = StatusLine(keys, signs, id="status-line")
        self._screen, self._keys, self._signs, self._clock = screen, keys, signs, clock
        self._works: list[_Ongoing] = []
        self._tally: tuple[str, ...] = ()
        self._fading: Timer | None = None
        self._appearing: Timer | None = None

    @property
    def doing(self) -> list[str]:
        """The work under way, in words."""
        return [work.doing for work in self._works]

    def say(self, text: str, tone: Tone = "done", details: Sequence[str] = (), short: str = "") -> None:
        """Show a message until the next one; it fades after a while unless something is wrong."""
        self.log.say(text, self._clock(), tone, details, short)
        # The app may be ending.
        if not self._screen.is_attached:
            return
        if self._fading is not None:
            self._fading.stop()
        low = self._screen.has_class("-short")
        if low or tone not in ("wrong", "warning"):
            seconds = _FADES if not low or tone == "wrong" else _FADES_SHORT
            self._fading = self._screen.set_timer(seconds, self._fade)
        top = self._screen.app.screen
        if top is not self._screen and not top.query(StatusLine):
            top.mount(StatusLine(self._keys, self._signs, classes="-over -last" if short else "-over"))
        self.draw()

    def _fade(self) -> None:
        self.log.shown = None
        self.draw()

    def tally(self, forms: tuple[str, ...]) -> None:
        """Show what was decided today; the longest form first."""
        if forms != self._tally:
            self._tally = forms
            self.draw()

    def begin(self, doing: str, *, cancellable: bool = False) -> _Ongoing:
        """Show work if it takes over a second."""
        work = _Ongoing(doing, time.monotonic(), cancellable=cancellable)
        self._works.append(work)
        if self._appearing is None:
            self._appearing = self._screen.set_timer(_SHOWN_AFTER, self._appear)
        return work

    def _appear(self) -> None:
        """Show the work that takes long; the rest has its turn later."""
        self._appearing = None
        if any(not self._is_long(work) for work in self._works):
            self._appearing = self._screen.set_timer(_SHOWN_AFTER, self._appear)
        self.draw()

    def _is_long(self, work: _Ongoing) -> bool:
        return time.monotonic() - work.since >= _SHOWN_AFTER * 0.99

    def report(self, work: _Ongoing, progress: Progress) -> None:
        """Show how far work is."""
        counts = progress.unit == "papers" and progress.total and not progress.name
        work.name = f"{progress.done:,} of {progress.total:,} papers" if counts else progress.name
        work.share = progress.share if progress.total else 0.0
        if work.share >= 1.0:
            # What is left is to save it.
            work.cancellable = False
        if work in self._works and self._is_long(work):
            self.draw()

    def cancel(self) -> bool:
        """Cancel the work whose key is shown; returns whether there was any. Fulfils `Works`."""
        work = next((work for work in reversed(self._works) if self._can_cancel(work)), None)
        if work is not None:
            work.cancelled = True
            self.draw()
        return work is not None

    def _can_cancel(self, work: _Ongoing) -> bool:
        return work.cancellable and not work.cancelled and self._is_long(work)

    def end(self, work: _Ongoing) -> None:
        """Show work no longer."""
        self._works.remove(work)
        self.draw()

    def draw(self) -> None:
        """Draw what has changed."""
        if not self._screen.is_attached:
            return
        status = self._status()
        # On a short screen the line takes the place of the keys. Elsewhere a class would draw everything again.
        said = bool(status.message or status.work) and self._screen.has_class("-short")
        self._screen.set_class(said, "-said")
        self.line.show(status)
        top = self._screen.app.screen
        if top is not self._screen:
            for line in top.query(StatusLine):
                line.show(status)

    def _status(self) -> Status:
        long = [work for work in self._works if self._is_long(work)]
        words = [work.doing for work in long]
        return Status(
            message=self.log.shown,
            unseen=self.log.unseen,
            # Several fold into one.
            work=", ".join([*words[:1], *(word.lower() for word in words[1:])]),
            work_name=long[0].name if len(long) == 1 else "",
            share=sum(work.share for work in long) / len(long) if long else 0.0,
            cancellable=any(map(self._can_cancel, long)),
            tally=self._tally,
        )
