"""Whether work grows with a text or faster: a door is given one hostile text at two sizes, in processor time."""

from __future__ import annotations

import gc
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

Door = Callable[[str], object]
"""What takes a hostile text and does with it all that readlist does."""

FACTOR = 4
MOST_GROWTH = 5.0
"""Of four times the text, what is linear takes four times as long."""
MOST_SECONDS = 1.0
"""For a megabyte, on the machine that `_PACE` was measured on."""
SMALL, SMALL_MOST = 4_000, 64_000
"""Characters of the smaller text, at first and at most: of four times as many an abstract is cut."""
_GIVEN = 20.0
"""Seconds of processor time that a door is given for one text: it may take for ever."""
_PLAIN = 100.0
"""Seconds for a megabyte that no measuring again makes right."""
_TRIES = 5
"""Times that what seems wrong is measured again."""
_TELLING = 0.1
"""Seconds that what goes back over and over takes at least for 32,000 characters; what is linear hardly ever does."""
_LONG = 1.0
"""Seconds that no other program disturbs throughout: one try tells."""
TOLD = 0.003
"""Seconds below which a time tells nothing."""
_PACE = 0.005
"""Seconds that `_work` takes on a machine of two cores of 2026 that does nothing else."""


class Dear(NamedTuple):
    """What is real work for each record, and more than a second for a megabyte of shortest records.

    Attributes:
        doors: a pattern of names of doors.
        record: a pattern of what makes one record in a text.
        microseconds: the most for one record, beside the second that a megabyte may take.
        reason: why it takes them.
    """

    doors: re.Pattern[str]
    record: re.Pattern[str]
    microseconds: float
    reason: str


_DEAR = (
    Dear(
        re.compile(r"page|JSON lines|table|own CSV|Markdown|plain|arXiv listing|mail|note imported|export"),
        re.compile(r"\r\n?|\n"),
        40, "a line of any length may be a title, a name, a label or a heading, and is weighed as each",
    ),
    Dear(
        re.compile(r"RSS raw|RSS attributes|Atom raw"), re.compile(r"<(?:item|entry)>"),
        30, "an item without anything is looked at for each field",
    ),
    Dear(
        re.compile(r"RSS raw|RSS attributes|Atom raw"), re.compile(r"</?[a-z]"),
        12, "a tag is an element, beside what feedparser takes for it",
    ),
    Dear(
        re.compile(""), re.compile(r"github\.com/|https?://|</|<a |10\.\d{4}/|arXiv:\d"),
        40, "an address is a link, put into one form and classified",
    ),
)  # fmt: skip
"""The first that fits a door, and has a record in a text, says what it may take; the growth is the same for all."""


def most_seconds(door: str, repeated: Repeated) -> float:
    """Return how many seconds a megabyte may take by a door."""
    text = repeated(SMALL)
    for dear in _DEAR:
        if dear.doors.match(door) and (records := len(dear.record.findall(text))):
            # A microsecond for a byte is a second for a megabyte.
            return MOST_SECONDS + dear.microseconds * records / _size(text)
    return MOST_SECONDS


class SlowText(NamedTuple):
    """A door that one text takes too long to pass."""

    door: str
    text: str
    growth: float
    seconds: float

    def __str__(self) -> str:
        shown = self.text if len(self.text) < 90 else f"{self.text[:60]}…{self.text[-20:]}"
        return f"{self.door}: {shown!r} ×{self.growth:.1f} for ×{FACTOR}, {self.seconds:.1f} s a MB"


_passed: list[int] = []


def passed(size: int) -> None:
    """Say that a door takes more than the text itself, which it escapes or has in several fields: so many bytes."""
    _passed.append(size)


@dataclass(frozen=True)
class FileDoor:
    """A door that reads a file in a format.

    Attributes:
        read: reads what is made of a text.
        alone: only parses it, by the format's library; None if there is none.
    """

    read: Callable[[str], object]
    alone: Callable[[str], object] | None

    def __call__(self, text: str) -> object:
        """Do all that readlist does."""
        return self.read(text)

    def seconds_alone(self, text: str) -> float:
        """Return how many seconds a megabyte takes the library alone: readlist can't take less."""
        return seconds(self.alone, text, _TRIES) / _size(text) * 1e6 if self.alone else 0.0


class _TooLongError(BaseException):
    """A door took longer than it is given. No door may take it for an error of its own."""


def _give_up(*_: object) -> None:
    raise _TooLongError


def seconds(read: Door, text: str, times: int = 1) -> float:
    """Return the processor time that a door takes for a text, the least of some times; infinite if it is given up."""
    taken = [_second(read, text) for _ in range(times)]
    return min(taken)


def _second(read: Door, text: str) -> float:
    before = signal.signal(signal.SIGPROF, _give_up)
    start = time.process_time()
    try:
        # Regular expressions look for signals, too.
        signal.setitimer(signal.ITIMER_PROF, _GIVEN)
        read(text)
        return time.process_time() - start
    except _TooLongError:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def pace() -> float:
    """Return how much slower than `_PACE` the machine is now."""
    return min(_paced() for _ in range(3)) / _PACE


def _paced() -> float:
    start = time.process_time()
    _work()
    return time.process_time() - start


def _work() -> None:
    """Do what parsers do: search, split, join, count."""
    words = re.findall(r"[a-z]+(?=[,. ])|\d+", "every paper, of 2401 and 12345. " * 4_000)
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + len(word)


