"""Names of authors: given name first, in the parts of reference formats, and what `et al.` means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from readlist.pattern import pattern

OTHERS = "et al."
_OTHERS = pattern(
    r"(?i)(?:(?:\A|[,;]|\s)\s*(?:and\s+|&\s*)?(?:et(?:\.[\s~]*|[\s~]+)al\b\.?|et\s+alii)|(?:\A|(?:\A|\s)(?:and|&)\s+)others),?\s*\Z"
)
_TAIL = 40
SUFFIX = r"(?:Jr|Sr)\.?|I{2,3}|IV"
"""Pattern of a suffix of a name."""

_SUFFIX = pattern(SUFFIX, re.IGNORECASE)
# In lower case they belong to the family name (https://www.bibtex.org/Format/ "von part"); in capitals only these
# pairs do.
_PAIRS = frozenset({"van der", "van den", "van de", "von der", "von den", "de la", "de las", "de los", "de le"})
# Words of group names; stored names don't say whether they are groups. Compiled on first use, for exports only.
_GROUP = (
    r"(?i)\b(?:teams?|groups?|consorti(?:um|a)|collaborations?|labs?|laborator(?:y|ies|ium|io|ire)|universi[td]\w+"
    r"|institut\w*|inc|llc|ltd|plc|gmbh|corp|corporation|company|foundation|associations?|soci(?:ety|été|edad)"
    r"|committee|commissions?|centre|center|centro|zentrum|departments?|divisions?|facult(?:y|é)|projects?|initiative"
    r"|authors|contributors|community|networks?|council|agency|research|organi[sz]ations?|ministry|minist(?:erium|ère|erio)"
    r"|bundes\w+|academy|académie|akademie|federation|alliance|partnership|bureau|administration|authority|government"
    r"|banks?|unions?|office|museum|hospitals?|clinic|college|programm?e?|survey|observatory|panel|fund|task force"
    r"|red cross|staff|editors|collective|coalition|league|parliament"
    r"|systems|technologies|solutions|software|studios|ventures|holdings|partners|news|journal|library|libraries|school"
    r"|services?|secretariat|directorate|united|international|national|european|american|federal|global|assembly|congress"
    r"|gesellschaft|verband|verein|investigators|developers|nations|of|for|für|pour|et al|and|und|others)\b"
    r"|[&/:@\d]|\A(?:the|team)\b|\s(?-i:AI)\Z"
)


class Name(Struct, frozen=True):
    """One author's name.

    Attributes:
        family: the family name; of a group, and of a person with one name, the whole.
        given: first names and initials.
        particle: small words that belong to the family name: `van der`.
        suffix: `Jr.`, `III`.
        whole: whether it must not be divided: a group's, or one word.
    """

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""
    whole: bool = False


def in_order(family: str, given: str = "", suffix: str = "") -> str:
    """Return a name as people write it, `Given von Family, Jr.`, from its parts."""
    name = f"{given} {family}".strip()
    return f"{name}, {suffix}" if suffix else name


def forward(name: str) -> str:
    """Return `Last, First, Jr.` as `First Last, Jr.`; a name without a comma as it is."""
    last, *rest = (part.strip() for part in name.split(",", 2))
    return in_order(last, *rest)


def with_others(names: Iterable[str]) -> Iterator[str]:
    """Yield names as they are written; `et al.` is a name of its own, as in sources.

    BibTeX says `others`, other files `et al.`, sometimes after the last name.
    """
    for name in map(str.strip, names):
        tail = name[-_TAIL:]
        small = tail.lower()
        more = _OTHERS.search(tail) if "al" in small or "other" in small else None
        before = name[: more.start() - len(tail)] if more else name
        if before:
            yield before
        if more:
            yield OTHERS


def are_others(name: str) -> bool:
    """Tell whether a name only says that there are more authors."""
    return list(with_others([name])) == [OTHERS]


def name_of(text: str) -> Name:
    """Return the parts of a name as feeds write it: `Given von Family` or `Family, Given`."""
    text = " ".join(text.split())
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 2 and _SUFFIX.fullmatch(parts[1]):
        text, parts = f"{parts[0]} {parts[1]}", [f"{parts[0]} {parts[1]}"]
    if re.search(_GROUP, text) or len(parts) > 3 or not all(parts):
        return Name(text, whole=True)
    if len(parts) > 1:
        particle, family = _divided(parts[0].split())
        return Name(family, parts[-1], particle, parts[1] if len(parts) == 3 else "")
    words = text.split(" ")
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    if len(words) == 1:
        return Name(text, whole=True)
    start = _family_start(words)
    particle, family = _divided(words[start:])
    return Name(family, " ".join(words[:start]), particle, suffix)


def _family_start(words: list[str]) -> int:
    """Return where the family name begins, its particle with it; never at the first word."""
    for place in range(1, len(words) - 1):
        if words[place][0].islower() or f"{words[place]} {words[place + 1]}".lower() in _PAIRS:
            return place
    return len(words) - 1


def _divided(words: list[str]) -> tuple[str, str]:
    """Return particle and family name of the words of both; the last word is never a particle."""
    place = 0
    while place < len(words) - 1 and words[place][0].islower():
        place += 1
    return " ".join(words[:place]), " ".join(words[place:])
