"""XML as it comes: bytes to text by whatever says its encoding, what its root is, and the damage mended that can be."""

from __future__ import annotations

import codecs
import html
import re
from collections import deque
from collections.abc import Iterator
from html.entities import html5

from msgspec import Struct

from readlist.sources.formats import charset as encoding

FEEDS = frozenset({"rss", "feed", "rdf", "channel"})
"""Roots of feeds."""

PAGES = frozenset(
    {"html", "body", "head", "script", "main", "section", "article", "div", "p", "a", "span", "meta", "title"}
)
"""Roots of web pages, whole or in pieces."""

_HEAD = 65_536
_TAGS = 100_000
_SIZE = 8_000_000
_DEPTH = 200
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_DECLARED = re.compile(rb"""<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["']\s*([\w.:-]{2,40})""", re.IGNORECASE)
# Encodings of text: Python's codecs also know some that are none, or that run on what they are given.
_TEXTUAL = re.compile(
    r"utf-?(?:8|16|32)|iso8859|iso2022|cp\d|koi8|gb|big5|euc|shift|mac|ascii|hz|johab|tis|ptcp|kz|latin", re.IGNORECASE
)
_SEVEN_BITS = bytes(range(128))
_SEVEN_BIT = re.compile(r"iso2022|hz", re.IGNORECASE)
# Where a name stands for more than it says, as browsers take it (https://encoding.spec.whatwg.org/#names-and-labels).
_SUPERSETS = {
    "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874", "gb2312": "gb18030",
    "gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932", "euc_kr": "cp949",
}  # fmt: skip
_BY_NUMBER = re.compile(r"(?:windows|dos|ibm|cp)[-_]?(\d+)")
_WIDE_STARTS = (
    (re.compile(rb"[\t\n\r <{]\0\0\0"), codecs.BOM_UTF32_LE),
    (re.compile(rb"\0\0\0[\t\n\r <{]"), codecs.BOM_UTF32_BE),
    (re.compile(rb"[\t\n\r <{]\0"), codecs.BOM_UTF16_LE),
    (re.compile(rb"\0[\t\n\r <{]"), codecs.BOM_UTF16_BE),
)
"""How UTF-32 and UTF-16 without byte order mark begin, with the mark that is missing."""

_PROLOGUE = re.compile(
    r"(?>\s+|<!--.*?-->|<\?.*?\?>|<!DOCTYPE\s[^\[>]*+(?:\[.*?\]\s*)?>)*+(?=<[A-Za-z_])", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"<((?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,40}))(?=[\s/>])")
