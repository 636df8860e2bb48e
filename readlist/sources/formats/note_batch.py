"""Papers that files of notes are about, as far as their front matter tells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from readlist.model.feed import ADDED
from readlist.model.paper import Announcement, Link, Paper, arxiv_id, bare_title, doi_of, fingerprint, merge_links
from readlist.notes.note_file import NoteFile
from readlist.sources.batch import Batch
from readlist.sources.formats.reference_date import ReferenceDate, date_in
from readlist.sources.formats.supplement import restored, values_of
from readlist.text.clean import clean, clean_line
from readlist.text.links import find_links


def batch(files: Iterable[NoteFile], origin: str, day: date) -> Batch:
    """Return the papers of files as added by the user on a day; those that nothing names are left out."""
    papers = [paper for file in files if (paper := paper_of(file)) is not None]
    items = tuple((paper, Announcement(ADDED, day, place)) for place, paper in enumerate(papers, 1))
    return Batch(origin, "notes", ADDED, day, items)


def paper_of(file: NoteFile) -> Paper | None:
    """Return the paper a file is about; None if nothing in it names one."""
    kind, _, name = file.key.partition(":")
    title = clean_line(file.value("title"))
    arxiv = arxiv_id(name if kind == "arxiv" else file.value("arxiv"))
    doi = doi_of(name if kind == "doi" else file.value("doi"))
    if kind == "title":
        # A key made of a title names the paper only together with the title.
        named = f"title:{fingerprint(title)}" if title else ""
        key = file.key if bare_title(file.key) == named else named
    else:
        key = f"arxiv:{arxiv}" if kind == "arxiv" and arxiv else f"doi:{doi}" if kind == "doi" and doi else ""
    if not key:
        return None
    links = merge_links(find_links(" \n".join((file.value("repo"), *file.values("links")))))
    if not (arxiv or doi):
        links = (*links, *(Link(link.url, "paper") for link in find_links(file.value("url"))[:1]))
    published = date_of(file).date
    authors = tuple(name for each in file.values("authors")[:5_000] if (name := clean_line(each, 200)))
    paper = Paper(
        key,
        title,
        clean(file.abstract),
        authors,
        published,
        arxiv,
        doi,
        tuple(links[:100]),
        keywords=tuple(word for each in file.values("keywords")[:200] if (word := clean_line(each, 100))),
        organization=clean_line(file.value("organization"), 200),
    )
    return replace(paper, **restored(values_of(paper), file.value("exact")))


def date_of(file: NoteFile) -> ReferenceDate:
    """Return the date of publication in a file, and what of it can't be read."""
    return date_in(file.value("published"))


def names_of(file: NoteFile) -> tuple[str, ...]:
    """Return the identifiers by which a file's paper may be known, the strongest first."""
    paper = paper_of(file)
    return tuple(dict.fromkeys((file.key, *(paper.identifiers if paper is not None else ()))))
