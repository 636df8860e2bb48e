"""A question that is answered yes or no with one key."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from readlist.tui.commands import Context
from readlist.tui.dialogs.dialog import Dialog
from readlist.tui.keymap import KeyMap


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
