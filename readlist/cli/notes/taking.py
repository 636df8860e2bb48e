"""Taking back what was edited in files of notes: read, starred and note, as one step of undo."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct, field

from readlist.cli.building import Failed, complain, waited
from readlist.cli.notes.finding import Placed, held, placed
from readlist.cli.notes.writing import Written, renew
from readlist.cli.printing import title
from readlist.exports.json import written
from readlist.notes import folder as files
from readlist.services.progress import Progress
from readlist.sources.note_batch import batch, date_of
from readlist.sources.reader import STDIN, SUFFIXES
from readlist.text.clean import drawable

if TYPE_CHECKING:
    from readlist.cli.progress_line import ProgressLine
    from readlist.notes.folder import Found
    from readlist.shelf import Entry, Reconciled, Shelf

_PATIENCE = 30.0
_NAMED = 10


class _Origin(Struct):
    """A path given by the user, with the notes in it and what became of them."""

    path: Path
    found: list[Found]
    added: int = 0
    others: int = 0
    taken: list[tuple[Found, Entry, Reconciled]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def take_notes(
    shelf: Shelf, paths: Sequence[str], *, as_json: bool, progress: ProgressLine
) -> tuple[tuple[str, ...], bool]:
    """Take what was edited in the notes among some paths, as one step of undo, and print what changed.

    A folder with a file of notes is a folder of notes: nothing else in it is read as a page.

    Args:
        shelf: what takes it.
        paths: what the user gave.
        as_json: print one JSON object a path.
        progress: told how far it is.

    Returns:
        The paths that hold no notes, for others to read, and whether all went well.

    Raises:
        Failed: the marks could not be written.
    """
    found = [(path, _origin(path, progress)) for path in paths]
    rest = tuple(path for path, origin in found if origin is None)
    origins = [origin for _, origin in found if origin is not None]
    now = datetime.now(UTC)
    seen: dict[int, Path] = {}
    for origin in origins:
        _look(shelf, origin, seen, now)
    _decide(shelf, origins)
    for origin in origins:
        _write_back(shelf, origin)
        progress.clear()
        _print_json(origin) if as_json else _print(origin)
        _complain(origin, everything=as_json)
    return rest, not any(origin.failures for origin in origins)


def _origin(given: str, progress: ProgressLine) -> _Origin | None:
    """Return the notes at a path, None if there are none."""
    path = Path(given)
    if given == STDIN:
        return None
    try:
        if not path.is_dir():
            found = [files.load(path)] if _may_be_note(path) else []
            return _Origin(path, found) if any(one.ours for one in found) else None
        inside = list(files.walk(path))
        found = []
        for number, one in enumerate(files.find(inside), 1):
            found.append(one)
            progress.report(Progress(number, len(inside), "files", one.path.name))
        if not any(one.ours for one in found):
            return None
        others = sum(each.suffix.lower() in SUFFIXES and not files.is_markdown(each) for each in inside)
    except (OSError, ValueError):
        # Whoever reads pages says what is wrong with it.
        return None
    return _Origin(path, found, others=others)


def _may_be_note(path: Path) -> bool:
    return path.is_file() and (files.is_markdown(path) or files.seems_note(path))


def _look(shelf: Shelf, origin: _Origin, seen: dict[int, Path], now: datetime) -> None:
    """Find out what the notes of one path bring; papers that are gone come back if that is anything."""
    places = placed(shelf, origin.found)
    origin.failures += places.failures
    for one in origin.found:
        if one.foreign:
            origin.failures.append(f"{files.shown(one.path)}: passed over, no note of readlist's: {one.foreign}")
    if places.vanished:
        _bring_back(shelf, places, origin)
    known = {}
    for key, one in places.files.items():
        where = one.path.resolve()
        if key not in seen:
            known[key] = one
        elif seen[key] != where:
            origin.failures.append(f"{files.shown(one.path)}: of the same paper as {files.shown(seen[key])}; not used")
        seen.setdefault(key, where)
    entries = shelf.entries(list(known))
    news = shelf.reconcile([(entry, held(known[entry.id]), known[entry.id].modified) for entry in entries], now)
    origin.taken = [(known[entry.id], entry, brought) for entry, brought in zip(entries, news, strict=True)]


def _bring_back(shelf: Shelf, places: Placed, origin: _Origin) -> None:
    """Put papers that the library doesn't have into it by what their files tell, if these have a note or a mark."""
    worth = []
    for one in places.vanished:
        if held(one).meaning or held(one).flag("starred") or held(one).flag("read"):
            worth.append(one)
        else:
            origin.failures.append(f"{_gone(one)}, and it is neither noted, starred nor read there")
    papers = batch([held(one) for one in worth], str(origin.path), datetime.now(UTC).date())
    origin.added = len(shelf.add(papers).new) if papers.items else 0
    origin.failures += [f"{files.shown(one.path)}: {remark}" for one in worth if (remark := date_of(held(one)).remark)]
    again = placed(shelf, worth)
    origin.failures += again.failures
    origin.failures += [f"{_gone(one)}, and nothing in it names the paper" for one in again.vanished]
    for key, one in again.files.items():
        if places.files.setdefault(key, one) is not one:
            other = files.shown(places.files[key].path)
            origin.failures.append(f"{files.shown(one.path)}: of the same paper as {other}; not used")


