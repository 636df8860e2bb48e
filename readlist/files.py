"""Files written whole or not at all, opened safely, locked between processes; private folders, names of copies."""

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

if TYPE_CHECKING:
    from filelock import BaseFileLock

_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_TEMPORARY = r"\.readlist-[0-9a-f]{16}\.tmp"
_UNDER_WAY = 60.0
"""Seconds for which a temporary file may still be written by another process."""

_UNSUPPORTED = {
    number
    for name in ("ENOSYS", "ENOLCK", "ENOTSUP", "EOPNOTSUPP")
    if (number := getattr(errno, name, None)) is not None
}
_POLL = 0.005
_NOBODY = b"given up by readlist\n"

_DATED = re.compile(r"-\d{8}T\d{6}Z(?:-\d+)?(?:-wal|-journal)?\Z")


class NotAFile(OSError):
    """A pipe, a socket or a device where a file is wanted; `kind` says which, in words."""

    def __init__(self, path: Path, mode: int) -> None:
        self.kind = "a pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"
        super().__init__(errno.EINVAL, "it is a pipe or a device, no file", str(path))


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
    """Write a file whole or not at all: temporary file in its folder, fsync, rename, fsync of the folder.

    Args:
        path: the file; its folder must be there.
        data: what it shall hold, whole or in pieces.
        mode: the permissions of a new file, less the umask.
        keep_mode: whether a file that is there keeps its permissions, and is refused where they forbid writing.
        follow: whether a link is followed and a pipe or device written to directly; else they are replaced.
        sync: what is to be on the medium at the end: the file and its name, the file, or nothing for certain.
        place: gives the temporary file its name; whatever it raises leaves everything as it was.

    Raises:
        OSError: it can't be written; what was there is as it was, unless it was a pipe or device.
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
        # The file is written by now.
        with contextlib.suppress(OSError):
            sync_folder(path.parent)


def _permissions(path: Path) -> int | None:
    """Return the permissions of a file, None where there is none; raises PermissionError if it may not be written."""
    try:
        mode = stat.S_IMODE(path.lstat().st_mode)
    except FileNotFoundError:
        return None
    # Renaming would do it nevertheless.
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "it is write-protected", str(path))
    return mode


def clear_left_over(folder: Path) -> None:
    """Take away what a `write_atomic` that was killed left behind in a folder; that of one under way stays."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if re.fullmatch(_TEMPORARY, path.name) and time.time() - path.lstat().st_mtime > _UNDER_WAY:
                path.unlink(missing_ok=True)


def open_regular(path: Path, *, follow: bool = True) -> FileIO:
    """Open a regular file to read it, unbuffered; a pipe or device in its place doesn't hold up whoever reads.

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
    """Wait until what was written to a file is on the medium."""
    if sys.platform == "darwin":
        import fcntl

        # There fsync leaves the data in the drive's own cache.
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def make_private(folder: Path) -> None:
    """Make a folder and its missing parents, each for the user's eyes only whatever the umask; others stay as they are.

    Raises:
        OSError: it can't be made.
    """
    # `Path.mkdir` gives parents the mode that the umask leaves, not the one it is told.
    for each in (*reversed(folder.parents), folder):
        if not each.is_dir():
            each.mkdir(mode=0o700, exist_ok=True)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the medium, where the system can do that.

    Raises:
        OSError: the folder can't be opened.
    """
    # Windows can't open a folder, and doesn't need to.
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # Some network and user-space file systems know no sync of a folder.
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def reason_of(error: Exception) -> str:
    """Return why something can't be done with a file, in the system's words where it has some."""
    return (error.strerror if isinstance(error, OSError) else "") or str(error)


def dated(path: Path, word: str, now: datetime, exists: Callable[[Path], bool] = Path.exists) -> Path:
    """Return a name beside a file's own that is free, to keep the file under: `NAME.WORD-20261121T101112Z`."""
    date = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    name = f"{path.name}.{word}-{date}" if word else f"{path.name}-{date}"
    target, number = path.with_name(name), 1
    while exists(target):
        number += 1
        target = path.with_name(f"{name}-{number}")
    return target


def is_set_aside(name: str) -> bool:
    """Tell whether a file's name says that it was kept by `dated`, or after it was merged."""
    return name.endswith(".merged") or _DATED.search(name) is not None


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

    @contextlib.contextmanager
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
        with contextlib.suppress(OSError):
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
