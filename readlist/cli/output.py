"""What is printed: papers, tables, totals, errors and progress."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Literal, TextIO

from readlist.text.clean import counted, drawable

if TYPE_CHECKING:
    from click import ClickException
    from rich.progress import Progress as Bars

    from readlist.services import Progress


_AFTER = 1.0
"""Seconds of work before progress is shown."""

_BAR, _BAR_TEXT = 30, 34
"""Columns of the bar and of the text beside it, which fit into 80 with percents and time."""

_LEAST_COLUMN = 20
"""Columns of the last column of a table, however narrow the terminal is."""

_AGAIN = 0.1
"""Seconds until it is shown again after it was cleared."""

_STYLES = {
    "bold": "1", "dim": "2", "italic": "3", "good": "32", "bad": "31", "warning": "33",
    "unread": "34", "star": "33", "note": "32", "code": "35", "key": "36", "tag": "36",
}  # fmt: skip
"""Looks and their SGR parameters (ECMA-48), in the terminal's own colours."""


class CommandError(Exception):
    """Something failed: one line on standard error, exit status 1.

    Attributes:
        message: what failed, where, and why.
        hint: what to do, on a line of its own; may be empty.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @classmethod
    @contextmanager
    def instead_of(cls, *kinds: type[Exception], where: str = "") -> Iterator[None]:
        """Raise this in place of other exceptions, with their text after `where`."""
        try:
            yield
        except kinds as error:
            raise cls(f"{where}{error}") from error

    def show(self) -> None:
        """Print the line."""
        warn(self.message)
        if self.hint:
            hint(self.hint)


class LibraryInUse(CommandError):
    """Another process held the library for too long."""


class WrongUsage(CommandError):
    """Wrong usage or settings: one line on standard error, exit status 2."""

    exit_code = 2

    @classmethod
    def of(cls, error: ClickException) -> WrongUsage:
        """Return click's error in readlist's words."""
        near = getattr(error, "possibilities", None)
        message = " ".join((error.message if near else error.format_message()).split()).removesuffix(".")
        message = message.replace("a valid integer range", "a number").replace("'[", "'").replace("]'", "'")
        message = re.sub(r"is not in the range x>=(\d+)", r"must be at least \1", message)
        message += f"; did you mean {near[0]}?" if near else ""
        context = getattr(error, "ctx", None)
        hint = f"`{context.command_path} --help` shows the options" if context is not None else ""
        return cls(message[:1].lower() + message[1:], hint)


def is_stream_error(error: Exception) -> bool:
    """Return whether a stream failed, such as standard output: errors of files have the file's name."""
    return isinstance(error, OSError) and error.filename is None


def warn(text: str) -> None:
    """Print one line on standard error, safe for a terminal."""
    say(f"{_styled('readlist:', 'bad')} {drawable(text)}\n")


def hint(text: str) -> None:
    """Print what to do on standard error, safe for a terminal."""
    say(f"{_styled('hint:', 'key')} {drawable(text)}\n")


def _styled(text: str, style: str) -> str:
    """Return a text with a look where a terminal shows standard error."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if sys.stderr.isatty() and color_system() else text


def say(text: str) -> None:
    """Print on standard error; where nothing can be written, the work goes on and its exit status stays."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        give_up(sys.stderr)


def give_up(*streams: TextIO) -> None:
    """Drop what could not be printed: Python would try once more at the end, and report it."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in streams:
            os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def for_terminal() -> bool:
    """Return whether standard output is a terminal."""
    return sys.stdout.isatty()


def echo(text: str, style: str = "", *, err: bool = False) -> None:
    """Print one line on standard output, or on standard error, safe for a terminal.

    Args:
        text: the line.
        style: its look, one of `_STYLES`, for terminals that show it; or none.
        err: whether it goes to standard error.
    """
    if err:
        say(f"{drawable(text)}\n")
    else:
        echo_pieces([(text, style)])


def echo_pieces(pieces: Iterable[tuple[str, str]]) -> None:
    """Print one line of pieces, each a text and its look; safe for a terminal."""
    colored = for_terminal() and color_system()
    line = "".join(
        f"\x1b[{_STYLES[style]}m{drawable(text)}\x1b[0m" if colored and style and text else drawable(text)
        for text, style in pieces
    )
    # Flushed, so that a pipe that is closed is noticed at once.
    print(line.rstrip() if not colored else line, flush=True)


def echo_json(value: object, indent: int | None = None) -> None:
    """Print a value as JSON."""
    from readlist.exports.formats import dumps

    print(dumps(value, indent), flush=True)


def color_system() -> Literal["auto"] | None:
    """Return which colours rich shall print: none with NO_COLOR, or on a terminal that is not known."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM", "") in ("", "dumb", "unknown")
    return None if plain and os.name == "posix" else "auto"


