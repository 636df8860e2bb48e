"""`readlist sync`: marks of other machines on the command line."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from readlist.manual import read
from tests.support.cli import PAPERS, Run, page


@pytest.fixture
def other(filled: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of another machine's readlist, with a star and a note."""
    file = tmp_path / "page.txt"
    file.write_text(page(*PAPERS), encoding="utf-8")
    home = tmp_path / "other"
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("READLIST_HOME", str(home))
        filled("import", str(file))
        filled("mark", "title:survey", "--star", "--note", "from there")
    return home


def marked(run: Run) -> dict[str, object]:
    (paper,) = json.loads(run("list", "title:survey", "--json").stdout)
    return {"starred": bool(paper["starred"]), "note": paper["note"]}


@pytest.mark.parametrize("name", ["", "state.json"])
def test_another_readlist_is_merged_from_its_folder_or_file(filled: Run, other: Path, name: str) -> None:
    result = filled("sync", str(other / name))
    assert result.exit_code == 0, result.output
    assert "1 paper changed" in result.stdout
    assert marked(filled) == {"starred": True, "note": "from there"}
    assert "0 papers changed" in filled("sync", str(other / name)).stdout
    assert "sync with" in filled("undo").stdout
    assert marked(filled) == {"starred": False, "note": ""}


def test_a_shared_folder_is_read_and_written(
    filled: Run, tmp_path: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    filled("mark", "title:survey", "--note", "from here")
    first = filled("sync", str(shared))
    assert first.exit_code == 0
    assert "wrote your marks" in first.stdout
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("READLIST_HOME", str(other))
        assert "1 note edited on both sides, both kept" in filled("sync", str(shared)).stdout
        there = marked(filled)
    assert filled("sync", str(shared)).exit_code == 0
    assert marked(filled) == there
    assert "from here" in str(there["note"]) and "from there" in str(there["note"])
    assert "has all your marks" in filled("sync", str(shared)).stdout


def test_json_escapes_what_cannot_be_seen(filled: Run, other: Path) -> None:
    odd = other.with_name("a\u202eb\u2028c\x85d é")
    other.rename(odd)
    output = filled("sync", str(odd), "--json").stdout
    assert "a\\u202eb\\u2028c\\u0085d é" in output
    assert json.loads(output)["path"] == str(odd / "state.json")


def test_json_names_what_changed(filled: Run, other: Path) -> None:
    found = json.loads(filled("sync", str(other), "--json").stdout)
    assert found["path"] == str(other / "state.json")
    assert len(found["changed"]) == 1
    assert (found["joined"], found["added"], found["intact"]) == ([], 0, True)


def test_what_cannot_be_merged_is_named_and_the_rest_is_merged(filled: Run, tmp_path: Path, other: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")
    result = filled("sync", str(tmp_path / "missing"), str(wrong), str(other))
    assert result.exit_code == 1
    assert f"{tmp_path / 'missing'}: no such file or folder" in result.stderr
    assert f"{wrong}: not a readlist state" in result.stderr
    assert marked(filled)["starred"] is True


RECIPE = (
    "git pull -q --rebase; readlist sync . >/dev/null; git add -A; "
    "git diff --cached --quiet || git commit -qm marks; git push -q"
)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None or shutil.which("bash") is None, reason="wants git and bash")
def test_the_recipe_for_git_in_the_manual_works(filled: Run, tmp_path: Path, other: Path) -> None:
    assert f"cd ~/marks && {RECIPE}" in read("files")
    filled("mark", "title:survey", "--note", "from here")
    environ = {
        **os.environ,
        **{f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }

    def shell(command: str, home: Path, folder: Path) -> None:
        define = f'readlist() {{ {shlex.quote(sys.executable)} -m readlist "$@"; }}; '
        subprocess.run(
            ["bash", "-c", define + command], cwd=folder, env={**environ, "READLIST_HOME": str(home)}, check=True
        )

    shell("git init -q --bare -b main hub.git", tmp_path, tmp_path)
    homes = {"here": tmp_path / "home", "there": other}
    for name in homes:
        shell(f"git clone -q hub.git {name} 2>&1", tmp_path, tmp_path)
    shell("git commit -q --allow-empty -m begin && git push -q -u origin HEAD:main", tmp_path, tmp_path / "here")
    shell("git pull -q origin main && git branch -q -u origin/main", tmp_path, tmp_path / "there")
    for name in ("here", "there", "here", "there"):
        shell(RECIPE, homes[name], tmp_path / name)
    note = str(marked(filled)["note"])
    assert "from here" in note and "from there" in note
    found = json.loads(filled("sync", str(other), "--json").stdout)
    assert found["changed"] == []


def test_sync_wants_a_path(filled: Run) -> None:
    assert filled("sync").exit_code == 2
