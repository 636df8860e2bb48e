"""The key map: every command's keys after config.toml, their spelling, and messages that name them."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from readlist.config import Action, ConfigError, place
from readlist.config.toml_file import closest, escape, suggest
from readlist.pattern import pattern
from readlist.text.clean import drawable
from readlist.tui.commands import ACTIONS, BY_NAME, COMMANDS, GROUPS, PANES, READING, Command, Context

# Each with its names in other programs.
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
    "plus": "+", "underscore": "_", "exclamation_mark": "!", "less_than_sign": "<", "greater_than_sign": ">",
}  # fmt: skip
_NAMES = pattern(r"\{(?:(keys?):)?(\w+)\}")
_UNCHANGED: Mapping[str, Sequence[str]] = MappingProxyType({})
_TYPING: frozenset[Context] = frozenset({"search", "note", "prompt", "palette"})
"""The contexts with a text field."""


class KeyMap(dict[str, tuple[str, ...]]):
    """Every command's keys by its name, as Textual names them: the user's, else those of the table.

    A key that the user gave to a command or an action is theirs: a command that has it by default does without it where
    the two meet. So a new command never takes a key from a user.

    Attributes:
        commands: the commands of the table, then the user's actions.
    """

    def __init__(
        self,
        changed: Mapping[str, Sequence[str]] = _UNCHANGED,
        settings: Path | None = None,
        actions: Sequence[Action] = (),
    ) -> None:
        """Make the key map.

        Args:
            changed: commands and their keys as the user spelled them.
            settings: the file they are from, to name the line of an error.
            actions: the user's actions.

        Raises:
            ConfigError: unknown command or key, or a key that the user gave to two commands with a common context.
        """
        self.commands: tuple[Command, ...] = COMMANDS
        self._by_name: Mapping[str, Command] = BY_NAME
        self._own: dict[str, tuple[str, ...]] = {}
        for name, keys in changed.items():
            with _at(settings, "keys", name):
                self._own[name] = _checked(name, keys)
        for later, name in enumerate(self._own):
            with _at(settings, "keys", name):
                _refuse_clash(name, list(self._own)[:later], self._own)
        for number, action in enumerate(actions):
            with _at(settings, "actions", number, "key"):
                self._add(number, action)
        # Of each context, the keys the user chose for the commands that are at home there, and for all.
        self._chosen: dict[Context, frozenset[str]] = {}
        self._chosen_at_home: dict[Context, frozenset[str]] = {}
        if self._own:
            self._choose()
        super().__init__({command.name: self._shown(command) for command in self.commands})

    def _add(self, number: int, action: Action) -> None:
        """Add an action as a command of the list and the detail.

        Raises:
            ValueError: unknown key, or one that the user gave to another command there.
        """
        try:
            keys = (key_name(action.key),) if action.key else ()
        except ValueError as error:
            raise ValueError(f"the action `{action.name}`: {error}") from error
        does = drawable(f"Open {action.address}" if action.address else f"Run {action.template}")
        command = Command(
            f"action_{number + 1}", keys, action.name, f"{does}.", ACTIONS, run="open.action", args=(number,)
        )
        for other in map(self.command, self._own):
            for context in command.contexts & other.contexts:
                if {*keys} & {*_usable(self._own[other.name], context, other)}:
                    has = f"the action `{other.title}`" if other.group == ACTIONS else f"`{other.name}` ({other.title})"
                    raise ValueError(
                        f"the action `{action.name}` can't have the key `{escape(action.key)}`, which {has} has; "
                        "choose another key"
                    )
        self._own[command.name] = keys
        self.commands = (*self.commands, command)
        self._by_name = {**self._by_name, command.name: command}

    def _choose(self) -> None:
        """Note the keys that the user chose in each context."""
        for context in get_args(Context):
            own = [command for command in map(self.command, self._own) if context in command.contexts]
            keys = {command.name: _usable(self._own[command.name], context, command) for command in own}
            at_home = (keys[command.name] for command in own if _is_at_home(context, command))
            self._chosen[context] = frozenset(key for some in keys.values() for key in some)
            self._chosen_at_home[context] = frozenset(key for some in at_home for key in some)

    def _shown(self, command: Command) -> tuple[str, ...]:
        """Return the keys of a command that do the same wherever it applies, in the panes at least if it applies there.

        The user's are shown as they are.
        """
        if command.name in self._own or not self._own:
            return self._own.get(command.name, command.keys)
        contexts = command.contexts & PANES or command.contexts
        lost = {key for context in contexts for key in self._lost(context, command)}
        return tuple(key for key in command.keys if key not in lost)

    def _lost(self, context: Context, command: Command) -> frozenset[str]:
        """Return the keys that a command with default keys does without in a context: those the user chose for others.

        What it does without in the list, it does without in the detail, and the other way round.
        """
        if not self._own:
            return frozenset()
        chosen = self._chosen_at_home if _is_at_home(context, command) else self._chosen
        contexts = command.contexts & PANES if context in PANES else {context}
        return frozenset().union(*(chosen[each] for each in contexts))

    def command(self, name: str) -> Command:
        """Return a command, or an action as one, by its name."""
        return self._by_name[name]

    @property
    def without(self) -> tuple[Command, ...]:
        """The commands without keys that the user took none from."""
        return tuple(command for command in COMMANDS if not self[command.name] and command.name not in self._own)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of commands in the order of the help, that of the user's actions if there are any."""
        place = GROUPS.index("readlist")
        return (*GROUPS[:place], ACTIONS, *GROUPS[place:]) if len(self.commands) > len(COMMANDS) else GROUPS

    def bound(self, contexts: Collection[Context]) -> Iterator[tuple[str, Command]]:
        """Return each key that does something in any of these contexts, with its command."""
        for command in self.commands:
            keys = dict.fromkeys(key for context in sorted(contexts) for key in self.keys_in(context, command))
            yield from ((key, command) for key in keys)

    def keys_in(self, context: Context, command: Command) -> Sequence[str]:
        """Return the keys of a command in a context.

        Keys that type text do so in text fields, and a command of the reading screen takes none of them, nor a key of
        the dialog's, from a dialog. A command left without keys by this has its default ones there, as far as they are
        free.
        """
        if context not in command.contexts:
            return ()
        if command.name not in self._own:
            lost = self._lost(context, command)
            usable = _usable(command.keys, context, command)
            return [key for key in usable if key not in lost] if lost else usable
        keys = self._own[command.name]
        usable = _usable(keys, context, command)
        if not _is_at_home(context, command):
            hosts = (other for other in self.commands if context in other.contexts and _is_at_home(context, other))
            taken = {key for other in hosts for key in self.keys_in(context, other)}
            usable = [key for key in usable if key not in taken]
        if usable or not keys:
            return usable
        others = (other for other in COMMANDS if other is not command and context in other.contexts)
        taken = {key for other in others for key in self._own.get(other.name, other.keys)}
        return [key for key in _usable(command.keys, context, command) if key not in taken]

    def applies(self, command: Command, contexts: Collection[Context], key: str = "") -> bool:
        """Return whether a command does something in any of these contexts, with a key if one is given."""
        if not key:
            return not command.contexts.isdisjoint(contexts)
        return any(key in self.keys_in(context, command) for context in contexts)

    def text(self, message: str, **values: object) -> str:
        """Return a message with the keys it names, and with values put in.

        `{key:undo}` becomes the command's first key, or where the palette has it; `{keys:undo}` its first two keys.
        Values are shown as they are, so text from outside belongs there, not in `message`.
        """

        def written(found: re.Match[str]) -> str:
            kind, name = found.groups()
            if kind is None:
                return str(values[name]) if name in values else found[0]
            return " or ".join(map(spelled, self[name][:2])) if kind == "keys" and self[name] else self.first(name)

        return _NAMES.sub(written, message)

    def hint(self, *parts: str, between: str = " · ", **values: object) -> str:
        """Return a line of parts, each as from `text`, without those that name a command without keys."""
        shown = (part for part in parts if all(not kind or self[name] for kind, name in _NAMES.findall(part)))
        return between.join(self.text(part, **values) for part in shown)

    def first(self, name: str) -> str:
        """Return a command's first key as people write it; without keys, its title and the palette's key."""
        if self[name]:
            return spelled(self[name][0])
        command, palette = self._by_name[name], self["palette"]
        return f"`{spelled(palette[0])}` {command.title}" if palette and "list" in command.contexts else command.title


