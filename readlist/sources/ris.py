"""RIS as Zotero, Mendeley, EndNote, dblp, publishers and readlist write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from msgspec import Struct, field

from readlist.sources.base import Batch, Skip
from readlist.sources.reference import Raw, Reference, batch_of, reference_of, tags_in
from readlist.sources.reference_date import date_in

_KIND = "RIS"
_HEAD = 65_536
# Two blanks stand before the hyphen, one behind (https://en.wikipedia.org/wiki/RIS_(file_format)). Where a file leaves
# one out, it does so everywhere; elsewhere `RL - what it is` is a line of a note.
_TAG = re.compile(r"([A-Z][A-Z0-9])  -(.*)", re.DOTALL)
_LOOSE_TAG = re.compile(r"([A-Z][A-Z0-9]) {0,4}-(?= |\Z)(.*)", re.DOTALL)
_LOOSE_TYPE = re.compile(r"TY {0,4}- ?[A-Z]")
_PREAMBLE = 8
"""Lines in which some sites first say who they are."""

_LINES = 100_000
"""Lines of one field; nobody's note has more."""

_TITLES = ("TI", "T1", "CT")
_NAMES = (
    "DO",
    "DI",
    "UR",
    "AN",
    "M1",
    "M3",
    "VL",
    "IS",
    "JO",
    "JF",
    "JA",
    "J2",
    "T2",
    "ID",
    "C1",
    "C2",
    "C7",
    "SP",
    "PB",
)
_LINKED = ("UR", "L1", "L2", "L3", "LK")


class _Record(Struct):
    """One record: the values of each tag, their lines kept, in order."""

    line: int
    values: dict[str, list[list[str]]] = field(default_factory=dict)
    whole: bool = False

    def some(self, *tags: str) -> list[str]:
        """Return the values of some tags, each with its lines."""
        return [_joined(lines) for tag in tags for lines in self.values.get(tag, ())]

    def one(self, *tags: str) -> str:
        """Return the first value of the first of some tags that has any."""
        return next(filter(None, self.some(*tags)), "")


def recognised(text: str) -> bool:
    """Tell whether a text is RIS by how it begins: with a record, or with lines of one that is cut off."""
    lines = [line for line in text[:_HEAD].split("\n") if line.strip()][: _PREAMBLE + 1]
    return any(map(_LOOSE_TYPE.match, lines)) or (len(lines) > 1 and all(map(_TAG.fullmatch, lines[:2])))


def decode(text: str, *, origin: str, made: date, day: date | None = None) -> Batch:
    """Read the papers of RIS with what their owner says of them in keywords and notes.

    Records that break off, at either end of the file or in its midst, give what stands there of them.

    Args:
        text: the whole file.
        origin: path, for messages.
        made: the file's own date.
        day: the day the user said.
    """
    references: list[Reference] = []
    skipped: list[Skip] = []
    for record in _records(text):
        found = reference_of(_raw(record))
        if isinstance(found, Skip):
            skipped.append(found)
            continue
        references.append(found)
        if not record.whole:
            end, other = ("end", "before") if "TY" in record.values else ("beginning", "behind")
            skipped.append(
                Skip(record.line, f"the {end} of a record, which is cut off; what stands {other} it was taken")
            )
    return batch_of(references, skipped, kind=_KIND, origin=origin, made=made, day=day)


def _records(text: str) -> Iterator[_Record]:
    """Yield the records of a text; lines without a tag go on with what stands before them."""
    record: _Record | None = None
    lines: list[str] = []
    tagged = _TAG if "TY  -" in text or not re.search(r"(?m)^TY {0,4}- ", text) else _LOOSE_TAG
    for number, line in enumerate(text.split("\n"), 1):
        found = tagged.fullmatch(line)
        if not found:
            if len(lines) < _LINES:
                lines.append(line)
            continue
        tag, value = found[1], found[2].removeprefix(" ")
        if tag == "ER":
            if record is not None:
                record.whole = "TY" in record.values
                yield record
            record, lines = None, []
            continue
        if tag == "TY" and record is not None:
            yield record
            record = None
        if record is None:
            record = _Record(number)
        lines = [value]
        record.values.setdefault(tag, []).append(lines)
    if record is not None:
        yield record


def _raw(record: _Record) -> Raw:
    """Return what a record says."""
    title = record.one(*_TITLES) or record.one("BT")
    if record.one("ID").startswith("DBLP:"):
        # dblp ends every title with a full stop.
        title = title.removesuffix(".")
    words = record.some("KW")
    # One of several is a keyword whole; alone it may be all of them.
    tags = [tag for text in words for tag in (tags_in(text) if len(words) == 1 else re.split(r"[;\n]", text))]
    urls = [part.strip() for text in record.some(*_LINKED) for part in re.split(r";\s*(?=https?:)|\s+", text)[:20]]
    return Raw(
        where=f"line {record.line}",
        line=record.line,
        title=title,
        abstract=record.one("AB", "N2"),
        authors=[_forward(name) for name in record.some("AU", "A1") or record.some("A2", "ED")],
        published=date_in(*record.some("DA", "PY", "Y1")),
        names=[*record.some(*_NAMES), *urls],
        addresses=[url for url in urls if url.lower().startswith("http")],
        remarks=[],
        tags=tags,
        organization=record.one("AD") if "THES" in record.some("TY") else "",
        notes=record.some("N1", "RN", "NO"),
    )


def _joined(lines: list[str]) -> str:
    """Return the lines of a value: the blank goes that keeps those behind the first from passing for fields."""
    first, *more = lines
    if all(line.startswith(" ") for line in more if line):
        more = [line[1:] for line in more]
    return "\n".join((first, *more)).strip()


def _forward(name: str) -> str:
    """Return `Last, First, Jr.` as `First Last, Jr.`; a name without a comma as it is."""
    last, *rest = (part.strip() for part in name.split(",", 2))
    given = rest[0] if rest else ""
    suffix = f", {rest[1]}" if len(rest) > 1 and rest[1] else ""
    return f"{given} {last}{suffix}".strip() if given else f"{last}{suffix}"
