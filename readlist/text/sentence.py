"""Why a paper fits, as sentences that follow its title."""

from __future__ import annotations

from readlist.model.fit import Because, Fit
from readlist.text.clean import readable

_TITLE, _SHORTEST = 60, 20
"""Characters of a title in a sentence, and where there is little room."""


def reasons(fit: Fit, room: int | None = None) -> list[str]:
    """Return why a paper is in a list, a sentence for each reason, without a capital or a full stop.

    Args:
        fit: how well it fits.
        room: the most characters of each, as far as titles can be cut to that; None for any number.
    """
    given = [
        because_text(fit.like, "like", room) if fit.like else "",
        because_text(fit.because, room=room) if fit.because else "",
    ]
    return [one for one in given if one]


def because_text(because: Because, begin: str = "because you starred", room: int | None = None) -> str:
    """Return why a paper has its match: `because you starred “Flow Matching”: flow, graphs`.

    Empty if no word of the stars counts much.

    Args:
        because: the reason.
        begin: what comes before the titles.
        room: the most characters, to which titles are cut; a second one is left out where they get too short.
    """
    if not because.stars:
        return ""
    end = f": {', '.join(because.words)}" if because.words else ""
    for some in (because.stars, because.stars[:1]):
        left = _TITLE
        if room is not None:
            left = min(left, (room - len(begin) - len(end) - 1) // len(some) - len(" and “”"))
        if left >= _SHORTEST or len(some) == 1:
            break
    titles = (f"“{_cut(' '.join(readable(title).split()) or key, max(left, _SHORTEST))}”" for key, title in some)
    return f"{begin} {' and '.join(titles)}{end}"


def _cut(title: str, room: int) -> str:
    """Return a title of at most some characters, cut between words if that loses less than half."""
    if len(title) <= room:
        return title
    begin = title[: room - 1]
    words = begin.rpartition(" ")[0]
    return (words if len(words) > room // 2 else begin).rstrip(" ,;:–—-") + "…"
