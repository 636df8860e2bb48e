"""The formats that papers are exported in as one text: JSON, CSV and keys here, references in modules of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from io import StringIO
from typing import Protocol

from msgspec import Struct

from readlist.model.fit import Fit
from readlist.model.paper import Announcement, Paper
from readlist.model.tag import tags_of
from readlist.model.time import time_text
from readlist.model.trend import Series
from readlist.pattern import pattern
from readlist.shelf import Entry
from readlist.text.clean import drawable, readable
from readlist.text.sentence import reasons

CSV_COLUMNS = (
    "key", "citation_key", "title", "authors", "published", "arxiv", "doi", "url", "code", "links", "keywords",
    "organization", "upvotes", "comments", "stars", "day", "read", "starred", "note", "summary", "abstract",
    "link_kinds", "version", "revised", "comment", "journal", "withdrawn",
)  # fmt: skip
_FIT_COLUMNS = ("match", "because")
# Also in the full width of East Asian keyboards, which spreadsheets treat alike.
_FORMULA = pattern(r"'*[=+\-@\t\r＝＋－＠]")

Announced = Callable[[Entry], Sequence[Announcement]]
"""Gives the announcements of an entry."""

Fitted = Callable[[Entry], Fit] | None
"""Gives how well an entry fits; None if that wasn't asked for."""


class Writer(Protocol):
    """Yields the pieces of a text that holds some entries."""

    def __call__(self, entries: Iterable[Entry], announced: Announced, fitted: Fitted = None, /) -> Iterator[str]:
        """Yield them."""


class ExportFormat(Struct, frozen=True):
    """One format.

    Attributes:
        title: its name for people.
        suffix: the extension of its files.
        write: writes it.
    """

    title: str
    suffix: str
    write: Writer


def _of_module(name: str) -> Writer:
    """Return the writer of a module beside this one, imported when it is used."""

    def write(entries: Iterable[Entry], announced: Announced, fitted: Fitted = None) -> Iterator[str]:
        pieces: Iterator[str] = import_module(f"readlist.exports.{name}").write(entries)
        return pieces

    return write


def keywords_of(entry: Entry) -> list[str]:
    """Return the keywords of an entry for a reference: the paper's own, then the tags of its note."""
    words = list(entry.paper.keywords)
    known = {word.casefold() for word in words}
    return [*words, *(tag for tag in tags_of(entry.mark.note) if tag.casefold() not in known)]


def is_published(paper: Paper) -> bool:
    """Tell whether a paper is cited as an article: it has a journal reference, or a DOI without an arXiv id."""
    return bool(paper.journal or (paper.doi and not paper.arxiv))


Record = dict[str, object]

