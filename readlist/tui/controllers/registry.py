"""Makes each controller when its first command comes."""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from readlist.tui.controllers.browse import Browse
    from readlist.tui.controllers.copy import Copy
    from readlist.tui.controllers.feeds import Feeds
    from readlist.tui.controllers.marks import Marks
    from readlist.tui.controllers.notes import Notes
    from readlist.tui.controllers.program import Program
    from readlist.tui.controllers.search import Search
    from readlist.tui.controllers.transfer import Transfer
    from readlist.tui.controllers.views import Views
    from readlist.tui.fetcher import Fetcher


class Controllers:
    """The controllers by the names that the table of commands has for them.

    The arguments of a constructor are named as what they get: a part of the screen, or another controller.
    """

    browse: Browse
    copy: Copy
    feeds: Feeds
    fetcher: Fetcher
    marks: Marks
    notes: Notes
    program: Program
    search: Search
    transfer: Transfer
    views: Views

    def __init__(self, **parts: object) -> None:
        """Make no controller yet.

        Args:
            parts: what controllers are made of.
        """
        vars(self).update(parts)

    def is_made(self, name: str) -> bool:
        """Tell whether a controller was needed yet."""
        return name in vars(self)

    def __getattr__(self, name: str) -> object:
        if name not in Controllers.__annotations__:
            raise AttributeError(name)
        module = importlib.import_module(f"readlist.tui.{'' if name == 'fetcher' else 'controllers.'}{name}")
        make = getattr(module, name.capitalize())
        made = make(*(getattr(self, argument) for argument in inspect.signature(make).parameters))
        setattr(self, name, made)
        return made
