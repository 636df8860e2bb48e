"""Where each paper of a list begins and ends, learned once for the whole text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from readlist.sources.catalog import phrase
from readlist.sources.catalog.mention import Mention, NamedRows, is_furniture, is_row_of_ids
from readlist.sources.catalog.row import Row

_COOL = re.compile(r"\s\[?PDF\s?\d*\]?\s\[?Copy\]?\s(?:.{0,40})\[?REL\]?\s*\Z", re.IGNORECASE)
_LIST_NAME = re.compile(r"^(?=.{0,60}$).*\b(?:papers|reading list|links|newsletter|digest|to read)\b", re.IGNORECASE)
_ENOUGH = 0.7
_FEWEST = 2
_START = 2
_ALIKE = 3
_SPARSE = 8_000  # characters of text for each paper, from which a text is prose that names a few
_PROSE = 150
_HEADED = 0.2
_EMPTY = 0.15  # what a part without any paper costs


class Part(Struct, frozen=True):
    """The rows of one paper, `start` to `end` (excluded)."""

    start: int
    end: int
    titled: bool = True  # whether its title is in it
    within: bool = False  # whether its title can only be in its first row, which names the paper too

    @property
    def rows(self) -> range:
        """The places of its rows."""
        return range(self.start, self.end)


class Outline(Struct, frozen=True):
    """How a list is divided: its rows, and the parts of them that name one paper each."""

    rows: NamedRows
    parts: Sequence[Part]

    def loose(self) -> list[Mention]:
        """Return the mentions outside the parts that are alone in their row, or beside others only."""
        rows = self.rows
        inside = {at for part in self.parts for at in part.rows}
        return [
            mention
            for at, found in rows.own.items()
            if at not in inside and (rows.is_alone(at) or is_row_of_ids(rows[at], found))
            for mention in found
        ]


def outline_of(rows: NamedRows, mentions: Sequence[Mention]) -> Outline | None:
    """Return how a list is divided into papers; None if it is not a list of papers.

    Each way to divide it is tried (labels, headings, numbers, bullets, rules, paragraphs, rows that name papers),
    and the one by which most parts name exactly one paper is taken.
    """
    mine = {mention.identity for found in rows.own.values() for mention in found}
    size = sum(len(row.text) for row in rows)
    if len(mine) < _FEWEST or size > _SPARSE * len(mine):
        return None
    best, kept = float("-inf"), list[Part]()
    for parts in _ways(rows):
        single = [part for part in parts if len(_papers(rows, part)) == 1]
        # Of two ways as good, the one by which more parts begin with a title.
        headed = sum(1 for part in single if rows.opening(part.start, part.end) >= 0)
        score = _score(rows, parts, single) + _HEADED * headed
        if score > best + 0.01:
            best, kept = score, single
    kept = _bounded(rows, _first_paragraphs(rows, kept))
    covered = {identity for part in kept for identity in _papers(rows, part)}
    covered |= {mention.identity for mention in Outline(rows, kept).loose()}
    # A citation in the text of a paper is not an entry left out.
    inside = {at for part in kept for at in part.rows}
    many = len(covered) > _FEWEST
    others = {
        mention.identity
        for mention in mentions
        if mention.row in rows.own
        or (mention.row not in inside and not (many and len(rows[mention.row].text) > _PROSE))
    } - covered
    if len(covered) < _FEWEST or len(covered) < _ENOUGH * len(covered | others):
        return None
    return Outline(rows, [_checked(rows, part) for part in kept])


def cool_papers(rows: Sequence[Row]) -> Outline | None:
    """Return the outline of a copy of papers.cool, which shows no ids: recognised by the buttons after each title."""
    starts = [at for at, row in enumerate(rows) if row.mark.isdigit() and _COOL.search(row.text)]
    named = NamedRows(rows, {})
    return Outline(named, _divided(named, starts)) if len(starts) >= _FEWEST else None


def _papers(rows: NamedRows, part: Part) -> set[str]:
    """Return the papers a part names; DOIs count only where there is no arXiv id beside them."""
    found = {mention.identity for at in part.rows for mention in rows.own.get(at, ())}
    for kind in ("arxiv:", "doi:"):
        if best := {identity for identity in found if identity.startswith(kind)}:
            return best
    return found


def _score(rows: NamedRows, parts: Sequence[Part], single: Sequence[Part]) -> float:
    several = sum(1 for part in parts if len(_papers(rows, part)) > 1)
    empty = len(parts) - len(single) - several
    inside = {at for part in parts for at in part.rows}
    outside = len({mention.identity for at, found in rows.own.items() if at not in inside for mention in found})
    papers = {identity for part in single for identity in _papers(rows, part)}
    again = len(single) - len(papers)
    return len(papers) - again - 2 * several - _EMPTY * empty - outside


def _bounded(rows: NamedRows, parts: list[Part]) -> list[Part]:
    """Return the parts, each without the item or heading beside its own, which is that of a paper without id.

    It is recognised by the others, which have one item or heading of that kind each.
    """
    kinds = Counter(kind for part in parts for kind in dict.fromkeys(_kind(rows[at]) for at in part.rows))
    for kind, _ in kinds.most_common(_ALIKE):
        found = [[at for at in part.rows if _is_item(rows, at, kind)] for part in parts]
        if (
            kind not in ("", "bold")
            and len(parts) >= _ALIKE
            and sum(1 for places in found if len(places) == 1) >= _ENOUGH * len(parts)
        ):
            return [_between(rows, part, places) for part, places in zip(parts, found, strict=True)]
    return parts


def _is_item(rows: NamedRows, at: int, kind: str) -> bool:
    """Return whether a row can be the first of a paper: of a kind, and more than a button, a label or an id."""
    row = rows[at]
    alone = at in rows.own and rows.is_alone(at)
    return _kind(row) == kind and not alone and not is_furniture(row) and not phrase.is_label(row.text)


def _between(rows: NamedRows, part: Part, places: Sequence[int]) -> Part:
    """Return a part from its own item on and up to the next one."""
    named = next((at for at in part.rows if at in rows.own), part.start)
    above = [at for at in places if at <= named]
    return replace(part, start=above[-1], end=next((at for at in places if at > named), part.end)) if above else part


def _first_paragraphs(rows: NamedRows, parts: list[Part]) -> list[Part]:
    """Return the parts, each its first paragraph where most are one: a second is a paper without id."""
    breaks = [_breaks(rows, part) for part in parts]
    single = sum(1 for each in breaks if not each)
    if len(parts) < _ALIKE or single < _ENOUGH * len(parts) or not all(rows[part.start].blank for part in parts):
        return parts
    first = [replace(part, end=each[0]) if each else part for part, each in zip(parts, breaks, strict=True)]
    return [cut if any(at in rows.own for at in cut.rows) else part for part, cut in zip(parts, first, strict=True)]


def _checked(rows: NamedRows, part: Part) -> Part:
    """Return a part, without its title where two could be that of the paper it names."""
    first = rows.opening(part.start, part.end)
    if first < 0 or part.within or not part.titled:
        return part
    named = next((at for at in part.rows if at in rows.own), first)
    kind = _kind(rows[first])
    alike = kind and any(_kind(rows[at]) == kind and not is_furniture(rows[at]) for at in range(first + 1, named + 1))
    labels = sum(1 for at in part.rows if phrase.title_after_label(rows[at].text))
    # Paragraphs that could be titles, each with another text below it.
    within = () if kind else range(first, part.end)
    texts = [at for at in within if rows[at].blank and at not in rows.own and not is_furniture(rows[at])]
    several = sum(1 for at in texts[:-1] if rows.is_title(at)) > 1
    return replace(part, titled=False) if alike or several or labels > 1 else part


def _ways(rows: NamedRows) -> Iterator[list[Part]]:
    """Yield the ways to divide a list, the most telling first."""
    every = range(len(rows))
    yield _divided(rows, [_labels_start(rows, at) for at in every if phrase.title_after_label(rows[at].text)])
    yield [Part(at, at + 1) for at in every if rows[at].cells and at in rows.own]
    for level in range(1, 7):
        yield _divided(rows, [at for at in every if rows[at].heading == level])
    yield _divided(rows, _shallowest(rows, [at for at in every if rows[at].mark.isdigit()]))
    items = [at for at in every if rows[at].mark]
    outer = _shallowest(rows, items)
    yield _divided(rows, outer)
    # Below a bullet that is the heading of the list.
    yield _divided(rows, _shallowest(rows, sorted(set(items).difference(outer))))
    yield _divided(rows, [at + 1 for at in every if rows[at].rule and at + 1 < len(rows)])
    yield _divided(rows, [at for at in every if _is_bold(rows[at])])
    parts = _divided(rows, [at for at in rows.own if not rows.is_alone(at)])
    yield [replace(part, end=_next_of_kind(rows, part), within=True) for part in parts]
    yield _divided(rows, [at for at in every if rows[at].blank])
    yield from _beside_ids(rows)


def _labels_start(rows: NamedRows, at: int) -> int:
    """Return where the lines with labels begin that the title's is one of: the id may be above it."""
    start = at
    while start and not rows[start].blank and not rows[start].mark and phrase.is_label(rows[start - 1].text):
        start -= 1
        if phrase.title_after_label(rows[start].text):
            return at
    return start if rows[start].blank or (start and rows[start - 1].rule) else at


