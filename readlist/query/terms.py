"""The search language as data (fields, values, syntax), and a checked query: terms, problems, sort order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.trend import CountKind
from readlist.model.view import SORTS, Sort, unreversed
from readlist.pattern import pattern

FieldKind = Literal["choice", "text", "tag", "feed", "id", "number", "gain", "day"]


class FieldInfo(Struct, frozen=True):
    """One field of the language, as errors, completion, the help screen and the manual show it.

    Attributes:
        kind: what its values are; see `VALUE_EXAMPLES`.
        example: a query with it.
        help: which papers it finds.
        values: all values of a choice, each with its meaning; empty for the other kinds.
    """

    kind: FieldKind
    example: str
    help: str
    values: Mapping[str, str] = {}


FIELDS: Mapping[str, FieldInfo] = {
    "is": FieldInfo("choice", "is:unread", "papers in this state", {
        "unread": "not read yet",
        "read": "marked read",
        "starred": "starred",
        "noted": "with a note",
        "new": "added since your last visit",
        "removed": "removed from the list",
        "revised": "starred or noted, with a newer version or withdrawn since you decided",
        "withdrawn": "withdrawn from arXiv",
        "watched": "in a view with `watch = true`",
        "muted": "hidden from the Inbox by `mute`",
    }),
    "has": FieldInfo("choice", "has:code", "papers that have this", {
        "code": "a code repository",
        "project": "a project page",
        "note": "a note",
        "abstract": "an abstract",
        "tag": "a tag in your note",
    }),
    "title": FieldInfo("text", 'title:"flow matching"', "words in the title"),
    "abstract": FieldInfo("text", "abstract:diffusion", "words in the abstract"),
    "author": FieldInfo("text", 'author:"Ada Lovelace"', "words in the names of the authors"),
    "note": FieldInfo("text", "note:todo", "words in your note"),
    "comment": FieldInfo("text", "comment:accepted", "words in arXiv's comment and the journal reference"),
    "tag": FieldInfo("tag", "tag:cited", "papers with this #tag in your note; tag:nlp finds #nlp/parsing, too"),
    "org": FieldInfo("text", "org:nvidia", "words in the organization"),
    "kw": FieldInfo("text", "kw:robotics", "words in the keywords"),
    "feed": FieldInfo("feed", 'feed:"HF daily"', "papers of the feeds with this in their name"),
    "id": FieldInfo("id", "id:2401.12345", "the paper with this arXiv id, DOI, address or key"),
    "like": FieldInfo("id", "like:2401.12345", "the 50 papers most like this one, the nearest first"),
    "upvotes": FieldInfo("number", "upvotes:>20", "papers with this many upvotes"),
    "stars": FieldInfo("number", "stars:>=1k", "papers whose repository has this many GitHub stars"),
    "comments": FieldInfo("number", "comments:1..10", "papers with this many comments"),
    "match": FieldInfo("number", "match:>60", "papers that fit your stars this well, from 0 to 99"),
    "gained": FieldInfo("gain", "gained:>20", "papers with this many upvotes more since your last visit"),
    "date": FieldInfo("day", "date:7d", "papers published then; without a date, listed then"),
    "seen": FieldInfo("day", "seen:today", "papers added to the library then"),
    "starred": FieldInfo("day", "starred:2026-08", "papers you starred then"),
    "read": FieldInfo("day", "read:yesterday", "papers you read then"),
    "sort": FieldInfo("choice", "sort:upvotes", "sorts what is found; sort:-upvotes the other way round", {
        name: order.help for name, order in SORTS.items()
    }),
}  # fmt: skip
"""Every field of the language."""

ALIASES: Mapping[str, str] = {
    "authors": "author", "organization": "org", "organisation": "org", "keyword": "kw", "keywords": "kw",
    "abs": "abstract", "feeds": "feed", "upvote": "upvotes", "notes": "note", "tags": "tag",
    "order": "sort", "gain": "gained",
}  # fmt: skip
"""Other names of fields."""

_COUNT = pattern(r"[<>=].*|\d*\.\.\d*")


def field_of(name: str, value: str) -> str:
    """Return the field that a name in lower case stands for with a value: `comment:>5` is a count, as it always was."""
    return "comments" if name == "comment" and _COUNT.fullmatch(value) else ALIASES.get(name, name)


MEANT: Mapping[str, str] = {
    "year": "date", "published": "date", "day": "date", "since": "date", "added": "seen",
    "category": "feed", "cat": "feed", "source": "feed", "from": "feed", "in": "feed",
    "votes": "upvotes", "likes": "upvotes", "points": "upvotes",
    "arxiv": "id", "doi": "id", "url": "id", "key": "id", "affiliation": "org", "lab": "org", "by": "author",
    "journal": "comment", "venue": "comment", "version": "is:revised", "withdrawn": "is:withdrawn",
    "text": "abstract", "body": "abstract", "topic": "kw", "subject": "kw", "similar": "like",
    "repo": "has:code", "code": "has:code", "github": "has:code", "star": "is:starred", "unread": "is:unread",
    "rising": "sort:rising", "trending": "sort:rising", "delta": "gained",
}  # fmt: skip
"""What other programs have fields for: the field to use here, or the whole term."""

VALUE_EXAMPLES: Mapping[FieldKind, str] = {
    "text": "a word or a phrase in quotes",
    "tag": "a tag, or the beginning of one with *",
    "feed": "the name of a feed",
    "id": "an arXiv id or a DOI",
    "number": "20, >20, 10..50, 1k",
    "gain": "20, >20, 7d>20 in a week, stars>20",
    "day": "7d, 2026-08, 2026-08-01..2026-08-15",
}
"""What the values of a kind look like; a choice lists its own."""

SYNTAX: tuple[tuple[str, str], ...] = (
    ("diffusion image", "both words, in title, abstract, authors or note"),
    ('"flow matching"', "words next to each other, as in text-to-image"),
    ("quant*", "words with this prefix; while you type, the last word is one"),
    ("C++", "names with signs, also C# .NET node.js A* R^2; C alone finds C++ and C#, too"),
    ("-survey", "papers without the word; also -(a OR b) and NOT survey"),
    ("vision OR speech", "either one, with OR in capitals"),
    ("(a OR b) c", "parentheses group; without them, it is a OR (b c)"),
    ("is:starred,noted", "either one; a comma between values means or"),
    ("2401.12345", "the paper with this arXiv id, DOI or address; several ids: any of them"),
)
"""What is not a field: an example of each, and what it finds."""


def _of_kind(kind: FieldKind) -> tuple[str, ...]:
    return tuple(name for name, field in FIELDS.items() if field.kind == kind)


CHOICES: Mapping[str, tuple[str, ...]] = {name: tuple(FIELDS[name].values) for name in _of_kind("choice")}
"""The fields that take one of some values, and these values."""

TEXTS, NUMBERS, DAYS = _of_kind("text"), _of_kind("number"), _of_kind("day")


class Placed(Struct, frozen=True, kw_only=True):
    """A term that is one piece of the text.

    Attributes:
        start: where it begins in the query's text.
        end: where it ends.
    """

    start: int = 0
    end: int = 0


class Words(Placed, frozen=True):
    """Words next to each other, in this order: one, or three as in `text-to-image` and `"text to image"`.

    Attributes:
        tokens: the words as `tokens` gives them, at least one.
        prefix: whether the last one is a prefix.
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


