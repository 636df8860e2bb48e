"""Tables of comma or semicolon separated values, as rows of cells that tabs divide."""

from __future__ import annotations

import csv

_DELIMITERS = "\t,;"
_FEWEST = 2
_COLUMNS = 40


def table_of(text: str) -> str:
    """Return a table as tab-separated lines, one a record; empty if the text is no table with a header."""
    header = text.lstrip("\ufeff\n\r ").split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=header.count)
    if not header.count(delimiter):
        return ""
    try:
        lines = text.lstrip("\ufeff").splitlines(keepends=True)
        records = [record for record in csv.reader(lines, delimiter=delimiter) if record]
    except (csv.Error, ValueError):
        return ""
    width = len(records[0]) if records else 0
    if len(records) < _FEWEST or not _FEWEST <= width <= _COLUMNS or any(len(one) != width for one in records):
        return ""
    # What is empty would end a line's cells.
    return "\n".join("\t".join(" ".join(cell.split()) or "-" for cell in record) for record in records)
