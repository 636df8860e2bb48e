"""A file of notes in its parts: what is the note, what is the user's, and what can't be used."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from readlist.notes.note_file import END, NotANote, NoteError, parse_note, time_in

HEAD = '---\nkey: arxiv:2401.00001\nread: {read}\nexported: "2026-11-21T10:00:00Z read=- starred=- note=-"\n---\n'


def note(body: str) -> str:
    return parse_note(HEAD.format(read="false") + body).note


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f"{END}\n", ""), (f"\n{END}\n", ""), (f"\n\n{END}", ""), (f"text\n{END}", "text"), (f"\ntext\n{END}", "text"),
        (f"\ntext\n\n{END}", "text"), (f"\na\n\n{END}\nb\n{END}", "a"), (f"\n\\{END}\n\n{END}", END),
        (f"\ntext {END}\n\n{END}", f"text {END}"), ("\ntext\n\n<!-- readlist: in other words -->\nx", "text"),
        (f"\n---\nkey: x\n---\n\n{END}", "---\nkey: x\n---"),
    ],
)  # fmt: skip
def test_the_note_is_what_is_above_the_line(body: str, said: str) -> None:
    assert note(body) == said


def test_a_file_made_by_hand_is_all_note() -> None:
    file = parse_note("\ufeff---\nkey: doi:10.1/x\n---\nMy *own*\n\n## Section\n")
    assert (file.key, file.note, file.base) == ("doi:10.1/x", "My *own*\n\n## Section", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("true", True), ("Yes", True), ("on", True), ("false", False), ("NO", False), ("~", False), ("", False),
        ("2026-11-21T12:00:00+02:00", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("'2026-11-21 10:00'", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_flags_are_read_as_people_write_them(text: str, said: object) -> None:
    assert parse_note(HEAD.format(read=text) + END).flag("read") == said


@pytest.mark.parametrize("text", ["soon", "[true]", "2026-13-01", "9999-01-01", "12"])
def test_a_flag_without_sense_is_named_with_its_line(text: str) -> None:
    with pytest.raises(NoteError, match=r"line 3: `read.* is not true, false or a time"):
        parse_note(HEAD.format(read=text) + END)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no front matter"), ("# Title\n---\nkey: arxiv:1\n---\n", "no front matter"),
        ("---\ntitle: x\n", "without an end"),
        ("---\ntitle: x\n---\n", "without a paper's `key`"), ("---\nkey: smith2020\n---\n", "without a paper's `key`"),
        ("---\n\tx\n---\n", "line 2: invalid YAML front matter"),
    ],
)  # fmt: skip
def test_other_markdown_is_distinguished_from_notes(text: str, reason: str) -> None:
    with pytest.raises(NotANote, match=reason):
        parse_note(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEAD.format(read="no")[:-4], "`---` at the end of the front matter is missing"),
        (HEAD.format(read="no") + "\nhalf a no", "at the end of the note is missing .is the file cut off"),
        (HEAD.format(read="no").replace("key: arxiv:2401.00001", "x: y"), "lacks the paper's `key`"),
        (HEAD.format(read="\tno: x: y"), "line 3: invalid YAML front matter"),
        (HEAD.format(read="no\nread: yes"), "line 4: .*`read` is there twice"),
    ],
)
def test_a_note_that_can_not_be_used_is_named(text: str, reason: str) -> None:
    with pytest.raises(NoteError, match=reason):
        parse_note(text)


def test_every_cut_of_a_file_is_noticed() -> None:
    text = f"{HEAD.format(read='false')}\nA note.\n\n{END}\n"
    whole = parse_note(text)
    for size in range(len(text) - len(END) - 1):
        with pytest.raises((NotANote, NoteError)):
            parse_note(text[:size])
    assert whole.note == "A note." and whole.text == text


def test_times_beyond_the_calendar_are_none() -> None:
    assert time_in("9999-12-31T23:59:59-12:00") is None
    assert time_in("0001-01-01T00:00:00+12:00") is None
