"""The help screen: all keys and the search language, from the command table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from readlist.tui.commands import COMMANDS, GROUPS, spelled

_SIGNS = "● unread   ★ starred   ✎ note   {} code   ▲ upvotes   ✓ selected   … being written   ! not on disk yet"

_SEARCH = (
    ("diffusion image", "papers with both words, in title, abstract, authors or note"),
    ('"flow matching"', "the words next to each other"),
    ("-survey", "papers without the word"),
    ("is:unread", "also is:read is:starred is:noted is:new"),
    ("has:code", "also has:project has:note has:abstract"),
)


class Help(ModalScreen[None]):
    """Shows every command with its keys, in groups."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "leave", "Back"),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def __init__(self, keys: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Lay out the help."""
        with Vertical(classes="box help") as box:
            box.border_title = "Help"
            box.border_subtitle = "j k scroll · Esc closes"
            with VerticalScroll(can_focus=True):
                yield Static(self._text())

    def _text(self) -> Content:
        pieces: list[Content] = [Content.styled("Signs\n", "bold $accent"), Content(f"  {_SIGNS}\n\n")]
        for group in GROUPS:
            pieces.append(Content.styled(f"{group}\n", "bold $accent"))
            for command in COMMANDS:
                if command.group != group or not self._keys[command.name]:
                    continue
                keys = " ".join(map(spelled, self._keys[command.name]))
                pieces.append(_line(keys, command.help))
            pieces.append(Content("\n"))
        pieces.append(Content.styled("Search\n", "bold $accent"))
        pieces += [_line(words, meaning, 18) for words, meaning in _SEARCH]
        return Content("").join(pieces)

    def action_scroll(self, step: int) -> None:
        """Scroll by a line."""
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


def _line(left: str, right: str, width: int = 12) -> Content:
    gap = " " * max(1, width - cell_len(left))
    return Content.assemble(("  " + left, "bold"), gap, (right, "$text-muted"), "\n")