def _gone(found: Found) -> str:
    return f"{files.shown(found.path)}: {held(found).key} is not in the library"


def _decide(shelf: Shelf, origins: Sequence[_Origin]) -> None:
    """Change the marks, as one step of undo, and wait until they are on disk."""
    taken = [(entry, brought.decision) for origin in origins for _, entry, brought in origin.taken if brought.changes]
    if not taken:
        return
    names = ", ".join(origin.path.resolve().name or str(origin.path) for origin in origins[:3])
    done = shelf.decide(taken, f"import of notes from {drawable(names)}")
    waited(shelf, done, _PATIENCE + len(taken) / 500)
    if not done.done():
        raise Failed(f"import: could not be written: {shelf.status().reason or 'it takes too long'}")


def _write_back(shelf: Shelf, origin: _Origin) -> None:
    """Note down in the files what was taken from them, so that it counts as known from now on."""
    edited = {entry.id: found for found, entry, brought in origin.taken if brought.edited}
    now = datetime.now(UTC)
    told = Written(failures=origin.failures)
    for entry in shelf.entries(list(edited)):
        renew(edited[entry.id], entry, now, told)


def _words(brought: Reconciled) -> str:
    joined = "note (written on both sides, both kept)"
    return ", ".join(joined if word == "note" and brought.joined else word for word in brought.changes)


def _print(origin: _Origin) -> None:
    changed = [(entry, brought) for _, entry, brought in origin.taken if brought.changes]
    count = len(origin.taken)
    papers = f"{len(changed):,} paper{'' if len(changed) == 1 else 's'} changed"
    added = f", {origin.added:,} brought back by title" if origin.added else ""
    click.echo(drawable(f"{files.shown(origin.path)}: {count:,} note{'' if count == 1 else 's'}, {papers}{added}"))
    for entry, brought in changed:
        click.echo(f"  {title(entry)}: {_words(brought)}")
    if origin.others:
        other = "1 other file was" if origin.others == 1 else f"{origin.others:,} other files were"
        click.echo(f"  {other} not read: in a folder of notes only notes are; give pages by name")


def _print_json(origin: _Origin) -> None:
    changed = [
        {
            "key": entry.paper.key,
            "title": entry.paper.title,
            "path": os.fspath(found.path),
            "changed": list(brought.changes),
            "joined": brought.joined,
        }
        for found, entry, brought in origin.taken
        if brought.changes
    ]
    click.echo(
        written(
            {
                "path": os.fspath(origin.path),
                "kind": "notes",
                "date": None,
                "papers": len(origin.taken),
                "new": origin.added,
                "known": len(origin.taken) - origin.added,
                "skipped": [{"line": None, "reason": failure} for failure in origin.failures],
                "changed": changed,
            }
        )
    )


def _complain(origin: _Origin, *, everything: bool) -> None:
    for failure in origin.failures[: None if everything else _NAMED]:
        complain(failure)
    if not everything and len(origin.failures) > _NAMED:
        complain(f"{files.shown(origin.path)}: {len(origin.failures) - _NAMED:,} more; --json lists all")
