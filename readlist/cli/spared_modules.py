"""Modules that the screen can do without: they are not loaded while it starts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
    """Have asyncio and Textual imported without modules that they name and that nothing here uses.

    Whoever imports one of these later gets it as always; one that is loaded already stays.
    """
    instead: dict[str, ModuleType | None] = {_TLS: None, _PALETTE: _StandIn(_PALETTE)}
    spared = {name: module for name, module in instead.items() if name not in sys.modules}
    sys.modules.update(spared)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in spared:
            del sys.modules[name]
