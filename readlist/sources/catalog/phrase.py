"""What words of a list are: labels and buttons beside a paper, titles, names of authors, citations, code."""

from __future__ import annotations

import re
from functools import lru_cache

from readlist.text.dates import leading_day, whole_day

_BUTTONS = r"""arxiv|v|abs|abstract page|pdf|html|papers?|links?|ur[li]|address|code|github|repo(?:sitory)?|project|
page|website|home ?page|hugging ?face|hf|alphaxiv|doi|bib|bib ?tex|cite|citations?|read|more|full|text|(?:pre|
e-?)print|source|view|download|scholar|google|semantic scholar|openreview|blog|demo|data|datasets?|models?|weights|
slides|video|poster|tweet|twitter|thread|copy|kimi|rel|id|ids|here|on|at|in|the|to|this|see|and|or|via|of|open|tex|
other|official|pytorch|tensorflow|jax|colab|youtube|stars?|forks?|discussion|discuss|comments?|upvotes?|points?|save|
share|alert|expand|published|journal|acl|anthology|summary|zotero|related|notes?|preprints?|article|publication|venue|
null|none|n/?a|new|no\.?|title"""
_CATEGORY = (
    r"[a-z-]{2,8}\.[A-Z]{2}|(?:astro-ph|cond-mat|physics|nlin)\.[A-Za-z-]{2,7}"
    r"|hep-(?:ex|lat|ph|th)|quant-ph|gr-qc|math-ph"
)
_BUTTON = re.compile(rf"(?:(?:{_CATEGORY}|{_BUTTONS.replace(chr(10), '')})(?![^\W\d_])|[\W\d_])*+", re.IGNORECASE)
_SECTIONS = re.compile(
    r"\W*+(?:abstract|summary|tl;?dr|introduction|overview|authors?|contents?|table of contents|references|links?"
    r"|papers?|news|highlights?|key (?:points|takeaways|findings)|why it matters|contributions?|notes?|comments?"
    r"|methods?|results?|conclusions?|translation|keywords?|tags?|topics?|categor(?:y|ies)|subjects?|code"
    r"|resources|title)(?:\W*?\((?=[^()\w]*+\w)[^()]{1,40}\))?+\W*+",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"\W{0,3}(?:authors?|by|abstract|summary|tl;?dr|link|links|ur[li]|date|published|submitted|posted|updated|venue"
    r"|subjects?|categor(?:y|ies)|tags?|keywords?|comments?|journal(?:[- ]ref)?|doi|arxiv|pdf|code|github|project"
    r"|paper|publish|source|score|upvotes?|affiliations?|institutions?|conference|year|id|notes?|status|read|topics?"
    r"|cited by|why|translation|key \w+|name)(?:\s?\([^()]{1,40}\))?\W{0,3}[:：]",
    re.IGNORECASE,
)
_TITLE_LABEL = re.compile(r"\W{0,3}(?:paper )?(?:title|标题|題目|题目)\W{0,3}?\s?[:：]\W{0,3}?\s?(?=\S)", re.IGNORECASE)
_LEADING = re.compile(
    r"\s*(?:[\[(（【](?:[^\[\]()（）【】]{0,40})[\])）】]|(?:19|20)\d\d[-./]\d\d(?:[-./]\d\d)?)"
    r"\s*[:：|–—-]?\s*"
)
# `10/11/2025, 09:10 - Ada: `; `[09:10] ` and what leads to a title.
_CHAT = re.compile(
    r"\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}, \d{1,2}:\d\d(?::\d\d)?(?:\s?[AP]M)?\]?[\s–—-]{1,3}[^\s:][^:\n]{0,40}: "
    r"(?=\S+ \S)",
    re.IGNORECASE,
)
_STAMP = re.compile(
    r"(?:\[?(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4} )?\d{1,2}:\d\d(?::\d\d)?(?:\s?[AP]M)?\]?[\s–—-]{1,3}"
    r"|(?:read more|paper|article|source|link)\s?[:：]\s+)(?=\S+ \S)",
    re.IGNORECASE,
)
_LINKED = re.compile(r"[\[(][^\[\]()]{0,40}(?:arxiv|pdf|paper|link|abs)[^\[\]()]{0,40}[\])]\W*\Z", re.IGNORECASE)
_SYMBOLS = re.compile("[\\s\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]+")
_LAST_WORD = re.compile(r"(?<=[a-zà-ÿ]{4})\.\Z")
_YEARED = re.compile(
    r"(?:19|20)\d\d|['’]\d\d|arxiv|\d\d[./]\d\d|^\W*[a-z-]{2,10}\.[a-z-]{2,}\W*$|^[\[(（【]?[ x✓\d*★⭐🔥]*[\])）】]?$"
    r"|^\W*(?:pdf|html|book|citation|[a-z])\W*$",
    re.IGNORECASE,
)
# All blanks before something, from the first one: a search that began at each of them would look at them n² times.
_BLANKS = r"(?:(?<!\s)\s++)?+"
_VENUE = re.compile(
    r"(?:(?<![\s,.;:|–—-])[\s,.;:|–—-]++)?+(?:(?<![\[(*_])[\[(*_]++)?+"
    r"\b(?:ar[Xx]iv(?: preprint)?|preprint|[A-Z][a-z]*+[A-Z][A-Za-z+]*+(?:[ -](?:Findings|Workshop|W|Oral|Spotlight))?)"
    r"[\s,.'’-]*+(?:19|20)?\d\d\b[\])*_]*+[\s.,;:]*+\Z"
)
# The buttons of papers.cool.
_COPY = re.compile(r"\s\[?PDF\s?\d*\]?\s\[?Copy\]?\s.{0,60}\Z")
_COUNTED = re.compile(
    rf"{_BLANKS}[\[(](?:(?:19|20)\d\d|[\d.,]++k?\+? (?:upvotes?|points?|likes?|stars?|citations?))[\])]\W*+\Z", re.I
)
_CREDITED = re.compile(rf"{_BLANKS}\(([^()]{{5,2000}}+)\)\W*+\Z")
_POSTED = re.compile(r".{0,60}?\b\d{1,2}:\d\d\d?(?:\s?[AP]M)?\W*", re.IGNORECASE)
# `Mon 10 Nov — Ada Muster presents`
_MEETING = re.compile(
    r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? (?:\d{1,2}\.? [a-z]{3,9}|[a-z]{3,9} \d{1,2})(?:,? \d{4})?"
    r"\W{1,4}.{0,50}",
    re.IGNORECASE,
)
_SEPARATORS = " \t\n`|:：;,–—-·•*_>→~=/\\\x1f"
_LEADS_ON = re.compile(
    r"(?:\b(?:at|see|in|via|from|on|by|of|to|and|or|the|with|also|is|are|as|for|cf\.?|e\.g\.|i\.e\.|paper|papers"
    r"|work|article|preprint|study|read|here|link|find|check|out))\W*\Z",
)
_OF_ANOTHER = re.compile(
    r"\W{0,6}(?:related(?: (?:work|papers?|reading|to))?|see also|cf\.?|compared?(?: (?:with|to))?|builds? (?:up)?on"
    r"|based on|extends|extension of|follow[- ]?up (?:to|of|on)|successor (?:to|of)|inspired by|improves (?:up)?on"
    r"|similar(?: (?:to|work|papers?))?|prior work|previous(?: work| paper)?|earlier(?: work)?|baselines?|supersedes"
    r"|cites|cited by|相关工作|相关论文|関連論文)\W{0,6}",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"[a-zà-ÿ)\d%][.!]\s+[A-ZÀ-Ý][a-z]*\s")
