"""What the store tells of while it works."""

from __future__ import annotations

from msgspec import Struct


class Saved(Struct, frozen=True):
    """Changes of these keys are on disk."""

    keys: tuple[str, ...]


class Delayed(Struct, frozen=True):
    """Changes of these keys have been waiting for the disk long enough to show it."""

    keys: tuple[str, ...]


class Failed(Struct, frozen=True):
    """Changes of these keys could not be written; they are kept and tried again."""

    keys: tuple[str, ...]
    reason: str


class Notice(Struct, frozen=True):
    """Something the user must know: what was found damaged, and what was kept where."""

    text: str


Event = Saved | Delayed | Failed | Notice
