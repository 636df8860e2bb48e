"""A question that is answered yes or no with one key."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from readlist.tui.dialogs.dialog import Dialog


class Question(Dialog[bool]):
    """Asks yes or no with one key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "Yes", priority=True),
        Binding("n,escape,q", "answer(False)", "No", priority=True),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        with Vertical(classes="box"):
            yield Static(Content(self._question), classes="question")
            yield Static(Content("y or Enter: yes   ·   n or Esc: no"), classes="hint")

    def action_answer(self, answer: bool) -> None:
        """Return the answer."""
        self.answer(answer)
