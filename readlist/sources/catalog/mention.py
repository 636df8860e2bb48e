"""Where a text names papers: by the address of a link, by an address or an id in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct

from readlist.model.paper import arxiv_id
from readlist.sources.catalog.row import Anchor, Row
from readlist.sources.formats.feed_entry import bare, identifier_of, unwrapped

PAGE = "page:"
"""Begins the identity of a paper that is known by the address of its page alone."""

_NUMBER = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}(?:v\d{1,2})?"
_OLD = r"[a-z]{2,8}(?:-[a-z]{2,4})?(?:\.[A-Z]{2})?/\d{7}(?:v\d{1,2})?"
_HOSTS = r"arxiv\.org|huggingface\.co|hf\.co|alphaxiv\.org|(?:dx\.)?doi\.org|papers\.cool|ar5iv(?:\.labs\.arxiv)?\.org"
_NAMED = re.compile(
    rf"(?P<address>https?://[^\s<>\"`]+|(?<![\w./@])(?:www\.)?(?:{_HOSTS})/[^\s<>\"`]+)"
    r"|(?P<doi>(?<![\w./])(?:doi\s?[:：]\s{0,2})?10\.\d{4,9}/[^\s<>\"`]+)"
    rf"|(?P<label>arxiv(?: id)?\s?[:：]?\s{{0,2}})?(?<![\w.,/$€£+-])(?P<id>{_NUMBER}|{_OLD})(?![\w/%]|[.,]\d)",
    re.IGNORECASE,
)
# What every naming holds; found twenty times as fast.
_SIGN = re.compile(r"\d{4}\.\d{4}|10\.\d{4}|/\d{7}|://|/(?:abs|pdf|papers)/|openreview|anthology")
_LAST_PART = re.compile(
    rf"https?://(?!(?:www\.)?(?:github|gitlab|gitee|bitbucket|codeberg)\.)[^/\s]+/(?:[^?#\s]*/)?({_NUMBER})(?:\.pdf)?/?(?:[?#].*)?"
)
_ADS = re.compile(r"https?://ui\.adsabs\.harvard\.edu/abs/\d{4}arXiv(\d{4})(\d{5})\w(?:/.*)?", re.IGNORECASE)
_RELATIVE = re.compile(r"/(?:abs|pdf|html|papers?|overview|arxiv)/[^\s]+", re.IGNORECASE)
_OPENREVIEW = re.compile(r"(?:https?://(?:www\.)?openreview\.net)?/(?:forum|pdf)\?id=([\w-]{6,20})(?:[&#].*)?")
_ANTHOLOGY = re.compile(
    r"(?:https?://(?:www\.)?(?:aclanthology\.org|aclweb\.org/anthology))?"
    r"/((?:\d{4}\.[a-z0-9]+-[a-z0-9]+\.\d{1,4})|(?:[A-Z]\d{2}-\d{4}))(?:\.pdf|/)?"
)
_SEMANTIC_SCHOLAR = re.compile(r"https?://(?:www\.)?semanticscholar\.org/paper/(?:[^/\s]+/)?([0-9a-f]{40})(?:[/?#].*)?")
# Numbers had four digits until the end of 2014.
_FIVE_DIGITS = 15
_FIRST_YEAR = 7


class Mention(Struct, frozen=True):
    """One naming of a paper.

    Attributes:
        row: which row it stands in.
        start: where in its text.
        end: where it ends.
        identity: `arxiv:…`, `doi:…` or `page:…`.
        anchor: the link it is, None for an address or id in the text.
        certain: whether it can mean nothing else; a number alone may be one.
    """

    row: int
    start: int
    end: int
    identity: str
    anchor: Anchor | None = None
    certain: bool = True


def mentions_of(rows: Sequence[Row], made: date, *, pages: bool = False) -> list[Mention]:
    """Return every naming of a paper, in order.

    Args:
        rows: the text.
        made: its day: no paper's id is younger.
        pages: whether pages of proceedings and reviews count that bear no identifier.
    """
    found: list[Mention] = []
    for at, row in enumerate(rows):
        found += sorted(_in_row(at, row, made, pages=pages), key=lambda mention: mention.start)
    return found


def identity_of(address: str, *, pages: bool = False) -> str:
    """Return the paper an address is of, empty if of none."""
    address = unwrapped(address.strip())
    if _RELATIVE.fullmatch(address):
        address = f"https://arxiv.org{address}"
    if found := _ADS.fullmatch(address):
        return f"arxiv:{found[1]}.{found[2]}"
    if "://" in address or address.lower().startswith(("arxiv:", "doi:", "10.")):
        if identity := identifier_of(address):
            return identity
        if (found := _LAST_PART.fullmatch(address)) and (arxiv := arxiv_id(found[1])):
            return f"arxiv:{arxiv}"
    return _page_of(address) if pages else ""


def _page_of(address: str) -> str:
    if found := _OPENREVIEW.fullmatch(address):
        return f"{PAGE}https://openreview.net/forum?id={found[1]}"
    if found := _ANTHOLOGY.fullmatch(address):
        return f"{PAGE}https://aclanthology.org/{found[1]}/"
    found = _SEMANTIC_SCHOLAR.fullmatch(address)
    return f"{PAGE}https://www.semanticscholar.org/paper/{found[1]}" if found else ""


def _in_row(at: int, row: Row, made: date, *, pages: bool) -> Iterator[Mention]:
    taken: list[tuple[int, int]] = []
    for anchor in row.anchors:
        identity = identity_of(anchor.address, pages=pages)
        if identity and not _is_cut(identity):
            yield Mention(at, anchor.start, anchor.end, identity, anchor)
        taken.append((anchor.start, anchor.end))
    if not _SIGN.search(row.text):
        return
    taken.sort()
    place = 0
    for found in _NAMED.finditer(row.text):
        start, end = found.span()
        while place < len(taken) and taken[place][1] <= start:
            place += 1
        if place < len(taken) and taken[place][0] < end:
            continue
        if found["id"]:
            arxiv = arxiv_id(found["id"])
            if arxiv and _is_plausible(arxiv, made):
                yield Mention(at, start, end, f"arxiv:{arxiv}", certain=bool(found["label"]))
            continue
        word = bare(found[0])
        word = word if found["doi"] or "://" in word else f"https://{word}"
        identity = identity_of(word.replace(" ", ""), pages=pages)
        if identity and not _is_cut(identity):
            yield Mention(at, start, start + len(bare(found[0])), identity)


def _is_plausible(arxiv: str, made: date) -> bool:
    """Return whether a number can be an arXiv id: neither of the future nor with too many digits."""
    if "/" in arxiv:
        return True
    year = int(arxiv[:2])
    return not _is_cut(f"arxiv:{arxiv}") and _FIRST_YEAR <= year <= (made.year + 1) % 100


def _is_cut(identity: str) -> bool:
    """Return whether an arXiv id has another number of digits than its year's: a text may be cut within an address."""
    month, point, number = identity.removeprefix("arxiv:").partition(".")
    if not point or not month.isdigit() or not identity.startswith("arxiv:"):
        return False
    return len(number) != (5 if int(month[:2]) >= _FIVE_DIGITS else 4)
