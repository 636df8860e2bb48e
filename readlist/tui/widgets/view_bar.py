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

    def on_mount(self) -> None:
        """Look like tabs, not like links."""
        self.auto_links = False

    def render(self) -> RenderResult:
        """Draw as much as fits: all with counts, all without, the shown one alone."""
        for named, counted, alone in ((True, True, False), (False, True, False), (False, False, False)):
            content = self._tabs(named, counted, alone)
            if content.cell_length <= self.size.width:
                return content
        return self._tabs(False, True, True)

    def _tabs(self, named: bool, counted: bool, alone: bool) -> Content:
        style = self.get_visual_style
        pieces = [Content.styled(" readlist ", style("tabs--name"))] if named else []
        for place, (name, count) in enumerate(self.titles):
            current = place == self.shown
            if alone and not current:
                continue
            click = Style.from_meta({"@click": ("screen.view", (place,))})
            text = Content.styled(f" {place + 1} {name} ", style("tabs--current" if current else "tabs--other"))
            if count is not None and (counted or current):
                text += Content.styled(f"{count:,} ", style("tabs--current" if current else "tabs--count"))
            pieces.append(text.stylize(click))
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
