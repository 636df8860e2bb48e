"""Papers as they are printed: a table, plain lines, keys, and one paper in full."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from readlist.cli.output import color_system, echo, echo_pieces, fitted, for_terminal, hint, print_pieces
from readlist.text.clean import counted, drawable, readable, title_line
from readlist.text.sentence import reasons

if TYPE_CHECKING:
    from datetime import date

    from rich.text import Text

    from readlist.model.fit import Fit
    from readlist.model.paper import Announcement
    from readlist.model.trend import CountKind
    from readlist.model.view import Sort
    from readlist.services.exporter import Entries, FitsOf
    from readlist.shelf import Entry, Shelf
    from readlist.shelf.past_list import PastList

Piece = tuple[str, str]
"""A text and its look."""

_LOOKED_AT = 200
"""Papers of a table that decide on its columns, so that its first rows don't wait for the last."""

_LONGEST_KEY = 16
_LEAST_TITLE = 20
_LINE = 100
"""The longest line of text, in columns."""

_DOT: Piece = (" · ", "dim")

_HEADS: Mapping[Sort, str] = {"stars": "★", "match": "match", "gained": "gained", "rising": "gained"}
_SIGNS = (("●", "unread"), ("★", "star"), ("✎", "note"), ("{}", "code"))


def print_entries(
    shelf: Shelf,
    ids: Sequence[int],
    form: str,
    end: str = "\n",
    *,
    total: int | None = None,
    order: Sort = "feed",
    fits: FitsOf | None = None,
    past: PastList | None = None,
    gain: tuple[CountKind, date | None] = ("upvotes", None),
) -> None:
    """Print entries as `table`, `plain`, `json`, `jsonl` or `keys`; `end` ends each of `plain` and `keys`.

    A table ends with how many there are, of a `total` if that is more. Its counts are upvotes, or what its order is by:
    GitHub stars, the match, what was gained (`gain`, see `Entries`). Below each row is why the paper fits, if that is
    asked for. Lists as of a day say so: a table at its head, others on standard error.
    """
    from readlist.services.exporter import Entries, export

    entries = Entries(shelf, ids, fits=fits, past=past, gain=gain)
    if past is not None:
        note = f"as of {past.day}: counts as listed or seen by then; texts and marks as they are now"
        (echo(f"{note[0].upper()}{note[1:]}", "dim") if form == "table" else hint(note))
    if form == "table":
        _print_table(entries, order)
        papers = counted(len(ids), "paper")
        echo(papers if total in (None, len(ids)) else f"Showing {len(ids):,} of {counted(total or 0, 'paper')}", "dim")
    elif form == "plain":
        print_pieces(f"{_plain(entry)}{end}" for entry in entries)
    elif form == "keys":
        print_pieces(f"{drawable(entry.paper.key)}{end}" for entry in entries)
    else:
        print_pieces(export(shelf, ids, form, fits=fits, past=past))


def _plain(entry: Entry) -> str:
    """Return an entry as one line of four columns; only a day or title that is not known is empty."""
    return "\t".join((drawable(entry.paper.key), _signs(entry, "usnc", "-"), _day(entry), title_line(entry.paper)))


def _has(entry: Entry) -> tuple[bool, bool, bool, bool]:
    """Return whether an entry is unread, starred, noted and has code."""
    mark = entry.mark
    return not mark.read, bool(mark.starred), bool(mark.note), bool(entry.paper.repo)


def _signs(entry: Entry, letters: Sequence[str], blank: str) -> str:
    """Return a letter for each thing an entry has, blanks for what it has not."""
    return "".join(letter if one else blank for letter, one in zip(letters, _has(entry), strict=True))


def _day(entry: Entry) -> str:
    when = entry.day or entry.paper.published
    return when.isoformat() if when else ""


