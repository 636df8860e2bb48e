"""Folders of Markdown notes on the command line: writing them, and taking back what was edited in them."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from readlist.cli.assembly import Failed, Misused, opened_shelf, waited
from readlist.cli.messages import ProgressBar, complain, say
from readlist.exports.json import written
from readlist.model.view import Sort
from readlist.query import Query, parse
from readlist.services import notes_folder
from readlist.text.clean import counted, drawable, shown_path, title_line

if TYPE_CHECKING:
    from readlist.services.notes_folder import NotesFolder
    from readlist.shelf import Shelf

_NAMED_IMPORTED = 10
_NAMED_EXPORTED = 20


def take_notes(shelf: Shelf, paths: Sequence[str], *, as_json: bool, bar: ProgressBar) -> tuple[tuple[str, ...], bool]:
    """Take what was edited in the notes among some paths, as one step of undo, and print what changed.

    A folder with a file of notes is a folder of notes: nothing else in it is read as a page.

    Returns:
        The paths that hold no notes, for others to read, and whether all went well.

    Raises:
        Failed: the marks could not be written.
    """
    folders, rest = notes_folder.find_notes(paths, bar.report)
    done = notes_folder.take_notes(shelf, folders)
    if done is not None:
        waited(shelf, done, sum(len(folder.changes) for folder in folders))
        if not done.done():
            raise Failed(f"import: could not be written: {shelf.marks.status().reason or 'it takes too long'}")
    for folder in folders:
        notes_folder.acknowledge(shelf, folder)
        bar.clear()
        _print_json(folder) if as_json else _print(folder)
    return rest, not any(folder.failures for folder in folders)


def export_notes(query: Query, sort: Sort | None, limit: int | None, output: str | None) -> None:
    """Write the papers that a query finds into a folder of notes, and print what came of it.

    A query that asks for nothing means those starred or noted: nobody wants a file for every paper of every feed.

    Raises:
        Misused: no folder is named.
        Failed: it can't be written, or not all of it.
    """
    if output is None or output == "-":
        raise Misused("export --format markdown writes a folder, one file a paper; name it with -o FOLDER")
    asked = query if query.terms else query.within(parse("is:starred,noted"))
    with opened_shelf() as shelf, ProgressBar() as bar:
        ids = shelf.papers.select(asked, sort)[:limit]
        try:
            done = notes_folder.write_folder(shelf, ids, Path(output), bar.report)
        except notes_folder.NotesFolderError as error:
            raise Failed(str(error)) from error
        bar.clear()
        say(drawable(f"{output}: {done}") + "\n")
        for failure in done.failures[:_NAMED_EXPORTED]:
            complain(failure)
        if len(done.failures) > _NAMED_EXPORTED:
            more = len(done.failures) - _NAMED_EXPORTED
            complain(f"{output}: {more:,} more files were not written, for like reasons")
        if done.failures:
            sys.exit(1)


def _print(folder: NotesFolder) -> None:
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


def _print_json(folder: NotesFolder) -> None:
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
    click.echo(written(found))
    for failure in folder.failures:
        complain(failure)
