"""Entries as styled text, and lines as they are sent to the terminal; pure, no widget, no clock."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style as TerminalStyle
from textual.content import Content, Span
from textual.strip import Strip
from textual.style import Style

from readlist.model.paper import Announcement, Paper
from readlist.model.time import SHORT_MONTHS, PublicationDate
from readlist.query.lexer import UNSPACED, is_sign, tokens, written_token
from readlist.shelf import Entry, Sighting
from readlist.text.clean import drawable, fold, plural, readable, title_line
from readlist.tui.keymap import KeyMap

Piece = tuple[str, str]
"""Text and the name of its style."""

_WIDE = 64
_MIDDLING = 48
_NARROW = 40
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEK = timedelta(days=7)
_AUTHORS_SHOWN = 12
_FEW_AUTHORS = 3


class Signs(Struct, frozen=True):
    """The signs of a row, each one cell wide but `code`, which is two."""

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
    copied: str = "←"


SIGNS = Signs()
ASCII_SIGNS = Signs(">", "x", "+", "o", "*", "n", "{}", "~", "!", "^", "-", "~", "<-")


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
        pieces.append((_cut(title_line(entry.paper), room, signs.cut), "read" if mark.read else "title"))
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


def shortened(text: str, width: int) -> str:
    """Return a title or name as one readable line of at most `width` cells."""
    return _cut(line(text), width, SIGNS.cut).rstrip()


def _cut(text: str, width: int, sign: str) -> str:
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


def copied_address(paper: Paper) -> tuple[str, str]:
    """Return what `copy_link` copies and its name: the repo, else the project page, else the paper's page."""
    if paper.repo:
        return paper.repo, "repo link"
    for link in paper.links:
        if link.kind == "project":
            return link.url, "project page"
    return (paper.page, "paper page") if paper.page else ("", "")


def detail(
    entry: Entry,
    announcements: Sequence[Announcement],
    today: date,
    *,
    keys: KeyMap,
    sightings: Sequence[Sighting] = (),
    words: tuple[str, ...] = (),
    draft: str | None = None,
    signs: Signs = SIGNS,
    width: int = 88,
) -> Content:
    """Return the detail of an entry: title, authors, dates and counts, links, abstract, note.

    Args:
        entry: what to show.
        announcements: newest first.
        today: today, to omit this year.
        keys: every command's keys.
        sightings: counts by day, oldest first.
        words: searched words, to be highlighted.
        draft: text of an unsaved note.
        signs: the signs to use.
        width: cells of a line, for lines that are cut.
    """
    paper = entry.paper
    blocks: list[Content] = [highlighted(Content.styled(title_line(paper), "title"), words)]
    if paper.authors:
        few = _FEW_AUTHORS if width < _NARROW else _AUTHORS_SHOWN
        blocks.append(highlighted(_authors(paper.authors, few), words))
    blocks.append(_facts(entry, announcements, sightings, today, signs))
    if links := _links(paper, signs, width, keys):
        blocks += [Content(""), *links]
    if draft is not None:
        unfinished = keys.text("Unsaved draft. Press {key:note} to continue.")
        blocks += [Content(""), Content.styled(unfinished, "alarm")]
    for text in _texts(paper):
        blocks += [Content(""), highlighted(text, words)]
    if paper.keywords:
        blocks += [Content(""), Content.styled(f" {signs.dot} ".join(map(line, paper.keywords)), "faint")]
    if entry.mark.note:
        blocks += [Content(""), Content.styled(f"{signs.note} Note", "heading")]
        blocks.append(highlighted(Content(_paragraphs(entry.mark.note)), words))
    return Content("\n").join(blocks)


def _texts(paper: Paper) -> Iterator[Content]:
    """Yield the summary and the abstract, as far as there are any."""
    if paper.summary and paper.summary != paper.abstract:
        yield Content.styled(_paragraphs(paper.summary), "summary")
    if paper.abstract:
        yield Content(_paragraphs(paper.abstract))
    elif not paper.summary:
        yield Content.styled("No abstract yet.", "faint")


