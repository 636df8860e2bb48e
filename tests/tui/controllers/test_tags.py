"""Tagging papers: what is typed, what is offered, what is kept."""

from __future__ import annotations

import pytest

from readlist.shelf import Shelf
from readlist.tui.controllers.browse import Browse
from readlist.tui.controllers.marks import Marks
from readlist.tui.controllers.tags import Change, Tags, change_of, completed
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.tui import stored
from tests.support.ui import FakeUi


@pytest.fixture
def marks(loader: Loader) -> Marks:
    """The controller that undoes."""
    return Marks(loader, Browse(loader))


@pytest.fixture
def tags(loader: Loader, marks: Marks) -> Tags:
    """The controller, with the cursor on paper 1."""
    return Tags(loader, marks)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("cited -todo", Change(("cited",), ("todo",))),
        ("#cited, -#todo ,, x", Change(("cited", "x"), ("todo",))),
        ("Cited cited", Change(("cited",))),
        ("to-do -to-do", Change((), ("to-do",))),
        (" , ", Change()),
    ],
)
def test_what_is_typed(text: str, change: Change) -> None:
    assert change_of(text) == change


def test_the_last_word_is_completed_by_the_most_frequent_tag() -> None:
    known, present = ["cited", "Code", "cs/lg"], ["todo"]
    for text, whole in (
        ("c", "cited"), ("cited co", "cited code"), ("#cs", "#cs/lg"), ("-t", "-todo"), ("x,-", "x,-todo"),
        ("#", "#cited"),
        ("-c", None), ("", None), ("cited", None), ("cited ", None), ("zz", None),
    ):  # fmt: skip
        assert completed(text, known, present) == whole, text


async def test_a_tag_of_only_signs_is_refused_with_one_line(tags: Tags, ui: FakeUi, shelf: Shelf) -> None:
    ui.answers = ["cited -- #1"]
    await tags.tag()
    await ui.settled()
    assert ui.rejected == ["“--” is not a tag: use letters, digits, - _ /"]
    assert stored(shelf, 1).mark.note == ""


async def test_three_papers_are_tagged_in_one_step_of_undo(
    tags: Tags, marks: Marks, ui: FakeUi, shelf: Shelf, state: ListState
) -> None:
    entries = [stored(shelf, number) for number in (1, 2, 3)]
    shelf.marks.apply(entries[:1], note="A thought.")[1].result()
    shelf.marks.apply(entries[1:2], note="#cited")[1].result()
    state.selection = frozenset(entry.id for entry in entries)
    ui.answers = ["cited todo"]
    await tags.tag()
    await ui.settled()
    notes = [stored(shelf, number).mark.note for number in (1, 2, 3)]
    assert notes == ["A thought.\n\n#cited #todo", "#cited #todo", "#cited #todo"]
    assert ui.asked == ["Tags of 3 papers"] and ui.said == ["Tagged 3 papers #cited #todo · u: undo"]
    assert state.entry is not None and state.entry.mark.note == notes[0]
    ui.answers = ["-cited"]
    await tags.tag()
    await ui.settled()
    assert [stored(shelf, number).mark.note for number in (1, 2, 3)] == ["A thought.\n\n#todo", "#todo", "#todo"]
    assert ui.said[-1] == "Removed #cited from 3 papers · u: undo"
    for expected in (notes, ["A thought.", "#cited", ""]):
        await marks.undo()
        assert [stored(shelf, number).mark.note for number in (1, 2, 3)] == expected
    assert "Undone: tagged #cited #todo" in ui.said[-1]
    ui.answers = ["-todo"]
    await tags.tag()
    await ui.settled()
    assert ui.said[-1] == "Tags unchanged."


async def test_a_draft_gets_the_tags_as_well(tags: Tags, ui: FakeUi, shelf: Shelf) -> None:
    key = stored(shelf, 1).paper.key
    shelf.marks.drafts.save(key, "half a thou")
    ui.answers = ["cited"]
    await tags.tag()
    await ui.settled()
    assert shelf.marks.drafts.text(key) == "half a thou\n\n#cited"
    assert stored(shelf, 1).mark.note == "#cited"


async def test_many_papers_are_tagged_after_a_question(
    tags: Tags, marks: Marks, ui: FakeUi, shelf: Shelf, state: ListState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readlist.tui.controllers.tags._MANY", 3)
    state.selection = frozenset(state.ids)
    ui.answers = ["cited", True]
    await tags.tag()
    await ui.settled()
    assert ui.asked == ["Tags of 12 papers", "Tag 12 papers #cited?"]
    assert ui.said == ["Tagged 12 papers #cited · u: undo"]
    assert [(tag.name, tag.papers) for tag in shelf.marks.tags()] == [("cited", 12)]
    assert state.entry is not None and state.entry.mark.note == "#cited"
    await marks.undo()
    assert shelf.marks.tags() == []


async def test_without_papers_it_says_so(tags: Tags, ui: FakeUi, state: ListState) -> None:
    state.show(())
    await tags.tag()
    assert ui.said == ["No paper here."]
