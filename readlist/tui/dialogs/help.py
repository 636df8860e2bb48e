"""The help: all keys, from the command table, and the pages of the manual."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Input, Static

from readlist.manual import TOPICS, read
from readlist.text.clean import fold
from readlist.tui.commands import COMMANDS, SENT, Context
from readlist.tui.dialogs.dialog import Dialog, Frame, LongText
from readlist.tui.keymap import KeyMap, spelled, spelled_all
from readlist.tui.render.signs import SIGNS, Signs
from readlist.tui.widgets.text_field import TextField

_KEYS = 10
_TWO_COLUMNS = 100
_BETWEEN = 3
_LEAST_WIDTH = 30
_WITH_PAST = (TOPICS[0], "match")
_PAST = "The match, on your own past"
_NOTHING = "Nothing has these words."
_SAVED_VIEW = "Show the saved view on tab"

_STYLES = {
    "heading": "bold $primary",
    "code": "bold",
    "strong": "bold",
    "rule": "$line",
    "body": "$body",
}
"""How the parts of a page look."""

SIGN_MEANINGS = {
    "new": "unread, new since your last visit",
    "unread": "unread",
    "revised": "starred or noted, and a newer version since",
    "withdrawn": "starred or noted, and withdrawn since",
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


_TYPED = frozenset({"enter", "escape", "up", "down", "pageup", "pagedown", "tab"})
"""The keys that do what they do elsewhere in the help while the field has the focus."""


class Help(Dialog[None]):
    """The help: the signs and every command with its keys first, then the pages of the manual.

    Attributes:
        topic: the page that is shown.
        words: what is shown must have them, folded.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"help--current"}

    context: ClassVar[Context] = "help"

    topic: reactive[str] = reactive(TOPICS[0])
    words: reactive[tuple[str, ...]] = reactive(())

    def __init__(self, keys: KeyMap, signs: Signs = SIGNS) -> None:
        """Make the help.

        Args:
            keys: every command's keys.
            signs: the signs of a row, as they are drawn.
        """
        super().__init__(keys)
        self._signs = signs
        self._read = ("", 0, Content(""))
        """The page that was read last, the width that is for, and its text."""
        self._past = ""
        self._field = TextField(placeholder="words to find", compact=True, classes="filter")

    def add_past(self, text: str) -> None:
        """Show how good the order by match was on the user's own stars, below what is shown already."""
        self._past = text
        if self.is_mounted:
            self.query_one(LongText).draw()

    def compose(self) -> ComposeResult:
        """Lay out the help."""
        hints = self.hints(
            "{key:dialog_down} {key:dialog_up}: scroll",
            "{key:help_filter}: filter",
            "{key:help_next}: next page",
            "{key:dialog_leave}: close",
        )
        with Frame("Help", hints, kind="help"):
            yield Static(classes="topics")
            yield self._field
            yield LongText(self._text)

    def on_mount(self) -> None:
        """Let the topics look like tabs, not like links."""
        self.query_one(".topics").auto_links = False
        self.set_focus(self.query_one(LongText))

    def watch_topic(self) -> None:
        """Show another page from its top."""
        self._draw_from_the_top()

    def watch_words(self) -> None:
        """Show what has the words."""
        self._draw_from_the_top()

    def _draw_from_the_top(self) -> None:
        if self.is_mounted:
            page = self.query_one(LongText)
            page.draw()
            page.scroll_home(animate=False)

    def action_show(self, topic: str) -> None:
        """Show a page, by a click on its name."""
        self.topic = topic

    async def turn(self, pages: int) -> None:
        """Go to a later or earlier page, from the last one to the first."""
        topic = TOPICS[(TOPICS.index(self.topic) + pages) % len(TOPICS)]
        if topic != TOPICS[0]:
            # What reads Markdown takes a tenth of a second to load, and some hundredths for a long page.
            width = _width(self.query_one(LongText).size.width)
            page = await asyncio.to_thread(page_text, topic, self.keys, self._signs, width)
            self._read = topic, width, page
        self.topic = topic

    def move(self, lines: int) -> None:
        """Scroll."""
        self.query_one(LongText).move(lines)

    # The filter

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave letters to the field while it has the focus."""
        typing = action == "command" and self.focused is self._field
        return not typing or str(parameters[-1]) in _TYPED or "+" in str(parameters[-1])

    def filter(self) -> None:
        """Show the field in which words are typed."""
        self._field.add_class("-shown")
        self.set_focus(self._field)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what has the words typed."""
        event.stop()
        self.words = tuple(fold(event.value).split())

    def on_input_submitted(self) -> None:
        """Scroll what was found."""
        self.set_focus(self.query_one(LongText))

    def leave(self) -> None:
        """Close the field, else the help."""
        if not self._field.has_class("-shown"):
            self.answer(None)
            return
        self._field.value = ""
        self._field.remove_class("-shown")
        self.set_focus(self.query_one(LongText))

    # Drawing

    def _text(self, room: int) -> Content:
        """Return the page for a width, or what has the words; the names of the pages are shown for the same width."""
        width = _width(room)
        self.query_one(".topics", Static).update(self._names(width))
        if self.topic == TOPICS[0]:
            text = help_text(self.keys, self._signs, width, self.words)
        elif self._read[:2] == (self.topic, width) and not self.words:
            text = self._read[2]
        else:
            text = page_text(self.topic, self.keys, self._signs, width, self.words)
        if self._past and self.topic in _WITH_PAST and not self.words:
            lines = textwrap.wrap(self._past, width - 2)
            text = Content("\n").join(
                [
                    text,
                    Content.styled(_PAST, _STYLES["heading"]),
                    *(Content.styled(f"  {each}", "$body") for each in lines),
                ]
            )
        return text if text.plain.strip() else Content.styled(_NOTHING, "$muted")

    def _names(self, width: int) -> Content:
        """Return the names of all pages; where they take more than two lines, that of the page shown."""
        current = self.get_visual_style("help--current") + Style(reverse=True)
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


