"""Papers as BibTeX, for LaTeX, Zotero, JabRef and others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

from readlist.exports.citation_key import citation_key
from readlist.exports.formats import dumps, is_published, keywords_of
from readlist.model.feed import category
from readlist.shelf import Entry
from readlist.sources.formats.bibtex_parser import parse
from readlist.sources.formats.reference import supplement
from readlist.text.clean import readable
from readlist.text.latex_field import escape_latex, escape_special, to_latex
from readlist.text.names import are_others, name_of

if TYPE_CHECKING:
    from bibtexparser.middlewares import NameParts

# Both mean something between names and parts of one; in braces they don't.
_DIVIDING = re.compile(r"(?i),|\band\b|\bothers\b")


def write(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the entries of a BibTeX file: UTF-8, but ASCII wherever a letter has a macro.

    A paper with a journal reference (`journal`), or known by a DOI alone, is an `@article`, any other a `@misc` with
    its arXiv id as `eprint`, as arXiv has it; arXiv's comment is `note`.
    Tags are keywords, a star is the keyword `starred`, a read paper has JabRef's `readstatus`, the note is Zotero's
    `annote`, verbatim.
    BibTeX readers collapse blanks and split keywords at commas: what an import would change is repeated in the field
    `readlist`, which other programs leave alone.
    """
    from bibtexparser import middlewares
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library
    from bibtexparser.model import Entry as Block
    from bibtexparser.model import Field
    from bibtexparser.writer import BibtexFormat

    form = BibtexFormat()  # type: ignore[no-untyped-call]
    form.indent, form.trailing_comma = "  ", True
    # LaTeX is readlist's own: pylatexenc's encoder knows neither math in a title nor the macros that `plain` decodes.
    stack = [
        middlewares.MergeNameParts(),
        middlewares.MergeCoAuthors(),
        middlewares.MonthAbbreviationMiddleware(),
        middlewares.AddEnclosingMiddleware(
            reuse_previous_enclosing=False, enclose_integers=True, default_enclosing="{"
        ),
    ]

    def written(entry: Entry, fields: Iterable[tuple[str, object]]) -> str:
        kind = "article" if is_published(entry.paper) else "misc"
        block = Block(kind, citation_key(entry.paper), [Field(name, value) for name, value in fields if value])
        return write_string(Library([block]), bibtex_format=form, unparse_stack=stack)

    for number, entry in enumerate(entries):
        fields = list(_fields(entry))
        text = written(entry, fields)
        if lost := supplement(entry.paper, entry.mark, parse(text)):
            text = written(entry, [*fields, ("readlist", escape_special(dumps(lost)))])
        yield ("\n" if number else "") + text


def _fields(entry: Entry) -> Iterator[tuple[str, object]]:
    paper, mark = entry.paper, entry.mark
    yield "title", _title(paper.title)
    yield "author", list(_authors(paper.authors))
    if paper.published:
        yield "year", f"{paper.published.year:04}"
        yield "month", paper.published.month and str(paper.published.month)
        yield "day", str(paper.published.day) if isinstance(paper.published, date) else ""
    if paper.arxiv:
        yield "eprint", paper.arxiv
        yield "archivePrefix", "arXiv"
        # arXiv names a paper's primary category first; an old id begins with its archive.
        primary = category(paper.keywords[0]) if paper.keywords else ""
        yield "primaryClass", primary or paper.arxiv.rpartition("/")[0]
    yield "journal", to_latex(paper.journal)
    yield "note", to_latex(paper.comment)
    yield "doi", re.sub(r"[{}\\\s]", lambda found: quote(found[0]), paper.doi)
    yield "url", _address(paper.page or next((link.url for link in paper.links), ""))
    for name, kind in (("code", "repo"), ("project", "project"), ("data", "data")):
        yield name, _address(next((link.target for link in paper.links if link.kind == kind), ""))
    yield "organization", escape_latex(paper.organization)
    yield "abstract", to_latex(paper.abstract)
    words = [*keywords_of(entry), *(["starred"] if mark.starred else [])]
    yield "keywords", ", ".join(escape_latex(word.replace(",", " ")) for word in words)
    yield "readstatus", "read" if mark.read else ""
    yield "annote", escape_special(mark.note)


def _address(url: str) -> str:
    r"""Return an address as `\url` sets it: verbatim, so without what no address may hold."""
    return quote(url, safe="!#$%&'()*+,-./:;=?@[]_~")


def _title(title: str) -> str:
    """Return a title whose names and abbreviations keep their capitals in every style.

    In a title of small words any capital is a name's; where all words begin with one, those with a capital inside or
    a digit are.
    """
    shown = readable(title)
    later = [word for word in shown.split()[1:] if len(word) > 3 and word[0].isalpha()]
    sentence = sum(word[0].isupper() for word in later) * 2 < len(later)
    pieces = re.split(r"((?<!\\)\$[^$]*\$|\s+)", to_latex(title))
    return "".join(
        f"{{{piece}}}" if piece.startswith("$") or _is_name(piece, sentence and number > 0) else piece
        for number, piece in enumerate(pieces)
    )


def _is_name(word: str, sentence: bool) -> bool:
    """Tell whether a word, escaped already, is to keep its capitals."""
    bare = re.sub(r"\\(?:[A-Za-z]+|.)|[{}]", "", word)
    capitals = sum(letter.isupper() for letter in bare)
    if word.count("{") != word.count("}") or not capitals:
        return False
    return (sentence and bare[:1].isupper()) or any(
        letter.isupper() and ((place > 0 and part[place - 1].isalnum()) or part.rstrip(":,.;?!") == letter != "A")
        for part in bare.split("-")
        for place, letter in enumerate(part)
    )


def _authors(authors: Sequence[str]) -> Iterator[NameParts]:
    """Yield the names of a paper's authors, a group's in braces; BibTeX's word for further authors is `others`."""
    from bibtexparser.middlewares import NameParts

    for number, author in enumerate(authors, 1):
        if 1 < number == len(authors) and are_others(author):
            yield NameParts(last=["others"])
            continue
        name = name_of(author)
        if name.whole:
            yield NameParts(last=[f"{{{escape_latex(name.family)}}}"])
        else:
            yield NameParts(
                [_part(name.given)], [escape_latex(name.particle)], [_part(name.family)], [_part(name.suffix)]
            )


def _part(text: str) -> str:
    return f"{{{escape_latex(text)}}}" if _DIVIDING.search(text) else escape_latex(text)
