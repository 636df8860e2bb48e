"""What a reference format can't hold of an entry: found by reading the export back as an import would."""

from __future__ import annotations

from readlist.paper import Mark, Paper
from readlist.shelf import Entry
from readlist.sources.base import Batch
from readlist.sources.exact import Value, differences, link_texts

_NOTHING = Paper("", "")
_UNMARKED = Mark()


def beside(entry: Entry, read: Batch) -> dict[str, list[Value]]:
    """Return what an export has to say beside its fields so that an import gives the same, empty for nothing.

    Args:
        entry: what is exported.
        read: what an import makes of the fields alone.
    """
    paper = next((paper for paper, _ in read.items), _NOTHING)
    return differences(_values(entry.paper, entry.mark), _values(paper, read.marks.get(paper.key, _UNMARKED)))


def _values(paper: Paper, mark: Mark) -> dict[str, Value]:
    return {
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": paper.authors,
        "arxiv": paper.arxiv,
        "doi": paper.doi,
        "keywords": paper.keywords,
        "organization": paper.organization,
        "links": link_texts(paper.links),
        "note": mark.note,
        "starred": mark.starred is not None,
        "read": mark.read is not None,
    }
