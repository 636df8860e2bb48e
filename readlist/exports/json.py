"""A paper with its mark as JSON: the form of `readlist list --json` and `show --json`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from readlist.model.paper import Announcement
from readlist.model.time import time_text
from readlist.shelf import Entry

Record = dict[str, object]

# Control characters beyond ASCII, half surrogate pairs, and what turns the direction of text or can't be seen.
_UNSEEN = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)


def written(value: object, indent: int | None = None) -> str:
    """Return a value as JSON fit for a terminal and any encoding: what can't be seen is escaped, not dropped."""
    return _UNSEEN.sub(_escaped, json.dumps(value, ensure_ascii=False, indent=indent))


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1] if found[0] != "\x7f" else "\\u007f"


def record(entry: Entry, announcements: Sequence[Announcement]) -> Record:
    """Return the JSON form of an entry; times are ISO 8601 in UTC or null, days `YYYY-MM-DD`.

    `published` may be less exact: `YYYY-MM` or `YYYY`.
    """
    paper, mark = entry.paper, entry.mark
    return {
        "key": paper.key,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": list(paper.authors),
        "published": paper.published.isoformat() if paper.published else None,
        "arxiv": paper.arxiv or None,
        "doi": paper.doi or None,
        "links": [
            {"url": link.url, "kind": link.kind} | ({"full": link.full} if link.full else {}) for link in paper.links
        ],
        "summary": paper.summary,
        "keywords": list(paper.keywords),
        "organization": paper.organization,
        "upvotes": entry.upvotes,
        "comments": entry.comments,
        "stars": entry.stars,
        "feeds": [
            {"name": one.feed, "date": one.day.isoformat() if one.day else None, "position": one.position}
            for one in announcements
        ],
        "read": time_text(mark.read) or None,
        "starred": time_text(mark.starred) or None,
        "note": mark.note,
    }
