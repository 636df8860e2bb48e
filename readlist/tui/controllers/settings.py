"""Settings: those of config.toml that are no command of their own, chosen from a menu."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import get_args

from msgspec import Struct

from readlist.config import Clipboard, Config, ConfigError, load, set_value
from readlist.model.view import SORTS
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.signs import line
from readlist.tui.ui import when_answered

_GROUP = "settings"
_SWITCH = (("true", "on"), ("false", "off"))


class _Setting(Struct, frozen=True):
    """A setting: what it is for, and the values to choose from with what each means."""

    help: str
    values: tuple[tuple[str, str], ...]


_SETTINGS: Mapping[str, _Setting] = {
    "sort": _Setting("order of a view at the start", tuple((name, order.help) for name, order in SORTS.items())),
    "refresh": _Setting(
        "feeds older than this are fetched at the start",
        (("1h", "an hour"), ("6h", "six hours"), ("1d", "a day"), ("never", "only when asked to")),
    ),
    "clipboard": _Setting(
        "copies over SSH",
        tuple(zip(get_args(Clipboard), ("ask once whether one arrived", "trust the terminal", "show it"), strict=True)),
    ),
    "quiet": _Setting("no summary on the shell after the end", _SWITCH),
    "ascii": _Setting("draw with ASCII characters only", _SWITCH),
    "mouse": _Setting("clicks and the wheel", _SWITCH),
}


class Settings(Controller):
    """The command that changes config.toml; what it changes holds from the next start."""

    def __init__(self, loader: Loader, settings: Path | None) -> None:
        super().__init__(loader)
        self._settings = settings

    def choose(self) -> None:
        """Choose a setting, then its value."""
        if self._settings is None:
            return
        try:
            config = load(self._settings)
        except ConfigError as error:
            self._ui.say(line(str(error)), wrong=True)
            return
        names, dot = list(_SETTINGS), f" {self._ui.signs.dot} "
        offers = [(name, f"{_value(config, name)}{dot}{_SETTINGS[name].help}") for name in names]
        offers += [("theme", config.theme or "readlist-dark"), ("layout", config.layout)]
        commands = ("theme", "layout")

        def chosen(place: int) -> None:
            if place < len(names):
                self._choose_value(names[place], _value(config, names[place]))
            else:
                self._ui.run(lambda: self._ui.command(commands[place - len(names)]), _GROUP)

        when_answered(self._ui, self._ui.choose("Settings", offers), chosen)

    def _choose_value(self, name: str, before: str) -> None:
        values = _SETTINGS[name].values
        sign = self._ui.signs.selected
        offers = [(value, f"{text} {sign}" if value == before else text) for value, text in values]
        answer = self._ui.choose(f"{name}: {_SETTINGS[name].help}", offers)
        when_answered(self._ui, answer, lambda place: self._ui.run(lambda: self._write(name, values[place][0]), _GROUP))

    async def _write(self, name: str, value: str, *, undo: bool = True) -> None:
        if self._settings is None:
            return
        try:
            before = _value(await asyncio.to_thread(load, self._settings), name)
            written = value == "true" if value in ("true", "false") else value
            await asyncio.to_thread(set_value, self._settings, name, written)
        except ConfigError as error:
            self._ui.say(line(str(error)), wrong=True)
            return
        if undo:
            self._state.undo_here = lambda: self._write(name, before, undo=False)
        hint = self._ui.keys.text(" {key:undo}: undo") if undo else ""
        self._ui.say(f"{name} = {value} from the next start.{hint}")


def _value(config: Config, name: str) -> str:
    """Return a setting as it is written in config.toml."""
    value = getattr(config, name)
    if isinstance(value, bool):
        return str(value).lower()
    if name == "refresh":
        return _age(value)
    return str(value)


def _age(age: timedelta | None) -> str:
    if age is None:
        return "never"
    hours, rest = divmod(int(age.total_seconds()), 3600)
    if rest:
        return f"{int(age.total_seconds()) // 60}m"
    return f"{hours}h" if hours % 24 else f"{hours // 24}d"
