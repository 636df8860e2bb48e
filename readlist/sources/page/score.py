"""How much a line of text looks like a title or an abstract, and where a paragraph ends: evidence in numbers.

All numbers are log-likelihood ratios, roughly: 2 is "seven times as likely". They were read off some 450 papers' titles
(nineteen in twenty have capitals in four words of five) and the lines of their abstracts (nineteen in twenty in
fewer than two of five), and hold for any page of this kind; what a page's own habits add is learned in `label.py`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import chain

from readlist.sources.page.card import Card
from readlist.sources.page.page_item import PageItem, Role
from readlist.text.paragraph import CLOSERS, ENDS, begins_low
from readlist.text.scan import unusual

_CAP = 2_000
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile(r"\w+")
_HYPHENATED = re.compile(r"[\w'’-]+")
_PERSONS = frozenset(("We", "we", "Our", "our", "us"))
_PERSON = re.compile(r"(?:[Ww]e|[Oo]ur|us)\b")
_BEGINNING = re.compile(
    r"(?:We|In this (?:paper|work|study|article)|This (?:paper|work|study|article|thesis)|Recent(?:ly)?,?) [a-z]"
)
_VERB_FORMS = """is are was were be been has have had can may must will does do show shows propose proposes introduce
introduces present presents achieve achieves demonstrate demonstrates enable enables improve improves provide provides
remain remains however this these that which their its such also while both than more often"""
_VERBS = frozenset(_VERB_FORMS.split())
_SENTENCE = re.compile(r"[a-z\d)\]”\"][.!?]\s+[\"“(]?[A-Z]|[。！？](?=.)")
_SENTENCE_END = re.compile("[.!?。！？]")
_SCHEME = re.compile("https?://")
_HOSTS = ("github.com/", "github.io/", "huggingface.co/", "arxiv.org/")
_HOST = re.compile(r"\b(?:github\.(?:com|io)|huggingface\.co|arxiv\.org)/")
_NAMED = re.compile(r"[^:：]{2,50}[:：] ?\S")
# `Name: …`, as titles begin and second lines of titles don't.
NAMED_TITLE = re.compile(r"[^\W_a-z][\w.+^{}-]{1,30}: ")
_TAIL = re.compile(
    r"(?P<labelled>(?:code|project|data|dataset|models?|demo|github|website|homepage|keywords?|index terms|comments?)"
    r"(?: (?:page|is|are|and \w+|link|available|repository))?\s?[:：—])"
    r"|(?:code|project page|data|dataset|models?|demo|available|github|website|homepage)\b",
    re.IGNORECASE,
)

# A text that ends where neither a title nor a sentence can: `… Serving with`.
_PREPOSITIONS = """a an and as at by for from in into is of on or our than that the their to using via we which with
without are including such between through under over toward towards versus vs."""
_DANGLING = tuple(_PREPOSITIONS.split())
_DANGLING_SIGNS = (",", ":", ";", "(", "{", "–", "—", "-")
_DANGLING_WORD = re.compile(rf"\b(?:{'|'.join(map(re.escape, _DANGLING))})$", re.IGNORECASE)
_LAST_WORDS = 16
_OTHER_CASES = frozenset("İıſ")

UNWRAPPED = 220
_TITLE_WRAP = 74
# Up to each length, and beyond the last one.
_LENGTHS, _OF_LENGTHS = (15, 130, 180, 250, 400), (0.0, -1.0, 0.0, 2.5, 6.0, 9.0)
_PARAGRAPHS, _OF_PARAGRAPHS = (30, 60, 100, 150, 300, 600), (-4.0, -2.0, -1.0, -0.3, 1.0, 2.5, 3.5)
_CAPITALS = ((0.7, -2.5), (0.5, -1.2), (0.3, 0.3))


def width(text: str) -> int:
    """Return the length of a text, ideographs and Hangul counted twice."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(unusual(text[:_CAP])))


def dangles(text: str) -> bool:
    """Return whether a text ends where neither a title nor a sentence can: `… Serving with`."""
    tail = text[-_LAST_WORDS:]
    if tail.endswith(_DANGLING_SIGNS):
        return True
    # The pattern says where the word begins, and knows the letters whose lower case is another one.
    maybe = tail.lower().endswith(_DANGLING) or not _OTHER_CASES.isdisjoint(tail)
    return maybe and _DANGLING_WORD.search(tail) is not None


def abstractness(text: str, size: int, *, ends: bool) -> float:
    """Return how much more a line of text, `size` wide, looks like an abstract's than like a title, negative for one.

    Where its paragraph `ends` with it, its last character counts.
    """
    score = _OF_LENGTHS[bisect_left(_LENGTHS, size)]
    if size > UNWRAPPED * 3:
        return score
    words = text.split()
    score += _capitals(text, len(words)) + _wording(text)
    if ends:
        last = text.rstrip(CLOSERS)[-1:]
        score += 2.6 if last in ".。" else -0.2 if last in ENDS else -1.2
    if begins_low(text):
        score += 1.5
    if len(words) < 3 and size < 12:
        score += 0.8
    return score


