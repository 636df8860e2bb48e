"""What was mailed is kept on disk, read back from a damaged file, and known again under other names."""

from __future__ import annotations

import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readlist.mail import MailedPapers, MailLog, MailLogError, Sent
from tests.support.depth import examples

AT = datetime(2026, 8, 2, 9, tzinfo=UTC)
FIRST = Sent(AT, "ada@example.org", "is:unread", (("arxiv:2608.00001", "title:one"), ("title:two",)))
SECOND = Sent(AT.replace(day=3), "ben@example.org", 'title:"ünï"', (("doi:10.1/x", "title:three"),))


@pytest.fixture
def log(tmp_path: Path) -> MailLog:
    return MailLog(tmp_path / "deep" / "mailed.jsonl", 0.1)


@pytest.fixture
def file(log: MailLog, tmp_path: Path) -> Path:
    """The file of the log, with two digests in it."""
    with log.held():
        log.append(FIRST)
        log.append(SECOND)
    return tmp_path / "deep" / "mailed.jsonl"


def test_before_the_first_digest_nothing_was_mailed(log: MailLog, tmp_path: Path) -> None:
    assert log.read() == []
    assert not list(tmp_path.iterdir())


def test_what_was_sent_is_read_back(log: MailLog, file: Path) -> None:
    assert log.read() == [FIRST, SECOND]
    assert len(file.read_text(encoding="ascii").splitlines()) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are POSIX")
def test_it_is_for_the_user_alone(log: MailLog, file: Path) -> None:
    before = os.umask(0)
    try:
        file.unlink()
        log.append(FIRST)
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_torn_line_spoils_no_other(log: MailLog, file: Path) -> None:
    whole = file.read_bytes()
    for length in (*range(0, len(whole), 5), len(whole) - 1):
        file.write_bytes(whole[:length])
        read = log.read()
        assert read == [FIRST, SECOND][: len(read)]
        log.append(SECOND)
        assert log.read() in ([*read, SECOND], [FIRST, SECOND, SECOND])


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(st.binary(max_size=40) | st.sampled_from([b"{}", b"[]", b"null", b'{"at": 1}', b"[" * 9_000])))
def test_lines_of_others_are_passed_over(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    file = tmp_path_factory.getbasetemp() / "any.jsonl"
    file.write_bytes(b"\n".join(lines))
    log = MailLog(file)
    assert log.read() == []
    log.append(FIRST)
    assert log.read() == [FIRST]


def test_a_file_that_cannot_be_read_is_not_taken_for_an_empty_one(log: MailLog, tmp_path: Path) -> None:
    (tmp_path / "deep" / "mailed.jsonl").mkdir(parents=True)
    for use in (log.read, log.check, lambda: log.append(FIRST)):
        with pytest.raises(MailLogError, match=r"mailed.jsonl: can't be (read|written): Is a directory"):
            use()


def test_one_digest_is_sent_at_a_time(log: MailLog, file: Path) -> None:
    with (
        log.held(),
        pytest.raises(MailLogError, match=r"mailed.jsonl.lock has been locked by another readlist"),
        MailLog(file, 0.1).held(),
    ):
        pass
    with log.held():
        pass


@pytest.mark.parametrize(
    ("names", "held"),
    [
        (("arxiv:2608.00001",), True),
        (("title:one",), True),
        (("title:two", "arxiv:2608.00002"), True),
        (("title:two", "doi:10.1/two", "arxiv:2608.00002"), True),
        (("arxiv:2608.00009", "title:one"), False),
        (("doi:10.1/y", "title:three"), False),
        (("title:four",), False),
        ((), False),
    ],
    ids=str,
)
def test_a_paper_is_known_again_by_what_it_is_called_now(names: tuple[str, ...], held: bool) -> None:
    assert MailedPapers([FIRST, SECOND]).holds(names) is held
    assert not MailedPapers([]).holds(names)
