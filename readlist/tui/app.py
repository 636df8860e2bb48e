"""The app: theme, stylesheet, keymap, palette, first screen; no data."""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.color import ColorSystem as Depth
from textual._styles_cache import StylesCache
from textual.app import App
from textual.binding import BindingType
from textual.color import Color
from textual.driver import Driver
from textual.reactive import reactive
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.style import Style
from textual.theme import BUILTIN_THEMES, Theme

from readlist.config import ConfigError, set_value
from readlist.model.time import utc_now
from readlist.tui.desktop.terminal import JobControl, PasteParser, TerminalWriter, forgiving_decoder
from readlist.tui.desktop.window_title import has_title, show_title, titled
from readlist.tui.keymap import KeyMap, spelled
from readlist.tui.render.palette import palette
from readlist.tui.render.strips import AsciiLines
from readlist.tui.screen import ReadingScreen, screen_class
from readlist.tui.widgets.bars import ThinBar

if TYPE_CHECKING:
    from datetime import datetime

    from readlist.config import Config
    from readlist.services.refresh import Refresh
    from readlist.shelf import Shelf
    from readlist.tui.controllers.notes import Notes

DARK = Theme(
    name="readlist-dark",
    primary="#82aed6",
    secondary="#aca0d6",
    accent="#e0b15e",
    warning="#e0b15e",
    error="#e4837c",
    success="#97c079",
    foreground="#e6e3da",
    background="#15181b",
    surface="#1c1f23",
    panel="#262b31",
    dark=True,
    variables={"body": "#cfccc4", "muted": "#a3a29d", "tag": "#7fc4bd", "line": "#4d5259", "cursor": "#30363d"},
)
LIGHT = Theme(
    name="readlist-light",
    primary="#275a83",
    secondary="#5b4b93",
    accent="#80500b",
    warning="#80500b",
    error="#9e2c25",
    success="#3d6428",
    foreground="#232220",
    background="#f7f4ec",
    surface="#f0ece2",
    panel="#e6e1d5",
    dark=False,
    variables={"body": "#383632", "muted": "#5b5953", "tag": "#1f645e", "line": "#a8a397", "cursor": "#dbd5c7"},
)
DEFAULT_THEME = DARK.name
_PATIENCE = 2.0
_DEPTHS = {"standard": Depth.STANDARD, "256": Depth.EIGHT_BIT}


def theme_problem(name: str) -> str:
    """Return what is wrong with a theme's name, with the closest right one; empty for nothing."""
    names = [DARK.name, LIGHT.name, *BUILTIN_THEMES]
    if not name or name in names:
        return ""
    near = difflib.get_close_matches(name, names, 1)
    return f"unknown theme `{name}`; " + (f"did you mean `{near[0]}`?" if near else f"known themes: {', '.join(names)}")


@functools.lru_cache(1024)
def _inner_outer(base: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base + background), Style(background=base)


def _release_removed_widgets() -> None:
    """Free the drawn lines of removed widgets.

    Textual caches styles of 1,024 pairs of colours for all widgets, under keys that hold a widget's lines: half a
    megabyte for each closed help.
    """
    StylesCache.get_inner_outer = lambda _, base, background: _inner_outer(base, background)  # type: ignore


