"""The doors by which text comes into readlist and goes out of it, each a function of one hostile text.

A door is named by the room and the place in it: `RSS title`, `BibTeX author`, `export csl`.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cache
from html import escape
from pathlib import Path

from msgspec.structs import replace

from readlist.config import ConfigError, load
from readlist.config.action import Action
from readlist.config.feed_parser import FeedError, parse_feed
from readlist.exports.digest_content import digest_of
from readlist.exports.digest_render import html_of, text_of
from readlist.exports.formats import FORMATS
from readlist.exports.paper_note import rendered, renewed
from readlist.library.vocabulary import edits
from readlist.marks import MarksError
from readlist.marks.disk.journal import frame, read_journal
from readlist.marks.disk.snapshot import decode, read_other_state
from readlist.model.mark import Mark
from readlist.model.paper import Announcement, Link, Paper
from readlist.model.tag import tags_of, with_tags
from readlist.notes.note_file import NotANote, NoteError, parse_note
from readlist.query import parse
from readlist.query.completion import complete, completions, typed_tag
from readlist.services.excerpt import KINDS, excerpt
from readlist.shelf import Entry, Shelf
from readlist.sources import reader
from readlist.sources.batch import Batch
from readlist.sources.formats.markup import feed_address, hrefs, text_of_html
from readlist.sources.sites.lookup import find_identifiers
from readlist.text.clean import clean, clean_line, drawable, fold, readable
from readlist.text.dates import date_of_text, leading_day
from readlist.text.latex import to_unicode
from readlist.text.latex_field import from_latex, to_latex
from readlist.text.links import find_links
from readlist.text.names import name_of
from readlist.tui.desktop.terminal import PasteParser
from readlist.tui.keymap import KeyMap
from readlist.tui.render.highlight import hits
from readlist.tui.render.line_breaks import line_spans
from readlist.tui.render.link_text import link_lines
from readlist.tui.render.list_row import row
from readlist.tui.render.paper_text import detail
from readlist.tui.render.text_block import Room, lines_of
from tests.support.cli import page
from tests.support.growth import Door, FileDoor, passed
from tests.support.papers import make_batch, make_paper, make_shelf
from tests.support.records import saved, wrapped

TODAY = date(2026, 8, 5)
NOW = datetime(2026, 8, 5, 12, tzinfo=UTC)
_MOST = 6_000
"""Characters of a text in one field of a list; longer ones become several papers, as many in a file would be."""
_KEYS = KeyMap()


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="readlist-growth-"))


def _file(suffix: str, make: Callable[[str], str | bytes]) -> Door:
    """Return a door that reads a file in a format."""

    def read(text: str) -> Batch:
        made = make(text)
        data = made.encode("utf-8", "surrogatepass") if isinstance(made, str) else made
        file = _folder() / f"input{suffix}"
        file.write_bytes(data)
        passed(len(data))
        (batch,) = reader.read([file], today=TODAY)
        return batch

    alone = _ALONE.get(suffix)
    return FileDoor(read, (lambda text: alone(make(text))) if alone else None)


def _feed_alone(made: str | bytes) -> None:
    import feedparser  # type: ignore[import-untyped]

    feedparser.parse(made)


def _bibtex_alone(made: str | bytes) -> None:
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import RemoveEnclosingMiddleware

    parse_string(str(made), parse_stack=[RemoveEnclosingMiddleware()])


_ALONE = {".xml": _feed_alone, ".bib": _bibtex_alone}
"""The libraries that parse formats, by suffix."""


def _raw(suffix: str, start: str = "", end: str = "") -> Door:
    return _file(suffix, lambda text: f"{start}{text}{end}")


def _json(make: Callable[[str], object], suffix: str = ".json") -> Door:
    return _file(suffix, lambda text: json.dumps(make(text)))


def _pieces(text: str, most: int = _MOST) -> list[str]:
    """Return a text in the parts that are a paper's each."""
    return [text[place : place + most] for place in range(0, len(text), most)] or [""]


