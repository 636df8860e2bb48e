"""Feed: a named source of announcements; names that are not feeds."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

Kind = Literal["huggingface", "arxiv", "rss"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Feed(Struct, frozen=True):
    """One feed that readlist follows.

    Attributes:
        name: its name, unique regardless of case.
        kind: the kind of source.
        query: what to fetch. huggingface: `trending`, `daily`, a day `2026-08-01`, a week `2026-W31`, a month
            `2026-08`, `search:WORDS`. arxiv: a category `cs.LG` or several `cs.CL+cs.LG`, a search expression of
            its API `all:diffusion AND cat:cs.CV`, or `daily:cs.CL+cs.LG` for the daily list. rss: an http(s) address.
        keep: days its papers stay unless starred or noted, None forever.
    """

    name: str
    kind: Kind
    query: str
    keep: int | None = None


ADDED = "Added"
"""The feed name of papers that were added one by one."""

SAMPLE = "Sample"
"""The feed name of the sample papers of the first start."""

DEFAULT_FEEDS = (
    Feed("HF trending", "huggingface", "trending"),
    Feed("HF daily", "huggingface", "daily"),
)
"""What a new readlist follows."""