def print_pieces(pieces: Iterable[str]) -> None:
    """Print the pieces of a text: to a terminal what it can't obey, into a pipe exactly, in UTF-8."""
    if for_terminal():
        for piece in pieces:
            lines = piece.replace("\r\n", "\n").replace("\0", "\n").split("\n")
            print("\n".join(map(drawable, lines)), end="", flush=True)
        return
    sys.stdout.flush()
    for piece in pieces:
        sys.stdout.buffer.write(piece.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def fitted(text: str, width: int) -> str:
    """Return a text in exactly `width` cells of a terminal."""
    from rich.cells import cell_len, set_cell_size

    return set_cell_size(text, width - 1) + "…" if cell_len(text) > width else set_cell_size(text, width)


def print_columns(rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows of text: aligned for a terminal, the last column wrapped; with tabs between for a pipe."""
    from rich.cells import cell_len

    cells = [tuple(drawable(cell) for cell in row) for row in rows]
    if for_terminal():
        import shutil
        import textwrap

        width = shutil.get_terminal_size().columns
        widths = [min(width // 3, max(map(cell_len, column))) for column in zip(*cells, strict=True)][:-1]
        indent = sum(widths) + 2 * len(widths)
        lines = []
        for row in cells:
            last = textwrap.wrap(row[-1], max(_LEAST_COLUMN, width - indent)) or [""]
            lines.append("  ".join((*map(fitted, row, widths), last[0])).rstrip())
            lines += [" " * indent + line for line in last[1:]]
    else:
        lines = ["\t".join(row) for row in cells]
    print_pieces(f"{line}\n" for line in lines)


class ProgressBar:
    """Progress of a long command on a terminal, after its first second; to a pipe nothing but one line on an index."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._cleared = 0.0
        self._share = 0.0
        self._text = ""
        self._said = False
        self._lock = threading.Lock()
        self._bars: Bars | None = None
        self._watched = sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")
        # A thread of its own, for one large file may be read for long before anything is reported.
        self._timer = threading.Timer(_AFTER, self._draw)
        self._timer.daemon = True

    def __enter__(self) -> ProgressBar:
        """Begin, if a terminal shows it."""
        if self._watched:
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove it; what is reported later is not shown."""
        self._said = True
        self._timer.cancel()
        if self._timer.ident is not None:
            self._timer.join()
        self.clear()

    def report(self, progress: Progress) -> None:
        """Show how far a service is."""
        if progress.unit == "papers":
            # How far they are in all is reported by the bytes.
            self.stored(progress.done)
            return
        reading = f"reading {progress.name}" if progress.name else f"writing {progress.total:,} files"
        self._update(progress.share, progress.name if progress.unit in ("feeds", "stars") else reading)

    def stored(self, papers: int) -> None:
        """Show how many papers are stored."""
        self._update(self._share, f"{counted(papers, 'paper')} stored")

    def written(self, progress: Progress) -> None:
        """Show how many papers of an export are written."""
        self._update(progress.share, f"{progress.done:,} of {counted(progress.total, 'paper')}")

    def begin(self, text: str, share: float) -> None:
        """Show what is being done, and which part of all was done before."""
        self._update(share, text)

    def indexed(self, done: int, total: int) -> None:
        """Show how many papers are in the search index that is rebuilt."""
        self._update(done / total if total else 1.0, f"search index: {done:,} of {total:,} papers")
        if not self._said and not self._watched and time.monotonic() - self._started > _AFTER:
            self._said = True
            warn(f"Updating the search index of {total:,} papers, once for this version …")

    def clear(self) -> None:
        """Remove it, for something else to be printed; the next report brings it back."""
        with self._lock:
            if self._bars is not None:
                self._bars.stop()
            self._cleared = time.monotonic()

    def _update(self, share: float, text: str) -> None:
        self._share, self._text = share, drawable(text)
        with self._lock:
            if self._bars is None:
                return
            self._bars.update(self._bars.task_ids[0], completed=share, description=fitted(self._text, _BAR_TEXT))
            if not self._bars.live.is_started and time.monotonic() - self._cleared > _AGAIN:
                self._bars.start()

    def _draw(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        bars = Bars(
            BarColumn(_BAR),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=Console(file=_Quiet(), force_terminal=True, color_system=color_system()),  # type: ignore[arg-type]
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        bars.update(bars.add_task(fitted(self._text, _BAR_TEXT), total=1.0), completed=self._share)
        with self._lock:
            self._bars = bars
            if not self._timer.finished.is_set():
                bars.start()


class _Quiet:
    """Standard error for rich: a terminal that went away is no failure of what is done."""

    encoding = "utf-8"

    def write(self, text: str) -> None:
        """Write as far as it can be written."""
        say(text)

    def flush(self) -> None:
        """Do nothing: all is written at once."""
