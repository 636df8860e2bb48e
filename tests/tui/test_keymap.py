"""Keys are spelled as Textual spells them, and a slip is answered with the key that was meant."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import Keys, _character_to_key

from readlist.config import Action, ConfigError, load
from readlist.tui.commands import BY_NAME, COMMANDS, PANES
from readlist.tui.keymap import KeyMap, key_name


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


def test_several_keys_in_one_string_are_an_error_that_asks_for_a_list() -> None:
    with pytest.raises(ValueError, match="several keys are a list"):
        key_name("s,f5")
    assert key_name(",") == "comma"


def test_an_empty_key_is_an_error_that_says_how_to_remove_keys() -> None:
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


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def refusal(settings: Path, text: str) -> str:
    """Return what is said of the keys in a file after its name, having seen that it is one line."""
    settings.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        KeyMap(load(settings).keys, settings)
    said = str(caught.value)
    assert said.startswith(str(settings))
    assert said.isprintable()
    return said.removeprefix(str(settings))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[keys]\nstr = "f5"', ", line 2: unknown command `str`; did you mean `star`?"),
        ('[keys]\nsearch-down = "f5"', ", line 2: unknown command `search-down`; did you mean `search_down`?"),
        ('[keys]\nstar = "C-d"', ", line 2: `keys.star`: unknown key `C-d`; did you mean `ctrl+d`?"),
        (
            '[keys]\nstar = "f6"\nread = ["f7", "f6"]',
            ", line 3: two commands have the key `f6`, `star` and `read`; change one of them",
        ),
        (
            '[keys]\nhelp = "?"\nstar = "?"',
            ", line 3: two commands have the key `question_mark`, `help` and `star`; change one of them",
        ),
    ],
)
def test_a_wrong_key_binding_is_named(settings: Path, text: str, said: str) -> None:
    assert refusal(settings, text) == said


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('theme = "x"\n[keys]\n\nstar = "?!"', 4),
        ('keys.star = "?!"', 1),
        ('\nkeys = { read = "r", star = "?!" }', 2),
        ("[keys]\n'star' = [\n\"?!\"]", 2),
        ('[ keys ]\n"star"="?!"', 2),
    ],
)
def test_the_line_is_found_however_the_table_is_written(settings: Path, text: str, line: int) -> None:
    assert refusal(settings, text).startswith(f", line {line}: `keys.star`")


def test_keys_may_be_exchanged_and_shared_where_they_never_meet(settings: Path) -> None:
    settings.write_text('[keys]\nstar = "r"\nread = "s"\ndown = "ctrl+n"\nsearch_down = "ctrl+n"')
    keys = load(settings).keys
    assert (keys["star"], keys["read"]) == (("r",), ("s",))
    assert keys["down"] == keys["search_down"] == ("ctrl+n",)


def test_two_commands_of_one_dialog_never_share_a_key(settings: Path) -> None:
    both = "two commands have the key `a`, `feeds_add` and `feeds_remove`; change one of them"
    assert refusal(settings, '[keys]\nfeeds_add = "a"\nfeeds_remove = "a"') == f", line 3: {both}"
    assert KeyMap({"feeds_remove": ["y"]})["feeds_remove"] == ("y",), "the key of a command it never meets"


@pytest.mark.parametrize(
    "key", sorted({key for command in COMMANDS if command.contexts & PANES for key in command.keys})
)
def test_a_key_the_user_chose_is_no_other_command_s_in_list_and_detail(key: str) -> None:
    for keys, mine in (
        (KeyMap({"star": [key]}), "star"),
        (KeyMap(actions=[Action("Mine", key, ("true",))]), "action_1"),
        (KeyMap({"sort": []}, actions=[Action("Mine", key, ("true",))]), "action_1"),
    ):
        for context in PANES:
            found = [command.name for pressed, command in keys.bound({context}) if pressed == key]
            assert found == [mine]
        shown = [command.name for command in keys.commands if command.contexts & PANES and key in keys[command.name]]
        assert shown == [mine]
        given_up = [name for name in BY_NAME if keys[name] != BY_NAME[name].keys and name not in ("star", "sort")]
        assert all(keys[name] == tuple(k for k in BY_NAME[name].keys if k != key) for name in given_up)


def test_a_command_that_gave_its_only_key_away_is_in_the_palette_and_in_no_footer() -> None:
    keys = KeyMap({"star": ["z"], "read": ["b"]})
    assert keys["layout"] == () and keys["detail_page_up"] == ("shift+space",)
    assert keys.text("{key:layout}: next layout") == "`:` Layout: next layout"
    assert keys.hint("{key:layout}: next layout") == ""
    assert keys.keys_in("help", BY_NAME["help_page_down"]) == BY_NAME["help_page_down"].keys


def test_a_key_given_away_in_the_list_still_works_where_it_is_free() -> None:
    keys = KeyMap({"star": ["escape"], "feeds_add": ["j"]})
    assert [keys.keys_in(context, BY_NAME["back"]) for context in ("list", "detail", "note")] == [[], [], ["escape"]]
    assert keys.keys_in("feeds", BY_NAME["dialog_down"]) == ["down"]
    assert keys.keys_in("help", BY_NAME["dialog_down"]) == ("j", "down")


def test_two_keys_of_the_user_s_that_meet_are_refused(settings: Path) -> None:
    action = '[[actions]]\nname = "Mine"\nkey = "b"\ncommand = "true"\n'
    settings.write_text(f'{action}[keys]\nstar = "b"')
    config = load(settings)
    with pytest.raises(
        ConfigError, match=r"line 3: the action `Mine` can't have the key `b`, which `star` \(Star\) has"
    ):
        KeyMap(config.keys, settings, config.actions)
    settings.write_text(action + action.replace("Mine", "Yours"))
    with pytest.raises(ConfigError, match=r"line 7: the action `Yours` can't have .*, which the action `Mine` has"):
        KeyMap({}, settings, load(settings).actions)


def test_a_name_with_dots_and_signs_is_found_in_the_file(settings: Path) -> None:
    assert refusal(settings, '[keys]\nstar = "f5"\n"a.\\u001b" = "f6"').startswith(", line ")


def test_a_message_names_keys_as_people_write_them() -> None:
    keys = KeyMap({"undo": ["ctrl+z", "f9"], "suspend": []})
    assert (
        keys.text("{key:undo} undoes it, {keys:undo} too; {key:search} searches.")
        == "^z undoes it, ^z or F9 too; / searches."
    )


def test_a_message_names_the_palette_where_a_command_has_no_key() -> None:
    assert KeyMap({"undo": []}).text("{key:undo} undoes it.") == "`:` Undo undoes it."
    assert KeyMap({"undo": [], "palette": []}).text("{key:undo} undoes it.") == "Undo undoes it."


def test_a_hint_leaves_out_what_has_no_key() -> None:
    assert KeyMap({"feeds_add": []}).hint("{key:feeds_add}: add", "{key:dialog_leave}: close") == "Esc: close"


@given(st.text() | st.sampled_from(["{key:undo}", "{name}", "{key:none}", "{}", "{0}", "{", "{keys:undo}"]))
def test_what_is_put_into_a_message_is_shown_as_it_is(outside: str) -> None:
    assert KeyMap().text("{name}: {key:undo} {more}", name=outside) == f"{outside}: u {{more}}"


def test_in_a_text_field_a_letter_is_typed_and_its_command_keeps_a_default_key() -> None:
    keys = KeyMap({"back": ["w", "f9"], "prompt_leave": ["q"], "page_down": ["d"], "accept_search": ["ctrl+f"]})
    assert keys.keys_in("list", BY_NAME["back"]) == ("w", "f9")
    assert keys.keys_in("note", BY_NAME["back"]) == ["f9"]
    assert keys.keys_in("prompt", BY_NAME["prompt_leave"]) == ["escape"]
    assert keys.keys_in("search", BY_NAME["page_down"]) == ["pagedown"], "ctrl+f has another command there"
    assert KeyMap({"back": []}).keys_in("note", BY_NAME["back"]) == []


def test_suspend_is_kept_from_the_keys_of_dialogs(settings: Path) -> None:
    both = "two commands have the key `ctrl+n`, `palette_down` and `suspend`; change one of them"
    assert refusal(settings, '[keys]\npalette_down = "ctrl+n"\nsuspend = "ctrl+n"') == f", line 3: {both}"
    keys = KeyMap({"suspend": ["ctrl+n", "enter"]})
    assert keys.keys_in("palette", BY_NAME["suspend"]) == ["ctrl+z"], "the dialog's keys stay with it"
    assert keys.keys_in("palette", BY_NAME["palette_down"]) == ["down", "ctrl+n"]
    assert keys.keys_in("search", BY_NAME["accept_search"]) == [], "no dialog"
    keys = KeyMap({"suspend": ["d"]})
    assert keys.keys_in("list", BY_NAME["suspend"]) == ("d",)
    assert keys.keys_in("feeds", BY_NAME["suspend"]) == ["ctrl+z"], "a letter stays with the dialog"
