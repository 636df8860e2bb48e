"""From text to a checked query; never raises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from readlist.model.view import ALL_SORTS, Sort
from readlist.pattern import pattern
from readlist.query.lexer import UNSPACED, last_letter, may_grow, pieces, sign_token, tokens
from readlist.query.terms import (
    CHOICES,
    DAYS,
    FIELDS,
    MEANT,
    NUMBERS,
    TEXTS,
    VALUE_EXAMPLES,
    And,
    Counted,
    Dated,
    Flag,
    Gained,
    Identified,
    InFeed,
    Not,
    Or,
    Problem,
    Query,
    Similar,
    Tagged,
    Term,
    Words,
    any_paper,
    field_of,
)
from readlist.query.values import (
    ValueProblem,
    bare_identifiers,
    identifier_of,
    limits,
    may_become_limits,
    tag_value,
    title_key,
)
from readlist.text.clean import fold

MAX_TOKENS = 500
"""How many words of a query are used."""

_PART = pattern(r'(?:"[^"]*"?|[^,"])+')
_COMPARED = pattern(r"([^\W\d_]+)((?:>=|<=|[><=]).*)")
_DEEPEST = 20
_MOST_PIECES = 20 * MAX_TOKENS


def parse(text: str, *, typing: bool = False, today: date | None = None) -> Query:
    """Return the query of a text; never raises.

    Terms side by side must all match; `OR` (in capitals) binds less than that, parentheses group, `-` or `NOT` before a
    term or group negates it, a comma between a field's values means either. Words and phrases match whole words; one
    that ends in `*` is a prefix. A bare arXiv id, DOI or address of one means the paper, as `id:` does, several side by
    side any of these papers. What can't be understood is a problem, and left out.

    Args:
        text: what the user wrote.
        typing: whether it is still being typed. Then the last word matches as a prefix (from its second letter on, so
            that no key press finds half the library), and an unfinished term is not a problem.
        today: the last day of `7d`; the present day if None.
    """
    return _Parser(text, typing=typing, today=today or date.today()).query()


class _Parser:
    """Combines the terms of one text."""

    def __init__(self, text: str, *, typing: bool, today: date) -> None:
        self._terms = _TermParser(text, typing=typing, today=today)
        self._typing = typing
        # More pieces than this can't contain more words that are used.
        self._pieces = pieces(text, _MOST_PIECES)
        self._next = 0
        self._cut: tuple[Problem, ...] = ()
        self._too_deep = False

    def query(self) -> Query:
        terms: list[Term] = []
        while self._next < len(self._pieces) and self._terms.room >= 0:
            found = self._either(0, negated=False)
            terms += found.terms if isinstance(found, And) else [found] if found is not None else []
            if self._terms.room >= 0 and (piece := self._here()) is not None:
                # Only an unmatched parenthesis ends it before the end.
                self._next += 1
                self._terms.problem(*piece.span(), "unmatched parenthesis")
        problems = sorted(self._terms.problems, key=lambda problem: (problem.start, problem.end))
        return Query(
            text=self._terms.text,
            terms=tuple(dict.fromkeys(terms)),
            problems=(*problems, *self._cut),
            words=tuple(self._terms.words),
            # What is like a paper comes nearest first.
            sort=self._terms.sort or ("relevance" if any(isinstance(term, Similar) for term in terms) else None),
            finished=self._terms.finished,
        )

    def _here(self) -> re.Match[str] | None:
        return self._pieces[self._next] if self._next < len(self._pieces) else None

    def _either(self, depth: int, *, negated: bool) -> Term | None:
        """Parse terms separated by OR, up to the end or a closing parenthesis."""
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
            if divider is None or self._terms.room < 0:
                break
            self._next += 1
        if lacking is not None and not self._is_last(lacking):
            self._terms.problem(*lacking.span(), "OR needs a term on both sides")
        known = tuple(dict.fromkeys(branch for branch in branches if branch is not None))
        return Or(known) if len(known) > 1 else known[0] if known else None

    def _is_last(self, piece: re.Match[str]) -> bool:
        """Tell whether a piece is being typed, so that more will follow."""
        return self._typing and self._here() is None and piece is self._pieces[-1]

    def _together(self, depth: int, *, negated: bool) -> tuple[Term | None, bool]:
        """Parse terms side by side; returns them, and whether there were none at all."""
        terms: dict[Term, None] = {}
        papers: list[Term] = []
        empty, turn = True, False
        # The last AND or NOT while nothing follows it.
        waiting: re.Match[str] | None = None
        while (piece := self._here()) is not None and not piece["close"] and self._terms.room >= 0:
            word = piece["word"] if not piece["minus"] else None
            if word == "OR":
                break
            self._next += 1
            if word in ("AND", "NOT"):
                if word == "AND" and (empty or waiting is not None):
                    self._terms.problem(*piece.span(), "AND needs a term on both sides")
                else:
                    waiting = piece
                turn ^= word == "NOT"
                empty = False
                continue
            empty, waiting = False, None
            term, negative = self._operand(piece, depth, negated=negated, turn=turn)
            turn = False
            if term is not None and (self._terms.room >= 0 or isinstance(term, Words)):
                if not negative and not piece["open"] and _is_paper(piece, term):
                    papers.append(term)
                else:
                    terms[_negated(term) if negative else term] = None
            if self._terms.room < 0:
                message = f"too long: only the first {MAX_TOKENS} words are used"
                self._cut = (Problem(piece.start(), len(self._terms.text), message),)
        if waiting is not None and not self._is_last(waiting):
            where = "on both sides" if waiting["word"] == "AND" else "after it"
            self._terms.problem(*waiting.span(), f"{waiting['word']} needs a term {where}")
        together = [*([any_paper(papers)] if papers else ()), *terms]
        flat = [inner for term in together for inner in (term.terms if isinstance(term, And) else (term,))]
        return (And(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None), empty

    def _operand(self, piece: re.Match[str], depth: int, *, negated: bool, turn: bool) -> tuple[Term | None, bool]:
        """Parse a term or a group; returns it, and whether it is to be negated."""
        negative = turn ^ (piece["open"] == "-(" or bool(piece["minus"]))
        inside = negated ^ negative
        if piece["open"]:
            return self._group(piece, depth, negated=inside), negative
        return self._terms.term(piece, negated=inside), negative

    def _group(self, opened: re.Match[str], depth: int, *, negated: bool) -> Term | None:
        if depth >= _DEEPEST:
            self._terms.problem(*opened.span(), f"parentheses nested more than {_DEEPEST} deep")
            self._next = len(self._pieces)
            self._too_deep = True
            return None
        first = self._next
        term = self._either(depth + 1, negated=negated)
        closed = self._here()
        if closed is not None:
            self._next += 1
            if self._next - 1 == first:
                self._terms.problem(opened.start(), closed.end(), "empty parentheses")
        elif not self._typing and not self._too_deep and self._terms.room >= 0:
            self._terms.problem(*opened.span(), "unclosed parenthesis")
        return term


class _TermParser:
    """Parses single terms, and collects their problems.

    Attributes:
        text: the query's text.
        problems: what is wrong, in the order in which it was found.
        words: the words and phrases to find, as typed.
        sort: the sort order, None if none is given.
        room: how many more words are used; below 0 there were too many.
        finished: a text with the same result that is no longer being typed.
    """

    def __init__(self, text: str, *, typing: bool, today: date) -> None:
        self.text = text
        self._typing = typing
        self._today = today
        self.problems: list[Problem] = []
        self.words: list[str] = []
        self.sort: Sort | None = None
        self.room = MAX_TOKENS
        self.finished = text

    def term(self, found: re.Match[str], *, negated: bool) -> Term | None:
        """Return the term of a piece that is not a parenthesis, without its own minus; None for no term."""
        # Bytes of an argument that are not UTF-8 arrive as lone surrogates.
        if any("\ud800" <= letter <= "\udfff" for letter in found[0]):
            self.problem(*found.span(), "not valid UTF-8")
            return None
        if found["id"]:
            return self._identified(found)
        if found["field"] is None:
            return self._bare(found, negated=negated)
        name = found["field"].lower()
        field = field_of(name, found["value"])
        if field not in FIELDS:
            meant = MEANT.get(name, "")
            if meant and self._is_typed(found) and found[0] == f"{name}:":
                self.problem(*found.span(), f"unknown field {_quoted(name)}", meant if ":" in meant else f"{meant}:")
                return None
            # "Mamba: a model" and addresses have a colon that doesn't mark a field.
            if not found["value"].strip('"') or found["value"].startswith("/"):
                return self._bare(found, negated=negated)
            meant = meant or _nearest(name, FIELDS)
            end = found.end() if ":" in meant else found.end("field")
            self.problem(found.start("field"), end, f"unknown field {_quoted(name)}", meant)
            return None
        if field == "sort" and negated:
            self.problem(*found.span(), "`sort:` can't be negated")
            return None
        read = self._value_parser(field, negated)
        values = [value for part in self._parts(found) if (value := read(found, *part)) is not None]
        if not values:
            if not self._is_typed(found) and not found["value"].strip(',"'):
                examples = ", ".join(CHOICES.get(field, ())) or VALUE_EXAMPLES[FIELDS[field].kind]
                self.problem(found.start("field"), found.end(), f"{field}: needs a value: {examples}")
            return None
        self.room -= len(values) if field not in TEXTS else 0
        return self._with_values(field, tuple(dict.fromkeys(values)), found)

    def _value_parser(self, field: str, negated: bool) -> Callable[[re.Match[str], str, int], object]:
        """Return what parses one value of a field, given the piece, the value and its place; None is invalid."""
        if field in TEXTS:
            return lambda found, value, start: self._text_value(found, field, value, start, negated=negated)
        if field in CHOICES:
            return lambda found, value, start: self._choice(found, field, value, start)
        if field == "tag":
            return lambda found, value, start: self._tag(found, value, start, negated=negated)
        if field == "feed":
            return self._feed
        if FIELDS[field].kind == "id":
            return lambda found, value, start: self._identifier(value.strip('"'), start, field)
        return lambda found, value, start: self._range(found, field, value.strip('"'), start)

    def _with_values(self, field: str, values: Sequence[object], found: re.Match[str]) -> Term | None:
        at = _place(found)
        if field == "sort":
            self.sort = next(sort for sort in ALL_SORTS if sort == values[-1])
            return None
        if field in TEXTS:
            words = tuple(value for value in values if isinstance(value, Words))
            if key := _key(found):
                return Or((*words, Identified((key,), **at)))
            return Or(words) if len(words) > 1 else words[0]
        if field in NUMBERS:
            return Counted(field, tuple(values), **at)  # type: ignore[arg-type]
        if field == "gained":
            return Gained(tuple(values), **at)  # type: ignore[arg-type]
        if field in DAYS:
            return Dated(field, tuple(values), **at)  # type: ignore[arg-type]
        if field == "tag":
            return Tagged(tuple(values), **at)  # type: ignore[arg-type]
        texts = tuple(str(value) for value in values)
        if field == "feed":
            return InFeed(texts, **at)
        if field == "like":
            return Similar(texts, **at)
        return Identified(texts, **at) if field == "id" else Flag(field, texts, **at)

    # Words

    def _bare(self, found: re.Match[str], *, negated: bool) -> Words | Identified | None:
        """Return the words of a bare word or phrase, or the paper of a bare identifier or address."""
        phrase = found["phrase"]
        written = found[0][len(found["minus"]) :] if phrase is None else phrase
        if phrase is None and (identifiers := bare_identifiers(written)):
            self.room -= len(identifiers)
            return Identified(identifiers, **_place(found))
        if phrase is None and (compared := _COMPARED.fullmatch(written)):
            field = field_of(compared[1].lower(), compared[2])
            if field in (*NUMBERS, *DAYS, "gained"):
                right = f"{field}:{compared[2].removeprefix('=')}"
                self.problem(found.end() - len(written), found.end(), f"{field} needs a colon", right)
                return None
        is_open = phrase is not None and not found["closed"]
        typed = self._is_typed(found)
        if is_open and not typed:
            self.problem(*found.span(), "unclosed quote", f'{found[0]}"')
        unfinished = typed and (phrase is None or is_open)
        end = found.end() - bool(found["closed"])
        quote = '"' if is_open else ""
        return self._words_of(written, found, end, "", negated=negated, unfinished=unfinished, quote=quote)

    def _text_value(self, found: re.Match[str], field: str, value: str, start: int, *, negated: bool) -> Words | None:
        typed = self._is_typed(found) and start + len(value) == found.end()
        is_open = value.count('"') == 1
        if is_open and not typed:
            self.problem(start, start + len(value), "unclosed quote", f'{value}"')
        unfinished = typed and (is_open or not value.endswith('"'))
        end = start + len(value.rstrip('"'))
        quote = '"' if is_open else ""
        written = value.strip('"')
        return self._words_of(written, found, end, field, negated=negated, unfinished=unfinished, quote=quote)

    def _words_of(
        self, written: str, found: re.Match[str], end: int, field: str, *, negated: bool, unfinished: bool, quote: str
    ) -> Words | None:
        """Return words next to each other, the last one a prefix if it ends in `*` or is still being typed.

        They are `written` without quotes, end at `end` in the query's text, and are closed by `quote` once finished.
        """
        words = tokens(written)
        if not words and not unfinished:
            self.problem(*found.span(), _nothing_in(written))
            return None
        if unfinished:
            self.finished = self.text + quote
        self.room -= len(words)
        if self.room < 0:
            words = words[: self.room]
        # A* is a name, quant* a prefix.
        starred = written.endswith("*") and words[-1:] != (sign_token("*"),)
        extends = bool(words) and not UNSPACED.match(words[-1]) and may_grow(written.removesuffix("*"))
        grows = extends and (starred or (unfinished and not negated))
        if grows and not starred:
            # A sign like ¼ is two words at once, of which the second was not typed by itself; nor is one after a *,
            # unless a * after it would make it a name, like A*.
            is_single = len(tokens(written[-last_letter(written) :])) < 2
            is_single &= "*" not in written or tokens(f"{written}*")[-1:] == (sign_token("*"),)
            is_letter = len(words[-1]) == 1 and is_single
            if is_letter:
                # Without the letter a sign before it may not belong to a word.
                words, grows = tokens(written[: -last_letter(written)]), False
                self.finished = self._without_last(written, found, end, quote, is_whole=not words)
            elif end == len(self.text):
                self.finished = f"{self.text}*{quote}"
            else:
                # A quote that was opened after the word.
                self.finished = f'{self.text[: end - len(written)]}"{written}*"'
        if not words:
            return None
        if not negated:
            self.words.append(written.removesuffix("*") if starred else written)
        return Words(words, grows, field, **_place(found))

    def _without_last(self, written: str, found: re.Match[str], end: int, quote: str, *, is_whole: bool) -> str:
        """Return the text without its last letter, which finds nothing yet; without the term if it is one letter."""
        before = end - last_letter(written)
        if not is_whole:
            return self.text[:before].rstrip("*") + quote
        if found["field"] and "," in found["value"]:
            return self.text[: before - len(quote)]
        return self.text[: found.start()]

    # Other values

    def _feed(self, found: re.Match[str], value: str, start: int) -> str | None:
        if value.count('"') == 1 and self._is_typed(found) and start + len(value) == found.end():
            self.finished = f'{self.text}"'
        return fold(value.strip('"').strip()) or None

    def _tag(self, found: re.Match[str], value: str, start: int, *, negated: bool) -> tuple[str, bool] | None:
        written = value.strip('"').strip()
        typed = self._is_typed(found) and start + len(value) == found.end()
        if not written or (typed and not any(map(str.isalpha, written))):
            return None
        try:
            tag, prefix = tag_value(written)
        except ValueProblem as problem:
            self.problem(start, start + len(value), f"tag: {_quoted(written)} is {problem}")
            return None
        if typed and not (prefix or negated or value.endswith('"')):
            prefix, self.finished = True, f"{self.text}*" + '"' * value.count('"')
        return tag, prefix

    def _choice(self, found: re.Match[str], field: str, value: str, start: int) -> str | None:
        # A sort order after a `-` is the reverse of it.
        choices = ALL_SORTS if field == "sort" and value.startswith("-") else CHOICES[field]
        written = value.strip('"').strip().lower()
        if written in choices or not written:
            return written or None
        if self._is_typed(found) and any(choice.startswith(written) for choice in choices):
            return None
        at = start + len(value) - len(value.lstrip('" '))
        message = f"{field}: takes {', '.join(CHOICES[field])}; not {_quoted(written)}"
        self.problem(at, at + len(written), message, _nearest(written, choices))
        return None

    def _range(self, found: re.Match[str], field: str, value: str, start: int) -> object:
        if not value.strip():
            return None
        try:
            return limits(FIELDS[field].kind, value, self._today)
        except ValueProblem as problem:
            unfinished = self._is_typed(found) and start + len(value) >= found.end()
            if not (unfinished and may_become_limits(FIELDS[field].kind, value, self._today)):
                self.problem(start, start + len(value), f"{field}: {_quoted(value)} is {problem}")
            return None

    def _identified(self, found: re.Match[str]) -> Identified | Similar | None:
        values = []
        field = found["id"].lower()
        for part in re.finditer(r"[^,]+", found["ids"]):
            prefix = "" if field in ("id:", "like:") else found["id"]
            name = "like" if field == "like:" else "id"
            identifier = self._identifier(prefix + part[0], found.start("ids") + part.start(), name)
            values += [identifier] if identifier else []
        self.room -= len(values)
        if not values:
            return None
        identifiers = tuple(dict.fromkeys(values))
        return (Similar if field == "like:" else Identified)(identifiers, **_place(found))

    def _identifier(self, value: str, start: int, field: str) -> str | None:
        value = value.strip()
        if not value:
            return None
        if identifier := identifier_of(value):
            return identifier
        if value.startswith("title:"):
            return value
        if not (self._typing and start + len(value) >= len(self.text)):
            message = f"{field}: {_quoted(value)} is not an arXiv id, DOI or key"
            self.problem(start, start + len(value), message)
        return None

    def _parts(self, found: re.Match[str]) -> Iterator[tuple[str, int]]:
        for part in _PART.finditer(found["value"]):
            if part[0].strip():
                yield part[0], found.start("value") + part.start()

    def _is_typed(self, found: re.Match[str]) -> bool:
        return self._typing and found.end() == len(self.text)

    def problem(self, start: int, end: int, message: str, suggestion: str = "") -> None:
        """Add a problem between two places of the text."""
        self.problems.append(Problem(start, end, message, suggestion))
        self.room -= 1


def _is_paper(found: re.Match[str], term: Term) -> bool:
    """Tell whether a piece names a paper: several of them side by side mean any of them."""
    return isinstance(term, Identified) or (isinstance(term, Or) and bool(_key(found)))


def _negated(term: Term) -> Term:
    return term.term if isinstance(term, Not) else Not(term)


def _place(found: re.Match[str]) -> dict[str, int]:
    return {"start": found.start(), "end": found.end()}


def _key(found: re.Match[str]) -> str:
    return title_key(found["value"]) if found["field"] == "title" else ""


def _nothing_in(written: str) -> str:
    if set(written) == {"-"}:
        return "- must be directly before the term it excludes"
    return f"no letter or digit in {_quoted(written)}" if written else "empty quotes"


def _nearest(name: str, choices: Iterable[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name[:50], list(choices), n=1, cutoff=0.5)), "")


def _quoted(text: str) -> str:
    shown = text if len(text) <= 30 else f"{text[:29]}…"
    return f"“{shown}”"
