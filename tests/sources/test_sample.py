"""The built-in feed a first run opens on."""

from __future__ import annotations

from datetime import date, timedelta

from readlist.sources.sample import sample
from readlist.text.clean import clean, clean_line, readable
from readlist.text.links import normalize

TODAY = date(2026, 8, 2)


def test_it_is_a_feed_of_about_thirty_papers_of_the_last_three_days_in_order() -> None:
    batch = sample(TODAY)
    assert (batch.feed, batch.failure, batch.skipped) == ("Sample", "", ())
    assert 28 <= len(batch.items) <= 36
    places = [(announcement.day, announcement.position) for _, announcement in batch.items]
    assert places == [(TODAY - timedelta(days=place // 11), place % 11 + 1) for place in range(len(places))]
    assert {announcement.feed for _, announcement in batch.items} == {"Sample"}
    assert sample(date(2030, 1, 1)).items[0][0] == batch.items[0][0]


def test_every_paper_is_whole() -> None:
    for paper, _ in sample(TODAY).items:
        assert paper.title and paper.authors and paper.keywords
        assert paper.key in (f"arxiv:{paper.arxiv}", f"doi:{paper.doi}")
        assert 200 <= len(paper.abstract) <= 600
        assert paper.published and date(2012, 1, 1) <= paper.published <= date(2025, 12, 31)


def test_an_arxiv_id_has_the_month_of_publication() -> None:
    for paper, _ in sample(TODAY).items:
        if paper.arxiv and isinstance(paper.published, date):
            # What is submitted at the end of a month may be numbered in the next one.
            days = (paper.published, paper.published + timedelta(days=5))
            assert paper.arxiv[:5] in {f"{day:%y%m}." for day in days}


def test_no_paper_stands_there_twice() -> None:
    papers = [paper for paper, _ in sample(TODAY).items]
    assert len({name for paper in papers for name in paper.identifiers}) == sum(len(p.identifiers) for p in papers)


def test_most_have_counts_some_of_several_days_that_rise() -> None:
    batch = sample(TODAY)
    upvotes = [announcement.upvotes for _, announcement in batch.items]
    assert 1 <= upvotes.count(None) <= 3
    assert len(batch.further) >= 5
    for paper, announcement in batch.items:
        seen = [announcement, *batch.further.get(paper.key, ())]
        assert [each.day for each in seen] == sorted((each.day for each in seen if each.day), reverse=True)
        counts = [each.upvotes or 0 for each in seen]
        assert counts == sorted(counts, reverse=True)


def test_its_text_is_as_clean_as_that_of_other_feeds() -> None:
    for paper, _ in sample(TODAY).items:
        assert paper.abstract == clean(paper.abstract)
        for text in (paper.title, paper.organization, *paper.authors, *paper.keywords):
            assert text == clean_line(text)


def test_its_links_are_normalised_already() -> None:
    for paper, _ in sample(TODAY).items:
        for link in paper.links:
            found = normalize(link.target)
            assert found
            assert (found.url.rstrip("/"), found.target.rstrip("/")) == (link.url.rstrip("/"), link.target.rstrip("/"))
            assert (found.kind == "repo") == (link.kind == "repo")


def test_it_shows_what_there_is_to_see() -> None:
    papers = [paper for paper, _ in sample(TODAY).items]
    assert sum(not paper.links for paper in papers) >= 5
    assert any({"repo", "project", "data"} <= {link.kind for link in paper.links} for paper in papers)
    assert any(link.full for paper in papers for link in paper.links)
    assert any(paper.doi for paper in papers)
    assert "π₀" in "".join(readable(paper.title) for paper in papers)
    assert "log₂ 3 ≈ 1.58" in "".join(readable(paper.abstract) for paper in papers)
