"""Dialogs: question, menu, prompt and command palette."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, TypeVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from readlist.text.clean import drawable, fold
from readlist.tui.commands import BY_NAME, COMMANDS, GROUPS, Context
from readlist.tui.keymap import KeyMap, spelled
from readlist.tui.render.signs import line
from readlist.tui.widgets.text_field import TextField, keys_taken

Answer = TypeVar("Answer")


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

    context: ClassVar[Context]
    pressed = ""

    def __init__(self, keys: KeyMap) -> None:
        super().__init__()
        self.keys = keys
        for key, command in keys.bound({self.context}):
            binding = Binding(key, f"command({command.name!r}, {key!r})", command.title, show=False, priority=True)
            self._bindings.key_to_bindings.setdefault(key, []).append(binding)

    async def action_command(self, name: str, key: str) -> None:
        """Run a command by its name."""
        self.pressed = key
        done = getattr(self, BY_NAME[name].run.partition(".")[2])(*BY_NAME[name].args)
        if inspect.isawaitable(done):
            await done

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


class Question(Dialog[bool]):
    """Asks yes or no with one key."""

    context: ClassVar[Context] = "question"

    def __init__(self, keys: KeyMap, question: str) -> None:
        super().__init__(keys)
        self._question = question

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        hint = self.keys.hint("{keys:question_yes}: yes", "{keys:question_no}: no", between="   ·   ")
        with Vertical(classes="box"):
            yield Static(Content(self._question), classes="question")
            yield Static(Content(hint), classes="hint")


class Choice(Dialog[int]):
    """A menu; returns the place of the item chosen, from 0."""

    context: ClassVar[Context] = "choice"

    def __init__(self, keys: KeyMap, title: str, offers: Sequence[tuple[str, str]]) -> None:
        super().__init__(keys)
        self._title = title
        self._offers = offers

    def compose(self) -> ComposeResult:
        """Lay out the items, each with its key."""
        numbers = self.keys["choice_number"]
        signs = [spelled(key) for key in numbers] or [" "]
        signs += [str(number) if numbers else " " for number in range(len(signs) + 1, len(self._offers) + 1)]
        known = signs[: min(len(numbers), len(self._offers))]
        first = f"{known[0]}-{known[-1]} or " if known[1:] else f"{known[0]} or " if known else ""
        hint = self.keys.hint("{first}{key:dialog_accept}: choose", "{key:dialog_leave}: cancel", first=first)
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            yield OptionList(
                *(
                    Option(Content.assemble((f"{sign} ", "$accent"), (what, "bold"), f"  {text}"))
                    for sign, (what, text) in zip(signs, self._offers, strict=False)
                ),
                compact=True,
            )
            yield Static(Content(hint), classes="hint")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the place of the item that was clicked."""
        self.answer(event.option_index)

    def accept(self) -> None:
        """Return the place of the item under the cursor."""
        self.answer(self.query_one(OptionList).highlighted)

    def accept_number(self) -> None:
        """Return the place of the item whose key was pressed."""
        place = self.keys["choice_number"].index(self.pressed)
        if place < len(self._offers):
            self.answer(place)


