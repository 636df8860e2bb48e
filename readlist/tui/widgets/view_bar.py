"""The header: which view is shown, how the others stand, and where the cursor is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget


class ViewBar(Widget):
    """The views' names with their counts at the left, the cursor's position at the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"view-bar--{name}" for name in ("current", "other", "count", "name", "position")
    }

    titles: reactive[tuple[tuple[str, int | None], ...]] = reactive(())
    shown: reactive[int] = reactive(0)
    position: reactive[str] = reactive("", repaint=False)

    def __init__(self, names: Sequence[str], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.set_reactive(ViewBar.titles, tuple((name, None) for name in names))

    def watch_position(self, before: str, now: str) -> None:
        """Draw the position only, unless it leaves the names more room or less."""
        width = cell_len(now)
        if width == cell_len(before):
            self.refresh(Region(self.size.width - width, 0, width, 1))
        else:
            self.refresh()

    def on_mount(self) -> None:
        """Look like tabs, not like links."""
        self.auto_links = False

    def render(self) -> Content:
        """Draw as much as fits: all with counts, all without, the shown one alone; the position always."""
        room = self.size.width - cell_len(self.position)
        for named, counted, alone in ((True, True, False), (False, True, False), (False, False, False)):
            tabs = self._tabs(named, counted, alone)
            if tabs.cell_length <= room:
                break
        else:
            tabs = self._tabs(False, True, True).truncate(max(0, room))
        position = Content.styled(self.position, self.get_visual_style("view-bar--position"))
        return tabs + Content(" " * (room - tabs.cell_length)) + position

    def _tabs(self, named: bool, counted: bool, alone: bool) -> Content:
        style = self.get_visual_style
        pieces = [Content.styled(" readlist ", style("view-bar--name"))] if named else []
        for place, (name, count) in enumerate(self.titles):
            current = place == self.shown
            if alone and not current:
                continue
            click = Style.from_meta({"@click": ("screen.view", (place,))})
            text = Content.styled(f" {place + 1} {name} ", style("view-bar--current" if current else "view-bar--other"))
            if count is not None and (counted or current):
                text += Content.styled(f"{count:,} ", style("view-bar--current" if current else "view-bar--count"))
            pieces.append(text.stylize(click))
        return Content("").join(pieces)
