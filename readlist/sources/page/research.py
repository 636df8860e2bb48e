"""Whether a list of titles and texts without any mark of the site is one of research papers, or just prose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from readlist.sources.page.form import Form, Item
from readlist.sources.page.label import Label
from readlist.sources.page.score import abstractness, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from readlist.sources.page.card import Card

# Stems by which abstracts of any field speak of what was done, on what, and what was found.
_DEEDS = """propos present introduc show stud investigat demonstrat develop prov describ analy find found report deriv
consider address evaluat establish examin conduct provid review survey compar argu explor design use method approach
model result experiment framework code algorithm work"""
_NOUNS = """state-of-the-art experiments experimental benchmark dataset algorithm baseline outperform empirical problem
problems bound bounds theorem conjecture asymptotic hypothesis hypotheses statistically patients cohort randomi[sz]ed
in.vitro in.vivo simulation neural.network language.model diffusion.model transformer accuracy novel robust robustness
methodology framework quantum galax spectr stellar estimat numerical convergence optimi[sz]ation ablation learning
training existing.methods existing.approaches literature qualitative regression inference evaluation proposed results
findings performance methods? models? approach(?:es)?"""
_CUES = re.compile(
    r"\b(?:(?:we|our|this (?:paper|work|article|study|thesis|survey|report|letter)) (?:\w+ )?"
    rf"(?P<deed>{'|'.join(_DEEDS.split())})"
    rf"|(?P<noun>we (?:\w+ )?\w+|(?:this|the|our) (?:present )?(?:paper|article|study|work|thesis|survey)\b"
    rf"|(?:{'|'.join(_NOUNS.split())})\b))",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    "本文|提出|方法|实验|實驗|結果|结果|研究|模型|算法|表明|数据集|本論文|提案|手法|実験|性能|본 논문|제안|방법|실험"
    "|결과"
    r"|предложен|исследован|метод|результат|модел|экспериме|в (?:данной )?работе|статье"
    r"|vorgestell|untersuch|ergebnis|verfahren|experimente|nous (?:proposons|présentons|montrons)|méthode|résultats"
    r"|expériences|proponemos|presentamos|métod|resultados|experimentos|proponiamo|risultati|esperimenti|propomos",
    re.IGNORECASE,
)
_SECTIONS = """introduction related.work background preliminaries methods? methodology approach experiments?
experimental.(?:setup|results) results(?:.and.discussion)? evaluation discussion conclusions? limitations references
acknowledge?ments appendix(?:.[a-z])? future.work abstract contents table.of.contents installation usage license
contributing getting.started requirements citation features quick.?start chapter.\\w+ kapitel.\\w+"""
_SECTION = re.compile(rf"(?:\d+(?:\.\d+)*\.? |[IVX]+\. )?(?:{'|'.join(_SECTIONS.split())})", re.IGNORECASE)
_NEWS = re.compile(
    r"\b(?:said|told (?:reporters|us)|announced|according to officials)\b"
    r"|\bon (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
)
_CODE = re.compile(
    r"[;{}]\s*$|^\s*(?:import|def|class|return|if|for|while|#include|const|let|var|public|private)\b"
    r"|\w\(.*\)[;:]?$|=>|::|\d\d:\d\d:\d\d"
)
_CODE_TITLE = re.compile(
    r"[{};=]\s*$|^\W{2,}|__|\"\"\"|\w\(\)|[^:]::|[<>]=|\.\w{2,4}:\d"
    r"|^(?:from|import|copyright|usage:|example|to) |\brelease notes\b",
    re.IGNORECASE,
)

_ENOUGH_CUES = 2
_SHORT_ABSTRACT = 300
_CAP = 6_000
_COVERED = 0.7
_SHORTEST = 80
_LONGEST = 6_000
_SHORTEST_TITLE = 14
# Cues in a thousand characters: abstracts have ten, their first sentences too, manuals one or two.
_DENSE = 5
_PROSE_LIKE = 1.5
_SAMPLE = 200


def doubt_of(cards: Sequence[Card], items: Sequence[Item], labels: Sequence[Label]) -> str:
    """Return why a list is not to be taken for one of papers; empty if it may be.

    A list of papers is titles and abstracts and little else; an abstract says what was studied, done and found.
    """
    told = [card for card in cards if card.abstract]
    if not told:
        return "no title with an abstract below it"
    if sum(1 for item in items if item.form is Form.TEXT and _SECTION.fullmatch(item.bare)) > 1:
        return "its headings are those of one article, not titles of papers"
    texts = [(item, found) for item, found in zip(items, labels, strict=True) if item.form is Form.TEXT]
    whole = sum(width(item.text) for item, _ in texts)
    used = sum(width(item.text) for item, found in texts if found is not Label.STRAY)
    if used < whole * _COVERED:
        return "most of it is neither a title nor an abstract"
    if sum(1 for item, _ in texts if _CODE.search(item.text[:300])) * 4 > len(texts):
        return "it reads like code or a log"
    if sum(1 for card in told if _NEWS.search(card.abstract[:_CAP])) * 3 > len(told):
        return "it reads like news or a story"
    if len(told) * 2 < len(cards):
        return "most of what could be titles has no abstract"
    if sum(1 for card in told if abstractness(card.title, ends=True) < _PROSE_LIKE) * 5 < len(told) * 3:
        return "what could be titles are sentences"
    credible = sum(1 for card in told if is_research(card.abstract) and not _CODE_TITLE.search(card.title))
    if (credible * 5 < len(told) * 3 and not _is_dense(told)) or not _are_papers(told):
        return "its texts don't read like abstracts of papers"
    return ""


def is_research(text: str) -> bool:
    """Return whether a text speaks as abstracts do."""
    text = text[:_CAP]
    cues = {found.lower() for match in _CUES.finditer(text) for found in (match["deed"] or match["noun"],)}
    foreign = {found.lower() for found in _FOREIGN.findall(text)}
    needed = _ENOUGH_CUES if width(text) >= _SHORT_ABSTRACT else 1
    return len(cues) + len(foreign) >= needed + (width(text) >= _SHORT_ABSTRACT * 2)


def _is_dense(cards: Sequence[Card]) -> bool:
    """Return whether short texts, taken together, speak as abstracts do."""
    if any(_CODE_TITLE.search(card.title) for card in cards):
        return False
    whole = " ".join(f"{card.title} {card.abstract[:_SHORT_ABSTRACT]}" for card in cards[:_SAMPLE])
    found = len(_CUES.findall(whole)) + len(_FOREIGN.findall(whole))
    return len(whole) > _SHORT_ABSTRACT and found * 1_000 >= len(whole) * _DENSE


def _are_papers(cards: Sequence[Card]) -> bool:
    """Return whether titles and texts are as long as those of papers are, one with another."""
    titles = sorted(width(card.title) for card in cards)
    abstracts = sorted(width(card.abstract) for card in cards)
    middle = len(cards) // 2
    return (
        titles[middle] >= _SHORTEST_TITLE
        and _SHORTEST <= abstracts[middle] <= _LONGEST
        and abstracts[-1] >= _SHORT_ABSTRACT // 3
    )
