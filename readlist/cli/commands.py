"""The commands of `readlist`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args

import click

from readlist import __version__
from readlist.cli.asking import QueryCommand, checked_query, find_entry, named_papers
from readlist.cli.building import Failed, Misused, complain, find_paths, opened_shelf, waited
from readlist.exports.json import record, written
from readlist.query import Sort, parse
from readlist.text import clean, drawable

if TYPE_CHECKING:
    from readlist.shelf import Entry, Shelf
    from readlist.sources.base import Batch

_PATIENCE = 30.0
_HELP = {"help_option_names": ["-h", "--help"]}


class _Commands(click.Group):
    """Commands whose complaints quote nothing that a terminal would obey."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments before a command's name."""
        with _harmless():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Read a command's own arguments, and run it."""
        with _harmless():
            return super().invoke(ctx)


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


@click.group(cls=_Commands, invoke_without_command=True, context_settings=_HELP)
@click.version_option(__version__, "--version", message="readlist %(version)s")
@click.pass_context
def readlist(context: click.Context) -> None:
    """The reading list for research papers in the terminal.

    Without a command the list opens. Press ? there for the keys.
    """
    if context.invoked_subcommand is None:
        from readlist.cli.screen import run_screen

        run_screen()


@readlist.command("import", context_settings=_HELP)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("--date", "day", metavar="YYYY-MM-DD", help="The day of the list, where the page's own is wrong.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a file.")
def import_pages(paths: tuple[str, ...], day: str | None, as_json: bool) -> None:
    """Import saved pages: text, Markdown, HTML, JSON, RSS and Atom; folders of them; - for standard input.

    The feeds of an OPML file are followed from then on. Of a folder of notes that `readlist export --format markdown`
    wrote, what you edited is taken back.
    """
    from datetime import date

    from readlist.cli.notes import take_notes
    from readlist.cli.progress import Progress
    from readlist.sources import files

    try:
        on = date.fromisoformat(day) if day else None
    except ValueError as error:
        raise Misused(f"--date {day}: not a day; write it as 2026-08-31") from error
    with opened_shelf() as shelf, Progress() as progress:
        paths, well = take_notes(shelf, paths, as_json=as_json, progress=progress)
        failed = not well
        for batch in files.read(paths, day=on, progress=progress.report, stdin=sys.stdin.buffer):
            new = known = 0
            if batch.failure:
                failed = True
                progress.clear()
                complain(batch.failure)
            else:
                added = shelf.add(batch, progress.stored)
                new, known = len(added.new), len(added.known)
            progress.clear()
            _print_import(batch, new, known, as_json)
            if batch.feeds:
                from readlist.cli.feeds import follow

                failed = not follow(batch.feeds, quiet=as_json) or failed
    if failed:
        sys.exit(1)


def _print_import(batch: Batch, new: int, known: int, as_json: bool) -> None:
    if as_json:
        skipped = [{"line": skip.line, "reason": skip.reason} for skip in batch.skipped]
        if batch.failure:
            skipped.append({"line": None, "reason": batch.failure})
        click.echo(
            written(
                {
                    "path": batch.origin,
                    "kind": batch.kind or None,
                    "date": batch.day.isoformat() if batch.day else None,
                    "papers": len(batch.items),
                    **({"feeds": len(batch.feeds)} if batch.feeds else {}),
                    "new": new,
                    "known": known,
                    "skipped": skipped,
                }
            )
        )
    elif not batch.failure:
        when = f" of {batch.day.isoformat()}" if batch.day else ""
        papers = f"{len(batch.items):,} paper{'' if len(batch.items) == 1 else 's'} ({new:,} new, {known:,} known)"
        holds = f"{len(batch.feeds)} feed{'' if len(batch.feeds) == 1 else 's'}" if batch.feeds else papers
        click.echo(drawable(f"{batch.origin}: {batch.kind}{when}, {holds}"))
        for skip in batch.skipped[:10]:
            where = f"line {skip.line}: " if skip.line else ""
            click.echo(drawable(f"  passed over: {where}{skip.reason}"))
        if len(batch.skipped) > 10:
            click.echo(f"  passed over: {len(batch.skipped) - 10} more; --json lists all")


