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
from typing import BinaryIO

from msgspec import Struct
from msgspec.structs import replace

from readlist.files import NotAFile, open_regular
from readlist.notes.folder import holds_notes
from readlist.notes.note_file import looks_like_note
from readlist.sources import refusal
from readlist.sources.batch import Batch, Skip, limit_skips
from readlist.sources.formats import charset as encoding
from readlist.sources.formats import daily_papers as huggingface
from readlist.sources.formats import json_feed, readlist_export
from readlist.sources.formats import xml_repair as markup
from readlist.sources.formats.literal import UnreadableError, parse_json, parse_literal
from readlist.text.clean import clean_line, shown_path

SIZE_LIMIT = 256 * 1024 * 1024
_XML_SUFFIXES = frozenset({".xml", ".rss", ".atom", ".opml"})
_REFERENCES = {".bib": "BibTeX", ".bibtex": "BibTeX", ".ris": "RIS", ".nbib": "PubMed"}
SUFFIXES = frozenset({".txt", ".md", ".html", ".htm", ".json", ".jsonl", ".ndjson", *_REFERENCES}) | _XML_SUFFIXES
_TABLES = frozenset({".csv", ".tsv"})
STDIN = "-"

_NOTES = "notes of readlist's, no pages; on the command line `readlist import` takes back what was edited in them"
_CHUNK = 1 << 20
_HEAD = 65_536
_DATE_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_]?(\d\d)[-_]?(\d\d)(?!\d)")
_JSON_START = re.compile(r'[\s{\[]*+"')
_PYTHON_START = re.compile(r"[\s{\[]*+'")
_HTML_START = re.compile(
    r"(?>\s+|<!--.*?-->|<\?xml[^>]*>)*+<(?:!doctype\s+html|html|head|body|(?P<part>main|section|article|div))\b",
    re.IGNORECASE | re.DOTALL,
)
_INLINE_TAG = re.compile(
    r"</?(?:a|img|span|b|i|em|strong|code|br|sub|sup|kbd|svg|path|video|source)\b[^<>]*>", re.IGNORECASE
)
_ANY_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_MARKDOWN_BLOCKS = 3
_TAG = re.compile(r"<(?:html|head|body|main|div|p|a|span|script)\b[^<>]*>", re.IGNORECASE)


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
        yield _Input(name, failure=_NOTES, given=str(given))
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
        batch = _feed(data, found, origin, made, day, today) or _decode(data, found, origin, made, day)
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


def _decode(data: bytes, found: _Input, origin: str, made: date, day: date | None) -> Batch:
    """Return what a file's bytes hold."""
    decoded = encoding.decode(data)
    if decoded.failure:
        return Batch(origin, failure=f"{origin}: {decoded.failure}")
    if not decoded.text or decoded.text.isspace():
        return Batch(origin, failure=f"{origin}: empty; save the page again")
    batch = _recognise(decoded.text, found.path.name if found.path else "", origin, made, day)
    if not batch.items and not batch.failure:
        batch = replace(batch, failure=f"{origin}: a {batch.kind or 'page'} without papers; save the page again")
    remarks = (Skip(decoded.line, decoded.remark),) if decoded.remark else ()
    return replace(batch, skipped=(*remarks, *batch.skipped))


def _feed(data: bytes, found: _Input, origin: str, made: date, day: date | None, today: date) -> Batch | None:
    """Return what a file of XML holds, told by its root element, or a JSON Feed; None for another kind, and for HTML.

    It is read from its bytes, since XML says itself how they are encoded.
    """
    named = found.path is not None and found.path.suffix.lower() in _XML_SUFFIXES
    root = markup.sniff(data, anywhere=named or data.startswith(b"This XML file"))
    if root == "opml":
        from readlist.sources.formats import opml

        return opml.decode(data, origin=origin)
    if root and (reason := refusal.of_xml(root, data)):
        return Batch(origin, failure=f"{origin}: {reason}")
    marked = root and root not in markup.PAGES and (named or data.lstrip().startswith(b"<?xml"))
    is_xml = root in markup.FEEDS or marked
    if not (is_xml or json_feed.begins(data)):
        return None
    from readlist.sources.formats import syndication

    batch = syndication.decode(data, origin=origin, feed="", today=today, day=day, made=made)
    if is_xml:
        return replace(batch, failure=batch.failure.replace(syndication.ADVICE, _XML_READ))
    return batch if batch.kind == json_feed.KIND else None


