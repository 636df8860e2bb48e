"""What all dialogs have in common: they return one value, and their keys are those of the table of commands."""

from __future__ import annotations

import inspect
from typing import ClassVar, TypeVar

from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import OptionList

from readlist.tui.commands import BY_NAME, Context
from readlist.tui.keymap import KeyMap

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A screen that returns one value.

    Its commands are the rows of the table that apply in its context; `run` names the method of each. Their keys are
    priority bindings, as the reading screen's are: the app is done with each before it looks at the next, so that
    keys typed quickly after an answer reach the screen below.

    Attributes:
        context: which commands apply.
        keys: every command's keys.
        pressed: the key of the command that is carried out.
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
        """Carry out a command by its name."""
        self.pressed = key
        done = getattr(self, BY_NAME[name].run.removeprefix("dialog."))(*BY_NAME[name].args)
        if inspect.isawaitable(done):
            await done

    def answer(self, value: Answer | None) -> None:
        """Return a value; a second answer, of a key pressed too late, is none."""
        if self.is_current:
            self.dismiss(value)

    def leave(self) -> None:
        """Return nothing."""
        self.answer(None)

    def move(self, lines: int) -> None:
        """Go to the next or previous offer, from the last one to the first."""
        offers = self.query_one(OptionList)
        (offers.action_cursor_down if lines > 0 else offers.action_cursor_up)()