class Tagged(Placed, frozen=True):
    """The note has one of some tags: `tag:cited`, `tag:cited,nlp*`.

    Attributes:
        tags: tags, folded (`fold_tag`), and whether each is only the beginning of one; at least one.
    """

    tags: tuple[tuple[str, bool], ...]


class InFeed(Placed, frozen=True):
    """One of some feeds announced the paper: `feed:arxiv`, `feed:"HF daily"`.

    Attributes:
        names: names of feeds or parts of them, folded (`text.fold`), at least one.
    """

    names: tuple[str, ...]


class Identified(Placed, frozen=True):
    """The paper has one of some identifiers: `id:2401.12345`.

    Attributes:
        identifiers: `arxiv:…`, `doi:…` or a whole key, at least one.
    """

    identifiers: tuple[str, ...]


class Similar(Placed, frozen=True):
    """The paper is like one of some papers: `like:2401.12345`.

    Attributes:
        identifiers: of those papers: `arxiv:…`, `doi:…` or a whole key, at least one.
    """

    identifiers: tuple[str, ...]


class Counted(Placed, frozen=True):
    """A count is within one of some ranges: `upvotes:>20`, `stars:10..50,1k`. An unknown count matches none.

    Attributes:
        field: one of `NUMBERS`.
        ranges: the lowest and the highest number of each, None for no limit; at least one.
    """

    field: str
    ranges: tuple[tuple[int | None, int | None], ...]


