"""The header: which view is shown, how the others stand, and where the cursor is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult, RenderResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget


class Tabs(Widget):
    """The views' names with their counts, the shown one first among equals."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tabs--current", "tabs--other", "tabs--count", "tabs--name"}

    titles: reactive[tuple[tuple[str, int | None], ...]] = reactive(())
    shown: reactive[int] = reactive(0)

    def render(self) -> RenderResult:
        """Draw the names; those that do not fit are left out, the shown one last of all."""
        style = self.get_visual_style
        pieces: list[Content] = []
        width = self.size.width
        if width >= 80:
            pieces.append(Content.styled(" readlist  ", style("tabs--name")))
        for place, (name, count) in enumerate(self.titles):
            current = place == self.shown
            if width < 60 and not current:
                continue
            click = Style.from_meta({"@click": ("screen.view", (place,))})
            text = Content.styled(f" {place + 1} {name}", style("tabs--current" if current else "tabs--other"))
            number = f" {count:,} " if count is not None else " "
            counted = Content.styled(number, style("tabs--current" if current else "tabs--count"))
            pieces.append((text + counted).stylize(click))
            pieces.append(Content(" "))
        return Content("").join(pieces)


class Position(Widget):
    """Where the cursor is: "12 of 340 · by date"."""

    text: reactive[str] = reactive("")

    def render(self) -> RenderResult:
        """Draw the position at the right."""
        return Content(self.text)


class ViewBar(Horizontal):
    """Tabs at the left, the position at the right; each redrawn on its own."""

    def __init__(self, names: Sequence[str], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.tabs = Tabs()
        self.tabs.titles = tuple((name, None) for name in names)
        self.position = Position()

    def compose(self) -> ComposeResult:
        """Lay out the two halves."""
        yield self.tabs
        yield self.position
