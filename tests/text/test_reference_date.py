"""Dates of references: as exact as they are written, and what can't be read is reported."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.sources.formats.csl_json import csl_date
from readlist.text.dates import WrittenDate, date_in, date_of_fields


def shown(found: WrittenDate) -> str:
    """The date as text, with a question mark behind it if something couldn't be read."""
    return (found.date.isoformat() if found.date else "") + ("?" if found.unread else "")


@pytest.mark.parametrize(
    ("texts", "date"),
    [
        (["2017", "2017//", "2017///", "2017/", "[2017]", "c2017", "ca. 2017", "2017a", "２０１７", "2017年"], "2017"),
        (["2017?", "2017~", "2017%", "2017-XX", "2017-XX-XX", "2017-00-00", "2017-22", "Autumn 2017"], "2017"),
        (["2017/2018", "2017--2018", "2017-2018", "2017-18", "2017/..", "../2017", "/2017", "2017/unknown"], "2017"),
        (["2017///Summer", "Winter 2017/2018", "2017-Q3", "2017, in press", "published 2017"], "2017"),
        (["2017-04", "2017/4", "2017/04//", "2017.04", "04/2017", "2017-04~", "2017-04-XX", "2017-04-00"], "2017-04"),
        (["2017年4月", "April 2017", "2017 Apr", "2017 Apr-Jun", "Apr/May 2017", "201704"], "2017-04"),
        (["2017-04/2017-06", "April - 2 May 2017", "late April 2017"], "2017-04"),
        (["2017-04-09", "2017/4/9", "2017/04/09/Easter", "20170409", "2017-04-09T10:30:00Z"], "2017-04-09"),
        (["2017-04-09 10:30", "2017-04-09/2017-04-11", "9.4.2017", "2017年4月9日", "2017 04 09"], "2017-04-09"),
        (["9 April 2017", "April 9, 2017", "Apr. 9th, 2017", "2017 Apr 9", "2017 Apr 9-11"], "2017-04-09"),
        (["9–11 April 2017", "9-Apr-2017", "2017/Apr/09", "Sun, 09 Apr 2017 10:30:00 GMT"], "2017-04-09"),
        (["April 9–May 2, 2017", "9 April - 2 May 2017"], "2017-04-09"),
        (["13/4/2017", "4/13/2017"], "2017-04-13"),
        (["2017 Dec-2018 Jan", "2017-12/2018-02"], "2017-12"),
        (["", " ", "//", "n.d.", "no date", "0000-00-00", "?"], ""),
    ],
)  # fmt: skip
def test_a_date_is_read_as_exact_as_it_is_written(texts: list[str], date: str) -> None:
    assert {text: shown(date_in(text)) for text in texts} == dict.fromkeys(texts, date)


@pytest.mark.parametrize(
    ("texts", "rest"),
    [
        (
            ["soon", "in press", "201X", "20XX", "2010s", "44 BC", "-0044-03-15", "y17000000", "April 9"],
            "?",
        ),
        (
            ["2017-13-01", "09/04/2017", "avril 2017", "2017 Frühling", "Dec-Jan 2017", "2017/13/45/x", "2017-123"],
            "2017?",
        ),
        (["2017-04-31", "April 31, 2017"], "2017-04?"),
    ],
)
def test_what_cannot_be_read_is_reported_and_no_part_is_made_up(texts: list[str], rest: str) -> None:
    assert {text: shown(date_in(text)) for text in texts} == dict.fromkeys(texts, rest)


