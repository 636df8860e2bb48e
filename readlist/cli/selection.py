"""The papers that a command changes: found by a query, never in doubt which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readlist.cli.assembly import PATIENCE, opened_marks
from readlist.cli.options import checked_query
from readlist.cli.output import CommandError, WrongUsage, echo, hint
from readlist.text.clean import counted

if TYPE_CHECKING:
    from readlist.model.view import Sort
    from readlist.query import Query
    from readlist.services.exporter import FitsOf
    from readlist.shelf import Decision, Entry, Shelf


def selected(shelf: Shelf, command: str, words: tuple[str, ...], *, removed: bool = False) -> list[Entry]:
    """Return the papers a query finds, unless it is in doubt which; or those of the removed ones.

    Raises:
        WrongUsage: it is empty, or a word of it is both a key and a word of titles.
        CommandError: it names a paper that is not in the library, or is removed.
    """
    from readlist.query import parse

    words = tuple(_exact(shelf, word) for word in words)
    checked = checked_query(words)
    if not checked.terms:
        what = "restore" if removed else command
        raise WrongUsage(
            f"{command}: an empty query would {what} every paper; name keys, or write is:unread, is:read …"
        )
    named = {name for name in named_papers(checked) if not name.startswith("title:")}
    ids = shelf.papers.ids_of(named)
    if missing := named - ids.keys():
        raise CommandError(f"no such paper: {', '.join(sorted(missing))}; nothing changed")
    check_named(shelf, checked)
    exact = [word.removeprefix("id:") for word in words if word.startswith("id:title:")]
    entries = shelf.papers.entries([*ids.values(), *shelf.papers.ids_of(exact).values()])
    if wrong := sorted(entry.paper.key for entry in entries if (entry.mark.removed is None) is removed):
        names = ", ".join(wrong)
        state = f"not removed: {names}" if removed else f"removed: {names}; `readlist remove --restore` brings it back"
        raise CommandError(f"{state}; nothing changed")
    for word in words:
        one = shelf.papers.ids_of([word]).values() if word.startswith("title:") else ()
        if one and {*shelf.papers.select(parse(word), "feed")} - {*one}:
            rest = word.removeprefix("title:")
            message = f'{command}: {word} is ambiguous; write id:{word} for one paper, title:"{rest}" for all'
            raise WrongUsage(message)
    found = shelf.papers.select(checked.within(parse("is:removed")) if removed else checked)
    return [entry for entries in shelf.papers.in_chunks(found) for entry in entries]


def check_named(shelf: Shelf, query: Query) -> None:
    """Check that the papers are in the library of which a query asks for those like them.

    Raises:
        CommandError: one is not.
    """
    from readlist.services.recommendation import unknown_papers

    if unknown := unknown_papers(shelf, query):
        raise CommandError(f"like: no such paper: {', '.join(unknown)}", "`readlist list` shows keys")


def fits_of(shelf: Shelf, query: Query, sort: Sort | None) -> FitsOf | None:
    """Return what gives how well papers fit, if a query or order asks for that; where that says little, so does a line.

    None if it doesn't.
    """
    from readlist.model.view import is_by_match
    from readlist.services.recommendation import asks_for_match, caution, fits_for

    ordered = is_by_match(sort or query.sort or "feed")
    if asks_for_match(shelf, query, sort) and (note := caution(shelf, ordered=ordered)):
        hint(note)
    return fits_for(shelf, query, sort)


def _exact(shelf: Shelf, word: str) -> str:
    """Return a key made of a short title as `id:KEY` where, as a search, it finds nothing."""
    from readlist.query import parse

    is_key = word.startswith("title:") and shelf.papers.ids_of([word]) and not shelf.papers.select(parse(word), "feed")
    return f"id:{word}" if is_key else word


def are_named(query: Query) -> bool:
    """Return whether a query only names papers by identifier."""
    from readlist.query.terms import Identified, Or

    return bool(query.terms) and all(
        any(isinstance(each, Identified) for each in (term.terms if isinstance(term, Or) else (term,)))
        for term in query.terms
    )


def named_papers(query: Query) -> list[str]:
    """Return the identifiers that a query names, each once; a key made of a title may be words of titles, too."""
    from readlist.query.terms import Identified, Or

    terms = [inner for term in query.terms for inner in (term.terms if isinstance(term, Or) else (term,))]
    return list(dict.fromkeys(name for term in terms if isinstance(term, Identified) for name in term.identifiers))


def change_unseen(query: Query, wanted: Decision, label: str) -> None:
    """Change the marks of papers that a query names while the library is in use; marks are stored apart from it."""
    from concurrent.futures import wait

    from readlist.shelf.mark_shelf import decide_by_identifier

    named = named_papers(query)
    with opened_marks() as marks:
        changed, done = decide_by_identifier(marks, named, wanted, label)
        wait([done], PATIENCE)
    echo(f"{changed:,} of {counted(len(named), 'paper')} changed; the library follows when it is free")
