"""Made-up papers of two hundred topics, with real stop words between made-up words, as many as are wanted."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate

from readlist.model.paper import Announcement, Paper, identifiers_of
from tests.benchmarks.corpus import DAY, WORDS, Item

TOPICS = 200
_FREQUENT = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "we",
    "a",
    "is",
    "for",
    "that",
    "on",
    "with",
    "by",
    "as",
    "our",
    "are",
    "this",
]
_OF_TOPIC = 40
_SHARE = 0.12
"""Of the words of a paper that are of its topic; half of them are followed by the topic's next word."""


def topical_corpus(count: int) -> Iterator[tuple[int, Item]]:
    """Yield papers with their topics, the first topics more frequent: nine words of title, 180 of abstract."""
    dice = random.Random(3)
    words = _FREQUENT + WORDS
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    topics = [dice.sample(words[300:20_000], _OF_TOPIC) for _ in range(TOPICS)]
    of_topic = list(accumulate(1 / (rank + 2) for rank in range(_OF_TOPIC)))
    authors = [[" ".join(dice.sample(WORDS, 2)).title() for _ in range(60)] for _ in range(TOPICS)]

    def text(topic: int, length: int) -> str:
        written: list[str] = []
        while len(written) < length:
            if dice.random() < _SHARE:
                (place,) = dice.choices(range(_OF_TOPIC), cum_weights=of_topic)
                written += topics[topic][place : place + dice.choice((1, 2))]
            else:
                written += dice.choices(words, cum_weights=weights)
        return " ".join(written)

    for number in range(count):
        topic = int(dice.random() ** 2 * TOPICS)
        title = text(topic, 9).capitalize()
        arxiv = f"{10 + number // 100_000:02}{number // 10_000 % 12 + 1:02}.{number % 100_000:05}"
        day = DAY - timedelta(days=number // 100)
        key = identifiers_of(title, arxiv)[0]
        paper = Paper(key, title, text(topic, 180), tuple(dice.sample(authors[topic], 4)), day, arxiv)
        yield topic, (paper, Announcement("HF daily", day, number % 100 + 1, upvotes=dice.randint(0, 200)))
