"""Versions, comments and withdrawals in a library: stored, searched, merged, news; what arXiv is asked about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from readlist.library.library import Library
from readlist.library.rows import Entry
from readlist.model.mark import Mark
from readlist.model.paper import Paper
from readlist.query import parse
from readlist.query.terms import Counted
from tests.support.library import DAY, NOON, paper

LATER = NOON + timedelta(days=9)


def announce(library: Library, *papers: Paper, days: int = 0) -> None:
    """Announce papers some days after the first day."""
    from readlist.model.paper import Announcement

    day = DAY + timedelta(days=days)
    items = [(each, Announcement("cs.LG", day, place)) for place, each in enumerate(papers, 1)]
    library.add("cs.LG", items, day=day, now=NOON + timedelta(days=days))


def study(version: int = 1, **fields: Any) -> Paper:
    """A version of one paper."""
    return paper("A Study of Tests", "2401.00001", version=version, **fields)


def star(library: Library, key: str = "arxiv:2401.00001") -> None:
    library.mirror.write([(key, Mark(starred=NOON + timedelta(hours=1)))], patient=True)


def only(library: Library) -> Entry:
    (entry,) = library.papers(library.ids(parse(""), "feed"))
    return entry


def found(library: Library, query: str) -> int:
    return library.count(parse(query))


def test_what_arxiv_says_is_stored_and_comes_back(library: Library) -> None:
    given = study(
        2, revised=date(2026, 8, 3), comment="12 pages", journal="J. Tests 3 (2026) 1", withdrawn="a sign error"
    )
    announce(library, given)
    assert only(library).paper == given


def test_a_newer_version_of_a_known_paper_is_no_new_paper(library: Library) -> None:
    announce(library, study(1, comment="9 pages"))
    library.visits.end(NOON + timedelta(hours=2))
    announce(library, study(3), days=2)
    entry = only(library)
    assert (entry.paper.version, entry.paper.comment) == (3, "9 pages")
    assert found(library, "is:new") == 0


def test_of_a_starred_paper_it_is_news_until_something_is_decided(library: Library) -> None:
    announce(library, study(1))
    star(library)
    assert found(library, "is:revised") == 0
    announce(library, study(3, revised=DAY + timedelta(days=1)), days=2)
    entry = only(library)
    assert entry.is_news
    assert entry.revision is not None
    assert entry.revision.since == DAY + timedelta(days=1)
    assert found(library, "is:revised") == 1
    read = Mark(starred=NOON + timedelta(hours=1), read=NOON + timedelta(days=3))
    library.mirror.write([("arxiv:2401.00001", read)], patient=True)
    assert not only(library).is_news
    assert found(library, "is:revised") == 0
    # Undone, it is news again.
    star(library)
    assert found(library, "is:revised") == 1


def test_without_a_day_of_arxivs_it_is_since_it_was_seen(library: Library) -> None:
    announce(library, study(1))
    star(library)
    announce(library, study(2), days=2)
    revision = only(library).revision
    assert revision is not None
    assert revision.since == (NOON + timedelta(days=2)).astimezone().date()


def test_the_same_list_again_is_no_news_again(library: Library) -> None:
    announce(library, study(1))
    star(library)
    announce(library, study(2), days=2)
    seen = only(library).revision
    announce(library, study(2), days=4)
    announce(library, study(1), days=5)
    assert only(library).revision == seen


def test_the_first_version_that_is_known_is_no_news(library: Library) -> None:
    announce(library, study(0))
    star(library)
    announce(library, study(2), days=2)
    assert found(library, "is:revised") == 0


def test_a_withdrawal_is_recognised_in_whatever_list_it_stands(library: Library) -> None:
    announce(library, study(1), paper("Withdrawn Consent in Practice", "2401.00002", version=1))
    star(library)
    announce(library, study(2, comment="This paper has been withdrawn due to a sign error"), days=2)
    assert [entry.paper.withdrawn for entry in library.papers(library.ids(parse("is:withdrawn"), "feed"))] == [
        "a sign error"
    ]
    assert found(library, "is:revised is:withdrawn") == 1
    announce(library, study(3, comment="A corrected version"), days=4)
    assert found(library, "is:withdrawn") == 0
    assert found(library, "is:revised") == 1


def test_comment_and_journal_are_searched_by_their_field_alone(library: Library) -> None:
    announce(library, study(1, comment="Accepted at \\textit{NeurIPS} 2026, 12 pages", journal="J. Tests 3 (2026) 1"))
    assert found(library, "comment:neurips") == 1
    assert found(library, 'comment:"12 pages" comment:"J. Tests"') == 1
    assert found(library, "neurips") == 0
    announce(library, study(2, comment="Published"), days=1)
    assert found(library, "comment:neurips") == 0
    assert found(library, "comment:publ*") == 1


def test_comments_are_counted_as_before(library: Library) -> None:
    announce(library, study(1))
    for older, query in (("comment:>5", "comments:>5"), ("comment:1..10", "comments:1..10")):
        assert [term.ranges for term in parse(older).terms if isinstance(term, Counted)] == [
            term.ranges for term in parse(query).terms if isinstance(term, Counted)
        ]
    assert found(library, "comment:12") == 0


def test_two_papers_that_prove_to_be_one_keep_the_news_seen_last(library: Library) -> None:
    announce(library, paper("Another Title of It", doi="10.1000/a"), study(1))
    assert library.counts().papers == 2
    star(library)
    announce(library, study(2), days=1)
    announce(library, study(2, doi="10.1000/a"), days=2)
    assert library.counts().papers == 1
    entry = only(library)
    assert entry.paper.doi == "10.1000/a"
    assert entry.is_news


def test_odd_comments_are_kept_whole_and_harmless(library: Library) -> None:
    from readlist.sources.formats.syndication import decode

    hostile = "12 pages &lt;script&gt;alert(1)&lt;/script&gt; \u202eevil \x9b31m" + "x" * 10_000
    entry = (
        "<entry><id>http://arxiv.org/abs/2401.00001v99999999999</id><title>A Study of Tests</title>"
        f"<updated>2026-08-01T00:00:00Z</updated><published>2026-08-01T00:00:00Z</published>"
        f'<arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">{hostile}</arxiv:comment></entry>'
    )
    feed = (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>http://arxiv.org/api/x</id><title>arXiv Query: search_query=&amp;id_list=</title>{entry}</feed>"
    )
    batch = decode(feed.encode(), origin="x", feed="arXiv", today=DAY)
    ((found_paper, _),) = batch.items
    assert found_paper.version == 0
    assert found_paper.comment.startswith("12 pages <script>alert(1)</script>")
    assert len(found_paper.comment) <= 2_000
    assert found_paper.comment.isprintable()
    library.add("arXiv", batch.items, day=DAY, now=NOON)
    assert only(library).paper.comment == found_paper.comment


def test_arxiv_is_asked_once_a_week_about_starred_and_noted_papers(library: Library) -> None:
    announce(library, *(paper(f"Paper number {number}", f"2401.0000{number}") for number in range(5)))
    announce(library, paper("A paper that is not on arXiv", doi="10.1000/x"))
    library.mirror.write(
        [
            ("arxiv:2401.00001", Mark(starred=NOON)),
            ("arxiv:2401.00002", Mark(note="x", noted=NOON)),
            ("arxiv:2401.00003", Mark(starred=NOON, note="x", noted=NOON)),
            ("arxiv:2401.00004", Mark(starred=NOON, removed=NOON)),
            ("doi:10.1000/x", Mark(starred=NOON)),
        ],
        patient=True,
    )
    week = timedelta(days=7)
    log = library.revisions
    # Just added, they are as arXiv has them.
    assert log.due(NOON - timedelta(days=1), NOON + timedelta(days=6)) == []
    assert log.due(LATER - week, LATER) == ["2401.00001", "2401.00002", "2401.00003"]
    log.set_asked(["2401.00001"], LATER)
    assert log.due(LATER - week, LATER) == ["2401.00002", "2401.00003"]
    assert log.due(LATER + timedelta(hours=1), LATER + week) == ["2401.00001", "2401.00002", "2401.00003"]
    # A clock that was a year ahead.
    log.set_asked(["2401.00002"], LATER + timedelta(days=365))
    assert log.due(LATER - week, LATER) == ["2401.00002", "2401.00003"]


def test_a_removed_paper_leaves_nothing(library: Library) -> None:
    from readlist.library.paper_writer import expire

    announce(library, study(1))
    announce(library, study(2), days=1)
    expire(library.connections, {"cs.LG": DAY + timedelta(days=30)}, tuple)
    with library.connections.reading() as connection:
        assert connection.execute("select count(*) from revision").fetchone() == (0,)
