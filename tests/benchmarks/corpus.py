"""Made-up papers, as many as are wanted, always the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate

from readlist.model.paper import Announcement, Link, Paper, identifiers_of

DAY = date(2026, 8, 1)
Item = tuple[Paper, Announcement]


def vocabulary() -> list[str]:
    """Return 30,000 made-up words, the frequent ones first."""
    dice = random.Random(1)
    syllables = [consonant + vowel for consonant in "bcdfghklmnprstvz" for vowel in "aeiou"]
    words: dict[str, None] = {}
    while len(words) < 30_000:
        words["".join(dice.choices(syllables, k=dice.randint(1, 4))) + dice.choice(["", "n", "s", "tion"])] = None
    return list(words)


WORDS = vocabulary()
WEIGHTS = list(accumulate(1 / (rank + 3) for rank in range(len(WORDS))))


def corpus(count: int) -> Iterator[Item]:
    """Yield made-up papers: nine words of title, 180 of abstract, a third of them with a repository."""
    dice = random.Random(2)
    for number in range(count):
        words = dice.choices(WORDS, cum_weights=WEIGHTS, k=189)
        title = " ".join(words[:9]).capitalize()
        arxiv = f"{10 + number // 100_000:02}{number // 10_000 % 12 + 1:02}.{number % 100_000:05}"
        abstract = f"{' '.join(words[9:])} — café."
        links = (Link(f"https://github.com/{words[0]}/{words[1]}{number}", "repo"),) if number % 3 == 0 else ()
        authors = tuple(f"{one} {other}".title() for one, other in zip(words[:4], words[4:8], strict=True))
        day = DAY - timedelta(days=number // 100)
        paper = Paper(identifiers_of(title, arxiv)[0], title, abstract, authors, day, arxiv, links=links)
        yield paper, Announcement("HF daily", day, number % 100 + 1, upvotes=dice.randint(0, 200))
