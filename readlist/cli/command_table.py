"""The commands of `readlist`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn, get_args

import click

from readlist import __version__, interrupt
from readlist.cli.assembly import (
    PATIENCE,
    Busy,
    Failed,
    Misused,
    find_paths,
    is_output,
    opened_marks,
    opened_shelf,
    waited,
)
from readlist.cli.messages import complain, give_up
from readlist.cli.query_argument import QueryCommand, checked_query, find_entry, named_papers
from readlist.cli.shell_words import SHELLS, complete_key, complete_query
from readlist.exports.json import record, written
from readlist.model.view import Sort
from readlist.query import Query, parse
from readlist.query.terms import Identified, Or
from readlist.text.clean import clean, counted, drawable

if TYPE_CHECKING:
    from readlist.shelf import Entry, Shelf

_LABEL = "mark on the command line"
_ELSEWHERE = {
    "add": "feeds_command", "digest": "digest_command", "export": "export_command", "feeds": "feeds_command",
    "fetch": "feeds_command", "import": "import_command", "sync": "sync_command",
}  # fmt: skip
"""Commands with a module of their own, which is imported when one of them is asked for."""


class _Commands(click.Group):
    """Commands whose complaints quote nothing that a terminal would obey."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments before a command's name."""
        with _interruptible(), _printable(), _harmless():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Read a command's own arguments, and run it."""
        try:
            with _interruptible(), _printable(), _harmless():
                result = super().invoke(ctx)
                interrupt.settle()
                return result
        except Failed as error:
            error.show()
            ctx.exit(error.exit_code)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        return sorted({*self.commands, *_ELSEWHERE})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command, from its own module if it has one."""
        if name not in self.commands and name in _ELSEWHERE:
            import_module(f"readlist.cli.{_ELSEWHERE[name]}")
        return super().get_command(ctx, name)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """End with status 130 what was interrupted, and let nothing interrupt it once it has ended otherwise."""
    try:
        yield
    except KeyboardInterrupt as error:
        # click would say "Aborted!" and exit with 1, as for any failure.
        raise SystemExit(interrupt.INTERRUPTED) from error
    except (Failed, OSError, SystemExit, click.exceptions.Exit, click.ClickException) as error:
        if interrupt.asked(error) and not _is_done(error):
            raise SystemExit(interrupt.INTERRUPTED) from error
        interrupt.settle()
        raise


def _is_done(error: BaseException) -> bool:
    """Tell whether an exception only says that all is done."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code == 0
    return isinstance(error, SystemExit) and not error.code


@contextlib.contextmanager
def _printable() -> Iterator[None]:
    """End with status 1 and a line where standard output takes nothing, as on a full disk."""
    try:
        yield
    except OSError as error:
        if not is_output(error) or isinstance(error, BrokenPipeError):
            raise
        complain(f"what was to be printed can't be written: {error.strerror or error}")
        give_up(sys.stdout)
        raise SystemExit(1) from error


@contextlib.contextmanager
def _harmless() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        message = error.format_message()
        shown = "\n".join(map(drawable, message.split("\n")))
        if shown == message:
            raise
        raise click.UsageError(shown, error.ctx) from error


def run() -> NoReturn:
    """Run the command that the arguments of the process name, and end the process with its exit status."""
    try:
        # Commands return nothing; what is returned is the status that click or a command left with.
        status = readlist.main(prog_name="readlist", standalone_mode=False)
    except click.ClickException as error:
        try:
            error.show()
        except OSError:
            give_up(sys.stderr)
        sys.exit(error.exit_code)
    sys.exit(status)


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", message="readlist %(version)s")
@click.pass_context
def readlist(context: click.Context) -> None:
    """The reading list for research papers in the terminal.

    Without a command the list opens. Press ? there for the keys.
    """
    if context.invoked_subcommand is None:
        from readlist.cli.start_screen import run_screen

        run_screen()


