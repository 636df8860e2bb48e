"""Completion of queries: fields, their values, feeds, authors (pure, apart from the functions it is given)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from readlist.model.tag import fold_tag
from readlist.pattern import pattern
from readlist.query.terms import ALIASES, CHOICES, FIELDS
from readlist.text.clean import fold

_LAST = pattern(r"""(?:^|[\s(])-?(?:(?P<field>[^\W\d_]+):(?P<value>"[^"()]*|[^\s"()]*)|(?P<word>[^\W\d_]{2,}))$""")
# Values that need no quotes.
_PLAIN = pattern(r'[^\s"(),]+')

Known = Callable[[str, str], Sequence[str]]
"""Returns names for `feed`, `author` or `tag` and a prefix, the most likely first."""


def completions(word: str, feeds: Callable[[], Iterable[str]], tags: Callable[[], Iterable[str]] = tuple) -> list[str]:
    """Return all completions of a word of a query: a field, or its field with each value.

    Args:
        word: the word so far; completions that don't begin with it are returned, too.
        feeds: returns the names of feeds, in quotes if they need them.
        tags: returns the tags, the most frequent first.
    """
    field, colon, value = word.partition(":")
    if not colon:
        return [f"{name}:" for name in FIELDS]
    if field == "feed":
        return [f"feed:{name}" for name in feeds()]
    listed = f"{value.rpartition(',')[0]}," if "," in value else ""
    choices = tags() if field == "tag" else CHOICES.get(field, ())
    return [f"{field}:{listed}{choice}" for choice in choices]


def complete(text: str, known: Known) -> str | None:
    """Return the text with its last word completed; None if there is no completion.

    Args:
        text: what is typed, up to the cursor.
        known: returns names of feeds, authors and tags.
    """
    found = _LAST.search(text)
    if not found or found["word"] in ("OR", "AND", "NOT"):
        return None
    if found["word"]:
        field = next((f"{name}:" for name in FIELDS if name.startswith(found["word"].lower())), "")
        return text + field[len(found["word"]) :] if len(field) > len(found["word"]) else None
    field, value = found["field"].lower(), found["value"]
    if choices := CHOICES.get(field):
        last = value.rpartition(",")[2]
        if not value.replace(",", "").isalpha():
            return None
        whole = next((choice for choice in choices if choice.startswith(last.lower()) and choice != last), "")
        return text + whole[len(last) :] if whole else None
    if ALIASES.get(field, field) == "tag":
        return _complete_tag(text, value, known)
    return _complete_name(text, field, value, known) if field in ("feed", "author") else None


def typed_tag(text: str) -> str | None:
    """Return the beginning of a tag, folded, that is typed at the end of a text; None if it is something else."""
    found = _LAST.search(text)
    if not found or not found["field"] or ALIASES.get(found["field"].lower(), found["field"].lower()) != "tag":
        return None
    return fold_tag(found["value"].rpartition(",")[2].lstrip('"').removeprefix("#"))


def _complete_tag(text: str, value: str, known: Known) -> str | None:
    """Complete the last tag of a value; an empty one, too: the most frequent tag is offered."""
    last = value.rpartition(",")[2].lstrip('"').removeprefix("#")
    begun = fold_tag(last)
    found = (tag for tag in known("tag", last) if fold_tag(tag).startswith(begun) and len(tag) > len(last))
    tag = next(found, None)
    return None if tag is None else text + tag[len(last) :]


def _complete_name(text: str, field: str, value: str, known: Known) -> str | None:
    """Complete a name by its prefix, else by that of one of its words; in quotes if it needs them."""
    bare = value.lstrip('"')
    quoted = value.startswith('"')
    if not bare or '"' in bare:
        return None
    begun = fold(bare)
    names = [name for name in known(field, bare) if '"' not in name and fold(name) != begun]
    first = next((name for name in names if fold(name).startswith(begun)), None)
    name = first or next((name for name in names if f" {begun}" in f" {fold(name)}"), None)
    if name is None:
        return None
    quote = '"' if quoted or not _PLAIN.fullmatch(name) else ""
    if name.lower().startswith(bare.lower()) and bool(quote) == quoted:
        return f"{text}{name[len(bare) :]}{quote}"
    return f"{text[: len(text) - len(value)]}{quote}{name}{quote}"
