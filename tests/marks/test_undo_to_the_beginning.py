"""Undo to the beginning: by several windows, across restarts, with papers that prove to be one in between."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from readlist.marks import Field, MarkChange
from readlist.marks.store import MarkStore
from readlist.model.paper import Paper
from readlist.shelf import VIEWS, Shelf
from tests.support.depth import examples
from tests.support.marks import START, Clock, Open, QuickDisk, change
from tests.support.papers import make_batch, make_shelf

WINDOWS = 2
VALUES: dict[Field, list[object]] = {"read": [None, START], "starred": [None, START], "note": ["", "x", "y"]}

fields: st.SearchStrategy[Field] = st.sampled_from(["read", "starred", "note"])
changes = st.lists(st.tuples(st.sampled_from("ab"), fields, st.integers(0, 2)), min_size=1, max_size=3)
doings = st.lists(
    st.one_of(
        st.tuples(st.just("apply"), st.integers(0, WINDOWS - 1), changes),
        st.tuples(st.sampled_from(["undo", "redo", "reopen", "close"]), st.integers(0, WINDOWS - 1), st.just([])),
    ),
    max_size=14,
)


def shown(store: MarkStore) -> dict[str, tuple[object, ...]]:
    marks = {key: (mark.read, mark.starred, mark.note) for key, mark in store.all().items()}
    return {key: mark for key, mark in marks.items() if any(mark)}


# The other window drops what it undid and rewrites the state, all while this one doesn't look.
@example(
    [("apply", 0, [("a", "note", 0)]), ("undo", 1, []), ("apply", 1, [("a", "read", 1)]), ("close", 1, [])], [0] * 20
)
@settings(max_examples=examples(80), deadline=None)
@given(doings, st.lists(st.integers(0, WINDOWS - 1), min_size=20, max_size=20))
def test_two_windows_that_undo_everything_are_back_at_the_beginning(
    done: list[tuple[str, int, list[tuple[str, Field, int]]]], turns: list[int]
) -> None:
    with TemporaryDirectory() as temporary:
        clock = Clock()

        def opened() -> MarkStore:
            return MarkStore(Path(temporary, "state.json"), clock=clock, disk=QuickDisk())

        windows = [opened() for _ in range(WINDOWS)]
        windows[0].apply([change("a", "note", "there before"), change("b")], "before").result()
        beginning = shown(windows[0])
        for what, number, wanted in done:
            if what == "apply":
                values = [
                    MarkChange(key, field, VALUES[field][index % len(VALUES[field])])  # type: ignore[arg-type]
                    for key, field, index in wanted
                ]
                windows[number].apply(values, "change").result()
            elif what == "undo":
                # Not further than to the beginning.
                outcome = windows[number].undo().result()
                if outcome is not None and outcome.label == "before":
                    windows[number].redo().result()
            elif what == "redo":
                windows[number].redo().result()
            else:
                if what == "close":
                    windows[number].close(5)
                windows[number] = opened()
        count = 0
        while True:
            window = windows[turns[count % len(turns)]]
            count += 1
            outcome = window.undo().result()
            if outcome is None:
                break
            assert count < 100
        # What was there before was undone too, wherever it was: nothing is left.
        assert all(shown(window) == {} for window in windows)
        assert beginning
        for window in windows:
            window.close(5)


def test_what_one_window_undoes_does_not_stop_the_other(open_store: Open) -> None:
    one, other = open_store(), open_store()
    one.apply([change("p", "note", "first")], "note").result()
    other.apply([change("p", "note", "second")], "note").result()
    # Each window undoes its own last change first; the other's text stays for now.
    outcome = one.undo().result()
    assert outcome is not None
    assert outcome.skipped == ("p",)
    assert one.mark("p").note == "second"
    outcome = other.undo().result()
    assert outcome is not None
    assert outcome.skipped == ()
    assert other.mark("p").note == ""
    assert one.redo().result() is not None
    assert one.mark("p").note == "first"


def numbered(shelf: Shelf, number: int) -> str:
    found = shelf.papers.entries(shelf.papers.browse(VIEWS[1]))
    return found[number % len(found)].paper.key


things = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["star", "read", "note", "all", "undo", "restart"]), st.integers(0, 5)),
        st.tuples(st.just("import"), st.integers(0, 2)),
    ),
    max_size=10,
)


@settings(max_examples=examples(25), deadline=None)
@given(things)
def test_marks_notes_bulk_changes_and_imports_are_undone_to_the_beginning(done: list[tuple[str, int]]) -> None:
    titles = [f"A paper about subject {number}" for number in range(3)]
    with TemporaryDirectory() as temporary:
        clock = Clock()
        shelf = make_shelf(Path(temporary), clock)
        # Known by title alone; an import tells what they are and makes two of them one.
        shelf.papers.add(
            make_batch([Paper(f"title:{number}", title) for number, title in enumerate(titles)], feed="Lab")
        )
        for what, number in done:
            if what == "import":
                same = titles[number] if number else f"{titles[0]}!"
                ids = {"arxiv": f"2401.0000{number}"}
                shelf.papers.add(make_batch([Paper(f"arxiv:2401.0000{number}", same, **ids)], feed="arXiv"))  # type: ignore[arg-type]
            elif what == "undo":
                shelf.marks.undo().result(60)
            elif what == "restart":
                shelf.close()
                shelf = make_shelf(Path(temporary), clock)
                shelf.sync.catch_up()
            elif what == "all":
                shelf.marks.apply_all(shelf.papers.browse(VIEWS[1]), read=bool(number % 2), label="all").result(60)
            else:
                entry = shelf.papers.entry(numbered(shelf, number))
                assert entry is not None
                if what == "note":
                    shelf.marks.apply([entry], note=f"note {number}")[1].result(60)
                elif what == "star":
                    shelf.marks.apply([entry], starred=entry.mark.starred is None)[1].result(60)
                else:
                    shelf.marks.apply([entry], read=entry.mark.read is None)[1].result(60)
        while shelf.marks.undo().result(60) is not None:
            pass
        counts = shelf.library.counts()
        assert (counts.unread, counts.starred, counts.noted) == (counts.papers, 0, 0)
        shelf.close()
