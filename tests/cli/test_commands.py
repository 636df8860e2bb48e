"""The command line: what goes in, what comes out, and with which exit status."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.support.cli import PAPERS, Run, page, titles

ROOT = Path(__file__).parents[2]


def test_import_tells_one_object_a_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "page.txt"
    file.write_text(page(*PAPERS), encoding="utf-8")
    first, again = (json.loads(run("import", str(file), "--json").stdout) for _ in range(2))
    assert first == {
        "path": str(file), "kind": "search page", "date": first["date"], "papers": 3, "new": 3, "known": 0,
        "removed": 0, "notes": 0, "stars": 0, "read": 0, "skipped": [],
    }  # fmt: skip
    assert first["date"].endswith("-08-03")
    assert (again["new"], again["known"]) == (0, 3)


def test_import_takes_a_date_of_the_user(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "page.txt"
    file.write_text(page(*PAPERS), encoding="utf-8")
    assert json.loads(run("import", str(file), "--json", "--date", "2024-02-29").stdout)["date"] == "2024-02-29"
    wrong = run("import", str(file), "--date", "2026-13-01")
    assert wrong.exit_code == 2
    assert "--date 2026-13-01" in wrong.stderr


def test_import_reads_standard_input(run: Run) -> None:
    result = run("import", "-", input=page(PAPERS[0]))
    assert result.exit_code == 0
    assert "1 paper (1 new, 0 known)" in result.stdout


def test_a_bad_file_is_named_and_the_good_ones_are_kept(run: Run, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.json"
    good.write_text(page(*PAPERS), encoding="utf-8")
    bad.write_text('{"a": [1, 2', encoding="utf-8")
    result = run("import", str(bad), str(tmp_path / "missing.txt"), str(good))
    assert result.exit_code == 1
    assert "bad.json" in result.stderr and "line 1" in result.stderr
    assert "missing.txt" in result.stderr
    assert "3 papers (3 new" in result.stdout
    assert "Traceback" not in result.output


def test_list_finds_what_a_query_asks_for(filled: Run) -> None:
    assert titles(filled) == [title for title, _ in PAPERS]
    assert titles(filled, "has:code") == ["Pruning Trees Without Tears"]
    assert titles(filled, "survey") == ["A Survey of Surveys"]
    assert titles(filled, "-survey", "-has:code") == ["Small Models Learn Slowly"]
    assert titles(filled, "without tears") == ["Pruning Trees Without Tears"]
    assert titles(filled, "--sort", "title")[0] == "A Survey of Surveys"
    assert titles(filled, "--reverse") == [title for title, _ in reversed(PAPERS)]
    assert (
        titles(filled, "sort:-title") == titles(filled, "--sort", "title", "--reverse") == sorted(titles(filled))[::-1]
    )
    assert titles(filled, "sort:-title", "--reverse") == sorted(titles(filled))
    assert titles(filled, "--limit", "1") == ["Small Models Learn Slowly"]


def test_list_prints_plain_lines_to_a_pipe(filled: Run) -> None:
    lines = filled("list").stdout.splitlines()
    assert lines[1].split("\t")[0] == "title:pruningtreeswithouttears"
    assert lines[1].split("\t")[3] == "Pruning Trees Without Tears"
    assert filled("list", "--format", "keys", "survey").stdout == "title:asurveyofsurveys\n"
    assert [json.loads(line)["title"] for line in filled("list", "--format", "jsonl").stdout.splitlines()] == [
        title for title, _ in PAPERS
    ]


def test_a_paper_in_json_has_the_agreed_form(filled: Run) -> None:
    paper = json.loads(filled("show", "title:pruningtreeswithouttears", "--json").stdout)
    assert list(paper) == [
        "key", "title", "abstract", "authors", "published", "arxiv", "doi", "links", "summary", "keywords",
        "organization", "upvotes", "comments", "stars", "feeds", "read", "starred", "note", "tags",
        "version", "revised", "comment", "journal", "withdrawn", "match", "because", "series",
    ]  # fmt: skip
    assert paper["links"] == [{"url": "https://github.com/lab/tears", "kind": "repo"}]
    assert paper["feeds"][0]["name"] == "HF search" and paper["feeds"][0]["position"] == 2
    assert paper["read"] is None and paper["starred"] is None and (paper["note"], paper["tags"]) == ("", [])


def test_a_wrong_query_is_shown_with_a_caret(filled: Run) -> None:
    result = filled("list", "is:stared")
    assert result.exit_code == 2
    assert "is:stared\n   ^^^^^^" in result.stderr
    assert "starred" in result.stderr


def test_show_prints_the_whole_paper(filled: Run) -> None:
    result = filled("show", "title:pruningtreeswithouttears")
    assert result.exit_code == 0
    assert "We prune trees" in result.stdout and "https://github.com/lab/tears" in result.stdout
    missing = filled("show", "2401.00001")
    assert missing.exit_code == 1
    assert "no such paper" in missing.stderr


def test_mark_and_undo(filled: Run) -> None:
    assert "1 of 1 paper changed" in filled("mark", "has:code", "--star", "--note", "try it").stdout
    assert titles(filled, "is:starred") == ["Pruning Trees Without Tears"]
    assert titles(filled, "is:noted") == ["Pruning Trees Without Tears"]
    assert filled("mark", "title:asurveyofsurveys", "--read").exit_code == 0
    assert titles(filled, "is:read") == ["A Survey of Surveys"]
    assert filled("undo", "2").exit_code == 0
    assert titles(filled, "is:starred") == titles(filled, "is:read") == []
    assert filled("undo").stdout == "Undone: import of page.txt, removed 3 papers\n" and titles(filled) == []
    nothing = filled("undo")
    assert nothing.exit_code == 1
    assert "nothing to undo" in nothing.stderr


def test_a_dry_run_changes_nothing(filled: Run) -> None:
    result = filled("mark", "survey", "--star", "--dry-run")
    assert "A Survey of Surveys" in result.stdout and "1 paper" in result.stdout
    assert titles(filled, "is:starred") == []


def test_mark_wants_to_know_what_to_do(filled: Run) -> None:
    assert filled("mark", "survey").exit_code == 2
    assert filled("mark", "nothinglikethis", "--read").exit_code == 1


def test_an_empty_query_marks_nothing(filled: Run) -> None:
    for words in ((" ",), ("",), ("--", "-")):
        result = filled("mark", "--read", *words)
        assert result.exit_code == 2, words
    assert titles(filled, "is:read") == []


def test_an_unknown_paper_among_known_ones_is_named(filled: Run) -> None:
    result = filled("mark", "title:asurveyofsurveys", "2401.99999", "--star")
    assert result.exit_code == 1
    assert "2401.99999" in result.stderr
    assert titles(filled, "is:starred") == []


def test_doctor_tells_where_all_is_and_that_it_is_well(filled: Run, tmp_path: Path) -> None:
    result = filled("doctor")
    assert result.exit_code == 0, result.output
    assert str(tmp_path / "home" / "state.json") in result.stdout
    report = json.loads(filled("doctor", "--json").stdout)
    assert report["counts"]["papers"] == 3
    assert report["integrity"] == {"all": "well"}


@pytest.mark.parametrize(("setting", "right"), [('thme = "nord"', "theme"), ('theme = "nrod"', "nord")])
def test_doctor_names_a_wrong_setting(filled: Run, tmp_path: Path, setting: str, right: str) -> None:
    (tmp_path / "home" / "config.toml").write_text(f"{setting}\n", encoding="utf-8")
    result = filled("doctor")
    assert result.exit_code == 1
    assert "line 1" in result.stdout and right in result.stdout


def test_doctor_names_commands_whose_keys_went_to_the_user_s(filled: Run, tmp_path: Path) -> None:
    action = '[[actions]]\nname = "Mine"\nkey = "<"\ncommand = "true"\n'
    settings = f'[keys]\nstar = "b"\nread = ["z", "D"]\nsort = []\n{action}'
    (tmp_path / "home" / "config.toml").write_text(settings, encoding="utf-8")
    result = filled("doctor")
    assert result.exit_code == 0, result.output
    assert ", no key left for remove, layout, border_back" in " ".join(result.stdout.split())


def test_what_is_no_library_is_set_aside_and_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    library = tmp_path / "home" / "library.db"
    library.write_bytes(b"this is no database at all" * 100)
    result = run("list")
    assert result.exit_code == 0
    assert str(library) in result.stderr and result.stderr.count("\n") == 1
    (kept,) = (tmp_path / "home").glob("library.db.damaged-*")
    assert kept.read_bytes().startswith(b"this is no database")
    assert run("list").stderr == ""


def test_a_damaged_state_is_kept_and_told(filled: Run, tmp_path: Path) -> None:
    filled("mark", "survey", "--star")
    state = tmp_path / "home" / "state.json"
    state.write_bytes(b"\x00" * 50)
    result = filled("list", "is:starred", "--json")
    assert "state.json" in result.stderr
    kept = [file.name for file in state.parent.iterdir() if "damaged" in file.name]
    assert kept, list(state.parent.iterdir())


def test_without_a_terminal_the_screen_says_so(run: Run) -> None:
    result = run()
    assert result.exit_code == 2
    assert "not a terminal" in result.stderr


@pytest.mark.parametrize(
    ("setting", "right"),
    [
        ('thme = "nord"', "theme"),
        ('sort = "dat"', "date"),
        ("[keys]\nstr = 's'", "star"),
        ("[keys]\ndown = 'j'\nstar = 'j'", "down"),
        ("[keys]\nstar = 'contrl+x'", "ctrl+x"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line_and_the_right_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, right: str
) -> None:
    monkeypatch.setattr("readlist.cli.start_screen.on_terminal", lambda: True)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text(f"{setting}\n", encoding="utf-8")
    result = run()
    assert result.exit_code == 2
    assert "config.toml, line" in result.stderr and right in result.stderr
    assert result.stderr.count("\n") == 1


def test_hostile_text_is_printed_harmlessly(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "day.json"
    file.write_text(
        json.dumps(
            [{"paper": {"id": "2608.00001", "title": "A\x1b[31m [red]B\x9b2J\u202e", "summary": "x\x07y" * 30}}]
        ),
        encoding="utf-8",
    )
    assert run("import", str(file)).exit_code == 0
    for arguments in (("list",), ("list", "--json"), ("show", "2608.00001"), ("list", "--format", "table")):
        output = run(*arguments).output
        assert "[red]B" in output
        assert not any(character in output for character in "\x1b\x9b\x07\u202e")


def test_a_reader_that_leaves_is_no_error(filled: Run, tmp_path: Path) -> None:
    command = f"'{sys.executable}' -m readlist list --format json | head -c 10"
    done = subprocess.run(
        ["sh", "-c", command],
        capture_output=True,
        env={**os.environ, "READLIST_HOME": str(tmp_path / "home")},
        check=False,
    )
    assert done.stderr == b""


def test_the_captured_search_pages_are_counted_right(run: Run, shared_feeds: Path) -> None:
    pages = sorted((shared_feeds / "pages").glob("hf-*.txt"))
    result = run("import", *map(str, pages), "--json")
    counts = {Path(one["path"]).name: one for one in map(json.loads, result.stdout.splitlines())}
    assert {name: one["papers"] for name, one in counts.items()} == {"hf-2c68c062.txt": 85, "hf-56353fbb.txt": 61}
    shared = sum(one["known"] for one in counts.values())
    listed = json.loads(run("list", "--json").stdout)
    assert len(listed) == 146 - shared
    assert len({paper["key"] for paper in listed}) == len(listed)
    assert sum(len(paper["feeds"]) for paper in listed) == 146


def test_the_list_of_a_new_library_says_how_papers_come_in(run: Run) -> None:
    result = run("list", "--format", "table")
    assert (result.exit_code, result.stdout) == (0, "0 papers\n")
    assert result.stderr.count("\n") == 1 and "readlist fetch" in result.stderr
    assert run("list", "--json").stderr == ""
    assert run("list", "is:starred", "--format", "table").stderr == result.stderr


@pytest.mark.parametrize("arguments", [["export", "-o"], ["list", "--limit"], ["digest", "is:unread", "--since"]])
def test_an_option_without_its_value_is_wrong_usage(filled: Run, arguments: list[str]) -> None:
    result = filled(*arguments)
    assert result.exit_code == 2
    assert f"option '{arguments[-1]}' requires an argument" in result.stderr


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is not here")
@pytest.mark.parametrize(
    "command",
    ["list", "export", "digest --since 2000-01-01", "completion bash", "doctor", "--help", "list -h", "--version"],
)
@pytest.mark.parametrize("closed", [">/dev/full", ">&-"])
def test_output_that_goes_nowhere_is_no_fault_of_readlist(
    filled: Run, tmp_path: Path, command: str, closed: str
) -> None:
    environ = {**os.environ, "READLIST_HOME": str(tmp_path / "home")}
    line = f"{shlex.quote(sys.executable)} -m readlist {command} {closed}"
    done = subprocess.run(line, shell=True, capture_output=True, text=True, env=environ, cwd=ROOT, check=False)
    assert done.returncode == (1 if closed == ">/dev/full" else 0), done.stderr
    assert "Traceback" not in done.stderr and "fault" not in done.stderr
    assert not list((tmp_path / "home").glob("crash-*"))
    if closed == ">/dev/full":
        assert done.stderr == "readlist: can't write to standard output: No space left on device\n"
        assert done.stderr.count("\n") == 1


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is not here")
@pytest.mark.parametrize(
    ("command", "status"),
    [("", 2), ("--nope", 2), ("list -h -- ", 0), ("list 'x('", 2), ("show none", 1), ("import none.txt", 1)],
)
def test_messages_that_go_nowhere_change_no_exit_status(filled: Run, tmp_path: Path, command: str, status: int) -> None:
    environ = {**os.environ, "READLIST_HOME": str(tmp_path / "home")}
    line = f"{shlex.quote(sys.executable)} -m readlist {command} </dev/null 2>/dev/full"
    done = subprocess.run(line, shell=True, capture_output=True, text=True, env=environ, cwd=ROOT, check=False)
    assert done.returncode == status
    assert not list((tmp_path / "home").glob("crash-*"))


@pytest.mark.slow
@pytest.mark.parametrize("command", ["", "import -", "add -", "list", "mark is:unread --star"])
def test_closed_standard_input_is_no_fault_of_readlist(filled: Run, tmp_path: Path, command: str) -> None:
    environ = {**os.environ, "READLIST_HOME": str(tmp_path / "home")}
    line = f"{shlex.quote(sys.executable)} -m readlist {command} <&-"
    done = subprocess.run(line, shell=True, capture_output=True, text=True, env=environ, cwd=ROOT, check=False)
    assert "fault" not in done.stderr and done.stderr.count("readlist: ") == (done.returncode != 0)
    assert not list((tmp_path / "home").glob("crash-*"))


def test_what_add_reads_from_standard_input_may_be_in_any_encoding(run: Run) -> None:
    result = run("add", "-", input="bl\xe4h 2401.123".encode("latin-1"))
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1) and "fault" not in result.stderr
    assert "a PDF" in run("add", "-", input=b"%PDF-1.5").stderr
    assert "2401.12345" in run("add", "-", input="2401.12345\r\n".encode("utf-16")).stdout


def test_a_digest_goes_into_devices_and_leaves_what_may_not_be_written(filled: Run, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("mine")
    for name in (tmp_path, tmp_path / "none" / "x"):
        result = filled("digest", "--since", "2000-01-01", "-o", str(name))
        assert (result.exit_code, result.stderr.count("can't write")) == (1, 1)
    assert filled("digest", "--since", "2000-01-01", "-o", str(kept)).exit_code == 0
    assert "Small Models" in kept.read_text()
    assert {path.name for path in tmp_path.iterdir()} >= {"kept.txt"}
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_every_command_tells_its_help_with_h_too() -> None:
    from click.testing import CliRunner

    from readlist.cli.command_table import readlist

    names = [
        "",
        *readlist.list_commands(click.Context(readlist)),
        *(f"feeds {name}" for name in ("list", "add", "move", "remove")),
    ]
    assert len(names) > 15
    for name in names:
        short, long = (CliRunner().invoke(readlist, [*name.split(), option], "readlist") for option in ("-h", "--help"))
        assert (short.exit_code, short.output) == (0, long.output), name
        assert "-h, --help" in long.output and "Usage" in long.output, name