def _shallowest(rows: NamedRows, places: Sequence[int]) -> list[int]:
    depth = min((rows[at].indent for at in places), default=0)
    return [at for at in places if rows[at].indent <= depth + 1]


def _is_bold(row: Row) -> bool:
    start, end = row.bold[0] if row.bold else (0, 0)
    return start <= _START and end - start > len(row.text) // 2 and not phrase.are_names(row.text.strip())


def _kind(row: Row) -> str:
    """Return what marks a row: the level of its heading, its list mark, bold; empty for nothing."""
    if row.heading:
        return f"heading {row.heading}"
    if row.mark:
        return f"{'number' if row.mark.isdigit() else 'bullet'} {row.indent}"
    return "bold" if _is_bold(row) else ""


def _divided(rows: NamedRows, starts: Sequence[int]) -> list[Part]:
    """Return the parts that begin at rows; each ends before the next, and before a heading that is above it."""
    parts = []
    begins = [_with_button(rows, start) for start in starts]
    for start, begin, limit in zip(starts, begins, [*begins[1:], len(rows)], strict=False):
        level = rows[start].heading or 7
        end = start + 1
        while end < limit and not (rows[end].rule or _is_section(rows[end], level)):
            end += 1
        parts.append(Part(begin, end))
    return _trimmed(rows, parts)


