"""`readlist remove`: papers taken out of the list, and brought back."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from readlist.cli.assembly import opened_shelf, wait_for
from readlist.cli.options import QueryCommand, checked_query, examples, query_argument
from readlist.cli.output import CommandError, LibraryInUse, echo
from readlist.cli.paper_output import print_entries
from readlist.cli.selection import are_named, change_unseen, selected
from readlist.text.clean import counted

_EXAMPLES = examples(
    "readlist remove 2412.20138",
    "readlist remove 'feed:Sample -is:starred' --dry-run",
    "readlist remove --restore 2412.20138",
)


@click.command("remove", cls=QueryCommand, epilog=_EXAMPLES)
@query_argument(required=True)
@click.option("--restore", is_flag=True, help="Bring removed papers back")
@click.option("--dry-run", is_flag=True, help="List what would change, and change nothing")
def remove(query: tuple[str, ...], restore: bool, dry_run: bool) -> None:
    """Remove papers from every list.

    They stay removed when their feed is fetched again, and keep their notes and stars. `readlist list is:removed` shows
    them. All of it is one step of undo.
    """
    label = "restored on the command line" if restore else "removed on the command line"
    from readlist.shelf import Decision

    checked, wanted = checked_query(query), Decision(None, None, None, datetime.now(UTC), removed=not restore)
    try:
        with opened_shelf(patient=not are_named(checked)) as shelf:
            entries = selected(shelf, "remove", query, removed=restore)
            if dry_run:
                print_entries(shelf, [entry.id for entry in entries], "table")
                return
            if not entries:
                raise CommandError(f"no {'removed ' if restore else ''}papers match {' '.join(query)}")
            _, done = shelf.marks.apply(entries, removed=not restore, label=label, queried=False)
            wait_for(shelf, done, len(entries))
    except LibraryInUse:
        if dry_run or not are_named(checked):
            raise
        change_unseen(checked, wanted, label)
        return
    starred = sum(entry.mark.starred is not None for entry in entries)
    noted = sum(bool(entry.mark.note) for entry in entries)
    marked = [*([f"{starred:,} starred"] if starred else []), *([counted(noted, "note")] if noted else [])]
    marks = f" ({', '.join(marked)})" if marked and not restore else ""
    echo(f"{'Restored' if restore else 'Removed'} {counted(len(entries), 'paper')}{marks}")
