"""Where each paper of a list begins and ends, learned once for the whole text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from readlist.sources.catalog import phrase
from readlist.sources.catalog.mention import Mention, is_alone, is_furniture, is_row_of_ids, opening, own_mentions
from readlist.sources.catalog.row import Row

_COOL = re.compile(r"\s\[?PDF\s?\d*\]?\s\[?Copy\]?\s(?:.{0,40})\[?REL\]?\s*\Z", re.IGNORECASE)
_LIST_NAME = re.compile(r"^(?=.{0,60}$).*\b(?:papers|reading list|links|newsletter|digest|to read)\b", re.IGNORECASE)
_ENOUGH = 0.7
_FEWEST = 2
_START = 2
_ALIKE = 3
_SPARSE = 8_000
"""Characters of text for each paper, from which a text is prose that names a few."""
_PROSE = 150
_HEADED = 0.2
_EMPTY = 0.15
"""What a part without any paper costs."""


class Part(Struct, frozen=True):
    """The rows of one paper, `start` to `end` (excluded).

    Attributes:
        titled: whether its title stands in it.
        within: whether its title can only stand in its first row, which names the paper too.
    """

    start: int
    end: int
    titled: bool = True
    within: bool = False

    @property
    def rows(self) -> range:
        """The places of its rows."""
        return range(self.start, self.end)


class Outline(Struct, frozen=True):
    """How a list is divided.

    Attributes:
        parts: those that name one paper each.
        own: the namings that stand for an entry of their own, by row.
    """

    parts: Sequence[Part]
    own: dict[int, list[Mention]]


def outline_of(rows: Sequence[Row], mentions: Sequence[Mention]) -> Outline | None:
    """Return how a list is divided into papers; None if it is no list of papers.

    Each way to divide it is tried (labels, headings, numbers, bullets, rules, paragraphs, rows that name papers),
    and the one by which most parts name exactly one paper is taken.
    """
    own = own_mentions(rows, mentions)
    mine = {mention.identity for found in own.values() for mention in found}
    size = sum(len(row.text) for row in rows)
    if len(mine) < _FEWEST or size > _SPARSE * len(mine):
        return None
    best: tuple[float, list[Part]] | None = None
    for parts in _ways(rows, own):
        kept = [part for part in parts if len(_papers(own, part)) == 1]
        # Of two ways as good, the one by which more parts begin with a title.
        headed = sum(1 for part in kept if opening(rows, part.start, part.end, own) >= 0)
        score = _score(parts, kept, own) + _HEADED * headed
        if best is None or score > best[0] + 0.01:
            best = (score, kept)
    kept = _bounded(rows, own, _single_paragraphs(rows, own, best[1])) if best else []
    covered = {identity for part in kept for identity in _papers(own, part)}
    covered |= {mention.identity for mention in loose_of(rows, own, kept)}
    # What the text of a paper cites is no entry left out.
    inside = {at for part in kept for at in part.rows}
    many = len(covered) > _FEWEST
    others = {
        mention.identity
        for mention in mentions
        if mention.row in own or (mention.row not in inside and not (many and len(rows[mention.row].text) > _PROSE))
    } - covered
    if len(covered) < _FEWEST or len(covered) < _ENOUGH * len(covered | others):
        return None
    return Outline([_checked(rows, own, part) for part in kept], own)


def _bounded(rows: Sequence[Row], own: dict[int, list[Mention]], parts: Sequence[Part]) -> list[Part]:
    """Return the parts of a list, each without the item or heading beside its own, which is that of a paper without id.

    It is known by the others, which have one item or heading of that kind each.
    """
    kinds = Counter(kind for part in parts for kind in {_kind(rows[at]) for at in part.rows})
    for kind, _ in kinds.most_common(_ALIKE):
        if not kind or kind == "bold":
            continue
        found = [[at for at in part.rows if _is_item(rows, own, at, kind)] for part in parts]
        if len(parts) >= _ALIKE and sum(1 for places in found if len(places) == 1) >= _ENOUGH * len(parts):
            return [_between(own, part, places) for part, places in zip(parts, found, strict=True)]
    return list(parts)


def _is_item(rows: Sequence[Row], own: dict[int, list[Mention]], at: int, kind: str) -> bool:
    """Return whether a row can be the first of a paper: of a kind, and more than a button, a label or an id."""
    row = rows[at]
    alone = at in own and is_alone(row, own[at])
    return _kind(row) == kind and not alone and not is_furniture(row) and not phrase.is_label(row.text)


def _between(own: dict[int, list[Mention]], part: Part, places: Sequence[int]) -> Part:
    """Return a part from its own item on and up to the next one."""
    named = next((at for at in part.rows if at in own), part.start)
    above = [at for at in places if at <= named]
    if not above:
        return part
    return replace(part, start=above[-1], end=next((at for at in places if at > named), part.end))


def _single_paragraphs(rows: Sequence[Row], own: dict[int, list[Mention]], parts: list[Part]) -> list[Part]:
    """Return the parts of a list, each its first paragraph where most are one: a second is a paper without id."""
    single = sum(1 for part in parts if _paragraphs(rows, part) == 1)
    if len(parts) < _ALIKE or single < _ENOUGH * len(parts) or not all(rows[part.start].blank for part in parts):
        return parts
    cut = []
    for part in parts:
        end = next((at for at in range(part.start + 1, part.end) if rows[at].blank), part.end)
        named = any(at in own for at in range(part.start, end))
        cut.append(replace(part, end=end) if named else part)
    return cut


def _checked(rows: Sequence[Row], own: dict[int, list[Mention]], part: Part) -> Part:
    """Return a part, without its title where two could be that of the paper it names."""
    first = opening(rows, part.start, part.end, own)
    if first < 0 or part.within or not part.titled:
        return part
    named = next((at for at in part.rows if at in own), first)
    kind = _kind(rows[first])
    alike = kind and any(_kind(rows[at]) == kind and not is_furniture(rows[at]) for at in range(first + 1, named + 1))
    labels = sum(1 for at in part.rows if phrase.title_behind_label(rows[at].text))
    # Paragraphs that could be titles, each with another text below it.
    within = () if kind else range(first, part.end)
    texts = [at for at in within if rows[at].blank and at not in own and not is_furniture(rows[at])]
    several = sum(1 for at in texts[:-1] if opening(rows, at, at + 1, {}) == at) > 1
    return replace(part, titled=False) if alike or several or labels > 1 else part


def loose_of(rows: Sequence[Row], own: dict[int, list[Mention]], parts: Sequence[Part]) -> list[Mention]:
    """Return the namings outside the parts of a list that stand alone in their row, or beside others only."""
    inside = {at for part in parts for at in part.rows}
    return [
        mention
        for at, found in own.items()
        if at not in inside and (is_alone(rows[at], found) or is_row_of_ids(rows[at], found))
        for mention in found
    ]


def cool_papers(rows: Sequence[Row]) -> list[Part]:
    """Return the papers of a copy of papers.cool, which shows no ids: known by the buttons behind each title."""
    starts = [at for at, row in enumerate(rows) if _COOL.search(row.text) and row.mark.isdigit()]
    return _divided(rows, {}, starts) if len(starts) >= _FEWEST else []


def _score(parts: Sequence[Part], kept: Sequence[Part], own: dict[int, list[Mention]]) -> float:
    several = sum(1 for part in parts if len(_papers(own, part)) > 1)
    none = len(parts) - len(kept) - several
    inside = {at for part in parts for at in part.rows}
    outside = len({mention.identity for at, found in own.items() if at not in inside for mention in found})
    papers = {identity for part in kept for identity in _papers(own, part)}
    again = len(kept) - len(papers)
    return len(papers) - again - 2 * several - _EMPTY * none - outside


def _papers(own: dict[int, list[Mention]], part: Part) -> set[str]:
    """Return the papers a part names; DOIs count only where no arXiv id stands beside them."""
    found = {mention.identity for at in part.rows for mention in own.get(at, ())}
    for kind in ("arxiv:", "doi:"):
        if best := {identity for identity in found if identity.startswith(kind)}:
            return best
    return found


def _ways(rows: Sequence[Row], own: dict[int, list[Mention]]) -> Iterable[list[Part]]:
    """Yield the ways to divide a list, the most telling first."""
    several = range(len(rows))
    yield _divided(rows, own, [_labelled_from(rows, at) for at in several if phrase.title_behind_label(rows[at].text)])
    yield [Part(at, at + 1) for at in several if rows[at].cells and at in own]
    for level in range(1, 7):
        yield _divided(rows, own, [at for at in several if rows[at].heading == level])
    numbered = [at for at in several if rows[at].mark.isdigit()]
    yield _divided(rows, own, _shallowest(rows, numbered))
    marked = [at for at in several if rows[at].mark]
    outer = _shallowest(rows, marked)
    yield _divided(rows, own, outer)
    # Below a bullet that is the heading of the list.
    yield _divided(rows, own, _shallowest(rows, sorted(set(marked).difference(outer))))
    yield _divided(rows, own, [at + 1 for at in several if rows[at].rule and at + 1 < len(rows)])
    yield _divided(rows, own, [at for at in several if _is_bold(rows[at])])
    parts = _divided(rows, own, [at for at in own if not is_alone(rows[at], own[at])])
    yield [replace(part, end=_next_of_kind(rows, part), within=True) for part in parts]
    yield _divided(rows, own, [at for at in several if rows[at].blank])
    yield from _beside(rows, own)


def _labelled_from(rows: Sequence[Row], at: int) -> int:
    """Return where the lines with labels begin that the title's is one of: the id may stand above it."""
    start = at
    while start and not rows[start].blank and not rows[start].mark and phrase.is_label(rows[start - 1].text):
        start -= 1
        if phrase.title_behind_label(rows[start].text):
            return at
    return start if rows[start].blank or (start and rows[start - 1].rule) else at