def _print_table(entries: Entries, order: Sort) -> None:
    """Print a row for each entry: key, signs, title, count and day; without counts, then days, where it is narrow."""
    by_gain = order in ("gained", "rising")
    rest = ((entry, entries.fit(entry), entries.gained(entry) if by_gain else None) for entry in entries)
    looked_at = list(itertools.islice(rest, _LOOKED_AT))
    if not looked_at:
        return
    import shutil

    width = shutil.get_terminal_size().columns
    key_width = min(_LONGEST_KEY, max(3, *(len(_key(entry)) for entry, *_ in looked_at)))
    head = _HEADS.get(order, "▲")
    counts = [_count(entry, fit, gained, order) for entry, fit, gained in looked_at]
    count_width = max(map(len, (head, *counts))) if any(counts) else 0
    left = width - key_width - 9
    day_width = 10 if left - 12 >= _LEAST_TITLE else 0
    left -= day_width + 2 if day_width else 0
    count_width = count_width if left - count_width - 2 >= _LEAST_TITLE else 0
    left -= count_width + 2 if count_width else 0
    room = max(_LEAST_TITLE // 2, left)

    def row(key: Piece, signs: Iterable[Piece], title: Piece, count: Piece, day: Piece) -> list[Piece]:
        cells = [(fitted(key[0], key_width), key[1]), ("  ", ""), *signs, ("  ", "")]
        shown = fitted(title[0], room)
        cells.append((shown if count_width or day_width else shown.rstrip(), title[1]))
        if count_width:
            cells += [("  ", ""), (count[0].rjust(count_width), count[1])]
        if day_width:
            cells += [("  ", ""), day]
        return cells

    echo_pieces(row(("KEY", "dim"), [("     ", "")], ("TITLE", "dim"), (head, "dim"), ("DATE", "dim")))
    for entry, fit, gained in itertools.chain(looked_at, rest):
        signs = [
            (sign, look) if one else (" " * len(sign), "")
            for (sign, look), one in zip(_SIGNS, _has(entry), strict=True)
        ]
        title = (title_line(entry.paper), "dim" if entry.mark.read else "")
        count = (_count(entry, fit, gained, order), "dim" if entry.mark.read else "")
        echo_pieces(row((_key(entry), "key"), signs, title, count, (_day(entry), "dim")))
        indent = key_width + 9
        for why in reasons(fit, width - indent):
            echo_pieces([(" " * indent, ""), (fitted(why, width - indent).rstrip(), "dim")])


def _key(entry: Entry) -> str:
    """Return what names a paper on the command line: an arXiv id as it is, else its key."""
    return drawable(entry.paper.key).removeprefix("arxiv:")


def _count(entry: Entry, fit: Fit, gained: int | None, order: Sort) -> str:
    if order in ("gained", "rising"):
        return "" if gained is None else f"{gained:+,}"
    if order == "match":
        return "" if fit.match is None else str(fit.match)
    number = entry.stars if order == "stars" else entry.upvotes
    return f"{number:,}" if number else ""


def print_entry(shelf: Shelf, entry: Entry) -> None:
    """Print one paper in full, for reading: wrapped and with looks on a terminal, a line each into a pipe."""
    announcements = shelf.feeds.log.announcements(entry.id)
    blocks = [block for block in _blocks(entry, announcements) if block]
    if not for_terminal():
        for place, block in enumerate(blocks):
            if place > 1:
                echo("")
            for line in block:
                echo("".join(text for text, _ in line))
        return
    from rich.console import Console

    console = Console(highlight=False, color_system=color_system())
    width = min(console.width, _LINE)
    for place, block in enumerate(blocks):
        if place > 1:
            console.print()
        for line in block:
            for part in _parted(line, width):
                console.print(_text(part), width=width)


def _blocks(entry: Entry, announcements: Sequence[Announcement]) -> Iterator[list[list[Piece]]]:
    """Yield the parts of a paper in the order of the detail."""
    paper, mark = entry.paper, entry.mark
    yield [[(title_line(paper), "bold")]]
    yield _facts(entry, announcements)
    links: list[Piece] = [(link.kind, link.target) for link in paper.links]
    if paper.page and all(url != paper.page for _, url in links):
        links.append(("page", paper.page))
    yield [[(f"{kind:8}", "dim"), (url, "link")] for kind, url in links]
    if mark.note:
        yield [[("✎ Note", "note")], *_lines(mark.note)]
    if paper.summary and paper.summary != paper.abstract:
        yield _lines(paper.summary, "italic")
    yield _lines(paper.abstract) if paper.abstract else []
    remarks = (("comment", paper.comment), ("journal", paper.journal))
    yield [[(f"{name:8}", "dim"), (readable(text), "")] for name, text in remarks if text]
    if paper.keywords:
        yield [[(" · ".join(paper.keywords), "tag")]]


def _facts(entry: Entry, announcements: Sequence[Announcement]) -> list[list[Piece]]:
    """Return lines on who wrote a paper, its mark, and its identifiers, dates, counts and feeds."""
    paper, mark = entry.paper, entry.mark
    state: list[Piece] = [("read", "dim") if mark.read else ("● unread", "unread")]
    if mark.starred:
        state.append(("★ starred", "star"))
    if mark.note:
        state.append(("✎ noted", "note"))
    if mark.removed:
        state.append(("removed", "dim"))
    if entry.is_news and entry.revision is not None and not paper.withdrawn:
        state.append((f"v{paper.version} since {entry.revision.since.isoformat()}", "star"))
    numbers = ((entry.upvotes, "upvote"), (entry.comments, "comment"), (entry.stars, "GitHub star"))
    facts = [
        paper.key,
        *([f"v{paper.version}"] if paper.version > 1 else []),
        *([f"published {paper.published.isoformat()}"] if paper.published else []),
        *([paper.organization] if paper.organization else []),
        *(counted(number, noun) for number, noun in numbers if number is not None),
    ]
    feeds = [f"{one.feed} {one.day.isoformat() if one.day else ''}".strip() for one in announcements]
    lines: list[list[Piece]] = [[(", ".join(paper.authors), "")]] if paper.authors else []
    if paper.withdrawn:
        lines.append([("withdrawn: ", "star"), (readable(paper.withdrawn), "")])
    return [*lines, _joined([*state, *((fact, "dim") for fact in facts)]), _joined([(feed, "dim") for feed in feeds])]


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Return pieces with dots between."""
    return [part for place, piece in enumerate(pieces) for part in ([_DOT] if place else []) + [piece]]


def _parted(line: Sequence[Piece], width: int) -> Iterator[Sequence[Piece]]:
    """Yield a line as lines that fit, broken at dots only; the dots there are left out."""
    from rich.cells import cell_len

    facts = [piece for piece in line if piece != _DOT]
    if _DOT not in line:
        yield line
        return
    part: list[Piece] = []
    for fact in facts:
        longer = _joined([*part, fact])
        if part and cell_len("".join(drawable(text) for text, _ in longer)) > width:
            yield _joined(part)
            part = []
        part.append(fact)
    yield _joined(part)


def _lines(text: str, look: str = "") -> list[list[Piece]]:
    return [[(line, look)] for line in readable(text).split("\n")]


_LOOKS = {
    "bold": "bold", "dim": "dim", "italic": "italic", "unread": "blue", "star": "yellow", "note": "green",
    "tag": "cyan", "link": "",
}  # fmt: skip
"""The looks of a paper in full, in rich's words."""


def _text(line: Sequence[Piece]) -> Text:
    """Return a line for rich, with links that open in the terminal (OSC 8)."""
    from rich.style import Style
    from rich.text import Text

    from readlist.text.host import host_of

    text = Text(overflow="fold")
    for piece, look in line:
        shown = drawable(piece)
        if look == "link":
            # A host that hides where it leads is no link: only what is read is opened.
            text.append(shown, None if host_of(piece).warning else Style(link=shown))
        else:
            text.append(shown, _LOOKS[look] if look else None)
    return text
