"""The lock between processes that share one state."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
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


class ProcessLock:
    """One holder at a time among all processes; it is free again when its holder dies.

    Where the file system knows no locks, a marker file with the holder's process id stands in for them
    (filelock's SoftFileLock), under another name, since the lock file itself stays where it is.

    Args:
        path: the lock file; its folder must be there when the lock is taken.
        limit: how long to wait for another holder, in seconds.
    """

    def __init__(self, path: Path, limit: float) -> None:
        self._path, self._limit = path, limit
        self._lock: BaseFileLock | None = None
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
        try:
            try:
                self._lock.acquire()
            except OSError as failure:
                if failure.errno not in _UNSUPPORTED:
                    raise
                marker = self._path.with_name(f"{self._path.name}.marker")
                self._lock = SoftFileLock(marker, self._limit, 0o600, thread_local=False, poll_interval=_POLL)
                self._lock.acquire()
        except Timeout as failure:
            reason = f"another readlist has been holding {self._path.name} for {self._limit:g} s"
            raise TimeoutError(errno.ETIMEDOUT, reason) from failure
