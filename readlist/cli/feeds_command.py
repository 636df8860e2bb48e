"""`readlist feeds`: the feeds you follow."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from readlist import config
from readlist.cli.assembly import opened_shelf, settings, settings_to_edit, wait_for
from readlist.cli.options import completed_by, examples, json_option
from readlist.cli.output import CommandError, WrongUsage, echo, echo_json, print_columns, warn
from readlist.config import ConfigError
from readlist.config.feed_parser import FeedError, parse_feed, parse_keep, short_form
from readlist.model.time import offset_time_text, time_ago
from readlist.text.clean import counted

if TYPE_CHECKING:
    from readlist.model.feed import Feed

_EXAMPLES = examples(
    "readlist feeds add hf:trending arxiv:cs.LG",
    'readlist feeds add https://example.org/feed.xml --name "My lab" --keep 90d',
    "readlist feeds remove arxiv:cs.LG",
    "readlist feeds remove Sample",
)


@click.group("feeds", invoke_without_command=True, epilog=_EXAMPLES)
@json_option()
@click.pass_context
def feeds(context: click.Context, as_json: bool) -> None:
    """List, follow, move or unfollow feeds."""
    if context.invoked_subcommand is None:
        context.invoke(list_feeds, as_json=as_json)
    elif as_json and context.invoked_subcommand != "list":
        raise WrongUsage(f"feeds: --json works with list, not with {context.invoked_subcommand}")
    context.obj = as_json


@feeds.command("list", short_help="List your feeds")
@json_option()
@click.pass_context
def list_feeds(context: click.Context, as_json: bool = False) -> None:
    """List your feeds: name, unread papers, last fetch, papers of the last days.

    Of a daily list of arXiv each day has how many papers are here, and how many were announced.
    """
    from readlist.services.refresh import feed_statuses, first_day

    followed = settings().feeds
    now = datetime.now(UTC)
    with opened_shelf() as shelf:
        log, days = shelf.feeds.log, shelf.feeds.lists.days(first_day(now))
        statuses = feed_statuses(followed, log.all(), log.fetches(), now, days=days)
    records = []
    rows = []
    missing = []
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
                "days": [
                    {"day": day.day.isoformat(), "announced": day.announced, "here": day.here} for day in status.days
                ],
                "missing": list(status.missing),
            }
        )
        well = status.good is not None and not status.failure
        state = f"fetched {time_ago(status.good, now)}" if well else status.state
        unread = f"{status.unread:,} unread of {status.papers:,}"
        shown = "; ".join(filter(None, (state, status.days_in_words())))
        rows.append((status.name, short_form(status.feed), unread, shown))
        missing += [f"{status.name}: {line}" for line in status.missing]
    if as_json or context.obj:
        echo_json(records, indent=1)
    elif not followed:
        echo("You follow no feeds; `readlist feeds add hf:daily` follows one")
    else:
        print_columns(rows)
        for line in missing:
            warn(line)


@feeds.command("add", short_help="Follow feeds")
@click.argument("what", nargs=-1, required=True, metavar="FEED…")
@click.option("--name", help="Name for the feed (one FEED only)")
@click.option("--keep", metavar="DAYS", help="Keep papers without a star or note this long: 90d, 1y, forever")
def add_feeds(what: tuple[str, ...], name: str | None, keep: str | None) -> None:
    """Follow feeds.

    FEED is hf:trending, hf:daily, hf:search:WORDS, arxiv:cs.LG, the URL of an RSS, Atom or JSON feed, or an OPML file.
    """
    if name is not None and len(what) > 1:
        raise WrongUsage("feeds add: --name works with one FEED only")
    with WrongUsage.instead_of(FeedError, where=f"--keep {keep}: "):
        days = parse_keep(keep) if keep is not None else None
    wanted: list[Feed] = []
    wrong: list[str] = []
    for text in what:
        if _is_file(text):
            wanted += [replace(feed, keep=days) for feed in _listed(text)]
            continue
        try:
            wanted.append(parse_feed(text, name or "", days))
        except FeedError as error:
            wrong.append(error.about(text))
    if wrong and not wanted:
        raise WrongUsage(wrong[0])
    for problem in wrong:
        warn(problem)
    if not follow(wanted, again=any(map(_is_file, what))) or wrong:
        sys.exit(1)
    echo("`readlist fetch` gets the papers")


def _is_file(text: str) -> bool:
    """Return whether a word is the path of a file rather than a feed."""
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
            warn(f"{path}: skipped: {skip.reason}")
        if batch.feeds:
            return batch.feeds
    raise CommandError(f"{path}: not an OPML file; `readlist import` reads files of papers")


def follow(feeds_found: Sequence[Feed], *, quiet: bool = False, again: bool = False) -> bool:
    """Write feeds into config.toml and, unless quiet, print them; returns whether all went well.

    With `again` it is no failure to follow some of them already.
    """
    try:
        followed = config.add_feeds(settings_to_edit(), feeds_found)
    except ConfigError as error:
        warn(str(error))
        return False
    if not quiet:
        for feed in followed.feeds:
            echo(f"Following {feed.name}")
    problems = followed.failures if again else (*followed.known, *followed.failures)
    for problem in problems:
        warn(problem)
    if followed.known and again and not quiet:
        echo(f"Already following {counted(len(followed.known), 'feed')}")
    return not problems


@feeds.command("move", short_help="Change the address of a feed")
@click.argument("name", shell_complete=completed_by("complete_feed"))
@click.argument("address")
def move_feed(name: str, address: str) -> None:
    """Change the address of a feed.

    It keeps its name, papers and settings.
    """
    try:
        target = parse_feed(address)
    except FeedError as error:
        raise WrongUsage(error.about(address)) from error
    with CommandError.instead_of(ConfigError):
        moved = config.move_feed(settings_to_edit(), name, target)
    echo(f"Moved {moved.name} to {address}")


@feeds.command("remove", short_help="Unfollow feeds, or remove them with their papers")
@click.argument("names", nargs=-1, required=True, metavar="NAME…", shell_complete=completed_by("complete_feed"))
@click.option("--papers", is_flag=True, help="Remove their papers, too (keeps those with a star or a note)")
def remove_feeds(names: tuple[str, ...], papers: bool) -> None:
    """Unfollow feeds (keeps papers and marks).

    Of a feed that is not followed, such as Sample or an imported page, it removes the papers. `readlist undo` brings
    them back.
    """
    well = True
    for name in names:
        try:
            removed, _ = config.remove_feed(settings_to_edit(), name)
        except ConfigError as error:
            if not _remove_papers(name, followed=False):
                well = False
                warn(str(error))
            continue
        with opened_shelf() as shelf:
            shelf.feeds.forget(removed.name)
        if not papers:
            echo(f"Unfollowed {removed.name} (its papers stay)")
        elif not _remove_papers(removed.name, followed=True):
            echo(f"Removed {removed.name}")
    if not well:
        sys.exit(1)


def _remove_papers(name: str, *, followed: bool) -> bool:
    """Remove the papers of a feed, and print how many; returns whether it has any."""
    from readlist.services.feed_removal import remove_papers, stored_name

    with opened_shelf() as shelf:
        stored = stored_name(shelf, name)
        if stored is None:
            return False
        gone = remove_papers(shelf, stored)
        if gone.done is not None:
            wait_for(shelf, gone.done, len(gone.ids))
    echo(f"Removed {stored} and {gone}" if followed else f"Removed {stored}: {gone}")
    return True
