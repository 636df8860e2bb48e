"""Authors and day where a feed has them only in an item's words: `Authors: …`, `By …`, the reference of a journal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from msgspec import Struct

from readlist.model.paper import fingerprint
from readlist.model.time import MONTH_PATTERN, PublicationDate
from readlist.sources.formats.author_line import names_in
from readlist.sources.formats.reference_date import date_in

_LINES = 1_000
_OPEN = (",", ";", " and", "&", ":", ":**", ":__")
_LIST = re.compile(r"[,;]|\band\b")
_WRAPPED = 60
"""Characters from which a line may be one that was wrapped."""
_LINE_LENGTH = 300
"""Characters of a line that may be a reference."""

_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    r"(?:(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s)?"
    r"(?:\d{4}-\d\d(?:-\d\d)?|\d{4}/\d\d/\d\d|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}/\d{1,2}/\d{4}"
    rf"|{_DAY}\s{MONTH_PATTERN},?\s\d{{4}}|{MONTH_PATTERN}\s{_DAY}(?:\s?[-–]\s?{_DAY})?,?\s\d{{4}}"
    rf"|{MONTH_PATTERN}(?:\s?[-–/]\s?{MONTH_PATTERN})?,?\s\d{{4}}|\d{{4}}\s{MONTH_PATTERN}(?:\s?[-–/]\s?{MONTH_PATTERN})?(?:\s\d{{1,2}})?"
    r"|(?:Spring|Summer|Autumn|Fall|Winter)\s\d{4}|\d{4})"
    r"(?:(?:T|,?\s)(?:at\s)?\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?:\s?[ap]\.?m\.?)?(?:\s?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?)?)"
)
_WHO = r"(?:Full\s)?Author(?:s|\(s\))?(?:\s(?:names?|list))?|Written\sby|Authored\sby|Creator(?:s|\(s\))?|By"
_PUBLISHED = (
    r"(?:First\s)?(?:Published|Posted)(?:\s(?:online(?:\son)?|on))?|(?:Online\s)?Publication[\s-]date|Available\sonline"
    r"|Publication\syear|Date\s(?:published|posted|of\spublication)|(?:Cover|Issue|Release)\sdate"
)
_WHEN = rf"{_PUBLISHED}|Date"
_WHERE = r"Source|Journal(?:\s(?:name|title|reference|ref\.?))?|Venue|Publication|Published\sin|Appeared\sin|Citation"
_LABEL = re.compile(
    rf"(?<![\w-])(?:(?P<who>{_WHO})|(?P<when>{_WHEN})|(?P<where>{_WHERE})|(?P<text>Abstract|Summary))\s?:(?!//)\s*"
    r"|(?<!\w)(?-i:Abstract|ABSTRACT)\s+(?=[A-Z])",
    re.IGNORECASE,
)
_AVAILABLE = re.compile(r"Available\sonline\s", re.IGNORECASE)
_HEADING = re.compile(r"(?:Abstract|Summary)\s?[:.]?", re.IGNORECASE)
_EMPHASIS = re.compile(r"\*\*|__")
_BY = re.compile(
    rf"(?:(?:Posted|Published|Written|Submitted)\s(?:on\s)?(?P<before>{_DATE})\sby"
    r"|(?:(?:Posted|Published|Written|Submitted)\s)?by)\s(?P<names>[^|·•:]{3,2000}?)"
    rf"(?:(?:\son|,|\s?[|·•–—])\s(?:(?:Published|Posted)\s(?:on\s)?)?(?P<after>{_DATE}))?\.?",
    re.IGNORECASE,
)
_DATED = re.compile(rf"{_DATE}\.?", re.IGNORECASE)
_JOURNAL = r"(?:[A-Z][^;:]{1,150}?,\s)"
_PUBMED_DATE = rf"\d{{4}}(?:\s{MONTH_PATTERN}(?:-{MONTH_PATTERN})?(?:\s\d{{1,2}})?)?"
_REFERENCES = (
    # `Kettle Reviews, Volume 3, Issue 2, Page 1-20, May 2026.`
    rf"{_JOURNAL}?Vol(?:ume|\.)?\s[\w-]+(?:,\s(?:Issue|No\.?|Number|Pages?|pp\.?|Article)\s[^,;]{{1,40}})*"
    rf"(?:,\s(?P<date>{_DATE}))?(?:,\sPages?\s[^,;]{{1,40}})?\.?",
    # `Kettle Reviews, Published online: 03 May 2026; doi:10.1000/x`
    rf"{_JOURNAL}?(?:{_PUBLISHED})\s?:?\s(?P<date>{_DATE})(?:[;,.]\s?(?:doi:\s?|https?://)\S+)?\.?",
    # `Kettle Rev. 2026 May 3;12(3):45-56. doi: 10.1000/x. Online ahead of print.`
    rf"[A-Z][^;]{{1,150}}\.\s(?P<date>{_PUBMED_DATE})(?:[;:]\S+)?\.\s(?:pii:\s\S+\s)?doi:\s?\S+(?:\s[^.]{{1,60}}\.){{0,3}}",
    rf"[A-Z][^;]{{1,150}}\.\s(?P<date>{_PUBMED_DATE});\d\S*",
    # `[Kettle Rev. 107, 012401] Published Sun May 03, 2026`
    rf"\[[^\[\]]{{4,80}}\]\s?Published\s(?P<date>{_DATE})\.?",
    rf"{_JOURNAL}(?:Early\s?View|Ahead of Print|Accepted Article|Just Accepted|Online First|Version of Record)\.?",
    r"PMID:\s?\d+(?:\s?(?:\||\[).{0,200})?",
)  # fmt: skip
# `A Bee, CD Dee… - Kettle Reviews, 2026 - Publisher`
_SCHOLAR = re.compile(
    r"(?P<names>[A-Z]{1,4} [^,\d]{2,40}(?:, [A-Z]{1,4} [^,\d]{2,40})*(?:, ?)?(?:…|\.\.\.)?)\s[-–]\s"
    r"(?:[^\n]{0,150}[,\s-]\s?)?(?P<date>(?:19|20)\d\d)(?:\s[-–]\s[^\n]{1,60})?"
)
_PLACE = re.compile(
    rf"(?:[^\n]{{0,200}}?(?:[,;(]\s?|\.\s))?(?P<date>{_DATE})\)?(?:,\s(?:Pages?|pp\.?)\s[^,;]{{1,40}})?\.?"
    r"|[^\n]{1,200},\sVol(?:ume|\.)?\s[^,;\n]{1,40}(?:,[^,\n]{1,60}){0,3}",
    re.IGNORECASE,
)
_TITLE = re.compile(r"[A-Z][^.!?\n]{1,150}")
# A date among these is that of something one goes to.
_EVENT = re.compile(r"^\W{0,3}(?:time|location|place|where|room|speaker|deadline|registration|rsvp)\s?:", re.I | re.M)


class Byline(Struct, frozen=True):
    """A text, and what it says of its authors and day.

    Attributes:
        text: without the lines that say nothing else.
        authors: their names, in order.
        published: the date of publication.
    """

    text: str
    authors: tuple[str, ...] = ()
    published: PublicationDate | None = None


class _Read(Struct):
    """What a line says.

    Attributes:
        rest: what remains of it as text.
        authors: names in it.
        dates: dates in it, those with a label of their own first.
        is_weak: whether it says so little that it may also be a sentence of the text.
    """

    rest: str = ""
    authors: tuple[str, ...] = ()
    dates: tuple[PublicationDate, ...] = ()
    is_weak: bool = False


def byline_in(text: str, title: str = "") -> Byline:
    """Return what the lines of a text say of its authors and day.

    Only whole lines count, or what stands in them before the next label, and only if every word is accounted for: prose
    stays as it is. A text that names the authors of several works says nothing of its own.

    Args:
        text: plain text with its lines.
        title: what it is about; a line that repeats it doesn't count.
    """
    raw = _joined_lines(text.split("\n"))
    if len(raw) > _LINES:
        return Byline(text)
    lines = [_EMPHASIS.sub("", line) if _EMPHASIS.match(line) else " ".join(line.split()) for line in raw]
    is_event = _EVENT.search(text) is not None
    found: dict[int, _Read] = {}
    places = [at for at, line in enumerate(lines) if line]
    printed = fingerprint(title) if title else ""
    for order, is_head in ((places, True), (places[::-1], False)):
        for at in order:
            read = _labelled(lines, at, is_event=is_event) or _unlabelled(lines, at, is_head=is_head)
            if read is None and (
                not any(map(str.isalnum, lines[at])) or (is_head and printed and fingerprint(lines[at]) == printed)
            ):
                read = _Read(is_weak=True)
            if read is None or at in found or (read.rest and not is_head and not (read.authors or read.dates)):
                break
            found[at] = read
            if read.rest:
                break
    for index, at in enumerate(places):
        # Elsewhere a line says something of the whole only where it names the authors, or beside such a line.
        if at not in found and (read := _labelled(lines, at, is_event=is_event)) and read.authors:
            found[at] = read
            found |= dict(_following(lines, places[index + 1 :], found, is_event))
            found |= dict(_following(lines, places[:index][::-1], found, is_event))
    return _byline(raw, lines, found, text)


def _following(
    lines: list[str], places: Iterable[int], found: dict[int, _Read], is_event: bool
) -> Iterator[tuple[int, _Read]]:
    """Yield the lines with labels at some places up to one without."""
    for at in places:
        read = None if at in found else _labelled(lines, at, is_event=is_event)
        if read is None:
            return
        yield at, read
        if read.rest:
            return


def _byline(raw: list[str], lines: list[str], found: dict[int, _Read], text: str) -> Byline:
    """Return what some lines say together, and the others as text."""
    authors = {read.authors for read in found.values() if read.authors}
    lists = {line for line in lines if (label := _LABEL.match(line)) and label["who"]}
    dates = [date for at in sorted(found) for date in found[at].dates]
    if not found or max(len(authors), len(lists)) > 1:
        return Byline(text)
    is_sure = bool(authors or dates)
    kept = [
        line if at not in found or (found[at].is_weak and not is_sure) else found[at].rest
        for at, line in enumerate(raw)
    ]
    return Byline("\n".join(kept).strip(), next(iter(authors), ()), dates[0] if dates else None)


def _joined_lines(lines: list[str]) -> list[str]:
    """Return lines without blanks around them; names that go on below their label in one with it."""
    joined: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        while (label := _LABEL.match(line.lstrip("*_"))) and label["who"]:
            below = next((each for each in range(at + 1, min(at + 3, len(lines))) if lines[each].strip()), 0)
            if not below or _LABEL.match(lines[below].strip()):
                break
            below_line = lines[below].strip()
            is_wrapped = below == at + 1 and len(line) - line.rfind("\n") > _WRAPPED
            is_open = line.endswith(_OPEN) or below_line.startswith((",", ";", "and ", "&"))
            if not (is_open or (is_wrapped and _LIST.search(below_line) and names_in(below_line))):
                break
            line, at = f"{line}\n{below_line}", below
        joined.append(line)
        at += 1
    return joined


def _unlabelled(lines: list[str], at: int, *, is_head: bool) -> _Read | None:
    """Return what a line at the beginning or end of a text says of the whole, None for a line of the text."""
    line = lines[at]
    if _goes_on(lines, at) or (at + 1 < len(lines) and lines[at + 1][:1].islower()):
        return None
    if is_head and _HEADING.fullmatch(line):
        return _Read()
    by = _BY.fullmatch(line) if len(line) < _LINE_LENGTH * 10 else None
    if by and (names := names_in(by["names"], sure=False)):
        return _Read("", names, tuple(_dates(by["before"], by["after"])))
    if len(line) > _LINE_LENGTH:
        return None
    for pattern in _references():
        if found := pattern.fullmatch(line):
            date = found.groupdict().get("date")
            dates = tuple(_dates(date))
            return _Read("", (), dates) if dates or not date else None
    scholar = _SCHOLAR.fullmatch(line) if is_head else None
    if scholar and (names := names_in(scholar["names"], sure=False)):
        return _Read("", names, tuple(_dates(scholar["date"])))
    return None


@cache
def _references() -> tuple[re.Pattern[str], ...]:
    """Return what matches the reference of a journal, compiled when the first short line asks: most feeds have none."""
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in _REFERENCES)


def _goes_on(lines: list[str], at: int) -> bool:
    """Tell whether a line goes on with the sentence above it."""
    return at > 0 and lines[at - 1] != "" and lines[at][:1].islower()


def _labelled(lines: list[str], at: int, *, is_event: bool) -> _Read | None:
    """Return what a line says that begins with a label, up to where it can't be read; None if nothing can."""
    if _goes_on(lines, at):
        return None
    line = lines[at]
    authors: tuple[str, ...] = ()
    dates: list[PublicationDate] = []
    later: list[PublicationDate] = []
    place = end = 0
    is_weak = True
    while label := _LABEL.match(line, place):
        if label.lastgroup not in ("who", "when", "where"):
            # Without a colon it is a label only behind others.
            if label["text"] or end:
                end, is_weak = label.end(), False
            break
        following = _LABEL.search(line, label.end())
        place = following.start() if following else len(line)
        value = line[label.end() : place].strip(" ,;|·•")
        is_read = False
        if label["who"] and not authors:
            authors = names_in(value)
            is_read = bool(authors)
        elif label["when"] and not (is_event and label["when"].lower() == "date"):
            value = _AVAILABLE.sub("", value)
            known = list(_dates(value)) if _DATED.fullmatch(value) else []
            dates += known
            is_read = bool(known)
        elif label["where"] and "://" not in value:
            found = _PLACE.fullmatch(value)
            known = list(_dates(found["date"])) if found else []
            later += known
            is_read = bool(found or _TITLE.fullmatch(value))
        if not is_read:
            break
        end, is_weak = place, is_weak and not (authors or dates or later)
    return _Read(line[end:].strip(), authors, (*dates, *later), is_weak) if end else None


def _dates(*texts: str | None) -> Iterator[PublicationDate]:
    """Yield the dates of texts that can be read without doubt."""
    for text in texts:
        said = date_in(text) if text else None
        if said and said.date and not said.unread:
            yield said.date
