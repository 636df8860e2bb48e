"""The list of messages: what was said in this session, the newest first, with what went wrong in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content

from readlist.text.clean import drawable
from readlist.tui.commands import Context
from readlist.tui.dialogs.dialog import Dialog, Frame, LongText
from readlist.tui.keymap import KeyMap
from readlist.tui.message_log import Message
from readlist.tui.render.line_breaks import line_spans
from readlist.tui.render.signs import SIGNS, Signs

_LEAST_WIDTH = 20
_EMPTY = "No messages yet."
_STYLES = {"done": "bold $success", "note": "$body", "warning": "bold $accent", "wrong": "bold $error"}


class MessageList(Dialog[None]):
    """Shows messages with their times; details are indented under them."""

    context: ClassVar[Context] = "messages"

    def __init__(self, keys: KeyMap, messages: Sequence[Message], now: datetime, signs: Signs = SIGNS) -> None:
        """Make the list.

        Args:
            keys: every command's keys.
            messages: the newest first.
            now: the present time: messages of other days have their day.
            signs: their signs.
        """
        super().__init__(keys)
        self._messages, self._now, self._signs = messages, now, signs

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        hints = self.hints("{key:dialog_down} {key:dialog_up}: scroll", "{key:dialog_leave}: close")
        with Frame("Messages", hints, kind="messages") as frame:
            frame.count = str(len(self._messages)) if self._messages else ""
            yield LongText(self._text)

    def move(self, lines: int) -> None:
        """Scroll."""
        self.query_one(LongText).move(lines)

    def _text(self, room: int) -> Content:
        return message_text(self._messages, self._now, max(_LEAST_WIDTH, room), self._signs)


def message_text(messages: Sequence[Message], now: datetime, width: int, signs: Signs) -> Content:
    """Return messages as lines of a width, each with its time and sign."""
    if not messages:
        return Content(_EMPTY)
    today = now.astimezone().date()
    pieces: list[Content] = []
    for message in messages:
        at = message.at.astimezone()
        time = f"{at:%H:%M}" if at.date() == today else f"{at:%m-%d %H:%M}"
        sign = {"done": signs.done, "note": signs.dot}.get(message.tone, signs.unsaved)
        indent = " " * (len(time) + 1 + len(sign) + 1)
        for number, text in enumerate(message.lines):
            look = "$body" if number else "$error" if message.tone == "wrong" else ""
            whole = Content.styled(drawable(text), look)
            for part, (begin, end) in enumerate(line_spans(whole.plain, max(10, width - len(indent)))):
                first = not number and not part
                start = Content.assemble((f"{time} ", "$muted"), (f"{sign} ", _STYLES[message.tone]))
                pieces.append((start if first else Content(indent)) + whole[begin:end])
    return Content("\n").join(pieces)
