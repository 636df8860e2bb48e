"""Files: atomic write, safe open, lock between processes, private folders, names of copies."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from readlist.pattern import pattern

if TYPE_CHECKING:
    from filelock import BaseFileLock

_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_TEMPORARY = r"\.readlist-[0-9a-f]{16}\.tmp"
_UNDER_WAY = 60.0
"""Seconds for which another process may still be writing a temporary file."""

_UNSUPPORTED = {
    number
    for name in ("ENOSYS", "ENOLCK", "ENOTSUP", "EOPNOTSUPP")
    if (number := getattr(errno, name, None)) is not None
}
_POLL = 0.005
_NO_HOLDER = b"given up by readlist\n"

_DATED = pattern(r"-\d{8}T\d{6}Z(?:-\d+)?(?:-wal|-journal)?\Z")


class NotAFile(OSError):
    """A pipe, a socket or a device instead of a file; `kind` says which."""

    def __init__(self, path: Path, mode: int) -> None:
        self.kind = "a pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"
        super().__init__(errno.EINVAL, f"{self.kind}, not a file", str(path))


def write_atomic(
    path: Path,
    data: bytes | Iterable[bytes],
    *,
    mode: int = 0o666,
    keep_mode: bool = True,
    follow: bool = True,
    sync: Literal["all", "file", "nothing"] = "all",
    place: Callable[[Path, Path], object] = Path.replace,
) -> None:
    """Write a file atomically: temporary file in its folder, fsync, rename, fsync of the folder.

    Args:
        path: the file; its folder must exist.
        data: its new content, whole or in pieces.
        mode: the permissions of a new file, before the umask.
        keep_mode: whether an existing file keeps its permissions; a write-protected one is refused then.
        follow: whether a link is followed and a pipe or device written to directly; else they are replaced.
        sync: what is on disk at the end: the file and its name, the file, or nothing for certain.
        place: renames the temporary file; if it raises, nothing is changed.

    Raises:
        OSError: it can't be written; an existing file is unchanged, but not a pipe or device.
    """
    pieces = (data,) if isinstance(data, bytes) else data
    if follow:
        if path.exists() and not path.is_file():
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, "Is a directory; name a file in it", str(path))
            with path.open("wb") as device:
                device.writelines(pieces)
            return
        path = Path(os.path.realpath(path))
    temporary = path.with_name(f".readlist-{os.urandom(8).hex()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY | _NO_LINK, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            kept = _permissions(path) if keep_mode else None
            file.writelines(pieces)
            file.flush()
            if sync != "nothing":
                sync_file(descriptor)
        if kept is not None:
            temporary.chmod(kept)
        place(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    if sync == "all":
        with contextlib.suppress(OSError):
            sync_folder(path.parent)


def _permissions(path: Path) -> int | None:
    """Return the permissions of a file, None if there is no file; raises PermissionError if it is write-protected."""
    try:
        mode = stat.S_IMODE(path.lstat().st_mode)
    except FileNotFoundError:
        return None
    # Renaming would replace it all the same.
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "write-protected", str(path))
    return mode


def clear_left_over(folder: Path) -> None:
    """Remove temporary files that a killed `write_atomic` left in a folder, but not recent ones."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if re.fullmatch(_TEMPORARY, path.name) and time.time() - path.lstat().st_mtime > _UNDER_WAY:
                path.unlink(missing_ok=True)


