"""Saved pages of Hugging Face Papers: the JSON inside them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.sources.formats.daily_papers import decode_html
from tests.support.records import record, saved, wrapped

MADE = date(2026, 8, 20)


def test_a_day_page_holds_its_list() -> None:
    page = saved({"date": "2026-07-03T00:00:00.000Z", "dailyPapers": [wrapped()], "nextDate": "2026-07-04"})
    batch = decode_html(page, origin="x.html", made=MADE)
    assert batch
    assert (batch.kind, batch.feed, batch.day, len(batch.items)) == (
        "saved day page", "HF daily", date(2026, 7, 3), 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("address", "feed"),
    [
        ("https://huggingface.co/papers/date/2026-07-03", "HF daily"),
        ("https://huggingface.co/papers/week/2026-W27", "HF weekly"),
        ("https://huggingface.co/papers/month/2026-07", "HF monthly"),
        ("https://huggingface.co/papers/trending", "HF trending"),
        ("https://huggingface.co/papers?q=kettles", "HF search"),
    ],
)
def test_the_address_tells_the_kind_of_page(address: str, feed: str) -> None:
    batch = decode_html(saved({"dailyPapers": [wrapped()]}, address=address), origin="x", made=MADE)
    assert batch
    assert {batch.feed, batch.items[0][1].feed} == {feed}


def test_a_trending_list_is_of_the_day_it_was_saved() -> None:
    batch = decode_html(saved({"isTrending": True, "dailyPapers": [wrapped()]}), origin="x", made=MADE)
    assert batch
    assert (batch.feed, batch.day, batch.items[0][1].day) == ("HF trending", MADE, MADE)


def test_a_day_given_by_the_user_goes_before_all() -> None:
    page = saved({"date": "2026-07-03T00:00:00.000Z", "dailyPapers": [wrapped()]})
    batch = decode_html(page, origin="x", made=MADE, day=date(2026, 1, 2))
    assert batch
    assert (batch.day, batch.items[0][1].day) == (date(2026, 1, 2), date(2026, 1, 2))


@pytest.mark.parametrize("target", ["PaperContent", "PaperPage"])
def test_a_paper_page_holds_one(target: str) -> None:
    batch = decode_html(saved({"paper": record(), "comments": []}, target), origin="x", made=MADE)
    assert batch
    assert (batch.kind, batch.feed, len(batch.items)) == ("saved paper page", "HF papers", 1)


@pytest.mark.parametrize(
    "form",
    [
        "<div data-props='{props}' id=a data-target='DailyPapers'>",
        "<div data-target=DailyPapers data-props='{props}'>",
        "<DIV data-target = \"DailyPapers\"\n  data-props = '{props}'>",
    ],
)
def test_any_quotes_and_order_of_attributes_will_do(form: str) -> None:
    properties = json.dumps({"dailyPapers": [wrapped()]}).replace("'", "&#39;")
    batch = decode_html(form.replace("{props}", properties), origin="x", made=MADE)
    assert batch
    assert len(batch.items) == 1


def test_a_page_without_the_list_is_none_of_the_sites() -> None:
    assert decode_html("<html><p>Hello</p></html>", origin="x", made=MADE) is None
    assert decode_html(saved({"isWide": True}, "MainHeader"), origin="x", made=MADE) is None
    assert decode_html("<i data-target='DailyPapers'></i><i data-props='{}'>", origin="x", made=MADE) is None


def test_a_damaged_list_is_said_to_be() -> None:
    page = saved({"dailyPapers": [wrapped()]}).replace("}]}", "}")
    batch = decode_html(page, origin="x.html", made=MADE)
    assert batch
    assert batch.failure.startswith("x.html: the list in this page is damaged (")


def test_a_saved_day_page(shared_feeds: Path) -> None:
    text = (shared_feeds / "pages" / "day-2024-08-01.html").read_text(encoding="utf-8")
    batch = decode_html(text, origin="day.html", made=MADE)
    assert batch
    assert (len(batch.items), batch.day, batch.feed) == (13, date(2024, 8, 1), "HF daily")
    paper, announcement = batch.items[0]
    assert (paper.arxiv, len(paper.authors) > 500, announcement.upvotes) == ("2407.21783", True, 94)


_VALUES = st.recursive(st.none() | st.integers() | st.text(max_size=10), lambda inner: st.lists(inner, max_size=3))


@given(text=st.text() | _VALUES.map(lambda value: saved({"dailyPapers": value})))
def test_no_html_makes_it_raise(text: str) -> None:
    decode_html(text, origin="x", made=MADE)