def _shallowest(rows: Sequence[Row], places: Sequence[int]) -> list[int]:
    depth = min((rows[at].indent for at in places), default=0)
    return [at for at in places if rows[at].indent <= depth + 1]


def _is_bold(row: Row) -> bool:
    start, end = row.bold[0] if row.bold else (0, 0)
    return start <= _START and end - start > len(row.text) // 2 and not phrase.are_names(row.text.strip())


def _divided(rows: Sequence[Row], own: dict[int, list[Mention]], starts: Sequence[int]) -> list[Part]:
    """Return the parts that begin at rows; each ends before the next, and before a heading that is above it."""
    parts = []
    begins = [_with_button(rows, own, start) for start in starts]
    for start, begin, limit in zip(starts, begins, [*begins[1:], len(rows)], strict=False):
        level = rows[start].heading or 7
        end = start + 1
        while end < limit and not (rows[end].rule or _is_section(rows[end], level)):
            end += 1
        parts.append(Part(begin, end))
    return _trimmed(rows, parts)


def _next_of_kind(rows: Sequence[Row], part: Part) -> int:
    """Return where a part ends: at the next item or heading like its first row, which may be a paper without id."""
    kind = _kind(rows[part.start])
    alike = (at for at in range(part.start + 1, part.end) if kind and _kind(rows[at]) == kind)
    return next((at for at in alike if not phrase.is_label(rows[at].text)), part.end)


