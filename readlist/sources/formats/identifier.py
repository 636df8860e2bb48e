"""The papers that words name: arXiv ids, DOIs, and the addresses that bear one."""

from __future__ import annotations

import re

from readlist.model.paper import arxiv_id
from readlist.sources.formats.feed_entry import doi_at

LABEL = re.compile(r"\b(arxiv|doi)\s*:\s+(?=\S)", re.IGNORECASE)
# Old DOIs hold angle brackets and semicolons: `10.1002/(SICI)1097-0258(199808)17:15/16<1661::AID-SIM968>3.0.CO;2-2`.
WORD = re.compile(
    r"(?:doi:)?10\.\d{4,9}/\S+|https?://(?:dx\.)?doi\.org/\S+|https?://[^\s<>\"`]+|[^\s<>\"`,;|]+", re.IGNORECASE
)
# Mirrors and readers of arXiv name a paper as the original does.
_MIRROR = re.compile(r"https?://[^/\s]+/(?:abs|pdf|html|papers?|arxiv|overview)/([^?#]+)", re.IGNORECASE)


def bare(word: str) -> str:
    """Return a word without the punctuation around it; brackets that belong to a DOI stay."""
    word = word.strip("\"'`“”‘’«»[]{}*_").lstrip("(").rstrip(".,;:!?'")
    at = word.find("http")
    # [title](address), <address>, "see:address"
    word = word[at:] if at > 0 else word
    for opened, closed in ("()", "<>"):
        # Counted once: a word may be a megabyte of brackets.
        surplus = word.count(closed) - word.count(opened)
        end = len(word)
        while surplus > 0 and word[end - 1] == closed:
            surplus, end = surplus - 1, end - 1
            while end and word[end - 1] in ".,;:":
                end -= 1
        word = word[:end]
    return word


def identifier_of(word: str) -> str:
    """Return the paper a word names, as `arxiv:…` or `doi:…`; empty if none."""
    if arxiv_named := arxiv_id(word):
        return f"arxiv:{arxiv_named}"
    mirrored = _MIRROR.fullmatch(word)
    if mirrored and (arxiv_named := arxiv_id(mirrored[1].rstrip("/").removesuffix(".pdf"))):
        return f"arxiv:{arxiv_named}"
    doi = doi_at(word)
    return f"doi:{doi}" if doi else ""
