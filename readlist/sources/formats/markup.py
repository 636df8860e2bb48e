"""XML and HTML as they come: a root sniffed, damage repaired, attributes; a fragment of HTML as text and links."""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterator
from html.entities import html5
from urllib.parse import urljoin

from msgspec import Struct

from readlist.sources.formats import charset

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
_PROLOGUE = re.compile(
    r"(?>\s+|<!--.*?-->|<\?.*?\?>|<!DOCTYPE\s[^\[<>]*+(?:\[.*?\]\s*)?>)*+(?=<[A-Za-z_])", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"<((?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,40}))(?=[\s/>])")
# As a browser shows a feed: its own text, then the elements.
_LATER_ROOT = re.compile(r"<((?:\w{1,40}:)?(rss|feed|rdf|opml))(?=[\s>])[^<>]{0,4000}>", re.IGNORECASE)
# One that isn't closed takes all that is left, in which no other of its kind is closed.
_BEGUN = r"<\?xml\b[^>]*+(?:>|\Z)|<!DOCTYPE\s[^\[<>]*+"
_DECLARATION = re.compile(rf"{_BEGUN}(?:>|\[(?:.*?\]\s*+>|(?P<open>.*+)))", re.DOTALL | re.IGNORECASE)
_SIMPLE_DECLARATION = re.compile(rf"{_BEGUN}>", re.DOTALL | re.IGNORECASE)
_ENTITY_DECLARATION = re.compile(r"<!ENTITY\b[^>]*+>?", re.IGNORECASE)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#([0-9]{1,20}|[xX][0-9A-Fa-f]{1,20})|([A-Za-z][A-Za-z0-9]{1,31}));")
# In longer values feedparser's search for e-mail addresses and dates takes forever.
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
_TEXT_LENGTH = 200_000
_KEPT = frozenset({"amp", "lt", "gt", "quot", "apos"})

_ITEM = re.compile(r"<((?:\w{1,40}:)?(?:item|entry))(?=[\s/>])[^<>]{0,4000}>?", re.IGNORECASE)
_ITEM_END = re.compile(r"</(?:\w{1,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_CHANNEL = re.compile(r"<(/?)((?:\w{1,40}:)?channel)\b[^<>]*>", re.IGNORECASE)
_PIECE = re.compile(
    r"<!\[CDATA\[(?:(?P<cdata>.*?\]\]>)|.*+)|<!--(?:(?P<comment>.*?-->)|.*+)|<(?P<end>/?)(?P<name>[A-Za-z_][\w.:-]{0,80})(?P<rest>[^<>]{0,4000}+)(?P<close>>)?",
    re.DOTALL,
)
# A name without a value is passed as a whole, and one that is too long for any that is asked for.
_ATTRIBUTE = re.compile(
    r"""([A-Za-z_][\w.:-]{0,80}+)"""
    r"""[\w.:-]*+(?:\s{0,20}+=\s{0,20}+(?:"([^"]{0,4000}+)"|'([^']{0,4000}+)'|([^\s"'<>]{1,4000}+)))?+"""
)


class Repaired(Struct, frozen=True):
    """The text of a feed that a parser accepts.

    Attributes:
        text: without declaration and document type, so without entities of its own.
        cut: the line in which it is truncated, None if it is whole.
        limited: whether its end was skipped because of its size.
    """

    text: str
    cut: int | None = None
    limited: bool = False


def root(text: str, *, anywhere: bool = True) -> str:
    """Return the local name of the root element in lower case (`rss`, `feed`, `rdf`, `html`, …), empty without one."""
    found = _root(text, anywhere=anywhere)
    return found[2].lower() if found else ""


def sniff(data: bytes, *, anywhere: bool = False) -> str:
    """Return the root of what the bytes begin with, before their encoding is known.

    Args:
        data: a file.
        anywhere: whether a feed's root may come after other text.
    """
    return root(charset.without_marks(data[:_HEAD]).decode("latin-1"), anywhere=anywhere)


def _root(text: str, *, anywhere: bool = True) -> re.Match[str] | None:
    head = text[:_HEAD]
    prologue = _PROLOGUE.match(head)
    found = _ROOT.match(head, prologue.end()) if prologue else None
    return found or (_LATER_ROOT.search(head, 0, 4_000) if anywhere else None)


def without_comments(text: str) -> str:
    """Return the text without comments but with their line ends; an unclosed comment reaches to the end."""
    return re.sub(r"<!--.*?(?:-->|\Z)", lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL)


def attributes(tag: str) -> dict[str, str]:
    """Return the attributes of a start tag by lower-case names, their references resolved."""
    return {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "")
        for found in _ATTRIBUTE.finditer(tag)
        if "=" in found[0]
    }


