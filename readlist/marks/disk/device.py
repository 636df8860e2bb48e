"""This device: its file operations, its name in the marks, and what other devices left beside the state."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import astuple

from readlist.files import is_set_aside, open_regular, sync_file, sync_folder
from readlist.pattern import pattern

_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)

_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700

Signature = tuple[int, int]
"""Modified (ns) and size (bytes): distinguishes contents of a file without reading it."""


class StatePaths(Struct, frozen=True):
    """The files of one state, side by side."""

    state: Path
    journal: Path
    backup: Path
    old_journal: Path
    lock: Path

    @classmethod
    def beside(cls, state: Path) -> StatePaths:
        """Return the files that belong to a state file."""
        name = state.name
        return cls(
            state,
            state.with_name(f"{name}.journal"),
            state.with_name(f"{name}.bak"),
            state.with_name(f"{name}.journal.bak"),
            state.with_name(f"{name}.lock"),
        )


class Uncertain(OSError):
    """A write failed and could not be undone: it may or may not be in the file."""


class Disk:
    """Reads and writes files so that what was written survives a power cut.

    Every method raises OSError on failure; a missing file is FileNotFoundError where it is read, and None where only
    its attributes are. Tests of failures override `put`, `sync`, `cut` and `replace`: every change of a file goes
    through these four and `remove`.
    """

    def put(self, descriptor: int, data: bytes) -> None:
        """Write all of the data; a short write is continued until it fails for good."""
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]

    def sync(self, descriptor: int) -> None:
        """Wait until what was written is on the medium."""
        sync_file(descriptor)

    def cut(self, descriptor: int, size: int) -> None:
        """Shorten a file to a size in bytes."""
        os.ftruncate(descriptor, size)

    def replace(self, source: Path, target: Path) -> None:
        """Rename over the target, in one step."""
        source.replace(target)

    def remove(self, path: Path) -> None:
        """Delete a file, if there is one."""
        path.unlink(missing_ok=True)

    def read(self, path: Path, start: int = 0) -> bytes:
        """Return the bytes of a file from a position on."""
        with open_regular(path) as file:
            file.seek(start)
            return file.read()

    def head(self, path: Path, length: int) -> tuple[bytes, int] | None:
        """Return the first bytes of a file and its size, both of the same moment; None if there is no file."""
        try:
            with open_regular(path) as file:
                return file.read(length), os.fstat(file.fileno()).st_size
        except FileNotFoundError:
            return None

    def signature(self, path: Path) -> Signature | None:
        """Return modification time and size of a file; None if there is no file."""
        try:
            status = path.stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_size

    def volume(self, folder: Path) -> int | None:
        """Return the file system of a folder; None if there is no such folder."""
        try:
            return folder.stat().st_dev
        except FileNotFoundError:
            return None

    def make_folder(self, folder: Path) -> None:
        """Make a folder and its parents, readable only by the user, durably."""
        if folder.is_dir():
            return
        self.make_folder(folder.parent)
        folder.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
        self.sync_folder(folder.parent)

    def write(self, path: Path, blocks: Iterable[bytes]) -> None:
        """Write a new file, durably except for its name in the folder."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, _PRIVATE_FILE)
        try:
            if hasattr(os, "fchmod"):
                # A left-over file has the mode it was made with.
                os.fchmod(descriptor, _PRIVATE_FILE)
            for block in blocks:
                self.put(descriptor, block)
            self.sync(descriptor)
        finally:
            os.close(descriptor)

    def append(self, path: Path, data: bytes, position: int) -> None:
        """Append to a file that is known up to a position; what follows that is cut off.

        Raises:
            Uncertain: the data could neither be written durably nor cut off again.
            OSError: the data could not be written; the file ends at the position as before.
        """
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | _BINARY)
        try:
            if os.fstat(descriptor).st_size != position:
                self.cut(descriptor, position)
            try:
                self.put(descriptor, data)
                self.sync(descriptor)
            except OSError as failure:
                try:
                    self.cut(descriptor, position)
                except OSError:
                    raise Uncertain(failure.errno, failure.strerror, str(path)) from failure
                raise
        finally:
            os.close(descriptor)

    def duplicate(self, source: Path, target: Path) -> None:
        """Make a hard link to a file, or a copy where the file system has no hard links."""
        temporary = target.with_name(target.name + ".tmp")
        self.remove(temporary)
        try:
            os.link(source, temporary)
        except OSError:
            import shutil

            shutil.copyfile(source, temporary)
            temporary.chmod(_PRIVATE_FILE)
            descriptor = os.open(temporary, os.O_RDWR | _BINARY)
            try:
                self.sync(descriptor)
            finally:
                os.close(descriptor)
        self.replace(temporary, target)
        # Renaming one name of a file over another of its names leaves both.
        self.remove(temporary)

    def sync_folder(self, folder: Path) -> None:
        """Wait until the names in a folder are on the medium, where the system can do that."""
        sync_folder(folder)


