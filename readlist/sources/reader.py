"""Reads files, folders and standard input, in any format: one Batch a file."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from msgspec import Struct
from msgspec.structs import replace

from readlist.files import NotAFile, open_regular
from readlist.sources import refusal
from readlist.sources.batch import Batch, joined, limit_skips
from readlist.sources.detect import REFERENCE_SUFFIXES, XML_SUFFIXES, Detected, Format, detect, holds_notes
from readlist.sources.formats import daily_papers, syndication
from readlist.sources.formats.readlist_export import batch_of_records
from readlist.sources.formats.reference import batch_of
from readlist.text.clean import clean_line, shown_path

if TYPE_CHECKING:
    from readlist.sources.formats.feed_entry import Channel

SIZE_LIMIT = 256 * 1024 * 1024
SUFFIXES = frozenset({".txt", ".md", ".html", ".htm", ".json", ".jsonl", ".ndjson", *REFERENCE_SUFFIXES}) | XML_SUFFIXES
STDIN = "-"

_CHUNK = 1 << 20
_TOO_LARGE = f"larger than {SIZE_LIMIT >> 20} MiB; split it"
_XML_READ = "readlist reads RSS, Atom and OPML; export papers as BibTeX, RIS or CSL-JSON"
_JSON_READ = "Hugging Face's lists and papers, CSL-JSON, Zotero's and Crossref's JSON, JSON Feed and its own exports"
_NO_PAPERS_IN_HTML = "HTML without a list of papers; open it in a browser, copy the whole page and save that as text"
_DATE_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_]?(\d\d)[-_]?(\d\d)(?!\d)")
_PARSERS = {
    Format.READLIST_JSON: ("readlist JSON", "readlist_export.parse_records"),
    Format.READLIST_CSV: ("readlist CSV", "readlist_export.parse_csv"),
    Format.ZOTERO: ("Zotero JSON", "csl_json.parse_zotero"),
    Format.CROSSREF: ("Crossref JSON", "csl_json.parse_crossref"),
    Format.CSL: ("CSL-JSON", "csl_json.parse_csl"),
    Format.BIBTEX: ("BibTeX", "bibtex_parser.parse"),
    Format.PUBMED: ("PubMed", "tagged_reference.parse_pubmed"),
    Format.RIS: ("RIS", "tagged_reference.parse_ris"),
}
"""What a file is, in words, and its parser in a module of `formats`, imported when a file needs it."""


class Input(Struct, frozen=True):
    """One file to read, or why it can't be read.

    Attributes:
        name: its path as it can be shown, or `standard input`.
        path: where it is, None for standard input.
        size: in bytes.
        failure: what is wrong and what to do.
        given: its path verbatim.
    """

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

    The content of a file decides its format, not its name. In a folder, files with one of `SUFFIXES` are read; hidden
    files and links out of it are not. Nothing is raised for a bad file: its batch has a `failure` of the form
    `PATH: what is wrong; what to do`. A feed without entries is no failure; a list of feeds gives `feeds`, no papers.

    Args:
        paths: files, folders, `-` for standard input.
        day: the day of every list, in place of what the files say.
        progress: called before the first file and after each with bytes read, bytes in all (without standard input)
            and the file's name.
        stdin: what `-` reads; by default the process's own.
        today: the day of standard input; by default the current one.
    """
    pieces: list[Batch] = []
    for piece in read_pieces(paths, day=day, progress=progress, stdin=stdin, today=today):
        pieces.append(piece)
        if not piece.more:
            yield joined(pieces)
            pieces = []


def read_pieces(
    paths: Iterable[str | Path],
    *,
    day: date | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    stdin: BinaryIO | None = None,
    today: date | None = None,
) -> Iterator[Batch]:
    """Read files as `read` does, a long captured page in pieces: its last papers are made while the first are stored.

    Every batch but the last of a file has `more` set; what was skipped comes with the last.
    """
    inputs = find(paths)
    total = sum(found.size for found in inputs)
    done = 0
    if progress and inputs:
        progress(0, total, inputs[0].name)
    for found in inputs:
        yield from parse(found, day=day, stdin=stdin, today=today or date.today())
        done += found.size
        if progress:
            progress(done, total, found.name)


def find(paths: Iterable[str | Path]) -> list[Input]:
    """Return the files that some paths name, in the order of `read`."""
    return [found for path in paths for found in _find(path)]


