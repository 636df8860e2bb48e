"""Lists that name their papers by arXiv id, DOI or address: arXiv's own pages and mails, link lists, newsletters."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import PurePath

from msgspec.structs import replace

from readlist.model.paper import arxiv_id, arxiv_version, fingerprint
from readlist.sources import page
from readlist.sources.batch import Batch
from readlist.sources.catalog import phrase
from readlist.sources.catalog.item import batch_of, cards_of, loose_cards_of
from readlist.sources.catalog.mention import Mention, NamedRows, mentions_of, own_mentions
from readlist.sources.catalog.outline import cool_papers, outline_of
from readlist.sources.catalog.row import Row, rows_of_html, rows_of_text, table_of
from readlist.sources.formats.feed_entry import doi_at
from readlist.sources.page.card import Card
from readlist.text.clean import clean_line
from readlist.text.dates import Day, leading_day, weekday_in

__all__ = ["KIND", "decode", "decode_html", "decode_table"]

KIND = "list of addresses"
_NAME_LENGTH = 60
_FENCE = "```"
_BIBTEX_ENTRY = re.compile(r"@[a-z]{4,20}\{[^\s,]{0,200},?", re.IGNORECASE)
_REFERENCES = re.compile(r"\W*(?:\d+\.?\s*)?(?:references|bibliography|literature cited|works cited)\W*", re.IGNORECASE)


def decode(
    text: str, *, origin: str, made: date, day: date | None = None, named: date | None = None
) -> Iterator[Batch]:
    """Yield the papers that a text lists by id or address, else those of the captured page it is, in pieces.

    Args:
        text: plain text or Markdown, in any line ends.
        origin: where it came from, for messages: a path or `-`.
        made: the file's own day.
        day: the day of the list, instead of its own.
        named: the day in the file's name, which has the year of a page without one.
    """
    rows = rows_of_text(text)
    if batch := _arxiv(rows, origin, day):
        yield batch
        return
    mentions = mentions_of(rows, made)
    batch = None if mentions else _listed(rows, origin, made, day, mentions)
    if not mentions:
        # A long page is not held several times.
        rows = []
    whole = page.page_of(text)
    if mentions and not whole.of_site:
        batch = _listed(rows, origin, made, day, mentions)
    if batch:
        yield _completed(batch, page.parse(whole, origin=origin, made=made, day=day)) if batch.items else batch
        return
    certain = [mention for mention in mentions if mention.certain]
    pieces = page.parse_pieces(whole, origin=origin, made=made, day=day, named=named)
    del text, rows, mentions, whole
    for piece in pieces:
        failure = f"{piece.failure}; {_advice(certain)}" if piece.failure and certain else piece.failure
        yield replace(piece, failure=failure)


def decode_html(text: str, *, origin: str, made: date, day: date | None = None) -> Batch | None:
    """Return the papers that a page of HTML lists by id or address; None if it is not such a list."""
    rows = rows_of_html(text)
    mentions = mentions_of(rows, made)
    if batch := _arxiv(rows, origin, day) or _listed(rows, origin, made, day, mentions):
        return batch
    certain = [mention for mention in mentions if mention.certain]
    reason = f"HTML that names papers but is not a list of them; {_advice(certain)}"
    return page.failed(origin, KIND, reason) if certain else None


def decode_table(text: str, *, origin: str, made: date, day: date | None = None) -> Batch | None:
    """Return the papers that a table of separated values names by id or address; None if it names none."""
    table = table_of(text)
    rows = rows_of_text(table)
    batch = _listed(rows, origin, made, day, mentions_of(rows, made)) if table else None
    return batch if batch and batch.items else None


def _listed(
    rows: Sequence[Row], origin: str, made: date, day: date | None, mentions: Sequence[Mention]
) -> Batch | None:
    """Return the papers of any list that names them, as `mentions` are; arXiv's own lists excepted."""
    whole = rows
    rows = _without_code(_without_references(rows), made) if mentions else _without_references(rows)
    feed = clean_line(PurePath(origin).stem, _NAME_LENGTH) or "list"
    for pages in (False, True):
        found = mentions_of(rows, made, pages=pages) if mentions or pages else []
        named = NamedRows(rows, own_mentions(rows, found))
        outline = outline_of(named, found) if found else None
        if outline and not _is_other(rows, named.own):
            cards = sorted([*cards_of(outline), *loose_cards_of(outline)], key=lambda card: card.line)
            return batch_of(cards, origin=origin, kind=KIND, feed=feed, day=day)
    if outline := cool_papers(rows):
        return batch_of(cards_of(outline), origin=origin, kind="list of Cool Papers", feed=feed, day=day)
    reason = _refusal(whole, mentions)
    return page.failed(origin, KIND, reason) if reason else None


