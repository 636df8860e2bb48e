"""`readlist mark`: papers marked as read, starred or noted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from readlist.cli.assembly import PATIENCE, opened_marks, opened_shelf, wait_for
from readlist.cli.options import QueryCommand, checked_query, examples, query_argument
from readlist.cli.output import CommandError, LibraryInUse, WrongUsage, echo
from readlist.cli.paper_output import print_entries
from readlist.query import Query, parse
from readlist.query.terms import Identified, Or
from readlist.shelf import Decision
from readlist.shelf.mark_shelf import decide_by_identifier
from readlist.text.clean import clean, counted

if TYPE_CHECKING:
    from readlist.shelf import Entry, Shelf

_LABEL = "mark on the command line"
_EXAMPLES = examples(
    "readlist mark 2412.20138 --star",
    "readlist mark 'is:unread date:<2026-01-01' --read --dry-run",
    'readlist mark 2412.20138 --note "check the baseline"',
)


@click.command("mark", cls=QueryCommand, epilog=_EXAMPLES)
@query_argument(required=True)
@click.option("--read/--unread", "read", default=None, help="Mark read or unread")
@click.option("--star/--unstar", "starred", default=None, help="Star or unstar")
@click.option("--note", metavar="TEXT", help="Set the note; an empty TEXT removes it")
@click.option("--dry-run", is_flag=True, help="List what would change, and change nothing")
def mark(query: tuple[str, ...], read: bool | None, starred: bool | None, note: str | None, dry_run: bool) -> None:
    """Mark papers read, star them or set a note.

    QUERY may hold keys and arXiv ids. All of it is one step of undo.
    """
    if read is None and starred is None and note is None:
        raise WrongUsage("mark: nothing to do; give --read, --unread, --star, --unstar or --note TEXT")
    note = None if note is None else clean(note, limit=len(note) + 1, typed=True)
    checked, wanted = checked_query(query), Decision(read, starred, note, datetime.now(UTC))
    try:
        # Papers that are named are found without their marks: nothing to wait for.
        with opened_shelf(patient=not _are_named(checked)) as shelf:
            entries = _selected(shelf, query)
            would = [entry for entry in entries if wanted.parts(entry.mark)]
            if dry_run:
                print_entries(shelf, [entry.id for entry in would], "table", total=len(entries))
                return
            if not entries:
                raise CommandError(f"no papers match {' '.join(query)}")
            _, done = shelf.marks.apply(entries, read=read, starred=starred, note=note, label=_LABEL)
            wait_for(shelf, done, len(entries))
    except LibraryInUse:
        if dry_run or not _are_named(checked):
            raise
        _mark_unseen(checked, wanted)
        return
    # Closing the shelf tried once more, and reported it if that failed.
    echo(f"{len(would):,} of {counted(len(entries), 'paper')} changed")


def _selected(shelf: Shelf, words: tuple[str, ...]) -> list[Entry]:
    """Return the papers a query finds, unless it is in doubt which.

    Raises:
        WrongUsage: it is empty, or a word of it is both a key and a word of titles.
        CommandError: it names a paper that is not in the library.
    """
    from readlist.services.exporter import Entries

    words = tuple(_exact(shelf, word) for word in words)
    checked = checked_query(words)
    if not checked.terms:
        raise WrongUsage("mark: an empty query would mark every paper; name keys, or write is:unread, is:read …")
    named = {name for name in _named_papers(checked) if not name.startswith("title:")}
    missing = named - shelf.papers.ids_of(named).keys()
    if missing:
        raise CommandError(f"no such paper: {', '.join(sorted(missing))}; nothing changed")
    for word in words:
        one = shelf.papers.ids_of([word]).values() if word.startswith("title:") else ()
        if one and {*shelf.papers.select(parse(word), "feed")} - {*one}:
            rest = word.removeprefix("title:")
            raise WrongUsage(f'mark: {word} is ambiguous; write id:{word} for one paper, title:"{rest}" for all')
    return list(Entries(shelf, shelf.papers.select(checked)))


def _exact(shelf: Shelf, word: str) -> str:
    """Return a key made of a short title as `id:KEY` where, as a search, it finds nothing."""
    is_key = word.startswith("title:") and shelf.papers.ids_of([word]) and not shelf.papers.select(parse(word), "feed")
    return f"id:{word}" if is_key else word


def _mark_unseen(query: Query, wanted: Decision) -> None:
    """Mark the papers that a query names while the library is in use; marks are stored apart from it."""
    from concurrent.futures import wait

    named = _named_papers(query)
    with opened_marks() as marks:
        changed, done = decide_by_identifier(marks, named, wanted, _LABEL)
        wait([done], PATIENCE)
    echo(f"{changed:,} of {counted(len(named), 'paper')} changed; the library follows when it is free")


def _are_named(query: Query) -> bool:
    """Return whether a query only names papers by identifier."""
    return bool(query.terms) and all(
        any(isinstance(each, Identified) for each in (term.terms if isinstance(term, Or) else (term,)))
        for term in query.terms
    )


def _named_papers(query: Query) -> list[str]:
    """Return the identifiers that a query names, each once; a key made of a title may be words of titles, too."""
    terms = [inner for term in query.terms for inner in (term.terms if isinstance(term, Or) else (term,))]
    return list(dict.fromkeys(name for term in terms if isinstance(term, Identified) for name in term.identifiers))
