"""The command that takes in pages, references, feeds' files and folders of notes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from readlist.cli.assembly import Misused, opened_shelf, waited
from readlist.cli.command_table import readlist
from readlist.cli.messages import ProgressBar, complain
from readlist.cli.shell_words import complete_file
from readlist.exports.json import written
from readlist.text.clean import counted, drawable

if TYPE_CHECKING:
    from readlist.services.importer import Imported


@readlist.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", shell_complete=complete_file)
@click.option("--date", "day", metavar="YYYY-MM-DD", help="The day of the list, where the page's own is wrong.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a file.")
def import_pages(paths: tuple[str, ...], day: str | None, as_json: bool) -> None:
    """Import saved pages: text, Markdown, HTML, JSON, RSS, Atom, JSON Feed; folders of them; - for standard input.

    BibTeX, RIS, CSL-JSON, Zotero's JSON and readlist's own JSON, JSON Lines and CSV bring notes and stars with their
    papers, as one step of undo for each file; PubMed's format (.nbib) and Crossref's JSON are read too. The feeds of an
    OPML file are followed from then on. Of a folder of notes that `readlist export --format markdown` wrote, what you
    edited is taken back.
    """
    from datetime import date

    from readlist.cli.notes_command import take_notes
    from readlist.services.importer import import_files

    try:
        on = date.fromisoformat(day) if day else None
    except ValueError as error:
        raise Misused(f"--date {day}: not a day; write it as 2026-08-31") from error
    with opened_shelf() as shelf, ProgressBar() as bar:
        paths, well = take_notes(shelf, paths, as_json=as_json, bar=bar)
        failed = not well
        for imported in import_files(shelf, paths, bar.report, day=on, stdin=sys.stdin.buffer):
            batch = imported.batch
            if batch.failure:
                bar.clear()
                complain(batch.failure)
            elif imported.adoption.done is not None:
                waited(shelf, imported.adoption.done, len(batch.marks))
            bar.clear()
            failed = failed or not imported.complete
            _print_import(imported, as_json)
            if batch.feeds:
                from readlist.cli.feeds_command import follow

                failed = not follow(batch.feeds, quiet=as_json, again=True) or failed
    if failed:
        sys.exit(1)


def _print_import(imported: Imported, as_json: bool) -> None:
    batch, brought = imported.batch, imported.adoption
    if as_json:
        skipped = [{"line": skip.line, "reason": skip.reason} for skip in batch.skipped]
        if batch.failure:
            skipped.append({"line": None, "reason": batch.failure})
        click.echo(
            written(
                {
                    "path": batch.path or batch.origin,
                    "kind": batch.kind or None,
                    "date": batch.day.isoformat() if batch.day else None,
                    "papers": len(batch.items),
                    **({"feeds": len(batch.feeds)} if batch.feeds else {}),
                    "new": imported.new,
                    "known": imported.known,
                    "notes": brought.notes,
                    "stars": brought.stars,
                    "read": brought.read,
                    "skipped": skipped,
                }
            )
        )
    elif not batch.failure:
        when = f" of {batch.day.isoformat()}" if batch.day else ""
        known = f"{imported.new:,} new, {imported.known:,} known"
        papers = f"{counted(len(batch.items), 'paper')} ({known})"
        holds = counted(len(batch.feeds), "feed") if batch.feeds else papers
        decided = f", {brought}" if str(brought) else ""
        click.echo(drawable(f"{batch.origin}: {batch.kind}{when}, {holds}{decided}"))
        for skip in batch.skipped[:10]:
            where = f"line {skip.line}: " if skip.line else ""
            click.echo(drawable(f"  passed over: {where}{skip.reason}"))
        if len(batch.skipped) > 10:
            click.echo(f"  passed over: {len(batch.skipped) - 10} more; --json lists all")
