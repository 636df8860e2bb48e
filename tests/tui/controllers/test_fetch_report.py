"""What is said of a fetch: news and failures in one line, and offline only where nothing was reached."""

from __future__ import annotations

from datetime import UTC, datetime

from readlist.model.feed import ADDED, YOURS
from readlist.shelf import FetchOutcome
from readlist.tui.controllers.fetch_report import FetchReport, fetch_report
from readlist.tui.keymap import KeyMap
from readlist.tui.render.signs import ASCII_SIGNS, SIGNS, Signs

NOON = datetime(2026, 8, 2, 12, tzinfo=UTC)
DEAD = FetchOutcome("HF daily", failure="HF daily: can't reach huggingface.co", silent="huggingface.co")
ARXIV = FetchOutcome("arXiv", failure="arXiv: nothing for 30 s", silent="export.arxiv.org")
GONE = FetchOutcome("Lab", failure="Lab: lab.example answered 404")
GOOD = FetchOutcome("Blog", new=2, known=3)
PENDING = FetchOutcome(ADDED, failure="Added: 1 title still pending; offline?")


def report(
    *done: FetchOutcome,
    asked: bool = True,
    sample: int = 0,
    left: str = "",
    signs: Signs = SIGNS,
    keys: KeyMap | None = None,
) -> FetchReport:
    failed = [outcome for outcome in done if outcome.failure]
    return fetch_report(done, failed, keys or KeyMap(), signs, NOON, asked=asked, sample=sample, sample_left=left)


def test_offline_is_one_line_with_what_to_do_and_the_rest_is_in_the_list() -> None:
    for asked in (True, False):
        said = report(DEAD, ARXIV, PENDING, asked=asked)
        assert (said.text, said.tone) == ("Offline: showing saved papers. F: details", "warning")
        assert len(said.details) == 3 and "never fetched" in said.details[0]


def test_with_the_sample_alone_it_says_what_one_sees_and_how_papers_come() -> None:
    said = report(DEAD, sample=33, asked=False)
    assert said.text == (
        "Offline: huggingface.co can't be reached. You see 33 sample papers. i imports a saved page · R tries again"
    )
    assert said.tone == "warning"
    assert "huggingface.co and 1 other host can't" in report(DEAD, ARXIV, sample=33).text
    assert report(DEAD, sample=33, signs=ASCII_SIGNS).text.isascii()
    assert report(DEAD, sample=33, keys=KeyMap({"import_page": []})).text.endswith("sample papers. R tries again")


def test_it_is_not_offline_if_any_feed_answered_or_failed_otherwise() -> None:
    assert report(DEAD, GONE).text == "2 feeds failed: HF daily, Lab. !: details"
    assert report(DEAD, GONE, asked=False).tone == "warning"
    said = report(DEAD, GOOD)
    assert (
        said.text == "2 new papers from Blog. HF daily failed: can't reach huggingface.co (never fetched). !: details"
    )
    assert said.tone == "wrong"


def test_when_the_feeds_are_in_it_says_what_became_of_the_sample() -> None:
    assert report(GOOD, left="the sample is gone").text == "Your feeds are in: 2 new papers; the sample is gone."


def test_a_fetch_nobody_asked_for_that_brings_nothing_says_nothing() -> None:
    assert report(FetchOutcome("Blog", known=3), asked=False) == FetchReport()
    assert report(FetchOutcome("Blog", known=3)) == FetchReport("Nothing new.", "note")


def test_what_is_missing_of_a_feed_is_said_with_what_is_new() -> None:
    missing = "Wed 25 Nov: 214 announced, 209 here; the next fetch tries again"
    said = report(FetchOutcome("Learning", new=209, remarks=(missing,)))
    assert said.text == f"209 new papers from Learning. Learning: {missing}."
    assert (said.tone, said.details) == ("note", (f"Learning: {missing}",))
    two = report(FetchOutcome("Learning", remarks=(missing, "arXiv still serves the list of Tue 24 Nov")))
    assert two.text == "Nothing new. Not all is here. !: details"
    assert len(two.details) == 2
    # On its own, it says nothing where nothing came.
    assert report(FetchOutcome("Learning", remarks=(missing,)), asked=False).text == ""


def test_news_of_your_papers_are_said_after_new_ones() -> None:
    news = FetchOutcome(YOURS, known=12, revised=2)
    assert report(news).text == "News of 2 papers of yours: is:revised."
    assert report(GOOD, news).text == "2 new papers from Blog. News of 2 papers of yours: is:revised."
    assert report(FetchOutcome(YOURS, known=12)).text == "Nothing new."


def test_what_arxiv_could_not_be_asked_is_no_failure_of_a_feed() -> None:
    unasked = FetchOutcome(YOURS, failure=f"{YOURS}: arXiv answered 503")
    said = report(unasked)
    assert said.text == "Your papers: arXiv could not be asked: arXiv answered 503. !: details"
    assert said.tone == "warning"
    said = report(GONE, unasked)
    assert said.text.startswith("Lab failed: ")
    assert len(said.details) == 2
