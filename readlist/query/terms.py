"""What a query asks for: terms, what was wrong, the order; all of it frozen and with its place in the text."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from msgspec import Struct

from readlist.model.view import SORTS, Sort

FLAGS: dict[str, tuple[str, ...]] = {
    "is": ("unread", "read", "starred", "noted", "new"),
    "has": ("code", "project", "note", "abstract"),
}
"""The yes-or-no fields and the values each takes."""

CHOICES: dict[str, tuple[str, ...]] = {**FLAGS, "sort": SORTS}
"""The fields that take one of some values, and these."""

TEXTS = ("title", "abstract", "author", "note", "org", "kw")
"""The fields that hold words."""

NUMBERS = ("upvotes", "stars", "comments")
DAYS = ("date", "seen", "starred", "read")
"""Days: of publication (else of the list), of coming into the library, of starring, of reading."""

FIELDS = (*FLAGS, *TEXTS, "feed", "id", *NUMBERS, *DAYS, "sort")
"""Every field of the language."""


class Placed(Struct, frozen=True, kw_only=True):
    """A term that is written in one piece.

    Attributes:
        start: where it begins in the query's text.
        end: where it ends.
    """

    start: int = 0
    end: int = 0


class Words(Placed, frozen=True):
    """Words next to each other, in this order.

    A single word is a row of one; so are `text-to-image` and `"text to image"` the same row of three.

    Attributes:
        tokens: the words as `tokens` gives them, at least one.
        prefix: whether the last one may be the beginning of a longer word.
        field: one of `TEXTS`; empty for title, abstract, authors or note.
    """

    tokens: tuple[str, ...]
    prefix: bool = False
    field: str = ""


class Flag(Placed, frozen=True):
    """A yes-or-no field with one of some values: `is:unread`, `has:code,project`.

    Attributes:
        field: `is` or `has`.
        values: known values of the field, at least one; a paper needs one of them.
    """

    field: str
    values: tuple[str, ...]


class InFeed(Placed, frozen=True):
    """One of some feeds announced the paper: `feed:arxiv`, `feed:"HF daily"`.

    Attributes:
        names: names of feeds or parts of them, folded (`text.fold`), at least one.
    """

    names: tuple[str, ...]


class Identified(Placed, frozen=True):
    """The paper goes by one of some identifiers: `id:2401.12345`.

    Attributes:
        identifiers: `arxiv:…`, `doi:…` or a whole key, at least one.
    """

    identifiers: tuple[str, ...]


class Counted(Placed, frozen=True):
    """A count is within one of some ranges: `upvotes:>20`, `stars:10..50,1k`. An unknown count is in none.

    Attributes:
        field: one of `NUMBERS`.
        ranges: the lowest and the highest number of each, None for no limit; at least one.
    """

    field: str
    ranges: tuple[tuple[int | None, int | None], ...]


class Dated(Placed, frozen=True):
    """A day is within one of some ranges: `date:7d`, `starred:2026-08`. An unknown day is in none.

    Attributes:
        field: one of `DAYS`.
        ranges: the first and the last day of each, None for no limit; at least one.
    """

    field: str
    ranges: tuple[tuple[date | None, date | None], ...]


class Not(Struct, frozen=True):
    """A negated term."""

    term: Term


class And(Struct, frozen=True):
    """Terms that all hold; at least two."""

    terms: tuple[Term, ...]


class Or(Struct, frozen=True):
    """Terms of which one holds; at least two."""

    terms: tuple[Term, ...]


Term: TypeAlias = Words | Flag | InFeed | Identified | Counted | Dated | Not | And | Or


class Problem(Struct, frozen=True):
    """Something in a query that is left out because it makes no sense.

    Attributes:
        start: where it begins in the query's text.
        end: where it ends.
        message: what is wrong, in words.
        suggestion: what may have been meant, to be put in place of `text[start:end]`; empty if nothing is near.
    """

    start: int
    end: int
    message: str
    suggestion: str = ""


class Query(Struct, frozen=True):
    """A checked query: a paper is found when all terms hold for it; without terms every paper is.

    Attributes:
        text: the text it was parsed from.
        terms: what is asked for.
        problems: what was left out, in order.
        words: the words and phrases asked for, as typed, for highlighting.
        sort: the order that is asked for, None if none is.
        finished: the text that asks for the same when it is no longer typed: `quant*` for `quant`.
    """

    text: str = ""
    terms: tuple[Term, ...] = ()
    problems: tuple[Problem, ...] = ()
    words: tuple[str, ...] = ()
    sort: Sort | None = None
    finished: str = ""

    def within(self, other: Query) -> Query:
        """Return what is found by both; text and problems are this one's, and its order goes before."""
        terms = tuple(dict.fromkeys((*other.terms, *self.terms)))
        words = (*other.words, *self.words)
        return Query(self.text, terms, self.problems, words, self.sort or other.sort, self.finished)
