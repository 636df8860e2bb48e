"""Feed: a named source of announcements; names that are not feeds; categories of arXiv; how fetching went."""

from __future__ import annotations

from datetime import datetime
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
        replacements: whether later versions of papers that are not in the library enter it, too; of a daily list of
            arXiv.
    """

    name: str
    kind: Kind
    query: str
    keep: int | None = None
    replacements: bool = False


DAILY = "daily:"
"""How the query of a daily list of arXiv begins."""


def is_daily(feed: Feed) -> bool:
    """Tell whether a feed is a daily list of arXiv."""
    return feed.kind == "arxiv" and feed.query.startswith(DAILY)


ADDED = "Added"
"""The feed name of papers that were added one by one."""

YOURS = "Your papers"
"""What stands for the starred and noted papers where outcomes of feeds are named."""

COUNTS = "Hugging Face"
"""The feed name of counts that were asked for again, of no feed of the user's."""

SAMPLE = "Sample"
"""The feed name of the sample papers of the first start."""

DEFAULT_FEEDS = (
    Feed("HF trending", "huggingface", "trending"),
    Feed("HF daily", "huggingface", "daily"),
)
"""What a new readlist follows."""


_DIVIDED = {
    "astro-ph": "CO EP GA HE IM SR",
    "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
    "cs": (
        "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF PL RO SC SD"
        " SE SI SY"
    ),
    "econ": "EM GN TH",
    "eess": "AS IV SP SY",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST",
    "nlin": "AO CD CG PS SI",
    "physics": (
        "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn gen-ph geo-ph"
        " hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph"
    ),
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
    "stat": "AP CO ME ML OT TH",
}
_WHOLE = ("gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph")

ARCHIVES = frozenset(_DIVIDED)
"""The archives that are divided into categories."""

_NAMES = {
    name.lower(): name
    for name in (
        *_WHOLE,
        *(each for archive, parts in _DIVIDED.items() for each in (archive, f"{archive}.*")),
        *(f"{archive}.{part}" for archive, parts in _DIVIDED.items() for part in parts.split()),
    )
}


def category(text: str) -> str:
    """Return a category, or a divided archive, as arXiv spells it; empty if arXiv has no such category."""
    return _NAMES.get(text.strip().lower(), "")


def closest_category(text: str) -> str:
    """Return the category most like a mistyped one, or empty."""
    from difflib import get_close_matches

    return next((_NAMES[name] for name in get_close_matches(text.strip().lower(), _NAMES, 1)), "")


class LastFetch(Struct, frozen=True):
    """How fetching the followed feeds went.

    Attributes:
        good: when one was last fetched without a failure; None if none ever was.
        failed: of how many feeds the last fetch failed.
        feeds: how many feeds were fetched at all.
    """

    good: datetime | None = None
    failed: int = 0
    feeds: int = 0