def _find(given: str | Path) -> Iterator[Input]:
    """Yield a file, or the files of a folder."""
    if str(given) == STDIN:
        yield Input("standard input")
        return
    name, path = shown_path(given), Path(given)
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        yield Input(name, failure=_reason(path, error), given=str(given))
        return
    if not stat.S_ISDIR(status.st_mode):
        yield Input(name, path, status.st_size if stat.S_ISREG(status.st_mode) else 0, given=str(given))
    elif holds_notes(path):
        yield Input(name, failure=refusal.NOTES, given=str(given))
    elif found := list(_walk(path)):
        yield from found
    else:
        wanted = ", ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        yield Input(name, failure=f"a folder without files to import; readlist reads {wanted}", given=str(given))


def _walk(folder: Path) -> Iterator[Input]:
    root = os.path.realpath(folder).rstrip(os.sep)
    # Not recursive: folders may nest deeper than Python's calls.
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        try:
            if path != folder and not stat.S_ISDIR(path.lstat().st_mode):
                yield Input(shown_path(path), path, path.stat().st_size, given=str(path))
                continue
            with os.scandir(path) as entries:
                names = sorted(entry.name for entry in entries if _is_wanted(entry, root))
        except OSError as error:
            yield Input(shown_path(path), failure=_reason(path, error), given=str(path))
            continue
        waiting.extend(path / name for name in reversed(names))


def _is_wanted(entry: os.DirEntry[str], root: str) -> bool:
    """Tell whether to read an entry of a folder."""
    if entry.name.startswith("."):
        return False
    if entry.is_dir(follow_symlinks=False):
        return True
    if Path(entry.name).suffix.lower() not in SUFFIXES or not entry.is_file():
        return False
    return not entry.is_symlink() or os.path.realpath(entry.path).startswith(root + os.sep)


def completed(
    pieces: Iterator[Batch], found: Input, *, day: date | None, stdin: BinaryIO | None, today: date
) -> Iterator[Batch]:
    """Yield the pieces of one file as `parse` does: those that a second process gives, as far as they come."""
    done = 0
    for piece in pieces:
        yield replace(piece, path=found.given)
        if not piece.more:
            return
        done += 1
    yield from islice(parse(found, day=day, stdin=stdin, today=today), done, None)


def parse(found: Input, *, day: date | None, stdin: BinaryIO | None, today: date) -> Iterator[Batch]:
    """Yield the pieces of one file; see `read_pieces`."""
    if found.failure:
        yield Batch(found.name, failure=f"{found.name}: {found.failure}", path=found.given)
        return
    origin = found.name if found.path else STDIN
    try:
        data, failure, made = _load(found.path, today) if found.path else (*_load_stdin(stdin), today)
    except (OSError, ValueError) as error:
        data, failure, made = b"", _reason(found.path, error), today
    batches: Iterable[Batch] = [Batch(origin, failure=f"{origin}: {failure}")]
    if not failure:
        batches = _decode(data, found.path.name if found.path else "", origin, made, day, today)
        # A long page is not held while its papers are made; likewise below.
        del data
    for batch in batches:
        # A skip quotes the file, which may hold anything.
        skipped = tuple(replace(skip, reason=clean_line(skip.reason)) for skip in batch.skipped)
        reason = batch.failure
        if not found.path and reason:
            reason = f"{found.name}{reason.removeprefix(STDIN)}"
        yield replace(batch, skipped=skipped, failure=reason, path=found.given)


def _load(path: Path, today: date) -> tuple[bytes, str, date]:
    """Return a file's bytes, why it can't be read, and its own date."""
    try:
        with open_regular(path) as file:
            status = os.fstat(file.fileno())
            data, failure = (b"", _TOO_LARGE) if status.st_size > SIZE_LIMIT else _read_all(file.read)
    except NotAFile as error:
        return b"", f"{error.kind}, not a file; use {STDIN} to read standard input", today
    try:
        return data, failure, date.fromtimestamp(status.st_mtime)
    except (ValueError, OverflowError, OSError):
        return data, failure, today


def _load_stdin(stdin: BinaryIO | None) -> tuple[bytes, str]:
    source = stdin or getattr(sys.stdin, "buffer", None)
    return _read_all(source.read) if source else (b"", "closed; name a file")


