"""The settings in config.toml, parsed and validated; each error has the line of what is wrong (pure but for `load`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias, get_args

import msgspec
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from readlist.config.action import Action, check_actions
from readlist.config.feed_parser import FeedError, check_feeds, parse_age
from readlist.config.mail import Mail, check_mail
from readlist.config.toml_file import ConfigError, TomlFile, closest, escape, parse_toml, read, show
from readlist.model.feed import DEFAULT_FEEDS, Feed
from readlist.model.view import ALL_SORTS, SORTS, VIEWS, Sort

Layout: TypeAlias = Literal["auto", "side", "stacked", "detail", "list"]
"""How list and detail are laid out."""

LEAST_SHARE, MOST_SHARE = 20, 80
"""Per cent of the panes that the list may have."""

Share: TypeAlias = Annotated[int, Meta(ge=LEAST_SHARE, le=MOST_SHARE)]

Clipboard = Literal["auto", "osc52", "show"]
_EXPECTED = {
    "theme": "a name in quotes",
    "ascii": "true or false",
    "mouse": "true or false",
    "quiet": "true or false",
    "sort": f"one of {', '.join(SORTS)}",
    "editor": "a command in quotes",
    "layout": f"one of {', '.join(get_args(Layout))}",
    "list_width": f"a number from {LEAST_SHARE} to {MOST_SHARE}",
    "list_height": f"a number from {LEAST_SHARE} to {MOST_SHARE}",
    "clipboard": "one of auto, osc52, show",
}
_CHOICES: Mapping[str, Sequence[str]] = {
    "sort": ALL_SORTS,
    "layout": get_args(Layout),
    "clipboard": get_args(Clipboard),
}
_LAYOUT = ("layout", "list_width", "list_height")
_DEFAULT_REFRESH = "6h"
_VIEW_KEYS = ("name", "query", "watch")
_NAME_LENGTH = 40


class SavedView(Struct, frozen=True):
    """A query with a name.

    Attributes:
        name: unique, also in another case.
        query: in the query language; may have a sort order, `sort:`.
        watch: whether what it finds is signed in every list.
    """

    name: str
    query: str
    watch: bool = False


class Config(Struct, frozen=True):
    """The user's settings.

    Attributes:
        theme: colour theme; empty for readlist's own.
        ascii: draw with ASCII characters only.
        mouse: react to clicks and the wheel.
        quiet: print no summary of what was decided when the screen is left.
        sort: sort order of views whose query has no `sort:`.
        editor: command for `E`; empty for `$VISUAL` or `$EDITOR`.
        layout: `auto`, `side` by side, `stacked`, or one pane at a time, first the `detail` or the `list`; `auto` is
            side by side from 90 columns on.
        list_width: width of the list in per cent, side by side.
        list_height: height of the list in per cent, stacked.
        clipboard: what to do where only the terminal's clipboard is left: `"auto"` asks once whether a copy arrived,
            `"osc52"` trusts it, `"show"` shows what to copy.
        refresh: at start, feeds last fetched longer ago than this are fetched; `"never"` turns this off.
        feeds: followed feeds, in order.
        views: saved views, in order.
        mute: queries of papers that the Inbox hides.
        mail: how the digest is mailed.
        actions: your own commands and addresses, in order.
        keys: keys of commands, by name; an empty list for none.
    """

    theme: str = ""
    ascii: bool = False
    mouse: bool = True
    quiet: bool = False
    sort: Sort = "feed"
    editor: str = ""
    layout: Layout = "auto"
    list_width: Share = 58
    list_height: Share = 53
    clipboard: Clipboard = "auto"
    refresh: timedelta | None = timedelta(hours=6)
    feeds: tuple[Feed, ...] = DEFAULT_FEEDS
    views: tuple[SavedView, ...] = ()
    mute: tuple[str, ...] = ()
    mail: Mail | None = None
    actions: tuple[Action, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


def load(path: Path, problems: list[str] | None = None) -> Config:
    """Return the settings in a file; the defaults if there is no such file.

    Args:
        path: of the file.
        problems: if given, gets what is wrong with the layout, which has its default then: no reason to show nothing.

    Raises:
        ConfigError: the file can't be read, is not TOML, or has a wrong key or value.
    """
    text = read(path)
    if text is None:
        return Config()
    file, data = TomlFile(path, text), parse_toml(path, text)
    if problems is not None:
        for name in (name for name in _LAYOUT if name in data):
            try:
                _simple({name: data[name]}, file)
            except ConfigError as error:
                problems.append(str(error))
                del data[name]
    return check(file, data)


def place(path: Path, *key: str | int) -> str:
    """Return where a setting is, for messages: `/…/config.toml, line 3`, without the line if not found."""
    try:
        return TomlFile(path, read(path) or "").place(key)
    except ConfigError:
        return escape(str(path))


def check(file: TomlFile, data: dict[str, Any]) -> Config:
    """Return plain values as settings.

    Raises:
        ConfigError: a key or value is wrong.
    """
    file.check_keys(data, Config.__struct_fields__, (), "")
    checks: dict[str, Callable[[TomlFile, Any], object]]
    checks = {
        "keys": _keys,
        "refresh": _refresh,
        "feeds": check_feeds,
        "views": _views,
        "mail": check_mail,
        "actions": check_actions,
        "mute": _mute,
    }
    defaults = {"keys": {}, "refresh": _DEFAULT_REFRESH}
    others: dict[str, Any]
    others = {name: checks[name](file, value) for name, value in (defaults | data).items() if name in checks}
    config = _simple({name: value for name, value in data.items() if name in _EXPECTED}, file)
    return replace(config, **others)


def _simple(data: Mapping[str, Any], file: TomlFile) -> Config:
    """Return the settings that are one value each."""
    try:
        return msgspec.convert(data, Config)
    except msgspec.ValidationError as error:
        # Every message ends in the path of the value: "… - at `$.sort`".
        name = str(error).rpartition("$.")[2].rstrip("`")
        value = data[name]
        likely = closest(value, _CHOICES[name]) if name in _CHOICES and isinstance(value, str) else ""
        hint = f"; did you mean `{likely}`?" if likely else ""
        raise file.error((name,), f"`{name}` must be {_EXPECTED[name]}, not {show(value)}{hint}") from error


def _refresh(file: TomlFile, value: object) -> timedelta | None:
    if not isinstance(value, str):
        raise file.error(("refresh",), f'`refresh` must be an age in quotes ("6h", "1d", "never"), not {show(value)}')
    try:
        return parse_age(value)
    except FeedError as error:
        raise file.error(("refresh",), f"`refresh`: {error}") from error


def _keys(file: TomlFile, table: object) -> Mapping[str, tuple[str, ...]]:
    """Return the table `[keys]`; whether the commands and keys exist, the screen's key map knows."""
    if not isinstance(table, dict):
        raise file.error(("keys",), f"`keys` must be a table of commands and keys, not {show(table)}")
    keys: dict[str, tuple[str, ...]] = {}
    for name, value in table.items():
        spelled = [value] if isinstance(value, str) else value
        if not isinstance(spelled, list) or not all(isinstance(key, str) for key in spelled):
            expected = "a key in quotes or a list of keys in quotes"
            raise file.error(("keys", name), f"`keys.{escape(name)}` must be {expected}, not {show(value)}")
        keys[name] = tuple(spelled)
    return MappingProxyType(keys)


