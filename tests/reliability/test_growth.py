"""Work grows with the text, not with its square: doors are given one fragment again and again, at two sizes."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from datetime import date

import pytest

from readlist.query import parse
from readlist.sources.formats import bibtex_parser as bibtex
from readlist.sources.formats import opml, syndication
from readlist.sources.formats.markup import feed_address, hrefs, text_of_html
from readlist.sources.sites.lookup import find_identifiers
from readlist.text.clean import clean, readable
from readlist.text.latex import to_unicode
from readlist.text.links import find_links

TODAY = date(2026, 8, 5)
SMALL, FACTOR = 20_000, 8
NOTICED = 0.25
"""Seconds; below that a machine that is busy tells nothing."""

FRAGMENTS = (
    "arXiv:", "arXiv:2401.12345", "arXiv:2401.12345 ", "doi:", "10.1234/a,", "github.com/a/b,",
    "https://github.com/a/b",
    "https://", "www.", "git@a:b/", "ssh://", "key: x\n", "date:", "a@", "a.", "a-", "a, ", "a and ", "(a@b)", "<a ",
    "<a href='", "<", "</", "<!--", "<script>", "<img src='", "<outline ", "<link ", "<![CDATA[", "&", "&amp;", "[",
    "(",
    "{", "))", "]", "$", "\\frac{", "\\(", "\\[", "\\[ a", "\\begin{", "\\url{", "^{", "\\'{", "[a](", "**", '"', "'",
    " ", "\n", "x\n\n", "\u0301", "\x1b]", "\u200d",
)  # fmt: skip


def _feed(element: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        item = f"<title>x</title><link>https://lab.example/1</link><{element}>{html.escape(text)}</{element}>"
        data = f"<rss><channel><title>t</title><item>{item}</item></channel></rss>".encode("utf-8", "replace")
        return syndication.decode(data, origin="x", feed="Lab", today=TODAY)

    return read


DOORS: dict[str, Callable[[str], object]] = {
    "description": _feed("description"),
    "title": _feed("title"),
    "author": _feed("author"),
    "category": _feed("category"),
    "raw feed": lambda text: syndication.decode(f"<rss><channel>{text}".encode(), origin="x", feed="Lab", today=TODAY),
    "outlines": lambda text: opml.decode(f"<opml><body>{text}", origin="x"),
    "ids": find_identifiers,
    "links": find_links,
    "HTML": lambda text: (text_of_html(text), list(hrefs(text)), feed_address(text)),
    "LaTeX": to_unicode,
    "readable": readable,
    "cleaning": clean,
    "query": lambda text: parse(text, today=TODAY),
}


def _seconds(read: Callable[[str], object], text: str, times: int = 1) -> float:
    """Return the processor time of this thread, the least of some times: what else the machine does is no growth."""
    taken = []
    for _ in range(times):
        start = time.thread_time()
        read(text)
        taken.append(time.thread_time() - start)
    return min(taken)


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("door", DOORS)
def test_work_grows_with_the_text(door: str) -> None:
    read = DOORS[door]
    for fragment in FRAGMENTS:
        small, large = (fragment * (size // len(fragment)) for size in (SMALL, SMALL * FACTOR))
        before, after = _seconds(read, small, 3), _seconds(read, large)
        if after >= NOTICED:
            after = min(after, _seconds(read, large, 2))
        # Of what is linear eight times as much takes eight times as long; of its square, sixty-four.
        assert after < NOTICED or after < before * FACTOR * 2.5, (door, fragment, before, after)


@pytest.mark.parametrize("fragment", ["arXiv:", "arXiv:2401.12345", "))"])
def test_what_was_quadratic_takes_no_time(fragment: str) -> None:
    text = fragment * (200_000 // len(fragment))
    for door in ("description", "ids"):
        assert _seconds(DOORS[door], text) < 5.0, door


@pytest.mark.parametrize("field", ["url", "note", "howpublished"])
def test_line_breaks_of_tex_in_a_field_of_addresses_take_no_time(field: str) -> None:
    breaks = "\\\\" * 50_000
    entry = f"@misc{{k, title = {{x}}, {field} = {{{breaks}}}}}"
    taken = _seconds(lambda text: list(bibtex.parse(text)), entry)
    assert taken < 5.0
