"""Messages: which one is shown, which are kept, which errors nobody can have read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from readlist.tui.message_log import MessageLog

NOON = datetime(2026, 8, 2, 12, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_the_last_message_is_shown_and_all_are_kept_the_newest_first() -> None:
    log = MessageLog()
    log.say("Copied repo link\nhttps://github.com/lab/one", NOON)
    log.say("1 of 3 files failed", NOON, "wrong", ["a.bib: damaged"])
    assert [each.text for each in log] == ["1 of 3 files failed", "Copied repo link  https://github.com/lab/one"]
    assert log.shown is not None and log.shown.lines == ("1 of 3 files failed", "a.bib: damaged")


def test_two_hundred_messages_are_kept() -> None:
    log = MessageLog()
    for number in range(250):
        log.say(f"Copied {number}", NOON)
    assert len(log) == 200
    assert next(iter(log)).text == "Copied 249"


def test_what_fails_again_and_again_is_kept_once_and_what_is_done_again_each_time() -> None:
    log = MessageLog()
    for number in range(3):
        log.say("Feeds failed", later(100 * number), "wrong")
        log.say("Copied", later(100 * number))
        log.say("Copied", later(100 * number + 1))
    assert [each.text for each in log] == ["Copied", "Feeds failed", "Copied", "Copied"]
    assert [each.at for each in log][:2] == [later(201), later(200)]


def test_an_error_that_is_replaced_before_it_can_be_read_waits_in_the_list() -> None:
    log = MessageLog()
    log.say("Feeds failed", NOON, "wrong")
    log.say("Copied", later(1))
    assert log.unseen == 1
    log.say("Theme not saved", later(2), "wrong")
    log.say("Copied", later(20))
    assert log.unseen == 1
    log.read()
    assert log.unseen == 0
