"""What a machine is called in the marks made on it, and the files that others and earlier days left beside them."""

from __future__ import annotations

import os
import re
from functools import cache
from hashlib import sha256
from pathlib import Path

from readlist.files import is_set_aside
from readlist.marks.disk import Paths

_MACHINE_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_CONFLICT = re.compile(r"(?i)conflict|\(\d+\)\.|(?:\A|json) \d+\.")
# OneDrive puts the computer's name behind a hyphen. A date or such a word there is somebody's own backup.
_BY_COMPUTER = re.compile(
    r"(?i)(?:\.json)?-(?![\d.tz-]+\.)(?![^.]*(?:backup|bak|old|copy|saved?|before|orig|export|test))[\w-]+\.(?:json|journal)"
)


def device_name(state: Path) -> str:
    """Return eight hexadecimal digits that stay the same for one state file on one machine.

    The name doesn't come from the state file, since that may be carried from machine to machine. It tells nothing
    of the machine: it is cut from a hash.
    """
    return sha256(f"readlist {_machine()} {state}".encode(errors="surrogatepass")).hexdigest()[:8]


@cache
def _machine() -> str:
    """Return what tells this machine from others: the system's own id, else its network card's, else its name."""
    for path in _MACHINE_FILES:
        try:
            if found := path.read_text("ascii").strip():
                return f"{found} {host_name()}"
        except (OSError, ValueError):
            continue
    from uuid import getnode

    card = getnode()
    # A number with this bit was made up, and will be another one next time.
    return host_name() if card >> 40 & 1 else f"{card:x}"


def host_name() -> str:
    """Return what people call this machine, empty if that is not known."""
    if hasattr(os, "uname"):
        return os.uname().nodename
    return os.environ.get("COMPUTERNAME", "")


class Neighbours:
    """Finds the files beside a state file; cheap enough for every start.

    Args:
        state: the state file; its folder need not be there.
    """

    def __init__(self, state: Path) -> None:
        self._state = state
        self._listed = 0

    @property
    def copy_name(self) -> str:
        """What the copy of the marks is called in a folder that machines share."""
        host = re.sub(r"[^A-Za-z0-9]+", "-", host_name().partition(".")[0]).strip("-").lower()
        return "-".join(part for part in ("readlist", host, device_name(self._state)) if part) + ".json"

    def conflict_copies(self) -> list[Path]:
        """Return the copies of state and journal that file carriers made when two machines wrote.

        Syncthing calls them `state.sync-conflict-20261120-101112-ABCDEF.json`, Dropbox and Nextcloud
        `state (conflicted copy 2026-11-20).json`, OneDrive `state-DESKTOP-AB12CD.json`, others `state (1).json` or
        `state 2.json`. None if the folder is as when this was last asked.
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
            and name not in {own.name for own in Paths.beside(state)}
            and (_CONFLICT.search(rest) is not None or _BY_COMPUTER.fullmatch(rest) is not None)
            and path.is_file()
        )

    def look_again(self) -> None:
        """Have `conflict_copies` return again what it has returned already."""
        self._listed = 0

    def remains(self) -> list[Path]:
        """Return the files that hold earlier or other marks, backups and what was set aside; raises OSError."""
        own = Paths.beside(self._state)
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
