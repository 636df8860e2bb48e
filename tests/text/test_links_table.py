"""Finding links in real texts: precision and recall on a truth table, with a report (`pytest -rP`)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from readlist.model.paper import Link, normalize_address
from readlist.text.links import find_links


@dataclass
class Score:
    """Hits, misses and false alarms over all rows, with a line for each mistake."""

    hits: int = 0
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    def add(self, where: str, got: Iterable[str], wanted: Iterable[str], optional: Iterable[str] = ()) -> None:
        had, due = {normalize_address(one) for one in got}, {normalize_address(one) for one in wanted}
        self.hits += len(had & due)
        self.missed += [f"{where}: {one}" for one in sorted(due - had)]
        self.false += [f"{where}: {one}" for one in sorted(had - due - {normalize_address(one) for one in optional})]

    @property
    def precision(self) -> float:
        return self.hits / max(1, self.hits + len(self.false))

    @property
    def recall(self) -> float:
        return self.hits / max(1, self.hits + len(self.missed))


@dataclass(frozen=True)
class Row:
    """One text of the truth table with the links a reader wants."""

    where: str
    text: str
    repos: list[str]
    others: list[str]
    fulls: list[str]
    optional: list[str]
    hard: bool = False


def table(folder: Path) -> Iterator[Row]:
    with (folder / "links.tsv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 2):
            cells = {name: (row[f"{name}_urls"] or "").split() for name in ("repo", "other", "full", "optional")}
            hard = "hard" in (row["tags"] or "").split(",")
            text = json.loads(row["snippet"])
            yield Row(f"line {number}", text, cells["repo"], cells["other"], cells["full"], cells["optional"], hard)


def abstracts(folder: Path) -> Iterator[Row]:
    for line in (folder / "links-abstracts.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Row(row["source"], row["abstract"], row["repo_urls"], row["other_urls"], [], row["optional_urls"])


def report(title: str, rows: Iterable[Row]) -> Score:
    """Print precision and recall with every mistake; return the score of the repositories."""
    scores = {"repo links": Score(), "full addresses": Score(), "other links": Score()}
    for row in rows:
        links = find_links(row.text)
        repos = [link for link in links if link.kind == "repo"]
        rest: list[Link] = [link for link in links if link.kind != "repo"]
        scores["repo links"].add(row.where, (link.url for link in repos), row.repos, row.optional)
        if row.fulls and row.repos:
            scores["full addresses"].add(row.where, (link.target for link in repos), row.fulls, row.optional)
        scores["other links"].add(row.where, (link.url for link in rest), row.others, row.optional)
    for name, score in scores.items():
        if score.hits:
            print(f"{title}, {name}: precision {score.precision:.4f}, recall {score.recall:.4f}, {score.hits} found")
        for mistake in score.missed:
            print(f"    missed at {mistake}")
        for mistake in score.false:
            print(f"    false alarm at {mistake}")
    return scores["repo links"]


@pytest.mark.parametrize("hard", [True, False], ids=["all rows", "without the hard rows"])
def test_the_truth_table(shared_feeds: Path, hard: bool) -> None:
    score = report("table", [row for row in table(shared_feeds) if hard or not row.hard])
    assert score.precision >= 0.98
    assert score.recall >= 0.98


def test_whole_abstracts(shared_feeds: Path) -> None:
    score = report("abstracts", abstracts(shared_feeds))
    assert score.precision >= 0.98
    assert score.recall >= 0.98
