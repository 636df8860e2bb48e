"""The key map: every command's keys after config.toml, how keys are written, and the texts that name them."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from readlist.config import ConfigError, place
from readlist.config.toml_file import closest, escape, suggest
from readlist.tui.commands import BY_NAME, COMMANDS, Command, Context

# Each with what other programs call it.
_MODIFIERS = {
    "ctrl": "c control ctl",
    "alt": "a m opt option",
    "shift": "s",
    "super": "cmd win d",
    "hyper": "",
    "meta": "",
}
_NAMED = {
    "escape": "esc", "enter": "return ret cr", "tab": "", "space": "spc spacebar", "backspace": "bs",
    "insert": "ins", "delete": "del", "home": "", "end": "", "up": "", "down": "", "left": "", "right": "",
    "pageup": "pgup page_up prior", "pagedown": "pgdn pgdown page_down next", "menu": "", "pause": "",
    "print_screen": "prtsc", **{f"f{number}": "" for number in range(1, 25)},
}  # fmt: skip
_SPELLED = {
    "slash": "/", "question_mark": "?", "colon": ":", "escape": "Esc", "enter": "Enter", "tab": "Tab",
    "space": "Space", "down": "↓", "up": "↑", "left": "←", "right": "→", "pagedown": "PgDn", "pageup": "PgUp",
    "home": "Home", "end": "End", "insert": "Ins", "delete": "Del", "backslash": "\\", "at": "@", "minus": "-",
    "plus": "+", "underscore": "_", "less_than_sign": "<", "greater_than_sign": ">",
}  # fmt: skip
_NAMES = re.compile(r"\{(?:(keys?):)?(\w+)\}")
_UNCHANGED: Mapping[str, Sequence[str]] = MappingProxyType({})


class KeyMap(dict[str, tuple[str, ...]]):
    """Every command's keys by its name, as Textual names them: those of the table, unless the user gave it others."""

    def __init__(self, changed: Mapping[str, Sequence[str]] = _UNCHANGED, settings: Path | None = None) -> None:
        """Make the key map.

        Args:
            changed: commands and their keys as the user spelled them.
            settings: the file in which they stand, to tell the place of a mistake.

        Raises:
            ConfigError: there is no such command or key, or two commands that meet have the same.
        """
        own: dict[str, tuple[str, ...]] = {}
        try:
            for name, keys in changed.items():
                own[name] = _checked(name, keys)
            for name in own:
                _refuse_clash(name, own)
        except ValueError as error:
            where = f"{place(settings, 'keys', name)}: " if settings is not None else ""
            raise ConfigError(f"{where}{error}") from error
        super().__init__({command.name: own.get(command.name, command.keys) for command in COMMANDS})

    def bound(self, contexts: Collection[Context]) -> Iterator[tuple[str, Command]]:
        """Return each key that does something in any of these contexts, with its command."""
        for command in COMMANDS:
            if not command.contexts.isdisjoint(contexts):
                yield from ((key, command) for key in self[command.name])

    def text(self, message: str, **values: object) -> str:
        """Return a message with the keys it names, and with values put in.

        `{key:undo}` becomes the first key of the command, or without one where the palette has it; `{keys:undo}` the
        first two of them. What a value holds is shown as it is, so text from outside belongs there, not in `message`.
        """

        def written(found: re.Match[str]) -> str:
            kind, name = found.groups()
            if kind is None:
                return str(values[name]) if name in values else found[0]
            return " or ".join(map(spelled, self[name][:2])) if kind == "keys" and self[name] else self.first(name)

        return _NAMES.sub(written, message)

    def hint(self, *parts: str, between: str = " · ", **values: object) -> str:
        """Return parts of a line that tells keys, as `text` does, without those that name a command that has none."""
        told = (part for part in parts if all(not kind or self[name] for kind, name in _NAMES.findall(part)))
        return between.join(self.text(part, **values) for part in told)

    def first(self, name: str) -> str:
        """Return a command's first key as people write it, or without one its title and how to get at that."""
        if self[name]:
            return spelled(self[name][0])
        command, palette = BY_NAME[name], self["palette"]
        return f"`{spelled(palette[0])}` {command.title}" if palette and "list" in command.contexts else command.title


def spelled(key: str) -> str:
    """Return a key as people write it: `ctrl+d` is `^d`, `slash` is `/`."""
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+')}"
    if len(key) > 1 and key[0] == "f" and key[1:].isdigit():
        return key.upper()
    if len(key) == 1 or key in _NAMED or key in _SPELLED:
        return _SPELLED.get(key, key)
    try:
        # Other signs are called as Unicode calls them.
        return unicodedata.lookup(key.replace("_", " "))
    except KeyError:
        return key


