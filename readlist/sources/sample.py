"""The built-in feed of well-known papers, shown on a first run; its summaries are written for readlist."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from readlist.model.feed import SAMPLE
from readlist.model.paper import Announcement, Link, Paper, identifiers_of
from readlist.sources.batch import Batch

KIND = "built-in sample"
"""The kind of its batch alone."""


_PER_DAY = 11


def sample(today: date) -> Batch:
    """Return the feed "Sample": some thirty papers of 2012 to 2025, the newest first, on lists of the last three days.

    The upvotes are made up, to show what counts look like; some were seen on several days.
    """
    # Costs 20 ms to import, which only a first run should pay.
    from importlib.resources import files

    data = json.loads(files("readlist.sources").joinpath("sample.json").read_text(encoding="utf-8"))
    items: list[tuple[Paper, Announcement]] = []
    further: dict[str, tuple[Announcement, ...]] = {}
    for place, record in enumerate(data["papers"]):
        paper = _paper(record)
        ago, position = divmod(place, _PER_DAY)
        seen = [
            Announcement(SAMPLE, today - timedelta(days=ago + before), position + 1, upvotes=count)
            for before, count in enumerate(reversed(record.get("upvotes", [None])))
        ]
        items.append((paper, seen[0]))
        if seen[1:]:
            further[paper.key] = tuple(seen[1:])
    return Batch("built in", kind=KIND, feed=SAMPLE, day=today, items=tuple(items), further=further)


def _paper(record: dict[str, Any]) -> Paper:
    arxiv, doi = record.get("arxiv", ""), record.get("doi", "")
    return Paper(
        key=identifiers_of(record["title"], arxiv, doi)[0],
        title=record["title"],
        abstract=record["abstract"],
        authors=tuple(record["authors"]),
        published=date.fromisoformat(record["published"]),
        arxiv=arxiv,
        doi=doi,
        links=tuple(Link(link["url"], link["kind"], link.get("full", "")) for link in record["links"]),
        keywords=tuple(record["keywords"]),
        organization=record.get("organization", ""),
    )
