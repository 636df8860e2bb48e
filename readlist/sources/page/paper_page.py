"""Pages of one paper, and collections of papers, parsed into cards."""

from __future__ import annotations

import re
from collections.abc import Sequence

from readlist.model.paper import arxiv_id
from readlist.sources.batch import Skip
from readlist.sources.page.card import Card, is_own
from readlist.sources.page.page_item import TITLE_ENDS, PageItem, Role, arxiv_of, byline_of, is_site, submitter_of
from readlist.sources.page.page_text import Head
from readlist.sources.page.score import breaks, width
from readlist.text.dates import Day, whole_day
from readlist.text.links import normalize
from readlist.text.paragraph import ends_sentence, flows_on, joined

# Names of authors and the commas between them take a line each, and there may be thousands.
_ABOVE = 12_000
_TITLE_LINES = 5
_TITLE_LENGTH = 300
_HEADED = 4
_ABOVE_TITLE = ("papers", "copy markdown")
_STOPS = (
    "view arxiv page", "view pdf", "arxiv page", "project page", "add to collection", "ask huggingchat", "community",
    "get this paper in your agent", "models citing", "datasets citing", "spaces citing", "sign up or",
)  # fmt: skip
_PAGE_TITLE = re.compile(
    r"(?:paper page\s*[-–|:]\s*)?(.*?)(?:(?:(?<!\s)\s++)?+[-–|]\s*+(?:hugging ?face.*|🤗.*))?", re.IGNORECASE
)
_FILE_ID = re.compile(r"(?<![\d.])(\d\d(?:0[1-9]|1[0-2])\.\d{4,5})(?![\d.]\d|\d)")
_CITED = re.compile(r"cite arxiv\.org/abs/(\S+) in|hf papers read (\S+)", re.IGNORECASE)
_SUBMITTER = re.compile(r"(?:paper author )?paper submitter(?: .{0,40})?", re.IGNORECASE)
_POSTED = re.compile(
    r".{0,40}\b(?:\d+|an?|about \d+) (?:minutes?|hours?|days?|weeks?|months?|years?) ago|edited .{0,40}", re.IGNORECASE
)
_BOT = "this is an automated message from the librarian bot"
_COMMENT_ENDS = ("reply", "see translation", "edit", "edit preview", "editpreview")
_COMMENT_LINK = re.compile(
    r"(?:\W{0,4}(?:the )?(?:official )?"
    r"(?:code|github|git ?hub repo\w*|repo\w*|project(?: page)?|website|homepage|page|demo)"
    r"(?: (?:is )?(?:available )?(?:at|here))?\W{0,4})?<?(?P<address>(?:https?://|www\.|github\.com/)\S+?)>?\W{0,2}",
    re.IGNORECASE,
)
# A sentence's end without a blank after it.
_GLUED = re.compile(r"(?<=[a-z\d)%\]])\.(?=[A-Z])")
_SENTENCE = re.compile(r"[a-z)]\. [A-Z]")
_SHORTEST_ABSTRACT = 400
_SHORTEST_SUMMARY = 60
_LONGEST_SUMMARY = 420
_LONGEST_TITLE = 100
_FIRST_PERSON = re.compile(r"\b(?:[Ww]e|[Oo]ur|[Tt]his (?:paper|work))\b")
_FIRST_LABELS = {Role.DATE, Role.SUBMITTED, Role.UPVOTE, Role.BYLINE, Role.RANK}
_BELOW_TITLE = {Role.CHROME, Role.DOT, Role.RULE, Role.ADDRESS, Role.DASH}
_NO_TEXT = {Role.RULE, Role.CUT, Role.DASH, Role.DOT}


