"""The command line run in a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from readlist.cli.command_table import readlist

Run = Callable[..., Result]

HEAD = "new\n\nSubscribe\n\nbyAK and the research community\n\nAug 3\n"
PAPERS = (
    ("Small Models Learn Slowly", "We train small models for a long time and report how slowly they learn."),
    ("Pruning Trees Without Tears", "We prune trees and keep their accuracy. Code: https://github.com/lab/tears."),
    ("A Survey of Surveys", "We read every survey there is and describe what the surveys have in common."),
)


def page(*papers: tuple[str, str]) -> str:
    """A captured search page with some papers."""
    return HEAD + "".join(f"\n{title}\n\n{' '.join([sentence] * 3)}\n" for title, sentence in papers)


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


def titles(run: Run, *query: str) -> list[str]:
    """The titles `list` gives for a query."""
    result = run("list", *query, "--json")
    assert result.exit_code == 0, result.output
    return [paper["title"] for paper in json.loads(result.stdout)]
