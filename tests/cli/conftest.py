"""The command line run in a folder of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from readlist.cli.command_table import readlist
from tests.support.cli import PAPERS, Run, page


def invoke(*arguments: str, **options: object) -> Result:
    """Run readlist on READLIST_HOME."""
    return CliRunner().invoke(readlist, list(arguments), **options)  # type: ignore[arg-type]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs readlist in a folder of its own."""
    monkeypatch.setenv("READLIST_HOME", str(tmp_path / "home"))
    return invoke


@pytest.fixture(scope="session")
def three_papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a captured page, and a home into which it has been imported."""
    folder = tmp_path_factory.mktemp("filled")
    (folder / "page.txt").write_text(page(*PAPERS), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("READLIST_HOME", str(folder / "home"))
        assert invoke("import", str(folder / "page.txt")).exit_code == 0
    return folder


@pytest.fixture
def filled(run: Run, tmp_path: Path, three_papers: Path) -> Run:
    """The same with three papers imported."""
    shutil.copytree(three_papers, tmp_path, dirs_exist_ok=True)
    return run
