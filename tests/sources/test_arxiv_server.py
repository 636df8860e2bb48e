"""The server that plays arXiv: what it sends agrees with what it announced, and its faults are those of arXiv."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from tests.support.arxiv_server import FAULTS, ArxivServer, FaultKind
from tests.support.preprints import CATEGORIES, START, Preprints

THURSDAY = date(2026, 11, 5)
_ID = re.compile(r"<a href =\"/abs/([^\"]+)\"")


@pytest.fixture
def server() -> Iterator[ArxivServer]:
    with ArxivServer() as serving:
        serving.go_to(THURSDAY)
        yield serving


def get(server: ArxivServer, path: str) -> str:
    with urllib.request.urlopen(server.url + path) as reply:
        return str(reply.read().decode())


def sections(page: str) -> dict[str, list[str]]:
    """What is below each heading that counts something, without the count."""
    parts = re.split(r"<h3>([^<(]+?) ?\(", page)
    return {heading: _ID.findall(text) for heading, text in zip(parts[1::2], parts[2::2], strict=True)}


def test_the_same_seed_announces_the_same() -> None:
    assert Preprints(3).notices == Preprints(3).notices
    assert Preprints(3).notices != Preprints(4).notices


def test_every_paper_is_announced_once_as_new_and_on_working_days_only() -> None:
    world = Preprints(2, holidays=frozenset({THURSDAY}))
    new = [notice.id for notice in world.notices if notice.kind == "new"]
    assert len(new) == len(set(new))
    days = {notice.day for notice in world.notices}
    assert THURSDAY not in days
    assert not {day for day in days if day.weekday() > 4}
    assert {notice.kind for notice in world.notices} == {"new", "cross", "replaced"}
    twice = [(notice.id, notice.category, notice.day) for notice in world.notices]
    assert len(twice) == len(set(twice))
    held = [each for each in world.papers.values() if each.versions[0].day - each.sent.date() > timedelta(days=4)]
    assert held
    assert any(version.withdrawn for each in world.papers.values() for version in each.versions)


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_list_has_what_was_announced(server: ArxivServer, category: str) -> None:
    page = get(server, f"/list/{category}/new")
    notices = [*server.world.announced(category, THURSDAY), *server.world.replaced(category, THURSDAY)]
    names = {"new": "New submissions", "cross": "Cross submissions", "replaced": "Replacement submissions"}
    wanted = {text: [each.id for each in notices if each.kind == kind] for kind, text in names.items()}
    assert sections(page) == {text: ids for text, ids in wanted.items() if ids}
    assert "Showing new listings for Thursday, 5 November 2026" in page


def test_the_week_has_five_lists_without_replacements(server: ArxivServer) -> None:
    found = sections(get(server, "/list/cs.LG/pastweek?show=2000"))
    assert list(found) == [
        "Thu, 5 Nov 2026",
        "Wed, 4 Nov 2026",
        "Tue, 3 Nov 2026",
        "Mon, 2 Nov 2026",
        "Fri, 30 Oct 2026",
    ]
    for number, ids in enumerate(found.values()):
        day = [day for day in server.world.days if day <= THURSDAY][-1 - number]
        assert set(ids) == {each.id for each in server.world.announced("cs.LG", day)}


def test_a_page_says_how_much_of_a_list_it_shows(server: ArxivServer) -> None:
    server.page = 4
    whole = sections(get(server, "/list/cs.LG/pastweek"))
    parts = [get(server, f"/list/cs.LG/pastweek?skip={skip}") for skip in range(0, 48, 4)]
    assert any("(continued, showing last " in part for part in parts)
    assert "(showing first 4 of " in parts[0]
    server.page = 2000
    ids = [each for part in parts for each in _ID.findall(part)]
    assert len(ids) == len(set(ids)) > sum(map(len, whole.values()))


def test_a_weekend_has_fridays_list_and_an_empty_batch(server: ArxivServer) -> None:
    server.go_to(date(2026, 11, 7))
    assert "Friday, 6 November 2026" in get(server, "/list/cs.LG/new")
    assert "<item>" not in get(server, "/rss/cs.LG")


def test_the_api_lags_a_day_and_gives_ten_unless_asked_for_more(server: ArxivServer) -> None:
    today = [each.id for each in server.world.announced("cs.LG", THURSDAY)]
    yesterday = [each.id for each in server.world.announced("cs.LG", THURSDAY - timedelta(days=1))]
    assert f"/{today[0]}v" not in get(server, f"/api/query?id_list={today[0]}")
    assert f"/{yesterday[0]}v" in get(server, f"/api/query?id_list={yesterday[0]}")
    ids = ",".join(name for name in server.world.papers if name.startswith("2610."))
    assert get(server, f"/api/query?id_list={ids}").count("<entry>") == 10
    assert get(server, f"/api/query?id_list={ids}&max_results=12").count("<entry>") == 12


def test_any_day_of_the_last_three_months_can_be_caught_up(server: ArxivServer) -> None:
    page = get(server, f"/catchup/cs.LG/{START}?abs=True")
    announced, replaced = server.world.announced("cs.LG", START), server.world.replaced("cs.LG", START)
    assert _ID.findall(page) == [each.id for each in [*announced, *replaced]]
    assert "Catchup results for Machine Learning on Mon, 02 Nov 2026" in page
    assert "No updates for Sun, 01 Nov 2026" in get(server, f"/catchup/cs.LG/{START - timedelta(days=1)}")


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_occurs_on_its_day_and_as_often_as_it_should(server: ArxivServer, kind: FaultKind) -> None:
    good = get(server, "/list/cs.LG/new")
    server.fail("/list/cs.LG", kind, days=[THURSDAY], times=1)
    try:
        assert get(server, "/list/cs.LG/new") != good
    except (urllib.error.HTTPError, ConnectionError) as error:
        assert kind in ("too many", "unavailable", "dropped"), error
    except Exception as error:
        assert kind == "dropped", error
    assert get(server, "/list/cs.LG/new") == good
    server.fail("/list/", kind, days=[THURSDAY])
    server.go_to(THURSDAY + timedelta(days=1))
    assert "Friday, 6 November 2026" in get(server, "/list/cs.LG/new")
