"""`readlist export`: papers for other programs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from readlist.cli.assembly import opened_shelf
from readlist.cli.options import (
    QueryCommand,
    asked_order,
    checked_query,
    examples,
    limit_option,
    output_option,
    query_argument,
    reverse_option,
    sort_option,
)
from readlist.cli.output import CommandError, ProgressBar, WrongUsage, echo, for_terminal, print_pieces, warn
from readlist.cli.selection import check_named, fits_of
from readlist.exports.formats import FORMATS
from readlist.model.view import Sort
from readlist.query import Query, parse
from readlist.text.clean import counted

_NOTES = "markdown"
"""The format that is a folder instead of one text."""

_NAMED_FAILURES = 20
_EXAMPLES = examples(
    "readlist export is:starred -o papers.bib",
    "readlist export @code --format csv --limit 100 > papers.csv",
    "readlist export --format markdown -o notes",
)


@click.command("export", cls=QueryCommand, epilog=_EXAMPLES)
@query_argument()
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMATS, _NOTES]),
    help="Output format (default: by FILE's extension, else json); markdown writes a folder of notes",
)
@sort_option
@reverse_option
@limit_option("Export")
@output_option
def export(
    query: tuple[str, ...], form: str | None, sort: Sort | None, reverse: bool, limit: int | None, output: str | None
) -> None:
    """Export papers as BibTeX, RIS, CSV, JSON or notes.

    QUERY selects papers (default: all; for notes, those with a star or a note). Marks come along: a star as the
    keyword "starred", a note as a note. Citation keys are the same in every export.
    """
    from readlist.services import exporter

    form = form or _form_of(output)
    checked = checked_query(query)
    sort = asked_order(checked, sort, reverse=reverse)
    if form == _NOTES:
        _export_notes(checked, sort, limit, output)
        return
    with opened_shelf() as shelf:
        check_named(shelf, checked)
        ids = shelf.papers.select(checked, sort)[:limit]
        fits = fits_of(shelf, checked, sort)
        path = None if output is None or output == "-" else Path(output)
        if path is None and for_terminal():
            # It shows its own progress.
            print_pieces(exporter.export(shelf, ids, form, fits=fits))
            return
        with ProgressBar() as bar:
            pieces = exporter.export(shelf, ids, form, bar.written, fits)
            if path is None:
                print_pieces(pieces)
                return
            reason = exporter.write_file(path, pieces)
        if reason:
            raise CommandError(f"can't write {output}: {reason}")
        echo(f"{output}: {counted(len(ids), 'paper')}", err=True)


def _form_of(output: str | None) -> str:
    """Return the format that the name of a file asks for: JSON if it has no extension.

    Raises:
        WrongUsage: no format has its extension.
    """
    suffix = Path(output).suffix.lower().removeprefix(".") if output and output != "-" else ""
    named = {form.suffix: name for name, form in FORMATS.items() if name not in ("csl", "keys")}
    if suffix and suffix not in named:
        known = ", ".join(f".{name}" for name in named)
        raise WrongUsage(f"export: no format has the extension .{suffix}", f"use {known}, or name it with --format")
    return named.get(suffix, "json")


def _export_notes(query: Query, sort: Sort | None, limit: int | None, output: str | None) -> None:
    """Write papers into a folder of notes; an empty query means those starred or noted.

    Raises:
        WrongUsage: no folder is named.
        CommandError: it can't be written, or not all of it.
    """
    from readlist.services import notes_folder

    if output is None or output == "-":
        raise WrongUsage("export --format markdown writes a folder, one file a paper; name it with -o FOLDER")
    asked = query if query.terms else query.within(parse("is:starred,noted"))
    with opened_shelf() as shelf, ProgressBar() as bar:
        check_named(shelf, asked)
        ids = shelf.papers.select(asked, sort)[:limit]
        try:
            done = notes_folder.write_folder(shelf, ids, Path(output), bar.report)
        except notes_folder.NotesFolderError as error:
            raise CommandError(str(error)) from error
        bar.clear()
        echo(f"{output}: {done}", err=True)
        for failure in done.failures[:_NAMED_FAILURES]:
            warn(failure)
        if more := len(done.failures[_NAMED_FAILURES:]):
            warn(f"{output}: can't write {counted(more, 'more file')}")
        if done.failures:
            sys.exit(1)
