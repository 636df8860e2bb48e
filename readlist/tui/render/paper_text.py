"""An entry as the text of the detail; pure, no widget, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from msgspec.structs import replace
from rich.cells import cell_len
from textual.content import Content

from readlist.model.paper import Announcement, Paper
from readlist.model.tag import tags_of
from readlist.model.trend import CountKind, Series
from readlist.shelf import Entry
from readlist.text.clean import drawable, readable, title_line
from readlist.tui.keymap import KeyMap
from readlist.tui.render.highlight import highlighted
from readlist.tui.render.line_breaks import line_spans
from readlist.tui.render.link_text import first_link, link_lines
from readlist.tui.render.match_text import ONE_LINE, Insight, match_chip, match_name, reasons, similar_lines
from readlist.tui.render.revision_text import identifier, news, news_chip, remarks, withdrawal
from readlist.tui.render.signs import SIGNS, Signs, count, counted, line, shortened, whole_day
from readlist.tui.render.sparkline import CountForm, count_forms, fitting_forms, gain_text, line_count
from readlist.tui.render.text_block import BLANK, Block, Chip, Room, chips

_TINY = 60
"""Narrower than this, a detail without its title begins with one line of facts."""
_AUTHOR_LINES = 2
_LEAST_LINK = 20
_MONTH = timedelta(days=30)


def detail(
    entry: Entry,
    announcements: Sequence[Announcement],
    today: date,
    *,
    keys: KeyMap,
    series: Sequence[Series] = (),
    words: tuple[str, ...] = (),
    draft: str | None = None,
    signs: Signs = SIGNS,
    room: Room = Room(76),  # noqa: B008
    insight: Insight = Insight(),  # noqa: B008
) -> list[Block]:
    """Return the detail of an entry: title, authors, facts, links, note, why it fits, summary, abstract, keywords.

    arXiv's comment follows the abstract. What is most like it comes last, so that it moves nothing when it is found.

    Without the title there is little room: one or two lines of facts come first, the rest of them last.

    Args:
        entry: what to show.
        announcements: newest first.
        today: today, to omit this year.
        keys: every command's keys.
        series: counts by day, one for each kind of count.
        words: searched words, to be highlighted.
        draft: text of an unsaved note.
        signs: the signs to use.
        room: what there is room for.
        insight: how well it fits, and why.
    """
    paper, width = entry.paper, room.width
    counts = _Counts(entry, series, today, signs)
    facts = [*news_chip(entry, today), *_facts(entry, insight)]
    withdrawn = withdrawal(paper, width, signs, low=not room.titled)
    why = reasons(entry, insight, width)
    similar = list(similar_lines(insight.nearest, keys, width, signs))
    state = _state(entry, announcements, today, signs)
    authors = highlighted(_authors(paper.authors, width), words)
    origin = Content.styled(_origin(paper, today, signs), "facts")
    about = [each for each in (authors, origin) if each]
    note = [] if room.writing else list(_note(entry, today, words, draft, keys, signs, width))
    text: list[list[Content | Block]] = [*_texts(paper, words)]
    text += [list(remarks(paper, words))]
    keywords = chips([*_tags(entry.mark.note), *_keywords(paper)], width, signs.cut)
    parts: list[Sequence[Content | Block]]
    if room.titled:
        title = highlighted(Content.styled(title_line(paper), "title"), words)
        parts = [
            [title, *about, *withdrawn],
            [*chips([*counts.chips(facts, width), *facts], width, signs.cut), state],
            link_lines(paper, keys, width, signs),
            note,
            why,
            *text,
            keywords,
            similar,
        ]
    elif width >= _TINY and not room.low:
        shown, last = _two_lines(entry, counts, facts, words, today, keys, signs, width, insight)
        parts = [
            [*shown, *withdrawn],
            note,
            why,
            [each for part in text for each in part],
            keywords,
            link_lines(paper, keys, width, signs),
            [*chips(last, width, signs.cut), state],
            similar,
        ]
    else:
        first_line = _one_line(entry, counts, today, keys, signs, width, insight)
        # On the smallest screens a withdrawal takes the place of the first facts; they come last, too.
        shown = [each for each in [first_line] if each and not (withdrawn and width < _TINY)]
        links = link_lines(paper, keys, width, signs)
        # As many lines of the abstract as possible: a reason comes before it, but only in one line.
        first = 1 if width >= ONE_LINE else 0
        parts = [
            [*shown, *withdrawn, *why[:first], *(each for part in text for each in part)],
            note,
            why[first:],
            about,
            [*chips([*counts.chips(facts, width), *facts], width, signs.cut), state],
            links,
            keywords,
            similar,
        ]
    return list(_joined(parts))


def _joined(parts: Sequence[Sequence[Content | Block]]) -> Iterator[Block]:
    """Yield the paragraphs of all parts, a blank line between parts."""
    first = True
    for part in parts:
        blocks = [each if isinstance(each, Block) else Block(each) for each in part]
        if blocks and not first:
            yield BLANK
        first = first and not blocks
        yield from blocks


def _tags(note: str) -> list[Chip]:
    return [[(f"#{drawable(tag)}", "tag")] for tag in tags_of(note)]


def _keywords(paper: Paper) -> list[Chip]:
    return [[(line(word), "keyword")] for word in paper.keywords]


def _paragraphs(text: str) -> list[str]:
    return [drawable(part) for part in readable(text).split("\n")]


# Title, authors, origin


def _authors(authors: Sequence[str], width: int, lines: int = _AUTHOR_LINES) -> Content:
    """Return as many authors as fit on some lines, and the number of the others."""
    names = [line(author) for author in authors[: width * lines // 4 + 1]]
    for shown in range(len(names), 0, -1):
        more = len(authors) - shown
        rest = f" +{more}" if more else ""
        text = ", ".join(names[:shown])
        # Most lists of many authors are too long by far.
        if cell_len(text) + len(rest) <= width * lines and len(line_spans(text + rest, width)) <= lines:
            break
    else:
        # A name that is too long for all lines, or none.
        return Content.styled(shortened(authors[0], width), "authors") if authors else Content("")
    return Content.assemble((text, "authors"), (rest, "faint"))


def _origin(paper: Paper, today: date, signs: Signs) -> str:
    """Return the organisation and the day of publication."""
    parts = (line(paper.organization), whole_day(paper.published, today))
    return f" {signs.dot} ".join(part for part in parts if part)


# Facts


class _Counts:
    """The counts of an entry, with what became of them."""

    def __init__(self, entry: Entry, series: Sequence[Series], today: date, signs: Signs) -> None:
        by_kind = {each.kind: each for each in series}
        self.gained = {kind: gain_text(each.gained) for kind, each in by_kind.items()}
        known: tuple[tuple[CountKind, str, int | None, str], ...] = (
            ("upvotes", signs.upvote, entry.upvotes, "votes"),
            ("stars", signs.star, entry.stars, "chip"),
        )
        self._shown = [(f"{sign} {count(number)}", look) for _, sign, number, look in known if number is not None]
        self._forms = [
            count_forms(by_kind.get(kind), today, signs) for kind, _, number, _ in known if number is not None
        ]

    def chips(self, others: Sequence[Chip], width: int) -> list[Chip]:
        """Return them as chips: in one line more, at most, than they and other chips would take without a past."""
        rest = _widths(others)
        most = 1 + line_count([*_widths(self._chips([forms[-1] for forms in self._forms])), *rest], width)

        def fits(forms: Sequence[CountForm]) -> bool:
            own = _widths(self._chips(forms))
            return max(own, default=0) <= width and line_count([*own, *rest], width) <= most

        return self._chips(fitting_forms(self._forms, fits))

    def chips_in(self, room: int) -> tuple[list[Chip], bool]:
        """Return them as chips in some cells, and whether a line of days is cut for that."""

        def fits(forms: Sequence[CountForm]) -> bool:
            return sum(_widths(self._chips(forms))) + len(forms) <= room

        chosen = fitting_forms(self._forms, fits)
        is_cut = any(form.line != forms[0].line for forms, form in zip(self._forms, chosen, strict=True))
        return self._chips(chosen), is_cut

    def _chips(self, forms: Sequence[CountForm]) -> list[Chip]:
        return [
            [(replace(form, when="").after(number), look), *([(f" {form.when}", "chip")] if form.when else [])]
            for (number, look), form in zip(self._shown, forms, strict=True)
        ]


def _widths(words: Sequence[Chip]) -> list[int]:
    """Return the cells of some chips."""
    return [2 + sum(cell_len(text) for text, _ in chip) for chip in words]


def _facts(entry: Entry, insight: Insight) -> Iterator[Chip]:
    """Yield what is on the chips behind the counts: the identifier, the match, the comments."""
    paper = entry.paper
    if named := identifier(paper):
        yield [(named, "chip")]
    yield from match_chip(insight)
    if entry.comments:
        yield [(counted(entry.comments, "comment"), "chip")]


def _state(entry: Entry, announcements: Sequence[Announcement], today: date, signs: Signs) -> Content:
    """Return the feeds that had the paper, each with its last day, and whether it is decided."""
    feeds: dict[str, str] = {}
    for one in announcements:
        feeds.setdefault(one.feed, whole_day(one.day, today))
    words = [f"{line(feed)} {when}".rstrip() for feed, when in feeds.items()]
    words += ["starred"] if entry.mark.starred else []
    words.append("read" if entry.mark.read else "unread")
    return Content.styled(f" {signs.dot} ".join(words), "facts")


def _two_lines(
    entry: Entry,
    counts: _Counts,
    facts: Sequence[Chip],
    words: tuple[str, ...],
    today: date,
    keys: KeyMap,
    signs: Signs,
    width: int,
    insight: Insight,
) -> tuple[list[Content], Sequence[Chip]]:
    """Return authors, origin, the first facts and the first link on two lines, and the other facts."""
    paper = entry.paper
    origin = _origin(paper, today, signs)
    if origin and paper.authors:
        origin = f" {signs.dot} {origin}"
    authors = highlighted(_authors(paper.authors, max(width - cell_len(origin), width // 2), 1), words)
    byline = Content.assemble(authors, (origin, "facts")).truncate(width, ellipsis=True)
    # News, identifier and match, as far as they are known.
    named = bool(paper.arxiv or paper.doi) + insight.has_stars + bool(news(entry, today))
    first = list(facts[:named])
    if entry.mark.note:
        first.append([(signs.note, "heading")])
    room = width - sum(_widths(first)) - len(first)
    counted_first, is_cut = counts.chips_in(room - _LEAST_LINK - 1)
    row = next(iter(chips([*counted_first, *first], width, signs.cut)), Content(""))
    left = width - row.cell_length - 2
    if left >= _LEAST_LINK:
        link = first_link(paper, keys, left, signs)
        row = Content("  ").join([row, link]) if row else link
    # What there is no room for above comes last, in full.
    last = [*(counts.chips(facts[named:], width) if is_cut else ()), *facts[named:]]
    return [each for each in (byline, row) if each], last


def _one_line(
    entry: Entry,
    counts: _Counts,
    today: date,
    keys: KeyMap,
    signs: Signs,
    width: int,
    insight: Insight,
) -> Content:
    """Return the first author's last name, the counts, the match, and the key of the link."""
    paper = entry.paper
    dot = f" {signs.dot} "
    pieces: list[tuple[str, str, str]] = []
    if paper.authors:
        more = f" +{len(paper.authors) - 1}" if paper.authors[1:] else ""
        name = line(paper.authors[0])
        pieces.append(("", (name if width >= _TINY else name.split(" ")[-1]) + more, "authors"))
    origin = _origin(paper, today, signs) if width >= _TINY else ""
    if origin and cell_len(origin) <= width // 2:
        pieces.append((dot, origin, "facts"))
    if fresh := news(entry, today):
        pieces.append((dot, fresh, "alarm"))
    if entry.upvotes is not None:
        votes = f"{signs.upvote}{count(entry.upvotes)} {counts.gained.get('upvotes', '')}".rstrip()
        pieces.append((dot, votes, "facts"))
    if match := match_name(insight):
        pieces.append((dot if match.strip() else " " * cell_len(dot), match, "facts"))
    if entry.stars is not None:
        pieces.append((dot, f"{signs.star}{count(entry.stars)}", "facts"))
    shown = _fitting(Content(""), pieces, width)
    after = [(" ", signs.note, "heading")] if entry.mark.note else []
    left = width - shown.cell_length - 2 * len(after) - 2
    if left >= _LEAST_LINK and (link := first_link(paper, keys, left, signs)):
        shown = Content("  ").join([shown, link]) if shown else link
    elif paper.repo and keys["copy_link"]:
        key = Content.assemble(("  " if shown else "", "faint"), (keys.first("copy_link"), "key"), (" repo", "facts"))
        shown += key if shown.cell_length + key.cell_length <= width else ""
    return _fitting(shown, after, width)


