"""What readlist exports, read again: JSON, JSON Lines and CSV with announcements and marks, files of notes."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import TypeVar, cast

from msgspec import Struct, field
from msgspec.structs import replace

from readlist.model.feed import ADDED
from readlist.model.mark import LONGEST_NOTE, Mark
from readlist.model.paper import (
    MOST_VERSIONS,
    Announcement,
    Link,
    Paper,
    arxiv_id,
    bare_title,
    doi_of,
    fingerprint,
    identifiers_of,
)
from readlist.model.time import PublicationDate, parse_date, parse_time
from readlist.notes.note_file import NoteFile
from readlist.sources.batch import Batch, Skip, feed_name, limit_skips
from readlist.sources.formats.exact_values import restored, values_of
from readlist.sources.formats.json_values import Record, UnreadableError, as_count, as_link, parse_value
from readlist.text.clean import clean, clean_line
from readlist.text.dates import WrittenDate, date_in
from readlist.text.links import find_links, merge_links

_DAMAGED = 100
"""Damaged records after which the rest of a file is skipped: searching for the next takes ever longer."""

_TOO_DAMAGED = "too many damaged records; the rest was skipped"

_AUTHORS = 5_000
_WORDS = 500
_FEEDS = 1_000
_LOOKED_AT = 200
_SHOWN = 40
_KEY = re.compile(r"(?:arxiv|doi|title):\S")
# readlist writes the key of a record first; no object inside a record has one.
_RECORD = re.compile(r'\{\s*"key"\s*:\s*"(?:arxiv|doi|title):')
_BETWEEN = re.compile(r"[\s,\[\]]*+")
_OWN_FIELDS = ("read", "starred", "note", "feeds", "links")

Found = tuple[int | None, object] | Skip
"""A record with the line it begins in (None if unknown), or what was skipped."""

_T = TypeVar("_T")


class _ExportedPaper(Struct):
    """What one record says, and which of its fields could not be used."""

    paper: Paper
    announcements: list[Announcement]
    mark: Mark
    problems: list[str]


class _Fields(Struct):
    """The fields of a record; one of a wrong form is skipped and recorded in `problems`."""

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
        """Return a text on one line, or empty."""
        return self.one(name, lambda value: clean_line(value) if isinstance(value, str) else None, "a text") or ""

    def text(self, name: str, limit: int) -> str:
        """Return a text with its lines, or empty."""
        return self.one(name, lambda value: clean(value, limit) if isinstance(value, str) else None, "a text") or ""


def is_readlist_json(data: object) -> bool:
    """Tell whether JSON is a readlist export: one of its first records has a key and a title."""
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
    """Tell whether a text that is not JSON as a whole holds exported records: JSON Lines, or a damaged file."""
    return _RECORD.search(text, 0, 65_536) is not None


def parse_records(data: object) -> Iterator[Found]:
    """Yield the records of an exported value, or of the text of JSON Lines or damaged JSON with the line of each."""
    if isinstance(data, str):
        yield from _records_in(data)
    else:
        yield from ((None, record) for record in (data if isinstance(data, list) else [data]))


def _records_in(text: str) -> Iterator[Found]:
    """Yield the values of a text; after a damaged record the next object that begins with a key is the next one."""
    place, counted, line, damaged = 0, 0, 1, 0
    while (between := _BETWEEN.match(text, place)) and between.end() < len(text):
        place = between.end()
        line += text.count("\n", counted, place)
        counted = place
        try:
            value, place = parse_value(text, place)
        except UnreadableError as error:
            reason = f"a damaged or truncated record ({error.reason})"
            at = f" in line {error.line}" if error.line and error.line != line else ""
            yield Skip(line, f"{reason[:-1]}{at})" if at else reason, lost=True)
            damaged += 1
            if damaged > _DAMAGED:
                yield Skip(line, _TOO_DAMAGED, lost=True)
                break
            following = _RECORD.search(text, place + 1)
            if following is None:
                break
            place = following.start()
        else:
            yield line, value


def batch_of_records(found: Iterable[Found], *, kind: str, origin: str, made: date, day: date | None = None) -> Batch:
    """Return the papers of exported records, with all their announcements and with the marks and their times.

    Args:
        found: in file order, with what was skipped; of the records of one paper the later ones add announcements and
            what the first lacks.
        kind: what the file is, in words.
        origin: path, for messages.
        made: the file's own date, for announcements without one.
        day: the day the user said, over all that the records say.
    """
    feed = feed_name(origin, kind)
    kept: dict[str, _ExportedPaper] = {}
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
            passed.append(Skip(line, f"{where}{read.problems[0]}; skipped{more}", lost=True))
        known = kept.setdefault(read.paper.key, read)
        if known is not read:
            passed.append(Skip(line, f"{where}the same paper as an earlier one, {read.paper.key}; merged"))
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


def _read(record: object, feed: str, place: int, made: date, day: date | None) -> _ExportedPaper | str:
    """Return what a record says, or why it is no paper."""
    if not isinstance(record, dict):
        return f"not a paper: {_shown(record)}"
    fields = _Fields(record)
    key = fields.line("key")
    title = fields.line("title")
    # The key first: a spreadsheet takes an arXiv id for a number and drops its last zeros.
    arxiv = arxiv_id(_after(key, "arxiv")) or fields.one("arxiv", lambda value: _named(arxiv_id, value), "an arXiv id")
    doi = doi_of(_after(key, "doi")) or fields.one("doi", lambda value: _named(doi_of, value), "a DOI")
    names = identifiers_of(title, arxiv or "", doi or "")
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
        links=merge_links(fields.many("links", as_link, "a link", _WORDS)),
        summary=fields.text("summary", 100_000),
        keywords=tuple(fields.many("keywords", _line, "a keyword", _WORDS)),
        organization=fields.line("organization"),
        version=fields.one("version", _version, "a version like 2") or 0,
        revised=fields.one("revised", _day, "a day like 2026-08-31"),
        comment=fields.line("comment"),
        journal=fields.line("journal"),
        withdrawn=fields.line("withdrawn"),
    )
    mark = Mark(
        fields.one("read", parse_time, "a time like 2026-08-31T09:30:00Z"),
        fields.one("starred", parse_time, "a time like 2026-08-31T09:30:00Z"),
        fields.text("note", LONGEST_NOTE),
    )
    announcements = _announcements(fields, feed, place, made, day)
    return _ExportedPaper(paper, announcements, mark, fields.problems)


def _announcements(fields: _Fields, feed: str, place: int, made: date, day: date | None) -> list[Announcement]:
    """Return the announcements of a record, at least one; the latest first, with the counts of the record."""

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
    """Merge the marks of two records of one paper: the earlier times, both notes."""
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


def _version(value: object) -> int | None:
    version = as_count(value)
    return version if version is not None and version <= MOST_VERSIONS else None


def _shown(value: object) -> str:
    """Return a value as a message quotes it."""
    text = clean_line(value if isinstance(value, str) else repr(value)[: _SHOWN * 8], _SHOWN)
    return f"“{text}”"


_CSV_HEAD = 4_000
_LISTS = ("authors", "keywords")
_TYPICAL = frozenset({"citation_key", "starred", "organization", "upvotes"})
# The export escapes a text that a spreadsheet would run, and one that looks escaped.
_ESCAPED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")
_ROW = re.compile(r"""^["']{0,2}(?:arxiv|doi|title):""")


