"""The help screen: all keys and the search language, from the command table."""

from __future__ import annotations

import textwrap
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from readlist.model.view import SORTS
from readlist.tui.commands import COMMANDS, GROUPS, Context
from readlist.tui.dialogs.dialog import Dialog
from readlist.tui.keymap import KeyMap, spelled
from readlist.tui.render import SIGNS, Signs

_KEYS = 12
_WORDS = 18

_SIGNS = (
    ("new", "unread, and came in since your last visit"),
    ("unread", "unread"),
    ("star", "starred"),
    ("note", "has a note"),
    ("code", "has code"),
    ("upvote", "upvotes"),
    ("selected", "selected"),
    ("pending", "its mark is still being written"),
    ("unsaved", "its mark is not on disk yet; it is kept and tried again"),
)
_ARROWS = str.maketrans({"↑": "Up", "↓": "Down", "←": "Left", "→": "Right"})

_SEARCH = (
    ("diffusion image", "papers with both words, in title, abstract, authors or note"),
    ('"flow matching"', "the words next to each other"),
    ("quant*", "the beginning of a word, as the last word is while you type"),
    ("C++", "also C# .NET node.js A* R^2: what they say; C alone is the word, in C++ and C# too"),
    ("-survey", "papers without; also -(a OR b)"),
    ("a b OR c", "either; OR binds less than words side by side, ( ) group"),
    ("title:pruning", "words there; also abstract: author: note: org: kw:"),
    ("is:unread", "also is:read is:starred is:noted is:new; a comma means or: is:starred,noted"),
    ("has:code", "also has:project has:note has:abstract"),
    ("upvotes:>20", "also stars: comments:, and >=20 <5 10..50 1k"),
    ("date:7d", "also seen: starred: read:, and 2026-08 2026-08-01..2026-08-15 today"),
    ("feed:arxiv", "papers of the feeds with this in their name"),
    ("2401.12345", "the paper, by arXiv id, DOI, address or key, also with id:; several are any of them"),
    ("sort:upvotes", f"the order: {' '.join(SORTS)}"),
)


class Help(Dialog[None]):
    """Shows every command with its keys, in groups."""

    context: ClassVar[Context] = "help"

    def __init__(self, keys: KeyMap, signs: Signs = SIGNS) -> None:
        """Make the help.

        Args:
            keys: every command's keys.
            signs: the signs of a row, as they are drawn.
        """
        super().__init__(keys)
        self._signs = signs

    def compose(self) -> ComposeResult:
        """Lay out the help."""
        with Vertical(classes="box help") as box:
            box.border_title = "Help"
            box.border_subtitle = self.keys.hint(
                "{key:dialog_down} {key:dialog_up} scroll",
                "{key:dialog_leave} closes",
                between=f" {self._signs.dot} ",
            )
            with VerticalScroll(can_focus=True):
                yield Static()

    def on_resize(self) -> None:
        """Lay the text out for the width there is."""
        width = self.query_one(VerticalScroll).scrollable_content_region.width
        self.query_one(Static).update(help_text(self.keys, self._signs, max(30, width - 2)))

    def move(self, lines: int) -> None:
        """Scroll."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def help_text(keys: KeyMap, signs: Signs, width: int) -> Content:
    """Return all commands in groups with their keys, the search language and the signs, for a width."""
    pieces: list[Content] = []
    for group in GROUPS:
        pieces.append(Content.styled(f"{group}\n", "bold $accent"))
        for command in COMMANDS:
            if command.group == group and keys[command.name]:
                shown = " ".join(map(spelled, keys[command.name]))
                if signs.dot.isascii():
                    shown = shown.translate(_ARROWS)
                pieces.append(_row(shown, command.help, _KEYS, width))
        if group == "Find":
            pieces.append(Content("\n"))
            pieces.append(Content.styled("What a search understands\n", "bold $accent"))
            pieces += [_row(words, meaning, _WORDS, width) for words, meaning in _SEARCH]
        pieces.append(Content("\n"))
    pieces.append(Content.styled("Signs in a row\n", "bold $accent"))
    pieces += [_row(getattr(signs, name), meaning, _KEYS, width) for name, meaning in _SIGNS]
    return Content("").join(pieces)


def _row(left: str, right: str, column: int, width: int) -> Content:
    """Return one row, its right side wrapped under itself."""
    lines = textwrap.wrap(right, max(10, width - column - 2)) or [""]
    gap = " " * max(1, column - cell_len(left))
    rest = "".join(f"\n{' ' * (column + 2)}{line}" for line in lines[1:])
    return Content.assemble(("  " + left, "bold"), gap, (lines[0] + rest, "$foreground 75%"), "\n")
