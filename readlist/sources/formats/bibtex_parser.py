"""BibTeX and BibLaTeX as Zotero, Mendeley, JabRef, Better BibTeX, dblp and readlist write it."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.paper import LinkKind
from readlist.sources.batch import Skip
from readlist.sources.formats.reference import Raw, Reference, reference_of, tags_in
from readlist.text.clean import clean_line
from readlist.text.dates import WrittenDate, date_in, date_of_fields, most_exact
from readlist.text.latex_field import from_latex
from readlist.text.links import normalize
from readlist.text.names import OTHERS, in_order, with_others
from readlist.text.scan import find_lines, sub_lines

if TYPE_CHECKING:
    from bibtexparser.model import Block, Entry

Fields = Mapping[str, list[str]]
"""A field's values by its name in lower case: an entry may hold a field twice."""

_HEAD = 65_536
_FIELD = r"[A-Za-z][\w+:.-]{0,60}"
# Before the first entry: comments, and the headers of JabRef and Mendeley.
_START = re.compile(
    r"(?:\s|[%#][^\n]*+\n|(?:this file was|automatically|encoding:|any changes|bibtex export)[^\n]*+\n)*+"
    r"@[A-Za-z]{1,40}[ \t]*[{(]\s*(?:\"|[^\s=,{}()\"]{1,300}\s*(?:,|=\s*[\"{]|\}\s*$)|jabref|,\s*\w+\s*=)",
    re.IGNORECASE | re.MULTILINE,
)
_NAMED_START = re.compile(r"^[ \t]*@[A-Za-z]{1,40}[ \t]*[{(]", re.MULTILINE)
_FIELDS = re.compile(rf"\s*+(?:{_FIELD}[ \t]*+=[ \t]*+(?:\{{[^\n]*\}}|\"[^\n]*\"|\w+),?[ \t]*+\n\s*+){{3}}")

# A line that begins with @ but no entry, such as `@ada (see below)` in a note; the parser takes it for one.
_NO_ENTRY = re.compile(
    r"\n([ \t]*)@(?!(?:comment|preamble)[ \t]*[{(]|[a-z]\w*[ \t]*(?:\{\s*+[^\s=,{}()\"]{0,300}+[ \t]*(?:[,=\n]|\Z)"
    r"|\(\s*+[^\s=,{}()\"]{0,300}+[ \t]*+[,=]|[{(]\Z))",
    re.IGNORECASE | re.MULTILINE,
)
_MASK = "\0"
"""Replaces the @ of such a line while it is parsed; no file has it."""

# The beginning of an entry, and the keys that the parser accepts; `10.1016/0000(89)9` and `a b` it rejects.
_OPENING = re.compile(
    r"\n([ \t]*@(?!(?:comment|preamble|string)\b)[A-Za-z]\w{0,39})(\s*)([{(])\s*", re.IGNORECASE | re.MULTILINE
)
_PLAIN_KEY = re.compile(
    rf"[^\s=,{{}}()\"]{{0,300}}\s*(?:,\s*(?:{_FIELD}\s*[={{\"]|[,}})]|\Z)|[}})]\s*$|\Z)", re.MULTILINE
)
_VALUED = rf"{_FIELD}+\s*+=\s*+[{{\"\w]"
# Spaces are passed from their first on; from any other of them what follows is the same.
_PASSED = r"(?:(?<!\s)\s++)?+"
_ODD_KEYS = (
    re.compile(rf"([^\n]{{0,300}}?){_PASSED},\s*+(?={_VALUED})"),
    re.compile(rf"([^\n]{{0,300}}?){_PASSED}(?<=[{{(\s,])(?={_VALUED})"),
)
# A key that holds this is not a key but the first field.
_NO_KEY = re.compile(
    rf"=\s*[{{\"]|\s{_FIELD}\s*[={{\"]|@\w+[ \t]*[{{(]"
    r"|\A(?:title|author|editor|year|month|date|doi|url|journal|booktitle|volume|number|pages)\s*=",
    re.IGNORECASE,
)
_KEY_SIGNS = re.compile(r"[\s=,{}()\"]+")
_LOST_OPENING = re.compile(r"^[ \t]*[@\0](?P<kind>[A-Za-z]\w{0,39})\s*[{(].*", re.MULTILINE)

