"""The command that prints or mails what is new."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from readlist.cli.asking import QueryCommand, checked_query
from readlist.cli.building import Failed, Misused, complain, find_paths, opened_shelf, say
from readlist.cli.command_table import readlist
from readlist.cli.completing import complete_query, output_option
from readlist.cli.feeds_command import settings
from readlist.query import Query, parse
from readlist.text.clean import drawable
from readlist.text.plural import count_of

if TYPE_CHECKING:
    from readlist.config import Mail
    from readlist.exports.digest_content import Digest
    from readlist.mail import MailLog, Sent
    from readlist.shelf import Entry, Shelf

_DEFAULT_QUERY = "is:unread"
_FIRST = timedelta(days=7)
"""How far a first digest reaches back."""
_OVERLAP = timedelta(days=1)
"""A paper bears the time its fetch began: one that was under way during the last digest is looked for again."""


class _DigestCommand(QueryCommand):
    """A command whose `--send` may be followed by an address, which no word of a query looks like."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Join the option and its address."""
        joined: list[str] = []
        waiting = list(reversed(args))
        while waiting:
            word = waiting.pop()
            if word == "--":
                joined += [word, *reversed(waiting)]
                break
            if word == "--send":
                word = f"--send={waiting.pop() if waiting and _is_address(waiting[-1]) else ''}"
            joined.append(word)
        return super().parse_args(ctx, joined)


def _is_address(word: str) -> bool:
    before, at, behind = word.partition("@")
    return bool(before and at and behind) and not any(sign in before for sign in ' :"(')


class _Wish(Struct, frozen=True):
    """What is to be in a digest: query and its words, how far back, how many papers, and the feeds in their order."""

    query: Query
    words: tuple[str, ...]
    since: str
    limit: int
    feeds: tuple[str, ...]

    @property
    def text(self) -> str:
        """The query in one piece."""
        return " ".join(self.words)


@readlist.command("digest", cls=_DigestCommand)
@click.argument("query", nargs=-1, shell_complete=complete_query)
@click.option(
    "--since", metavar="last|7d|DAY", help="Papers that came in since the last digest mailed, or since a day."
)
@click.option("--format", "form", type=click.Choice(["text", "html", "eml"]), help="How to print it; text without.")
@output_option
@click.option("--send", metavar="[ADDRESS]", help="Mail it, to the addresses in config.toml unless one is given.")
@click.option("--limit", type=click.IntRange(min=1), help="List at most so many papers; 50 without.")
@click.option("--dry-run", is_flag=True, help="With --send: only say what would be mailed.")
def digest(
    query: tuple[str, ...],
    since: str | None,
    form: str | None,
    output: str | None,
    send: str | None,
    limit: int | None,
    dry_run: bool,
) -> None:
    """Print or mail what is new: the unread papers, or those a QUERY finds, that came in since the last digest.

    Without --send nothing counts as mailed. With it a paper is mailed to an address once, whatever the query.
    """
    from readlist.exports.digest_content import LIMIT

    if send is not None and (form or output):
        raise Misused("digest: --send mails plain text and HTML; it goes with neither --format nor --output")
    if dry_run and send is None:
        raise Misused("digest: --dry-run says what --send would mail; give both")
    config = settings()
    words = query or (_DEFAULT_QUERY,)
    names = tuple(feed.name for feed in config.feeds)
    since = "last" if since is None else since
    wish = _Wish(checked_query(words), words, since, limit or LIMIT, names)
    _since(wish, [])
    if send is None:
        _print(wish, config.mail, form or "text", output)
    elif not _mail(wish, config.mail, send, dry_run=dry_run):
        sys.exit(1)


def _print(wish: _Wish, mail: Mail | None, form: str, output: str | None) -> None:
    from readlist.exports.digest_html import html_of
    from readlist.exports.digest_mail import UNKNOWN, message_of
    from readlist.exports.digest_text import text_of

    recipient = next(iter(mail.to), "") if mail is not None else ""
    with opened_shelf() as shelf:
        records = _read(_log()) if wish.since == "last" else []
        made = _digest(shelf, wish, _of(records, recipient))
    if not made.total:
        click.echo(_nothing(made), err=form != "text" or output is not None)
        return
    if form == "eml":
        message = message_of(made, sender=mail.sender if mail else UNKNOWN, recipient=recipient or UNKNOWN)
        # Files of messages have the line ends of the network; a pipe gets those of the system.
        raw = message.as_bytes() if output else message.as_bytes().replace(b"\r\n", os.linesep.encode())
    else:
        raw = (text_of(made) if form == "text" else html_of(made)).encode()
    if output in (None, "-"):
        click.echo(raw, nl=False)
        return
    from readlist.services.exporter import write_file

    assert output is not None
    if reason := write_file(Path(output), raw):
        raise Failed(f"{output}: can't be written: {reason}")
    say(drawable(f"{output}: {_papers(made)}") + "\n")