def _fitting(shown: Content, pieces: Sequence[tuple[str, str, str]], width: int) -> Content:
    """Return a line with those pieces that there is room for; each has what sets it apart, its text and its style."""
    for between, text, style in pieces:
        longer = Content.assemble(shown, (between if shown else "", "faint"), (text, style))
        if longer.cell_length <= width:
            shown = longer
    return shown


# Note and texts


def _note(
    entry: Entry, today: date, words: tuple[str, ...], draft: str | None, keys: KeyMap, signs: Signs, width: int
) -> Iterator[Content | Block]:
    """Yield the note under a line with its age and key; of a draft, that there is one."""
    mark = entry.mark
    if mark.note:
        name = f"{signs.note} Note"
        when = _ago(mark.noted.astimezone().date(), today) if mark.noted else ""
        about = f" {signs.dot} ".join(filter(None, (keys.hint("{key:note} edit"), when)))
        gap = width - cell_len(name) - cell_len(about)
        yield Content.assemble((name, "heading"), *((" " * gap, (about, "faint")) if gap > 0 else ()))
    if draft is not None:
        yield Content.styled(keys.text("Unsaved draft. Press {key:note} to continue."), "alarm")
    if mark.note:
        for text in _paragraphs(mark.note):
            yield Block(highlighted(Content(text), words), lead=f"{signs.quote} ", lead_style="note")


def _ago(day: date, today: date) -> str:
    """Return how many days ago a day was."""
    days = (today - day).days
    if days <= 1:
        return "yesterday" if days == 1 else "today"
    return f"{days} d ago" if today - day < _MONTH else whole_day(day, today)


def _texts(paper: Paper, words: tuple[str, ...]) -> Iterator[list[Content | Block]]:
    """Yield the summary and the abstract, as far as there are any."""
    texts = []
    if paper.summary and paper.summary != paper.abstract:
        texts.append([highlighted(Content.styled(text, "summary"), words) for text in _paragraphs(paper.summary)])
    if paper.abstract:
        texts.append([highlighted(Content(text), words) for text in _paragraphs(paper.abstract)])
    if not texts:
        texts.append([Content.styled("No abstract yet.", "faint")])
    opening, *others = texts
    yield [Block(opening[0], opens=True), *opening[1:]]
    yield from map(list, others)