_CITATION = re.compile(
    r"\barxiv preprint\b|\bIn (?:Proc|Proceedings|Advances|International|Annual|European|Conference)\b|\bpp\.\s?\d"
    r"|\bet al\.,? (?:19|20)\d\d|[,.] (?:19|20)\d\d[a-z]?[.,]|\((?:19|20)\d\d[a-z]?\)[.,]|\bCoRR\b|, abs/\d",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"[;{}]\s*$|^\s*(?:import|from \w+ import|def|class|return|if|for|while|#include|const|let|var|public|private"
    r"|curl|wget|git|pip|\$|>>>)\s|^\s*[\w.]+\s?=\s?[\[{(\"'\w]|\w\(.*\)[;:]?$|=>|\w::\w|\b\d\d:\d\d:\d\d\b|\b(?:INFO"
    r"|DEBUG|WARN(?:ING)?|ERROR|GET|POST|HTTP/\d)\b|^\s*+(?:\[\s*+)?+[\"'].*[\"']\s*\]?,?$|^\s*\{.*\},?$|^\s*@\w+\{"
)
_STATEMENT = re.compile(
    r"(?:import \w[\w.]*(?: as \w+)?|from [\w.]+ import .*|(?:async )?def \w+\(.*|class \w+[(:].*|return\b.*"
    r"|#include\b.*|(?:if|for|while|elif|else|try|except|with)\b.*:|[a-z_][\w.]* [-+*/]?= .*|[\w.]+\(.*\)"
    r"|(?:const|let|var|public|private|static|function|fn|func|use)\s.*|.*[;{]|\}.*|@\w+(?:\(.*)?)\s*"
)
_CREDIT = re.compile(r"\b(?:19|20)\d\d\b|\barxiv\b|\bpreprint\b|\.{3}|…", re.IGNORECASE)
_NUMBERED = re.compile(r"arxiv:\S{5,40}", re.IGNORECASE)
_DATED = 60
_LONGEST = 300
_SHORTEST = 4
_PROSE = 200
_LINE = 1_000
_PARTICLES = "de|van|von|der|den|la|di|le|el|al|bin|dos|da|du|ten|ter|y"
_NAME = re.compile(
    rf"(?:[^\W\d_a-z][\w.'’‐-]*|[a-z]{{1,2}}['’][\w-]+)(?:\s(?:[^\W\d_a-z][\w.'’‐-]*|[a-z]['’][\w-]+|{_PARTICLES})){{0,5}}"
    r"(?:\s?\([^()]{0,120}\))?[\d*†‡§¹²³]{0,4}",
)
_JOINT = re.compile(rf"{_BLANKS}[,;·|]\s*+(?:and\s++|&\s*+)?+|(?<!\s)\s++(?:and|&)\s++")
_LEAD = re.compile(r"(?:by|authors?|author\(s\)|作者)\s?[:：]?\s+|[-–—:|,(]\s*(?:by\s+)?", re.IGNORECASE)
_REST = re.compile(
    r"(?:,\s*+|(?<![\s,])\s++)?+(?:et\.? al\.?,?|and \d++ (?:more|others?)(?: authors)?"
    r"|\+\s?\d++(?: (?:more )?authors?)?|…|\.\.\.)\s*+\Z"
)
_LIMIT = 20_000


