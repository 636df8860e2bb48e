"""config.toml as a file: its text, its plain values, and the place of each key in it."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from readlist.files import NotAFile, open_regular

_LARGEST = 1_000_000


class ConfigError(Exception):
    """Settings that can't be used or changed: one line with the file, the place, and what is right."""


class FollowedError(ConfigError):
    """A feed that is to be followed is followed already.

    Attributes:
        name: what it is called.
    """

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self.name = name


class Source(Struct, frozen=True):
    """A file and its text, to tell the place of a key in it."""

    path: Path
    text: str

    def place(self, key: tuple[str | int, ...]) -> str:
        """Return the file and, if the key is found, its line; a number stands for the table of that place in a list."""
        line = _line(self.text, key)
        return plain(str(self.path)) + (f", line {line}" if line else "")

    def error(self, key: tuple[str | int, ...], problem: str) -> ConfigError:
        """Return the error that a key is wrong."""
        return ConfigError(f"{self.place(key)}: {problem}")


def read(path: Path) -> str | None:
    """Return a file's text, None if there is no such file.

    Raises:
        ConfigError: it can't be read, or isn't UTF-8.
    """
    shown = plain(str(path))
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > _LARGEST:
                raise ConfigError(f"{shown}: is too large for settings ({size // 1_000_000} MB)")
            raw = file.read()
    except IsADirectoryError as error:
        raise ConfigError(f"{shown}: is a folder, not a file") from error
    except NotAFile as error:
        raise ConfigError(f"{shown}: is not a regular file") from error
    except FileNotFoundError as error:
        if path.is_symlink():
            raise ConfigError(f"{shown}: is a link to a file that doesn't exist") from error
        return None
    except OSError as error:
        raise ConfigError(f"{shown}: can't be read: {error.strerror or error}") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        wrong = f"0x{raw[error.start]:02x}"
        raise ConfigError(f"{shown}, line {line}: is not UTF-8 (byte {wrong}); save it as UTF-8") from error


def parsed(path: Path, text: str) -> dict[str, Any]:
    """Return a TOML text as plain values.

    Raises:
        ConfigError: it is no TOML; with line and column.
    """
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ConfigError(f"{plain(str(path))}: is nested too deeply") from error
    except ValueError as error:
        said = plain(str(error))
        # Python 3.11 tells the place nowhere but in the message.
        found = re.search(r" \(at (?:(line \d+, column \d+)|end of document)\)$", said)
        where = (found[1] or f"line {len(text.rstrip().splitlines()) or 1}") if found else ""
        said = said[: found.start()] if found else said
        at = f", {where}" if where else ""
        raise ConfigError(f"{plain(str(path))}{at}: is not TOML: {said[:1].lower()}{said[1:]}") from error


def near(word: str, known: Iterable[str]) -> str:
    """Return the known word most like a mistyped one, or empty."""
    # Only mistakes shall pay for it.
    import difflib

    return next(iter(difflib.get_close_matches(word[:100].lower().replace("-", "_"), known, 1)), "")


def plain(text: str) -> str:
    """Return the text with whatever can't be printed escaped, for messages."""
    return text if text.isprintable() else repr(text)[1:-1]


def instead(word: str, known: Collection[str]) -> str:
    """Return what to write instead of a wrong word, to be put behind a message."""
    if nearest := near(word, known):
        return f"; did you mean `{nearest}`?"
    return f"; there are {', '.join(known)}" if len(known) <= 10 else ""


def shown(value: object) -> str:
    """Return a value as the user wrote it, about, in one short line."""
    said = repr(value) if isinstance(value, str | list | dict) else str(value)
    said = said.lower() if isinstance(value, bool) else said
    return said if len(said) <= 60 else said[:59] + "…"


_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_HEADER = re.compile(rf"\s*\[\[?\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]")
_ASSIGNED = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")


def _line(text: str, key: tuple[str | int, ...]) -> int | None:
    """Return the line, from 1, on which a key stands or else the inline table that holds it; None if not found."""
    here: tuple[str | int, ...]
    table: tuple[str | int, ...] = ()
    listed: dict[tuple[str, ...], int] = {}
    nearest = None
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            name = _dotted(header[1])
            here = table = (*name,)
            if line.lstrip().startswith("[["):
                listed[name] = listed.get(name, -1) + 1
                here = table = (*name, listed[name])
        elif assigned := _ASSIGNED.match(line):
            here = table + _dotted(assigned[1])
        else:
            continue
        if here == key:
            return number
        if here == key[: len(here)]:
            nearest = number
    return nearest


def _dotted(written: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, written))