def _with_button(rows: Sequence[Row], own: dict[int, list[Mention]], start: int) -> int:
    """Return where a paper begins before whose title a button leads to it already: `[PDF] arxiv.org`."""
    papers = {mention.identity for mention in own.get(start, ())}
    while start - 1 in own and papers and is_alone(rows[start - 1], own[start - 1]):
        if {mention.identity for mention in own[start - 1]} != papers:
            break
        start -= 1
    return start


def _is_section(row: Row, level: int) -> bool:
    """Return whether a row is a heading above a level, and not that of a part of an entry."""
    return 0 < row.heading < level and not phrase.is_label(row.text)


def _trimmed(rows: Sequence[Row], parts: list[Part]) -> list[Part]:
    """Return the parts, the last one no longer in paragraphs than the others: behind it the page ends."""
    if len(parts) < _FEWEST:
        return parts
    most, last = max(_paragraphs(rows, part) for part in parts[:-1]), parts[-1]
    begins = [at for at in last.rows[1:] if rows[at].blank]
    return [*parts[:-1], Part(last.start, begins[most - 1])] if len(begins) >= most else parts


def _paragraphs(rows: Sequence[Row], part: Part) -> int:
    return 1 + sum(rows[at].blank for at in range(part.start + 1, part.end))


def _beside(rows: Sequence[Row], own: dict[int, list[Mention]]) -> Iterable[list[Part]]:
    """Yield the parts of a list whose ids stand on lines of their own, above or below the titles throughout."""
    places = [at for at in own if is_alone(rows[at], own[at])]
    # An id over several lines: `arXiv:…`, then its address.
    places = [at for at in places if at - 1 not in own or own[at - 1][-1].identity != own[at][0].identity]
    if len(places) < _FEWEST:
        return
    ends = [at + 1 for at in places]
    for count, at in enumerate(places):
        while ends[count] in own and own[ends[count]][0].identity == own[at][-1].identity:
            ends[count] += 1
    below = _trimmed(rows, [Part(at, end) for at, end in zip(places, [*places[1:], len(rows)], strict=True)])
    # How many paragraphs stand between two ids throughout.
    gaps = {_blocks(rows, end, at) for end, at in zip(ends, places[1:], strict=False)}
    gap = gaps.pop() if len(gaps) == 1 else 0
    glued = all(at and not rows[at].blank and not is_furniture(rows[at - 1]) for at in places)
    glued = glued or _follow_titles(rows, places, ends, gap)
    starts = [_above(rows, at, before, 1 if glued else gap) for at, before in zip(places, [0, *ends[:-1]], strict=True)]
    if glued:
        starts = _behind_links(rows, starts, ends)
        # What stands below an id up to the next title is its abstract.
        above = _trimmed(rows, [Part(at, end) for at, end in zip(starts, [*starts[1:], len(rows)], strict=True)])
    else:
        above = [Part(start, _with_links(rows, end, own)) for start, end in zip(starts, ends, strict=True)]
    side = -1 if glued and rows[places[0]].blank else _side(rows, places, ends, gap)
    full = {
        side: all(opening(rows, part.start, part.end, own) >= 0 for part in parts)
        for side, parts in ((1, below), (-1, above))
    }
    # A page that is cut at its end; with texts above and below, either could be those of the page itself.
    if not side and gap > _blocks(rows, 0, places[0]) and full[1] != full[-1]:
        side = 1 if full[1] else -1
    if side > 0:
        # Titles below ids are headings or items of a list, and one stands above the first id already.
        firsts = (opening(rows, part.start, part.end, own) for part in below)
        kinds = {_kind(rows[at]) for at in firsts if at >= 0} - {""}
        side = 0 if any(_kind(row) in kinds for row in rows[: places[0]]) else side
    if side and not glued and not _begins_alike(rows, above if side < 0 else below[::-1]):
        side = 0
    if side and full[side]:
        yield below if side > 0 else above
    yield [Part(at, end, titled=False) for at, end in zip(places, ends, strict=True)]


