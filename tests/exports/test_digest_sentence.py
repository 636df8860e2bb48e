"""The beginning of an abstract: whole sentences, however full of full stops they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.exports.digest_content import beginning

LAST = " The rest is silence, and goes on for long enough not to fit any more."


@pytest.mark.parametrize(
    "first",
    [
        "We train, e.g. Llama, and measure.",
        "Following Vaswani et al. (2017), we attend.",
        "Following Vaswani et al. We attend.",
        "It gains 3.5 points on GLUE v1.5 at p < 0.05.",
        "See Fig. 3 and Eq. (2), i.e. the loss of J. R. Smith.",
        "PTQ1.61 beats LLM.int8() on GPT-3.5.",
        "We minimise $f(x). g$ over x.",
        "It is faster (up to 2x. Really.) than before.",
        "Code is at https://github.com/lab/code.git and works.",
        "Can it plan? ",
        'It says "no." ',
        "Amazing!",
        "我们提出了一种新方法。",
        "We compare A vs. B in the U.S. and find nothing.",
        "Wait ... there is more.",
    ],
)
def test_a_sentence_ends_where_it_ends(first: str) -> None:
    assert beginning(first + LAST, len(first.strip()) + 5) == first.strip()


def test_as_many_sentences_as_fit_are_taken() -> None:
    text = "One is here. Two is here. Three is here."
    assert beginning(text, 100) == text
    assert beginning(text, 30) == "One is here. Two is here."
    assert beginning(text, 12) == "One is here."


def test_a_long_sentence_is_cut_between_words() -> None:
    assert beginning("many words " * 20, 30) == "many words many words many…"
    assert beginning("汉" * 99, 20) == "汉" * 19 + "…"
    # One that is only a little too long keeps its end.
    assert beginning("This sentence ends a little later. Two.", 30) == "This sentence ends a little later."


def test_nothing_begins_with_nothing() -> None:
    assert beginning("", 10) == beginning(" \n ", 10) == ""


@given(st.text(alphabet="ab .!?。($)e\n", max_size=80) | st.text(max_size=80), st.integers(8, 40))
def test_any_text_begins_with_its_beginning(text: str, limit: int) -> None:
    found = beginning(text, limit)
    assert len(found) <= limit * 4 // 3
    assert " ".join(text.split()).startswith(found.removesuffix("…"))
    assert bool(found) == bool(text.strip())
