"""The terminal: job control, what writes to it, and the parser of what it sends."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
import re
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual import constants, events
from textual._time import get_time
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.drivers._writer_thread import WriterThread
from textual.keys import Keys
from textual.message import Message

if TYPE_CHECKING:
    from textual.app import App
    from textual.driver import Driver


class JobControl:
    """Stops and continues an app on a terminal.

    Textual's own handlers run between any two instructions, where its output queue may be locked; after SIGCONT they
    leave the screen blank, and after a SIGSTOP they start a second thread that reads keys. These run in the loop.
    """

    def __init__(self, app: App[None], before: Callable[[], object] = lambda: None) -> None:
        """Make the job control of an app.

        Args:
            app: what is stopped and continued.
            before: called before each stop, to save what would be lost without a continue.
        """
        self._app = app
        self._before = before
        self._stopped = self._lent = False
        # How often readlist was continued: until now, at the last stop asked for, when it last took the terminal.
        self._continued = self._asked = self._answered = 0

    def listen(self) -> None:
        """Handle stops and continues from outside, where the system has them."""
        with contextlib.suppress(NotImplementedError, AttributeError, RuntimeError, ValueError):
            self._handle()
            asyncio.get_running_loop().add_signal_handler(signal.SIGCONT, self._on_continue)
            signal.signal(signal.SIGCONT, self._count)

    @contextlib.contextmanager
    def lent(self) -> Iterator[None]:
        """Record that another program has the terminal, which then is in that program's modes."""
        self._lent = True
        try:
            yield
        finally:
            self._lent = False

    def suspend(self) -> str:
        """Stop readlist and the rest of its job; returns why that is not possible, or nothing."""
        driver = self._app._driver
        if sys.platform == "win32":
            return "Can't suspend on Windows."
        if driver is None or not driver.can_suspend:
            return "This terminal can't suspend readlist."
        if os.getsid(0) == os.getpgrp():
            return "Can't suspend: readlist was not started from a shell."
        # The whole job: a shell waits for the program that it started, which may be another one than this.
        self._asked = self._continued
        self._stop(0)
        return ""

    def _handle(self) -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTSTP, self._stop, os.getpid())
        # Called at once; the loop still calls the other later.
        signal.signal(signal.SIGTSTP, self._ask)

    def _ask(self, *_: object) -> None:
        self._asked = self._continued

    def _count(self, *_: object) -> None:
        self._continued += 1

    def _stop(self, who: int) -> None:
        """Hand the terminal back and stop; returns when readlist is continued.

        Args:
            who: the process that is stopped, 0 for the whole process group.
        """
        driver = self._app._driver
        if driver is not None and not self._lent and not self._stopped:
            self._before()
            self._app._suspend_signal()
            self._hand_back(driver)
        # When the rest of the job was stopped before this, the shell may have continued all of it by now.
        if self._asked == self._continued:
            # The default action, unlike SIGSTOP, spares a group that no shell could ever continue.
            asyncio.get_running_loop().remove_signal_handler(signal.SIGTSTP)
            os.kill(who, signal.SIGTSTP)
            self._handle()
        if _in_foreground():
            self._resume()

    def _on_continue(self) -> None:
        """Take the terminal back; in the background, stop again."""
        if self._lent or (not self._stopped and self._answered == self._continued):
            return
        if not _in_foreground():
            self._asked = self._continued
            self._stop(os.getpid())
            return
        driver = self._app._driver
        if driver is not None and driver.can_suspend and not self._stopped:
            # A SIGSTOP gave no time to hand the terminal back, and the shell has changed its modes since.
            self._hand_back(driver)
        self._resume()

    def _hand_back(self, driver: Driver) -> None:
        """Reset the terminal, and draw nothing until it is taken back."""
        self._app._begin_batch()
        self._stopped = True
        # When the whole job was stopped from outside, the shell may have gone on first, and has set modes of its own.
        before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        if not _in_foreground():
            driver.attrs_before = None  # type: ignore[attr-defined]
        driver.suspend_application_mode()
        signal.signal(signal.SIGTTOU, before)

    def _resume(self) -> None:
        driver, self._answered = self._app._driver, self._continued
        if not self._stopped or driver is None:
            return
        self._stopped = False
        driver.resume_application_mode()
        self._app._end_batch()
        self._app.app_resume_signal.publish(self._app)
        self._app.refresh(layout=True)


