"""Lists that name their papers by arXiv id, DOI or address: arXiv's own pages and mails, link lists, newsletters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.paper import arxiv_id, fingerprint
from readlist.sources import page
from readlist.sources.batch import Batch
from readlist.sources.catalog import phrase
from readlist.sources.catalog.item import ids_of, records_of
from readlist.sources.catalog.listed_paper import Record, batch_of
from readlist.sources.catalog.mention import Mention, mentions_of
from readlist.sources.catalog.outline import Outline, cool_papers, loose_of, outline_of
from readlist.sources.catalog.row import Row, rows_of_html, rows_of_text, table_of
from readlist.sources.formats.feed_entry import doi_at
from readlist.text.clean import clean_line
from readlist.text.dates import leading_day

_ID = r"(?:\d{4}\.\d{4,5}|[a-z-]{2,10}(?:\.[A-Za-z-]{2,10})?/\d{7})(?:v\d{1,2})?"
# `arXiv:2401.12345 (cross-list from cs.AI) [pdf, html, other]`, `arXiv:2401.12345 (cs)`, `arXiv:2401.12345 [pdf] cs.LG`
_HEAD = re.compile(
    rf"(?:\[\d{{1,4}}\]\s?)?\[?arXiv:\s?({_ID})\]?(?:\s?\((?:\*?cross-list|replaced|[a-z-]{{2,10}}(?:\.[A-Za-z-]+)?\))[^()]{{0,80}}\)?)?"
    r"(?:\s?\[[^\[\]]{0,120}(?:\[[^\[\]]{0,40}\][^\[\]]{0,40}){0,6}\]){0,3}(?:\s?\(\*?cross-listing\*?\))?"
    r"(?:\s+(?:[a-z-]{2,10}(?:\.[A-Za-z-]{2,10})?|doi|10\.\d{4,9}/\S{1,100}|\|))*",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(Titles?|Authors?|Abstract|Comments?|Subjects?|Categories|Cite as|Date(?: \([^()]{1,30}\))?|Journal(?:-"
    r"|\s)ref(?:erence)?|DOI"
    r"|Related DOI|Report(?:-|\s)(?:no|Number)|MSC(?:-|\s)class(?:es)?|ACM(?:-|\s)class(?:es)?|License|Proxy"
    r"|Submitted by"
    r"|Supplementary|Submission history|Access Paper|Current browse context|Bookmark)\s?:\s?(?=\S|\Z)",
    re.IGNORECASE,
)
_NAMES = {
    "titles": "title", "author": "authors", "comment": "comments", "subject": "subjects", "categories": "subjects",
    "related doi": "doi",
}  # fmt: skip
_KNOWN = re.compile(r"(?:submitted|originally announced|replaced with|journal reference)\b", re.IGNORECASE)
_SUBMITTED = re.compile(r"[\[(]?(?:submitted|v1)(?: on| submitted)? (\d{1,2} \w{3,9},? \d{4})", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? (\d{1,2}) ([a-z]{3,9})\.? (\d{4}|\d\d)(?!\d)", re.IGNORECASE
)
_CODE = re.compile(r"\(([a-z-]{2,10}(?:\.[A-Za-z-]{2,10})?)\)")
_CATEGORIES = re.compile(r"(?:[a-z-]{2,10}(?:\.[A-Za-z-]{2,10})?[ ,;]{0,3})+(?:doi.*)?")
_SUBJECT_END = re.compile(r".{0,120}\([a-z-]{2,10}(?:\.[A-Za-z-]{2,10})?\);?")
_MORE = re.compile(r"\A(.*)(?:▽|\u25bd) More(.*?)(?:(?:△|\u25b3) Less)?\s*\Z", re.DOTALL)
_END = re.compile(
    r"(?:new submissions|cross[- ](?:lists|submissions)|replacements?\b|replacement submissions|total of \d"
    r"|showing |\[? ?total of"
    r"|(?:about|help|contact|subscribe|privacy policy|copyright|links to:|see recent articles|web accessibility"
    r"|arxiv operational)\b"
    r"|(?:mon|tue|wed|thu|fri|sat|sun), \d{1,2} \w{3}|you must enable javascript|focus to learn more|\[v1\]"
    r"|https?://\S+\Z|-{5,}|\\\\"
    r"|view (?:a )?pdf|html \(experimental\)|view license)",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"(?:showing |new submissions|cross|replacement|submissions received|mon|tue|wed|thu|fri|sat|sun|list)",
    re.IGNORECASE,
)
_MAIL = re.compile(r"\\\\|replaced with revised version|-{50,}", re.IGNORECASE)
_NEAR = 8
_CENTURY = 2_000


class Listing(Struct, frozen=True):
    """What was recognised: its kind in words, its papers, and the day it names."""

    kind: str
    records: Sequence[Record]
    day: date | None = None


def listing_of(rows: Sequence[Row]) -> Listing | None:
    """Return what a page or mail of arXiv lists; None for anything else."""
    heads = [at for at in range(len(rows)) if _is_head(rows, at)]
    if not heads:
        return _alone(rows)
    day, days = _days(rows)
    records = []
    for at, end in zip(heads, [*heads[1:], len(rows)], strict=True):
        record = _record(rows, at, end)
        if record:
            record.day = days[at]
            records.append(record)
    if not records:
        return None
    if any(_MAIL.match(row.text) for row in rows[: heads[0] + 20]):
        return Listing("arXiv mail", records, day)
    # The page of one paper has its abstract's label, and how to cite it.
    alone = len(heads) == 1 and any(row.text.startswith("Cite as") for row in rows)
    if alone:
        for record in records:
            record.published = record.published or next((day for row in rows if (day := _submitted(row.text))), None)
        return Listing("arXiv page", records)
    return Listing("arXiv list", records, day)


def _is_head(rows: Sequence[Row], at: int) -> bool:
    """Return whether a row names the paper that the labels below it describe."""
    text = rows[at].text.strip()
    found = _HEAD.fullmatch(text) if "arxiv" in text[:20].lower() else None
    if not found or not arxiv_id(found[1]):
        return False
    for row in rows[at + 1 : at + _NEAR]:
        label = _LABEL.match(row.text)
        if label:
            name = label[1].lower()
            # Of a search result, the title bears no label.
            return name.startswith(("title", "date")) or (name == "authors" and "[" in rows[at].text)
        if _HEAD.fullmatch(row.text.strip()):
            return False
    return False


def _alone(rows: Sequence[Row]) -> Listing | None:
    """Return the page of one paper without the line above its title, known by how to cite it."""
    named: dict[str, int] = {}
    for at, row in enumerate(rows):
        label = _LABEL.match(row.text)
        if label:
            named.setdefault(label[1].lower(), at)
    if not {"title", "authors", "abstract", "cite as"} <= named.keys():
        return None
    cited = re.search(_ID, rows[named["cite as"]].text)
    record = _record(rows, named["title"] - 1, len(rows))
    if record is None or not cited:
        return None
    record.arxiv = arxiv_id(cited[0])
    record.published = next((day for row in rows if (day := _submitted(row.text))), None)
    return Listing("arXiv page", [record]) if record.arxiv else None


def _days(rows: Sequence[Row]) -> tuple[date | None, list[date | None]]:
    """Return the day a list names for all its papers, and the day of the section each row stands in."""
    found: list[date | None] = []
    day: date | None = None
    first: date | None = None
    sections = 0
    for row in rows:
        if _HEADING.match(row.text) and len(row.text) < 160 and (named := _weekday(row.text)):
            sections += named != day
            day = named
            first = first or named
        found.append(day)
    return (first if sections == 1 else None), found


def _weekday(text: str) -> date | None:
    """Return the day in `Fri, 27 Nov 2026` or `Fri, 5 Jan 24`."""
    found = _WEEKDAY.search(text)
    if not found:
        return None
    year = found[3] if len(found[3]) > 2 else str(_CENTURY + int(found[3]))
    return _date(f"{found[1]} {found[2]} {year}")


def _date(text: str) -> date | None:
    day = leading_day(text.replace(",", ""))
    return date(day[0].year, day[0].month, day[0].day) if day and day[0].year else None


def _submitted(text: str) -> date | None:
    found = _SUBMITTED.match(text)
    return _date(found[1]) if found else None


def _record(rows: Sequence[Row], at: int, end: int) -> Record | None:
    """Return the paper whose line is `at`, described by the rows up to `end`."""
    found = _HEAD.fullmatch(rows[at].text.strip()) if at >= 0 else None
    record = Record(rows[max(at, 0)].line, arxiv=arxiv_id(found[1]) if found else "")
    fields = _fields(rows, at + 1, end)
    labelled = {name for name, _ in fields}
    if not labelled & {"title", "authors"}:
        return None
    for name, part in fields:
        _fill(record, name, part, byline="authors" in labelled)
    record.addresses = [anchor.address for _, part in fields for row in part for anchor in row.anchors]
    return record


_Field = tuple[str, "Sequence[Row]"]


def _fields(rows: Sequence[Row], start: int, end: int) -> list[_Field]:
    """Return the labelled fields of a record, each with its rows; text below them is its abstract."""
    fields: list[tuple[str, list[Row]]] = []
    name, text = "", False
    # What ends a list's paper stands also between the labels of a paper's page.
    last = max((at for at in range(start, end) if rows[at].text.startswith("Abstract:")), default=start)
    for at in range(start, end):
        row = rows[at]
        label = _LABEL.match(row.text)
        # Behind the abstract of a search result, or of a paper's page, there are labels too.
        if label and (not text or (name == "abstract" and fields)):
            name, text = _name(label[1]), False
            fields.append((name, [replace(row, text=row.text[label.end() :].strip())]))
        elif row.text.startswith("\\\\ ("):
            break
        elif row.rule or row.text.startswith("\\\\"):
            name = "below" if fields and not text else name
            if text:
                break
        elif _END.match(row.text) or _KNOWN.match(row.text):
            if fields and at >= last and _END.match(row.text):
                break
            name = "other" if fields else name
            fields.append(("other", [row]))
        elif not name and not text:
            if not _CATEGORIES.fullmatch(row.text):
                fields.append(("", [row]))
        elif _goes_on(name, row, text=text) or (name == "title" and phrase.are_names(row.text)):
            fields[-1][1].append(row)
        elif not text:
            name, text = "abstract", True
            fields.append((name, [row]))
        else:
            break
    return list(_titled(fields))


def _goes_on(name: str, row: Row, *, text: bool) -> bool:
    """Return whether a row continues the field above it."""
    if row.blank:
        return False
    if name == "subjects":
        return _SUBJECT_END.fullmatch(row.text) is not None
    if name in ("below", "other"):
        return False
    # Of a wrapped mail or dump, what is not indented is no part of a label's line.
    return text or (name in ("abstract", "authors", "title", "comments") and (name != "comments" or len(row.text) < 90))


def _name(label: str) -> str:
    label = label.lower()
    if label.startswith("date"):
        return "date" if label == "date" else "other"
    return _NAMES.get(label, label)


def _titled(fields: Sequence[tuple[str, list[Row]]]) -> Iterator[_Field]:
    """Yield the fields; the title without its label is the row above the authors."""
    names = [name for name, _ in fields]
    for at, (name, part) in enumerate(fields):
        if not name and "title" not in names and names[at + 1 : at + 2] == ["authors"] and part[0].text[:1] != "[":
            yield "title", part
        else:
            yield name, part


def _fill(record: Record, name: str, rows: Sequence[Row], *, byline: bool) -> None:
    text = " ".join(row.text for row in rows).strip()
    if name == "title" and not record.title:
        size = len(rows) if byline else _title_size(rows)
        record.title = " ".join(row.text for row in rows[:size]).strip()
        if not byline:
            record.names = [" ".join(row.text for row in rows[size:])]
    elif name == "authors" and not record.names:
        record.names = [text]
    elif name == "abstract" and not record.abstract:
        # Without the buttons of a search result; empty where only its beginning is shown.
        found = _MORE.fullmatch(text)
        record.abstract = (found[2] if found else text.removesuffix("△ Less")).strip()
    elif name == "subjects":
        record.keywords = _CODE.findall(text) or text.split()
    elif name == "comments":
        record.remark = text
    elif name == "doi" and not record.doi:
        record.doi = doi_at(text.split(" ")[0])
    elif name == "date":
        record.published = _weekday(text)
    elif name == "other":
        record.published = record.published or _submitted(text)


def _title_size(rows: Sequence[Row]) -> int:
    """Return over how many rows a title goes before the names of its authors, which bear no label."""
    named = (at for at in range(1, len(rows)) if phrase.are_names(" ".join(row.text for row in rows[at:])))
    return next(named, 1)


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
        for are, what in ((phrase.is_citation, "the references of a paper"), (phrase.is_code, "code or a log")):
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
    code = sum(map(phrase.is_code, texts))
    cited = sum(map(phrase.is_citation, texts))
    return max(code, cited) > _SHARE * len(own)


def is_program(rows: Sequence[Row]) -> bool:
    """Return whether a text is the source of a program, whose comments name papers."""
    statements = sum(1 for row in rows if not row.anchors and not row.cells and phrase.is_statement(row.text))
    return statements > _SHARE * len(rows)


def remedy(mentions: Sequence[Mention]) -> str:
    """Return how to add the papers that a text names."""
    ids = [identity.partition(":")[2] for identity in dict.fromkeys(mention.identity for mention in mentions)]
    return f"`readlist add {' '.join(ids[:_SHOWN])}{' …' if len(ids) > _SHOWN else ''}` adds papers by id"


__all__ = ["KIND", "decode", "decode_html", "decode_table"]

_ARXIV = "arXiv"
KIND = "list of addresses"
_NAME_LENGTH = 60
_FENCE = "```"
_ENTRY = re.compile(r"@[a-z]{4,20}\{[^\s,]{0,200},?", re.IGNORECASE)
_REFERENCES = re.compile(r"\W*(?:\d+\.?\s*)?(?:references|bibliography|literature cited|works cited)\W*", re.IGNORECASE)


def decode(text: str, *, origin: str, made: date, day: date | None = None, named: date | None = None) -> Batch:
    """Return the papers that a text lists by id or address, else those of the captured page it is.

    Args:
        text: plain text or Markdown, in any line ends.
        origin: where it came from, for messages: a path or `-`.
        made: the file's own day.
        day: the day of the list, instead of its own.
        named: the day in the file's name, which tells the year of a page without one.
    """
    rows = rows_of_text(text)
    if batch := _arxiv(rows, origin, day):
        return batch
    mentions = mentions_of(rows, made)
    whole = page.page_of(text)
    if not (mentions and whole.of_site) and (batch := _listed(rows, origin, made, day)):
        return _completed(batch, page.parse(whole, origin=origin, made=made, day=day)) if batch.items else batch
    batch = page.parse(whole, origin=origin, made=made, day=day, named=named)
    certain = [mention for mention in mentions if mention.certain]
    return replace(batch, failure=f"{batch.failure}; {remedy(certain)}") if batch.failure and certain else batch


def decode_html(text: str, *, origin: str, made: date, day: date | None = None) -> Batch | None:
    """Return the papers that a page of HTML lists by id or address; None if it is no such list."""
    rows = rows_of_html(text)
    batch = _arxiv(rows, origin, day) or _listed(rows, origin, made, day)
    mentions = [mention for mention in mentions_of(rows, made) if mention.certain] if batch is None else []
    if mentions:
        what = "HTML that names papers and is no list of them"
        return Batch(origin, KIND, failure=f"{clean_line(origin, 300)}: {what}; {remedy(mentions)}")
    return batch


def decode_table(text: str, *, origin: str, made: date, day: date | None = None) -> Batch | None:
    """Return the papers that a table of separated values names by id or address; None if it names none."""
    table = table_of(text)
    batch = _listed(rows_of_text(table), origin, made, day) if table else None
    return batch if batch and batch.items else None


def _arxiv(rows: Sequence[Row], origin: str, day: date | None) -> Batch | None:
    """Return the papers of a list, mail or page of arXiv."""
    if not (listing := listing_of(rows)):
        return None
    listed, fixed = day or listing.day, day is not None
    return batch_of(listing.records, origin=origin, kind=listing.kind, feed=_ARXIV, day=listed, fixed=fixed)


def _listed(rows: Sequence[Row], origin: str, made: date, day: date | None) -> Batch | None:
    """Return the papers of any other list that names them."""
    whole = rows
    rows = _without_code(_without_references(rows), made)
    feed = clean_line(PurePath(origin).stem, _NAME_LENGTH) or "list"
    for pages in (False, True):
        mentions = mentions_of(rows, made, pages=pages)
        outline = outline_of(rows, mentions) if mentions else None
        if outline and not is_other(rows, list(outline.own)):
            records = [*records_of(rows, outline), *ids_of(rows, loose_of(rows, outline.own, outline.parts))]
            records.sort(key=lambda record: record.line)
            return batch_of(records, origin=origin, kind=KIND, feed=feed, day=day)
    if parts := cool_papers(rows):
        outline = Outline(parts, {})
        return batch_of(records_of(rows, outline), origin=origin, kind="list of Cool Papers", feed=feed, day=day)
    refusal = refusal_of(whole, mentions_of(whole, made))
    return Batch(origin, KIND, failure=f"{clean_line(origin, 300)}: {refusal}") if refusal else None


def _completed(batch: Batch, plain: Batch) -> Batch:
    """Return a list with the papers between its others that have no id, where it is also one of titles and abstracts.

    Args:
        batch: the papers that are named by id or address.
        plain: the same text read as titles, each with its abstract.
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
    items = []
    for position, (paper, announcement) in enumerate(plain.items, 1):
        known = named.get(paper.identifiers[0], paper)
        items.append((known, replace(announcement, position=position)))
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
            entry = _ENTRY.match(text) is not None and not text.endswith("}")
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
