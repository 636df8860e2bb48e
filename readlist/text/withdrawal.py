"""Withdrawn papers: arXiv has no mark for them, only what their authors or its administrators wrote."""

from __future__ import annotations

import re

from readlist.model.revision import NO_REASON
from readlist.pattern import pattern

_LOOKED_AT = 4_000
_REASON = 300

# Each part of a text is one that may say it: what comes before does not change what it says.
_PARTS = pattern(r"[.;:!?\n\[\](){}*\"]+|,\s|\s[-–—]+\s")
_WORK = r"(?:paper|article|preprint|e-?print|manuscript|submission)"
_THIS = (
    rf"(?:th(?:is|ese|e\s+present)|our|my|[\"'(\[])\s*+(?:arxiv\s+)?(?:{_WORK}|work|draft|note|version|letter|report|thesis"
    rf"|comment|document|contribution)s?+|the\s+{_WORK}|{_WORK}"
)
_IS = (
    r"(?:(?:has|have|had)\s+(?:now\s+|since\s+|hereby\s+|to\s+be\s+|been\s+)+|(?:is|are|was|were|needs?\s+to\s+be|must\s+be"
    r"|should\s+be)\s+(?:now\s+|being\s+|hereby\s+|to\s+be\s+)*)"
)
_HOW = r"(?:temporarily|permanently|voluntarily|officially|completely|formally|entirely)\s+"
_GONE = rf"(?:{_HOW})?(?:withdrawn|withdrew|retracted|removed(?=\s+(?:by|from)\s+(?:the\s+)?arxiv))"
# Withdrawn from a conference or a journal it is still on arXiv.
_NOT_FROM = r"(?!\s+(?:from|at|to)\s+(?!(?:the\s+)?arxiv\b|circulation|public|further))"
_SAYS = pattern(
    rf"(?i)\s*+(?:(?:{_THIS})\s+{_IS}?{_GONE}\b{_NOT_FROM}"
    r"|(?:the\s+|this\s+)?(?:submitter|(?:co-?)?authors?|i|we)\s+(?:(?!not\b|never\b|cannot\b)\w+\s+){0,4}"
    rf"(?:withdrawn?|withdraws|withdrew|retract(?:ed|s)?)\s+(?:this|the|our|my)\s+{_WORK}\b{_NOT_FROM})"
)
_ALONE = pattern(
    rf"(?i)\s*+(?:{_HOW})?(?:withdrawn|retracted)(?=\s*+\Z|\s++(?:by|due|because|since|owing|as|for|pending|until|in\s+fav"
    r"|on\s+account|after|to\s+be)\b|\s++from\s+(?:the\s+)?arxiv\b)"
)
# What another paper, or an earlier version, may be said to be.
_OF_ANOTHER = pattern(
    r"(?i)\b(?:supersed|replac|previous|earlier|old(?:er)?\b|former|version|v\d|arxiv:|merge|substitut|correct(?:ed|s)\b)"
)
# Said alone after where a paper was submitted, it is withdrawn from there; unless something is wrong with it.
_SUBMITTED = pattern(
    r"(?i)\b(?:accepted|submitted|submission|presented|published|(?:to|will)\s+appear|under\s+review|conference|workshop"
    r"|proceedings|journal)\b|\b(?-i:[A-Z][A-Za-z]*[A-Z])(?:'\d\d|[\s-]?(?:19|20)\d\d)\b"
)
_WRONG = pattern(
    r"(?i)\b(?:errors?|erroneous|mistakes?|flaw(?:s|ed)?|wrong|incorrect|invalid|gaps?|bugs?|false|plagiari|duplicat"
    r"|arxiv|licen[cs]e|copyright)"
)
_SENTENCE = pattern(r"(?<=[.!?])\s+|\n+")
_BY = pattern(
    r"(?i)\s*+by\s+(?:(?:the|its|all|both)\s+)*(?:(?:first|corresponding|present|co-?)\s*)?(?:authors?|submitters?)\b"
    r"(?:\(s\)|\s+himself|\s+herself|\s+themselves)?"
)
_JOINING = pattern(
    r"(?i)(?:[\s,;:.!)\]}*\"–—-]|\b(?:due\s+to|because(?:\s+of)?|since|owing\s+to|as|for(?:\s+the\s+reason\s+that)?|on\s+account\s+of|and)\b(?=\s))++"
)
_EXTENT = pattern(r"(?i)(?:[\s,;.]|\d++|pages?|pp|figures?|figs?|tables?|latex|revtex4?|and|with|in|pdf)*+")


def withdrawal_in(comment: str, abstract: str = "") -> str:
    """Return why a paper is withdrawn, by its comment or else its abstract; empty if neither says that it is.

    Both are as arXiv gives them, cleaned. A paper about withdrawals is not withdrawn, nor is one whose
    earlier version was, or that was withdrawn from a conference.
    """
    text = f"{comment}\n{abstract}".lower()
    # Few texts have any of these words.
    if not ("withdr" in text or "retract" in text or ("removed" in text and "arxiv" in text)):
        return ""
    return _in_comment(comment[:_LOOKED_AT]) or _in_abstract(abstract[:_LOOKED_AT])


def _in_comment(comment: str) -> str:
    start = 0
    other = _OF_ANOTHER.search(comment)
    # One past the end is the end of the last part.
    for end in (*(found.span() for found in _PARTS.finditer(comment)), (len(comment), len(comment))):
        part = comment[start : end[0]]
        says = _SAYS.match(part)
        if says is None and (other is None or other.end() > start):
            says = _ALONE.match(part)
            if says is not None and _SUBMITTED.search(comment, 0, start) and not _WRONG.search(comment, start):
                says = None
        if says is not None:
            return _reason(comment[start + says.end() :])
        start = end[1]
    return ""


def _in_abstract(abstract: str) -> str:
    """Return why an abstract says that its paper is withdrawn: in a sentence that begins with it."""
    start = 0
    for sentence in _SENTENCE.split(abstract):
        at = abstract.find(sentence, start)
        start = at + len(sentence)
        bare = sentence.lstrip("([*\"' ")
        says = _SAYS.match(bare) or (_ALONE.match(bare) if at == 0 and len(bare) < _REASON else None)
        if says is None and at == 0 and re.fullmatch(r"(?i)(?:withdrawn|retracted)\W*", bare):
            return _reason(abstract[start:])
        if says is not None:
            return _reason(abstract[at + (len(sentence) - len(bare)) + says.end() :])
    return ""


def _reason(rest: str) -> str:
    """Return what follows the word as a reason."""
    by = _BY.match(rest)
    text = rest[by.end() :] if by else rest
    joining = _JOINING.match(text)
    text = " ".join(text[joining.end() if joining else 0 :].split()).rstrip(' .)]*"')
    if not text or _EXTENT.fullmatch(text):
        return NO_REASON
    if len(text) > _REASON:
        text = text[: _REASON - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
    return text
