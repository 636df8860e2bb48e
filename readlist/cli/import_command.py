"""`readlist import`: papers from saved pages, references and feeds, and edits from folders of notes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from readlist.cli.assembly import opened_shelf, wait_for
from readlist.cli.options import completed_by, examples, json_option
from readlist.cli.output import CommandError, ProgressBar, WrongUsage, echo, echo_json, warn
from readlist.sources.detect import may_hold_notes
from readlist.sources.reader import STDIN
from readlist.text.clean import counted, shown_path, title_line

if TYPE_CHECKING:
    from readlist.services.importer import Imported
    from readlist.services.notes_folder import NotesFolder
    from readlist.shelf import ImportStep, Shelf

_NAMED = 10
"""Problems of one file or folder that are printed."""

_EXAMPLES = examples("readlist import page.html library.bib", "readlist import notes/", "pbpaste | readlist import -")


@click.command("import", epilog=_EXAMPLES)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", shell_complete=completed_by("complete_file"))
@click.option("--date", "day", metavar="YYYY-MM-DD", help="Date of the list, where the page's own is wrong")
@json_option("Print one JSON object per file")
def import_papers(paths: tuple[str, ...], day: str | None, as_json: bool) -> None:
    """Import saved pages, references or notes.

    Reads text, Markdown, HTML, JSON, RSS, Atom, BibTeX, RIS, CSL-JSON, CSV, PubMed and OPML files, folders of them,
    and standard input (-). Stars and notes come along. From folders of notes (`readlist export --format markdown`)
    your edits are merged. All of it is one step of undo.
    """
    from readlist.services.importer import begin, import_files

    try:
        on = date.fromisoformat(day) if day else None
    except ValueError as error:
        raise WrongUsage(f"--date {day}: not a day; write it as 2026-08-31") from error
    with opened_shelf() as shelf, ProgressBar() as bar:
        step = begin(shelf, paths)
        paths, complete = _import_notes(shelf, paths, step, as_json=as_json, bar=bar)
        files, failed, new, known = 0, 0, 0, 0
        for imported in import_files(shelf, paths, bar.report, day=on, stdin=sys.stdin.buffer, step=step):
            batch = imported.batch
            if imported.adoption.done is not None and not batch.failure:
                wait_for(shelf, imported.adoption.done, len(batch.marks))
            bar.clear()
            if batch.failure:
                warn(batch.failure)
            complete = complete and imported.complete
            files, failed = files + 1, failed + bool(batch.failure)
            new, known = new + imported.new, known + imported.known
            _print_import(imported, as_json)
            if batch.feeds:
                from readlist.cli.feeds_command import follow

                complete = follow(batch.feeds, quiet=as_json, again=True) and complete
    if files > 1 and not as_json:
        echo(_total(files, failed, new, known), "warning" if failed else "good")
    if not complete:
        sys.exit(1)


def _total(files: int, failed: int, new: int, known: int) -> str:
    """Return the last line of an import of several files: `317 new papers from 5 files (12 known)`."""
    total = f"{counted(new, 'new paper')} from {counted(files - failed, 'file')}"
    rest = [*([f"{known:,} known"] if known else []), *([f"{counted(failed, 'file')} failed"] if failed else [])]
    return f"{total} ({', '.join(rest)})" if rest else total


def _print_import(imported: Imported, as_json: bool) -> None:
    batch, brought = imported.batch, imported.adoption
    if as_json:
        skipped = [{"line": skip.line, "reason": skip.reason} for skip in batch.skipped]
        if batch.failure:
            skipped.append({"line": None, "reason": batch.failure})
        echo_json(
            {
                "path": batch.path or batch.origin,
                "kind": batch.kind or None,
                "date": batch.day.isoformat() if batch.day else None,
                "papers": imported.papers,
                **({"feeds": len(batch.feeds)} if batch.feeds else {}),
                "new": imported.new,
                "known": imported.known,
                "removed": imported.removed,
                "notes": brought.notes,
                "stars": brought.stars,
                "read": brought.read,
                "skipped": skipped,
            }
        )
    elif not batch.failure:
        when = f" of {batch.day.isoformat()}" if batch.day else ""
        removed = f", of them {imported.removed:,} removed" if imported.removed else ""
        papers = f"{counted(imported.papers, 'paper')} ({imported.new:,} new, {imported.known:,} known{removed})"
        holds = counted(len(batch.feeds), "feed") if batch.feeds else papers
        marks = f", {brought}" if str(brought) else ""
        echo(f"{batch.origin}: {batch.kind}{when}, {holds}{marks}")
        for skip in batch.skipped[:_NAMED]:
            echo(f"  skipped: {f'line {skip.line}: ' if skip.line else ''}{skip.reason}")
        if more := len(batch.skipped[_NAMED:]):
            echo(f"  skipped: {more:,} more; --json lists all")


def _import_notes(
    shelf: Shelf, paths: Sequence[str], step: ImportStep, *, as_json: bool, bar: ProgressBar
) -> tuple[tuple[str, ...], bool]:
    """Import what was edited in folders of notes, as part of a step of undo, and print what changed.

    A folder with a file of notes is a folder of notes: nothing else in it is read as a page.

    Returns:
        The paths that hold no notes, for others to read, and whether all went well.

    Raises:
        CommandError: the marks could not be written.
    """
    if not any(path != STDIN and may_hold_notes(Path(path)) for path in paths):
        return tuple(paths), True
    # Loaded where there may be notes: it needs all that writes them, too.
    from readlist.services import notes_folder

    folders, rest = notes_folder.find_notes(paths, bar.report)
    done = notes_folder.take_notes(shelf, folders, step)
    if done is not None:
        wait_for(shelf, done, sum(len(folder.changes) for folder in folders))
        if not done.done():
            raise CommandError(f"import: can't write the marks: {shelf.marks.status().reason or 'it takes too long'}")
    for folder in folders:
        notes_folder.acknowledge(shelf, folder)
        bar.clear()
        _print_notes_json(folder) if as_json else _print_notes(folder)
    return rest, not any(folder.failures for folder in folders)


def _print_notes(folder: NotesFolder) -> None:
    papers = f"{counted(len(folder.changes), 'paper')} changed"
    added = f", {folder.added:,} restored by title" if folder.added else ""
    echo(f"{shown_path(folder.path)}: {counted(len(folder.merged), 'note')}, {papers}{added}")
    for _, entry, brought in folder.changes:
        note = "note (edited on both sides, both kept)" if brought.joined else "note"
        words = ", ".join(note if word == "note" else word for word in brought.changes)
        echo(f"  {title_line(entry.paper)}: {words}")
    if folder.others:
        echo(f"  skipped {counted(folder.others, 'other file')}; name pages to import them")
    for failure in folder.failures[:_NAMED]:
        warn(failure)
    if more := len(folder.failures[_NAMED:]):
        warn(f"{shown_path(folder.path)}: {more:,} more; --json lists all")


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
    echo_json(
        {
            "path": os.fspath(folder.path),
            "kind": "notes",
            "date": None,
            "papers": len(folder.merged),
            "new": folder.added,
            "known": len(folder.merged) - folder.added,
            "skipped": [{"line": None, "reason": failure} for failure in folder.failures],
            "changed": changed,
        }
    )
    for failure in folder.failures:
        warn(failure)
