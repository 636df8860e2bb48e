"""Reading config.toml: the settings, or one line on what is wrong and where."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, cast

from msgspec import Struct, field
from msgspec.structs import replace

from readlist.config.feed_parser import FeedError, age_of
from readlist.config.keys import key_name, near, plain
from readlist.config.mail import Mail, checked_mail
from readlist.config.saved_views import SavedView, checked_views
from readlist.config.source import ConfigError, Source, instead, parsed, read, shown
from readlist.model.feed import DEFAULT_FEEDS, Feed
from readlist.model.view import SORTS, Sort

_EXPECTED = {
    "theme": "a name in quotes",
    "ascii": "true or false",
    "mouse": "true or false",
    "sort": f"one of {', '.join(SORTS)}",
    "editor": "a command in quotes",
}
_REFRESH = "6h"


class Bound(Protocol):
    """What a command says of its keys."""

    @property
    def keys(self) -> Sequence[str]:
        """Its keys, unless the user gives it others."""

    @property
    def contexts(self) -> Set[Any]:
        """Where it applies; two commands that never meet may share a key."""


class Config(Struct, frozen=True):
    """The user's settings.

    Attributes:
        theme: name of the colours; empty for readlist's own. The app knows which names there are.
        ascii: draw with ASCII characters alone.
        mouse: take clicks and the wheel; off, the terminal's own selecting works as usual.
        sort: order of a view that names none.
        editor: command for the long note editor; empty for `$VISUAL` or `$EDITOR`.
        refresh: feeds fetched longer ago than this are fetched at start; None for never.
        feeds: the feeds that are followed, in order.
        views: the saved views, in order.
        mail: how the digest is mailed, None if not at all.
        keys: command name → its keys, as Textual spells them; none to take its keys away. Only what was changed.
    """

    theme: str = ""
    ascii: bool = False
    mouse: bool = True
    sort: Sort = "feed"
    editor: str = ""
    refresh: timedelta | None = timedelta(hours=6)
    feeds: tuple[Feed, ...] = DEFAULT_FEEDS
    views: tuple[SavedView, ...] = ()
    mail: Mail | None = None
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


def checked(source: Source, data: dict[str, Any], commands: Mapping[str, Bound] | Collection[str] | None) -> Config:
    """Return plain values as settings; `commands` as in `load`.

    Raises:
        ConfigError: a key or value is wrong.
    """
    names = Config.__struct_fields__
    for name in data:
        if name not in names:
            raise source.error((name,), f"unknown key `{plain(name)}`{instead(name, names)}")
    keys = _checked_keys(source, data.get("keys", {}), commands)
    others: dict[str, Any] = {"keys": keys, "refresh": _checked_refresh(source, data.get("refresh", _REFRESH))}
    if "feeds" in data:
        from readlist.config.followed_feeds import checked_feeds

        others["feeds"] = checked_feeds(source, data["feeds"])
    if "views" in data:
        others["views"] = checked_views(source, data["views"])
    if "mail" in data:
        others["mail"] = checked_mail(source, data["mail"])
    # A missing file must not cost this import.
    import msgspec

    try:
        config = msgspec.convert({name: value for name, value in data.items() if name in _EXPECTED}, Config)
    except msgspec.ValidationError as error:
        # Every message ends in the path of the value: "… - at `$.sort`".
        name = str(error).rpartition("$.")[2].rstrip("`")
        value = data[name]
        nearest = near(value, SORTS) if name == "sort" and isinstance(value, str) else ""
        hint = f"; did you mean `{nearest}`?" if nearest else ""
        raise source.error((name,), f"`{name}` must be {_EXPECTED[name]}, not {shown(value)}{hint}") from error
    return replace(config, **{**others, "keys": MappingProxyType(keys)})


def _checked_refresh(source: Source, value: object) -> timedelta | None:
    try:
        if isinstance(value, str):
            return age_of(value)
    except FeedError as error:
        raise source.error(("refresh",), f"`refresh` is {shown(value)}, but {error}") from error
    raise source.error(("refresh",), f'`refresh` must be an age in quotes ("6h", "1d", "never"), not {shown(value)}')


def _checked_keys(
    source: Source, table: object, commands: Mapping[str, Bound] | Collection[str] | None
) -> dict[str, tuple[str, ...]]:
    if not isinstance(table, dict):
        raise source.error(("keys",), f"`keys` must be a table of commands and keys, not {shown(table)}")
    keys: dict[str, tuple[str, ...]] = {}
    for name, value in table.items():
        at = ("keys", name)
        if commands is not None and name not in commands:
            raise source.error(at, f"unknown command `{plain(name)}`{instead(name, commands)}")
        spelled = [value] if isinstance(value, str) else value
        if not isinstance(spelled, list) or not all(isinstance(key, str) for key in spelled):
            expected = "a key in quotes or a list of such"
            raise source.error(at, f"`keys.{plain(name)}` must be {expected}, not {shown(value)}")
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
