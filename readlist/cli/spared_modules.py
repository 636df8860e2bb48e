"""Modules that the screen, or a command, can do without: they are not loaded while it starts."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import ModuleType

_TLS = "ssl"
"""asyncio can be built without it; what talks to servers here does so in threads, without asyncio."""

_PALETTE = "textual.command"
"""Textual's own command palette, which brings ten widgets along; readlist has another one."""


class _StandIn(ModuleType):
    """Has a class by any name that is imported from it, for modules that name it and do not use it."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


@contextmanager
def spared_modules() -> Iterator[None]:
    """Have asyncio and Textual imported without modules that they name and that nothing here uses."""
    with _instead({_TLS: None, _PALETTE: _StandIn(_PALETTE)}):
        yield


def load_msgspec() -> None:
    """Load msgspec, without typing_extensions where nothing has loaded that: it takes a twentieth of a short command.

    msgspec takes from it what `typing` has since Python 3.11, and from there if it is not installed. For Textual it is.
    """
    # A msgspec that can't do without is loaded by the first who needs it.
    with _instead({"typing_extensions": None}), suppress(ImportError):
        import msgspec  # noqa: F401


@contextmanager
def _instead(modules: Mapping[str, ModuleType | None]) -> Iterator[None]:
    """Have others imported in place of some modules; None marks one that is not to be found.

    So Python itself marks it (docs.python.org/3/reference/import.html#the-module-cache). Whoever imports one of these
    later gets it as always; one that is loaded already stays.
    """
    spared = {name: module for name, module in modules.items() if name not in sys.modules}
    sys.modules.update(spared)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in spared:
            del sys.modules[name]
