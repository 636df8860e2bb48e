"""Whatever the screen says of keys holds after they were changed in config.toml."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import OptionList

from readlist.config import Config
from readlist.model.feed import Feed
from readlist.services.refresh import FeedStatus
from readlist.shelf import Shelf
from readlist.tui import commands, keymap
from readlist.tui.app import ReadlistApp
from readlist.tui.commands import BY_NAME, COMMANDS, Command
from readlist.tui.dialogs.command_palette import palette_offers
from readlist.tui.dialogs.dialog import Choice, Frame, Prompt, Question
from readlist.tui.dialogs.feed_list import FeedList
from readlist.tui.dialogs.help import help_text
from readlist.tui.keymap import KeyMap, spelled
from readlist.tui.render.signs import SIGNS
from tests.support.tui import SIZE, press, quiet, said, screen_text

TUI = Path(keymap.__file__).parent
NAMED = re.compile(r"\{keys?:(\w+)\}")
BARE = re.compile(
    # A key that does something: `u: undo`, `1 shows all papers`, `V there deletes it`, `press e to go on`.
    r"(?:(?<=^)|(?<=[ \n(]))(?:[A-Za-z0-9/?:~<>*!])(?= (?!papers)(?:[a-z]+s|there|to)\b)|(?<=[Pp]ress )[!-~](?= )"
    r"|(?:(?<=^)|(?<=[ \n(]))[A-Za-z0-9/?~<>*!](?=: [a-z])"
    # The key that copies a link, after it.
    r"|(?<=← )[a-z]\b"
    # A key with a name, wherever it is.
    r"|(?<![\w-])(?:Esc|Enter|Tab|Space|PgDn|PgUp|Home|End|F\d+|\^[A-Za-z])(?!\w)"
)
NO_KEYS = {
    "the paper, by arXiv id, DOI, address or key, also with id:; several are any of them",
    "[^a-z0-9]+",
    "also C# .NET node.js A* R^2: what they say; C alone is the word, in C++ and C# too",
}
"""Texts with what looks like a key, but isn't."""

LETTERS = [chr(code) for first, last in ((0x400, 0x45F), (0x3B1, 0x3C1)) for code in range(first, last)]
"""Keys that nothing has by default."""


