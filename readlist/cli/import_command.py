"""The command that takes in pages, references, feeds' files and folders of notes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from readlist.cli.assembly import opened_shelf, waited
from readlist.cli.options import completed_by
from readlist.cli.output import CommandError, ProgressBar, WrongUsage, complain
from readlist.exports.formats import dumps
from readlist.services import notes_folder
from readlist.text.clean import counted, drawable, shown_path, title_line

_NAMED_IMPORTED = 10

if TYPE_CHECKING:
    from readlist.services.importer import Imported
    from readlist.services.notes_folder import NotesFolder
    from readlist.shelf import Shelf


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", shell_complete=completed_by("complete_file"))
@click.option("--date", "day", metavar="YYYY-MM-DD", help="The day of the list, where the page's own is wrong.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a file.")
def import_papers(paths: tuple[str, ...], day: str | None, as_json: bool) -> None:
    """Import saved pages: text, Markdown, HTML, JSON, RSS, Atom, JSON Feed; folders of them; - for standard input.

    BibTeX, RIS, CSL-JSON, Zotero's JSON and readlist's own JSON, JSON Lines and CSV bring notes and stars with their
    papers, as one step of undo for each file; PubMed's format (.nbib) and Crossref's JSON are read too. The feeds of an
    OPML file are followed from then on. Of a folder of notes that `readlist export --format markdown` wrote, what you
    edited is taken back.
    """
    from datetime import date

    from readlist.services.importer import import_files

    try:
        on = date.fromisoformat(day) if day else None
    except ValueError as error:
        raise WrongUsage(f"--date {day}: not a day; write it as 2026-08-31") from error
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
            dumps(
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


def take_notes(shelf: Shelf, paths: Sequence[str], *, as_json: bool, bar: ProgressBar) -> tuple[tuple[str, ...], bool]:
    """Take what was edited in the notes among some paths, as one step of undo, and print what changed.

    A folder with a file of notes is a folder of notes: nothing else in it is read as a page.

    Returns:
        The paths that hold no notes, for others to read, and whether all went well.

    Raises:
        CommandError: the marks could not be written.
    """
    folders, rest = notes_folder.find_notes(paths, bar.report)
    done = notes_folder.take_notes(shelf, folders)
    if done is not None:
        waited(shelf, done, sum(len(folder.changes) for folder in folders))
        if not done.done():
            raise CommandError(f"import: could not be written: {shelf.marks.status().reason or 'it takes too long'}")
    for folder in folders:
        notes_folder.acknowledge(shelf, folder)
        bar.clear()
        _print_notes_json(folder) if as_json else _print_notes(folder)
    return rest, not any(folder.failures for folder in folders)


def _print_notes(folder: NotesFolder) -> None:
    papers = f"{counted(len(folder.changes), 'paper')} changed"
    added = f", {folder.added:,} brought back by title" if folder.added else ""
    click.echo(drawable(f"{shown_path(folder.path)}: {counted(len(folder.news), 'note')}, {papers}{added}"))
    for _, entry, brought in folder.changes:
        note = "note (written on both sides, both kept)" if brought.joined else "note"
        words = ", ".join(note if word == "note" else word for word in brought.changes)
        click.echo(f"  {title_line(entry.paper)}: {words}")
    if others := folder.others:
        other = "1 other file was" if others == 1 else f"{others:,} other files were"
        click.echo(f"  {other} not read: in a folder of notes only notes are; give pages by name")
    for failure in folder.failures[:_NAMED_IMPORTED]:
        complain(failure)
    if len(folder.failures) > _NAMED_IMPORTED:
        complain(f"{shown_path(folder.path)}: {len(folder.failures) - _NAMED_IMPORTED:,} more; --json lists all")


def _print_notes_json(folder: NotesFolder) -> None:
    changed = [
        {
            "key": entry.paper.key,
            "title": entry.paper.title,
            "path": os.fspath(found.path),
            "changed": list(brought.changes),
            "joined": brought.joined,
        }
        for found, entry, brought in folder.changes
    ]
    found = {
        "path": os.fspath(folder.path),
        "kind": "notes",
        "date": None,
        "papers": len(folder.news),
        "new": folder.added,
        "known": len(folder.news) - folder.added,
        "skipped": [{"line": None, "reason": failure} for failure in folder.failures],
        "changed": changed,
    }
    click.echo(dumps(found))
    for failure in folder.failures:
        complain(failure)
