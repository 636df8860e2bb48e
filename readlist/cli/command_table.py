"""The commands of `readlist`: where each is defined, its line in the help, and the group that reads arguments."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from readlist import __version__, interrupt
from readlist.cli.output import CommandError, WrongUsage, for_terminal, give_up, is_stream_error, warn
from readlist.cli.spared_modules import load_msgspec

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Lazy(NamedTuple):
    """One command.

    Attributes:
        target: `module:object`, imported when the command is used.
        group: the heading it is listed under.
        help: its line there, the first of its own help.
    """

    target: str
    group: str
    help: str


COMMANDS = {
    "fetch": Lazy("readlist.cli.fetch_command:fetch", "Get papers", "Fetch new papers from your feeds"),
    "add": Lazy("readlist.cli.add_command:add", "Get papers", "Add papers by arXiv id, DOI or URL"),
    "import": Lazy(
        "readlist.cli.import_command:import_papers", "Get papers", "Import saved pages, references or notes"
    ),
    "feeds": Lazy("readlist.cli.feeds_command:feeds", "Get papers", "List, follow, move or unfollow feeds"),
    "list": Lazy("readlist.cli.list_command:list_papers", "Read", "List the papers that match a query"),
    "show": Lazy("readlist.cli.show_command:show", "Read", "Show one paper"),
    "open": Lazy("readlist.cli.open_command:open_papers", "Read", "Open papers in the browser"),
    "copy": Lazy("readlist.cli.copy_command:copy", "Read", "Copy links, citations or notes of papers"),
    "export": Lazy("readlist.cli.export_command:export", "Read", "Export papers as BibTeX, RIS, CSV, JSON or notes"),
    "digest": Lazy("readlist.cli.digest_command:digest", "Read", "Print or mail a digest of new papers"),
    "mark": Lazy("readlist.cli.mark_command:mark", "Decide", "Mark papers read, star them or set a note"),
    "remove": Lazy("readlist.cli.remove_command:remove", "Decide", "Remove papers from every list"),
    "undo": Lazy("readlist.cli.undo_command:undo", "Decide", "Undo the last change, or the last STEPS"),
    "sync": Lazy("readlist.cli.sync_command:sync", "Keep", "Merge marks from your other machines"),
    "doctor": Lazy("readlist.cli.doctor_command:doctor", "Keep", "Check files, settings and library for problems"),
    "help": Lazy("readlist.cli.help_command:show_help", "Help", "Show a page of the manual, or the help of a command"),
    "completion": Lazy("readlist.cli.completion_command:completion", "Help", "Print a shell completion script"),
}
"""All commands, in the order of the help."""

_NARROW, _NARROWEST = 52, 24
"""Columns below which the help is made for the terminal, and the fewest it is made for."""

_EXAMPLES = """\b
Examples:
  readlist                                 # open the reading list
  readlist fetch                           # get new papers
  readlist list 'is:unread upvotes:>20'    # unread papers with many upvotes
"""


class LazyGroup(click.Group):
    """Commands imported when they are used, whose errors are printed as all others are."""

    def __init__(self, *args: Any, lazy_subcommands: dict[str, Lazy] | None = None, **extra: Any) -> None:
        super().__init__(*args, **extra)
        self.lazy_subcommands = lazy_subcommands or {}
        # The names, for click to suggest.
        self.commands = dict.fromkeys(self.lazy_subcommands)  # type: ignore[assignment]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        return list(self.lazy_subcommands)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command, imported now."""
        if name not in self.lazy_subcommands:
            return None
        load_msgspec()
        module, _, attribute = self.lazy_subcommands[name].target.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in groups."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for name, row in self.lazy_subcommands.items():
            groups.setdefault(row.group, []).append((name, row.help))
        for heading, rows in groups.items():
            with formatter.section(heading):
                formatter.write_dl(rows, col_spacing=12 - max(len(name) for name, _ in rows))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the commands and the options before them."""
        from click.shell_completion import CompletionItem

        named = [
            CompletionItem(name, help=row.help)
            for name, row in self.lazy_subcommands.items()
            if name.startswith(incomplete)
        ]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments before a command's name; the help fits narrow terminals, unlike click's own."""
        with _one_voice():
            if os.environ.get("COLUMNS") or for_terminal():
                # Loads what packs archives, too; elsewhere there are 80 columns.
                import shutil

                columns = shutil.get_terminal_size().columns
                if columns < _NARROW:
                    extra.setdefault("terminal_width", max(columns, _NARROWEST))
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Read a command's own arguments, and run it."""
        with _one_voice():
            result = super().invoke(ctx)
            interrupt.settle()
            return result


@contextlib.contextmanager
def _one_voice() -> Iterator[None]:
    """Print errors in one voice and exit with their status: 130 interrupted, 1 failed, 2 wrong usage.

    Once it has ended otherwise, nothing interrupts it.
    """
    try:
        try:
            yield
        except KeyboardInterrupt as error:
            # click would say "Aborted!" and exit with 1, as for any failure.
            raise SystemExit(interrupt.INTERRUPTED) from error
        except (CommandError, OSError, SystemExit, click.exceptions.Exit, click.ClickException) as error:
            if interrupt.asked(error) and not _is_done(error):
                raise SystemExit(interrupt.INTERRUPTED) from error
            interrupt.settle()
            raise
    except OSError as error:
        if not is_stream_error(error) or isinstance(error, BrokenPipeError):
            raise
        warn(f"can't write to standard output: {error.strerror or error}")
        give_up(sys.stdout)
        raise SystemExit(1) from error
    except click.ClickException as error:
        fault = WrongUsage.of(error)
        fault.show()
        raise SystemExit(fault.exit_code) from error
    except CommandError as error:
        error.show()
        raise SystemExit(error.exit_code) from error


def _is_done(error: BaseException) -> bool:
    """Return whether an exception only says that all is done."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code == 0
    return isinstance(error, SystemExit) and not error.code


@click.group(
    cls=LazyGroup,
    lazy_subcommands=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EXAMPLES,
)
@click.version_option(__version__, "--version", message="readlist %(version)s")
@click.pass_context
def readlist(context: click.Context) -> None:
    """A reading list for research papers in the terminal.

    Without a command the list opens; press ? there for the keys.
    """
    if context.invoked_subcommand is None:
        from readlist.cli.start_screen import run_screen

        run_screen()
