"""`readlist export`: formats, files, and what fails."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import rispy  # type: ignore[import-untyped]
from jsonschema import Draft7Validator
from pybtex.database import parse_string  # type: ignore[import-untyped]

from readlist.cli import export_command
from readlist.exports.formats import FORMATS
from readlist.model.view import Sort
from readlist.query import Query, parse
from tests.support.cli import PAPERS, Run
from tests.support.csl import SCHEMA


def test_every_format_holds_every_paper(filled: Run) -> None:
    assert filled("mark", "survey", "--star", "--note", "Read again").exit_code == 0
    out = {form: filled("export", "--format", form).stdout for form in FORMATS}
    titles = {title for title, _ in PAPERS}
    entries = parse_string(out["bibtex"], "bibtex").entries.values()
    assert {entry.fields["title"] for entry in entries} == titles
    assert {entry.fields.get("keywords", "") for entry in entries} == {"", "starred"}
    assert {record["title"] for record in rispy.loads(filled("export", "--format", "ris").stdout)} == titles
    Draft7Validator(SCHEMA).validate(json.loads(out["csl"]))
    assert [item["note"] for item in json.loads(out["csl"]) if "note" in item] == ["Read again"]
    assert {row["title"] for row in csv.DictReader(io.StringIO(out["csv"]))} == titles
    assert {paper["title"] for paper in json.loads(out["json"])} == titles
    assert {json.loads(paper)["title"] for paper in out["jsonl"].splitlines()} == titles
    assert len(out["keys"].splitlines()) == len(titles)


def test_a_paper_has_one_citation_key_whatever_else_is_exported(filled: Run) -> None:
    def keys(*query: str) -> list[str]:
        return list(parse_string(filled("export", *query, "--format", "bibtex").stdout, "bibtex").entries)

    everything = keys()
    assert len(set(everything)) == len(PAPERS)
    assert keys("survey") == [key for key in everything if "survey" in key]
    assert keys("--sort", "title") == [*keys("survey"), *keys("pruning"), *keys("small")]


@pytest.mark.parametrize(
    ("name", "start"), [("a.bib", "@misc{"), ("a.RIS", "TY  - "), ("a.csv", "key,"), ("a.jsonl", "{"), ("a", "[\n")]
)
def test_without_a_format_the_files_ending_says_it(filled: Run, tmp_path: Path, name: str, start: str) -> None:
    result = filled("export", "-o", str(tmp_path / name))
    assert result.exit_code == 0 and result.stdout == ""
    assert result.stderr == f"{tmp_path / name}: 3 papers\n"
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)


@pytest.mark.parametrize("target", ["no/such/folder.bib", "folder", "nul\0.bib", "x" * 300])
def test_a_target_that_can_not_be_written_is_named(filled: Run, tmp_path: Path, target: str) -> None:
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.rglob("*.tmp"))
    result = filled("export", "--format", "bibtex", "-o", str(tmp_path / target))
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1 and "can't write" in result.stderr
    assert sorted(tmp_path.rglob("*.tmp")) == before


def test_a_format_of_its_own_gets_the_query_and_the_target(filled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[bool, str | None, int | None, str | None]] = []

    def write(query: Query, sort: Sort | None, limit: int | None, output: str | None) -> None:
        asked.append((query == parse("survey"), sort, limit, output))

    monkeypatch.setattr(export_command, "_export_notes", write)
    assert filled("export", "survey", "--format", "markdown", "--limit", "3", "-o", "folder").exit_code == 0
    assert asked == [(True, None, 3, "folder")]


@pytest.mark.slow
def test_into_a_pipe_it_is_utf_8_whatever_the_locale_and_a_reader_may_leave(filled: Run, tmp_path: Path) -> None:
    filled("mark", "survey", "--note", "扩散 é")
    command = f"'{sys.executable}' -m readlist export --format csl"
    environment = {**os.environ, "READLIST_HOME": str(tmp_path / "home"), "LC_ALL": "C", "PYTHONUTF8": "0"}
    done = subprocess.run(["sh", "-c", command], capture_output=True, env=environment, check=True)
    assert "扩散 é" in done.stdout.decode("utf-8")
    done = subprocess.run(["sh", "-c", f"{command} | head -c 5"], capture_output=True, env=environment, check=False)
    assert done.stderr == b""


@pytest.mark.slow
def test_the_captured_pages_are_read_whole_by_others(run: Run, shared_feeds: Path) -> None:
    run("import", str(shared_feeds / "pages"), str(shared_feeds / "arxiv"))
    number = len(run("list", "--format", "keys").stdout.splitlines())
    assert number > 200
    assert len(parse_string(run("export", "--format", "bibtex").stdout, "bibtex").entries) == number
    assert len(rispy.loads(run("export", "--format", "ris").stdout_bytes.decode(), newline="\r\n")) == number
    items = json.loads(run("export", "--format", "csl").stdout)
    Draft7Validator(SCHEMA).validate(items)
    assert len({item["id"] for item in items}) == number
    assert len(list(csv.reader(io.StringIO(run("export", "--format", "csv").stdout)))) == number + 1
