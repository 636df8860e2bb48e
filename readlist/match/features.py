"""The terms of a paper: words, pairs of neighbouring words, authors, organization."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from readlist.query.lexer import UNSPACED, indexed_tokens, is_sign, tokens

Kind = Literal["word", "pair", "author", "organization"]

_STRESSED = 1.7
"""Level of a word in the title, or more than once in the abstract; 1 of every other."""

_AUTHORS = 80
"""Authors that count: beyond, a paper is a collaboration's, and its names say little."""

AUTHOR, ORGANIZATION = "@", "#"
"""First characters of the terms of names."""

_STOP = """
about above across after all also although among an and any approach are art as at available be been before
being between both but by can code could demonstrate demonstrates do does during each either et etc even every
existing experiments extensive first for from further furthermore github given has have hence here how however
https if in into introduce is it its itself large leading less like many may method methods might more
moreover most much multiple must new no not novel of often on one only or other our out outperforms over paper
per performance present propose proposed recent results set several shall should show shows significantly
since single some state such than that the their them then there therefore these they this those three through
thus to towards two under up us use used using various very via was we well were what when where whether which
while who whose why will with within without work works would yet you your
"""
"""English words that say nothing of a paper's subject, those of abstracts among them."""

_STOP_WORDS = frozenset(_STOP.split())


class Features(Struct, frozen=True):
    """The terms of one paper.

    A term is a word, a pair of neighbouring words with a blank between, `@` and an author, or `#` and an organization,
    all folded as the search index holds them.

    Attributes:
        levels: each word and pair, with its level: 1, or 1.7 in the title or more than once.
        titled: the pairs of the title.
        authors: at most 80, each with its `@`.
        organization: with its `#`; empty if there is none.
    """

    levels: dict[str, float]
    titled: frozenset[str]
    authors: tuple[str, ...] = ()
    organization: str = ""

    @property
    def terms(self) -> set[str]:
        """Every term of the paper."""
        return {*self.levels, *self.names}

    @property
    def names(self) -> tuple[str, ...]:
        """The authors and the organization."""
        return (*self.authors, self.organization) if self.organization else self.authors


def features_of(title: str, abstract: str, authors: Sequence[str] = (), organization: str = "") -> Features:
    """Return the terms of a paper.

    Args:
        title: as the search index has it (see `readlist.library.search_index.indexed`).
        abstract: likewise; may be empty.
        authors: their names, as they are written.
        organization: as it is written; may be empty.
    """
    words, titled = _words_and_pairs(title)
    levels = dict.fromkeys((*words, *titled), _STRESSED)
    words, pairs = _words_and_pairs(abstract)
    for term in (*words, *pairs):
        levels[term] = _STRESSED if term in levels else 1.0
    names = tuple(dict.fromkeys(f"{AUTHOR}{name}" for author in authors[:_AUTHORS] if (name := _name(author))))
    name = _name(organization)
    return Features(levels, frozenset(titled or pairs), names, f"{ORGANIZATION}{name}" if name else "")


def kind_of(term: str) -> Kind:
    """Return what a term is."""
    if term[0] == AUTHOR:
        return "author"
    if term[0] == ORGANIZATION:
        return "organization"
    return "pair" if " " in term and (term.isascii() or not UNSPACED.match(term)) else "word"


def bare(term: str) -> str:
    """Return the words of a term, as the search index has them."""
    return term[1:] if term[0] in AUTHOR + ORGANIZATION else term


def _words_and_pairs(text: str) -> tuple[list[str], list[str]]:
    """Return the words of a text that say something, and the pairs of neighbours among them.

    In scripts without blanks between words a word is two characters next to each other.
    """
    words: list[str] = []
    pairs: list[str] = []
    before = ""
    before_character = ""
    for token in indexed_tokens(text):
        character = "" if token.isascii() or not UNSPACED.match(token) or is_sign(token) else token
        if character and before_character:
            words.append(f"{before_character} {character}")
        word = "" if len(token) < 2 or token in _STOP_WORDS or token.isdigit() else token
        if word:
            words.append(word)
            if before:
                pairs.append(f"{before} {word}")
        before, before_character = word, character
    return words, pairs


def _name(text: str) -> str:
    return " ".join(_spoken(text))


def _spoken(text: str) -> Iterator[str]:
    return (token for token in tokens(text) if not is_sign(token))
