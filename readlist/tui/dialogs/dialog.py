"""Dialogs: their frame and rows; question, menu and prompt."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult, RenderResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.suggester import Suggester
from textual.visual import Visual
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from readlist.text.clean import drawable, fold
from readlist.tui.commands import BY_NAME, Context
from readlist.tui.keymap import KeyMap, spelled
from readlist.tui.render.columns import Cell, Column, aligned
from readlist.tui.render.signs import SIGNS, cut, line
from readlist.tui.render.strips import one_coloured
from readlist.tui.widgets.backdrop import Backdrop
from readlist.tui.widgets.message_queue import keys_taken
from readlist.tui.widgets.text_field import TextField

Answer = TypeVar("Answer")

# The corners, and a piece of the line at either side of what is written into it.
_FRAME = 6
_LISTED = 20


class Dialog(ModalScreen[Answer]):
    """A screen that returns one value.

    Its commands are the rows of the table with its context; `run` names the method of each. Their keys are priority
    bindings, as the reading screen's are: the app handles one key after the other, so that keys typed quickly after an
    answer reach the screen below.

    Attributes:
        context: which commands apply.
        keys: every command's keys.
        pressed: the key of the running command.
    """

    # On a low screen frames begin at the top, and a question gives way to its field.
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-low"), (10, "-middle"), (20, "-high")]  # noqa: RUF012
    context: ClassVar[Context]
    pressed = ""

    def __init__(self, keys: KeyMap) -> None:
        super().__init__()
        self.keys = keys
        for key, command in keys.bound({self.context}):
            binding = Binding(key, f"command({command.name!r}, {key!r})", command.title, show=False, priority=True)
            self._bindings.key_to_bindings.setdefault(key, []).append(binding)

    def render(self) -> Visual | RenderResult:  # type: ignore[override]
        """Draw the screen below, dimmed."""
        below = super().render()
        return Backdrop(below) if isinstance(below, BackgroundScreen) else below

    async def action_command(self, name: str, key: str) -> None:
        """Run a command by its name."""
        self.pressed = key
        done = getattr(self, BY_NAME[name].run.partition(".")[2])(*BY_NAME[name].args)
        if inspect.isawaitable(done):
            await done

    def hints(self, *parts: str, **values: str) -> list[str]:
        """Return what keys do, without those that have none; see `KeyMap.text`."""
        return [hint for part in parts if (hint := self.keys.hint(part, **values))]

    def answer(self, value: Answer | None) -> None:
        """Return a value; later answers are ignored."""
        if self.is_current:
            self.dismiss(value)

    def leave(self) -> None:
        """Return nothing."""
        self.answer(None)

    def move(self, lines: int) -> None:
        """Go to the next or previous item, from the last one to the first."""
        items = self.query_one(OptionList)
        (items.action_cursor_down if lines > 0 else items.action_cursor_up)()

    def suspend(self) -> None:
        """Suspend readlist to the shell."""
        self.app.action_suspend_process()


class Frame(Vertical):
    """The frame of a dialog: title and count above, its keys below, as many as fit.

    Attributes:
        count: how many rows there are, shown beside the title; empty for nothing.
        hints: the keys and what they do; where they don't fit, the first ones are left out.
    """

    count: reactive[str] = reactive("")
    hints: reactive[Sequence[str]] = reactive(())

    def __init__(self, title: str, hints: Sequence[str], *, kind: str = "") -> None:
        """Make the frame.

        Args:
            title: what the dialog is.
            hints: the keys and what they do.
            kind: a class of the style sheet.
        """
        super().__init__(classes=f"box {kind}".rstrip())
        self._title = title
        self.set_reactive(Frame.hints, hints)

    def on_mount(self) -> None:
        """Show the title."""
        self.watch_count()

    def on_resize(self) -> None:
        """Show the keys that fit."""
        self.watch_hints()

    def watch_count(self) -> None:
        """Show the count beside the title."""
        shown = Content(line(self._title))
        self.border_title = Content.assemble(shown, f" · {self.count}") if self.count else shown

    def watch_hints(self) -> None:
        """Show the keys that fit into the frame."""
        room = self.outer_size.width - _FRAME
        shown = (" · ".join(self.hints[first:]) for first in range(len(self.hints) + 1))
        self.border_subtitle = Content(next(text for text in shown if cell_len(text) <= max(0, room)))


class LongText(VerticalScroll):
    """A long text in a dialog, laid out for the width that it has."""

    def __init__(self, text: Callable[[int], Content]) -> None:
        """Make the page.

        Args:
            text: gives the text for lines of some cells.
        """
        super().__init__(can_focus=True)
        self._text = text
        self._shown = Static()

    def compose(self) -> ComposeResult:
        """Lay out the page."""
        yield self._shown

    def on_resize(self) -> None:
        """Lay the text out for the width there is."""
        self.draw()

    def draw(self) -> None:
        """Show the text as it is now."""
        self._shown.update(self._text(self.scrollable_content_region.width))

    def move(self, lines: int) -> None:
        """Scroll."""
        self.scroll_relative(y=lines, animate=False)


class Items(OptionList):
    """The rows of a dialog in aligned columns; the one under the cursor has a sign that needs no colours."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"items--cursor"}

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Cell]] = (),
        *,
        empty: str = "",
        heading: Static | None = None,
        place: int = 0,
    ) -> None:
        """Make the rows.

        Args:
            columns: the columns.
            rows: a cell for each column.
            empty: what is shown without rows.
            heading: where the headings of the columns are shown.
            place: the row the cursor is on at first.
        """
        super().__init__(compact=True)
        self._columns = columns
        self._rows = rows
        self._empty = empty
        self._heading = heading
        self._place = place
        self._width = 0

    def on_resize(self) -> None:
        """Lay the rows out for the width there is."""
        if self.scrollable_content_region.width != self._width:
            self.show(self._rows, self._place if self.highlighted is None else self.highlighted)

    def show(self, rows: Sequence[Sequence[Cell]], place: int = 0) -> None:
        """Show other rows, with the cursor on one of them."""
        self._rows = rows
        self._width = width = self.scrollable_content_region.width
        headings = [(column.heading, "$muted") for column in self._columns]
        first, *drawn = aligned([headings, *rows], self._columns, width - 1)
        if self._heading is not None:
            self._heading.update(Content(" ") + first if rows else "")
        self.clear_options()
        self.add_options(Option(Content(" ") + row) for row in drawn)
        if not rows and self._empty:
            self.add_option(Option(Content.styled(f" {self._empty}", "$muted"), disabled=True))
        self.highlighted = min(place, len(rows) - 1) if rows else None

    def render_line(self, y: int) -> Strip:
        """Draw one line, with the cursor's sign."""
        strip = super().render_line(y)
        place = self.scroll_offset.y + y
        if self.highlighted is None or place != self.highlighted:
            return strip
        style = self.get_visual_style("option-list--option", "option-list--option-highlighted").rich_style
        sign = style + Style(color=self.get_component_rich_style("items--cursor").color, bold=True)
        strip = Strip([Segment(SIGNS.cursor, sign), *strip.crop(1)])
        if self.get_component_styles("option-list--option-highlighted").text_style.reverse:
            # Textual leaves this one out, which needs no colours.
            strip = Strip(Segment(text, one_coloured(look or style, style)) for text, look, _ in strip)
        return strip


