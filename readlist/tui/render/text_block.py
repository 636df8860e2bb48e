"""Paragraphs of the detail and their lines, chips that are never broken, and the text of a selection; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from rich.cells import cell_len
from textual.content import Content

from readlist.tui.render.line_breaks import line_spans
from readlist.tui.render.signs import cut


class Room(Struct, frozen=True):
    """What there is room for in the detail.

    Attributes:
        width: cells of a line.
        titled: whether the title is shown in the detail; else a line above it has the title, and there is little room.
        writing: whether the note is being written below.
        low: whether there are few lines.
    """

    width: int
    titled: bool = True
    writing: bool = False
    low: bool = False


class Block(Struct, frozen=True):
    """A paragraph.

    Attributes:
        content: its text.
        lead: what is drawn before each of its lines; no part of the text.
        lead_style: the style of `lead`.
        opens: whether the paper's text begins with it.
    """

    content: Content = Content("")
    lead: str = ""
    lead_style: str = ""
    opens: bool = False

    def word_at(self, place: int) -> tuple[int, int]:
        """Return the word around a place; the place alone between words."""
        text = self.content.plain
        around = (found.span() for found in re.finditer(r"[\w'’-]+|\S", text))
        return next((span for span in around if span[0] <= place < span[1]), (place, place))


BLANK = Block()


class Line(Struct, frozen=True):
    """A line of a paragraph.

    Attributes:
        block: the paragraph.
        start: its first character in the paragraph.
        stop: the character after its last.
    """

    block: Block
    start: int
    stop: int

    @property
    def content(self) -> Content:
        """Its text."""
        content = self.block.content
        whole = self.start == 0 and self.stop == len(content.plain)
        return content if whole else content[self.start : self.stop]


def lines_of(blocks: Iterable[Block], width: int) -> Iterator[Line]:
    """Yield the lines of paragraphs."""
    for block in blocks:
        for start, stop in line_spans(block.content.plain, width - cell_len(block.lead)):
            yield Line(block, start, stop)


def selected_text(lines: Sequence[Line], first: tuple[int, int], last: tuple[int, int]) -> str:
    """Return the text between two places, without the line breaks of wrapping.

    Args:
        lines: all lines.
        first: line and character of the first selected character; characters of `Block.lead` count.
        last: line and character after the last one.
    """
    parts: list[str] = []
    block, begin, end = None, 0, 0
    for place in range(max(0, first[0]), min(last[0] + 1, len(lines))):
        line = lines[place]
        start, stop = selected_part(line, first[1] if place == first[0] else 0, last[1] if place == last[0] else None)
        if line.block is block and line.start:
            end = max(end, stop)
            continue
        if block is not None:
            parts.append(block.content.plain[begin:end])
        block, begin, end = line.block, start, stop
    if block is not None:
        parts.append(block.content.plain[begin:end])
    return "\n".join(part.rstrip() for part in parts).strip("\n")


def selected_part(line: Line, start: int, stop: int | None) -> tuple[int, int]:
    """Return the part of the paragraph that is selected by characters of its line, None for up to its end."""
    lead = len(line.block.lead)
    begin = min(line.start + max(0, start - lead), line.stop)
    return begin, line.stop if stop is None else max(begin, min(line.start + max(0, stop - lead), line.stop))


Chip = Sequence[tuple[str, str]]
"""Texts with their styles."""


def chips(words: Iterable[Chip], width: int, sign: str, *, edge: str = "chip") -> list[Content]:
    """Return chips, as many on a line as fit; one that is wider than a line is cut.

    Args:
        words: what is on each chip; one without any style is only room that is kept free.
        width: cells of a line.
        sign: where a text is cut.
        edge: the style of a chip's ends.
    """
    rows: list[list[Content]] = []
    room = 0
    for pieces in words:
        if any(look for _, look in pieces):
            chip = Content.assemble((" ", edge), *pieces, (" ", edge))
        else:
            # Room that is kept free.
            chip = Content(f" {''.join(text for text, _ in pieces)} ")
        if (size := chip.cell_length) > width:
            text = cut("".join(text for text, _ in pieces), max(1, width - 2), sign).rstrip()
            chip = Content.styled(f" {text} ", pieces[0][1])
            size = chip.cell_length
        if not rows or size + 1 > room:
            rows.append([])
            room = width + 1
        rows[-1].append(chip)
        room -= size + 1
    return [Content(" ").join(row) for row in rows]
