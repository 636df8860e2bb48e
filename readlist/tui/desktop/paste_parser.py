"""The parser of what the terminal sends: a paste is text, whatever is in it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Generator, Iterable
from functools import partial

from textual import constants, events
from textual._time import get_time
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.keys import Keys
from textual.message import Message

_SURROGATE = re.compile("[\ud800-\udfff]")


def forgiving_decoder(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    """Return what makes a decoder that reads U+FFFD for bytes that are no text; Textual's would end the app."""
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")


class PasteParser(XTermParser):
    """Textual's parser, with each bracketed paste taken out before it.

    Textual looks for keys in a paste as well: sequences in it were obeyed, and before its text came. The end of a
    paste is its last end mark that came together with it, since terminals hand on those within.
    """

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasted: list[str] | None = None
        self._held, self._held_until = "", 0.0

    def feed(self, data: str) -> Iterable[Message]:
        """Parse what the terminal sent."""
        if not data:
            yield from super().feed(data)
            return
        data, self._held = self._held + data, ""
        while data:
            if self._pasted is not None:
                data = yield from self._paste(data)
                continue
            before, start, data = data.partition(BRACKETED_PASTE_START)
            if start:
                self._pasted = []
            elif held := _beginning_of(BRACKETED_PASTE_START, before):
                before = before[: -len(held)]
                self._held, self._held_until = held, get_time() + constants.ESCAPE_DELAY
            if before:
                yield from super().feed(before)

    def tick(self) -> Iterable[Message]:
        """Take what was held back for keys when nothing follows it."""
        if self._held and self._pasted is None and get_time() >= self._held_until:
            held, self._held = self._held, ""
            yield from super().feed(held)
            if self._timeout_time is not None:
                # It has waited for the rest already.
                self._timeout_time = 0.0
        yield from super().tick()

    def _parse_extended_key(self, sequence: str) -> list[events.Key] | None:  # type: ignore[override]
        """Parse a key that is sent by its number; what is no character becomes a key that does nothing."""
        try:
            keys = super()._parse_extended_key(sequence)
        except (ValueError, OverflowError):
            return [events.Key(Keys.Ignore, None)]
        if keys and any(_SURROGATE.search(key.character or "") for key in keys):
            return [events.Key(Keys.Ignore, None)]
        return keys

    def _paste(self, data: str) -> Generator[Message, None, str]:
        """Take in a piece of a paste; returns what follows the paste."""
        assert self._pasted is not None
        end = data.find(BRACKETED_PASTE_END)
        if end < 0:
            self._held = _beginning_of(BRACKETED_PASTE_END, data)
            self._pasted.append(data[: len(data) - len(self._held)])
            return ""
        while (later := data.find(BRACKETED_PASTE_END, end + 1)) > 0 and BRACKETED_PASTE_START not in data[end:later]:
            end = later
        whole, self._pasted = "".join([*self._pasted, data[:end]]), None
        yield events.Paste(whole.replace("\x00", ""))
        return data[end + len(BRACKETED_PASTE_END) :]


def _beginning_of(mark: str, text: str) -> str:
    """Return the end of a text that may be the beginning of a mark; empty if none."""
    return next((text[-size:] for size in range(len(mark) - 1, 0, -1) if text.endswith(mark[:size])), "")