def _rss(element: str, attribute: str = "") -> Door:
    names = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"'

    def make(text: str) -> str:
        shown = escape(text)
        inner = f'<{element} {attribute}="{shown}"/>' if attribute else f"<{element}>{shown}</{element}>"
        own = "" if element == "title" else "<title>A Study of Kettles</title>"
        item = f"<item>{own}<link>https://lab.example/1</link>{inner}</item>"
        return f'<?xml version="1.0"?><rss version="2.0" {names}><channel><title>Lab</title>{item}</channel></rss>'

    return _file(".xml", make)


def _atom(inner: str) -> Door:
    """Return a door of an Atom feed as arXiv's API sends it; `{}` in `inner` is the text."""
    start = (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"'
        ' xmlns:arxiv="http://arxiv.org/schemas/atom"><id>http://arxiv.org/api/x</id><title>ArXiv Query</title>'
        "<entry><id>http://arxiv.org/abs/2401.12345v1</id><updated>2024-01-30T00:00:00Z</updated>"
        "<published>2024-01-30T00:00:00Z</published><title>A Study of Kettles</title>"
    )
    return _file(".xml", lambda text: f"{start}{inner.replace('{}', escape(text))}</entry></feed>")


def _bibtex(field: str) -> Door:
    own = "" if field == "title" else "title = {A Study of Kettles}, "
    return _file(
        ".bib", lambda text: f"@article{{kettle, {own}{field} = {{{text}}}}}\n@misc{{b, title = {{Another}}}}\n"
    )


def _tagged(suffix: str, start: str, tag: str) -> Door:
    return _file(suffix, lambda text: f"{start}{tag}{text}\nER  - \n")


def _field(make: Callable[[str], object]) -> Door:
    """Return a door of JSON with one paper for each part of the text."""
    return _json(lambda text: [make(part) for part in _pieces(text)])


def _daily(name: str) -> Door:
    def make(text: str) -> object:
        listed = {"authors": [{"name": text}], "ai_keywords": [text], "organization": {"name": text, "fullname": text}}
        return [
            wrapped(**{"id": f"2607.{number:05}", name: listed.get(name, part)})
            for number, part in enumerate([text] if name in listed else _pieces(text))
        ]

    return _json(make)


def _catalog(form: str, suffix: str = ".md", most: int = 400) -> Door:
    """Return a door of a list: `form` for each part of the text, which is `{}` in it, a number `{n}`."""

    def make(text: str) -> str:
        parts = _pieces(text, most)
        made = [form.replace("{n}", f"{number:05}").replace("{}", part) for number, part in enumerate(parts, 1)]
        return "# Papers\n\n" + "\n".join(made) + "\n"

    return _file(suffix, make)


_MAIL = """------------------------------------------------------------------------------
send mail ONLY to cs
Submissions to:
Computation and Language
 received from  Mon  3 Aug 26 18:00:00 GMT  to  Tue  4 Aug 26 18:00:00 GMT
------------------------------------------------------------------------------
------------------------------------------------------------------------------
\\\\
arXiv:2608.00001
Date: Mon, 3 Aug 2026 10:00:00 GMT   (100kb)

Title: {title}
Authors: {authors}
Categories: cs.CL
Comments: {comments}
\\\\
  {abstract}
\\\\ ( https://arxiv.org/abs/2608.00001 ,  100kb)
------------------------------------------------------------------------------
"""
_MAIL_FIELDS = {"title": "A Study of Kettles", "authors": "Ada Bell", "comments": "9 pages", "abstract": "We study."}


def _mail(field: str) -> Door:
    return _file(".txt", lambda text: _MAIL.format(**{**_MAIL_FIELDS, field: text}))


def _page(text: str) -> str:
    return page(*((f"A Title {number}", part) for number, part in enumerate(_pieces(text))))


