"""Front matter: it is read in any form, and only what is asked for is changed."""

from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from readlist.notes.front_matter import LIMIT, FrontMatterError, Plain, dump_fields, parse_fields, update_fields
from readlist.text.clean import clean_line

OWN = frozenset({"title", "authors", "read"})
texts = st.text(max_size=40).map(clean_line)


@given(texts, st.lists(texts, max_size=4), st.sampled_from(["\n", "\r\n"]))
@example(
    "yes", ["~", "1e5", "0x10", "2026-11-21", "a: b", "x #y", "- z", "&a", "*a", "!t", "%", "@", "`", "{", "NO"], "\n"
)
def test_what_is_written_is_read_as_it_was(title: str, authors: list[str], end: str) -> None:
    text = dump_fields({"title": title, "authors": authors, "read": Plain("false")}).replace("\n", end)
    found = parse_fields(text, OWN)
    assert found["title"].value == title
    assert found["authors"].value == tuple(authors)
    # Another reader, which has types.
    assert yaml.safe_load(text) == {"title": title, "authors": authors, "read": False}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: a b", "a b"), ('title: "a: \\u00e9"', "a: é"), ("title: 'it''s'", "it's"),
        ("title: >\n  a\n  b\n", "a b\n"),
        ("'title' : x # y", "x"), ("title:", ""), ("title: !!str yes", "yes"), ("title: {a: 1}", None),
        ("title: *x", None),
        ("title: [a, [b]]", None), ("x: {title: y}\n", None), ("# only a comment\n", None), ("", None),
    ],
)  # fmt: skip
def test_an_entry_is_read_in_any_form(text: str, said: str | None) -> None:
    anchored = f"first: &x {{}}\n{text}" if "*x" in text else text
    field = parse_fields(anchored, OWN).get("title")
    assert (field.value if field else None) == said


def test_lists_are_read_in_both_forms() -> None:
    assert parse_fields("authors: [a, 'b']", OWN)["authors"].value == ("a", "b")
    assert parse_fields("authors:\n- a\n- b\n# c\n\nx: 1", OWN)["authors"].value == ("a", "b")


def test_only_the_value_changes() -> None:
    text = (
        '# top\n"read" :   no   # mine\nauthors:\n  - a\n  - b # why\n\n# about x\nx:   [1,  2]\ntitle:\n'
        "last: |\n  title: no"
    )
    values = {"read": Plain("true"), "authors": ["c"], "title": "T: t", "new": "new"}
    assert update_fields(text, parse_fields(text, OWN), values, "\n") == (
        '# top\n"read" : true   # mine\nauthors:\n  - c # why\n\n# about x\nx:   [1,  2]\ntitle: "T: t"\n'
        "last: |\n  title: no\nnew: new\n"
    )


def test_a_value_in_lines_is_replaced_whole() -> None:
    for form in (
        ">\n  a\n  b\n",
        "|-\n  a\n\n  b\n\n",
        "a\n  b\n",
        '"a\n\n  b"\n',
        "{a: [b,\n c]}\n",
        "\n  - a:\n    - b\n",
    ):
        text = f"title: {form}# why\nx: 1\n"
        after = update_fields(text, parse_fields(text, OWN), {"title": "New"}, "\n")
        assert yaml.safe_load(after) == {"title": "New", "x": 1}
        assert after.endswith("# why\nx: 1\n")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: b\n\ttitle: x", 3, "tab"), ("a: [1", 3, "expected"),
        ("read: 1\nx: 2\nread: 3", 4, "`read` is there twice"),
        ("- a\n- b", 2, "name: value"), ("just words", 2, "name: value"), ("{title: x}", 2, "name: value"),
        ("? title\n: x", 2, "`?`"), ("a: \x00", 1, "doesn't allow"), ("a: b: c", 2, "mapping values"),
        ("x: " + "[" * 1_000, 2, "more than 50 deep"), ("x: y\n" * LIMIT, 1, "1024 KiB"), ("a: 1\n...\nb: 2", 4, ""),
    ],
)  # fmt: skip
def test_what_can_not_be_used_is_named_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(FrontMatterError) as raised:
        parse_fields(text, OWN)
    assert raised.value.line == line
    assert reason in raised.value.reason and raised.value.reason.isprintable()


@pytest.mark.parametrize("hostile", ["[" * 60_000, "{" * 60_000, "- " * 30_000, "? " * 30_000, "&a " * 20_000])
def test_hostile_front_matter_costs_little(hostile: str) -> None:
    start = time.process_time()
    with pytest.raises(FrontMatterError):
        parse_fields(f"x: {hostile}", OWN)
    assert time.process_time() - start < 1


def test_aliases_are_never_followed() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    assert parse_fields(bomb + "title: safe\n<<: *a\n", OWN)["title"].value == "safe"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_fields(text, OWN)
    except FrontMatterError as error:
        assert error.line >= 1
