"""What happens to a folder and in what order: the events of a recording."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Made:
    """A new, empty file under a name."""

    name: str
    file: int


@dataclass(frozen=True, slots=True)
class FolderMade:
    """A new folder."""

    name: str


@dataclass(frozen=True, slots=True)
class Linked:
    """One more name for a file."""

    name: str
    file: int


@dataclass(frozen=True, slots=True)
class Renamed:
    """A file got another name; what bore that name has lost it."""

    source: str
    name: str
    file: int


@dataclass(frozen=True, slots=True)
class Removed:
    """A name is gone."""

    name: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """Data was written at a position of a file."""

    file: int
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A file got another size."""

    file: int
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    """What was written to a file is on the medium."""

    file: int


@dataclass(frozen=True, slots=True)
class FolderSynced:
    """The names in a folder are on the medium."""

    name: str


@dataclass(frozen=True, slots=True)
class Harmed:
    """The medium itself has damaged a byte."""

    file: int
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Begun:
    """A step was asked for."""

    step: int


@dataclass(frozen=True, slots=True)
class Done:
    """A step was acknowledged; these were the files then, by name with the checksum of their content."""

    step: int
    files: dict[str, int]


@dataclass(frozen=True, slots=True)
class Missed:
    """Something changed the folder in a way that is not recorded."""

    what: str


NameEvent = Made | FolderMade | Linked | Renamed | Removed
DataEvent = Wrote | Cut
Event = NameEvent | DataEvent | Synced | FolderSynced | Harmed | Begun | Done | Missed
