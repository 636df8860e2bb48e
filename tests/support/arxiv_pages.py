"""Pages as arXiv sends them: list pages, answers of its API, RSS. Written after arXiv's own templates, not copied.

The templates: https://github.com/arXiv/arxiv-browse (`browse/templates/list`), https://github.com/arXiv/arxiv-feed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from email.utils import format_datetime
from html import escape

from tests.support.preprints import CATEGORIES, Notice, Preprint, Preprints, Version

_SECTIONS = {"new": "New submissions", "cross": "Cross submissions", "replaced": "Replacement submissions"}
_INDEX = {"new": "New submissions", "cross": "Cross-lists", "replaced": "Replacements"}
_ADDRESS = re.compile(r"https?://[^\s<>]+[^\s<>.,;]")

Section = tuple[str, Sequence[Notice]]
"""A heading without its count, and what is below it."""


def new_page(world: Preprints, category: str, day: date, skip: int, show: int, known: date) -> bytes:
    """Return `/list/CATEGORY/new` of a day: new, cross-listed and replaced papers apart, with abstracts.

    Args:
        world: what was announced.
        category: of the list.
        day: of the list.
        skip: entries left out at the beginning.
        show: at most so many entries.
        known: versions and comments are those of this day.
    """
    entries = [*world.announced(category, day), *world.replaced(category, day)]
    sections = [(_SECTIONS[kind], [each for each in entries if each.kind == kind]) for kind in _SECTIONS]
    index = "".join(
        f'<li><a href="#item{[each.kind for each in entries].index(kind) + 1}">{_INDEX[kind]}</a></li>\n'  # type: ignore[arg-type]
        for kind in _INDEX
        if any(each.kind == kind for each in entries)
    )
    head = (
        f"<ul>\n{index}</ul>\n"
        f'<p>See <a id="recent-{category}" aria-labelledby="recent-{category}" href="/list/{category}/recent">'
        f"recent</a> articles</p>\n<h3>Showing new listings for {day:%A}, {day.day} {day:%B %Y}</h3>"
    )
    body = _sections(world, category, sections, skip, show, known, ending=" entries", abstracts=True)
    return _page(category, head, len(entries), skip, show, body or "<p>No updates today.</p>", f"/list/{category}/new")


def week_page(world: Preprints, category: str, days: Sequence[date], skip: int, show: int, known: date) -> bytes:
    """Return `/list/CATEGORY/pastweek`: the last five lists, newest first, without replacements and abstracts."""
    sections: list[Section] = []
    for day in days:
        entries = world.announced(category, day)
        # Papers of the category itself before cross-listed ones, the newest first.
        crosses = {each.id: world.papers[each.id].primary != category for each in entries}
        newest = sorted(entries, key=lambda each: each.id, reverse=True)
        sections.append((f"{day:%a}, {day.day} {day:%b %Y}", sorted(newest, key=lambda each: crosses[each.id])))
    links, before = "", 0
    for heading, section in sections:
        links += f'<li>\n<a href="/list/{category}/recent?skip={before}&amp;show={show}">\n{heading}\n</a>\n</li>'
        before += len(section)
    head = (
        f"<h2>Authors and titles for recent submissions</h2>\n<ul>{links}</ul>\n<p>See today's "
        f'<a id="new-{category}" aria-labelledby="new-{category}" href="/list/{category}/new">new</a> changes</p>'
    )
    body = _sections(world, category, sections, skip, show, known, ending=" entries ", abstracts=False)
    return _page(category, head, before, skip, show, body, f"/list/{category}/pastweek")


def day_page(
    world: Preprints, category: str, day: date, skip: int, show: int, known: date, *, abstracts: bool
) -> bytes:
    """Return `/catchup/CATEGORY/DAY`: the list of a day of the last 90, with all of its sections."""
    entries = [*world.announced(category, day), *world.replaced(category, day)]
    sections = [(_SECTIONS[kind], [each for each in entries if each.kind == kind]) for kind in _SECTIONS]
    body = _sections(world, category, sections, skip, show, known, ending=" entries", abstracts=abstracts)
    none = (
        f"<div>\n<p>No updates for {day:%a, %d %b %Y}. There was either no announcement for this day, or no updates "
        "within the requested subject.</p></div>"
    )
    total = f"<div>\nTotal of {len(entries)} entries for {day:%a, %d %b %Y}\n</div>\n"
    title = f"Catchup results for {CATEGORIES[category]} on {day:%a, %d %b %Y}"
    return _page(category, total, 0, skip, show, (body or none) + total, "", title=title)


def old_layout(page: bytes) -> bytes:
    """Return a list page in the layout of before, which export.arxiv.org still had in April 2025: no section counts."""
    text = page.decode()
    day = re.search(r"Showing new listings for \w{3}\w*, (\d+) (\w{3})\w* \d\d(\d\d)", text)
    kinds = {
        "New submissions": "New submissions",
        "Cross submissions": "Cross-lists",
        "Replacement submissions": "Replacements",
    }
    for name, old in kinds.items() if day else ():
        weekday = datetime.strptime(f"{day[1]} {day[2]} {day[3]}", "%d %b %y").strftime("%a")  # type: ignore[index]
        text = re.sub(rf"<h3>{name} \(.*?\)</h3>", f"<h3>{old} for {weekday}, {day[1]:>2} {day[2]} {day[3]}</h3>", text)  # type: ignore[index]
    text = re.sub(r"<h3>Showing new listings.*?</h3>", "", text)
    text = re.sub(r" \((?:continued, )?showing [^()]*\)</h3>", "</h3>", text)
    text = text.replace("<dl id='articles'>\n", "").replace("</h3>\n<dt>", "</h3>\n<dl>\n<dt>")
    text = re.sub(
        r"<a href =\"/abs/([^\"]+)\" title=\"Abstract\" id=\"[^\"]+\">\s*(arXiv:\S+)\s*</a>(.*?)</dt>",
        r'<span class="list-identifier"><a href="/abs/\1" title="Abstract">\2</a>\3</span></dt>',
        text,
        flags=re.DOTALL,
    )
    text = re.sub(
        r"<div class='paging'>Total of (\d+) entries.*?</div>\n<div class='morefewer'>.*?</div>",
        r"<small>[ total of \1 entries:  <b>1-\1</b> ]</small><br />",
        text,
        flags=re.DOTALL,
    )
    return text.encode()


def other_layout(world: Preprints, entries: Iterable[Notice]) -> bytes:
    """Return a list page as arXiv might send it after a relaunch."""
    cards = "".join(
        f'<article class="card" data-paper="{each.id}"><h4>{escape(world.papers[each.id].title)}</h4></article>'
        for each in entries
    )
    return f"<!DOCTYPE html><html><body><section class='cards'>{cards}</section></body></html>".encode()


def answer(found: Sequence[Preprint], total: int, start: int, day: date, query: str) -> bytes:
    """Return an answer of the API (https://info.arxiv.org/help/api/user-manual.html), as of a day."""
    opensearch = "http://a9.com/-/spec/opensearch/1.1/"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f'  <link href="http://arxiv.org/api/query?{escape(query)}" rel="self" type="application/atom+xml"/>\n'
        f'  <title type="html">ArXiv Query: {escape(query)}</title>\n  <id>http://arxiv.org/api/made-up</id>\n'
        f"  <updated>{day}T00:00:00-05:00</updated>\n"
        f'  <opensearch:totalResults xmlns:opensearch="{opensearch}">{total}</opensearch:totalResults>\n'
        f'  <opensearch:startIndex xmlns:opensearch="{opensearch}">{start}</opensearch:startIndex>\n'
        f'  <opensearch:itemsPerPage xmlns:opensearch="{opensearch}">{len(found)}</opensearch:itemsPerPage>\n'
        f"{''.join(_atom(paper, day) for paper in found)}</feed>\n"
    ).encode()


