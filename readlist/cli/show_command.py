"""`readlist show`: one paper in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from readlist.cli.assembly import opened_shelf
from readlist.cli.options import completed_by, examples, json_option
from readlist.cli.output import CommandError, echo_json, print_entry
from readlist.model.paper import arxiv_id, doi_of

if TYPE_CHECKING:
    from readlist.shelf import Entry, Shelf


@click.command("show", epilog=examples("readlist show 2412.20138", "readlist show 10.1145/3292500.3330701 --json"))
@click.argument("key", shell_complete=completed_by("complete_key"))
@json_option()
def show(key: str, as_json: bool) -> None:
    """Show one paper.

    KEY is its key, arXiv id, DOI or URL.
    """
    with opened_shelf(patient=False) as shelf:
        entry = _find_entry(shelf, key)
        if entry is None:
            raise CommandError(f"no such paper: {key}", "`readlist list --format keys` lists the keys")
        if not as_json:
            print_entry(shelf, entry)
            return
        from readlist.exports.formats import record

        echo_json(record(entry, shelf.feeds.log.announcements(entry.id)), indent=1)


def _find_entry(shelf: Shelf, word: str) -> Entry | None:
    """Return the paper with a key, identifier or URL, or None."""
    arxiv, doi = arxiv_id(word), doi_of(word)
    for identifier in (word, f"arxiv:{arxiv}" if arxiv else "", f"doi:{doi}" if doi else ""):
        entry = shelf.papers.entry(identifier) if identifier else None
        if entry is not None:
            return entry
    return None