class ReadlistApp(App[None]):
    """readlist in the terminal.

    Attributes:
        fault: the internal error that ended the app, None if there was none.
        problems: what is wrong with the settings, said at the start.
    """

    TITLE = "readlist"
    CSS_PATH = "readlist.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []

    # No widget shows it: drawing the whole screen for each new count would take four times the bytes of a key.
    title: reactive[str] = reactive("", repaint=False)

    def __init__(
        self,
        shelf: Shelf,
        config: Config,
        keys: KeyMap,
        settings: Path | None = None,
        end_anyway: Callable[[], None] | None = None,
        make_refresh: Callable[[], Refresh] | None = None,
        painted: Callable[[], None] = lambda: None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Make the app.

        Args:
            shelf: what is shown.
            config: the user's settings.
            keys: every command's keys.
            settings: config.toml, None to save nothing.
            end_anyway: ends the process when the terminal is gone and can't be reset.
            make_refresh: makes the refresh service when first needed; None to never fetch.
            painted: called when the first papers are shown.
            clock: gives the current time.
        """
        self._end_anyway = end_anyway
        self.fault: BaseException | None = None
        self._painted = painted
        self._has_theme = False
        _release_removed_widgets()
        # None leaves it to the theme: ansi-dark and ansi-light have the colours of the terminal.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self._settings = settings
        self._keys = keys
        self.reading: ReadingScreen = screen_class(keys)(self, shelf, config, keys, make_refresh, settings, clock)
        self.job_control = JobControl(self, self._keep_draft)
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        unknown_theme = theme_problem(config.theme)
        self.problems = [unknown_theme] if unknown_theme else []
        if config.ascii:
            self._filters.append(AsciiLines())
        ScrollBar.renderer = ThinBar
        self._begin_with(DEFAULT_THEME if unknown_theme else config.theme or DEFAULT_THEME)

    def get_css_variables(self) -> dict[str, str]:
        """Give the style sheet the colours of the theme by what they are for."""
        if not self._has_theme:
            # Textual asks first for those of its own theme, and would need a while to make them.
            return {}
        variables = super().get_css_variables()
        system = self.console.color_system
        roles = palette(
            self.current_theme,
            variables,
            _DEPTHS.get(system or "", Depth.TRUECOLOR),
            colourless=self.no_color or system is None,
        )
        self.theme_variables = variables | roles
        return self.theme_variables

    def get_driver_class(self) -> type[Driver]:
        """Have the driver keep pastes whole, accept bytes that are not UTF-8, and outlive the terminal."""
        driver = super().get_driver_class()
        module = sys.modules[driver.__module__]
        if hasattr(module, "XTermParser"):
            module.XTermParser = PasteParser  # type: ignore[attr-defined]
        if hasattr(module, "getincrementaldecoder"):
            module.getincrementaldecoder = forgiving_decoder  # type: ignore[attr-defined]
        if hasattr(module, "WriterThread"):
            module.WriterThread = TerminalWriter  # type: ignore[attr-defined]
        return titled(driver) if has_title() else driver

    def watch_title(self, title: str) -> None:
        """Set the title of the terminal's window."""
        show_title(self._driver, title)

    def action_help_quit(self) -> None:
        """Say how to quit when ^C is pressed and copies nothing."""
        # A letter would be typed in a field; Textual itself has ^q.
        key = next((key for key in self._keys["quit"] if "+" in key), "ctrl+q")
        self.reading.ui.say(f"{spelled(key)}: quit (everything is saved)", tone="note")

    def get_default_screen(self) -> Screen[None]:
        """Start on the reading screen, laid out for the terminal's size."""
        self.reading.lay_out_for(self.size)
        return self.reading

    def _begin_with(self, name: str) -> None:
        """Set the first theme before anything is styled; a later change styles everything again."""
        self.set_reactive(App.theme, name)
        self._has_theme = True
        theme = self.current_theme
        self.add_class(f"-theme-{theme.name}", update=False)
        self.set_class(theme.dark, "-dark-mode", update=False)
        self.set_class(not theme.dark, "-light-mode", update=False)
        self.stylesheet.set_variables(self.get_css_variables())
        self._refresh_truecolor_filter(self.ansi_theme)

    async def refresh_css(self, animate: bool = True) -> None:  # type: ignore[override]
        """Style everything again, in steps; Textual, which calls this between two messages, waits for it."""
        from readlist.tui.theme_change import restyle

        await restyle(self)

    def on_mount(self) -> None:
        """Quit cleanly when the window is closed or the system shuts down."""
        self.call_after_refresh(self._painted)
        for problem in self.problems:
            self.call_after_refresh(self.reading.ui.say, problem, wrong=True)
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            with contextlib.suppress(NotImplementedError, AttributeError, RuntimeError, ValueError):
                loop.add_signal_handler(getattr(signal, name), self._end)
        self.job_control.listen()

    def keep_theme(self, name: str) -> None:
        """Use a theme, and save it in the settings; fulfils `Terminal`."""
        self.theme = name
        if self._settings is not None:
            self.run_worker(asyncio.to_thread(self._write_theme, self._settings, name), group="theme", exclusive=True)

    def _write_theme(self, settings: Path, theme: str) -> None:
        try:
            set_value(settings, "theme", theme)
        except ConfigError as error:
            self.call_from_thread(self.reading.ui.say, f"Theme not saved: {error}", wrong=True)

    def _handle_exception(self, error: Exception) -> None:
        if self.fault is None:
            self.fault = getattr(error, "error", None) or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End after an internal error, which is then in `fault`, and print nothing.

        Textual would print the values of variables: notes, tokens, outside text.
        """
        with contextlib.suppress(Exception):
            self._save_notes(late=False)
        self._close_messages_no_wait()

    @property
    def _notes(self) -> Notes | None:
        """The notes controller, if a note was edited."""
        controllers = self.reading.controllers
        return controllers.notes if controllers.is_made("notes") else None

    def _keep_draft(self) -> None:
        if self._notes is not None:
            self._notes.keep_draft()

    def _save_notes(self, *, late: bool = True) -> None:
        """Save the note being edited, and what editors saved late."""
        if self._notes is not None:
            self._notes.save()
            if late:
                self._notes.take_late(last=True)

    def _end(self) -> None:
        self._save_notes()
        self.exit()
        if self._end_anyway is not None:
            # Textual may wait forever for a terminal that is gone.
            timer = threading.Timer(_PATIENCE, self._end_anyway)
            timer.daemon = True
            timer.start()

    def action_suspend_process(self) -> None:
        """Suspend readlist to the shell."""
        if problem := self.job_control.suspend():
            self.reading.ui.say(problem, tone="warning")

    @contextlib.contextmanager
    def suspend(self) -> Iterator[None]:
        """Lend the terminal to another program; nothing is drawn meanwhile."""
        # Not even into Textual's queue, which would fill up.
        with self.batch_update(), self.job_control.lent(), super().suspend():
            yield
        self.reading.refresh(layout=True)

    async def action_quit(self) -> None:
        """Quit; saves the note being edited."""
        await self.reading.ui.leave_note()
        self._save_notes()
        self.exit()
