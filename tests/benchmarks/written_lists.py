"""Made-up papers as the files people import: days of Hugging Face's JSON, RSS, BibTeX."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from readlist.exports.formats import FORMATS
from readlist.model.mark import Mark
from readlist.shelf import Entry
from tests.benchmarks.corpus import Item

_NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
_A_DAY = 100
_A_FEED = 1_000


def entries_of(items: Sequence[Item]) -> list[Entry]:
    """Return the papers as entries without marks."""
    return [
        Entry(number, paper, Mark(), one.feed, one.day, one.position, one.upvotes, None, None, _NOON)
        for number, (paper, one) in enumerate(items)
    ]


def write_days(folder: Path, items: Sequence[Item]) -> list[Path]:
    """Write files of Hugging Face's JSON, a hundred papers each, and return them."""
    paths = []
    for start in range(0, len(items), _A_DAY):
        listed = [
            {
                "paper": {
                    "id": paper.arxiv, "title": paper.title, "summary": paper.abstract, "upvotes": one.upvotes,
                    "authors": [{"_id": name.lower(), "name": name, "hidden": False} for name in paper.authors],
                    "publishedAt": f"{paper.published}T00:00:00.000Z", "githubRepo": paper.repo or None,
                    "ai_keywords": [], "submittedOnDailyAt": f"{one.day}T00:00:00.000Z",
                },
                "publishedAt": f"{one.day}T02:00:00.000Z", "title": paper.title, "summary": paper.abstract,
                "thumbnail": f"https://cdn.example.org/{paper.arxiv}.png", "numComments": 2,
                "submittedBy": {"_id": "1", "fullname": "Ada Lovelace", "name": "ada", "type": "user"},
                "isAuthorParticipating": False,
            }
            for paper, one in items[start : start + _A_DAY]
        ]  # fmt: skip
        paths.append(folder / f"day-{start:06}.json")
        paths[-1].write_text(json.dumps(listed))
    return paths


def write_feeds(folder: Path, items: Sequence[Item]) -> list[Path]:
    """Write files of RSS as arXiv has it, a thousand papers each, and return them."""
    paths = []
    for start in range(0, len(items), _A_FEED):
        listed = "".join(
            f"<item><title>{escape(paper.title)}</title><link>https://arxiv.org/abs/{paper.arxiv}</link>"
            f"<description>arXiv:{paper.arxiv}v1 Announce Type: new \nAbstract: {escape(paper.abstract)}</description>"
            f'<guid isPermaLink="false">oai:arXiv.org:{paper.arxiv}v1</guid><category>cs.LG</category>'
            "<pubDate>Sat, 01 Aug 2026 00:00:00 -0400</pubDate><arxiv:announce_type>new</arxiv:announce_type>"
            f"<dc:creator>{escape(', '.join(paper.authors))}</dc:creator></item>\n"
            for paper, _ in items[start : start + _A_FEED]
        )
        paths.append(folder / f"feed-{start:06}.xml")
        paths[-1].write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:arxiv="http://arxiv.org/schemas/atom"><channel><title>cs.LG updates on arXiv.org</title>'
            "<link>http://rss.arxiv.org/rss/cs.LG</link><description>made</description>"
            f"<pubDate>Sat, 01 Aug 2026 00:00:00 -0400</pubDate>\n{listed}</channel></rss>\n"
        )
    return paths


def write_references(folder: Path, items: Sequence[Item]) -> list[Path]:
    """Write a file of BibTeX, and return it."""
    path = folder / "references.bib"
    path.write_text("".join(FORMATS["bibtex"].write(entries_of(items), lambda entry: [])))
    return [path]
