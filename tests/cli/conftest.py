"""The command line run in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from readlist.cli.command_table import readlist
from tests.support.cli import PAPERS, Run, page


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs readlist in a folder of its own."""
    monkeypatch.setenv("READLIST_HOME", str(tmp_path / "home"))

    def run(*arguments: str, **options: object) -> Result:
        return CliRunner().invoke(readlist, list(arguments), **options)  # type: ignore[arg-type]

    return run


@pytest.fixture
def filled(run: Run, tmp_path: Path) -> Run:
    """The same with three papers imported."""
    file = tmp_path / "page.txt"
    file.write_text(page(*PAPERS), encoding="utf-8")
    assert run("import", str(file)).exit_code == 0
    return run
