"""References in tagged formats: RIS of any program, and PubMed's MEDLINE (`.nbib`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

from readlist.model.paper import doi_of
from readlist.sources.batch import Skip
from readlist.sources.formats.reference import Raw, Reference, reference_of, tags_in
from readlist.text.dates import date_in, most_exact
from readlist.text.names import forward, in_order, with_others

_HEAD = 65_536
# Two blanks before the hyphen, one after it (https://en.wikipedia.org/wiki/RIS_(file_format)). A record that omits one
# does so in all its lines; elsewhere `RL - what it is` is a line of a note. Tabs and no-break spaces are blanks.
_BLANK = r"[^\S\n]"
_RIS_TAG = re.compile(rf"([A-Z][A-Z0-9]){_BLANK}{{2,8}}-(.*)", re.DOTALL)
_LOOSE_TAG = re.compile(rf"([A-Z][A-Z0-9]){_BLANK}{{0,8}}-(?={_BLANK}|\Z)(.*)", re.DOTALL)
_TIGHT_TAG = re.compile(rf"([A-Z][A-Z0-9]){_BLANK}{{0,8}}-(.*)", re.DOTALL)
_TYPE = re.compile(rf"TY{_BLANK}{{2,8}}-.*")
_LOOSE_TYPE = re.compile(rf"TY{_BLANK}{{0,8}}-(?:{_BLANK}{{1,8}}[A-Z]|[A-Z]{{3,8}}\s*\Z).*")
_LOOSE_FILE = re.compile(rf"(?m)^{_BLANK}{{0,8}}TY{_BLANK}{{0,8}}-{_BLANK}")
_LOOSE_END = re.compile(rf"ER{_BLANK}{{0,8}}-\s*")
OWN = "readlist: "
"""Prefix of JSON by readlist in `U5`, the last of the tags that are the user's."""

_PREAMBLE = 8
"""Lines that some sites put before the first record."""

_LINES = 100_000
"""Lines of one field at most."""

_TITLES = ("TI", "T1", "CT")
_NAMES = (
    "DO", "DI", "UR", "AN", "M1", "M3", "VL", "IS", "JO", "JF", "JA", "J2", "T2", "ID", "C1", "C2", "C7", "SP", "PB",
)  # fmt: skip
_LINKED = ("UR", "LK", "L1", "L2", "L3", "L4", "L5", "L6")
_AUTHORS = ("AU", "A1")
_WORKS = ("AU", "A1", "T2", "JO", "JF", "AB", "N2", "PY", "Y1", "DA")
"""Tags of papers that do not occur in the text between records."""


class _Record(Struct):
    """One record: its tags and values in order; `whole` unless its beginning or end is missing."""

    line: int
    fields: list[tuple[str, str]]
    whole: bool = True

    def ordered(self, *tags: str) -> list[str]:
        """Return the values of some tags in the order of the file."""
        return [text for tag, text in self.fields if tag in tags]

    def some(self, *tags: str) -> list[str]:
        """Return the values of some tags, those of the first tag first."""
        return [text for tag in tags for text in self.ordered(tag)]

    def one(self, *tags: str) -> str:
        """Return the first value of the first of some tags that has one."""
        return next(filter(None, self.some(*tags)), "")


def is_ris(text: str) -> bool:
    """Tell whether a text begins with a RIS record, or with the lines of one that is cut off."""
    lines = [line for line in text[:_HEAD].split("\n") if line.strip()][: _PREAMBLE + 1]
    return any(_LOOSE_TYPE.fullmatch(line.lstrip()) for line in lines) or (
        len(lines) > 1 and all(map(_RIS_TAG.fullmatch, lines[:2]))
    )


def parse_ris(text: str) -> Iterator[Reference | Skip]:
    """Yield the references of RIS with their owner's keywords and notes, also of truncated records."""
    for record in _ris_records(text):
        found = reference_of(_ris_raw(record))
        yield found
        if isinstance(found, Reference) and not record.whole:
            cut = "a truncated record; its first fields were imported"
            tail = "a record without its beginning; the rest was imported"
            yield Skip(record.line, cut if record.some("TY") else tail, lost=True)


def _ris_records(text: str) -> Iterator[_Record]:
    """Yield the records of a text; the text between them is ignored."""
    start, lines, indent = 0, list[str](), 0
    outside = _LOOSE_TAG if not re.search(rf"(?m)^TY{_BLANK}{{2,8}}-", text) and _LOOSE_FILE.search(text) else _RIS_TAG
    tagged = outside
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.lstrip()
        # Inside a record that follows the rules, an indented or loose tag is text.
        strict = start and tagged is _RIS_TAG and not indent
        if _TYPE.fullmatch(line if strict else bare) or (not strict and _LOOSE_TYPE.fullmatch(bare)):
            if start:
                yield _ris_record(start, lines, tagged, ended=False)
            start, lines, indent = number, [bare], len(line) - len(bare)
            tagged = next(form for form in (_RIS_TAG, _LOOSE_TAG, _TIGHT_TAG) if form.fullmatch(bare))
            continue
        if indent and not line[:indent].strip():
            line = line[indent:]
        found = tagged.fullmatch(line)
        if start and ((found and found[1] == "ER") or _LOOSE_END.fullmatch(line)):
            yield _ris_record(start, lines, tagged, ended=True)
            start, lines, tagged, indent = 0, [], outside, 0
        elif start:
            lines.append(line)
        elif found and found[1] != "ER":
            start, lines = number, [line]
    if start:
        yield _ris_record(start, lines, tagged, ended=False)


