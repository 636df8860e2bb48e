"""The decoder of Hugging Face Papers: a day's JSON, one paper's, search answers."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.model.paper import Announcement, Link, Paper
from readlist.sources.batch import Batch
from readlist.sources.formats.daily_papers import decode, on_day
from tests.support.records import old, record, wrapped

MADE = date(2026, 8, 20)


def first(batch: Batch) -> tuple[Paper, Announcement]:
    assert not batch.failure
    return batch.items[0]


class TestOnePaper:
    def test_every_field_finds_its_place(self) -> None:
        paper, announcement = first(decode([wrapped()], origin="x.json"))
        assert paper == Paper(
            key="arxiv:2607.01234",
            title="Kettles That Listen: Boiling by Ear",
            abstract="We let kettles listen. Our state-of-the-art kettle stops in time.",
            authors=("Ada Bell", "Chen Du"),
            published=date(2026, 7, 2),
            arxiv="2607.01234",
            links=(
                Link("https://github.com/kettle/listen", "repo"),
                Link("https://kettle.github.io/listen/", "project"),
            ),
            summary="Kettles learn to listen.",
            keywords=("kettles", "audio"),
            organization="Kettle Lab",
        )
        assert announcement == Announcement("HF daily", date(2026, 7, 3), 1, 21, 4, 137, "Ed Fox")

    def test_an_author_hidden_on_the_site_is_an_author_all_the_same(self) -> None:
        paper, _ = first(decode([wrapped()], origin="x.json"))
        assert "Chen Du" in paper.authors

    def test_two_authors_of_one_name_are_two(self) -> None:
        authors = [{"name": "Wei Wang"}, {"name": "Ada Bell"}, {"name": "Wei Wang"}]
        paper, _ = first(decode([{"paper": {**record(), "authors": authors}}], origin="x.json"))
        assert paper.authors == ("Wei Wang", "Ada Bell", "Wei Wang")

    def test_flat_and_wrapped_records_give_the_same_paper(self) -> None:
        assert first(decode(record(), origin="x"))[0] == first(decode([wrapped()], origin="x"))[0]

    def test_a_single_record_is_of_the_feed_of_single_papers(self) -> None:
        batch = decode(record(), origin="x")
        assert (batch.kind, batch.feed, batch.day) == ("paper JSON", "HF papers", date(2026, 7, 3))

    def test_fields_beside_the_paper_stand_in_for_its_own(self) -> None:
        item = {"paper": {"id": "2405.00001"}, "title": "Beside", "summary": "Told beside.", "upvotes": 3}
        paper, announcement = first(decode([item], origin="x"))
        assert (paper.title, paper.abstract, announcement.upvotes) == ("Beside", "Told beside.", 3)

    def test_the_organization_of_the_submitter_was_its_first_form(self) -> None:
        item = wrapped(organization=None) | {"submitterOrganization": {"name": "kl", "fullname": "Kettle Lab"}}
        assert first(decode([item], origin="x"))[0].organization == "Kettle Lab"

    def test_links_of_field_and_abstract_are_joined(self) -> None:
        item = wrapped(summary="Code: https://github.com/Kettle/Listen and https://github.com/kettle/data .")
        links = first(decode([item], origin="x"))[0].links
        assert [link.url for link in links if link.kind == "repo"] == [
            "https://github.com/kettle/listen",
            "https://github.com/kettle/data",
        ]

    @pytest.mark.parametrize(
        ("typed", "url"),
        [
            ("https://github.com/kettle/listen/tree/main/app", "https://github.com/kettle/listen"),
            ("https://github.com/kettle/listen?tab=readme-ov-file", "https://github.com/kettle/listen"),
            (" https://github.com/kettle/listen\n", "https://github.com/kettle/listen"),
            ("github.com/kettle/listen", "https://github.com/kettle/listen"),
            ("kettle/listen", "https://github.com/kettle/listen"),
            ({"url": "https://github.com/kettle/listen", "stars": 9}, "https://github.com/kettle/listen"),
            ({"full_name": "kettle/listen"}, "https://github.com/kettle/listen"),
            ({"owner": "kettle", "name": "listen"}, "https://github.com/kettle/listen"),
        ],
    )
    def test_a_repository_is_read_as_people_type_it(self, typed: object, url: str) -> None:
        paper, _ = first(decode([wrapped(githubRepo=typed, projectPage=None)], origin="x"))
        assert paper.repo == url

    @pytest.mark.parametrize(
        "nonsense",
        [
            "",
            "N/A",
            "none",
            "TBD/TBA",
            "24/7",
            "a/b/c",
            "javascript:alert(1)",
            7,
            None,
            [],
            {"url": "x"},
            {"url": {"url": "a/b"}},
        ],
    )
    def test_a_field_that_is_no_address_gives_no_link(self, nonsense: object) -> None:
        paper, _ = first(decode([wrapped(githubRepo=nonsense, projectPage=nonsense)], origin="x"))
        assert paper.links == ()

    def test_stars_may_stand_in_the_record_of_the_repository(self) -> None:
        item = wrapped(githubRepo={"url": "https://github.com/kettle/listen", "stars": 9}, githubStars=None)
        assert first(decode([item], origin="x"))[1].stars == 9

    def test_a_project_page_on_github_is_the_repository(self) -> None:
        item = wrapped(githubRepo=None, projectPage="https://github.com/kettle/listen")
        assert first(decode([item], origin="x"))[0].links == (Link("https://github.com/kettle/listen", "repo"),)

    @pytest.mark.parametrize(
        "nonsense", [None, 0, 1.5, True, "", [], {}, [[]], {"a": 1}, "\ud800", float("nan"), 10**30]
    )
    def test_one_ill_typed_field_never_costs_the_paper(self, nonsense: object) -> None:
        for field in set(record()) - {"id", "title"}:
            batch = decode([wrapped(**{field: nonsense})], origin="x")
            assert [paper.arxiv for paper, _ in batch.items] == ["2607.01234"]

    def test_counts_are_whole_numbers_or_unknown(self) -> None:
        def upvotes(value: object) -> int | None:
            return first(decode([wrapped(upvotes=value)], origin="x"))[1].upvotes

        assert [upvotes(value) for value in (0, "12", 3.0, True, -1, 2.5, 10**12, "many")] == [
            0, 12, 3, None, None, None, None, None,
        ]  # fmt: skip

    def test_a_version_is_dropped_and_an_id_of_another_kind_leaves_the_title(self) -> None:
        assert first(decode([wrapped(id="2607.01234v3")], origin="x"))[0].key == "arxiv:2607.01234"
        assert first(decode([wrapped(id="kettle-1")], origin="x"))[0].key == "title:kettlesthatlistenboilingbyear"

    def test_text_from_outside_is_made_harmless(self) -> None:
        paper, announcement = first(
            decode([wrapped(title="A\x1b[31mB\u202e", submittedOnDailyBy={"user": "\x1b]52;c;AA\x07e"})], origin="x")
        )
        assert (paper.title, announcement.submitter) == ("AB", "e")

    def test_a_title_broken_at_a_hyphen_is_whole_again(self) -> None:
        paper, _ = first(decode([wrapped(title="Kettles for Long-\n  Context Tea")], origin="x"))
        assert paper.title == "Kettles for Long-Context Tea"

    def test_paragraphs_of_an_abstract_stay(self) -> None:
        text = "One line\nand another.\n  Indented, as arXiv\nbegins a paragraph.\n\nA third, with pre-\nand post-text."
        paper, _ = first(decode([wrapped(summary=text)], origin="x"))
        assert paper.abstract.split("\n\n") == [
            "One line and another.",
            "Indented, as arXiv begins a paragraph.",
            "A third, with pre- and post-text.",
        ]

    def test_lines_that_are_all_indented_are_paragraphs_if_each_follows_a_sentence(self) -> None:
        def paragraphs(text: str) -> int:
            return len(first(decode([wrapped(summary=text)], origin="x"))[0].abstract.split("\n\n"))

        assert paragraphs("A kettle boils.\n  We listen to it.\n  It stops (in time).") == 3
        assert paragraphs("A kettle boils when it\n  is hot. We listen to\n  it.") == 1


class TestTheDayOfTheList:
    def test_it_is_the_day_a_paper_was_submitted_to_the_list(self) -> None:
        batch = decode([wrapped()], origin="x", day=date(2020, 1, 1))
        assert (batch.day, batch.items[0][1].day) == (date(2026, 7, 3), date(2026, 7, 3))

    def test_before_2025_the_item_told_it(self) -> None:
        batch = decode([old("2024-05-24", "2024-05-27T03:50:00Z")], origin="x")
        assert batch.day == date(2024, 5, 27)

    def test_a_submission_on_the_evening_before_is_of_the_next_days_list(self) -> None:
        items = [
            old("2024-12-06", "2024-12-08T22:13:00Z", id="2412.00001"),
            old("2024-12-06", "2024-12-09T11:34:00Z", id="2412.00002"),
        ]
        assert {announcement.day for _, announcement in decode(items, origin="x").items} == {date(2024, 12, 9)}

    def test_the_day_of_the_file_settles_it(self) -> None:
        items = [old("2024-12-06", "2024-12-08T22:13:00Z")]
        assert decode(items, origin="x", day=date(2024, 12, 9)).day == date(2024, 12, 9)

    def test_a_week_keeps_its_days(self) -> None:
        items = [
            old("2024-12-01", f"2024-12-{day:02}T08:00:00Z", id=f"2412.0000{day}", title=f"Paper {day}")
            for day in (2, 4, 6)
        ]
        days = [announcement.day for _, announcement in decode(items, origin="x", made=MADE).items]
        assert days == [date(2024, 12, day) for day in (2, 4, 6)]

    def test_a_repeated_publication_is_no_submission(self) -> None:
        item = old("2025-03-12", "2025-03-12T13:59:00Z")
        assert decode([item], origin="x").day is None
        assert decode([item], origin="x", day=date(2025, 3, 13)).day == date(2025, 3, 13)
        assert decode([item], origin="x", made=MADE).day == MADE

    def test_a_list_may_name_its_day_itself(self) -> None:
        wrapper = {"status": "success", "date": "2025-03-13", "data": [old("2025-03-12", "2025-03-12T13:59:00Z")]}
        assert decode(wrapper, origin="x").day == date(2025, 3, 13)

    def test_a_day_can_be_set_for_all(self) -> None:
        batch = on_day(decode([wrapped(), wrapped(id="2607.05678", title="B")], origin="x"), date(2026, 1, 2))
        assert {batch.day, *(announcement.day for _, announcement in batch.items)} == {date(2026, 1, 2)}


class TestLists:
    def test_positions_are_places_in_the_list(self) -> None:
        batch = decode([wrapped(), {"nothing": 1}, wrapped(id="2607.05678", title="B")], origin="x")
        assert [announcement.position for _, announcement in batch.items] == [1, 3]

    def test_what_is_no_paper_is_skipped_and_named(self) -> None:
        items = [wrapped(), wrapped(title=""), wrapped(id=None), "text", None, wrapped()]
        batch = decode(items, origin="x", lines=[1, 2, 3, 4, 6, 7])
        assert len(batch.items) == 1
        assert [(skip.line, skip.reason) for skip in batch.skipped] == [
            (2, "item 2: no title (id 2607.01234)"),
            (3, "item 3: no id (“Kettles That Listen: Boiling by Ear”)"),
            (4, "item 4: not a paper"),
            (6, "item 5: not a paper"),
            (7, "item 6: the same paper as item 1"),
        ]

    def test_a_thousand_skipped_are_not_listed_one_by_one(self) -> None:
        batch = decode([wrapped(), *range(1_000)], origin="x")
        assert len(batch.skipped) == 101
        assert batch.skipped[-1].reason == "900 more"

    def test_an_empty_day_is_no_failure(self) -> None:
        assert decode([], origin="x") == Batch("x", "daily papers JSON", "HF daily")

    def test_the_feed_can_be_named(self) -> None:
        batch = decode([wrapped()], origin="x", feed="HF trending")
        assert {batch.feed, batch.items[0][1].feed} == {"HF trending"}

    @pytest.mark.parametrize("name", ["dailyPapers", "papers", "data", "items", "results"])
    def test_a_list_is_found_inside_its_wrapping(self, name: str) -> None:
        assert len(decode({"status": "success", name: [wrapped()]}, origin="x").items) == 1
        assert len(decode({"data": {name: [wrapped()]}}, origin="x").items) == 1

    def test_a_flat_search_answer_is_read(self) -> None:
        batch = decode([record(), record(id="2607.05678", title="B")], origin="x")
        assert (len(batch.items), batch.kind) == (2, "papers JSON")

    def test_items_written_as_python_or_as_json_are_read(self) -> None:
        items = [repr(wrapped(title="It's “é” \\ \x07 \U0001f600")), json.dumps(wrapped(id="2607.05678", title="B"))]
        batch = decode(items, origin="x")
        assert [paper.title for paper, _ in batch.items] == ["It's “é” \\ \U0001f600", "B"]
        assert len(decode(json.dumps([wrapped()]), origin="x").items) == 1
        assert len(decode({"data": repr([wrapped()])}, origin="x").items) == 1

    @pytest.mark.parametrize(
        "text", ["{'a': __import__('os')}", "{" * 100_000, "[" * 100_000, "{'id': '", "{1: 2, []: 3}"]
    )
    def test_a_string_that_is_neither_is_skipped(self, text: str) -> None:
        batch = decode([wrapped(), text], origin="x")
        assert [skip.reason for skip in batch.skipped] == ["item 2: not a paper"]

    @pytest.mark.parametrize(
        "other",
        [
            *(None, 1, 1.5, float("nan"), True, "text", "\0", {}, {"a": 1}, {"data": "text"}, {"paper": "2401.00001"}),
            *([1], [None], ["\0"], [[]], [{"id": "1", "title": "Buy milk"}], {"id": 5, "title": "x", "summary": "y"}),
        ],
    )
    def test_json_of_another_kind_is_said_to_be(self, other: object) -> None:
        batch = decode(other, origin="x.json")
        assert batch.items == ()
        assert batch.failure.startswith("x.json: JSON without papers; ")

    def test_papers_without_id_or_title_alone_are_a_failure(self) -> None:
        batch = decode([wrapped(id=None)], origin="x.json")
        assert batch.failure.startswith("x.json: no paper with an id and a title (item 1: no id")


class TestRealSamples:
    @pytest.mark.parametrize(
        ("name", "count", "day"),
        [
            ("2024-05-27", 13, date(2024, 5, 27)),
            ("2024-06-12", 16, date(2024, 6, 12)),
            ("2024-08-05", 8, date(2024, 8, 5)),
            ("2024-12-09", 13, date(2024, 12, 9)),
            ("2025-01-13", 5, date(2025, 1, 13)),
            ("2025-03-13", 10, None),
            ("2025-06-25", 14, date(2025, 6, 25)),
            ("2025-09-29", 30, date(2025, 9, 29)),
            ("2025-11-12", 8, date(2025, 11, 12)),
            ("2026-01-07", 16, date(2026, 1, 7)),
            ("2026-06-03", 23, date(2026, 6, 3)),
            ("malformed-items-are-strings", 4, date(2024, 12, 26)),
            ("malformed-wrapped-string", 9, date(2025, 1, 10)),
            ("paper-abridged", 1, date(2026, 7, 24)),
        ],
    )
    def test_whole_days_of_the_api(self, shared_feeds: Path, name: str, count: int, day: date | None) -> None:
        data = json.loads((shared_feeds / "hf-json" / f"{name}.json").read_text(encoding="utf-8"))
        batch = decode(data, origin=name)
        assert (len(batch.items), batch.failure, batch.skipped, batch.day) == (count, "", (), day)
        assert all(paper.arxiv and paper.abstract and paper.published for paper, _ in batch.items)
        assert {announcement.day for _, announcement in batch.items} == {day}
        assert not any("\n" in paper.title or "  " in paper.title for paper, _ in batch.items)


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
_NAMES = st.sampled_from([*record(), "paper", "numComments", "dailyPapers", "data", "name", "fullname", "date"])
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES | st.text(max_size=5), inner, max_size=6),
    max_leaves=25,
)


@given(data=_JSON)
def test_no_json_makes_it_raise(data: object) -> None:
    batch = decode(data, origin="x")
    assert not (batch.items and batch.failure)
    assert "\n" not in batch.failure


@given(fields=st.dictionaries(_NAMES, _JSON, max_size=5))
def test_no_field_makes_it_raise(fields: dict[str, object]) -> None:
    decode([{"paper": record() | fields, **fields}], origin="x")


@given(data=_JSON)
def test_what_python_writes_is_read_as_what_it_was(data: object) -> None:
    twice = [repr([data]), json.dumps([data])]
    decode(twice, origin="x")
