"""The part of a digest with news of starred and noted papers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from readlist.config import Mail
from readlist.exports.digest_content import subject
from readlist.mail import MailLog
from readlist.query import parse
from readlist.services.digest import DigestRequest, deliver, digest_for, render
from readlist.shelf import Shelf
from tests.support.mail import Mailing
from tests.support.papers import make_batch, make_paper, make_shelf

ADA = "ada@example.org"


class Moment:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC) - timedelta(hours=3)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A shelf with three papers, all read; the first two are starred, and have news."""
    clock = Moment()
    made = make_shelf(tmp_path, clock)
    made.papers.add(make_batch([make_paper(number, version=1) for number in range(1, 4)]))
    made.marks.apply_all([1, 2, 3], read=True, label="x").result(timeout=60)
    made.marks.apply_all([1, 2], starred=True, label="x").result(timeout=60)
    clock.now += timedelta(hours=1)
    # Of what was starred just now a version is news only if it is of these days.
    today = clock.now.date()
    made.papers.add(
        make_batch(
            [
                make_paper(1, version=3, revised=today),
                make_paper(2, version=2, revised=today, comment="This paper has been withdrawn: a <b>sign</b> error"),
                make_paper(3, version=2, revised=today),
            ]
        )
    )
    yield made
    made.close()


@pytest.fixture
def log(tmp_path: Path) -> MailLog:
    return MailLog(tmp_path / "mailed.jsonl")


def request(since: str = "last") -> DigestRequest:
    return DigestRequest(parse("is:unread"), ("is:unread",), ("HF daily",), since, 50)


def test_news_have_a_part_of_their_own(shelf: Shelf, log: MailLog) -> None:
    digest = digest_for(shelf, request(), log, ADA)
    assert [entry.paper.arxiv for entry in digest.news] == ["2608.00001", "2608.00002"]
    assert not digest.is_empty
    text = render(digest, "text").decode()
    assert "News of your papers" in text
    assert "version 3 since " in text
    assert "withdrawn: a <b>sign</b> error" in text
    html = render(digest, "html").decode()
    assert "withdrawn: a &lt;b&gt;sign&lt;/b&gt; error" in html
    assert subject(digest).startswith("News of 2 papers (")


def test_news_before_the_beginning_are_left_out(shelf: Shelf, log: MailLog) -> None:
    tomorrow = (datetime.now().astimezone() + timedelta(days=2)).date().isoformat()
    assert digest_for(shelf, request(tomorrow), log, ADA).is_empty


def test_news_are_mailed_once(shelf: Shelf, log: MailLog) -> None:
    with Mailing() as server:
        mail = Mail("127.0.0.1", server.port, "none", sender="bot@example.org", to=(ADA,))
        (first,) = deliver(shelf, request(), mail, log, (ADA,), {})
        (second,) = deliver(shelf, request(), mail, log, (ADA,), {})
    assert first.sent and len(first.digest.news) == 2
    assert not second.sent and second.digest.is_empty
