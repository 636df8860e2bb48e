"""`readlist mark`: papers marked as read, starred or noted."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from readlist.cli.assembly import opened_shelf, wait_for
from readlist.cli.options import QueryCommand, checked_query, examples, query_argument
from readlist.cli.output import CommandError, LibraryInUse, WrongUsage, echo
from readlist.cli.paper_output import print_entries
from readlist.cli.selection import are_named, change_unseen, selected
from readlist.text.clean import clean, counted

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
    from readlist.shelf import Decision

    checked, wanted = checked_query(query), Decision(read, starred, note, datetime.now(UTC))
    try:
        # Papers that are named are found without their marks: nothing to wait for.
        with opened_shelf(patient=not are_named(checked)) as shelf:
            entries = selected(shelf, "mark", query)
            would = [entry for entry in entries if wanted.of(entry).parts(entry.mark)]
            if dry_run:
                print_entries(shelf, [entry.id for entry in would], "table", total=len(entries))
                return
            if not entries:
                raise CommandError(f"no papers match {' '.join(query)}")
            _, done = shelf.marks.apply(entries, read=read, starred=starred, note=note, label=_LABEL, queried=False)
            wait_for(shelf, done, len(entries))
    except LibraryInUse:
        if dry_run or not are_named(checked):
            raise
        change_unseen(checked, wanted, _LABEL)
        return
    # Closing the shelf tried once more, and reported it if that failed.
    echo(f"{len(would):,} of {counted(len(entries), 'paper')} changed")
