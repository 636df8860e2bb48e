"""The table of commands: action, keys, title, help, footer. Bindings, palette, help and README follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from readlist.model.view import ALL, INBOX, NOTES, SORTS, STARRED

Context = Literal["list", "detail", "search", "note", "question", "choice", "prompt", "palette", "feeds", "help"]

_PANES: frozenset[Context] = frozenset({"list", "detail"})
_LIST: frozenset[Context] = frozenset({"list"})
_MOVING: frozenset[Context] = frozenset({"list", "detail", "search"})
READING: frozenset[Context] = frozenset({"list", "detail", "search", "note"})
"""The contexts of the reading screen; each other one is a dialog."""

_LISTS: frozenset[Context] = frozenset({"choice", "feeds", "help"})
_LONG_LISTS: frozenset[Context] = frozenset({"feeds", "help"})
_FEEDS: frozenset[Context] = frozenset({"feeds"})
_HELP: frozenset[Context] = frozenset({"help"})
_QUESTION: frozenset[Context] = frozenset({"question"})

TO_THE_END = 1_000_000
"""More lines than there are anywhere."""

GROUPS = (
    "Decide", "Find", "Feeds", "Copy and open", "Move", "readlist", "In dialogs", "In the list of feeds", "In the help",
)  # fmt: skip


class Command(Struct, frozen=True):
    """One thing the user can do.

    Attributes:
        name: what it is called in config.toml's `[keys]`.
        keys: keys as Textual spells them.
        title: what the palette calls it.
        help: one sentence for the help screen and the README.
        group: heading in the help screen, one of GROUPS.
        footer: its word in the footer, empty for none.
        contexts: where it applies.
        rank: place in the footer; the lowest are kept when there is little room.
        run: the controller that carries it out and its method: `marks.star`; for a dialog's command `dialog` and the
            method of each dialog in whose context it applies.
        args: what the method is given.
    """

    name: str
    keys: tuple[str, ...]
    title: str
    help: str
    group: str
    footer: str = ""
    contexts: frozenset[Context] = _PANES
    rank: int = 50
    run: str = ""
    args: tuple[int | str, ...] = ()


COMMANDS: tuple[Command, ...] = (
    Command("down", ("j", "down"), "Next paper", "Go to the next paper; in the detail, scroll down.", "Move",
            contexts=_PANES, run="browse.move", args=(1,)),
    Command("up", ("k", "up"), "Previous paper", "Go to the previous paper; in the detail, scroll up.", "Move",
            contexts=_PANES, run="browse.move", args=(-1,)),
    Command("search_down", ("down",), "Next paper found", "While searching, go to the next paper found.", "Move",
            contexts=frozenset({"search"}), run="search.search_down"),
    Command("search_up", ("up",), "Previous paper found",
            "While searching, go to the previous paper found; from the first one, to earlier searches.", "Move",
            contexts=frozenset({"search"}), run="search.search_up"),
    Command("top", ("g", "home"), "First paper", "Go to the first paper; in the detail, to its top.", "Move",
            run="browse.move", args=(-TO_THE_END,)),
    Command("bottom", ("G", "end"), "Last paper", "Go to the last paper; in the detail, to its end.", "Move",
            run="browse.bottom"),
    Command("half_page_down", ("ctrl+d",), "Half a page down", "Move half a page down.", "Move",
            run="browse.half_page", args=(1,)),
    Command("half_page_up", ("ctrl+u",), "Half a page up", "Move half a page up.", "Move",
            run="browse.half_page", args=(-1,)),
    Command("page_down", ("pagedown", "ctrl+f"), "Page down", "Move a page down.", "Move", contexts=_MOVING,
            run="browse.page", args=(1,)),
    Command("page_up", ("pageup", "ctrl+b"), "Page up", "Move a page up.", "Move", contexts=_MOVING,
            run="browse.page", args=(-1,)),
    Command("next_unread", ("n",), "Next unread", "Go to the next unread paper.", "Move", "next unread", rank=37,
            run="browse.next_unread", args=(1,)),
    Command("previous_unread", ("p",), "Previous unread", "Go to the previous unread paper.", "Move",
            run="browse.next_unread", args=(-1,)),
    Command("detail", ("enter", "tab"), "Into the detail", "Go into the detail, to scroll it with the same keys.",
            "Move", footer="detail", contexts=_LIST, rank=45, run="browse.detail"),
    Command("scroll_down", ("J",), "Scroll the detail down", "Scroll the detail down while in the list.", "Move",
            run="browse.scroll", args=(1,)),
    Command("scroll_up", ("K",), "Scroll the detail up", "Scroll the detail up while in the list.", "Move",
            run="browse.scroll", args=(-1,)),
    Command("back", ("escape",), "Back",
            "Leave what you are in: the detail, the note (its text is kept), the selection, the search.",
            "Move", footer="back", contexts=READING, rank=2, run="program.back"),
    Command("detail_back", ("tab", "enter"), "Back to the list", "Go back from the detail to the list.", "Move",
            contexts=frozenset({"detail"}), run="browse.detail_back"),
    Command("done", ("x",), "Done", "Mark the paper read and go to the next unread one.", "Decide", footer="done",
            rank=10, run="marks.done"),
    Command("star", ("s",), "Star", "Star the paper, or take its star away.", "Decide", footer="star", rank=11,
            run="marks.star"),
    Command("read", ("r",), "Read or unread", "Mark the paper read, or unread again.", "Decide", footer="read",
            rank=12, run="marks.read"),
    Command("note", ("e",), "Note", "Write a note on the paper, here. It is saved when you leave it.", "Decide",
            footer="note", rank=13, run="notes.note"),
    Command("edit_note", ("E",), "Note in your editor", "Write the note in $VISUAL or $EDITOR.", "Decide",
            run="notes.edit_note"),
    Command("select", ("space",), "Select", "Select the paper; actions then apply to all selected ones.", "Decide",
            footer="select", contexts=_LIST, rank=42, run="marks.select"),
    Command("mark_all_read", ("A",), "Mark all read", "Mark all shown papers as read; asks first, with the count.",
            "Decide", run="marks.mark_all_read"),
    Command("undo", ("u",), "Undo", "Take your last change back, also after a restart.", "Decide", footer="undo",
            rank=20, run="marks.undo"),
    Command("redo", ("U",), "Redo", "Do again what was undone.", "Decide", run="marks.redo"),
    Command("copy_link", ("y",), "Copy the repo link",
            "Copy the repo link; without one the project page, without that the paper's page. It says which.",
            "Copy and open", footer="copy link", rank=14, run="copy.copy_link"),
    Command("copy_menu", ("Y",), "Copy…",
            "Choose what to copy: any link, the title, a citation, the note; BibTeX, RIS or CSL-JSON of all selected.",
            "Copy and open", run="copy.copy_menu"),
    Command("export", ("X",), "Export…",
            "Write the selected papers, or the view, to a file: BibTeX, RIS, CSL-JSON, CSV, JSON; asks for the path.",
            "Copy and open", run="transfer.export"),
    Command("open_paper", ("o",), "Open the paper's page", "Open the paper's page in the browser.",
            "Copy and open", footer="open", rank=30, run="copy.open_paper"),
    Command("open_repo", ("O",), "Open the repo", "Open the repo in the browser, at the path the abstract names.",
            "Copy and open", run="copy.open_repo"),
    Command("search", ("slash",), "Search",
            "Search titles, abstracts, authors and notes while you type.", "Find", footer="search", rank=15,
            run="search.search"),
    Command("accept_search", ("enter",), "Keep the search", "Go from the search to the papers found.", "Find",
            footer="to the list", contexts=frozenset({"search"}), rank=1, run="search.accept_search"),
    Command("complete_search", ("tab",), "Complete the search",
            "Take what the search offers: the rest of a field, feed or author, or the nearest right word.", "Find",
            footer="complete", contexts=frozenset({"search"}), rank=5, run="search.complete_search"),
    Command("view_inbox", ("1",), "Inbox", INBOX.help, "Find", run="views.show_place", args=(0,)),
    Command("view_all", ("2",), "All papers", ALL.help, "Find", run="views.show_place", args=(1,)),
    Command("view_starred", ("3",), "Starred papers", STARRED.help, "Find", run="views.show_place", args=(2,)),
    Command("view_notes", ("4",), "Papers with notes", NOTES.help, "Find", run="views.show_place", args=(3,)),
    *(Command(f"view_{key}", (str(key),), f"Saved view {key - 4}", f"Show the saved view on tab {key}.", "Find",
            run="views.show_place", args=(key - 1,))
      for key in range(5, 10)),
    Command("save_view", ("V",), "Save the view",
            "Name what is shown as a view with a tab of its own; there, rename, move or delete it.", "Find",
            footer="save view", rank=46, run="views.save_view"),
    Command("sort", ("S",), "Sort",
            f"Choose the order: {', '.join(SORTS)}.", "Find",
            footer="sort", rank=44, run="views.sort"),
    Command("refresh", ("R", "f5"), "Refresh",
            "Fetch the feeds: papers you just decided leave the view at once, new ones come in as they arrive.",
            "Feeds", footer="refresh", rank=38, run="feeds.refresh"),
    Command("add", ("a",), "Add a paper",
            "Add papers by arXiv id, DOI or address; several at once. Suggests what is on the clipboard.", "Feeds",
            footer="add", rank=39, run="transfer.add"),
    Command("feeds", ("F",), "Feeds",
            "Show the feeds, with unread counts and how the last fetch went; add and remove them.", "Feeds",
            footer="feeds", rank=40, run="feeds.feeds"),
    Command("import_page", ("i",), "Import a page",
            "Import a saved page, JSON file, feed or folder; asks for the path.", "Feeds", footer="import", rank=41,
            run="transfer.import_page"),
    Command("help", ("question_mark", "f1"), "Help", "Show all keys and the search language.", "readlist",
            footer="help", rank=3, run="program.help"),
    Command("palette", ("colon", "ctrl+p"), "Command palette", "Find any command, theme or view by name.",
            "readlist", contexts=READING, run="program.palette"),
    Command("suspend", ("ctrl+z",), "Suspend",
            "Go back to the shell; `fg` there continues readlist. In a note this key takes back what was typed.",
            "readlist", footer="suspend", contexts=_MOVING, rank=48, run="program.suspend"),
    Command("quit", ("q", "ctrl+q"), "Quit", "Leave readlist. Everything is saved already.", "readlist",
            footer="quit", rank=4, run="program.quit"),
    Command("question_yes", ("y", "enter"), "Yes", "Answer a question with yes.", "In dialogs",
            contexts=_QUESTION, run="dialog.answer", args=(True,)),
    Command("question_no", ("n", "escape", "q"), "No", "Answer a question with no.", "In dialogs",
            contexts=_QUESTION, run="dialog.answer", args=(False,)),
    Command("dialog_down", ("j", "down"), "Next in the dialog",
            "In a menu or the list of feeds, go to the next line; in the help, scroll down.", "In dialogs",
            contexts=_LISTS, run="dialog.move", args=(1,)),
    Command("dialog_up", ("k", "up"), "Previous in the dialog",
            "In a menu or the list of feeds, go to the previous line; in the help, scroll up.", "In dialogs",
            contexts=_LISTS, run="dialog.move", args=(-1,)),
    Command("dialog_top", ("g", "home"), "Top of the dialog",
            "In the list of feeds, go to the first one; in the help, to its top.", "In dialogs",
            contexts=_LONG_LISTS, run="dialog.move", args=(-TO_THE_END,)),
    Command("dialog_bottom", ("G", "end"), "End of the dialog",
            "In the list of feeds, go to the last one; in the help, to its end.", "In dialogs",
            contexts=_LONG_LISTS, run="dialog.move", args=(TO_THE_END,)),
    Command("dialog_accept", ("enter",), "Accept",
            "In a menu or the palette, take what is under the cursor; in a prompt, what is typed.", "In dialogs",
            contexts=frozenset({"choice", "prompt", "palette"}), run="dialog.accept"),
    Command("dialog_leave", ("escape", "q"), "Leave the dialog",
            "Leave a menu, the list of feeds or the help.", "In dialogs", contexts=_LISTS, run="dialog.leave"),
    Command("choice_number", tuple("123456789"), "Take by number",
            "In a menu, take the offer with this number; the first key is for the first offer.", "In dialogs",
            contexts=frozenset({"choice"}), run="dialog.accept_number"),
    Command("prompt_complete", ("tab",), "Complete", "In a prompt, take the rest of the path that is suggested.",
            "In dialogs", contexts=frozenset({"prompt"}), run="dialog.complete"),
    Command("prompt_leave", ("escape",), "Leave the prompt", "Leave a prompt or the palette.", "In dialogs",
            contexts=frozenset({"prompt", "palette"}), run="dialog.leave"),
    Command("palette_down", ("down", "ctrl+n"), "Next in the palette", "In the palette, go to the next command.",
            "In dialogs", contexts=frozenset({"palette"}), run="dialog.move", args=(1,)),
    Command("palette_up", ("up", "ctrl+p"), "Previous in the palette", "In the palette, go to the previous command.",
            "In dialogs", contexts=frozenset({"palette"}), run="dialog.move", args=(-1,)),
    Command("feeds_show", ("enter",), "Show a feed's papers", "Show the papers of the feed.", "In the list of feeds",
            contexts=_FEEDS, run="dialog.show_papers"),
    Command("feeds_fetch", ("R", "f5"), "Fetch a feed", "Fetch the feed.", "In the list of feeds", contexts=_FEEDS,
            run="dialog.act", args=("fetch",)),
    Command("feeds_add", ("a",), "Add a feed", "Follow another feed.", "In the list of feeds", contexts=_FEEDS,
            run="dialog.act", args=("add",)),
    Command("feeds_remove", ("d", "delete"), "Remove a feed", "Follow the feed no longer; its papers stay.",
            "In the list of feeds", contexts=_FEEDS, run="dialog.act", args=("remove",)),
    Command("feeds_undo", ("u",), "Bring a feed back", "Follow the feed again that was removed last.",
            "In the list of feeds", contexts=_FEEDS, run="dialog.act", args=("undo",)),
    Command("feeds_close", ("F",), "Close the feeds", "Close the list of feeds.", "In the list of feeds",
            contexts=_FEEDS, run="dialog.leave"),
    Command("help_page_down", ("ctrl+d", "pagedown", "space"), "Scroll far down", "Scroll the help down by ten lines.",
            "In the help", contexts=_HELP, run="dialog.move", args=(10,)),
    Command("help_page_up", ("ctrl+u", "pageup"), "Scroll far up", "Scroll the help up by ten lines.", "In the help",
            contexts=_HELP, run="dialog.move", args=(-10,)),
    Command("help_next", ("tab", "right", "l"), "Next page", "Show the next page of the manual.", "In the help",
            contexts=_HELP, run="dialog.turn", args=(1,)),
    Command("help_previous", ("shift+tab", "left", "h"), "Previous page", "Show the previous page of the manual.",
            "In the help", contexts=_HELP, run="dialog.turn", args=(-1,)),
    Command("help_close", ("question_mark", "f1"), "Close the help", "Close the help.", "In the help",
            contexts=_HELP, run="dialog.leave"),
)  # fmt: skip

BY_NAME: Mapping[str, Command] = {command.name: command for command in COMMANDS}

VIEW_COMMANDS = ("view_inbox", "view_all", "view_starred", "view_notes", *(f"view_{key}" for key in range(5, 10)))
"""The commands that show the first views, in the order of their tabs."""


def footer(context: Context) -> list[Command]:
    """Return the commands whose word stands in the footer of a context, most wanted first."""
    shown = [command for command in COMMANDS if command.footer and context in command.contexts]
    if context == "list":
        shown = [command for command in shown if command.name != "back"]
    return sorted(shown, key=lambda command: command.rank)
