"""A prompt for one line of text, among them for the path of a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Static

from readlist.text.clean import drawable
from readlist.tui.commands import Context
from readlist.tui.dialogs.dialog import Dialog
from readlist.tui.keymap import KeyMap
from readlist.tui.render import line
from readlist.tui.widgets.text_field import TextField, keys_taken


class _PathSuggester(Suggester):
    """Completes the path that is typed from the folder it is in."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the first file or folder that goes on as what is typed."""
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


class Prompt(Dialog[str]):
    """Asks for one line of text."""

    # In a few lines the question makes room for the field.
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-low"), (10, "-high")]  # noqa: RUF012
    context: ClassVar[Context] = "prompt"

    def __init__(
        self,
        keys: KeyMap,
        title: str,
        question: str,
        does: str,
        *,
        placeholder: str = "",
        path: bool = False,
        check: Callable[[str], str] | None = None,
    ) -> None:
        """Make the prompt; the arguments are those of `Ui.prompt`."""
        super().__init__(keys)
        self._check = check
        self._title = title
        self._question = question
        self._does = does
        self._completes = path
        self._offered = ""
        self._field = TextField(
            placeholder=drawable(placeholder), suggester=_PathSuggester() if path else None, compact=True
        )

    def compose(self) -> ComposeResult:
        """Lay out the prompt."""
        parts = ["{key:prompt_complete} completes"] if self._completes else []
        hint = self.keys.hint(*parts, "{key:dialog_accept} {does}", "{key:prompt_leave} leaves", does=self._does)
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            yield Static(Content(self._question), classes="question")
            yield self._field
            yield Static(Content(hint), classes="hint")

    async def accept(self) -> None:
        """Return what was typed, or what is offered as long as nothing is."""
        await keys_taken(self._field)
        text = self._field.value.strip() or self._offered
        problem = self._check(text) if text and self._check is not None else ""
        if problem:
            self.query_one(".hint", Static).update(Content.styled(line(problem), "$error"))
            return
        self.answer(text)

    def offer(self, text: str, where: str) -> None:
        """Offer a text that is accepted as long as nothing is typed, and say where it comes from; not an empty one."""
        if not text:
            return
        self._offered = text
        taken = self.keys.hint("{key:dialog_accept} takes it")
        self._field.placeholder = f"{drawable(text)}  ({': '.join(filter(None, (where, taken)))})"

    def complete(self) -> None:
        """Take what is suggested."""
        self._field.action_cursor_right()