def _in_foreground() -> bool:
    """Return whether the terminal's keys go to this job; not without a terminal."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


class TerminalWriter(WriterThread):
    """Textual's thread that writes to the terminal; once the terminal is gone, what comes is dropped.

    Textual's ends then, its queue is soon full, and the app, which is about to save and end, waits for ever.
    """

    def run(self) -> None:
        """Write what is queued until the end of it."""
        write, flush, queue = self._file.write, self._file.flush, self._queue
        gone = False
        while (text := queue.get()) is not None:
            if gone:
                continue
            try:
                write(text)
                if not queue.qsize():
                    flush()
            except OSError:
                gone = True
        with contextlib.suppress(OSError):
            flush()


_SURROGATE = re.compile("[\ud800-\udfff]")


def forgiving_decoder(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    """Return a factory of decoders that replace invalid bytes; Textual's would end the app."""
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")


class PasteParser(XTermParser):
    """Textual's parser, without bracketed pastes, which it would search for keys.

    A paste ends at the last end mark that arrived with it, since terminals pass on end marks inside it.
    """

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasted: list[str] | None = None
        self._held, self._held_until = "", 0.0

    def feed(self, data: str) -> Iterable[Message]:
        """Parse what the terminal sent."""
        if not data:
            yield from super().feed(data)
            return
        data, self._held = self._held + data, ""
        while data:
            if self._pasted is not None:
                data = yield from self._paste(data)
                continue
            before, start, data = data.partition(BRACKETED_PASTE_START)
            if start:
                self._pasted = []
            elif held := _beginning_of(BRACKETED_PASTE_START, before):
                before = before[: -len(held)]
                self._held, self._held_until = held, get_time() + constants.ESCAPE_DELAY
            if before:
                yield from super().feed(before)

    def tick(self) -> Iterable[Message]:
        """Parse what was held back as keys when nothing follows it."""
        if self._held and self._pasted is None and get_time() >= self._held_until:
            held, self._held = self._held, ""
            yield from super().feed(held)
            if self._timeout_time is not None:
                # Already waited for the rest.
                self._timeout_time = 0.0
        yield from super().tick()

    def _parse_extended_key(self, sequence: str) -> list[events.Key] | None:  # type: ignore[override]
        """Parse a key sent by its number; an invalid one becomes a key that does nothing."""
        try:
            keys = super()._parse_extended_key(sequence)
        except (ValueError, OverflowError):
            return [events.Key(Keys.Ignore, None)]
        if keys and any(_SURROGATE.search(key.character or "") for key in keys):
            return [events.Key(Keys.Ignore, None)]
        return keys

    def _paste(self, data: str) -> Generator[Message, None, str]:
        """Collect a piece of a paste; returns what follows the paste."""
        assert self._pasted is not None
        end = data.find(BRACKETED_PASTE_END)
        if end < 0:
            self._held = _beginning_of(BRACKETED_PASTE_END, data)
            self._pasted.append(data[: len(data) - len(self._held)])
            return ""
        while (later := data.find(BRACKETED_PASTE_END, end + 1)) > 0 and BRACKETED_PASTE_START not in data[end:later]:
            end = later
        whole, self._pasted = "".join([*self._pasted, data[:end]]), None
        yield events.Paste(whole.replace("\x00", ""))
        return data[end + len(BRACKETED_PASTE_END) :]


def _beginning_of(mark: str, text: str) -> str:
    """Return the end of a text that may begin a mark; empty for none."""
    return next((text[-size:] for size in range(len(mark) - 1, 0, -1) if text.endswith(mark[:size])), "")
