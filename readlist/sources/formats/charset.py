"""Bytes as text: by byte order mark, UTF-8, the charset of a server or of XML, else Windows-1252; no binary files."""

from __future__ import annotations

import codecs
import re

from msgspec import Struct

from readlist.pattern import pattern

# Marks are tried in this order: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_KNOWN = (
    (b"%PDF", "a PDF; save the page that links to it as text"),
    (b"SQLite format 3\0", "a SQLite database; export it as BibTeX, RIS or CSL-JSON"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document; save it as plain text"),
    (b"7z\xbc\xaf\x27\x1c", "compressed (7z); unpack it first"),
    (b"Rar!\x1a\x07", "compressed (RAR); unpack it first"),
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"\x1f\x8b", "compressed (gzip); unpack it first"),
    (b"BZh", "compressed (bzip2); unpack it first"),
    (b"\xfd7zXZ", "compressed (xz); unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed (zstd); unpack it first"),
    (b"bplist00", "a Safari web archive; save the page source or its text"),
    (b"\x89PNG", "an image; save the page as text"),
    (b"\xff\xd8\xff", "an image; save the page as text"),
)
# Archives that are one document, by the name of a file in them.
_ZIPPED = (
    (b"word/", "a Word document; save it as plain text"),
    (b"xl/", "an Excel workbook; export the papers as BibTeX, RIS or CSL-JSON"),
    (b"ppt/", "a PowerPoint presentation; save it as plain text"),
    (b"mimetypeapplication/epub", "an e-book (EPUB); save the page that links to it as text"),
    (b"mimetypeapplication/vnd.oasis.opendocument", "an office document; save it as plain text"),
)
_BINARY = "a binary file; save the page as text, HTML or JSON"
_CONTROLS = bytes([*range(1, 8), *range(14, 27), *range(28, 32), 127])
# Bytes that are not UTF-8, as surrogates: one alone beside a letter is Windows-1252, except for those that mostly are
# the rest of a character cut in two.
_BROKEN = pattern(
    "(?<![\udc80-\udcff])(?P<letter>(?<=[A-Za-z])[\udc80-\udcc1\udcc4-\udcff]|[\udc80-\udcc1\udcc4-\udcff](?=[A-Za-z]))"
    "(?![\udc80-\udcff])|[\udc80-\udcff]+"
)
_DECLARED = pattern(rb"""<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["']\s*([\w.:-]{2,40})""", re.IGNORECASE)
# Encodings of text; Python's codecs include others, such as `zip`.
_TEXTUAL = pattern(
    r"utf-?(?:8|16|32)|iso8859|iso2022|cp\d|koi8|gb|big5|euc|shift|mac|ascii|hz|johab|tis|ptcp|kz|latin", re.IGNORECASE
)
_SEVEN_BITS = bytes(range(128))
_SEVEN_BIT = pattern(r"iso2022|hz", re.IGNORECASE)
# Supersets that browsers use for these names (https://encoding.spec.whatwg.org/#names-and-labels).
_SUPERSETS = {
    "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874", "gb2312": "gb18030",
    "gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932", "euc_kr": "cp949",
}  # fmt: skip
_BY_NUMBER = pattern(r"(?:windows|dos|ibm|cp)[-_]?(\d+)")
_WIDE_STARTS = (
    (pattern(rb"[\t\n\r <{]\0\0\0"), codecs.BOM_UTF32_LE),
    (pattern(rb"\0\0\0[\t\n\r <{]"), codecs.BOM_UTF32_BE),
    (pattern(rb"[\t\n\r <{]\0"), codecs.BOM_UTF16_LE),
    (pattern(rb"\0[\t\n\r <{]"), codecs.BOM_UTF16_BE),
)
"""How UTF-32 and UTF-16 without byte order mark begin, with the mark that is missing."""

_SAMPLE = 1 << 20
_ZIP_ENDS = 16_384


class Decoded(Struct, frozen=True):
    """The text of a file.

    Attributes:
        text: without byte order mark, with a line feed for every line end.
        remark: how it was decoded, if the user has to know; else empty.
        line: where the remark applies from, None for the whole text.
        failure: what the file is if not text, and what to do; empty otherwise.
    """

    text: str = ""
    remark: str = ""
    line: int | None = None
    failure: str = ""


