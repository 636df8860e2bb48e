"""An entry, or the head of a group, as one row of the list; pure, no widget, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from math import log
from typing import Literal

from msgspec import Struct
from rich.cells import cell_len

from readlist.model.paper import Paper
from readlist.model.time import SHORT_MONTHS, SHORT_WEEKDAYS
from readlist.shelf import Entry, GroupCount, GroupKey
from readlist.text.clean import title_line
from readlist.text.names import name_of
from readlist.tui.render.highlight import hits
from readlist.tui.render.pieces import Piece, cells_of
from readlist.tui.render.signs import SIGNS, Signs, count, cut, day, line
from readlist.tui.render.sparkline import gain_text

Column = Literal["who", "code", "star", "note", "match", "votes", "gained", "day"]

_NARROW = 20
_VOTES_FROM = 48
_BEST = 90
"""From this match on a paper is in the best tenth."""

_GAINED_FROM, _GAINED_CELLS = 36, 5
_DAY_FROM = 56
_WHO_FROM = 88
_WHO_LEAST, _WHO_MOST = 20, 30
_TITLE_LEAST = 68
"""Cells of a row that are left to the title and the other columns before authors get more."""

_DAY_CELLS = 7
BAR = 10
"""Cells of a bar of what is decided."""

_BAR_FROM = 40


class Columns(Struct, frozen=True):
    """What is drawn behind the titles of a list.

    Attributes:
        who: whether authors and organisations are named, where there is room.
        code: whether a repository is signed; likewise star and note.
        star: see code.
        note: see code.
        upvotes: the most upvotes of the list, 0 to draw none.
        many: the least upvotes of the top tenth, 0 if that is unknown: they are drawn without their height then.
        match: whether the match is drawn, in the place of upvotes.
        gained: whether it is drawn what was gained.
        day: the day that is drawn: of the announcement, of publication, or none.
        selecting: whether there is a selection.
    """

    who: bool = True
    code: bool = True
    star: bool = True
    note: bool = True
    upvotes: int = 0
    many: int = 0
    match: bool = False
    gained: bool = False
    day: Literal["", "list", "published"] = ""
    selecting: bool = False

    def drawn(self, width: int) -> Iterator[tuple[Column, int]]:
        """Yield the columns that are drawn in a row of `width` cells, with their cells: blanks before them included."""
        if width < _NARROW:
            return
        if self.who and width >= _WHO_FROM:
            yield "who", max(_WHO_LEAST, min(_WHO_MOST, width - _TITLE_LEAST))
        if self.code:
            yield "code", 3
        if self.star:
            yield "star", 2
        if self.note:
            # Beside the star there is no blank.
            yield "note", 1 if self.star else 2
        if self.match and width >= _VOTES_FROM:
            yield "match", 4
        elif self.upvotes and width >= _VOTES_FROM:
            yield "votes", 2 + count_width(self.upvotes)
        if self.gained and width >= _GAINED_FROM:
            yield "gained", 1 + _GAINED_CELLS
        if self.day and width >= _DAY_FROM:
            yield "day", 1 + _DAY_CELLS

    def star_at(self, width: int) -> int | None:
        """Return the cell of the star in a row of `width` cells, None if none is drawn."""
        place = width
        for name, cells in reversed(list(self.drawn(width))):
            place -= cells
            if name == "star":
                return place + 1
        return None


def row(
    entry: Entry,
    width: int,
    today: date,
    columns: Columns = Columns(),  # noqa: B008
    *,
    cursor: bool,
    selected: bool,
    new: bool = False,
    match: int | None = None,
    gained: int | None = None,
    words: Sequence[str] = (),
    signs: Signs = SIGNS,
) -> list[Piece]:
    """Return one row of the list as pieces that fill `width` cells, if these are more than three.

    The cursor's bar, the state, what is selected; the title, cut by cell width; then the columns that fit. News of a
    paper, a newer version or its withdrawal, is in the place of whether it is unread: that the title shows, too. Before
    the title of a watched paper is a sign, and in it the `words` that are watched for are highlighted.
    """
    mark = entry.mark
    state = (" ", "") if mark.read else (signs.new, "new") if new else (signs.unread, "unread")
    if entry.is_news:
        state = (signs.withdrawn if entry.paper.withdrawn else signs.revised), "news"
    if mark.saved != "saved":
        state = (signs.unsaved, "alarm") if mark.saved == "unsaved" else (signs.pending, "bar")
    pieces: list[Piece] = [(signs.cursor if cursor else " ", "bar"), state]
    if columns.selecting or selected:
        pieces.append((signs.selected if selected else " ", "check"))
    pieces.append((" ", ""))
    end = [
        piece
        for name, cells in columns.drawn(width)
        for piece in (
            _match(match, cells, signs)
            if name == "match"
            else [(_gained(gained).rjust(cells), "gained")]
            if name == "gained"
            else _column(name, cells, entry, today, columns=columns, signs=signs)
        )
    ]
    if entry.watched and width >= _NARROW:
        pieces.append((f"{signs.watch} ", "watch"))
    room = width - cells_of((*pieces, *end))
    if room > 0:
        title, style = cut(title_line(entry.paper), room, signs.cut), "read" if mark.read else "title"
        pieces += _with_hits(title, style, words) if entry.watched and words else [(title, style)]
    return pieces + end


def _with_hits(title: str, style: str, words: Sequence[str]) -> Iterator[Piece]:
    """Yield a title in pieces: watched words, and what is between them."""
    done = 0
    for start, end in sorted(hits(title, words)):
        if start >= done:
            yield from (piece for piece in ((title[done:start], style), (title[start:end], "watched")) if piece[0])
            done = end
    yield title[done:], style


def _column(name: Column, cells: int, entry: Entry, today: date, *, columns: Columns, signs: Signs) -> Iterator[Piece]:
    """Yield one column of a row as pieces of `cells` cells in all."""
    mark = entry.mark
    match name:
        case "who":
            yield "  ", ""
            yield cut(who(entry.paper, signs), cells - 2, signs.cut), "who"
        case "code":
            yield " ", ""
            yield signs.code if entry.paper.repo else "  ", "code"
        case "star":
            yield " ", ""
            yield signs.star if mark.starred else " ", "star"
        case "note":
            yield " " * (cells - 1), ""
            yield signs.note if mark.note else " ", "note"
        case "votes":
            votes = entry.upvotes or 0
            style = "hot" if columns.many and votes >= columns.many else "votes"
            yield " ", ""
            yield (heat(votes, columns.upvotes, signs) if columns.many else " "), style
            yield (count(votes) if votes else "").rjust(cells - 2), style
        case "day":
            published = entry.paper.published
            shown = published or entry.day if columns.day == "published" else entry.day or published
            yield day(shown, today).rjust(cells), "day"


def _match(match: int | None, cells: int, signs: Signs) -> Iterator[Piece]:
    """Yield how well a paper fits, from 0 to 99, behind a block as high as that; blanks where it is not known."""
    style = "hot" if match is not None and match >= _BEST else "votes"
    yield " ", ""
    yield " " if match is None else signs.heat[match * len(signs.heat) // 100], style
    yield ("" if match is None else str(match)).rjust(cells - 2), style


def _gained(gained: int | None) -> str:
    """Return what was gained in at most five cells; empty for nothing."""
    text = gain_text(gained)
    return text if len(text) <= _GAINED_CELLS else f"{text.partition('.')[0]}{text[-1]}"


def heat(votes: int, most: int, signs: Signs = SIGNS) -> str:
    """Return a block whose height is the logarithm of some upvotes, full for the most of the list; none for none."""
    if votes <= 0:
        return " "
    height = log(1 + votes) / log(1 + max(votes, most))
    return signs.heat[max(1, round(height * len(signs.heat))) - 1]


def count_width(most: int) -> int:
    """Return the cells that every count up to this one fits into; see `count`."""
    return len(str(most)) if most < 1_000 else 4 if most < 10_000 else 5


def who(paper: Paper, signs: Signs = SIGNS) -> str:
    """Return the first author's last name, how many more there are, and the organisation, as far as they are known."""
    name = name_of(paper.authors[0]) if paper.authors else None
    first = f"{name.particle} {name.family}".strip() if name else ""
    more = f" +{len(paper.authors) - 1}" if len(paper.authors) > 1 else ""
    known = [f"{line(first)}{more}" if first else "", line(paper.organization)]
    return f" {signs.dot} ".join(each for each in known if each)


