"""Regular expressions that are compiled when they are first used: most commands use few of the many there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, AnyStr, Generic, cast

if TYPE_CHECKING:
    from re import Pattern

_METHODS = ("search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn")


class LazyPattern(Generic[AnyStr]):
    """Stands for a pattern of `re`: compiled for the first call, it has the pattern's own methods from then on.

    To compile one takes from a tenth of a millisecond to several, as long as to run many commands.
    """

    def __init__(self, source: AnyStr, flags: int) -> None:
        self.pattern: AnyStr = source
        self._flags = flags

    def compiled(self) -> Pattern[AnyStr]:
        """Return the pattern itself."""
        return re.compile(self.pattern, self._flags)

    def __getattr__(self, name: str) -> Any:
        """Compile the pattern; its methods become attributes of this object, which are found without this one."""
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = self.compiled()
        self.__dict__.update((method, getattr(compiled, method)) for method in _METHODS)
        return self.__dict__[name]


def pattern(source: AnyStr, flags: int = 0) -> Pattern[AnyStr]:
    """Return a pattern like `re.compile`, compiled when one of its methods is first called.

    What is wrong with it shows only then; `tests/test_pattern.py` compiles them all.
    """
    return cast("Pattern[AnyStr]", LazyPattern(source, flags))
