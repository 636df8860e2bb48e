"""Reading config.toml: the settings, or one line on what is wrong and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from readlist.config.feed_check import checked_feeds
from readlist.config.feed_parser import FeedError, age_of
from readlist.config.mail import Mail, checked_mail
from readlist.config.source import ConfigError, Source, instead, near, parsed, plain, read, shown
from readlist.config.view_check import SavedView, checked_views
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
        keys: command name → its keys, as the user spells them; none to take its keys away. Only what was changed.
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


def load(path: Path) -> Config:
    """Return the settings in a file; the defaults if there is no such file.

    Raises:
        ConfigError: the file can't be read, is no TOML, or holds a wrong key or value.
    """
    text = read(path)
    return Config() if text is None else checked(Source(path, text), parsed(path, text))


def place(path: Path, *key: str) -> str:
    """Return where a setting stands, for messages: `/…/config.toml, line 3`, without the line if not found."""
    try:
        return Source(path, read(path) or "").place(key)
    except ConfigError:
        return plain(str(path))


def checked(source: Source, data: dict[str, Any]) -> Config:
    """Return plain values as settings.

    Raises:
        ConfigError: a key or value is wrong.
    """
    names = Config.__struct_fields__
    for name in data:
        if name not in names:
            raise source.error((name,), f"unknown key `{plain(name)}`{instead(name, names)}")
    keys = _checked_keys(source, data.get("keys", {}))
    others: dict[str, Any] = {"keys": keys, "refresh": _checked_refresh(source, data.get("refresh", _REFRESH))}
    checks: dict[str, Callable[[Source, object], object]]
    checks = {"feeds": checked_feeds, "views": checked_views, "mail": checked_mail}
    others |= {name: check(source, data[name]) for name, check in checks.items() if name in data}
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


def _checked_keys(source: Source, table: object) -> dict[str, tuple[str, ...]]:
    """Return what stands in `[keys]`; whether there are such commands and keys, the key map of the screen knows."""
    if not isinstance(table, dict):
        raise source.error(("keys",), f"`keys` must be a table of commands and keys, not {shown(table)}")
    keys: dict[str, tuple[str, ...]] = {}
    for name, value in table.items():
        spelled = [value] if isinstance(value, str) else value
        if not isinstance(spelled, list) or not all(isinstance(key, str) for key in spelled):
            expected = "a key in quotes or a list of such"
            raise source.error(("keys", name), f"`keys.{plain(name)}` must be {expected}, not {shown(value)}")
        keys[name] = tuple(spelled)
    return keys