def _ris_record(start: int, lines: list[str], tagged: re.Pattern[str], *, ended: bool) -> _Record:
    """Return the record in some lines; a line without a tag continues the value above it."""
    fields: list[tuple[str, list[str]]] = []
    for line in lines:
        if found := tagged.fullmatch(line):
            fields.append((found[1], [found[2].removeprefix(" ")]))
        elif len(fields[-1][1]) < _LINES:
            fields[-1][1].append(line)
    if tagged is _RIS_TAG and len(lines) > 1 and {tag for tag, _ in fields} == {"TY"}:
        # Only its first line follows the rules.
        return _ris_record(start, lines, _LOOSE_TAG if _LOOSE_TAG.fullmatch(lines[0]) else _TIGHT_TAG, ended=ended)
    values = [(tag, _ris_value(value)) for tag, value in fields]
    return _Record(start, values, whole=ended and fields[0][0] == "TY")


def _ris_raw(record: _Record) -> Raw:
    title = record.one(*_TITLES) or record.one("BT")
    if record.one("ID").startswith("DBLP:"):
        # dblp ends every title with a full stop.
        title = title.removesuffix(".")
    words = record.some("KW")
    # A single KW may hold all keywords.
    tags = [tag for text in words for tag in (tags_in(text) if len(words) == 1 else re.split(r"[;\n]", text))]
    linked = record.some(*_LINKED)
    address = record.one("AD")
    urls = [part.strip() for text in linked for part in re.split(r";\s*(?=https?:)|\s+", text)[:20]]
    return Raw(
        line=record.line,
        title=title,
        abstract=record.one("AB", "N2"),
        authors=[forward(name) for name in with_others(_ris_authors(record))],
        published=date_in(*record.some("DA", "PY", "Y1")),
        names=[*record.some(*_NAMES), *urls],
        addresses=[url for url in urls if url.lower().startswith("http")],
        remarks=[text for text in linked if not text.lower().startswith("http")],
        tags=tags,
        # AD holds authors' addresses, unless it is that of a thesis or a single name.
        organization=address if "THES" in record.some("TY") or not re.search(r"[,;@\n]", address) else "",
        notes=record.some("N1", "RN", "NO"),
        venue=[
            *(record.one(*tags) for tags in (("T2", "JO", "JF", "JA", "BT"), ("VL",), ("IS",))),
            "-".join(filter(None, (record.one("SP"), record.one("EP")))),
        ],
        beside=next((text[len(OWN) :] for text in record.some("U5") if text.startswith(OWN)), None),
        lost=bool(record.some("TY") or record.one(*_WORKS)),
    )


def _ris_authors(record: _Record) -> list[str]:
    """Return the authors in the order of the file, else the editors; a list repeated under a second tag counts once."""
    lists = sorted((record.ordered(tag) for tag in _AUTHORS), key=len)
    repeated = lists[0] == lists[1][: len(lists[0])]
    names = (lists[1] if repeated else record.ordered(*_AUTHORS)) or record.some("A2", "ED")
    # One name a line is the rule; some put all names into one.
    return [name for text in names for name in re.split(r"\n" if "&" in text else r";(?:\s|\Z)|\n", text)]


def _ris_value(lines: list[str]) -> str:
    """Return the text of a value, without the blank that keeps its further lines from looking like fields."""
    first, *more = lines
    if all(line.startswith(" ") for line in more if line):
        more = [line[1:] for line in more]
    return "\n".join((first, *more)).strip()


# A tag of four columns, a hyphen, a blank; wrapped lines are indented by six
# (https://www.nlm.nih.gov/bsd/mms/medlineelements.html).
_PUBMED_TAG = re.compile(r"(?=.{4}-)([A-Z][A-Z0-9]{1,3}) *-(?: (.*))?")
_PUBMED_START = re.compile(r"PMID- {0,3}[0-9]{1,9}\s*")
_IDENTIFIER = re.compile(r"(.+?)(?:(?<!\s)\s++)?+\[(doi|pii|bookaccession)\]\s*+", re.IGNORECASE)
_SOURCE_DOI = re.compile(r"\bdoi:\s*(10\.\S+)", re.IGNORECASE)
_SHORT_NAME = re.compile(r"(.*\S) ([A-Z]{1,4})((?: (?:Jr|Sr|[2-4](?:nd|rd|th)|I{1,3}|IV))?)")
_SUFFIXED = re.compile(r"(.*\S) (Jr|Sr|[2-4](?:nd|rd|th)|I{2,3}|IV)\.?")


