"""One query means the same in the search bar, in `list`, `mark --dry-run` and `export`; what is wrong is pointed at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from readlist.library.library import Library
from readlist.marks.store import MarkStore
from readlist.shelf import VIEWS, Shelf
from tests.support.cli import Run
from tests.support.library import add, paper

CODE = {"githubRepo": "https://github.com/lab/one", "githubStars": 1500}
PAGE = {"projectPage": "https://flow.lab.org/"}
PAPERS: tuple[tuple[str, str, int, list[str], str, str, dict[str, object]], ...] = (
    ("Text-to-image diffusion", "On text to image models.", 5, ["diffusion models"], "Zoë Müller", "Lab One", {**CODE}),
    ("A survey of surveys", "A survey.", 50, ["survey"], "Ada Author", "Lab Two", {}),
    ("扩散模型的研究", "Diffusion in Chinese.", 0, [], "王 小明", "", {}),
    ("Flow matching for speech", "Speech and flow; matching later.", 21, ["speech"], "Ada Author", "Lab One", {**PAGE}),
)
DAYS = [
    {
        "paper": {
            "id": f"2608.{number:05}", "title": title, "summary": abstract, "upvotes": upvotes, "ai_keywords": keywords,
            "authors": [{"name": author}], "publishedAt": f"2026-0{number}-01T00:00:00.000Z",
            "submittedOnDailyAt": "2026-08-01T00:00:00.000Z", "organization": {"fullname": org}, **more,
        },
        "numComments": number,
    }
    for number, (title, abstract, upvotes, keywords, author, org, more) in enumerate(PAPERS, 1)
]  # fmt: skip

QUERIES = [
    ("", "1234"), ("diffusion", "13"), ("DIFFUSION -survey", "13"), ("text-to-image", "1"), ('"text to image"', "1"),
    ("text image", "1"), ('"flow matching"', "4"), ("matching flow", "4"), ('"matching flow"', ""), ("zoe muller", "1"),
    ("模型", "3"), ("散模", "3"), ("speech OR survey", "24"), ("(speech OR survey) ada", "24"),
    ("speech survey OR 模型", "3"),
    ("-(speech OR survey)", "13"), ("NOT survey", "134"), ("title:diffusion", "1"), ("abstract:diffusion", "3"),
    ("author:ada", "24"), ('author:"ada author" -title:survey', "4"), ("org:one", "14"), ("kw:speech,survey", "24"),
    ("has:code", "1"), ("has:project", "4"), ("has:code,project", "14"), ("is:unread", "234"), ("is:read", "1"),
    ("is:starred", "2"), ("is:noted", "2"), ("note:later", "2"), ("later", "24"), ("upvotes:>20", "24"),
    ("upvotes:5..21", "14"), ("upvotes:0", "3"), ("stars:>=1k", "1"), ("comments:<=2", "12"), ("date:2026-03", "3"),
    ("date:2026-02-01..2026-03-31", "23"), ("id:2608.00003", "3"), ("feed:daily is:unread upvotes:>0 OR 模型", "234"),
    ("2608.00003", "3"), ("2608.00001 2608.00003", "13"), ("2608.00001,2608.00002 is:unread", "2"), ("surv*", "2"),
    ("https://arxiv.org/abs/2608.00004v1 OR survey", "24"), ("-2608.00001", "234"), ("diff* -text*", "3"),
    ("(id:2608.00003 OR id:2608.00004)", "34"), ("arxiv:2608.00003 arxiv:2608.00004", "34"), ('"of surv*"', "2"),
]  # fmt: skip


def test_the_settings_say_what_is_watched_and_muted(filled: Run, tmp_path: Path) -> None:
    def keys(query: str) -> str:
        return "".join(sorted(key[-1] for key in filled("list", query, "--format", "keys").stdout.split()))

    settings = tmp_path / "home" / "config.toml"
    assert keys("is:watched") == keys("is:muted") == "" and keys("@inbox") == "234"
    settings.write_text('mute = ["survey", "speech"]\n\n[[views]]\nname = "Mine"\nquery = "diffusion"\nwatch = true\n')
    assert (keys("is:watched"), keys("is:muted"), keys("@inbox"), keys("is:unread")) == ("13", "24", "3", "234")
    assert keys("is:watched -is:muted has:code") == "1"
    settings.write_text('mute = ["survey", "upvotes:"]\n')
    result = filled("list", "is:muted")
    assert result.exit_code == 2 and "config.toml, line 1: query 2 of `mute`: upvotes: needs a value" in result.stderr
    # What needs no rules, works.
    assert keys("is:unread") == "234"


@pytest.fixture
def filled(run: Run, tmp_path: Path) -> Run:
    file = tmp_path / "2026-08-01.json"
    file.write_text(json.dumps(DAYS), encoding="utf-8")
    assert run("import", str(file)).exit_code == 0
    assert run("mark", "2608.00001", "--read").exit_code == 0
    assert run("mark", "2608.00002", "--star", "--note", "read it later").exit_code == 0
    return run


def numbers(keys: object) -> str:
    return "".join(sorted(str(key)[-1] for key in keys))  # type: ignore[attr-defined]


def test_the_same_papers_everywhere(filled: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shelf = Shelf(Library(home / "library.db"), lambda _: MarkStore(home / "state.json"), home / "drafts")
    for query, found in QUERIES:
        bar = numbers(entry.paper.key for entry in shelf.papers.entries(shelf.papers.browse(VIEWS[1], f"{query} ")))
        listed = numbers(filled("list", query, "--format", "keys").stdout.split())
        exported = numbers(filled("export", query, "--format", "keys").stdout.split())
        assert (bar, listed, exported) == (found, found, found), query
    shelf.close()
    for query, found in QUERIES[1:]:
        lines = filled("mark", query, "--note", "other", "--dry-run").stdout.splitlines()[:-1]
        titles = {str(one["paper"]["title"]): number for number, one in enumerate(DAYS, 1)}  # type: ignore[index]
        would = "".join(sorted(str(titles[title]) for title in titles if any(title in line for line in lines)))
        assert would == found, query


def test_keys_are_marked_as_they_are_listed_and_a_missing_one_is_named(filled: Run) -> None:
    keys = filled("list", "--format", "keys").stdout.split()
    assert "4 of 4 papers" in filled("mark", *keys, "--star", "--note", "x").stdout
    assert "1 of 1 paper" in filled("mark", "2608.00003 is:unread", "--unstar").stdout
    for words in (("2608.00003", "2608.99999"), ("2608.00003 2608.99999 is:unread",), ("10.1000/none",)):
        missing = filled("mark", *words, "--read")
        assert missing.exit_code == 1 and ("2608.99999" in missing.stderr or "10.1000/none" in missing.stderr)
    assert len(filled("list", "is:unread", "--format", "keys").stdout.split()) == 3


def test_a_short_title_that_is_a_key_and_a_word_is_not_guessed_about(filled: Run, tmp_path: Path) -> None:
    library = Library(tmp_path / "home" / "library.db")
    add(library, paper("Diffusion"))
    library.close()
    assert "title:diffusion" in filled("list", "--format", "keys").stdout
    doubtful = filled("mark", "title:diffusion", "--star")
    assert doubtful.exit_code == 2 and "id:title:diffusion" in doubtful.stderr
    assert "1 of 1 paper" in filled("mark", "id:title:diffusion", "--read").stdout
    assert "2 of 2 papers" in filled("mark", 'title:"diffusion"', "--star").stdout


def test_a_bulk_change_is_one_step_of_undo(filled: Run) -> None:
    assert "3 of 3 papers changed" in filled("mark", "is:unread", "--read").stdout
    assert filled("list", "is:unread", "--format", "keys").stdout == ""
    assert "3 papers" in filled("undo").stdout
    assert len(filled("list", "is:unread", "--format", "keys").stdout.split()) == 3


@pytest.mark.parametrize(
    ("query", "caret", "words"),
    [
        ("speech upvotes:abc", "       ^^^".replace("       ", " " * 15), "not a number"),
        ("date:2026-13", "     ^^^^^^^", "not in the calendar"),
        ("hsa:code", "^^^", "did you mean has?"),
        ("is:unraed", "   ^^^^^^", "did you mean unread?"),
        ("sort:upvote", "     ^^^^^^", "did you mean upvotes?"),
        ("(a OR b", "^", "unclosed"),
        ("a) b", " ^", "unmatched"),
        ("a OR", "  ^^", "both sides"),
        ("OR", "^^", "both sides"),
        ("()", "^^", "empty parentheses"),
        ('"open', "^^^^^", "unclosed"),
        ("title:", "^^^^^^", "needs a value"),
        ("id:foo", "   ^^^", "arXiv id"),
        ("模型 is:foo", "        ^^^", "takes unread"),
        ("a upvotes:10...50", " " * 10 + "^" * 7, "not a number"),
        ("AND", "^^^", "both sides"),
        ("a AND OR b", "  ^^^", "both sides"),
        ("is:unread NOT", " " * 10 + "^^^", "after it"),
        ("-", "^", "directly before"),
        ("- survey", "^", "directly before"),
        ("🚀 is:unread", "^^", "no letter or digit"),
        ("!!!", "^^^", "no letter or digit"),
        ('"*"', "^^^", "no letter or digit"),
        ("-sort:date", "^" * 10, "can't be negated"),
        ("feed:\udcff", "^^^^^^", "UTF-8"),
        ("id:title:\udcff x", "^" * 10, "UTF-8"),
        ("\udcff", "^", "UTF-8"),
    ],
)
def test_what_is_wrong_is_pointed_at(filled: Run, query: str, caret: str, words: str) -> None:
    for command in (("list",), ("export",), ("mark", "--read")):
        result = filled(*command, query)
        assert result.exit_code == 2
        _, pointed, reported = result.stderr.splitlines()
        assert pointed == caret
        assert words in reported


@pytest.mark.parametrize(
    "query",
    ["' OR 1=1 --", "'; drop table paper;", 'NEAR("a" "b", 5)', "title : a", "a*", "^a", "{title}: a", "🦊", "a\x00b"],
)
def test_sql_and_fts_are_words_like_any_others(filled: Run, query: str) -> None:
    result = filled("list", query)
    assert result.exit_code in (0, 2)
    assert "Traceback" not in result.output and result.exception.__class__ in (type(None), SystemExit)
    assert len(filled("list", "--format", "keys").stdout.split()) == 4


def test_saved_views_are_named_with_an_at(filled: Run, tmp_path: Path) -> None:
    config = tmp_path / "home" / "config.toml"
    config.write_text('[[views]]\nname = "Tonight"\nquery = "has:code OR speech sort:title"\n', encoding="utf-8")
    assert numbers(filled("list", "@tonight", "--format", "keys").stdout.split()) == "14"
    assert filled("list", "@Tonight", "--format", "keys").stdout.split()[0].endswith("4")
    assert numbers(filled("list", "@tonight", "is:unread", "--format", "keys").stdout.split()) == "4"
    assert numbers(filled("list", "@inbox", "--format", "keys").stdout.split()) == "234"
    wrong = filled("list", "@tonite")
    assert wrong.exit_code == 2 and "did you mean @Tonight" in wrong.stderr


def test_an_export_is_written_whole_or_not_at_all(filled: Run, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    assert filled("export", "speech", "-o", str(file)).exit_code == 0
    (paper,) = json.loads(file.read_text(encoding="utf-8"))
    assert paper["title"] == "Flow matching for speech"
    failed = filled("export", "-o", str(tmp_path / "no" / "such" / "folder.json"))
    assert failed.exit_code == 1 and failed.stderr.count("\n") == 1
