"""Hostile inputs, small and made for the tests, how they are varied at random, and what must never come of them."""

from __future__ import annotations

import json
import random
import re
import sys
import sysconfig
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from readlist.model.paper import Link, Paper
from readlist.sources.batch import Batch
from tests.support.cli import PAPERS, page
from tests.support.records import record, saved, wrapped

MARKER = "0WNED"
"""Stands in every hostile sequence, so that its letters alone, wherever they are shown, do no harm."""

TEXTS = (
    f"\x1b]52;c;{MARKER}\x07",
    f"\x1b]8;;https://evil.example/{MARKER}\x1b\\click\x1b]8;;\x1b\\",
    f"\x1b]0;{MARKER}\x07\x1b[2J\x1b[31m\x1b[6n\x1b[?1049l\x1bc\x1bP$q\x1b\\\x1b_{MARKER}\x1b\\",
    f"\x9b31m\x9d0;{MARKER}\x9c\x90\x98\x9e\x9f\x85",
    "".join(map(chr, [*range(32), 127, *range(128, 160)])),
    "\u202ecod.exe\u202c \u2066\u2067\u2068\u2069\u200e\u200f\u061c\u202a\u202b\u202d",
    "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all") + "\U000e0001\U000e007f",
    "a\u200bb\u2060c\ufeffd\xade\u180ef\u2028g\u2029h\ufffe\uffff\ufdd0",
    "half \ud83d of \udc4d a pair \udcff",
    "e" + "\u0301" * 3_000,
    "[red]x[/red] [/] [@click=app.quit]quit[/] [link=file:///etc/passwd]p[/link] [b][[ ]] \\[i]",
    "$\\input{/etc/passwd}$ \\write18{touch 0WNED} \\href{javascript:alert(1)}{x} $" + "{" * 300 + "$",
    "&#27;]52;c;eA==&#7; &#x9b;31m &#8238;x &#xD800; &#0; &#55357; &lt;script&gt;",
    "w" * 30_000,
    "مرحبا بالعالم \u200c نص",
    "'; drop table papers; -- \" OR 1=1 NEAR(",
    "%s%n{0}{self.__class__}${jndi:ldap://x}`id`$(id)",
)
LINKS = (
    "file:///etc/passwd",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://github.com/a/b",
    "data:text/html,<script>alert(1)</script>",
    "smb://evil.example/share",
    "vbscript:x",
    "-https://github.com/a/b",
    "--new-window=https://github.com/a/b",
    "https://github.com@evil.example/a/b",
    "https://github.com:pw@evil.example/a/b",
    "https://xn--rxiv-43d.org/abs/2608.00001",
    "https://аrxiv.org/abs/2608.00001",
    "https://gіthub.com/lab/code",
    "https://github.com\\@evil.example/a",
    "https://github.com%2f@evil.example/",
    "http://2130706433/a",
    "http://[::1]/a",
    "https://arxiv.org./abs/2608.00001",
    "https://github.com/lab/co\nde",
    "https://github.com/lab/\x1b]0;x\x07code",
    "https://github.com/lab/\u202eedoc",
    "https://lab.org/\ud800",
    "https://lab.org:99999999/",
    "https://lab.org/$(touch$IFS/tmp/x)`id`;id|id",
    "//evil.example/a",
    "\\\\evil.example\\share",
    "https://" + "a." * 2_000 + "org/",
    "https://lab.org/" + "a/" * 5_000,
    "https://[",
)

