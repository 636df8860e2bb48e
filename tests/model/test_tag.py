"""Tags are found in notes, added to them and removed from them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readlist.model.tag import LONGEST_TAG, check_tag, fold_tag, tags_of, with_tags
from tests.support.depth import examples

PIECES = [
    "#cited",
    "#Cited",
    "#a/b",
    "#ab",
    "text",
    "`",
    "```",
    "~~~",
    "\n",
    " ",
    "\n\n",
    "# head",
    "#1",
    "(#x)",
    "#日本",
]
notes = st.lists(st.sampled_from(PIECES), max_size=12).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda gap: gap.join(pieces))
)
names = st.lists(st.sampled_from(["cited", "a/b", "ab", "x", "日本", "new"]), max_size=3)


@pytest.mark.parametrize(
    ("note", "tags"),
    [
        ("read #cited, then #To-do/2026_q1.", ["cited", "To-do/2026_q1"]),
        ("#Cited and #cited #CITED", ["Cited"]),
        ("#日本語 #हिन्दी #นี้ #ÉTÉ", ["日本語", "हिन्दी", "นี้", "ÉTÉ"]),
        ("(#in) “#quoted” [#bracket], one,#two", ["in", "quoted", "bracket", "two"]),
        ("# Heading\n## Another\n#tag", ["tag"]),
        ("#1 #2026 #_ #- #-- # C# F#m a#b \\#escaped ##double #a#b", []),
        ("https://x.org/a#part https://x.org/#part [text](#anchor) <a href=\"#part\">", []),
        ("`#code` #yes ``a ` #code`` and ` #open", ["yes", "open"]),
        ("```\n#code\n\n#code\n```\n#after ~~~ #still", ["after", "still"]),
        ("~~~python\n#code\n~~~", []),
        ("```\nnever closed\n\n#last", ["last"]),
        ("a ` b\n\n#between c ` d", ["between"]),
        (f"#{'a' * LONGEST_TAG} #{'b' * (LONGEST_TAG + 1)}", ["a" * LONGEST_TAG]),
    ],
)  # fmt: skip
def test_the_tags_of_a_note(note: str, tags: list[str]) -> None:
    assert list(tags_of(note)) == tags


@pytest.mark.parametrize(
    ("note", "add", "remove", "after"),
    [
        ("", ["cited", "todo"], [], "#cited #todo"),
        ("A thought.\n", ["cited"], [], "A thought.\n\n#cited"),
        ("A thought.\n\n#cited", ["todo", "Cited"], [], "A thought.\n\n#cited #todo"),
        ("A #cited thought.", ["cited"], [], "A #cited thought."),
        ("A #cited thought.", [], ["CITED"], "A thought."),
        ("A thought.\n\n#cited", [], ["cited"], "A thought."),
        ("#cited", [], ["cited"], ""),
        ("#cited #todo #x", [], ["cited", "x"], "#todo"),
        ("- one\n  #cited\n- two #cited\n\n`#cited`", [], ["cited"], "- one\n- two\n\n`#cited`"),
        ("A thought.\n\n#cited", ["todo"], ["cited"], "A thought.\n\n#todo"),
        ("#cited-too and #cited/deep", [], ["cited"], "#cited-too and #cited/deep"),
        ("  kept  \n", [], ["cited"], "  kept  \n"),
        ("code:\n\n```\nx\n```", ["a"], [], "code:\n\n```\nx\n```\n\n#a"),
    ],
)
def test_tags_are_added_on_a_last_line_and_removed_anywhere(
    note: str, add: list[str], remove: list[str], after: str
) -> None:
    assert with_tags(note, add, remove) == after


@given(notes, names, names)
@settings(max_examples=examples(150))
def test_adding_and_removing_does_that_and_no_more(note: str, add: list[str], remove: list[str]) -> None:
    before = [fold_tag(tag) for tag in tags_of(note)]
    added = with_tags(note, add)
    assert [fold_tag(tag) for tag in tags_of(added)] == [*before, *dict.fromkeys(t for t in add if t not in before)]
    assert added.startswith(note.rstrip()) and with_tags(added, add) == added
    without = with_tags(note, (), remove)
    assert not {fold_tag(tag) for tag in tags_of(without)} & set(remove)
    assert with_tags(note) == note and with_tags(without, (), remove) == without


@pytest.mark.parametrize("word", ["", "#", "--", "1", "#12", "a b", "a!", "##a", "x" * (LONGEST_TAG + 1), "`a`"])
def test_what_is_no_tag_is_refused_with_one_line(word: str) -> None:
    with pytest.raises(ValueError, match="tag") as caught:
        check_tag(word)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 120


def test_a_tag_may_be_given_with_its_sign() -> None:
    assert check_tag("#cs/LG") == check_tag("cs/LG") == "cs/LG"


@pytest.mark.slow
def test_a_long_note_is_read_in_no_time() -> None:
    began = time.process_time()
    for piece in ("` `` ``` #x ", "#`", "```\n", "#a" * 3 + "\n\n`", "#" + "a" * 100):
        tags_of(piece * 20_000)
        with_tags(piece * 20_000, ["new"], ["x"])
    assert time.process_time() - began < 10