def _titles_page(text: str) -> str:
    """Return a page whose titles are parts of the text."""
    parts = [text[place : place + 200].replace("\n", " ") for place in range(0, len(text), 200)]
    return page(*((part, "We train small models for a long time and report how slowly they learn.") for part in parts))


_CSL = {"type": "article", "title": "A Study", "author": [{"family": "Bell"}]}


def _json_feed(name: str) -> Door:
    def make(text: str) -> object:
        item = {"id": "1", "title": "A Study", name: text}
        return {"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [item]}

    return _json(make)


def _csl(name: str) -> Door:
    return _field(lambda text: {**_CSL, name: text})


def _zotero(name: str) -> Door:
    return _json(
        lambda text: {"items": [{"itemType": "book", "title": "A Study", name: part} for part in _pieces(text)]}
    )


def _own_json(name: str) -> Door:
    return _field(lambda text: {"key": "arxiv:2608.00001", "title": "A Study", "feeds": [], name: text})


IMPORTS: dict[str, Door] = {
    "page raw": _raw(".txt"),
    "page abstract": _file(".txt", _page),
    "page title": _file(".txt", _titles_page),
    "page of a paper": _raw(".txt", "A Study of Kettles\n\nAda Bell, Chen Du\n\nAbstract\n\nWe study. ", "\n\n[v1]\n"),
    "HTML raw": _raw(".html", "<!doctype html><html><body>", "</body></html>"),
    "HTML article": _raw(
        ".html", "<html><body><h1>Papers</h1><ul><li><a href='https://arxiv.org/abs/2401.12345'>", "</a></li></ul>"
    ),
    "HTML address": _raw(".html", "<html><body><a href='https://arxiv.org/abs/2401.12345", "'>A Title</a></body>"),
    "HTML saved title": _file(
        ".html", lambda text: saved({"dailyPapers": [wrapped(title=part) for part in _pieces(text)]})
    ),
    "HTML saved abstract": _file(
        ".html", lambda text: saved({"dailyPapers": [wrapped(summary=part) for part in _pieces(text)]})
    ),
    "HTML saved raw": _raw(".html", '<html><body><div data-target="DailyPapers" data-props="', '"></div></body>'),
    "JSON raw": _raw(".json", '[{"paper": ', ""),
    "JSON string": _raw(".json", '[{"paper": {"id": "2607.00001", "title": "', '"}}]'),
    "JSON lines": _raw(".jsonl"),
    **{
        f"JSON {name}": _daily(name)
        for name in ("title", "summary", "authors", "ai_keywords", "githubRepo", "projectPage", "ai_summary",
                     "publishedAt", "id", "organization")
    },
    **{
        f"RSS {name}": _rss(name)
        for name in ("title", "description", "author", "dc:creator", "category", "guid", "link", "pubDate", "dc:date",
                     "prism:doi", "comments", "dc:identifier")
    },
    "RSS enclosure": _rss("enclosure", "url"),
    "RSS raw": _raw(".xml", '<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>'),
    "RSS CDATA": _raw(
        ".xml", "<rss version='2.0'><channel><title>x</title><item><title>A</title><description><![CDATA[",
        "]]></description></item></channel></rss>",
    ),
    "RSS attributes": _raw(".xml", "<rss ", "><channel><title>x</title></channel></rss>"),
    "Atom raw": _raw(".xml", "<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title><entry>"),
    "Atom title": _atom("<title>{}</title>"),
    "Atom summary": _atom("<summary>{}</summary>"),
    "Atom content": _atom("<content type='html'>{}</content>"),
    "Atom author": _atom("<author><name>{}</name></author>"),
    "Atom link": _atom('<link href="{}" rel="related"/>'),
    "Atom id": _atom("<id>{}</id>"),
    "Atom published": _atom("<published>{}</published>"),
    "Atom comment": _atom("<arxiv:comment>{}</arxiv:comment>"),
    "Atom reference": _atom("<arxiv:journal_ref>{}</arxiv:journal_ref>"),
    "Atom DOI": _atom("<arxiv:doi>{}</arxiv:doi>"),
    "Atom category": _atom('<category term="{}"/>'),
    **{
        f"JSON Feed {name}": _json_feed(name)
        for name in ("title", "content_html", "content_text", "url", "date_published")
    },
    "OPML raw": _raw(".opml", '<opml version="2.0"><body>'),
    "OPML attribute": _raw(".opml", '<opml version="2.0"><body><outline text="', '" xmlUrl="https://a.org/f"/></body>'),
    "OPML address": _raw(".opml", '<opml version="2.0"><body><outline text="x" xmlUrl="https://a.org/', '"/></body>'),
    "BibTeX raw": _raw(".bib", "@article{a, title = {A Study}}\n"),
    "BibTeX open": _raw(".bib", "@article{a, title = {"),
    "BibTeX strings": _raw(".bib", "@string{a = ", "}\n@misc{k, title = {A Study}}"),
    **{
        f"BibTeX {name}": _bibtex(name)
        for name in ("title", "author", "abstract", "annote", "note", "keywords", "url", "howpublished", "doi",
                     "eprint", "year", "month", "date", "institution", "file", "code")
    },
    **{
        f"RIS {tag}": _tagged(".ris", "TY  - JOUR\nTI  - A Study\n", f"{tag}  - ")
        for tag in ("AU", "AB", "N1", "UR", "DO", "PY", "KW")
    },
    "RIS TI": _tagged(".ris", "TY  - JOUR\n", "TI  - "),
    "RIS raw": _raw(".ris", "TY  - JOUR\nTI  - A Study\n", "\nER  - \n"),
    **{
        f"PubMed {tag}": _tagged(".nbib", "PMID- 1\nTI  - A Study\n", f"{tag:4}- ")
        for tag in ("FAU", "AB", "AID", "DP", "OT")
    },
    **{
        f"CSL {name}": _csl(name)
        for name in ("title", "abstract", "note", "URL", "DOI", "author", "keyword", "issued", "publisher")
    },
    "CSL families": _field(
        lambda text: {"type": "article", "title": "A", "author": [{"family": text, "given": text}, {"literal": text}]}
    ),
    "CSL raw date": _field(lambda text: {"type": "article", "title": "A Study", "issued": {"raw": text}}),
    **{
        f"Zotero {name}": _zotero(name)
        for name in ("title", "url", "abstractNote", "date", "extra", "DOI")
    },
    "Zotero notes": _json(
        lambda text: {"items": [{"itemType": "book", "title": "A Study", "notes": [{"note": text}]}]}
    ),
    **{
        f"own JSON {name}": _own_json(name)
        for name in ("key", "title", "abstract", "note", "published", "read", "doi", "organization")
    },
    "own JSON lists": _field(
        lambda text: {"key": "arxiv:2608.00001", "title": "A Study", "authors": [text], "keywords": [text],
                      "links": [{"url": text}, {"url": f"https://github.com/{text}"}],
                      "feeds": [{"name": text, "date": text}]}
    ),
    "own CSV": _raw(".csv", "key,citation_key,title,authors,links,note,starred\r\narxiv:2608.00001,a,A Study,", ",,,"),
    "table": _raw(".csv", "Title,Authors,Link\nA Study,Ada Bell,https://arxiv.org/abs/2608.00001\n"),
    "Markdown raw": _raw(".md", "# Papers\n\n- [A Study](https://arxiv.org/abs/2401.12345)\n"),
    "Markdown label": _catalog("- [{}](https://arxiv.org/abs/2401.{n})"),
    "Markdown address": _catalog("- [A Study {n}]({})"),
    "Markdown text": _catalog("- [A Study {n}](https://arxiv.org/abs/2401.{n}) {}"),
    "Markdown heading": _catalog("## {}\n\n- [A Study](https://arxiv.org/abs/2401.{n})"),
    "Markdown table": _catalog("| {} | [x](https://arxiv.org/abs/2401.{n}) |"),
    "plain list": _catalog("2401.{n} {}", ".txt"),
    "plain references": _catalog("[{n}] Ada Bell. {} arXiv:2401.{n}, 2024.", ".txt"),
    "arXiv listing": _catalog("[1] arXiv:2401.{n} [pdf, html, other]\nTitle: {}\nAuthors: {}\nSubjects: {}", ".txt"),
    **{f"mail {name}": _mail(name) for name in _MAIL_FIELDS},
    "mail raw": _raw(".txt", _MAIL.format(**_MAIL_FIELDS)),
}  # fmt: skip
"""What `readlist import` and the feeds read."""


@cache
def _shelf() -> Shelf:
    shelf = make_shelf(_folder() / "home")
    shelf.papers.add(make_batch([make_paper(number) for number in range(30)]))
    return shelf


def _query(text: str) -> None:
    for typing in (False, True):
        query = parse(text, typing=typing, today=TODAY)
    _shelf().papers.select(query)


def _completion(text: str) -> None:
    def known(field: str, begun: str) -> list[str]:
        return [text[:200], "HF daily"]

    for typed in (text, f"feed:{text}", f'author:"{text}', f"tag:{text}", f"{text} is:sta"):
        complete(typed, known)
        typed_tag(typed)
        completions(typed, lambda: ["HF daily"], lambda: ["tag"])


def _nearest(text: str) -> None:
    vocabulary = _shelf().library.vocabulary
    vocabulary.nearest(text)
    vocabulary.nearest(text[:30])
    edits(text[:30], text[1:31])


def _settings(form: str) -> Door:
    def read(text: str) -> None:
        file = _folder() / "config.toml"
        written = form.replace("{}", json.dumps(text, ensure_ascii=False)[1:-1])
        file.write_text(written, "utf-8", "replace")
        passed(len(written.encode("utf-8", "replace")))
        with suppress(ConfigError):
            config = load(file)
            KeyMap(config.keys, file, config.actions)

    return read


def _raw_settings(text: str) -> None:
    file = _folder() / "config.toml"
    file.write_text(text, "utf-8", "replace")
    with suppress(ConfigError):
        load(file)


def _feed(text: str) -> None:
    for written in (text, f"arxiv:{text}", f"hf:{text}", f"https://{text}"):
        with suppress(FeedError):
            parse_feed(written)


_FRONT = "---\nkey: arxiv:2608.00001\ntitle: A Study\n{}---\n\n# A Study\n\n{}\n"


def _note(form: str) -> Door:
    def read(text: str) -> None:
        with suppress(NotANote, NoteError):
            file = parse_note(form.replace("{}", text))
            assert file.key and [file.note, file.abstract, file.normalized, file.values("tags")]
            file.with_note(text[:5_000]).with_abstract("## Abstract\n\nx")
            file.with_values({"title": text[:500]})

    return read


def _exported_note(text: str) -> None:
    """Export a hostile paper's note, read it back, and export again over it."""
    entry = hostile_entry(text)
    file = parse_note(rendered(entry, NOW))
    renewed(file, hostile_entry(f"{text} x"), NOW)


def _tags(text: str) -> None:
    tags_of(text)
    with_tags(text, ["new"], ["old"])
    with_tags(text, remove=tags_of(text)[:3])


def hostile_entry(text: str) -> Entry:
    """Return an entry with a text in every field, each cleaned and cut as the doors do it."""
    line, body = clean_line(text), clean(text)
    path = clean_line(text, 300).replace(" ", "")
    links = (Link(f"https://github.com/{path}", "repo"), Link(f"https://lab.org/{path}", "project"))
    paper = Paper(
        "arxiv:2608.00001", line, body, (line[:200], line[200:400] or "Ada Bell"), date(2026, 8, 1), "2608.00001",
        links=links, keywords=(line[:100],), organization=line[:200], summary=body[:3_000],
    )  # fmt: skip
    mark = Mark(NOW, NOW, body, NOW)
    passed(len(body.encode()) * 2 + len(paper.summary.encode()) + len(line.encode()) * 2)
    return Entry(1, paper, mark, line[:60], date(2026, 8, 1), 1, 94, 5, 11_300, NOW)


def _with_fields(text: str) -> list[Entry]:
    """Return entries with a text in the abstract, and one for each part of it in the other fields."""
    return [replace(hostile_entry(part), id=number) for number, part in enumerate(_pieces(text), 1)] + [
        hostile_entry(text)
    ]


def _export(form: str) -> Door:
    suffix = FORMATS[form].suffix

    def write(text: str) -> None:
        written = "".join(FORMATS[form].write(_with_fields(text), lambda _: ()))
        file = _folder() / f"export.{suffix}"
        file.write_text(written, "utf-8", "replace")
        # In LaTeX `<` has eleven letters, and all of them are read.
        passed(file.stat().st_size)
        list(reader.read([file], today=TODAY))

    return write


def _detail(text: str) -> None:
    for entry in (hostile_entry(text), hostile_entry(text[: len(text) // 2])):
        for room in (Room(76), Room(30)):
            blocks = detail(
                entry, [Announcement(text[:60], TODAY, 1)], TODAY, keys=_KEYS, room=room, words=("study", text[:20])
            )
            list(lines_of(blocks, room.width))


def _rows(text: str) -> None:
    for place in range(0, len(text), 2_000):
        entry = replace(hostile_entry(text[place : place + 2_000]), watched=True)
        row(entry, 80, TODAY, cursor=False, selected=False, words=("study", text[:20]))


def _links(text: str) -> None:
    link_lines(hostile_entry(text).paper, _KEYS, 76)


def _lines(text: str) -> None:
    line_spans(clean(text), 76)
    line_spans(clean(text), 4)


def _highlight(text: str) -> None:
    for word in ("study", text[:10], text[:100], text[-30:]):
        hits(text, [word])


def _digest(text: str) -> None:
    found = [(entry, [entry.feed]) for entry in _with_fields(text)]
    digest = digest_of(found, order=(), limit=50, ranked=False, now=NOW, since=TODAY, query=("is:unread", text[:1_000]))
    text_of(digest, mailed=True)
    html_of(digest, mailed=True)


_ACTION = Action("x", command=("x", "{title}", "{url}{title}", "{arxiv}"))


def _actions(text: str) -> None:
    for entry in _with_fields(text):
        for action in (_ACTION, Action("x", address="https://a.org/?q={title}&a={arxiv}")):
            action.lacks(entry.paper)
            if action.command:
                action.arguments(entry.paper)
            else:
                action.target(entry.paper)


def _excerpts(text: str) -> None:
    for entry in _with_fields(text):
        for kind in KINDS:
            excerpt([entry], kind)


def _journal(text: str) -> None:
    body = json.dumps({"id": "a", "do": [["marks", "arxiv:2608.00001", _mark(text)]]}).encode()
    read_journal(frame(body) * 2)


def _mark(text: str) -> dict[str, object]:
    return {
        "title": text, "identifiers": [text[:500], "arxiv:2608.00001"], "details": {"authors": text, "title": text},
        "note": {"value": text, "changed": "2026-08-01T00:00:00Z", "device": "other"},
    }  # fmt: skip


def _state(text: str) -> None:
    """Read the state of another machine."""
    file = _folder() / "other.json"
    marks = {f"arxiv:2608.{number:05}": _mark(part) for number, part in enumerate(_pieces(text))}
    file.write_text(json.dumps({"_default": {}, "meta": {"1": {"schema": 1}}, "marks": marks}))
    read_other_state(file)


def _raw_state(text: str) -> None:
    data = text.encode("utf-8", "replace")
    for state in (data, b'{"_default": {},\n"marks": {' + data, b'{"marks": {"arxiv:2608.00001": {"title": "' + data):
        with suppress(MarksError, ValueError):
            decode(state)
    read_journal(data)
    read_journal(frame(b"{}") + data)


def _merge(text: str) -> None:
    """Merge marks of another machine whose keys and titles are hostile."""
    file = _folder() / "merged.json"
    marks = {f"title:{part[:300]}": _mark(part) for part in _pieces(text)}
    file.write_text(json.dumps({"_default": {}, "meta": {"1": {"schema": 1}}, "marks": marks}))
    with suppress(MarksError):
        _shelf().sync.merge(file)


def _printed(text: str) -> None:
    from readlist.cli.paper_output import _blocks, _parted, _plain, _text

    for entry in _with_fields(text):
        _plain(entry)
        for block in _blocks(entry, []):
            for line in block:
                for part in _parted(line, 80):
                    _text(part)


def _said(text: str) -> None:
    from readlist.cli.output import fitted

    drawable(text)
    fitted(drawable(text), 80)


def _paste(text: str) -> None:
    parser = PasteParser()
    list(parser.feed(f"\x1b[200~{text}\x1b[201~"))
    list(parser.feed(f"\x1b[200~{text}"))
    list(PasteParser().feed(text[: len(text) // 8]))


OTHERS: dict[str, Door] = {
    "add": find_identifiers,
    "links": find_links,
    "HTML text": lambda text: (text_of_html(text), list(hrefs(text)), feed_address(text)),
    "LaTeX": to_unicode,
    "LaTeX field": from_latex,
    "LaTeX written": to_latex,
    "readable": readable,
    "cleaning": clean,
    "folding": fold,
    "name": lambda text: [name_of(part) for part in _pieces(text, 200)],
    "date": lambda text: (date_of_text(text), leading_day(text)),
    "query": _query,
    "completion": _completion,
    "nearest word": _nearest,
    "settings raw": _raw_settings,
    "settings view": _settings('[[views]]\nname = "x {}"\nquery = "{}"\n'),
    "settings mute": _settings('mute = ["{}"]\n'),
    "settings action": _settings('[[actions]]\nname = "x"\ncommand = "{}"\n'),
    "settings address": _settings('[[actions]]\nname = "x"\naddress = "https://a.org/{}"\n'),
    "settings feeds": _settings('feeds = ["{}"]\n'),
    "settings keys": _settings('[keys]\nstar = "{}"\n'),
    "feed address": _feed,
    "note raw": _note("{}"),
    "note body": _note(_FRONT.replace("{}", "", 1)),
    "note front": _note("---\nkey: arxiv:2608.00001\n{}\n---\n\n# A Study\n"),
    "note value": _note('---\nkey: arxiv:2608.00001\ntitle: "{}"\ntags: [{}]\n---\n\n# A Study\n'),
    "note abstract": _note("---\nkey: arxiv:2608.00001\n---\n\n# A Study\n\n## Abstract\n\n{}\n\n## Notes\n\nx\n"),
    "note exported": _exported_note,
    "note imported": _raw(".md"),
    "tags": _tags,
    **{f"export {form}": _export(form) for form in FORMATS},
    "detail": _detail,
    "rows": _rows,
    "link lines": _links,
    "line breaks": _lines,
    "highlight": _highlight,
    "digest": _digest,
    "actions": _actions,
    "excerpts": _excerpts,
    "journal": _journal,
    "state": _state,
    "state raw": _raw_state,
    "merge": _merge,
    "printed": _printed,
    "message": _said,
    "paste": _paste,
}
"""Every other door."""

DOORS: dict[str, Door] = {**IMPORTS, **OTHERS}
