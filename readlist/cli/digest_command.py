"""The command that prints or mails what is new."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from readlist.cli.assembly import find_paths, opened_shelf, settings
from readlist.cli.options import QueryCommand, checked_query, output_option, query_argument
from readlist.cli.output import CommandError, WrongUsage, complain, say
from readlist.text.clean import counted, drawable

if TYPE_CHECKING:
    from readlist.config import Mail
    from readlist.exports.digest_content import Digest
    from readlist.mail import MailLog
    from readlist.services.digest import Delivery, Form, Request

_DEFAULT_QUERY = "is:unread"


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


@click.command("digest", cls=_DigestCommand)
@query_argument()
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
    form: Form | None,
    output: str | None,
    send: str | None,
    limit: int | None,
    dry_run: bool,
) -> None:
    """Print or mail what is new: the unread papers, or those a QUERY finds, that came in since the last digest.

    Without --send nothing counts as mailed. With it a paper is mailed to an address once, whatever the query.
    """
    from readlist.exports.digest_content import LIMIT
    from readlist.mail import MailLog, MailLogError
    from readlist.services.digest import LAST, Request, SinceError

    if send is not None and (form or output):
        raise WrongUsage("digest: --send mails plain text and HTML; it goes with neither --format nor --output")
    if dry_run and send is None:
        raise WrongUsage("digest: --dry-run says what --send would mail; give both")
    config = settings()
    words = query or (_DEFAULT_QUERY,)
    names = tuple(feed.name for feed in config.feeds)
    request = Request(checked_query(words), words, names, LAST if since is None else since, limit or LIMIT)
    try:
        request.check()
    except SinceError as error:
        raise WrongUsage(f"--since {error}") from error
    log = MailLog(find_paths().mailed)
    try:
        if send is None:
            _print(request, config.mail, log, form or "text", output)
        elif not _mail(request, config.mail, log, send, dry_run=dry_run):
            sys.exit(1)
    except MailLogError as error:
        raise CommandError(str(error)) from error


def _print(request: Request, mail: Mail | None, log: MailLog, form: Form, output: str | None) -> None:
    from readlist.services import digest as digests

    recipient = next(iter(mail.to), "") if mail is not None else ""
    with opened_shelf() as shelf:
        made = digests.digest_for(shelf, request, log, recipient)
    if not made.total:
        click.echo(_nothing(made), err=form != "text" or output is not None)
        return
    raw = digests.render(made, form, mail)
    if form == "eml" and not output:
        # Files of messages have the line ends of the network; a pipe gets those of the system.
        raw = raw.replace(b"\r\n", os.linesep.encode())
    if output is None or output == "-":
        click.echo(raw, nl=False)
        return
    from readlist.services.exporter import write_file

    if reason := write_file(Path(output), raw):
        raise CommandError(f"{output}: can't be written: {reason}")
    say(drawable(f"{output}: {_papers(made)}") + "\n")


def _mail(request: Request, mail: Mail | None, log: MailLog, address: str, *, dry_run: bool) -> bool:
    """Mail a digest to each recipient; returns whether all of them have theirs."""
    from readlist.config import mail_address
    from readlist.services.digest import deliver

    if mail is None:
        raise WrongUsage(f"digest --send: {find_paths().settings} has no table [mail]: server, user, from and to")
    try:
        recipients = (mail_address(address),) if address else mail.to
    except ValueError as error:
        raise WrongUsage(f"--send: {error}") from error
    if not recipients:
        raise WrongUsage("digest --send: to whom? Give an address, or `to` in [mail] of config.toml")
    well = True
    with opened_shelf() as shelf:
        for delivery in deliver(shelf, request, mail, log, recipients, os.environ, dry_run=dry_run):
            well = well and not delivery.failure
            _print_delivery(delivery, mail)
    return well


def _print_delivery(delivery: Delivery, mail: Mail) -> None:
    made, recipient = delivery.digest, delivery.recipient
    if delivery.failure:
        complain(f"nothing was mailed to {recipient}: {delivery.failure}")
    elif delivery.sent:
        click.echo(f"mailed {_papers(made)} to {recipient}")
    elif made.total:
        click.echo(f"would mail {_papers(made)} to {recipient} by {mail.server}:{mail.port}")
    else:
        click.echo(f"{_nothing(made)}; nothing was mailed to {recipient}")


def _papers(made: Digest) -> str:
    listed = sum(len(group.items) for group in made.groups)
    return counted(made.total, "paper") + (f" ({listed:,} listed, the others counted)" if listed < made.total else "")


def _nothing(made: Digest) -> str:
    from readlist.exports.digest_content import day_in_words

    return f"nothing new since {day_in_words(made.since, made.now.date())}"
