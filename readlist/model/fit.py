"""How well a paper fits, and why: what lists, exports and digests show of it."""

from __future__ import annotations

from msgspec import Struct

_TITLE, _SHORTEST = 60, 20
"""Characters of a title in a sentence, and where there is little room."""


class Because(Struct, frozen=True):
    """Why a paper has its match, or is like another one.

    Attributes:
        stars: (key, title) of at most two papers it is like, starred ones for a match, the one most like it first.
        words: at most three words, pairs of words or names that it shares with the first, the strongest first.
    """

    stars: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()

    def sentence(self, begin: str = "because you starred", room: int | None = None) -> str:
        """Return why, to follow a paper's title: `because you starred “Flow Matching”: flow, graphs`.

        Empty if nothing of those papers carries it.

        Args:
            begin: what comes before the titles.
            room: the most characters, to which titles are cut; a second one is left out where they get too short.
        """
        if not self.stars:
            return ""
        end = f": {', '.join(self.words)}" if self.words else ""
        for some in (self.stars, self.stars[:1]):
            left = _TITLE
            if room is not None:
                left = min(left, (room - len(begin) - len(end) - 1) // len(some) - len(" and “”"))
            if left >= _SHORTEST or len(some) == 1:
                break
        titles = (f"“{_cut(' '.join(title.split()) or key, max(left, _SHORTEST))}”" for key, title in some)
        return f"{begin} {' and '.join(titles)}{end}"


class Fit(Struct, frozen=True):
    """How well a paper fits the user, and how it is like the papers that were asked for.

    Attributes:
        match: from 0 to 99; None without stars, or if it wasn't asked for.
        because: why it has that match; None if it wasn't asked for.
        like: the paper asked for that it is like, and what they share; None if none was asked for.
    """

    match: int | None = None
    because: Because | None = None
    like: Because | None = None

    def sentences(self, room: int | None = None) -> list[str]:
        """Return why a paper is in a list, to follow its title; `room` as above."""
        given = [
            self.like.sentence("like", room) if self.like else "",
            self.because.sentence(room=room) if self.because else "",
        ]
        return [one for one in given if one]


def _cut(title: str, room: int) -> str:
    if len(title) <= room:
        return title
    begin = title[: room - 1]
    words = begin.rpartition(" ")[0]
    return (words if len(words) > room // 2 else begin).rstrip(" ,;:–—-") + "…"
