"""Why a paper matches: every word that adds to its score, how much, and from which star."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content

from readlist.model.paper import Paper
from readlist.services.recommendation import Explanation, MatchPart
from readlist.text.clean import title_line
from readlist.tui.commands import Context
from readlist.tui.dialogs.dialog import Dialog, Frame, LongText
from readlist.tui.keymap import KeyMap
from readlist.tui.render.columns import Column, aligned
from readlist.tui.render.line_breaks import line_spans
from readlist.tui.render.signs import SIGNS, Signs, line

_LEAST_WIDTH = 20
_COLUMNS = (
    Column(right=True, heading="adds"),
    Column(least=12, rank=1, heading="word"),
    Column(style="$muted", least=8, rank=1, heading="from"),
)
_OWN = "this paper"


class MatchTable(Dialog[None]):
    """Shows the parts of a match, the strongest first."""

    context: ClassVar[Context] = "match"

    def __init__(self, keys: KeyMap, paper: Paper, explanation: Explanation, signs: Signs = SIGNS) -> None:
        """Make the table.

        Args:
            keys: every command's keys.
            paper: the paper.
            explanation: how it comes by its match.
            signs: where a text is cut.
        """
        super().__init__(keys)
        self._paper, self._explanation, self._signs = paper, explanation, signs

    def compose(self) -> ComposeResult:
        """Lay out the table."""
        hints = self.hints("{key:dialog_down} {key:dialog_up}: scroll", "{key:dialog_leave}: close")
        with Frame("Why this match", hints, kind="match") as frame:
            frame.count = str(self._explanation.match) if self._explanation.match is not None else ""
            yield LongText(self._text)

    def move(self, lines: int) -> None:
        """Scroll."""
        self.query_one(LongText).move(lines)

    def _text(self, room: int) -> Content:
        return match_text(self._paper, self._explanation, max(_LEAST_WIDTH, room), self._signs)


def match_text(paper: Paper, explanation: Explanation, width: int, signs: Signs = SIGNS) -> Content:
    """Return why a paper has its match as lines of a width: what it comes to, a row for each word, how sure it is."""
    about = [Content.styled(title_line(paper), "bold"), Content.styled(explanation.summary, "$body")]
    table = _table(paper, explanation, width, signs) if explanation.parts else []
    lines = [piece for text in about if text for piece in _wrapped(text, width)]
    lines += [Content(""), *table, Content("")] if table else []
    lines += _wrapped(Content.styled(explanation.reliability, "$muted"), width)
    return Content("\n").join(lines)


def _table(paper: Paper, explanation: Explanation, width: int, signs: Signs) -> list[Content]:
    headings = [(column.heading, "$muted") for column in _COLUMNS]
    rows = [
        ((_signed(part.weight), "$success" if part.weight > 0 else "$error"), _word(part), _star(part, paper, signs))
        for part in explanation.parts
    ]
    total = ((_signed(explanation.score), "bold"), ("sum", "bold"), "")
    return aligned([headings, *rows, total], _COLUMNS, width, signs.cut)


def _wrapped(text: Content, width: int) -> Iterator[Content]:
    yield from (text[start:stop] for start, stop in line_spans(text.plain, width))


def _signed(weight: float) -> str:
    return f"{weight:+.3f}"


def _word(part: MatchPart) -> str:
    word = line(part.word)
    return f"{word} ({part.kind})" if part.kind else word


def _star(part: MatchPart, paper: Paper, signs: Signs) -> str:
    if part.star is None:
        return ""
    key, title = part.star
    return _OWN if key == paper.key else f"{signs.star} {line(title) or line(key)}"