def _with_button(rows: NamedRows, start: int) -> int:
    """Return where a paper begins that a button above its title leads to already: `[PDF] arxiv.org`."""
    papers = {mention.identity for mention in rows.own.get(start, ())}
    while papers and start - 1 in rows.own and rows.is_alone(start - 1):
        if {mention.identity for mention in rows.own[start - 1]} != papers:
            break
        start -= 1
    return start


def _is_section(row: Row, level: int) -> bool:
    """Return whether a row is a heading above a level, and not that of a part of an entry."""
    return 0 < row.heading < level and not phrase.is_label(row.text)


def _next_of_kind(rows: NamedRows, part: Part) -> int:
    """Return where a part ends: at the next item or heading like its first row, which may be a paper without id."""
    kind = _kind(rows[part.start])
    alike = (at for at in range(part.start + 1, part.end) if kind and _kind(rows[at]) == kind)
    return next((at for at in alike if not phrase.is_label(rows[at].text)), part.end)


def _trimmed(rows: NamedRows, parts: list[Part]) -> list[Part]:
    """Return the parts, the last one no longer in paragraphs than the others: after it the page ends."""
    if len(parts) < _FEWEST:
        return parts
    most, last = max(len(_breaks(rows, part)) for part in parts[:-1]), parts[-1]
    breaks = _breaks(rows, last)
    return [*parts[:-1], Part(last.start, breaks[most])] if len(breaks) > most else parts


