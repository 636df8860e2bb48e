"""The built-in feed a first run opens on."""

from __future__ import annotations

from datetime import date, timedelta

from readlist.sources.sample import sample
from readlist.text.clean import clean, clean_line, readable
from readlist.text.links import normalize


def test_it_is_a_feed_of_about_thirty_papers_in_order() -> None:
    batch = sample()
    assert (batch.feed, batch.failure, batch.skipped) == ("Sample", "", ())
    assert 28 <= len(batch.items) <= 36
    assert [announcement.position for _, announcement in batch.items] == list(range(1, len(batch.items) + 1))
    assert {(announcement.feed, announcement.day) for _, announcement in batch.items} == {("Sample", batch.day)}


def test_every_paper_is_whole() -> None:
    for paper, _ in sample().items:
        assert paper.title and paper.authors and paper.keywords
        assert paper.key in (f"arxiv:{paper.arxiv}", f"doi:{paper.doi}")
        assert 200 <= len(paper.abstract) <= 600
        assert paper.published and date(2012, 1, 1) <= paper.published <= date(2025, 12, 31)


def test_an_arxiv_id_has_the_month_of_publication() -> None:
    for paper, _ in sample().items:
        if paper.arxiv and isinstance(paper.published, date):
            # What is submitted at the end of a month may be numbered in the next one.
            days = (paper.published, paper.published + timedelta(days=5))
            assert paper.arxiv[:5] in {f"{day:%y%m}." for day in days}


def test_no_paper_stands_there_twice() -> None:
    papers = [paper for paper, _ in sample().items]
    assert len({name for paper in papers for name in paper.identifiers}) == sum(len(p.identifiers) for p in papers)


def test_counts_nobody_measured_are_unknown() -> None:
    for _, announcement in sample().items:
        assert (announcement.upvotes, announcement.comments, announcement.stars) == (None, None, None)


def test_its_text_is_as_clean_as_that_of_other_feeds() -> None:
    for paper, _ in sample().items:
        assert paper.abstract == clean(paper.abstract)
        for text in (paper.title, paper.organization, *paper.authors, *paper.keywords):
            assert text == clean_line(text)


def test_its_links_are_normalised_already() -> None:
    for paper, _ in sample().items:
        for link in paper.links:
            found = normalize(link.target)
            assert found
            assert (found.url.rstrip("/"), found.target.rstrip("/")) == (link.url.rstrip("/"), link.target.rstrip("/"))
            assert (found.kind == "repo") == (link.kind == "repo")


def test_it_shows_what_there_is_to_see() -> None:
    papers = [paper for paper, _ in sample().items]
    assert sum(not paper.links for paper in papers) >= 5
    assert any({"repo", "project", "data"} <= {link.kind for link in paper.links} for paper in papers)
    assert any(link.full for paper in papers for link in paper.links)
    assert any(paper.doi for paper in papers)
    assert "π₀" in "".join(readable(paper.title) for paper in papers)
    assert "log₂ 3 ≈ 1.58" in "".join(readable(paper.abstract) for paper in papers)
