"""One paper, one row, however many lists announce it, in any order."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readlist.library.errors import LibraryError
from readlist.library.integrity import check
from readlist.library.library import Library
from readlist.library.rows import Added
from readlist.model.mark import Mark
from readlist.model.paper import Announcement, Link, Paper, identifiers_of
from readlist.query import parse
from tests.support.depth import examples
from tests.support.library import DAY, NOON, add, paper

NEXT_DAY = DAY + timedelta(days=1)


def keys(library: Library) -> list[str]:
    """Return the keys of all papers, in the order they were first met."""
    return [entry.paper.key for entry in library.papers(sorted(library.ids(parse(""), "feed")))]


def dump(library: Library) -> list[tuple[object, ...]]:
    """Return everything a library file holds."""
    connection = sqlite3.connect(library.connections.path)
    tables = [name for (name,) in connection.execute("select name from sqlite_schema where type = 'table'")]
    rows = [
        (table, *row) for table in sorted(tables) for row in connection.execute(f"select * from {table} order by 1, 2")
    ]
    connection.close()
    return rows


class TestOneList:
    def test_new_papers_are_kept_as_they_came(self, library: Library) -> None:
        whole = paper(
            "A title",
            "2401.00001",
            "10.1/x",
            abstract="Text.",
            authors=("Ada Author", "Ben “Quote” O'Writer"),
            published=date(2024, 1, 2),
            links=(Link("https://github.com/a/b", "repo", "https://github.com/a/b/tree/main/c"),),
            summary="Short.",
            keywords=("one", "two, three"),
            organization="Lab",
        )
        announcement = Announcement("HF daily", DAY, 7, upvotes=3, comments=2, stars=1, submitter="ada")
        added = library.add("HF daily", [(whole, announcement)], day=DAY, now=NOON)
        assert added == Added(
            new=("arxiv:2401.00001",), keys=("arxiv:2401.00001",), given=("arxiv:2401.00001",), writes=1
        )
        (entry,) = library.papers([1])
        assert entry.paper == whole
        assert (entry.feed, entry.day, entry.position) == ("HF daily", DAY, 7)
        assert (entry.upvotes, entry.comments, entry.stars) == (3, 2, 1)
        assert (entry.mark, entry.added) == (Mark(), NOON)
        assert library.feeds.announcements(1) == (announcement,)

    def test_a_paper_that_is_listed_twice_is_new_once(self, library: Library) -> None:
        added = add(library, paper("A"), paper("B"), paper("A"))
        assert added == Added(
            new=("title:a", "title:b"),
            known=("title:a",),
            keys=("title:a", "title:b", "title:a"),
            given=("title:a", "title:b", "title:a"),
            writes=1,
            repeatable=False,
        )
        assert [each.position for each in library.feeds.announcements(1)] == [1]

    def test_the_same_list_twice_adds_nothing(self, library: Library) -> None:
        papers = (paper("A"), paper("B", "2401.00001"), paper("A"), paper("B!", "2401.00001"))
        add(library, *papers, upvotes=4)
        before = dump(library)
        assert add(library, *papers, upvotes=4).new == ()
        assert dump(library) == before

    def test_a_list_captured_again_updates_places_and_counts(self, library: Library) -> None:
        add(library, paper("A"), paper("B"), upvotes=4, stars=9)
        add(library, paper("B"), paper("A"), upvotes=5)
        assert library.feeds.announcements(1) == (Announcement("HF daily", DAY, 2, upvotes=5, stars=9),)
        assert library.papers([1])[0].upvotes == 5

    def test_the_list_gives_feed_and_day_to_announcements_without(self, library: Library) -> None:
        library.add("Page", [(paper("A"), Announcement("", None, 1))], day=NEXT_DAY)
        assert library.feeds.announcements(1) == (Announcement("Page", NEXT_DAY, 1),)

    def test_a_long_list_comes_in_piece_by_piece_with_progress(self, library: Library) -> None:
        reported: list[int] = []
        items = ((paper(f"Paper {number}"), Announcement("Page", DAY, number)) for number in range(1, 251))
        added = library.add("Page", items, day=DAY, progress=reported.append)
        assert len(added.new) == len(set(added.new)) == 250
        assert reported == sorted(reported)
        assert len(reported) > 1
        assert reported[-1] == 250
        assert list(library.ids(parse(""), "feed")) == list(range(1, 251))

    def test_a_duplicate_in_a_later_piece_is_known(self, library: Library) -> None:
        papers = [paper(f"Paper {number}") for number in range(250)]
        added = add(library, *papers, papers[3])
        assert len(added.new) == 250
        assert added.known == ("title:paper3",)
        assert library.feeds.announcements(4)[0].position == 4

    def test_nothing_adds_nothing(self, library: Library) -> None:
        assert add(library) == Added()
        assert library.feeds.all() == []


class TestIdentity:
    def test_a_title_and_a_record_with_an_id_are_one_paper_and_the_key_stays(self, library: Library) -> None:
        add(library, paper("A Title of Four!"))
        library.mirror.write([("title:atitleoffour", Mark(starred=NOON))])
        added = add(library, paper("A title of four", "2401.00001", abstract="Text."), feed="API", day=NEXT_DAY)
        assert added == Added(
            known=("title:atitleoffour",),
            filled=1,
            keys=("title:atitleoffour",),
            given=("arxiv:2401.00001",),
            writes=1,
            repeatable=False,
        )
        (entry,) = library.papers([1])
        assert (entry.paper.arxiv, entry.paper.abstract) == ("2401.00001", "Text.")
        assert entry.mark.starred == NOON
        assert library.find("arxiv:2401.00001") == library.find("title:atitleoffour") == 1
        assert [each.feed for each in library.feeds.announcements(1)] == ["API", "HF daily"]

    def test_the_other_way_round_too(self, library: Library) -> None:
        add(library, paper("A title of four", "2401.00001"))
        assert add(library, paper("A Title of Four"), feed="Page").known == ("arxiv:2401.00001",)
        assert len(library.ids(parse(""), "feed")) == 1

    def test_an_id_holds_when_the_title_changes(self, library: Library) -> None:
        add(library, paper("Old name", "2401.00001"))
        assert add(library, paper("New name", "2401.00001")).known == ("arxiv:2401.00001",)
        assert library.find("title:newname") == library.find("title:oldname") == 1
        assert library.papers([1])[0].paper.title == "Old name"

    def test_two_papers_may_share_a_title(self, library: Library) -> None:
        first, second = paper("Attention to all", "2401.00001"), paper("Attention to all", "2402.00002")
        assert add(library, first, second).new == ("arxiv:2401.00001", "arxiv:2402.00002")
        assert library.find("title:attentiontoall") == 1
        assert add(library, paper("Attention to all")).known == ("arxiv:2401.00001",)

    def test_works_of_one_title_by_others_stay_two_each_under_its_own_key(self, library: Library) -> None:
        works = [paper("Nine kettles boil", authors=(name,)) for name in ("Ada Pot", "Eva Pan", "Ida Tea")]
        first, second, third = add(library, *works).keys
        assert first == "title:ninekettlesboil" and len({first, second, third}) == 3
        assert add(library, *reversed(works)).keys == (third, second, first)
        filled_in = paper("Nine kettles boil", "2401.00001", authors=("E. Pan", "Bo Lid"), abstract="Text.")
        assert add(library, filled_in, feed="API").keys == (second,)
        assert library.find("arxiv:2401.00001") == library.find(second) == 2
        assert check(library.connections) == []

    def test_titles_that_name_nothing_give_the_same_keys_in_any_order(self, library: Library, tmp_path: Path) -> None:
        works = [paper("Editorial", links=(Link(f"https://journal.example/{issue}", "paper"),)) for issue in (1, 2)]
        keys = add(library, *works).keys
        with closing(Library(tmp_path / "other.db")) as other:
            assert add(other, *reversed(works)).keys == keys[::-1]
        assert add(library, *works).new == ()

    def test_a_mark_of_a_title_that_names_nothing_waits_for_its_own_paper(self, library: Library) -> None:
        library.mirror.write([("title:editorial", Mark(starred=NOON))])
        add(library, paper("Editorial", "2401.00001"))
        assert library.papers([1])[0].mark == Mark()

    def test_a_key_taken_by_a_namesake_gives_way_to_another_identifier(self, library: Library) -> None:
        add(library, paper("Attention", "2401.00001"))
        other = Paper("title:attention", "Attention", arxiv="2402.00002")
        assert add(library, other).new == ("arxiv:2402.00002",)

    def test_a_record_proves_two_stored_papers_one(self, library: Library) -> None:
        add(library, paper("The old name"), paper("Another"))
        add(library, paper("New name", "2401.00001", abstract="Text about zebras."), feed="API", day=NEXT_DAY)
        library.mirror.write(
            [("title:theoldname", Mark(note="one")), ("arxiv:2401.00001", Mark(read=NOON, note="two"))]
        )
        added = add(library, paper("The old name", "2401.00001"), feed="RSS")
        assert (added.known, added.keys, added.filled) == (("title:theoldname",), ("title:theoldname",), 1)
        assert added.merged == (("arxiv:2401.00001", "title:theoldname"),)
        assert keys(library) == ["title:theoldname", "title:another"]
        (entry,) = library.papers([1])
        assert (entry.paper.title, entry.paper.abstract) == ("The old name", "Text about zebras.")
        assert (entry.mark.note, entry.mark.read) == ("one\n\ntwo", NOON)
        assert (entry.feed, entry.day) == ("API", NEXT_DAY)
        assert {each.feed for each in library.feeds.announcements(1)} == {"HF daily", "API", "RSS"}
        assert library.find("arxiv:2401.00001") == library.find("title:newname") == 1
        assert list(library.ids(parse("zebras one two is:read"), "feed")) == [1]
        assert library.papers([3]) == []

    def test_a_former_key_marks_the_paper_it_leads_to(self, library: Library) -> None:
        self.test_a_record_proves_two_stored_papers_one(library)
        library.mirror.write([("arxiv:2401.00001", Mark(starred=NOON))])
        (entry,) = library.papers([1])
        assert (entry.mark.starred, entry.mark.note) == (NOON, "one\n\ntwo")

    def test_three_become_one_within_a_list(self, library: Library) -> None:
        add(library, paper("A in three"))
        added = add(
            library,
            paper("B in three", "2401.00001"),
            paper("C in three", doi="10.1/x"),
            paper("C in three", "2401.00001", "10.1/x"),
            paper("A in three", "2401.00001"),
            feed="API",
        )
        assert added.new == ()
        assert added.known == ("title:ainthree",) * 4
        assert keys(library) == ["title:ainthree"]

    def test_a_placeholder_without_a_title_is_filled_in(self, library: Library) -> None:
        library.add(
            "Added", [(Paper("arxiv:2401.00001", "", arxiv="2401.00001"), Announcement("Added", DAY, 1))], day=DAY
        )
        add(library, paper("A title", "2401.00001", published=DAY))
        assert library.papers([1])[0].paper == paper("A title", "2401.00001", published=DAY)
        assert list(library.ids(parse("title"), "date")) == [1]


class TestWaitingMarks:
    def test_a_mark_finds_its_paper_when_that_comes(self, library: Library) -> None:
        library.mirror.write([("arxiv:2401.00001", Mark(read=NOON, note="from elsewhere"))])
        assert add(library, paper("A", "2401.00001")).merged == ()
        assert library.papers([1])[0].mark == Mark(read=NOON, note="from elsewhere")
        assert list(library.ids(parse("elsewhere is:read"), "feed")) == [1]

    def test_a_mark_under_another_identifier_is_reported(self, library: Library) -> None:
        library.mirror.write([("title:a", Mark(starred=NOON))])
        assert add(library, paper("A", "2401.00001")).merged == (("title:a", "arxiv:2401.00001"),)
        assert library.papers([1])[0].mark.starred == NOON

    def test_two_marks_that_waited_are_folded(self, library: Library) -> None:
        library.mirror.write([("title:a", Mark(note="one")), ("arxiv:2401.00001", Mark(note="two"))])
        add(library, paper("A", "2401.00001"))
        assert set(library.papers([1])[0].mark.note.split("\n\n")) == {"one", "two"}


class TestFullDisk:
    def test_a_piece_is_whole_or_not_at_all(self, library: Library) -> None:
        add(library, paper("Before"))
        connection = library.connections._writers[False]
        (pages,) = connection.execute("pragma page_count").fetchone()
        connection.execute(f"pragma max_page_count = {pages + 20}")
        many = [paper(f"Paper {number}", abstract="word " * 400) for number in range(99)]
        with pytest.raises(LibraryError, match="disk is full"):
            add(library, *many)
        assert keys(library) == ["title:before"]
        connection.execute("pragma max_page_count = 1000000")
        assert len(add(library, *many).new) == 99


# Any lists in any order

TITLES = ("A", "B in three words", "Editorial")
papers = st.builds(
    lambda title, arxiv, doi, abstract: paper(title, arxiv, doi, abstract=abstract),
    st.sampled_from(TITLES),
    st.sampled_from(["", "", "2401.00001", "2401.00002", "2401.00003"]),
    st.sampled_from(["", "", "10.1/x", "10.1/y"]),
    st.sampled_from(["", "Some text", "Some text that goes on"]),
)
items = st.tuples(
    papers,
    st.builds(
        Announcement,
        feed=st.sampled_from(["F", "G"]),
        day=st.sampled_from([DAY, NEXT_DAY]),
        position=st.integers(1, 4),
        upvotes=st.none() | st.integers(0, 9),
    ),
)
steps = st.one_of(
    st.lists(items, min_size=1, max_size=6),
    st.sampled_from([name for title in TITLES for name in identifiers_of(title, "2401.00001", "10.1/x")]),
)


class Witness:
    """Remembers what was put into a library and must be found in it ever after."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.announced: set[tuple[str, str, date]] = set()
        self.identifiers: set[str] = set()
        self.keys: set[str] = set()
        self.notes: dict[str, str] = {}

    def add(self, batch: list[tuple[Paper, Announcement]]) -> None:
        """Put a list in, twice."""
        before = set(keys(self.library))
        added = self.library.add("F", batch, day=DAY, now=NOON)
        assert len(added.new) + len(added.known) == len(batch)
        assert not set(added.new) & before
        for former, key in added.merged:
            assert self.library.find(former) == self.library.find(key) is not None
        assert before - set(keys(self.library)) <= {former for former, _ in added.merged}
        once = dump(self.library)
        assert self.library.add("F", batch, day=DAY, now=NOON + timedelta(days=1)).new == ()
        assert dump(self.library) == once
        for (each, announcement), key in zip(batch, added.keys, strict=True):
            self.identifiers |= {key, *(name for name in each.identifiers if not name.startswith("title:"))}
            self.announced.add((key, announcement.feed, announcement.day or DAY))

    def note(self, key: str) -> None:
        """Write a note under a key, once each, unless it would replace one."""
        found = self.library.find(key)
        if key not in self.notes and (found is None or not self.library.papers([found])[0].mark.note):
            self.notes[key] = f"note{len(self.notes)}"
            self.library.mirror.write([(key, Mark(note=self.notes[key]))], patient=True)

    def holds(self) -> None:
        """See that nothing was lost."""
        library = self.library
        assert check(library.connections) == []
        for identifier in self.identifiers:
            assert library.find(identifier) is not None
        for identifier, feed, day in self.announced:
            found = library.find(identifier)
            assert found is not None
            assert (feed, day) in {(each.feed, each.day) for each in library.feeds.announcements(found)}
        entries = library.papers(library.ids(parse(""), "feed"))
        for entry in entries:
            assert library.find(entry.paper.key) == entry.id
            assert {library.find(name) for name in entry.paper.identifiers if name.startswith("arxiv:")} <= {entry.id}
        arxiv = [entry.paper.arxiv for entry in entries if entry.paper.arxiv]
        assert len(arxiv) == len(set(arxiv))
        for key, note in self.notes.items():
            found = library.find(key)
            if found is not None:
                assert note in library.papers([found])[0].mark.note
                assert found in library.ids(parse(note), "feed")


@settings(max_examples=examples(80), deadline=None)
@given(st.lists(steps, min_size=1, max_size=8))
def test_nothing_is_lost_in_any_order(
    sequence: list[list[tuple[Paper, Announcement]] | str],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder) / "library.db")
        witness = Witness(library)
        for step in sequence:
            if isinstance(step, str):
                witness.note(step)
            else:
                witness.add(step)
            witness.holds()
        library.close()
