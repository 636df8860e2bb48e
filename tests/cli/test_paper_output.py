"""How papers are printed on a terminal: ids and counts in a table, one paper in full with looks and links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from readlist.cli import output, paper_output
from tests.support.cli import Run

URL = "https://github.com/lab/tears"


@pytest.fixture
def terminal(filled: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Three papers, printed as on a terminal of 60 columns that shows colours."""
    for module in (output, paper_output):
        monkeypatch.setattr(module, "for_terminal", lambda: True)
    monkeypatch.setattr(output, "color_system", lambda: "auto")
    monkeypatch.setattr(paper_output, "color_system", lambda: "standard")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    return filled


def plain(text: str) -> str:
    """A text without its looks and links."""
    return re.sub(r"\x1b\[[\d;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", text).replace("\N{NO-BREAK SPACE}", " ")


def test_the_signs_of_a_row_have_colours_of_their_own(terminal: Run) -> None:
    terminal("mark", "survey", "--star", "--note", "x")
    row = terminal("list", "survey", "--format", "table").stdout.splitlines()[1]
    assert "\x1b[34m●\x1b[0m\x1b[33m★\x1b[0m\x1b[32m✎\x1b[0m" in row
    assert plain(row).startswith("title:asurveyof…  ●★✎    A Survey of Surveys")
    assert "A Survey of Surveys" in terminal("show", plain(row).split()[0]).stdout
    terminal("mark", "survey", "--read")
    assert "\x1b[2mA Survey of Surveys" in terminal("list", "survey", "--format", "table").stdout


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 200])
def test_a_row_fits_and_names_its_paper(terminal: Run, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for line in map(plain, terminal("list", "--format", "table").stdout.splitlines()[:-1]):
        assert len(line.rstrip()) <= max(columns, 35), line
        assert line.startswith(("KEY", "title:"))
    assert ("DATE" in plain(terminal("list", "--format", "table").stdout)) == (columns >= 60)


def test_a_wide_title_is_cut_where_there_is_no_room(
    terminal: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    (tmp_path / "wide.bib").write_text("@misc{x, title = {" + "漢字のとても長い題名です" * 4 + "}}", encoding="utf-8")
    assert terminal("import", str(tmp_path / "wide.bib")).exit_code == 0
    rows = [plain(row) for row in terminal("list", "--format", "table").stdout.splitlines()]
    row = next(row for row in rows if "漢字" in row)
    assert cell_len(row) <= 40 and row.endswith("…")


def test_counts_are_a_column_where_a_paper_has_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "day.json").write_text(
        '[{"paper": {"id": "2401.00001", "title": "Counted Paper", "upvotes": 1234, "githubStars": 56}},'
        '{"paper": {"id": "2401.00002", "title": "Plain Paper"}}]'
    )
    assert run("import", str(tmp_path / "day.json")).exit_code == 0
    head, *rows, total = run("list", "--format", "table", "--sort", "upvotes").stdout.splitlines()
    assert head.split() == ["KEY", "TITLE", "▲", "DATE"] and total == "2 papers"
    assert rows[0].startswith("2401.00001  ●      Counted Paper") and " 1,234  " in rows[0] and "1,234" not in rows[1]
    assert " 56  " in run("list", "sort:stars", "--format", "table").stdout


def test_a_paper_in_full_is_wrapped_between_words_and_facts(terminal: Run) -> None:
    terminal("mark", "pruning", "--star", "--note", "Check the baseline.")
    shown = terminal("show", "pruning").stdout
    lines = plain(shown).splitlines()
    assert lines[:2] == ["Pruning Trees Without Tears", "● unread · ★ starred · ✎ noted"]
    assert "\x1b]8;id=" in shown and f";{URL}\x1b\\" in shown
    note, abstract = lines.index("✎ Note"), next(i for i, line in enumerate(lines) if line.startswith("We prune"))
    assert lines[note + 1] == "Check the baseline." and note < abstract
    text = " ".join(line.strip() for line in lines[abstract:])
    assert text.startswith("We prune trees and keep their accuracy. Code:") and max(map(len, lines)) <= 60


@pytest.mark.parametrize("columns", [24, 40, 56, 80])
def test_a_fact_never_breaks(
    run: Run, terminal: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    (tmp_path / "day.json").write_text(
        '[{"paper": {"id": "2401.00001", "title": "A", "upvotes": 149, "githubStars": 110000, "numComments": 3}}]'
    )
    assert run("import", str(tmp_path / "day.json")).exit_code == 0
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = plain(terminal("show", "2401.00001").stdout).split("\n")
    facts = [fact for line in lines for fact in line.split(" · ")]
    assert {"● unread", "arxiv:2401.00001", "149 upvotes", "110,000 GitHub stars"} <= {*facts}
    assert all(len(line) <= columns for line in lines)


def test_an_address_that_hides_its_host_is_no_link(terminal: Run, tmp_path: Path) -> None:
    hidden = "https://g\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}thub.com/lab/code"
    (tmp_path / "a.bib").write_text(f"@misc{{a, title={{Hidden Hosts in Links}}, url={{{hidden}}}}}", encoding="utf-8")
    terminal("import", str(tmp_path / "a.bib"))
    shown = terminal("show", "hidden hosts").stdout
    assert "xn--gthub-n2e.com" in plain(shown) and "\x1b]8;" not in shown


def test_without_colours_and_into_a_pipe_nothing_but_text(filled: Run) -> None:
    for command in (["list", "--format", "table"], ["show", "pruning"], ["doctor"]):
        assert "\x1b" not in filled(*command).stdout


def test_a_query_shows_the_one_paper_it_finds(filled: Run) -> None:
    assert filled("show", "title:pruning").stdout.startswith("Pruning Trees Without Tears\n")
    several = filled("show", "is:unread")
    assert several.exit_code == 1
    assert several.stderr == "readlist: 3 papers match is:unread\nhint: `readlist list is:unread` lists them\n"
    assert filled("show", "nowhere").stderr.startswith("readlist: no such paper: nowhere\n")


def test_an_import_of_several_files_ends_with_a_total(run: Run, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.bib").write_text("@misc{a, title={A Paper in Two Files}, author={Ada Osei}}")
    (tmp_path / "bad.bib").write_text("no references at all")
    result = run("import", str(tmp_path))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "1 new paper from 2 files (1 known, 1 file failed)"


def test_an_unknown_extension_is_refused(filled: Run, tmp_path: Path) -> None:
    result = filled("export", "-o", str(tmp_path / "x.doc"))
    assert result.exit_code == 2 and not (tmp_path / "x.doc").exists()
    assert result.stderr.startswith("readlist: export: no format has the extension .doc\nhint: use .bib, .ris, ")
    assert filled("export", "-o", str(tmp_path / "x.doc"), "--format", "csv").exit_code == 0


def test_doctor_has_a_verdict_for_each_thing_and_says_what_to_do(filled: Run, tmp_path: Path) -> None:
    lines = filled("doctor").stdout.splitlines()
    assert any(line.startswith("✓ library ") and line.endswith("library.db: 3 papers, 3 unread") for line in lines)
    (tmp_path / "home" / "config.toml").write_text('thme = "nord"\n', encoding="utf-8")
    (tmp_path / "home" / "state.json.damaged-20260101T000000Z").write_text("{", encoding="utf-8")
    lines = filled("doctor").stdout.splitlines()
    wrong = next(place for place, line in enumerate(lines) if line.startswith("✗ settings "))
    assert "line 1" in lines[wrong] and lines[wrong + 1].strip() == "→ change that line"
    assert any(line.startswith("! kept files  1 damaged or merged file: ") for line in lines)
    assert lines[-1].startswith("1 problem, ")


def test_a_tag_that_no_paper_has_leads_to_the_nearest_one(terminal: Run) -> None:
    assert terminal("mark", "survey", "--note", "#Reading-Group #todo").exit_code == 0
    assert "did you mean tag:Reading-Group?" in terminal("list", "tag:reading", "--format", "table").stderr
    assert "did you mean tag:todo?" in terminal("list", "tag:tood", "--format", "table").stderr
    assert terminal("list", "tag:zzz", "--format", "table").stderr == ""
    assert terminal("list", "tag:todo is:starred", "--format", "table").stderr == ""
