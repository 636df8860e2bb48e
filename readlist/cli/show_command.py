"""`readlist show`: one paper in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from readlist.cli.assembly import opened_shelf
from readlist.cli.options import completed_by, examples, json_option
from readlist.cli.output import CommandError, echo_json
from readlist.cli.paper_output import print_entry

if TYPE_CHECKING:
    from readlist.shelf import Entry, Shelf


_EXAMPLES = examples(
    "readlist show 2412.20138", "readlist show 10.1145/3292500.3330701 --json", "readlist show 'trading agents'"
)


@click.command("show", epilog=_EXAMPLES)
@click.argument("key", shell_complete=completed_by("complete_key"))
@json_option()
def show(key: str, as_json: bool) -> None:
    """Show one paper.

    KEY is its key, also as `list` cuts it, arXiv id, DOI or URL, or a query that
    finds it alone.
    """
    with opened_shelf(patient=False) as shelf:
        entry = find_entry(shelf, key)
        if not as_json:
            print_entry(shelf, entry)
            return
        from readlist.exports.formats import record
        from readlist.services.recommendation import fit_of

        announcements, series = shelf.feeds.log.announcements(entry.id), shelf.papers.series(entry.id)
        echo_json(record(entry, announcements, fit_of(shelf, entry), series), indent=1)


def found_entries(shelf: Shelf, words: Sequence[str]) -> tuple[list[Entry], bool]:
    """Return the papers that some words name, each once, and whether all name one; those that don't are reported."""
    found: dict[int, Entry] = {}
    unknown = []
    for word in words:
        try:
            entry = find_entry(shelf, word)
            found[entry.id] = entry
        except CommandError as error:
            unknown.append(error)
    for each in unknown:
        each.show()
    return list(found.values()), not unknown


def find_entry(shelf: Shelf, word: str) -> Entry:
    """Return the paper with a key, identifier or URL, or the one that a query finds.

    Raises:
        CommandError: there is none, or there are several.
    """
    from readlist.model.paper import arxiv_id, doi_of
    from readlist.query import parse

    arxiv, doi = arxiv_id(word), doi_of(word)
    for identifier in (word, f"arxiv:{arxiv}" if arxiv else "", f"doi:{doi}" if doi else ""):
        entry = shelf.papers.entry(identifier) if identifier else None
        if entry is not None:
            return entry
    query = parse(word)
    found = shelf.papers.select(query) if query.terms and not query.problems else ()
    if len(found) > 1:
        import shlex

        raise CommandError(f"{len(found):,} papers match {word}", f"`readlist list {shlex.quote(word)}` lists them")
    for entry in shelf.papers.entries(found):
        return entry
    raise CommandError(f"no such paper: {word}", "`readlist list` shows keys")
