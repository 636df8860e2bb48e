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

    It depends on the paper alone, not on the library, which differs between machines and over time: a key in a text
    stays valid. It ends in the arXiv id, else in eight letters derived from the DOI or title, so that no two papers
    share one. ASCII letters, digits, `.` and `-` only.
    """
    author = _ascii(name_of(paper.authors[0]).family if paper.authors else "")[:_LONGEST]
    year, word = _year(paper), _word(paper.title)
    return f"{author + year + word if author else word + year}-{_distinction(paper)}".lstrip("-")


def _year(paper: Paper) -> str:
    # The id is known from the first feed on; the date may come with a later one.
    number = paper.arxiv.rpartition("/")[2][:2]
    if number:
        return f"{'19' if int(number) > 90 else '20'}{number}"
    return str(paper.published.year) if paper.published else ""


def _word(title: str) -> str:
    """Return the first significant word of a title, else its first."""
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
    """Return a text in lower-case ASCII letters and digits: `Müller` is `muller`."""
    return re.sub(r"[^a-z0-9]", "", fold(text))
