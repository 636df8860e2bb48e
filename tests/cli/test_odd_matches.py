"""The match of libraries that are hard to learn from: an order, or one line on why there is none."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import Run
from tests.support.depth import slow
from tests.support.fits import judged

CROWD = [f"Member{number} Of Collaboration" for number in range(400)]
SCRIPTS = {
    "Chinese": ("扩散模型用于图像编辑", "蛋白质折叠与能量"), "Thai": ("การแพร่กระจายของภาพ", "โปรตีนพับตัว"),
    "Russian": ("диффузионные модели изображений", "сворачивание белков"),
    "Arabic": ("نماذج الانتشار للصور", "طي البروتين"), "Hindi": ("छवि प्रसार मॉडल", "प्रोटीन तह"),
    "Hebrew": ("מודלים של דיפוזיה", "קיפול חלבונים"), "Korean": ("확산 모델 이미지 편집", "단백질 접힘"),
}  # fmt: skip
HOSTILE = (
    '"', "' or 1=1 --", "NEAR(flow matching)", "title : flow", "{title abstract} : x", "flow*", "^flow", "a AND NOT b",
    "\x1b]52;c;aGk=\x07 flow", "flow\u202ematching", "x" * 40_000, "flow " * 9_000, "[/red] A [bold",
    "@ann #lab", "C++ C# .NET A*",
    "\ufeff\u200b", "%s %d {0}", "Ω≈ç√∫", "👩‍👩‍👧 👍🏽", "R^2 L_1 $\\alpha_{t}$", "1 2 3 4", "", ".", "&amp; &lt;b&gt;",
)  # fmt: skip


def record(number: int, title: str, abstract: str = "", authors: Sequence[str] = ("Ann Lee",)) -> dict[str, Any]:
    return {
        "paper": {
            "id": f"2608.{number:05}", "title": title, "summary": abstract,
            "authors": [{"name": name} for name in authors], "submittedOnDailyAt": "2026-08-01T00:00:00.000Z",
        }
    }  # fmt: skip


def key(number: int) -> str:
    return f"2608.{number:05}"


@pytest.fixture
def add(run: Run, tmp_path: Path) -> Callable[..., None]:
    """Imports papers, and stars or reads some of them."""

    def add(records: Sequence[dict[str, Any]], starred: Sequence[int] = (), read: Sequence[int] = ()) -> None:
        (tmp_path / "papers.json").write_text(json.dumps(records), encoding="utf-8")
        assert run("import", str(tmp_path / "papers.json")).exit_code == 0
        for numbers, decision in ((starred, "--star"), (read, "--read")):
            if numbers:
                assert run("mark", *map(key, numbers), decision).exit_code == 0

    return add


def ordered(run: Run, query: str = "sort:match") -> list[dict[str, Any]]:
    """Return the papers of a list by match; whatever is asked of them, nothing fails and no reason is wrong."""
    stars = {paper["key"]: paper for paper in json.loads(run("list", "is:starred,noted", "--json").stdout)}
    papers = judged(run("list", query, "--json"), stars)
    assert sorted(paper["key"] for paper in papers) == sorted(run("list", "--format", "keys").stdout.split())
    assert run("list", query, "--format", "table").exit_code == 0
    assert run("digest", query, "is:read,unread", "--limit", "3").exit_code == 0
    assert run("doctor", "--match").exit_code == 0
    for paper in papers[:2]:
        judged_alone = json.loads(run("show", paper["key"], "--json").stdout)
        assert (judged_alone["match"], judged_alone["because"]) == (paper["match"], paper["because"])
        assert run("list", f"like:{paper['key']}", "--json").exit_code == 0
    return papers


def test_no_papers(run: Run) -> None:
    done = run("list", "sort:match", "--format", "table")
    assert done.exit_code == 0 and done.stdout == "0 papers\n"
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["hint", "readlist"]
    assert ordered(run) == []


def test_one_paper(run: Run, add: Callable[..., None]) -> None:
    add([record(1, "Flow matching for speech", "We match flows.")])
    assert [(paper["match"], paper["because"]) for paper in ordered(run)] == [(None, None)]
    assert run("mark", key(1), "--star").exit_code == 0
    # There is nothing to tell it from.
    assert [(paper["match"], paper["because"]) for paper in ordered(run)] == [(None, None)]
    assert "a guess from 1 star" in run("list", "sort:match").stderr


@pytest.mark.parametrize("read", [(), tuple(range(1, 13))])
def test_all_are_starred_and_none_or_all_read(run: Run, add: Callable[..., None], read: Sequence[int]) -> None:
    topics = ("Flow matching of speech", "Protein folding by energy")
    records = [record(number, f"{topics[number % 2]} in case{number}", "A text.") for number in range(1, 13)]
    add(records, starred=range(1, 13), read=read)
    papers = ordered(run)
    assert {(paper["match"], paper["because"]) for paper in papers} == {(None, None)}
    assert [paper["arxiv"] for paper in papers] == [key(number) for number in range(1, 13)]


def test_titles_alone(run: Run, add: Callable[..., None]) -> None:
    titles = ("Flow matching", "A of the", "1 2 3", "Flow", "…", "The", "Protein folding", "Speech")
    add([record(number, title, authors=()) for number, title in enumerate(titles, 1)], starred=[1, 2, 3])
    assert ordered(run)[1]["title"] == "Flow"


def test_the_same_text_many_times(run: Run, add: Callable[..., None]) -> None:
    add([record(number, "The same title of all", "The same text.") for number in range(1, 31)], starred=[1, 2, 3])
    assert len({paper["match"] for paper in ordered(run)}) == 1


@pytest.mark.parametrize("script", [*list(SCRIPTS)[:2], *slow(*list(SCRIPTS)[2:])])
def test_one_script_other_than_latin(run: Run, add: Callable[..., None], script: str) -> None:
    texts = SCRIPTS[script]
    records = [record(number, f"{texts[number % 2]} {'αβγδεζηθικλμ'[number - 1] * 2}") for number in range(1, 13)]
    add(records, starred=[1, 3, 5])
    papers = ordered(run)
    assert {int(paper["arxiv"][-5:]) % 2 for paper in papers[:6]} == {1}
    # As they are written: with their vowels.
    assert all(word in paper["title"] for paper in papers[:6] for word in paper["because"]["words"])
    assert all(paper["because"] for paper in papers[:6])


def test_four_hundred_authors(run: Run, add: Callable[..., None]) -> None:
    records = [
        record(number, f"Particles of kind{number}", "We look.", CROWD if number < 4 else ("Bo Li",))
        for number in range(1, 13)
    ]
    add(records, starred=[1, 2])
    papers = ordered(run)
    third = next(paper for paper in papers if paper["arxiv"] == key(3))
    # Each of so many names carries next to nothing, all together they carry it.
    assert third["match"] > 70 and third["because"] is None and len(third["authors"]) == 400


def test_texts_that_look_like_queries_markup_or_nothing(run: Run, add: Callable[..., None]) -> None:
    dice = random.Random(7)
    records = [
        record(number, f"{text} {dice.choice(HOSTILE)}", dice.choice(HOSTILE), (text[:200], "Ann"))
        for number, text in enumerate(HOSTILE * 2, 1)
    ]
    add(records, starred=range(1, len(HOSTILE) + 1), read=range(len(HOSTILE) + 1, len(HOSTILE) + 5))
    ordered(run)


def test_marks_of_papers_that_are_not_here(run: Run, add: Callable[..., None], tmp_path: Path) -> None:
    add([record(number, f"Flow matching in case{number}", "Text.") for number in range(1, 9)], starred=range(1, 7))
    for file in (tmp_path / "home").glob("library.db*"):
        file.unlink()
    # Those without a paper are restored by their titles alone, or stay marks.
    add([record(number, f"Flow matching in case{number}", "Text.") for number in (1, 2, 7)])
    add([record(number, f"Proteins fold in case{number}", "Text.") for number in range(20, 40)])
    assert ordered(run)
    seventh = json.loads(run("show", key(7), "--json").stdout)
    assert {*seventh["because"]["words"]} == {"flow", "matching"}
