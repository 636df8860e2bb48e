"""Where a text names papers (link, address, id), which mentions make an entry of a list, and the title beside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct

from readlist.model.paper import arxiv_id
from readlist.sources.catalog import phrase
from readlist.sources.catalog.row import BREAK, Anchor, Row
from readlist.sources.formats.feed_entry import bare, identifier_of, unwrapped

PAGE = "page:"
"""Begins the identity of a paper known by the address of its page alone."""

_NUMBER = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}(?:v\d{1,2})?"
_OLD = r"[a-z]{2,8}(?:-[a-z]{2,4})?(?:\.[A-Z]{2})?/\d{7}(?:v\d{1,2})?"
_HOSTS = r"arxiv\.org|huggingface\.co|hf\.co|alphaxiv\.org|(?:dx\.)?doi\.org|papers\.cool|ar5iv(?:\.labs\.arxiv)?\.org"
_NAMED = re.compile(
    rf"(?P<address>https?://[^\s<>\"`]+|(?<![\w./@])(?:www\.)?(?:{_HOSTS})/[^\s<>\"`]+)"
    r"|(?P<doi>(?<![\w./])(?:doi\s?[:：]\s{0,2})?10\.\d{4,9}/[^\s<>\"`]+)"
    rf"|(?P<label>arxiv(?: id)?\s?[:：]?\s{{0,2}})?(?<![\w.,/$€£+-])(?P<id>{_NUMBER}|{_OLD})(?![\w/%]|[.,]\d)",
    re.IGNORECASE,
)
# In every mention: a number with a point, else one behind a slash or a host; each is found at once by its sign.
_POINT = re.compile(r"\.(?=\d{4})(?:(?<=\d{4}\.)|(?<=10\.))")
_SIGN, _ENCODED_SIGN = re.compile(r"/(?:\d{4}arxiv)?\d{7}", re.IGNORECASE), re.compile(r"%2f\d{7}", re.IGNORECASE)
_PAGE_HOSTS = ("openreview", "anthology", "semanticscholar")
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
_PAGES = (
    (_OPENREVIEW, "https://openreview.net/forum?id={}"),
    (_ANTHOLOGY, "https://aclanthology.org/{}/"),
    (_SEMANTIC_SCHOLAR, "https://www.semanticscholar.org/paper/{}"),
)
# Numbers had four digits until the end of 2014.
_FIVE_DIGITS = 15
_FIRST_YEAR = 7


class Mention(Struct, frozen=True):
    """One place where a text names a paper."""

    row: int
    start: int  # in the row's text
    end: int
    identity: str  # `arxiv:…`, `doi:…` or `page:…`
    anchor: Anchor | None = None  # the link it is; None for an address or id in the text
    certain: bool = True  # whether it can mean nothing else; a number alone may be one


def mentions_of(rows: Sequence[Row], made: date, *, pages: bool = False) -> list[Mention]:
    """Return every mention of a paper, in order.

    Args:
        rows: the text.
        made: its day: no paper's id is younger.
        pages: whether pages of proceedings and reviews without identifier count.
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
    known = ((address_of, pattern.fullmatch(address)) for pattern, address_of in _PAGES if pages)
    return next((PAGE + address_of.format(found[1]) for address_of, found in known if found), "")


def _in_row(at: int, row: Row, made: date, *, pages: bool) -> Iterator[Mention]:
    taken: list[tuple[int, int]] = []
    for anchor in row.anchors:
        identity = identity_of(anchor.address, pages=pages)
        if identity and not _is_cut(identity):
            yield Mention(at, anchor.start, anchor.end, identity, anchor)
        taken.append((anchor.start, anchor.end))
    text = row.text
    if not (_POINT.search(text) or ("/" in text and _is_named(text, pages=pages))):
        return
    taken.sort()
    place = 0
    for found in _NAMED.finditer(text):
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


def _is_named(text: str, *, pages: bool) -> bool:
    """Return whether a text without a number with a point may name a paper."""
    hosted = pages and "://" in text and any(host in text.lower() for host in _PAGE_HOSTS)
    return hosted or (_SIGN.search(text) or _ENCODED_SIGN.search(text)) is not None


def _is_plausible(arxiv: str, made: date) -> bool:
    """Return whether a number can be an arXiv id: neither of the future nor with too many digits."""
    whole = not _is_cut(f"arxiv:{arxiv}")
    return "/" in arxiv or (whole and _FIRST_YEAR <= int(arxiv[:2]) <= (made.year + 1) % 100)


