"""The status line as pieces of text: the last message, work under way, the tally of the day; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len

from readlist.model.tally import Tally
from readlist.text.clean import counted, drawable
from readlist.tui.keymap import KeyMap
from readlist.tui.message_log import Status, Tone
from readlist.tui.render.pieces import Piece, cells_of, clipped
from readlist.tui.render.signs import Signs, cut

_BAR, _SHORT_BAR = 24, 10
_LEAST_MESSAGE = 24
_GAP = 2


def status_pieces(status: Status, width: int, signs: Signs, keys: KeyMap) -> tuple[list[Piece], list[Piece]]:
    """Return what is at the left end of the line, and at its right end, for a width in cells."""
    left, right = _both_ends(status, width, signs, keys)
    left = clipped(left, width)
    return left, right if cells_of(left) + cells_of(right) <= width else []


def _both_ends(status: Status, width: int, signs: Signs, keys: KeyMap) -> tuple[list[Piece], list[Piece]]:
    message = status.message
    ends = _ends(status, signs, keys)
    if message is None and status.work:
        return _work(status, width, signs, keys), _fitting(ends, width - _LEAST_MESSAGE - _BAR)
    text = drawable(message.text) if message is not None else ""
    sign = f" {_sign(message.tone, signs)} " if message is not None else ""
    # What waits for an answer leaves room for what was decided meanwhile.
    wanted = cells_of(ends[0]) + _GAP if ends else 0
    if message is not None and message.short and cell_len(sign + text) + wanted > width:
        text = drawable(message.short)
    right = _fitting(ends, width - _GAP - cell_len(sign + text))
    if not right and (status.unseen or status.work) and width - _GAP - cells_of(ends[-1]) >= _LEAST_MESSAGE:
        # A long message leaves room for what may need a look, but not for the tally.
        right = ends[-1]
    if message is None:
        return [], right
    room = width - cell_len(sign) - (cells_of(right) + _GAP if right else 0)
    body = "message" if message.tone in ("done", "note") else message.tone
    return [(sign, message.tone), (cut(text, max(0, room), signs.cut).rstrip(), body)], right


def _sign(tone: Tone, signs: Signs) -> str:
    return {"done": signs.done, "note": signs.dot, "warning": signs.unsaved, "wrong": signs.unsaved}[tone]


def _fitting(ends: Sequence[list[Piece]], room: int) -> list[Piece]:
    """Return the first of some right ends that fits, none if all are too wide."""
    return next((pieces for pieces in ends if cells_of(pieces) <= room), [])


def _ends(status: Status, signs: Signs, keys: KeyMap) -> list[list[Piece]]:
    """Return what may be at the right end, the longest form first."""
    unseen = counted(status.unseen, "error")
    errors: list[Piece] = [(keys.text("{key:messages}: {unseen} ", unseen=unseen), "wrong")] if status.unseen else []
    apart: list[Piece] = [(f"{signs.dot} ", "tally")] if errors else []
    if status.message is not None and status.work:
        bar: list[Piece] = [(f"{status.work} ", "work"), (f"{_bar(status.share, _SHORT_BAR, signs)} ", "work")]
        hint = _cancel_hint(status, keys)
        return [
            *([[*errors, *bar, (f"{signs.dot} {hint} ", "work")]] if hint else []),
            [*errors, *bar],
            [*errors, (f"{status.work} {status.share:.0%} ", "work")],
            *([errors] if errors else []),
        ]
    forms: list[list[Piece]] = [[*errors, *apart, (f"{tally} ", "tally")] for tally in status.tally]
    return [*forms, *([errors] if errors else [])]


def _cancel_hint(status: Status, keys: KeyMap) -> str:
    """Return which key cancels the work under way; empty if none does."""
    return keys.hint("{key:back}: cancel") if status.cancellable else ""


def _work(status: Status, width: int, signs: Signs, keys: KeyMap) -> list[Piece]:
    """Return the work under way: name, bar and share, and the key that cancels it, as much as fits."""
    bar = f"  {_bar(status.share, min(_BAR, max(4, width // 4)), signs)}" if status.share else f" {signs.pending}"
    if hint := _cancel_hint(status, keys):
        bar += f" {signs.dot} {hint}"
    room = width - 1 - cell_len(bar)
    text = f"{status.work} {drawable(status.work_name)}".rstrip()
    return [(f" {cut(text, min(cell_len(text), max(0, room)), signs.cut)}", "work"), (bar, "work")]


def _bar(share: float, cells: int, signs: Signs) -> str:
    filled = int(share * cells)
    return f"{signs.bar_done * filled}{signs.bar_left * (cells - filled)} {share:4.0%}"


def tally_forms(tally: Tally, signs: Signs, *, sample: bool = False) -> tuple[str, ...]:
    """Return the tally of the day for the status line, the longest form first; empty if there is nothing to tell."""
    counts = ((tally.read, "done"), (tally.starred, "starred"), (tally.noted, "noted"))
    parts = [f"{count:,} {word}" for count, word in counts if count]
    between = f" {signs.dot} "
    forms = [f"{between.join(parts)} today", f"{parts[0]} today"] if parts else []
    if sample:
        forms = [*(f"Sample{between}{form}" for form in forms), "Sample"]
    return tuple(dict.fromkeys(forms))


def day_lines(tally: Tally, fetch: datetime | None, signs: Signs) -> tuple[str, str]:
    """Return what inbox zero says of the day, and of the next fetch; each may be empty."""
    signed = [f"{count:,} {sign}" for count, sign in ((tally.starred, signs.star), (tally.noted, signs.note)) if count]
    marks = f": {', '.join(signed)}" if signed else ""
    day = f"{tally.decided:,} decided today{marks}" if tally.decided else ""
    return day, f"next fetch {fetch.astimezone():%H:%M}" if fetch is not None else ""