def _checked(name: str, keys: Sequence[str]) -> tuple[str, ...]:
    """Return the keys of a command as Textual names them, each once.

    Raises:
        ValueError: there is no such command or key.
    """
    if name not in BY_NAME:
        raise ValueError(f"unknown command `{escape(name)}`{suggest(name, BY_NAME)}")
    try:
        return tuple(dict.fromkeys(map(key_name, keys)))
    except ValueError as error:
        raise ValueError(f"`keys.{name}`: {error}") from error


def _refuse_clash(name: str, own: Mapping[str, Sequence[str]]) -> None:
    """Make sure that no command that can meet the one with this name has a key of it.

    Raises:
        ValueError: one has; of two that the user changed, the later one is at fault.
    """
    before = list(own)[: list(own).index(name)]
    for other in COMMANDS:
        if other.name in own and other.name not in before:
            continue
        if BY_NAME[name].contexts.isdisjoint(other.contexts):
            continue
        taken = own.get(other.name, other.keys)
        for key in own[name]:
            if key in taken:
                default = "" if other.name in own else " (by default)"
                both = f"two commands have the key `{key}`, `{other.name}`{default} and `{name}`"
                raise ValueError(f"{both}; give one of them another key")


def key_name(spelled: str) -> str:
    """Return a key in the one form in which Textual reports it: `?` is `question_mark`, modifiers are sorted.

    Takes characters, names (`space`, `f5`, `pagedown`, `slash`), and either behind `ctrl+`, `alt+`, `shift+`, ….

    Raises:
        ValueError: no such key; the message names the nearest one.
    """
    *modifiers, last = _parts(spelled)
    name = _character_name(last) if len(last) == 1 else last
    letter = len(name) == 1 and name.isalnum()
    exists = last.isprintable() if len(last) == 1 else name in _names()
    if not exists or not set(modifiers) <= _MODIFIERS.keys() or len(set(modifiers)) < len(modifiers):
        raise _unknown(spelled, _nearest(spelled))
    # A terminal reports the character that shift makes, never shift with a character.
    if modifiers == ["shift"] and name not in _NAMED:
        raise _unknown(spelled, name.upper() if letter else "")
    if modifiers and letter and name != name.lower():
        raise _unknown(spelled, _nearest(spelled))
    return "+".join([*sorted(modifiers), name])


def _unknown(spelled: str, nearest: str) -> ValueError:
    if not spelled:
        return ValueError("a key is empty; `[]` takes a command's keys away")
    if "," in spelled and len(spelled) > 1:
        hint = '; several keys are a list: ["s", "f5"]'
    else:
        hint = f"; did you mean `{nearest}`?" if nearest else ""
    return ValueError(f"unknown key `{escape(spelled[:100])}`{hint}")


def _parts(spelled: str) -> list[str]:
    """Divide at `+`, which may itself be the key."""
    if len(spelled) == 1:
        return [spelled]
    return [*spelled[:-2].split("+"), "+"] if spelled.endswith("++") else spelled.split("+")


def _character_name(character: str) -> str:
    """Return Textual's name of the key that types a character (the rule of textual.keys)."""
    if character.isalnum():
        return character
    # Only a changed key shall pay for it.
    from textual.keys import KEY_NAME_REPLACEMENTS

    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name) or character


@functools.cache
def _names() -> frozenset[str]:
    """Return the names longer than one character: keys, and what else ASCII has."""
    characters = (_character_name(chr(code)) for code in range(0x20, 0x7F))
    return frozenset([*_NAMED, *(name for name in characters if len(name) > 1)])


def _nearest(spelled: str) -> str:
    """Return the key most likely meant by another program's spelling (`C-d`, `^d`, `<esc>`), or empty."""
    guess = spelled[:50].strip().strip("<>").lower()
    if (whole := guess.replace("-", "_")) in _names():
        return whole
    guess = f"ctrl+{guess[1:]}" if len(guess) > 1 and guess[0] == "^" else guess
    *modifiers, last = re.split(r"(?<=.)[+-](?=.)", guess)
    modifiers = sorted({_meant(modifier, _MODIFIERS) for modifier in modifiers})
    last = last if len(last) == 1 else _meant(last, dict.fromkeys(_names(), "") | _NAMED)
    well = (
        last
        and last.isprintable()
        and set(modifiers) <= _MODIFIERS.keys()
        and not (modifiers == ["shift"] and last not in _NAMED)
    )
    return "+".join([*modifiers, last]) if well else ""


def _meant(word: str, known: Mapping[str, str]) -> str:
    if word in known:
        return word
    return next((name for name, others in known.items() if word in others.split()), closest(word, known))
