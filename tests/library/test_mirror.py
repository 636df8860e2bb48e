"""The library mirrors marks, so that queries see them."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from readlist.library.integrity import check
from readlist.library.library import Library
from readlist.library.paper_writer import drop_untouched
from readlist.model.mark import Mark
from readlist.model.tag import TagCount
from readlist.model.tally import Tally
from readlist.query import parse
from tests.support.depth import examples
from tests.support.library import NOON, add, age, paper

MARK = Mark(read=NOON, starred=NOON + timedelta(microseconds=5), note="A “note”\nof two lines", noted=NOON)


@pytest.fixture(autouse=True)
def papers(library: Library) -> None:
    add(library, paper("A"), paper("B", "2401.00002"), paper("C"))


def found(library: Library, text: str) -> list[int]:
    return list(library.ids(parse(text), "feed"))


class TestSetting:
    def test_a_mark_comes_back_as_it_was(self, library: Library) -> None:
        library.mirror.write([("title:a", MARK)])
        assert library.papers([1])[0].mark == MARK
        assert found(library, "is:read is:starred note lines") == [1]

    def test_what_is_written_is_reported(self, library: Library) -> None:
        told: list[tuple[int, int]] = []
        marks = [(f"title:later{number}", MARK) for number in range(600)]
        library.mirror.replace(marks, "1", progress=lambda done, total: told.append((done, total)))
        assert told == [(250, 600), (500, 600), (600, 600)]
        told.clear()
        # Those that are there already are not written again.
        marks.append(("title:a", MARK))
        library.mirror.replace(marks, "2", progress=lambda done, total: told.append((done, total)))
        assert told == [(1, 1)]

    def test_a_mark_is_taken_back(self, library: Library) -> None:
        library.mirror.write([("title:a", MARK)])
        library.mirror.write([("title:a", Mark())])
        assert library.papers([1])[0].mark == Mark()
        assert found(library, "is:unread -is:starred -is:noted -lines") == [1, 2, 3]

    def test_any_identifier_will_do(self, library: Library) -> None:
        library.mirror.write([("title:b", MARK)])
        assert library.papers([2])[0].mark == MARK

    def test_pending_marks_are_known_until_they_are_saved(self, library: Library) -> None:
        library.mirror.write([("title:c", replace(MARK, saved="pending")), ("title:a", replace(MARK, saved="unsaved"))])
        assert library.mirror.pending() == ["title:a", "title:c"]
        assert library.papers([1])[0].mark.saved == "pending"
        library.mirror.write([("title:a", MARK)], stamp="1")
        assert library.mirror.pending() == ["title:c"]

    def test_the_stamp_stays_until_another_is_given(self, library: Library) -> None:
        assert library.mirror.stamp() == ""
        library.mirror.write([("title:a", MARK)], stamp="1")
        library.mirror.write([("title:a", MARK)])
        assert library.mirror.stamp() == "1"
        library.mirror.write([], stamp="2")
        assert library.mirror.stamp() == "2"

    def test_many_marks_at_once(self, library: Library) -> None:
        more = [paper(f"Paper {number}") for number in range(600)]
        add(library, *more)
        library.mirror.write(((each.key, Mark(read=NOON)) for each in more), stamp="1")
        assert library.counts().unread == 3
        assert library.mirror.stamp() == "1"

    def test_a_note_that_is_no_text_is_kept_as_far_as_it_is(self, library: Library) -> None:
        library.mirror.write([("title:a", Mark(note="bad \ud800 end")), ("\ud800", MARK)])
        assert library.papers([1])[0].mark.note == "bad ? end"
        assert library.find("\ud800") is None

    @settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["title:a", "title:b", "arxiv:2401.00002", "title:unknown"]),
                st.builds(Mark, read=st.none() | st.just(NOON), note=st.sampled_from(["", "zebra", "yak"])),
            ),
            max_size=6,
        )
    )
    def test_flags_and_search_follow_any_mark(self, library: Library, rows: list[tuple[str, Mark]]) -> None:
        library.mirror.write(rows, patient=True)
        for entry in library.papers([1, 2, 3]):
            assert (entry.id in found(library, "is:read")) == (entry.mark.read is not None)
            for word in ("zebra", "yak"):
                assert (entry.id in found(library, word)) == (word in entry.mark.note)


class TestReplacing:
    def test_the_mirror_is_what_was_given_and_nothing_else(self, library: Library) -> None:
        library.mirror.write([("title:a", MARK), ("title:elsewhere", MARK)])
        assert library.mirror.replace([("title:c", MARK), ("title:b", Mark(note="yak"))], "7") == [
            ("title:b", "arxiv:2401.00002")
        ]
        assert [entry.mark for entry in library.papers([1, 2, 3])] == [Mark(), Mark(note="yak"), MARK]
        assert found(library, "lines") == [3]
        assert library.mirror.stamp() == "7"
        assert add(library, paper("Elsewhere")).merged == ()
        assert library.papers([4])[0].mark == Mark()

    def test_marks_under_two_keys_of_a_paper_are_folded(self, library: Library) -> None:
        pairs = library.mirror.replace(
            [("title:b", Mark(starred=NOON, note="one")), ("arxiv:2401.00002", Mark(read=NOON, note="two"))], "1"
        )
        assert pairs == [("title:b", "arxiv:2401.00002")]
        assert library.papers([2])[0].mark == Mark(NOON, NOON, "one\n\ntwo")

    def test_what_is_so_already_is_not_written(self, library: Library) -> None:
        rows = [("title:a", MARK), ("title:b", MARK), ("title:later", MARK)]
        library.mirror.replace(rows, "1")
        with library.connections.writing() as connection:
            connection.execute(
                "create temp trigger none before update on mark begin select raise(fail, 'written'); end"
            )
            connection.execute(
                "create temp trigger also before update on paper begin select raise(fail, 'written'); end"
            )
        library.mirror.replace(rows, "2")
        assert library.mirror.stamp() == "2"
        with library.connections.writing() as connection:
            connection.execute("drop trigger none")
            connection.execute("drop trigger also")

    def test_what_was_decided_since_a_time_is_counted(self, library: Library) -> None:
        hour = timedelta(hours=1)
        library.mirror.write(
            [
                ("title:a", Mark(NOON, NOON + hour, "old", NOON - hour)),
                ("title:b", Mark(NOON - hour, NOON + timedelta(microseconds=1))),
                ("title:later", Mark(note="new", noted=NOON)),
                ("title:c", Mark(noted=NOON)),
            ]
        )
        assert library.mirror.tally(NOON) == Tally(decided=3, read=1, starred=2, noted=1)
        assert library.mirror.tally(NOON.astimezone(timezone(9 * hour))) == Tally(3, 1, 2, 1)
        assert library.mirror.tally(NOON + hour) == Tally(1, 0, 1)
        assert library.mirror.tally(NOON + 2 * hour) == Tally()

    def test_nothing_clears_the_mirror(self, library: Library) -> None:
        library.mirror.write([("title:a", MARK)])
        library.mirror.replace([], "2")
        assert library.counts().unread == 3
        assert library.mirror.pending() == []


class TestTags:
    def test_they_follow_the_notes(self, library: Library) -> None:
        library.mirror.write([("title:a", Mark(note="#cited #Todo")), ("arxiv:2401.00002", Mark(note="#CITED, `#no`"))])
        library.mirror.write([("title:c", Mark(note="#cited #cs/lg")), ("title:elsewhere", Mark(note="#waits"))])
        assert library.mirror.tags() == [TagCount("cited", 3), TagCount("cs/lg", 1), TagCount("Todo", 1)]
        assert found(library, "tag:Cited") == [1, 2, 3]
        assert found(library, "-tag:todo") == [2, 3] and found(library, "tag:todo,cs") == [1, 3]
        assert found(library, "tag:c*") == [1, 2, 3] and found(library, "tag:lg") == []
        library.mirror.write([("arxiv:2401.00002", Mark(note="cited")), ("title:a", Mark(note="#todo"))])
        assert found(library, "tag:cited") == [3] and found(library, "has:tag") == [1, 3]
        library.mirror.replace([("title:c", Mark(note="#cited"))], "1")
        assert library.mirror.tags() == [TagCount("cited", 1)]
        assert check(library.connections) == []

    def test_a_note_that_waited_brings_its_tags_and_keeps_them_for_the_next_time(self, library: Library) -> None:
        library.mirror.write([("title:late", Mark(note="#cited"))])
        assert library.mirror.tags() == [] and found(library, "-tag:cited") == [1, 2, 3]
        add(library, paper("Late", "2401.00009"))
        assert found(library, "tag:cited") == [4]
        drop_untouched(library.connections, "HF daily", tuple)
        assert found(library, "tag:cited") == [4]
        add(library, paper("Late", "2401.00009", "10.1000/late"), paper("Apart", doi="10.1000/apart"))
        library.mirror.write([("doi:10.1000/apart", Mark(note="#todo"))])
        add(library, paper("Late", "2401.00009", "10.1000/apart"))
        assert check(library.connections) == []

    def test_an_older_library_gets_the_tags_of_its_notes(self, library: Library) -> None:
        library.mirror.write([("title:a", Mark(note="#cited"))])
        path = library.connections.path
        with library.connections.writing() as connection:
            age(connection, 6)
        again = Library(path)
        assert found(again, "tag:cited") == [1] and check(again.connections) == []
        again.close()
