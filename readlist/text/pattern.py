"""Regular expressions: compiled when they are first used, tried only where they can match."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, cast

_METHODS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn", "pattern", "flags")
_USUAL = bytes(range(0x20, 0x7F)) + b"\n"

Replacement = str | Callable[[re.Match[str]], str]


class _Lazy:
    """A pattern before its first use; from then on it has the methods of the compiled one."""

    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        """Compile the pattern."""
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self._text, self._flags)
        # As own attributes they are found without this function.
        vars(self).update({each: getattr(compiled, each) for each in _METHODS})
        return vars(self)[name]


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return what `re.compile` does, compiled at its first use.

    For sets of many characters and other patterns that take long: those for most scripts take milliseconds. A mistake
    in it raises `re.error` at that use.
    """
    return cast("re.Pattern[str]", _Lazy(text, flags))


def unusual(text: str) -> str:
    """Return what in a text is neither printable ASCII nor a line feed, in order.

    A pattern that begins with such a character finds the same characters in this short text, ten times as fast.
    """
    if text.isascii() and text.isprintable():
        return ""
    return text.encode("utf-8", "surrogatepass").translate(None, _USUAL).decode("utf-8", "surrogatepass")


def find_lines(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield what `pattern.finditer(text)` yields, for a pattern that begins with `^` at line starts and is never empty.

    `re` tries such a pattern at every character; this, only where a line begins.
    """
    at = 0
    while True:
        if found := pattern.match(text, at):
            yield found
        # A match may end with a line end, behind which the next one begins.
        at = text.find("\n", found.end() - 1 if found else at) + 1
        if not at:
            return


def sub_lines(pattern: re.Pattern[str], replacement: Replacement, text: str) -> str:
    """Return `pattern.sub(replacement, text)`, for the patterns of `find_lines`."""
    pieces: list[str] = []
    done = 0
    for found in find_lines(pattern, text):
        pieces += (
            text[done : found.start()],
            found.expand(replacement) if isinstance(replacement, str) else replacement(found),
        )
        done = found.end()
    return "".join((*pieces, text[done:])) if pieces else text