def _width(room: int) -> int:
    return max(_LEAST_WIDTH, room - 2)


def help_text(keys: KeyMap, signs: Signs, width: int, words: Sequence[str] = (), columns: int = 0) -> Content:
    """Return the signs, and all commands in groups with their keys, for a width.

    Args:
        keys: every command's keys.
        signs: the signs of a row.
        width: cells of a line.
        words: each row shown has them, folded.
        columns: one or two; 0 for as many as fit.
    """
    columns = columns or (2 if width >= _TWO_COLUMNS else 1)
    each = (width - _BETWEEN * (columns - 1)) // columns
    blocks = []
    for title, rows in _blocks(keys, signs):
        found = [row for row in rows if all(word in fold(" ".join((title, *row))) for word in words)]
        if found:
            lines = [Content.styled(title, _STYLES["heading"])]
            blocks.append([*lines, *(line for row in found for line in _row(*row, _KEYS, each)), Content("")])
    if columns == 1:
        return Content("\n").join(line for block in blocks for line in block)
    return _side_by_side(blocks, each)


def _blocks(keys: KeyMap, signs: Signs) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield titles, and the rows below them: signs or keys, and what they mean."""
    yield "Signs in a row", [(getattr(signs, name), meaning) for name, meaning in SIGN_MEANINGS.items()]
    for group in keys.groups:
        rows = []
        # What only now and then applies comes last.
        for command in sorted(keys.commands, key=lambda command: command.contexts <= SENT):
            if command.group != group:
                continue
            if not keys[command.name]:
                # The palette has what never had a key, or gave it away; what the user took one from is not wanted.
                if command in keys.without and keys["palette"]:
                    rows.append((spelled(keys["palette"][0]), f"{command.title.rstrip('…')}: {command.help}"))
                continue
            rows.append((spelled_all(keys[command.name], ascii_only=signs.dot.isascii()), command.help))
        yield group, _folded_views(rows)


def _folded_views(rows: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return rows with those of the saved views in one, if their keys are digits one after the other."""
    saved = [row for row in rows if row[1].startswith(_SAVED_VIEW)]
    digits = "".join(key for key, _ in saved)
    if len(saved) < 2 or digits not in "123456789":
        return list(rows)
    first = rows.index(saved[0])
    kept = [row for row in rows if row not in saved]
    kept.insert(first, (f"{digits[0]}-{digits[-1]}", f"{_SAVED_VIEW} {digits[0]} to {digits[-1]}."))
    return kept


def _side_by_side(blocks: Sequence[Sequence[Content]], width: int) -> Content:
    """Return blocks in two columns of about the same height, each `width` cells wide."""
    whole = sum(map(len, blocks))
    left: list[Content] = []
    right: list[Content] = []
    for block in blocks:
        # A block that would make the left column the longer one by more than it spares the right one goes there.
        (right if right or len(left) + len(block) / 2 > whole / 2 else left).extend(block)
    gap = " " * _BETWEEN
    return Content("\n").join(
        one + Content(" " * (width - one.cell_length) + gap) + other
        for one, other in zip_longest(left, right, fillvalue=Content(""))
    )


def page_text(topic: str, keys: KeyMap, signs: Signs, width: int, words: Sequence[str] = ()) -> Content:
    """Return a page of the manual for a width; it names default keys, and says so where some were changed.

    Args:
        topic: the page.
        keys: every command's keys.
        signs: the signs of a row.
        width: cells of a line.
        words: each paragraph shown has them, folded.
    """
    # What reads Markdown is not needed for the keys.
    from readlist.tui.manual_page import lines

    drawn = [
        Content.assemble(
            *(
                (segment.text, _STYLES[(segment.style.meta if segment.style else {}).get("role", "body")])
                for segment in line
            )
        )
        for line in lines(read(topic), width, ascii_only=signs.dot.isascii())
    ]
    if words:
        parts = [list(part) for blank, part in groupby(drawn, lambda line: not line.plain.strip()) if not blank]
        found = [part for part in parts if all(word in fold(" ".join(line.plain for line in part)) for word in words)]
        drawn = [line for part in found for line in (*part, Content(""))]
    if any(keys[command.name] != command.keys for command in COMMANDS):
        changed = "This page names the default keys; some of yours are changed."
        drawn[:0] = [*Content.styled(changed, "italic").wrap(width), Content("")]
    return Content("\n").join(drawn)


def _row(left: str, right: str, column: int, width: int) -> list[Content]:
    """Return one row, its right side wrapped beside the left one."""
    gap = " " * max(1, column - cell_len(left))
    longer = " " * (cell_len(left) + len(gap) - column)
    wrapped = textwrap.wrap(longer + right, max(10, width - column - 2), drop_whitespace=False) or [""]
    first, *rest = (line.strip() for line in wrapped)
    lines = [Content.assemble(("  " + left, "bold $accent"), gap, (first, "$body"))]
    return lines + [Content.styled(f"{' ' * (column + 2)}{line}", "$body") for line in rest]