def _breaks(rows: NamedRows, part: Part) -> list[int]:
    """Return where the paragraphs of a part begin, the first one aside."""
    return [at for at in part.rows[1:] if rows[at].blank]


def _beside_ids(rows: NamedRows) -> Iterable[list[Part]]:
    """Yield the parts of a list whose ids have lines of their own, above or below the titles throughout."""
    ids = _IdLines(rows)
    if len(ids.places) < _FEWEST:
        return
    below = ids.up_to_next(ids.places)
    # The text below an id up to the next title is its abstract.
    above = ids.up_to_next(ids.starts) if ids.glued else ids.up_to_links()
    side = ids.side(above, below)
    if side:
        yield below if side > 0 else above
    yield [Part(at, end, titled=False) for at, end in zip(ids.places, ids.ends, strict=True)]


class _IdLines:
    """The lines of a list that are ids and nothing else."""

    def __init__(self, rows: NamedRows) -> None:
        own = rows.own
        places = [at for at in own if rows.is_alone(at)]
        self.rows = rows
        # The first row of each; an id may have several: `arXiv:…`, then its address.
        self.places = [at for at in places if at - 1 not in own or own[at - 1][-1].identity != own[at][0].identity]
        self.ends = [at + 1 for at in self.places]
        for count, at in enumerate(self.places):
            while self.ends[count] in own and own[self.ends[count]][0].identity == own[at][-1].identity:
                self.ends[count] += 1
        gaps = {_blocks(rows, end, at) for end, at in zip(self.ends, self.places[1:], strict=False)}
        # How many paragraphs are between two ids throughout, else 0.
        self.gap = gaps.pop() if len(gaps) == 1 else 0
        # Whether each id follows its title at once.
        self.glued = all(at and not rows[at].blank and not is_furniture(rows[at - 1]) for at in self.places)
        self.glued = self.glued or self._follow_titles()
        # Where the papers begin if their titles are above their ids.
        begins = zip(self.places, [0, *self.ends[:-1]], strict=False)
        self.starts = [_above(rows, at, before, 1 if self.glued else self.gap) for at, before in begins]
        if self.glued and self.starts and _skip_links(rows, self.starts[0]) == self.starts[0]:
            # Without links above the first title, those below an id are its own.
            pairs = zip(self.starts[1:], self.ends, strict=False)
            self.starts[1:] = [_skip_links(rows, start) if start == end else start for start, end in pairs]

    def up_to_next(self, starts: Sequence[int]) -> list[Part]:
        """Return the papers that begin at rows, each up to the next."""
        return _trimmed(self.rows, [Part(at, end) for at, end in pairwise([*starts, len(self.rows)])])

    def up_to_links(self) -> list[Part]:
        """Return the papers whose titles are above their ids, each with the lines of links that follow its id."""
        return [Part(start, _with_links(self.rows, end)) for start, end in zip(self.starts, self.ends, strict=True)]

    def _follow_titles(self) -> bool:
        """Return whether each id is between its title and its abstract: only what is right above is a title."""
        if self.gap < _FEWEST:
            return False
        bare = NamedRows(self.rows, {})
        for end, at in zip([0, *self.ends], self.places, strict=False):
            above = _above(bare, at, end, 1)
            if bare.opening(above, at) < 0 or (end and bare.opening(end, above) >= 0):
                return False
        return True

    def side(self, above: Sequence[Part], below: Sequence[Part]) -> int:
        """Return where the titles are: 1 below the ids, -1 above, 0 if unclear.

        Args:
            above: the papers if their titles are above.
            below: the papers if their titles are below.
        """
        rows, first = self.rows, self.places[0]
        side = -1 if self.glued and rows[first].blank else self._likely_side()
        full_below, full_above = (
            all(rows.opening(part.start, part.end) >= 0 for part in each) for each in (below, above)
        )
        # A page that is cut at its end; with texts above and below, either could be those of the page itself.
        if not side and self.gap > _blocks(rows, 0, first) and full_below != full_above:
            side = 1 if full_below else -1
        if side > 0:
            # Titles below ids are headings or items of a list, and there is one above the first id already.
            openings = (rows.opening(part.start, part.end) for part in below)
            kinds = {_kind(rows[at]) for at in openings if at >= 0} - {""}
            side = 0 if any(_kind(row) in kinds for row in rows[:first]) else side
        if side and not self.glued and not _begins_alike(rows, above if side < 0 else below[::-1]):
            side = 0
        return side if (full_below if side > 0 else full_above) else 0

    def _likely_side(self) -> int:
        """Return the side of the titles by what is next to the ids, else by the paragraphs at both ends of the list."""
        rows, places, gap = self.rows, self.places, self.gap
        above = sum(1 for at in places if at and not rows[at].blank and not is_furniture(rows[at - 1]))
        nexts = [_skip_links(rows, end) if end < len(rows) and not rows[end].blank else end for end in self.ends]
        below = sum(1 for end in nexts if end < len(rows) and not rows[end].blank and not is_furniture(rows[end]))
        if not (above and below) and (above + below) * 2 > len(places):
            return -1 if above else 1
        if not gap:
            return 0
        first, last = _blocks(rows, 0, places[0]), _blocks(rows, self.ends[-1], len(rows))
        side = 1 if first < gap <= last else -1 if last < gap <= first else 0
        if side < 0 and first == gap and any(_LIST_NAME.search(row.text) for row in rows[: places[0]]):
            # The name of the list, above the first id of a list whose end is cut.
            side = 0
        # A single line without a blank one between it and an id may speak against it.
        return 0 if (above and not below and side > 0) or (below and not above and side < 0) else side


