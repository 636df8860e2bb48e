"""Dates of publication that are no days: their text, their order, and what is none."""

from __future__ import annotations

import itertools
import re
from datetime import date

import pytest

from readlist.model.partial_date import (
    MONTH_PATTERN,
    PartialDate,
    month_number,
    more_exact,
    parse_date,
    publication_date,
)


@pytest.mark.parametrize("text", ["2019", "2019-05", "2019-05-03", "0476", "9999-12-31"])
def test_the_text_of_a_date_comes_back(text: str) -> None:
    assert parse_date(text).isoformat() == text


@pytest.mark.parametrize(
    "text",
    ["", "19", "0000", "2019-", "2019-00", "2019-13", "2019-5", "2019-02-30", "2019-05-00", "２０１９", "2019\n", "x"],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_date(text)


@pytest.mark.parametrize("parts", [(0,), (10_000,), (2019, 13), (2019, 2, 30), (2019, 0, 3), (-5,)])
def test_what_is_not_in_the_calendar_is_refused(parts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        publication_date(*parts)


def test_years_months_and_days_are_sorted_together() -> None:
    texts = ["2018-12-31", "2019", "2019-01-01", "2019-05", "2019-05-03", "2019-06", "2020"]
    for order in itertools.islice(itertools.permutations(texts), 500):
        assert [each.isoformat() for each in sorted(map(parse_date, order))] == texts
    assert PartialDate(2019) != date(2019, 1, 1) and max(PartialDate(2019), date(2019, 1, 1)) == date(2019, 1, 1)
    assert PartialDate(2019) <= PartialDate(2019) and PartialDate(2019) >= PartialDate(2019)


def test_the_more_exact_of_two_that_agree_is_taken() -> None:
    year, day, other = PartialDate(2019), date(2019, 5, 3), date(2020, 5, 3)
    assert (more_exact(year, day), more_exact(day, year), more_exact(year, other)) == (day, day, year)
    assert (more_exact(None, year), more_exact(year, None), more_exact(None, None)) == (year, year, None)


@pytest.mark.parametrize(
    ("name", "number"), [("May", 5), ("Jun.", 6), ("sept", 9), ("Sep.", 9), ("DECEMBER", 12), ("Octo", 10)]
)
def test_a_month_is_known_by_its_name_or_how_that_begins(name: str, number: int) -> None:
    assert month_number(name) == number


@pytest.mark.parametrize("word", ["", "ma", "moon", "sepember", "Mayor"])
def test_other_words_are_no_months(word: str) -> None:
    assert month_number(word) == 0
    assert not re.fullmatch(MONTH_PATTERN, word, re.IGNORECASE)
