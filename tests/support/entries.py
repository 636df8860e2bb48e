"""Entries made for the tests of exports, and texts that may be in any field."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from readlist.model.mark import Mark
from readlist.model.paper import Link, Paper
from readlist.model.time import PublicationDate
from readlist.shelf import Entry
from readlist.sources.sample import sample
from readlist.text.clean import clean, clean_line

NOW = datetime(2026, 8, 2, 9, 30, tzinfo=UTC)

HOSTILE = (
    "} @misc{evil, title = {x}}", "{{{", "}}}", "a \\ b \\} c \\{", "$", "$$", "$x", "100% of #1 & more_of ~it^",
    "\\input{/etc/passwd}", "TY  - JOUR", "ER  - ", "\n\nER  - \n\nTY  - EVIL\n", '"quoted", and, "more"',
    "=cmd|' /C calc'!A0", "@comment{", "%", "a\nb\n\nc", "and", "Ada and Ben", "x, y", "''", "``a''", "\\", "-",
    "é \u0327", "扩散模型 🦊", "ℓₚ ≤ ∞", "<b>&amp;</b>", "a--b---c",
)  # fmt: skip
"""Texts that mean something in one of the formats."""

# What survives the door, `clean`: no control characters, NFC.
texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60), st.text("ab {}$\\%&#_~^,;\"'=-@\n", max_size=30)).map(
    clean
)
lines = texts.map(clean_line)


def make_entry(
    title: str = "Attention Is All You Need",
    *,
    authors: tuple[str, ...] = ("Ashish Vaswani", "Noam Shazeer"),
    arxiv: str = "1706.03762",
    doi: str = "",
    published: PublicationDate | None = date(2017, 6, 12),
    abstract: str = "",
    keywords: tuple[str, ...] = (),
    links: tuple[Link, ...] = (),
    note: str = "",
    starred: bool = False,
    read: bool = False,
    comment: str = "",
    journal: str = "",
) -> Entry:
    """Make an entry of these parts."""
    key = f"arxiv:{arxiv}" if arxiv else f"doi:{doi}" if doi else "title:x"
    paper = Paper(
        key, title, abstract, authors, published, arxiv, doi, links, keywords=keywords, comment=comment, journal=journal
    )
    mark = Mark(NOW if read else None, NOW if starred else None, note, NOW if note else None)
    return Entry(1, paper, mark, "HF daily", date(2026, 8, 1), 1, 5, None, None, NOW)


def sample_entries() -> list[Entry]:
    """The built-in sample."""
    return [
        make_entry(
            paper.title, authors=paper.authors, arxiv=paper.arxiv, doi=paper.doi, published=paper.published,
            abstract=paper.abstract, keywords=paper.keywords, links=paper.links,
        )
        for paper, _ in sample(date(2026, 8, 1)).items
    ]  # fmt: skip


def hostile_entries() -> list[Entry]:
    """One paper for each hostile text, in every field, and one for each that is set."""
    return [
        make_entry(text, authors=(text, f"Ada {text}"), arxiv=f"2401.{number:05}", abstract=text, note=text,
                   keywords=(text,), starred=True)
        for number, text in enumerate(HOSTILE)
    ]  # fmt: skip
