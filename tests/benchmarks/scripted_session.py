"""A session in which every command of the screen is used, at least once; and the home it is for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

ENTER, ESCAPE, TAB, UP, DOWN = "\r", "\x1b", "\t", "\x1b[A", "\x1b[B"
PAGE_UP, PAGE_DOWN, CLEAR = "\x1b[5~", "\x1b[6~", "\x15"


class Step(Struct, frozen=True):
    """A command of the session.

    Attributes:
        command: its name in the table.
        keys: what is pressed, one key or typed text after the other.
        sign: what is on the screen when it is done; empty where that is soon.
    """

    command: str
    keys: tuple[str, ...]
    sign: str = ""


def _step(command: str, *keys: str, sign: str = "") -> Step:
    return Step(command, keys, sign)


KEYLESS = {
    "invert_selection": "I", "show_removed": "W", "show_muted": "L", "mute_search": "N", "theme": "T", "settings": "C",
}  # fmt: skip
"""The keys of commands that have none."""


def config(feeds: int, source: str) -> str:
    """Return the settings: saved views, two of them watched, what is muted, and many feeds at an address."""
    keys = "\n".join(f'{name} = "{key}"' for name, key in KEYLESS.items())
    views = (
        ("Code", "has:code", False), ("Quantum", "quantum", True), ("Cafe", "cafe", False),
        ("Popular", "upvotes:>150", True), ("Half-read", "is:read -is:starred", False),
    )  # fmt: skip
    saved = "\n".join(
        f'[[views]]\nname = "{name}"\nquery = "{query}"\nwatch = {str(watch).lower()}' for name, query, watch in views
    )
    followed = ", ".join(f'"{source}/{number}.xml"' for number in range(feeds))
    return (
        f'feeds = [{followed}]\nrefresh = "never"\nmute = ["bona", "quantum vipi"]\neditor = "true"\n\n'
        f"[keys]\n{keys}\n\n{saved}\n"
    )


def session(folder: Path, *, removes_feed: str = "HF daily") -> Sequence[Step]:
    """Return every command but one, `copy_lost`, which answers the same question as another.

    Args:
        folder: where files are: `papers.bib` to import; exports go there.
        removes_feed: the feed whose papers are removed, and come back.
    """
    return (
        *_MOVING,
        *_DECIDING,
        *_SELECTING,
        *_copying(folder),
        *_SEARCHING,
        *_VIEWS,
        *_transferring(folder),
        *_FEEDS,
        *_DIALOGS,
        _step("quit", "q"),
    )


_MOVING = (
    _step("down", *"jjjjjj"),
    _step("up", *"kkk"),
    _step("bottom", "G"),
    _step("top", "g"),
    _step("half_page_down", "\x04", "\x04"),
    _step("half_page_up", *CLEAR),
    _step("page_down", PAGE_DOWN, PAGE_DOWN),
    _step("page_up", PAGE_UP),
    _step("next_unread", *"nn"),
    _step("previous_unread", "p"),
    _step("count", *"0500j"),
    _step("detail", ENTER),
    _step("detail_page_down", " "),
    _step("detail_page_up", "b"),
    _step("detail_back", "h"),
    _step("scroll_down", "J"),
    _step("scroll_up", "K"),
)
_DECIDING = (
    _step("done", *"xx"),
    _step("star", *"ss"),
    _step("read", "r"),
    _step("undo", *"uu"),
    _step("redo", "U"),
    _step("note", "e", "worth a second look #cited"),
    _step("back", ESCAPE),
    _step("edit_note", "E"),
    _step("tag", "t", "to", "do"),
    _step("dialog_accept", ENTER),
    _step("tag", "t", "c"),
    _step("prompt_complete", TAB),
    _step("prompt_leave", ESCAPE),
    _step("remove", "D"),
    _step("undo", "u"),
    _step("show_removed", "W"),
    _step("back", ESCAPE, ESCAPE),
)
_SELECTING = (
    _step("view_all", "2"),
    _step("select", "g", " ", " "),
    _step("select_range", "v", *"jjjj", "v"),
    _step("star", "s"),
    _step("undo", "u"),
    _step("back", ESCAPE),
    _step("select_all", "*"),
    _step("star", "s", sign="Star"),
    _step("question_no", "n"),
    _step("read", "r", sign="papers"),
    _step("question_no", "n"),
    _step("copy_link", "y"),
    _step("copy_menu", "Y"),
    _step("tag", "t"),
    _step("export", "X"),
    _step("dialog_leave", ESCAPE),
    _step("invert_selection", "I"),
    _step("select_range", "v", *"0600j", "v"),
    _step("remove", "D", sign="Removed "),
    _step("undo", "u", sign="Undone"),
    _step("select_range", "v", *"0900j", "v"),
    _step("copy_menu", "Y"),
    _step("dialog_leave", ESCAPE),
    _step("tag", "t", "bulk"),
    _step("dialog_accept", ENTER, sign="papers #bulk?"),
    _step("question_yes", "y", sign="Tagged"),
    _step("undo", "u", sign="Undone"),
    _step("back", ESCAPE, ESCAPE),
    _step("mark_all_read", "g", "A", sign="Mark"),
    _step("choice_number", "2", sign="No unread papers left"),
    _step("undo", "u", sign="Undone"),
    _step("view_inbox", "1"),
)


def _copying(folder: Path) -> Sequence[Step]:
    return (
        _step("copy_link", "y", sign="arrive"),
        _step("copy_arrived", "y"),
        _step("copy_menu", "Y"),
        _step("dialog_down", *"jj"),
        _step("dialog_up", "k"),
        _step("dialog_accept", ENTER),
        _step("open_paper", "o"),
        _step("open_pdf", "P"),
        _step("open_repo", "O"),
        _step("open_menu", "M"),
        _step("dialog_leave", ESCAPE),
        _step("export", "X"),
        _step("choice_number", "1"),
        _step("prompt_complete", TAB),
        _step("prompt_leave", ESCAPE),
    )


_SEARCHING = (
    _step("search", "/", *"quantum"),
    _step("search_down", DOWN),
    _step("search_up", UP),
    _step("page_down", PAGE_DOWN),
    _step("accept_search", ENTER),
    _step("back", ESCAPE),
    _step("search", "/", *"auth"),
    _step("complete_search", TAB),
    _step("back", ESCAPE),
    _step("search", "/", *"tag:c"),
    _step("complete_search", TAB),
    _step("accept_search", ENTER),
    _step("back", ESCAPE),
    _step("search", "/", *"quantim fusetion"),
    _step("back", ESCAPE),
)
_VIEWS = (
    _step("view_all", "2"),
    _step("view_starred", "3"),
    _step("view_notes", "4"),
    *(_step(f"view_{key}", str(key)) for key in range(5, 10)),
    _step("view_inbox", "1"),
    _step("view_all", "2"),
    *(step for number in "23456123" for step in (_step("sort", "S"), _step("choice_number", number))),
    _step("sort", "S"),
    _step("choice_number", "1"),
    _step("bottom", "G"),
    _step("view_inbox", "1"),
    _step("bottom", "G"),
    _step("show_muted", "L"),
    _step("back", ESCAPE),
    _step("view_inbox", "1"),
    _step("search", "/", "lika", ENTER),
    _step("mute_search", "N", sign="Muted"),
    _step("undo", "u"),
    _step("search", "/", "rakus", ENTER),
    _step("save_view", "V", "Rakus", ENTER),
    _step("back", ESCAPE),
    _step("view_9", "9"),
    _step("save_view", "V"),
    _step("dialog_leave", ESCAPE),
    _step("view_inbox", "1"),
)


def _transferring(folder: Path) -> Sequence[Step]:
    return (
        _step("refresh", "R", sign="feeds failed"),
        _step("add", "a", "2601.00001", ENTER, sign="dded"),
        _step("undo", "u", sign="ndone"),
        _step("import_page", "i", str(folder / "papers.bib"), ENTER, sign="Imported"),
        _step("undo", "u", sign="Undone"),
    )


_FEEDS = (
    _step("feeds", "F"),
    _step("dialog_bottom", "G"),
    _step("dialog_top", "g"),
    _step("dialog_down", *"jjj"),
    _step("feeds_fetch", "R"),
    _step("feeds_remove", "d", sign="Removed feed"),
    _step("feeds_undo", "u", sign="Restored"),
    _step("feeds_add", "a"),
    _step("prompt_leave", ESCAPE),
    _step("dialog_bottom", "G"),
    _step("feeds_remove_papers", "D", sign="Removed"),
    _step("feeds_undo", "u", sign="Restored"),
    _step("feeds_close", "F"),
    _step("feeds", "F"),
    _step("feeds_show", ENTER),
    _step("back", ESCAPE),
    _step("view_inbox", "1"),
)
_DIALOGS = (
    _step("help", "?"),
    _step("dialog_down", *"jj"),
    _step("dialog_up", "k"),
    _step("dialog_bottom", "G"),
    _step("dialog_top", "g"),
    _step("help_page_down", " "),
    _step("help_page_up", "\x15"),
    _step("help_next", *"llllllllllllll"),
    _step("help_previous", "h"),
    _step("help_filter", "/", *"mark"),
    _step("dialog_leave", ESCAPE),
    _step("help_close", "?"),
    _step("messages", "!"),
    _step("messages_close", "!"),
    _step("palette", ":"),
    _step("palette_down", DOWN),
    _step("palette_up", UP),
    _step("palette", *"th"),
    _step("prompt_leave", ESCAPE),
    _step("theme", "T"),
    _step("dialog_down", *"jjjj"),
    _step("dialog_accept", ENTER),
    _step("theme", "T"),
    _step("dialog_up", *"kkkk"),
    _step("dialog_leave", ESCAPE),
    _step("settings", "C"),
    _step("dialog_leave", ESCAPE),
    _step("layout", *"zzzz"),
    _step("border_back", "<"),
    _step("border_on", ">"),
    _step("suspend", "\x1a"),
)
LOST = (_step("copy_link", "y", sign="arrive"), _step("copy_lost", "n"), _step("quit", "q"))
"""A second session: the question whether a copy arrived is put once, and has two answers."""