def _views(file: TomlFile, value: object) -> tuple[SavedView, ...]:
    """Return the saved views: tables of name and query."""
    views: list[SavedView] = []
    for place, item in enumerate(file.check_list(value, "views")):
        at = ("views", place)
        if not isinstance(item, dict):
            raise file.error(at, f"view {place + 1} must be a table with a name and a query, not {show(item)}")
        file.check_keys(item, _VIEW_KEYS, at, " in a view")
        watch = item.get("watch", False)
        if not isinstance(watch, bool):
            raise file.error((*at, "watch"), f"a view's `watch` must be true or false, not {show(watch)}")
        for name, each in item.items():
            if name != "watch" and not isinstance(each, str):
                raise file.error((*at, name), f"a view's `{name}` must be text in quotes, not {show(each)}")
        if "query" not in item or "name" not in item:
            raise file.error(at, f"view {place + 1} needs a `name` and a `query`")
        try:
            name = check_view_name(item["name"], [view.name for view in views])
        except ValueError as error:
            raise file.error((*at, "name"), str(error)) from error
        views.append(SavedView(name, " ".join(item["query"].split()), watch))
    return tuple(views)


def _mute(file: TomlFile, value: object) -> tuple[str, ...]:
    """Return the queries that mute; whether they are valid, the query language knows."""
    if not isinstance(value, list) or not all(isinstance(query, str) for query in value):
        raise file.error(("mute",), f"`mute` must be a list of queries in quotes, not {show(value)}")
    return tuple(" ".join(query.split()) for query in value)


def check_view_name(name: str, others: Sequence[str] = ()) -> str:
    """Return a name for a view, on one line.

    Raises:
        ValueError: it is invalid or taken; one line.
    """
    name = " ".join(name.split()).removeprefix("@")
    if not name or len(name) > _NAME_LENGTH or not name.isprintable():
        raise ValueError(f"invalid view name `{escape(name[:60])}`; use 1 to {_NAME_LENGTH} printable characters")
    if name.casefold() in {other.casefold() for other in (*others, *(view.name for view in VIEWS))}:
        raise ValueError(f"a view `{name}` exists already; choose another name")
    return name


def find_view(views: Sequence[SavedView], name: str) -> SavedView:
    """Return a saved view by its name, in any case.

    Raises:
        ConfigError: there is no such view; with the closest.
    """
    names = {view.name.casefold(): view for view in views}
    if view := names.get(name.strip().casefold()):
        return view
    likely = closest(name, names)
    hint = f"did you mean @{names[likely].name}?" if likely else "save a search in the list to make one"
    raise ConfigError(f"no saved view @{escape(name[:_NAME_LENGTH])}; {hint}")