def _follow_titles(rows: Sequence[Row], places: Sequence[int], ends: Sequence[int], gap: int) -> bool:
    """Return whether each id stands between its title and its abstract: only what is right above is a title."""
    if gap < _FEWEST:
        return False
    for end, at in zip([0, *ends], places, strict=False):
        above = _above(rows, at, end, 1)
        if opening(rows, above, at, {}) < 0 or (end and opening(rows, end, above, {}) >= 0):
            return False
    return True


def _behind_links(rows: Sequence[Row], starts: Sequence[int], ends: Sequence[int]) -> list[int]:
    """Return where papers begin whose titles stand right above their ids, the links below an id being its own.

    Links above the first title tell that a paper begins with its links; without any, they are those of the paper above.
    """
    if _behind(rows, starts[0]) > starts[0]:
        return list(starts)
    moved = [_behind(rows, start) if start == end else start for start, end in zip(starts[1:], ends, strict=False)]
    return [starts[0], *moved]


def _behind(rows: Sequence[Row], at: int) -> int:
    """Return the first row from a place on that is more than links."""
    while at + 1 < len(rows) and is_furniture(rows[at]) and (rows[at].anchors or "://" in rows[at].text):
        at += 1
    return at


def _with_links(rows: Sequence[Row], end: int, own: dict[int, list[Mention]]) -> int:
    """Return where a paper ends whose id is followed by lines of other links: `code: https://…`."""
    while end < len(rows) and end not in own and not rows[end].blank and is_furniture(rows[end]):
        end += 1
    return end


