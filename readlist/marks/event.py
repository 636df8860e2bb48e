"""What the store tells of while it works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Saved:
    """Changes of these keys are on disk."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delayed:
    """Changes of these keys have been waiting for the disk long enough to show it."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """Changes of these keys could not be written; they are kept and tried again."""

    keys: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user must know: what was found damaged, and what was kept where."""

    text: str


Event = Saved | Delayed | Failed | Notice