# Entry types that name a paper even without fields.
_KINDS = frozenset(
    {"article", "book", "booklet", "conference", "inbook", "incollection", "inproceedings", "manual", "mastersthesis",
     "misc", "online", "phdthesis", "report", "techreport", "thesis", "unpublished"}
)  # fmt: skip

_ENCLOSINGS = ("{", '"')
_STRINGS = 10_000
_STRING_LENGTH = 500
_VALUE_LENGTH = 2_000_000
_MARK = re.compile(r"(?<!\\)[{}\"]")
_NEXT = re.compile(r"\s*(?:(?P<joined>\#)\s*)?(?:(?P<open>[{\"])|(?P<word>[^\s#{}\",=]+))")
_FIELD_LINE = re.compile(rf"^[ \t]*({_FIELD})[ \t]*=[ \t]*(?=[{{\"\w])", re.MULTILINE)
_HEADING = re.compile(r"@(?P<kind>[A-Za-z]{1,40})[ \t]*[{(](?P<key>[^\n,={}()\"]{0,300})")
_NEXT_FIELD = re.compile(rf"[\s,]*+(?P<name>{_FIELD})\s*(?:=\s*(?=\S)|(?=[{{\"]))")
_AND = re.compile(r"(?<!\\)[{}]|(?<=\s)and(?=\s)|;", re.IGNORECASE)
_COMMA = re.compile(r"(?<!\\)[{}]|,")
_PART = r"\b(family|given|prefix|suffix|(?:family|given|prefix|suffix)-i|useprefix)\s*+=\s*+"
_QUOTED = r'((?:[^"\\]|\\.){0,500}+)"'
_EXTENDED = re.compile(rf"\s*{_PART}(.*)", re.IGNORECASE | re.DOTALL)
_QUOTED_PAIR = re.compile(rf'"\s*+{_PART}{_QUOTED}', re.IGNORECASE | re.DOTALL)
_QUOTED_VALUE = re.compile(rf'{_PART}"{_QUOTED}', re.IGNORECASE | re.DOTALL)
_ADDRESS = re.compile(r"https?://[^\s{}\"<>]+")
_LINKED: Mapping[str, LinkKind] = {"code": "repo", "project": "project", "data": "data"}
_PLACES = ("journal", "journaltitle", "volume", "number", "howpublished", "pages", "series")
_KEYWORDS = ("keywords", "keyword", "mendeley-tags", "tags")
_OWN_NOTES = ("annote", "annotation", "comment", "review")
_VENUE = (
    ("journal", "journaltitle", "booktitle", "maintitle", "series"), ("volume",), ("number", "issue", "chapter"),
    ("pages", "eid"),
)  # fmt: skip
_NO_PAPERS = frozenset({"comment", "control", "string", "preamble", "bibtexflag", "xdata", "set"})
_VOLUMES = frozenset({"proceedings", "mvproceedings", "collection", "mvcollection"})


def recognised(text: str, suffix: str) -> bool:
    """Tell whether a text begins with a BibTeX entry, or with the fields of one that is cut off.

    Args:
        text: the text of a file.
        suffix: the suffix of its name; a `.bib` file may begin with any words.
    """
    if _START.match(_with_plain_keys(text[:_HEAD])) or _FIELDS.match(text, 0, _HEAD):
        return True
    return suffix in (".bib", ".bibtex", ".biblatex") and _NAMED_START.search(text) is not None


