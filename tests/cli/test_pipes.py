"""The recipes of the manual, run as they are written there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from readlist.manual import read
from tests.support.cli import Run, titles
from tests.support.terminal import ROOT

pytestmark = pytest.mark.slow

_SHIM = "#!/bin/sh\nexec '{python}' -m readlist \"$@\"\n"


def recipe(word: str) -> str:
    """The recipe of the section on pipes that holds a word; its programs are here."""
    section = read("scripts").partition("\n## Pipes\n")[2].partition("\n## ")[0]
    found: str
    (found,) = [block for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL) if word in block]
    for program in ("fzf", "jq", "xargs", "bash"):
        if program in found.split() and shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    return found


@pytest.fixture
def run_recipe(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs readlist on a home with four papers, whose titles hold what shells obey; `readlist` is on the path."""
    day = tmp_path / "day.json"
    day.write_text(
        '[{"paper": {"id": "2401.00001", "title": "Pruning $(touch hacked) \'Trees\'", "upvotes": 9,'
        ' "githubRepo": "https://github.com/lab/tears"}},'
        ' {"paper": {"id": "2401.00002", "title": "Pruning `Grass` \\"too\\"", "upvotes": 70}},'
        ' {"paper": {"title": "A Survey of Pruning and of Much Else", "id": "", "upvotes": 8, "summary": "x"}},'
        ' {"paper": {"id": "2401.00003", "title": "Nothing of the kind"}}]',
        encoding="utf-8",
    )
    run("import", str(day))
    page = tmp_path / "page.txt"
    page.write_text(
        "Papers\n\nAug 3\n\nA Survey of Pruning; and of Much Else\n\n" + "It is a survey of much. " * 9,
        encoding="utf-8",
    )
    run("import", str(page))
    shim = tmp_path / "bin" / "readlist"
    shim.parent.mkdir()
    shim.write_text(_SHIM.format(python=sys.executable), encoding="utf-8")
    shim.chmod(0o755)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("PATH", f"{shim.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return run


def shell(command: str) -> list[str]:
    """What a shell prints for a command, line by line; it must say nothing on standard error."""
    done = subprocess.run(["bash", "-c", f"set -o pipefail\n{command}"], capture_output=True, text=True, check=False)
    assert done.stderr == "" and done.returncode == 0
    return done.stdout.splitlines()


def test_fzf_chooses_what_is_starred(run_recipe: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # With a filter fzf asks no one: it prints all that match, as if all were chosen.
    monkeypatch.setenv("FZF_DEFAULT_OPTS", "--filter=Pruning")
    everything = titles(run_recipe)
    chosen = [title for title in everything if "Pruning" in title]
    assert 2 <= len(chosen) < len(everything)
    assert shell(recipe("fzf")) == [f"{len(chosen)} of {len(chosen)} papers changed"]
    assert titles(run_recipe, "is:starred") == chosen


def test_jq_takes_out_repositories_votes_and_feeds(run_recipe: Run) -> None:
    run_recipe("mark", "2401.00001", "2401.00002", "--star")
    assert shell(recipe(".links[]")) == ["https://github.com/lab/tears"]
    votes = shell(recipe(".upvotes"))
    assert [line.split("\t")[0] for line in votes][:2] == ["70", "9"]
    assert shell(recipe("group_by"))[0].split("\t")[1] == "HF daily"


def test_xargs_gets_every_key_whole(run_recipe: Run) -> None:
    run_recipe("mark", "pruning", "--star")
    assert shell(recipe("xargs -0")) == []
    files = sorted(file.name for file in Path().iterdir())
    assert len(files) == len(titles(run_recipe, "is:starred")) > 1 and "hacked" not in files
    assert "Pruning $(touch hacked) 'Trees'" in Path("arxiv_2401_00001.txt").read_text(encoding="utf-8")


def test_a_line_for_a_pipe_has_four_columns_and_no_more(run_recipe: Run) -> None:
    lines = run_recipe("list", "--format", "plain").stdout.splitlines()
    assert lines == run_recipe("list").stdout.splitlines()
    assert {line.count("\t") for line in lines} == {3}
    ended = run_recipe("list", "--format", "keys", "-0").stdout
    assert ended.split("\0") == [*run_recipe("list", "--format", "keys").stdout.splitlines(), ""]
    assert run_recipe("list", "--null", "--json").exit_code == 2
