"""Reading config.toml: the settings, or one line on what is wrong and where."""

from __future__ import annotations

import re
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Protocol, cast

from readlist.config.keys import key_name, near, plain

_LARGEST = 1_000_000
_EXPECTED = {
    "theme": "a name in quotes",
    "ascii": "true or false",
    "mouse": "true or false",
    "sort": "one of feed, date, title, upvotes",
    "editor": "a command in quotes",
}
_SORTS = ("feed", "date", "title", "upvotes")


class ConfigError(Exception):
    """Settings that can't be used or changed: one line with the file, the place, and what is right."""


class Bound(Protocol):
    """What a command says of its keys."""

    @property
    def keys(self) -> Sequence[str]:
        """Its keys, unless the user gives it others."""

    @property
    def contexts(self) -> Set[Any]:
        """Where it applies; two commands that never meet may share a key."""


@dataclass(frozen=True, slots=True)
class Config:
    """The user's settings.

    Attributes:
        theme: name of the colours; empty for readlist's own. The app knows which names there are.
        ascii: draw with ASCII characters alone.
        mouse: take clicks and the wheel; off, the terminal's own selecting works as usual.
        sort: order of a view that names none.
        editor: command for the long note editor; empty for `$VISUAL` or `$EDITOR`.
        keys: command name → its keys, as Textual spells them; none to take its keys away. Only what was changed.
    """

    theme: str = ""
    ascii: bool = False
    mouse: bool = True
    sort: Literal["feed", "date", "title", "upvotes"] = "feed"
    editor: str = ""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


def load(path: Path, *, commands: Mapping[str, Bound] | Collection[str] | None = None) -> Config:
    """Return the settings in a file; the defaults if there is no such file.

    Args:
        path: the TOML file.
        commands: what `[keys]` may name. Plain names are checked against each other alone; a mapping also tells
            the default keys and where each command applies. None leaves the names unchecked.

    Raises:
        ConfigError: the file can't be read, is no TOML, or holds a wrong key or value.
    """
    text = read(path)
    return Config() if text is None else checked(Source(path, text), parsed(path, text), commands)


def place(path: Path, key: str) -> str:
    """Return where a setting stands, for messages: `/…/config.toml, line 3`, without the line if not found."""
    try:
        return Source(path, read(path) or "").place(tuple(key.split(".")))
    except ConfigError:
        return plain(str(path))


@dataclass(frozen=True, slots=True)
class Source:
    """A file and its text, to tell the place of a key in it."""

    path: Path
    text: str

    def place(self, key: tuple[str, ...]) -> str:
        """Return the file and, if the key is found, its line."""
        line = _line(self.text, key)
        return plain(str(self.path)) + (f", line {line}" if line else "")

    def error(self, key: tuple[str, ...], problem: str) -> ConfigError:
        """Return the error that a key is wrong."""
        return ConfigError(f"{self.place(key)}: {problem}")


def read(path: Path) -> str | None:
    """Return a file's text, None if there is no such file.

    Raises:
        ConfigError: it can't be read, or isn't UTF-8.
    """
    shown = plain(str(path))
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ConfigError(f"{shown}: is a folder, not a file")
        if not stat.S_ISREG(status.st_mode):
            raise ConfigError(f"{shown}: is not a regular file")
        if status.st_size > _LARGEST:
            raise ConfigError(f"{shown}: is too large for settings ({status.st_size // 1_000_000} MB)")
        raw = path.read_bytes()
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


def checked(source: Source, data: dict[str, Any], commands: Mapping[str, Bound] | Collection[str] | None) -> Config:
    """Return plain values as settings; `commands` as in `load`.

    Raises:
        ConfigError: a key or value is wrong.
    """
    names = [one.name for one in fields(Config)]
    for name in data:
        if name not in names:
            raise source.error((name,), f"unknown key `{plain(name)}`{_instead(name, names)}")
    keys = _checked_keys(source, data.get("keys", {}), commands)
    # A missing file must not cost this import.
    import msgspec

    try:
        config = msgspec.convert({**data, "keys": keys}, Config)
    except msgspec.ValidationError as error:
        # Every message ends in the path of the value: "… - at `$.sort`".
        name = str(error).rpartition("$.")[2].rstrip("`")
        value = data[name]
        nearest = near(value, _SORTS) if name == "sort" and isinstance(value, str) else ""
        hint = f"; did you mean `{nearest}`?" if nearest else ""
        raise source.error((name,), f"`{name}` must be {_EXPECTED[name]}, not {_shown(value)}{hint}") from error
    return replace(config, keys=MappingProxyType(keys))


def _checked_keys(
    source: Source, table: object, commands: Mapping[str, Bound] | Collection[str] | None
) -> dict[str, tuple[str, ...]]:
    if not isinstance(table, dict):
        raise source.error(("keys",), f"`keys` must be a table of commands and keys, not {_shown(table)}")
    keys: dict[str, tuple[str, ...]] = {}
    for name, value in table.items():
        at = ("keys", name)
        if commands is not None and name not in commands:
            raise source.error(at, f"unknown command `{plain(name)}`{_instead(name, commands)}")
        spelled = [value] if isinstance(value, str) else value
        if not isinstance(spelled, list) or not all(isinstance(key, str) for key in spelled):
            expected = "a key in quotes or a list of such"
            raise source.error(at, f"`keys.{plain(name)}` must be {expected}, not {_shown(value)}")
        try:
            keys[name] = tuple(dict.fromkeys(map(key_name, spelled)))
        except ValueError as error:
            raise source.error(at, f"`keys.{plain(name)}`: {error}") from error
    bound = cast("Mapping[str, Bound]", commands) if isinstance(commands, Mapping) else {}
    for name, other, key in _clashes(keys, bound):
        default = "" if other in keys else " (by default)"
        both = f"two commands have the key `{key}`, `{other}`{default} and `{name}`"
        raise source.error(("keys", name), f"{both}; give one of them another key")
    return keys


def _clashes(keys: Mapping[str, Sequence[str]], commands: Mapping[str, Bound]) -> Iterator[tuple[str, str, str]]:
    """Yield a command of `keys`, another command it can meet, and the key both have."""
    others = {name: keys.get(name, command.keys) for name, command in commands.items()} or keys
    seen: set[str] = set()
    for name, own in keys.items():
        seen.add(name)
        for other, taken in others.items():
            # Of two that the user changed, the later one is at fault.
            if other == name or (other in keys and other not in seen):
                continue
            if commands and not commands[name].contexts & commands[other].contexts:
                continue
            yield from ((name, other, key) for key in own if key in taken)


_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_HEADER = re.compile(rf"\s*\[\[?\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]")
_ASSIGNED = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")


def _line(text: str, key: tuple[str, ...]) -> int | None:
    """Return the line, from 1, on which a key stands or else the inline table that holds it; None if not found."""
    table: tuple[str, ...] = ()
    nearest = None
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            here = table = _dotted(header[1])
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


def _instead(word: str, known: Collection[str]) -> str:
    if nearest := near(word, known):
        return f"; did you mean `{nearest}`?"
    return f"; there are {', '.join(known)}" if len(known) < 10 else ""


def _shown(value: object) -> str:
    """Return a value as the user wrote it, about, in one short line."""
    said = repr(value) if isinstance(value, str | list | dict) else str(value)
    said = said.lower() if isinstance(value, bool) else said
    return said if len(said) <= 60 else said[:59] + "…"
