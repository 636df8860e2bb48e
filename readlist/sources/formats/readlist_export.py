"""Papers as readlist exports them (JSON, JSON Lines, CSV), read again with their announcements and marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import TypeVar, cast, get_args

from msgspec import Struct, field
from msgspec.structs import replace

from readlist.model.mark import LONGEST_NOTE, Mark
from readlist.model.paper import Announcement, Link, LinkKind, Paper, arxiv_id, doi_of, identifiers
from readlist.model.time import PublicationDate, parse_date, parse_time
from readlist.sources.batch import Batch, Skip, limit_skips
from readlist.sources.formats.fields import Record, as_count
from readlist.sources.formats.literal import UnreadableError, parse_value
from readlist.sources.formats.reference import feed_name
from readlist.text.clean import clean, clean_line
from readlist.text.links import merge_links, normalize

JSON, CSV = "readlist JSON", "readlist CSV"

DAMAGED = 100
"""Damaged records after which a file is given up: looking for the next one costs more and more."""

TOO_DAMAGED = "too much is damaged; what follows was not read"

_AUTHORS = 5_000
_WORDS = 500
_FEEDS = 1_000
_LOOKED_AT = 200
_SHOWN = 40
_KEY = re.compile(r"(?:arxiv|doi|title):\S")
# A record in a text: the key stands first in what readlist writes, and no object inside a record has one.
_RECORD = re.compile(r'\{\s*"key"\s*:\s*"(?:arxiv|doi|title):')
_BETWEEN = re.compile(r"[\s,\[\]]*+")
_OWN_FIELDS = ("read", "starred", "note", "feeds", "links")

Found = tuple[int | None, object] | Skip
"""A record with the line it begins in, None where there are none; or what was skipped."""

_T = TypeVar("_T")


class _Read(Struct):
    """What one record says, and which of its fields could not be used."""

    paper: Paper
    announcements: list[Announcement]
    mark: Mark
    problems: list[str]


class _Fields(Struct):
    """The fields of a record, read one by one; one of a wrong form is as good as absent, and named."""

    record: Record
    problems: list[str] = field(default_factory=list)

    def one(self, name: str, read: Callable[[object], _T | None], wanted: str) -> _T | None:
        """Return a field as read, None where it is absent or of a wrong form."""
        value = self.record.get(name)
        if value is None or value == "":
            return None
        found = read(value)
        if found is None:
            self.problems.append(f"“{name}” is not {wanted}: {_shown(value)}")
        return found

    def many(self, name: str, read: Callable[[object], _T | None], wanted: str, limit: int) -> list[_T]:
        """Return the members of a list that could be read."""
        value = self.record.get(name)
        if value is None or value == "":
            return []
        if not isinstance(value, list):
            self.problems.append(f"“{name}” is not a list: {_shown(value)}")
            return []
        found = [(each, read(each)) for each in value[:limit]]
        if wrong := [each for each, one in found if one is None]:
            self.problems.append(f"“{name}” holds what is not {wanted}: {_shown(wrong[0])}")
        return [one for _, one in found if one is not None]

    def line(self, name: str) -> str:
        """Return a text on one line, empty where there is none."""
        return self.one(name, lambda value: clean_line(value) if isinstance(value, str) else None, "a text") or ""

    def text(self, name: str, limit: int) -> str:
        """Return a text with its lines, empty where there is none."""
        return self.one(name, lambda value: clean(value, limit) if isinstance(value, str) else None, "a text") or ""


def recognised(data: object) -> bool:
    """Tell whether JSON is readlist's own: among its first records is one with a key of readlist's and a title."""
    records = data if isinstance(data, list) else [data]
    return any(map(_is_record, records[:_LOOKED_AT]))


def _is_record(item: object) -> bool:
    return (
        isinstance(item, dict)
        and isinstance(item.get("key"), str)
        and _KEY.match(item["key"]) is not None
        and isinstance(item.get("title"), str)
        and any(name in item for name in _OWN_FIELDS)
    )


def holds_records(text: str) -> bool:
    """Tell whether a text that is no JSON as a whole holds records of readlist's: JSON Lines, or a damaged file."""
    return _RECORD.search(text, 0, 65_536) is not None


