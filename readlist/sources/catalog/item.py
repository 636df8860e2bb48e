"""What the rows of one paper say: its title, authors, abstract and links, whatever the list leaves out being empty."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from readlist.links import normalize
from readlist.sources.catalog import wording
from readlist.sources.catalog.mention import PAGE, identity_of
from readlist.sources.catalog.names import are_names, names_in
from readlist.sources.catalog.outline import is_alone, residue
from readlist.sources.catalog.record import Record
from readlist.sources.catalog.row import BREAK, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from readlist.sources.catalog.mention import Mention
    from readlist.sources.catalog.outline import Outline, Part
    from readlist.sources.catalog.row import Anchor, Row

_ABSTRACT = re.compile(
    r"\W{0,3}(?:abstract|摘要|초록)(?:\s?\([^()]{1,30}\))?\W{0,3}?(?:\s?[:：—.]\W{0,3}?\s*|\s*\Z)", re.IGNORECASE
)
_SUMMARY = re.compile(
    r"\W{0,3}(?:tl;?\s?dr|summary|key idea|one[- ]line(?:r)?)\W{0,3}?\s?[:：—.]\W{0,3}?\s*", re.IGNORECASE
)
_AUTHORS = re.compile(
    r"\W{0,3}(?:authors?|author\(s\)|by|作者)(?:\W{0,3}?\s?[:：]\W{0,3}?\s*|(?<=by) (?=[A-Z]))", re.IGNORECASE
)
_TITLE_COLUMN = re.compile(r"\W*(?:paper )?(?:title|paper(?:s| name)?|name|标题|论文|题目)\W*", re.IGNORECASE)
_AUTHORS_COLUMN = re.compile(r"\W*(?:authors?|by|作者)\W*", re.IGNORECASE)
_ABSTRACT_COLUMN = re.compile(r"\W*(?:abstract|摘要)\W*", re.IGNORECASE)
_BYLINE = (" — ", " – ", " - ", " | ", ", by ", " by ", BREAK, ". ")
# What subjects and places are made of, not names of people.
_IMPERSONAL = re.compile(
    r"\b(?:learning|vision|computer|computation|science|language|intelligence|robotics|systems?|university"
    r"|institute|labs?|research"
    r"|google|microsoft|meta|openai|deepmind|nvidia|models?|analysis|data|processing|networks?|retrieval"
    r"|mathematics|physics|statistics"
    r"|engineering|cryptography|security|graphics|interaction|theory|optimization|recognition|arxiv|preprint"
    r"|conference|workshop"
    r"|journal|proceedings|poster|oral|spotlight|published|submitted|paper|code|read|more|view|pdf)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[^\s<>\"`]+")
_SHARING = re.compile(
    r"https?://(?:[\w-]+\.)*(?:twitter|x|facebook|linkedin|reddit|weixin|threads|bsky)\.[a-z]+/", re.IGNORECASE
)
_SHORT = 200
_LEAST = 60
_PARAGRAPHS = 3


def records_of(rows: Sequence[Row], outline: Outline) -> Iterator[Record]:
    """Yield what a list says of each of its papers, in order."""
    column = _title_column(rows, outline)
    for part in outline.parts:
        here = {at: outline.own[at] for at in range(part.start, part.end) if at in outline.own}
        record = Record(rows[part.start].line)
        _identify(record, here, rows)
        if not part.titled:
            pass
        elif rows[part.start].cells and part.end == part.start + 1:
            _read_cells(record, rows, part.start, here[part.start], column)
        else:
            _read_rows(record, rows, part, here)
        record.addresses += _addresses(rows, part, here)
        if not record.title and record.page and not record.arxiv and not record.doi:
            continue
        yield record


def ids_of(rows: Sequence[Row], own: dict[int, list[Mention]], parts: Sequence[Part]) -> Iterator[Record]:
    """Yield the papers that are named outside the parts of a list, by id alone."""
    inside = {at for part in parts for at in range(part.start, part.end)}
    for at, found in own.items():
        if at not in inside and is_alone(rows[at], found):
            for mention in found:
                record = Record(rows[at].line)
                _identify(record, {at: [mention]}, rows)
                if record.arxiv or record.doi:
                    yield record


def _identify(record: Record, here: dict[int, list[Mention]], rows: Sequence[Row]) -> None:
    """Take over the id; a DOI beside an arXiv id only where it says itself that it is one."""
    for at, found in here.items():
        for mention in found:
            kind, _, value = mention.identity.partition(":")
            if kind == "arxiv":
                record.arxiv = record.arxiv or value
            elif kind == "doi":
                record.doi = record.doi or value
            elif mention.identity.startswith(PAGE):
                record.page = record.page or value
    if record.arxiv and record.doi:
        named = [at for at, found in here.items() for mention in found if mention.identity == f"doi:{record.doi}"]
        if not any(re.search(r"\bdoi\b", rows[at].text, re.IGNORECASE) for at in named):
            record.doi = ""


def _read_rows(record: Record, rows: Sequence[Row], part: Part, here: dict[int, list[Mention]]) -> None:
    place = _read_title(record, rows, part, here)
    rest = [at for at in range(part.start, part.end) if at != place]
    if place is not None:
        _read_behind(record, rows[place], here.get(place, []))
    if record.title:
        _read_text(record, rows, rest, here, place)


def _read_title(record: Record, rows: Sequence[Row], part: Part, here: dict[int, list[Mention]]) -> int | None:
    """Find the title; return the row it stands in, None if there is none."""
    for at in range(part.start, part.end):
        if title := wording.title_behind_label(rows[at].text):
            record.title = wording.tidy(residue(rows[at], here.get(at, []))[0].strip() and title)
            return at
    first = rows[part.start]
    marked = first.heading or first.mark or (first.bold and first.bold[0][0] <= 2)
    if part.start in here or marked:
        title = title_of(first, here.get(part.start, []))
        if title:
            record.title = title
            return part.start
    for at, found in here.items():
        if not is_alone(rows[at], found) and (title := title_of(rows[at], found)):
            record.title = _joined(rows, part.start, at, title)
            return at
    for at in range(part.start, min(part.start + 4, part.end)):
        if at in here and is_alone(rows[at], here[at]):
            continue
        title = title_of(rows[at], here.get(at, []))
        if title and not are_names(title):
            record.title = _wrapped(rows, at, part.end, here, title)
            return at
        if not wording.is_button(rows[at].text) and not wording.is_label(rows[at].text):
            return None
    return None


def _joined(rows: Sequence[Row], start: int, at: int, title: str) -> str:
    """Return a title with the lines of its paragraph above, where it is wrapped before its address."""
    above = at
    while above > start and not rows[above].blank and not rows[above].mark:
        above -= 1
    lines = [row.text for row in rows[above:at]]
    if not lines or any(row.anchors or row.heading for row in rows[above:at]):
        return title
    whole = wording.tidy(" ".join([*lines, title]))
    return whole if wording.is_title(whole) and not any(map(are_names, lines)) and len(lines[-1]) > _LEAST else title


def _wrapped(rows: Sequence[Row], at: int, end: int, here: dict[int, list[Mention]], title: str) -> str:
    """Return a title with its second line, where a narrow text wraps it."""
    below = at + 1
    if below >= end or below in here or len(rows[at].text) < _LEAST or rows[below].blank:
        return title
    more = rows[below].text
    if len(more) > len(rows[at].text) or rows[below].mark or wording.is_label(more) or are_names(more):
        return title
    if below + 1 < end and not rows[below + 1].blank and below + 1 not in here:
        return title
    whole = f"{title} {more}"
    return whole if wording.is_title(whole) else title


def title_of(row: Row, found: Sequence[Mention]) -> str:
    """Return the title that a row bears, empty if none can be told from the rest."""
    for mention in found:
        title = wording.tidy(row.text[mention.start : mention.end].split(BREAK)[0]) if mention.anchor else ""
        if title and not identity_of(title) and "/" not in title.split(" ")[0] and wording.is_title(title):
            return title
    for start, end in row.bold:
        title = wording.tidy(row.text[start:end].split(BREAK)[0])
        if wording.is_title(title) and not any(start <= mention.start < end for mention in found):
            return title
    before, behind = residue(row, found)
    if (anchor := _leading(row)) and (title := wording.tidy(row.label(anchor))) and wording.is_title(title):
        return title
    text = before if not wording.is_button(before) else behind
    text = text.split(BREAK)[0].split(" | ")[0]
    title, _ = _byline(wording.tidy(text))
    return title if wording.is_title(title) and not wording.is_wordy(title) else ""


def _leading(row: Row) -> Anchor | None:
    """Return the link a row begins with, where it says more than a button."""
    anchor = next((anchor for anchor in row.anchors if not wording.is_button(row.label(anchor))), None)
    return anchor if anchor and wording.is_button(row.text[: anchor.start]) else None


def _byline(text: str) -> tuple[str, str]:
    """Return a title and the names behind it, the names empty where there are none."""
    for sign in _BYLINE:
        title, found, names = text.partition(sign)
        if found and _are_people(names) and (len(names_in(names)) > 1 or "al." in names):
            return title.strip(), names
    return text, ""


def _are_people(text: str) -> bool:
    return are_names(text) and not _IMPERSONAL.search(text)


def _read_behind(record: Record, row: Row, found: Sequence[Mention]) -> None:
    """Take the authors that stand in the row of the title."""
    at = row.text.find(record.title)
    if at < 0 or not record.title:
        return
    for piece in parts_of(row.text[at + len(record.title) :]):
        piece = _without_links(piece).strip(" -–—|.,:()[]*_")
        if _are_people(piece) and (len(names_in(piece)) > 1 or "al." in piece):
            record.names = [piece]
            return
    _, names = _byline(wording.tidy(residue(row, found)[0]))
    if names:
        record.names = [names]


def _without_links(text: str) -> str:
    """Return a text up to its first bracket with a button, or address."""
    return re.split(r"https?://|[\[(](?=[^\[\]()]{0,40}[\])])", text)[0]


def _read_text(
    record: Record, rows: Sequence[Row], rest: Sequence[int], here: dict[int, list[Mention]], title: int | None
) -> None:
    """Take authors, abstract and summary from the rows beside the title."""
    paragraphs: list[str] = []
    remarks: list[str] = []
    field = ""
    last = -2
    for at in rest:
        row = rows[at]
        text = row.text
        if at in here and is_alone(row, here[at]):
            field = ""
            continue
        if (label := _AUTHORS.match(text)) and len(text) > label.end():
            record.names = [_without_links(text[label.end() :])]
            field = "names"
        elif label := _ABSTRACT.match(text):
            field = "abstract"
            paragraphs = [text[label.end() :]] if text[label.end() :] else []
        elif label := _SUMMARY.match(text):
            field = "summary"
            record.summary = record.summary or text[label.end() :]
        elif row.heading or wording.is_label(text):
            field = "other"
            remarks.append(text)
        elif not record.names and not paragraphs and field != "abstract" and _is_byline(rows, at, title):
            record.names = [text]
            field = "names"
        elif not row.blank and at == last + 1 and field in ("names", "summary", "abstract", "text"):
            _continue(record, field, text, paragraphs)
        elif field == "abstract" and not row.mark:
            paragraphs.append(text)
        elif field in ("", "names", "text") and not row.mark and not wording.is_button(text):
            paragraphs.append(text)
            field = "text"
        else:
            remarks.append(text)
        last = at
    kept = [text for text in paragraphs if text.strip()]
    labelled = any(_ABSTRACT.match(rows[at].text) for at in rest)
    if labelled:
        record.abstract = "\n\n".join(kept[:_PARAGRAPHS])
    else:
        long = [text for text in kept if len(text) >= _SHORT]
        record.abstract = "\n\n".join(long[:_PARAGRAPHS])
        remarks += [text for text in kept if text not in long]
        record.summary = record.summary or next((text for text in kept if _LEAST <= len(text) < _SHORT), "") * (
            not long
        )
    record.remark = "\n".join(remarks)


def _continue(record: Record, field: str, text: str, paragraphs: list[str]) -> None:
    """Put a line behind the field it goes on."""
    if field == "names":
        record.names[-1] += f" {text}"
    elif field == "summary":
        record.summary += f" {text}"
    elif paragraphs:
        paragraphs[-1] += f" {text}"
    else:
        paragraphs.append(text)


def _is_byline(rows: Sequence[Row], at: int, title: int | None) -> bool:
    """Return whether a row right behind the title is the names of its authors."""
    if title is None or not title < at <= title + 2:
        return False
    text = _without_links(rows[at].text).strip(" *_-–—")
    # `A Sample, B Example - arXiv preprint, 2026`
    text = text.split(" - ")[0]
    return _are_people(text) and (len(names_in(text)) > 1 or "al." in text or rows[at].text.startswith(("*", "_")))


def _title_column(rows: Sequence[Row], outline: Outline) -> int:
    """Return which column of a table holds its titles: the one with most words; -1 if there is no table."""
    weights: dict[int, int] = {}
    for part in outline.parts:
        row = rows[part.start]
        for count, (start, end) in enumerate(row.cells):
            text = wording.tidy(row.text[start:end].split(BREAK)[0])
            if wording.is_title(text) and not _are_people(text) and len(text.split()) > 1:
                weights[count] = weights.get(count, 0) + len(text.split())
    return max(weights, key=lambda count: weights[count], default=-1)


def _read_cells(record: Record, rows: Sequence[Row], at: int, found: Sequence[Mention], column: int) -> None:
    """Read a row of a table by its header, else by what its cells look like."""
    row = rows[at]
    names = _header(rows, at)
    for count, (start, end) in enumerate(row.cells):
        name = names[count] if count < len(names) else ""
        text = row.text[start:end].strip()
        if _ABSTRACT_COLUMN.fullmatch(name):
            record.abstract = text
        elif _AUTHORS_COLUMN.fullmatch(name) or (not record.names and count != column and _are_people(text)):
            record.names = [text]
    titled = next((count for count, name in enumerate(names) if _TITLE_COLUMN.fullmatch(name)), -1)
    for count in (titled, column):
        if 0 <= count < len(row.cells) and not record.title:
            start, end = row.cells[count]
            parts = list(parts_of(row.text[start:end]))
            title = wording.tidy(_without_links(parts[0]) if parts else "")
            record.title = title if wording.is_title(title) else ""
            if len(parts) > 1 and not record.names and _are_people(parts[1].strip(" *_")):
                record.names = [parts[1]]
    record.title = record.title or title_of(row, [mention for mention in found if mention.anchor])


def _header(rows: Sequence[Row], at: int) -> list[str]:
    """Return the names of the columns of the table a row stands in."""
    while at > 0 and rows[at - 1].cells:
        at -= 1
    row = rows[at]
    names = [row.text[start:end].strip() for start, end in row.cells]
    return names if not row.anchors and all(len(name) < 40 for name in names) else []


def _addresses(rows: Sequence[Row], part: Part, here: dict[int, list[Mention]]) -> list[str]:
    """Return the addresses beside a paper that belong to it: its code and project, not people's pages."""
    found: list[str] = []
    for at in range(part.start, part.end):
        row = rows[at]
        for anchor in row.anchors:
            link = normalize(anchor.address)
            if identity_of(anchor.address) or not link or _SHARING.match(link.url):
                continue
            label = row.label(anchor)
            if link.kind in ("repo", "data") or wording.is_button(label) or label in (anchor.address, link.url):
                found.append(anchor.address)
        taken = [mention for mention in here.get(at, ()) if not mention.anchor]
        for address in _ADDRESS.finditer(row.text):
            if not any(mention.start <= address.start() < mention.end for mention in taken):
                found.append(address[0].rstrip(".,;:)]>*_"))
    return found