def _is_cut(identity: str) -> bool:
    """Return whether an arXiv id has another number of digits than its year's: a text may be cut within an address."""
    month, point, number = identity.removeprefix("arxiv:").partition(".")
    if not point or not month.isdigit() or not identity.startswith("arxiv:"):
        return False
    return len(number) != (5 if int(month[:2]) >= _FIVE_DIGITS else 4)


_PATH = re.compile(r"[^\s.]*+\.[^\s/]*+/")
ADDRESS = re.compile(r"https?://[^\s<>\"`]+")
_QUOTED = re.compile(r"\s*(?:\"([^\"]{4,300})[,.]?\"|“([^“”]{4,300})[,.]?”)(?=[\s,.;:(\[]|\Z)")
_NAMES_FIRST = re.compile(
    r"([^\"“”:]{5,2000}?)(?:\s?\((?:19|20)\d\d[a-z]?\))?[.,:]\s+(?=[\"“]|\S{2,})(?!(?:[A-Z]\.|[\w’'-]+,))"
)
_STOP = re.compile(r"(?<=[^A-Z.][.?!])\s+(?=[A-Z])|\.\s*\Z")
_REACH = 6
_SEVERAL = 2
_GAP = "\x1f"
_BYLINE = (" — ", " – ", " - ", " | ", ", by ", " by ", BREAK, ". ")
# What subjects and places are made of, not names of people.
_IMPERSONAL = re.compile(
    r"\b(?:learning|vision|computer|computation|science|language|intelligence|robotics|systems?|university|institute"
    r"|labs?|research|google|microsoft|meta|openai|deepmind|nvidia|models?|analysis|data|processing|networks?"
    r"|retrieval|mathematics|physics|statistics|engineering|cryptography|security|graphics|interaction|theory"
    r"|optimization|recognition|arxiv|preprint|conference|workshop|journal|proceedings|poster|oral|spotlight"
    r"|published|submitted|paper|code|read|more|view|pdf)\b",
    re.IGNORECASE,
)


def title_of(row: Row, found: Sequence[Mention]) -> str:
    """Return the title in a row; empty if it can't be distinguished from the rest."""
    for mention in found:
        title = phrase.tidy(row.text[mention.start : mention.end].split(BREAK)[0]) if mention.anchor else ""
        if title and not identity_of(title) and not _PATH.match(title) and phrase.is_title(title):
            return title
    for start, end in row.bold:
        title = phrase.tidy(row.text[start:end].split(BREAK)[0])
        if phrase.is_title(title) and not any(start <= mention.start < end for mention in found):
            return title
    before, after = residue(row, found)
    leading = next((anchor for anchor in row.anchors if not phrase.is_button(row.label(anchor))), None)
    if leading and phrase.is_button(row.text[: leading.start]) and phrase.is_title(phrase.tidy(row.label(leading))):
        return phrase.tidy(row.label(leading))
    text = before if not phrase.is_button(before) else after
    text = next((part for part in text.split(_GAP) if not phrase.is_button(part)), "")
    text = text.split(BREAK)[0].split(" | ")[0]
    if phrase.is_credit(text) or (text in before and phrase.leads_on(text)):
        return ""
    if quoted := _QUOTED.match(text):
        return tidied if phrase.is_title(tidied := phrase.tidy(quoted[1] or quoted[2])) else ""
    title, _ = title_and_names(title_after_names(phrase.tidy(text)))
    return title if phrase.is_title(title) and not phrase.is_wordy(title) else ""


def is_furniture(row: Row) -> bool:
    """Return whether a row is nothing but buttons, links, a date or a field beside a paper."""
    text = ADDRESS.sub("", row.text)
    dated = not (row.heading or row.bold) and phrase.is_day(text)
    return dated or phrase.is_button(text) or phrase.is_label(text)


def title_after_names(text: str) -> str:
    """Return the text after the names of authors: the title of `A Sample, B Test (2026). Title. ICLR 2026`."""
    names, colon, title = text.partition(": ")
    if colon and are_people(names) and len(phrase.names_in(names)) >= _SEVERAL:
        return title.strip(' .,"“”')
    found = _NAMES_FIRST.match(text)
    if not found or len(phrase.names_in(found[1])) < _SEVERAL or not are_people(found[1]):
        return text
    rest = text[found.end() :]
    if quoted := _QUOTED.match(rest):
        return quoted[1] or quoted[2]
    return _STOP.split(rest, maxsplit=1)[0].strip(' .,"“”')


