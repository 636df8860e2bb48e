"""The help of the command line: groups, one line a command, examples, and errors in one voice."""

from __future__ import annotations

import shlex
import subprocess
import sys
from typing import Any

import click
import pytest

from readlist.cli.command_table import COMMANDS, readlist
from tests.support.cli import Run
from tests.support.terminal import ROOT


def commands() -> dict[str, click.Command]:
    """All commands by name."""
    context = click.Context(readlist)
    found = {name: readlist.get_command(context, name) for name in COMMANDS}
    return {name: command for name, command in found.items() if command is not None}


def test_the_help_lists_the_commands_in_groups(run: Run) -> None:
    lines = run("--help").stdout.splitlines()
    for name, row in COMMANDS.items():
        assert f"{row.group}:" in lines
        assert f"  {name:10}  {row.help}" in lines
    assert "  Examples:" in lines and max(map(len, lines)) <= 80


@pytest.mark.parametrize("command", ["", "copy", "remove", "feeds remove"])
def test_the_help_fits_a_narrow_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    text = run(*command.split(), "--help").stdout.partition("  Examples:")[0]
    assert "Usage" in text and [line for line in text.splitlines() if len(line) > 40] == []


def test_a_line_of_the_help_is_the_first_of_a_commands_own() -> None:
    assert {name: command.get_short_help_str(100).removesuffix(".") for name, command in commands().items()} == {
        name: row.help for name, row in COMMANDS.items()
    }


def test_the_examples_of_commands_are_understood() -> None:
    for name, command in commands().items():
        lines = [line.strip() for line in (command.epilog or "").splitlines() if line.startswith("  ")]
        assert lines, name
        for line in lines:
            words = shlex.split(line.partition("| ")[2] or line.partition(" > ")[0])
            assert words[:2] == ["readlist", name]
            context = command.make_context(name, words[2:])
            if isinstance(command, click.Group):
                rest: list[Any] = [*context._protected_args, *context.args]
                found = command.get_command(context, rest[0])
                assert found is not None
                found.make_context(rest[0], rest[1:])


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["lst"], ["readlist: no such command 'lst'; did you mean list?", "hint: `readlist --help` shows the options"]),
        (
            ["list", "--formt"],
            [
                "readlist: no such option '--formt'; did you mean --format?",
                "hint: `readlist list --help` shows the options",
            ],
        ),
        (["show", "none"], ["readlist: no such paper: none", "hint: `readlist list` shows keys"]),
        (["undo"], ["readlist: nothing to undo"]),
    ],
)  # fmt: skip
def test_errors_are_one_line_with_a_hint_where_it_helps(run: Run, arguments: list[str], lines: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == (1 if arguments[0] in ("show", "undo") else 2)
    assert (result.stdout, result.stderr.splitlines()) == ("", lines)


def test_the_help_imports_no_command() -> None:
    program = "import atexit, sys; atexit.register(lambda: print(*sys.modules)); import readlist.cli as r; r.main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--help"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    loaded = done.stdout.splitlines()[-1].split()
    assert "readlist.cli.command_table" in loaded
    assert not [name for name in loaded if name.endswith("_command") or name in ("readlist.shelf", "readlist.config")]
