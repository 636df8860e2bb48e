"""arXiv's list pages: sections with day and size, papers with all the page says, and pages that are something else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from readlist.sources import reader
from readlist.sources.formats import arxiv_list
from readlist.sources.formats.arxiv_list import ListedPaper

FRIDAY = date(2026, 11, 27)


def entry(number: int, *, note: str = "", version: str = "", abstract: bool = True, title: str = "") -> str:
    """One entry as arXiv's template lays it out."""
    name = f"2611.{number:05}"
    text = f"<p class='mathjax'>\n We study {number} &amp; more.<br>  In two paragraphs.\n</p>" if abstract else ""
    return f"""
    <dt>
      <a name='item{number}'>[{number}]</a>
      <a href ="/abs/{name}{version}" title="Abstract" id="{name}">
        arXiv:{name}{version}
      </a>
      {note}
      [<a href="/pdf/{name}" title="Download PDF" id="pdf-{name}">pdf</a>, <a href="/format/{name}">other</a>]
    </dt>
    <dd>
      <div class='meta'>
        <div class='list-title mathjax'><span class='descriptor'>Title:</span>
          {title or f"Paper {number}: $a &lt; b$"}
        </div>
        <div class='list-authors'><a href="/search/cs?q=1">Ada Author</a>, <a href="#">Ben Writer</a></div>
        <div class='list-comments mathjax''><span class='descriptor'>Comments:</span>
          12 pages; code at <a href="#">this https URL</a> https://github.com/lab/code{number}
        </div>
        <div class='list-journal-ref'><span class='descriptor'>Journal-ref:</span>
          J. Tests 3 (2026)
        </div>
        <div class='list-subjects'><span class='descriptor'>Subjects:</span>
          <span class="primary-subject">Computation and Language (cs.CL)</span>; Machine Learning (cs.LG); Odd (68T50)
        </div>
        {text}
      </div>
    </dd>"""


def section(heading: str, *entries: str) -> str:
    return f"<dl id='articles'>\n<h3>{heading}</h3>{''.join(entries)}\n</dl>"


def page(head: str, *sections: str, total: int) -> str:
    return (
        "<!DOCTYPE html><html lang='en'><body><div id='dlpage'><h1>Computation and Language</h1>"
        f"{head}<div class='paging'>Total of {total} entries </div>{''.join(sections)}"
        f"<div class='paging'>Total of {total} entries </div></div></body>\n</html>\n"
    )


NEW = (
    "<ul><li><a href='#item1'>New submissions</a></li></ul><p>See <a href='/list/cs.CL/recent'>recent</a> articles</p>"
)
NEW += "<h3>Showing new listings for Friday, 27 November 2026</h3>"


def new_page() -> str:
    return page(
        NEW,
        section("New submissions (showing 2 of 2 entries)", entry(1), entry(2)),
        section("Cross submissions (showing 1 of 1 entries)", entry(3, note="(cross-list from cs.LG)")),
        section("Replacement submissions (showing first 1 of 40 entries)", entry(4, note="(replaced)", version="v3")),
        total=43,
    )


def test_a_page_of_new_papers_has_three_sections_of_one_day() -> None:
    found = arxiv_list.parse(new_page())
    assert found is not None
    assert (found.category, found.day, found.total, found.complete, found.lost) == ("cs.CL", FRIDAY, 43, True, 0)
    assert [(each.day, each.total, each.shown) for each in found.sections] == [
        (FRIDAY, 2, 2), (FRIDAY, 1, 1), (FRIDAY, 40, 1),
    ]  # fmt: skip
    listed = [paper for each in found.sections for paper in each.papers]
    assert [each.kind for each in listed] == ["new", "new", "cross", "replaced"]
    assert [each.paper.version for each in listed] == [0, 0, 0, 3]


