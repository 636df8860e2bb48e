"""Digests of new papers: chosen, rendered in a format, and mailed to each address once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from readlist.exports.digest_content import LIMIT, Digest, digest_of
from readlist.mail import MailedPapers, MailError, MailLog, Sent, SmtpClient, password_for
from readlist.model.view import is_by_match
from readlist.query import Query, parse
from readlist.query.terms import Dated
from readlist.services.exporter import Entries
from readlist.services.recommendation import asks_for_match, caution, fits_for

if TYPE_CHECKING:
    from readlist.config import Mail
    from readlist.shelf import Entry, Shelf

Form: TypeAlias = Literal["text", "html", "eml"]

LAST = "last"
"""Since the last digest of the same query that was mailed."""

_FIRST = timedelta(days=7)
"""Back to when a first digest goes."""
_OVERLAP = timedelta(days=1)
"""A paper has the time its fetch began, which may have been before the last digest."""


class SinceError(ValueError):
    """The start of a digest is invalid."""


class DigestRequest(Struct, frozen=True):
    """What to put into a digest.

    Attributes:
        query: for the papers.
        words: of the query, as typed.
        feeds: the names of the followed feeds, in order.
        since: `last`, `7d`, `2w`, `yesterday`, or a day.
        limit: the most papers to list.
    """

    query: Query
    words: tuple[str, ...]
    feeds: tuple[str, ...] = ()
    since: str = LAST
    limit: int = LIMIT

    @property
    def text(self) -> str:
        """The query in one line."""
        return " ".join(self.words)

    def check(self) -> None:
        """Raise SinceError if `since` is invalid."""
        _start(self, ())


class Delivery(Struct, frozen=True):
    """The result of mailing a digest to one address.

    Attributes:
        recipient: the address.
        digest: what is new for it.
        sent: whether the server accepted it.
        failure: why it didn't, one line; else empty, also if nothing was sent.
    """

    recipient: str
    digest: Digest
    sent: bool = False
    failure: str = ""


def digest_for(shelf: Shelf, request: DigestRequest, log: MailLog, recipient: str) -> Digest:
    """Return what is new since the last digest of a recipient (empty for none); since a day, also what was mailed.

    Raises:
        SinceError: `since` is invalid.
        MailLogError: the log can't be read.
    """
    return _chosen(shelf, request, _mailed(log, recipient) if request.since == LAST else (), unmailed=False)


def render(digest: Digest, form: Form, mail: Mail | None = None) -> bytes:
    """Return a digest in a format; `eml` has CRLF line ends (RFC 5322).

    The sender and recipient of a message are those of the mail settings, placeholders without them.
    """
    if form == "eml":
        from readlist.exports.digest_render import UNKNOWN, message_of

        recipient = next(iter(mail.to), "") if mail is not None else ""
        return message_of(digest, sender=mail.sender if mail else UNKNOWN, recipient=recipient or UNKNOWN).as_bytes()
    if form == "html":
        from readlist.exports.digest_render import html_of

        return html_of(digest).encode()
    from readlist.exports.digest_render import text_of

    return text_of(digest).encode()


def deliver(
    shelf: Shelf,
    request: DigestRequest,
    mail: Mail,
    log: MailLog,
    recipients: Sequence[str],
    environ: Mapping[str, str],
    *,
    dry_run: bool = False,
) -> Iterator[Delivery]:
    """Mail a digest to each recipient in a message of its own, so that one that is refused doesn't affect the others.

    Yields:
        The result for each. Nothing is sent to one without new papers and news, and on a dry run to no one.

    Raises:
        SinceError: `since` is invalid.
        MailLogError: the log can't be locked, read or written.
    """
    with log.held():
        for recipient in recipients:
            now = datetime.now(UTC)
            digest = _chosen(shelf, request, _mailed(log, recipient), unmailed=True)
            if digest.is_empty or dry_run:
                yield Delivery(recipient, digest)
                continue
            log.check()
            papers = (
                *(_names(item.entry) for item in digest.items),
                *((_news_name(entry),) for entry in digest.news),
            )
            failure = _send(digest, mail, log, Sent(now, recipient, request.text, papers), environ)
            yield Delivery(recipient, digest, not failure, failure)


def _send(digest: Digest, mail: Mail, log: MailLog, sent: Sent, environ: Mapping[str, str]) -> str:
    """Send a digest and record it; returns why the server didn't accept it, else empty."""
    from readlist.exports.digest_render import message_of

    message = message_of(digest, sender=mail.sender, recipient=sent.to)
    try:
        with SmtpClient(mail, password_for(mail, environ)) as client:
            client.send(sent.to, message.as_bytes())
            # At once: after a crash in between it would be mailed again.
            log.append(sent)
    except MailError as error:
        return str(error)
    return ""