# Control characters beyond ASCII, lone surrogates, and characters that turn the direction of text or are invisible.
_UNSEEN = pattern(
    "[\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)


_encode = json.JSONEncoder(ensure_ascii=False).encode


def dumps(value: object, indent: int | None = None) -> str:
    """Return a value as JSON fit for a terminal and any encoding: invisible characters are escaped, not dropped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent) if indent is not None else _encode(value)
    if text.isascii() and "\x7f" not in text:
        # Most texts: JSON itself escapes what comes before the blank.
        return text
    # Far faster than the pattern: of these, Python calls none printable but some of the last range, U+E0000 to U+E0FFF,
    # which begin with these bytes.
    if text.isprintable() and b"\xf3\xa0" not in text.encode():
        return text
    return _UNSEEN.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1] if found[0] != "\x7f" else "\\u007f"


def record(
    entry: Entry,
    announcements: Sequence[Announcement],
    fit: Fit | None = None,
    series: Sequence[Series] | None = None,
) -> Record:
    """Return the JSON form of an entry; times are ISO 8601 in UTC or null, days `YYYY-MM-DD`.

    `published` may be less exact: `YYYY-MM` or `YYYY`. How well it fits and its counts by day come last, where that was
    asked for.
    """
    paper, mark = entry.paper, entry.mark
    return {
        "key": paper.key,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": list(paper.authors),
        "published": paper.published.isoformat() if paper.published else None,
        "arxiv": paper.arxiv or None,
        "doi": paper.doi or None,
        "links": [
            {"url": link.url, "kind": link.kind} | ({"full": link.full} if link.full else {}) for link in paper.links
        ],
        "summary": paper.summary,
        "keywords": list(paper.keywords),
        "organization": paper.organization,
        "upvotes": entry.upvotes,
        "comments": entry.comments,
        "stars": entry.stars,
        "feeds": [
            {"name": one.feed, "date": one.day.isoformat() if one.day else None, "position": one.position}
            for one in announcements
        ],
        "read": time_text(mark.read) or None,
        "starred": time_text(mark.starred) or None,
        "note": mark.note,
        "tags": list(tags_of(mark.note)),
        "version": paper.version or None,
        "revised": paper.revised.isoformat() if paper.revised else None,
        "comment": paper.comment,
        "journal": paper.journal,
        "withdrawn": paper.withdrawn or None,
        **({"removed": time_text(mark.removed)} if mark.removed else {}),
        **(_fit_fields(fit) if fit is not None else {}),
        **({"series": [_series_fields(each) for each in series]} if series is not None else {}),
    }


def _series_fields(series: Series) -> Record:
    return {
        "kind": series.kind,
        "points": [{"day": point.day.isoformat(), "count": point.count} for point in series.points],
        "gained": series.gained,
        "since": series.since.isoformat() if series.since else None,
    }


def _fit_fields(fit: Fit) -> Record:
    fields: Record = {}
    if fit.because is not None:
        stars = [{"key": key, "title": title} for key, title in fit.because.stars]
        because = {"stars": stars, "words": list(fit.because.words)} if stars else None
        fields |= {"match": fit.match, "because": because}
    if fit.like is not None:
        papers = [{"key": key, "title": title} for key, title in fit.like.stars]
        fields["like"] = {"papers": papers, "words": list(fit.like.words)} if papers else None
    return fields


def _array(entries: Iterable[Entry], announced: Announced, fitted: Fitted = None) -> Iterator[str]:
    separator = "["
    for entry in entries:
        yield f"{separator}\n {dumps(record(entry, announced(entry), fitted and fitted(entry)))}"
        separator = ","
    yield "\n]\n" if separator == "," else "[]\n"


def _lines(entries: Iterable[Entry], announced: Announced, fitted: Fitted = None) -> Iterator[str]:
    for entry in entries:
        yield f"{dumps(record(entry, announced(entry), fitted and fitted(entry)))}\n"


def _keys(entries: Iterable[Entry], announced: Announced, fitted: Fitted = None) -> Iterator[str]:
    for entry in entries:
        yield f"{drawable(entry.paper.key)}\n"


def write_csv(entries: Iterable[Entry], fitted: Fitted = None) -> Iterator[str]:
    """Yield the rows of a CSV file (RFC 4180, UTF-8) under a header; lists are joined by `; `, times in UTC.

    A text that a spreadsheet would run as a formula (`=`, `+`, `-` or `@` first) gets an apostrophe before it, as
    spreadsheets write it: it is shown as text. So does one that begins with an apostrophe and such a sign, so that an
    import removes only what was added. How well papers fit is in two columns more, where that was asked for.
    """
    from readlist.exports.citation_key import citation_key

    yield _row((*CSV_COLUMNS, *(_FIT_COLUMNS if fitted else ())))
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
                str(paper.version or ""),
                paper.revised.isoformat() if paper.revised else "",
                readable(paper.comment),
                readable(paper.journal),
                readable(paper.withdrawn),
                *(_fit_cells(fitted(entry)) if fitted else ()),
            )
        )


def _fit_cells(fit: Fit) -> tuple[str, str]:
    return "" if fit.match is None else str(fit.match), "; ".join(reasons(fit))


def _row(cells: Iterable[str]) -> str:
    import csv

    row = StringIO()
    csv.writer(row).writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells])
    return row.getvalue()


FORMATS: Mapping[str, ExportFormat] = {
    "bibtex": ExportFormat("BibTeX", "bib", _of_module("bibtex")),
    "ris": ExportFormat("RIS", "ris", _of_module("ris")),
    "csl": ExportFormat("CSL-JSON", "json", _of_module("csl")),
    "csv": ExportFormat("CSV", "csv", lambda entries, announced, fitted=None: write_csv(entries, fitted)),
    "json": ExportFormat("JSON", "json", _array),
    "jsonl": ExportFormat("JSON, one paper a line", "jsonl", _lines),
    "keys": ExportFormat("Keys, one a line", "txt", _keys),
}
