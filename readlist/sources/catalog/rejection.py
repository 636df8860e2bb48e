"""Why a text that names papers is not read as a list of them: what it looks like, and which command helps."""

from __future__ import annotations

import re
from collections.abc import Sequence

from readlist.sources.catalog import wording
from readlist.sources.catalog.mention import Mention
from readlist.sources.catalog.row import Row

_SHARE = 0.3
_SHOWN = 2
_TOP = 5
_CHANGES = re.compile(r"\W*(?:change ?log|release notes|changes|history|what['’]s new)\W*", re.IGNORECASE)
_HTML = "save the page as HTML and import that"
# Copies of sites that show no ids: how many lines must match, what it is, what to do.
_SITES = (
    (
        r"(?i)Skip to search form|Search [\d,]+ papers from all fields of science|TLDR|Semantic Scholar\b.*|Alert|Cite",
        5,
        "a page of Semantic Scholar, whose text names no ids",
        _HTML,
    ),
    (
        r"(?i)Readers:\s*Everyone|OpenReview(?:\.net)?|Show details|ICLR \d{4} .{0,40}Submission\d*",
        3,
        "a page of OpenReview, whose text names no ids",
        _HTML,
    ),
    (
        r"(?i)\W*pdf\W+(?:\(full\)\W+)?bib(?:\W+abs)?\W*",
        2,
        "a page of the ACL Anthology, whose text names no ids",
        f"{_HTML}, or its BibTeX",
    ),
    (
        r"(?i)This message was sent by Google Scholar.*|.{0,40}Google Scholar Alerts?.{0,40}",
        1,
        "an alert of Google Scholar whose addresses are lost",
        "save the mail as HTML and import that",
    ),
    (
        r"(?i)We gratefully acknowledge support from the Simons Foundation.*|Showing new listings for .*"
        r"|arXiv\.org e-?Print archive.*",
        1,
        "a page of arXiv without the ids of its papers",
        "`readlist fetch arxiv:cs.CL` fetches what is new in a category",
    ),
)


def refusal_of(rows: Sequence[Row], mentions: Sequence[Mention]) -> str:
    """Return why a text is refused and what to do, empty where it may be a list of another kind.

    Args:
        rows: a text that is no list of addresses.
        mentions: what papers it names.
    """
    named = {mention.row for mention in mentions}
    if mentions and is_program(rows):
        return f"looks like code, no list of papers; {remedy(mentions)}"
    papers = {mention.identity for mention in mentions if mention.certain}
    texts = [rows[at].text for at in sorted(named) if not rows[at].anchors and not rows[at].cells]
    if len(papers) > 1 and texts:
        for are, what in ((wording.is_citation, "the references of a paper"), (wording.is_code, "code or a log")):
            if sum(map(are, texts)) > _SHARE * len(named):
                return f"looks like {what}, no list of papers; {remedy(mentions)}"
    return _site(rows, remedy(mentions) if papers else "")


def _site(rows: Sequence[Row], remedied: str) -> str:
    """Return why a copy of a known site is refused."""
    for line, least, what, help_ in _SITES:
        if sum(1 for row in rows if re.fullmatch(line, row.text.strip())) >= least:
            return f"looks like {what}; {remedied or help_}"
    return ""


def is_other(rows: Sequence[Row], own: Sequence[int]) -> bool:
    """Return whether the lines that name papers are those of a program, a log or a bibliography."""
    if any(_CHANGES.fullmatch(row.text.strip()) for row in rows[:_TOP]) or is_program(rows):
        return True
    texts = [rows[at].text for at in own if not rows[at].anchors and not rows[at].cells]
    code = sum(map(wording.is_code, texts))
    cited = sum(map(wording.is_citation, texts))
    return max(code, cited) > _SHARE * len(own)


def is_program(rows: Sequence[Row]) -> bool:
    """Return whether a text is the source of a program, whose comments name papers."""
    statements = sum(1 for row in rows if not row.anchors and not row.cells and wording.is_statement(row.text))
    return statements > _SHARE * len(rows)


def remedy(mentions: Sequence[Mention]) -> str:
    """Return how to add the papers that a text names."""
    ids = [identity.partition(":")[2] for identity in dict.fromkeys(mention.identity for mention in mentions)]
    return f"`readlist add {' '.join(ids[:_SHOWN])}{' …' if len(ids) > _SHOWN else ''}` adds papers by id"