def _usable(keys: Sequence[str], context: Context, command: Command) -> Sequence[str]:
    """Return those of a command's keys that may run it in a context; see `KeyMap.keys_in`."""
    if context not in _TYPING and (context in READING or command.run.startswith("dialog.")):
        return keys
    return [key for key in keys if "+" in key or (key in _NAMED and key != "space")]


def _is_at_home(context: Context, command: Command) -> bool:
    """Return whether a command is one of a context's own, and no guest in a dialog or while a copy is asked about."""
    if context == "sent":
        return command.contexts == {context}
    return context in READING or command.run.startswith("dialog.")


_ARROWS = str.maketrans({"↑": "Up", "↓": "Down", "←": "Left", "→": "Right"})


def spelled_all(keys: Sequence[str], *, ascii_only: bool = False) -> str:
    """Return keys as people write them, arrows as words where there is only ASCII."""
    digits = "".join(keys)
    # The numbers of a menu are one thing.
    row = len(keys) > 2 and digits in "123456789"
    shown = f"{digits[0]}-{digits[-1]}" if row else " ".join(map(spelled, keys))
    return shown.translate(_ARROWS) if ascii_only else shown


def spelled(key: str) -> str:
    """Return a key as people write it: `ctrl+d` is `^d`, `slash` is `/`."""
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+')}"
    if len(key) > 1 and key[0] == "f" and key[1:].isdigit():
        return key.upper()
    if key.startswith("shift+"):
        return f"Shift+{spelled(key.removeprefix('shift+'))}"
    if len(key) == 1 or key in _NAMED or key in _SPELLED:
        return _SPELLED.get(key, key)
    try:
        # Other signs have their Unicode names.
        return unicodedata.lookup(key.replace("_", " "))
    except KeyError:
        return key


