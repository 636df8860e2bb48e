"""References imported on the command line: their notes and stars, what is said of them, and how to take them back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import Run, titles

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


def test_notes_and_stars_come_with_their_papers_and_are_reported(run: Run, tmp_path: Path) -> None:
    result = run("import", write(tmp_path, BIBTEX))
    # One entry is no paper: it is named, and the exit code tells.
    assert result.exit_code == 1, result.output
    first, passed = result.stdout.splitlines()
    assert first.endswith(", 2 papers (2 new, 0 known), 1 note, 1 star, 1 read") and ": BibTeX of " in first
    assert passed == "  skipped: line 3: “c”: no title, arXiv id or DOI"
    assert titles(run, "is:starred", "is:noted", "note:boils") == ["A kettle sings"]
    assert titles(run, "is:read", 'feed:"My library"') == ["A pot"]


def test_one_undo_takes_back_marks_and_papers(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path, BIBTEX)
    run("import", file)
    again = json.loads(run("import", file, "--json").stdout)
    assert {name: again[name] for name in ("new", "known", "notes", "stars", "read")} == {
        "new": 0, "known": 2, "notes": 0, "stars": 0, "read": 0,
    }  # fmt: skip
    assert run("undo").stdout == "Undone: import of My library.bib, removed 2 papers\n"
    assert titles(run) == titles(run, "is:removed") == []
    assert run("undo").exit_code == 1
    again = json.loads(run("import", file, "--json").stdout)
    assert (again["new"], again["notes"]) == (2, 1) and titles(run, "is:starred") == ["A kettle sings"]


@pytest.mark.parametrize(("text", "kind"), [(BIBTEX, "BibTeX"), (RIS, "RIS"), (CSL, "CSL-JSON")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_standard_input_is_known_by_its_content(run: Run, text: str, kind: str, encoding: str) -> None:
    reported = json.loads(run("import", "-", "--json", input=text.encode(encoding)).stdout)
    assert (reported["kind"], reported["notes"], reported["stars"]) == (kind, 1, 1)
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
    assert result.exit_code == 0 and "skipped: not UTF-8: read as Windows-1252" in result.stdout
    assert titles(run) == ["Über Kessel"]


def test_feeds_of_a_list_that_are_followed_already_are_no_failure(run: Run, tmp_path: Path) -> None:
    file = write(
        tmp_path, '<opml><body><outline text="Lab" xmlUrl="https://lab.org/feed"/></body></opml>', "feeds.opml"
    )
    assert "Following Lab" in run("import", file).stdout
    again = run("import", file)
    assert (again.exit_code, again.stderr) == (0, "")
    assert "Already following 1 feed" in again.stdout
    added = run("feeds", "add", "https://lab.org/feed")
    assert added.exit_code == 1 and "is followed already" in added.stderr


def test_only_reading_bibtex_loads_its_parser_and_nothing_of_it_is_shown(tmp_path: Path) -> None:
    script = (
        "import sys; from readlist.sources import reader\n"
        "page, broken = sys.argv[1:]; list(reader.read([page])); assert 'bibtexparser' not in sys.modules\n"
        "(batch,) = reader.read([broken]); assert 'bibtexparser' in sys.modules; print(len(batch.items))"
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
    assert "line 2: an entry that can't be parsed: @misc{k2 title" in result.stdout
    assert titles(run) == ["A kettle sings"]
    assert run("import", "-", input=b"@misc{k(1), title = {A kettle sings}}\n").exit_code == 0


def test_a_record_of_ris_or_csl_that_is_lost_is_named_and_told_by_the_exit_code(run: Run) -> None:
    result = run("import", "-", input=f"{RIS}TY  - JOUR\nAU  - Bell, Ada\nER  - \n".encode())
    assert result.exit_code == 1 and "line 6: no title, arXiv id or DOI" in result.stdout
    result = run("import", "-", input=json.dumps([*json.loads(CSL), {"type": "article"}]).encode())
    assert result.exit_code == 1 and "item 2: no title, arXiv id or DOI" in result.stdout
    assert titles(run) == ["A kettle sings"]


LIBRARY = r"""@misc{a, title = {Kettles at 5\% of {B}oiling $\Sigma$$\Delta$ with \#1 a\_b {\textbackslash}x $\ell_p$},
  author = {Wang, Wei and {World Health Organization} and Wang, Wei and van der Bell, Ada and others},
  year = 2024, month = mar, day = 5, eprint = {2403.01234}, archiveprefix = {arXiv}, organization = {Kettle Lab},
  abstract = {First $\ell_p$ of `pots`.

  Second \& last.}, keywords = {robots, big data, starred}, readstatus = {read},
  code = {https://github.com/kettle/code/tree/main/sub}, project = {https://kettle.org/p}, data = {https://kettle.org/d},
  annote = {One
Two
  - three

@misc{x}
TY  - JOUR
ER  - }}
@article{b, title = {A pot of tea}, author = {family="Doe, Jr", given=Jane}, doi = {10.1000/A_b(1)},
  annote = {Read the second half
            again}}
@misc{c, title = {C++ and a kettle}, keywords = {_read}, annote = {arXiv: yes}}
"""


@pytest.mark.parametrize(("name", "to"), [("bibtex", "a.bib"), ("ris", "a.ris"), ("csl", "a.json"), ("markdown", "a")])
def test_an_export_comes_back_whole_into_an_empty_library(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, to: str
) -> None:
    def listed() -> list[dict[str, object]]:
        papers = json.loads(run("list", "--json").stdout)
        assert {paper["title"]: paper["note"] for paper in papers}["A pot of tea"] == "Read the second half again"
        for paper in papers:
            del paper["feeds"]
            paper |= {mark: bool(paper[mark]) for mark in ("read", "starred")}
        return sorted(papers, key=lambda paper: str(paper["key"]))

    assert run("import", write(tmp_path, LIBRARY)).exit_code == 0
    before = listed()
    assert run("export", "--format", name, "-o", str(tmp_path / to), "is:read,unread").exit_code == 0
    monkeypatch.setenv("READLIST_HOME", str(tmp_path / "another"))
    assert run("import", str(tmp_path / to)).exit_code == 0
    assert listed() == before


SERIAL = """@article{a, title={Editorial}, author={Ada Pot}, journal={Pans}, year={2011}, number={1}, annote={spring}}
@article{b, title={Editorial}, author={Ada Pot}, journal={Pans}, year={2011}, number={2}, annote={autumn}}
@article{c, title={Editorial}, journal={Stoves}, year={2011}, annote={stoves}}
@article{d, title={Editorial}, journal={Lids}, year={2011}, keywords={starred}}
@inbook{e, title={Chapter 2}, author={Bo Lid}, booktitle={Water}, year={2001}, annote={of water}}
@inbook{f, title={Chapter 2}, author={Bo Lid}, booktitle={Steam}, year={2001}, annote={of steam}}
@book{g, title={Boiling in C}, author={Cy Cup}, edition={1}, year={1999}, annote={first edition}}
@book{h, title={Boiling in C}, author={Cy Cup}, edition={2}, year={2009}, annote={second edition}}
@book{i, title={Boiling in C++}, author={Cy Cup}, edition={2}, year={2009}, annote={with plusses}}
"""


def _works(run: Run) -> list[tuple[object, ...]]:
    papers = json.loads(run("list", "--json").stdout)
    return sorted(
        (paper["title"], paper["published"], paper["authors"], bool(paper["starred"]), paper["note"])
        for paper in papers
    )


@pytest.mark.parametrize(
    ("form", "suffix"),
    [("bibtex", "bib"), ("ris", "ris"), ("csl", "json"), ("json", "json"), ("jsonl", "jsonl"), ("csv", "csv")],
)
def test_works_whose_titles_name_nothing_stay_apart_in_every_format(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, suffix: str
) -> None:
    file = write(tmp_path, SERIAL)
    reported = run("import", file)
    assert reported.exit_code == 0 and "9 papers (9 new" in reported.stdout
    assert "9 papers (0 new, 9 known)" in run("import", file).stdout
    works = _works(run)
    exported = write(tmp_path, run("export", "--format", form).stdout, f"out.{suffix}")
    assert "(0 new, 9 known)" in run("import", exported).stdout
    assert _works(run) == works
    # In an empty home, and in one that met them in another order.
    monkeypatch.setenv("READLIST_HOME", str(tmp_path / "empty"))
    run("import", exported)
    assert _works(run) == works
    monkeypatch.setenv("READLIST_HOME", str(tmp_path / "turned"))
    turned = "\n".join(reversed(SERIAL.splitlines()))
    for _ in range(2):
        run("import", write(tmp_path, turned, "turned.bib"))
        run("import", exported)
    assert _works(run) == works


def test_a_file_whose_references_were_completed_doubles_none(run: Run, tmp_path: Path) -> None:
    entries = [
        "@misc{a, title={Boiling water}, author={Ada Pot}, annote={hers}}",
        "@misc{b, title={Boiling water}, author={Bo Lid}, annote={his}}",
    ]
    run("import", write(tmp_path, "\n".join(entries)))
    whole = [
        entry.replace("annote", f"year={{{year}}}, annote") for entry, year in zip(entries, (1999, 2012), strict=True)
    ]
    assert "2 papers (0 new, 2 known)" in run("import", write(tmp_path, "\n".join(whole))).stdout
    assert [work[1:] for work in _works(run)] == [
        ("1999", ["Ada Pot"], False, "hers"),
        ("2012", ["Bo Lid"], False, "his"),
    ]


def test_a_work_with_a_doi_is_found_by_a_title_that_another_has_taken(run: Run, tmp_path: Path) -> None:
    other = "@misc{a, title={Boiling water}, author={Ada Pot}, year={1999}}"
    known = "@misc{b, title={Boiling water}, author={Bo Lid}, year={2012}, doi={10.1234/b}, annote={his}}"
    run("import", write(tmp_path, f"{other}\n{known}"))
    bare = "@misc{b, title={Boiling Water}, author={Lid, Bo}, year={2012}, keywords={starred}}"
    assert "2 papers (0 new, 2 known)" in run("import", write(tmp_path, f"{other}\n{bare}", "bare.bib")).stdout
    assert [work[1:] for work in _works(run)] == [
        ("1999", ["Ada Pot"], False, ""),
        ("2012", ["Bo Lid"], True, "his"),
    ]


def test_a_key_by_a_short_title_marks_its_paper(run: Run, tmp_path: Path) -> None:
    run("import", write(tmp_path, "@misc{a, title={Boiling water}}\n@misc{b, title={Boiling}}"))
    assert run("mark", "title:boilingwater", "--star").stdout == "1 of 1 paper changed\n"
    assert titles(run, "is:starred") == ["Boiling water"]


def test_notes_go_to_their_own_work_where_another_has_its_key(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = "@book{a, title={Boiling for all}, author={Cy Cup}, year={1999}, annote={first edition}}"
    second = "@book{b, title={Boiling for all}, author={Cy Cup}, year={2009}, annote={second edition}}"
    run("import", write(tmp_path, f"{first}\n{second}"))
    works = _works(run)
    run("export", "--format", "markdown", "-o", str(tmp_path / "notes"))
    monkeypatch.setenv("READLIST_HOME", str(tmp_path / "other"))
    run("import", write(tmp_path, second.replace("annote={second edition}", ""), "second.bib"))
    reported = run("import", str(tmp_path / "notes"))
    assert reported.exit_code == 0, reported.output
    assert _works(run) == works
