"""`readlist sync`: marks of other machines merged into yours."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from readlist.cli.assembly import opened_shelf
from readlist.cli.options import examples, json_option
from readlist.cli.output import CommandError, ProgressBar, echo, echo_json, warn
from readlist.files import reason_of
from readlist.marks.disk.device import shared_states
from readlist.shelf import MarksError

if TYPE_CHECKING:
    from readlist.shelf import Shelf, Synced


@click.command("sync", epilog=examples("readlist sync ~/Sync/readlist", "readlist sync /media/usb/state.json"))
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@json_option("Print one JSON object per file")
def sync(paths: tuple[Path, ...], as_json: bool) -> None:
    """Merge marks from your other machines.

    PATH is the state.json of another machine, its folder, or a folder that your machines share by Syncthing, git or a
    USB stick; your marks are written there, too. Each file is one step of undo.
    """
    with opened_shelf() as shelf, ProgressBar() as bar:
        complete = [_sync_with(shelf, path, bar, as_json=as_json) for path in paths]
    if not all(complete):
        sys.exit(1)


def _sync_with(shelf: Shelf, path: Path, bar: ProgressBar, *, as_json: bool) -> bool:
    """Merge the marks at a path, and write yours if it is a shared folder; returns whether all went well."""
    if not path.exists():
        warn(f"{path}: no such file or folder")
        return False
    home = path / "state.json"
    shares = path.is_dir() and not home.exists()
    try:
        others = shared_states(path) if shares else [home if path.is_dir() else path]
    except OSError as error:
        warn(f"can't read {path}: {reason_of(error)}")
        return False
    complete = True
    for number, other in enumerate(others):
        bar.begin(f"merging {other}", number / len(others))
        try:
            synced = shelf.sync.merge(other)
            bar.clear()
            if synced.changed or other.name != shelf.sync.own_copy:
                _print(synced, other, as_json)
        except MarksError as error:
            bar.clear()
            warn(str(error))
            complete = False
    if shares:
        bar.begin(f"writing your marks to {path}", 1.0)
        try:
            target, changed = shelf.sync.share(path)
        except OSError as error:
            raise CommandError(f"can't write your marks to {path}: {reason_of(error)}") from error
        bar.clear()
        if not as_json:
            echo(f"{target}: {'wrote your marks' if changed else 'has all your marks'}")
    return complete


def _print(synced: Synced, path: Path, as_json: bool) -> None:
    if as_json:
        echo_json(
            {
                "path": str(path),
                "name": synced.name,
                "marks": synced.marks,
                "changed": list(synced.changed),
                "joined": list(synced.joined),
                "added": synced.added,
                "intact": synced.intact,
            }
        )
    else:
        echo(str(synced))
