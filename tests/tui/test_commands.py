"""One table of commands: keys, footer, palette, help and README follow from it."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from readlist.tui.commands import BY_NAME, COMMANDS, GROUPS, Command, footer, keymap, markdown_table, spelled


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_a_method_of_its_controller_that_has_its_name(command: Command) -> None:
    controller, _, method = command.run.partition(".")
    module = importlib.import_module(f"readlist.tui.controllers.{controller}")
    assert method == command.name
    assert callable(getattr(getattr(module, controller.capitalize()), method))
    assert command.group in GROUPS
    assert command.help.endswith(".")


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


def test_the_readme_names_every_command_whose_keys_can_be_set() -> None:
    readme = Path(__file__).parents[2].joinpath("README.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^Names for `\[keys\]`: (.*)$", readme, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", line)) == set(BY_NAME)


def test_keys_can_be_changed() -> None:
    assert keymap({"star": ("f",)})["star"] == ("f",)
    assert keymap({"star": ()})["star"] == ()


def test_no_two_commands_that_meet_share_a_key() -> None:
    for place, first in enumerate(COMMANDS):
        for second in COMMANDS[place + 1 :]:
            if first.contexts & second.contexts:
                assert not set(first.keys) & set(second.keys), (first.name, second.name)


def test_the_footer_begins_with_what_a_newcomer_needs() -> None:
    assert [command.name for command in footer("list")][:3] == ["help", "quit", "done"]
    assert [command.name for command in footer("note")] == ["back"]


def test_keys_are_spelled_as_people_write_them() -> None:
    assert [spelled(key) for key in ("slash", "ctrl+d", "escape", "J", "f5")] == ["/", "^d", "Esc", "J", "F5"]


def test_the_readme_holds_the_table() -> None:
    readme = Path(__file__).parents[2] / "README.md"
    assert markdown_table() in readme.read_text(encoding="utf-8")
