"""The match on the command line, as a user drives it: days imported, papers marked, the best listed and mailed."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from readlist.library.library import Library
from tests.support.cli import Run
from tests.support.topics import TOPICS, topic_number, write_days

SPEECH = [number for number in range(1, 49) if topic_number(number) == "speech"]
STARRED = SPEECH[:3]
WORDS = {topic: set(words.split()) for topic, words in TOPICS.items()}


def key(number: int) -> str:
    return f"2608.{number:05}"


def topic_of(paper: dict[str, Any]) -> str:
    return topic_number(int(paper["arxiv"].partition(".")[2]))


def listed(run: Run, *query: str) -> list[dict[str, Any]]:
    done = run("list", *query, "--json")
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.fixture
def days(run: Run, tmp_path: Path) -> Run:
    """Four days with twelve papers each, on four topics."""
    assert run("import", *map(str, write_days(tmp_path))).exit_code == 0
    return run


@pytest.fixture
def fan(days: Run) -> Run:
    """The same, with three papers on one topic starred, one after the other."""
    for number in STARRED:
        assert days("mark", key(number), "--star", "--read").exit_code == 0
    return days


def test_what_fits_the_stars_comes_first_and_says_why(fan: Run) -> None:
    papers = listed(fan, "is:unread sort:match")
    rest = len(SPEECH) - len(STARRED)
    assert len(papers) == 45 and {topic_of(paper) for paper in papers[:rest]} == {"speech"}
    matches = [paper["match"] for paper in papers]
    assert matches == sorted(matches, reverse=True) and matches[rest - 1] > 75 > matches[rest]
    keys = {f"arxiv:{key(number)}" for number in STARRED}
    for paper in papers[:rest]:
        because = paper["because"]
        assert {star["key"] for star in because["stars"]} <= keys and 1 <= len(because["stars"]) <= 2
        text = f"{paper['title']} {paper['abstract']}".lower()
        [star, *_] = (each for each in listed(fan, because["stars"][0]["key"]))
        theirs = f"{star['title']} {star['abstract']}".lower()
        assert star["title"] == because["stars"][0]["title"]
        # Faithful: every word is in both papers.
        assert because["words"] and all(word in text and word in theirs for word in because["words"])
        assert set(because["words"][0].split()) <= WORDS["speech"]


def test_every_list_takes_the_order_and_the_filter(fan: Run, tmp_path: Path) -> None:
    best = [paper["key"] for paper in listed(fan, "sort:match", "--limit", "5")]
    assert fan("list", "--sort", "match", "--limit", "5", "--format", "keys").stdout.split() == best
    assert [paper["key"] for paper in listed(fan, "sort:match", "--reverse")][-5:] == best[::-1]
    above = listed(fan, "match:>80")
    assert above and {topic_of(paper) for paper in above} == {"speech"}
    assert all(paper["match"] > 80 and paper["because"] for paper in above)
    (tmp_path / "home" / "config.toml").write_text('[[views]]\nname = "Mine"\nquery = "match:>80"\nwatch = true\n')
    assert [paper["key"] for paper in listed(fan, "@Mine")] == [paper["key"] for paper in above]
    assert {paper["key"] for paper in listed(fan, "is:watched")} == {paper["key"] for paper in above}
    assert f"{len(above)} of {len(above)} papers changed" in fan("mark", "match:>80", "--note", "x").stdout


def test_fields_are_there_only_where_they_are_asked_for(fan: Run) -> None:
    assert "match" not in listed(fan, "is:unread")[0] and "because" not in listed(fan, "is:unread")[0]
    lines = fan("list", "sort:match", "--format", "jsonl", "--limit", "1").stdout.splitlines()
    assert list(json.loads(lines[0]))[-2:] == ["match", "because"]
    # What speaks against all stars has no reason, rather than a wrong one.
    assert any(paper["because"] is None for paper in listed(fan, "sort:-match"))
    assert len(fan("list", "sort:match", "--format", "plain", "--limit", "1").stdout.split("\t")) == 4


def test_a_table_has_the_match_and_a_line_on_why(fan: Run) -> None:
    head, first, why, *_ = fan("list", "is:unread sort:match", "--format", "table").stdout.splitlines()
    assert re.search(r"TITLE +match  DATE$", head) and re.search(r" \d\d  2026-08-\d\d$", first)
    assert re.match(r" +because you starred “[^”]+”.*: \w+", why)
    assert "because" not in fan("list", "is:unread", "--format", "table").stdout


def test_exports_have_it_too(fan: Run, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(fan("export", "is:unread sort:match", "--format", "csv").stdout)))
    assert rows[0]["because"].startswith("because you starred “") and int(rows[0]["match"]) > 80
    assert "match" not in fan("export", "--format", "csv").stdout.splitlines()[0]
    file = tmp_path / "best.json"
    assert fan("export", "sort:match", "-o", str(file)).exit_code == 0
    # Both come back: what is learned is not part of a paper.
    for form in ("json", "csv"):
        path = tmp_path / f"again.{form}"
        assert fan("export", "sort:match", "-o", str(path)).exit_code == 0
        assert "0 new" in fan("import", str(path)).stdout


def test_little_to_learn_from_is_said(days: Run) -> None:
    feed_order = days("list", "--format", "keys").stdout
    done = days("list", "sort:match", "--format", "keys")
    assert done.stdout == feed_order and "star or note a few papers" in done.stderr
    assert all(paper["match"] is None and paper["because"] is None for paper in listed(days, "sort:match"))
    days("mark", key(SPEECH[0]), "--star")
    assert "a guess from 1 star\n" in days("list", "sort:match").stderr
    days("mark", key(SPEECH[1]), "--star")
    assert "a guess from 2 stars\n" in days("list", "sort:match").stderr
    days("mark", key(SPEECH[2]), "--star")
    assert days("list", "sort:match").stderr == ""
    # An unstar takes it all back, to the byte.
    days("mark", "is:starred", "--unstar")
    assert days("list", "sort:match", "--format", "keys").stdout == feed_order


def test_stars_with_little_in_common_are_called_so(days: Run) -> None:
    for number in (1, 2, 3, 4):
        days("mark", key(number), "--star")
    assert "your stars have little in common yet" in days("list", "sort:match").stderr


def test_the_same_twice_and_after_undo(fan: Run) -> None:
    first = fan("list", "sort:match", "--json").stdout
    assert fan("list", "sort:match", "--json").stdout == first
    assert fan("mark", key(1), "--star").exit_code == 0
    changed = [(paper["key"], paper["match"]) for paper in listed(fan, "sort:match")]
    assert fan("undo").exit_code == 0
    assert fan("list", "sort:match", "--json").stdout == first
    assert changed != [(paper["key"], paper["match"]) for paper in json.loads(first)]


def test_a_library_that_cant_be_written_has_its_earlier_order(fan: Run, tmp_path: Path) -> None:
    order = fan("list", "sort:match", "--format", "keys").stdout
    library = Library(tmp_path / "home" / "library.db")
    try:
        with library.connections.writing():
            done = fan("list", "sort:match", "--format", "keys")
    finally:
        library.close()
    assert done.stdout == order


# Similar papers


def test_what_is_like_a_paper_is_found_nearest_first(days: Run) -> None:
    own = SPEECH[4]
    papers = listed(days, f"like:{key(own)}")
    assert {topic_of(paper) for paper in papers[: len(SPEECH) - 1]} == {"speech"}
    assert f"arxiv:{key(own)}" not in [paper["key"] for paper in papers] and len(papers) <= 50
    near = papers[0]["like"]
    assert near["papers"] == [{"key": f"arxiv:{key(own)}", "title": listed(days, key(own))[0]["title"]}]
    text = f"{papers[0]['title']} {papers[0]['abstract']}".lower()
    assert near["words"] and all(word in text for word in near["words"])
    assert "match" not in papers[0]


def test_like_goes_with_other_terms_and_orders(days: Run) -> None:
    one, other = key(SPEECH[0]), key(SPEECH[0] + 1)
    nearest = [paper["key"] for paper in listed(days, f"like:{one}")]
    assert [paper["key"] for paper in listed(days, f"like:{one}", "--reverse")] == nearest[::-1]
    assert [paper["key"] for paper in listed(days, f"like:{one} is:unread", "--limit", "3")] == nearest[:3]
    votes = [paper["upvotes"] for paper in listed(days, f"like:{one} sort:upvotes")]
    assert votes == sorted(votes, reverse=True) and len(votes) == len(nearest)
    rest = {paper["key"] for paper in listed(days, f"-like:{one}")}
    assert rest.isdisjoint(nearest) and len(rest) + len(nearest) == 48
    both = {paper["key"] for paper in listed(days, f"like:{one},{other}")}
    assert both == ({*nearest} | {paper["key"] for paper in listed(days, f"like:{other}")}) - {
        f"arxiv:{one}",
        f"arxiv:{other}",
    }
    word = listed(days, f"like:{one} accents")
    assert [paper["key"] for paper in word] == [each for each in nearest if each in {one["key"] for one in word}]
    assert 0 < len(word) < len(nearest)
    days("remove", nearest[0])
    assert listed(days, f"like:{one}")[0]["key"] == nearest[1]
    days("undo")
    assert [paper["key"] for paper in listed(days, f"like:https://arxiv.org/abs/{one}v2")] == nearest


def test_a_paper_that_is_not_there_is_named(days: Run) -> None:
    for command in (("list",), ("export",), ("digest",), ("mark", "--star"), ("list", "is:unread OR")):
        done = days(command[0], *command[1:], "like:2608.99999")
        assert done.exit_code == 1 and "like: no such paper: arxiv:2608.99999" in done.stderr and done.stdout == ""
    wrong = days("list", "like:nothing")
    assert wrong.exit_code == 2 and "like: “nothing” is not an arXiv id, DOI or key" in wrong.stderr


# The digest


def test_a_digest_has_the_best_in_one_list_with_reasons(fan: Run) -> None:
    best = [paper["title"] for paper in listed(fan, "is:unread -is:starred sort:match", "--limit", "4")]
    done = fan("digest", "sort:match", "--limit", "4")
    assert re.findall(r"^ ?\d+\. (.+)$", done.stdout, re.MULTILINE) == best
    assert done.stdout.count("Because you starred “") == 4 and len(re.findall(r"match \d\d ·", done.stdout)) == 4
    assert "Best matches" in done.stdout and "and 41 more" in done.stdout
    rest = re.search(r"readlist list '(.+)'", done.stdout)
    assert rest and len(listed(fan, rest[1])) == 45
    html = fan("digest", "sort:match", "--limit", "4", "--format", "html").stdout
    assert html.count("Because you starred “") == 4


def test_a_digest_without_stars_is_by_feed_and_says_so(days: Run) -> None:
    done = days("digest", "sort:match", "--limit", "2")
    assert "Best matches" not in done.stdout and "star or note a few papers" in done.stdout
    assert "ecause you starred" not in done.stdout and done.stdout.count("\n 1. ") == 1


# On the user's own history


def test_doctor_judges_the_order_on_earlier_stars_alone(days: Run) -> None:
    assert "nothing is starred or noted yet" in days("doctor", "--match").stdout
    for number in SPEECH:
        days("mark", key(number), "--star")
    done = days("doctor", "--match")
    assert "✓ match" in done.stdout and "learned from 12 starred or noted papers" in done.stdout
    facts = json.loads(days("doctor", "--match", "--json").stdout)["match"]
    # The first three are only learned from. Each day has twelve papers, of which the best tenth is one, and three of
    # this topic: those that are starred later are as good.
    assert facts["judged"] == 9 and facts["best_tenth"] >= 5 and facts["best_tenth_by_upvotes"] <= 3
    assert facts["certainty"] == "sure" and 0.9 < facts["confidence"] <= 1
    assert f"of your last 9 stars, {facts['best_tenth']} were in the best tenth of their day" in done.stdout
    assert days("doctor", "--match", "--repair").exit_code == 2


def test_stars_of_one_moment_dont_judge_each_other(days: Run) -> None:
    days("mark", *[key(number) for number in SPEECH], "--star")
    facts = json.loads(days("doctor", "--match", "--json").stdout)["match"]
    assert facts["judged"] == 0 and facts["stars"] == 12
    assert "no star can be judged yet" in days("doctor", "--match").stdout
