"""RIS as Zotero, Mendeley, EndNote, dblp, publishers and readlist write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from readlist.sources.batch import Batch, Skip
from readlist.sources.formats.reference import Raw, Reference, batch_of, reference_of, tags_in
from readlist.sources.formats.reference_date import date_in
from readlist.text.names import forward, with_others

_KIND = "RIS"
_HEAD = 65_536
# Two blanks stand before the hyphen, one behind (https://en.wikipedia.org/wiki/RIS_(file_format)). A record that leaves
# one out does so in all its lines; elsewhere `RL - what it is` is a line of a note. Tabs and no-break spaces count.
_BLANK = r"[^\S\n]"
_TAG = re.compile(rf"([A-Z][A-Z0-9]){_BLANK}{{2,8}}-(.*)", re.DOTALL)
_LOOSE_TAG = re.compile(rf"([A-Z][A-Z0-9]){_BLANK}{{0,8}}-(?={_BLANK}|\Z)(.*)", re.DOTALL)
_TIGHT_TAG = re.compile(rf"([A-Z][A-Z0-9]){_BLANK}{{0,8}}-(.*)", re.DOTALL)
_TYPE = re.compile(rf"TY{_BLANK}{{2,8}}-.*")
_LOOSE_TYPE = re.compile(rf"TY{_BLANK}{{0,8}}-(?:{_BLANK}{{1,8}}[A-Z]|[A-Z]{{3,8}}\s*\Z).*")
_LOOSE_FILE = re.compile(rf"(?m)^{_BLANK}{{0,8}}TY{_BLANK}{{0,8}}-{_BLANK}")
_LOOSE_END = re.compile(rf"ER{_BLANK}{{0,8}}-\s*")
OWN = "readlist: "
"""Stands before what readlist's exports say beside the fields, in the last of the tags that are the user's."""

_PREAMBLE = 8
"""Lines in which some sites first say who they are."""

_LINES = 100_000
"""Lines of one field; nobody's note has more."""

_TITLES = ("TI", "T1", "CT")
_NAMES = (
    "DO", "DI", "UR", "AN", "M1", "M3", "VL", "IS", "JO", "JF", "JA", "J2", "T2", "ID", "C1", "C2", "C7", "SP", "PB",
)  # fmt: skip
_LINKED = ("UR", "LK", "L1", "L2", "L3", "L4", "L5", "L6")
_AUTHORS = ("AU", "A1")
_WORKS = ("AU", "A1", "T2", "JO", "JF", "AB", "N2", "PY", "Y1", "DA")
"""Tags that a record of a paper has, and what programs write between records has not."""


class _Record(Struct):
    """One record: its tags in order, each with the lines of its value."""

    line: int
    fields: list[tuple[str, list[str]]] = field(default_factory=list)
    whole: bool = False

    def some(self, *tags: str) -> list[str]:
        """Return the values of some tags, those of the first tag first."""
        found: dict[str, list[str]] = {tag: [] for tag in tags}
        for tag, lines in self.fields:
            if tag in found:
                found[tag].append(_joined(lines))
        return [value for values in found.values() for value in values]

    def ordered(self, *tags: str) -> list[str]:
        """Return the values of some tags in the order of the file."""
        return [_joined(lines) for tag, lines in self.fields if tag in tags]

    def one(self, *tags: str) -> str:
        """Return the first value of the first of some tags that has any."""
        return next(filter(None, self.some(*tags)), "")


def recognised(text: str) -> bool:
    """Tell whether a text is RIS by how it begins: with a record, or with lines of one that is cut off."""
    lines = [line for line in text[:_HEAD].split("\n") if line.strip()][: _PREAMBLE + 1]
    return any(_LOOSE_TYPE.fullmatch(line.lstrip()) for line in lines) or (
        len(lines) > 1 and all(map(_TAG.fullmatch, lines[:2]))
    )


def decode(text: str, *, origin: str, made: date, day: date | None = None) -> Batch:
    """Read the papers of RIS with what their owner says of them in keywords and notes.

    Records that break off, at either end of the file or in its midst, give what stands there of them. See `batch_of`.
    """
    return batch_of(_references(text), kind=_KIND, origin=origin, made=made, day=day)


def _references(text: str) -> Iterator[Reference | Skip]:
    for record in _records(text):
        found = reference_of(_raw(record))
        typed = bool(record.some("TY"))
        if isinstance(found, Skip):
            yield replace(found, lost=typed or bool(record.one(*_WORKS)))
            continue
        yield found
        if not record.whole:
            end, other = ("end", "before") if typed else ("beginning", "behind")
            reason = f"the {end} of a record, which is cut off; what stands {other} it was taken"
            yield Skip(record.line, reason, lost=True)


