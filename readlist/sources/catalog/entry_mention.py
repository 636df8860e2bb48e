"""The namings of papers that stand for an entry of a list, told from those inside a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from readlist.sources.catalog import wording
from readlist.sources.catalog.mention import Mention
from readlist.sources.catalog.row import Row
from readlist.sources.catalog.title import is_alone, is_links, residue, says_more

_ENOUGH = 0.7
_APART = 60
_CLAUSE = 25
_ALIKE = 3
_WORDS = 6
_PROSE = 150


def own_mentions(rows: Sequence[Row], mentions: Sequence[Mention]) -> dict[int, list[Mention]]:
    """Return the namings that stand for an entry of their own, by row: not those inside a sentence."""
    by_row: dict[int, list[Mention]] = {}
    for mention in mentions:
        by_row.setdefault(mention.row, []).append(mention)
    others = {at for at, found in by_row.items() if wording.is_of_another(rows[at].text[: found[0].start])}
    _blank_refrains(rows, by_row)
    own = {at: kept for at, found in by_row.items() if (kept := _own(rows, at, found))}
    _add_beginnings(rows, by_row, own)
    # Where every paper is named so, the words mean the paper itself: `Based on: https://…`.
    direct = {at: kept for at, kept in own.items() if at not in others}
    return direct or own


def _add_beginnings(rows: Sequence[Row], by_row: dict[int, list[Mention]], own: dict[int, list[Mention]]) -> None:
    """Add the ids that rows begin with, where most rows do: what stands behind them may be any remark."""
    starts = [at for at, found in by_row.items() if found[0].start == 0 and not found[0].anchor and _is_of_one(found)]
    if len(starts) < _ALIKE or len(starts) < _ENOUGH * sum(1 for row in rows if not row.rule):
        return
    if sum(1 for at in starts if at in own) * 2 >= len(starts):
        own.update({at: by_row[at] for at in starts})
    for at in sorted(own):
        own[at] = own.pop(at)


def _blank_refrains(rows: Sequence[Row], by_row: dict[int, list[Mention]]) -> None:
    """Make blanks of the words that stand before the ids of several papers alike: `show similar | pdf`."""
    places: dict[str, list[int]] = {}
    for at, found in by_row.items():
        row = rows[at]
        before = residue(row, found)[0]
        if not row.cells and 0 < len(before.strip()) < _APART and not wording.is_button(before):
            places.setdefault(before.strip().casefold(), []).append(at)
    for alike in places.values():
        if len({by_row[at][0].identity for at in alike}) >= _ALIKE:
            for at in alike:
                size = len(residue(rows[at], by_row[at])[0])
                rows[at].text = " " * size + rows[at].text[size:]


def _own(rows: Sequence[Row], at: int, found: list[Mention]) -> list[Mention]:
    row = rows[at]
    around = residue(row, found)
    if (
        not any(mention.certain for mention in found)
        and all(map(wording.is_button, around))
        and re.search(r"\d", "".join(around))
    ):
        # A number among numbers is an amount.
        return []
    if is_alone(row, found):
        # A sentence may be wrapped right before an address.
        above = rows[at - 1].text if at and not row.blank and not row.mark else ""
        return [] if len(above) > _APART and wording.leads_on(above) else found
    if row.cells:
        texts = [(start, end) for start, end in row.cells if end - start > _PROSE]
        return [each for each in found if each.anchor or not any(start <= each.start < end for start, end in texts)]
    if len({mention.identity for mention in found}) > 1 and is_row_of_ids(row, found):
        return found
    linked = [mention for mention in found if mention.anchor]
    if not _is_of_one(found):
        # Text beside a link may cite others.
        found = linked
        if not found or not _is_of_one(found):
            return []
    before, behind = residue(row, found)
    if any(says_more(row, mention) for mention in found):
        # A link in a sentence has words on both sides.
        sentence = len(before.strip()) > _APART and len(behind.strip()) > _APART and not row.mark
        return [] if sentence or (wording.is_wordy(before) and not row.mark) else found
    sentence = behind.lstrip()[:1].islower() and not is_links(behind)
    before, behind = before.rstrip(" ([{<\"'"), behind.lstrip(" )]}>\"',.:;|–—-")
    if wording.is_button(before):
        # An id in front: `[2401.12345] Title`.
        ahead = wording.tidy(behind)
        if ahead[:1].islower() and len(ahead) > _CLAUSE and not wording.is_title(ahead):
            return []
        return found if found[0].certain or row.mark or wording.is_title(ahead.split("\n")[0][:200]) else []
    if linked and sentence and not (row.mark or row.heading or row.bold):
        return []
    if linked or row.mark or row.heading:
        return found if row.mark or row.bold or not wording.is_wordy(before) else []
    if sentence or wording.is_wordy(before) or (wording.leads_on(before) and not before.rstrip().endswith((":", "："))):
        return []
    # What stands behind the last sign is a label too: `bioRxiv 2026; doi:`.
    labelled = wording.is_label(before) or wording.is_label(re.split(r"[;|,(·•]\s*", before)[-1])
    return found if labelled or wording.is_title(wording.tidy(before)) else []


def _is_of_one(found: Sequence[Mention]) -> bool:
    """Return whether namings are of one paper: one arXiv id, one DOI at most."""
    papers = {mention.identity for mention in found}
    arxiv = sum(1 for identity in papers if identity.startswith("arxiv:"))
    return arxiv <= 1 and len(papers) - arxiv <= 1


def is_row_of_ids(row: Row, found: Sequence[Mention]) -> bool:
    """Return whether a row is ids side by side, perhaps behind a few words and a colon."""
    before, behind = residue(row, found)
    return wording.is_button(behind) and before.rstrip().endswith(":") and len(before.split()) <= _WORDS
