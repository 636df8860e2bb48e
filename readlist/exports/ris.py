"""Papers as RIS, for Zotero, EndNote, Mendeley and others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from readlist.exports.citation_key import citation_key
from readlist.exports.formats import dumps, is_published, keywords_of
from readlist.shelf import Entry
from readlist.sources.formats.reference import supplement
from readlist.sources.formats.tagged_reference import OWN, parse_ris
from readlist.text.clean import readable
from readlist.text.names import Name, name_of

_END = "\r\n"


def write(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the records of a RIS file (https://en.wikipedia.org/wiki/RIS_(file_format)), lines ending in CRLF.

    A paper with a journal reference (`T2`), or known by a DOI alone, is a journal article (`JOUR`), any other
    unpublished work (`UNPB`), as Zotero has preprints; arXiv's comment is a note, `Comment: …`.
    Tags are keywords, a star is the keyword `starred`, a read paper has the keyword `read`; the note is
    `N1`, its further lines indented by a blank so that none looks like a field. Elsewhere line ends and blanks become
    one space. What an import would change is repeated in `U5`.
    """
    for entry in entries:
        lines = [f"{tag}  - {value}" for tag, value in _fields(entry) if value]
        if lost := supplement(entry.paper, entry.mark, parse_ris("\n".join(lines).replace("\r", ""))):
            lines.append(f"U5  - {OWN}{dumps(lost)}")
        yield _END.join([*lines, "ER  - ", "", ""])


def _fields(entry: Entry) -> Iterator[tuple[str, str]]:
    paper, mark = entry.paper, entry.mark
    yield "TY", "JOUR" if is_published(paper) else "UNPB"
    yield "ID", citation_key(paper)
    yield "TI", _line(readable(paper.title))
    for author in paper.authors:
        yield "AU", _line(_author(name_of(author)))
    if paper.published:
        yield "PY", f"{paper.published.year:04}"
        # A year alone is in PY; slashes after a month say that the day is unknown.
        day = paper.published.isoformat().replace("-", "/")
        if paper.published.month:
            yield "DA", day if isinstance(paper.published, date) else f"{day}//"
    yield "AB", _line(readable(paper.abstract))
    yield "DO", paper.doi
    yield "AD", _line(paper.organization)
    yield "T2", _line(readable(paper.journal))
    if paper.arxiv:
        yield "PB", "arXiv"
        yield "AN", f"arXiv:{paper.arxiv}"
    pages = [paper.page, *(link.target for link in paper.links)]
    for url in dict.fromkeys(pages):
        yield "UR", _line(url)
    if paper.arxiv:
        yield "L1", f"https://arxiv.org/pdf/{paper.arxiv}"
    for word in keywords_of(entry):
        yield "KW", _line(word)
    if mark.starred:
        yield "KW", "starred"
    if mark.read:
        yield "KW", "read"
    yield "N1", f"{_END} ".join(mark.note.splitlines())
    yield "N1", f"Comment: {_line(readable(paper.comment))}" if paper.comment else ""


def _author(name: Name) -> str:
    """Return a name as `Family, Given, Suffix`; a comma after a group's keeps it in one piece."""
    if name.whole:
        return f"{name.family}," if " " in name.family else name.family
    return ", ".join(part for part in (f"{name.particle} {name.family}".strip(), name.given, name.suffix) if part)


def _line(text: str) -> str:
    return " ".join(text.split())
