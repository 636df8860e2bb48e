"""`readlist feeds`: the feeds that are followed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from readlist.cli.assembly import find_paths, opened_shelf, settings
from readlist.cli.options import completed_by
from readlist.cli.output import CommandError, WrongUsage, complain
from readlist.config import ConfigError
from readlist.exports.formats import dumps
from readlist.model.time import offset_time_text
from readlist.text.clean import counted, drawable

if TYPE_CHECKING:
    from readlist.model.feed import Feed


@click.group("feeds", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def feeds(context: click.Context, as_json: bool) -> None:
    """Show the feeds that are followed; `add`, `move` and `remove` change them."""
    if context.invoked_subcommand is None:
        context.invoke(list_feeds, as_json=as_json)
    elif as_json and context.invoked_subcommand != "list":
        raise WrongUsage(f"feeds: --json goes with the list, not with {context.invoked_subcommand}")
    context.obj = as_json


@feeds.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_feeds(context: click.Context, as_json: bool = False) -> None:
    """List the feeds with how many papers are unread and how the last fetch went."""
    from readlist.cli.output import print_columns
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
        click.echo(dumps(records, indent=1))
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
        raise WrongUsage("feeds add: --name is for one feed")
    try:
        days = parse_keep(keep) if keep is not None else None
    except FeedError as error:
        raise WrongUsage(f"--keep {keep}: {error}") from error
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
        raise WrongUsage(wrong[0])
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
            raise CommandError(batch.failure)
        for skip in batch.skipped:
            complain(f"{path}: passed over: {skip.reason}")
        if batch.feeds:
            return batch.feeds
    raise CommandError(f"{path}: no OPML file, so no list of feeds; `readlist import` takes papers")


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
@click.argument("name", shell_complete=completed_by("complete_feed"))
@click.argument("address")
def move_feed(name: str, address: str) -> None:
    """Ask a feed at another ADDRESS from now on; its name, its papers and how long they are kept stay."""
    from readlist.config import move_feed as move
    from readlist.config.feed_parser import FeedError, parse_feed

    try:
        moved = move(find_paths().settings, name, parse_feed(address))
    except FeedError as error:
        raise WrongUsage(f"{address}: {error}") from error
    except ConfigError as error:
        raise CommandError(str(error)) from error
    click.echo(drawable(f"moved: {moved.name} is asked at {address} from now on"))


@feeds.command("remove")
@click.argument("names", nargs=-1, required=True, metavar="NAME…", shell_complete=completed_by("complete_feed"))
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
