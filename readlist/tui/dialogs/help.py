"""The help: all keys, from the command table, and the pages of the manual."""

from __future__ import annotations

import textwrap
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

from readlist.manual import TOPICS, read
from readlist.tui.commands import COMMANDS, Context
from readlist.tui.dialogs.dialog import Dialog
from readlist.tui.keymap import KeyMap, spelled
from readlist.tui.render.signs import SIGNS, Signs

_KEYS = 12

_STYLES = {
    "heading": "bold $accent",
    "code": "bold",
    "strong": "bold",
    "rule": "$line",
    "body": "$body",
}
"""How the parts of a page look."""

SIGN_MEANINGS = {
    "new": "unread, new since your last visit",
    "unread": "unread",
    "star": "starred",
    "note": "has a note",
    "code": "has code",
    "watch": "in a view with watch = true",
    "upvote": "upvotes",
    "selected": "selected",
    "pending": "saving",
    "unsaved": "not saved, retrying",
}
"""What the signs of a row mean, by their names in `Signs`."""

_ARROWS = str.maketrans({"↑": "Up", "↓": "Down", "←": "Left", "→": "Right"})


class Help(Dialog[None]):
    """The help: every command with its keys first, then the pages of the manual.

    Attributes:
        topic: the page that is shown.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"help--current"}

    context: ClassVar[Context] = "help"

    topic: reactive[str] = reactive(TOPICS[0])

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
            box.border_subtitle = self._hint(80)
            yield Static(classes="topics")
            with VerticalScroll(can_focus=True):
                yield Static(classes="page")

    def on_mount(self) -> None:
        """Let the topics look like tabs, not like links."""
        self.query_one(".topics").auto_links = False

    def on_resize(self) -> None:
        """Lay the text out for the width there is."""
        box = self.query_one(".box")
        box.border_subtitle = self._hint(box.size.width - 4)
        self._draw()

    def _hint(self, width: int) -> str:
        """Return the keys of the help, without the first ones where they don't fit."""
        parts = ["{key:dialog_down} {key:dialog_up}: scroll", "{key:help_next}: next page", "{key:dialog_leave}: close"]
        hints = (self.keys.hint(*parts[first:], between=f" {self._signs.dot} ") for first in range(len(parts)))
        return next((hint for hint in hints if cell_len(hint) <= width), "")

    def watch_topic(self) -> None:
        """Show another page from its top."""
        if self.is_mounted:
            self._draw()
            self.query_one(VerticalScroll).scroll_home(animate=False)

    def action_show(self, topic: str) -> None:
        """Show a page, by a click on its name."""
        self.topic = topic

    def turn(self, pages: int) -> None:
        """Go to a later or earlier page, from the last one to the first."""
        self.topic = TOPICS[(TOPICS.index(self.topic) + pages) % len(TOPICS)]

    def move(self, lines: int) -> None:
        """Scroll."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def _draw(self) -> None:
        width = max(30, self.query_one(VerticalScroll).scrollable_content_region.width - 2)
        self.query_one(".topics", Static).update(self._names(width))
        if self.topic == TOPICS[0]:
            text = help_text(self.keys, self._signs, width)
        else:
            text = page_text(self.topic, self.keys, self._signs, width)
        self.query_one(".page", Static).update(text)

    def _names(self, width: int) -> Content:
        """Return the names of all pages; where they take more than two lines, that of the page shown."""
        current = self.get_visual_style("help--current")
        names = [
            Content.styled(f" {topic} ", current if topic == self.topic else "").stylize(
                Style.from_meta({"@click": ("screen.show", (topic,))})
            )
            for topic in TOPICS
        ]
        place = TOPICS.index(self.topic)
        if sum(name.cell_length for name in names) > 2 * width:
            return Content.assemble(names[place], f" {place + 1} of {len(TOPICS)}")
        return Content("").join(names)


def help_text(keys: KeyMap, signs: Signs, width: int) -> Content:
    """Return all commands in groups with their keys, and the signs, for a width."""
    pieces: list[Content] = []
    for group in keys.groups:
        pieces.append(Content.styled(f"{group}\n", _STYLES["heading"]))
        for command in keys.commands:
            if command.group == group and keys[command.name]:
                shown = " ".join(map(spelled, keys[command.name]))
                if signs.dot.isascii():
                    shown = shown.translate(_ARROWS)
                pieces.append(_row(shown, command.help, _KEYS, width))
        pieces.append(Content("\n"))
    pieces.append(Content.styled("Signs in a row\n", _STYLES["heading"]))
    pieces += [_row(getattr(signs, name), meaning, _KEYS, width) for name, meaning in SIGN_MEANINGS.items()]
    return Content("").join(pieces)


def page_text(topic: str, keys: KeyMap, signs: Signs, width: int) -> Content:
    """Return a page of the manual for a width; it names default keys, and says so where some were changed."""
    # What reads Markdown is not needed for the keys.
    from readlist.tui.manual_page import lines

    drawn = lines(read(topic), width, ascii_only=signs.dot.isascii())
    pieces = [
        Content.styled(segment.text, _STYLES[(segment.style.meta if segment.style else {}).get("role", "body")])
        for line in drawn
        for segment in (*line, Segment("\n"))
    ]
    if any(keys[command.name] != command.keys for command in COMMANDS):
        pieces.insert(0, Content.styled("This page names the default keys; some of yours are changed.\n\n", "italic"))
    return Content("").join(pieces)


def _row(left: str, right: str, column: int, width: int) -> Content:
    """Return one row, its right side wrapped under itself."""
    lines = textwrap.wrap(right, max(10, width - column - 2)) or [""]
    gap = " " * max(1, column - cell_len(left))
    rest = "".join(f"\n{' ' * (column + 2)}{line}" for line in lines[1:])
    return Content.assemble(("  " + left, "bold $accent"), gap, (lines[0] + rest, "$body"), "\n")
