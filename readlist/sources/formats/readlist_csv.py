"""The CSV that readlist exports, read again, also as a spreadsheet saved it: other columns' order, `;` or tabs."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date

from readlist.sources.batch import Batch, Skip
from readlist.sources.formats import readlist_export
from readlist.sources.formats.fields import Record
from readlist.sources.formats.readlist_export import DAMAGED, TOO_DAMAGED

_HEAD = 4_000
_LISTS = ("authors", "keywords")
_TYPICAL = frozenset({"citation_key", "starred", "organization", "upvotes"})
# What the export writes before a text that a spreadsheet would run, and before one that looks as if it had done so.
_ESCAPED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")
_ROW = re.compile(r"""^["']{0,2}(?:arxiv|doi|title):""")


def recognised(text: str) -> bool:
    """Tell whether a text is readlist's CSV by its header."""
    return _delimiter(text) is not None


def decode(text: str, *, origin: str, made: date, day: date | None = None) -> Batch:
    """Return the papers of readlist's CSV, whose line ends are single line feeds, with their marks."""
    return readlist_export.decode(_records(text), kind=readlist_export.CSV, origin=origin, made=made, day=day)


def _records(text: str) -> Iterator[readlist_export.Found]:
    # The limit of a cell is 131,072 characters, and the csv module has but one for everybody.
    limit = csv.field_size_limit(len(text) + 1)
    try:
        header: list[str] = []
        for line, cells, problem in _rows(text, _delimiter(text) or ","):
            if problem:
                yield Skip(line, problem, lost=True)
            elif not header:
                header = cells
            elif any(cells):
                if len(cells) != len(header):
                    reason = f"the row has {len(cells)} cells under {len(header)} columns; what is under them was taken"
                    yield Skip(line, reason, lost=True)
                yield line, _record(dict(zip(header, cells, strict=False)))
    finally:
        csv.field_size_limit(limit)


def _delimiter(text: str) -> str | None:
    """Return what divides the cells under readlist's header, None where it is another header."""
    head = text[:_HEAD].split("\n", 1)[0]
    for delimiter in ",;\t":
        names = {name.strip().strip('"') for name in head.split(delimiter)}
        if {"key", "title"} <= names and names & _TYPICAL:
            return delimiter
    return None


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str], str]]:
    """Return each row with the line it begins in, and what is wrong where a row can't be read.

    A quotation mark without its other one takes in all that follows: reading goes on at the next line that begins as
    rows do.
    """
    rows: list[tuple[int, list[str], str]] = []
    lines = text.split("\n")
    at, damaged = 0, 0
    while at < len(lines):
        reader = csv.reader(
            (f"{lines[number]}\n" for number in range(at, len(lines))), delimiter=delimiter, strict=True
        )
        begun = at
        try:
            for cells in reader:
                rows.append((begun + 1, cells, ""))
                begun = at + reader.line_num
            break
        except csv.Error as error:
            rows.append((begun + 1, [], f"a row begins here that is damaged or cut off ({error})"))
        damaged += 1
        if damaged > DAMAGED:
            rows.append((begun + 1, [], TOO_DAMAGED))
            break
        at = next((number for number in range(begun + 1, len(lines)) if _ROW.match(lines[number])), len(lines))
    return rows


def _record(row: dict[str, str]) -> Record:
    """Return a row as the record that the JSON export holds."""
    cells = {name: cell[1:] if _ESCAPED.match(cell) else cell for name, cell in row.items()}
    record: dict[str, object] = dict(cells)
    for name in _LISTS:
        record[name] = [part for part in cells.get(name, "").split("; ") if part]
    kinds = cells.get("link_kinds", "").split("; ")
    urls = [url for url in cells.get("links", "").split("; ") if url]
    record["links"] = [
        {"url": url, "kind": kinds[place] if place < len(kinds) else None} for place, url in enumerate(urls)
    ]
    # Feeds are no column of the table.
    record.pop("feeds", None)
    return record