def parse(text: str) -> Iterator[Reference | Skip]:
    """Yield the references of BibTeX with their owner's keywords and notes.

    Of truncated entries, anywhere in the file, the fields that are left are used. `@string` and `crossref` are
    resolved; comments and preambles are ignored.
    """
    parsed = list(_entries(text))
    entries = [each for each in parsed if isinstance(each, _Entry)]
    yield from (each for each in parsed if isinstance(each, Skip))
    parents = {entry.key.lower(): entry for entry in reversed(entries)}
    volumes = {key for entry in entries for key in _keys(entry.fields.get("crossref"))}
    for entry in entries:
        if entry.kind in _NO_PAPERS or (entry.kind in _VOLUMES and entry.key.lower() in volumes):
            continue
        parent = next((parents[key] for key in _keys(entry.fields.get("crossref")) if key in parents), None)
        yield reference_of(_raw(entry, parent.fields if parent else {}))


class _Entry(Struct, frozen=True):
    """One entry; its values are LaTeX without the enclosing braces or quotes."""

    kind: str
    key: str
    line: int
    fields: Fields


def _entries(text: str) -> Iterator[_Entry | Skip]:
    """Yield the entries of a text in order, and what was skipped."""
    strings: dict[str, str] = {}
    for block, line in _blocks(sub_lines(_NO_ENTRY, rf"\1{_MASK}", _with_plain_keys(text))):
        yield from _read(block, line, strings)


def _with_plain_keys(text: str) -> str:
    """Return a text in which every entry has a key that the parser accepts, and a comma after it; lines stay."""
    pieces: list[str] = []
    text, last = f"\n{text}", 1
    for found in find_lines(_OPENING, text):
        start, at = found.start() + 1, found.end()
        if start < last or ("\n" not in found[2] and _PLAIN_KEY.match(text, at)):
            continue
        for pattern in _ODD_KEYS:
            odd = pattern.match(text, at)
            if odd and not _NO_KEY.search(odd[1]) and _balanced(odd[1]):
                lines = "\n" * text.count("\n", start, odd.end())
                pieces += (text[last:start], f"{found[1]}{found[3]}{_plain_key(odd[1])},{lines}")
                last = odd.end()
                break
    return "".join((*pieces, text[last:]))


def _plain_key(key: str) -> str:
    return _KEY_SIGNS.sub("_", key.strip(" \t,")).strip("_")


def _balanced(text: str) -> bool:
    depths = list(accumulate(({"{": 1, "}": -1}.get(mark, 0) for mark in text), initial=0))
    return min(depths) == depths[-1] == 0


def _read(block: Block, line: int, strings: dict[str, str]) -> Iterator[_Entry | Skip]:
    """Yield the entry of a block, whole or truncated; if truncated, a `Skip` that says so first."""
    from bibtexparser import model

    if isinstance(block, model.Entry):
        yield _Entry(block.entry_type.lower(), block.key, line, _fields(block, strings))
    elif isinstance(block, model.DuplicateBlockKeyBlock | model.DuplicateFieldKeyBlock):
        # Two entries with one key may be two papers.
        if (inner := block.ignore_error_block) is not None:
            yield from _read(inner, line, strings)
    elif isinstance(block, model.String):
        if len(strings) < _STRINGS:
            is_bare = block.get_parser_metadata("removed_enclosing") in _ENCLOSINGS
            value = block.value if is_bare else _value(block.value, strings)[0]
            strings[block.key.lower()] = value[:_STRING_LENGTH]
    elif isinstance(block, model.ImplicitComment) and _FIELDS.match(f"{block.raw or ''}\n"):
        if fields := _loose_fields(str(block.raw), strings)[1]:
            yield Skip(line, "an entry without its beginning; the rest was imported", lost=True)
            yield _Entry("misc", "", line, fields)
    elif isinstance(block, model.ImplicitComment):
        yield from _unread(str(block.raw or ""), line)
    elif isinstance(block, model.ParsingFailedBlock):
        yield from _truncated(str(block.raw or ""), line, strings)


