"""config.toml as a file: its text, its plain values, the line of each key, and words for its errors."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from readlist.files import NotAFile, open_regular
from readlist.pattern import pattern

_SIZE_LIMIT = 1_000_000


class ConfigError(Exception):
    """Settings that can't be used or changed: one line with the file, the place, and what to write."""


class AlreadyFollowedError(ConfigError):
    """The feed to follow is followed already."""


class TomlFile(Struct, frozen=True):
    """A file and its text."""

    path: Path
    text: str

    def place(self, key: tuple[str | int, ...]) -> str:
        """Return the file and, if the key is found, its line; a number in a key counts the tables of a list from 0."""
        line = _line(self.text, key)
        return escape(str(self.path)) + (f", line {line}" if line else "")

    def error(self, key: tuple[str | int, ...], problem: str) -> ConfigError:
        """Return the error that a key is wrong."""
        return ConfigError(f"{self.place(key)}: {problem}")

    def check_keys(self, table: Iterable[str], known: Collection[str], at: tuple[str | int, ...], where: str) -> None:
        """Raise ConfigError if a table, such as ` in a feed`, has an unknown key."""
        for name in table:
            if name not in known:
                raise self.error((*at, name), f"unknown key `{escape(name)}`{where}{suggest(name, known)}")

    def check_list(self, value: object, key: str) -> list[object]:
        """Return a value that must be a list of tables; raises ConfigError."""
        if not isinstance(value, list):
            hint = f"write each as a table [[{key}]]" if isinstance(value, dict) else f"not {show(value)}"
            raise self.error((key,), f"`{key}` must be a list of {key}; {hint}")
        return value


def read(path: Path) -> str | None:
    """Return a file's text, None if there is no such file.

    Raises:
        ConfigError: it can't be read, or isn't UTF-8.
    """
    name = escape(str(path))
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > _SIZE_LIMIT:
                raise ConfigError(f"{name}: too large for a settings file ({size // 1_000_000} MB)")
            raw = file.read()
    except IsADirectoryError as error:
        raise ConfigError(f"{name}: is a folder, not a file") from error
    except NotAFile as error:
        raise ConfigError(f"{name}: is not a regular file") from error
    except FileNotFoundError as error:
        if path.is_symlink():
            raise ConfigError(f"{name}: is a link to a file that doesn't exist") from error
        return None
    except OSError as error:
        raise ConfigError(f"{name}: can't be read: {error.strerror or error}") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        byte = f"0x{raw[error.start]:02x}"
        raise ConfigError(f"{name}, line {line}: not valid UTF-8 (byte {byte}); save it as UTF-8") from error


_DEEPEST = 100
_DEEP_KEY = pattern(rf"""(?<![\w"'-])(?:[\w"'-]+[ \t]*\.[ \t]*){{{_DEEPEST}}}""")


def parse_toml(path: Path, text: str) -> dict[str, Any]:
    """Return a TOML text as plain values.

    Raises:
        ConfigError: it is not TOML; with line and column.
    """
    import tomllib

    if deep := _DEEP_KEY.search(text):
        # tomllib takes quadratic time for it.
        line = text.count("\n", 0, deep.start()) + 1
        raise ConfigError(f"{escape(str(path))}, line {line}: a key of more than {_DEEPEST} parts")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ConfigError(f"{escape(str(path))}: nested too deeply") from error
    except ValueError as error:
        reason = escape(str(error))
        # Python 3.11 gives the place only in the message.
        found = re.search(r" \(at (?:(line \d+, column \d+)|end of document)\)$", reason)
        where = (found[1] or f"line {len(text.rstrip().splitlines()) or 1}") if found else ""
        reason = reason[: found.start()] if found else reason
        at = f", {where}" if where else ""
        raise ConfigError(f"{escape(str(path))}{at}: not valid TOML: {reason[:1].lower()}{reason[1:]}") from error


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like a mistyped one, or empty."""
    # Slow to import, and needed for mistakes only.
    import difflib

    return next(iter(difflib.get_close_matches(word[:100].lower().replace("-", "_"), known, 1)), "")


def suggest(word: str, known: Collection[str]) -> str:
    """Return the end of a message about a wrong word: what to write instead."""
    if likely := closest(word, known):
        return f"; did you mean `{likely}`?"
    return f"; use one of {', '.join(known)}" if len(known) <= 20 else ""


def escape(text: str) -> str:
    """Return a text with unprintable characters escaped, for messages."""
    return text if text.isprintable() else repr(text)[1:-1]


def show(value: object) -> str:
    """Return a value about as the user wrote it, in one short line."""
    text = repr(value) if isinstance(value, str | list | dict) else str(value)
    text = text.lower() if isinstance(value, bool) else text
    return text if len(text) <= 60 else text[:59] + "…"


_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_HEADER = pattern(rf"\s*\[\[?\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]")
_ASSIGNED = pattern(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")


def _line(text: str, key: tuple[str | int, ...]) -> int | None:
    """Return the line, from 1, of a key or else of the inline table that contains it; None if not found."""
    here: tuple[str | int, ...]
    table: tuple[str | int, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    outer = None
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            name = _dotted(header[1])
            here = table = (*name,)
            if line.lstrip().startswith("[["):
                counts[name] = counts.get(name, -1) + 1
                here = table = (*name, counts[name])
        elif assigned := _ASSIGNED.match(line):
            here = table + _dotted(assigned[1])
        else:
            continue
        if here == key:
            return number
        if here == key[: len(here)]:
            outer = number
    return outer


def _dotted(name: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, name))