def refusal(reason: str) -> bytes:
    """Return what the API answers to a request that it can't read."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        '<title type="html">ArXiv Query</title><id>http://arxiv.org/api/made-up</id><entry>'
        f"<id>http://arxiv.org/api/errors#made_up</id><title>Error</title><summary>{escape(reason)}</summary>"
        "<author><name>arXiv api core</name></author></entry></feed>"
    ).encode()


def rss(world: Preprints, categories: Sequence[str], day: date | None, built: date, known: date) -> bytes:
    """Return `/rss/CATEGORY+CATEGORY`: the list of one day, none on a weekend, with a build date of its own."""
    names = ", ".join(categories)
    entries: dict[str, tuple[Notice, str]] = {}
    for category in categories if day else ():
        for each in [*world.announced(category, day), *world.replaced(category, day)]:  # type: ignore[arg-type]
            cross = world.papers[each.id].primary != category
            kind = each.kind if each.kind != "replaced" else "replace-cross" if cross else "replace"
            if each.id not in entries or kind == "new":
                entries[each.id] = each, kind
    midnight = format_datetime(datetime.fromisoformat(f"{built}T00:00:00-05:00"))
    items = "".join(_item(world.papers[each.id], each, kind, midnight, known) for each, kind in entries.values())
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        f'version="2.0">\n  <channel>\n    <title>{names} updates on arXiv.org</title>\n'
        f"    <link>http://rss.arxiv.org/rss/{'+'.join(categories)}</link>\n"
        f"    <description>{names} updates on the arXiv.org e-print archive.</description>\n"
        f"    <docs>http://www.rssboard.org/rss-specification</docs>\n    <language>en-us</language>\n"
        f"    <lastBuildDate>{format_datetime(datetime.fromisoformat(f'{built}T05:00:00+00:00'))}</lastBuildDate>\n"
        f"    <managingEditor>rss-help@arxiv.org</managingEditor>\n    <pubDate>{midnight}</pubDate>\n"
        "    <skipDays>\n      <day>Saturday</day>\n      <day>Sunday</day>\n    </skipDays>\n"
        f"{items}  </channel>\n</rss>\n"
    ).encode()


def notice_page(title: str, text: str) -> bytes:
    """Return a page that says something else instead of what was asked for."""
    return (
        f"<!DOCTYPE html>\n<html lang='en'><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p>"
        '<p><a href="https://info.arxiv.org/help/contact.html">Contact</a></p></body></html>'
    ).encode()


def _sections(
    world: Preprints, category: str, sections: Iterable[Section], skip: int, show: int, known: date, *,
    ending: str, abstracts: bool,
) -> str:  # fmt: skip
    """Return the sections of a page from `skip` on, each with how much of it is shown."""
    text, before, shown = "", 0, 0
    for heading, entries in sections:
        left_out = max(skip - before, 0)
        here = list(entries)[left_out : left_out + show - shown]
        before += len(entries)
        if not entries and ending.endswith(" ") and shown < show and skip < before + 1:
            text += f"<dl id='articles'>\n<h3>{heading}</h3>\n<p>No updates for this time period.</p>\n</dl>\n"
        if not here:
            continue
        last = left_out + len(here) == len(entries)
        form = (
            "continued, showing " + ("last " if last else "") if left_out else "showing " + ("" if last else "first ")
        )
        text += f"<dl id='articles'>\n<h3>{heading} ({form}{len(here)} of {len(entries)}{ending})</h3>\n"
        for number, each in enumerate(here, skip + shown + 1):
            text += _entry(world, category, each, number, known, abstract=abstracts)
        text += "</dl>\n"
        shown += len(here)
    return text


def _entry(world: Preprints, category: str, notice: Notice, number: int, known: date, *, abstract: bool) -> str:
    paper, name = world.papers[notice.id], notice.id
    version = paper.version_on(known)
    kind = "(replaced)" if notice.kind == "replaced" else ""
    if not kind and paper.primary != category:
        kind = f"(cross-list from {paper.primary})"
    authors = ", ".join(
        f'<a href="https://arxiv.org/search/{category.partition(".")[0]}?searchtype=author&amp;query=X">{each}</a>'
        for each in map(escape, paper.authors)
    )
    subjects = [f"{CATEGORIES[each]} ({each})" for each in paper.categories_on(known)]
    # arXiv shows no withdrawn version as HTML, and no other address names a version.
    as_html = (
        f'<a href="https://arxiv.org/html/{name}v{version.number}" title="View HTML" id="html-{name}" '
        f'aria-labelledby="html-{name}" rel="noopener noreferrer" target="_blank">html</a>, '
    )
    lines = [
        "<dt>",
        f"  <a name='item{number}'>[{number}]</a>",
        f'  <a href ="/abs/{name}" title="Abstract" id="{name}">\n    arXiv:{name}\n  </a>',
        f"  {kind}",
        f'    [<a href="/pdf/{name}" title="Download PDF" id="pdf-{name}" aria-labelledby="pdf-{name}">pdf</a>, '
        f"{'' if version.withdrawn else as_html}"
        f'<a href="/format/{name}" title="Other formats" id="oth-{name}" aria-labelledby="oth-{name}">other</a>]',
        "</dt>\n<dd>\n  <div class='meta'>",
        _part("title mathjax", "Title", escape(paper.title)),
        f"    <div class='list-authors'>{authors}</div>",
    ]
    if version.comment:
        lines.append(_part("comments mathjax", "Comments", _linked(version.comment)))
    if paper.journal:
        lines.append(_part("journal-ref", "Journal-ref", paper.journal))
    subjects[0] = f'<span class="primary-subject">{subjects[0]}</span>'
    lines.append(_part("subjects", "Subjects", "; ".join(subjects)))
    if abstract:
        lines.append(f"    <p class='mathjax'>\n      {_linked(paper.abstract)}\n    </p>")
    return "\n".join([*lines, "  </div>\n</dd>\n"])


def _part(kind: str, name: str, text: str) -> str:
    return f"    <div class='list-{kind}'><span class='descriptor'>{name}:</span>\n      {text}\n    </div>"


def _linked(text: str) -> str:
    """Return text as HTML with its addresses as links, whose text is not the address."""
    found, end = "", 0
    for match in _ADDRESS.finditer(text):
        kind = match[0].partition(":")[0]
        found += escape(text[end : match.start()]) + (
            f'<a href="{escape(match[0])}" rel="external noopener nofollow" class="link-external link-{kind}">'
            f"this {kind} URL</a>"
        )
        end = match.end()
    return found + escape(text[end:])


def _page(
    category: str, head: str, total: int, skip: int, show: int, body: str, address: str, *, title: str = ""
) -> bytes:
    """Return a whole page of lists, with the links to its parts above and below."""
    paging = ""
    if total:
        parts = "\n".join(
            f"<span>{start + 1}-{min(start + show, total)}</span>"
            if start == skip
            else f"<a href={address}?skip={start}&amp;show={show}>{start + 1}-{min(start + show, total)}</a>"
            for start in range(0, total, show)
        )
        colon = f" :\n{parts}" if show < total else ""
        paging = (
            f"<div class='paging'>Total of {total} entries{colon}\n</div>\n<div class='morefewer'>Showing up to {show} "
            'entries per page:\n<span style="color: #454545">fewer</span> |\n<span style="color: #454545">more</span> |'
            '\n<span style="color: #454545">all</span>\n</div>\n'
        )
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n\n<head>  <title>{CATEGORIES[category]}  </title>\n'
        '  <meta name="viewport" content="width=device-width, initial-scale=1">\n</head>\n\n'
        '<body  class="with-cu-identity">\n'
        '<div class="flex-wrap-footer">\n<header><a href="#content" class="is-sr-only">Skip to main content</a>\n'
        '<div id="header"><h1><a href="/">arxiv logo</a> &gt; <a href="/list/cs/recent">cs</a></h1></div></header>\n'
        '<main>\n<div id="content">\n'
        f"<div id='content-inner'>\n<div id='dlpage'>\n<h1>{title or CATEGORIES[category]}</h1>\n"
        f"{head}\n{paging}{body}{paging}"
        '</div>\n</div>\n</div>\n</main>\n<footer><ul><li><a href="https://info.arxiv.org/about">About</a></li>\n'
        '<li><a href="https://status.arxiv.org">arXiv Operational Status</a></li></ul></footer>\n'
        "</div>\n</body>\n</html>\n"
    ).encode()


def _atom(paper: Preprint, day: date) -> str:
    version: Version = paper.version_on(day)
    comment = f"    <arxiv:comment {_ARXIV}>{escape(version.comment)}</arxiv:comment>\n" if version.comment else ""
    journal = f"    <arxiv:journal_ref {_ARXIV}>{paper.journal}</arxiv:journal_ref>\n" if paper.journal else ""
    scheme = 'scheme="http://arxiv.org/schemas/atom"'
    categories = "".join(f'    <category term="{each}" {scheme}/>\n' for each in paper.categories_on(day))
    authors = "".join(f"    <author>\n      <name>{escape(each)}</name>\n    </author>\n" for each in paper.authors)
    name = f"{paper.id}v{version.number}"
    return (
        f"  <entry>\n    <id>http://arxiv.org/abs/{name}</id>\n"
        f"    <updated>{version.sent:%Y-%m-%dT%H:%M:%SZ}</updated>\n"
        f"    <published>{paper.sent:%Y-%m-%dT%H:%M:%SZ}</published>\n    <title>{escape(paper.title)}</title>\n"
        f"    <summary>  {escape(paper.abstract)}\n</summary>\n{authors}{comment}{journal}"
        f'    <link href="http://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>\n'
        f'    <link title="pdf" href="http://arxiv.org/pdf/{name}" rel="related" type="application/pdf"/>\n'
        f'    <arxiv:primary_category {_ARXIV} term="{paper.primary}" {scheme}/>\n{categories}  </entry>\n'
    )


_ARXIV = 'xmlns:arxiv="http://arxiv.org/schemas/atom"'


def _item(paper: Preprint, notice: Notice, kind: str, midnight: str, known: date) -> str:
    name = f"{paper.id}v{notice.version}"
    title = escape(re.sub(r"\s+", " ", paper.title))
    categories = "".join(f"      <category>{each}</category>\n" for each in paper.categories_on(known))
    return (
        f"    <item>\n      <title>{title}</title>\n      <link>https://arxiv.org/abs/{paper.id}</link>\n"
        f"      <description>arXiv:{name} Announce Type: {kind} \nAbstract: {escape(paper.abstract)}</description>\n"
        f'      <guid isPermaLink="false">oai:arXiv.org:{name}</guid>\n{categories}'
        f"      <pubDate>{midnight}</pubDate>\n      <arxiv:announce_type>{kind}</arxiv:announce_type>\n"
        "      <dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>\n"
        f"      <dc:creator>{escape(', '.join(paper.authors))}</dc:creator>\n    </item>\n"
    )


def is_listed(paper: Preprint, wanted: Iterable[str], day: date) -> bool:
    """Tell whether a paper is in one of the categories, `cs.*` for all of an archive, as of a day."""
    mine = paper.categories_on(day)
    return any(name == each or (each.endswith("*") and name.startswith(each[:-1])) for each in wanted for name in mine)
