"""The built-in feed of well-known papers, shown on a first run; its summaries are written for readlist."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from readlist.model.feed import SAMPLE
from readlist.model.paper import Announcement, Link, Paper, identifiers_of
from readlist.sources.batch import Batch

KIND = "built-in sample"
"""The kind of its batch alone."""


def sample() -> Batch:
    """Return the feed "Sample": some thirty papers of 2012 to 2025, the newest first, without counts."""
    # Costs 20 ms to import, which only a first run should pay.
    from importlib.resources import files

    data = json.loads(files("readlist.sources").joinpath("sample.json").read_text(encoding="utf-8"))
    day = date.fromisoformat(data["day"])
    items = tuple(
        (_paper(record), Announcement(SAMPLE, day, position)) for position, record in enumerate(data["papers"], 1)
    )
    return Batch("built in", kind=KIND, feed=SAMPLE, day=day, items=items)


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
