"""Regular expressions that are compiled when they are first used: a start needs few of them."""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn", "pattern", "flags")


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
