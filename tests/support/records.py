"""Records of Hugging Face Papers made for the tests, and a saved page around them."""

from __future__ import annotations

import html
import json
from typing import Any


def record(**fields: Any) -> dict[str, Any]:
    """One paper as the API of 2026 gives it, small and made up."""
    return {
        "id": "2607.01234",
        "authors": [
            {"_id": "1", "name": "Ada Bell", "hidden": False},
            {"_id": "2", "name": "Chen Du", "hidden": True, "user": {"user": "chendu", "fullname": "C. D."}},
        ],
        "publishedAt": "2026-07-02T17:59:00.000Z",
        "submittedOnDailyAt": "2026-07-03T00:52:38.341Z",
        "title": "Kettles That Listen:\n  Boiling by Ear",
        "submittedOnDailyBy": {"_id": "3", "user": "edf", "fullname": "Ed Fox"},
        "summary": "We let kettles listen.\nOur state-of-the-\nart kettle stops in time.",
        "upvotes": 21,
        "ai_summary": "Kettles learn to listen.",
        "ai_keywords": ["kettles", "audio", "kettles"],
        "githubRepo": "https://github.com/kettle/listen.git///",
        "githubStars": 137,
        "projectPage": " https://kettle.github.io/listen/",
        "organization": {"name": "kettle", "fullname": "Kettle Lab"},
        **fields,
    }


def wrapped(**fields: Any) -> dict[str, Any]:
    """The same as an item of a day's list."""
    paper = record(**fields)
    return {
        "paper": paper,
        "publishedAt": "2026-07-02T13:59:00.000Z",
        "title": paper["title"],
        "numComments": 4,
        "submittedBy": {"fullname": "Ed Fox", "name": "edf"},
    }


def old(day: str, submitted: str, **fields: Any) -> dict[str, Any]:
    """An item as of before March 2025, when it bore the time of submission itself."""
    paper = record(publishedAt=f"{day}T17:59:00.000Z", **fields)
    del paper["submittedOnDailyAt"]
    return {"paper": paper, "publishedAt": submitted, "title": paper["title"], "numComments": 0}


def saved(properties: object, target: str = "DailyPapers", address: str = "https://huggingface.co/papers") -> str:
    escaped = html.escape(json.dumps(properties))
    head = f'<html><head><meta property="og:url" content="{address}" /></head>'
    return f'{head}<body><div class="x" data-target="{target}" data-props="{escaped}"></div></body></html>'
