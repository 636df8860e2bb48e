"""Job control: stopping readlist for the shell, as ^Z does, and drawing it whole when it goes on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

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
            before: called before each stop, to save what would be lost if readlist were never continued.
        """
        self._app = app
        self._before = before
        self._stopped = self._lent = False
        # How often readlist was continued: until now, at the last stop asked for, when it last took the terminal.
        self._continued = self._asked = self._answered = 0

    def listen(self) -> None:
        """Handle the stops and continuations that come from outside, where the system has them."""
        with contextlib.suppress(NotImplementedError, AttributeError, RuntimeError, ValueError):
            self._handle()
            asyncio.get_running_loop().add_signal_handler(signal.SIGCONT, self._on_continue)
            signal.signal(signal.SIGCONT, self._count)

    @contextlib.contextmanager
    def lent(self) -> Iterator[None]:
        """Mark that another program has the terminal: whoever stops both finds it in that program's order."""
        self._lent = True
        try:
            yield
        finally:
            self._lent = False

    def suspend(self) -> str:
        """Stop readlist and whatever started it in the same job; returns why that is not possible, or nothing."""
        driver = self._app._driver
        if sys.platform == "win32":
            return "Windows can't suspend a program."
        if driver is None or not driver.can_suspend:
            return "This terminal can't suspend readlist."
        if os.getsid(0) == os.getpgrp():
            return "No shell started readlist here, so there is none to go back to."
        # The whole job: a shell waits for the program that it started, which may be another one than this.
        self._asked = self._continued
        self._stop(0)
        return ""

    def _handle(self) -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTSTP, self._stop, os.getpid())
        # Called at once; the loop calls the other later nevertheless.
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
        """Take the terminal again; in the background, stop again."""
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
        """Put the terminal back in order, and draw nothing until it is taken again."""
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
    """Tell whether the terminal's keys go to this job; not when there is no terminal any more."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
