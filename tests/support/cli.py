"""A captured page with three papers, and what the command line makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable

from click.testing import Result

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


def titles(run: Run, *query: str) -> list[str]:
    """The titles `list` gives for a query."""
    result = run("list", *query, "--json")
    assert result.exit_code == 0, result.output
    return [paper["title"] for paper in json.loads(result.stdout)]
