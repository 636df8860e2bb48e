"""The query language: text → a checked query value (pure)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from readlist.text import fold

Sort = Literal["feed", "date", "title", "upvotes"]
SORTS: tuple[Sort, ...] = get_args(Sort)

FLAGS: dict[str, tuple[str, ...]] = {
    "is": ("unread", "read", "starred", "noted", "new"),
    "has": ("code", "project", "note", "abstract"),
}
"""The yes-or-no fields and the values each takes."""

MAX_TOKENS = 500
"""The most words of a query that count; what follows them is a problem, not a pause."""

_TERM = re.compile(
    r'(?P<minus>-?)(?:(?P<field>[^\W\d_]+):(?P<value>"[^"]*"?|[^\s"]*)|"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<word>[^\s"]+))'
)
_QUOTES = str.maketrans("“”„‟", '""""')
_TOKEN = re.compile(r"[^\W_]+")
_OUTSIDE_ASCII = re.compile(r"[^\x00-\x7f]+")
# Scripts written without blanks between words: Han, kana, bopomofo, Hangul and its parts, half-width kana.
_CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3041-\u3096\u309d-\u30ff"
    "\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7fb"
    "\uf900-\ufaff\uff66-\uff9f\uffa0-\uffdc\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class Words:
    """Words next to each other, in this order, anywhere in a paper's title, abstract, authors or note.

    A single word is a row of one; so are `text-to-image` and `"text to image"` the same row of three.

    Attributes:
        tokens: the words as `tokens` gives them, at least one.
        prefix: whether the last one may be the beginning of a longer word.
        start: where the term begins in the query's text.
        end: where it ends.
    """

    tokens: tuple[str, ...]
    prefix: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Flag:
    """A yes-or-no field with one of some values: `is:unread`, `has:code,project`.

    Attributes:
        field: `is` or `has`.
        values: known values of the field, at least one; a paper needs one of them.
        start: where the term begins in the query's text.
        end: where it ends.
    """

    field: str
    values: tuple[str, ...]
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class InFeed:
    """One of some feeds announced the paper: `feed:arxiv`, `feed:"HF daily"`.

    Attributes:
        names: names of feeds or parts of them, folded (`text.fold`), at least one.
        start: where the term begins in the query's text.
        end: where it ends.
    """

    names: tuple[str, ...]
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Not:
    """A negated term."""

    term: Term


Term = Words | Flag | InFeed | Not


@dataclass(frozen=True, slots=True)
class Problem:
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


@dataclass(frozen=True, slots=True)
class Query:
    """A checked query: a paper is found when all terms hold for it; without terms every paper is.

    Attributes:
        text: the text it was parsed from.
        terms: what is asked for.
        problems: what was left out, in order.
        words: the words and phrases asked for, as typed, for highlighting.
    """

    text: str = ""
    terms: tuple[Term, ...] = ()
    problems: tuple[Problem, ...] = ()
    words: tuple[str, ...] = ()


def matchable(text: str) -> str:
    """Return the text as words are looked for in it: case and accents folded, each CJK character a word of its own."""
    if not text.isascii():
        # Only what needs it is folded: most of an abstract is ASCII but for a dash or a name.
        text = _OUTSIDE_ASCII.sub(_folded_run, text)
    return text.lower()


def _folded_run(found: re.Match[str]) -> str:
    run = found[0]
    return _folded_short(run) if len(run) < 9 else _folded(run)


def _folded(run: str) -> str:
    return _CJK.sub(r" \g<0> ", fold(run))


# The same few dashes, quotes and accented letters make up almost all of them.
_folded_short = lru_cache(maxsize=2_000)(_folded)


