"""The signs of a row, and names, days and counts as one readable line; pure."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from msgspec import Struct
from rich.cells import cell_len, set_cell_size

from readlist.model.time import SHORT_MONTHS, PublicationDate
from readlist.text.clean import drawable, plural, readable


class Signs(Struct, frozen=True):
    """The signs of a row, each one cell wide but `code`, which is two; and those of the status line."""

    cursor: str = "▌"
    selected: str = "✓"
    new: str = "✦"
    unread: str = "●"
    star: str = "★"
    note: str = "✎"
    code: str = "{}"
    pending: str = "…"
    unsaved: str = "!"
    upvote: str = "▲"
    dot: str = "·"
    cut: str = "…"
    to: str = "→"
    done: str = "✓"
    bar_done: str = "━"
    bar_left: str = "╺"
    heat: str = "▁▂▃▄▅▆▇█"
    full: str = "▰"
    left: str = "▱"
    earlier: str = "‹"
    later: str = "›"
    opens: str = "▾"
    reversed: str = "▴"
    fetched: str = "⟳"
    rule: str = "─"
    border: str = "│"
    watch: str = "◆"
    quote: str = "▎"
    down: str = "↓"
    revised: str = "↻"
    withdrawn: str = "✗"
    gap: str = "·"


SIGNS = Signs()


ASCII_SIGNS = Signs(
    ">",
    "x",
    "+",
    "o",
    "*",
    "n",
    "{}",
    "~",
    "!",
    "^",
    "-",
    "~",
    to="->",
    done="ok",
    bar_done="#",
    bar_left="-",
    heat=".:;=x%#@",
    full="#",
    left=".",
    earlier="<",
    later=">",
    opens="v",
    reversed="^",
    fetched="fetched",
    rule="-",
    border="|",
    watch="&",
    quote="|",
    down="v",
    revised="r",
    withdrawn="w",
    gap=" ",
)


@lru_cache(maxsize=4096)
def line(text: str) -> str:
    """Return a title or name as one readable line: LaTeX as Unicode, nothing a terminal would obey."""
    return drawable(readable(text))


def day(value: PublicationDate | None, today: date) -> str:
    """Return a day in at most seven cells: `Aug  1` within the year, else `2024-08`; of a month or year just that."""
    if value is None:
        return ""
    if not isinstance(value, date):
        return value.isoformat()
    if value.year == today.year:
        return f"{SHORT_MONTHS[value.month - 1]} {value.day:2}"
    return f"{value.year}-{value.month:02}"


def whole_day(value: PublicationDate | None, today: date) -> str:
    """Return a day for reading: `Aug 1` within the year, else `Aug 1, 2024`; else `Aug 2024` or `2024`."""
    if value is None:
        return ""
    if not isinstance(value, date):
        return f"{SHORT_MONTHS[value.month - 1]} {value.year:04}" if value.month else f"{value.year:04}"
    shown = f"{SHORT_MONTHS[value.month - 1]} {value.day}"
    return shown if value.year == today.year else f"{shown}, {value.year}"


def count(value: int) -> str:
    """Return a count in at most five cells: 649, 2.1k, 110k, 3.2M."""
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            scaled = value / size
            return f"{scaled:.1f}{unit}".replace(".0", "") if scaled < 100 else f"{scaled:.0f}{unit}"
    return str(value)


def counted(number: int, noun: str) -> str:
    """Return a count with its noun: `1 star`, `2.1k stars`."""
    return f"{count(number)} {plural(noun, number)}"


def shortened(text: str, width: int) -> str:
    """Return a title or name as one readable line of at most `width` cells."""
    return cut(line(text), width, SIGNS.cut).rstrip()


def cut(text: str, width: int, sign: str) -> str:
    """Cut or fill a line to exactly `width` cells, with a sign where it is cut."""
    text = _without_loose_joiners(text)
    if cell_len(text) > width:
        text = _without_loose_joiners(set_cell_size(text, max(0, width - len(sign)))).rstrip() + sign
    return set_cell_size(text, width)


def _without_loose_joiners(text: str) -> str:
    """Return a line without joiners at the edge of a word, which would join it to a blank."""
    if "\u200d" not in text:
        return text
    return re.sub(r"(?<!\S)\u200d+|\u200d+(?!\S)", "", text)
