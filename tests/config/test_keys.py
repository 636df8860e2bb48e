"""Keys are spelled as Textual spells them, and a slip is answered with the key that was meant."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import Keys, _character_to_key

from readlist.config import key_name


@pytest.mark.parametrize("character", string.ascii_letters + string.digits + string.punctuation + "éλ€«")
def test_a_character_is_named_as_textual_names_it(character: str) -> None:
    assert key_name(character) == _character_to_key(character)


@pytest.mark.parametrize("character", string.printable[:95])
def test_a_name_is_taken_for_its_character(character: str) -> None:
    assert key_name(key_name(character)) == key_name(character)


def test_keys_that_textual_reports_are_taken_as_they_are() -> None:
    reported = {key.value for keys in ANSI_SEQUENCES_KEYS.values() if isinstance(keys, tuple) for key in keys}
    for key in reported - {Keys.ScrollUp.value, Keys.ScrollDown.value, Keys.ControlAt.value}:
        assert key_name(key) == key


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("ctrl+d", "ctrl+d"),
        ("ctrl+/", "ctrl+slash"),
        ("ctrl++", "ctrl+plus"),
        ("shift+ctrl+up", "ctrl+shift+up"),
        ("super+alt+x", "alt+super+x"),
        ("shift+tab", "shift+tab"),
        ("shift+space", "shift+space"),
    ],
)
def test_modifiers_may_stand_in_any_order(spelled: str, name: str) -> None:
    assert key_name(spelled) == name


@pytest.mark.parametrize(
    ("spelled", "meant"),
    [
        ("esc", "escape"),
        ("<esc>", "escape"),
        ("Return", "enter"),
        ("pgdn", "pagedown"),
        ("page_up", "pageup"),
        ("F5", "f5"),
        ("spcae", "space"),
        ("question-mark", "question_mark"),
        ("^d", "ctrl+d"),
        ("C-d", "ctrl+d"),
        ("Ctrl+D", "ctrl+d"),
        ("control-d", "ctrl+d"),
        ("ctrl+D", "ctrl+d"),
        ("M-x", "alt+x"),
        ("cmd+shift+x", "shift+super+x"),
        ("crtl+x", "ctrl+x"),
        ("shift+s", "S"),
    ],
)
def test_a_wrong_key_is_answered_with_the_nearest(spelled: str, meant: str) -> None:
    with pytest.raises(ValueError, match="unknown key") as caught:
        key_name(spelled)
    assert str(caught.value) == f"unknown key `{spelled}`; did you mean `{meant}`?"
    assert key_name(meant) == meant


@pytest.mark.parametrize("spelled", ["rr", "ctrl+ctrl+d", "shift+slash", "\x1b", "ctrl+", "+a", "hello+x"])
def test_what_is_no_key_is_refused(spelled: str) -> None:
    with pytest.raises(ValueError, match="unknown key"):
        key_name(spelled)


def test_several_keys_in_one_string_are_told_to_be_a_list() -> None:
    with pytest.raises(ValueError, match="several keys are a list"):
        key_name("s,f5")
    assert key_name(",") == "comma"


def test_an_empty_key_is_told_how_to_take_keys_away() -> None:
    with pytest.raises(ValueError, match=r"`\[\]`"):
        key_name("")


@given(
    st.text(max_size=30)
    | st.lists(st.sampled_from(["ctrl", "shift", "a", "S", "f5", "?", "+", "-", "^"])).map("+".join)
)
def test_any_text_is_a_key_or_refused_in_one_printable_line(spelled: str) -> None:
    try:
        name = key_name(spelled)
    except ValueError as error:
        assert str(error).isprintable()
        if "did you mean `" in str(error):
            meant = str(error).rpartition("did you mean `")[2].removesuffix("`?")
            assert key_name(meant)
    else:
        assert name.isprintable()
        assert not spelled.isascii() or key_name(name) == name
