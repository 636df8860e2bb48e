"""`readlist add`: papers by identifier or address."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from readlist.cli.assembly import opened_refresh, opened_shelf, wait_for
from readlist.cli.options import examples, json_option
from readlist.cli.output import CommandError, WrongUsage, echo, echo_json, warn
from readlist.text.clean import drawable, title_line

if TYPE_CHECKING:
    from readlist.services.refresh import Addition
    from readlist.shelf import Shelf

_INPUT_LIMIT = 1_000_000
"""Bytes that `add -` reads: no list of ids is longer."""


@click.command("add", epilog=examples("readlist add 2412.20138 10.1145/3292500.3330701", "pbpaste | readlist add -"))
@click.argument("asked", nargs=-1, metavar="ID_OR_URL…")
@click.option("--clipboard", is_flag=True, help="Add what is on the clipboard")
@json_option("Print one JSON object per paper")
def add(asked: tuple[str, ...], clipboard: bool, as_json: bool) -> None:
    """Add papers by arXiv id, DOI or URL.

    URLs of arXiv, Hugging Face Papers, alphaXiv and doi.org work; - reads standard input. Removed papers are restored.
    """
    from readlist.sources.sites.lookup import find_identifiers

    text = "\n".join(_standard_input() if word == "-" else word for word in asked)
    if clipboard:
        text += "\n" + _clipboard()
    wanted = find_identifiers(text)
    if not wanted.identifiers:
        what = f": {drawable(wanted.unknown[0])[:60]}" if wanted.unknown else ""
        raise WrongUsage(f"no arXiv id, DOI or paper URL{what}; write 2401.12345 or https://arxiv.org/abs/2401.12345")
    for word in wanted.unknown:
        warn(f"skipped {word[:80]}: not an arXiv id, DOI or paper URL")
    with opened_shelf() as shelf:
        with opened_refresh(shelf) as refresh:
            addition = refresh.add(wanted.identifiers)
        if addition.done is not None:
            wait_for(shelf, addition.done, len(addition.keys))
        _print_addition(shelf, addition, as_json)
    if wanted.unknown or addition.problems:
        sys.exit(1)


def _print_addition(shelf: Shelf, addition: Addition, as_json: bool) -> None:
    for key in addition.keys:
        entry = shelf.papers.entry(key)
        if entry is None:
            continue
        state = "waiting" if key in addition.waiting else "new" if key in addition.new else "known"
        if key in addition.restored:
            state = "restored"
        if as_json:
            echo_json({"key": key, "title": entry.paper.title or None, "state": state})
        else:
            echo(f"{state:8} {key}  {title_line(entry.paper)}")
    for problem in (*addition.reasons, *addition.problems):
        warn(problem)


def _standard_input() -> str:
    from readlist.sources.formats.charset import decode

    try:
        decoded = decode(sys.stdin.buffer.read(_INPUT_LIMIT))
    except OSError as error:
        raise CommandError(f"can't read standard input: {error.strerror or error}") from error
    if decoded.failure:
        raise WrongUsage(f"standard input: {decoded.failure}")
    return decoded.text


def _clipboard() -> str:
    from readlist.tui.desktop.clipboard import paste

    text = paste()
    if text is None:
        raise CommandError("can't read the clipboard; give the ids as arguments, or on standard input with -")
    return text