def test_a_paper_has_all_that_the_page_says() -> None:
    found = arxiv_list.parse(new_page())
    assert found is not None
    paper = found.sections[0].papers[0].paper
    assert (paper.key, paper.arxiv, paper.title) == ("arxiv:2611.00001", "2611.00001", "Paper 1: $a < b$")
    assert paper.authors == ("Ada Author", "Ben Writer")
    assert paper.abstract == "We study 1 & more.\n\nIn two paragraphs."
    assert paper.keywords == ("cs.CL", "cs.LG")
    assert paper.repo == "https://github.com/lab/code1"
    assert paper.comment == "12 pages; code at this https URL https://github.com/lab/code1"
    assert paper.journal == "J. Tests 3 (2026)"


def test_the_address_as_html_names_the_version_of_a_paper() -> None:
    shown = '(replaced) [<a href="https://arxiv.org/html/2611.00004v{}" title="View HTML">html</a>] '
    text = page(NEW, section("Replacement submissions", entry(4, note=shown.format(5))), total=1)
    (listed,) = papers_in(text)
    assert (listed.kind, listed.paper.version) == ("replaced", 5)
    # That of another paper says nothing.
    (listed,) = papers_in(text.replace("html/2611.00004v5", "html/2611.00009v5"))
    assert listed.paper.version == 0


def papers_in(text: str) -> list[ListedPaper]:
    found = arxiv_list.parse(text)
    assert found is not None
    return [paper for each in found.sections for paper in each.papers]


def test_the_page_of_the_past_week_has_a_section_a_day() -> None:
    days = ("Fri, 27 Nov 2026", "Thu, 26 Nov 2026", "Wed, 25 Nov 2026")
    links = "".join(
        f'<li><a href="/list/cs.CL/recent?skip=0&amp;show=50" rel="nofollow">\n{day}\n</a></li>' for day in days
    )
    text = page(
        f"<h2>Authors and titles for recent submissions</h2><ul>{links}</ul>",
        section(f"{days[0]} (showing 2 of 2 entries )", entry(1, abstract=False), entry(2, abstract=False)),
        section(f"{days[1]} (showing first 1 of 8 entries )", entry(3, abstract=False)),
        total=10,
    )
    found = arxiv_list.parse(text)
    assert found is not None
    assert found.day is None
    assert found.days == (FRIDAY, date(2026, 11, 26), date(2026, 11, 25))
    assert [(each.day, each.total, len(each.papers)) for each in found.sections] == [
        (FRIDAY, 2, 2), (date(2026, 11, 26), 8, 1),
    ]  # fmt: skip


def test_the_layout_of_earlier_years_is_read() -> None:
    text = """<html><body><div id="dlpage"><h1>Computation and Language</h1>
    <h3>New submissions for Thu, 2 Jan 20</h3>
    <dl>
    <dt><a name="item1">[1]</a>&nbsp;  <span class="list-identifier"><a href="/abs/2001.00001" title="Abstract">
    arXiv:2001.00001</a> [<a href="/pdf/2001.00001">pdf</a>]</span></dt>
    <dd>
    <div class="meta">
    <div class="list-title mathjax">
    <span class="descriptor">Title:</span> An early paper
    </div>
    <div class="list-authors">
    <span class="descriptor">Authors:</span>
    <a href="/search/cs?searchtype=author">Ada Author</a> (1), <a href="/search/cs">Ben Writer</a>
    </div>
    <div class="list-subjects"><span class="descriptor">Subjects:</span> <span class="primary-subject">Computation and
    Language (cs.CL)</span></div>
    <p class="mathjax">We were early.</p>
    </div></dd></dl>
    <h3>Cross-lists for Thu, 2 Jan 20</h3>
    <dl><dt><span class="list-identifier"><a href="/abs/math/0309136v2">arXiv:math/0309136v2</a>
    (cross-list from math.GT)</span></dt>
    <dd><div class="list-title mathjax"><span class="descriptor">Title:</span> A knot</div></dd></dl>
    </body></html>"""
    found = arxiv_list.parse(text)
    assert found is not None
    assert [each.day for each in found.sections] == [date(2020, 1, 2)] * 2
    (early,), (knot,) = (each.papers for each in found.sections)
    assert (early.paper.title, early.paper.authors[-1], early.paper.abstract) == (
        "An early paper", "Ben Writer", "We were early.",
    )  # fmt: skip
    assert (knot.paper.arxiv, knot.paper.version, knot.kind) == ("math/0309136", 2, "cross")


