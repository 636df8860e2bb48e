"""An entry as the text of the detail; pure, no widget, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.style import Style

from readlist.model.paper import Announcement, Paper
from readlist.model.tag import tags_of
from readlist.shelf import Entry, Sighting
from readlist.text.clean import drawable, readable, title_line
from readlist.tui.keymap import KeyMap
from readlist.tui.render.highlight import highlighted
from readlist.tui.render.signs import SIGNS, Signs, counted, line, whole_day

_NARROW = 40
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEK = timedelta(days=7)
_AUTHORS_SHOWN = 12
_FEW_AUTHORS = 3


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
    if chips := _chips(paper, entry.mark.note, signs):
        blocks += [Content(""), chips]
    if entry.mark.note:
        blocks += [Content(""), Content.styled(f"{signs.note} Note", "heading")]
        blocks.append(highlighted(Content(_paragraphs(entry.mark.note)), words))
    return Content("\n").join(blocks)


def _chips(paper: Paper, note: str, signs: Signs) -> Content | None:
    """Return the tags and keywords, None if there are none."""
    tags = [(f"#{drawable(tag)}", "tag") for tag in tags_of(note)]
    chips = [*tags, *((line(word), "faint") for word in paper.keywords)]
    return Content(f" {signs.dot} ").join(Content.styled(*chip) for chip in chips) if chips else None


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
        facts.append(counted(entry.upvotes, "upvote"))
    if entry.comments:
        facts.append(counted(entry.comments, "comment"))
    if entry.stars is not None:
        facts.append(counted(entry.stars, "GitHub star"))
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
            gains.append("+" + counted(now - before, name))
    when = _WEEKDAYS[start.weekday()] if timedelta() < today - start < _WEEK else whole_day(start, today)
    return f"since {when}: {', '.join(gains)}" if gains else ""


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