def _records(text: str) -> Iterator[_Record]:
    """Yield the records of a text, each from its first tag to its last; what stands between them is left out."""
    start, lines, indent = 0, list[str](), 0
    outside = _LOOSE_TAG if not re.search(rf"(?m)^TY{_BLANK}{{2,8}}-", text) and _LOOSE_FILE.search(text) else _TAG
    tagged = outside
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.lstrip()
        # Within a record that keeps to the rules, an indented or loose one is text.
        strict = start and tagged is _TAG and not indent
        if _TYPE.fullmatch(line if strict else bare) or (not strict and _LOOSE_TYPE.fullmatch(bare)):
            if start:
                yield _record(start, lines, tagged, ended=False)
            start, lines, indent = number, [bare], len(line) - len(bare)
            tagged = next(form for form in (_TAG, _LOOSE_TAG, _TIGHT_TAG) if form.fullmatch(bare))
            continue
        if indent and not line[:indent].strip():
            line = line[indent:]
        found = tagged.fullmatch(line)
        if start and ((found and found[1] == "ER") or _LOOSE_END.fullmatch(line)):
            yield _record(start, lines, tagged, ended=True)
            start, lines, tagged, indent = 0, [], outside, 0
        elif start:
            lines.append(line)
        elif found and found[1] != "ER":
            start, lines = number, [line]
    if start:
        yield _record(start, lines, tagged, ended=False)


def _record(start: int, lines: list[str], tagged: re.Pattern[str], *, ended: bool) -> _Record:
    """Return the record that lines up to its last tag hold; those without a tag go on with what stands before them."""
    record = _Record(start)
    for line in lines:
        found = tagged.fullmatch(line)
        if found:
            record.fields.append((found[1], [found[2].removeprefix(" ")]))
        elif len(record.fields[-1][1]) < _LINES:
            record.fields[-1][1].append(line)
    if tagged is _TAG and len(lines) > 1 and {tag for tag, _ in record.fields} == {"TY"}:
        # Only its first line is as the rules say.
        return _record(start, lines, _LOOSE_TAG if _LOOSE_TAG.fullmatch(lines[0]) else _TIGHT_TAG, ended=ended)
    record.whole = ended and record.fields[0][0] == "TY"
    return record


def _raw(record: _Record) -> Raw:
    title = record.one(*_TITLES) or record.one("BT")
    if record.one("ID").startswith("DBLP:"):
        # dblp ends every title with a full stop.
        title = title.removesuffix(".")
    words = record.some("KW")
    # One of several is a keyword whole; alone it may be all of them.
    tags = [tag for text in words for tag in (tags_in(text) if len(words) == 1 else re.split(r"[;\n]", text))]
    linked = record.some(*_LINKED)
    address = record.one("AD")
    urls = [part.strip() for text in linked for part in re.split(r";\s*(?=https?:)|\s+", text)[:20]]
    return Raw(
        where=f"line {record.line}",
        line=record.line,
        title=title,
        abstract=record.one("AB", "N2"),
        authors=[forward(name) for name in with_others(_authors(record))],
        published=date_in(*record.some("DA", "PY", "Y1")),
        names=[*record.some(*_NAMES), *urls],
        addresses=[url for url in urls if url.lower().startswith("http")],
        remarks=[text for text in linked if not text.lower().startswith("http")],
        tags=tags,
        # The field for authors' addresses is that of a thesis, or one name.
        organization=address if "THES" in record.some("TY") or not re.search(r"[,;@\n]", address) else "",
        notes=record.some("N1", "RN", "NO"),
        venue=[
            *(record.one(*tags) for tags in (("T2", "JO", "JF", "JA", "BT"), ("VL",), ("IS",))),
            "-".join(filter(None, (record.one("SP"), record.one("EP")))),
        ],
        beside=next((text[len(OWN) :] for text in record.some("U5") if text.startswith(OWN)), None),
    )


def _authors(record: _Record) -> list[str]:
    """Return the authors in the order of the file, else the editors; a list written under two tags counts once."""
    lists = sorted((record.ordered(tag) for tag in _AUTHORS), key=len)
    repeated = lists[0] == lists[1][: len(lists[0])]
    names = (lists[1] if repeated else record.ordered(*_AUTHORS)) or record.some("A2", "ED")
    # A name a line, says the format; some put all of them behind one tag.
    return [name for text in names for name in re.split(r"\n" if "&" in text else r";(?:\s|\Z)|\n", text)]


def _joined(lines: list[str]) -> str:
    """Return the lines of a value: the blank goes that keeps those behind the first from passing for fields."""
    first, *more = lines
    if all(line.startswith(" ") for line in more if line):
        more = [line[1:] for line in more]
    return "\n".join((first, *more)).strip()
