"""Values out of text that outsiders wrote."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.sources.formats.json_values import UnreadableError, parse_json, parse_literal

_PLAIN = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**18), 10**18),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(),
    ),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(value=_PLAIN)
def test_what_python_wrote_is_read_as_it_was(value: object) -> None:
    assert parse_literal(repr([value])) == [value]


@given(value=_PLAIN)
def test_what_json_wrote_is_read_as_it_was(value: object) -> None:
    assert parse_literal(json.dumps(value)) == parse_json(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'a': True, 'b': None, 'c': (1, 2.5,), 'd': (3,)}", {"a": True, "b": None, "c": [1, 2.5], "d": [3]}),
        (r"""['it\'s', "so \"it\" is"]""", ["it's", 'so "it" is']),
        (r"['\x41\u00e9\U0001f600', 'a\nb', '\d']", ["Aé😀", "a\nb", "\\d"]),
        ("  [ 'a' ,\n 'b' ]\n", ["a", "b"]),
    ],
)
def test_forms_of_python(text: str, value: object) -> None:
    assert parse_literal(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "]", "{'a'}", "{'a': }", "[1 2]", "[1, 2", "('a' 'b')", "[0x10]", "['open", "f'{1}'", "{1: 2}"),
        *("__import__('os')", "[x for x in 'y']", "{'a': 1 + 1}", "[datetime.date(2026, 1, 1)]"),
        *("[" * 100_000, "{'a':" * 100_000, "-" * 100_000 + "1", "'" * 99_999, "\\" * 10_000),
    ],
    ids=lambda text: text[:12],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_literal(text)


def test_a_mistake_in_json_bears_its_place() -> None:
    with pytest.raises(UnreadableError) as caught:
        parse_json('{\n  "a": 1,\n  "b": \n}')
    assert (caught.value.line, caught.value.column, caught.value.reason) == (4, 1, "Expecting value")


def test_a_number_beyond_all_bounds_is_none() -> None:
    assert parse_json(f'{{"a": {"9" * 10_000}, "b": 2}}') == {"a": None, "b": 2}


def test_a_string_too_long_for_an_item_is_refused() -> None:
    with pytest.raises(UnreadableError, match="too long"):
        parse_literal("[" + "1," * 5_000_000 + "1]")