def title_and_names(text: str, *, lone: bool = False) -> tuple[str, str]:
    """Return a title and the names after it, empty if there are none; a `lone` name is an author's too."""
    for sign in _BYLINE:
        title, found, names = text.partition(sign)
        if found and are_people(names) and (lone or len(phrase.names_in(names)) > 1 or "al." in names):
            return title.strip(), names
    return text, ""


def are_people(text: str) -> bool:
    """Return whether a text is names, and none of them that of a subject or a place."""
    return phrase.are_names(text) and not _IMPERSONAL.search(text)


def residue(row: Row, mentions: Iterable[Mention]) -> tuple[str, str]:
    """Return the text before and after a row's first mention of a paper, without mentions, links and buttons."""
    spans = sorted(
        {(mention.start, mention.end) for mention in mentions}
        | {(a.start, a.end) for a in row.anchors if phrase.is_button(row.label(a))}
    )
    if not spans:
        return row.text, ""
    out, at = [], 0
    for start, end in spans:
        if start >= at:
            out.append(row.text[at:start])
            at = end
    return out[0], _GAP.join([*out[1:], row.text[at:]])


def is_alone(row: Row, mentions: Sequence[Mention]) -> bool:
    """Return whether a row says nothing beside naming papers."""
    if any(mention.anchor and says_more(row, mention) for mention in mentions):
        return False
    before, after = residue(row, mentions)
    return phrase.is_button(before) and phrase.is_button(after)


def says_more(row: Row, mention: Mention) -> bool:
    """Return whether a link says more than a button or an id."""
    label = row.text[mention.start : mention.end]
    return not phrase.is_button(label) and not _PATH.match(label) and phrase.is_title(phrase.tidy(label))


class NamedRows(list[Row]):
    """The rows of a text, with the mentions that make an entry of their own, by row."""

    def __init__(self, rows: Iterable[Row], own: dict[int, list[Mention]]) -> None:
        """Take rows and their mentions."""
        super().__init__(rows)
        self.own = own

    def is_alone(self, at: int) -> bool:
        """Return whether a row says nothing beside naming papers."""
        return is_alone(self[at], self.own[at])

    def is_title(self, at: int) -> bool:
        """Return whether a row, its mentions aside, has a title."""
        row = self[at]
        title = "" if row.rule or is_furniture(row) else title_of(row, [])
        return bool(title) and len(phrase.names_in(title)) < _SEVERAL

    def opening(self, start: int, end: int) -> int:
        """Return the first row of a paper that says anything, if it has a title, else -1."""
        for at in range(start, min(start + _REACH, end)):
            row, found = self[at], self.own.get(at, [])
            if row.rule or (found and is_alone(row, found)) or is_furniture(row):
                continue
            title = title_of(row, found)
            return at if title and len(phrase.names_in(title)) < _SEVERAL else -1
        return -1


_ENOUGH = 0.7
_APART = 60
_CLAUSE = 25
_ALIKE = 3
_WORDS = 6
_PROSE = 150


def own_mentions(rows: Sequence[Row], mentions: Sequence[Mention]) -> dict[int, list[Mention]]:
    """Return the mentions that make an entry of their own, by row: not those inside a sentence."""
    by_row: dict[int, list[Mention]] = {}
    for mention in mentions:
        by_row.setdefault(mention.row, []).append(mention)
    others = {at for at, found in by_row.items() if phrase.is_of_another(rows[at].text[: found[0].start])}
    _blank_refrains(rows, by_row)
    own = {at: kept for at, found in by_row.items() if (kept := _own(rows, at, found))}
    _add_beginnings(rows, by_row, own)
    # Where every paper is named so, the words mean the paper itself: `Based on: https://…`.
    direct = {at: kept for at, kept in own.items() if at not in others}
    return direct or own


def _add_beginnings(rows: Sequence[Row], by_row: dict[int, list[Mention]], own: dict[int, list[Mention]]) -> None:
    """Add the ids that rows begin with, where most rows do: the text after them may be any remark."""
    starts = [at for at, found in by_row.items() if found[0].start == 0 and not found[0].anchor and _is_of_one(found)]
    if len(starts) < _ALIKE or len(starts) < _ENOUGH * sum(1 for row in rows if not row.rule):
        return
    if sum(1 for at in starts if at in own) * 2 >= len(starts):
        own.update({at: by_row[at] for at in starts})
    for at in sorted(own):
        own[at] = own.pop(at)


