"""The command that writes papers for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from readlist.cli.assembly import Failed, opened_shelf
from readlist.cli.command_table import readlist
from readlist.cli.messages import say
from readlist.cli.query_argument import QueryCommand, checked_query
from readlist.cli.shell_words import complete_query, output_option
from readlist.exports.formats import FORMS
from readlist.model.view import Sort
from readlist.text.clean import counted, drawable

_NOTES = "markdown"
"""The format that is more than one text."""


@readlist.command("export", cls=QueryCommand)
@click.argument("query", nargs=-1, shell_complete=complete_query)
@click.option(
    "--format", "form", type=click.Choice([*FORMS, _NOTES]), help="The format; without, by FILE's ending, else json."
)
@click.option("--sort", type=click.Choice(get_args(Sort)), help="The order, instead of the query's sort:.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many papers.")
@output_option
def export(query: tuple[str, ...], form: str | None, sort: Sort | None, limit: int | None, output: str | None) -> None:
    """Write the papers a QUERY finds, with your marks, for other programs: BibTeX, RIS, CSL-JSON, CSV, JSON.

    With --format markdown it is a folder of notes, which `readlist import` takes back when you have edited them.
    Citation keys are the same in every export. A star is the keyword "starred", and your note comes along.
    """
    from readlist.cli.tables import print_pieces
    from readlist.services import exporter

    form = form or _form_of(output)
    checked = checked_query(query)
    if form == _NOTES:
        from readlist.cli.notes_command import export_notes

        export_notes(checked, sort, limit, output)
        return
    with opened_shelf() as shelf:
        ids = shelf.papers.select(checked, sort)[:limit]
        pieces = exporter.export(shelf, ids, form)
        if output is None or output == "-":
            print_pieces(pieces)
            return
        if reason := exporter.write_file(Path(output), pieces):
            raise Failed(f"{output}: can't be written: {reason}")
        say(drawable(f"{output}: {counted(len(ids), 'paper')}") + "\n")


def _form_of(output: str | None) -> str:
    """Return the format that the name of a file asks for."""
    suffix = Path(output).suffix.lower().removeprefix(".") if output else ""
    named = {form.suffix: name for name, form in FORMS.items() if name not in ("csl", "keys")}
    return named.get(suffix, "json")