@lru_cache(maxsize=4_096)
def names_in(text: str) -> tuple[str, ...]:
    """Return the names a text is made of; empty if it is anything else, or one word."""
    text = text.strip()[:_LIMIT]
    if lead := _LEAD.match(text):
        text = text[lead.end() :].removesuffix(")")
    text = _REST.sub("", text.strip(" ,;.*_"))
    names = [name for name in _JOINT.split(text) if name]
    if not names or not all(len(name) < 80 and _NAME.fullmatch(name) for name in names):
        return ()
    # A title may be of capitalised words too; names have two or more each.
    whole = sum(1 for name in names if " " in name or "." in name)
    return tuple(names) if whole * 3 >= len(names) * 2 else ()


def are_names(text: str) -> bool:
    """Return whether a text is names of people, two or more or with a comma, and nothing else."""
    return bool(names_in(text))


@lru_cache(maxsize=4_096)
def is_button(text: str) -> bool:
    """Return whether a text is nothing but words such as `pdf`, `[code]`, `arXiv page`, and signs."""
    return len(text) < _LONGEST and _BUTTON.fullmatch(text) is not None


@lru_cache(maxsize=4_096)
def is_label(text: str) -> bool:
    """Return whether a text is the heading of a part of an entry, or begins with the name of a field."""
    return _SECTIONS.fullmatch(text) is not None or _LABELLED.match(text) is not None


