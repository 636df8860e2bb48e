"""`readlist copy`: something of papers on the clipboard."""

from __future__ import annotations

import asyncio
import sys

import click

from readlist.cli.assembly import opened_shelf, settings
from readlist.cli.options import completed_by, examples
from readlist.cli.output import CommandError, echo, print_pieces, warn
from readlist.cli.show_command import found_entries
from readlist.services.excerpt import KINDS, best_link, excerpt

_EXAMPLES = examples(
    "readlist copy 2412.20138",
    "readlist copy 2412.20138 2401.12345 --what bibtex",
    "readlist copy 2412.20138 --what markdown",
)


@click.command("copy", epilog=_EXAMPLES)
@click.argument("key", nargs=-1, required=True, metavar="KEY…", shell_complete=completed_by("complete_key"))
@click.option(
    "--what",
    type=click.Choice(list(KINDS)),
    metavar="WHAT",
    help=f"What to copy: {', '.join(KINDS)} (default: repo, else project, else page)",
)
def copy(key: tuple[str, ...], what: str | None) -> None:
    """Copy links, citations or notes of papers.

    KEY is a key, arXiv id, DOI or URL, or a query that finds one paper. Of several papers, it copies one line for each
    link, title or citation. Where there is no clipboard, the text is printed, and the exit status is 1.
    """
    with opened_shelf(patient=False) as shelf:
        entries, all_found = found_entries(shelf, key)
        taken = excerpt(entries, what) if what else best_link(entries)
    failed = not all_found
    if taken.refused:
        raise CommandError(f"not copied: not an http or https address: {taken.refused}")
    if entries and not taken.text:
        noun = KINDS[what].noun if what else "link"
        papers = "the paper has" if len(entries) == 1 else f"none of the {len(entries):,} papers has"
        raise CommandError(f"nothing to copy: {papers} {'no' if len(entries) == 1 else 'a'} {noun}")
    if entries and not _copied(taken.text, f"{taken.name}{taken.warning}", taken.lacking):
        failed = True
    if failed:
        sys.exit(1)


def _copied(text: str, name: str, lacking: str) -> bool:
    """Copy a text and say where it went; print it if it went nowhere, or the user said that terminals don't take it.

    Returns whether it went anywhere.
    """
    # The screen's own code, which knows desktops, tmux and SSH.
    from readlist.tui.desktop import clipboard

    arrival = settings().clipboard
    done = asyncio.run(
        clipboard.copy(text, name, lacking, osc52=clipboard.send_to_terminal, trusted=arrival == "osc52")
    )
    if not done.confirmed and (not done.how or arrival == "show"):
        print_pieces([text, "" if text.endswith("\n") else "\n"])
    if done.how:
        echo(done.sentence, err=True)
        return True
    warn(done.sentence[0].lower() + done.sentence[1:])
    return False
