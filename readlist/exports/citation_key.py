"""The citation key of a paper: `vaswani2017attention-1706.03762`."""

from __future__ import annotations

import re
from hashlib import blake2b

from readlist.model.paper import Paper
from readlist.text.clean import fold, readable
from readlist.text.names import name_of

_LONGEST = 30
_DULL = frozenset(
    {
        "a", "an", "the", "on", "of", "in", "for", "to", "and", "or", "with", "by", "from", "at", "as", "is", "are",
        "be", "do", "does", "can", "via", "towards", "toward", "into", "how", "what", "why", "when", "we", "it", "its",
        "not", "i", "der", "die", "das", "ein", "eine", "le", "la", "les", "un", "une", "el", "los", "las",
        "uber", "zur",
    }
)  # fmt: skip


def citation_key(paper: Paper) -> str:
    """Return the key to cite a paper by: first author, year, first word of the title, and what makes it unique.

    It depends on the paper alone, not on what else is exported or in the library, which differs from machine to
    machine and loses old papers: a key that stands in somebody's text stays right. So that no two papers share one,
    it ends in the arXiv id, else in eight letters made of the DOI or title. Letters, digits, `.` and `-` of ASCII only.
    """
    author = _ascii(name_of(paper.authors[0]).family if paper.authors else "")[:_LONGEST]
    year, word = _year(paper), _word(paper.title)
    return f"{author + year + word if author else word + year}-{_distinction(paper)}".lstrip("-")


def _year(paper: Paper) -> str:
    # The id is known from the first feed on, the day of publication may come with a later one.
    number = paper.arxiv.rpartition("/")[2][:2]
    if number:
        return f"{'19' if int(number) > 90 else '20'}{number}"
    return str(paper.published.year) if paper.published else ""


def _word(title: str) -> str:
    """Return the first word of a title that says something; without any, its first."""
    words = [word for part in re.split(r"[\s\-–—/:]+", readable(title)) if (word := _ascii(part))]
    return next((word for word in words if word not in _DULL), words[0] if words else "")[:_LONGEST]


def _distinction(paper: Paper) -> str:
    if paper.arxiv:
        return paper.arxiv.replace("/", ".")
    identifier = next(iter(paper.identifiers), paper.key)
    number = int.from_bytes(blake2b(identifier.encode("utf-8", "replace"), digest_size=5).digest())
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    return "".join(letters[number >> shift & 31] for shift in range(0, 40, 5))


def _ascii(text: str) -> str:
    """Return what is left of a text in ASCII letters and digits, small: `Müller` is `muller`."""
    return re.sub(r"[^a-z0-9]", "", fold(text))