def _unread(raw: str, line: int) -> Iterator[Skip]:
    """Yield the entries that the parser took for text between entries."""
    for found in _LOST_OPENING.finditer(raw):
        kind = found["kind"].lower()
        if kind in _KINDS or (kind not in _NO_PAPERS and "=" in raw[found.start() :]):
            at = line + raw.count("\n", 0, found.start())
            shown = clean_line(found[0].strip().replace(_MASK, "@"), 60)
            yield Skip(at, f"an entry that can't be parsed: {shown}; check its key, commas and braces", lost=True)


def _truncated(raw: str, line: int, strings: dict[str, str]) -> Iterator[_Entry | Skip]:
    """Yield what is left of a truncated entry, after a `Skip` that says so."""
    head, fields = _loose_fields(raw, strings)
    opened = _HEADING.match(head)
    kind, key = (opened["kind"].lower(), opened["key"].strip()) if opened else ("", "")
    if kind in _NO_PAPERS:
        return
    if opened and "=" in head:
        fields = _reread(raw, opened.end(), strings) or fields
    named = f"“{clean_line(key, 60)}”" if key else clean_line(raw[:80], 60)
    if not (kind and fields):
        yield Skip(line, f"a truncated entry without fields: {named}", lost=True)
        return
    yield Skip(line, f"the entry {named} is truncated; its first fields were imported", lost=True)
    yield _Entry(kind, key, line, fields)


def _loose_fields(raw: str, strings: Mapping[str, str]) -> tuple[str, dict[str, list[str]]]:
    """Return what comes before the first line that begins a field, and the fields, each parsed by itself."""
    head, *pieces = _FIELD_LINE.split(raw)
    fields: dict[str, list[str]] = {}
    for name, piece in zip(pieces[::2], pieces[1::2], strict=True):
        value = _value(piece, strings)[0].rstrip(", \n\t")
        if value.strip():
            fields.setdefault(name.lower(), []).append(value)
    return head, fields