def repair(text: str) -> Repaired:
    """Return a feed's text so that a parser accepts it.

    Entities are resolved or removed, and with them any entity bomb; characters that XML forbids are removed. In a
    truncated text open elements are closed; of its last item the complete elements stay.
    """
    limited = text.count("<") > _TAGS or len(text) > _SIZE
    if limited:
        text = "<".join(text[:_SIZE].split("<", _TAGS)[:_TAGS])
    text = _REFERENCE.sub(_character, _ILLEGAL.sub("", text))
    # Absurdly long values are cut.
    text = _LONG_DATE.sub(r"\1", "<".join(piece[:_TEXT_LENGTH] for piece in text.split("<")))
    text = _LONG_NAME.sub(lambda found: found[1] + _LONG_WORD.sub(r"\1 ", found[2]), text)
    found = _root(text)
    if not found:
        return Repaired(text, None, limited)
    # Line ends stay, so that the lines of messages are right.
    prologue = _DECLARATION.sub(_line_ends, text[: found.start()])
    blank = prologue if re.fullmatch(r"(?>\s+|<!--.*?-->|<\?.*?\?>)*+", prologue, flags=re.DOTALL) else ""
    text = blank.lstrip(" \t") + _ENTITY_DECLARATION.sub("", text[found.start() :])
    if re.search(rf"</{re.escape(found[1])}\s*(?:>|\Z)", text):
        return Repaired(text, None, limited)
    whole = _closed(text, found[1])
    return Repaired(whole, None if limited else text.count("\n") + 1, limited)


def _line_ends(found: re.Match[str]) -> str:
    """Return what stays of a declaration or document type: its line ends; all of one that isn't closed."""
    if found.lastgroup == "open":
        return found[0].removesuffix(found["open"]) + _SIMPLE_DECLARATION.sub(_line_ends, found["open"])
    return "\n" * found[0].count("\n") if found[0].endswith(">") else found[0]


def _character(found: re.Match[str]) -> str:
    """Return the character of a reference; markup stays a reference, and a character that XML forbids is dropped."""
    number, name = found[1], found[2]
    if name:
        known = html5.get(f"{name};") if name not in _KEPT else None
        return html.escape(known) if known else found[0]
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    if code > 0x10FFFF or _ILLEGAL.match(chr(code)):
        return ""
    return found[0]


def _closed(text: str, name: str) -> str:
    """Return a truncated text up to the last complete element in or after its last item, all elements closed."""
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
    """Return the end of the last complete element from a place on; 0 if there is none."""
    kept = 0
    waiting: list[str] = []
    for found in _PIECE.finditer(text, start):
        name = found["name"]
        if not name and not (found["cdata"] or found["comment"]):
            break
        if not found["close"]:
            if name and found.end() >= len(text):
                break
            continue
        if found["end"]:
            if name in waiting:
                # Unescaped HTML leaves elements open.
                while waiting.pop() != name:
                    pass
        elif not found["rest"].endswith("/"):
            waiting.append(name)
            if len(waiting) > _DEPTH:
                break
        if not waiting:
            kept = found.end()
    return kept