def _read_all(source: Callable[[int], bytes | None]) -> tuple[bytes, str]:
    """Return all that a reader gives, or that it is more than the limit."""
    chunks: list[bytes] = []
    size = 0
    while chunk := source(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > SIZE_LIMIT:
            return b"", _TOO_LARGE
    return b"".join(chunks), ""


def _reason(path: Path | None, error: OSError | ValueError) -> str:
    """Return what an error of the system means for the user, and what to do."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ENOENT:
        return "a broken link; fix it" if path is not None and path.is_symlink() else "no such file; check the name"
    if number in (errno.EACCES, errno.EPERM):
        return "permission denied; make it readable"
    if number == errno.ELOOP:
        return "a link to itself; fix it"
    if number in (errno.ENXIO, errno.ENODEV):
        return f"a socket or device, not a file; use {STDIN} to read standard input"
    if number == errno.ENAMETOOLONG or (number is None and path):
        return "not a valid file name; check it"
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return f"can't be read ({(reason or 'unknown error').lower()}); copy it elsewhere and try again"


def _decode(data: bytes, name: str, origin: str, made: date, day: date | None, today: date) -> Iterator[Batch]:
    """Yield what a file holds, by its format; a captured page in pieces."""
    found = detect(data, name)
    match found.format:
        case Format.REFUSED:
            batch = Batch(origin, failure=f"{origin}: {found.reason}")
        case Format.OPML:
            from readlist.sources.formats import opml

            batch = opml.decode(data, origin=origin)
        case Format.FEED:
            batch = syndication.decode(data, origin=origin, feed="", today=today, day=day, made=made)
            yield replace(batch, failure=batch.failure.replace(syndication.ADVICE, _XML_READ))
            return
        case Format.JSON_FEED:
            channel = cast("Channel", found.value)
            yield syndication.batch(channel, origin=origin, feed="", today=today, day=day, made=made)
            return
        case Format.HTML:
            batch = _html(cast("str", found.value), origin, made, day)
        case Format.DAILY_PAPERS:
            batch = _daily_papers(found, name, origin, made, day)
        case Format.TABLE | Format.PAGE:
            pieces = _page(found, name, origin, made, day)
            data, found = b"", replace(found, value=None)
            # All but the last piece.
            for batch in pieces:
                if batch.more:
                    yield batch
        case _:
            kind, parser = _PARSERS[found.format]
            module, _, function = parser.partition(".")
            parse = getattr(import_module(f"readlist.sources.formats.{module}"), function)
            own = found.format in (Format.READLIST_JSON, Format.READLIST_CSV)
            make = batch_of_records if own else batch_of
            batch = make(parse(found.value), kind=kind, origin=origin, made=made, day=day)
    if not (batch.items or batch.failure or batch.feeds):
        batch = replace(batch, failure=f"{origin}: a {batch.kind or 'page'} without papers; save the page again")
    remarks = (found.remark,) if found.remark else ()
    yield replace(batch, skipped=(*remarks, *limit_skips([*found.skipped, *batch.skipped])))


def _html(text: str, origin: str, made: date, day: date | None) -> Batch:
    from readlist.sources import catalog
    from readlist.sources.formats import arxiv_list

    batch = daily_papers.decode_html(text, origin=origin, made=made, day=day)
    batch = batch or arxiv_list.decode(text, origin=origin, day=day)
    batch = batch or catalog.decode_html(text, origin=origin, made=made, day=day)
    return batch or Batch(origin, failure=f"{origin}: {refusal.of_page(text) or _NO_PAPERS_IN_HTML}")


def _daily_papers(found: Detected, name: str, origin: str, made: date, day: date | None) -> Batch:
    batch = daily_papers.decode(found.value, origin=origin, day=_named_day(name), made=made, lines=found.lines)
    if batch.failure and not batch.kind:
        return Batch(origin, failure=f"{origin}: JSON without papers; readlist reads {_JSON_READ}")
    return daily_papers.on_day(batch, day) if day else batch


def _page(found: Detected, name: str, origin: str, made: date, day: date | None) -> Iterator[Batch]:
    """Yield the papers of a captured page, a list of ids and addresses, or a table of them, in pieces."""
    from readlist.sources import catalog

    text = cast("str", found.value)
    if found.format is Format.TABLE:
        if batch := catalog.decode_table(text, origin=origin, made=made, day=day):
            yield batch
            return
        if found.reason:
            yield Batch(origin, failure=f"{origin}: {found.reason}")
            return
    suffix = Path(name).suffix.lower()
    pieces = catalog.decode(text, origin=origin, made=made, day=day, named=_named_day(name))
    del text, found
    for batch in pieces:
        if not batch.items and batch.kind != catalog.KIND and suffix in REFERENCE_SUFFIXES:
            batch = Batch(origin, failure=f"{origin}: no {REFERENCE_SUFFIXES[suffix]} in it; export it again")
        yield batch


def _named_day(name: str) -> date | None:
    """Return the day in a file's name, as archives of daily papers have it."""
    found = _DATE_IN_NAME.search(name)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
