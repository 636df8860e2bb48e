"""From text to a checked query; never raises."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import islice

from readlist.query.term_parser import MAX_TOKENS, TermReader, names_papers
from readlist.query.terms import And, Identified, Not, Or, Problem, Query, Term, Words

_DEEPEST = 20
_MOST_PIECES = 20 * MAX_TOKENS
# Parentheses belong to a DOI or an address as far as they are balanced, two deep.
_WHOLE = r'(?:[^\s"()]|\((?:[^\s"()]|\([^\s"()]*+\))*+\))++'
_PIECE = re.compile(
    r"(?P<open>-?\()|(?P<close>\))|(?P<minus>-?)(?:"
    rf"(?P<id>(?:id|arxiv|doi):)(?P<ids>{_WHOLE})"
    rf"|(?P<bare>(?:https?://|10\.\d{{4,9}}/){_WHOLE})"
    r'|(?P<field>[^\W\d_]+):(?P<value>(?:"[^"]*"?|[^\s"()])*)'
    r'|"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<word>[^\s"()]+))',
    re.IGNORECASE,
)
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‟": '"'})


def parse(text: str, *, typing: bool = False, today: date | None = None) -> Query:
    """Return what a query asks for; never raises.

    Side by side all terms must hold; `OR` (in capitals) binds less than that, parentheses group, `-` or `NOT` before a
    term or group negates it, a comma between a field's values means either. Words and phrases match whole words; one
    that ends in `*` is the beginning of a word. A bare arXiv id, DOI or address of one means the paper, as `id:`
    does, several side by side any of these papers. What asks for nothing is a problem.

    Args:
        text: what the user wrote.
        typing: whether it is still being typed. Then the last word matches as a beginning (from its second
            letter on, so that no key press asks for half the library), and an unfinished term is no problem.
        today: what `7d` ends with; the present day if None.
    """
    return _Parser(text, typing=typing, today=today or date.today()).query()


class _Parser:
    """Puts the terms of one text together."""

    def __init__(self, text: str, *, typing: bool, today: date) -> None:
        self._reader = TermReader(text, typing=typing, today=today)
        self._typing = typing
        # What stands between the pieces is blank. No more are found than can count: the rest asks for nothing.
        self._pieces = list(islice(_PIECE.finditer(text.translate(_QUOTES)), _MOST_PIECES))
        self._next = 0
        self._cut: tuple[Problem, ...] = ()
        self._too_deep = False

    def query(self) -> Query:
        terms: list[Term] = []
        while self._next < len(self._pieces) and self._reader.room >= 0:
            found = self._either(0, negated=False)
            terms += found.terms if isinstance(found, And) else [found] if found is not None else []
            if self._reader.room >= 0 and (piece := self._here()) is not None:
                # Only a parenthesis that nothing opened ends it before the end.
                self._next += 1
                self._reader.problem(piece.start(), piece.end(), "this parenthesis closes nothing")
        problems = (*sorted(self._reader.problems, key=lambda problem: (problem.start, problem.end)), *self._cut)
        unique = tuple(dict.fromkeys(terms))
        return Query(
            self._reader.text, unique, problems, tuple(self._reader.words), self._reader.sort, self._reader.finished
        )

    def _here(self) -> re.Match[str] | None:
        return self._pieces[self._next] if self._next < len(self._pieces) else None

    def _either(self, depth: int, *, negated: bool) -> Term | None:
        """Read terms divided by OR, up to the end or a closing parenthesis."""
        branches: list[Term | None] = []
        lacking: re.Match[str] | None = None
        while True:
            term, empty = self._together(depth, negated=negated)
            divider = self._here()
            if divider is not None and divider["close"]:
                divider = None
            if empty and (branches or divider is not None):
                lacking = lacking or divider or self._pieces[self._next - 1]
            branches.append(term)
            if divider is None or self._reader.room < 0:
                break
            self._next += 1
        if lacking is not None and not self._is_last(lacking):
            self._reader.problem(lacking.start(), lacking.end(), "OR needs something on both sides")
        known = tuple(dict.fromkeys(branch for branch in branches if branch is not None))
        return Or(known) if len(known) > 1 else known[0] if known else None

    def _is_last(self, piece: re.Match[str]) -> bool:
        """Tell whether a piece is what is being typed, so that more will follow."""
        return self._typing and self._here() is None and piece is self._pieces[-1]

    def _together(self, depth: int, *, negated: bool) -> tuple[Term | None, bool]:
        """Read terms side by side; returns them, and whether there was nothing at all."""
        terms: dict[Term, None] = {}
        named: list[Term] = []
        empty, turn = True, False
        # The last AND or NOT while nothing follows it.
        waiting: re.Match[str] | None = None
        while (piece := self._here()) is not None and not piece["close"] and self._reader.room >= 0:
            word = piece["word"] if not piece["minus"] else None
            if word == "OR":
                break
            self._next += 1
            if word in ("AND", "NOT"):
                if word == "AND" and (empty or waiting is not None):
                    self._reader.problem(piece.start(), piece.end(), "AND needs something on both sides")
                else:
                    waiting = piece
                turn ^= word == "NOT"
                empty = False
                continue
            empty, waiting = False, None
            term, negative = self._operand(piece, depth, negated=negated, turn=turn)
            turn = False
            if term is not None and (self._reader.room >= 0 or isinstance(term, Words)):
                if not negative and not piece["open"] and names_papers(piece, term):
                    named.append(term)
                else:
                    terms[_negated(term) if negative else term] = None
            if self._reader.room < 0:
                message = f"only the first {MAX_TOKENS} words of a query count"
                self._cut = (Problem(piece.start(), len(self._reader.text), message),)
        if waiting is not None and not self._is_last(waiting):
            where = "on both sides" if waiting["word"] == "AND" else "behind it"
            self._reader.problem(waiting.start(), waiting.end(), f"{waiting['word']} needs something {where}")
        together = [*([_any_of(named)] if named else ()), *terms]
        flat = [inner for term in together for inner in (term.terms if isinstance(term, And) else (term,))]
        return (And(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None), empty

    def _operand(self, piece: re.Match[str], depth: int, *, negated: bool, turn: bool) -> tuple[Term | None, bool]:
        """Read a term or a group; returns it, and whether it is to be negated."""
        negative = turn ^ (piece["open"] == "-(" or bool(piece["minus"]))
        inside = negated ^ negative
        if piece["open"]:
            return self._group(piece, depth, negated=inside), negative
        return self._reader.term(piece, negated=inside), negative

    def _group(self, opened: re.Match[str], depth: int, *, negated: bool) -> Term | None:
        if depth >= _DEEPEST:
            self._reader.problem(opened.start(), opened.end(), f"parentheses are nested more than {_DEEPEST} deep")
            self._next = len(self._pieces)
            self._too_deep = True
            return None
        first = self._next
        term = self._either(depth + 1, negated=negated)
        closed = self._here()
        if closed is not None:
            self._next += 1
            if self._next - 1 == first:
                self._reader.problem(opened.start(), closed.end(), "nothing stands in these parentheses")
        elif not self._typing and not self._too_deep and self._reader.room >= 0:
            self._reader.problem(opened.start(), opened.end(), "this parenthesis is not closed")
        return term


def _any_of(terms: Sequence[Term]) -> Term:
    """Return what names papers side by side as one term: any of them."""
    if len(terms) == 1:
        return terms[0]
    flat = [inner for term in terms for inner in (term.terms if isinstance(term, Or) else (term,))]
    named = [term for term in flat if isinstance(term, Identified)]
    identifiers = tuple(dict.fromkeys(identifier for term in named for identifier in term.identifiers))
    words = tuple(dict.fromkeys(term for term in flat if not isinstance(term, Identified)))
    one = Identified(identifiers, start=named[0].start, end=named[-1].end)
    return Or((*words, one)) if words else one


def _negated(term: Term) -> Term:
    return term.term if isinstance(term, Not) else Not(term)
