"""`readlist help`: pages of the manual, and the help of commands."""

from __future__ import annotations

import re

import click

from readlist.cli.command_table import COMMANDS
from readlist.cli.options import examples
from readlist.cli.output import WrongUsage, for_terminal, print_pieces
from readlist.manual import TOPICS, read, summary

_WIDTH = 100
"""The most cells that a line of a page has."""


def complete_topic(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer the topics, then the commands that are no topic."""
    return [name for name in dict.fromkeys((*TOPICS, *COMMANDS)) if name.startswith(incomplete)]


@click.command("help", epilog=examples("readlist help", "readlist help search", "readlist help feeds add"))
@click.argument("topic", nargs=-1, metavar="[TOPIC]", shell_complete=complete_topic)
@click.pass_context
def show_help(context: click.Context, topic: tuple[str, ...]) -> None:
    """Show a page of the manual, or the help of a command."""
    if not topic:
        print_pieces([_topics()])
    elif len(topic) == 1 and topic[0] in TOPICS:
        _print_page(topic[0])
    else:
        assert context.parent is not None
        print_pieces([_command_help(context.parent, topic)])


def _topics() -> str:
    width = max(map(len, TOPICS)) + 2
    lines = [f"  {topic:{width}}{re.sub('[`*]', '', summary(topic))}" for topic in TOPICS]
    return "\n".join(
        [
            "Manual:",
            *lines,
            "",
            "`readlist help TOPIC` shows a page, `readlist COMMAND --help` the options.",
            "",
        ]
    )


def _print_page(topic: str) -> None:
    """Print a page: styled on a terminal, as Markdown into a pipe."""
    text = read(topic)
    if topic in COMMANDS:
        text += f"\nOptions: `readlist {topic} --help`.\n"
    if not for_terminal():
        print_pieces([text])
        return
    from rich.console import Console
    from rich.segment import SegmentLines

    from readlist.tui.manual_page import lines

    console = Console()
    console.print(SegmentLines(lines(text, min(console.width, _WIDTH)), new_lines=True), end="")


def _command_help(program: click.Context, names: tuple[str, ...]) -> str:
    """Return the help of a command, or of one of a group.

    Raises:
        WrongUsage: there is no such command or page; with the nearest.
    """
    context = program
    for depth, name in enumerate(names):
        group = context.command
        found = group.get_command(context, name) if isinstance(group, click.Group) else None
        if found is None:
            from difflib import get_close_matches

            known = group.list_commands(context) if isinstance(group, click.Group) else []
            near = get_close_matches(name, [*TOPICS, *known] if context is program else known, n=1)
            hint = f"did you mean {' '.join((*names[:depth], *near))}?" if near else "`readlist help` lists the topics"
            raise WrongUsage(f"unknown topic {' '.join(names)!r}; {hint}")
        context = click.Context(found, info_name=name, parent=context)
    return f"{context.get_help()}\n"
