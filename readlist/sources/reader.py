"""Captured pages, HTML, JSON, references, feeds, lists of feeds from files, folders, standard input: a Batch a file."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from msgspec import Struct
from msgspec.structs import replace

from readlist.files import NotAFile, open_regular
from readlist.sources import refusal
from readlist.sources.batch import Batch, limit_skips
from readlist.sources.detect import REFERENCE_SUFFIXES, XML_SUFFIXES, Detected, Format, detect, holds_notes
from readlist.sources.formats import daily_papers, readlist_export, syndication
from readlist.text.clean import clean_line, shown_path

if TYPE_CHECKING:
    from readlist.sources.formats.feed_entry import Channel

SIZE_LIMIT = 256 * 1024 * 1024
SUFFIXES = frozenset({".txt", ".md", ".html", ".htm", ".json", ".jsonl", ".ndjson", *REFERENCE_SUFFIXES}) | XML_SUFFIXES
STDIN = "-"

_CHUNK = 1 << 20
_DATE_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_]?(\d\d)[-_]?(\d\d)(?!\d)")


class _Input(Struct, frozen=True):
    """One file to be read, or what stands against it; its name as it can be shown, and to the letter."""

    name: str
    path: Path | None = None
    size: int = 0
    failure: str = ""
    given: str = ""


def read(
    paths: Iterable[str | Path],
    *,
    day: date | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    stdin: BinaryIO | None = None,
    today: date | None = None,
) -> Iterator[Batch]:
    """Read files, folders and standard input, one Batch a file, in the order given; folders sorted by name.

    Content decides how a file is read, not its name. Of a folder `*.txt *.md *.html *.htm *.json *.jsonl *.ndjson *.xml
    *.rss *.atom *.opml *.bib *.bibtex *.ris *.nbib` are read, without hidden ones and without following links out of
    it. Nothing is raised for what is wrong with a file: the batch bears a `failure` of the form `PATH: what is wrong;
    what to do`. A feed without entries is no failure, nor is a list of feeds, whose batch bears `feeds` and no papers.

    Args:
        paths: files, folders, `-` for standard input.
        day: the day of every list read, over what the files say.
        progress: called with bytes done, bytes in all (without those of standard input) and the file's name, before
            the first file and after each.
        stdin: what `-` reads, else the process's own.
        today: the day standard input was captured, else the present one.
    """
    inputs = [found for path in paths for found in _find(path)]
    total = sum(found.size for found in inputs)
    done = 0
    if progress and inputs:
        progress(0, total, inputs[0].name)
    for found in inputs:
        yield _read(found, day=day, stdin=stdin, today=today or date.today())
        done += found.size
        if progress:
            progress(done, total, found.name)


def _find(given: str | Path) -> Iterator[_Input]:
    """Yield what a path stands for: the file itself, or the pages of a folder."""
    if str(given) == STDIN:
        yield _Input("standard input")
        return
    name, path = shown_path(given), Path(given)
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        yield _Input(name, failure=_trouble(path, error), given=str(given))
        return
    if not stat.S_ISDIR(status.st_mode):
        yield _Input(name, path, status.st_size if stat.S_ISREG(status.st_mode) else 0, given=str(given))
        return
    try:
        notes = holds_notes(path)
    except OSError:
        notes = False
    if notes:
        yield _Input(name, failure=refusal.NOTES, given=str(given))
        return
    pages = list(_walk(path))
    yield from pages
    if not pages:
        wanted = ", ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        yield _Input(name, failure=f"a folder without pages; it needs {wanted}", given=str(given))


def _walk(folder: Path) -> Iterator[_Input]:
    root = os.path.realpath(folder).rstrip(os.sep)
    # A stack rather than recursion: folders may nest deeper than Python's calls.
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        try:
            if path != folder and not stat.S_ISDIR(path.lstat().st_mode):
                yield _Input(shown_path(path), path, path.stat().st_size, given=str(path))
                continue
            with os.scandir(path) as entries:
                names = sorted(entry.name for entry in entries if _wanted(entry, root))
        except OSError as error:
            yield _Input(shown_path(path), failure=_trouble(path, error), given=str(path))
            continue
        waiting.extend(path / name for name in reversed(names))


def _wanted(entry: os.DirEntry[str], root: str) -> bool:
    """Return whether a folder's entry is a page or a folder to look into."""
    if entry.name.startswith("."):
        return False
    if entry.is_dir(follow_symlinks=False):
        return True
    if Path(entry.name).suffix.lower() not in SUFFIXES or not entry.is_file():
        return False
    return not entry.is_symlink() or os.path.realpath(entry.path).startswith(root + os.sep)


