"""`readlist digest`: new papers printed or mailed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from readlist.cli.assembly import find_paths, opened_shelf, settings
from readlist.cli.options import QueryCommand, checked_query, examples, limit_option, output_option, query_argument
from readlist.cli.output import CommandError, WrongUsage, echo, warn
from readlist.cli.selection import check_named
from readlist.exports.digest_content import LIMIT, day_in_words
from readlist.text.clean import counted

if TYPE_CHECKING:
    from readlist.config import Mail
    from readlist.exports.digest_content import Digest
    from readlist.mail import MailLog
    from readlist.services.digest import Delivery, DigestRequest, Form

_DEFAULT_QUERY, _UNDECIDED = "is:unread", "is:unread -is:starred"
_EXAMPLES = examples(
    "readlist digest --since 7d",
    "readlist digest 'is:unread upvotes:>10' --format html -o digest.html",
    "readlist digest sort:match --limit 10",
    "readlist digest --send me@example.org",
)


class _DigestCommand(QueryCommand):
    """A command whose `--send` may be followed by an address, which looks like no word of a query."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Join the option and its address."""
        joined = list(args)
        end = joined.index("--") if "--" in joined else len(joined)
        for at in reversed(range(end)):
            if joined[at] == "--send":
                follows = at + 1 < end and _is_address(joined[at + 1])
                joined[at] = f"--send={joined.pop(at + 1) if follows else ''}"
        return super().parse_args(ctx, joined)


def _is_address(word: str) -> bool:
    before, at, after = word.partition("@")
    return bool(before and at and after) and not any(sign in before for sign in ' :"(')


@click.command("digest", cls=_DigestCommand, epilog=_EXAMPLES)
@query_argument()
@click.option("--since", metavar="last|7d|DAY", help="Papers since the last mailed digest (default) or since a day")
@click.option("--format", "form", type=click.Choice(["text", "html", "eml"]), help="Output format (default: text)")
@output_option
@click.option("--send", metavar="[ADDRESS]", help="Mail it to ADDRESS (default: `to` in config.toml)")
@limit_option(least=1, default=LIMIT)
@click.option("--dry-run", is_flag=True, help="With --send: show what would be mailed")
def digest(
    query: tuple[str, ...],
    since: str | None,
    form: Form | None,
    output: str | None,
    send: str | None,
    limit: int,
    dry_run: bool,
) -> None:
    """Print or mail a digest of new papers.

    QUERY selects papers (default: is:unread). With --send each paper is mailed to an address once.
    """
    from readlist.mail import MailLog, MailLogError
    from readlist.services.digest import LAST, DigestRequest, SinceError

    if send is not None and (form or output):
        raise WrongUsage("digest: --send mails text and HTML; it works without --format and --output")
    if dry_run and send is None:
        raise WrongUsage("digest: --dry-run works with --send only")
    config = settings()
    words = query or (_DEFAULT_QUERY,)
    if not (asked := checked_query(words)).terms and asked.needs_match():
        # The best of what is still to be decided.
        words = (_UNDECIDED, *words)
    names = tuple(feed.name for feed in config.feeds)
    request = DigestRequest(checked_query(words), words, names, LAST if since is None else since, limit)
    with WrongUsage.instead_of(SinceError, where="--since "):
        request.check()
    log = MailLog(find_paths().mailed)
    with CommandError.instead_of(MailLogError):
        if send is None:
            _print(request, config.mail, log, form or "text", output)
        elif not _mail(request, config.mail, log, send, dry_run=dry_run):
            sys.exit(1)


def _print(request: DigestRequest, mail: Mail | None, log: MailLog, form: Form, output: str | None) -> None:
    from readlist.services.digest import digest_for, render

    recipient = next(iter(mail.to), "") if mail is not None else ""
    with opened_shelf() as shelf:
        check_named(shelf, request.query)
        made = digest_for(shelf, request, log, recipient)
    if made.is_empty:
        echo(_nothing(made), err=form != "text" or output is not None)
        return
    raw = render(made, form, mail)
    if form == "eml" and not output:
        # Files of messages have the line ends of the network; a pipe gets those of the system.
        raw = raw.replace(b"\r\n", os.linesep.encode())
    if output is None or output == "-":
        click.echo(raw, nl=False)
        return
    from readlist.services.exporter import write_file

    if reason := write_file(Path(output), raw):
        raise CommandError(f"can't write {output}: {reason}")
    echo(f"{output}: {_papers(made)}", err=True)


def _mail(request: DigestRequest, mail: Mail | None, log: MailLog, address: str, *, dry_run: bool) -> bool:
    """Mail a digest to each recipient; returns whether all went well."""
    from readlist.config import mail_address
    from readlist.services.digest import deliver

    if mail is None:
        raise WrongUsage(f"digest --send: {find_paths().settings} has no [mail] table (server, user, from, to)")
    with WrongUsage.instead_of(ValueError, where="--send: "):
        recipients = (mail_address(address),) if address else mail.to
    if not recipients:
        raise WrongUsage("digest --send: no recipient; give an ADDRESS, or set `to` in [mail] of config.toml")
    complete = True
    with opened_shelf() as shelf:
        check_named(shelf, request.query)
        for delivery in deliver(shelf, request, mail, log, recipients, os.environ, dry_run=dry_run):
            complete = complete and not delivery.failure
            _print_delivery(delivery, mail)
    return complete


def _print_delivery(delivery: Delivery, mail: Mail) -> None:
    made, recipient = delivery.digest, delivery.recipient
    if delivery.failure:
        warn(f"can't mail {recipient}: {delivery.failure}")
    elif delivery.sent:
        echo(f"Mailed {_papers(made)} to {recipient}")
    elif not made.is_empty:
        echo(f"Would mail {_papers(made)} to {recipient} by {mail.server}:{mail.port}")
    else:
        echo(f"{_nothing(made)}; nothing mailed to {recipient}")


def _papers(made: Digest) -> str:
    listed = sum(len(group.items) for group in made.groups)
    papers = counted(made.total, "paper") + (f" ({listed:,} listed)" if listed < made.total else "")
    news = f"news of {counted(len(made.news), 'paper')}" if made.news else ""
    return " and ".join(filter(None, (papers if made.total or not news else "", news)))


def _nothing(made: Digest) -> str:
    return f"Nothing new since {day_in_words(made.since, made.now.date())}"