def is_pubmed(text: str) -> bool:
    """Tell whether a text begins with a PubMed record."""
    lines = [line for line in text[:_HEAD].split("\n") if line.strip()][: _PREAMBLE + 2]
    return any(
        _PUBMED_START.fullmatch(line) and _PUBMED_TAG.fullmatch(following) for line, following in pairwise(lines)
    )


def parse_pubmed(text: str) -> Iterator[Reference | Skip]:
    """Yield the references of PubMed's tagged format."""
    return (reference_of(_pubmed_raw(record)) for record in _pubmed_records(text))


def _pubmed_records(text: str) -> Iterator[_Record]:
    """Yield the records of a text; a line without a tag continues the value above it."""
    start, fields = 0, list[tuple[str, list[str]]]()
    for number, line in enumerate(text.split("\n"), 1):
        found = None if line.startswith("  ") else _PUBMED_TAG.fullmatch(line.rstrip())
        if found and found[1] == "PMID" and fields:
            yield _pubmed_record(start, fields)
            fields = []
        if found:
            start = start if fields else number
            fields.append((found[1], [found[2] or ""]))
        elif fields and line.strip() and len(fields[-1][1]) < _LINES:
            fields[-1][1].append(line)
    if fields:
        yield _pubmed_record(start, fields)


def _pubmed_record(start: int, fields: list[tuple[str, list[str]]]) -> _Record:
    return _Record(start, [(tag, " ".join(filter(None, map(str.strip, lines)))) for tag, lines in fields])


def _pubmed_raw(record: _Record) -> Raw:
    names = []
    on_arxiv = record.one("JT", "TA").lower() == "arxiv"
    for value in record.ordered("LID", "AID", "DOI"):
        found = _IDENTIFIER.fullmatch(value)
        name, kind = (found[1], found[2].lower()) if found else (value, "")
        # A publisher's article number may look like anything.
        if kind == "doi" or (not kind and doi_of(name)) or on_arxiv or name.lower().startswith("arxiv:"):
            names.append(name)
    if named := _SOURCE_DOI.search(record.one("SO")):
        names.append(named[1].rstrip(".,;"))
    number = record.one("PMID")
    return Raw(
        line=record.line,
        title=_pubmed_title(record),
        abstract=record.one("AB", "OAB"),
        authors=_pubmed_authors(record) or [_pubmed_name(name) for name in record.some("FED") or record.some("ED")],
        # `2019 Aug 26`, else the day of the electronic publication, else the month of `2019 Jul-Aug`.
        published=most_exact([date_in(record.one("DP")), date_in(record.one("DEP"))]),
        names=names,
        addresses=[f"https://pubmed.ncbi.nlm.nih.gov/{number}/"] if re.fullmatch(r"[0-9]{1,9}", number) else [],
        tags=_pubmed_keywords(record),
        # Keywords are those of publishers and indexers.
        marked=False,
    )


def _pubmed_title(record: _Record) -> str:
    """Return the title without its final full stop, and without the brackets around a translated one."""
    title = record.one("TI", "BTI", "CTI", "TT")
    bare = title if title.endswith("..") else title.removesuffix(".")
    whole = re.fullmatch(r"\[([^\[\]]+)\]", bare)
    return whole[1] if whole else bare


def _pubmed_authors(record: _Record) -> list[str]:
    """Return persons and groups in order; the short form of a name follows its full one."""
    names: list[str] = []
    full = False
    for tag, name in record.fields:
        if tag == "FAU" and name:
            names.append(_pubmed_name(name))
            full = True
        elif tag == "AU":
            if not full and name:
                short = _SHORT_NAME.fullmatch(name)
                names.append(in_order(short[1], short[2], short[3].strip()) if short else name)
            full = False
        elif tag == "CN" and name:
            names.append(name)
    return names


def _pubmed_name(name: str) -> str:
    """Return `Last, First Jr` as `First Last, Jr`."""
    last, _, given = (part.strip() for part in name.partition(","))
    suffixed = _SUFFIXED.fullmatch(given)
    return in_order(last, suffixed[1], suffixed[2]) if suffixed else in_order(last, given)


def _pubmed_keywords(record: _Record) -> list[str]:
    """Return the authors' keywords, then the MeSH headings without qualifiers."""
    words = [word.strip("* ") for word in record.some("OT")]
    headings = [heading.partition("/")[0].strip("* ") for heading in record.some("MH")]
    return list(dict.fromkeys(filter(None, (*words, *headings))))