def _skip_links(rows: NamedRows, at: int) -> int:
    """Return the first row from a place on that is more than links."""
    while at + 1 < len(rows) and is_furniture(rows[at]) and (rows[at].anchors or "://" in rows[at].text):
        at += 1
    return at


def _with_links(rows: NamedRows, end: int) -> int:
    """Return where a paper ends whose id is followed by lines of other links: `code: https://…`."""
    while end < len(rows) and end not in rows.own and not rows[end].blank and is_furniture(rows[end]):
        end += 1
    return end


def _begins_alike(rows: NamedRows, parts: Sequence[Part]) -> bool:
    """Return whether the first of the parts has an abstract as most others do, and is not the title of the page."""
    first, *others = (
        any(rows[at].blank and len(rows[at + 1].text) > _PROSE // 2 and rows.is_title(at) for at in part.rows[:-1])
        for part in parts
    )
    return first or sum(others) * 2 <= len(others)


def _blocks(rows: NamedRows, start: int, end: int) -> int:
    """Return how many paragraphs the rows make, without those of buttons and links alone."""
    count, opened = 0, False
    for at in range(start, end):
        opened = opened and not rows[at].blank
        if not opened and not rows[at].rule and not is_furniture(rows[at]):
            count, opened = count + 1, True
    return count


def _above(rows: NamedRows, at: int, before: int, gap: int) -> int:
    """Return where the paragraphs begin that an id closes: as many as are between two ids, else the one above."""
    start, count, says = at, 0, False
    while start > before and count < max(gap, 1):
        start -= 1
        says = says or not (rows[start].rule or is_furniture(rows[start]))
        if rows[start].blank and says:
            count, says = count + 1, False
    return start
