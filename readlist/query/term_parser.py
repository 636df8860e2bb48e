"""From one piece of a query to the term it stands for, with what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from readlist.model.paper import arxiv_id, bare_title, doi_of, fingerprint
from readlist.model.view import SORTS, Sort
from readlist.query.terms import (
    ALIASES,
    CHOICES,
    DAYS,
    FIELDS,
    NUMBERS,
    TEXTS,
    VALUE_EXAMPLES,
    Counted,
    Dated,
    Flag,
    Identified,
    InFeed,
    Or,
    Problem,
    Term,
    Words,
)
from readlist.query.values import ValueProblem, days, may_become_days, may_become_numbers, numbers
from readlist.query.words import UNSPACED, sign_token, tokens
from readlist.text.clean import fold

MAX_TOKENS = 500
"""The most words of a query that count; what follows them is a problem, not a pause."""

_PART = re.compile(r'(?:"[^"]*"?|[^,"])+')
# Bytes of an argument that are no UTF-8 come as halves of surrogate pairs, of which nothing can be asked.
_NO_TEXT = re.compile("[\ud800-\udfff]")
_LONG_KEY = 16
"""From so many letters on, what stands behind `title:` without a blank may be a paper's key: few words are as long."""


class TermReader:
    """Reads terms, and collects what is wrong with them.

    Attributes:
        text: the query's text.
        problems: what is wrong, in the order in which it was found.
        words: the words and phrases asked for, as typed.
        sort: the order that is asked for, None if none is.
        room: how many more words count; below 0 there were too many.
        finished: the text that asks for the same when it is no longer typed.
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
        """Return what a piece that is no parenthesis asks for, its own minus left aside; None for nothing."""
        if _NO_TEXT.search(found[0]):
            self.problem(*found.span(), "these bytes are no text: write it in UTF-8")
            return None
        if found["id"]:
            return self._identified(found)
        if found["field"] is None:
            return self._row(found, negated=negated)
        name = found["field"].lower()
        field = ALIASES.get(name, name)
        if field not in FIELDS:
            # "Mamba: a model" and addresses hold a colon without meaning a field.
            if not found["value"].strip('"') or found["value"].startswith("/"):
                return self._row(found, negated=negated)
            start, end = found.span("field")
            self.problem(start, end, f"there is no field {_quoted(name)}", _nearest(name, FIELDS))
            return None
        if field == "sort" and negated:
            self.problem(*found.span(), "an order can't be excluded; write sort: without - and NOT")
            return None
        return self._fielded(field, found, negated=negated)

    def _fielded(self, field: str, found: re.Match[str], *, negated: bool) -> Term | None:
        read = self._reader(field, negated)
        values = [value for part in self._parts(found) if (value := read(found, *part)) is not None]
        if not values:
            if not self._is_typed(found) and not found["value"].strip(',"'):
                self.problem(found.start("field"), found.end(), f"{field}: needs a value: {_wanted(field)}")
            return None
        self.room -= len(values) if field not in TEXTS else 0
        return self._made(field, tuple(dict.fromkeys(values)), found)

    def _reader(self, field: str, negated: bool) -> Callable[[re.Match[str], str, int], object]:
        """Return what reads one value of a field: from the piece, the value and its place; None where it is none."""
        if field in TEXTS:
            return lambda found, value, start: self._text_value(found, field, value, start, negated=negated)
        if field in CHOICES:
            return lambda found, value, start: self._choice(found, field, value, start)
        if field == "feed":
            return self._feed
        if field == "id":
            return lambda found, value, start: self._identifier(value.strip('"'), start)
        return lambda found, value, start: self._range(found, field, value.strip('"'), start)

    def _made(self, field: str, values: Sequence[object], found: re.Match[str]) -> Term | None:
        at = _place(found)
        if field == "sort":
            self.sort = next(sort for sort in SORTS if sort == values[-1])
            return None
        if field in TEXTS:
            words = tuple(value for value in values if isinstance(value, Words))
            if key := _key(found):
                return Or((*words, Identified((key,), **at)))
            return Or(words) if len(words) > 1 else words[0]
        if field in NUMBERS:
            return Counted(field, tuple(values), **at)  # type: ignore[arg-type]
        if field in DAYS:
            return Dated(field, tuple(values), **at)  # type: ignore[arg-type]
        texts = tuple(str(value) for value in values)
        if field == "feed":
            return InFeed(texts, **at)
        return Identified(texts, **at) if field == "id" else Flag(field, texts, **at)

    # Words

    def _row(self, found: re.Match[str], *, negated: bool) -> Words | Identified | None:
        """Return the words of a bare word or a phrase; of a bare identifier or address, the paper."""
        phrase = found["phrase"]
        written = found[0][len(found["minus"]) :] if phrase is None else phrase
        if phrase is None and (bare := _bare_identifiers(written)):
            self.room -= len(bare)
            return Identified(bare, **_place(found))
        is_open = phrase is not None and not found["closed"]
        typed = self._is_typed(found)
        if is_open and not typed:
            self.problem(found.start(), found.end(), "this quote is not closed", f'{found[0]}"')
        unfinished = typed and (phrase is None or is_open)
        end = found.end() - bool(found["closed"])
        quote = '"' if is_open else ""
        return self._words_of(written, found, end, "", negated=negated, unfinished=unfinished, quote=quote)

    def _text_value(self, found: re.Match[str], field: str, value: str, start: int, *, negated: bool) -> Words | None:
        typed = self._is_typed(found) and start + len(value) == found.end()
        is_open = value.count('"') == 1
        if is_open and not typed:
            self.problem(start, start + len(value), "this quote is not closed", f'{value}"')
        unfinished = typed and (is_open or not value.endswith('"'))
        end = start + len(value.rstrip('"'))
        quote = '"' if is_open else ""
        written = value.strip('"')
        return self._words_of(written, found, end, field, negated=negated, unfinished=unfinished, quote=quote)

    def _words_of(
        self,
        written: str,
        found: re.Match[str],
        end: int,
        field: str,
        *,
        negated: bool,
        unfinished: bool,
        quote: str,
    ) -> Words | None:
        """Return words in a row, the last one a beginning if it ends in `*` or is still being typed.

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
        # A* is a name, quant* the beginning of a word.
        starred = written.endswith("*") and words[-1:] != (sign_token("*"),)
        may_grow = bool(words) and not UNSPACED.match(words[-1]) and _may_grow(written.removesuffix("*"))
        grows = may_grow and (starred or (unfinished and not negated))
        if grows and not starred:
            # A sign like ¼ is two words at once, of which the second was not begun by itself; nor is one behind a *,
            # unless a * behind it would make it a name, like A*.
            is_single = len(tokens(written[-_last_letter(written) :])) < 2
            is_single &= "*" not in written or tokens(f"{written}*")[-1:] == (sign_token("*"),)
            is_letter = len(words[-1]) == 1 and is_single
            if is_letter:
                # Asked again, since a sign before the letter may belong to no word without it.
                words, grows = tokens(written[: -_last_letter(written)]), False
                self.finished = self._without_last(written, found, end, quote, is_whole=not words)
            elif end == len(self.text):
                self.finished = f"{self.text}*{quote}"
            else:
                # A quote that was opened behind the word.
                self.finished = f'{self.text[: end - len(written)]}"{written}*"'
        if not words:
            return None
        if not negated:
            self.words.append(written.removesuffix("*") if starred else written)
        return Words(words, grows, field, **_place(found))

    def _without_last(self, written: str, found: re.Match[str], end: int, quote: str, *, is_whole: bool) -> str:
        """Return the text without its last letter, which asks for nothing yet; or without what is only that letter."""
        before = end - _last_letter(written)
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

    def _choice(self, found: re.Match[str], field: str, value: str, start: int) -> str | None:
        choices = CHOICES[field]
        written = value.strip('"').strip().lower()
        if written in choices or not written:
            return written or None
        if self._is_typed(found) and any(choice.startswith(written) for choice in choices):
            return None
        at = start + len(value) - len(value.lstrip('" '))
        message = f"{field}: takes {', '.join(choices)}; not {_quoted(written)}"
        self.problem(at, at + len(written), message, _nearest(written, choices))
        return None

    def _range(self, found: re.Match[str], field: str, value: str, start: int) -> object:
        if not value.strip():
            return None
        try:
            return numbers(value) if field in NUMBERS else days(value, self._today)
        except ValueProblem as problem:
            unfinished = self._is_typed(found) and start + len(value) >= found.end()
            may_become = may_become_numbers(value) if field in NUMBERS else may_become_days(value, self._today)
            if not (unfinished and may_become):
                self.problem(start, start + len(value), f"{field}: {problem}, not {_quoted(value)}")
            return None

    def _identified(self, found: re.Match[str]) -> Identified | None:
        values = []
        for part in re.finditer(r"[^,]+", found["ids"]):
            prefix = "" if found["id"].lower() == "id:" else found["id"]
            identifier = self._identifier(prefix + part[0], found.start("ids") + part.start())
            values += [identifier] if identifier else []
        self.room -= len(values)
        return Identified(tuple(dict.fromkeys(values)), **_place(found)) if values else None

    def _identifier(self, value: str, start: int) -> str | None:
        value = value.strip()
        if not value:
            return None
        if identifier := _identifier_of(value):
            return identifier
        if value.startswith("title:"):
            return value
        if not (self._typing and start + len(value) >= len(self.text)):
            self.problem(
                start, start + len(value), f"id: takes an arXiv id, a DOI or a paper's key, not {_quoted(value)}"
            )
        return None

    def _parts(self, found: re.Match[str]) -> Iterator[tuple[str, int]]:
        for part in _PART.finditer(found["value"]):
            if part[0].strip():
                yield part[0], found.start("value") + part.start()

    def _is_typed(self, found: re.Match[str]) -> bool:
        return self._typing and found.end() == len(self.text)

    def problem(self, start: int, end: int, message: str, suggestion: str = "") -> None:
        """Note something that is wrong between two places of the text."""
        self.problems.append(Problem(start, end, message, suggestion))
        self.room -= 1