def _checked(name: str, keys: Sequence[str]) -> tuple[str, ...]:
    """Return the keys of a command as Textual names them, each once.

    Raises:
        ValueError: unknown command or key.
    """
    if name not in BY_NAME:
        raise ValueError(f"unknown command `{escape(name)}`{suggest(name, BY_NAME)}")
    try:
        return tuple(dict.fromkeys(map(key_name, keys)))
    except ValueError as error:
        raise ValueError(f"`keys.{name}`: {error}") from error


def _refuse_clash(name: str, before: Sequence[str], own: Mapping[str, Sequence[str]]) -> None:
    """Check that no command before, with a common context, has a key of the one with this name.

    Raises:
        ValueError: one has.
    """
    command = BY_NAME[name]
    for other in map(BY_NAME.__getitem__, before):
        for context in command.contexts & other.contexts:
            if common := {*_usable(own[name], context, command)} & {*_usable(own[other.name], context, other)}:
                both = f"`{other.name}` and `{name}`"
                raise ValueError(f"two commands have the key `{min(common)}`, {both}; change one of them")


@contextmanager
def _at(settings: Path | None, *key: str | int) -> Iterator[None]:
    """Say of an error where in the user's settings it is.

    Raises:
        ConfigError: for what was wrong there.
    """
    try:
        yield
    except ValueError as error:
        where = f"{place(settings, *key)}: " if settings is not None else ""
        raise ConfigError(f"{where}{error}") from error


def key_name(spelled: str) -> str:
    """Return a key as Textual reports it: `?` is `question_mark`, modifiers are sorted.

    Takes characters and names (`space`, `f5`, `pagedown`, `slash`), also with `ctrl+`, `alt+`, `shift+`, ….

    Raises:
        ValueError: unknown key; the message names the nearest one.
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
        return ValueError("empty key; for no keys, write `[]`")
    if "," in spelled and len(spelled) > 1:
        hint = '; several keys are a list: ["s", "f5"]'
    else:
        hint = f"; did you mean `{nearest}`?" if nearest else ""
    return ValueError(f"unknown key `{escape(spelled[:100])}`{hint}")


def _parts(spelled: str) -> list[str]:
    """Split at `+`, which may itself be the key."""
    if len(spelled) == 1:
        return [spelled]
    return [*spelled[:-2].split("+"), "+"] if spelled.endswith("++") else spelled.split("+")


def _character_name(character: str) -> str:
    """Return Textual's name of the key that types a character (the rule of textual.keys)."""
    if character.isalnum():
        return character
    # Imported only for changed keys.
    from textual.keys import KEY_NAME_REPLACEMENTS

    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name) or character


@functools.cache
def _names() -> frozenset[str]:
    """Return all names longer than one character: of keys, and of ASCII signs."""
    characters = (_character_name(chr(code)) for code in range(0x20, 0x7F))
    return frozenset([*_NAMED, *(name for name in characters if len(name) > 1)])


def _nearest(spelled: str) -> str:
    """Return the key most likely meant by another program's spelling (`C-d`, `^d`, `<esc>`); empty for none."""
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