def tokens(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are matched: runs of letters and digits, and single CJK characters."""
    return tuple(_TOKEN.findall(matchable(text)))


def parse(text: str, *, typing: bool = False) -> Query:
    """Return what a query asks for; never raises.

    Words and phrases match whole words wherever they stand. `-` negates a term, quotes hold a phrase together,
    `is:` and `has:` ask for a flag, `feed:` for the feed, a comma between values means either. Words made of
    punctuation only are left out.

    Args:
        text: what the user wrote.
        typing: whether it is still being typed. Then the last word matches as a beginning (from its second
            letter on, so that no key press asks for half the library), and an unfinished term is no problem.
    """
    return _Parser(text, typing).query()


class _Parser:
    """Collects the terms and problems of one text."""

    def __init__(self, text: str, typing: bool) -> None:
        self._text = text
        self._typing = typing
        self._terms: list[Term] = []
        self._problems: list[Problem] = []
        self._words: list[str] = []
        self._room = MAX_TOKENS

    def query(self) -> Query:
        for found in _TERM.finditer(self._text.translate(_QUOTES)):
            term = self._term(found)
            if term is not None and (self._room >= 0 or isinstance(term, Words)):
                self._terms.append(Not(term) if found["minus"] else term)
            if self._room < 0:
                message = f"only the first {MAX_TOKENS} words of a query count"
                self._problem(found.start(), len(self._text), message)
                break
        return Query(self._text, tuple(self._terms), tuple(self._problems), tuple(self._words))

    def _term(self, found: re.Match[str]) -> Words | Flag | InFeed | None:
        field, value = found["field"], found["value"]
        if field is None:
            return self._row(found)
        if field.lower() in FLAGS:
            return self._flag(found, field.lower())
        if field.lower() == "feed":
            return self._feed(found)
        # "Mamba: a model" and addresses hold a colon without meaning a field.
        if not value.strip('"') or value.startswith("/"):
            return self._row(found)
        start, end = found.span("field")
        self._problem(start, end, f"there is no field {_quoted(field)}", _nearest(field.lower(), (*FLAGS, "feed")))
        return None

    def _row(self, found: re.Match[str]) -> Words | None:
        """Return the words of a bare word or a phrase."""
        phrase = found["phrase"]
        written = found[0][len(found["minus"]) :] if phrase is None else phrase
        is_open = phrase is not None and not found["closed"]
        typed = self._typing and found.end() == len(self._text)
        if is_open and not typed:
            self._problem(found.start(), found.end(), "this quote is not closed", f'{found[0]}"')
        words = tokens(written)
        self._room -= len(words)
        if self._room < 0:
            words = words[: self._room]
        grows = typed and not found["minus"] and (phrase is None or is_open) and _may_grow(written)
        if grows and words and _CJK.match(words[-1]):
            grows = False
        if grows and words and len(words[-1]) == 1:
            words, grows = words[:-1], False
        if not words:
            return None
        if not found["minus"]:
            self._words.append(written)
        return Words(words, grows, found.start(), found.end())

    def _flag(self, found: re.Match[str], field: str) -> Flag | None:
        """Return the flag, with the values that are known."""
        typed = self._typing and found.end() == len(self._text)
        choices = FLAGS[field]
        start = found.start("value")
        values = []
        for part in re.finditer(r'[^,"]+', found["value"]):
            value = part[0].strip().lower()
            if value in choices:
                values.append(value)
            elif value and not (typed and any(choice.startswith(value) for choice in choices)):
                message = f"{field}: takes {', '.join(choices)}; not {_quoted(value)}"
                self._problem(start + part.start(), start + part.end(), message, _nearest(value, choices))
        if not values:
            if not typed and not found["value"].strip(',"'):
                message = f"{field}: needs a value: {', '.join(choices)}"
                self._problem(found.start("field"), found.end(), message)
            return None
        self._room -= len(values)
        return Flag(field, tuple(dict.fromkeys(values)), found.start(), found.end())

    def _feed(self, found: re.Match[str]) -> InFeed | None:
        """Return the feeds that are named."""
        quoted = found["value"].startswith('"')
        written = [found["value"].strip('"')] if quoted else found["value"].split(",")
        names = tuple(dict.fromkeys(fold(name.strip()) for name in written if name.strip()))
        if not names:
            if not (self._typing and found.end() == len(self._text)):
                self._problem(found.start("field"), found.end(), "feed: needs the name of a feed")
            return None
        self._room -= len(names)
        return InFeed(names, found.start(), found.end())

    def _problem(self, start: int, end: int, message: str, suggestion: str = "") -> None:
        self._problems.append(Problem(start, end, message, suggestion))
        self._room -= 1


def _may_grow(written: str) -> bool:
    """Tell whether the next letter typed would belong to the last word."""
    last = written[-1:]
    return last.isalnum() or bool(last and unicodedata.combining(last))


def _nearest(name: str, choices: tuple[str, ...]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name[:50], choices, n=1, cutoff=0.5)), "")


def _quoted(text: str) -> str:
    shown = text if len(text) <= 30 else f"{text[:29]}…"
    return f"“{shown}”"