# As a browser shows a feed: its own words, then the elements.
_LATER_ROOT = re.compile(r"<((?:\w{1,40}:)?(rss|feed|rdf|opml))(?=[\s>])[^<>]{0,4000}>", re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml\b[^>]*+>|<!DOCTYPE\s[^\[>]*+(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_ENTITY_DECLARATION = re.compile(r"<!ENTITY\b[^>]*+>?", re.IGNORECASE)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#([0-9]{1,20}|[xX][0-9A-Fa-f]{1,20})|([A-Za-z][A-Za-z0-9]{1,31}));")
# What feedparser's search for e-mail addresses and dates would never be done with.
_LONG_NAME = re.compile(
    r"(<(?:[\w-]{1,40}:)?(?:creator|author|name|email|managingeditor|webmaster|publisher|owner|contributor)\b[^<>]{0,4000}>"
    r"\s{0,100}(?:<!\[CDATA\[)?)([^<]{300,})",
    re.IGNORECASE,
)
_LONG_WORD = re.compile(r"([^\s,;]{300})(?=[^\s,;])")
_LONG_DATE = re.compile(
    r"(<(?:[\w-]{1,40}:)?\w{0,20}(?:date|updated|modified|published|issued|created)\b[^<>]{0,4000}>[^<]{100})[^<]+",
    re.I,
)
_LONG_TEXT = re.compile(r"([^<]{200000})[^<]+")
_KEPT = frozenset({"amp", "lt", "gt", "quot", "apos"})

_ITEM = re.compile(r"<((?:\w{1,40}:)?(?:item|entry))(?=[\s/>])[^<>]{0,4000}>?", re.IGNORECASE)
_ITEM_END = re.compile(r"</(?:\w{1,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_CHANNEL = re.compile(r"<(/?)((?:\w{1,40}:)?channel)\b[^<>]*>", re.IGNORECASE)
_PIECE = re.compile(
    r"<!\[CDATA\[(?P<cdata>.*?\]\]>)?|<!--(?P<comment>.*?-->)?|<(?P<end>/?)(?P<name>[A-Za-z_][\w.:-]{0,80})(?P<rest>[^<>]{0,4000}+)(?P<close>>)?",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"""([A-Za-z_][\w.:-]{0,80})\s{0,20}=\s{0,20}(?:"([^"]{0,4000})"|'([^']{0,4000})'|([^\s"'<>]{1,4000}))"""
)


class Mended(Struct, frozen=True):
    """The text of a feed, fit for a parser.

    Attributes:
        text: without declaration and document type, so without entities of its own.
        cut: in which line it breaks off, None if it is whole.
        limited: whether it was so large that its end was left out.
    """

    text: str
    cut: int | None = None
    limited: bool = False


def text_of(data: bytes, charset: str = "") -> encoding.Decoded:
    """Return the text of an XML file.

    A byte order mark goes before all; what is valid UTF-8 is UTF-8, whatever is declared; then what the server says,
    what the XML declares, Windows-1252. An encoding in which the text can't be is no candidate, and one that servers
    name by default goes behind the declared one. A character cut in two at the end is dropped, as is a stray NUL.

    Args:
        data: the file.
        charset: the encoding a server named.
    """
    if data.startswith(_MARKS):
        return encoding.decode(data)
    if mark := next((mark for start, mark in _WIDE_STARTS if start.match(data)), b""):
        return encoding.decode(mark + data)
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
            return encoding.decode(data[: error.start])
    names = [name for name in names if name and not name.startswith(("utf", "ascii"))]
    if not names or encoding.decode(data).failure:
        return encoding.decode(data)
    # A few bytes may be damaged in any text.
    tolerated = len(data.translate(None, _SEVEN_BITS)) // 20
    losses = {(text := data.decode(name, "replace")): max(text.count("\ufffd") - tolerated, 0) for name in names}
    return encoding.Decoded(min(losses, key=lambda text: losses[text]).replace("\r\n", "\n").replace("\r", "\n"))


def _codec(name: str) -> str:
    """Return Python's name of an encoding of text, empty if it knows none."""
    name = name.strip().lower()
    while name.startswith("x-"):
        name = name.removeprefix("x-")
    # Order of letters on the screen is none of the encoding; and Windows' Japanese has a number of its own.
    name = _BY_NUMBER.sub(r"cp\1", name.removesuffix("-i").removesuffix("-e")).replace("cp31j", "cp932")
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return _SUPERSETS.get(known, known) if _TEXTUAL.match(known) else ""


def root(text: str, *, anywhere: bool = True) -> str:
    """Return the local name of the root element in lower case (`rss`, `feed`, `rdf`, `html`, …), empty without one."""
    found = _root(text, anywhere=anywhere)
    return found[2].lower() if found else ""


def sniff(data: bytes, *, anywhere: bool = False) -> str:
    """Return the root of what the bytes begin with, before their encoding is known.

    Args:
        data: a file.
        anywhere: whether other words may stand before a feed's root.
    """
    head = data[:_HEAD]
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return root(head.replace(b"\0", b"").decode("latin-1"), anywhere=anywhere)


def _root(text: str, *, anywhere: bool = True) -> re.Match[str] | None:
    head = text[:_HEAD]
    prologue = _PROLOGUE.match(head)
    found = _ROOT.match(head, prologue.end()) if prologue else None
    return found or (_LATER_ROOT.search(head, 0, 4_000) if anywhere else None)


def without_comments(text: str) -> str:
    """Return the text with every comment gone but its line ends; one without an end reaches to the end."""
    return re.sub(r"<!--.*?(?:-->|\Z)", lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL)


def attributes(tag: str) -> dict[str, str]:
    """Return the attributes of a start tag by lower-case names, their references resolved."""
    return {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "") for found in _ATTRIBUTE.finditer(tag)
    }


def mend(text: str) -> Mended:
    """Return a feed's text fit for a parser.

    Entities are resolved or go, with them every bomb made of them; characters XML forbids go; where the text breaks
    off, what was open is closed: of an item that was cut in, the elements that are whole stay.
    """
    limited = text.count("<") > _TAGS or len(text) > _SIZE
    if limited:
        text = "<".join(text[:_SIZE].split("<", _TAGS)[:_TAGS])
    text = _REFERENCE.sub(_character, _ILLEGAL.sub("", text))
    # What is longer than anything of its kind is cut.
    text = _LONG_DATE.sub(r"\1", _LONG_TEXT.sub(r"\1", text))
    text = _LONG_NAME.sub(lambda found: found[1] + _LONG_WORD.sub(r"\1 ", found[2]), text)
    found = _root(text)
    if not found:
        return Mended(text, None, limited)
    # Line ends stay, so that the lines of messages are right.
    prologue = _DECLARATION.sub(lambda each: "\n" * each[0].count("\n"), text[: found.start()])
    blank = prologue if not re.sub(r"<!--.*?-->|<\?.*?\?>|\s", "", prologue, flags=re.DOTALL) else ""
    text = blank.lstrip(" \t") + _ENTITY_DECLARATION.sub("", text[found.start() :])
    if re.search(rf"</{re.escape(found[1])}\s*(?:>|\Z)", text):
        return Mended(text, None, limited)
    whole = _closed(text, found[1])
    return Mended(whole, None if limited else text.count("\n") + 1, limited)


def _character(found: re.Match[str]) -> str:
    """Return the character a reference stands for, except one with a meaning in XML; nothing for one XML forbids."""
    number, name = found[1], found[2]
    if name:
        known = html5.get(f"{name};") if name not in _KEPT else None
        return html.escape(known) if known else found[0]
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    if code > 0x10FFFF or _ILLEGAL.match(chr(code)):
        return ""
    return found[0]


def _closed(text: str, name: str) -> str:
    """Return a text that breaks off, up to the last whole element inside or behind its last item, all closed."""
    last = _last(_ITEM.finditer(text))
    if last is None:
        return text
    end = _last(_ITEM_END.finditer(text, last.start()))
    if end:
        text = text[: end.end()]
    else:
        kept = _whole_children(text, last.end()) if last[0].endswith(">") else 0
        text = f"{text[:kept]}</{last[1]}>" if kept else text[: last.start()]
    channel = _last(_CHANNEL.finditer(text))
    return text + (f"</{channel[2]}>" if channel and not channel[1] else "") + f"</{name}>"


def _last(found: Iterator[re.Match[str]]) -> re.Match[str] | None:
    return next(iter(deque(found, maxlen=1)), None)


def _whole_children(text: str, start: int) -> int:
    """Return the end of the last element that is whole, of those that follow at a place; 0 if there is none."""
    kept = 0
    waiting: list[str] = []
    for place, name, kind in _pieces(text, start):
        if kind == "start":
            waiting.append(name)
            if len(waiting) > _DEPTH:
                break
        elif kind == "end" and name in waiting:
            # HTML that nobody escaped leaves elements open.
            while waiting.pop() != name:
                pass
        if not waiting:
            kept = place
    return kept


def _pieces(text: str, start: int) -> Iterator[tuple[int, str, str]]:
    """Yield each tag up to where the text breaks off: where it ends, its name, and `start`, `end` or `empty`."""
    for found in _PIECE.finditer(text, start):
        if not found["name"]:
            if not (found["cdata"] or found["comment"]):
                return
        elif not found["close"]:
            if found.end() >= len(text):
                return
        else:
            kind = "end" if found["end"] else "empty" if found["rest"].endswith("/") else "start"
            yield found.end(), found["name"], kind
