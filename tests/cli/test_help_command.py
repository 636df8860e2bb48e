"""`readlist help`: topics, pages, the help of commands."""

from __future__ import annotations

import sys

import pytest

from readlist.cli.command_table import COMMANDS
from readlist.cli.help_command import complete_topic
from readlist.manual import TOPICS, read
from tests.support.cli import Run
from tests.support.terminal import ROOT, Terminal


def test_without_a_topic_all_are_listed_on_lines_that_fit(run: Run) -> None:
    lines = run("help").stdout.splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == list(TOPICS)
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_goes_into_a_pipe_as_markdown(run: Run, topic: str) -> None:
    assert run("help", topic).stdout.startswith(read(topic))


def test_a_page_that_has_the_name_of_a_command_says_where_its_options_are(run: Run) -> None:
    for topic in COMMANDS.keys() & set(TOPICS):
        assert run("help", topic).stdout.endswith(f"\nOptions: `readlist {topic} --help`.\n")


def test_the_help_of_a_command_is_that_of_its_option(run: Run) -> None:
    assert run("help", "list").stdout == run("list", "--help").stdout
    assert run("help", "feeds", "add").stdout == run("feeds", "add", "--help").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["serach"], "unknown topic 'serach'; did you mean search?"),
        (["exprot"], "unknown topic 'exprot'; did you mean export?"),
        (["feeds", "ad"], "unknown topic 'feeds ad'; did you mean feeds add?"),
        (["qqq"], "unknown topic 'qqq'; `readlist help` lists the topics"),
    ],
)
def test_an_unknown_topic_is_one_line_with_the_nearest(run: Run, words: list[str], message: str) -> None:
    result = run("help", *words)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"readlist: {message}\n")


@pytest.mark.slow
@pytest.mark.parametrize("no_color", ["", "1"])
def test_on_a_terminal_a_page_is_drawn_for_its_width(no_color: str) -> None:
    terminal = Terminal(
        [sys.executable, "-m", "readlist", "help", "search"], {"NO_COLOR": no_color, "PYTHONPATH": str(ROOT)}
    )
    try:
        terminal.wait_for(b"everything is query.")
        shown = terminal.output.decode()
    finally:
        terminal.close()
    assert "## Fields" not in shown and "Fields" in shown and "`" not in shown
    assert ("\x1b[36m" in shown) is not bool(no_color)


def test_topics_and_commands_complete(run: Run) -> None:
    import click

    from readlist.cli.command_table import readlist

    context = click.Context(readlist, **readlist.context_settings)
    assert complete_topic(context, readlist.params[0], "se") == ["search", "settings"]
    assert complete_topic(context, readlist.params[0], "li") == ["list"]