def test_papers_with_hundreds_of_authors_say_that_some_are_not_shown() -> None:
    text = new_page().replace(
        '<a href="#">Ben Writer</a>', '<a href="#">Ben Writer</a>, et al. (220 additional authors not shown)'
    )
    found = arxiv_list.parse(text)
    assert found is not None
    assert found.sections[0].papers[0].cut
    assert found.sections[0].papers[0].paper.authors == ("Ada Author", "Ben Writer")


def test_an_entry_that_is_there_twice_is_one_paper() -> None:
    text = page(NEW, section("New submissions (showing 2 of 2 entries)", entry(1), entry(1)), total=2)
    found = arxiv_list.parse(text)
    assert found is not None
    assert (found.entries, found.lost, found.sections[0].repeats) == (1, 0, 1)


def test_a_page_that_is_cut_off_says_how_many_are_missing() -> None:
    whole = new_page()
    found = arxiv_list.parse(whole[: whole.index("[2]")])
    assert found is not None
    assert (found.complete, found.entries) == (False, 2)
    assert found.lost == 1
    assert [each.paper.arxiv for each in found.sections[0].papers] == ["2611.00001"]


def test_a_day_without_papers_is_an_empty_page() -> None:
    found = arxiv_list.parse(page(NEW, "<p>No updates today.</p>", total=0))
    assert found is not None
    assert (found.day, found.entries, found.sections) == (FRIDAY, 0, ())


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><html><body><h1>Scheduled maintenance</h1><p>arXiv is back at 14:00 UTC.</p></body></html>",
        "<html><head><title>Just a moment...</title></head><body><form class='g-recaptcha'></form></body></html>",
        "<html><body><section class='cards'><article><h4>A paper</h4></article></section></body></html>",
        "",
        "<dt><dt><dt>" * 1_000,
    ],
    ids=["maintenance", "captcha", "another layout", "nothing", "no list"],
)
def test_another_page_is_no_list(text: str) -> None:
    assert arxiv_list.parse(text) is None


@pytest.mark.parametrize(
    "unit", ["<dt>", "<div class='list-title'>", "<h3>", "<dl id='articles'><dt>", "<p class=mathjax>"]
)
def test_a_hostile_page_takes_no_time(unit: str) -> None:
    arxiv_list.parse("<dl id='articles'><dt>arXiv:2611.00001<dd>" + unit * 100_000)


def test_a_saved_page_is_imported_with_all_of_its_entries_and_its_day(tmp_path: Path) -> None:
    path = tmp_path / "new.html"
    # A browser saves whole addresses.
    path.write_text(new_page().replace('"/abs/', '"https://arxiv.org/abs/'))
    (batch,) = reader.read([path])
    assert (batch.failure, batch.skipped, batch.kind, batch.day) == ("", (), "arXiv list", FRIDAY)
    assert [paper.arxiv for paper, _ in batch.items] == [f"2611.{number:05}" for number in (1, 2, 3, 4)]
    assert [announcement.day for _, announcement in batch.items] == [FRIDAY] * 4
    assert batch.kinds["arxiv:2611.00003"] == "cross"


def test_a_saved_page_that_is_cut_off_is_imported_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "new.html"
    path.write_text(new_page()[: new_page().index("[2]")])
    (batch,) = reader.read([path])
    assert [paper.arxiv for paper, _ in batch.items] == ["2611.00001"]
    assert [skip.reason for skip in batch.skipped] == ["it is cut off; save the page again"]


def test_the_page_of_the_case_is_read_whole(shared_cases: Path) -> None:
    (batch,) = reader.read([shared_cases / "pages" / "arxiv-list.html"])
    assert (batch.day, len(batch.items), batch.skipped) == (FRIDAY, 1, ())
    ((paper, _),) = batch.items
    assert (paper.title, paper.authors) == ("A made-up study of quiet words", ("Ada Muster",))
