"""Words, options and excluded words of a command that takes a query are distinguished."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from tests.support.cli import Run, titles

COMMANDS = (("list", "--format", "keys"), ("export", "--format", "keys"), ("mark", "--star", "--dry-run"))


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (("mark", "is:unread", "--read", "--dryrun"), "--dry-run"),
        (("mark", "is:unread", "--red"), "--read"),
        (("list", "--limt", "3"), "--limit"),
        (("list", "survey", "--sorted=title"), "--sort"),
        (("export", "--fromat=json"), "--format"),
    ],
)
def test_a_mistyped_option_is_wrong_usage_and_changes_nothing(
    filled: Run, arguments: tuple[str, ...], near: str
) -> None:
    result = filled(*arguments)
    assert result.exit_code == 2
    assert near in result.stderr
    assert titles(filled, "is:read") == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_word_behind_a_minus_is_excluded_whatever_it_begins_with(
    filled: Run, command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    for letter in string.ascii_lowercase:
        result = filled(*command, f"-{letter}ptimization", "pruning")
        assert result.exit_code == 0, (letter, result.output)
        assert "pruning" in result.stdout.lower(), letter
        none = filled(*command, "pruning", f"-{letter}ptimization", "-pruning")
        assert "pruning" not in none.stdout.lower(), letter
    assert "pruning" not in filled(*command, "-has:code").stdout.lower()
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_all_behind_two_dashes_is_query(filled: Run, command: tuple[str, ...]) -> None:
    assert "survey" in filled(*command, "--", "survey", "-pruning").stdout.lower()
    assert "survey" not in filled(*command, "--", "-survey").stdout.lower()
    assert "Usage" in filled(*command, "--help").stdout and "Usage" in filled(*command, "-h").stdout


def test_an_export_is_ordered_and_cut_as_a_list_is(filled: Run, tmp_path: Path) -> None:
    listed = filled("list", "--sort", "title", "--limit", "2", "--format", "keys").stdout
    assert len(listed.split()) == 2
    assert filled("export", "--sort", "title", "--limit", "2", "--format", "keys").stdout == listed
    assert filled("export", "-o", str(tmp_path / "out"), "--limit=1", "--sort=title", "--format", "keys").exit_code == 0
    assert (tmp_path / "out").read_text() == listed.splitlines(keepends=True)[0]