def _paragraphs(text: str) -> str:
    return "\n".join(drawable(part) for part in readable(text).split("\n"))


def _authors(authors: Sequence[str], at_most: int) -> Content:
    shown = ", ".join(line(author) for author in authors[:at_most])
    more = len(authors) - at_most
    rest = (" ", (f"and {more} more", "faint")) if more > 0 else ()
    return Content.assemble((shown, "authors"), *rest)


def _facts(
    entry: Entry, announcements: Sequence[Announcement], sightings: Sequence[Sighting], today: date, signs: Signs
) -> Content:
    paper = entry.paper
    between = f" {signs.dot} "
    facts: list[str] = []
    if paper.published:
        facts.append(f"published {whole_day(paper.published, today)}")
    if paper.organization:
        facts.append(line(paper.organization))
    if paper.arxiv:
        facts.append(f"arXiv {paper.arxiv}")
    elif paper.doi:
        facts.append(f"doi {line(paper.doi)}")
    if entry.upvotes is not None:
        facts.append(_plural(entry.upvotes, "upvote"))
    if entry.comments:
        facts.append(_plural(entry.comments, "comment"))
    if entry.stars is not None:
        facts.append(_plural(entry.stars, "GitHub star"))
    if gain := gained(sightings, today):
        facts.append(gain)
    feeds: dict[str, str] = {}
    for one in announcements:
        feeds.setdefault(one.feed, whole_day(one.day, today))
    shown = [f"{line(feed)}, {when}" if when else line(feed) for feed, when in feeds.items()]
    lines = [Content.styled(text, "facts") for text in (between.join(facts), between.join(shown)) if text]
    return Content("\n").join(lines)


def gained(sightings: Sequence[Sighting], today: date) -> str:
    """Return what a paper gained lately, `since Tuesday: +41 upvotes, +3 stars`; empty if nothing or not known.

    Counted from the earliest sighting within the week before the latest, else from the last one before.
    """
    days = sorted({each.day for each in sightings})
    if len(days) < 2:
        return ""
    latest = days[-1]
    start = next((day for day in days[:-1] if latest - day <= _WEEK), days[-2])
    gains = []
    for name, counts in (
        ("upvote", [(each.day, each.upvotes) for each in sightings]),
        ("star", [(each.day, each.stars) for each in sightings]),
    ):
        before = max((number for day, number in counts if day == start and number is not None), default=None)
        now = max((number for day, number in counts if day == latest and number is not None), default=None)
        if before is not None and now is not None and now > before:
            gains.append("+" + _plural(now - before, name))
    when = _WEEKDAYS[start.weekday()] if timedelta() < today - start < _WEEK else whole_day(start, today)
    return f"since {when}: {', '.join(gains)}" if gains else ""


def _plural(number: int, noun: str) -> str:
    return f"{count(number)} {plural(noun, number)}"


def address(url: str) -> str:
    """Return an address as it is shown: without its scheme, cleaned."""
    return drawable(re.sub(r"^https?://(www\.)?", "", url).rstrip("/"))


def _links(paper: Paper, signs: Signs, width: int, keys: KeyMap) -> list[Content]:
    copied, _ = copied_address(paper)
    targets = [(link.kind, link.target, link.url) for link in paper.links]
    if paper.page and all(url != paper.page for _, _, url in targets):
        targets.append(("paper", paper.page, paper.page))
    shown = []
    for number, (kind, target, url) in enumerate(targets, 1):
        opens = Style.from_meta({"@click": ("screen.open_link", (target,))})
        mark = f"{signs.copied} {keys.hint('{key:copy_link}')}".rstrip() if url == copied else ""
        text = address(target)
        room = max(8, width - cell_len(f"{number}  {kind} {mark}"))
        if cell_len(text) > room:
            text = set_cell_size(text, room - cell_len(signs.cut)) + signs.cut
        shown.append(
            Content.assemble(
                (str(number), "number"),
                " ",
                Content.styled(text, "link").stylize(opens),
                " ",
                (kind, "faint"),
                *((" ", (mark, "copied")) if mark else ()),
            )
        )
    return shown