_MACHINE_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))

_CONFLICT = pattern(r"(?i)conflict|\(\d+\)\.|(?:\A|json) \d+\.")
# OneDrive adds a hyphen and the computer's name. A date or such a word there is the user's own backup.
_BY_COMPUTER = pattern(
    r"(?i)(?:\.json)?-(?![\d.tz-]+\.)(?![^.]*(?:backup|bak|old|copy|saved?|before|orig|export|test))[\w-]+\.(?:json|journal)"
)


def device_name(state: Path) -> str:
    """Return eight hexadecimal digits that stay the same for one state file on one machine.

    It is not kept in the state file, since that may be carried from machine to machine. As part of a hash, it reveals
    nothing of the machine.
    """
    try:
        # As in Python's own `random`: hashlib loads all of OpenSSL.
        from _sha256 import sha256  # type: ignore[import-not-found]
    except ImportError:
        from hashlib import sha256

    name: str = sha256(f"readlist {_machine()} {state}".encode(errors="surrogatepass")).hexdigest()
    return name[:8]


@cache
def _machine() -> str:
    """Return a unique name of this machine: the system's own id, else its network card's, else the host name."""
    for path in _MACHINE_FILES:
        try:
            if found := path.read_text("ascii").strip():
                return f"{found} {host_name()}"
        except (OSError, ValueError):
            continue
    from uuid import getnode

    card = getnode()
    # A number with this bit is random, and will be another one next time.
    return host_name() if card >> 40 & 1 else f"{card:x}"


def host_name() -> str:
    """Return this machine's host name, empty if that is not known."""
    if hasattr(os, "uname"):
        return os.uname().nodename
    return os.environ.get("COMPUTERNAME", "")


class OtherDevices:
    """Finds what other devices, or earlier days, left beside a state file; cheap enough for every start.

    Args:
        state: the state file; its folder need not exist.
    """

    def __init__(self, state: Path) -> None:
        self._state = state
        self._listed = 0

    @property
    def copy_name(self) -> str:
        """The file name of this machine's marks in a folder that machines share."""
        host = re.sub(r"[^A-Za-z0-9]+", "-", host_name().partition(".")[0]).strip("-").lower()
        return "-".join(part for part in ("readlist", host, device_name(self._state)) if part) + ".json"

    def conflict_copies(self) -> list[Path]:
        """Return the copies of state and journal that file carriers made when two machines wrote.

        Syncthing calls them `state.sync-conflict-20261120-101112-ABCDEF.json`, Dropbox and Nextcloud
        `state (conflicted copy 2026-11-20).json`, OneDrive `state-DESKTOP-AB12CD.json`, others `state (1).json` or
        `state 2.json`. Empty if the folder has not changed since the last call.
        """
        state = self._state
        try:
            changed = state.parent.stat().st_mtime_ns
            if changed == self._listed:
                return []
            found = sorted(path for path in state.parent.iterdir() if self._is_conflict(path))
        except OSError:
            return []
        self._listed = changed
        return found

    def _is_conflict(self, path: Path) -> bool:
        state, name = self._state, path.name
        rest = name.removeprefix(state.stem)
        return (
            name.startswith(state.stem)
            and path.suffix in (state.suffix, ".journal")
            and name not in {own.name for own in astuple(StatePaths.beside(state))}
            and (_CONFLICT.search(rest) is not None or _BY_COMPUTER.fullmatch(rest) is not None)
            and path.is_file()
        )

    def list_again(self) -> None:
        """Make the next `conflict_copies` return what it has returned already."""
        self._listed = 0

    def backups(self) -> list[Path]:
        """Return the backups of the state and the files set aside; raises OSError."""
        own = StatePaths.beside(self._state)
        kept = [path for path in (own.backup, own.old_journal) if path.is_file()]
        every = sorted(self._state.parent.iterdir())
        aside = [path for path in every if path.name.startswith(self._state.stem) and is_set_aside(path.name)]
        return kept + [path for path in aside if path.is_file()]


def shared_states(folder: Path) -> list[Path]:
    """Return the state files in a folder that machines share: all `*.json` but backups.

    Raises:
        OSError: the folder can't be read.
    """
    return [path for path in sorted(folder.iterdir()) if path.suffix == ".json" and path.is_file()]
