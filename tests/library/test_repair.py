"""Damaged libraries: all that can be read comes back in a sound one, and the old file is kept."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from readlist.library.errors import LibraryDamaged, LibraryError
from readlist.library.library import Library
from readlist.library.migrations import PAGE_SIZE
from readlist.library.repair import check, rebuild, rebuild_index
from readlist.model.mark import Mark
from readlist.model.paper import Announcement
from readlist.model.time import PartialDate
from readlist.query import parse
from tests.support.papers import DAY, make_paper

pytestmark = pytest.mark.slow

NOW = datetime(2026, 8, 2, 9, 0, tzinfo=UTC)
PAPERS = 300
STARRED = Mark(starred=NOW)
DATES = (None, DAY, PartialDate(2019), PartialDate(2019, 5))


def fill(path: Path) -> None:
    """Make a library of papers, two thirds of them announced by two feeds."""
    library = Library(path)
    for feed, step in (("HF daily", 1), ("Lab", 2), ("cs.LG", 3)):
        items = [
            (
                make_paper(number, published=DATES[number % len(DATES)]),
                Announcement(feed, DAY, number + 1, upvotes=number),
            )
            for number in range(0, PAPERS, step)
        ]
        library.add(feed, items, day=DAY, now=NOW)
    library.mirror.write([("arxiv:2608.00007", STARRED)], stamp="x")
    library.visits.end(NOW)
    library.visits.remember("is:unread")
    library.close()


def shown(library: Library) -> list[object]:
    """Everything a user sees of a library."""
    papers = library.papers(library.ids(parse(""), "feed"))
    return [(paper.paper, paper.feed, paper.day, paper.position, paper.upvotes, paper.added) for paper in papers] + [
        (library.feeds.announcements(paper.id), library.count_log.sightings(paper.id)) for paper in papers
    ]


def test_a_sound_library_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    fill(path)
    library = Library(path)
    before, searches, visit = shown(library), library.visits.searches(), library.visits.last()
    library.close()
    done = rebuild(path, NOW)
    assert done.papers == PAPERS
    assert done.kept.exists()
    library = Library(path)
    assert shown(library) == before
    assert (library.visits.searches(), library.visits.last()) == (searches, visit)
    assert check(library.connections) == []
    # The marks come from where they are kept.
    assert library.mirror.stamp() == ""
    assert library.counts().starred == 0
    library.mirror.replace([("arxiv:2608.00007", STARRED)], "y")
    assert library.counts().starred == 1
    library.close()
    assert [file.name for file in tmp_path.iterdir() if "rebuilt" in file.name] == []


def test_counts_by_day_come_back_with_their_times_and_the_visit_before_them(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    library = Library(path)

    def read(hours: int, upvotes: int) -> None:
        now = NOW + timedelta(hours=hours)
        item = make_paper(1), Announcement("HF daily", DAY, 1, upvotes=upvotes)
        library.add("HF daily", [item], day=DAY, seen=now.date(), now=now)

    read(0, 5)
    library.visits.end(NOW + timedelta(hours=1))
    for hours, upvotes in ((2, 9), (26, 12), (74, 12)):
        read(hours, upvotes)
    before = library.count_log.sightings(1), library.count_log.series(1), library.count_log.since()
    (series,) = before[1]
    assert (series.gained, [point.count for point in series.points]) == (7, [9, 12, None, 12])
    library.close()
    rebuild(path, NOW + timedelta(days=9))
    library = Library(path)
    assert (library.count_log.sightings(1), library.count_log.series(1), library.count_log.since()) == before
    assert check(library.connections) == []
    library.close()


def zero_page(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(1, len(data) // PAGE_SIZE) * PAGE_SIZE
    return data[:start] + bytes(PAGE_SIZE) + data[start + PAGE_SIZE :]


def flip_byte(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def cut_off(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) // 2, len(data))]


def lose_the_end(data: bytes, chance: random.Random) -> bytes:
    size = chance.randrange(1, len(data) // 4)
    return data[:-size] + bytes(size)


def scribble(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(1, len(data) // PAGE_SIZE) * PAGE_SIZE + chance.randrange(64)
    return data[:start] + chance.randbytes(200) + data[start + 200 :]


Damage = Callable[[bytes, random.Random], bytes]


@pytest.mark.parametrize("damage", [zero_page, flip_byte, cut_off, lose_the_end, scribble])
def test_what_can_be_read_of_a_damaged_library_is_sound_again(tmp_path: Path, damage: Damage, thorough: bool) -> None:
    original = tmp_path / "original.db"
    fill(original)
    data = original.read_bytes()
    chance = random.Random(damage.__name__)
    turns = 60 if thorough else 6
    least = PAPERS
    for turn in range(turns):
        path = tmp_path / f"{turn}.db"
        path.write_bytes(damage(data, chance))
        rebuild(path, NOW)
        library = Library(path)
        assert check(library.connections) == []
        found = library.papers(library.ids(parse(""), "feed"))
        least = min(least, len(found))
        for each in found:
            # A byte inside a text can't be reported from another text.
            assert len(each.paper.title) < 200
        library.close()
    print(f"{damage.__name__}: {turns} damaged libraries, of {PAPERS} papers at least {least} came back")
    assert least >= (PAPERS - 40 if damage in (flip_byte, zero_page) else 1)


@pytest.mark.parametrize("content", [bytes(100_000), b"not a database", b"SQLite format 3\0" + bytes(50)])
def test_a_file_of_which_nothing_can_be_read_is_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "library.db"
    path.write_bytes(content)
    with pytest.raises(LibraryDamaged, match="doctor --repair"):
        Library(path)
    assert path.read_bytes() == content
    done = rebuild(path, NOW)
    assert done.papers == 0
    assert done.kept.read_bytes() == content
    library = Library(path)
    assert check(library.connections) == []
    library.close()


def test_a_header_that_names_another_version_is_damage_and_not_another_program(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    fill(path)
    for place in (60, 68):
        data = bytearray(path.read_bytes())
        data[place] ^= 0x40
        broken = tmp_path / f"{place}.db"
        broken.write_bytes(data)
        with pytest.raises(LibraryDamaged):
            Library(broken)
        assert rebuild(broken, NOW).papers == PAPERS


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    connection = sqlite3.connect(path)
    connection.execute("create table other (x)")
    connection.close()
    with pytest.raises(LibraryError, match="another program") as caught:
        Library(path)
    assert not isinstance(caught.value, LibraryDamaged)


def test_the_index_alone_is_rebuilt(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    fill(path)
    connection = sqlite3.connect(path)
    connection.execute("delete from search_data where id > 10")
    connection.commit()
    connection.close()
    library = Library(path)
    assert check(library.connections) != []
    rebuild_index(library.connections)
    assert check(library.connections) == []
    assert library.count(parse("number")) == PAPERS
    library.close()


def test_papers_whose_text_is_lost_are_kept_by_their_ids(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    fill(path)
    connection = sqlite3.connect(path)
    connection.execute("delete from detail where paper_id in (select id from paper where key = 'arxiv:2608.00007')")
    connection.commit()
    connection.close()
    rebuild(path, NOW)
    library = Library(path)
    assert library.unfilled() == ["arxiv:2608.00007"]
    assert check(library.connections) == []
    library.close()