def _blank_refrains(rows: Sequence[Row], by_row: dict[int, list[Mention]]) -> None:
    """Make blanks of words that are before the ids of several papers alike: `show similar | pdf`."""
    places: dict[str, list[int]] = {}
    for at, found in by_row.items():
        row = rows[at]
        before = residue(row, found)[0]
        if not row.cells and 0 < len(before.strip()) < _APART and not phrase.is_button(before):
            places.setdefault(before.strip().casefold(), []).append(at)
    for alike in places.values():
        if len({by_row[at][0].identity for at in alike}) >= _ALIKE:
            for at in alike:
                size = len(residue(rows[at], by_row[at])[0])
                rows[at].text = " " * size + rows[at].text[size:]


def _own(rows: Sequence[Row], at: int, found: list[Mention]) -> list[Mention]:
    """Return those of a row's mentions that make an entry of their own."""
    row = rows[at]
    around = residue(row, found)
    uncertain = not any(mention.certain for mention in found)
    if uncertain and all(map(phrase.is_button, around)) and re.search(r"\d", "".join(around)):
        # A number among numbers is an amount.
        return []
    if is_alone(row, found):
        # A sentence may be wrapped right before an address.
        above = rows[at - 1].text if at and not row.blank and not row.mark else ""
        return [] if len(above) > _APART and phrase.leads_on(above) else found
    if row.cells:
        texts = [(start, end) for start, end in row.cells if end - start > _PROSE]
        return [each for each in found if each.anchor or not any(start <= each.start < end for start, end in texts)]
    if len({mention.identity for mention in found}) > 1 and is_row_of_ids(row, found):
        return found
    if not _is_of_one(found):
        # Text beside a link may cite others.
        found = [mention for mention in found if mention.anchor]
    return found if found and _is_of_one(found) and _is_entry(row, found) else []


def _is_entry(row: Row, found: Sequence[Mention]) -> bool:
    """Return whether a row that names one paper is an entry of a list, not a sentence."""
    before, after = residue(row, found)
    if any(says_more(row, mention) for mention in found):
        # A link in a sentence has words on both sides.
        sentence = min(len(before.strip()), len(after.strip())) > _APART or phrase.is_wordy(before)
        return bool(row.mark) or not sentence
    sentence = after.lstrip()[:1].islower() and not phrase.is_button(ADDRESS.sub("", after))
    before, after = before.rstrip(" ([{<\"'"), after.lstrip(" )]}>\"',.:;|–—-")
    if phrase.is_button(before):
        # An id in front: `[2401.12345] Title`.
        ahead = phrase.tidy(after)
        if ahead[:1].islower() and len(ahead) > _CLAUSE and not phrase.is_title(ahead):
            return False
        return found[0].certain or bool(row.mark) or phrase.is_title(ahead.split("\n")[0][:200])
    linked = any(mention.anchor for mention in found)
    if linked and sentence and not row.marked:
        return False
    if linked or row.mark or row.heading:
        return bool(row.mark or row.bold) or not phrase.is_wordy(before)
    if sentence or phrase.is_wordy(before) or (phrase.leads_on(before) and not before.rstrip().endswith((":", "："))):
        return False
    # The text after the last sign is a label too: `bioRxiv 2026; doi:`.
    labelled = phrase.is_label(before) or phrase.is_label(re.split(r"[;|,(·•]\s*", before)[-1])
    return labelled or phrase.is_title(phrase.tidy(before))


def _is_of_one(found: Sequence[Mention]) -> bool:
    """Return whether mentions are of one paper: one arXiv id, one DOI at most."""
    papers = {mention.identity for mention in found}
    arxiv = sum(1 for identity in papers if identity.startswith("arxiv:"))
    return arxiv <= 1 and len(papers) - arxiv <= 1


def is_row_of_ids(row: Row, found: Sequence[Mention]) -> bool:
    """Return whether a row is ids side by side, perhaps after a few words and a colon."""
    before, after = residue(row, found)
    return phrase.is_button(after) and before.rstrip().endswith(":") and len(before.split()) <= _WORDS