@readlist.command("list", cls=QueryCommand)
@click.argument("query", nargs=-1, shell_complete=complete_query)
@click.option("--sort", type=click.Choice(get_args(Sort)), help="The order, instead of the query's sort:.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many papers.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "plain", "json", "jsonl", "keys"]),
    help="How to print them; table to a terminal, else plain: key, signs, day and title, with tabs between.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("-0", "--null", "null", is_flag=True, help="End each paper of plain and keys with NUL, for xargs -0.")
def list_papers(
    query: tuple[str, ...], sort: Sort | None, limit: int | None, form: str | None, as_json: bool, null: bool
) -> None:
    """List the papers a QUERY finds: words, "a phrase", -not, is:unread, upvotes:>20, date:7d, @view."""
    from readlist.cli.tables import for_terminal, print_entries

    form = "json" if as_json else form or ("table" if for_terminal() and not null else "plain")
    if null and form not in ("plain", "keys"):
        raise Misused(f"list: --null goes with --format plain and keys, not with {form}")
    checked = checked_query(query)
    with opened_shelf() as shelf:
        ids = shelf.papers.select(checked, sort)[:limit]
        print_entries(shelf, ids, form, "\0" if null else "\n")
        if form == "table" and not ids and shelf.papers.is_untouched():
            complain(
                "the library is empty; `readlist fetch` fetches your feeds, `readlist import PATH` reads a saved page"
            )


@readlist.command("show")
@click.argument("key", shell_complete=complete_key)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(key: str, as_json: bool) -> None:
    """Show one paper by its KEY, arXiv id, DOI or address."""
    from readlist.cli.tables import print_entry

    with opened_shelf(patient=False) as shelf:
        entry = find_entry(shelf, key)
        if entry is None:
            raise Failed(f"{key}: no such paper; `readlist list --format keys` lists the keys")
        if as_json:
            click.echo(written(record(entry, shelf.feeds.log.announcements(entry.id)), indent=1))
        else:
            print_entry(shelf, entry)


@readlist.command("mark", cls=QueryCommand)
@click.argument("query", nargs=-1, required=True, shell_complete=complete_query)
@click.option("--read/--unread", "read", default=None, help="Mark as read, or unread again.")
@click.option("--star/--unstar", "starred", default=None, help="Star, or take the star away.")
@click.option("--note", metavar="TEXT", help="Set the note; an empty text removes it.")
@click.option("--dry-run", is_flag=True, help="Only list what would change.")
def mark(query: tuple[str, ...], read: bool | None, starred: bool | None, note: str | None, dry_run: bool) -> None:
    """Mark the papers a QUERY finds, keys and ids among it, as one step of undo."""
    from readlist.cli.tables import print_entries

    if read is None and starred is None and note is None:
        raise Misused("mark: say what to do: --read, --unread, --star, --unstar or --note TEXT")
    note = None if note is None else clean(note, limit=len(note) + 1, typed=True)
    checked = checked_query(query)
    try:
        # Papers that are named are found without their marks, so these wait for nobody.
        with opened_shelf(patient=not _are_named(checked)) as shelf:
            entries = _meant(shelf, query)
            would = [entry for entry in entries if _differs(entry, read, starred, note)]
            if dry_run:
                print_entries(shelf, [entry.id for entry in would], "table")
                return
            if not entries:
                raise Failed(f"mark: nothing found for {' '.join(query)}")
            _, done = shelf.marks.apply(entries, read=read, starred=starred, note=note, label=_LABEL)
            waited(shelf, done, len(entries))
    except Busy:
        if dry_run or not _are_named(checked):
            raise
        _mark_unseen(checked, read, starred, note)
        return
    # Closing the shelf tried once more, and told if that failed.
    click.echo(f"{len(would):,} of {len(entries):,} papers changed")


def _meant(shelf: Shelf, words: tuple[str, ...]) -> list[Entry]:
    """Return the papers a query finds, unless it is in doubt which are meant.

    Raises:
        Misused: it asks for nothing, or a word may be a paper's key or a word of titles.
        Failed: a paper it names isn't here.
    """
    from readlist.services.exporter import Entries

    words = tuple(_exact(shelf, word) for word in words)
    checked = checked_query(words)
    if not checked.terms:
        raise Misused("mark: the query is empty and would mean every paper; name keys, or say is:unread, is:read …")
    named = {name for name in named_papers(checked) if not name.startswith("title:")}
    missing = named - shelf.papers.ids_of(named).keys()
    if missing:
        raise Failed(f"mark: no such paper: {', '.join(sorted(missing))}; nothing was changed")
    for word in words:
        one = shelf.papers.ids_of([word]).values() if word.startswith("title:") else ()
        if one and {*shelf.papers.select(parse(word), "feed")} - {*one}:
            rest = word.removeprefix("title:")
            raise Misused(f'mark: {word} is a key, and finds others: id:{word} is the one, title:"{rest}" are all')
    return list(Entries(shelf, shelf.papers.select(checked)))


def _exact(shelf: Shelf, word: str) -> str:
    """Return a key by a short title so that it is no search for a word, where that finds nothing."""
    is_key = word.startswith("title:") and shelf.papers.ids_of([word]) and not shelf.papers.select(parse(word), "feed")
    return f"id:{word}" if is_key else word


def _mark_unseen(query: Query, read: bool | None, starred: bool | None, note: str | None) -> None:
    """Mark the papers that a query names while the library can't be read: marks don't live there."""
    from concurrent.futures import wait
    from datetime import UTC, datetime

    from readlist.shelf.decision import Decision, decide_by_identifier

    named = named_papers(query)
    wanted = Decision(read, starred, note, datetime.now(UTC))
    with opened_marks() as marks:
        changed, done = decide_by_identifier(marks, named, wanted, _LABEL)
        wait([done], PATIENCE)
    click.echo(f"{changed:,} of {len(named):,} papers changed; the library shows it when it is free")


def _are_named(query: Query) -> bool:
    """Tell whether all that a query asks for are papers by their identifiers; a key may be words of a title too."""
    return bool(query.terms) and all(
        any(isinstance(each, Identified) for each in (term.terms if isinstance(term, Or) else (term,)))
        for term in query.terms
    )


def _differs(entry: Entry, read: bool | None, starred: bool | None, note: str | None) -> bool:
    mark = entry.mark
    return (
        (read is not None and read != (mark.read is not None))
        or (starred is not None and starred != (mark.starred is not None))
        or (note is not None and note != mark.note)
    )


@readlist.command("undo")
@click.argument("steps", type=click.IntRange(min=1), default=1)
def undo(steps: int) -> None:
    """Take back the last step, or the last STEPS."""
    with opened_shelf(patient=False) as shelf:
        for _ in range(steps):
            step = shelf.marks.undo()
            outcome = waited(shelf, step, patience=PATIENCE * 4)
            if not step.done():
                raise Failed(f"undo: could not be written: {shelf.marks.status().reason or 'it takes too long'}")
            if outcome is None:
                raise Failed("nothing to undo")
            papers = len(outcome.marks)
            click.echo(drawable(f"undone: {outcome.label}, {counted(papers, 'paper')}"))
            for key in outcome.skipped:
                click.echo(drawable(f"  left as it is, changed since: {key}"))


@readlist.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--repair", "repaired", is_flag=True, help="First put right what can be put right; nothing is lost by it."
)
def doctor(as_json: bool, repaired: bool) -> None:
    """Check paths, versions, counts, integrity, clipboard and terminal."""
    from readlist.cli.doctor import examine, repair

    if repaired:
        for line in repair(find_paths()):
            click.echo(drawable(line), err=as_json)
    report, well = examine(find_paths())
    if as_json:
        click.echo(written(report, indent=1))
    else:
        for heading, facts in report.items():
            click.echo(f"{heading}")
            for name, value in facts.items():
                for line in value if isinstance(value, list) else [value]:
                    click.echo(drawable(f"  {name:12} {line}"))
    if not well:
        sys.exit(1)


@readlist.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    r"""Print the script that makes SHELL complete commands, options, queries, feeds, views and keys.

    \b
    bash: readlist completion bash > ~/.local/share/bash-completion/completions/readlist
    zsh:  readlist completion zsh > ~/.zfunc/_readlist    (~/.zfunc in fpath before compinit)
    fish: readlist completion fish > ~/.config/fish/completions/readlist.fish
    """
    from readlist.cli.shells import script

    click.echo(script(readlist, shell), nl=False)
