"""Rules: the queries of the settings that watch and mute papers, and what `is:watched` and `is:muted` mean by them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from readlist.query.parser import parse
from readlist.query.terms import And, Flag, Not, Or, Query, Term, leaves

if TYPE_CHECKING:
    from pathlib import Path

    from readlist.config import Config

RULED = ("watched", "muted")
"""The values of `is:` that the settings give a meaning."""


class Rules(Struct, frozen=True):
    """What the settings say about papers.

    Attributes:
        watched: queries of the views with `watch = true`.
        muted: queries of papers that the Inbox hides.
    """

    watched: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()

    def query(self, name: str, today: date) -> Query | None:
        """Return the query that `is:watched` or `is:muted` means, None for none; those with problems are ignored."""
        return _either(getattr(self, name), today)

    def expanded(self, query: Query, today: date) -> Query:
        """Return a query that means the same without `is:watched` and `is:muted`."""
        if not is_ruled(query):
            return query
        terms = [self._term(term, today) for term in query.terms]
        # Where nothing is muted, the Inbox is read as before there were rules.
        return replace(query, terms=tuple(term for term in terms if not _is_true(term)))

    def _term(self, term: Term, today: date) -> Term:
        if not _is_ruled(term):
            return term
        match term:
            case Not(inner):
                return Not(self._term(inner, today))
            case And(terms):
                return And(tuple(self._term(each, today) for each in terms))
            case Or(terms):
                return Or(tuple(self._term(each, today) for each in terms))
            case Flag(field, values):
                meant = [_together(found) for name in RULED if name in values and (found := self.query(name, today))]
                rest = tuple(value for value in values if value not in RULED)
                # Without rules the library takes the flag as it is: no paper has it.
                known: list[Term] = [Flag(field, rest)] if rest else [] if meant else [term]
                terms = (*known, *meant)
                return Or(terms) if len(terms) > 1 else terms[0]
        return term

    def words(self, today: date) -> tuple[str, ...]:
        """Return the words that the watched queries look for."""
        found = self.query("watched", today)
        return found.words if found is not None else ()


def rules_of(config: Config, path: Path) -> Rules:
    """Return the rules of the settings in a file; watched views with an invalid query are left out.

    Raises:
        ConfigError: a query of `mute` is invalid; with its line.
    """
    for number, query in enumerate(config.mute):
        if problem := rule_problem(query):
            from readlist.config import ConfigError, place

            raise ConfigError(f"{place(path, 'mute')}: query {number + 1} of `mute`: {problem}")
    return Rules(tuple(view.query for view in config.views if view.watch and not rule_problem(view.query)), config.mute)


def rule_problem(text: str) -> str:
    """Return why papers can't be watched or muted by a query, empty if they can."""
    query = parse(text)
    if query.problems:
        problem = query.problems[0]
        return problem.message + (f"; did you mean {problem.suggestion}?" if problem.suggestion else "")
    if not query.terms:
        return "it finds every paper"
    if is_ruled(query):
        return "it can't have is:watched or is:muted"
    return ""


NO_RULES = Rules()


@lru_cache(maxsize=8)
def _either(queries: tuple[str, ...], today: date) -> Query | None:
    """Return one query for what any of some queries finds."""
    sound = [parse(text, today=today) for text in queries if not rule_problem(text)]
    if not sound:
        return None
    terms = tuple(dict.fromkeys(map(_together, sound)))
    words = tuple(dict.fromkeys(word for query in sound for word in query.words))
    return Query(terms=(Or(terms),) if len(terms) > 1 else terms, words=words)


def _together(query: Query) -> Term:
    return And(query.terms) if len(query.terms) > 1 else query.terms[0]


def is_ruled(query: Query) -> bool:
    """Tell whether a query asks for watched or muted papers."""
    return any(map(_is_ruled, query.terms))


def _is_ruled(term: Term) -> bool:
    return any(isinstance(leaf, Flag) and not set(RULED).isdisjoint(leaf.values) for leaf in leaves((term,)))


def _is_true(term: Term) -> bool:
    """Tell whether a term holds for every paper: it excludes nothing."""
    return isinstance(term, Not) and isinstance(term.term, Flag) and set(RULED).issuperset(term.term.values)
