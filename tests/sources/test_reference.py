"""What exports put beside a reference's fields: taken back if it is sound and the field was not edited since."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readlist.model.mark import Mark
from readlist.model.paper import Link, Paper
from readlist.sources.formats.exact_values import restored, values_of
from readlist.sources.formats.reference import Reference, supplement

READ = Paper("title:a", "A", links=(Link("https://lab.org/a", "other"),))
OWN = Paper(
    "title:a", "A $x$", "One.\n\nTwo.", ("Li, Bo",), links=(Link("https://lab.org/a", "data", "https://lab.org/a/b"),)
)
NOTHING = "-"


def beside() -> str:
    """What an export of the paper says, as a file has it."""
    return json.dumps(supplement(OWN, Mark(read=datetime(2026, 1, 1, tzinfo=UTC), note=" n "), []))


def test_what_is_equal_is_left_out() -> None:
    assert supplement(OWN, Mark(note="\n"), [Reference("", None, OWN)]) == {}


def test_all_of_it_comes_back_where_nothing_was_read() -> None:
    found = restored(values_of(Paper("", "")), beside())
    assert found == {
        "title": OWN.title, "abstract": OWN.abstract, "authors": OWN.authors, "links": OWN.links, "note": " n ",
        "read": True, "key": OWN.key,
    }  # fmt: skip


def test_a_field_that_was_edited_since_counts() -> None:
    assert "title" not in restored(values_of(READ), beside())
    assert "abstract" in restored(values_of(READ), beside())


@pytest.mark.parametrize(
    ("links", "kept"),
    [
        (["repo javascript:1"], ()),
        (["nothing https://lab.org/a", "data https://lab.org/b\x1b[31m"], (Link("https://lab.org/b", "data"),)),
        (["other a b c d"], ()),
        ([], ()),
    ],
)  # fmt: skip
def test_only_addresses_of_the_web_are_links(links: list[str], kept: tuple[Link, ...]) -> None:
    assert restored(values_of(Paper("", "")), {"links": [NOTHING, links]}) == {"links": kept}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*values_of(READ)]), inner, max_size=5),
    max_leaves=12,
)


@settings(deadline=None)
@given(_JSON | st.dictionaries(st.sampled_from([*values_of(READ)]), st.tuples(st.just(NOTHING), _JSON).map(list)))
def test_nothing_is_too_odd(value: object) -> None:
    found = restored(values_of(Paper("", "")), value)
    assert all(
        isinstance(found.get(name, ""), str) for name in ("title", "abstract", "organization", "arxiv", "doi", "note")
    )
    assert all(isinstance(text, str) for name in ("authors", "keywords") for text in found.get(name, ()))
