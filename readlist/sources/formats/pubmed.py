"""References as PubMed exports them: the tagged MEDLINE format (`.nbib`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from msgspec import Struct, field
from msgspec.structs import replace

from readlist.model.paper import doi_of
from readlist.sources.batch import Batch, Skip
from readlist.sources.formats.reference import Raw, batch_of, reference_of
from readlist.sources.formats.reference_date import date_in, most_exact
from readlist.text.names import in_order

_KIND = "PubMed"
_HEAD = 65_536
_PREAMBLE = 8
_LINES = 100_000
# A tag fills four columns, then come a hyphen and a blank; wrapped lines are indented by six
# (https://www.nlm.nih.gov/bsd/mms/medlineelements.html).
_TAG = re.compile(r"(?=.{4}-)([A-Z][A-Z0-9]{1,3}) *-(?: (.*))?")
_START = re.compile(r"PMID- {0,3}[0-9]{1,9}\s*")
_IDENTIFIER = re.compile(r"(.+?)\s*\[(doi|pii|bookaccession)\]\s*", re.IGNORECASE)
_SOURCE_DOI = re.compile(r"\bdoi:\s*(10\.\S+)", re.IGNORECASE)
_SHORT_NAME = re.compile(r"(.*\S) ([A-Z]{1,4})((?: (?:Jr|Sr|[2-4](?:nd|rd|th)|I{1,3}|IV))?)")
_SUFFIXED = re.compile(r"(.*\S) (Jr|Sr|[2-4](?:nd|rd|th)|I{2,3}|IV)\.?")


class _Record(Struct):
    """One record: its tags with their values, in order."""

    line: int
    values: list[tuple[str, list[str]]] = field(default_factory=list)

    def some(self, *tags: str) -> list[str]:
        """Return the values of some tags in the order of the file."""
        return [text for tag, lines in self.values if tag in tags and (text := _joined(lines))]

    def one(self, *tags: str) -> str:
        """Return the first value of the first of some tags that has any."""
        return next((text for tag in tags for text in self.some(tag)), "")


def recognised(text: str) -> bool:
    """Tell whether a text is of PubMed by how it begins: with the number of a record, and a tag of it below."""
    lines = [line for line in text[:_HEAD].split("\n") if line.strip()][: _PREAMBLE + 2]
    return any(_START.fullmatch(line) and _TAG.fullmatch(following) for line, following in pairwise(lines))


def decode(text: str, *, origin: str, made: date, day: date | None = None) -> Batch:
    """Read the papers of PubMed's tagged format.

    Its keywords are the publisher's and the indexers': they mark nothing as starred or read. See `batch_of`.
    """
    found = (reference_of(_raw(record)) for record in _records(text))
    unmarked = (each if isinstance(each, Skip) else replace(each, starred=False, read=False) for each in found)
    return batch_of(unmarked, kind=_KIND, origin=origin, made=made, day=day)


def _records(text: str) -> Iterator[_Record]:
    """Yield the records of a text; a line without a tag goes on with what stands before it."""
    record: _Record | None = None
    for number, line in enumerate(text.split("\n"), 1):
        found = None if line.startswith("  ") else _TAG.fullmatch(line.rstrip())
        if found and found[1] == "PMID" and record is not None:
            yield record
            record = None
        if found:
            record = record or _Record(number)
            record.values.append((found[1], [found[2] or ""]))
        elif record is not None and line.strip() and len(record.values[-1][1]) < _LINES:
            record.values[-1][1].append(line)
    if record is not None:
        yield record


def _joined(lines: list[str]) -> str:
    return " ".join(part for line in lines if (part := line.strip()))


def _raw(record: _Record) -> Raw:
    names = []
    on_arxiv = record.one("JT", "TA").lower() == "arxiv"
    for value in record.some("LID", "AID", "DOI"):
        found = _IDENTIFIER.fullmatch(value)
        name, kind = (found[1], found[2].lower()) if found else (value, "")
        # An article's number at its publisher may look like anything.
        if kind == "doi" or (not kind and doi_of(name)) or on_arxiv or name.lower().startswith("arxiv:"):
            names.append(name)
    if named := _SOURCE_DOI.search(record.one("SO")):
        names.append(named[1].rstrip(".,;"))
    number = record.one("PMID")
    return Raw(
        where=f"line {record.line}",
        line=record.line,
        title=_title(record),
        abstract=record.one("AB", "OAB"),
        authors=_authors(record) or [_forward(name) for name in record.some("FED") or record.some("ED")],
        # `2019 Aug 26`, else the day of the electronic publication, else the month of `2019 Jul-Aug`.
        published=most_exact([date_in(record.one("DP")), date_in(record.one("DEP"))]),
        names=names,
        addresses=[f"https://pubmed.ncbi.nlm.nih.gov/{number}/"] if re.fullmatch(r"[0-9]{1,9}", number) else [],
        tags=_keywords(record),
    )


def _title(record: _Record) -> str:
    """Return the title without the full stop behind every one, and the brackets around a translated one."""
    title = record.one("TI", "BTI", "CTI", "TT")
    bare = title if title.endswith("..") else title.removesuffix(".")
    whole = re.fullmatch(r"\[([^\[\]]+)\]", bare)
    return whole[1] if whole else bare


def _authors(record: _Record) -> list[str]:
    """Return persons and groups in order; the short form of a name stands below its full one."""
    names: list[str] = []
    full = False
    for tag, lines in record.values:
        name = _joined(lines)
        if tag == "FAU" and name:
            names.append(_forward(name))
            full = True
        elif tag == "AU":
            if not full and name:
                short = _SHORT_NAME.fullmatch(name)
                names.append(in_order(short[1], short[2], short[3].strip()) if short else name)
            full = False
        elif tag == "CN" and name:
            names.append(name)
    return names


def _forward(name: str) -> str:
    """Return `Last, First Jr` as `First Last, Jr`."""
    last, _, given = (part.strip() for part in name.partition(","))
    suffixed = _SUFFIXED.fullmatch(given)
    return in_order(last, suffixed[1], suffixed[2]) if suffixed else in_order(last, given)


def _keywords(record: _Record) -> list[str]:
    """Return the authors' keywords, then the headings of MeSH without what qualifies them."""
    words = [word.strip("* ") for word in record.some("OT")]
    headings = [heading.partition("/")[0].strip("* ") for heading in record.some("MH")]
    return list(dict.fromkeys(filter(None, (*words, *headings))))