_ENTITIES = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "0WNED0WNED"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY h SYSTEM "http://127.0.0.1:9/x"><!ENTITY % p SYSTEM "http://127.0.0.1:9/p">
%p;]>"""


def _feed(title: str, link: str, head: str = '<?xml version="1.0"?>') -> bytes:
    safe = re.sub("[\x00-\x1f\ud800-\udfff\ufffe\uffff<]", "?", title)
    href = re.sub('[\x00-\x1f\ud800-\udfff<&"]', "?", link)
    return (
        f'{head}<rss version="2.0" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"'
        ' xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:dc="http://purl.org/dc/elements/1.1/" xml:base="file:///etc/">'
        f"<channel><title>{safe}</title><link>{href}</link><item><title>{safe}</title><link>{href}</link><guid>{href}</guid>"
        f"<dc:creator>{safe}</dc:creator><prism:doi>10.1234/a{safe[:40].replace(' ', '')}</prism:doi>"
        f'<xi:include href="file:///etc/passwd" parse="text"/><enclosure url="{href}"/>'
        f'<description>{safe} &lt;a href="{href}"&gt;code&lt;/a&gt;&lt;iframe src="{href}"&gt;&lt;/iframe&gt;'
        f"&lt;script&gt;{safe}&lt;/script&gt;</description><category>{safe}</category></item></channel></rss>"
    ).encode("utf-8", "replace")


def _record(text: str, link: str) -> dict[str, object]:
    return record(
        title=f"A paper {text}",
        summary=f"{text} {link} " * 3,
        authors=[{"name": text}, text, {"user": {"fullname": text}}],
        ai_summary=text,
        ai_keywords=[text, None, 7],
        githubRepo=link,
        projectPage=link,
        organization={"name": text, "fullname": text},
        submittedOnDailyBy={"user": text},
        upvotes=1e999,
    )


def _encodings(data: bytes) -> tuple[bytes, ...]:
    text = data.decode("utf-8", "replace")
    return (
        b"\xef\xbb\xbf" + data,
        text.encode("utf-16", "surrogatepass"),
        text.encode("utf-16-be", "surrogatepass"),
        b"\xff\xfe\x00\xd8" + text.encode("utf-16-le", "surrogatepass"),
        data + b"\xff\xfe\xc0\xaf\xed\xa0\x80",
        b"\x00".join(data[i : i + 7] for i in range(0, min(len(data), 2_000), 7)),
    )


_TEXT_PAGES = tuple(
    page((f"Title {text}", f"An abstract of a paper {text} with code at {link} to be read."), *PAPERS).encode(
        "utf-8", "surrogatepass"
    )
    for text, link in zip(TEXTS, LINKS, strict=False)
)
_HTML_PAGES = (
    *(saved({"dailyPapers": [wrapped(title=text)]}).encode("utf-8", "replace") for text in TEXTS[:12]),
    b"<!doctype html><html><head><base href='file:///etc/'><meta http-equiv=refresh content='0;url=file:///etc/passwd'>"
    b"<script src='http://127.0.0.1:9/x'></script></head><body><iframe src=file:///etc/passwd></iframe>"
    b"<article><a href='javascript:1'>A Title of a Paper</a><p>text</p></article></body></html>",
    b"<html>" + b"<div>" * 20_000,
    b"<html><!--" + b"<!-- " * 5_000,
)
_JSON = (
    *(json.dumps([wrapped(title=text, projectPage=link)]).encode() for text, link in zip(TEXTS, LINKS, strict=False)),
    *(
        json.dumps([{"paper": _record(text, link)}]).encode()
        for text, link in zip(TEXTS, reversed(LINKS), strict=False)
    ),
    *(json.dumps(_record("x", link)).encode() for link in LINKS),
    b'[{"paper": {"id": "2608.00001", "title": "One", "title": "Two", "id": null, "summary": [], "upvotes": NaN}}]',
    b'[{"paper": {"id": "2608.00001", "title": "T", "upvotes": -Infinity, "githubStars": 1e999, "authors": {"a": 1}}}]',
    b'[{"paper": {"id": "2608.00001", "title": "T", "upvotes": ' + b"9" * 10_000 + b"}}]",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"[" * 500 + b"]" * 500,
    b"[{'id': '2608.00001', 'title': __import__('os').system('touch 0WNED')}]",
    b"{'id': '2608.00001', 'title': 'x' * 999999999}",
    b'{"key": "title:x", "title": {"$ref": "file:///etc/passwd"}, "links": [{"url": "file:///etc/passwd"}]}',
    b'"' + b"\\ud800" * 50 + b'"',
)
_FEEDS = (
    *(_feed(text, link) for text, link in zip(TEXTS, LINKS, strict=False)),
    *(_feed("A Title", link) for link in LINKS),
    _feed("&d; &x; &h;", "&x;", _ENTITIES),
    _feed("A", "https://a.org/", '<?xml version="1.0" encoding="zlib_codec"?>'),
    _feed(
        "A", "https://a.org/", '<?xml-stylesheet href="file:///etc/passwd"?><!DOCTYPE rss SYSTEM "file:///etc/passwd">'
    ),
    b"<rss><channel>" + b"<item><title>" * 3_000,
    b"<feed xmlns='http://www.w3.org/2005/Atom'>" + b"<entry>" * 3_000,
    b"<rss " + b"a='b' " * 5_000 + b"><channel><item><title>T</title></item></channel></rss>",
)
_OPML = tuple(
    f'<opml version="2.0"><body><outline text="{text}" type="rss" xmlUrl="{link}"/>'
    f'<outline text="{text}" xmlUrl="https://lab.org/feed"/></body></opml>'.encode("utf-8", "replace")
    for text, link in zip((*TEXTS, *("Lab" for _ in LINKS)), (*LINKS, *LINKS), strict=False)
)


def _tex(text: str) -> str:
    """Return a text with its braces balanced, for use in a field."""
    return text.replace("{", "").replace("}", "")


_BIBTEX = (
    *(
        f"@article{{{text[:30]}, title = {{A paper {_tex(text)}}}, url = {{{link}}}, code = {{{link}}},"
        f" author = {{{_tex(text)} and {{{_tex(text)}}}, Jr., A}}, howpublished = {{\\url{{{link}}}}},"
        f" doi = {{10.1234/{_tex(text)[:60]}}},"
        f" keywords = {{{_tex(text)}, starred}}, annote = {{A note {_tex(text)}}}, note = {{{_tex(text)}}},"
        f" abstract = {{{_tex(text)} {link}}}, institution = {{{_tex(text)}}}, year = {{9999}}, month = {{13}}}}\n"
        "@misc{b, title = {Another}}\n".encode("utf-8", "replace")
        for text, link in zip((*TEXTS, *("Lab" for _ in LINKS)), (*LINKS, *LINKS), strict=False)
    ),
    b"@string{a = a # a}@string{b = a # b}@misc{k, title = b # a # zzz, crossref = {k}, author = b}",
    b"@misc{k, title = {A}, annote = {\\input{/etc/passwd} \\write18{touch 0WNED} \\csname x\\endcsname}}",
    b"@misc{k, title = {A}, file = {/etc/passwd}, crossref = {../../etc/passwd}}",
    b"@misc{k, title = {" + b"{" * 3_000 + b"A" + b"}" * 3_000 + b"}}",
    b"@misc{k, title = {" * 500,
    b"@" * 5_000,
    b"@misc{a,title={A}}" * 300,
    b"@misc{k, title = {\\'{\\^{\\\"{\\v{e}}}}}, note = {" + b"\\" * 3_000 + b"}}",
)
_RIS = (
    *(
        f"TY  - {text[:9]}\nTI  - A paper {text}\nAU  - {text}, {text[:99]}, Jr.\nUR  - {link}\nL1  - {link}\n"
        f"DO  - 10.1234/{text[:60]}\nKW  - {text}\nKW  - starred\nN1  - A note {text}\n{text}\nAB  - {text} {link}\n"
        "PY  - 9999/99/99/\nER  - \nTY  - JOUR\nTI  - Another\nER  - \n".encode("utf-8", "replace")
        for text, link in zip((*TEXTS, *("Lab" for _ in LINKS)), (*LINKS, *LINKS), strict=False)
    ),
    b"TY  - JOUR\n" * 2_000,
    b"TY  - JOUR\nTI  - A\n" + b"line\n" * 5_000,
    b"TY  - JOUR\nTI  - <p>" + b"<b>" * 3_000 + b"</p>\nN1  - <p>" + b"<b>" * 3_000 + b"</p>",
)
_CSL = (
    *(
        json.dumps([
            {"type": "article", "title": f"A paper {text}",
             "author": [{"family": text, "given": text}, {"literal": text}],
             "URL": link, "DOI": f"10.1234/{text[:60]}", "abstract": f"{text} {link}", "note": f"A note {text}",
             "keyword": f"{text}, starred", "issued": {"date-parts": [[9999, 99, 99]]}, "container-title": [text],
             "custom": {"key": f"title:{text}", "links": [{"url": link, "kind": text}], "organization": text}},
            {"type": "book", "title": "Another", "author": text},
        ]).encode()
        for text, link in zip((*TEXTS, *("Lab" for _ in LINKS)), (*LINKS, *LINKS), strict=False)
    ),
    b'{"items": [{"type": "book", "title": "A", "DOI": 1e999, "issued": {"date-parts": [[1e999, -1, true]]}}]}',
    b'[{"type": "book", "title": "A", "author": {"family": []}, "issued": {"date-parts": {}}, "note": {"a": 1}}]',
)  # fmt: skip
_OWN_JSON = (
    *(
        json.dumps([
            {"key": f"title:{text}", "title": f"A paper {text}", "authors": [text, 1], "abstract": f"{text} {link}",
             "links": [{"url": link, "kind": text, "full": link}], "keywords": [text], "organization": text,
             "summary": text, "upvotes": 1e999, "comments": "9" * 5_000, "doi": f"10.1234/{text[:60]}",
             "feeds": [{"name": text, "date": "9999-12-31", "position": -1}, {"name": "Lab", "date": "0001-01-01"}],
             "published": text, "read": "9999-12-31T23:59:59-23:59", "starred": "0001-01-01T00:00:00Z", "note": text},
            {"key": "arxiv:2608.00001", "title": "Another", "note": {}, "feeds": text, "links": link},
        ]).encode()
        for text, link in zip((*TEXTS, *("Lab" for _ in LINKS)), (*LINKS, *LINKS), strict=False)
    ),
    b'{"key": "doi:10.1/x", "title": "One", "note": ""}\n{"key": "doi:10.1/y", "title": "Two", "note": "' + b"x" * 99,
)  # fmt: skip
_OWN_CSV = tuple(
    f'key,citation_key,title,authors,links,note,starred\r\ntitle:{text[:9]},a,"{text} x","{text}; B","{link}; {link}",'
    f'"\'={text}",0001-01-01T00:00:00Z\r\narxiv:2608.00001,a,Another,,,"'.encode("utf-8", "replace")
    for text, link in zip((*TEXTS, *("Lab" for _ in LINKS)), (*LINKS, *LINKS), strict=False)
)
_PUBMED = tuple(
    (f"PMID- 1\nTI  - A paper {text}\nFAU - {text}, {text}\nCN  - {text}\nAB  - {text} {link}\n"
     f"AID - 10.1234/{text[:60]} [doi]\nDP  - 9999 Dec 99\nOT  - {text}\nMH  - {text}/*x\n\n"
     f"PMID- {text}\nTI  - Another\n").encode("utf-8", "replace")
    for text, link in zip((*TEXTS, *("Lab" for _ in LINKS)), (*LINKS, *LINKS), strict=False)
)  # fmt: skip
_ZOTERO = tuple(
    json.dumps({"items": [
        {"itemType": "book", "title": f"A paper {text}", "creators": [{"name": text}, {"lastName": text}, 1],
         "url": link, "DOI": f"10.1234/{text[:60]}", "abstractNote": f"{text} {link}", "date": text,
         "tags": [{"tag": text}, text, 1], "notes": [{"note": f"<p>{text}</p>"}, text], "extra": text},
        {"itemType": text, "title": "Another"},
    ]}).encode()
    for text, link in zip((*TEXTS, *("Lab" for _ in LINKS)), (*LINKS, *LINKS), strict=False)
)  # fmt: skip
_JSON_FEEDS = tuple(
    json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": text, "items": [
        {"id": link, "url": link, "external_url": link, "title": f"A paper {text}",
         "content_html": f"<p>{text}</p>{link}", "summary": text, "authors": [{"name": text}], "tags": [text],
         "date_published": "9999-12-31T23:59:59-23:59"},
        {"id": 1e999, "content_text": f"{text} {link}"},
    ]}).encode()
    for text, link in zip((*TEXTS, *("Lab" for _ in LINKS)), (*LINKS, *LINKS), strict=False)
)  # fmt: skip
_CONFIG = (
    *(f'theme = {json.dumps(text, ensure_ascii=False)}\n'.encode("utf-8", "replace") for text in TEXTS),
    *(
        f'[[feeds]]\nname = {json.dumps(text)}\nkind = "rss"\nquery = {json.dumps(link)}\n'.encode()
        for text, link in zip(TEXTS, LINKS, strict=False)
    ),
    *(f"{name} = {value}\n".encode()
      for name in ("theme", "mouse", "feeds", "views", "mail", "keys", "editor", "refresh", "sort")
      for value in ("1e999", "nan", "[]", "{}", "[[[]]]", "2026-08-01", "true", "''", '"\\u001b[31m"', "[{a=1}]")),
    b"[keys]\nstar = ['\\u001b', 3]\n\"\\u009b\" = 'x'\n",
    b"a = " + b"[" * 5_000,
    b"a." * 5_000 + b"b = 1",
    b"[[views]]\nname = \"\\u001b]0;x\\u0007\"\nquery = \"((((\"\n",
    *(f'[mail]\nserver = {json.dumps(text)}\nfrom = "a@example.org"\n'.encode() for text in TEXTS),
    *(f'[mail]\nserver = "localhost"\nuser = {json.dumps(text)}\nto = {json.dumps(text)}\n'.encode()
      for text in TEXTS),
    b"\xff\xfe\x00",
)  # fmt: skip
_NOTE = {"value": f"a note {''.join(TEXTS[:9])}", "changed": "2026-08-01T00:00:00Z", "device": "\x1b[31m"}
_STATES = (
    *(
        json.dumps({
            "_default": {}, "meta": {"1": {"schema": 1, "device": text, "generation": text}},
            "marks": {"arxiv:2607.01234": {"title": text, "identifiers": [text, 3], "note": {**_NOTE, "value": text},
                                           "read": {"value": text}, "starred": text}},
            "history": {"1": {"label": text, "changes": text}},
        }).encode()
        for text in TEXTS
    ),
    b'{"marks": [], "meta": NaN}',
    b'{"marks": {"a": 1e999, "a": null}, "marks": {}}',
    b"[" * 100_000,
    b"{}",
    b"null",
    b"\xff\xfe",
    b"",
)  # fmt: skip
QUERIES = (
    *TEXTS,
    *LINKS,
    *("(" * 5_000, "-" * 5_000, '"' * 999, "a OR " * 2_000, "title:" * 500, "upvotes:1e999..nan", "@\x1b"),
    *("date:9999-99-99..", "stars:>" + "9" * 5_000, "sort:\x1b", "is:\u202e", "id:../..", "feed:\"\x00\"", "*", "^a"),
    *("NEAR(a b)", "a AND NOT", "date:0000-00-00", "read:999999999999d", "title:,,,,", "comments:1..2..3"),
    *("-(-(-(a)))", ":", "upvotes:²½k", "{}"),
)  # fmt: skip

DOORS: dict[str, tuple[bytes, ...]] = {
    "page text": (*_TEXT_PAGES, *_encodings(_TEXT_PAGES[0]), *_encodings(page(*PAPERS).encode())),
    "saved HTML": (*_HTML_PAGES, *_encodings(_HTML_PAGES[0])),
    "JSON": (*_JSON, *_encodings(_JSON[0])),
    "feed": (*_FEEDS, *_encodings(_FEEDS[0])),
    "OPML": (*_OPML, *_encodings(_OPML[0])),
    "BibTeX": (*_BIBTEX, *_encodings(_BIBTEX[0])),
    "RIS": (*_RIS, *_encodings(_RIS[0])),
    "CSL-JSON": (*_CSL, *_encodings(_CSL[0])),
    "own JSON": _OWN_JSON,
    "own CSV": _OWN_CSV,
    "PubMed": _PUBMED,
    "Zotero JSON": _ZOTERO,
    "JSON feed": _JSON_FEEDS,
    "settings": _CONFIG,
    "state": _STATES,
}
SUFFIXES = {"page text": ".txt", "saved HTML": ".html", "JSON": ".json", "feed": ".xml", "OPML": ".opml",
            "BibTeX": ".bib", "RIS": ".ris", "CSL-JSON": ".json", "own JSON": ".json", "own CSV": ".csv",
            "PubMed": ".nbib", "Zotero JSON": ".json", "JSON feed": ".json"}  # fmt: skip


def varied(door: str, count: int) -> Iterator[bytes]:
    """Yield hostile inputs of a door, all of them if `count` allows, then random variations; always the same."""
    chance = random.Random(door)
    corpus = DOORS[door]
    yield from corpus if count >= len(corpus) else chance.sample(corpus, count)
    for _ in range(count - len(corpus)):
        yield _variation(chance.choice(corpus), corpus, chance)


def _variation(data: bytes, corpus: tuple[bytes, ...], chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randint(0, len(data)), chance.choice((1, 2, 9, 90, 900))
        way = chance.randrange(6)
        if way == 0:
            data = data[:at] + chance.randbytes(length % 30) + data[at + length :]
        elif way == 1:
            data = data[:at] + data[at + length :]
        elif way == 2:
            data = data[:at] + data[at : at + length] * chance.choice((2, 3, 50)) + data[at + length :]
        elif way == 3:
            text = chance.choice((*TEXTS, *LINKS))[:2_000]
            data = data[:at] + text.encode("utf-8", chance.choice(("replace", "surrogatepass"))) + data[at:]
        elif way == 4:
            other = chance.choice(corpus)
            data = data[:at] + other[chance.randint(0, len(other)) :]
        else:
            text = chance.choice((*TEXTS, *LINKS))[:2_000]
            data = data[:at] + json.dumps(text)[1:-1].encode() + data[at:]
    return data[:200_000]


def unclean(text: str, *, lines: bool = False) -> str:
    """Return what in a text must not have come in, escaped; empty if nothing. `lines`: whether it may have lines."""
    kept = [
        character
        for character in text
        if not ((character == "\n" and lines) or character in "\u200c\u200d")
        and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Co")
        and character != "\ufffd"
    ]
    return ascii("".join(kept))[1:-1]


def check_link(link: Link) -> None:
    """Assert that a link leads to the web, and that nothing in it can't be seen."""
    for url in filter(None, (link.url, link.full)):
        assert not unclean(url), ascii(url)
        assert url.startswith(("http://", "https://")), ascii(url)
        parts = urlsplit(url)
        assert parts.hostname and parts.username is None and " " not in url and "\\" not in parts.netloc, ascii(url)


