"""What arXiv says of a paper in the detail: a newer version, a withdrawal, comment and journal reference; pure."""

from __future__ import annotations

from datetime import date, timedelta

from textual.content import Content

from readlist.model.paper import Paper
from readlist.model.time import WEEKDAYS
from readlist.shelf import Entry
from readlist.text.clean import drawable, readable
from readlist.tui.render.highlight import highlighted
from readlist.tui.render.signs import Signs, line, whole_day
from readlist.tui.render.text_block import Chip

_WEEK = timedelta(days=7)


def identifier(paper: Paper) -> str:
    """Return the arXiv id or DOI of a paper for reading, with a version after the first; empty if it has none."""
    if paper.arxiv:
        return f"arXiv {paper.arxiv}{f'v{paper.version}' if paper.version > 1 else ''}"
    return f"doi {line(paper.doi)}" if paper.doi else ""


def news(entry: Entry, today: date) -> str:
    """Return a newer version that is news, `v3 since Tuesday`; empty for none, and for a withdrawal."""
    revision, paper = entry.revision, entry.paper
    if revision is None or not entry.is_news or paper.withdrawn:
        return ""
    return f"v{paper.version} since {_since(revision.since, today)}"


def news_chip(entry: Entry, today: date) -> list[Chip]:
    """Return the chip with a newer version that is news; none without one."""
    text = news(entry, today)
    return [[(text, "news")]] if text else []


def _since(day: date, today: date) -> str:
    """Return a day for reading: `Tuesday` within a week."""
    if day == today:
        return "today"
    return WEEKDAYS[day.weekday()] if timedelta(0) < today - day < _WEEK else whole_day(day, today)


def withdrawal(paper: Paper, width: int, signs: Signs, *, low: bool = False) -> list[Content]:
    """Return the line that a paper is withdrawn, and why; none for others. It is cut where there is little room."""
    if not paper.withdrawn:
        return []
    text = Content.assemble((f"{signs.withdrawn} withdrawn", "alarm"), (f": {line(paper.withdrawn)}", "facts"))
    return [text.truncate(width, ellipsis=True) if low else text]


def remarks(paper: Paper, words: tuple[str, ...]) -> list[Content]:
    """Return arXiv's comment and the journal reference, a paragraph each, as far as there are any.

    A comment that only says why the paper is withdrawn is shown as that; see `withdrawal`.
    """
    is_said = bool(paper.withdrawn) and paper.comment.rstrip(" .)").endswith(paper.withdrawn)
    texts = [drawable(readable(text)) for text in ("" if is_said else paper.comment, paper.journal) if text]
    return [highlighted(Content.styled(text, "facts"), words) for text in texts]