def _mail(wish: _Wish, mail: Mail | None, address: str, *, dry_run: bool) -> bool:
    """Mail a digest to each recipient; returns whether all of them have theirs."""
    from readlist.config import address_of
    from readlist.mail import MailLogError

    if mail is None:
        raise Misused(f"digest --send: {find_paths().settings} has no table [mail]: server, user, from and to")
    try:
        recipients = (address_of(address),) if address else mail.to
    except ValueError as error:
        raise Misused(f"--send: {error}") from error
    if not recipients:
        raise Misused("digest --send: to whom? Give an address, or `to` in [mail] of config.toml")
    log = _log()
    with opened_shelf() as shelf:
        try:
            with log.held():
                # Each by itself, so that one that is refused costs the others nothing.
                done = [_mail_one(shelf, wish, mail, log, recipient, dry_run) for recipient in recipients]
                return all(done)
        except MailLogError as error:
            raise Failed(str(error)) from error


def _mail_one(shelf: Shelf, wish: _Wish, mail: Mail, log: MailLog, recipient: str, dry_run: bool) -> bool:
    from readlist.exports.digest_mail import message_of
    from readlist.mail import MailError, Postbox, Sent, password_for

    records = _of(_read(log), recipient)
    now = datetime.now(UTC)
    made = _digest(shelf, wish, records, unmailed=True)
    if not made.total:
        click.echo(f"{_nothing(made)}; nothing was mailed to {recipient}")
        return True
    if dry_run:
        click.echo(f"would mail {_papers(made)} to {recipient} by {mail.server}:{mail.port}")
        return True
    log.check()
    message = message_of(made, sender=mail.sender, recipient=recipient)
    try:
        with Postbox(mail, password_for(mail, os.environ)) as postbox:
            postbox.send(recipient, message.as_bytes())
            # At once: what happens between the two is mailed twice.
            papers = tuple(_names(item.entry) for item in made.items)
            log.append(Sent(now, recipient, wish.text, papers))
    except MailError as error:
        complain(f"nothing was mailed to {recipient}: {error}")
        return False
    click.echo(f"mailed {_papers(made)} to {recipient}")
    return True


def _digest(shelf: Shelf, wish: _Wish, records: Sequence[Sent], *, unmailed: bool = False) -> Digest:
    """Choose what is new.

    Args:
        shelf: where the papers are.
        wish: what is wanted.
        records: the digests that were mailed to whom this one is for.
        unmailed: whether to leave out what was mailed, also where a day is named.
    """
    from readlist.exports.digest_content import digest_of
    from readlist.mail import Known
    from readlist.services.chunks import Entries

    first, moment, narrowed = _since(wish, records)
    known = Known(records if unmailed or moment else ())
    found: list[tuple[Entry, list[str]]] = []
    for entry in Entries(shelf, shelf.papers.select(narrowed, narrowed.sort or "feed")):
        late = moment is None or entry.added >= moment
        if late and not known.holds(_names(entry)):
            found.append((entry, [each.feed for each in shelf.papers.announcements(entry)]))
    ranked = narrowed.sort not in (None, "feed")
    now = datetime.now().astimezone()
    return digest_of(found, order=wish.feeds, limit=wish.limit, ranked=ranked, now=now, since=first, query=wish.words)


def _since(wish: _Wish, records: Sequence[Sent]) -> tuple[date, datetime | None, Query]:
    """Return the first day of a digest, the moment to look from where there is one, and the query from that day on.

    Raises:
        Misused: the day is none.
    """
    if wish.since == "last":
        last = max((sent.at for sent in records if sent.query == wish.text), default=None)
        moment = last - _OVERLAP if last else datetime.now(UTC) - _FIRST
        narrower = parse(f"seen:>={moment.astimezone().date().isoformat()}")
        return (last or moment).astimezone().date(), moment, wish.query.within(narrower)
    day = parse(f"seen:>={wish.since}") if wish.since.isprintable() and not set(wish.since) & set(' "(),<>=.') else None
    first = next((low for term in day.terms for low in _lows(term)), None) if day and not day.problems else None
    if day is None or first is None:
        raise Misused(f"--since {wish.since}: write last, 7d, 2w, yesterday, or a day as 2026-11-01")
    return first, None, wish.query.within(day)


def _lows(term: object) -> list[date]:
    from readlist.query import Dated

    return [low for low, _ in term.ranges if low is not None] if isinstance(term, Dated) else []


def _names(entry: Entry) -> tuple[str, ...]:
    return tuple(dict.fromkeys((entry.paper.key, *entry.paper.identifiers)))


def _of(records: Sequence[Sent], recipient: str) -> list[Sent]:
    return [sent for sent in records if sent.to.casefold() == recipient.casefold()]


def _log() -> MailLog:
    from readlist.mail import MailLog

    return MailLog(find_paths().mailed)


def _read(log: MailLog) -> list[Sent]:
    from readlist.mail import MailLogError

    try:
        return log.read()
    except MailLogError as error:
        raise Failed(str(error)) from error


def _papers(made: Digest) -> str:
    listed = sum(len(group.items) for group in made.groups)
    return count_of(made.total, "paper") + (f" ({listed:,} listed, the others counted)" if listed < made.total else "")


def _nothing(made: Digest) -> str:
    from readlist.exports.digest_content import day_in_words

    return f"nothing new since {day_in_words(made.since, made.now.date())}"
