"""The files beside a state: what file carriers put there, what was kept of earlier days."""

from __future__ import annotations

import re
from pathlib import Path

from readlist.files import is_set_aside
from readlist.marks.disk import Paths

_CONFLICT = re.compile(r"(?i)conflict|\(\d+\)\.|(?:\A|json) \d+\.")
# OneDrive puts the computer's name behind a hyphen. A date or such a word there is somebody's own backup.
_BY_COMPUTER = re.compile(
    r"(?i)(?:\.json)?-(?![\d.tz-]+\.)(?![^.]*(?:backup|bak|old|copy|saved?|before|orig|export|test))[\w-]+\.(?:json|journal)"
)


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
        from readlist.marks.foreign import copy_name

        return copy_name(self._state)

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
