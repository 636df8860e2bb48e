"""Looks are what a style sheet would make of them."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.style import Style
from textual.theme import BUILTIN_THEMES, Theme
from textual.widget import Widget

from readlist.tui.app import DARK, LIGHT
from readlist.tui.render.looks import LOOKS, named_style
from readlist.tui.render.palette import palette

_WRITTEN = ("bold", "italic", "underline", "reverse", "$cursor-style")


def rule(look: str) -> str:
    """A look as in a style sheet."""
    text, on, ground = look.replace("{cursor-style}", "$cursor-style").partition("on ")
    written = " ".join(word for word in text.split() if word in _WRITTEN)
    colour = " ".join(word for word in text.split() if word not in _WRITTEN)
    return (
        (f"text-style: {written};" if written else "")
        + (f"color: ${colour};" if colour else "")
        + (f"background: ${ground};" if on else "")
    )


class Styled(Widget):
    """What has looks both ways."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(LOOKS)


class Sheet(App[None]):
    """An app whose style sheet has all looks."""

    CSS = "Screen { background: $base; } Styled { color: $muted; background: $panel; }\n" + "\n".join(
        f"Styled > .{name} {{ {rule(look)} }}" for name, look in LOOKS.items()
    )

    def __init__(self, theme: Theme) -> None:
        self._first = theme
        super().__init__()

    def get_css_variables(self) -> dict[str, str]:
        variables = super().get_css_variables()
        self.theme_variables = variables | palette(self._first, variables)
        return self.theme_variables

    def compose(self) -> ComposeResult:
        yield Styled()


def by_sheet(widget: Widget, *names: str) -> Style:
    reverse = any(widget.get_component_styles(name).text_style.reverse for name in names)
    # Textual leaves this one out.
    return widget.get_visual_style(*names) + Style(reverse=reverse or None)


@pytest.mark.parametrize(
    "theme", [DARK, LIGHT, BUILTIN_THEMES["dracula"], BUILTIN_THEMES["ansi-dark"]], ids=lambda theme: theme.name
)
async def test_a_look_is_what_a_style_sheet_makes_of_it(theme: Theme) -> None:
    app = Sheet(theme)
    async with app.run_test():
        widget = app.query_one(Styled)
        for name in LOOKS:
            assert named_style(widget, name).rich_style == by_sheet(widget, name).rich_style, name
            for ground in ("paper-list--cursor", "paper-list--selected"):
                names = ("paper-list--row", name, ground)
                assert named_style(widget, *names).rich_style == by_sheet(widget, *names).rich_style, names
        assert named_style(widget) == widget.visual_style
