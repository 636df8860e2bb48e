"""The commands that deal with feeds: `fetch`, `add`, `feeds`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from readlist.cli.assembly import Failed, Misused, find_paths, opened_shelf, refresh_of, settings
from readlist.cli.command_table import readlist
from readlist.cli.messages import ProgressBar, complain
from readlist.cli.shell_words import complete_feed
from readlist.config import ConfigError
from readlist.exports.json import written
from readlist.model.time import offset_time_text
from readlist.shelf import Outcome
from readlist.text.clean import counted, drawable

if TYPE_CHECKING:
    from readlist.model.feed import Feed
    from readlist.services.refresh import Addition, Refresh
    from readlist.shelf import Shelf

_INPUT_LIMIT = 1_000_000
"""Bytes that `add -` reads: no list of ids is longer."""


@readlist.command("fetch")
@click.argument("names", nargs=-1, metavar="[FEED]…", shell_complete=complete_feed)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a feed.")
def fetch(names: tuple[str, ...], as_json: bool) -> None:
    """Fetch the configured feeds, or those named; also once what is no feed yet: hf:2026-08-01, arxiv:cs.LG."""
    from readlist.services import Progress

    followed = settings().feeds
    known, once, wrong = _named(followed, names)
    if wrong and not (known or once):
        raise Misused(wrong[0])
    for problem in wrong:
        complain(problem)
    if not names and not known:
        raise Failed("no feeds are followed; `readlist feeds add hf:daily` adds one")
    failed = bool(wrong)
    under_way = {feed.name: 0 for feed in (*known, *once)}
    total = len(under_way)
    with opened_shelf() as shelf, ProgressBar() as bar, _refresh_of(shelf) as refresh:
        runs = [refresh.run(known)] if known else []
        runs += [refresh.run(once, record=False)] if once else []
        for event in chain.from_iterable(runs):
            if isinstance(event, Outcome):
                under_way.pop(event.feed, None)
                failed = failed or bool(event.failure)
                bar.clear()
                _print_outcome(event, as_json)
            elif event.name in under_way:
                under_way[event.name] = event.done
            shown = ", ".join(f"{name} {papers or '…'}" for name, papers in under_way.items())
            bar.report(Progress(total - len(under_way), total, "feeds", shown))
    if failed:
        sys.exit(1)


def _named(followed: Sequence[Feed], names: Sequence[str]) -> tuple[list[Feed], list[Feed], list[str]]:
    """Return the feeds followed that are named, all if none is; those to be asked once; and what names no feed."""
    from readlist.config.feed_parser import FeedError, parse_feed

    if not names:
        return list(followed), [], []
    by_name = {feed.name.casefold(): feed for feed in followed}
    known: dict[str, Feed] = {}
    once: dict[str, Feed] = {}
    wrong: list[str] = []
    for name in names:
        feed = by_name.get(name.casefold())
        if feed is None:
            try:
                asked = parse_feed(name)
            except FeedError as error:
                wrong.append(f"{name}: no feed of this name is followed, and {error}")
                continue
            feed = next((one for one in followed if (one.kind, one.query) == (asked.kind, asked.query)), None)
            if feed is None:
                # A day of the daily list is part of it, whenever it is asked for.
                daily = asked.kind == "huggingface" and asked.query[:1].isdigit()
                once[asked.query] = replace(asked, name="HF daily") if daily else asked
                continue
        known[feed.name] = feed
    return list(known.values()), list(once.values()), wrong


@contextmanager
def _refresh_of(shelf: Shelf) -> Iterator[Refresh]:
    """Let ^C end what is under way at once: what is stored stays, and no thread is waited for."""
    refresh = refresh_of(shelf)
    try:
        yield refresh
    finally:
        refresh.stop()


def _print_outcome(outcome: Outcome, as_json: bool) -> None:
    from readlist.services.refresh import describe

    if as_json:
        reason = outcome.failure.removeprefix(f"{outcome.feed}: ")
        record = {
            "feed": outcome.feed,
            "new": outcome.new,
            "known": outcome.known,
            "unchanged": outcome.unchanged,
            "failure": reason or None,
            "last_good": offset_time_text(outcome.last_good) or None,
            "skipped": list(outcome.skipped),
            "moved": outcome.moved or None,
        }
        click.echo(written(record))
    elif outcome.failure:
        complain(f"{outcome.feed}: {describe(outcome, datetime.now(UTC))}")
    else:
        click.echo(drawable(f"{outcome.feed}: {describe(outcome, datetime.now(UTC))}"))
        for reason in outcome.skipped:
            complain(f"{outcome.feed}: passed over: {reason}")


@readlist.command("add")
@click.argument("asked", nargs=-1, metavar="ID_OR_URL…")
@click.option("--clipboard", is_flag=True, help="Add what is on the clipboard.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a paper.")
def add(asked: tuple[str, ...], clipboard: bool, as_json: bool) -> None:
    """Add papers by arXiv id, DOI, or address of arXiv, Hugging Face Papers, alphaXiv; - reads standard input."""
    from readlist.sources.sites.lookup import asked as understood

    text = "\n".join(_standard_input() if word == "-" else word for word in asked)
    if clipboard:
        text += "\n" + _clipboard()
    wanted = understood(text)
    if not wanted.identifiers:
        what = f"{drawable(wanted.unknown[0])[:60]}: " if wanted.unknown else ""
        raise Misused(
            f"{what}no arXiv id, DOI or address of a paper; write it as 2401.12345 or https://arxiv.org/abs/…"
        )
    for word in wanted.unknown:
        complain(f"{word[:80]}: no arXiv id, DOI or address of a paper; passed over")
    with opened_shelf() as shelf:
        with _refresh_of(shelf) as refresh:
            addition = refresh.add(wanted.identifiers)
        _print_addition(shelf, addition, as_json)
    if wanted.unknown or addition.problems:
        sys.exit(1)


def _print_addition(shelf: Shelf, addition: Addition, as_json: bool) -> None:
    from readlist.text.clean import title_line

    for key in addition.keys:
        entry = shelf.papers.entry(key)
        if entry is None:
            continue
        state = "waiting" if key in addition.waiting else "new" if key in addition.new else "known"
        if as_json:
            click.echo(written({"key": key, "title": entry.paper.title or None, "state": state}))
        else:
            click.echo(drawable(f"{state:8} {key}  {title_line(entry.paper)}"))
    for problem in (*addition.reasons, *addition.problems):
        complain(problem)


def _standard_input() -> str:
    from readlist.sources.formats.charset import decode

    try:
        decoded = decode(sys.stdin.buffer.read(_INPUT_LIMIT))
    except OSError as error:
        raise Failed(f"standard input can't be read: {error.strerror or error}") from error
    if decoded.failure:
        raise Misused(f"standard input: {decoded.failure}")
    return decoded.text


def _clipboard() -> str:
    from readlist.tui.desktop.clipboard import paste

    text = paste()
    if text is None:
        raise Failed("the clipboard can't be read here; give the ids as arguments, or - and standard input")
    return text


@readlist.group("feeds", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def feeds(context: click.Context, as_json: bool) -> None:
    """Show the feeds that are followed; `add`, `move` and `remove` change them."""
    if context.invoked_subcommand is None:
        context.invoke(list_feeds, as_json=as_json)
    elif as_json and context.invoked_subcommand != "list":
        raise Misused(f"feeds: --json goes with the list, not with {context.invoked_subcommand}")
    context.obj = as_json


@feeds.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_feeds(context: click.Context, as_json: bool = False) -> None:
    """List the feeds with how many papers are unread and how the last fetch went."""
    from readlist.cli.tables import print_columns
    from readlist.config.feed_parser import short_form
    from readlist.model.time import time_ago
    from readlist.services.refresh import feed_statuses

    followed = settings().feeds
    now = datetime.now(UTC)
    with opened_shelf() as shelf:
        statuses = feed_statuses(followed, shelf.feeds.log.all(), shelf.feeds.log.fetches(), now)
    records = []
    rows = []
    for status in statuses:
        if status.feed is None:
            continue
        records.append(
            {
                "name": status.name,
                "feed": short_form(status.feed),
                "keep": status.feed.keep,
                "papers": status.papers,
                "unread": status.unread,
                "fetched": offset_time_text(status.good) or None,
                "failure": status.failure or None,
            }
        )
        well = status.good is not None and not status.failure
        state = f"fetched {time_ago(status.good, now)}" if well else status.state
        rows.append((status.name, short_form(status.feed), f"{status.unread:,} unread of {status.papers:,}", state))
    if as_json or context.obj:
        click.echo(written(records, indent=1))
    elif not followed:
        click.echo("no feeds are followed; `readlist feeds add hf:daily` adds one")
    else:
        print_columns(rows)


@feeds.command("add")
@click.argument("what", nargs=-1, required=True, metavar="FEED…")
@click.option("--name", help="What to call it; of one feed only.")
@click.option(
    "--keep", metavar="DAYS", help="How long papers stay that are neither starred nor noted: 90d, 1y, forever."
)
def add_feeds(what: tuple[str, ...], name: str | None, keep: str | None) -> None:
    """Follow a FEED: hf:trending, hf:search:WORDS, arxiv:cs.LG, an RSS, Atom or JSON Feed address, or an OPML file."""
    from readlist.config.feed_parser import FeedError, parse_feed, parse_keep

    if name is not None and len(what) > 1:
        raise Misused("feeds add: --name is for one feed")
    try:
        days = parse_keep(keep) if keep is not None else None
    except FeedError as error:
        raise Misused(f"--keep {keep}: {error}") from error
    wanted: list[Feed] = []
    wrong: list[str] = []
    for text in what:
        if _is_file(text):
            wanted += [replace(feed, keep=days) for feed in _listed(text)]
            continue
        try:
            wanted.append(parse_feed(text, name or "", days))
        except FeedError as error:
            wrong.append(f"{text}: {error}")
    if wrong and not wanted:
        raise Misused(wrong[0])
    for problem in wrong:
        complain(problem)
    if not follow(wanted, again=any(map(_is_file, what))) or wrong:
        sys.exit(1)
    click.echo("`readlist fetch` asks feeds now; the list asks them when they are older than `refresh` in config.toml")


def _is_file(text: str) -> bool:
    """Tell whether a word is the path of a file rather than a feed."""
    if "://" in text or text.lower().startswith(("hf:", "huggingface:", "arxiv:", "rss:", "feed:")):
        return False
    try:
        return Path(text).suffix.lower() == ".opml" or Path(text).is_file()
    except (OSError, ValueError):
        return False


def _listed(path: str) -> tuple[Feed, ...]:
    """Return the feeds an OPML file lists."""
    from readlist.sources import reader

    for batch in reader.read([path]):
        if batch.failure:
            raise Failed(batch.failure)
        for skip in batch.skipped:
            complain(f"{path}: passed over: {skip.reason}")
        if batch.feeds:
            return batch.feeds
    raise Failed(f"{path}: no OPML file, so no list of feeds; `readlist import` takes papers")


def follow(feeds_found: Sequence[Feed], *, quiet: bool = False, again: bool = False) -> bool:
    """Write feeds into config.toml and, unless quiet, say so; tells whether all went well.

    With `again` those that are followed already are as good as followed.
    """
    from readlist.config import add_feeds

    followed = add_feeds(find_paths().settings, feeds_found)
    if not quiet:
        for feed in followed.feeds:
            click.echo(drawable(f"followed: {feed.name}"))
    problems = followed.failures if again else (*followed.known, *followed.failures)
    for problem in problems:
        complain(problem)
    if followed.known and again and not quiet:
        click.echo(f"followed already: {counted(len(followed.known), 'feed')}")
    return not problems


@feeds.command("move")
@click.argument("name", shell_complete=complete_feed)
@click.argument("address")
def move_feed(name: str, address: str) -> None:
    """Ask a feed at another ADDRESS from now on; its name, its papers and how long they are kept stay."""
    from readlist.config import move_feed as move
    from readlist.config.feed_parser import FeedError, parse_feed

    try:
        moved = move(find_paths().settings, name, parse_feed(address))
    except FeedError as error:
        raise Misused(f"{address}: {error}") from error
    except ConfigError as error:
        raise Failed(str(error)) from error
    click.echo(drawable(f"moved: {moved.name} is asked at {address} from now on"))


@feeds.command("remove")
@click.argument("names", nargs=-1, required=True, metavar="NAME…", shell_complete=complete_feed)
def remove_feeds(names: tuple[str, ...]) -> None:
    """Follow feeds no longer; their papers and your marks stay."""
    from readlist.config import remove_feed

    well = True
    for name in names:
        try:
            removed, _ = remove_feed(find_paths().settings, name)
        except ConfigError as error:
            well = False
            complain(str(error))
            continue
        with opened_shelf() as shelf:
            shelf.feeds.log.forget_fetch(removed.name)
        click.echo(drawable(f"removed: {removed.name}; its papers stay"))
    if not well:
        sys.exit(1)