def _reread(raw: str, start: int, strings: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the fields of a truncated entry in one line, from a place after its key."""
    fields: dict[str, list[str]] = {}
    if following := _NEXT_FIELD.match(raw, start):
        _add_fields(fields, following["name"], raw[following.end() :], strings)
    return fields


def _add_fields(fields: dict[str, list[str]], name: str, raw: str, strings: Mapping[str, str]) -> None:
    """Add a field, and those that come after its value."""
    for _ in range(100):
        value, rest = _value(raw, strings)
        if value.strip():
            fields.setdefault(name.lower(), []).append(value)
        following = _NEXT_FIELD.match(rest)
        if not following:
            break
        name, raw = following["name"], rest[following.end() :]


def _blocks(text: str) -> list[tuple[Block, int]]:
    r"""Return the blocks of a text, each with its line.

    Braces and quotes are removed by bibtexparser. Its other middlewares would lose something:
    `ResolveStringReferences` joins no `jan # "~5"`, and a long @string used a thousand times fills the memory;
    `MonthInt` knows twelve English months and no ranges; `SeparateCoAuthors` loses the accent of `and \'Etienne` and
    knows no `;`; `SplitNameParts` cuts `Mu\~noz` in two and knows no `family=…, given=…`; `LatexDecoding` ends an
    address at its first %, and takes thirty times as long as `plain`.
    """
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import RemoveEnclosingMiddleware

    # What it can't parse comes back as a block; its log would show on the screen.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL + 1)
    library = parse_string(text, parse_stack=[RemoveEnclosingMiddleware()])
    return [(block, (block.start_line or 0) + 1) for block in library.blocks]


def _fields(entry: Entry, strings: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the fields of an entry, also those that a missing comma made part of another."""
    fields: dict[str, list[str]] = {}
    # The parser leaves the enclosing of a value that is more than one text, and of all in an entry with an error.
    enclosings = entry.get_parser_metadata("removed_enclosing") or {}
    for each in entry.fields:
        if enclosings.get(each.key) not in _ENCLOSINGS:
            _add_fields(fields, each.key, each.value, strings)
        elif each.value.strip():
            fields.setdefault(each.key.lower(), []).append(each.value.replace(_MASK, "@"))
    return fields


def _value(raw: str, strings: Mapping[str, str]) -> tuple[str, str]:
    """Return a value, its `#` parts joined and @strings resolved, and the text after it."""
    parts: list[str] = []
    place = size = 0
    while (found := _NEXT.match(raw, place)) and (not parts or found["joined"]) and size < _VALUE_LENGTH:
        if found["open"]:
            start = found.end()
            end = _end(raw, start, found["open"])
            parts.append(raw[start:end])
            place = end + 1
        else:
            parts.append(strings.get(found["word"].lower(), found["word"]))
            place = found.end()
        size += len(parts[-1])
    return "".join(parts).replace(_MASK, "@"), raw[place:]


def _end(raw: str, start: int, opened: str) -> int:
    """Return where a value in braces or quotes ends; the end of the text if it is not closed."""
    depth = 0
    for mark in _MARK.finditer(raw, start):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
            if depth < 0 and opened == "{":
                return mark.start()
        elif opened == '"' and depth <= 0:
            return mark.start()
    return len(raw)


def _keys(values: list[str] | None) -> list[str]:
    return [_plain_key(value).lower() for value in values or ()]


def _raw(entry: _Entry, parent: Fields) -> Raw:
    fields = entry.fields
    published_at = [*map(_bare, _some(fields, "howpublished"))]
    addresses = _addresses(fields, published_at)
    return Raw(
        line=entry.line,
        name=entry.key,
        title=": ".join(filter(None, (from_latex(_one(fields, name)).strip() for name in ("title", "subtitle")))),
        abstract=from_latex(_one(fields, "abstract")),
        authors=_people(_one(fields, "author", "editor")),
        published=_published(fields, parent),
        names=[
            *_eprints(fields),
            *map(_bare, _some(fields, "doi", "ee", "url")),
            *map(from_latex, _some(fields, *_PLACES)),
        ],
        addresses=addresses,
        remarks=_remarks(fields, addresses, published_at),
        tags=[tag for text in _some(fields, *_KEYWORDS) for tag in tags_in(from_latex(text))],
        organization=from_latex(_one(fields, "institution", "school", "organization")),
        notes=_notes(fields, *_OWN_NOTES[:3], *filter(_is_own, fields), *_OWN_NOTES[3:]),
        printed=_notes(fields, "note", "addendum"),
        read=_one(fields, "readstatus").strip().lower() == "read",
        links=[
            replace(link, kind=kind)
            for name, kind in _LINKED.items()
            for text in fields.get(name, ())
            if (link := normalize(_bare(text))) is not None
        ],
        beside=_bare(_one(fields, "readlist")),
        venue=[from_latex(_one(fields, *names)) for names in _VENUE],
    )


def _some(fields: Fields, *names: str) -> list[str]:
    """Return the values of some fields, those of the first name first."""
    return [value for name in names if name in fields for value in fields[name]]


def _one(fields: Fields, *names: str) -> str:
    """Return the first value of the first of some fields that is there."""
    return next((fields[name][0] for name in names if name in fields), "")


def _notes(fields: Fields, *names: str) -> list[str]:
    return [from_latex(_flowing(text), prose=False) for text in _some(fields, *names)]


def _is_own(name: str) -> bool:
    """Tell whether a field is a note of JabRef's or readlist's."""
    return name.startswith(("comment-", "readlist-note"))


def _addresses(fields: Fields, published_at: Sequence[str]) -> list[str]:
    """Return the addresses of an entry, then those in what it says of its publication."""
    own = [one for text in _some(fields, "url", "ee", "link", "code") for one in _several(_bare(text))]
    return [*own, *(found for text in published_at for found in _ADDRESS.findall(text)[:5])]


def _remarks(fields: Fields, addresses: Collection[str], published_at: Sequence[str]) -> list[str]:
    """Return the texts with links in them; an address that is the whole field is used verbatim, `~` included."""
    texts = [*published_at, *map(_bare, _some(fields, "note", "url", "bdsk-url-1"))]
    return [
        text for text in texts if not (text.startswith(("http://", "https://")) and {*_several(text)} <= {*addresses})
    ]


def _flowing(text: str) -> str:
    """Return a note with its paragraphs unwrapped; one with lines that begin at the margin as it is."""
    text = text.strip()
    if not all(line[0].isspace() for line in text.split("\n")[1:] if line.strip()):
        return text
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text))


