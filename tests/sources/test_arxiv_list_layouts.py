"""arXiv's list pages as several of its servers lay them out, each read whole."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from readlist.sources import reader
from readlist.sources.formats import arxiv_list
from readlist.sources.formats.arxiv_list import ListPage
from tests.support import arxiv_pages
from tests.support.preprints import CATEGORIES, START, Preprints

WORLD = Preprints(1)
DAYS = [day for day in WORLD.days if day >= START]
THURSDAY = date(2026, 11, 5)

OLD = """<html><head><title>Astrophysics  authors/titles "new"</title></head><body>
<div id="header"><h1><a href="/">arXiv.org</a> &gt; <a href="/list/astro-ph/recent">astro-ph</a></h1></div>
<div id="dlpage"><h1>Astrophysics</h1><h2>New submissions</h2>
<ul><li><a href="#item0">New submissions</a></li><li><a href="#item1">Replacements</a></li></ul>
<p><small>[ total of 2 entries:  <b>1-2</b> ]</small><br />
<small>[ showing up to 2000 entries per page:  <a href="/list/astro-ph/new?skip=0&amp;show=1000">fewer</a> |
<font color="#999999">more</font> ]</small><br /></p>
<h3>New submissions for Thu,  3 Apr 25</h3><dl>
<dt><a name="item1">[1]</a>&nbsp;  <span class="list-identifier"><a href="/abs/2504.10060" title="Abstract">
arXiv:2504.10060</a> [<a href="/pdf/2504.10060" title="Download PDF">pdf</a>,
<a href="/format/2504.10060" title="Other formats">other</a>]</span></dt>
<dd><div class="meta"><div class="list-title mathjax">
<span class="descriptor">Title:</span> A made-up study of galaxies
</div><div class="list-authors">
<span class="descriptor">Authors:</span>
<a href="/find/astro-ph/1/au:+Muster_A/0/1/0/all/0/1">Ada Muster</a>,
<a href="/find/astro-ph/1/au:+Probe_B/0/1/0/all/0/1">Ben Probe</a>
</div><div class="list-subjects">
<span class="descriptor">Subjects:</span> <span class="primary-subject">Astrophysics of Galaxies (astro-ph.GA)</span>
</div><p class="mathjax">We study galaxies.
</p></div></dd></dl>
<h3>Replacements for Thu,  3 Apr 25</h3><dl>
<dt><a name="item2">[2]</a>&nbsp;  <span class="list-identifier">
<a href="/abs/astro-ph/0501001" title="Abstract">arXiv:astro-ph/0501001</a>
(replaced) [<a href="/pdf/astro-ph/0501001" title="Download PDF">pdf</a>]</span></dt>
<dd><div class="meta"><div class="list-title mathjax">
<span class="descriptor">Title:</span> A made-up study of dust
</div></div></dd></dl>
<small>[ total of 2 entries:  <b>1-2</b> ]</small><br /></div></body></html>"""

# What a program that takes the text out of HTML makes of a list: each label has a line of its own.
DUMP = """ Pricing of Securities
 Showing new listings for Wednesday, 9 September 2026

 Total of 1 entries

 Replacement submissions (showing 1 of 1 entries)

 [1]

 arXiv:1502.10743

 (replaced)

 [ pdf , html , other ]

 Title:
 The existence of made-up controls for contracts

 Ada Muster , Ben Probe

 Comments:
 Fixed a typo in (2.3), (2.13). Handled x2=0 in Ex. 4.20. Added an end point condition to Thm. A.4. Minor updates

 Journal-ref:
 J. Made-Up Math. 6.1 (2015) 117-139

 Subjects:
 Pricing of Securities (q-fin.PR) ; Probability (math.PR)

 A large collection of contracts is posed as control problems, in which at any point an optimal control may be taken.