def title_after_label(text: str) -> str:
    """Return the text after `Title:`, empty if the text doesn't begin so."""
    found = _TITLE_LABEL.match(text)
    return text[found.end() :].strip(' *_"') if found else ""


@lru_cache(maxsize=4_096)
def tidy(text: str) -> str:
    """Return a title without the signs, brackets with venue or date, and buttons around it."""
    text = text.strip(_SEPARATORS).lstrip(")]}>）】").lstrip(_SEPARATORS)
    for lead in (_SYMBOLS, _CHAT, _STAMP):
        found = lead.match(text)
        text = text[found.end() :] if found else text
    for _ in range(3):
        found = _LEADING.match(text)
        if not found or not _YEARED.search(found[0]) or not text[found.end() :].strip():
            break
        text = text[found.end() :]
    text = _COUNTED.sub("", _COPY.sub("", text))
    if (found := _LINKED.search(text)) and is_button(found[0]):
        text = text[: found.start()]
    if (found := _CREDITED.search(text)) and len(names_in(found[1])) > 1:
        text = text[: found.start()]
    text = _VENUE.sub("", text).strip(_SEPARATORS).rstrip("([{（【").rstrip(_SEPARATORS)
    for opened, closed in ("()", "[]", "“”", '""'):
        if text.startswith(opened) and text.endswith(closed) and text.count(opened) == 1:
            text = text[1:-1]
    if text.endswith((")", "]")) and text.count("(") + text.count("[") < text.count(")") + text.count("]"):
        text = text[:-1]
    text = text.rstrip(_SEPARATORS).strip()
    return text[:-1] if _LAST_WORD.search(text) else text


@lru_cache(maxsize=4_096)
def is_title(text: str) -> bool:
    """Return whether a text can be the title of a paper by its form."""
    if not _SHORTEST <= len(text) <= _LONGEST or "://" in text or is_button(text) or is_label(text):
        return False
    letters = sum(map(str.isalpha, text))
    if letters * 2 < len(text) or _SENTENCES.search(text) or whole_day(text) or not text[:2].strip('"`_ '):
        return False
    if text[0].islower() and " " in text and not any(map(str.isupper, text[:12])):
        return False
    return (" " in text or len(text.encode()) > len(text) * 2) and not text.endswith((",", ";", "…"))


def is_day(text: str) -> bool:
    """Return whether a text is a day, or says who posted something at what time."""
    text = text.strip(" *_[]()")
    day = leading_day(text) if len(text) < _DATED else None
    dated = day is not None and is_button(_NUMBERED.sub("", text[day[1] :]))
    return dated or _MEETING.fullmatch(text) is not None or _POSTED.fullmatch(text) is not None


def is_credit(text: str) -> bool:
    """Return whether a text is names and where their paper appeared: `A Sample, B Test - arXiv preprint, 2026`."""
    names, found, rest = text.partition(" - ")
    return bool(found) and are_names(names) and _CREDIT.search(rest) is not None


def is_wordy(text: str) -> bool:
    """Return whether a text is a sentence or more rather than a title."""
    return len(text) > _PROSE or _SENTENCES.search(text) is not None


def leads_on(text: str) -> bool:
    """Return whether a text goes on in the address after it: `as shown in https://…`."""
    return _LEADS_ON.search(text) is not None


def is_of_another(text: str) -> bool:
    """Return whether a text before an address says that it is that of another paper: `Related: https://…`."""
    return len(text) < _DATED and _OF_ANOTHER.fullmatch(text) is not None


def is_citation(text: str) -> bool:
    """Return whether a text cites a paper as bibliographies do: names, title, where and when, in one line."""
    return text.count(",") > 1 and len(text) > 60 and _CITATION.search(text) is not None


def is_statement(text: str) -> bool:
    """Return whether a line is a statement of a program, and can hardly be anything else."""
    return len(text) < _LONGEST and _STATEMENT.fullmatch(text.strip()) is not None


def is_code(text: str) -> bool:
    """Return whether a line is one of a program or log."""
    said = _CHAT.match(text)
    return _CODE.search(text, said.end() if said else 0, _LINE) is not None
