"""Recording every change of a folder, in order, as a file system would see it; runs in a process of its own."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.reliability.event import (
    Begun,
    Cut,
    Done,
    Event,
    FolderMade,
    FolderSynced,
    Harmed,
    Linked,
    Made,
    Missed,
    Removed,
    Renamed,
    Synced,
    Wrote,
)

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGING = {"os.rename", "os.remove", "os.truncate", "os.link", "os.mkdir", "os.rmdir", "os.symlink"}


def checksums(top: Path) -> dict[str, int]:
    """Return every file below a folder with the checksum of its content."""
    return {str(path.relative_to(top)): zlib.crc32(path.read_bytes()) for path in top.rglob("*") if path.is_file()}


class Recorder:
    """Takes the place of the functions in `os` that change files, and lets none below a folder pass unseen.

    Python tells an audit hook of each opening for writing, renaming and so on. Whatever it tells of that did not
    come through here is recorded as missed; what it does not tell of (writing itself) shows in the checksums that
    go with each acknowledgement.
    """

    def __init__(self, top: Path) -> None:
        self.top = top.resolve()
        self.events: list[Event] = []
        self._lock = threading.RLock()
        self._seen = threading.local()
        self._files: dict[str, int] = {}
        self._descriptors: dict[int, int | str] = {}
        self._count = 0
        for path in sorted(self.top.rglob("*")):
            if path.is_file():
                self._files[str(path.relative_to(self.top))] = self._next()

    def start(self) -> None:
        """Begin to record."""
        watched: dict[str, Callable[[Any], Any]] = {
            "open": self._open,
            "close": self._close,
            "write": self._write,
            "fsync": self._fsync,
            "fdatasync": self._fsync,
            "ftruncate": self._ftruncate,
            "link": self._link,
            "mkdir": self._mkdir,
            "rename": self._rename,
            "replace": self._rename,
            "unlink": self._remove,
            "remove": self._remove,
        }
        for name, watch in watched.items():
            setattr(os, name, watch(getattr(os, name)))
        shutil.copyfile = self._copyfile(shutil.copyfile)
        sys.addaudithook(self._hear)

    def begun(self, step: int) -> None:
        """Record that a step was asked for."""
        with self._lock:
            self.events.append(Begun(step))

    def done(self, step: int) -> None:
        """Record that a step was acknowledged."""
        with self._lock:
            self.events.append(Done(step, checksums(self.top)))

    def harm(self, path: Path) -> None:
        """Damage a byte in the middle of a file, as a medium does."""
        with self._recorded():
            content = path.read_bytes()
            at = len(content) // 2
            data = bytes([content[at] ^ 0x15])
            with path.open("r+b") as file:
                file.seek(at)
                file.write(data)
            self.events.append(Harmed(self._files[self._name(path) or ""], at, data))

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _name(self, path: Any) -> str | None:
        """Return the name of a path below the folder, None for any other."""
        if isinstance(path, int):
            return None
        whole = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 (a link's name is meant, not where it leads)
        return os.path.relpath(whole, self.top) if whole.startswith(f"{self.top}{os.sep}") else None

    @contextmanager
    def _recorded(self) -> Iterator[None]:
        with self._lock:
            self._seen.now = True
            try:
                yield
            finally:
                self._seen.now = False

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if getattr(self._seen, "now", False):
            return
        if event == "open":
            changed = [arguments[0]] if arguments[2] & _WRITING else []
        else:
            changed = list(arguments[:2]) if event in _CHANGING else []
        for path in changed:
            if (
                (path in self._descriptors)
                if isinstance(path, int)
                else (path is not None and self._name(path) is not None)
            ):
                self.events.append(Missed(f"{event} {path}"))

    def _open(self, real: Callable[..., int]) -> Callable[..., int]:
        def opened(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
            name = self._name(path)
            if name is None and self._name(Path(os.fsdecode(path)) / "x") is None:
                return real(path, flags, mode, dir_fd=dir_fd)
            with self._recorded():
                known = name is not None and Path(path).exists()
                descriptor = real(path, flags, mode, dir_fd=dir_fd)
                status = os.fstat(descriptor)
                if stat.S_ISDIR(status.st_mode):
                    self._descriptors[descriptor] = name or "."
                    return descriptor
                assert name is not None
                if not known:
                    self._files[name] = self._next()
                    self.events.append(Made(name, self._files[name]))
                elif flags & os.O_TRUNC:
                    self.events.append(Cut(self._files[name], 0))
                self._descriptors[descriptor] = self._files[name]
                return descriptor

        return opened

    def _close(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def close(descriptor: int) -> None:
            with self._lock:
                self._descriptors.pop(descriptor, None)
                real(descriptor)

        return close

    def _write(self, real: Callable[..., int]) -> Callable[..., int]:
        def write(descriptor: int, data: bytes) -> int:
            file = self._descriptors.get(descriptor)
            if not isinstance(file, int):
                return real(descriptor, data)
            with self._recorded():
                # With O_APPEND, too, the position is behind what was written afterwards.
                count = real(descriptor, data)
                at = os.lseek(descriptor, 0, os.SEEK_CUR) - count
                self.events.append(Wrote(file, at, bytes(data[:count])))
                return count

        return write

    def _fsync(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def fsync(descriptor: int) -> None:
            with self._lock:
                real(descriptor)
                file = self._descriptors.get(descriptor)
                if file is not None:
                    self.events.append(FolderSynced(file) if isinstance(file, str) else Synced(file))

        return fsync

    def _ftruncate(self, real: Callable[[int, int], None]) -> Callable[[int, int], None]:
        def ftruncate(descriptor: int, size: int) -> None:
            with self._recorded():
                real(descriptor, size)
                if isinstance(file := self._descriptors.get(descriptor), int):
                    self.events.append(Cut(file, size))

        return ftruncate

    def _link(self, real: Callable[..., None]) -> Callable[..., None]:
        def link(source: Any, target: Any) -> None:
            with self._recorded():
                real(source, target)
                before, name = self._name(source), self._name(target)
                if before is not None and name is not None:
                    self._files[name] = self._files[before]
                    self.events.append(Linked(name, self._files[name]))

        return link

    def _mkdir(self, real: Callable[..., None]) -> Callable[..., None]:
        def mkdir(path: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
            with self._recorded():
                real(path, mode, dir_fd=dir_fd)
                if (name := self._name(path)) is not None:
                    self.events.append(FolderMade(name))

        return mkdir

    def _rename(self, real: Callable[..., None]) -> Callable[..., None]:
        def rename(source: Any, target: Any) -> None:
            with self._recorded():
                real(source, target)
                before, name = self._name(source), self._name(target)
                # Two names of one file both stay.
                if before is not None and name is not None and self._files[before] != self._files.get(name):
                    file = self._files[name] = self._files.pop(before)
                    self.events.append(Renamed(before, name, file))

        return rename

    def _remove(self, real: Callable[..., None]) -> Callable[..., None]:
        def remove(path: Any, *, dir_fd: int | None = None) -> None:
            with self._recorded():
                real(path, dir_fd=dir_fd)
                if (name := self._name(path)) is not None:
                    del self._files[name]
                    self.events.append(Removed(name))

        return remove

    def _copyfile(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def copyfile(source: Any, target: Any) -> Any:
            with self._recorded():
                result = real(source, target)
                if (name := self._name(target)) is not None:
                    file = self._files[name] = self._next()
                    self.events += [Made(name, file), Wrote(file, 0, Path(target).read_bytes())]
                return result

        return copyfile
