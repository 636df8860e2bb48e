"""From text to a checked query; never raises."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from readlist.paper import arxiv_id, doi_of
from readlist.query.terms import (
    DAYS,
    FIELDS,
    FLAGS,
    NUMBERS,
    SORTS,
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
    Sort,
    Term,
    Words,
)
from readlist.query.values import ValueProblem, days, numbers
from readlist.query.words import CJK, tokens
from readlist.text import fold

MAX_TOKENS = 500
"""The most words of a query that count; what follows them is a problem, not a pause."""

_DEEPEST = 20
_PIECE = re.compile(
    r'(?P<open>-?\()|(?P<close>\))|(?P<minus>-?)(?:(?P<id>(?:id|arxiv|doi):)(?P<ids>[^\s"]+)'
    r'|(?P<field>[^\W\d_]+):(?P<value>(?:"[^"]*"?|[^\s"()])*)'
    r'|"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<word>[^\s"()]+))',
    re.IGNORECASE,
)
_QUOTES = str.maketrans("“”„‟", '""""')
_PART = re.compile(r'(?:"[^"]*"?|[^,"])+')
_OTHER_NAMES = {
    "authors": "author", "organization": "org", "organisation": "org", "keyword": "kw", "keywords": "kw",
    "abs": "abstract", "feeds": "feed", "upvote": "upvotes", "comment": "comments", "notes": "note", "order": "sort",
}  # fmt: skip


def parse(text: str, *, typing: bool = False, today: date | None = None) -> Query:
    """Return what a query asks for; never raises.

    Side by side all terms must hold; `OR` (in capitals) binds less than that, parentheses group, `-` or `NOT` before a
    term or group negates it, a comma between a field's values means either. Words and phrases match whole words. Words
    made of punctuation only are left out.

    Args:
        text: what the user wrote.
        typing: whether it is still being typed. Then the last word matches as a beginning (from its second
            letter on, so that no key press asks for half the library), and an unfinished term is no problem.
        today: what `7d` ends with; the present day if None.
    """
    # Arguments that are no UTF-8 come as half surrogate pairs, of which the library can be asked nothing.
    whole = text.encode("utf-8", "replace").decode()
    return replace(_Parser(whole, typing, today or date.today()).query(), text=text)


