"""The change of the theme, in steps between which the event loop gets its turn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

if TYPE_CHECKING:
    from textual.app import App

_NODES = 6
"""Widgets that are styled in one step, in some thousandths of a second."""


async def restyle(app: App[Any]) -> None:
    """Style everything again with the colours of the present theme; nothing is drawn before all of it is done.

    Textual's `refresh_css` does the same at once, and holds up the loop for a fifth of a second.
    """
    fresh = await _parsed(app)
    with app.batch_update():
        app.stylesheet = fresh
        # The screen on top first, as Textual does; those below it are seen through it.
        for root in (app, *reversed(app.screen_stack[:-1])):
            nodes = iter(root.walk_children(with_self=True))
            while some := list(islice(nodes, _NODES)):
                fresh.update_nodes(_attached(some))
                await asyncio.sleep(0)
        for screen in app.screen_stack:
            screen._css_update_count = app._css_update_count
    if app.screen.is_mounted:
        app.screen.refresh(layout=True)


async def _parsed(app: App[Any]) -> Stylesheet:
    """Return the style sheet with the colours of the theme, parsed source by source."""
    fresh = Stylesheet(variables=app.get_css_variables())
    # A dialog that opens meanwhile may add a source.
    while len(fresh.source) < len(app.stylesheet.source):
        for place, (css, is_default, tie_breaker, scope) in list(app.stylesheet.source.items()):
            if fresh.has_source(*place):
                continue
            fresh.add_source(css, place, is_default, tie_breaker, scope)
            # What `parse` finds in the cache then.
            fresh._parse_rules(css, place, is_default, tie_breaker, scope)
            await asyncio.sleep(0)
    fresh.parse()
    return fresh


def _attached(nodes: list[DOMNode]) -> Iterator[DOMNode]:
    """Yield those that were not removed meanwhile."""
    return (node for node in nodes if node.is_attached or node.parent is None)
