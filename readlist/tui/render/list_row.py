"""An entry as one row of the list; pure, no widget, no clock."""

from __future__ import annotations

from datetime import date

from rich.cells import cell_len

from readlist.shelf import Entry
from readlist.text.clean import title_line
from readlist.tui.render.signs import SIGNS, Signs, count, cut, day

Piece = tuple[str, str]
"""Text and the name of its style."""
_WIDE = 64
_MIDDLING = 48


def row(
    entry: Entry,
    width: int,
    today: date,
    *,
    cursor: bool,
    selected: bool,
    new: bool = False,
    by_date: bool = False,
    signs: Signs = SIGNS,
) -> list[Piece]:
    """Return one row of the list as pieces that fill `width` cells.

    Selected or cursor, new or unread, star, note, code; the title, cut by cell width; then, if they fit, upvotes and
    day: that of the list, or of publication when sorted by that.
    """
    mark = entry.mark
    first = signs.selected if selected else signs.cursor if cursor else " "
    if mark.saved != "saved":
        first = signs.unsaved if mark.saved == "unsaved" else signs.pending
    pieces: list[Piece] = [
        (first, "alarm" if mark.saved == "unsaved" else "selected" if selected else "bar"),
        (" ", "") if mark.read else (signs.new, "new") if new else (signs.unread, "unread"),
        (signs.star if mark.starred else " ", "star"),
        (signs.note if mark.note else " ", "note"),
        (" ", ""),
        (signs.code if entry.paper.repo else "  ", "code"),
        (" ", ""),
    ]
    end = _row_end(entry, width, today, by_date=by_date, signs=signs)
    room = width - sum(cell_len(text) for text, _ in (*pieces, *end))
    if room > 0:
        pieces.append((cut(title_line(entry.paper), room, signs.cut), "read" if mark.read else "title"))
    return pieces + end


def _row_end(entry: Entry, width: int, today: date, *, by_date: bool, signs: Signs) -> list[Piece]:
    """Return the upvotes and the day of a row, as far as they fit into it."""
    end: list[Piece] = []
    if width >= _WIDE:
        votes = f"{signs.upvote}{count(entry.upvotes)}" if entry.upvotes else ""
        end += [(" " * (7 - len(votes)), ""), (votes, "votes")]
    if width >= _MIDDLING:
        days = (entry.day, entry.paper.published)
        shown = day((days[1] or days[0]) if by_date else (days[0] or days[1]), today)
        end += [(" " * (8 - len(shown)), ""), (shown, "day")]
    return end