def _completed(batch: Batch, plain: Batch) -> Batch:
    """Return a list with the papers between its others that have no id, where it is also one of titles and abstracts.

    `plain` is the same text parsed as titles, each with its abstract.
    """
    named = {paper.identifiers[0]: paper for paper, _ in batch.items}
    read = {paper.identifiers[0]: paper for paper, _ in plain.items if paper.arxiv or paper.doi}
    ends = [paper for paper, _ in (plain.items[:1] + plain.items[-1:])]
    if (
        named.keys() != read.keys()
        or len(read) == len(plain.items)
        or not all(paper.arxiv or paper.doi for paper in ends)
        or not all(paper.abstract for paper, _ in plain.items)
        or any(fingerprint(read[name].title) != fingerprint(paper.title) for name, paper in named.items())
    ):
        return batch
    items = [
        (named.get(paper.identifiers[0], paper), replace(announcement, position=position))
        for position, (paper, announcement) in enumerate(plain.items, 1)
    ]
    return replace(batch, items=tuple(items))


def _without_code(rows: Sequence[Row], made: date) -> Sequence[Row]:
    """Return a text without fenced code and BibTeX, which cite papers, unless they are named only there."""
    outside: list[Row] = []
    fenced = entry = False
    for row in rows:
        text = row.text.strip()
        if text.startswith(_FENCE):
            fenced, entry = not fenced, False
        elif not fenced and not entry:
            entry = _BIBTEX_ENTRY.match(text) is not None and not text.endswith("}")
            outside += [] if entry else [row]
        elif text == "}":
            entry = False
    return outside if len(outside) < len(rows) and mentions_of(outside, made) else rows


def _without_references(rows: Sequence[Row]) -> Sequence[Row]:
    """Return a text up to the references it ends with."""
    for at, row in enumerate(rows):
        if at > len(rows) // 3 and len(row.text) < _NAME_LENGTH and _REFERENCES.fullmatch(row.text):
            return rows[:at]
    return rows


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


def _refusal(rows: Sequence[Row], mentions: Sequence[Mention]) -> str:
    """Return why a text that is not a list of addresses is refused, and what to do; empty if it may be another list."""
    papers = {mention.identity for mention in mentions if mention.certain}
    what = "code" if mentions and _is_program(rows) else ""
    if what or (len(papers) > 1 and (what := _other_kind(rows, {mention.row for mention in mentions}))):
        return f"looks like {what}, not a list of papers; {_advice(mentions)}"
    texts = [row.text.strip() for row in rows]
    for line, least, what, advice in _SITES:
        if sum(map(bool, map(re.compile(line).fullmatch, texts))) >= least:
            return f"looks like {what}; {_advice(mentions) if papers else advice}"
    return ""


def _is_other(rows: Sequence[Row], own: Collection[int]) -> bool:
    """Return whether the lines that name papers are those of a program, a log or a bibliography."""
    changes = any(_CHANGES.fullmatch(row.text.strip()) for row in rows[:_TOP])
    return changes or _is_program(rows) or _other_kind(rows, own) != ""


def _other_kind(rows: Sequence[Row], own: Collection[int]) -> str:
    """Return what many of the lines that name papers are, other than entries of a list; empty if they may be those."""
    texts = [rows[at].text for at in own if not rows[at].anchors and not rows[at].cells]
    kinds = ((phrase.is_citation, "the references of a paper"), (phrase.is_code, "code or a log"))
    return next((what for are, what in kinds if sum(map(are, texts)) > _SHARE * len(own)), "")


def _is_program(rows: Sequence[Row]) -> bool:
    """Return whether a text is the source of a program, whose comments name papers."""
    statements = sum(1 for row in rows if not row.anchors and not row.cells and phrase.is_statement(row.text))
    return statements > _SHARE * len(rows)