def _begins_alike(rows: Sequence[Row], parts: Sequence[Part]) -> bool:
    """Return whether the first of the parts has an abstract as most others do, and is no title of the page itself."""
    first, *others = (
        any(
            rows[at].blank and len(rows[at + 1].text) > _PROSE // 2 and opening(rows, at, at + 1, {}) == at
            for at in part.rows[:-1]
        )
        for part in parts
    )
    return first or sum(others) * 2 <= len(others)


def _kind(row: Row) -> str:
    """Return what marks a row: the level of its heading, its list mark, bold; empty for nothing."""
    if row.heading:
        return f"heading {row.heading}"
    if row.mark:
        return f"{'number' if row.mark.isdigit() else 'bullet'} {row.indent}"
    return "bold" if _is_bold(row) else ""


def _side(rows: Sequence[Row], places: Sequence[int], ends: Sequence[int], gap: int) -> int:
    """Return where the titles of ids on lines of their own stand: 1 below them, -1 above, 0 where nothing tells."""
    above = sum(1 for at in places if at and not rows[at].blank and not is_furniture(rows[at - 1]))
    nexts = [_behind(rows, end) if end < len(rows) and not rows[end].blank else end for end in ends]
    below = sum(1 for end in nexts if end < len(rows) and not rows[end].blank and not is_furniture(rows[end]))
    if not (above and below) and (above + below) * 2 > len(places):
        return -1 if above else 1
    first = _blocks(rows, 0, places[0])
    last = _blocks(rows, ends[-1], len(rows))
    if not gap:
        return 0
    side = 1 if first < gap <= last else -1 if last < gap <= first else 0
    if side < 0 and first == gap and any(_LIST_NAME.search(row.text) for row in rows[: places[0]]):
        # The name of the list, above the first id of a list whose end is cut.
        side = 0
    # A single line without a blank one between it and an id may speak against it.
    return 0 if (above and not below and side > 0) or (below and not above and side < 0) else side


def _blocks(rows: Sequence[Row], start: int, end: int) -> int:
    """Return how many paragraphs the rows make, without those of buttons and links alone."""
    count, opened = 0, False
    for at in range(start, end):
        opened = opened and not rows[at].blank
        if not opened and not rows[at].rule and not is_furniture(rows[at]):
            count, opened = count + 1, True
    return count


def _above(rows: Sequence[Row], at: int, before: int, gap: int) -> int:
    """Return where the paragraphs begin that an id closes: as many as stand between two ids, else the one above."""
    start, count, says = at, 0, False
    while start > before and count < max(gap, 1):
        start -= 1
        says = says or not (rows[start].rule or is_furniture(rows[start]))
        if rows[start].blank and says:
            count, says = count + 1, False
    return start