def names_papers(found: re.Match[str], term: Term | None) -> bool:
    """Tell whether a piece names papers: several of them side by side mean any of them."""
    return isinstance(term, Identified) or (isinstance(term, Or) and bool(_key(found)))


def _place(found: re.Match[str]) -> dict[str, int]:
    return {"start": found.start(), "end": found.end()}


def _identifier_of(text: str) -> str:
    """Return the identifier that an arXiv id, a DOI or an address means, empty if it is none."""
    if arxiv := arxiv_id(text):
        return f"arxiv:{arxiv}"
    doi = doi_of(text)
    return f"doi:{doi}" if doi else ""


def _bare_identifiers(written: str) -> tuple[str, ...]:
    """Return the identifiers that a word means, itself or all that commas divide it into; none if it is a word."""
    if not ("." in written or "/" in written) or not any(map(str.isdigit, written)):
        return ()
    if whole := _identifier_of(written):
        return (whole,)
    several = [_identifier_of(part) for part in written.split(",") if part]
    return tuple(dict.fromkeys(several)) if all(several) else ()


def _key(found: re.Match[str]) -> str:
    """Return the paper's key that a piece may be, as `list --format keys` prints it; empty if it is none."""
    value = found["value"].removesuffix("*") if found["field"] == "title" else ""
    key = f"title:{value}"
    bare = bare_title(key).removeprefix("title:")
    return key if (len(value) >= _LONG_KEY or bare != value) and fingerprint(bare) == bare else ""


def _nothing_in(written: str) -> str:
    if set(written) == {"-"}:
        return "- goes right before what it excludes"
    return f"no letter or digit in {_quoted(written)}" if written else "nothing stands in quotes"


def _wanted(field: str) -> str:
    return ", ".join(CHOICES[field]) if field in CHOICES else VALUE_EXAMPLES[FIELDS[field].kind]


def _may_grow(written: str) -> bool:
    """Tell whether the next letter typed would belong to the last word."""
    last = written[-1:]
    return last.isalnum() or _is_mark(last)


def _is_mark(character: str) -> bool:
    return character != "" and unicodedata.category(character).startswith("M")


def _last_letter(written: str) -> int:
    """Return how many characters the last letter is made of, its accents with it."""
    length = 1
    while length < len(written) and _is_mark(written[-length]):
        length += 1
    return length


def _nearest(name: str, choices: Iterable[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name[:50], list(choices), n=1, cutoff=0.5)), "")


def _quoted(text: str) -> str:
    shown = text if len(text) <= 30 else f"{text[:29]}…"
    return f"“{shown}”"
