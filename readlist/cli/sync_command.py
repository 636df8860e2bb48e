"""The command that merges marks from other machines."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from readlist.cli.assembly import opened_shelf
from readlist.cli.output import CommandError, complain
from readlist.exports.formats import dumps
from readlist.text.clean import drawable

if TYPE_CHECKING:
    from readlist.shelf import Shelf, Synced


@click.command("sync")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a file.")
def sync(paths: tuple[Path, ...], as_json: bool) -> None:
    """Merge the marks of other machines into yours, as one step of undo for each.

    A PATH is another readlist's state.json, or its folder, or a folder that your machines share by Syncthing, git or
    a USB stick: then the marks of all others in it are merged, and yours are written there for them.
    """
    failed = False
    with opened_shelf() as shelf:
        for path in paths:
            failed = not _sync_with(shelf, path, as_json) or failed
    if failed:
        sys.exit(1)


def _sync_with(shelf: Shelf, path: Path, as_json: bool) -> bool:
    """Merge what is at a path, and share the marks if it is a shared folder; returns whether all went well."""
    from readlist.marks.disk.device import shared_states
    from readlist.shelf import MarksError

    if not path.exists():
        complain(f"{path}: no such file or folder")
        return False
    home = path / "state.json"
    shares = path.is_dir() and not home.exists()
    try:
        others = shared_states(path) if shares else [home if path.is_dir() else path]
    except OSError as error:
        complain(f"{path}: can't be read: {error.strerror or error}")
        return False
    well = True
    for other in others:
        try:
            synced = shelf.sync.merge(other)
            if synced.changed or other.name != shelf.sync.own_copy:
                _print(synced, other, as_json)
        except MarksError as error:
            complain(str(error))
            well = False
    if shares:
        try:
            target, changed = shelf.sync.share(path)
        except OSError as error:
            raise CommandError(f"{path}: your marks can't be written there: {error.strerror or error}") from error
        if not as_json:
            click.echo(drawable(f"{target}: {'your marks were written' if changed else 'has all your marks'}"))
    return well


def _print(synced: Synced, path: Path, as_json: bool) -> None:
    if not as_json:
        click.echo(drawable(str(synced)))
        return
    found = {
        "path": str(path),
        "name": synced.name,
        "marks": synced.marks,
        "changed": list(synced.changed),
        "joined": list(synced.joined),
        "added": synced.added,
        "intact": synced.intact,
    }
    click.echo(dumps(found))
