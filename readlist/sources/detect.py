"""What a file is: one look at its bytes, and at its name where they leave it open; whether a folder holds notes."""

from __future__ import annotations

import re
from enum import Enum, auto
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from readlist.notes.folder import is_markdown, walk
from readlist.notes.note_file import looks_like_note
from readlist.sources import refusal
from readlist.sources.batch import Skip
from readlist.sources.formats import charset, daily_papers, markup, readlist_export, syndication
from readlist.sources.formats.json_values import UnreadableError, parse_json, parse_literal

XML_SUFFIXES = frozenset({".xml", ".rss", ".atom", ".opml"})
REFERENCE_SUFFIXES = {".bib": "BibTeX", ".bibtex": "BibTeX", ".ris": "RIS", ".nbib": "PubMed"}
_JSON_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})
_TABLES = frozenset({".csv", ".tsv"})
_HEAD = 65_536
_NOTE_HEAD = 16_384

_JSON_START = re.compile(r'[\s{\[]*+"')
_PYTHON_START = re.compile(r"[\s{\[]*+'")
_HTML_START = re.compile(
    r"(?>\s+|<!--.*?-->|<\?xml[^>]*>)*+<(?:!doctype\s+html|html|head|body|(?P<part>main|section|article|div))\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_TAG = re.compile(r"<(?:html|head|body|main|div|p|a|span|script)\b[^<>]*>", re.IGNORECASE)
_INLINE_TAG = re.compile(
    r"</?(?:a|img|span|b|i|em|strong|code|br|sub|sup|kbd|svg|path|video|source)\b[^<>]*>", re.IGNORECASE
)
_ANY_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_MARKDOWN_BLOCKS = 3


class Format(Enum):
    """What a file is read as; `REFUSED` is what readlist does not read."""

    REFUSED = auto()
    OPML = auto()
    FEED = auto()
    JSON_FEED = auto()
    READLIST_JSON = auto()
    READLIST_CSV = auto()
    ZOTERO = auto()
    CROSSREF = auto()
    CSL = auto()
    DAILY_PAPERS = auto()
    HTML = auto()
    BIBTEX = auto()
    PUBMED = auto()
    RIS = auto()
    TABLE = auto()
    PAGE = auto()


class Detected(Struct, frozen=True):
    """What a file is, with what had to be decoded and parsed to know it.

    Attributes:
        format: what to read it as.
        value: its text; for JSON its value, for a JSON Feed its channel; None for XML, which names its own encoding.
        lines: for JSON Lines, the line of each value.
        skipped: lines that are not JSON.
        remark: how it was decoded, if the user has to know.
        reason: for `REFUSED`, what it is and what to do; for `TABLE`, the same if it names no papers.
    """

    format: Format
    value: object = None
    lines: tuple[int, ...] = ()
    skipped: tuple[Skip, ...] = ()
    remark: Skip | None = None
    reason: str = ""


def detect(data: bytes, name: str = "") -> Detected:
    """Return what a file is, by its content first.

    Args:
        data: the file.
        name: its name; empty for standard input.
    """
    suffix = Path(name).suffix.lower()
    if found := _xml(data, suffix) or _json_feed(data):
        return found
    decoded = charset.decode(data)
    if decoded.failure:
        return Detected(Format.REFUSED, reason=decoded.failure)
    text = decoded.text
    if not text or text.isspace():
        return Detected(Format.REFUSED, reason="empty; save the page again")
    found = _json(text, suffix) or _html(text, suffix) or _reference(text, suffix) or _words(text, suffix)
    return replace(found, remark=Skip(decoded.line, decoded.remark)) if decoded.remark else found


def is_note(path: Path) -> bool:
    """Tell by the beginning of a file whether it is a note of readlist; False if it can't be read."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return looks_like_note(file.read(_NOTE_HEAD).decode("utf-8", "replace"))
    except (OSError, ValueError):
        return False


def may_hold_notes(path: Path) -> bool:
    """Tell at a glance whether there may be notes of readlist at a path: it is a folder, Markdown or a note."""
    try:
        return path.is_dir() or (path.is_file() and (is_markdown(path) or is_note(path)))
    except (OSError, ValueError):
        return False


def holds_notes(folder: Path) -> bool:
    """Tell whether a folder holds notes of readlist; False if it can't be read."""
    try:
        return any(is_markdown(path) and is_note(path) for path in walk(folder))
    except OSError:
        return False


def _xml(data: bytes, suffix: str) -> Detected | None:
    """Recognise XML by its root element; None for HTML and anything else."""
    named = suffix in XML_SUFFIXES
    root = markup.sniff(data, anywhere=named or data.startswith(b"This XML file"))
    if root == "opml":
        return Detected(Format.OPML)
    if root and (reason := refusal.of_xml(root, data)):
        return Detected(Format.REFUSED, reason=reason)
    declared = root and root not in markup.PAGES and (named or data.lstrip().startswith(b"<?xml"))
    return Detected(Format.FEED) if root in markup.FEEDS or declared else None


def _json_feed(data: bytes) -> Detected | None:
    if not syndication.may_be_json_feed(data):
        return None
    channel = syndication.json_channel(charset.text_of(data).text)
    return Detected(Format.JSON_FEED, channel) if channel else None


def _json(text: str, suffix: str) -> Detected | None:
    """Recognise JSON, JSON Lines and Python literals by what they hold; None for a text that only begins like one."""
    if suffix not in _JSON_SUFFIXES and text[:_HEAD].lstrip()[:1] not in ("{", "["):
        return None
    lines: list[int] = []
    skipped: list[Skip] = []
    try:
        data = parse_literal(text) if _PYTHON_START.match(text) else parse_json(text)
    except UnreadableError as error:
        if readlist_export.holds_records(text):
            return Detected(Format.READLIST_JSON, text)
        data, lines, skipped = _json_lines(text)
        if not data:
            certain = suffix == ".json" or _JSON_START.match(text) or error.line is None
            place = f"line {error.line} column {error.column}: " if error.line else ""
            reason = f"{place}not JSON ({error.reason}); save or download it again"
            return Detected(Format.REFUSED, reason=reason) if certain else None
    if reason := refusal.of_json(data):
        return Detected(Format.REFUSED, reason=reason)
    return Detected(_json_format(data), data, lines=tuple(lines), skipped=tuple(skipped))


def _json_format(data: object) -> Format:
    from readlist.sources.formats.csl_json import is_crossref, is_csl, is_zotero

    known = {
        readlist_export.is_readlist_json: Format.READLIST_JSON, is_zotero: Format.ZOTERO,
        is_crossref: Format.CROSSREF, is_csl: Format.CSL,
    }  # fmt: skip
    return next((kind for is_it, kind in known.items() if is_it(data)), Format.DAILY_PAPERS)


def _json_lines(text: str) -> tuple[list[object], list[int], list[Skip]]:
    """Return the records of JSON Lines with the line of each; nothing if the first line holds none."""
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


def _html(text: str, suffix: str) -> Detected | None:
    opening = _HTML_START.match(text, 0, _HEAD)
    if not opening and not (suffix in (".html", ".htm") and _HTML_TAG.search(text, 0, _HEAD)):
        return None
    if opening and opening["part"] and _is_markdown(text) and not daily_papers.is_saved_page(text):
        return None
    return Detected(Format.HTML, text)


def _is_markdown(text: str) -> bool:
    """Tell whether a text that begins with a tag is Markdown: there, text and a tag of a block share no paragraph."""
    plain = mixed = 0
    for block in re.split(r"\n[ \t]*\n", text[:_HEAD]):
        within = _INLINE_TAG.sub("", block)
        if bare := _ANY_TAG.sub("", within).strip():
            plain += bare == within.strip()
            mixed += bare != within.strip()
    return plain >= _MARKDOWN_BLOCKS and plain > mixed * 2


def _reference(text: str, suffix: str) -> Detected | None:
    """Recognise a file of references; None for other text."""
    from readlist.sources.formats import bibtex_parser
    from readlist.sources.formats.tagged_reference import is_pubmed, is_ris

    if readlist_export.is_readlist_csv(text):
        return Detected(Format.READLIST_CSV, text)
    if bibtex_parser.recognised(text, suffix):
        return Detected(Format.BIBTEX, text)
    if is_pubmed(text):
        return Detected(Format.PUBMED, text)
    return Detected(Format.RIS, text) if is_ris(text) else None


def _words(text: str, suffix: str) -> Detected:
    """Tell a captured page from a table and from what readlist does not read."""
    if looks_like_note(text):
        return Detected(Format.REFUSED, reason=refusal.NOTES)
    reason = refusal.of_text(text)
    if reason.startswith(refusal.TABLE) or (suffix in _TABLES and not reason):
        return Detected(Format.TABLE, text, reason=reason)
    return Detected(Format.REFUSED, reason=reason) if reason else Detected(Format.PAGE, text)
