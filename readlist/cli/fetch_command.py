"""`readlist fetch`: new papers from the feeds."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import chain
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from readlist.cli.assembly import opened_refresh, opened_shelf, settings
from readlist.cli.options import completed_by, examples, json_option
from readlist.cli.output import CommandError, ProgressBar, WrongUsage, echo, echo_json, warn
from readlist.model.feed import YOURS
from readlist.model.time import offset_time_text
from readlist.services import Progress
from readlist.shelf import FetchOutcome

if TYPE_CHECKING:
    from readlist.model.feed import Feed


@click.command(
    "fetch",
    epilog=examples(
        "readlist fetch",
        'readlist fetch "HF daily"',
        "readlist fetch hf:2026-08-01",
        "readlist fetch arxiv:cs.LG --since 2026-11-01",
    ),
)
@click.argument("names", nargs=-1, metavar="[FEED…]", shell_complete=completed_by("complete_feed"))
@click.option("--since", metavar="DAY", help="Fetch papers back to a day, such as 2026-11-01, where a feed has them")
@json_option("Print one JSON object per feed")
def fetch(names: tuple[str, ...], since: str | None, as_json: bool) -> None:
    """Fetch new papers from your feeds.

    FEED is the name of a feed you follow, or any other feed to fetch once: hf:2026-08-01, arxiv:cs.LG, a URL.
    """
    first = _day(since) if since is not None else None
    followed = settings().feeds
    known, once, wrong = _named(followed, names)
    if wrong and not (known or once):
        raise wrong[0]
    for error in wrong:
        error.show()
    if not names and not known:
        raise CommandError("you follow no feeds", "`readlist feeds add hf:daily` follows one")
    failed = bool(wrong)
    under_way = {feed.name: 0 for feed in (*known, *once)}
    total = len(under_way)
    with opened_shelf() as shelf, ProgressBar() as bar, opened_refresh(shelf) as refresh:
        runs = [refresh.run(known, since=first)] if known else []
        runs += [refresh.run(once, record=False, since=first)] if once else []
        for event in chain.from_iterable(runs):
            if isinstance(event, FetchOutcome):
                under_way.pop(event.feed, None)
                # What arXiv could not be asked about is asked about next time.
                failed = failed or bool(event.failure and event.feed != YOURS)
                bar.clear()
                _print_outcome(event, as_json)
            elif event.name in under_way:
                under_way[event.name] = event.done
            shown = ", ".join(f"{name} {papers or '…'}" for name, papers in under_way.items())
            bar.report(Progress(total - len(under_way), total, "feeds", shown))
    if failed:
        sys.exit(1)


def _day(text: str) -> date:
    """Return the day in an option.

    Raises:
        WrongUsage: it is not one, or in the future.
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise WrongUsage(f"fetch: --since {text[:40]}: not a day; write it as 2026-11-01") from None
    if day > datetime.now(UTC).date():
        raise WrongUsage(f"fetch: --since {text[:40]}: in the future")
    return day


def _named(followed: Sequence[Feed], names: Sequence[str]) -> tuple[list[Feed], list[Feed], list[WrongUsage]]:
    """Return the followed feeds that are named (all if none is), those to fetch once, and errors."""
    from readlist.config.feed_parser import FeedError, parse_feed

    if not names:
        return list(followed), [], []
    by_name = {feed.name.casefold(): feed for feed in followed}
    known: dict[str, Feed] = {}
    once: dict[str, Feed] = {}
    wrong: list[WrongUsage] = []
    for name in names:
        feed = by_name.get(name.casefold())
        if feed is None:
            try:
                asked = parse_feed(name)
            except FeedError as error:
                wrong.append(WrongUsage(error.about(name)))
                continue
            feed = next((one for one in followed if (one.kind, one.query) == (asked.kind, asked.query)), None)
            if feed is None:
                # A day of the daily list belongs to that feed.
                daily = asked.kind == "huggingface" and asked.query[:1].isdigit()
                once[asked.query] = replace(asked, name="HF daily") if daily else asked
                continue
        known[feed.name] = feed
    return list(known.values()), list(once.values()), wrong


def _print_outcome(outcome: FetchOutcome, as_json: bool) -> None:
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
            "remarks": list(outcome.remarks),
            "revised": outcome.revised,
        }
        echo_json(record)
    elif outcome.failure:
        warn(f"{outcome.feed}: {describe(outcome, datetime.now(UTC))}")
    else:
        echo(f"{outcome.feed}: {describe(outcome, datetime.now(UTC))}")
        for reason in outcome.skipped:
            warn(f"{outcome.feed}: skipped: {reason}")
        for remark in outcome.remarks:
            warn(f"{outcome.feed}: {remark}")
