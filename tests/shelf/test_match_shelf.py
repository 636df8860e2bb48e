"""What fits: learned from marks as they are now, whatever else is in the library, and kept as scores of all papers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from readlist.library.connections import set_meta
from readlist.library.integrity import check
from readlist.model.paper import Paper
from readlist.query import parse
from readlist.shelf import Entry, Shelf
from readlist.shelf.match_shelf import MatchShelf, Reliability
from tests.support.papers import make_batch, make_paper, make_shelf

TOPICS = (
    "diffusion models edit images", "proteins fold at low energy", "speech recognition hears noise",
    "traffic finds routes in graphs",
)  # fmt: skip
PAPERS = 80


def of_topic(number: int) -> Paper:
    """Make a paper on the topic of its number, with words that only some papers have."""
    topic = TOPICS[number % 4]
    extra = f"lemma{number % 7} corollary{number % 11}"
    return make_paper(
        number,
        title=f"{topic.capitalize()} {extra}",
        abstract=f"{topic} with {extra}, tested.",
        authors=(f"Au{number} Li",),
    )


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = make_shelf(tmp_path)
    made.papers.add(make_batch([of_topic(number) for number in range(PAPERS)]))
    made.sync.catch_up()
    yield made
    made.close()


def papers(shelf: Shelf, numbers: Sequence[int]) -> list[Entry]:
    found = [shelf.papers.entry(f"arxiv:2608.{number:05}") for number in numbers]
    return [entry for entry in found if entry is not None]


def mark(shelf: Shelf, numbers: Sequence[int], **changes: bool) -> None:
    for entry in papers(shelf, numbers):
        shelf.marks.apply([entry], **changes, label="marked")[1].result()  # type: ignore[arg-type]


def refresh(shelf: Shelf) -> bool:
    shelf.match.learn()
    return shelf.match.score()


def order(shelf: Shelf, query: str = "", most: int = PAPERS) -> list[int]:
    ids = shelf.library.ids(parse(query), "match")
    assert list(ids[:most]) == shelf.library.first_ids(parse(query), "match", most)
    return [int(entry.paper.arxiv[-5:]) for entry in shelf.library.papers(ids)][:most]


def topics(shelf: Shelf, most: int) -> set[int]:
    return {number % 4 for number in order(shelf, most=most)}


def stored(shelf: Shelf) -> list[tuple[int, int, float]]:
    """Return paper, match and score of all that have one."""
    with shelf.library.connections.reading() as connection:
        return list(
            connection.execute(
                "select paper_id, match, score from score where generation = "
                "(select cast(value as integer) from meta where name = 'match_generation') order by paper_id"
            )
        )


class TestLearning:
    def test_papers_like_the_stars_come_first(self, shelf: Shelf) -> None:
        mark(shelf, [1, 5, 9], starred=True)
        assert refresh(shelf)
        assert topics(shelf, 20) == {1}
        assert set(order(shelf, "match:>75")) == set(range(1, PAPERS, 4))

    def test_a_star_and_an_unstar_change_the_order(self, shelf: Shelf) -> None:
        mark(shelf, [1, 5, 9], starred=True)
        refresh(shelf)
        first = stored(shelf)
        mark(shelf, [2, 6], starred=True)
        assert refresh(shelf) and topics(shelf, 40) == {1, 2}
        mark(shelf, [2, 6], starred=False)
        assert refresh(shelf) and stored(shelf) == first

    def test_undo_takes_back_what_was_learned_to_the_bit(self, shelf: Shelf) -> None:
        mark(shelf, [0, 4, 8, 12], starred=True)
        mark(shelf, [1, 3], read=True)
        refresh(shelf)
        first = stored(shelf)
        for changes in ({"starred": True}, {"removed": True}):
            mark(shelf, [22], **changes)
            assert refresh(shelf) and stored(shelf) != first
            shelf.marks.undo().result()
            assert refresh(shelf) and stored(shelf) == first
        assert not refresh(shelf)

    def test_another_shelf_learns_the_same_to_the_bit(self, shelf: Shelf, tmp_path: Path) -> None:
        mark(shelf, [3, 7, 8, 16], starred=True)
        mark(shelf, range(20, 50), read=True)
        mark(shelf, [60, 61], removed=True)
        refresh(shelf)
        first = stored(shelf)
        with shelf.library.connections.writing() as connection:
            set_meta(connection, "match", "")
        again = MatchShelf(shelf.library)
        again.learn()
        assert again.score() and stored(shelf) == first

    def test_what_was_removed_counts_against_its_words(self, shelf: Shelf) -> None:
        mark(shelf, [1, 5, 9], starred=True)
        refresh(shelf)
        # Of another topic, with a word of the first star.
        place = papers(shelf, [64])[0].id - 1
        before = stored(shelf)[place][2]
        mark(shelf, [8, 15, 22, 36], removed=True)
        refresh(shelf)
        assert 0 < stored(shelf)[place][2] < before

    def test_a_note_is_as_good_as_a_star(self, shelf: Shelf) -> None:
        for entry in papers(shelf, [2, 6, 10]):
            shelf.marks.apply([entry], note="good", label="noted")[1].result()
        refresh(shelf)
        assert topics(shelf, 20) == {2}

    def test_a_star_whose_abstract_came_later_is_read_again(self, shelf: Shelf) -> None:
        title = make_paper(90, title="A title only", abstract="", authors=("Ann Lee",))
        shelf.papers.add(make_batch([title]))
        mark(shelf, [90], starred=True)
        refresh(shelf)
        assert topics(shelf, 10) != {1}
        shelf.papers.add(
            make_batch([make_paper(90, title="A title only", abstract="How proteins fold at low energy.")])
        )
        assert refresh(shelf)
        assert {number % 4 for number in order(shelf, most=10) if number < PAPERS} == {1}


class TestScores:
    def test_scores_of_the_library_are_those_of_the_papers_own_text(self, shelf: Shelf) -> None:
        mark(shelf, [0, 4, 9, 13, 18], starred=True)
        refresh(shelf)
        kept = shelf.match.of(shelf.library.papers(range(1, PAPERS + 1)))
        assert kept == {number: match for number, match, _ in stored(shelf)} and len(kept) == PAPERS
        with shelf.library.connections.writing() as connection:
            connection.execute("delete from score where paper_id > 1")
        assert shelf.match.of(shelf.library.papers(range(1, PAPERS + 1))) == kept

    def test_rows_have_a_match_by_the_newest_star_before_all_are_scored(self, shelf: Shelf) -> None:
        mark(shelf, [1, 5, 9], starred=True)
        refresh(shelf)
        mark(shelf, [2, 6, 10, 14], starred=True)
        shelf.match.learn()
        rows = papers(shelf, [18, 19])
        matches = shelf.match.of(rows)
        assert matches[rows[0].id] > 70 > matches[rows[1].id]
        assert topics(shelf, 20) == {1}

    def test_papers_that_come_later_get_a_score_of_their_own(self, shelf: Shelf) -> None:
        mark(shelf, [1, 5, 9], starred=True)
        refresh(shelf)
        shelf.papers.add(make_batch([of_topic(number) for number in range(PAPERS, PAPERS + 8)]))
        later = {81, 85}
        assert not later & set(order(shelf, most=22))
        shelf.match.score()
        assert later <= set(order(shelf, most=22)) and len(stored(shelf)) == PAPERS + 8

    def test_papers_whose_text_has_changed_are_scored_again(self, shelf: Shelf) -> None:
        mark(shelf, [1, 5, 9], starred=True)
        titles = {90: "Proteins fold at low energy", 91: "A title only"}
        shelf.papers.add(make_batch([make_paper(number, title=title, abstract="") for number, title in titles.items()]))
        refresh(shelf)
        before = stored(shelf)
        assert before[-1][2] == 0 and not shelf.match.score()
        filled = make_paper(91, title="A title only", abstract="How proteins fold at low energy.")
        shelf.papers.add(make_batch([filled]))
        assert not shelf.match.is_current()
        # By the same model; in so small a library a paper is also one of those that stars are compared with.
        assert shelf.match.score() and shelf.match.is_current() and not shelf.match.score()
        assert order(shelf).index(91) < order(shelf).index(2) and len(stored(shelf)) == len(before)
        assert stored(shelf)[:-1] == before[:-1]
        # What others keep of the scores is the same as if all were scored now.
        (entry,) = papers(shelf, [91])
        assert shelf.match.of([entry]) == {entry.id: stored(shelf)[-1][1]}
        last = stored(shelf)
        with shelf.library.connections.writing() as connection:
            set_meta(connection, "match", "")
        assert shelf.match.score() and [score for *_, score in stored(shelf)] == [score for *_, score in last]

    def test_a_text_that_changes_while_all_are_scored_is_scored_after(self, shelf: Shelf) -> None:
        shelf.papers.add(make_batch([make_paper(91, title="A title only", abstract="")]))
        mark(shelf, [1, 5, 9], starred=True)
        refresh(shelf)
        mark(shelf, [2], starred=True)
        calls: list[int] = []

        def meanwhile() -> bool:
            calls.append(1)
            if len(calls) == 1:
                filled = make_paper(91, title="A title only", abstract="How proteins fold at low energy.")
                shelf.papers.add(make_batch([filled]))
            return False

        shelf.match.learn()
        assert shelf.match.score(meanwhile) and not shelf.match.is_current()
        before = stored(shelf)[-1]
        assert shelf.match.score() and stored(shelf)[-1][2] > before[2] and shelf.match.is_current()

    def test_where_many_texts_have_changed_all_are_scored_again(
        self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("readlist.library.scores._MOST_CHANGED", 3)
        made = [make_paper(100 + number, title=f"A title only {number}", abstract="") for number in range(6)]
        shelf.papers.add(make_batch(made))
        mark(shelf, [1, 5, 9], starred=True)
        refresh(shelf)
        generation = shelf.library.scores.state().generation
        shelf.papers.add(make_batch([replace(each, abstract="How proteins fold.") for each in made]))
        assert shelf.library.scores.changed() == {}
        assert refresh(shelf) and shelf.library.scores.state().generation > generation
        assert set(order(shelf, most=26)) >= set(range(100, 106))

    def test_scoring_that_is_stopped_changes_nothing(self, shelf: Shelf) -> None:
        mark(shelf, [1, 5, 9], starred=True)
        refresh(shelf)
        first = stored(shelf)
        mark(shelf, [2], starred=True)
        shelf.match.learn()
        assert not shelf.match.score(lambda: True) and stored(shelf) == first
        assert shelf.match.score() and stored(shelf) != first

    @pytest.mark.parametrize("written", ["{", "[]", '{"generation": "x"}', '{"bounds": 3}'])
    def test_scores_that_another_version_wrote_are_replaced(self, shelf: Shelf, written: str) -> None:
        mark(shelf, [1, 5, 9], starred=True)
        refresh(shelf)
        first = stored(shelf)
        with shelf.library.connections.writing() as connection:
            set_meta(connection, "match", written)
        assert shelf.match.score() and stored(shelf) == first

    def test_of_two_that_score_at_once_the_one_that_began_last_prevails(self, shelf: Shelf) -> None:
        scores = shelf.library.scores
        mark(shelf, [1, 5, 9], starred=True)
        shelf.match.learn()
        other = MatchShelf(shelf.library)
        mark(shelf, [2, 6, 10, 14], starred=True)
        other.learn()
        done: list[bool] = []

        def meanwhile() -> bool:
            with shelf.library.connections.reading() as connection:
                (begun,) = connection.execute("select count(*) from score where paper_id = 0").fetchone()
            if begun and not done:
                done.append(other.score())
            return False

        assert not shelf.match.score(meanwhile)
        assert done == [True] and topics(shelf, 40) == {1, 2} and len(stored(shelf)) == PAPERS
        with shelf.library.connections.reading() as connection:
            assert connection.execute("select distinct generation from score").fetchall() == [
                (scores.state().generation,)
            ]

    @pytest.mark.slow
    def test_a_process_that_is_killed_while_it_scores_leaves_the_scores(self, shelf: Shelf, tmp_path: Path) -> None:
        mark(shelf, [1, 5, 9], starred=True)
        refresh(shelf)
        first = stored(shelf)
        mark(shelf, [2, 6], starred=True)
        script = (
            "import sys, time\n"
            "from pathlib import Path\n"
            "from readlist.library import scores\n"
            "from readlist.library.library import Library\n"
            "from readlist.shelf.match_shelf import MatchShelf\n"
            "scores._PART = 10\n"
            "calls = []\n"
            "def stop():\n"
            "    calls.append(1)\n"
            "    if len(calls) == 4:\n"
            "        print('half', flush=True)\n"
            "        time.sleep(60)\n"
            "    return False\n"
            "MatchShelf(Library(Path(sys.argv[1]))).score(stop)\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "library.db")], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None and process.stdout.readline() == "half\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert stored(shelf) == first and topics(shelf, 20) == {1}
        assert refresh(shelf) and topics(shelf, 40) == {1, 2}
        with shelf.library.connections.reading() as connection:
            assert connection.execute("select count(*) from score").fetchone()[0] == PAPERS
        assert check(shelf.library.connections) == []


@settings(max_examples=8)
@given(st.permutations(range(16)), st.sets(st.integers(0, 15), max_size=5), st.integers(0, 15))
def test_the_order_of_insertion_and_what_was_undone_are_of_no_account(
    added: list[int], starred: set[int], undone: int
) -> None:
    found = []
    for numbers in (range(16), added):
        with TemporaryDirectory() as folder:
            shelf = make_shelf(Path(folder))
            for number in numbers:
                shelf.papers.add(make_batch([of_topic(number)]))
            shelf.sync.catch_up()
            mark(shelf, sorted(starred), starred=True)
            refresh(shelf)
            before = stored(shelf)
            mark(shelf, [undone], removed=True)
            refresh(shelf)
            shelf.marks.undo().result()
            refresh(shelf)
            assert stored(shelf) == before
            entries = shelf.library.papers([number for number, *_ in before])
            found.append(
                {
                    entry.paper.key: (match, score.hex())
                    for entry, (_, match, score) in zip(entries, before, strict=True)
                }
            )
            shelf.close()
    assert found[0] == found[1]


class TestReliability:
    def test_without_stars_there_is_no_match(self, shelf: Shelf) -> None:
        refresh(shelf)
        assert shelf.match.reliability() == Reliability("none")
        assert order(shelf) == list(range(PAPERS)) and shelf.match.of(papers(shelf, [1])) == {}
        assert shelf.match.because(papers(shelf, [1])[0]).stars == ()

    def test_the_first_star_and_the_last_unstar_change_the_order(self, shelf: Shelf) -> None:
        for _ in range(2):
            refresh(shelf)
            assert order(shelf) == list(range(PAPERS)) and stored(shelf) == []
            mark(shelf, [1], starred=True)
            assert refresh(shelf)
            assert order(shelf)[0] == 1 and len(stored(shelf)) == PAPERS
            mark(shelf, [1], starred=False)

    @pytest.mark.parametrize("stars", [1, 2])
    def test_one_or_two_stars_are_a_guess(self, shelf: Shelf, stars: int) -> None:
        mark(shelf, range(stars), starred=True)
        refresh(shelf)
        assert shelf.match.reliability() == Reliability("guess", stars)

    def test_stars_with_much_in_common_are_relied_on_and_others_not(self, shelf: Shelf) -> None:
        mark(shelf, [1, 5, 9, 13], starred=True)
        refresh(shelf)
        sure = shelf.match.reliability()
        assert (sure.certainty, sure.stars) == ("sure", 4) and sure.confidence > 0.8
        odd = [make_paper(500 + number, title=f"Alone{number}x", abstract="", authors=()) for number in range(8)]
        shelf.papers.add(make_batch(odd, feed="Odd"))
        mark(shelf, [1, 5, 9, 13], starred=False)
        mark(shelf, range(500, 505), starred=True)
        refresh(shelf)
        assert shelf.match.reliability().certainty == "unsure"


class TestHardLibraries:
    @pytest.fixture
    def shelf(self, tmp_path: Path) -> Iterator[Shelf]:
        made = make_shelf(tmp_path)
        yield made
        made.close()

    def add(self, shelf: Shelf, made: Sequence[Paper]) -> None:
        shelf.papers.add(make_batch(made))
        shelf.sync.catch_up()

    def judge(self, shelf: Shelf, count: int) -> list[int]:
        """Return the order, after whatever can be asked was asked."""
        refresh(shelf)
        ids = list(shelf.library.ids(parse(""), "match"))
        assert len(ids) == count and sorted(ids) == sorted(shelf.library.ids(parse(""), "feed"))
        entries = shelf.library.papers(ids)
        assert all(0 <= match <= 99 for match in shelf.match.of(entries).values())
        for entry in entries[:20]:
            because = shelf.match.because(entry)
            for key, _ in because.stars:
                star = shelf.papers.entry(key)
                assert star is not None and star.mark.starred and key != entry.paper.key
            assert bool(because.stars) == bool(because.words)
            shelf.match.parts(entry)
        shelf.match.reliability()
        return ids

    def test_no_papers(self, shelf: Shelf) -> None:
        assert self.judge(shelf, 0) == []

    def test_one_paper(self, shelf: Shelf) -> None:
        self.add(shelf, [of_topic(1)])
        assert self.judge(shelf, 1) == [1]
        mark(shelf, [1], starred=True)
        assert self.judge(shelf, 1) == [1]

    def test_all_starred_or_none_read(self, shelf: Shelf) -> None:
        self.add(shelf, list(map(of_topic, range(12))))
        mark(shelf, range(12), starred=True)
        self.judge(shelf, 12)

    def test_papers_without_abstract_authors_or_a_word(self, shelf: Shelf) -> None:
        made = [
            make_paper(number, title=title, abstract="", authors=())
            for number, title in enumerate(["A of the", "1 2 3", "Flow matching", "Flow", "…", "The"])
        ]
        self.add(shelf, made)
        mark(shelf, [0, 1, 2], starred=True)
        ids = self.judge(shelf, 6)
        assert {entry.paper.title for entry in shelf.library.papers(ids[:2])} == {"Flow matching", "Flow"}

    def test_identical_texts_share_a_match(self, shelf: Shelf) -> None:
        self.add(
            shelf, [make_paper(number, title=f"Same title {number}", abstract="The same text.") for number in range(9)]
        )
        mark(shelf, [1, 2, 3], starred=True)
        ids = self.judge(shelf, 9)
        assert len({match for entry, match in shelf.match.of(shelf.library.papers(ids)).items()}) <= 9

    @pytest.mark.parametrize(
        "script", ["扩散模型图像编辑{}", "การแพร่กระจายภาพ{}", "диффузионные модели {}", "نماذج الانتشار {}"]
    )
    def test_scripts_other_than_latin(self, shelf: Shelf, script: str) -> None:
        other = "蛋白质折叠能量{}" if script[0] == "扩" else "ещё одно {}"
        titles = [(script if number % 2 else other).format("αβγδεζηθικλμ"[number]) for number in range(12)]
        self.add(shelf, [make_paper(number, title=title, abstract=title * 2) for number, title in enumerate(titles)])
        mark(shelf, [1, 3, 5], starred=True)
        self.judge(shelf, 12)
        assert {number % 2 for number in order(shelf, most=6)} == {1}

    def test_four_hundred_authors(self, shelf: Shelf) -> None:
        crowd = tuple(f"Member{number} Of" for number in range(400))
        self.add(shelf, [make_paper(number, authors=crowd if number < 3 else ("Ann Lee",)) for number in range(12)])
        mark(shelf, [0, 1], starred=True)
        self.judge(shelf, 12)

    def test_a_star_without_its_paper(self, shelf: Shelf, tmp_path: Path) -> None:
        self.add(shelf, list(map(of_topic, range(12))))
        mark(shelf, [1, 5, 9], starred=True)
        entry = papers(shelf, [1])[0]
        shelf.close()
        (tmp_path / "library.db").unlink()
        again = make_shelf(tmp_path)
        again.papers.add(make_batch(list(map(of_topic, (0, 5, 9, 10, 11)))))
        again.sync.catch_up()
        ids = self.judge(again, 5)
        assert entry.paper.key not in again.library.keys(ids)
        assert again.match.reliability().stars == 2
        again.close()

    @pytest.mark.slow
    def test_ten_thousand_stars(self, shelf: Shelf) -> None:
        self.add(shelf, list(map(of_topic, range(10_100))))
        shelf.marks.apply_all(
            shelf.library.ids(parse("feed:daily"), "feed")[:10_000], starred=True, label="all"
        ).result()
        self.judge(shelf, 10_100)
        assert shelf.match.reliability().stars == 100