class Question(Dialog[bool]):
    """Asks yes or no with one key."""

    context: ClassVar[Context] = "question"

    def __init__(self, keys: KeyMap, question: str) -> None:
        super().__init__(keys)
        self._question = question

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        with Frame("Confirm", [*self.hints("{keys:question_yes}: yes", "{keys:question_no}: no")]):
            yield Static(Content(self._question), classes="question")


_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_TEXTS = (
    Column(style="$accent"),
    Column(style="bold", least=8),
    Column(style="$muted", least=8, rank=2),
)


class Choice(Dialog[int]):
    """A menu; returns the place of the item chosen, from 0."""

    context: ClassVar[Context] = "choice"

    def __init__(self, keys: KeyMap, title: str, offers: Sequence[tuple[str, str]]) -> None:
        super().__init__(keys)
        self._title = title
        self._offers = offers
        self._numbers = keys["choice_number"][: len(offers)]
        self._letters = self._bind_letters() if keys["choice_number"] else ()

    def _bind_letters(self) -> Sequence[str]:
        """Give each item without a number a letter, its own first one if that is free."""
        free = [letter for letter in _LETTERS if letter not in self._bindings.key_to_bindings]
        letters = []
        for place, (what, _) in enumerate(self._offers[len(self._numbers) :], len(self._numbers)):
            letter = next((letter for letter in (*fold(what), *free) if letter in free), "")
            if letter:
                free.remove(letter)
                # As for commands: keys typed quickly after this one reach the screen below.
                binding = Binding(letter, f"choose({place})", what, show=False, priority=True)
                self._bindings.key_to_bindings.setdefault(letter, []).append(binding)
            letters.append(letter)
        return letters

    def compose(self) -> ComposeResult:
        """Lay out the items, each with its key."""
        signs = [*map(spelled, self._numbers), *self._letters]
        signs += [""] * (len(self._offers) - len(signs))
        known = [sign for sign in signs[: len(self._numbers)] if sign]
        first = f"{known[0]}-{known[-1]} or " if known[1:] else f"{known[0]} or " if known else ""
        rows = [(sign, line(what), line(text)) for sign, (what, text) in zip(signs, self._offers, strict=True)]
        hints = self.hints("{first}{key:dialog_accept}: choose", "{key:dialog_leave}: cancel", first=first)
        with Frame(self._title, hints):
            yield Items(_TEXTS, rows)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the place of the item that was clicked."""
        self.answer(event.option_index)

    def action_choose(self, place: int) -> None:
        """Return the place of the item whose letter was pressed."""
        self.answer(place)

    def accept(self) -> None:
        """Return the place of the item under the cursor."""
        self.answer(self.query_one(OptionList).highlighted)

    def accept_number(self) -> None:
        """Return the place of the item whose key was pressed."""
        place = self.keys["choice_number"].index(self.pressed)
        if place < len(self._offers):
            self.answer(place)


def _names(value: str) -> list[str]:
    """Return the files and folders that a path may go on with, in order; hidden ones only if asked for."""
    folder, slash, start = value.rpartition("/")
    try:
        inside = Path(f"{folder}{slash}" or ".").expanduser()
        with os.scandir(inside) as found:
            named = [one for one in found if one.name.isprintable() and one.name.startswith(start)]
        # Of those alone, whose folder may hold thousands.
        return sorted(f"{one.name}{_sign(one)}" for one in named if start or one.name[0] != ".")
    except (OSError, RuntimeError):
        return []


def _sign(one: os.DirEntry[str]) -> str:
    is_folder = Path(one).is_dir() if one.is_symlink() else one.is_dir()
    return "/" if is_folder else ""


class _PathSuggester(Suggester):
    """Completes a path from its folder."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the path of the first file or folder that begins as typed."""
        folder, slash, start = value.rpartition("/")
        found = next(iter(_names(value)), None)
        return f"{folder}{slash}{found}" if found and start else None


