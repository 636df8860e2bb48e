"""How keys are spelled, and which one was meant."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping

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
# Characters for which Textual has a shorter name than Unicode (textual.keys.KEY_NAME_REPLACEMENTS).
_SHORTER = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}


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


def near(word: str, known: Iterable[str]) -> str:
    """Return the known word most like a mistyped one, or empty."""
    # Only mistakes shall pay for it.
    import difflib

    return next(iter(difflib.get_close_matches(word[:100].lower().replace("-", "_"), known, 1)), "")


def plain(text: str) -> str:
    """Return the text with whatever can't be printed escaped, for messages."""
    return text if text.isprintable() else repr(text)[1:-1]


def _unknown(spelled: str, nearest: str) -> ValueError:
    if not spelled:
        return ValueError("a key is empty; `[]` takes a command's keys away")
    if "," in spelled and len(spelled) > 1:
        hint = '; several keys are a list: ["s", "f5"]'
    else:
        hint = f"; did you mean `{nearest}`?" if nearest else ""
    return ValueError(f"unknown key `{plain(spelled[:100])}`{hint}")


def _parts(spelled: str) -> list[str]:
    """Divide at `+`, which may itself be the key."""
    if len(spelled) == 1:
        return [spelled]
    return [*spelled[:-2].split("+"), "+"] if spelled.endswith("++") else spelled.split("+")


def _character_name(character: str) -> str:
    """Return Textual's name of the key that types a character (the rule of textual.keys)."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return _SHORTER.get(name, name) or character


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
    return next((name for name, others in known.items() if word in others.split()), near(word, known))
