"""Why a paper fits, as a sentence: titles cut to the room, words kept."""

from __future__ import annotations

import pytest

from readlist.model.fit import Because, Fit
from readlist.text.sentence import because_text, reasons

ONE = ("arxiv:2608.00001", "Flow Matching for Speech")
OTHER = ("arxiv:2608.00002", "A Very Long Title on Graphs and Everything Else That Has Edges, Vertices and Names")
WORDS = ("flow matching", "vocoder")


def test_a_reason_names_titles_and_words() -> None:
    assert (
        because_text(Because((ONE,), WORDS)) == "because you starred “Flow Matching for Speech”: flow matching, vocoder"
    )
    both = because_text(Because((ONE, OTHER), WORDS))
    assert both.startswith(
        "because you starred “Flow Matching for Speech” and “A Very Long Title on Graphs and Everything"
    )
    assert "…”: flow matching, vocoder" in both and "Names" not in both


@pytest.mark.parametrize("because", [Because(), Because((), WORDS)])
def test_without_stars_there_is_no_reason(because: Because) -> None:
    assert because_text(because) == "" and reasons(Fit(40, because)) == [] and reasons(Fit()) == []


def test_titles_are_cut_to_the_room_before_the_words_are() -> None:
    because = Because((OTHER, ONE), WORDS)
    for room in range(75, 200):
        text = because_text(because, room=room)
        assert len(text) <= room and text.endswith(": flow matching, vocoder"), text
    # A second title that would be too short is left out.
    assert ONE[1] not in because_text(because, room=80) and ONE[1] in because_text(because, room=130)


def test_what_is_shown_is_one_line_without_latex() -> None:
    title = "On\n$\\ell_p$  Norms"
    assert because_text(Because((("title:x", title),), ())) == "because you starred “On ℓₚ Norms”"
    assert (
        because_text(Because((("arxiv:2608.00003", ""),), ("flow",))) == "because you starred “arxiv:2608.00003”: flow"
    )


def test_what_it_is_like_comes_before_the_match() -> None:
    fit = Fit(87, Because((ONE,), ("flow",)), Because((OTHER,), ("edges",)))
    like, match = reasons(fit)
    assert like.startswith("like “A Very Long Title") and like.endswith(": edges") and match.endswith(": flow")
