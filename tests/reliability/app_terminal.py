"""The app on a pseudo-terminal, as a process of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import socket
import subprocess
import sys
import termios
import threading
import time
from contextlib import suppress
from pathlib import Path

from tests.support.terminal import Window

_ENVIRONMENT = {**os.environ, "TERM": "xterm-256color"}
_ROOT = Path(__file__).parents[2]


class Forks:
    """A process that has imported everything and becomes the app in no time, as often as any thread asks."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._asking, asked = socket.socketpair()
        with asked:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.app_process", "serve", str(asked.fileno())],
                pass_fds=(asked.fileno(),),
                env=_ENVIRONMENT,
                cwd=_ROOT,
            )

    def start(self, home: Path, terminal: int, out: int) -> int:
        """Start the app on a terminal and have it tell on a pipe; returns its process id."""
        with self._turn:
            socket.send_fds(self._asking, [os.fsencode(home)], [terminal, out])
            return int(self._asking.recv(64))

    def close(self) -> None:
        """End the process."""
        self._asking.close()
        self._process.wait()


class AppTerminal(Window):
    """The app on a pseudo-terminal, with a pipe on which it tells what it has saved.

    Args:
        home: the folder of its shelf.
        forks: what starts the app; without, it is started as any program is.
    """

    def __init__(self, home: Path, forks: Forks | None = None) -> None:
        self.master, self.worker = pty.openpty()
        termios.tcsetwinsize(self.worker, (36, 120))
        self.before = termios.tcgetattr(self.worker)
        self.reported, out = os.pipe()
        self.output = b""
        self._windowed = True
        self._process: subprocess.Popen[bytes] | None = None
        if forks is not None:
            self.pid = forks.start(home, self.worker, out)
        else:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.app_process", str(home), str(out)],
                stdin=self.worker,
                stdout=self.worker,
                stderr=self.worker,
                pass_fds=(out,),
                env=_ENVIRONMENT,
                cwd=_ROOT,
                start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            )
            self.pid = self._process.pid
        os.close(out)

    def has_ended(self) -> bool:
        """Tell whether the app is over."""
        if self._process is not None:
            return self._process.poll() is not None
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def wait_until_reported(self, seconds: float = 60.0) -> None:
        """Wait until the app has reported something saved."""
        end = time.monotonic() + seconds
        while not select.select([self.reported], [], [], 0.01)[0] and time.monotonic() < end:
            self.read(0.01)

    def acknowledged(self) -> set[str]:
        """Return the keys of all papers the app reported as saved."""
        reported = b""
        while part := os.read(self.reported, 65536):
            reported += part
        return {line.decode() for line in reported.split(b"\n")[:-1]}

    def close_window(self) -> None:
        """Take the terminal away, as a window does that is closed."""
        os.close(self.worker)
        os.close(self.master)
        self._windowed = False

    def close(self) -> None:
        """Let go of everything."""
        if self._windowed:
            self.close_window()
        os.close(self.reported)
        if not self.has_ended():
            with suppress(ProcessLookupError):
                os.kill(self.pid, 9)
        if self._process is not None:
            self._process.wait()