def finding(
    name: str, read: Door, repeated: Repeated, slower: float = 1.0, most: float | None = None
) -> SlowText | None:
    """Return what is wrong with a door and a repeated text; None if nothing is.

    Args:
        name: the door's.
        read: the door.
        repeated: makes the text of a length.
        slower: what `pace` says of the machine.
        most: seconds for a megabyte; by default what the door may take.
    """
    most = most_seconds(name, repeated) if most is None else most
    size = SMALL
    growth, rate = _measured(read, repeated, size, 1)
    if not _is_wrong(growth, rate / slower, most):
        return None
    if rate / slower > _PLAIN:
        return SlowText(name, repeated.sample, growth, rate / slower)
    # Once more, with a text that tells more.
    while size < SMALL_MOST and seconds(read, repeated(size)) < TOLD:
        size *= 2
    # What is wrong is wrong each time, beside the machine's pace of that moment; a busy machine isn't.
    growth, rate = _least(read, repeated, size)
    if growth > MOST_GROWTH:
        # What isn't linear isn't at any size; memory beyond the processor's caches, or a field that is dropped when it
        # is too long, makes one step.
        growth = min(growth, _least(read, repeated, size * FACTOR)[0])
    if rate > most and isinstance(read, FileDoor):
        most += read.seconds_alone(repeated(size * FACTOR)) / pace()
    if not _is_wrong(growth, rate, most):
        return None
    return SlowText(name, repeated.sample, growth, rate)


def growth_of_time(read: Door, repeated: Repeated, size: int, telling: float = _TELLING) -> float:
    """Return how many times longer four times the text takes, the least of some tries; 0 if it takes no time to tell.

    Regular expressions take steps that nothing counts. Another program beside this one makes one try longer, but not
    each, and not at two sizes.

    Args:
        read: the door.
        repeated: makes the text of a length.
        size: characters of the smaller text.
        telling: seconds of the larger one that tell something.
    """
    if seconds(read, repeated(size * FACTOR)) < telling:
        return 0.0
    growth = _growth(read, repeated, size)
    return min(growth, _growth(read, repeated, size * FACTOR)) if growth > MOST_GROWTH else growth


def _growth(read: Door, repeated: Repeated, size: int) -> float:
    small, large = repeated(size), repeated(size * FACTOR)
    growth = float("inf")
    for _ in range(_TRIES):
        before, after = max(seconds(read, small, 2), 1e-6), seconds(read, large)
        growth = min(growth, after / before)
        if growth <= MOST_GROWTH or after > _LONG:
            break
    return growth


def _is_wrong(growth: float, rate: float, most: float) -> bool:
    return growth > MOST_GROWTH or rate > most


def _size(text: str) -> int:
    """Return how many bytes a text has."""
    return len(text.encode("utf-8", "surrogatepass"))


def _least(read: Door, repeated: Repeated, size: int) -> tuple[float, float]:
    """Return the least growth, and the least seconds for a megabyte at the machine's pace then, of some tries."""
    growth = rate = float("inf")
    for _ in range(_TRIES):
        slower = pace()
        grown, taken = _measured(read, repeated, size, 2)
        growth, rate = min(growth, grown), min(rate, taken / slower)
        if growth <= MOST_GROWTH and rate <= MOST_SECONDS:
            break
    return growth, rate


def _measured(read: Door, repeated: Repeated, size: int, times: int) -> tuple[float, float]:
    """Return how much longer four times the text takes, 0 if both are too short to tell, and the seconds for a MB."""
    small, large = repeated(size), repeated(size * FACTOR)
    gc.collect(0)
    before = seconds(read, small, times)
    _passed.clear()
    after = seconds(read, large, times)
    size = max(_size(large), sum(_passed) // times)
    rate = after / size * 1e6
    # In a short time the clock's tick and what is done but once weigh more than the text.
    return (after / max(before, 1e-6) if after > TOLD else 0.0), (rate if after > TOLD else 0.0)


class Repeated(NamedTuple):
    """A text of any length: something again and again, with something else before and after.

    Attributes:
        piece: what is repeated.
        start: what is before it.
        end: what is after it.
        line: the length of a line; 0 for one line.
    """

    piece: str
    start: str = ""
    end: str = ""
    line: int = 0

    def __call__(self, size: int) -> str:
        """Return the text in a number of characters, or a few more."""
        if self.line:
            row = self.start + self.piece * max(1, self.line // len(self.piece)) + self.end + "\n"
            return row * max(1, size // len(row))
        return self.start + self.piece * max(1, size // len(self.piece)) + self.end

    @property
    def sample(self) -> str:
        """How it is shown."""
        parts = [repr(self.start)] * bool(self.start) + [f"{self.piece!r}*n"] + [repr(self.end)] * bool(self.end)
        return " + ".join(parts) + (f" in lines of {self.line}" if self.line else "")


def findings(
    doors: dict[str, Door], texts: list[Repeated], *, until: float = float("inf"), slower: float | None = None
) -> Iterator[SlowText]:
    """Yield what is wrong with any door and any text; ends early at a time of `time.monotonic`."""
    slower = slower or pace()
    for repeated in texts:
        for name, read in doors.items():
            if time.monotonic() > until:
                return
            if found := finding(name, read, repeated, slower):
                yield found
