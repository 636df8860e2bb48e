"""Where readlist stores its files: Paths(config, data) from platformdirs; creates nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct


class PathsError(Exception):
    """No folder is known; the message says what to set."""


class Paths(Struct, frozen=True):
    """The user's files and folders; none of them needs to exist.

    Attributes:
        config: folder of marks, settings and drafts.
        data: folder of the library, which can be fetched again.
    """

    config: Path
    data: Path

    @classmethod
    def find(cls, environ: Mapping[str, str]) -> Paths:
        """Return the paths of this user.

        `READLIST_HOME` in `environ` puts everything in that one folder (`~` and relative paths are understood).
        Otherwise platformdirs decides from the process's own environment (`XDG_CONFIG_HOME` and `XDG_DATA_HOME`
        on Linux).

        Raises:
            PathsError: no home folder is known.
        """
        try:
            if home := environ.get("READLIST_HOME", "").strip():
                folder = Path(home).expanduser().absolute()
                return cls(folder, folder)

            # Imported here, since `READLIST_HOME` doesn't need it.
            from platformdirs import PlatformDirs

            # Without `appauthor` Windows would nest the folder in one of the same name.
            folders = PlatformDirs("readlist", appauthor=False)
            found = cls(Path(folders.user_config_dir), Path(folders.user_data_dir))
        except (RuntimeError, OSError) as error:
            raise PathsError(f"home folder not found ({error}); set HOME or READLIST_HOME") from error
        # platformdirs before 4.3 answers `~/.config/…` when there is no home: a folder named `~`, here.
        if not (found.config.is_absolute() and found.data.is_absolute()):
            raise PathsError("home folder not found; set HOME or READLIST_HOME")
        return found

    @property
    def state(self) -> Path:
        """Marks and undo history; their journal and backup are beside it."""
        return self.config / "state.json"

    @property
    def settings(self) -> Path:
        """The user's settings."""
        return self.config / "config.toml"

    @property
    def drafts(self) -> Path:
        """Folder of unsaved notes."""
        return self.config / "drafts"

    @property
    def library(self) -> Path:
        """Papers, feeds and announcements."""
        return self.data / "library.db"

    @property
    def mailed(self) -> Path:
        """Which papers were mailed, when and to whom."""
        return self.data / "mailed.jsonl"