def _read(found: _Input, *, day: date | None, stdin: BinaryIO | None, today: date) -> Batch:
    if found.failure:
        return Batch(found.name, failure=f"{found.name}: {found.failure}", path=found.given)
    origin = found.name if found.path else STDIN
    try:
        data, failure, made = _load(found.path, today) if found.path else (*_take_stdin(stdin), today)
    except (OSError, ValueError) as error:
        data, failure, made = b"", _trouble(found.path, error), today
    if failure:
        batch = Batch(origin, failure=f"{origin}: {failure}")
    else:
        batch = _parse(data, found, origin, made, day, today)
        # What was passed over is quoted, and may hold anything.
        skipped = tuple(replace(skip, reason=clean_line(skip.reason)) for skip in batch.skipped)
        batch = replace(batch, skipped=skipped)
    if not found.path and batch.failure:
        batch = replace(batch, failure=f"{found.name}{batch.failure.removeprefix(STDIN)}")
    return replace(batch, path=found.given)


def _load(path: Path, today: date) -> tuple[bytes, str, date]:
    """Return a file's bytes, what stands against reading it, and its own date."""
    try:
        with open_regular(path) as file:
            status = os.fstat(file.fileno())
            data, failure = (b"", _TOO_LARGE) if status.st_size > SIZE_LIMIT else _take(file.read)
    except NotAFile as error:
        return b"", f"{error.kind}, no file; give {STDIN} to read from a pipe", today
    try:
        return data, failure, date.fromtimestamp(status.st_mtime)
    except (ValueError, OverflowError, OSError):
        return data, failure, today


def _take_stdin(stdin: BinaryIO | None) -> tuple[bytes, str]:
    source = stdin or getattr(sys.stdin, "buffer", None)
    return _take(source.read) if source else (b"", "closed; give a file")


