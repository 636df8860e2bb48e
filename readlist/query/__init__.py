"""The query language: text → a checked query value (pure)."""

from readlist.model.view import SORTS, Sort
from readlist.query.parser import parse
from readlist.query.term_parser import MAX_TOKENS
from readlist.query.terms import (
    DAYS,
    FIELDS,
    FLAGS,
    NUMBERS,
    TEXTS,
    And,
    Counted,
    Dated,
    Flag,
    Identified,
    InFeed,
    Not,
    Or,
    Problem,
    Query,
    Term,
    Words,
)
from readlist.query.words import matchable, tokens

__all__ = [
    "DAYS", "FIELDS", "FLAGS", "MAX_TOKENS", "NUMBERS", "SORTS", "TEXTS", "And", "Counted", "Dated", "Flag",
    "Identified", "InFeed", "Not", "Or", "Problem", "Query", "Sort", "Term", "Words", "matchable", "parse", "tokens",
]  # fmt: skip
