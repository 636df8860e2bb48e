"""Papers as BibTeX, for LaTeX, Zotero, JabRef and others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from urllib.parse import quote

from readlist.exports.citation_key import citation_key
from readlist.exports.formats import dumps
from readlist.model.arxiv_category import category
from readlist.model.paper import Paper
from readlist.model.time import SHORT_MONTHS
from readlist.shelf import Entry
from readlist.sources.formats.bibtex_parser import decode
from readlist.sources.formats.reference import supplement
from readlist.text.clean import readable
from readlist.text.latex_field import escaped, latex, typeset
from readlist.text.names import Name, are_others, name_of

# Both mean something between names and parts of one; in braces they don't.
_DIVIDING = re.compile(r"(?i),|\band\b|\bothers\b")


def write(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the entries of a BibTeX file; in UTF-8, in pure ASCII but for letters that have no macro.

    A paper known by a DOI alone is an `@article`, any other a `@misc` with its arXiv id as `eprint`, as arXiv itself
    has it. A star is the keyword `starred`, a read paper has JabRef's `readstatus`, the note is Zotero's `annote`, to
    the letter. Of runs of blanks and line ends BibTeX's readers make one space, and a comma divides keywords: what
    would come back otherwise than it is stands in a field `readlist`, which others leave alone.
    """
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library
    from bibtexparser.model import Entry as Block
    from bibtexparser.model import Field
    from bibtexparser.writer import BibtexFormat

    form = BibtexFormat()  # type: ignore[no-untyped-call]
    form.indent, form.trailing_comma = "  ", True
    for number, entry in enumerate(entries):
        fields = [Field(name, value) for name, value in _fields(entry) if value]
        kind = "article" if entry.paper.doi and not entry.paper.arxiv else "misc"
        block = Block(kind, citation_key(entry.paper), fields)
        # The values bear their braces already: a month is a name, without.
        text = write_string(Library([block]), bibtex_format=form, unparse_stack=[])
        if lost := supplement(entry.paper, entry.mark, decode(text, origin="", made=date.min)):
            block.set_field(Field("readlist", _braced(escaped(dumps(lost)))))
            text = write_string(Library([block]), bibtex_format=form, unparse_stack=[])
        yield ("\n" if number else "") + text


def _fields(entry: Entry) -> Iterator[tuple[str, str]]:
    paper, mark = entry.paper, entry.mark
    yield "title", _braced(_title(paper.title))
    yield "author", _braced(" and ".join(_authors(paper.authors)))
    if paper.published:
        yield "year", _braced(f"{paper.published.year:04}")
        yield "month", SHORT_MONTHS[paper.published.month - 1].lower() if paper.published.month else ""
        yield "day", _braced(str(paper.published.day)) if isinstance(paper.published, date) else ""
    yield from _numbers(paper)
    for name, kind in (("code", "repo"), ("project", "project"), ("data", "data")):
        yield name, _braced(_address(next((link.target for link in paper.links if link.kind == kind), "")))
    yield "organization", _braced(typeset(paper.organization))
    yield "abstract", _braced(latex(paper.abstract))
    words = [*paper.keywords, *(["starred"] if mark.starred else [])]
    yield "keywords", _braced(", ".join(typeset(word.replace(",", " ")) for word in words))
    yield "readstatus", "{read}" if mark.read else ""
    yield "annote", _braced(escaped(mark.note))


def _numbers(paper: Paper) -> Iterator[tuple[str, str]]:
    if paper.arxiv:
        yield "eprint", _braced(paper.arxiv)
        yield "archivePrefix", "{arXiv}"
        # arXiv names a paper's primary category first, and old ids begin with their archive.
        primary = category(paper.keywords[0]) if paper.keywords else ""
        yield "primaryClass", _braced(primary or paper.arxiv.rpartition("/")[0])
    yield "doi", _braced(re.sub(r"[{}\\\s]", lambda found: quote(found[0]), paper.doi))
    yield "url", _braced(_address(paper.page or next((link.url for link in paper.links), "")))


def _braced(value: str) -> str:
    return f"{{{value}}}" if value else ""


def _address(url: str) -> str:
    r"""Return an address as `\url` sets it: to the letter, so without what no address may hold."""
    return quote(url, safe="!#$%&'()*+,-./:;=?@[]_~")


def _title(title: str) -> str:
    """Return a title whose names and abbreviations keep their capitals in every style.

    In a title of small words any capital is a name's; where all words begin with one, those with a capital inside or
    a digit are.
    """
    shown = readable(title)
    later = [word for word in shown.split()[1:] if len(word) > 3 and word[0].isalpha()]
    sentence = sum(word[0].isupper() for word in later) * 2 < len(later)
    pieces = re.split(r"((?<!\\)\$[^$]*\$|\s+)", latex(title))
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


def _authors(authors: Sequence[str]) -> Iterator[str]:
    """Yield the names of a paper's authors; that there are more of them is BibTeX's own word, `others`."""
    for number, author in enumerate(authors, 1):
        last = 1 < number == len(authors)
        yield "others" if last and are_others(author) else _author(name_of(author))


def _author(name: Name) -> str:
    """Return a name as `von Family, Jr, Given`; a group's in braces of its own."""
    if name.whole:
        return f"{{{typeset(name.family)}}}"
    family = f"{typeset(name.particle)} {_part(name.family)}" if name.particle else _part(name.family)
    return ", ".join(part for part in (family, _part(name.suffix), _part(name.given)) if part)


def _part(text: str) -> str:
    return f"{{{typeset(text)}}}" if _DIVIDING.search(text) else typeset(text)
