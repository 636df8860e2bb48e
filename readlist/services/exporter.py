"""Exporting papers: in chunks, in one of the formats, streamed or into a file that is written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from readlist.exports.formats import FORMS
from readlist.files import reason_of, write_atomic
from readlist.services.entries import Entries
from readlist.services.progress import Report, unreported
from readlist.shelf import Entry, Shelf

REFERENCES = ("bibtex", "ris", "csl")
"""The formats of reference managers, of which a paper is also copied in."""


def export(shelf: Shelf, ids: Sequence[int], form: str, report: Report = unreported) -> Iterator[str]:
    """Yield the pieces of a text that holds some papers in one of `FORMS`, read from the shelf as the text goes on."""
    entries = Entries(shelf, ids, report)
    return FORMS[form].write(entries, entries.announcements)


def references(entries: Iterable[Entry], form: str) -> str:
    """Return papers in one of `REFERENCES` as one text, with the line ends of the clipboard."""
    return "".join(FORMS[form].write(entries, lambda entry: ())).replace("\r\n", "\n")


def write_file(path: Path, text: Iterable[str] | bytes) -> str:
    """Write a text into a file, in place of what is there only once all of it is on disk.

    Returns:
        Why it can't be written, empty if it was; what was there is as it was then.
    """
    pieces = text if isinstance(text, bytes) else (piece.encode("utf-8", "replace") for piece in text)
    try:
        write_atomic(path, pieces)
    except (OSError, ValueError) as error:
        return reason_of(error)
    return ""