def test_of_several_texts_the_most_exact_is_taken() -> None:
    assert shown(date_in("2017", "2017/04/09", "soon")) == "2017-04-09"
    assert shown(date_in("soon", "2017")) == "2017?"
    assert [shown(date_in(text, "2017")) for text in ("April 9", "9 Apr", "April", "spring")] == [
        "2017-04-09", "2017-04-09", "2017-04", "2017"
    ]  # fmt: skip
    assert shown(date_in()) == ""


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        (("2017", "", ""), "2017"),
        (("2017?", "4", ""), "2017-04"),
        (("2017", "04", "9"), "2017-04-09"),
        (("2017", "apr 9", ""), "2017-04-09"),
        (("2017", "9 apr", ""), "2017-04-09"),
        (("2017", "April 9--11", ""), "2017-04-09"),
        (("2017", "april", "9--11"), "2017-04-09"),
        (("2017", "4--5", ""), "2017-04"),
        (("2017", "apr/may", ""), "2017-04"),
        (("2017", "Summer", ""), "2017"),
        (("2017", "23", ""), "2017"),
        (("2017", "2017-04", ""), "2017-04"),
        (("April 2017", "", ""), "2017-04"),
        (("2017-04", "", ""), "2017-04"),
        (("2017/18", "", ""), "2017"),
        (("2010/11", "", ""), "2010"),
        (("2010-11-09", "", ""), "2010-11-09"),
        (("2017", "avril", ""), "2017?"),
        (("2017", "13", ""), "2017?"),
        (("2017", "4", "31"), "2017-04?"),
        (("soon", "april", ""), "?"),
        (("", "april", ""), "?"),
        (("", "", "9"), ""),
    ],
)
def test_the_month_and_day_of_bibtex_stand_beside_the_year(fields: tuple[str, str, str], date: str) -> None:
    assert shown(date_of_fields(*fields)) == date


@pytest.mark.parametrize(
    ("values", "date"),
    [
        ([{"date-parts": [[2017]]}, {"date-parts": [["2017", ""]]}, {"date-parts": [[2017, None, None]]}], "2017"),
        ([{"date-parts": [[2017]], "season": 2}, {"date-parts": [[2017, 22]]}, {"date-parts": [[2017, 14]]}], "2017"),
        ([2017, 2017.0, "2017", [2017], [[2017]], {"year": 2017, "season": "spring"}], "2017"),
        ([{"date-parts": [["2017", "4"]]}, {"date-parts": [2017, 4]}, [2017, 4], {"raw": "April 2017"}], "2017-04"),
        ([{"year": "2017", "month": 4}, [{"year": 2017, "month": 4}, {"year": 2018}], "2017-04"], "2017-04"),
        ([{"date-parts": [[2017, 4, 9], [2017, 5, 1]]}, [[2017, 4, 9], [2017, 5, 1]], [2017, 4, 9]], "2017-04-09"),
        ([{"date-time": "2017-04-09T00:00:00Z"}, {"date-parts": [["2017-04-09"]]}], "2017-04-09"),
        ([{"year": 2017, "month": "4", "day": "9"}, {"date-parts": [[2017]], "raw": "2017-04-09"}], "2017-04-09"),
        ([{"date-parts": [["2017", "Apr", 9]]}, {"date-parts": "2017-04-09"}, "2017-04-09/2017-04-11"], "2017-04-09"),
        ([None, "", [], {}, {"date-parts": [[]]}, {"date-parts": [[None]]}, {"date-parts": [[0]]}], ""),
        ([{"literal": "soon"}, {"date-parts": [[-44, 3, 15]]}, True, "soon"], "?"),
        ([{"date-parts": [[2017, 17]]}, {"date-parts": [[2017, 0, 9]]}], "2017?"),
        ([{"date-parts": [[2017, 4, 31]]}], "2017-04?"),
    ],
)  # fmt: skip
def test_every_form_of_a_date_in_csl_is_read(values: list[object], date: str) -> None:
    assert [shown(csl_date(value)) for value in values] == [date] * len(values)


@given(st.text() | st.text("0123456789-/. xyAprilmdec~?—年", max_size=20))
def test_no_text_is_too_odd(text: str) -> None:
    found = date_in(text)
    assert found.date is None or 1 <= found.date.year <= 9999
