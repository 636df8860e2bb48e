"""Completion in bash, zsh and fish: what may be typed next. It asks the shelf, never fails and makes no file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from readlist.cli.assembly import find_paths
from readlist.query.completion import offers

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from readlist.library.library import Library

_LATEST = 2_000
"""Papers whose keys are offered."""

SHELLS = ("bash", "zsh", "fish")


def complete_file(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Leave it to the shell to offer its files."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


output_option = click.option(
    "-o",
    "--output",
    metavar="FILE",
    shell_complete=complete_file,
    help="Where to write it, whole or not at all; standard output without, and for -.",
)
"""The option that names a file to write."""


def complete_query(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer views, fields, and what may stand behind a field."""
    sign = "-" if incomplete.startswith("-") else ""
    word = incomplete.removeprefix(sign)
    if word.startswith("@"):
        found = [f"@{name}" for name in _views() if not set(name) & set(" \t")]
    else:
        found = offers(word, lambda: (_quoted(name) for name in _feeds() if '"' not in name))
        if ":" not in word:
            found += [*([] if sign else ["@"]), *(_keys(word) if word else [])]
    return _begun((f"{sign}{offer}" for offer in found or _keys(word)), incomplete)


def complete_key(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer the keys of the latest papers; arXiv ids without `arxiv:` as well."""
    return _begun(_keys(incomplete), incomplete)


def complete_feed(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer the names of the feeds that are followed."""
    with contextlib.suppress(Exception):
        from readlist.config import load

        # A name that begins with a hyphen would be read as an option.
        names = [feed.name for feed in load(find_paths().settings).feeds if not feed.name.startswith("-")]
        return _begun(names, incomplete)
    return []


def _begun(offers: Iterable[str], incomplete: str) -> list[str]:
    """Return the offers that begin so, each once; what a shell couldn't show on a line is none."""
    begun = incomplete.casefold()
    return list(dict.fromkeys(offer for offer in offers if offer.casefold().startswith(begun) and offer.isprintable()))


def _quoted(name: str) -> str:
    return name if name.replace("-", "").isalnum() else f'"{name}"'


def _views() -> Iterator[str]:
    from readlist.shelf import VIEWS

    yield from (view.name.lower() for view in VIEWS)
    with contextlib.suppress(Exception):
        from readlist.config import load

        yield from (view.name for view in load(find_paths().settings).views)


@contextlib.contextmanager
def _library() -> Iterator[Library | None]:
    """Open the library if there is one; one that a key press can't bring up to date in time fails."""
    path = find_paths().library
    if not path.exists():
        yield None
        return
    from readlist.library.library import Library

    library = Library(path, _no_time)
    try:
        yield library
    finally:
        library.close()


def _no_time(done: int, total: int) -> None:
    """Stop an index from being made anew, which the next command does with progress."""
    raise TimeoutError


def _feeds() -> Sequence[str]:
    with contextlib.suppress(Exception), _library() as library:
        return [feed.name for feed in library.feeds.all()] if library is not None else []
    return []


def _keys(beginning: str) -> Sequence[str]:
    with contextlib.suppress(Exception), _library() as library:
        if library is not None:
            from readlist.query import parse

            papers = library.papers(library.first_ids(parse(""), "added", _LATEST))
            keys = [each.paper.key for each in papers]
            return [*keys, *(key.removeprefix("arxiv:") for key in keys if key.startswith("arxiv:"))]
    return []
