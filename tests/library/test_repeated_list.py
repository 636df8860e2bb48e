"""A list that is said to be repeatable changes nothing when it is added once more, whatever the library holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from readlist.library.duplicates import _is_itself
from readlist.library.library import Library
from readlist.model.mark import Mark
from readlist.model.paper import Announcement, Link, Paper, identifiers_of
from readlist.model.time import PartialDate
from readlist.text.titles import same_paper

NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
DAY = date(2026, 8, 1)


@st.composite
def items(draw: st.DrawFn) -> tuple[Paper, Announcement]:
    """A paper that may well be another one's twin, its namesake, or a record of it with less in it."""
    title = draw(
        st.sampled_from(["Kettles", "Kettles that listen", "Kettles That Listen!", "Editorial", "C++", "C#", "", "!?"])
    )
    arxiv = draw(st.sampled_from(["", "", "2608.00001", "2608.00002"]))
    doi = draw(st.sampled_from(["", "", "10.5555/a", "10.5555/b"]))
    if not (title or arxiv or doi):
        title = "A paper of its own"
    paper = Paper(
        identifiers_of(title, arxiv, doi)[0],
        title,
        draw(st.sampled_from(["", "We listen.", "We listen. To kettles."])),
        draw(st.sampled_from([(), ("Ada Kettle",), ("Bo Pot",), ("Ada Kettle", "Bo Pot")])),
        draw(st.sampled_from([None, DAY, date(2019, 1, 1), PartialDate(2026), PartialDate(2026, 8)])),
        arxiv,
        doi,
        draw(st.sampled_from([(), (Link("https://github.com/a/b", "repo"),), (Link("https://x.example/p", "paper"),)])),
    )
    day = draw(st.sampled_from([None, DAY, DAY - timedelta(days=1)]))
    upvotes = draw(st.sampled_from([None, None, 3, 5]))
    return paper, Announcement(draw(st.sampled_from(["", "A", "B"])), day, draw(st.integers(1, 3)), upvotes)


@contextmanager
def opened() -> Iterator[Library]:
    with TemporaryDirectory() as folder:
        library = Library(Path(folder) / "library.db")
        try:
            yield library
        finally:
            library.close()


def tables(library: Library) -> dict[str, list[Any]]:
    names = ("paper", "detail", "alias", "announcement", "sighting", "mark", "feed", "import", "tag", "meta")
    with library.connections.reading() as connection:
        return {name: sorted(connection.execute(f"select * from {name}"), key=repr) for name in names}


@given(
    before=st.lists(items(), max_size=4),
    listed=st.lists(items(), max_size=4),
    marks=st.lists(st.sampled_from(["title:kettles", "arxiv:2608.00001", "doi:10.5555/a"]), max_size=2),
)
def test_a_repeatable_list_changes_nothing_the_next_time(
    before: list[tuple[Paper, Announcement]], listed: list[tuple[Paper, Announcement]], marks: list[str]
) -> None:
    with opened() as library:
        library.add("A", before, day=DAY, now=NOW)
        library.mirror.write([(key, Mark(starred=NOW)) for key in marks])
        added = library.add("A", listed, day=DAY, now=NOW, batch=7)
        event(f"repeatable: {added.repeatable}, new: {bool(added.new)}")
        if added.repeatable:
            stored = tables(library)
            again = library.add("A", listed, day=DAY, now=NOW + timedelta(days=9), batch=8)
            assert tables(library) == stored
            assert (again.new, again.writes, again.repeatable, again.keys) == ((), 0, True, added.keys)


def test_a_plain_list_is_repeatable() -> None:
    with opened() as library:
        plain = [
            (
                Paper(f"title:kettlesthatlisten{number}", f"Kettles that listen {number}", "We listen."),
                Announcement("A", DAY, number),
            )
            for number in range(250)
        ]
        added = library.add("A", plain, day=DAY, now=NOW)
        assert added.repeatable and (len(added.new), added.writes) == (250, 3)
        again = library.add("A", plain, day=DAY, now=NOW)
        assert again.repeatable and (len(again.known), again.writes) == (250, 0)


@given(items())
def test_a_paper_taken_for_itself_is_joined_with_itself(item: tuple[Paper, Announcement]) -> None:
    paper, _ = item
    joined = any(same_paper(name, paper, paper, in_one_feed=True) for name in paper.identifiers)
    assert _is_itself(paper) == joined
