"""Options and arguments that commands share; queries are checked, and pointed at where they are wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

from readlist.cli.assembly import settings
from readlist.cli.output import WrongUsage, say
from readlist.model.view import SORTS, Sort, reverse_of
from readlist.text.clean import drawable

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from readlist.query import Query

_Command = TypeVar("_Command", bound=Callable[..., object])


def completed_by(name: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Return what completes an argument, imported when a shell asks."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from readlist.cli import completion_command

        found: list[CompletionItem] = getattr(completion_command, name)(incomplete)
        return found

    return complete


def query_argument(*, required: bool = False) -> Callable[[_Command], _Command]:
    """Return the argument QUERY."""
    return click.argument(
        "query",
        nargs=-1,
        required=required,
        metavar="QUERY…" if required else "[QUERY…]",
        shell_complete=completed_by("complete_query"),
    )


def json_option(help_text: str = "Print JSON") -> Callable[[_Command], _Command]:
    """Return the option `--json`."""
    return click.option("--json", "as_json", is_flag=True, help=help_text)


def limit_option(verb: str = "Show", *, least: int = 0, default: int | None = None) -> Callable[[_Command], _Command]:
    """Return the option `--limit`."""
    usual = f" (default: {default})" if default is not None else ""
    kind = click.IntRange(min=least)
    return click.option("--limit", type=kind, default=default, metavar="N", help=f"{verb} at most N papers{usual}")


sort_option = click.option("--sort", type=click.Choice(list(SORTS)), help="Sort order (overrides the query's sort:)")
reverse_option = click.option("--reverse", is_flag=True, help="Reverse the sort order")


def asked_order(query: Query, sort: Sort | None, *, reverse: bool) -> Sort | None:
    """Return the sort order that `--sort` and `--reverse` ask for, None for the query's."""
    return reverse_of(sort or query.sort or "feed") if reverse else sort


output_option = click.option(
    "-o",
    "--output",
    metavar="FILE",
    shell_complete=completed_by("complete_file"),
    help="Write to FILE, whole or not at all (default, and for -: standard output)",
)
"""The option that names a file to write."""


def examples(*lines: str) -> str:
    """Return the examples below a command's help."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


class QueryCommand(click.Command):
    """A command that takes a query: `-word` excludes the word unless it is exactly an option.

    Click would read `-optimization` as `-o ptimization`. `--word` is always an option, so that a mistyped one is wrong
    usage instead of a part of the query; after `--` everything is query.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Move the options before the words."""
        known = {
            name: parameter.is_flag
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option)
            for name in (*parameter.opts, *parameter.secondary_opts)
        }
        options: list[str] = []
        words: list[str] = []
        rest = iter(args)
        for word in rest:
            if word == "--":
                words += rest
            elif word in known or word.startswith("--"):
                if ctx.resilient_parsing and word.partition("=")[0] not in known:
                    # Nothing can complete a line that is wrong.
                    raise click.NoSuchOption(word, ctx=ctx)
                options.append(word)
                if not known.get(word, True):
                    value = next(rest, None)
                    if value is None:
                        # The last option lacks its value: click says so, or completes it.
                        return super().parse_args(ctx, options)
                    options.append(value)
            else:
                words.append(word)
        return super().parse_args(ctx, [*options, "--", *words])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer options, and for `-word` also what the query would exclude."""
        offers = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-") and not incomplete.startswith("--"):
            for parameter in self.get_params(ctx):
                if isinstance(parameter, click.Argument):
                    offers += parameter.shell_complete(ctx, incomplete)
        return offers


def checked_query(words: Sequence[str]) -> Query:
    """Return the query of some arguments; one that begins with @ names a saved view.

    Raises:
        WrongUsage: with a caret under the first place that is wrong.
    """
    views = [word for word in words if word.startswith("@")]
    text = " ".join(word for word in words if not word.startswith("@"))
    query = _without_problems(text)
    for view in views:
        query = query.within(_without_problems(_saved(view.removeprefix("@"))))
    return query


def _saved(name: str) -> str:
    """Return the query of a saved view, or of a built-in one."""
    from readlist.config import ConfigError, find_view
    from readlist.model.view import VIEWS

    own = next((view.query for view in VIEWS if view.name.casefold() == name.casefold()), None)
    if own is not None:
        return own
    with WrongUsage.instead_of(ConfigError):
        return find_view(settings().views, name).query


def _without_problems(text: str) -> Query:
    from readlist.query import parse

    query = parse(text)
    if query.problems:
        problem = query.problems[0]
        hint = f"; did you mean {problem.suggestion}?" if problem.suggestion else ""
        say(_pointed(text, problem.start, problem.end) + "\n")
        raise WrongUsage(f"{problem.message}{hint}")
    return query


def _pointed(text: str, start: int, end: int) -> str:
    """Return a query with a caret under a place of it, of a long one only what is around it."""
    # Bytes that are not UTF-8 are shown as `?`.
    text = text.encode("utf-8", "replace").decode()
    from rich.cells import cell_len

    first = max(0, start - 40)
    shown = drawable(text[first : start + 60])
    lead, tail = "…" if first else "", "…" if start + 60 < len(text) else ""
    before = cell_len(drawable(text[first:start])) + len(lead)
    under = max(1, min(cell_len(drawable(text[start:end])), cell_len(shown) + len(lead) - before))
    return f"{lead}{shown}{tail}\n{' ' * before}{'^' * under}"
