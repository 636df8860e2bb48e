"""Citation keys: the same for a paper everywhere, another for every other paper."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readlist.exports.citation_key import citation_key
from readlist.model.paper import Paper
from tests.support.depth import examples
from tests.support.entries import lines, make_entry


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, "vaswani2017attention-1706.03762"),
        ({"title": "On the {BERT} of $\\ell_p$"}, "vaswani2017bert-1706.03762"),
        ({"title": "Q-learning: a survey"}, "vaswani2017q-1706.03762"),
        ({"authors": ("Zoë Müller-Łukasz",)}, "mullerlukasz2017attention-1706.03762"),
        ({"authors": ("Laurens van der Maaten",)}, "maaten2017attention-1706.03762"),
        ({"authors": ()}, "attention2017-1706.03762"),
        ({"arxiv": "hep-th/9901001"}, "vaswani1999attention-hep-th.9901001"),
        # The id is known before the day is.
        ({"published": None}, "vaswani2017attention-1706.03762"),
        ({"title": "扩散模型", "authors": ("王小明",)}, "2017-1706.03762"),
    ],
)
def test_a_key_is_author_year_and_word_with_the_id(changes: dict[str, object], key: str) -> None:
    assert citation_key(make_entry(**changes).paper) == key  # type: ignore[arg-type]


def test_without_an_arxiv_id_the_doi_or_title_tells_papers_apart() -> None:
    first, second = (citation_key(make_entry(arxiv="", doi=doi).paper) for doi in ("10.1/a", "10.1/b"))
    assert first != second
    assert first.rpartition("-")[0] == second.rpartition("-")[0] == "vaswani2017attention"
    assert citation_key(make_entry("A Title", arxiv="").paper) != citation_key(make_entry("A title!!1", arxiv="").paper)
    # What feeds fill in later leaves it.
    known = make_entry(arxiv="", doi="10.1/a", abstract="Later.", keywords=("new",))
    assert citation_key(known.paper) == first


@settings(deadline=None, max_examples=examples(60))
@given(
    lines, st.lists(lines, max_size=2), st.sampled_from(["", "2401.00001", "hep-th/9901001"]),
    st.sampled_from(["", '10.1/a{b},"c'])
)  # fmt: skip
def test_a_key_is_such_that_every_reader_takes_it(title: str, authors: list[str], arxiv: str, doi: str) -> None:
    paper = Paper("title:x", title, authors=tuple(authors), published=date(2024, 1, 1), arxiv=arxiv, doi=doi)
    assert re.fullmatch(r"[a-z0-9][a-z0-9.\-]*", citation_key(paper))