def is_readlist_csv(text: str) -> bool:
    """Tell whether a text is an exported CSV, by its header."""
    return _delimiter(text) is not None


def parse_csv(text: str) -> Iterator[Found]:
    """Yield the rows of an exported CSV as records; its line ends are line feeds."""
    # The default limit of a cell is 131,072 characters; the csv module has one for the whole process.
    limit = csv.field_size_limit(len(text) + 1)
    try:
        header: list[str] = []
        for line, cells, problem in _rows(text, _delimiter(text) or ","):
            if problem:
                yield Skip(line, problem, lost=True)
            elif not header:
                header = cells
            elif any(cells):
                if len(cells) != len(header):
                    reason = f"the row has {len(cells)} cells for {len(header)} columns; those that match were imported"
                    yield Skip(line, reason, lost=True)
                yield line, _csv_record(dict(zip(header, cells, strict=False)))
    finally:
        csv.field_size_limit(limit)


def _delimiter(text: str) -> str | None:
    """Return the delimiter of an exported header, None for another header."""
    head = text[:_CSV_HEAD].split("\n", 1)[0]
    for delimiter in ",;\t":
        names = {name.strip().strip('"') for name in head.split(delimiter)}
        if {"key", "title"} <= names and names & _TYPICAL:
            return delimiter
    return None


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str], str]]:
    """Return each row with the line it begins in, or what is wrong with it.

    An unclosed quotation mark takes in all that follows: reading goes on at the next line that begins like a row.
    """
    rows: list[tuple[int, list[str], str]] = []
    lines = text.split("\n")
    at, damaged = 0, 0
    while at < len(lines):
        reader = csv.reader(
            (f"{lines[number]}\n" for number in range(at, len(lines))), delimiter=delimiter, strict=True
        )
        begun = at
        try:
            for cells in reader:
                rows.append((begun + 1, cells, ""))
                begun = at + reader.line_num
            break
        except csv.Error as error:
            rows.append((begun + 1, [], f"a damaged or truncated row ({error})"))
        damaged += 1
        if damaged > _DAMAGED:
            rows.append((begun + 1, [], _TOO_DAMAGED))
            break
        at = next((number for number in range(begun + 1, len(lines)) if _ROW.match(lines[number])), len(lines))
    return rows


def _csv_record(row: dict[str, str]) -> Record:
    """Return a row as the record that the JSON export holds."""
    cells = {name: cell[1:] if _ESCAPED.match(cell) else cell for name, cell in row.items()}
    record: dict[str, object] = dict(cells)
    for name in _LISTS:
        record[name] = [part for part in cells.get(name, "").split("; ") if part]
    kinds = cells.get("link_kinds", "").split("; ")
    urls = [url for url in cells.get("links", "").split("; ") if url]
    record["links"] = [
        {"url": url, "kind": kinds[place] if place < len(kinds) else None} for place, url in enumerate(urls)
    ]
    # Feeds are no column of the table.
    record.pop("feeds", None)
    return record


def batch_of_notes(files: Iterable[NoteFile], origin: str, day: date) -> Batch:
    """Return the papers of note files as added by the user on a day, without those that can't be identified."""
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
        # A key by title is valid only together with the title.
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
        comment=clean_line(file.value("comment")),
        journal=clean_line(file.value("journal")),
    )
    return replace(paper, **restored(values_of(paper), file.value("exact")))


def date_of(file: NoteFile) -> WrittenDate:
    """Return the date of publication in a file, and what of it can't be read."""
    return date_in(file.value("published"))


def names_of(file: NoteFile) -> tuple[str, ...]:
    """Return the identifiers by which a file's paper may be known, the strongest first."""
    paper = paper_of(file)
    return tuple(dict.fromkeys((file.key, *(paper.identifiers if paper is not None else ()))))
