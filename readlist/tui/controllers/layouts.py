"""Layouts: how list and detail share the screen, kept in config.toml."""

from __future__ import annotations

import asyncio
from pathlib import Path

from readlist.config import Config, ConfigError, set_value
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.signs import line
from readlist.tui.ui import PaneLayout

_SIDE_STEP, _STACKED_STEP = 2, 1


class Layouts(Controller):
    """The commands that change the layout; what was chosen last is written to config.toml in a thread."""

    def __init__(self, loader: Loader, panes: PaneLayout, config: Config, settings: Path | None) -> None:
        super().__init__(loader)
        self._panes = panes
        self._settings = settings
        self._written: dict[str, str | int]
        self._written = {
            "layout": config.layout, "list_width": config.list_width, "list_height": config.list_height,
        }  # fmt: skip
        self._writing = False

    def _chosen(self) -> dict[str, str | int]:
        panes = self._panes
        return {"layout": panes.layout_chosen, "list_width": panes.list_width, "list_height": panes.list_height}

    def cycle(self) -> None:
        """Show the next layout: side by side, stacked, detail only, list only."""
        self._panes.choose(self._panes.next_layout())
        if self._panes.shape == "single":
            self._ui.focus(self._panes.home)
        self._ui.show()
        if self._panes.shape == "single":
            detail = "Detail only. {key:detail_back}: list, {key:layout}: next layout"
            papers = "List only. {key:detail}: detail, {key:layout}: next layout"
            self._ui.say(self._ui.keys.text(detail if self._panes.home == "detail" else papers))
        else:
            name = "Side by side" if self._panes.shape == "side" else "Stacked"
            self._ui.say(self._ui.keys.text("{name}. {key:border_back} {key:border_on}: move the border", name=name))
        self.keep()

    def move_border(self, step: int) -> None:
        """Move the border a little to the left or right; stacked, up or down."""
        if self._panes.shape == "single":
            self._ui.say(self._ui.keys.text("No border: one pane is shown. {key:layout}: next layout"), tone="note")
        elif self._panes.move_border(step * (_STACKED_STEP if self._panes.shape == "stacked" else _SIDE_STEP)):
            self.keep()

    def keep(self) -> None:
        """Write the layout to config.toml if it has changed."""
        if self._settings is not None and not self._writing and self._chosen() != self._written:
            settings, self._writing = self._settings, True
            self._ui.run(lambda: self._write(settings), "layout")

    async def _write(self, settings: Path) -> None:
        """Write until nothing has changed meanwhile: the border may move faster than the disk."""
        try:
            while (chosen := self._chosen()) != self._written:
                changed = [(key, value) for key, value in chosen.items() if value != self._written[key]]
                self._written = chosen
                for key, value in changed:
                    await asyncio.to_thread(set_value, settings, key, value)
        except ConfigError as error:
            self._ui.say(line(f"Layout not saved: {error}"), wrong=True)
        finally:
            self._writing = False
