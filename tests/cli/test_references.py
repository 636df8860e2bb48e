"""References imported on the command line: their notes and stars, what is said of them, and how to take them back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run, titles

BIBTEX = """@misc{a, title = {A kettle sings}, keywords = {starred}, annote = {Boils}, eprint = {2107.01234}}
@misc{b, title = {A pot}, keywords = {_read}}
@misc{c, author = {Nobody}}
"""
RIS = "TY  - JOUR\nTI  - A kettle sings\nKW  - starred\nN1  - Boils\nER  - \n"
CSL = json.dumps(
    [{"type": "article", "title": "A kettle sings", "keyword": "starred", "note": "Boils", "DOI": "10.1234/a"}]
)


def write(folder: Path, text: str, name: str = "My library.bib") -> str:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_notes_and_stars_come_with_their_papers_and_are_told(run: Run, tmp_path: Path) -> None:
    result = run("import", write(tmp_path, BIBTEX))
    # One entry is no paper: it is named, and the exit code tells.
    assert result.exit_code == 1, result.output
    first, passed = result.stdout.splitlines()
    assert first.endswith(", 2 papers (2 new, 0 known), 1 note, 1 star, 1 read") and ": BibTeX of " in first
    assert passed == "  passed over: line 3: “c”: no title, arXiv id or DOI"
    assert titles(run, "is:starred", "is:noted", "note:boils") == ["A kettle sings"]
    assert titles(run, "is:read", 'feed:"My library"') == ["A pot"]


def test_one_undo_takes_them_back_and_leaves_the_papers(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path, BIBTEX)
    run("import", file)
    again = json.loads(run("import", file, "--json").stdout)
    assert {name: again[name] for name in ("new", "known", "notes", "stars", "read")} == {
        "new": 0, "known": 2, "notes": 0, "stars": 0, "read": 0,
    }  # fmt: skip
    assert run("undo").stdout == "undone: import of My library.bib, 2 papers\n"
    assert titles(run, "is:starred OR is:noted OR is:read") == []
    assert titles(run) == ["A kettle sings", "A pot"]
    assert run("undo").exit_code == 1
    assert json.loads(run("import", file, "--json").stdout)["notes"] == 1


@pytest.mark.parametrize(("text", "kind"), [(BIBTEX, "BibTeX"), (RIS, "RIS"), (CSL, "CSL-JSON")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_standard_input_is_known_by_its_content(run: Run, text: str, kind: str, encoding: str) -> None:
    told = json.loads(run("import", "-", "--json", input=text.encode(encoding)).stdout)
    assert (told["kind"], told["notes"], told["stars"]) == (kind, 1, 1)
    assert titles(run, "is:starred", "is:noted") == ["A kettle sings"]


def test_one_paper_in_three_formats_is_one_with_one_note(run: Run, tmp_path: Path) -> None:
    files = [write(tmp_path, text, f"a.{end}") for text, end in ((BIBTEX, "bib"), (RIS, "ris"), (CSL, "json"))]
    # The third entry of the BibTeX names no paper.
    assert run("import", *files).exit_code == 1
    (paper,) = json.loads(run("list", "kettle", "--json").stdout)
    assert (paper["key"], paper["doi"], paper["note"]) == ("arxiv:2107.01234", "10.1234/a", "Boils")


def test_a_file_in_latin_1_is_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "old.bib"
    file.write_bytes("@misc{a, title = {Über Kessel}}".encode("latin-1"))
    result = run("import", str(file))
    assert result.exit_code == 0 and "passed over: not UTF-8: read as Windows-1252" in result.stdout
    assert titles(run) == ["Über Kessel"]


def test_feeds_of_a_list_that_are_followed_already_are_no_failure(run: Run, tmp_path: Path) -> None:
    file = write(
        tmp_path, '<opml><body><outline text="Lab" xmlUrl="https://lab.org/feed"/></body></opml>', "feeds.opml"
    )
    assert "followed: Lab" in run("import", file).stdout
    again = run("import", file)
    assert (again.exit_code, again.stderr) == (0, "")
    assert "followed already: 1 feed" in again.stdout
    added = run("feeds", "add", "https://lab.org/feed")
    assert added.exit_code == 1 and "is followed already" in added.stderr


def test_only_reading_bibtex_loads_its_parser_and_nothing_of_it_is_shown(tmp_path: Path) -> None:
    script = (
        "import sys; from readlist.sources import files\n"
        "page, broken = sys.argv[1:]; list(files.read([page])); assert 'bibtexparser' not in sys.modules\n"
        "(batch,) = files.read([broken]); assert 'bibtexparser' in sys.modules; print(len(batch.items))"
    )
    broken = write(tmp_path, "@misc{a, title = {\\ensuremath One},\n@misc{b, title = {Two}\n@misc(c, title = {Three")
    done = subprocess.run(
        [sys.executable, "-c", script, write(tmp_path, RIS, "a.ris"), broken],
        env={**os.environ, "READLIST_HOME": str(tmp_path)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("3\n", "", 0)


def test_an_entry_that_is_lost_is_named_and_told_by_the_exit_code(run: Run) -> None:
    result = run("import", "-", input=b'@misc{k(1), title = {A kettle sings}}\n@misc{k2 title "A pot", year = 2020}\n')
    assert result.exit_code == 1
    assert "line 2: an entry that can't be read: @misc{k2 title" in result.stdout
    assert titles(run) == ["A kettle sings"]
    assert run("import", "-", input=b"@misc{k(1), title = {A kettle sings}}\n").exit_code == 0