def cards_of(items: Sequence[PageItem], head: Head, origin: str) -> tuple[list[Card], list[Skip]]:
    """Return the papers of a page of one paper, or of several such pages put together.

    The arXiv id in the name of the file, `origin`, counts where the page was cut above its own.
    """
    headings = [at for at, item in enumerate(items) if item.role is Role.ABSTRACT]
    if not headings and not any(item.role is Role.GENERATED for item in items):
        # The page was cut above its abstract.
        headings = [len(items)]
    cards: list[Card] = []
    skipped: list[Skip] = []
    named = _FILE_ID.search(origin.replace("\\", "/").rsplit("/", 1)[-1]) if len(headings) == 1 else None
    for start, at, end in zip([0, *(at + 1 for at in headings)], headings, [*headings[1:], len(items)], strict=False):
        if card := _card(items, start, at, end, None if cards else head, skipped):
            card.arxiv = card.arxiv or (named[1] if named else "")
            cards.append(card)
    return cards, skipped


def _card(
    items: Sequence[PageItem], start: int, at: int, end: int, head: Head | None, skipped: list[Skip]
) -> Card | None:
    """Return the paper whose abstract's heading is at `at`; nothing before `start` or after `end` is its own."""
    top = max(start, at - _ABOVE)
    labels = _top_of_labels(items, top, at)
    title, line = _title(items, top, labels)
    stop = _stop(items, at + 1, end)
    card = Card(line or items[min(at, end - 1)].line, title)
    _read_labels(items[labels:at], card)
    card.summary, card.abstract = _texts(items[at + 1 : stop])
    _read_foot(items[stop:end], card)
    card.arxiv = _identifier(items, top, stop, end, head)
    if head:
        named = _PAGE_TITLE.fullmatch(head.title)
        card.title = card.title or (named[1].strip() if named else head.title)
        if head.published and not card.published:
            card.published = whole_day(head.published.isoformat())
    if not card.title:
        text = card.summary or card.abstract
        if not text:
            return None
        card.title = (
            text if len(text) <= _LONGEST_TITLE else text[:_LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
        )
        skipped.append(Skip(card.line, "the page starts below its title; used the start of its text as the title"))
    return card


def comments_start(items: Sequence[PageItem]) -> int:
    """Return where the comments of a page of one paper begin that was not recognised as one; the end if none do.

    A bot's comment, which every older page has, lists other papers.
    """
    # No character becomes less than one: the beginning of a line is enough.
    found = next(
        (at for at, item in enumerate(items) if item.text[: len(_BOT)].casefold().startswith(_BOT)), len(items)
    )
    above = range(found - 1, -1, -1) if found < len(items) else ()
    return next((at for at in above if items[at].text.casefold() == "community"), found)


def submitted_on(items: Sequence[PageItem]) -> Day | None:
    """Return the day on which the paper was submitted to the list, None where the page doesn't say."""
    for item in items:
        if item.role is Role.ABSTRACT:
            break
        if item.role is Role.DATE and item.text.casefold().startswith("on "):
            return item.day
        if item.role in (Role.SUBMITTED, Role.NAME) and (found := re.search(r" on (\w+\.? \d.*)", item.text)):
            return whole_day(found[1])
    return None


def _top_of_labels(items: Sequence[PageItem], top: int, at: int) -> int:
    """Return where the labels between title and abstract begin: at the earliest of the last run of them.

    Where pages were put together, the foot of the one before has labels too (`Upvote`); the paper's own begin below
    its title, so the way up ends at the site's words or an id.
    """
    first = at
    for place in range(at - 1, top - 1, -1):
        item = items[place]
        if item.role in _FIRST_LABELS:
            first = place
        elif item.role is Role.IDENTIFIER or item.text.casefold() in _ABOVE_TITLE or (item.heading and first < at):
            break
    while first > top and items[first - 1].role is Role.DOT:
        first -= 1
    return first


def _is_title_line(items: Sequence[PageItem], place: int) -> bool:
    """Return whether a line can be one of a title: a text, or a last word of it as in `… for Vision⏎Models`."""
    item = items[place]
    if item.role is Role.TEXT:
        return True
    return item.text in TITLE_ENDS and not item.blank and place > 0 and items[place - 1].role is Role.TEXT


def _title(items: Sequence[PageItem], top: int, end: int) -> tuple[str, int]:
    """Return the title just above `end` and its line; empty if the page was cut below it."""
    place = end - 1
    while place >= top and items[place].role in _BELOW_TITLE and not _is_title_line(items, place):
        place -= 1
    heading = next((at for at in range(place, max(top, place - _HEADED) - 1, -1) if items[at].heading == 1), place)
    between = items[heading + 1 : place + 1]
    if items[heading].role is Role.TEXT and any(item.blank for item in between) and not items[place].heading:
        # Between the title's heading and the labels a tool left a name.
        place = heading
    lines: list[PageItem] = []
    while place >= top and _is_title_line(items, place):
        lines.insert(0, items[place])
        if items[place].blank or items[place].heading:
            break
        place -= 1
    if not lines:
        return "", 0
    lines[:0] = _title_above(items, top, place)
    return joined(item.bare for item in lines), lines[0].line


def _title_above(items: Sequence[PageItem], top: int, at: int) -> Sequence[PageItem]:
    """Return the lines of a title above a blank line: those between the page's own words and the rest of it."""
    first = at
    while first > top and at - first < _TITLE_LINES and items[first - 1].role is Role.TEXT:
        if items[first - 1].heading:
            break
        first -= 1
    above = items[first - 1] if first > top else None
    if items[at].heading or not above or not (above.role is Role.IDENTIFIER or above.text.casefold() in _ABOVE_TITLE):
        return ()
    return items[first:at] if sum(len(item.text) for item in items[first:at]) <= _TITLE_LENGTH else ()


def _read_labels(items: Sequence[PageItem], card: Card) -> None:
    """Read the labels between title and abstract: dates, submitter, upvotes, authors."""
    authors: list[str] = []
    named = False
    for item in items:
        if item.role is Role.BYLINE:
            authors, named = [byline_of(item.bare)], True
        elif named and item.role in (Role.TEXT, Role.NAME, Role.ORGANIZATION):
            authors.append(item.text)
        elif item.role is Role.DATE and card.published is None and not item.text.casefold().startswith("on "):
            card.published = item.day
        elif item.role is Role.UPVOTE and card.upvotes is None:
            card.upvotes = item.number
        elif item.role in (Role.SUBMITTED, Role.NAME):
            card.submitter = card.submitter or submitter_of(item)
    whole = " ".join(authors)
    card.authors = whole.split(",") if "," in whole else authors


def _stop(items: Sequence[PageItem], start: int, end: int) -> int:
    """Return where the abstract ends: at the first of the site's labels below it."""
    for place in range(start, end):
        item = items[place]
        if item.role is Role.CHROME and item.text.casefold().startswith(_STOPS):
            return place
        counted = item.role is Role.GITHUB and (item.number is not None or item.links)
        if counted or item.role in (Role.UPVOTE, Role.SUBMITTED):
            return place
    return end


def _texts(items: Sequence[PageItem]) -> tuple[str, str]:
    """Return short summary and abstract; the summary is known by its label, else by being one sentence on top."""
    label = next((at for at, item in enumerate(items) if item.role is Role.GENERATED), -1)
    paragraphs = _paragraphs(items[label + 1 :])
    if label > 0:
        return " ".join(_paragraphs(items[:label])), "\n\n".join(paragraphs)
    if len(paragraphs) > 1 and _is_summary(paragraphs[0], "".join(paragraphs[1:])):
        return paragraphs[0], "\n\n".join(paragraphs[1:])
    glued = _GLUED.search(paragraphs[0], _SHORTEST_SUMMARY, _LONGEST_SUMMARY) if paragraphs else None
    if glued and _is_summary(paragraphs[0][: glued.end()], paragraphs[0]):
        return paragraphs[0][: glued.end()], "\n\n".join([paragraphs[0][glued.end() :], *paragraphs[1:]])
    return "", "\n\n".join(paragraphs)


def _is_summary(text: str, rest: str) -> bool:
    """Return whether a first paragraph is the site's summary: one sentence, never in the first person."""
    needed = max(_SHORTEST_ABSTRACT, len(text) * 3 // 2)
    if not _SHORTEST_SUMMARY <= len(text) <= _LONGEST_SUMMARY or len(rest) < needed:
        return False
    return not _FIRST_PERSON.search(text) and _SENTENCE.search(text) is None and text.rstrip().endswith(".")


def _paragraphs(items: Sequence[PageItem]) -> list[str]:
    """Return texts as paragraphs: wrapped lines joined, and pieces that only links of their own set apart."""
    found: list[list[str]] = []
    evidence_of = breaks(items, [width(item.text) for item in items])
    for item, evidence in zip(items, evidence_of, strict=True):
        last = found[-1][-1] if found else ""
        if item.role is not Role.TEXT:
            # What looks like a label may be part of a sentence: its last word, or an address.
            own = item.role is Role.ADDRESS and not is_site(item.text)
            if not found or item.role in _NO_TEXT or ends_sentence(last) or (item.blank and not own):
                continue
        if found and (flows_on(last, item.text) or (not item.blank and evidence < 0)):
            found[-1].append(item.text)
        else:
            found.append([item.text])
    return [joined(lines) for lines in found]


def _read_foot(items: Sequence[PageItem], card: Card) -> None:
    """Read what is below the abstract: repository and project page, stars, the submitter's own links."""
    talk = next((at for at, item in enumerate(items) if item.text.casefold() == "community"), len(items))
    for item in items[:talk]:
        if item.role is Role.GITHUB:
            card.stars = item.number if card.stars is None else card.stars
        card.add_links(item)
    card.addresses += _submitted_links(items[talk + 1 :])


def _submitted_links(items: Sequence[PageItem]) -> list[str]:
    """Return repositories and project pages that the submitter's comment names bare; other comments don't count."""
    found: list[str] = []
    inside = False
    for item in items:
        folded = item.text.casefold()
        if _SUBMITTER.fullmatch(item.text):
            inside = True
        elif inside:
            bot = "bot" in folded and len(folded) < 40
            if bot or folded in _COMMENT_ENDS or folded.startswith("this is an automated message"):
                break
            dated = item.role is Role.DATE or _POSTED.fullmatch(item.text)
            if not dated and (named := _COMMENT_LINK.fullmatch(item.text)):
                link = normalize(item.links[0].address if item.links else named["address"])
                if link and link.kind in ("repo", "project") and is_own(link.url):
                    found.append(link.target)
    return found


def _identifier(items: Sequence[PageItem], top: int, stop: int, end: int, head: Head | None) -> str:
    """Return the paper's arXiv id: above the title, in the page's own address, or in the labels below."""
    for item in items[top:stop]:
        if item.role is Role.IDENTIFIER and (found := arxiv_id(item.bare)):
            return found
    if head and (found := arxiv_of(head.address)):
        return found
    for item in items[stop:end]:
        if item.arxiv and item.text.casefold().startswith(("view arxiv page", "view pdf", "arxiv page")):
            return item.arxiv
        if cited := _CITED.search(item.text[:200]):
            return arxiv_id((cited[1] or cited[2]).rstrip("`"))
    return ""


_UPDATED = re.compile(
    r"updated(?: .{0,40})?|\d+ items?|collections?|upvote \S+|authored \d+ papers?"
    r"|(?:papers|models|datasets|spaces|collections) \d+|recent activity|upvoted an? .{0,40}",
    re.IGNORECASE,
)
_OTHER = re.compile(r"(?:.{0,60}[•·] ?)?(?:updated|viewer|running|sleeping|runtime error|note).{0,200}", re.IGNORECASE)
_TAIL = {Role.DOT, Role.IDENTIFIER, Role.DATE, Role.COUNT}
_PUBLISHED = "published"
# arXiv's own line length in titles; a line that had room for the next word was ended on purpose.
_TITLE_WIDTH = 66
_NAME_LENGTH, _ENTRY_LINES = 80, 6


def collection_of(items: Sequence[PageItem], head: Head) -> tuple[str, list[Card], list[Skip]]:
    """Return a collection's title, its papers, and the entries that are something else."""
    cards: list[Card] = []
    skipped: list[Skip] = []
    name = ""
    end = 0
    for at, item in enumerate(items):
        if at < end or not is_entry(items, at):
            continue
        start = _title_start(items, end, at)
        if end:
            skipped += _others(items[end:start])
        else:
            name = _name(items[:start], head)
        card, end = _entry(items, start, at)
        if card.title:
            cards.append(card)
        else:
            skipped.append(Skip(item.line, "a paper without a title"))
    return name, cards, skipped


def is_entry(items: Sequence[PageItem], at: int) -> bool:
    """Return whether a place has the `Paper` of a collection's entry: an id follows."""
    if items[at].role is not Role.PAPER:
        return False
    return next((one.role for one in items[at + 1 : at + 4] if one.role is not Role.DOT), None) is Role.IDENTIFIER


def _title_start(items: Sequence[PageItem], floor: int, at: int) -> int:
    """Return where the title above `Paper` begins: back over lines that had no room for the next word."""
    start = at
    while start > floor and at - start < _ENTRY_LINES:
        before = items[start - 1]
        if before.role not in (Role.TEXT, Role.ORGANIZATION, Role.NAME) and before.text not in TITLE_ENDS:
            break
        if start < at:
            below = items[start]
            fits = len(before.text) + 1 + len(below.text.split(" ", 1)[0]) <= _TITLE_WIDTH
            ended = fits and not below.text[0].islower()
            if below.blank or below.heading or ended or _UPDATED.fullmatch(before.text):
                break
        start -= 1
    return start


def _entry(items: Sequence[PageItem], start: int, at: int) -> tuple[Card, int]:
    """Return the paper whose `Paper` is at `at`, and where it ends."""
    title = joined(item.bare if item.mark in ("", "-") else item.text for item in items[start:at])
    card = Card(items[start].line, title)
    place = at + 1
    # Upvotes follow a dot, which some tools lose, or the day.
    dotted = False
    while place < len(items):
        item = items[place]
        published = item.text.casefold() == _PUBLISHED
        if item.role not in _TAIL and not published:
            break
        if item.role is Role.IDENTIFIER:
            if card.arxiv:
                break
            card.arxiv = arxiv_id(item.bare)
        elif item.role is Role.DATE:
            card.published = item.day
        elif item.role is Role.COUNT:
            if card.upvotes is not None or not (dotted or items[at].line == item.line):
                break
            card.upvotes = item.number
        dotted = published or item.role in (Role.DOT, Role.DATE)
        place += 1
    return card, place


def _others(items: Sequence[PageItem]) -> list[Skip]:
    """Return a note for each entry between two papers that is a model, a dataset, a Space or a remark."""
    others = [item for item in items if item.role is Role.TEXT and not _OTHER.fullmatch(item.text)]
    return [Skip(item.line, f"not a paper: {' '.join(item.text[:60].split())}") for item in others]


def _name(items: Sequence[PageItem], head: Head) -> str:
    """Return the collection's title: the page's heading, else the first line before `updated`."""
    texts = [item for item in items if item.role is Role.TEXT and not _UPDATED.fullmatch(item.text)]
    names = [item.bare for item in [item for item in texts if item.heading] or texts]
    name = next((name for name in names if len(name) <= _NAME_LENGTH * 2), head.title.split(" - a ")[0])
    return name[:_NAME_LENGTH]