def open_regular(path: Path, *, follow: bool = True) -> FileIO:
    """Open a regular file for reading, unbuffered; a pipe or device in its place doesn't block.

    Args:
        path: the file.
        follow: whether it may be a link.

    Raises:
        NotAFile: it is a pipe, a socket or a device.
        OSError: it can't be opened, or is a folder.
    """
    links = 0 if follow else _NO_LINK
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY | links)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return FileIO(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise NotAFile(path, mode)


def sync_file(descriptor: int) -> None:
    """Wait until a file is on disk."""
    if sys.platform == "darwin":
        import fcntl

        # On macOS fsync leaves the data in the drive's cache.
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def make_private(folder: Path) -> None:
    """Create a folder and its missing parents, readable only by the user; existing ones are unchanged.

    Raises:
        OSError: it can't be created.
    """
    # `Path.mkdir` gives parents the default mode.
    for each in (*reversed(folder.parents), folder):
        if not each.is_dir():
            each.mkdir(mode=0o700, exist_ok=True)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on disk, if the system supports that.

    Raises:
        OSError: the folder can't be opened.
    """
    # Windows can't open a folder, and doesn't need to.
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # Some network and user-space file systems can't sync a folder.
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def reason_of(error: Exception) -> str:
    """Return the reason of an error, in the system's words if there are any."""
    return (error.strerror if isinstance(error, OSError) else "") or str(error)


def dated(path: Path, word: str, now: datetime, exists: Callable[[Path], bool] = Path.exists) -> Path:
    """Return a free name for a copy of a file, beside it: `NAME.WORD-20261121T101112Z`."""
    date = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    name = f"{path.name}.{word}-{date}" if word else f"{path.name}-{date}"
    target, number = path.with_name(name), 1
    while exists(target):
        number += 1
        target = path.with_name(f"{name}-{number}")
    return target


def is_set_aside(name: str) -> bool:
    """Tell whether a file is a copy named by `dated`, or was merged."""
    return name.endswith(".merged") or _DATED.search(name) is not None


class ProcessLock:
    """A lock between processes, released when its holder ends.

    If the file system has no locks, a marker file is used instead (filelock's SoftFileLock), under another name, since
    the lock file is never deleted. It names its holder: process, start of the process, host. The marker of a process
    that ended is taken over, even if its number is used again or it ended before writing its name. Whether a holder on
    another host is running can't be known: its marker is never taken over, and the error says which file to delete.
    Locks and markers don't exclude each other, so all processes must reach the file through file systems with locks, or
    all without.

    Args:
        path: the lock file; its folder must exist when the lock is acquired.
        limit: how long to wait for another holder, in seconds.
    """

    def __init__(self, path: Path, limit: float) -> None:
        self._path, self._limit = path, limit
        self._lock: BaseFileLock | None = None
        self._descriptor: int | None = None
        self._marker = path.with_name(f"{path.name}.marker")
        self._depth = 0

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; may be nested.

        Raises:
            OSError: another process held it for too long, or the lock file can't be created.
        """
        if not self._depth:
            self._acquire()
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                self._release()

    def _take(self) -> bool:
        """Take a lock that is free, as filelock does it on POSIX; returns whether that was all to do.

        filelock, which takes as long to load as the rest of a mark, is for what is more: a file to create, another
        holder to wait for, other systems, and file systems without locks.
        """
        try:
            import fcntl
        except ImportError:
            return False
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | _NO_LINK)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A file that was removed meanwhile locks nothing.
            if os.fstat(descriptor).st_nlink:
                self._descriptor, descriptor = descriptor, -1
        except OSError:
            return False
        finally:
            if descriptor >= 0:
                os.close(descriptor)
        return self._descriptor is not None

    def _release(self) -> None:
        if self._descriptor is not None:
            import fcntl

            descriptor, self._descriptor = self._descriptor, None
            # Said in words: a copy of the descriptor, in a process that was forked meanwhile, would keep the lock.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)
        elif self._lock is not None:
            self._lock.release()

    def _acquire(self) -> None:
        if self._lock is None and self._take():
            return
        from filelock import FileLock, SoftFileLock, Timeout

        if not self._path.parent.is_dir():
            # filelock would create it, though it may only be unmounted.
            raise FileNotFoundError(errno.ENOENT, "folder not found", str(self._path.parent))
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
            reason = f"{self._path.name} has been locked by another readlist for {self._limit:g} s"
            if isinstance(self._lock, SoftFileLock):
                if nameless is not None and nameless == self._nameless():
                    self._release_nameless()
                reason += self._holder()
            raise TimeoutError(errno.ETIMEDOUT, reason) from failure

    def _nameless(self) -> tuple[int, int] | None:
        """Return what identifies an empty marker, None if there is none."""
        try:
            status = self._marker.stat()
        except OSError:
            return None
        return (status.st_ino, status.st_ctime_ns) if not status.st_size else None

    def _release_nameless(self) -> None:
        """Let filelock take over a marker whose holder ended before writing its name.

        It never does so for an empty one, since old versions wrote no names, but it does for an invalid name.
        """
        with contextlib.suppress(OSError):
            self._marker.write_bytes(_NO_HOLDER)

    def _holder(self) -> str:
        """Return who holds the marker, and what to do if they don't."""
        try:
            process, host = self._marker.read_text("utf-8", "replace").splitlines()[:2]
        except (OSError, ValueError):
            return ""
        # Containers add to the name.
        name = host.partition("?")[0]
        return f" (process {process} on {name}); if that process has ended, delete {self._marker}"