def _capitals(text: str, words: int) -> float:
    """Weigh the share of words with a capital among those of four letters and more, the first one left out."""
    found = _HYPHENATED.findall(text)
    long_words = [word for word in found if len(word) > 3 and (word.isalpha() or _begins_with_letter(word))]
    if words > 1 and len(long_words) > 2:
        long_words = long_words[1:]
    cased = long_words if text.isascii() else [word for word in long_words if word.lower() != word.upper()]
    if len(cased) < 2:
        return 0.0
    share = (len(cased) - sum(map(str.islower, cased))) / len(cased)
    return next((value for limit, value in _CAPITALS if share >= limit), 1.5 if words >= 6 else 0.4)


def _begins_with_letter(word: str) -> bool:
    return word[0].isalnum() and not word[0].isdecimal()


def _wording(text: str) -> float:
    words = _WORD.findall(text)
    score = 0.0 if _PERSONS.isdisjoint(words) else 2.5
    score += 2.0 if _BEGINNING.match(text) else 0.0
    score += 0.8 * min(sum(map(_VERBS.__contains__, words)), 3)
    if _SENTENCE_END.search(text):
        score += 3.0 * min(len(_SENTENCE.findall(text)), 2)
    score += 2.0 if _names_address(text) else 0.0
    named = score < 2 and (":" in text or "：" in text) and _NAMED.match(text)
    return score - 0.7 if named else score


def tail_bonus(text: str) -> float:
    """Return how much a paragraph looks like an abstract's last one, which says where code or data are."""
    tail = _TAIL.match(text)
    if tail and tail["labelled"]:
        return 4.0
    return 2.0 if tail or _names_address(text) or _PERSON.match(text) else 0.0


def _names_address(text: str) -> bool:
    if "/" not in text:
        return False
    named = any(host in text for host in _HOSTS) and _HOST.search(text) is not None
    return named or _SCHEME.search(text) is not None


def paragraph_bonus(size: int) -> float:
    """Return how well a paragraph of `size` characters does as an abstract."""
    return _OF_PARAGRAPHS[bisect_left(_PARAGRAPHS, size)]


def breaks(items: Sequence[PageItem], sizes: Sequence[int]) -> list[float]:
    """Return, for each item, the evidence that a paragraph ends before it: negative where a line is only wrapped.

    A line was broken on purpose if the next line's first word would have fitted. The width of lines is that of the
    lines nearby: pages mix abstracts in one line with abstracts wrapped by their authors.
    """
    found = [3.0] * len(items)
    # How wide each line that may be wrapped is, 0 for any other.
    wraps = [
        size if size <= UNWRAPPED and item.role is Role.TEXT else 0 for size, item in zip(sizes, items, strict=True)
    ]
    for at in range(1, len(items)):
        item = items[at]
        if item.blank:
            continue
        if item.role is Role.TEXT and items[at - 1].role is not Role.TEXT:
            found[at] = 1.0
            continue
        found[at] = _wrap(sizes, wraps, at, item.text)
        if item.heading or item.mark or item.label or items[at - 1].label:
            found[at] += 1.5
        elif item.indented and not items[at - 1].indented:
            found[at] -= 1.5
        if item.links and not all(anchor.whole for anchor in item.links) and sizes[at] <= UNWRAPPED:
            found[at] -= 4.0
    return found


def _wrap(sizes: Sequence[int], wraps: Sequence[int], at: int, text: str) -> float:
    """Weigh the line end before a text, inside a block: would its first word have fitted?"""
    size, before = sizes[at], sizes[at - 1]
    if size > UNWRAPPED or before > UNWRAPPED:
        return 3.0
    around = sorted(wraps[max(at - 5, 0) : at + 5])
    full = around[-3] if len(around) > 3 and around[-4] else _TITLE_WRAP
    # Beside texts in one long line, only a title of arXiv's own is still wrapped.
    unwrapped = max(sizes[max(at - 3, 0) : at + 3]) > UNWRAPPED
    if unwrapped:
        full = _TITLE_WRAP
    longer = max(before, size) - full
    if longer > 8:
        # Longer than its neighbours: not wrapped as they are.
        return 2.0 if longer > full / 4 else 1.5
    slack = full - (before + 1 + _first_word(text))
    if slack >= 8:
        return 3.0
    if slack >= 3:
        return 1.5
    return 0.3 if slack >= 0 else -0.5 if unwrapped else -2.0


