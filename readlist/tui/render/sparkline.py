"""Counts by day as a line of blocks, what was gained and since when: in as many cells as there are; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import product

from msgspec import Struct

from readlist.model.time import SHORT_WEEKDAYS
from readlist.model.trend import Series
from readlist.tui.render.signs import Signs, count, whole_day

_WEEK = 7


class CountForm(Struct, frozen=True):
    """A way to say what became of a count: each part is text, empty where it is left out.

    Attributes:
        line: a block a day, and a sign for a day that was not asked.
        gain: what was gained, `+31`.
        when: since when, `since Tue`; of a line alone, up to when.
    """

    line: str = ""
    gain: str = ""
    when: str = ""

    def after(self, number: str) -> str:
        """Return a number with what became of it."""
        return " ".join(each for each in (number, self.line, self.gain, self.when) if each)


NO_FORM = CountForm()


def sparkline(series: Series, signs: Signs, days: int | None = None) -> str:
    """Return a block for each day, by its count between the lowest and the highest; empty for a single sighting.

    A day that was not asked has a sign of its own: nothing is made up for it.

    Args:
        series: the counts.
        signs: the signs to use.
        days: of the last days only.
    """
    points = series.points[-days:] if days else series.points
    first = next((place for place, point in enumerate(points) if point.count is not None), len(points))
    counts = [point.count for point in points[first:]]
    known = [each for each in counts if each is not None]
    if len(known) < 2:
        return ""
    low, high, top = min(known), max(known), len(signs.heat) - 1
    return "".join(
        signs.gap if each is None else signs.heat[(each - low) * top // max(1, high - low)] for each in counts
    )


def gain_text(gained: int | None) -> str:
    """Return what was gained, or lost, in at most six cells; empty for nothing, and where it is not known."""
    return f"{'+' if gained > 0 else '-'}{count(abs(gained))}" if gained else ""


def since_text(day: date, today: date, word: str = "since") -> str:
    """Return since when: `since Tue`, `since Aug 1`; `today`, also of a day that has begun in UTC but not here."""
    if day >= today:
        return "today"
    near = timedelta() < today - day < timedelta(days=_WEEK)
    return f"{word} {SHORT_WEEKDAYS[day.weekday()] if near else whole_day(day, today)}"


def count_forms(series: Series | None, today: date, signs: Signs) -> list[CountForm]:
    """Return the ways to say what became of a count, the longest first; the last one says nothing."""
    if series is None:
        return [NO_FORM]
    line, short = sparkline(series, signs), sparkline(series, signs, _WEEK)
    gain = gain_text(series.gained)
    when = ""
    if gain and series.since is not None:
        when = since_text(series.since, today)
    elif line and today - series.points[-1].day > timedelta(days=1):
        # Else the line would seem to end today.
        when = since_text(series.points[-1].day, today, "to")
    forms = [CountForm(line, gain, when), CountForm(line, gain), CountForm(short, gain)]
    forms += [CountForm("", gain, when)] if gain else []
    return list(dict.fromkeys((*forms, CountForm("", gain), NO_FORM)))


def fitting_forms(kinds: Sequence[Sequence[CountForm]], fits: Callable[[Sequence[CountForm]], bool]) -> list[CountForm]:
    """Return one form of each kind of count: the longest that fit together, at the expense of the last kinds first.

    Args:
        kinds: the forms of each kind, the longest first.
        fits: whether there is room for some, one of each kind.
    """
    combined = sorted(product(*(range(len(forms)) for forms in kinds)), key=lambda places: (sum(places), places))
    chosen = next(
        (each for each in combined if fits([forms[place] for forms, place in zip(kinds, each, strict=True)])),
        tuple(len(forms) - 1 for forms in kinds),
    )
    return [forms[place] for forms, place in zip(kinds, chosen, strict=True)]


def line_count(widths: Sequence[int], width: int) -> int:
    """Return how many lines some pieces take with a blank between two; see `text_block.chips`."""
    lines = room = 0
    for size in widths:
        if not lines or size + 1 > room:
            lines, room = lines + 1, width + 1
        room -= min(size, width) + 1
    return lines