def records_in(text: str) -> Iterator[Found]:
    """Yield the records of JSON Lines, or of JSON that is damaged or cut off, with the line of each.

    What can't be read is named; the next record after it is the next object that begins with a key of readlist's.
    """
    place, counted, line, damaged = 0, 0, 1, 0
    while (between := _BETWEEN.match(text, place)) and between.end() < len(text):
        place = between.end()
        line += text.count("\n", counted, place)
        counted = place
        try:
            value, place = parse_value(text, place)
        except UnreadableError as error:
            reason = f"a record begins here that is damaged or cut off ({error.reason})"
            at = f" in line {error.line}" if error.line and error.line != line else ""
            yield Skip(line, f"{reason[:-1]}{at})" if at else reason, lost=True)
            damaged += 1
            if damaged > DAMAGED:
                yield Skip(line, TOO_DAMAGED, lost=True)
                break
            following = _RECORD.search(text, place + 1)
            if following is None:
                break
            place = following.start()
        else:
            yield line, value


def decode(found: Iterable[Found], *, kind: str, origin: str, made: date, day: date | None = None) -> Batch:
    """Return the papers of exported records, with all their announcements and with the marks and their times.

    Args:
        found: in file order, with what was skipped; of the records of one paper the later ones add announcements and
            what the first lacks.
        kind: `JSON` or `CSV`.
        origin: path, for messages.
        made: the file's own date, for announcements without one.
        day: the day the user said, over all that the records say.
    """
    feed = feed_name(origin, kind)
    kept: dict[str, _Read] = {}
    found = list(found)
    passed = [each for each in found if isinstance(each, Skip)]
    for place, (line, record) in enumerate((each for each in found if not isinstance(each, Skip)), 1):
        where = "" if line else f"item {place}: "
        read = _read(record, feed, place, made, day)
        if isinstance(read, str):
            passed.append(Skip(line, f"{where}{read}", lost=True))
            continue
        if read.problems:
            more = f" (and {len(read.problems) - 1} more)" if len(read.problems) > 1 else ""
            passed.append(Skip(line, f"{where}{read.problems[0]}; left out{more}", lost=True))
        known = kept.setdefault(read.paper.key, read)
        if known is not read:
            passed.append(Skip(line, f"{where}the same paper as an earlier one, {read.paper.key}; they are one now"))
            known.announcements += read.announcements
            known.mark = _folded(known.mark, read.mark)
    if not kept:
        reason = f"{f'line {passed[0].line}: ' if passed[0].line else ''}{passed[0].reason}" if passed else "empty"
        return Batch(origin, kind, feed, failure=f"{origin}: {kind} without papers ({reason}); export it again")
    marks = {key: read.mark for key, read in kept.items() if read.mark != Mark()}
    further = {key: tuple(read.announcements[1:]) for key, read in kept.items() if read.announcements[1:]}
    return Batch(
        origin,
        kind,
        feed,
        day,
        tuple((read.paper, read.announcements[0]) for read in kept.values()),
        limit_skips(passed),
        marks=MappingProxyType(marks),
        further=MappingProxyType(further),
        timed=True,
    )