_HREFS = 200
_BLOCK = (
    "address|article|aside|blockquote|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr"
    "|li|main|nav|ol|p|pre|section|summary|table|tbody|thead|tr|ul"
)
_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|iframe|img|input|ins|kbd|label|mark|nobr|option|picture"
    "|q|s|samp|select|small|source|span|strike|strong|sub|sup|svg|path|td|th|time|tt|u|var|video|audio|wbr|button|html|body"
    "|head|title|meta|link|object|embed|param|br|math|mi|mn|mo|ms|mrow|msub|msup|msubsup|mtext|mfrac|msqrt|mroot|mover"
    "|munder|munderover|mstyle|mspace|mpadded|mtable|mtr|mtd|semantics|annotation"
)
# Only tags of HTML: in a text that isn't, `a<b and c>d` are comparisons.
_HTML_TAG = re.compile(
    rf"<(/?)((?:jats|mml):[a-z]{{1,20}}|{_BLOCK}|{_INLINE})(?=[\s/>])([^<>]{{0,4000}}+)>", re.IGNORECASE
)
_BREAKS = re.compile(rf"jats:(?:p|sec|title|list-item)|{_BLOCK}", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style|template)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(r"&(?:#\d{1,8}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]\w{1,30});")
_ANCHOR = re.compile(r"<a\s([^<>]{0,4000}+)>(.{0,500}?)(?:</a\s*>|(?=<a\s)|\Z)", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"<link\s([^<>]{0,4000}+)>", re.IGNORECASE)
_FEED_TYPE = re.compile(r"application/(?:(?:rss|atom|rdf)\+xml|feed\+json)", re.IGNORECASE)


def text_of_html(fragment: str) -> str:
    """Return the text of a fragment of HTML: paragraphs separated by blank lines, no markup.

    Without tags it is plain text; only its character references are resolved. By patterns, since the standard
    library's parser takes quadratic time for broken HTML (20 s for 160 kB of `<!-- ` in Python 3.11), and takes
    `a<b and c>d` for a tag.
    """
    if "<" in fragment:
        bare = (
            _UNSEEN.sub("", without_comments(fragment)) if "<!--" in fragment or _UNSEEN.search(fragment) else fragment
        )
        if any(_is_tag(found) for found in _HTML_TAG.finditer(bare)):
            fragment = _HTML_TAG.sub(_spoken, re.sub(r"[ \t\r\n]+", " ", bare))
    return _ENTITY.sub(lambda found: html.unescape(found[0]), fragment).strip()


def hrefs(fragment: str, base: str = "") -> Iterator[tuple[str, str]]:
    """Yield address and label of each link in a fragment of HTML, the first 200.

    Args:
        fragment: HTML.
        base: what relative addresses are relative to.
    """
    if "<" not in fragment:
        return
    for count, found in enumerate(_ANCHOR.finditer(fragment)):
        if count == _HREFS:
            return
        address = absolute(base, attributes(found[1]).get("href", ""))
        if address:
            yield address, text_of_html(found[2])


def feed_address(page: str, base: str = "") -> str:
    """Return the address of the feed that a web page names as its own, or empty."""
    for found in _LINK.finditer(page[:500_000]):
        given = attributes(found[1])
        if "alternate" in given.get("rel", "").lower() and _FEED_TYPE.match(given.get("type", "").strip()):
            address = absolute(base, given.get("href", ""))
            if address:
                return address
    return ""


def absolute(base: str, address: str) -> str:
    """Return an absolute address of the web, or empty; the base for an empty one."""
    try:
        whole = urljoin(base, address.strip())
    except ValueError:
        return ""
    return whole if whole.lower().startswith(("http://", "https://")) else ""


def _is_tag(found: re.Match[str]) -> bool:
    rest = found[3].strip(" \t\r\n/")
    return not rest or "=" in rest


def _spoken(found: re.Match[str]) -> str:
    """Return the text of a tag: the end of a paragraph or line, or nothing."""
    if not _is_tag(found):
        return found[0]
    name = found[2].lower()
    if name == "br":
        return "\n"
    if name in ("td", "th"):
        return " "
    if name == "li" and not found[1]:
        return "\n\n• "
    return "\n\n" if _BREAKS.fullmatch(name) else ""
