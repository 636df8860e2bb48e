"""Lists that name their papers by arXiv id, DOI or address: arXiv's own pages and mails, link lists, newsletters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import PurePath

from msgspec.structs import replace

from readlist.model.paper import fingerprint
from readlist.sources import page
from readlist.sources.batch import Batch
from readlist.sources.catalog.arxiv_listing import listing_of
from readlist.sources.catalog.item import ids_of, records_of
from readlist.sources.catalog.listed_paper import batch_of
from readlist.sources.catalog.mention import mentions_of
from readlist.sources.catalog.outline import Outline, cool_papers, loose_of, outline_of
from readlist.sources.catalog.rejection import is_other, refusal_of, remedy
from readlist.sources.catalog.row import Row, rows_of_html, rows_of_text, table_of
from readlist.sources.page import is_site_page
from readlist.text.clean import clean_line

__all__ = ["advised", "decode", "decode_html", "decode_table"]

_ARXIV = "arXiv"
_KIND = "list of addresses"
_NAME_LENGTH = 60
_FENCE = "```"
_ENTRY = re.compile(r"@[a-z]{4,20}\{[^\s,]{0,200},?", re.IGNORECASE)
_REFERENCES = re.compile(r"\W*(?:\d+\.?\s*)?(?:references|bibliography|literature cited|works cited)\W*", re.IGNORECASE)


def decode(text: str, *, origin: str, made: date, day: date | None = None) -> Batch | None:
    """Return the papers that a text lists by id or address; None if it is no such list.

    Args:
        text: plain text or Markdown, in any line ends.
        origin: where it came from, for messages: a path or `-`.
        made: the file's own day.
        day: the day of the list, instead of its own.
    """
    rows = rows_of_text(text)
    if batch := _arxiv(rows, origin, day):
        return batch
    if is_site_page(text, made) if mentions_of(rows, made) else False:
        return None
    batch = _listed(rows, origin, made, day)
    return _completed(batch, page.parse(text, origin=origin, made=made, day=day)) if batch and batch.items else batch


def decode_html(text: str, *, origin: str, made: date, day: date | None = None) -> Batch | None:
    """Return the papers that a page of HTML lists by id or address; None if it is no such list."""
    rows = rows_of_html(text)
    batch = _arxiv(rows, origin, day) or _listed(rows, origin, made, day)
    mentions = [mention for mention in mentions_of(rows, made) if mention.certain] if batch is None else []
    if mentions:
        what = "HTML that names papers and is no list of them"
        return Batch(origin, _KIND, failure=f"{clean_line(origin, 300)}: {what}; {remedy(mentions)}")
    return batch


def decode_table(text: str, *, origin: str, made: date, day: date | None = None) -> Batch | None:
    """Return the papers that a table of separated values names by id or address; None if it names none."""
    table = table_of(text)
    batch = _listed(rows_of_text(table), origin, made, day) if table else None
    return batch if batch and batch.items else None


def _arxiv(rows: Sequence[Row], origin: str, day: date | None) -> Batch | None:
    """Return the papers of a list, mail or page of arXiv."""
    if not (listing := listing_of(rows)):
        return None
    listed, fixed = day or listing.day, day is not None
    return batch_of(listing.records, origin=origin, kind=listing.kind, feed=_ARXIV, day=listed, fixed=fixed)


def _listed(rows: Sequence[Row], origin: str, made: date, day: date | None) -> Batch | None:
    """Return the papers of any other list that names them."""
    whole = rows
    rows = _without_code(_without_references(rows), made)
    feed = clean_line(PurePath(origin).stem, _NAME_LENGTH) or "list"
    for pages in (False, True):
        mentions = mentions_of(rows, made, pages=pages)
        outline = outline_of(rows, mentions) if mentions else None
        if outline and not is_other(rows, list(outline.own)):
            records = [*records_of(rows, outline), *ids_of(rows, loose_of(rows, outline.own, outline.parts))]
            records.sort(key=lambda record: record.line)
            return batch_of(records, origin=origin, kind=_KIND, feed=feed, day=day)
    if parts := cool_papers(rows):
        outline = Outline(parts, {})
        return batch_of(records_of(rows, outline), origin=origin, kind="list of Cool Papers", feed=feed, day=day)
    refusal = refusal_of(whole, mentions_of(whole, made))
    return Batch(origin, _KIND, failure=f"{clean_line(origin, 300)}: {refusal}") if refusal else None


def _completed(batch: Batch, plain: Batch) -> Batch:
    """Return a list with the papers between its others that have no id, where it is also one of titles and abstracts.

    Args:
        batch: the papers that are named by id or address.
        plain: the same text read as titles, each with its abstract.
    """
    named = {paper.identifiers[0]: paper for paper, _ in batch.items}
    read = {paper.identifiers[0]: paper for paper, _ in plain.items if paper.arxiv or paper.doi}
    ends = [paper for paper, _ in (plain.items[:1] + plain.items[-1:])]
    if (
        named.keys() != read.keys()
        or len(read) == len(plain.items)
        or not all(paper.arxiv or paper.doi for paper in ends)
        or not all(paper.abstract for paper, _ in plain.items)
        or any(fingerprint(read[name].title) != fingerprint(paper.title) for name, paper in named.items())
    ):
        return batch
    items = []
    for position, (paper, announcement) in enumerate(plain.items, 1):
        known = named.get(paper.identifiers[0], paper)
        items.append((known, replace(announcement, position=position)))
    return replace(batch, items=tuple(items))


def advised(batch: Batch, text: str, made: date) -> Batch:
    """Return a batch that failed, with a word on the ids that its text names, if it does."""
    mentions = [mention for mention in mentions_of(rows_of_text(text), made) if mention.certain]
    if batch.items or not batch.failure or not mentions:
        return batch
    return replace(batch, failure=f"{batch.failure}; {remedy(mentions)}")


def _without_code(rows: Sequence[Row], made: date) -> Sequence[Row]:
    """Return a text without fenced code and BibTeX, which cite papers, unless they are named only there."""
    outside: list[Row] = []
    fenced = entry = False
    for row in rows:
        text = row.text.strip()
        if text.startswith(_FENCE):
            fenced, entry = not fenced, False
        elif not fenced and not entry:
            entry = _ENTRY.match(text) is not None and not text.endswith("}")
            outside += [] if entry else [row]
        elif text == "}":
            entry = False
    return outside if len(outside) < len(rows) and mentions_of(outside, made) else rows


def _without_references(rows: Sequence[Row]) -> Sequence[Row]:
    """Return a text up to the references it ends with."""
    for at, row in enumerate(rows):
        if at > len(rows) // 3 and len(row.text) < _NAME_LENGTH and _REFERENCES.fullmatch(row.text):
            return rows[:at]
    return rows
