"""What stays in its row when a list is asked for again; pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def with_decided(shown: Sequence[int], ids: Sequence[int]) -> Sequence[int]:
    """Return all ids with those first that are shown already, also if they were decided about meanwhile."""
    held = set(shown)
    if held <= set(ids[: len(shown)]):
        return ids
    return [*shown, *(number for number in ids if number not in held)]


def woven(shown: Sequence[int], ids: Sequence[int], held: Collection[int]) -> list[int]:
    """Return ids together with held ones of those shown, each held one behind what it stood behind."""
    present = set(ids)
    behind: dict[int | None, list[int]] = {}
    last = None
    for number in shown:
        if number in present:
            last = number
        elif number in held:
            behind.setdefault(last, []).append(number)
    together = list(behind.get(None, ()))
    for number in ids:
        together.append(number)
        together += behind.get(number, ())
    return together
