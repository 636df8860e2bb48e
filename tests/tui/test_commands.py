"""One table of commands: keys, footer, palette, help and manual follow from it."""

from __future__ import annotations

import importlib
import inspect
import string
from typing import get_args

import pytest

from readlist.exports.formats import FORMATS
from readlist.services.exporter import REFERENCES
from readlist.tui.commands import BY_NAME, COMMANDS, GROUPS, READING, Command, Context, Fact, footer
from readlist.tui.dialogs.command_palette import Palette
from readlist.tui.dialogs.dialog import Choice, Dialog, Prompt, Question
from readlist.tui.dialogs.feed_list import FeedList
from readlist.tui.dialogs.help import Help
from readlist.tui.dialogs.match_table import MatchTable
from readlist.tui.dialogs.message_list import MessageList
from readlist.tui.dialogs.theme_picker import ThemePicker
from readlist.tui.keymap import KeyMap, key_name, spelled

DIALOGS = (Question, Choice, Prompt, Palette, ThemePicker, FeedList, Help, MessageList, MatchTable)


def test_the_help_of_copying_and_exporting_names_the_formats() -> None:
    assert all(FORMATS[form].title in BY_NAME["copy_menu"].help for form in REFERENCES)
    assert all(form.title.split(",")[0] in BY_NAME["export"].help for form in FORMATS.values() if form.suffix != "txt")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_carried_out_by_its_controller_or_by_each_dialog_it_applies_in(command: Command) -> None:
    assert command.group in GROUPS
    assert command.help.endswith(".")
    part, _, method = command.run.partition(".")
    if command.contexts & READING:
        controller = getattr(importlib.import_module(f"readlist.tui.controllers.{part}"), part.capitalize())
        inspect.signature(getattr(controller, method)).bind(None, *command.args)
    assert part and (part == "dialog") is not bool(command.contexts & READING)
    for dialog in DIALOGS:
        if dialog.context in command.contexts:
            inspect.signature(getattr(dialog, method)).bind(None, *command.args)


def test_every_context_but_those_of_the_reading_screen_is_a_dialog() -> None:
    assert {dialog.context for dialog in DIALOGS} == set(get_args(Context)) - READING


def test_no_dialog_has_keys_beside_the_table() -> None:
    for dialog in (Dialog, *DIALOGS):
        assert "BINDINGS" not in vars(dialog), dialog


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len(COMMANDS)


def test_the_agreed_keys_do_what_was_agreed() -> None:
    keys = {key: command.name for command in COMMANDS if "list" in command.contexts for key in command.keys}
    agreed = {
        "j": "down", "k": "up", "down": "down", "up": "up", "g": "top", "G": "bottom", "home": "top", "end": "bottom",
        "ctrl+d": "half_page_down", "ctrl+u": "half_page_up", "pagedown": "page_down", "pageup": "page_up",
        "n": "next_unread", "p": "previous_unread", "enter": "detail", "tab": "detail", "escape": "back",
        "J": "scroll_down", "K": "scroll_up", "r": "read", "s": "star", "x": "done", "e": "note", "E": "edit_note",
        "y": "copy_link", "Y": "copy_menu", "o": "open_paper", "O": "open_repo", "u": "undo", "U": "redo",
        "space": "select", "A": "mark_all_read", "slash": "search", "1": "view_inbox", "2": "view_all",
        "3": "view_starred", "4": "view_notes", "S": "sort", "question_mark": "help", "colon": "palette",
        "ctrl+p": "palette", "q": "quit", "i": "import_page", "R": "refresh", "a": "add", "F": "feeds",
    }  # fmt: skip
    assert {key: keys.get(key) for key in agreed} == agreed


def test_keys_can_be_changed() -> None:
    assert KeyMap({"star": ("f",)})["star"] == ("f",)
    assert KeyMap({"star": ()})["star"] == ()


def test_no_two_commands_that_meet_share_a_key() -> None:
    for place, first in enumerate(COMMANDS):
        for second in COMMANDS[place + 1 :]:
            if first.contexts & second.contexts:
                assert not set(first.keys) & set(second.keys), (first.name, second.name)


def words(context: Context, *facts: Fact) -> dict[str, str]:
    """The footer's words by command."""
    return {each.command: each.word for each in footer(context, facts)}


def test_the_footer_begins_with_what_a_newcomer_needs_and_ends_with_help() -> None:
    assert list(words("list"))[:3] == ["done", "star", "read"]
    assert list(words("list"))[-1] == "help" and "quit" not in words("list")
    assert words("note") == {"back": "save and close"}
    assert next(iter(words("detail"))) == "back"


def test_the_footer_says_what_a_key_would_do_now() -> None:
    assert (words("list")["star"], words("list", "starred")["star"]) == ("star", "unstar")
    assert (words("list")["read"], words("list", "read")["read"]) == ("read", "unread")
    assert (words("list")["done"], words("list", "read")["done"]) == ("done", "next")
    assert words("list", "repo link")["copy_link"] == "copy repo"
    assert words("list", "project page")["copy_link"] == "copy page"
    assert words("list", "short", "repo link")["copy_link"] == "copy"
    assert not {"copy_link", "open_paper"} & set(words("list", "no link"))
    assert "back" not in words("list") and words("list", "searching")["back"] == "end search"
    nothing = words("list", "empty")
    assert not {"done", "star", "read", "note", "select", "copy_link", "open_paper"} & set(nothing)
    assert {"search", "refresh", "help"} <= set(nothing)


def test_the_footer_of_a_selection_has_only_what_acts_on_it() -> None:
    selected = words("list", "selected", "starred", "read")
    assert selected["done"] == "done" and selected["star"] == "star" and selected["back"] == "clear"
    assert selected["copy_link"] == "copy {repos}"
    assert not {"note", "open_paper", "search", "layout", "undo"} & set(selected)


def test_keys_are_spelled_as_people_write_them() -> None:
    assert [spelled(key) for key in ("slash", "ctrl+d", "escape", "J", "f5")] == ["/", "^d", "Esc", "J", "F5"]
    assert [spelled(key) for key in ("asterisk", "exclamation_mark", "alt+x", "menu")] == ["*", "!", "alt+x", "menu"]


@pytest.mark.parametrize("character", string.punctuation)
def test_a_sign_is_spelled_as_itself(character: str) -> None:
    assert spelled(key_name(character)) == character