def decode(data: bytes) -> Decoded:
    """Return the text of a file.

    Invalid UTF-8 is read as Windows-1252, unless most of its non-ASCII characters are valid UTF-8: then only single
    bytes beside letters are, and other stray bytes become U+FFFD.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(name, "replace")
            return Decoded(failure=_BINARY) if "\0" in text else Decoded(_lines(text))
    for start, failure in _KNOWN:
        if data.startswith(start):
            return Decoded(failure=_zipped(data) or failure)
    sample = data[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if b"\0" in data or controls * 20 > len(sample):
        return Decoded(failure=_BINARY)
    try:
        return Decoded(_lines(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        return _damaged(data, error.start)


def _zipped(data: bytes) -> str:
    """Return what document a zip archive is; empty for any other archive, and for other data."""
    if not data.startswith(b"PK\x03\x04"):
        return ""
    # The names of files are at the beginning of each, and again at the end.
    ends = data[:_ZIP_ENDS] + data[-_ZIP_ENDS:]
    office = b"[Content_Types].xml" in ends
    return next((what for name, what in _ZIPPED if name in ends and (office or name.startswith(b"mime"))), "")


def _damaged(data: bytes, start: int) -> Decoded:
    text, bad = _BROKEN.subn(_stray, data.decode("utf-8", "surrogateescape"))
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    if good > bad:
        line = _lines(data[:start].decode("utf-8")).count("\n") + 1
        lost = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
        read = " or ".join(name for name, count in (("Windows-1252", bad - lost), ("U+FFFD", lost)) if count)
        return Decoded(_lines(text), f"not UTF-8, here and in {bad} places in all: read as {read}", line)
    return Decoded(_lines(data.decode("cp1252", "replace")), "not UTF-8: read as Windows-1252")


def _stray(found: re.Match[str]) -> str:
    """Return the character of bytes that are not UTF-8."""
    letter = (found["letter"] or "").encode("ascii", "surrogateescape")
    return letter.decode("cp1252", "replace") or "\ufffd"


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def without_marks(data: bytes) -> bytes:
    """Return bytes of any encoding as those of ASCII: without byte order mark and NULs."""
    for mark, _ in _MARKS:
        data = data.removeprefix(mark)
    return data.replace(b"\0", b"")


def text_of(data: bytes, charset: str = "") -> Decoded:
    """Return the text of an XML file.

    In this order: byte order mark, valid UTF-8 (even if another charset is declared), the server's charset, the one
    declared in the XML, Windows-1252. An encoding in which most bytes are invalid is skipped; a server's default comes
    after the declared one. A character cut in two at the end is dropped, as is a stray NUL.
    """
    if data.startswith(tuple(mark for mark, _ in _MARKS)):
        return decode(data)
    if mark := next((mark for start, mark in _WIDE_STARTS if start.match(data)), b""):
        return decode(mark + data)
    if 0 < data.count(b"\0") * 100 < len(data):
        data = data.replace(b"\0", b"")
    declared = _DECLARED.search(data[:1_000])
    names = [_codec(charset), _codec(declared[1].decode("ascii", "ignore") if declared else "")]
    if names[0] == "cp1252":
        names.reverse()
    try:
        data.decode("utf-8")
        names = [name for name in names if _SEVEN_BIT.match(name)]
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return decode(data[: error.start])
    names = [name for name in names if name and not name.startswith(("utf", "ascii"))]
    if not names or decode(data).failure:
        return decode(data)
    # A few bytes may be damaged in any text.
    tolerated = len(data.translate(None, _SEVEN_BITS)) // 20
    losses = {(text := data.decode(name, "replace")): max(text.count("\ufffd") - tolerated, 0) for name in names}
    return Decoded(_lines(min(losses, key=lambda text: losses[text])))


def _codec(name: str) -> str:
    """Return Python's name of a text encoding, empty for an unknown one."""
    name = name.strip().lower()
    while name.startswith("x-"):
        name = name.removeprefix("x-")
    # The suffix is the order of letters on the screen; cp31j is Windows' name of its Japanese.
    name = _BY_NUMBER.sub(r"cp\1", name.removesuffix("-i").removesuffix("-e")).replace("cp31j", "cp932")
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return _SUPERSETS.get(known, known) if _TEXTUAL.match(known) else ""
