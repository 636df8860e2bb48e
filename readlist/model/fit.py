"""How well a paper fits, and why: the values that lists, exports and digests show."""

from __future__ import annotations

from msgspec import Struct


class Because(Struct, frozen=True):
    """Why a paper has its match, or is like another one.

    Attributes:
        stars: (key, title) of at most two papers it is like, starred ones for a match, the one most like it first.
        words: at most three words, pairs of words or names that it shares with each of them, the strongest first.
    """

    stars: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()


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


class Near(Struct, frozen=True):
    """A paper that is like another one.

    Attributes:
        id: of the paper in the library.
        key: its key.
        title: its title.
        words: at most three words or pairs of words that both have, the strongest first.
    """

    id: int
    key: str
    title: str
    words: tuple[str, ...]
