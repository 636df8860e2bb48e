"""HTML as feeds hold it: a fragment as text with its paragraphs, the addresses it links to, a page's feeds."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin

from readlist.sources.formats.xml_repair import attributes, without_comments

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
_TAG = re.compile(rf"<(/?)((?:jats|mml):[a-z]{{1,20}}|{_BLOCK}|{_INLINE})(?=[\s/>])([^<>]{{0,4000}}+)>", re.IGNORECASE)
_BREAKS = re.compile(rf"jats:(?:p|sec|title|list-item)|{_BLOCK}", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style|template)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(r"&(?:#\d{1,8}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]\w{1,30});")
_ANCHOR = re.compile(r"<a\s([^<>]{0,4000}+)>(.{0,500}?)(?:</a\s*>|(?=<a\s)|\Z)", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"<link\s([^<>]{0,4000}+)>", re.IGNORECASE)
_FEED_TYPE = re.compile(r"application/(?:(?:rss|atom|rdf)\+xml|feed\+json)", re.IGNORECASE)


def text(fragment: str) -> str:
    """Return what is read in a fragment of HTML: paragraphs divided by blank lines, no markup.

    What holds no tag is plain text already; of such a text only the character references are resolved.
    """
    if "<" in fragment:
        bare = (
            _UNSEEN.sub("", without_comments(fragment)) if "<!--" in fragment or _UNSEEN.search(fragment) else fragment
        )
        if any(_is_tag(found) for found in _TAG.finditer(bare)):
            fragment = _TAG.sub(_spoken, re.sub(r"[ \t\r\n]+", " ", bare))
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
            yield address, text(found[2])


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
    """Return what a tag is in text: the end of a paragraph or line, or nothing."""
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
