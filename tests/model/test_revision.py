"""What records of one paper say of its versions together, and what of it is news."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from readlist.model.mark import UNMARKED, Mark
from readlist.model.paper import Paper, arxiv_version
from readlist.model.revision import NO_REASON, Revision, is_news, is_revised, merged_revisions

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


def paper(version: int = 0, **fields: Any) -> Paper:
    return Paper("arxiv:2401.00001", "A Title", arxiv="2401.00001", version=version, **fields)


def merged(*papers: Paper) -> Paper:
    return reduce(lambda known, other: replace(known, **merged_revisions(known, other)), papers)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("2401.00001v2", 2),
        ("http://arxiv.org/abs/hep-th/9901001v11", 11),
        ("oai:arXiv.org:2401.00001v3", 3),
        ("https://arxiv.org/pdf/2401.00001v999.pdf", 999),
        ("2401.00001", 0),
        ("2401.00001v0", 0),
        ("2401.00001v1000", 0),
        ("2401.00001v99999999999", 0),
        ("a sentence about v2", 0),
    ],
)
def test_the_version_in_an_id(text: str, version: int) -> None:
    assert arxiv_version(text) == version


def test_the_highest_version_counts() -> None:
    for order in permutations([paper(1), paper(3), paper(2), paper()]):
        assert merged(*order).version == 3


def test_a_comment_is_that_of_the_latest_version_that_has_one() -> None:
    for order in permutations([paper(1, comment="9 pages"), paper(2, comment="Accepted at ICML"), paper(3)]):
        assert merged(*order).comment == "Accepted at ICML"


def test_a_later_record_of_a_version_updates_and_never_blanks() -> None:
    known = paper(2, comment="9 pages", journal="To appear in J. Tests", revised=date(2026, 11, 2))
    assert merged(known, paper(2)) == known
    assert merged(known, paper(2, journal="J. Tests 3 (2026) 1")).journal == "J. Tests 3 (2026) 1"


def test_where_no_version_is_known_only_what_is_missing_is_filled_in() -> None:
    assert merged(paper(), paper(comment="9 pages"), paper(comment="A note of somebody's")).comment == "9 pages"
    assert merged(paper(2, comment="9 pages"), paper(comment="other")).comment == "9 pages"


def test_a_withdrawal_ends_with_the_next_version() -> None:
    for order in permutations([paper(1), paper(2, withdrawn="a sign error"), paper(3)]):
        assert merged(*order).withdrawn == ""
    for order in permutations([paper(1), paper(2, withdrawn="a sign error"), paper(2)]):
        assert merged(*order).withdrawn == "a sign error"


def test_withdrawn_twice_the_reason_stays() -> None:
    for order in permutations([paper(2, withdrawn=NO_REASON), paper(2, withdrawn="a sign error")]):
        assert merged(*order).withdrawn == "a sign error"


@st.composite
def records(draw: st.DrawFn) -> list[Paper]:
    """What arXiv says of some versions, each record perhaps only a part of it, in an order and in another."""
    texts = st.sampled_from(["", "9 pages", "Accepted at ICML", "This is a note"])
    said = {
        version: {
            "comment": draw(texts),
            "journal": draw(texts),
            "withdrawn": draw(st.sampled_from(["", "a sign error"])),
            "revised": date(2026, 11, version),
        }
        for version in range(1, 5)
    }
    empty = {"comment": "", "journal": "", "withdrawn": "", "revised": None}
    found = []
    for version, parts in draw(
        st.lists(st.tuples(st.integers(1, 4), st.sets(st.sampled_from(sorted(empty)))), min_size=1, max_size=6)
    ):
        found.append(paper(version, **{name: said[version][name] if name in parts else empty[name] for name in empty}))
    return found


@given(records(), st.randoms())
def test_records_of_what_arxiv_says_give_the_same_in_any_order(found: list[Paper], chance: Any) -> None:
    other = list(found)
    chance.shuffle(other)
    assert merged(*found) == merged(*other)
    half = len(found) // 2
    assert merged(merged(*found[: half + 1]), merged(*found[half:])) == merged(*found)


def test_a_newer_version_of_a_marked_paper_is_news_until_the_user_decides() -> None:
    revision = Revision(TUESDAY, TUESDAY.date())
    assert is_news(revision, Mark(starred=MONDAY))
    assert is_news(revision, Mark(note="x", noted=MONDAY, read=MONDAY))
    assert not is_news(revision, Mark(read=MONDAY))
    assert not is_news(revision, UNMARKED)
    assert not is_news(None, Mark(starred=MONDAY))
    later = TUESDAY + timedelta(minutes=1)
    assert not is_news(revision, Mark(starred=MONDAY, read=later))
    assert not is_news(revision, Mark(starred=later))


def test_a_version_that_was_out_for_long_when_the_user_decided_is_no_news() -> None:
    assert not is_news(Revision(TUESDAY, date(2026, 9, 1)), Mark(starred=MONDAY))
    assert is_news(Revision(TUESDAY, date(2026, 11, 20)), Mark(starred=MONDAY))


def test_what_is_a_revision() -> None:
    starred = Mark(starred=MONDAY)
    assert is_revised(paper(1), paper(2), None)
    assert is_revised(paper(2), paper(2, withdrawn="a sign error"), None)
    assert not is_revised(paper(2), paper(2, comment="9 pages"), starred)
    # The first version that is seen may be old.
    assert not is_revised(paper(), paper(2), starred)
    assert not is_revised(paper(), paper(2, revised=date(2026, 11, 23)), starred)
    assert is_revised(paper(), paper(2, revised=date(2026, 11, 24)), starred)
    assert not is_revised(paper(), paper(2, revised=date(2026, 11, 24)), None)