def highlighted(content: Content, words: Sequence[str]) -> Content:
    """Mark every place where a searched word or phrase begins a word, case and accents folded."""
    if not words:
        return content
    text = content.plain
    folded, places = _folded_with_places(text)
    spans: list[Span] = []
    for word in words:
        pattern = _pattern(word)
        for found in re.finditer(pattern, folded) if pattern else ():
            start, end = places[found.start()], places[found.end() - 1] + 1
            # Marks over the last letter share its cell.
            while end < len(text) and unicodedata.combining(text[end]):
                end += 1
            spans.append(Span(start, end, "hit"))
    return content.add_spans(spans) if spans else content


@lru_cache(maxsize=32)
def _pattern(word: str) -> str:
    """Return the regular expression for a searched word or phrase in a folded text, empty for nothing."""
    pattern, gap = "", ""
    for token in tokens(word):
        written = fold(written_token(token))
        # R2 finds what is shown as R² or written R^2, R_2, R^{2}.
        part = re.sub(r"(?<=[^\W\d])(?=\d)", r"(?:[_^]\\{?)?", re.escape(written))
        if UNSPACED.match(token):
            # Scripts without blanks are found anywhere; a sign follows its word directly.
            pattern += (r"[\W_]*?" if pattern and not is_sign(token) else "") + part
            gap = r"[\W_]*?"
        else:
            pattern += (gap or r"(?<![^\W_])") + part
            gap = r"[\W_]+"
    return pattern


@lru_cache(maxsize=8)
def _folded_with_places(text: str) -> tuple[str, tuple[int, ...]]:
    """Fold a text and say from which character of it each folded one comes."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for part in fold(character):
            folded.append(part)
            places.append(place)
    return "".join(folded), tuple(places)


def joined(segments: Iterable[Segment]) -> Strip:
    """Return a line whose blanks have the style of their neighbour, if that looks the same."""
    line: list[Segment] = []
    for segment in segments:
        if line and (_blends(segment, line[-1]) or _blends(line[-1], segment)):
            style = line[-1].style if segment.text.isspace() else segment.style
            line[-1] = Segment(line[-1].text + segment.text, style)
        elif segment.text:
            line.append(segment)
    return Strip(line)


def _blends(blank: Segment, other: Segment) -> bool:
    """Return whether a segment looks the same in the style of another."""
    if not blank.text.isspace():
        return blank.style == other.style
    return _ground(blank.style) == _ground(other.style)


def _ground(style: TerminalStyle | None) -> object:
    """Return the visible parts of a blank's style."""
    return (style.bgcolor, style.underline, style.reverse, style.strike) if style is not None else None


LEAST = 4.5
"""The contrast that text needs, of WCAG 2.2, success criterion 1.4.3."""

_STEPS = 10
# Black, red, blue, magenta and grey.
_DARK = (0, 1, 4, 5, 8)


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2.2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def legible(style: TerminalStyle) -> TerminalStyle:
    """Return a style with enough contrast: as it is, or its text blended with black or white.

    The terminal's own colours are unknown: on one of them, text is the palette's black or white.
    """
    if style.bgcolor is not None and style.bgcolor.type is ColorType.STANDARD:
        return style + TerminalStyle(color="bright_white" if style.bgcolor.number in _DARK else "black")
    text, ground = (colour.triplet if colour else None for colour in (style.color, style.bgcolor))
    if text is None or ground is None or contrast(text, ground) >= LEAST:
        return style
    # One of the two always has enough: the worst ground gives 4.58 with either.
    end = max(ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255), key=lambda end: contrast(end, ground))
    blends = (_blended(text, end, step / _STEPS) for step in range(1, _STEPS + 1))
    found = next((blend for blend in blends if contrast(blend, ground) >= LEAST), end)
    return style + TerminalStyle(color=Color.from_triplet(found))


def _blended(one: ColorTriplet, other: ColorTriplet, share: float) -> ColorTriplet:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return ColorTriplet(red, green, blue)


def _luminance(colour: ColorTriplet) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