class _Parser:
    """Collects the terms and problems of one text."""

    def __init__(self, text: str, typing: bool, today: date) -> None:
        self._text = text
        self._typing = typing
        self._today = today
        self._pieces = list(_PIECE.finditer(text.translate(_QUOTES)))
        self._next = 0
        self._problems: list[Problem] = []
        self._cut: tuple[Problem, ...] = ()
        self._words: list[str] = []
        self._sort: Sort | None = None
        self._room = MAX_TOKENS

    def query(self) -> Query:
        terms: list[Term] = []
        while self._next < len(self._pieces) and self._room >= 0:
            found = self._either(0, negated=False)
            terms += found.terms if isinstance(found, And) else [found] if found is not None else []
            if self._room >= 0 and (piece := self._here()) is not None:
                # Only a parenthesis that nothing opened ends it before the end.
                self._next += 1
                self._problem(piece.start(), piece.end(), "this parenthesis closes nothing")
        problems = (*sorted(self._problems, key=lambda problem: (problem.start, problem.end)), *self._cut)
        return Query(self._text, tuple(dict.fromkeys(terms)), problems, tuple(self._words), self._sort)

    # Structure

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
            if divider is None or self._room < 0:
                break
            self._next += 1
        if lacking is not None and not (self._typing and self._here() is None and lacking is self._pieces[-1]):
            self._problem(lacking.start(), lacking.end(), "OR needs something on both sides")
        known = tuple(dict.fromkeys(branch for branch in branches if branch is not None))
        return Or(known) if len(known) > 1 else known[0] if known else None

    def _together(self, depth: int, *, negated: bool) -> tuple[Term | None, bool]:
        """Read terms side by side; returns them, and whether there was nothing at all."""
        terms: dict[Term, None] = {}
        empty, turn = True, False
        while (piece := self._here()) is not None and not piece["close"] and self._room >= 0:
            word = piece["word"] if not piece["minus"] else None
            if word == "OR":
                break
            self._next += 1
            if word == "AND":
                continue
            empty = False
            if word == "NOT":
                turn = not turn
                continue
            minus = bool(piece["open"] and piece["open"][0] == "-") or bool(piece["minus"])
            inside = negated ^ minus ^ turn
            term = self._group(piece, depth, negated=inside) if piece["open"] else self._term(piece, negated=inside)
            if term is not None and (self._room >= 0 or isinstance(term, Words)):
                terms[_negated(term) if minus ^ turn else term] = None
            turn = False
            if self._room < 0:
                message = f"only the first {MAX_TOKENS} words of a query count"
                self._cut = (Problem(piece.start(), len(self._text), message),)
        flat = [inner for term in terms for inner in (term.terms if isinstance(term, And) else (term,))]
        return (And(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None), empty

    def _group(self, opened: re.Match[str], depth: int, *, negated: bool) -> Term | None:
        """Read what stands in parentheses."""
        if depth >= _DEEPEST:
            self._problem(opened.start(), opened.end(), f"parentheses are nested more than {_DEEPEST} deep")
            self._next = len(self._pieces)
            return None
        first = self._next
        term = self._either(depth + 1, negated=negated)
        closed = self._here()
        if closed is not None:
            self._next += 1
            if self._next - 1 == first:
                self._problem(opened.start(), closed.end(), "nothing stands in these parentheses")
        elif not self._typing and self._room >= 0:
            self._problem(opened.start(), opened.end(), "this parenthesis is not closed")
        return term

    # Terms

    def _term(self, found: re.Match[str], *, negated: bool) -> Term | None:
        if found["id"]:
            return self._identified(found)
        if found["field"] is None:
            return self._row(found, negated=negated)
        name = found["field"].lower()
        field = _OTHER_NAMES.get(name, name)
        if field not in FIELDS:
            # "Mamba: a model" and addresses hold a colon without meaning a field.
            if not found["value"].strip('"') or found["value"].startswith("/"):
                return self._row(found, negated=negated)
            start, end = found.span("field")
            self._problem(start, end, f"there is no field {_quoted(name)}", _nearest(name, FIELDS))
            return None
        read = self._reader(field, negated)
        values = [value for part in self._parts(found) if (value := read(found, *part)) is not None]
        if not values:
            if not self._is_typed(found) and not found["value"].strip(',"'):
                self._problem(found.start("field"), found.end(), f"{field}: needs a value: {_wanted(field)}")
            return None
        self._room -= len(values) if field not in TEXTS else 0
        return self._made(field, tuple(dict.fromkeys(values)), found)

    def _reader(self, field: str, negated: bool) -> Callable[[re.Match[str], str, int], object]:
        """Return what reads one value of a field: from the piece, the value and its place; None where it is none."""
        if field in TEXTS:
            return lambda found, value, start: self._text_value(found, field, value, start, negated=negated)
        if field in FLAGS:
            return lambda found, value, start: self._choice(found, field, FLAGS[field], value, start)
        if field == "sort":
            return lambda found, value, start: self._choice(found, field, SORTS, value, start)
        if field == "feed":
            return lambda found, value, start: fold(value.strip('"').strip()) or None
        if field == "id":
            return lambda found, value, start: self._identifier(value.strip('"'), start)
        return lambda found, value, start: self._range(found, field, value.strip('"'), start)

    def _made(self, field: str, values: Sequence[object], found: re.Match[str]) -> Term | None:
        """Return the term of a field with its values."""
        at = found.span()
        if field == "sort":
            self._sort = next(sort for sort in SORTS if sort == values[-1])
            return None
        if field in TEXTS:
            words = tuple(value for value in values if isinstance(value, Words))
            return Or(words) if len(words) > 1 else words[0]
        if field in NUMBERS:
            return Counted(field, tuple(values), *at)  # type: ignore[arg-type]
        if field in DAYS:
            return Dated(field, tuple(values), *at)  # type: ignore[arg-type]
        texts = tuple(str(value) for value in values)
        if field == "feed":
            return InFeed(texts, *at)
        return Identified(texts, *at) if field == "id" else Flag(field, texts, *at)

    def _row(self, found: re.Match[str], *, negated: bool) -> Words | None:
        """Return the words of a bare word or a phrase."""
        phrase = found["phrase"]
        written = found[0][len(found["minus"]) :] if phrase is None else phrase
        is_open = phrase is not None and not found["closed"]
        typed = self._is_typed(found)
        if is_open and not typed:
            self._problem(found.start(), found.end(), "this quote is not closed", f'{found[0]}"')
        grows = typed and not negated and (phrase is None or is_open)
        return self._words_of(written, found.span(), "", grows=grows, shown=not negated)

    def _text_value(self, found: re.Match[str], field: str, value: str, start: int, *, negated: bool) -> Words | None:
        """Return the words of one value of a field of text."""
        typed = self._is_typed(found) and start + len(value) == found.end()
        is_open = value.count('"') == 1
        if is_open and not typed:
            self._problem(start, start + len(value), "this quote is not closed", f'{value}"')
        grows = typed and not negated and (is_open or not value.endswith('"'))
        return self._words_of(value.strip('"'), found.span(), field, grows=grows, shown=not negated)

    def _words_of(self, written: str, at: tuple[int, int], field: str, *, grows: bool, shown: bool) -> Words | None:
        words = tokens(written)
        self._room -= len(words)
        if self._room < 0:
            words = words[: self._room]
        grows = grows and _may_grow(written)
        if grows and words and CJK.match(words[-1]):
            grows = False
        if grows and words and len(words[-1]) == 1:
            words, grows = words[:-1], False
        if not words:
            return None
        if shown:
            self._words.append(written)
        return Words(words, grows, *at, field)

    def _choice(self, found: re.Match[str], field: str, choices: Sequence[str], value: str, start: int) -> str | None:
        """Return a value that must be one of some."""
        written = value.strip('"').strip().lower()
        if written in choices or not written:
            return written or None
        if self._is_typed(found) and any(choice.startswith(written) for choice in choices):
            return None
        at = start + len(value) - len(value.lstrip('" '))
        message = f"{field}: takes {', '.join(choices)}; not {_quoted(written)}"
        self._problem(at, at + len(written), message, _nearest(written, choices))
        return None

    def _range(self, found: re.Match[str], field: str, value: str, start: int) -> object:
        """Return a range of numbers or days."""
        if not value.strip():
            return None
        try:
            return numbers(value) if field in NUMBERS else days(value, self._today)
        except ValueProblem as problem:
            if not (self._is_typed(found) and start + len(value) >= found.end() and _UNFINISHED.fullmatch(value)):
                self._problem(start, start + len(value), f"{field}: {problem}, not {_quoted(value)}")
            return None

    def _identified(self, found: re.Match[str]) -> Identified | None:
        values = []
        for part in re.finditer(r"[^,]+", found["ids"]):
            prefix = "" if found["id"].lower() == "id:" else found["id"]
            identifier = self._identifier(prefix + part[0], found.start("ids") + part.start())
            values += [identifier] if identifier else []
        self._room -= len(values)
        return Identified(tuple(dict.fromkeys(values)), *found.span()) if values else None

    def _identifier(self, value: str, start: int) -> str | None:
        value = value.strip()
        if not value:
            return None
        if arxiv := arxiv_id(value):
            return f"arxiv:{arxiv}"
        if doi := doi_of(value):
            return f"doi:{doi}"
        if value.startswith("title:"):
            return value
        if not (self._typing and start + len(value) >= len(self._text)):
            self._problem(
                start, start + len(value), f"id: takes an arXiv id, a DOI or a paper's key, not {_quoted(value)}"
            )
        return None

    def _parts(self, found: re.Match[str]) -> Iterator[tuple[str, int]]:
        """Yield the values of a field with their places."""
        for part in _PART.finditer(found["value"]):
            if part[0].strip():
                yield part[0], found.start("value") + part.start()

    def _is_typed(self, found: re.Match[str]) -> bool:
        return self._typing and found.end() == len(self._text)

    def _problem(self, start: int, end: int, message: str, suggestion: str = "") -> None:
        self._problems.append(Problem(start, end, message, suggestion))
        self._room -= 1


# What may become a number, a day or a range by further keys.
_UNFINISHED = re.compile(
    r"[<>]?=?[\d.]*[km]?|[<>]?=?[\d-]*(?:\.\.?[\d-]*)?|t(?:o(?:d(?:ay?)?)?)?|y[a-z]{0,8}", re.IGNORECASE
)


def _negated(term: Term) -> Term:
    return term.term if isinstance(term, Not) else Not(term)


def _wanted(field: str) -> str:
    if field in FLAGS:
        return ", ".join(FLAGS[field])
    if field == "sort":
        return ", ".join(SORTS)
    if field in NUMBERS:
        return "20, >20, 10..50, 1k"
    if field in DAYS:
        return "7d, 2026-08, 2026-08-01..2026-08-15"
    return {"feed": "the name of a feed", "id": "an arXiv id or a DOI"}.get(field, "a word or a phrase in quotes")


def _may_grow(written: str) -> bool:
    """Tell whether the next letter typed would belong to the last word."""
    last = written[-1:]
    return last.isalnum() or bool(last and unicodedata.combining(last))


def _nearest(name: str, choices: Sequence[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name[:50], choices, n=1, cutoff=0.5)), "")


def _quoted(text: str) -> str:
    shown = text if len(text) <= 30 else f"{text[:29]}…"
    return f"“{shown}”"