def literals(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """Each text of a module that is no docstring, and whether it is a part of an f-string."""
    apart = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
            yield node.value, id(node) in parts


@pytest.mark.parametrize("path", sorted(TUI.rglob("*.py")), ids=lambda path: str(path.relative_to(TUI)))
def test_no_text_of_the_screen_names_a_key_but_by_its_command(path: Path) -> None:
    for text, in_f_string in literals(ast.parse(path.read_text(encoding="utf-8"))):
        if str(path) not in (commands.__file__, keymap.__file__):
            assert text in NO_KEYS or not BARE.search(NAMED.sub("…", text)), text
        names = NAMED.findall(text)
        assert set(names) <= set(BY_NAME), text
        # What is put into an f-string may come from outside, and would be read for keys as well.
        assert not (names and in_f_string), text


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_changed_key_is_in_the_help_and_the_palette(command: Command) -> None:
    keys = KeyMap({command.name: ["f24"]})
    (row,) = [
        row for row in help_text(keys, SIGNS, 200, columns=1).plain.split("\n") if row.endswith(f" {command.help}")
    ]
    assert row.split(" " * 2)[1] == "F24", row
    assert keys.text(f"{{key:{command.name}}} does it") == "F24 does it"
    offers = {name: shown for name, shown, *_ in palette_offers(keys, [])}
    assert offers.get(f"command:{command.name}", "F24") == "F24"


@pytest.fixture
def changed() -> KeyMap:
    """A key map in which every command has another key than by default, and no two the same."""
    # Fields keep the keys that can be typed.
    typed = {"search", "note", "prompt", "palette"}
    letters, others = iter(LETTERS), (f"alt+{letter}" for letter in string.ascii_lowercase)
    keys = {each.name: [next(others if each.contexts & typed else letters)] for each in COMMANDS}
    return KeyMap({**keys, "choice_number": LETTERS[-9:]})


@pytest.mark.slow
async def test_no_old_key_is_named_anywhere_when_all_are_changed(shelf: Shelf, tmp_path: Path, changed: KeyMap) -> None:
    settings = tmp_path / "config.toml"
    config = Config(feeds=(Feed("HF daily", "huggingface", "daily"),), refresh=None)
    app = ReadlistApp(shelf, config, changed, settings)
    seen: list[str] = []

    async with app.run_test(size=SIZE) as pilot:

        async def run(*names: str) -> None:
            """Press the keys of commands, or what isn't one, and keep what is shown then."""
            for name in names:
                await press(pilot, changed[name][0] if name in BY_NAME else name)
                seen.append(screen_text(app))

        await quiet(pilot)
        await run("view_starred", "view_notes", "view_5", "view_all", "select", "select", "star", "undo", "redo")
        await run("help", "help_page_down", "dialog_bottom", "help_close", "palette", "s", "prompt_leave")
        await run("feeds", "feeds_add", "prompt_leave", "feeds_remove", "feeds_undo", "dialog_leave")
        await run("sort", "dialog_down", "dialog_leave", "copy_menu", "dialog_leave", "add", "prompt_leave")
        await run(
            "import_page", "prompt_leave", "export", "dialog_accept", "prompt_leave", "mark_all_read", "question_no"
        )
        await run(
            "mark_all_read",
            "question_yes",
            "view_inbox",
            "save_view",
            "prompt_leave",
            "view_all",
            "note",
            "x",
            "back",
            "detail",
        )
        await run("back", "search", *"is:unrad", "complete_search", "accept_search", "save_view", "%", "dialog_accept")
        await run("save_view", "dialog_leave", "refresh", "copy_link", "back", "search", "q", "back", "back", "back")
        app.action_help_quit()
        # Textual itself has ^q, for where a letter would be typed.
        seen.append(said(app).replace("^q: quit", ""))
        assert app.fault is None
    signs = {spelled(key) for command in COMMANDS for key in command.keys}
    assert len(signs) > 50
    for text in seen:
        # The sign before the search, and the places of the mouse.
        text = re.sub(r"(?m)^ */ ", "", text)
        assert not (found := BARE.search(text)), (found, text[found.start() - 90 : found.end() + 90])
    everything = "\n".join(seen)
    for title in (
        "Help",
        "Commands",
        "Feeds",
        "Add a feed",
        "Sort by",
        "Add papers",
        "Import",
        "Export as BibTeX",
    ):
        assert re.search(rf" {title} (· \d+ )?─", everything), title
    assert " Copy from " in everything
    assert f"{changed['copy_link'][0]} {changed['open_paper'][0]} page" in everything, "beside the link they act on"
    for name in (
        "help",
        "search",
        "view_all",
        "save_view",
        "undo",
        "feeds_add",
        "dialog_leave",
        "dialog_accept",
        "back",
    ):
        assert re.search(rf"(?<!\w){re.escape(changed[name][0])}(?!\w)", everything), name


@pytest.mark.slow
async def test_the_dialogs_tell_and_obey_the_changed_keys(app: ReadlistApp, changed: KeyMap) -> None:
    def key(name: str) -> str:
        return changed[name][0]

    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        answers: list[object] = []
        app.push_screen(Question(changed, "Sure?"), answers.append)
        await quiet(pilot)
        assert f"{key('question_yes')}: yes · {key('question_no')}: no" in screen_text(app)
        await press(pilot, "y", "escape")
        assert not answers
        await press(pilot, key("question_yes"))
        first, second = changed["choice_number"][:2]
        app.push_screen(Choice(changed, "Which?", [("One", ""), ("Two", "")]), answers.append)
        await quiet(pilot)
        assert f"{first}-{second} or {key('dialog_accept')}: choose · {key('dialog_leave')}: cancel" in screen_text(app)
        assert f"{changed['choice_number'][1]}  Two" in screen_text(app)
        await press(pilot, "2", changed["choice_number"][1])
        app.push_screen(Prompt(changed, "Export as RIS", "File:", "export", path=True), answers.append)
        await quiet(pilot)
        hint = f"{key('prompt_complete')}: complete · {key('dialog_accept')}: export · {key('prompt_leave')}: cancel"
        assert hint in screen_text(app)
        await press(pilot, "z", key("dialog_accept"))
        feeds = FeedList(changed, lambda act, name: answers.append(f"{act} {name}"))
        app.push_screen(feeds, answers.append)
        feeds.rows = [
            FeedStatus("HF daily", None, 2, 1, state="now: nothing new"),
            FeedStatus("Lab", None, 2, 1, state="now: nothing new"),
        ]
        await quiet(pilot)
        assert f"{key('feeds_add')}: add" in screen_text(app)
        await press(
            pilot, key("dialog_down"), key("feeds_fetch"), key("feeds_remove"), key("dialog_up"), key("feeds_show")
        )
        assert answers == [True, 1, "z", "fetch Lab", "remove Lab", "HF daily"]


async def test_with_the_keys_taken_away_hints_say_nothing_of_them(app: ReadlistApp) -> None:
    keys = KeyMap({"choice_number": [], "dialog_accept": [], "feeds_undo": []})
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        choice = Choice(keys, "Which?", [("One", ""), ("Two", "")])
        app.push_screen(choice)
        await quiet(pilot)
        assert str(choice.query_one(Frame).border_subtitle) == "Esc: cancel"
        assert str(choice.query_one(OptionList).get_option_at_index(0).prompt) == " One"
