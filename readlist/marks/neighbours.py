"""The files beside a state: what file carriers put there, what was kept of earlier days."""

from __future__ import annotations

from pathlib import Path


class Neighbours:
    """Finds the files beside a state file.

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
        """Return the copies that file carriers put beside the state; none if the folder is as when last asked."""
        try:
            changed = self._state.parent.stat().st_mtime_ns
            if changed == self._listed:
                return []
            from readlist.marks.foreign import conflict_copies

            found = conflict_copies(self._state)
        except OSError:
            return []
        self._listed = changed
        return found

    def look_again(self) -> None:
        """Have `conflict_copies` return again what it has returned already."""
        self._listed = 0

    def remains(self) -> list[Path]:
        """Return the files beside the state that hold earlier or other marks; raises OSError."""
        from readlist.marks.foreign import remains

        return remains(self._state)