def _take(source: Callable[[int], bytes | None]) -> tuple[bytes, str]:
    """Return all that a reader gives, up to the limit, and what stands against it."""
    chunks: list[bytes] = []
    size = 0
    while chunk := source(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > SIZE_LIMIT:
            return b"", _TOO_LARGE
    return b"".join(chunks), ""


_TOO_LARGE = f"larger than {SIZE_LIMIT >> 20} MiB, which no captured page is; give the pages one by one"


def _trouble(path: Path | None, error: OSError | ValueError) -> str:
    """Return what an error of the system means for the user, and what to do."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ENOENT:
        dangling = path is not None and path.is_symlink()
        return "a link to a file that is not there; mend the link" if dangling else "no such file; check the name"
    if number in (errno.EACCES, errno.EPERM):
        return "permission denied; allow yourself to read it"
    if number == errno.ELOOP:
        return "a link that leads back to itself; mend the link"
    if number in (errno.ENXIO, errno.ENODEV):
        return f"a socket or device, no file; give {STDIN} to read from a pipe"
    if number == errno.ENAMETOOLONG or (number is None and path):
        return "no possible name of a file; check the name"
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return f"can't be read ({(reason or 'unknown error').lower()}); copy it elsewhere and try again"


def _parse(data: bytes, found: _Input, origin: str, made: date, day: date | None, today: date) -> Batch:
    """Return what a file's bytes hold."""
    name = found.path.name if found.path else ""
    detected = detect(data, name)
    if detected.format is Format.REFUSED:
        batch = Batch(origin, failure=f"{origin}: {detected.reason}")
    elif detected.format is Format.OPML:
        from readlist.sources.formats import opml

        batch = opml.decode(data, origin=origin)
    elif detected.format is Format.FEED:
        batch = syndication.decode(data, origin=origin, feed="", today=today, day=day, made=made)
        return replace(batch, failure=batch.failure.replace(syndication.ADVICE, _XML_READ))
    elif detected.format is Format.JSON_FEED:
        channel = cast("Channel", detected.value)
        return syndication.batch(channel, origin=origin, feed="", today=today, day=day, made=made)
    else:
        batch = _decode(detected, name, origin, made, day)
        if not batch.items and not batch.failure:
            batch = replace(batch, failure=f"{origin}: a {batch.kind or 'page'} without papers; save the page again")
    remarks = (detected.remark,) if detected.remark else ()
    return replace(batch, skipped=(*remarks, *batch.skipped))


_XML_READ = "of XML readlist reads RSS, Atom and OPML; export papers as BibTeX, RIS or CSL-JSON"
_JSON_READ = "Hugging Face's lists and papers, CSL-JSON, Zotero's and Crossref's JSON, JSON Feed and its own exports"
_COPY = "open it in a browser, copy all of it and save that as a text file"


def _decode(detected: Detected, name: str, origin: str, made: date, day: date | None) -> Batch:
    """Return the papers of a file that is neither XML nor a JSON Feed."""
    text, data = detected.text, detected.value
    match detected.format:
        case Format.HTML:
            return _html(text, origin, made, day)
        case Format.DAILY_PAPERS:
            return _daily_papers(detected, name, origin, made, day)
        case Format.RECORDS:
            records: Iterable[readlist_export.Found] = readlist_export.records_in(text)
            kind = readlist_export.JSON
            return readlist_export.decode_records(records, kind=kind, origin=origin, made=made, day=day)
        case Format.READLIST_JSON:
            records = ((None, record) for record in (data if isinstance(data, list) else [data]))
            kind = readlist_export.JSON
            return readlist_export.decode_records(records, kind=kind, origin=origin, made=made, day=day)
        case Format.READLIST_CSV:
            return readlist_export.decode_csv(text, origin=origin, made=made, day=day)
        case Format.ZOTERO:
            from readlist.sources.formats import csl_json

            return csl_json.decode_zotero(data, origin=origin, made=made, day=day)
        case Format.CSL:
            from readlist.sources.formats import csl_json

            batch = csl_json.decode_csl(data, origin=origin, made=made, day=day)
            return replace(batch, skipped=limit_skips([*detected.skipped, *batch.skipped]))
        case Format.BIBTEX:
            from readlist.sources.formats import bibtex_parser

            return bibtex_parser.decode(text, origin=origin, made=made, day=day)
        case Format.PUBMED:
            from readlist.sources.formats import tagged_reference

            return tagged_reference.decode_pubmed(text, origin=origin, made=made, day=day)
        case Format.RIS:
            from readlist.sources.formats import tagged_reference

            return tagged_reference.decode_ris(text, origin=origin, made=made, day=day)
        case _:
            return _page(detected, name, origin, made, day)


def _html(text: str, origin: str, made: date, day: date | None) -> Batch:
    from readlist.sources import catalog

    batch = daily_papers.decode_html(text, origin=origin, made=made, day=day)
    batch = batch or catalog.decode_html(text, origin=origin, made=made, day=day)
    what = refusal.of_page(text) or f"HTML without the list of papers that the site's pages hold; {_COPY}"
    return batch or Batch(origin, failure=f"{origin}: {what}")


def _daily_papers(detected: Detected, name: str, origin: str, made: date, day: date | None) -> Batch:
    lines = detected.lines
    batch = daily_papers.decode(detected.value, origin=origin, day=_named_day(name), made=made, lines=lines)
    if batch.failure and not batch.kind:
        return Batch(origin, failure=f"{origin}: JSON of another kind, without papers; readlist reads {_JSON_READ}")
    batch = replace(batch, skipped=limit_skips([*detected.skipped, *batch.skipped]))
    return daily_papers.on_day(batch, day) if day else batch


def _page(detected: Detected, name: str, origin: str, made: date, day: date | None) -> Batch:
    """Return the papers of a captured page, a list of ids and addresses, or a table of them."""
    from readlist.sources import catalog

    text = detected.text
    if detected.format is Format.TABLE:
        if listed := catalog.decode_table(text, origin=origin, made=made, day=day):
            return listed
        if detected.reason:
            return Batch(origin, failure=f"{origin}: {detected.reason}")
    batch = catalog.decode(text, origin=origin, made=made, day=day, named=_named_day(name))
    suffix = Path(name).suffix.lower()
    if not batch.items and batch.kind != catalog.KIND and suffix in REFERENCE_SUFFIXES:
        return Batch(origin, failure=f"{origin}: no {REFERENCE_SUFFIXES[suffix]} in it; export it again")
    return batch


def _named_day(name: str) -> date | None:
    """Return the day a file is named by, as archives of daily papers are."""
    found = _DATE_IN_NAME.search(name)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
