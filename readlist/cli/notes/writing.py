"""Writing a folder of notes: one file a paper, those that are there brought up to date."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from readlist.cli.building import Failed, Misused, complain, opened_shelf, say
from readlist.cli.notes.finding import Placed, held, placed
from readlist.cli.progress_line import ProgressLine
from readlist.exports.markdown import file_name, rendered, renewed
from readlist.files import sync_folder
from readlist.notes import folder as files
from readlist.notes.note_file import Unreadable
from readlist.query import Query, Sort, parse
from readlist.services.progress import Progress, Report, unreported
from readlist.text.clean import drawable

if TYPE_CHECKING:
    from readlist.notes.folder import Found, Signature
    from readlist.shelf import Entry, Shelf

_CHUNK = 500
_NAMED = 20


class Written(Struct):
    """What became of writing a folder of notes: how many files, and what went wrong, in lines."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Say it in a few words."""
        count = self.new + self.changed + self.unchanged
        notes = f"{count:,} note{'' if count == 1 else 's'}"
        return f"{notes} ({self.new:,} new, {self.changed:,} changed, {self.unchanged:,} as before)"


def write_folder(shelf: Shelf, ids: Sequence[int], folder: Path, report: Report = unreported) -> Written:
    """Write one file of notes a paper; papers that have one in the folder are brought up to date as well.

    A file with edits that were not imported is left as it is, and named.

    Args:
        shelf: the papers.
        ids: those that shall have a file.
        folder: where to; made if there is none.
        report: told how many papers of how many are done.

    Raises:
        Failed: there can't be such a folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = list(files.find(files.walk(folder)))
        for each in {folder, *(one.path.parent for one in found)}:
            files.clear_left_over(each)
        there = placed(shelf, found)
        names = {files.name_sign(path.name) for path in folder.iterdir()}
    except OSError as error:
        raise Failed(f"{files.shown(folder)}: can't be written: {error.strerror or error}") from error
    written = Written(failures=there.failures)
    wanted = [one for one in dict.fromkeys([*ids, *there.files]) if one not in there.doubted]
    for start in range(0, len(wanted), _CHUNK):
        entries = shelf.entries(wanted[start : start + _CHUNK])
        _renew(shelf, entries, there, written)
        _add(entries, there, folder, names, written)
        report(Progress(start + len(entries), len(wanted), "files"))
    with contextlib.suppress(OSError):
        sync_folder(folder)
    return written


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
    with opened_shelf() as shelf, ProgressLine() as line:
        ids = shelf.select(asked, sort or query.sort or "feed")[:limit]
        written = write_folder(shelf, ids, Path(output), line.report)
        line.clear()
        say(drawable(f"{output}: {written}") + "\n")
        for failure in written.failures[:_NAMED]:
            complain(failure)
        if len(written.failures) > _NAMED:
            complain(f"{output}: {len(written.failures) - _NAMED:,} more files were not written, for like reasons")
        if written.failures:
            sys.exit(1)


def _renew(shelf: Shelf, entries: Sequence[Entry], there: Placed, written: Written) -> None:
    """Bring files up to date."""
    now = datetime.now(UTC)
    known = [(entry, there.files[entry.id]) for entry in entries if entry.id in there.files]
    news = shelf.reconcile([(entry, held(found), found.modified) for entry, found in known], now)
    for (entry, found), brought in zip(known, news, strict=True):
        if brought.changes:
            what = ", ".join(brought.changes)
            written.failures.append(
                f"{files.shown(found.path)}: has edits that were not imported ({what}); import it, then export again"
            )
        else:
            renew(found, entry, now, written)


def renew(found: Found, entry: Entry, now: datetime, written: Written) -> None:
    """Bring one file up to date, and count it."""
    before = held(found)
    try:
        after = renewed(before, entry, now)
    except Unreadable as error:
        written.failures.append(f"{files.shown(found.path)}: {error}")
        return
    if after.text == before.text:
        written.unchanged += 1
    elif _put(found.path, after.text, found.signature, written.failures):
        written.changed += 1


def _add(entries: Sequence[Entry], there: Placed, folder: Path, names: set[str], written: Written) -> None:
    """Write new files."""
    now, closed = datetime.now(UTC), {files.name_sign(path.name) for path in there.closed}
    for entry in entries:
        # Where the file that has its name can't be read, it is likely the paper's own.
        if entry.id in there.files or files.name_sign(file_name(entry.paper)) in closed:
            continue
        path = folder / _free_name(entry, names)
        if _put(path, rendered(entry, now), None, written.failures):
            written.new += 1


def _free_name(entry: Entry, names: set[str]) -> str:
    """Return the first name for a paper's file that no other has on any system, and take it."""
    number = 1
    while files.name_sign(name := file_name(entry.paper, number)) in names:
        number += 1
    names.add(files.name_sign(name))
    return name


def _put(path: Path, text: str, before: Signature | None, failures: list[str]) -> bool:
    try:
        files.put(path, text, before)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        failures.append(f"{files.shown(path)}: can't be written: {reason}")
        return False
    return True