class Gained(Placed, frozen=True):
    """A count rose by a number within one of some ranges: `gained:>20`, `gained:7d>20,stars>5`. If unknown: none.

    Attributes:
        ranges: what is counted, the first day of what was gained (None for since the last visit), and the lowest and
            the highest number, None for no limit; at least one.
    """

    ranges: tuple[tuple[CountKind, date | None, int | None, int | None], ...]


class Dated(Placed, frozen=True):
    """A day is within one of some ranges: `date:7d`, `starred:2026-08`. An unknown day matches none.

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
    """Terms that must all match; at least two."""

    terms: tuple[Term, ...]


class Or(Struct, frozen=True):
    """Terms of which one must match; at least two."""

    terms: tuple[Term, ...]


def any_paper(terms: Sequence[Term]) -> Term:
    """Return terms that name papers as one term: any of them."""
    if len(terms) == 1:
        return terms[0]
    flat = [inner for term in terms for inner in (term.terms if isinstance(term, Or) else (term,))]
    named = [term for term in flat if isinstance(term, Identified)]
    identifiers = tuple(dict.fromkeys(identifier for term in named for identifier in term.identifiers))
    words = tuple(dict.fromkeys(term for term in flat if not isinstance(term, Identified)))
    one = Identified(identifiers, start=named[0].start, end=named[-1].end)
    return Or((*words, one)) if words else one


def leaves(terms: Iterable[Term]) -> Iterator[Leaf]:
    """Yield the terms of a query and those inside them that have none inside, negated or not."""
    for term in terms:
        match term:
            case Not(inner):
                yield from leaves((inner,))
            case And(within) | Or(within):
                yield from leaves(within)
            case _:
                yield term


Leaf: TypeAlias = Words | Flag | Tagged | InFeed | Identified | Similar | Counted | Gained | Dated
Term: TypeAlias = Leaf | Not | And | Or


class Problem(Struct, frozen=True):
    """A part of a query that can't be understood and is left out.

    Attributes:
        start: where it begins in the query's text.
        end: where it ends.
        message: what is wrong.
        suggestion: a replacement for `text[start:end]` that may have been meant; empty if none is similar.
    """

    start: int
    end: int
    message: str
    suggestion: str = ""


class Query(Struct, frozen=True):
    """A checked query: it finds the papers that match all terms; without terms every paper.

    Attributes:
        text: the text it was parsed from.
        terms: its terms.
        problems: what was left out, in order.
        words: the words and phrases to find, as typed, for highlighting.
        sort: the sort order, None if none is given.
        finished: a text with the same result that is no longer being typed: `quant*` for `quant`.
    """

    text: str = ""
    terms: tuple[Term, ...] = ()
    problems: tuple[Problem, ...] = ()
    words: tuple[str, ...] = ()
    sort: Sort | None = None
    finished: str = ""

    def needs_match(self, sort: Sort | None = None) -> bool:
        """Tell whether it asks how well papers fit the user, by a term or its order; `sort` is the order if given."""
        by = sort or self.sort
        return (by is not None and unreversed(by) == "match") or any(
            isinstance(leaf, Counted) and leaf.field == "match" for leaf in leaves(self.terms)
        )

    @property
    def gain(self) -> tuple[CountKind, date | None]:
        """What is counted of what papers gained, and the first day of that: as its first `gained:` has it."""
        term = next((leaf for leaf in leaves(self.terms) if isinstance(leaf, Gained)), None)
        return ("upvotes", None) if term is None else term.ranges[0][:2]

    @property
    def like(self) -> tuple[str, ...]:
        """The identifiers of the papers that what is found must be like, empty for none."""
        return next((term.identifiers for term in self.terms if isinstance(term, Similar)), ())

    def within(self, other: Query) -> Query:
        """Return a query for what both find; text and problems are this one's, and its sort order takes precedence."""
        terms = tuple(dict.fromkeys((*other.terms, *self.terms)))
        return replace(self, terms=terms, words=(*other.words, *self.words), sort=self.sort or other.sort)
