"""`readlist open`: papers in the browser."""

from __future__ import annotations

import asyncio
import sys

import click

from readlist.cli.assembly import opened_shelf
from readlist.cli.options import completed_by, examples
from readlist.cli.output import WrongUsage, echo, warn
from readlist.cli.show_command import found_entries
from readlist.model.edition import editions

_MOST = 20
"""Pages opened at once; more are likely a mistake."""

_EXAMPLES = examples(
    "readlist open 2412.20138",
    "readlist open 2412.20138 10.18653/v1/2023.acl-long.1 --pdf",
    "readlist open 'title:\"trading agents\"' --repo",
)


@click.command("open", epilog=_EXAMPLES)
@click.argument("key", nargs=-1, required=True, metavar="KEY…", shell_complete=completed_by("complete_key"))
@click.option("--pdf", is_flag=True, help="Open the PDF")
@click.option("--repo", is_flag=True, help="Open the repository")
@click.option("--html", is_flag=True, help="Open arXiv's HTML version")
def open_papers(key: tuple[str, ...], pdf: bool, repo: bool, html: bool) -> None:
    """Open papers in the browser.

    KEY is a key, arXiv id, DOI or URL, or a query that finds one paper. Where no browser can be opened, the address is
    printed, and the exit status is 1.
    """
    chosen = [name for name, wanted in (("pdf", pdf), ("repo", repo), ("html", html)) if wanted]
    if len(chosen) > 1:
        raise WrongUsage(f"open: --{chosen[0]} and --{chosen[1]} exclude each other")
    if len(key) > _MOST:
        raise WrongUsage(f"open: too many papers ({len(key):,}); name at most {_MOST}")
    with opened_shelf(patient=False) as shelf:
        entries, all_found = found_entries(shelf, key)
    failed = not all_found
    for entry in entries:
        form = next(each for each in editions(entry.paper) if each.kind == (chosen[0] if chosen else "page"))
        if not form.url:
            warn(f"{entry.paper.key}: has no {form.noun}")
            failed = True
        elif not _open(form.url):
            failed = True
    if failed:
        sys.exit(1)


def _open(url: str) -> bool:
    """Open an address; where that fails, print it, and why. Returns whether it is open."""
    # The screen's own code, which knows desktops, SSH and addresses that hide where they lead.
    from readlist.tui.desktop.browser import open_url

    problem = asyncio.run(open_url(url))
    if not problem:
        echo(f"Opened {url}", err=True)
        return True
    echo(url)
    warn(problem[0].lower() + problem[1:].removesuffix("."))
    return False