def check_paper(paper: Paper) -> None:
    """Assert that nothing hostile is in a paper."""
    for name, text in (
        *((name, getattr(paper, name)) for name in ("key", "title", "arxiv", "doi", "organization", "page")),
        *(("author", author) for author in paper.authors),
        *(("keyword", keyword) for keyword in paper.keywords),
    ):
        assert not unclean(text), (name, ascii(text[:200]), unclean(text))
    for text in (paper.abstract, paper.summary):
        assert not unclean(text, lines=True), (ascii(text[:200]), unclean(text, lines=True))
    for link in paper.links:
        check_link(link)


def check_batch(batch: Batch) -> None:
    """Assert that nothing hostile is in what a source hands over, and that its failure is one line."""
    for text in (batch.kind, batch.feed, batch.failure, *(skip.reason for skip in batch.skipped)):
        assert not unclean(text), (ascii(text[:300]), unclean(text))
    assert not (batch.failure and batch.items)
    for paper, announcement in batch.items:
        check_paper(paper)
        assert not unclean(announcement.feed + announcement.submitter)
        for number in (announcement.upvotes, announcement.comments, announcement.stars):
            assert number is None or 0 <= number < 10**9
    assert {*batch.marks} <= {paper.key for paper, _ in batch.items}
    for mark in batch.marks.values():
        assert not unclean(mark.note, lines=True), (ascii(mark.note[:200]), unclean(mark.note, lines=True))
    for feed in batch.feeds:
        assert not unclean(feed.name + feed.query), ascii(feed)
        assert feed.kind != "rss" or feed.query.lower().startswith(("http://", "https://")), ascii(feed)


