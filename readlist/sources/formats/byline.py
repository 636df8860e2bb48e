"""Authors and dates in words: lines of authors, and bylines such as `Authors: …`, `By …`, a journal's reference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from msgspec import Struct

from readlist.model.paper import fingerprint
from readlist.model.time import MONTH_PATTERN, PublicationDate
from readlist.sources.formats.json_values import as_line
from readlist.sources.formats.markup import text_of_html
from readlist.text.dates import date_in
from readlist.text.names import OTHERS, SUFFIX, forward, in_order, with_others

_PERSON_WORDS = 6
_WORD = re.compile(r"(?:(?:[a-z]{1,2}|al|el|ad|as|ash|an)[’'ʼ-])?[^\W\d_a-z][^\W\d_]*(?:[’'ʼ.-][^\W\d_]+)*\.?")
_LETTERS = re.compile(r"[^\W\d_a-z]\.?(?:-?[^\W\d_a-z]\.?){0,3}")
_PARTICLE = re.compile(
    r"(?i:a[fl]|ap|ben|bin|binti|da|das|de|de[lnrs]|dell[ao]|di|do|dos|du|e|el|ibn|la|las|le|los|op|of|san|st\.?|te[nr]?"
    r"|v[ao]n|vande[rn]|y|zu[mr]?|[’']t)"
)
_UNCASED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,5}")
_GROUP = re.compile(
    r"(?:The |the )?(?:[A-Z][\w&’'-]* ){1,5}(?:Collaborations?|Consortium|Team|Group|Network|Initiative)"
)
_OTHER_WORDS = """
abstract and article background center centre chapter college conclusion conclusions correspondent department
design editor editors fig figure for from gmbh hospital how in inc institute introduction its lab laboratory llc ltd
methods news objective our paper press professor reporter research results school senior staff table that the
these this university using via we what when where why with writer
"""
_NO_PERSON = frozenset(_OTHER_WORDS.split())
"""Words that are in no name, however they are written."""

_SHORT = re.compile(r"((?:[^\W\d_]++[ ’'-]){0,4}[^\W\d_]{2,}+) ([A-Z]{1,3})")
# Footnote marks after names.
_NOTE = r"(?:[*†‡§¶∗⁎]|\d{1,2}(?![\w.])|[\u00b9\u00b2\u00b3\u2070-\u2079])"
_NOTES = re.compile(rf"(?<=[^\W\d_.)])\s?{_NOTE}(?:,?\s?{_NOTE})*|(?<=[.)]){_NOTE}(?:,?{_NOTE})*")
_HONORIFICS = re.compile(
    r"(?:(?<=[,;] )|(?<=and )|\A)(?:Dr|Prof|Mrs?|Ms)\b\.?\s(?:Dr\b\.?\s)?"
    r"|,?\s(?:Ph\.?D|M\.?D)\b\.?(?=\s?[,;]|\sand\s|\Z)"
)
_AFFILIATION = re.compile(
    r"\b(?:univ|institut|colleg|school|dep(?:t|artment)|facult|hospital|cent(?:er|re)\b|lab\b|laborator|inc\b|ltd\b|gmbh"
    r"|corp|academ|research\b)|(?-i:\b[A-Z]{2,}\b)|\d",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[<(\[]?\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+\b[>)\]]?")
_BRACKETS = re.compile(r"\([^()]{0,500}\)")
_SUFFIX = re.compile(rf"{SUFFIX}|Ph\.?D\.?|M\.?D\.?")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[\s-]?){1,2}|(?:[^\W\d_]\.[\s-]?){1,4}")


def authors_in(names: Iterable[str], *, split: bool) -> Iterator[str]:
    """Yield each author's name, without address and affiliation.

    Args:
        names: a name each, or many in one.
        split: whether commas certainly separate names.
    """
    given = [name for name in (_name(each) for each in names) if name]
    for name in given:
        if ";" in name:
            yield from filter(None, map(_forward, name.split(";")))
        elif len(given) > 1 and name.count(",") < 2:
            yield _forward(name)
        else:
            yield from _parted_names(name, split=split)


def _parted_names(text: str, *, split: bool) -> Iterator[str]:
    """Yield the names in a line of names."""
    parts = [part for part in re.split(r"(?:(?<!\s)\s++)?+,\s*+(?:and\s++|&\s*+)?+", text) if part]
    if (
        len(parts) % 2 == 0
        and parts
        and all(map(_are_initials, parts[1::2]))
        and not any(map(_are_initials, parts[::2]))
    ):
        # Surnames first: `Smith, J., Doe, A. B.`
        yield from (in_order(last, first) for last, first in zip(parts[::2], parts[1::2], strict=True))
        return
    joined: list[str] = []
    for part in parts:
        if joined and _SUFFIX.fullmatch(part):
            joined[-1] += f", {part}"
        else:
            joined.append(part)
    if not split and len(joined) > 1 and not all(" " in part for part in joined):
        yield _forward(text)
        return
    *most, last = joined or [""]
    yield from most
    # A group's name may hold an "and" of its own.
    pair = re.split(r"(?<!\s)\s++(?:and|&)\s++", last)
    yield from pair if len(pair) == 2 and all(" " in name for name in pair) else filter(None, [last])


def _are_initials(part: str) -> bool:
    return part.isupper() and _INITIALS.fullmatch(part) is not None and not _SUFFIX.fullmatch(part)


def _forward(name: str) -> str:
    """Return a name with its given name first; one with a suffix or title after the comma as it is."""
    name = name.strip(" ,")
    _, comma, rest = name.partition(",")
    return forward(name) if comma and "," not in rest and not _SUFFIX.fullmatch(rest.strip()) else name


def _name(text: str) -> str:
    """Return a name without e-mail address and affiliation; of `jane@x.org (Jane)` the name."""
    text = as_line(text_of_html(text), 200_000) or ""
    if "@" in text:
        text = _EMAIL.sub(" ", text).strip()
        text = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    for _ in range(3):
        if "(" not in text:
            break
        text = _BRACKETS.sub("", text)
    return " ".join(text.split()).strip(" ,;")


def names_in(line: str, *, sure: bool = True) -> tuple[str, ...]:
    """Return the names in a line of nothing but names, else nothing.

    Args:
        line: a line, of a text that may be prose.
        sure: whether a label says that names follow: else each must have a given and a family name.
    """
    line = _NOTES.sub("", " ".join(line.split()))
    # A full stop ends the line unless it is that of an initial or of `et al.`
    line = re.sub(r"(?<=[^\W\d_]{3})(?<!\bal)(?<!\b[JS]r)\.\Z", "", line.strip(" ,;|·•"))
    line = _HONORIFICS.sub("", re.sub(r"(?<!\s)\s++[|·•/]\s++", ", ", line))
    line = re.sub(r",?\s(?:and\s)?\+?\s?\d{1,4}\s(?:more|others?)(?:\sauthors?)?\Z", ", et al.", line)
    people = re.split(r"(?:,|(?<![\s,]))\s++(?:and|&|und)\s++|;\s*+(?:and\s++|&\s++)?+", line)
    if ";" in line:
        # After a comma comes a given name, or an affiliation.
        people = [
            person.partition(",")[0] if _AFFILIATION.search(person.partition(",")[2]) else person for person in people
        ]
    family_first = all(re.fullmatch(r"(?:[^\s,]+|[^\W\d_a-z][^,]*), [^,]+", person) for person in people)
    line = ("; " if ";" in line or (family_first and len(people) > 1) else ", ").join(filter(None, people))
    names = tuple(with_others(each.rstrip("… ") for each in authors_in((line,), split=True)))
    short = [found for name in names if not name.isupper() and (found := _SHORT.fullmatch(name))]
    if len(short) == len(names):
        names = tuple(f"{found[2]} {found[1]}" for found in short)
    single = sum(" " not in name and not _UNCASED.fullmatch(name) for name in names)
    if not names or (single and (not sure or single * 2 > len(names))):
        return ()
    return names if all(_is_person(name, sure=sure) for name in names) and names[0] != OTHERS else ()


def _is_person(name: str, *, sure: bool) -> bool:
    """Tell whether a name may be one of a person or a group of them."""
    if name == OTHERS or _UNCASED.fullmatch(name) or _GROUP.fullmatch(name):
        return True
    words = name.partition(",")[0].split()
    if len(words) > _PERSON_WORDS or any(word.lower().strip(".") in _NO_PERSON for word in words):
        return False
    full = [word for word in words if _WORD.fullmatch(word) and not _LETTERS.fullmatch(word)]
    rest = [word for word in words if word not in full]
    return (bool(full) or sure) and all(_LETTERS.fullmatch(word) or _PARTICLE.fullmatch(word) for word in rest)


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


class _LineFacts(Struct):
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


_NO_LETTERS = bytes(byte for byte in range(128) if not chr(byte).isalnum())


def _prints(line: str, printed: str) -> bool:
    """Tell whether a line has a fingerprint, which is seldom to be made: each letter or digit of ASCII is one of it."""
    letters = line.encode("ascii", "ignore").translate(None, _NO_LETTERS)
    return len(letters) <= len(printed) and fingerprint(line) == printed


def byline_in(text: str, title: str = "") -> Byline:
    """Return what the lines of a text say of its authors and day.

    Only whole lines count, or their part before the next label, and only if every word is explained; prose stays.
    A text that names the authors of several works says nothing about its own.

    Args:
        text: plain text with its lines.
        title: what it is about; a line that repeats it doesn't count.
    """
    raw = _joined_lines(text.split("\n"))
    if len(raw) > _LINES:
        return Byline(text)
    lines = [_EMPHASIS.sub("", line) if _EMPHASIS.match(line) else " ".join(line.split()) for line in raw]
    is_event = _EVENT.search(text) is not None
    found: dict[int, _LineFacts] = {}
    places = [at for at, line in enumerate(lines) if line]
    printed = fingerprint(title) if title else ""
    for order, is_head in ((places, True), (places[::-1], False)):
        for at in order:
            read = _labelled(lines, at, is_event=is_event) or _unlabelled(lines, at, is_head=is_head)
            if read is None and (
                not any(map(str.isalnum, lines[at])) or (is_head and printed and _prints(lines[at], printed))
            ):
                read = _LineFacts(is_weak=True)
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
    lines: list[str], places: Iterable[int], found: dict[int, _LineFacts], is_event: bool
) -> Iterator[tuple[int, _LineFacts]]:
    """Yield the lines with labels at some places up to one without."""
    for at in places:
        read = None if at in found else _labelled(lines, at, is_event=is_event)
        if read is None:
            return
        yield at, read
        if read.rest:
            return


def _byline(raw: list[str], lines: list[str], found: dict[int, _LineFacts], text: str) -> Byline:
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


def _unlabelled(lines: list[str], at: int, *, is_head: bool) -> _LineFacts | None:
    """Return what a line at the beginning or end of a text says of the whole, None for a line of the text."""
    line = lines[at]
    if _goes_on(lines, at) or (at + 1 < len(lines) and lines[at + 1][:1].islower()):
        return None
    if is_head and _HEADING.fullmatch(line):
        return _LineFacts()
    by = _BY.fullmatch(line) if len(line) < _LINE_LENGTH * 10 else None
    if by and (names := names_in(by["names"], sure=False)):
        return _LineFacts("", names, tuple(_dates(by["before"], by["after"])))
    if len(line) > _LINE_LENGTH:
        return None
    for pattern in _references():
        if found := pattern.fullmatch(line):
            date = found.groupdict().get("date")
            dates = tuple(_dates(date))
            return _LineFacts("", (), dates) if dates or not date else None
    scholar = _SCHOLAR.fullmatch(line) if is_head else None
    if scholar and (names := names_in(scholar["names"], sure=False)):
        return _LineFacts("", names, tuple(_dates(scholar["date"])))
    return None


@cache
def _references() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of a journal's reference, compiled on first use: few feeds have any."""
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in _REFERENCES)


def _goes_on(lines: list[str], at: int) -> bool:
    """Tell whether a line goes on with the sentence above it."""
    return at > 0 and lines[at - 1] != "" and lines[at][:1].islower()


def _labelled(lines: list[str], at: int, *, is_event: bool) -> _LineFacts | None:
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
            # Without a colon it is a label only after others.
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
    return _LineFacts(line[end:].strip(), authors, (*dates, *later), is_weak) if end else None


def _dates(*texts: str | None) -> Iterator[PublicationDate]:
    """Yield the dates of texts that can be read without doubt."""
    for text in texts:
        said = date_in(text) if text else None
        if said and said.date and not said.unread:
            yield said.date
