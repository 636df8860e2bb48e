"""When two papers are one, and what becomes of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readlist.library.duplicates import fill, latest, merge_announcements, update_announcement
from readlist.model.paper import Announcement, Link
from readlist.model.time import parse_date
from tests.support.library import DAY, paper


class TestFill:
    def test_empty_fields_are_filled_and_full_ones_kept(self) -> None:
        known = paper("A", abstract="Mine.", organization="Lab")
        other = paper("A!", "2401.00001", abstract="Yours.", authors=("Ada",), published=DAY, organization="Firm")
        after = fill(known, other)
        assert (after.key, after.title, after.abstract, after.organization) == ("title:a", "A", "Mine.", "Lab")
        assert (after.arxiv, after.authors, after.published) == ("2401.00001", ("Ada",), DAY)

    @pytest.mark.parametrize(
        ("known", "other", "kept"),
        [
            ("2026", "2026-08-01", "2026-08-01"),
            ("2026", "2026-08", "2026-08"),
            ("2026-08", "2026-08-01", "2026-08-01"),
            ("2026-08-01", "2026", "2026-08-01"),
            ("2025", "2026-08-01", "2025"),
            ("2026-07", "2026-08-01", "2026-07"),
        ],
    )
    def test_a_date_becomes_more_exact_but_no_other(self, known: str, other: str, kept: str) -> None:
        one, two = (paper("A", published=parse_date(text)) for text in (known, other))
        assert fill(one, two).published == parse_date(kept)

    def test_nothing_is_blanked(self) -> None:
        known = paper("A", "2401.00001", abstract="Mine.", authors=("Ada",), summary="Short.", keywords=("k",))
        assert fill(known, paper("A")) is known

    @pytest.mark.parametrize("cut", ["We show that", "We show that…", "We show that ...", "We show tha"])
    def test_a_cut_abstract_is_completed(self, cut: str) -> None:
        whole = "We show that it works. Mostly."
        assert fill(paper("A", abstract=cut), paper("A", abstract=whole)).abstract == whole

    @pytest.mark.parametrize("other", ["We show", "We show that…", "Another text, and a longer one.", ""])
    def test_no_other_abstract_replaces_one(self, other: str) -> None:
        known = paper("A", abstract="We show that.")
        assert fill(known, paper("A", abstract=other)) is known

    def test_links_are_joined(self) -> None:
        page = Link("https://lab.github.io/a", "project")
        repo = Link("https://github.com/lab/a", "repo")
        after = fill(paper("A", links=(page,)), paper("A", links=(Link("https://GitHub.com/lab/a/", "repo"), page)))
        assert {link.kind for link in after.links} == {"repo", "project"}
        assert fill(after, paper("A", links=(repo,))) is after


class TestLatest:
    def test_the_latest_day_counts_then_the_feed_then_the_place(self) -> None:
        early = Announcement("A", DAY, 1)
        late = Announcement("B", DAY + timedelta(days=1), 9)
        also_late = Announcement("C", DAY + timedelta(days=1), 1)
        assert latest([early, also_late, late]) == Announcement("B", late.day or DAY, 9)

    def test_a_count_is_the_latest_known(self) -> None:
        next_day = DAY + timedelta(days=1)
        found = latest(
            [
                Announcement("A", DAY, 1, upvotes=50, stars=7),
                Announcement("A", next_day, 1, upvotes=40),
                Announcement("B", next_day, 1, upvotes=41),
            ]
        )
        assert (found.upvotes, found.comments, found.stars) == (41, None, 7)

    def test_any_day_is_later_than_none(self) -> None:
        undated = Announcement("A", None, 1)
        assert latest([undated]) == undated
        assert latest([undated, Announcement("B", DAY, 9, upvotes=3)]) == Announcement("B", DAY, 9, upvotes=3)


class TestAnnouncements:
    KNOWN = Announcement("A", DAY, 3, upvotes=9, comments=2, submitter="ada")
    OTHER = Announcement("A", DAY, 4, upvotes=5, stars=1)

    def test_a_later_capture_tells_place_and_counts_and_forgets_nothing(self) -> None:
        after = update_announcement(self.KNOWN, self.OTHER)
        assert after == Announcement("A", DAY, 4, upvotes=5, comments=2, stars=1, submitter="ada")

    def test_two_of_the_same_time_are_joined_whichever_comes_first(self) -> None:
        both = Announcement("A", DAY, 3, upvotes=9, comments=2, stars=1, submitter="ada")
        assert merge_announcements(self.KNOWN, self.OTHER) == both
        assert merge_announcements(self.OTHER, self.KNOWN) == both
