"""The lock between processes that share one state."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock

_UNSUPPORTED = {
    number
    for name in ("ENOSYS", "ENOLCK", "ENOTSUP", "EOPNOTSUPP")
    if (number := getattr(errno, name, None)) is not None
}
_POLL = 0.005
_NOBODY = b"given up by readlist\n"


class ProcessLock:
    """One holder at a time among all processes; it is free again when its holder dies.

    Where the file system knows no locks, a marker file stands in for them (filelock's SoftFileLock), under another
    name, since the lock file itself stays where it is. It names its holder: process, start of the process, host. That
    of a holder that ended is taken over, also when another process has its number by now, or when it ended before
    it could write its name. Whether a holder on another host still lives can't be known from here: its marker is never
    taken, and who waits is told which file to delete. Locks and markers know nothing of each other, so all that share
    a state must reach it through file systems that either know locks or don't.

    Args:
        path: the lock file; its folder must be there when the lock is taken.
        limit: how long to wait for another holder, in seconds.
    """

    def __init__(self, path: Path, limit: float) -> None:
        self._path, self._limit = path, limit
        self._lock: BaseFileLock | None = None
        self._marker = path.with_name(f"{path.name}.marker")
        self._depth = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; may be nested.

        Raises:
            OSError: another process kept it for too long, or the lock file can't be made.
        """
        if not self._depth:
            self._acquire()
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth and self._lock is not None:
                self._lock.release()

    def _acquire(self) -> None:
        from filelock import FileLock, SoftFileLock, Timeout

        if not self._path.parent.is_dir():
            # It would be made, though it may only be away for a while.
            raise FileNotFoundError(errno.ENOENT, "the folder is not there", str(self._path.parent))
        if self._lock is None:
            self._lock = FileLock(
                self._path, self._limit, 0o600, thread_local=False, poll_interval=_POLL, fallback_to_soft=False
            )
        nameless = self._nameless() if isinstance(self._lock, SoftFileLock) else None
        try:
            try:
                self._lock.acquire()
            except OSError as failure:
                if failure.errno not in _UNSUPPORTED:
                    raise
                self._lock = SoftFileLock(self._marker, self._limit, 0o600, thread_local=False, poll_interval=_POLL)
                nameless = self._nameless()
                self._lock.acquire()
        except Timeout as failure:
            reason = f"another readlist has been holding {self._path.name} for {self._limit:g} s"
            if isinstance(self._lock, SoftFileLock):
                if nameless is not None and nameless == self._nameless():
                    self._give_up_nameless()
                reason += self._holder()
            raise TimeoutError(errno.ETIMEDOUT, reason) from failure

    def _nameless(self) -> tuple[int, int] | None:
        """Return what tells a marker without a name from others, None where there is no such marker."""
        try:
            status = self._marker.stat()
        except OSError:
            return None
        return (status.st_ino, status.st_ctime_ns) if not status.st_size else None

    def _give_up_nameless(self) -> None:
        """Let a marker be taken over whose holder ended, or lost power, between making it and writing its name.

        filelock lets it be for ever, since old versions wrote no names. What names nobody it takes over in a while.
        """
        with suppress(OSError):
            self._marker.write_bytes(_NOBODY)

    def _holder(self) -> str:
        """Return in words who holds the marker and what to do if that is not so."""
        try:
            process, host = self._marker.read_text("utf-8", "replace").splitlines()[:2]
        except (OSError, ValueError):
            return ""
        # What follows the name tells containers apart.
        name = host.partition("?")[0]
        return f": process {process} on {name}. If that one has ended, delete {self._marker}"