def _read(record: object, feed: str, place: int, made: date, day: date | None) -> _Read | str:
    """Return what a record says, or why it is no paper."""
    if not isinstance(record, dict):
        return f"no record of a paper: {_shown(record)}"
    fields = _Fields(record)
    key = fields.line("key")
    title = fields.line("title")
    # The key goes first: to a spreadsheet an arXiv id is a number, whose last zeros count for nothing.
    arxiv = arxiv_id(_after(key, "arxiv")) or fields.one("arxiv", lambda value: _named(arxiv_id, value), "an arXiv id")
    doi = doi_of(_after(key, "doi")) or fields.one("doi", lambda value: _named(doi_of, value), "a DOI")
    names = identifiers(title, arxiv or "", doi or "")
    if not names:
        return "no title, arXiv id or DOI"
    published = fields.one("published", _published, "a date like 2026-08-31, 2026-08 or 2026")
    paper = Paper(
        key=key if key in names or (key.startswith("title:") and _KEY.match(key) and " " not in key) else names[0],
        title=title,
        abstract=fields.text("abstract", 100_000),
        authors=tuple(fields.many("authors", _line, "a name", _AUTHORS)),
        published=cast("PublicationDate | None", published),
        arxiv=arxiv or "",
        doi=doi or "",
        links=merge_links(fields.many("links", _link, "a link", _WORDS)),
        summary=fields.text("summary", 100_000),
        keywords=tuple(fields.many("keywords", _line, "a keyword", _WORDS)),
        organization=fields.line("organization"),
    )
    mark = Mark(
        fields.one("read", parse_time, "a time like 2026-08-31T09:30:00Z"),
        fields.one("starred", parse_time, "a time like 2026-08-31T09:30:00Z"),
        fields.text("note", LONGEST_NOTE),
    )
    announcements = _announcements(fields, feed, place, made, day)
    return _Read(paper, announcements, mark, fields.problems)


def _announcements(fields: _Fields, feed: str, place: int, made: date, day: date | None) -> list[Announcement]:
    """Return the announcements of a record, at least one, the latest first and with the counts of the record."""

    def announcement(value: object) -> Announcement | None:
        name = _line(value.get("name")) if isinstance(value, dict) else None
        if not isinstance(value, dict) or not name:
            return None
        given = _day(value.get("date"))
        if given is None and value.get("date") is not None:
            return None
        return Announcement(name, day or given or made, as_count(value.get("position")) or place)

    found = fields.many("feeds", announcement, "a feed with its name and day", _FEEDS)
    latest = sorted(found, key=lambda one: (one.day is None, -(one.day or made).toordinal(), one.feed, one.position))
    given = fields.one("day", _day, "a day like 2026-08-31")
    first, *rest = latest or [Announcement(feed, day or given or made, place)]
    counts = [fields.one(name, as_count, "a count") for name in ("upvotes", "comments", "stars")]
    return [replace(first, upvotes=counts[0], comments=counts[1], stars=counts[2]), *rest]


def _folded(one: Mark, other: Mark) -> Mark:
    """Return the marks of two records of one paper as one: the earlier times, both notes."""
    notes = dict.fromkeys(note for note in (one.note, other.note) if note)
    return Mark(
        min(filter(None, (one.read, other.read)), default=None),
        min(filter(None, (one.starred, other.starred)), default=None),
        "\n\n".join(notes),
    )


def _after(key: str, kind: str) -> str:
    """Return what a key of a kind names, empty for a key of another kind."""
    return key.removeprefix(f"{kind}:") if key.startswith(f"{kind}:") else ""


def _named(read: Callable[[str], str], value: object) -> str | None:
    return (read(value[:2_000]) or None) if isinstance(value, str) else None


def _line(value: object) -> str | None:
    return (clean_line(value) or None) if isinstance(value, str) else None


def _dated(parse: Callable[[str], _T], value: object) -> _T | None:
    try:
        return parse(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None


_published = partial(_dated, parse_date)
_day = partial(_dated, date.fromisoformat)


def _link(value: object) -> Link | None:
    """Return a link: an address of the web alone, or with its kind and its full address beside it."""
    given: Mapping[str, object] = value if isinstance(value, dict) else {"url": value}
    url, full = given.get("url"), given.get("full")
    link = normalize(url) if isinstance(url, str) else None
    if link is None:
        return None
    kind = next((kind for kind in get_args(LinkKind) if kind == given.get("kind")), link.kind)
    whole = normalize(full) if isinstance(full, str) and full else None
    return replace(link, kind=kind, full=(whole.full or whole.url) if whole else link.full)


def _shown(value: object) -> str:
    """Return a value as a message quotes it."""
    text = clean_line(value if isinstance(value, str) else repr(value)[: _SHOWN * 8], _SHOWN)
    return f"“{text}”"
