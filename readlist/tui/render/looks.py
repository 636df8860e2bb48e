"""What pieces of text look like, by their names; those of whole widgets are in the style sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.color import Color
from textual.style import Style

if TYPE_CHECKING:
    from textual.widget import Widget

LOOKS: Mapping[str, str] = {
    "view-bar--name": "bold accent",
    "view-bar--current": "bold ink on base",
    "view-bar--other": "muted",
    "view-bar--left": "bold accent on base",
    "view-bar--count": "muted",
    "view-bar--done": "success",
    "view-bar--rest": "muted",
    "view-bar--position": "muted",
    "view-bar--late": "accent",
    "view-bar--wrong": "error",
    "paper-list--row": "ink on base",
    "paper-list--selected": "on panel",
    "paper-list--cursor": "{cursor-style} on cursor",
    "paper-list--bar": "accent",
    "paper-list--check": "bold success",
    "paper-list--alarm": "bold error",
    "paper-list--new": "success",
    "paper-list--unread": "primary",
    "paper-list--news": "bold accent",
    "paper-list--star": "accent",
    "paper-list--note": "success",
    "paper-list--code": "secondary",
    "paper-list--title": "ink",
    "paper-list--read": "muted",
    "paper-list--watch": "accent",
    "paper-list--watched": "underline accent",
    "paper-list--who": "muted",
    "paper-list--votes": "muted",
    "paper-list--hot": "bold accent",
    "paper-list--gained": "success",
    "paper-list--day": "muted",
    "paper-list--group": "bold muted",
    "paper-list--left": "muted",
    "paper-list--done": "success",
    "paper-list--rule": "line",
    "paper-list--empty": "bold ink",
    "paper-detail--title": "bold ink",
    "paper-detail--authors": "primary",
    "paper-detail--focus": "accent",
    "paper-detail--facts": "muted",
    "paper-detail--faint": "muted",
    "paper-detail--key": "bold accent",
    "paper-detail--link": "underline primary",
    "paper-detail--doubtful": "error",
    "paper-detail--summary": "italic ink",
    "paper-detail--heading": "bold success",
    "paper-detail--note": "success",
    "paper-detail--chip": "body on panel",
    "paper-detail--votes": "accent on panel",
    "paper-detail--match": "success on panel",
    "paper-detail--news": "bold accent on panel",
    "paper-detail--reason": "secondary",
    "paper-detail--similar": "bold secondary",
    "paper-detail--near": "ink",
    "paper-detail--tag": "tag on panel",
    "paper-detail--keyword": "secondary on panel",
    "paper-detail--watched": "underline accent",
    "paper-detail--hit": "reverse accent",
    "paper-detail--alarm": "bold accent",
    "paper-detail--more": "muted",
    "key-bar--key": "bold accent",
    "key-bar--word": "muted",
    "key-bar--lead": "bold ink",
    "status-line--done": "bold success",
    "status-line--note": "muted",
    "status-line--warning": "accent",
    "status-line--wrong": "error",
    "status-line--message": "body",
    "status-line--work": "accent",
    "status-line--tally": "muted",
}
"""Each look as in `bold ink on base`: how it is written, the role of its colour, that of its ground; see `palette`.

They are many, and would be most of the style sheet, which is parsed at every start and matched with every widget.
"""

_WRITTEN = frozenset({"bold", "italic", "underline", "reverse"})


def named_style(widget: Widget, *names: str) -> Style:
    """Return what a widget's text looks like with looks over its own, the later ones over the earlier."""
    style, roles = widget.visual_style, widget.app.theme_variables
    for name in names:
        style += _look(LOOKS[name], roles)
    return style


def _look(text: str, roles: Mapping[str, str]) -> Style:
    """Return the style that a look describes, in the colours of a theme."""
    words = text.format_map(roles).split()
    ground = words.index("on") if "on" in words else len(words)
    colour = next((word for word in words[:ground] if word not in _WRITTEN and word != "none"), "")
    return Style(
        Color.parse(roles[words[-1]]) if ground < len(words) else None,
        Color.parse(roles[colour]) if colour else None,
        bold="bold" in words or None,
        italic="italic" in words or None,
        underline="underline" in words or None,
        reverse="reverse" in words or None,
    )
