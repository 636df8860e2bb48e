"""`readlist undo`: the last changes taken back."""

from __future__ import annotations

import click

from readlist.cli.assembly import PATIENCE, opened_shelf, wait_for
from readlist.cli.options import examples
from readlist.cli.output import CommandError, echo


@click.command("undo", epilog=examples("readlist undo", "readlist undo 3"))
@click.argument("steps", type=click.IntRange(min=1), default=1)
def undo(steps: int) -> None:
    """Undo the last change, or the last STEPS."""
    with opened_shelf(patient=False) as shelf:
        for _ in range(steps):
            step = shelf.marks.undo()
            outcome = wait_for(shelf, step, patience=PATIENCE * 4)
            if not step.done():
                raise CommandError(f"undo: can't write it: {shelf.marks.status().reason or 'it takes too long'}")
            if outcome is None:
                raise CommandError("nothing to undo")
            echo(f"Undone: {outcome.label}, {outcome.effect}")
            for key in outcome.skipped:
                echo(f"  not undone, changed since: {key}")