class _WordSuggester(Suggester):
    """Completes what is typed by a function."""

    def __init__(self, complete: Callable[[str], str | None]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        """Return the completed text."""
        return self._complete(value)


class Prompt(Dialog[str]):
    """Asks for one line of text."""

    context: ClassVar[Context] = "prompt"

    def __init__(
        self,
        keys: KeyMap,
        title: str,
        question: str,
        verb: str,
        *,
        placeholder: str = "",
        path: bool = False,
        check: Callable[[str], str] | None = None,
        complete: Callable[[str], str | None] | None = None,
    ) -> None:
        """Make the prompt; the arguments are those of `Ui.prompt`."""
        super().__init__(keys)
        self._check = check
        self._title = title
        self._question = question
        self._verb = verb
        self._completes = path or complete is not None
        self._is_path = path
        self._listed = ""
        self._offered = ""
        suggester = _PathSuggester() if path else _WordSuggester(complete) if complete is not None else None
        self._field = TextField(placeholder=drawable(placeholder), suggester=suggester, compact=True)

    def compose(self) -> ComposeResult:
        """Lay out the prompt."""
        parts = ["{key:prompt_complete}: complete"] if self._completes else []
        parts += ["{key:dialog_accept}: {verb}", "{key:prompt_leave}: cancel"]
        with Frame(self._title, self.hints(*parts, verb=self._verb)):
            yield Static(Content(self._question), classes="question")
            yield self._field
            yield Static(classes="refusal")

    async def accept(self) -> None:
        """Return the text; the suggested one if the field is empty."""
        await keys_taken(self._field)
        text = self._field.value.strip() or self._offered
        problem = self._check(text) if text and self._check is not None else ""
        if problem:
            self._show_problem(line(problem))
            return
        self.answer(text)

    def offer(self, text: str, where: str = "") -> None:
        """Suggest a text that is accepted while the field is empty, and say where it comes from."""
        if not text:
            return
        self._offered = text
        parts = [*(["{where}"] if where else []), "{key:dialog_accept}: {verb}"]
        hint = self.keys.hint(*parts, between=", ", where=where, verb=self._verb)
        whole, short = f"{drawable(text)}  ({hint})", f"{drawable(text)}  ({where})" if where else drawable(text)
        # The frame and its padding take four cells.
        self._field.placeholder = whole if cell_len(whole) <= min(64, self.app.size.width * 96 // 100) - 4 else short

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show no problem of a text that was changed."""
        event.stop()
        # Letters typed right before may be handled after what was asked for them.
        if self._field.value != self._listed:
            self._show_problem("")

    def _show_problem(self, problem: str, look: str = "") -> None:
        shown = self.query_one(".refusal", Static)
        shown.update(Content(problem))
        shown.set_class(bool(problem), "-shown")
        shown.set_class(look == "hint", "hint")

    async def complete(self) -> None:
        """Accept the suggestion; of a path without one, show what is in the folder."""
        await keys_taken(self._field)
        before = self._field.value
        self._field.action_cursor_right()
        if self._is_path and self._field.value == before and (names := _names(before)):
            found = names[0] if len(names) == 1 else f"{len(names):,}: {'  '.join(names[:_LISTED])}"
            self._listed, width = before, self._field.size.width
            self._show_problem(cut(line(found), min(cell_len(line(found)), width), SIGNS.cut), "hint")
