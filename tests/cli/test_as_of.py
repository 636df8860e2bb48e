"""Lists as of a day, and what papers gained, on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.cli import Run
from tests.support.feeds import record


@pytest.fixture
def counted(run: Run, tmp_path: Path) -> Run:
    """Two papers in lists of two days, a third one in the second list alone; their counts moved."""
    for day, upvotes in (("2024-08-05", {1: 12, 2: 30}), ("2024-08-07", {1: 40, 2: 31, 3: 5})):
        items = [record(number, day, upvotes=count) for number, count in upvotes.items()]
        (tmp_path / f"{day}.json").write_text(json.dumps(items), encoding="utf-8")
        assert run("import", str(tmp_path / f"{day}.json")).exit_code == 0
    return run


def rows(run: Run, *arguments: str) -> list[list[str]]:
    found = run("list", "--format", "table", *arguments)
    assert found.exit_code == 0, found.output
    return [line.split() for line in found.stdout.splitlines()]


def test_a_list_as_of_a_day_has_the_counts_of_then_and_says_so(counted: Run) -> None:
    head, _, *papers, total = rows(counted, "--as-of", "2024-08-06", "--sort", "upvotes")
    assert " ".join(head) == "As of 2024-08-06: counts as listed or seen by then; texts and marks as they are now"
    assert [(row[0], row[-2], row[-1]) for row in papers] == [
        ("2608.00002", "30", "2024-08-05"), ("2608.00001", "12", "2024-08-05"),
    ]  # fmt: skip
    assert " ".join(total) == "2 papers"
    assert [row[0] for row in rows(counted, "--as-of", "2024-08-07", "--sort", "upvotes")[2:-1]] == [
        "2608.00001", "2608.00002", "2608.00003",
    ]  # fmt: skip
    assert [row[0] for row in rows(counted, "--as-of", "2024-08-06", "upvotes:>20")[2:-1]] == ["2608.00002"]
    assert " ".join(rows(counted, "--as-of", "2024-08-04")[-1]) == "0 papers"


def test_marks_are_those_of_now(counted: Run) -> None:
    counted("mark", "2608.00001", "--star")
    assert [row[0] for row in rows(counted, "--as-of", "2024-08-06", "is:starred")[2:-1]] == ["2608.00001"]


def test_a_pipe_gets_the_papers_alone(counted: Run) -> None:
    found = counted("list", "--as-of", "2024-08-06", "--json")
    assert [paper["upvotes"] for paper in json.loads(found.stdout)] == [12, 30]
    assert "as of 2024-08-06" in found.stderr and len(found.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("2024-13-01",), "list: --as-of 2024-13-01 is not in the calendar"),
        (("someday",), "list: --as-of someday is not a day: 2026-11-20, yesterday, today"),
        (("2024-08",), "list: --as-of 2024-08 is not a day: 2026-11-20, yesterday, today"),
        (("7d",), "list: --as-of 7d is not a day: 2026-11-20, yesterday, today"),
        (("9999-01-01",), "list: --as-of 9999-01-01 is after today, "),
        (("2024-08-06", "--sort", "rising"), "list: --as-of can't be sorted by rising; try --sort upvotes"),
        (("2024-08-06", "gained:>3"), "list: --as-of doesn't go with gained:, which is counted up to now"),
    ],
)
def test_a_wrong_day_is_one_clear_line(counted: Run, arguments: tuple[str, ...], said: str) -> None:
    found = counted("list", "--as-of", *arguments)
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.startswith(f"readlist: {said}") and len(found.stderr.splitlines()) == 1


def test_what_was_gained_is_listed_by_it(counted: Run) -> None:
    # Since a day: from what was known before it. Since a week ago, as there was no visit, nothing was read.
    found = counted("list", "gained:2024-08-06>5", "--format", "keys")
    assert found.stdout == "arxiv:2608.00001\n"
    series = json.loads(counted("show", "2608.00001", "--json").stdout)["series"]
    assert [each["kind"] for each in series] == ["upvotes", "comments"]
    assert [point["count"] for point in series[0]["points"]] == [12, None, 40]
    assert (series[0]["gained"], series[0]["since"]) == (None, None)


def test_a_table_by_gain_has_a_column_for_it(counted: Run, tmp_path: Path, seen_today: Callable[[int], None]) -> None:
    seen_today(50)
    head, first, *_ = rows(counted, "--sort", "gained")
    assert "gained" in head and first[0] == "2608.00001" and "+10" in first


@pytest.fixture
def seen_today(tmp_path: Path) -> Callable[[int], None]:
    """Has the upvotes of the first paper counted again today."""
    from datetime import UTC, datetime

    from readlist.library.library import Library
    from readlist.model.paper import Announcement

    def count(upvotes: int) -> None:
        (path,) = tmp_path.rglob("library.db")
        library = Library(path)
        library.count_log.add({"arxiv:2608.00001": Announcement("", None, 1, upvotes)})
        assert library.count_log.since() < datetime.now(UTC)
        library.close()

    return count


def test_the_order_by_gains_is_by_what_the_query_asks(counted: Run, tmp_path: Path) -> None:
    items = [record(1, "2024-08-08", upvotes=41), record(2, "2024-08-08", upvotes=90)]
    (tmp_path / "later.json").write_text(json.dumps(items), encoding="utf-8")
    assert counted("import", str(tmp_path / "later.json")).exit_code == 0
    # Since the last visit nothing was counted.
    assert [row[0] for row in rows(counted, "--sort", "gained")[1:-1]] == ["2608.00001", "2608.00002", "2608.00003"]
    head, *papers, _ = rows(counted, "gained:2024-08-06>=0", "--sort", "gained")
    assert (head[-2], [(row[0], row[-2]) for row in papers]) == (
        "gained", [("2608.00002", "+60"), ("2608.00001", "+29")],
    )  # fmt: skip
    papers = rows(counted, "gained:2024-08-06>=0", "--sort", "gained", "--reverse")[1:-1]
    assert [row[0] for row in papers] == ["2608.00001", "2608.00002"]