def _advice(mentions: Sequence[Mention]) -> str:
    """Return how to add the papers that a text names."""
    ids = [identity.partition(":")[2] for identity in dict.fromkeys(mention.identity for mention in mentions)]
    return f"`readlist add {' '.join(ids[:_SHOWN])}{' …' if len(ids) > _SHOWN else ''}` adds papers by id"


_ID = r"(?:\d{4}\.\d{4,5}|[a-z-]{2,10}(?:\.[A-Za-z-]{2,10})?/\d{7})(?:v\d{1,2})?"
# `arXiv:2401.12345 (cross-list from cs.AI) [pdf, html, other]`, `arXiv:2401.12345 (cs)`, `arXiv:2401.12345 [pdf] cs.LG`
_HEAD = re.compile(
    rf"(?:\[\d{{1,4}}\]\s?)?\[?arXiv:\s?({_ID})\]?(?:\s?\((?:\*?cross-list|replaced|[a-z-]{{2,10}}(?:\.[A-Za-z-]+)?\))[^()]{{0,80}}\)?)?"
    r"(?:\s?\[[^\[\]]{0,120}(?:\[[^\[\]]{0,40}\][^\[\]]{0,40}){0,6}\]){0,3}(?:\s?\(\*?cross-listing\*?\))?"
    r"(?:\s+(?:[a-z-]{2,10}(?:\.[A-Za-z-]{2,10})?|10\.\d{4,9}/\S{1,100}|\|))*",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(Titles?|Authors?|Abstract|Comments?|Subjects?|Categories|Cite as|Date(?: \([^()]{1,30}\))?|Journal(?:-"
    r"|\s)ref(?:erence)?|DOI|Related DOI|Report(?:-|\s)(?:no|Number)|MSC(?:-|\s)class(?:es)?|ACM(?:-|\s)class(?:es)?"
    r"|License|Proxy|Submitted by|Supplementary|Submission history|Access Paper|Current browse context"
    r"|Bookmark)\s?:\s?(?=\S|\Z)",
    re.IGNORECASE,
)
_NAMES = {
    "titles": "title", "author": "authors", "comment": "comments", "subject": "subjects", "categories": "subjects",
    "related doi": "doi", **dict.fromkeys(("journal-ref", "journal ref", "journal-reference"), "journal"),
    "journal reference": "journal",
}  # fmt: skip
_KNOWN = re.compile(r"(?:submitted|originally announced|replaced with|journal reference)\b", re.IGNORECASE)
_SUBMITTED = re.compile(r"[\[(]?(?:submitted|v1)(?: on| submitted)? (\d{1,2} \w{3,9},? \d{4})", re.IGNORECASE)
_THIS_VERSION = re.compile(rf"arXiv:\s?({_ID})\s[^()]{{0,40}}for this version", re.IGNORECASE)
_CODE = re.compile(r"\(([a-z-]{2,10}(?:\.[A-Za-z-]{2,10})?)\)")
# There is one way to divide a word at most, so that a long one takes no time. It ends where `doi` begins.
_RUN = r"[a-z-]{2}(?:(?!doi)[a-z-])*+"
_CATEGORY = (
    rf"{_RUN}(?:\.(?>[A-Za-z-]{{2}}(?:(?!doi)[A-Za-z-]){{0,8}}+(?=doi|(?![A-Za-z.-]))"
    rf"|[A-Za-z-]{{2,10}}?{_RUN}(?=doi|(?![A-Za-z-]))))*+"
)
_CATEGORIES = re.compile(rf"{_CATEGORY}(?:[ ,;]{{1,3}}+(?!doi){_CATEGORY})*+[ ,;]{{0,3}}+(?:doi.*)?")
_SUBJECT_END = re.compile(r".{0,120}\([a-z-]{2,10}(?:\.[A-Za-z-]{2,10})?\);?")
_MORE = re.compile(r"(.*)▽ More(.*?)(?:△ Less)?", re.DOTALL)
_END = re.compile(
    r"(?:new submissions|cross[- ](?:lists|submissions)|replacements?\b|replacement submissions|total of \d|showing "
    r"|\[? ?total of|(?:about|help|contact|subscribe|privacy policy|copyright|links to:|see recent articles"
    r"|web accessibility|arxiv operational)\b|(?:mon|tue|wed|thu|fri|sat|sun), \d{1,2} \w{3}"
    r"|you must enable javascript|focus to learn more|\[v1\]|https?://\S+\Z|-{5,}|\\\\|view (?:a )?pdf"
    r"|html \(experimental\)|view license)",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"(?:showing |new submissions|cross|replacement|submissions received|mon|tue|wed|thu|fri|sat|sun|list)",
    re.IGNORECASE,
)
_MAIL = re.compile(r"\\\\|replaced with revised version|-{50,}", re.IGNORECASE)
_NEAR = 8


def _arxiv(rows: Sequence[Row], origin: str, day: date | None) -> Batch | None:
    """Return the papers of a list, mail or page of arXiv; None for anything else."""
    heads = [at for at in range(len(rows)) if _is_head(rows, at)]
    listed, days = _days(rows) if heads else (None, [])
    ends = [*heads[1:], len(rows)]
    cards = [card for at, end in zip(heads, ends, strict=False) if (card := _card(rows, at, end, days[at]))]
    if not heads and (lone := _lone_card(rows)):
        cards = [lone]
    if not cards:
        return None
    kind = "arXiv list"
    if heads and any(_MAIL.match(row.text) for row in rows[: heads[0] + 20]):
        kind = "arXiv mail"
    elif not heads or (len(heads) == 1 and any(row.text.startswith("Cite as") for row in rows)):
        # The page of one paper says how to cite it.
        kind, listed = "arXiv page", None
        submitted = next((found for row in rows if (found := _submitted(row.text))), None)
        for card in cards:
            card.published = (card.published if heads else None) or submitted
    return batch_of(cards, origin=origin, kind=kind, feed="arXiv", day=day or listed, fixed=day is not None)


def _is_head(rows: Sequence[Row], at: int) -> bool:
    """Return whether a row names the paper that the labels below it describe."""
    text = rows[at].text.strip()
    found = _HEAD.fullmatch(text) if "arxiv" in text[:20].lower() else None
    if not found or not arxiv_id(found[1]):
        return False
    for row in rows[at + 1 : at + _NEAR]:
        if label := _LABEL.match(row.text):
            name = label[1].lower()
            # In a search result, the title has no label.
            return name.startswith(("title", "date")) or (name == "authors" and "[" in rows[at].text)
        if _HEAD.fullmatch(row.text.strip()):
            return False
    return False


def _lone_card(rows: Sequence[Row]) -> Card | None:
    """Return the paper of a page without the line above its title, recognised by how to cite it."""
    named: dict[str, int] = {}
    for at, row in enumerate(rows):
        if label := _LABEL.match(row.text):
            named.setdefault(label[1].lower(), at)
    if not {"title", "authors", "abstract", "cite as"} <= named.keys():
        return None
    cited = re.search(_ID, rows[named["cite as"]].text)
    card = _card(rows, named["title"] - 1, len(rows), None)
    if not card or not cited or not arxiv_id(cited[0]):
        return None
    card.arxiv = arxiv_id(cited[0])
    return card


def _days(rows: Sequence[Row]) -> tuple[date | None, list[date | None]]:
    """Return the day a list names for all its papers, and the day of the section each row is in."""
    found: list[date | None] = []
    day: date | None = None
    for row in rows:
        if _HEADING.match(row.text) and len(row.text) < 160 and (written := weekday_in(row.text)):
            day = written
        found.append(day)
    named = {day for day in found if day}
    return (named.pop() if len(named) == 1 else None), found


def _submitted(text: str) -> Day | None:
    found = _SUBMITTED.match(text)
    return _day(found[1]) if found else None


def _day(text: str) -> Day | None:
    found = leading_day(text.replace(",", ""))
    return found[0] if found and found[0].year else None


def _card(rows: Sequence[Row], at: int, end: int, day: date | None) -> Card | None:
    """Return the paper whose line is `at`, described by the rows up to `end` and announced on a day."""
    found = _HEAD.fullmatch(rows[at].text.strip()) if at >= 0 else None
    card = Card(rows[max(at, 0)].line, arxiv=arxiv_id(found[1]) if found else "", day=day)
    fields = _fields(rows, at + 1, end)
    labelled = {name for name, _ in fields}
    if not labelled & {"title", "authors"}:
        return None
    for name, part in fields:
        _fill(card, name, part, byline="authors" in labelled)
    card.addresses = [anchor.address for _, part in fields for row in part for anchor in row.anchors]
    # The page of a paper names its version below.
    below = (said[1] for row in rows[at + 1 : end] if (said := _THIS_VERSION.search(row.text)))
    named = [found[1] if found else "", *below]
    card.version = max(map(arxiv_version, named)) or None
    return card


def _fields(rows: Sequence[Row], start: int, end: int) -> list[tuple[str, list[Row]]]:
    """Return the labelled fields of a paper, each with its rows; text below them is its abstract."""
    fields: list[tuple[str, list[Row]]] = []
    name, text = "", False
    # What ends a paper in a list also occurs between the labels of a paper's page.
    last = max((at for at in range(start, end) if rows[at].text.startswith("Abstract:")), default=start)
    for at in range(start, end):
        row = rows[at]
        label = _LABEL.match(row.text)
        # After the abstract of a search result, or of a paper's page, there are labels too.
        if label and (not text or name == "abstract"):
            name, text = label[1].lower(), False
            name = _NAMES.get(name, "other" if name.startswith("date (") else name)
            fields.append((name, [replace(row, text=row.text[label.end() :].strip())]))
        elif row.rule or row.text.startswith("\\\\"):
            if text or row.text.startswith("\\\\ ("):
                break
            name = "below" if fields else name
        elif (ends := _END.match(row.text)) or _KNOWN.match(row.text):
            if fields and at >= last and ends:
                break
            name = "other" if fields else name
            fields.append(("other", [row]))
        elif not name:
            if not _CATEGORIES.fullmatch(row.text):
                fields.append(("", [row]))
        elif (
            _goes_on(name, row)
            or _is_below_label(fields[-1][1], row)
            or (name == "title" and phrase.are_names(row.text))
        ):
            fields[-1][1].append(row)
        elif not text:
            name, text = "abstract", True
            fields.append((name, [row]))
        else:
            break
    names = [name for name, _ in fields]
    for at, (name, part) in enumerate(fields):
        # The title without its label is the row above the authors.
        if not name and "title" not in names and names[at + 1 : at + 2] == ["authors"] and part[0].text[:1] != "[":
            fields[at] = ("title", part)
    return fields


def _is_below_label(part: Sequence[Row], row: Row) -> bool:
    """Return whether a row follows a label that has a line of its own."""
    return len(part) == 1 and not part[0].text and not row.blank


def _goes_on(name: str, row: Row) -> bool:
    """Return whether a row continues the field above it."""
    if row.blank or name in ("below", "other"):
        return False
    if name == "subjects":
        return _SUBJECT_END.fullmatch(row.text) is not None
    # In a wrapped mail or dump, what is not indented does not belong to a label's line.
    return name in ("abstract", "authors", "title") or (name == "comments" and len(row.text) < 90)


def _fill(card: Card, name: str, rows: Sequence[Row], *, byline: bool) -> None:
    """Set what a field says; without a byline, the authors follow the title."""
    text = " ".join(row.text for row in rows).strip()
    if name == "title" and not card.title:
        size = len(rows) if byline else _title_size(rows)
        card.title = " ".join(row.text for row in rows[:size]).strip()
        if not byline:
            card.authors = [" ".join(row.text for row in rows[size:])]
    elif name == "authors" and not card.authors:
        card.authors = [text]
    elif name == "abstract" and not card.abstract:
        # Without the buttons of a search result; empty where only its beginning is shown.
        found = _MORE.fullmatch(text.rstrip())
        card.abstract = (found[2] if found else text.removesuffix("△ Less")).strip()
    elif name == "subjects":
        card.keywords = _CODE.findall(text) or text.split()
    elif name == "comments":
        card.remark = text.lstrip(":| ")
    elif name == "journal":
        card.journal = text.lstrip(":| ")
    elif name == "doi" and not card.doi:
        card.doi = doi_at(text.split(" ")[0])
    elif name == "date":
        written = weekday_in(text)
        card.published = Day(written.month, written.day, written.year) if written else None
    elif name == "other":
        card.published = card.published or _submitted(text)


def _title_size(rows: Sequence[Row]) -> int:
    """Return how many rows a title takes before the names of its authors, which have no label."""
    named = (at for at in range(1, len(rows)) if phrase.are_names(" ".join(row.text for row in rows[at:])))
    return next(named, 1)
