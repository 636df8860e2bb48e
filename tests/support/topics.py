"""Daily lists of papers on some topics, as Hugging Face gives them, for what is learned from stars."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from readlist.model.paper import Announcement
from readlist.sources.batch import Batch
from tests.support.papers import DAY, make_paper

TOPICS = {
    "diffusion": "diffusion image editing denoising sampler pixels",
    "folding": "protein folding energy residues chains binding",
    "speech": "speech recognition noise phonemes microphones accents",
    "routing": "graph routing traffic vertices queues bottlenecks",
}
_COMMON = ["model", "data", "training", "evaluation", "baseline", "learning", "benchmark", "accuracy"]


def topic_record(number: int, topic: str, day: str, upvotes: int = 0) -> dict[str, object]:
    """Return a paper on a topic, with some words of its own."""
    words = TOPICS[topic].split()
    own = f"own{number}"
    first, second, third = (words[(number + each) % len(words)] for each in range(3))
    common = " ".join(_COMMON[(number * 3 + each) % len(_COMMON)] for each in range(4))
    return {
        "paper": {
            "id": f"2608.{number:05}", "title": f"{first} {second} {own}".title(),
            "summary": f"On {first} {second} with {third}. A {common} of {own}.", "upvotes": upvotes,
            "authors": [{"name": f"Author{number} Writer"}], "publishedAt": f"{day}T00:00:00.000Z",
            "submittedOnDailyAt": f"{day}T00:00:00.000Z",
        },
        "numComments": 0,
    }  # fmt: skip


def topic_number(number: int) -> str:
    """Return the topic of a paper of `write_days`."""
    return list(TOPICS)[number % len(TOPICS)]


def write_days(folder: Path, days: int = 4, papers: int = 12) -> list[Path]:
    """Write daily lists of papers on all topics in turn, numbered from 1; the last ones have the most upvotes."""
    paths = []
    for place in range(days):
        day = f"2026-08-{place + 1:02}"
        numbers = range(place * papers + 1, (place + 1) * papers + 1)
        path = folder / f"{day}.json"
        path.write_text(json.dumps([topic_record(each, topic_number(each), day, each) for each in numbers]))
        paths.append(path)
    return paths


def topic_batch(papers: int = 40, feed: str = "HF daily", day: date = DAY, first: int = 1) -> Batch:
    """Make a list of papers on all topics in turn, numbered from `first`, with upvotes that rise."""
    items = []
    for place, number in enumerate(range(first, first + papers)):
        words = TOPICS[topic_number(number)].split()
        own = " ".join(words[(number + each) % len(words)] for each in range(3))
        paper = make_paper(number, title=f"{own} own{number}".title(), abstract=f"On {own}. A model of own{number}.")
        items.append((paper, Announcement(feed, day, place + 1, upvotes=number)))
    return Batch(origin="day.json", kind="day page", feed=feed, day=day, items=tuple(items))