_FORBIDDEN = ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn",
              "os.fork", "webbrowser.open", "ftplib.connect", "urllib.Request")  # fmt: skip
_OWN = tuple(
    {str(Path(each).resolve()) for each in (*sysconfig.get_paths().values(), sys.prefix, sys.base_prefix)}
    # A virtual environment may take its packages from another one.
    | {str(Path(each).resolve()) for each in sys.path if each.endswith("site-packages")}
    # What tells filelock whether the holder of a lock was of this start of the machine.
    | {str(Path(__file__).parents[2]), "/proc/sys/kernel/random/boot_id", "/proc/self/mountinfo"}
)


class _Watch:
    """What the interpreter was asked to do while it is watched."""

    allowed: str | None = None
    met: list[str]

    def __init__(self) -> None:
        self.met = []

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.allowed is None:
            return
        if event in _FORBIDDEN:
            self.met.append(f"{event} {arguments!r}")
        elif event == "open" and isinstance(arguments[0], str | bytes):
            path = arguments[0].decode(errors="replace") if isinstance(arguments[0], bytes) else arguments[0]
            if not path.startswith((self.allowed, *_OWN)):
                self.met.append(f"open {path!r}")


_WATCH: list[_Watch] = []


@contextmanager
def watched(folder: Path) -> Iterator[None]:
    """Assert that no file outside a folder is opened meanwhile but Python's own, no host asked, no program started."""
    if not _WATCH:
        # A hook stays for as long as the process.
        _WATCH.append(_Watch())
        sys.addaudithook(_WATCH[0])
    watch = _WATCH[0]
    watch.met, watch.allowed = [], str(folder)
    try:
        yield
    finally:
        watch.allowed = None
    assert not watch.met, watch.met[:5]