def _recognise(text: str, name: str, origin: str, made: date, day: date | None) -> Batch:
    """Return what a text holds, told by its first characters, and by its name only where they leave it open."""
    suffix = Path(name).suffix.lower()
    if suffix in (".json", ".jsonl", ".ndjson") or text[:_HEAD].lstrip()[:1] in ("{", "["):
        batch = _json(text, name, origin, made, day)
        if batch:
            return batch
    opening = _HTML_START.match(text, 0, _HEAD)
    if opening or (suffix in (".html", ".htm") and _TAG.search(text, 0, _HEAD)):
        from readlist.sources import catalog

        batch = huggingface.decode_html(text, origin=origin, made=made, day=day)
        if batch or not (opening and opening["part"] and _is_markdown(text)):
            batch = batch or catalog.decode_html(text, origin=origin, made=made, day=day)
            what = refusal.of_page(text) or f"HTML without the list of papers that the site's pages hold; {_COPY}"
            return batch or Batch(origin, failure=f"{origin}: {what}")
    if batch := _references(text, suffix, origin, made, day):
        return batch
    if looks_like_note(text):
        return Batch(origin, failure=f"{origin}: {_NOTES}")
    from readlist.sources import catalog

    reason = refusal.of_text(text)
    table = reason.startswith(refusal.TABLE) or (suffix in _TABLES and not reason)
    if table and (listed := catalog.decode_table(text, origin=origin, made=made, day=day)):
        return listed
    if reason:
        return Batch(origin, failure=f"{origin}: {reason}")
    batch = catalog.decode(text, origin=origin, made=made, day=day, named=_named_day(name))
    if not batch.items and batch.kind != catalog.KIND and suffix in _REFERENCES:
        return Batch(origin, failure=f"{origin}: no {_REFERENCES[suffix]} in it; export it again")
    return batch


def _references(text: str, suffix: str, origin: str, made: date, day: date | None) -> Batch | None:
    """Return what a list of references holds, None for another text."""
    from readlist.sources.formats import bibtex_parser as bibtex
    from readlist.sources.formats import pubmed, readlist_csv
    from readlist.sources.formats import ris_parser as ris

    if readlist_csv.recognised(text):
        return readlist_csv.decode(text, origin=origin, made=made, day=day)
    if bibtex.recognised(text, suffix):
        return bibtex.decode(text, origin=origin, made=made, day=day)
    if pubmed.recognised(text):
        return pubmed.decode(text, origin=origin, made=made, day=day)
    return ris.decode(text, origin=origin, made=made, day=day) if ris.recognised(text) else None


def _is_markdown(text: str) -> bool:
    """Return whether a text that begins with a tag is Markdown: there, text and a tag of a block share no paragraph."""
    plain = mixed = 0
    for block in re.split(r"\n[ \t]*\n", text[:_HEAD]):
        within = _INLINE_TAG.sub("", block)
        if bare := _ANY_TAG.sub("", within).strip():
            plain += bare == within.strip()
            mixed += bare != within.strip()
    return plain >= _MARKDOWN_BLOCKS and plain > mixed * 2


_XML_READ = "of XML readlist reads RSS, Atom and OPML; export papers as BibTeX, RIS or CSL-JSON"
_JSON_READ = "Hugging Face's lists and papers, CSL-JSON, Zotero's and Crossref's JSON, JSON Feed and its own exports"
_COPY = "open it in a browser, copy all of it and save that as a text file"


def _json(text: str, name: str, origin: str, made: date, day: date | None) -> Batch | None:
    """Return the papers of a JSON text or of JSON lines; None for a text that only begins like one."""
    lines: list[int] = []
    skipped: list[Skip] = []
    try:
        data = parse_literal(text) if _PYTHON_START.match(text) else parse_json(text)
    except UnreadableError as error:
        if readlist_export.holds_records(text):
            found = readlist_export.records_in(text)
            return readlist_export.decode(found, kind=readlist_export.JSON, origin=origin, made=made, day=day)
        data, lines, skipped = _json_lines(text)
        if not data:
            certain = Path(name).suffix.lower() == ".json" or _JSON_START.match(text) or error.line is None
            place = f" line {error.line} column {error.column}:" if error.line else ""
            reason = f"{origin}:{place} not JSON ({error.reason}); save or download it again"
            return Batch(origin, failure=reason) if certain else None
    if readlist_export.recognised(data):
        records = ((None, record) for record in (data if isinstance(data, list) else [data]))
        return readlist_export.decode(records, kind=readlist_export.JSON, origin=origin, made=made, day=day)
    from readlist.sources.formats import csl_json as csl
    from readlist.sources.formats import zotero

    if zotero.recognised(data):
        return zotero.decode(data, origin=origin, made=made, day=day)
    if csl.recognised(data):
        batch = csl.decode(data, origin=origin, made=made, day=day)
        return replace(batch, skipped=limit_skips([*skipped, *batch.skipped]))
    if reason := refusal.of_json(data):
        return Batch(origin, failure=f"{origin}: {reason}")
    batch = huggingface.decode(data, origin=origin, day=_named_day(name), made=made, lines=lines)
    if batch.failure and not batch.kind:
        return Batch(origin, failure=f"{origin}: JSON of another kind, without papers; readlist reads {_JSON_READ}")
    batch = replace(batch, skipped=limit_skips([*skipped, *batch.skipped]))
    return huggingface.on_day(batch, day) if day else batch


def _json_lines(text: str) -> tuple[list[object], list[int], list[Skip]]:
    """Return the records of JSON lines with the line of each; nothing if the first line holds none."""
    values: list[object] = []
    places: list[int] = []
    skipped: list[Skip] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = parse_json(line)
        except UnreadableError as error:
            value = None
            skipped.append(Skip(number, f"not JSON ({error.reason})"))
        records = value if isinstance(value, list) else [value]
        if not values and not any(isinstance(record, dict) for record in records):
            return [], [], []
        if value is not None:
            values.extend(records)
            places.extend([number] * len(records))
    return values, places, skipped


def _named_day(name: str) -> date | None:
    """Return the day a file is named by, as archives of daily papers are."""
    found = _DATE_IN_NAME.search(name)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
