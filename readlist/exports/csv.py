"""Papers as CSV, for spreadsheets."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from readlist.exports.citation_key import citation_key
from readlist.model.time import time_text
from readlist.shelf import Entry
from readlist.text.clean import readable

COLUMNS = (
    "key", "citation_key", "title", "authors", "published", "arxiv", "doi", "url", "code", "links", "keywords",
    "organization", "upvotes", "comments", "stars", "day", "read", "starred", "note", "summary", "abstract",
    "link_kinds",
)  # fmt: skip
# Also in the full width of East Asian keyboards, which spreadsheets take for the same.
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")


def write(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the rows of a CSV file (RFC 4180, UTF-8) under a header; lists are joined by `; `, times in UTC.

    A text that a spreadsheet would run as a formula (`=`, `+`, `-` or `@` first) has an apostrophe before it, as
    spreadsheets write it themselves: it is shown as text. So has one that begins with such an apostrophe of its own,
    so that an import knows which are its own.
    """
    yield _row(COLUMNS)
    for entry in entries:
        paper, mark = entry.paper, entry.mark
        yield _row(
            (
                paper.key,
                citation_key(paper),
                readable(paper.title),
                "; ".join(paper.authors),
                paper.published.isoformat() if paper.published else "",
                paper.arxiv,
                paper.doi,
                paper.page,
                paper.repo,
                "; ".join(link.target for link in paper.links),
                "; ".join(paper.keywords),
                paper.organization,
                *("" if count is None else str(count) for count in (entry.upvotes, entry.comments, entry.stars)),
                entry.day.isoformat() if entry.day else "",
                time_text(mark.read),
                time_text(mark.starred),
                mark.note,
                readable(paper.summary),
                readable(paper.abstract),
                "; ".join(link.kind for link in paper.links),
            )
        )


def _row(cells: Iterable[str]) -> str:
    row = StringIO()
    csv.writer(row).writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells])
    return row.getvalue()
