"""How well a paper fits, why, and what is like it, in the detail: with room kept until that is known; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace
from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from readlist.model.fit import Because, Fit, Near
from readlist.shelf import Entry
from readlist.text.clean import drawable
from readlist.text.sentence import because_text
from readlist.tui.keymap import KeyMap
from readlist.tui.render.line_breaks import line_spans
from readlist.tui.render.signs import Signs, cut, line
from readlist.tui.render.text_block import Chip

ONE_LINE = 68
"""From this width on a reason has one line, else two."""

_SHARES = (1.0, 0.9, 0.8, 0.65, 0.5, 0.35)
"""How much of the room a reason may take: less where it doesn't wrap well, or has wide letters."""

_CHIP = "match 00"
_NOTHING = "no word of your stars counts much"
_NO_OTHER = "no other star carries the match"
SHOWN = 3
"""How many similar papers are shown."""


class Insight(Struct, frozen=True):
    """What the detail says of how a paper fits.

    Attributes:
        fit: how well it fits, and why; None until that is known.
        has_stars: whether there are stars, so that room is kept for the match and its reason.
        is_similar: whether it is listed for being like another one, so that room is kept for that.
        nearest: what is most like it, the nearest first; none until that is known.
    """

    fit: Fit | None = None
    has_stars: bool = False
    is_similar: bool = False
    nearest: tuple[Near, ...] = ()


def match_chip(insight: Insight) -> list[Chip]:
    """Return the chip with the match, or the room for it; no chip without stars."""
    if not insight.has_stars:
        return []
    known = insight.fit is not None and insight.fit.match is not None
    return [[(match_name(insight), "match" if known else "")]]


def match_name(insight: Insight) -> str:
    """Return the match as it is shown, `match 87`; as many blanks until it is known, nothing without stars."""
    if not insight.has_stars:
        return ""
    match = insight.fit.match if insight.fit is not None else None
    return ("" if match is None else f"match {match}").ljust(len(_CHIP))


def reasons(entry: Entry, insight: Insight, width: int) -> list[Content]:
    """Return why a paper is listed and why it fits: as many lines, known or not, so that nothing below moves."""
    fit = insight.fit
    shown: list[str] = []
    if insight.is_similar:
        shown += _lines(fit.like if fit is not None else None, "like", width)
    if insight.has_stars:
        shown += _lines(fit.because if fit is not None else None, "because you starred", width, _nothing(entry, fit))
    return [Content.styled(text, "reason") for text in shown]


def _nothing(entry: Entry, fit: Fit | None) -> str:
    """Return what is said where no star carries the match."""
    if fit is None or fit.match is None:
        return ""
    return _NO_OTHER if entry.mark.starred is not None or entry.mark.note else _NOTHING


def _lines(because: Because | None, begin: str, width: int, otherwise: str = "") -> list[str]:
    """Return a reason as lines, always as many; empty ones until it is known."""
    lines = 1 if width >= ONE_LINE else 2
    text = _fitting(because, begin, width, lines) if because is not None else ""
    text = text or (otherwise if because is not None else "")
    parts = [text[start:stop] for start, stop in line_spans(text, width)] if text else []
    if len(parts) > lines:
        parts = [*parts[: lines - 1], cut(" ".join(parts[lines - 1 :]), width, "…")]
    return [*parts, *[""] * (lines - len(parts))]


def _fitting(because: Because, begin: str, width: int, lines: int) -> str:
    """Return a reason that fits some lines, with as many words as fit and titles cut to the rest."""
    text = ""
    for words in range(len(because.words), -1, -1):
        some = replace(because, words=because.words[:words])
        for share in _SHARES:
            text = drawable(because_text(some, begin, int(width * lines * share)))
            if len(line_spans(text, width)) <= lines:
                return text
    return text


def similar_lines(nearest: Sequence[Near], keys: KeyMap, width: int, signs: Signs) -> Iterator[Content]:
    """Yield what is most like a paper, each with the words both have; a click lists them, with the cursor on it."""
    if not nearest:
        return
    name, about = "Similar", keys.hint("{key:similar} all")
    gap = width - cell_len(name) - cell_len(about)
    yield Content.assemble((name, "similar"), *((" " * gap, (about, "faint")) if gap > 0 else ()))
    for near in nearest[:SHOWN]:
        title = line(near.title) or line(near.key)
        shown = Content.styled(cut(title, min(width, cell_len(title)), signs.cut), "near")
        yield shown.stylize(Style.from_meta({"@click": ("screen.go_to_similar", (near.id,))}))
        if near.words:
            words = line(", ".join(near.words))
            yield Content.styled(cut(f"  {words}", min(width, cell_len(words) + 2), signs.cut), "faint")