def _first_word(text: str) -> int:
    """Return the width of what can't be divided at a text's start: a word, or one ideograph."""
    end = text.find(" ")
    wide = not text.isascii() and _WIDE.match(text)
    return 2 if wide else min(end if end > 0 else len(text), 40)


# Stems by which abstracts of any field say what was done, on what, and what was found.
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
    rf"(?P<deed>{'|'.join(_DEEDS.split())})|(?P<noun>we (?:\w+ )?\w+|(?:this|the|our) (?:present )?(?:paper|article"
    rf"|study|work|thesis|survey)\b|(?:{'|'.join(_NOUNS.split())})\b))",
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
_NEWS_SIGNS = ("said", "told", "announced", "according", "day")
_STATEMENT = re.compile(r"\s*(?:import|def|class|return|if|for|while|#include|const|let|var|public|private)\b")
_CODE = re.compile(r"[;{}]\s*$|\w\(.{0,400}\)[;:]?$|=>|::|\d\d:\d\d:\d\d")
_CODE_SIGNS = (";", "{", "}", "(", "=>", ":")
_CODE_TITLE = re.compile(
    r"[{};=]\s*$|^\W{2,}|__|\"\"\"|\w\(\)|[^:]::|[<>]=|\.\w{2,4}:\d"
    r"|^(?:from|import|copyright|usage:|example|to) |\brelease notes\b",
    re.IGNORECASE,
)

_ENOUGH_CUES = 2
_SHORT_ABSTRACT = 300
_LONGEST_SAMPLE = 6_000
_COVERED = 0.7
_SHORTEST = 80
_LONGEST = 6_000
_SHORTEST_TITLE = 14
# Cues in a thousand characters: abstracts have ten, their first sentences too, manuals one or two.
_DENSE = 5
_PROSE_LIKE = 1.5
_SAMPLE = 200


def doubt_of(cards: Sequence[Card], items: Sequence[PageItem], strays: Sequence[bool]) -> str:
    """Return why a list is not to be taken for one of papers; empty if it may be.

    A list of papers is titles and abstracts and little else; an abstract says what was studied, done and found.
    """
    full = [card for card in cards if card.abstract]
    if not full:
        return "no title with an abstract below it"
    if sum(1 for item in items if item.role is Role.TEXT and _SECTION.fullmatch(item.bare)) > 1:
        return "its headings are those of one article, not titles of papers"
    texts = [(item, stray) for item, stray in zip(items, strays, strict=True) if item.role is Role.TEXT]
    whole = sum(width(item.text) for item, _ in texts)
    used = sum(width(item.text) for item, stray in texts if not stray)
    if used < whole * _COVERED:
        return "most of it is neither a title nor an abstract"
    if sum(_is_code(item.text[:300]) for item, _ in texts) * 4 > len(texts):
        return "it reads like code or a log"
    if sum(_is_news(card.abstract[:_LONGEST_SAMPLE]) for card in full) * 3 > len(full):
        return "it reads like news or a story"
    if len(full) * 2 < len(cards):
        return "most likely titles have no abstract"
    if sum(abstractness(card.title, width(card.title), ends=True) < _PROSE_LIKE for card in full) * 5 < len(full) * 3:
        return "its likely titles are sentences"
    credible = sum(_is_research(card.abstract) and not _CODE_TITLE.search(card.title) for card in full)
    if (credible * 5 < len(full) * 3 and not _is_dense(full)) or not _are_papers(full):
        return "its texts don't read like abstracts of papers"
    return ""


def _is_research(text: str) -> bool:
    """Return whether a text reads like an abstract."""
    text = text[:_LONGEST_SAMPLE]
    size = width(text)
    needed = (_ENOUGH_CUES if size >= _SHORT_ABSTRACT else 1) + (size >= _SHORT_ABSTRACT * 2)
    cues: set[str] = set()
    for found in chain(_CUES.finditer(text), _FOREIGN.finditer(text)):
        cues.add(found[found.lastindex or 0].lower())
        if len(cues) >= needed:
            # Most abstracts have enough in their first sentences.
            return True
    return False


def _is_code(text: str) -> bool:
    signed = any(sign in text for sign in _CODE_SIGNS)
    return _STATEMENT.match(text) is not None or (signed and _CODE.search(text) is not None)


def _is_news(text: str) -> bool:
    return any(sign in text for sign in _NEWS_SIGNS) and _NEWS.search(text) is not None


def _is_dense(cards: Sequence[Card]) -> bool:
    """Return whether short texts, taken together, read like abstracts."""
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
    usual = titles[middle] >= _SHORTEST_TITLE and _SHORTEST <= abstracts[middle] <= _LONGEST
    return usual and abstracts[-1] >= _SHORT_ABSTRACT // 3
