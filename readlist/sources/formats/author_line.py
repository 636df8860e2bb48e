"""Lines of authors as sources write them: one name, or many divided by commas, semicolons and `and`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from readlist.sources.formats import html_fragment as hypertext
from readlist.sources.formats.fields import as_line
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

_SHORT = re.compile(r"((?:[^\W\d_]+[ ’'-]){0,4}[^\W\d_]{2,}) ([A-Z]{1,3})")
# Signs and numbers behind names that lead to a footnote.
_NOTE = r"(?:[*†‡§¶∗⁎]|\d{1,2}(?![\w.])|[\u00b9\u00b2\u00b3\u2070-\u2079])"
_NOTES = re.compile(rf"(?<=[^\W\d_.)])\s?{_NOTE}(?:,?\s?{_NOTE})*|(?<=[.)]){_NOTE}(?:,?{_NOTE})*")
_TITLES = re.compile(
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
        split: whether commas certainly stand between names.
    """
    given = [name for name in (_name(each) for each in names) if name]
    for name in given:
        if ";" in name:
            yield from filter(None, map(_forward, name.split(";")))
        elif len(given) > 1 and name.count(",") < 2:
            yield _forward(name)
        else:
            yield from _parted(name, split=split)


def _parted(text: str, *, split: bool) -> Iterator[str]:
    """Yield the names in a line of names."""
    parts = [part for part in re.split(r"\s*,\s*(?:and\s+|&\s*)?", text) if part]
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
    pair = re.split(r"\s+(?:and|&)\s+", last)
    yield from pair if len(pair) == 2 and all(" " in name for name in pair) else filter(None, [last])


def _are_initials(part: str) -> bool:
    return part.isupper() and _INITIALS.fullmatch(part) is not None and not _SUFFIX.fullmatch(part)


def _forward(name: str) -> str:
    """Return a name with its given name first; one with a suffix or title behind the comma as it is."""
    name = name.strip(" ,")
    _, comma, rest = name.partition(",")
    return forward(name) if comma and "," not in rest and not _SUFFIX.fullmatch(rest.strip()) else name


def _name(text: str) -> str:
    """Return a name without e-mail address and affiliation; of `jane@x.org (Jane)` the name."""
    text = as_line(hypertext.text(text), 200_000) or ""
    if "@" in text:
        text = _EMAIL.sub(" ", text).strip()
        text = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    for _ in range(3):
        if "(" not in text:
            break
        text = _BRACKETS.sub("", text)
    return " ".join(text.split()).strip(" ,;")


def names_in(line: str, *, sure: bool = True) -> tuple[str, ...]:
    """Return the names in a line that holds names and nothing else; none of any other line.

    Args:
        line: a line, of a text that may be prose.
        sure: whether a label says that names follow: else each must have a given and a family name.
    """
    line = _NOTES.sub("", " ".join(line.split()))
    # A full stop ends the line unless it is that of an initial or of `et al.`
    line = re.sub(r"(?<=[^\W\d_]{3})(?<!\bal)(?<!\b[JS]r)\.\Z", "", line.strip(" ,;|·•"))
    line = _TITLES.sub("", re.sub(r"\s+[|·•/]\s+", ", ", line))
    line = re.sub(r",?\s(?:and\s)?\+?\s?\d{1,4}\s(?:more|others?)(?:\sauthors?)?\Z", ", et al.", line)
    people = re.split(r",?\s+(?:and|&|und)\s+|;\s*(?:and\s+|&\s+)?", line)
    if ";" in line:
        # Behind a comma stands a given name, or where someone works.
        people = [
            person.partition(",")[0] if _AFFILIATION.search(person.partition(",")[2]) else person for person in people
        ]
    family_first = all(re.fullmatch(r"(?:[^\s,]+|[^\W\d_a-z][^,]*), [^,]+", person) for person in people)
    line = ("; " if ";" in line or (family_first and len(people) > 1) else ", ").join(filter(None, people))
    names = tuple(with_others(each.rstrip("… ") for each in authors_in((line,), split=True)))
    if all(_SHORT.fullmatch(name) and not name.isupper() for name in names):
        names = tuple(_SHORT.sub(r"\2 \1", name) for name in names)
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
