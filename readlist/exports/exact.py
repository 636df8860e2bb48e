"""What a reference format can't hold of an entry: found by reading the export back as an import would."""

from __future__ import annotations

from readlist.paper import UNMARKED, Mark, Paper
from readlist.shelf import Entry
from readlist.sources.base import Batch
from readlist.sources.exact import Value, Values, differences, values_of

_NOTHING = Paper("", "")


def beside(entry: Entry, read: Batch) -> dict[str, list[Value]]:
    """Return what an export has to say beside its fields so that an import gives the same, empty for nothing.

    Args:
        entry: what is exported.
        read: what an import makes of the fields alone.
    """
    paper = next((paper for paper, _ in read.items), _NOTHING)
    return differences(_values(entry.paper, entry.mark), _values(paper, read.marks.get(paper.key, UNMARKED)))


def _values(paper: Paper, mark: Mark) -> Values:
    return values_of(paper, note=mark.note, starred=mark.starred is not None, read=mark.read is not None)