def _bare(text: str) -> str:
    """Return an address or id: unescaped, but with its tildes."""
    return from_latex(text, prose=False).strip()


def _several(text: str) -> list[str]:
    """Return the addresses that a field consists of, separated by blanks, commas or semicolons; else its text."""
    words = [word.rstrip(";,") for word in text.replace(";http", "; http").split()]
    return words if words and all(word.startswith(("http://", "https://")) for word in words) else [text]


def _eprints(fields: Fields) -> list[str]:
    """Return what may be an arXiv id among the eprint fields; nothing for another archive."""
    archives = [value.strip().lower() for name in ("archiveprefix", "eprinttype") for value in fields.get(name, ())]
    if archives and "arxiv" not in archives:
        return []
    eprints = [_bare(text) for name in ("eprint", "arxivid") for text in fields.get(name, ())]
    return [*(f"arXiv:{text}" for text in eprints), *eprints, *map(_bare, fields.get("arxiv", ()))]


def _published(fields: Fields, parent: Fields) -> WrittenDate:
    """Return the date of an entry: its `date`, or year, month and day; else that of the volume it is in."""
    year, month, day = (from_latex(" ".join(fields.get(name, ()))) for name in ("year", "month", "day"))
    own = most_exact([date_in(*map(from_latex, fields.get("date", ()))), date_of_fields(year, month, day)])
    return own if own.date or not parent else most_exact([_published({**parent, **fields}, {}), own])


def _people(text: str) -> Iterator[str]:
    """Yield the names of a list of names, each with its given name first."""
    # In BibLaTeX's extended names quotes work as braces do.
    if "=" in text and '"' in text:
        text = _QUOTED_VALUE.sub(r"\1={\2}", _QUOTED_PAIR.sub(r"\1={\2}", text))
    for name in with_others(_parted(text, _AND)):
        yield name if name == OTHERS else from_latex(_forward(name))


def _parted(text: str, divider: re.Pattern[str]) -> list[str]:
    """Return the parts of a text between separators that are outside of braces."""
    if "{" not in text and "}" not in text:
        return divider.split(text)
    parts: list[str] = []
    depth = start = 0
    for mark in divider.finditer(text):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
        elif depth <= 0:
            parts.append(text[start : mark.start()])
            start = mark.end()
    return [*parts, text[start:]]


def _forward(name: str) -> str:
    """Return `von Last, Jr, First` as `First von Last, Jr`; a name in braces or without a comma as it is."""
    parts = [part.strip() for part in _parted(name, _COMMA)]
    extended = [_EXTENDED.fullmatch(part) for part in parts] if "=" in name else []
    if any(extended):
        # As Better BibTeX writes names that the old form can't hold.
        given = {found[1].lower(): found[2].strip() for found in extended if found}
        full = " ".join(filter(None, (given.get(part) for part in ("given", "prefix", "family"))))
        return in_order(full, suffix=given.get("suffix", ""))
    match parts:
        case [family, first] | [family, first, ""]:
            return in_order(family, first)
        case [family, suffix, first]:
            return in_order(family, first, suffix).strip(" ,")
    return name
