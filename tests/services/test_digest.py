"""Digests as a service: what is chosen, how it is written, and what became of mailing it to each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from readlist.config import Mail
from readlist.mail import MailLog, Sent
from readlist.query import parse
from readlist.services.digest import DigestRequest, SinceError, deliver, digest_for, render
from readlist.shelf import Shelf
from tests.support.mail import Mailing
from tests.support.papers import make_batch, make_paper, make_shelf

ADA, BEN = "ada@example.org", "ben@example.org"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = make_shelf(tmp_path, lambda: datetime.now(UTC))
    made.papers.add(make_batch([make_paper(number) for number in range(1, 4)]))
    yield made
    made.close()


@pytest.fixture
def log(tmp_path: Path) -> MailLog:
    return MailLog(tmp_path / "mailed.jsonl")


@pytest.fixture
def server() -> Iterator[Mailing]:
    with Mailing() as server:
        yield server


def request_of(query: str = "is:unread", since: str = "last", limit: int = 50) -> DigestRequest:
    return DigestRequest(parse(query), (query,), ("HF daily",), since, limit)


def mail_by(server: Mailing) -> Mail:
    return Mail("127.0.0.1", server.port, "none", sender="bot@example.org", to=(ADA,))


@pytest.mark.parametrize("since", ["last", "7d", "2w", "yesterday", "2026-11-01"])
def test_what_a_digest_may_begin_with(since: str) -> None:
    request_of(since=since).check()


@pytest.mark.parametrize("since", ["", "soon", "7d,8d", "is:read", "2026-13-01", "7d\n"])
def test_what_names_no_day_is_an_error(since: str) -> None:
    with pytest.raises(SinceError, match="use last, 7d, 2w, yesterday, or a day"):
        request_of(since=since).check()


def test_what_is_new_is_chosen_without_what_was_mailed(shelf: Shelf, log: MailLog) -> None:
    assert digest_for(shelf, request_of(), log, ADA).total == 3
    log.append(Sent(datetime.now(UTC), ADA, "is:unread", (("arxiv:2608.00001",),)))
    assert digest_for(shelf, request_of(), log, ADA.upper()).total == 2
    assert digest_for(shelf, request_of(), log, BEN).total == 3
    # With a day as its beginning it holds what came in since, mailed or not.
    assert digest_for(shelf, request_of(since="7d"), log, ADA).total == 3


def test_a_digest_begins_with_the_last_one_of_its_query(shelf: Shelf, log: MailLog) -> None:
    sent = datetime.now(UTC) - timedelta(days=3)
    log.append(Sent(sent, ADA, "is:unread", ()))
    assert digest_for(shelf, request_of(), log, ADA).since == sent.astimezone().date()
    week = (datetime.now(UTC) - timedelta(days=7)).astimezone().date()
    assert digest_for(shelf, request_of("is:starred"), log, ADA).since == week


def test_the_limit_cuts_what_is_listed_not_what_is_counted(shelf: Shelf, log: MailLog) -> None:
    made = digest_for(shelf, request_of(limit=2), log, "")
    assert (made.total, [len(group.items) for group in made.groups]) == (3, [2])
    assert made.items[0].feeds == ("HF daily",)


def test_every_format_names_every_paper(shelf: Shelf, log: MailLog, server: Mailing) -> None:
    made = digest_for(shelf, request_of(), log, "")
    titles = [item.entry.paper.title.encode() for item in made.items]
    for form in ("text", "html"):
        assert all(title in render(made, form) for title in titles)
    message = render(made, "eml", mail_by(server))
    assert f"To: {ADA}\r\n".encode() in message and b"<bot@example.org>\r\n" in message
    assert b"\nTo: " in render(made, "eml")


def test_each_recipient_has_an_own_delivery_and_is_mailed_once(shelf: Shelf, log: MailLog, server: Mailing) -> None:
    server.postmaster.refusals[f"RCPT {ADA}"] = "550 unknown"
    first, second = deliver(shelf, request_of(), mail_by(server), log, [ADA, BEN], {})
    assert (first.sent, second.sent, second.failure) == (False, True, "")
    assert "550" in first.failure and first.digest.total == 3
    assert [one.recipients for one in server.postmaster.received] == [(BEN,)]
    server.postmaster.refusals.clear()
    first, second = deliver(shelf, request_of(), mail_by(server), log, [ADA, BEN], {})
    assert (first.sent, second.sent, second.digest.total) == (True, False, 0)
    assert [sent.to for sent in log.read()] == [BEN, ADA]


def test_a_dry_run_sends_nothing(shelf: Shelf, log: MailLog, server: Mailing) -> None:
    (one,) = deliver(shelf, request_of(), mail_by(server), log, [ADA], {}, dry_run=True)
    assert (one.digest.total, one.sent, one.failure) == (3, False, "")
    assert (server.postmaster.received, log.read()) == ([], [])
