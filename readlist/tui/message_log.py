"""What was said in this session, and what the status line shows of it; no Textual, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

Tone: TypeAlias = Literal["done", "note", "warning", "wrong"]
"""What a message tells: something was done; nothing was; something is missing, like the network; something failed."""

_KEPT = 200
GLANCE = timedelta(seconds=4)
"""How long an error must have been shown to be seen."""


class Message(Struct, frozen=True):
    """Something that was said.

    Attributes:
        text: one line.
        at: when.
        tone: what it tells.
        details: more lines, for the list of messages only.
        short: what a status line shows that has no room for the text; empty to cut it.
    """

    text: str
    at: datetime
    tone: Tone = "done"
    details: tuple[str, ...] = ()
    short: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The text, then the details."""
        return (self.text, *self.details)


class MessageLog:
    """The last 200 messages.

    Attributes:
        shown: the message in the status line, None for none.
        unseen: how many errors were replaced before one could read them, since the list was last opened.
    """

    def __init__(self, changed: Callable[[], object] = lambda: None) -> None:
        """Keep nothing yet.

        Args:
            changed: called when the messages were seen.
        """
        self._changed = changed
        self._kept: deque[Message] = deque(maxlen=_KEPT)
        self.shown: Message | None = None
        self.unseen = 0

    def __iter__(self) -> Iterator[Message]:
        """Return the messages, the newest first."""
        return iter([*reversed(self._kept)])

    def __len__(self) -> int:
        return len(self._kept)

    def say(self, text: str, at: datetime, tone: Tone = "done", details: Sequence[str] = (), short: str = "") -> None:
        """Show and keep a message; one said twice in a row, and a failure said again, is kept once."""
        # A second line, such as what was copied, follows the first.
        one = "  ".join(part for part in text.split("\n") if part)
        message = Message(one, at, tone, tuple(details), short)
        before = self.shown
        if before is not None and before.tone == "wrong" and not _same(before, message) and at - before.at < GLANCE:
            self.unseen += 1
        earlier = self._kept if tone in ("warning", "wrong") else [*self._kept][-1:]
        if (again := next((each for each in earlier if _same(each, message)), None)) is not None:
            self._kept.remove(again)
        self._kept.append(message)
        self.shown = message

    def read(self) -> None:
        """Note that all messages were seen."""
        self.unseen = 0
        self._changed()


def _same(one: Message, other: Message) -> bool:
    return replace(one, at=other.at) == other


class Status(Struct, frozen=True):
    """What the status line shows.

    Attributes:
        message: the last message, None for none.
        unseen: how many errors before it wait in the list of messages.
        work: the work under way, empty for none.
        work_name: what of it is being done, from outside.
        share: how much of the work is done, 0 to 1.
        tally: what was decided today, the longest form first.
        cancellable: whether a key cancels the work.
    """

    message: Message | None = None
    unseen: int = 0
    work: str = ""
    work_name: str = ""
    share: float = 0.0
    tally: tuple[str, ...] = ()
    cancellable: bool = False
