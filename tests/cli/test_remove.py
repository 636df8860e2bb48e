"""`readlist remove`: papers leave every list, and come back."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from tests.support.cli import PAPERS, Run, titles


def listed(run: Run, *query: str) -> int:
    return len(json.loads(run("list", *query, "--json").stdout))


def test_what_is_removed_is_in_no_list_until_it_is_restored(filled: Run, tmp_path: Path) -> None:
    (key,) = (line.split("\t")[0] for line in filled("list", "pruning").stdout.splitlines())
    assert filled("mark", key, "--star", "--note", "mine").exit_code == 0
    tried = filled("remove", "pruning", "--dry-run")
    assert tried.exit_code == 0 and "1 paper" in tried.stdout and listed(filled) == 3
    assert filled("remove", "pruning").stdout == "Removed 1 paper (1 starred, 1 note)\n"
    assert listed(filled) == 2 and listed(filled, "is:starred") == 0 and listed(filled, "is:removed") == 1
    (record,) = json.loads(filled("list", "is:removed", "--json").stdout)
    assert record["removed"] and record["note"] == "mine"
    assert "removed" in filled("show", key).stdout and json.loads(filled("show", key, "--json").stdout)["removed"]
    assert "Pruning" not in filled("export", "--format", "bibtex").stdout
    # Reading the page again does not bring it back, and says so.
    assert "(0 new, 3 known, of them 1 removed)" in filled("import", str(tmp_path / "page.txt")).stdout
    assert json.loads(filled("import", str(tmp_path / "page.txt"), "--json").stdout)["removed"] == 1
    assert listed(filled) == 2
    marked = filled("mark", key, "--read")
    assert marked.exit_code == 1 and "removed" in marked.stderr and "--restore" in marked.stderr
    assert filled("remove", "--restore", key).stdout == "Restored 1 paper\n"
    assert listed(filled) == 3 and listed(filled, "is:starred") == 1
    assert "no removed papers match" in filled("remove", "--restore", key).stderr
    assert filled("undo", "2").exit_code == 0 and listed(filled) == 3


def test_a_query_that_finds_nothing_or_everything_is_refused(filled: Run) -> None:
    assert filled("remove", "no-such-word").stderr == "readlist: no papers match no-such-word\n"
    nothing = filled("remove", "--restore", "pruning")
    assert (nothing.exit_code, nothing.stderr) == (1, "readlist: no removed papers match pruning\n")
    assert filled("remove", "").exit_code == 2 and filled("remove").exit_code == 2
    assert filled("remove", "9999.99999").exit_code == 1 and listed(filled) == len(PAPERS)


def test_all_papers_may_be_removed_and_doctor_counts_them(filled: Run) -> None:
    assert filled("remove", "is:unread").stdout == "Removed 3 papers\n"
    assert filled("list").stdout == "" and titles(filled, "is:removed")
    report = json.loads(filled("doctor", "--json").stdout)
    assert (report["counts"]["papers"], report["counts"]["removed"]) == (0, 3)
    assert filled("undo").stdout == "Undone: removed on the command line, 3 papers\n" and listed(filled) == 3


def test_a_feed_is_removed_with_its_papers(filled: Run, tmp_path: Path) -> None:
    feed = json.loads(filled("list", "--json").stdout)[0]["feeds"][0]["name"]
    assert filled("mark", "pruning", "--star").exit_code == 0
    gone = filled("feeds", "remove", feed.upper())
    assert (gone.exit_code, gone.stdout) == (0, f"Removed {feed}: 2 papers; kept 1 with marks\n")
    assert titles(filled) == ["Pruning Trees Without Tears"]
    again = filled("feeds", "remove", feed)
    assert again.stdout == f"Removed {feed}: 0 papers; kept 1 with marks\n"
    assert filled("undo").stdout.endswith("2 papers\n") and listed(filled) == 3
    config = tmp_path / "home" / "config.toml"
    config.write_text(f"[[feeds]]\nname = '{feed}'\nkind = 'huggingface'\nquery = 'daily'\n", encoding="utf-8")
    assert filled("feeds", "remove", feed, "--papers").stdout == f"Removed {feed} and 2 papers; kept 1 with marks\n"
    assert "name" not in config.read_text(encoding="utf-8") and listed(filled) == 1
    missing = filled("feeds", "remove", "nowhere")
    assert missing.exit_code == 1 and "nowhere" in missing.stderr


def test_the_sample_can_be_removed(run: Run) -> None:
    from readlist.cli.assembly import opened_shelf
    from readlist.sources.sample import sample

    with opened_shelf() as shelf:
        papers = len(shelf.papers.add(sample(date(2026, 8, 1))).new)
    assert run("feeds", "remove", "Sample").stdout == f"Removed Sample: {papers} papers\n" and listed(run) == 0
    assert listed(run, "is:removed") == papers