def _chosen(shelf: Shelf, request: DigestRequest, records: Sequence[Sent], *, unmailed: bool) -> Digest:
    """Choose the new papers; `unmailed` leaves out mailed ones also if the digest starts on a day."""
    day, moment, query = _start(request, records)
    mailed = MailedPapers(records if unmailed or moment else ())
    found: list[tuple[Entry, list[str]]] = []
    entries = Entries(shelf, shelf.papers.select(query))
    for entry in entries:
        late = moment is None or entry.added >= moment
        if late and not mailed.holds(_names(entry)):
            found.append((entry, [each.feed for each in entries.announcements(entry)]))
    fits = fits_for(shelf, query)
    by_match = is_by_match(query.sort or "feed") and shelf.match.reliability().certainty != "none"
    return digest_of(
        found,
        order=request.feeds,
        limit=request.limit,
        ranked=query.sort not in (None, "feed"),
        now=datetime.now().astimezone(),
        since=day,
        query=request.words,
        together=by_match,
        fits=fits,
        note=caution(shelf, ordered=is_by_match(query.sort or "feed")) if asks_for_match(shelf, query) else "",
        news=[entry for entry in _news(shelf, day, moment) if not mailed.holds((_news_name(entry),))],
    )


def _news(shelf: Shelf, day: date, moment: datetime | None) -> Iterator[Entry]:
    """Yield the starred and noted papers of which news was seen since the beginning of a digest."""
    for entry in Entries(shelf, shelf.papers.select(parse("is:revised"))):
        if entry.revision is not None and entry.is_news:
            seen = entry.revision.seen
            if seen >= moment if moment is not None else seen.astimezone().date() >= day:
                yield entry


def _news_name(entry: Entry) -> str:
    """Return what the news of a paper is recorded by once it was mailed."""
    kind = "withdrawn" if entry.paper.withdrawn else "revised"
    return f"{kind}:{entry.paper.key}v{entry.paper.version}"


def _start(request: DigestRequest, records: Sequence[Sent]) -> tuple[date, datetime | None, Query]:
    """Return a digest's first day, the time its papers were added after (if known), and the query for them."""
    if request.since == LAST:
        last = max((sent.at for sent in records if sent.query == request.text), default=None)
        moment = last - _OVERLAP if last else datetime.now(UTC) - _FIRST
        narrower = parse(f"seen:>={moment.astimezone().date().isoformat()}")
        return (last or moment).astimezone().date(), moment, request.query.within(narrower)
    since = request.since
    day = parse(f"seen:>={since}") if since.isprintable() and not set(since) & set(' "(),<>=.') else None
    terms = day.terms if day and not day.problems else ()
    first = next((low for term in terms if isinstance(term, Dated) for low, _ in term.ranges if low is not None), None)
    if day is None or first is None:
        raise SinceError(f"{since}: use last, 7d, 2w, yesterday, or a day (2026-11-01)")
    return first, None, request.query.within(day)


def _names(entry: Entry) -> tuple[str, ...]:
    return tuple(dict.fromkeys((entry.paper.key, *entry.paper.identifiers)))


def _mailed(log: MailLog, recipient: str) -> list[Sent]:
    return [sent for sent in log.read() if sent.to.casefold() == recipient.casefold()]