class _PathSuggester(Suggester):
    """Completes a path from its folder."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the path of the first file or folder that begins as typed."""
        folder, slash, start = value.rpartition("/")
        try:
            inside = Path(f"{folder}{slash}" or ".").expanduser()
            names = sorted(
                one.name + ("/" if one.is_dir() else "") for one in inside.iterdir() if one.name.isprintable()
            )
        except (OSError, RuntimeError):
            return None
        found = next((name for name in names if name.startswith(start) and (start or name[0] != ".")), None)
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

    # On a low screen the question gives way to the field.
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-low"), (10, "-high")]  # noqa: RUF012
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
        self._offered = ""
        suggester = _PathSuggester() if path else _WordSuggester(complete) if complete is not None else None
        self._field = TextField(placeholder=drawable(placeholder), suggester=suggester, compact=True)

    def compose(self) -> ComposeResult:
        """Lay out the prompt."""
        parts = ["{key:prompt_complete}: complete"] if self._completes else []
        hint = self.keys.hint(*parts, "{key:dialog_accept}: {verb}", "{key:prompt_leave}: cancel", verb=self._verb)
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            yield Static(Content(self._question), classes="question")
            yield self._field
            yield Static(Content(hint), classes="hint")

    async def accept(self) -> None:
        """Return the text; the suggested one if the field is empty."""
        await keys_taken(self._field)
        text = self._field.value.strip() or self._offered
        problem = self._check(text) if text and self._check is not None else ""
        if problem:
            self.query_one(".hint", Static).update(Content.styled(line(problem), "$error"))
            return
        self.answer(text)

    def offer(self, text: str, where: str) -> None:
        """Suggest a text that is accepted while the field is empty, and say where it comes from."""
        if not text:
            return
        self._offered = text
        hint = self.keys.hint("{where}", "{key:dialog_accept}: {verb}", between=", ", where=where, verb=self._verb)
        whole, short = f"{drawable(text)}  ({hint})", f"{drawable(text)}  ({where})"
        # The frame and its padding take four cells.
        self._field.placeholder = whole if cell_len(whole) <= min(64, self.app.size.width * 96 // 100) - 4 else short

    def complete(self) -> None:
        """Accept the suggestion."""
        self._field.action_cursor_right()


_KEYS = 10


class Palette(Dialog[str]):
    """Finds commands (`command:NAME`) and themes (`theme:NAME`) with all the words typed."""

    context: ClassVar[Context] = "palette"

    def __init__(self, keys: KeyMap, themes: Sequence[str]) -> None:
        super().__init__(keys)
        self._offers = palette_offers(keys, themes)
        self._found: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay out the field and the items."""
        with Vertical(classes="box palette") as box:
            box.border_title = "Commands"
            box.border_subtitle = self.keys.hint("{key:dialog_accept}: run", "{key:prompt_leave}: cancel")
            yield TextField(placeholder="star, sort, theme …", compact=True)
            yield OptionList(compact=True)

    def on_mount(self) -> None:
        """Show everything at first."""
        self._offer("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what has all the words typed."""
        event.stop()
        self._offer(event.value)

    def _offer(self, typed: str) -> None:
        words = fold(typed).split()
        found = [offer for offer in self._offers if all(word in fold(f"{offer[2]} {offer[3]}") for word in words)]
        found.sort(key=lambda offer: _rank(fold(offer[2]), words))
        self._found = [name for name, *_ in found]
        offers = self.query_one(OptionList)
        offers.clear_options()
        offers.add_options(
            Option(
                Content.assemble((keys + " " * max(1, _KEYS - cell_len(keys)), "$accent"), (title, "bold"), "  ", help_)
            )
            for _, keys, title, help_ in found
        )
        offers.highlighted = 0 if found else None

    async def accept(self) -> None:
        """Return the item under the cursor."""
        field = self.query_one(Input)
        await keys_taken(field)
        place = self.query_one(OptionList).highlighted
        typed = fold(field.value).split()
        if typed and not place:
            self._offer(field.value)
            place = 0
        self.answer(self._found[place] if place is not None and place < len(self._found) else None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the item that was clicked."""
        self.answer(self._found[event.option_index])


def palette_offers(keys: KeyMap, themes: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Return the items of the palette: value, keys, title and help of each."""
    offers = [
        (f"command:{command.name}", " ".join(map(spelled, keys[command.name])), command.title, command.help)
        for command in sorted(COMMANDS, key=lambda command: GROUPS.index(command.group))
        if "list" in command.contexts and command.name != "palette"
    ]
    return offers + [(f"theme:{name}", "", f"Theme: {name}", "") for name in themes]


def _rank(title: str, words: list[str]) -> int:
    """Return 0 for a title that begins as typed, 1 for one with the words, 2 if only the help has them."""
    if words and title.startswith(" ".join(words)):
        return 0
    return 1 if all(word in title for word in words) else 2