# Groups


def group_name(key: GroupKey, today: date, signs: Signs = SIGNS) -> str:
    """Return the day and the feed of a group for reading: `Today · HF daily`, `Mon Sep 29 · HF daily`."""
    when, feed = key
    return f"{_day_name(when, today)} {signs.dot} {line(feed)}"


def _day_name(when: date | None, today: date) -> str:
    if when is None:
        return "Undated"
    if when == today:
        return "Today"
    if when == today - timedelta(days=1):
        return "Yesterday"
    name = f"{SHORT_MONTHS[when.month - 1]} {when.day}"
    if when.year != today.year:
        return f"{name}, {when.year}"
    return f"{SHORT_WEEKDAYS[when.weekday()]} {name}" if timedelta(0) < today - when < timedelta(days=60) else name


def group_row(
    key: GroupKey, counted: GroupCount | None, width: int, today: date, *, signs: Signs = SIGNS
) -> list[Piece]:
    """Return the head of a group as pieces that fill `width` cells, with how much of it is left to decide."""
    name = group_name(key, today, signs)
    end: list[Piece] = []
    if counted is not None:
        done = counted.papers - counted.unread
        end = [(f" {counted.unread:,} of {counted.papers:,} left", "left")]
        if width >= _BAR_FROM:
            # A bar is full only when nothing is left, and empty only when all is.
            full = BAR if not counted.unread else (2 * done * BAR + counted.papers) // (2 * counted.papers)
            full = min(max(full, int(bool(done))), BAR - int(bool(counted.unread)))
            end += [(" ", ""), (signs.full * full, "done"), (signs.left * (BAR - full), "rule")]
    room = width - 3 - cells_of(end)
    name = name if cell_len(name) < room else cut(name, max(0, room - 1), signs.cut).rstrip()
    rule = max(0, room - cell_len(name))
    return [("  ", ""), (name, "group"), (" ", ""), (signs.rule * rule, "rule"), *end]


def end_row(text: str, width: int, signs: Signs = SIGNS) -> list[Piece]:
    """Return the line below the last paper, in the middle of a rule."""
    if not text or width < cell_len(text) + 6:
        return [(text[:width], "left")]
    before = (width - 6 - cell_len(text)) // 2
    after = width - 6 - cell_len(text) - before
    return [
        ("  ", ""), (signs.rule * before, "rule"), (f" {text} ", "left"), (signs.rule * after, "rule"), ("  ", "")
    ]  # fmt: skip