@readlist.command("list", cls=QueryCommand, context_settings=_HELP)
@click.argument("query", nargs=-1)
@click.option("--sort", type=click.Choice(get_args(Sort)), help="The order, instead of the query's sort:.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many papers.")
@click.option("--format", "form", type=click.Choice(["table", "json", "jsonl", "keys"]), help="How to print them.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def list_papers(query: tuple[str, ...], sort: Sort | None, limit: int | None, form: str | None, as_json: bool) -> None:
    """List the papers a QUERY finds: words, "a phrase", -not, is:unread, upvotes:>20, date:7d, @view."""
    from readlist.cli.printing import for_terminal, print_entries

    checked = checked_query(query)
    with opened_shelf() as shelf:
        ids = shelf.select(checked, sort or checked.sort or "feed")[:limit]
        print_entries(shelf, ids, "json" if as_json else form or ("table" if for_terminal() else "plain"))


@readlist.command("export", cls=QueryCommand, context_settings=_HELP)
@click.argument("query", nargs=-1)
@click.option(
    "--format", "form", type=click.Choice(["json", "jsonl", "keys", "markdown"]), default="json", show_default=True
)
@click.option("--sort", type=click.Choice(get_args(Sort)), help="The order, instead of the query's sort:.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many papers.")
@click.option(
    "-o", "--output", metavar="FILE", help="Where to write it; standard output without. For markdown a folder."
)
def export(query: tuple[str, ...], form: str, sort: Sort | None, limit: int | None, output: str | None) -> None:
    """Write the papers a QUERY finds, with your marks, for other programs."""
    from readlist.cli.printing import print_entries

    checked = checked_query(query)
    if form == "markdown":
        from readlist.cli.notes import export_notes

        export_notes(checked, sort, limit, output)
        return
    with opened_shelf() as shelf:
        ids = shelf.select(checked, sort or checked.sort or "feed")[:limit]
        if output is None:
            print_entries(shelf, ids, form)
            return
        try:
            with click.open_file(output, "w", encoding="utf-8", atomic=True) as file, contextlib.redirect_stdout(file):
                print_entries(shelf, ids, form)
        except OSError as error:
            raise Failed(f"{output}: can't be written: {error.strerror or error}") from error
        papers = f"{len(ids):,} paper{'' if len(ids) == 1 else 's'}"
        click.echo(drawable(f"{output}: {papers}"), err=True)


@readlist.command("show", context_settings=_HELP)
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(key: str, as_json: bool) -> None:
    """Show one paper by its KEY, arXiv id, DOI or address."""
    from readlist.cli.printing import print_entry

    with opened_shelf() as shelf:
        entry = find_entry(shelf, key)
        if entry is None:
            raise Failed(f"{key}: no such paper; `readlist list --format keys` lists the keys")
        if as_json:
            click.echo(written(record(entry, shelf.announcements(entry)), indent=1))
        else:
            print_entry(shelf, entry)


@readlist.command("mark", cls=QueryCommand, context_settings=_HELP)
@click.argument("query", nargs=-1, required=True)
@click.option("--read/--unread", "read", default=None, help="Mark as read, or unread again.")
@click.option("--star/--unstar", "starred", default=None, help="Star, or take the star away.")
@click.option("--note", metavar="TEXT", help="Set the note; an empty text removes it.")
@click.option("--dry-run", is_flag=True, help="Only list what would change.")
def mark(query: tuple[str, ...], read: bool | None, starred: bool | None, note: str | None, dry_run: bool) -> None:
    """Mark the papers a QUERY finds, keys and ids among it, as one step of undo."""
    from readlist.cli.printing import print_entries

    if read is None and starred is None and note is None:
        raise Misused("mark: say what to do: --read, --unread, --star, --unstar or --note TEXT")
    note = None if note is None else clean(note, limit=len(note) + 1)
    with opened_shelf() as shelf:
        entries = _meant(shelf, query)
        would = [entry for entry in entries if _differs(entry, read, starred, note)]
        if dry_run:
            print_entries(shelf, [entry.id for entry in would], "table")
            return
        if not entries:
            raise Failed(f"mark: nothing found for {' '.join(query)}")
        _, done = shelf.mark(entries, read=read, starred=starred, note=note, label="mark on the command line")
        waited(shelf, done, _PATIENCE + len(entries) / 500)
    # Closing the shelf tried once more, and told if that failed.
    click.echo(f"{len(would):,} of {len(entries):,} papers changed")


def _meant(shelf: Shelf, words: tuple[str, ...]) -> list[Entry]:
    """Return the papers a query finds, unless it is in doubt which are meant.

    Raises:
        Misused: it asks for nothing, or a word may be a paper's key or a word of titles.
        Failed: a paper it names isn't here.
    """
    from readlist.cli.printing import entries_of

    checked = checked_query(words)
    if not checked.terms:
        raise Misused("mark: the query is empty and would mean every paper; name keys, or say is:unread, is:read …")
    named = named_papers(checked)
    missing = named - shelf.ids_of(named).keys()
    if missing:
        raise Failed(f"mark: no such paper: {', '.join(sorted(missing))}; nothing was changed")
    for word in words:
        one = shelf.ids_of([word]).values() if word.startswith("title:") else ()
        if one and {*shelf.select(parse(word), "feed")} - {*one}:
            rest = word.removeprefix("title:")
            raise Misused(f'mark: {word} is a key, and finds others: id:{word} is the one, title:"{rest}" are all')
    return list(entries_of(shelf, shelf.select(checked, checked.sort or "feed")))


def _differs(entry: Entry, read: bool | None, starred: bool | None, note: str | None) -> bool:
    mark = entry.mark
    return (
        (read is not None and read != (mark.read is not None))
        or (starred is not None and starred != (mark.starred is not None))
        or (note is not None and note != mark.note)
    )


@readlist.command("undo", context_settings=_HELP)
@click.argument("steps", type=click.IntRange(min=1), default=1)
def undo(steps: int) -> None:
    """Take back the last step, or the last STEPS."""
    with opened_shelf() as shelf:
        for _ in range(steps):
            step = shelf.undo()
            outcome = waited(shelf, step, _PATIENCE * 4)
            if not step.done():
                raise Failed(f"undo: could not be written: {shelf.status().reason or 'it takes too long'}")
            if outcome is None:
                raise Failed("nothing to undo")
            papers = len(outcome.marks)
            click.echo(drawable(f"undone: {outcome.label}, {papers:,} paper{'' if papers == 1 else 's'}"))
            for key in outcome.skipped:
                click.echo(drawable(f"  left as it is, changed since: {key}"))


@readlist.command("doctor", context_settings=_HELP)
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