"""


def read(page: bytes) -> ListPage:
    found = arxiv_list.parse(page.decode())
    assert found is not None
    return found


def kinds(page: ListPage) -> dict[str, str]:
    return {each.paper.arxiv: each.kind for section in page.sections for each in section.papers}


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_list_of_twenty_days_is_read_whole(category: str) -> None:
    for day in DAYS:
        page = read(arxiv_pages.new_page(WORLD, category, day, 0, 2000, day))
        notices = [*WORLD.announced(category, day), *WORLD.replaced(category, day)]
        assert (page.category, page.lost, page.complete) == (category, 0, True)
        assert (page.day, page.entries) == (day, len(notices))
        assert kinds(page) == {each.id: each.kind for each in notices}
        for section in page.sections:
            assert section.total == section.shown == len(section.papers)
            for listed in section.papers:
                truth = WORLD.papers[listed.paper.arxiv]
                assert listed.paper.authors == truth.authors
                assert set(listed.paper.keywords) == set(truth.categories_on(day))


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_week_is_read_whole(category: str) -> None:
    for last in range(5, len(DAYS)):
        days = DAYS[last - 5 : last][::-1]
        page = read(arxiv_pages.week_page(WORLD, category, days, 0, 2000, days[0]))
        assert page.days == tuple(days)
        assert page.total == sum(len(WORLD.announced(category, day)) for day in days)
        found = {section.day: {each.paper.arxiv for each in section.papers} for section in page.sections}
        for day in days:
            assert found.get(day, set()) == {each.id for each in WORLD.announced(category, day)}


def test_the_parts_of_a_week_are_the_whole_of_it() -> None:
    days = DAYS[:5][::-1]
    total = sum(len(WORLD.announced("cs.LG", day)) for day in days)
    seen: list[str] = []
    for skip in range(0, total, 7):
        page = read(arxiv_pages.week_page(WORLD, "cs.LG", days, skip, 7, days[0]))
        assert (page.total, page.lost) == (total, 0)
        seen += kinds(page)
    assert len(seen) == len(set(seen)) == total


def test_an_address_that_arxiv_hides_behind_words_is_a_link() -> None:
    page = read(arxiv_pages.new_page(WORLD, "cs.LG", THURSDAY, 0, 2000, THURSDAY))
    for section in page.sections:
        for listed in section.papers:
            name = listed.paper.arxiv
            assert f"https://github.com/muster/{name.replace('/', '-')}" in {link.url for link in listed.paper.links}
            assert "this https URL" not in listed.paper.abstract


def test_a_day_that_is_caught_up_is_that_day() -> None:
    for day in DAYS:
        page = read(arxiv_pages.day_page(WORLD, "cs.CL", day, 0, 2000, day, abstracts=True))
        assert (page.day, page.lost) == (day, 0)
        assert set(kinds(page)) == {each.id for each in [*WORLD.announced("cs.CL", day), *WORLD.replaced("cs.CL", day)]}


def test_the_layout_that_export_arxiv_org_had_names_the_day_in_each_section() -> None:
    page = arxiv_list.parse(OLD)
    assert page is not None
    day = date(2025, 4, 3)
    assert (page.category, page.day, page.total, page.lost) == ("astro-ph", day, 2, 0)
    assert [section.day for section in page.sections] == [day, day]
    assert kinds(page) == {"2504.10060": "new", "astro-ph/0501001": "replaced"}
    assert page.sections[0].papers[0].paper.authors == ("Ada Muster", "Ben Probe")


def test_a_long_comment_below_its_label_is_not_the_abstract(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text(DUMP, encoding="utf-8")
    (batch,) = reader.read([path])
    assert (batch.failure, batch.day) == ("", date(2026, 9, 9))
    ((paper, _),) = batch.items
    assert (paper.arxiv, paper.title) == ("1502.10743", "The existence of made-up controls for contracts")
    assert (paper.authors, paper.keywords) == (("Ada Muster", "Ben Probe"), ("q-fin.PR", "math.PR"))
    assert paper.abstract.startswith("A large collection of contracts")


def test_a_day_without_a_list_is_never_found() -> None:
    empty = read(arxiv_pages.week_page(WORLD.without_notices(), "cs.LG", DAYS[:5][::-1], 0, 2000, THURSDAY))
    assert (empty.entries, empty.days) == (0, tuple(DAYS[:5][::-1]))
    assert START - timedelta(days=1) not in empty.days
