"""Real daily lists of papers as a stream: what simulated users star, and what is imported for them.

Read from ../shared/feeds/hf-json, or from the folder that `READLIST_BENCHMARK_DAYS` names: files `2026-01-07.json` as
`/api/daily_papers` gives them. The site's keywords are the truth, and are never imported.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct

_SHARED = Path(__file__).resolve().parents[3] / "shared" / "feeds" / "hf-json"
_DAY = re.compile(r"\d{4}-\d\d-\d\d\.json")
_TRUTH = ("ai_keywords", "ai_summary")


class Listed(Struct, frozen=True):
    """A paper of the stream.

    Attributes:
        arxiv: its identifier.
        day: of the first list that has it.
        keywords: the site's, folded; not known to readlist.
        organization: the site's name of it; empty if there is none.
        record: of the list, without the truth.
    """

    arxiv: str
    day: date
    keywords: frozenset[str]
    organization: str
    record: dict[str, Any]

    @property
    def title(self) -> str:
        """As the list has it."""
        return str(self.record["paper"].get("title") or self.record.get("title") or "")

    @property
    def abstract(self) -> str:
        """As the list has it."""
        return str(self.record["paper"].get("summary") or "")

    @property
    def authors(self) -> tuple[str, ...]:
        """As the list has them."""
        return tuple(str(author.get("name", "")) for author in self.record["paper"].get("authors") or ())

    @property
    def upvotes(self) -> int:
        """When the list was fetched."""
        return int(self.record["paper"].get("upvotes") or 0)

    @property
    def week(self) -> tuple[int, int]:
        """Year and number of the week of its day."""
        return self.day.isocalendar()[:2]


def lists_folder() -> Path | None:
    """Return the folder of the daily lists; None if there is none."""
    folder = Path(os.environ.get("READLIST_BENCHMARK_DAYS") or _SHARED)
    return folder if folder.is_dir() and any(_DAY.fullmatch(path.name) for path in folder.iterdir()) else None


def read_lists(folder: Path) -> list[Listed]:
    """Return the papers of all lists, each once, by day and place; files that are no such list are left out."""
    found: dict[str, Listed] = {}
    for path in sorted(path for path in folder.iterdir() if _DAY.fullmatch(path.name)):
        records = json.loads(path.read_bytes())
        for record in records if isinstance(records, list) else ():
            if not isinstance(record, dict) or not isinstance(paper := record.get("paper"), dict):
                continue
            arxiv = str(paper.get("id", ""))
            if not arxiv or arxiv in found:
                continue
            keywords = frozenset(" ".join(str(word).casefold().split()) for word in paper.get("ai_keywords") or ())
            organization = paper.get("organization") or record.get("organization") or {}
            shown = {name: value for name, value in paper.items() if name not in _TRUTH}
            found[arxiv] = Listed(
                arxiv, date.fromisoformat(path.stem), keywords, str(organization.get("name") or ""),
                {**record, "paper": shown},
            )  # fmt: skip
    return list(found.values())


def write_lists(folder: Path, papers: Iterable[Listed]) -> None:
    """Write a daily list for each day of some papers into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    days: dict[date, list[dict[str, Any]]] = {}
    for paper in papers:
        days.setdefault(paper.day, []).append(paper.record)
    for day, records in days.items():
        (folder / f"{day}.json").write_text(json.dumps(records), encoding="utf-8")


def without_words(papers: Iterable[Listed], words: Collection[str]) -> list[Listed]:
    """Return papers without some words in their titles and abstracts, nor the plurals of those."""
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})(?:e?s)?\b", re.IGNORECASE)

    def cut(text: str) -> str:
        return " ".join(pattern.sub(" ", text).split())

    return [with_text(paper, cut(paper.title) or "Untitled", cut(paper.abstract)) for paper in papers]


def with_text(paper: Listed, title: str, abstract: str) -> Listed:
    """Return a paper with another text."""
    shown = {**paper.record["paper"], "title": title, "summary": abstract}
    record = {**paper.record, "title": title, "summary": abstract, "paper": shown}
    return Listed(paper.arxiv, paper.day, paper.keywords, paper.organization, record)


def keys(papers: Iterable[Listed]) -> list[str]:
    """Return the keys that papers have in a library."""
    return [f"arxiv:{paper.arxiv}" for paper in papers]
