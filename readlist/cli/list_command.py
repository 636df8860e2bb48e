"""`readlist list`: the papers that match a query."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from readlist.cli.assembly import opened_shelf
from readlist.cli.options import (
    QueryCommand,
    asked_order,
    checked_query,
    examples,
    json_option,
    limit_option,
    query_argument,
    reverse_option,
    sort_option,
)
from readlist.cli.output import WrongUsage, for_terminal, hint, warn
from readlist.cli.paper_output import print_entries
from readlist.cli.selection import check_named, fits_of
from readlist.model.view import Sort, is_known_of_a_day, unreversed

if TYPE_CHECKING:
    from readlist.query import Query
    from readlist.shelf import Shelf

_EXAMPLES = examples(
    "readlist list 'is:unread upvotes:>20'",
    'readlist list "diffusion model" -survey --sort stars',
    "readlist list is:unread sort:match --limit 20",
    "readlist list like:2401.12345",
    "readlist list is:starred --format keys",
    "readlist list --as-of 2026-11-20 --sort upvotes",
)


@click.command("list", cls=QueryCommand, epilog=_EXAMPLES)
@query_argument()
@sort_option
@reverse_option
@limit_option()
@click.option("--as-of", "as_of", metavar="DAY", help="Who was listed by a day, with the counts known then")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "plain", "json", "jsonl", "keys"]),
    help="Output format (default: table on a terminal, else plain: key, signs, day and title between tabs)",
)
@json_option("Same as --format json")
@click.option("-0", "--null", "null", is_flag=True, help="End each paper of plain and keys with NUL, for xargs -0")
def list_papers(
    query: tuple[str, ...],
    sort: Sort | None,
    reverse: bool,
    limit: int | None,
    as_of: str | None,
    form: str | None,
    as_json: bool,
    null: bool,
) -> None:
    """List the papers that match a query.

    QUERY: words, "a phrase", -not, is:unread, upvotes:>20, date:7d, @view; `readlist help search` shows all.
    """
    form = "json" if as_json else form or ("table" if for_terminal() and not null else "plain")
    if null and form not in ("plain", "keys"):
        raise WrongUsage(f"list: --null works with --format plain and keys, not with {form}")
    checked = checked_query(query)
    sort = asked_order(checked, sort, reverse=reverse)
    day = _day(as_of, checked, sort) if as_of is not None else None
    with opened_shelf() as shelf:
        check_named(shelf, checked)
        past = shelf.papers.as_of(day) if day is not None else None
        found = (past or shelf.papers).select(checked, sort)
        ids = found[:limit]
        order = unreversed(sort or checked.sort or "feed")
        print_entries(
            shelf,
            ids,
            form,
            "\0" if null else "\n",
            total=len(found),
            order=order,
            fits=fits_of(shelf, checked, sort),
            past=past,
            gain=checked.gain,
        )
        if found or form != "table":
            return
        if shelf.papers.is_untouched():
            warn("the library is empty; get papers with `readlist fetch` or `readlist import PATH`")
        elif corrected := shelf.papers.typed.corrected(" ".join(word for word in query if not word.startswith("@"))):
            hint(f"did you mean {corrected}?")
        elif tag := _nearest_tag(shelf, checked):
            hint(f"did you mean tag:{tag}?")


def _day(text: str, query: Query, sort: Sort | None) -> date:
    """Return the day of `--as-of`.

    Raises:
        WrongUsage: not a day, or something is asked that is not known of a day.
    """
    from readlist.query.terms import Gained, leaves
    from readlist.query.values import ValueProblem, past_day

    order = unreversed(sort or query.sort or "feed")
    if not is_known_of_a_day(order):
        raise WrongUsage(f"list: --as-of can't be sorted by {order}; try --sort upvotes")
    if any(isinstance(leaf, Gained) for leaf in leaves(query.terms)):
        raise WrongUsage("list: --as-of doesn't go with gained:, which is counted up to now")
    try:
        return past_day(text, date.today())
    except ValueProblem as problem:
        raise WrongUsage(f"list: --as-of {text} is {problem}") from problem


def _nearest_tag(shelf: Shelf, query: Query) -> str:
    """Return the tag in use that begins with one that a query asks for, or is spelled almost so; empty for none."""
    from readlist.query.terms import Tagged

    wanted = [tag for term in query.terms if isinstance(term, Tagged) for tag, _ in term.tags]
    if not wanted:
        return ""
    from readlist.config.toml_file import closest
    from readlist.model.tag import fold_tag

    names = {fold_tag(tag.name): tag.name for tag in shelf.marks.tags()}
    for tag in wanted:
        near = [] if tag in names else [name for name in names if name.startswith(tag)] or [closest(tag, names)]
        if near and near[0]:
            return names[near[0]]
    return ""
