"""The manual: one Markdown file a topic, as `readlist help` and the help of the screen show it."""

from __future__ import annotations

import re

TOPICS = (
    "keys", "search", "match", "feeds", "import-export", "notes", "scripts", "digest", "files", "safety", "settings",
    "inside",
)  # fmt: skip
"""The pages, in the order in which they are offered."""

_MARKER = re.compile(r"^<!-- (?:generated: [\w-]+|end) -->\n", re.MULTILINE)
_PAGE_LINK = re.compile(r"\[([^\[\]]+)\]\((?:[a-z-]+)\.md(?:#[\w-]+)?\)")


def read(topic: str) -> str:
    """Return a page in Markdown, without the markers of its generated parts.

    Args:
        topic: one of `TOPICS`.
    """
    from importlib.resources import files

    text = files(__name__).joinpath(f"{topic}.md").read_text(encoding="utf-8")
    return _MARKER.sub("", text)


def summary(topic: str) -> str:
    """Return the one sentence that says what is on a page."""
    return read(topic).split("\n", 3)[2]


def without_page_links(text: str) -> str:
    """Return a page for where its links lead nowhere: the names of other pages in bold."""
    return _PAGE_LINK.sub(r"**\1**", text)
