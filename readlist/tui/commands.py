"""The table of commands: keys, title, help, footer. Bindings, palette, help and README follow from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, get_args

from msgspec import Struct

from readlist.model.view import ALL, INBOX, NOTES, SORTS, STARRED

Context = Literal[
    "list",
    "detail",
    "search",
    "note",
    "sent",
    "question",
    "choice",
    "prompt",
    "palette",
    "feeds",
    "help",
    "messages",
    "match",
]

PANES: frozenset[Context] = frozenset({"list", "detail"})
_LIST: frozenset[Context] = frozenset({"list"})
_MOVING: frozenset[Context] = frozenset({"list", "detail", "search"})
READING: frozenset[Context] = frozenset({"list", "detail", "search", "note", "sent"})
"""The contexts of the reading screen, `sent` while it asks whether a copy arrived; each other one is a dialog."""

SENT: frozenset[Context] = frozenset({"sent"})
_LISTS: frozenset[Context] = frozenset({"choice", "feeds", "help", "messages", "match"})
_LONG_LISTS: frozenset[Context] = frozenset({"feeds", "help", "messages", "match"})
_FEEDS: frozenset[Context] = frozenset({"feeds"})
_HELP: frozenset[Context] = frozenset({"help"})
_PAGES: frozenset[Context] = frozenset({"help", "messages", "match"})
_QUESTION: frozenset[Context] = frozenset({"question"})
_BUT_NOTES: frozenset[Context] = frozenset(get_args(Context)) - {"note"}

TO_THE_END = 1_000_000
"""More lines than any list has."""

GROUPS = (
    "Decide", "Move", "Find", "Feeds", "Copy and open", "readlist", "In dialogs", "In the feeds", "In the help",
)  # fmt: skip


ACTIONS = "Your actions"
"""The heading of the user's own actions, which are no part of the table."""

Fact = Context | Literal[
    "empty", "starred", "read", "repo link", "project page", "paper page", "no link", "selected", "searching", "short",
    "past",
]  # fmt: skip
"""What footer words depend on: the context, the paper under the cursor, the list, and short words being wanted."""


class FooterWord(Struct, frozen=True):
    """A command in the footer.

    Attributes:
        command: its name.
        word: its word.
        least_width: cells of the footer from which on it is shown.
    """

    command: str
    word: str
    least_width: int = 0


class Command(Struct, frozen=True):
    """One thing the user can do.

    Attributes:
        name: its name in config.toml's `[keys]`.
        keys: default keys, as Textual spells them.
        title: its name in the palette.
        help: one sentence for help screen, palette and README.
        group: heading in the help screen, one of GROUPS.
        footer: its word in the footer, empty for none.
        footer_when: other words, for facts; the first that holds counts.
        footer_from: cells of the footer from which on it is shown.
        contexts: where it applies.
        rank: place in the footer; the lowest are kept when there is little room.
        run: controller and method that carry it out: `marks.star`; `dialog.METHOD` of each dialog in whose context it
            applies.
        args: arguments of the method.
        counted: whether a number typed before it multiplies the argument, or is the argument.
    """

    name: str
    keys: tuple[str, ...]
    title: str
    help: str
    group: str
    footer: str = ""
    footer_when: tuple[tuple[Fact, str], ...] = ()
    footer_from: int = 0
    contexts: frozenset[Context] = PANES
    rank: int = 50
    run: str = ""
    args: tuple[int | str, ...] = ()
    counted: bool = False

    def counted_args(self, number: int) -> tuple[int | str, ...]:
        """Return the arguments after a number was typed."""
        if not self.counted or not number:
            return self.args
        return tuple(arg * number for arg in self.args) or (number,)

    @property
    def needs_paper(self) -> bool:
        """Whether it acts on papers, so that an empty list has nothing for it."""
        return self.group in ("Decide", "Copy and open") and self.name not in ("undo", "redo")


COMMANDS: tuple[Command, ...] = (
    # First, for a key that two rows have is the first one's: while these apply, their keys do nothing else.
    Command("copy_arrived", ("y",), "Copy arrived", "It arrived (asked once over SSH).", "Copy and open",
            contexts=SENT, run="copy.arrived", args=(True,)),
    Command("copy_lost", ("n",), "Copy didn't arrive", "It didn't: show copies instead.",
            "Copy and open", contexts=SENT, run="copy.arrived", args=(False,)),
    Command("down", ("j", "down"), "Next paper", "Next paper; in the detail, scroll down.", "Move",
            contexts=PANES, run="browse.move", args=(1,), counted=True),
    Command("up", ("k", "up"), "Previous paper", "Previous paper; in the detail, scroll up.", "Move",
            contexts=PANES, run="browse.move", args=(-1,), counted=True),
    Command("search_down", ("down",), "Next result", "Next result, while searching.", "Move",
            contexts=frozenset({"search"}), run="search.search_down"),
    Command("search_up", ("up",), "Previous result",
            "Previous result, while searching; from the first one, earlier searches.", "Move",
            contexts=frozenset({"search"}), run="search.search_up"),
    Command("top", ("g", "home"), "First paper", "First paper; in the detail, scroll to the top.", "Move",
            run="browse.move", args=(-TO_THE_END,)),
    Command("bottom", ("G", "end"), "Last paper",
            "Last paper, or the one whose number was typed; in the detail, scroll to the end.", "Move",
            run="browse.bottom", counted=True),
    Command("half_page_down", ("ctrl+d",), "Half page down", "Move half a page down.", "Move",
            run="browse.half_page", args=(1,), counted=True),
    Command("half_page_up", ("ctrl+u",), "Half page up", "Move half a page up.", "Move",
            run="browse.half_page", args=(-1,), counted=True),
    Command("page_down", ("pagedown", "ctrl+f"), "Page down", "Move a page down.", "Move", contexts=_MOVING,
            run="browse.page", args=(1,), counted=True),
    Command("page_up", ("pageup", "ctrl+b"), "Page up", "Move a page up.", "Move", contexts=_MOVING,
            run="browse.page", args=(-1,), counted=True),
    Command("next_unread", ("n",), "Next unread", "Next unread paper.", "Move", "next unread", rank=16,
            footer_when=(("empty", ""),), footer_from=100,
            run="browse.next_unread", args=(1,), counted=True),
    Command("previous_unread", ("p",), "Previous unread", "Previous unread paper.", "Move",
            run="browse.next_unread", args=(-1,), counted=True),
    Command("count", ("0",), "Count", "Type a number, then move: that many rows, pages or unread papers.", "Move",
            run="browse.count"),
    Command("detail", ("enter", "tab", "l", "right"), "Focus detail", "Move into the detail; the same keys scroll it.",
            "Move", footer="detail", footer_when=(("empty", ""),), contexts=_LIST, rank=45, run="browse.detail"),
    Command("detail_page_down", ("space",), "Page down in detail", "Scroll the detail down a page.", "Move",
            footer="page", contexts=frozenset({"detail"}), rank=3, run="browse.page", args=(1,)),
    Command("detail_page_up", ("b", "shift+space"), "Page up in detail", "Scroll the detail up a page.", "Move",
            contexts=frozenset({"detail"}), run="browse.page", args=(-1,)),
    Command("scroll_down", ("J",), "Scroll detail down", "Scroll the detail down from the list.", "Move",
            run="browse.scroll", args=(1,)),
    Command("scroll_up", ("K",), "Scroll detail up", "Scroll the detail up from the list.", "Move",
            run="browse.scroll", args=(-1,)),
    Command("back", ("escape",), "Back",
            "Leave the detail, the note (saves it), the selection, the search, a day of the past.", "Move",
            footer="back",
            footer_when=(("note", "save and close"), ("detail", "back"), ("search", "back"), ("selected", "clear"),
                         ("searching", "end search"), ("past", "now"), ("list", "")),
            contexts=READING, rank=2, run="program.back"),
    Command("detail_back", ("h", "left", "tab", "enter"), "Focus list", "Move from the detail to the list.", "Move",
            contexts=frozenset({"detail"}), run="browse.detail_back"),
    Command("done", ("x",), "Done", "Mark read and go to the next unread paper.", "Decide", footer="done",
            footer_when=(("empty", ""), ("selected", "done"), ("read", "next")), rank=10, run="marks.done"),
    Command("star", ("s",), "Star", "Star or unstar.", "Decide", footer="star",
            footer_when=(("empty", ""), ("selected", "star"), ("starred", "unstar")), rank=11, run="marks.star"),
    Command("read", ("r",), "Read or unread", "Mark read or unread.", "Decide", footer="read",
            footer_when=(("empty", ""), ("selected", "read"), ("read", "unread")), footer_from=110, rank=12,
            run="marks.read"),
    Command("note", ("e",), "Note", "Write a note; leaving it saves it.", "Decide", footer="note",
            footer_when=(("empty", ""),), footer_from=60, rank=13,
            run="notes.note"),
    Command("edit_note", ("E",), "Note in your editor", "Write the note in $VISUAL or $EDITOR.", "Decide",
            run="notes.edit_note"),
    Command("tag", ("t",), "Tag", "Add tags to the note, #cited; -name removes one.", "Decide", footer="tag",
            footer_when=(("empty", ""), ("selected", "tag")), rank=43,
            run="tags.tag"),
    Command("select", ("space",), "Select", "Select the paper; commands then apply to all selected papers.", "Decide",
            footer="select", footer_when=(("empty", ""),), footer_from=100, contexts=_LIST, rank=18,
            run="marks.select"),
    Command("select_range", ("v",), "Select a range",
            "Select the papers from here to where the cursor goes; the same key ends the range.", "Decide",
            contexts=_LIST, run="marks.select_range"),
    Command("select_all", ("asterisk",), "Select all", "Select all papers shown; none if all are selected.", "Decide",
            contexts=_LIST, run="marks.select_all"),
    Command("invert_selection", (), "Invert selection", "Select what is not selected, and the other way round.",
            "Decide", contexts=_LIST, run="marks.invert_selection"),
    Command("mark_all_read", ("A",), "Mark all read",
            "Mark everything in this list read, or the group under the cursor (asks first).", "Decide",
            run="marks.mark_all_read"),
    Command("remove", ("D",), "Remove", "Remove the paper from every list; on a removed paper, restore it.", "Decide",
            footer="remove", footer_when=(("empty", ""),), rank=47, run="removal.remove"),
    Command("show_removed", (), "Show removed", "Show the removed papers (`is:removed`).", "Find",
            run="removal.show_removed"),
    Command("undo", ("u",), "Undo", "Undo your last change, even after a restart.", "Decide", footer="undo",
            footer_from=60, rank=19,
            run="marks.undo"),
    Command("redo", ("U",), "Redo", "Redo the last undone change.", "Decide", run="marks.redo"),
    Command("copy_link", ("y",), "Copy link", "Copy the repo link, else the project page, else the paper page.",
            "Copy and open", footer="copy link", rank=14,
            footer_when=(("empty", ""), ("selected", "copy {repos}"), ("no link", ""), ("short", "copy"),
                         ("repo link", "copy repo"), ("project page", "copy page"), ("paper page", "copy link")),
            run="copy.copy_link"),
    Command("copy_menu", ("Y",), "Copy…",
            "Choose what to copy: a link, title, citation, abstract, note, BibTeX, RIS, CSL-JSON.", "Copy and open",
            footer_when=(("selected", "copy more"),), footer_from=60, rank=21,
            run="copy.copy_menu"),
    Command("export", ("X",), "Export…",
            "Export the selected papers, or the view: BibTeX, RIS, CSL-JSON, CSV, JSON.", "Copy and open",
            footer_when=(("selected", "export"),), rank=22,
            run="transfer.export"),
    Command("open_paper", ("o",), "Open paper page", "Open the paper page in the browser.", "Copy and open",
            footer="open", footer_when=(("empty", ""), ("no link", "")), footer_from=60, rank=15,
            run="open.page"),
    Command("open_pdf", ("P",), "Open PDF", "Open the PDF in the browser.", "Copy and open", run="open.pdf"),
    Command("open_menu", ("M",), "Open with…",
            "Choose how to open: page, PDF, HTML, Hugging Face, alphaXiv, project, repo, your actions.",
            "Copy and open", run="open.menu"),
    Command("open_repo", ("O",), "Open repo", "Open the repo in the browser, at the path the abstract names.",
            "Copy and open", run="open.repo"),
    Command("search", ("slash",), "Search", "Search titles, abstracts, authors and notes as you type.", "Find",
            footer="search", footer_from=60, rank=17, run="search.search"),
    Command("accept_search", ("enter",), "Go to results", "Move from the search to the results.", "Find",
            footer="results", contexts=frozenset({"search"}), rank=1, run="search.accept_search"),
    Command("complete_search", ("tab",), "Accept suggestion",
            "Accept the suggested field, feed, author or correction.", "Find",
            footer="complete", contexts=frozenset({"search"}), rank=5, run="search.complete_search"),
    Command("view_inbox", ("1",), "Inbox", INBOX.help, "Find", run="views.show_place", args=(0,)),
    Command("view_all", ("2",), "All papers", ALL.help, "Find", run="views.show_place", args=(1,)),
    Command("view_starred", ("3",), "Starred papers", STARRED.help, "Find", run="views.show_place", args=(2,)),
    Command("view_notes", ("4",), "Papers with notes", NOTES.help, "Find", run="views.show_place", args=(3,)),
    *(Command(f"view_{key}", (str(key),), f"Saved view {key - 4}", f"Show the saved view on tab {key}.", "Find",
            run="views.show_place", args=(key - 1,))
      for key in range(5, 10)),
    Command("show_muted", (), "Show muted", "Show the unread papers that `mute` in config.toml hides from the Inbox.",
            "Find", run="views.show_muted"),
    Command("mute_search", (), "Mute search", "Hide what this search finds from the Inbox from now on.", "Find",
            run="views.mute_search"),
    Command("save_view", ("V",), "Save view",
            "Save this search as a tab; on a saved tab: rename, move, watch, delete.", "Find",
            footer="save view", rank=46, run="views.save_view"),
    Command("sort", ("S",), "Sort", f"Choose the sort order: {', '.join(SORTS)}; the same again reverses it.", "Find",
            footer="sort", rank=44, run="views.sort"),
    Command("as_of", (), "As of a day…", "Show the list as it was known on a day; your marks are those of now.", "Find",
            run="past.ask"),
    Command("now", (), "Now", "Show the list as it is now, after it was shown as of a day.", "Find",
            run="past.leave"),
    Command("similar", ("tilde",), "Similar papers", "List the 50 papers of the library that are most like this one.",
            "Find", footer="similar", footer_when=(("empty", ""), ("selected", "")), rank=42, run="neighbours.show"),
    Command("why", (), "Why this match", "Show what each word of the paper adds to its match, and from which star.",
            "Find", run="reasons.why"),
    Command("refresh", ("R", "f5"), "Refresh", "Fetch all feeds, and drop the papers you decided from the view.",
            "Feeds", footer="refresh", rank=38, run="feeds.refresh"),
    Command("add", ("a",), "Add papers", "Add papers by arXiv id, DOI or address; suggests the clipboard.", "Feeds",
            footer="add", rank=39, run="transfer.add"),
    Command("feeds", ("F",), "Feeds", "List the feeds with unread counts and last fetch; add or remove feeds.", "Feeds",
            footer="feeds", rank=40, run="feeds.feeds"),
    Command("import_page", ("i",), "Import…", "Import a saved page, references, a feed file or a folder.", "Feeds",
            footer="import", rank=41, run="transfer.import_page"),
    Command("help", ("question_mark", "f1"), "Help", "Show all keys and the manual.", "readlist",
            footer="help", rank=99, run="program.help"),
    Command("messages", ("exclamation_mark",), "Messages", "List what was said lately, and what went wrong in full.",
            "readlist", run="program.messages"),
    Command("palette", ("colon", "ctrl+p"), "Command palette", "Find a command, view or theme by name.",
            "readlist", contexts=READING, run="program.palette"),
    Command("theme", (), "Theme…", "Choose the colours; each theme is shown as you move.", "readlist",
            run="program.theme"),
    Command("settings", (), "Settings…", "Change config.toml: sort order, refresh, clipboard, quiet, ASCII, mouse.",
            "readlist", run="settings.choose"),
    Command("layout", ("z",), "Layout", "Next layout: side by side, stacked, detail only, list only.", "readlist",
            footer="layout", footer_when=(("short", "zoom"),), rank=20, run="layouts.cycle"),
    Command("border_back", ("less_than_sign",), "Smaller list",
            "Move the border to the left; stacked, up. The mouse drags it.", "readlist",
            run="layouts.move_border", args=(-1,)),
    Command("border_on", ("greater_than_sign",), "Larger list",
            "Move the border to the right; stacked, down.", "readlist",
            run="layouts.move_border", args=(1,)),
    Command("suspend", ("ctrl+z",), "Suspend",
            "Suspend to the shell (`fg` resumes); in a note this key undoes typing.",
            "readlist", contexts=_BUT_NOTES, run="program.suspend"),
    Command("quit", ("q", "ctrl+q"), "Quit", "Quit; everything is already saved.", "readlist",
            run="program.quit"),
    Command("question_yes", ("y", "enter"), "Yes", "Answer yes.", "In dialogs",
            contexts=_QUESTION, run="dialog.answer", args=(True,)),
    Command("question_no", ("n", "escape", "q"), "No", "Answer no.", "In dialogs",
            contexts=_QUESTION, run="dialog.answer", args=(False,)),
    Command("dialog_down", ("j", "down"), "Next item", "Next item; in the help, scroll down.", "In dialogs",
            contexts=_LISTS, run="dialog.move", args=(1,)),
    Command("dialog_up", ("k", "up"), "Previous item", "Previous item; in the help, scroll up.", "In dialogs",
            contexts=_LISTS, run="dialog.move", args=(-1,)),
    Command("dialog_top", ("g", "home"), "First item", "First feed; in the help, scroll to the top.", "In dialogs",
            contexts=_LONG_LISTS, run="dialog.move", args=(-TO_THE_END,)),
    Command("dialog_bottom", ("G", "end"), "Last item", "Last feed; in the help, scroll to the end.", "In dialogs",
            contexts=_LONG_LISTS, run="dialog.move", args=(TO_THE_END,)),
    Command("dialog_accept", ("enter",), "Accept", "Choose the item under the cursor; in a prompt, accept the text.",
            "In dialogs", contexts=frozenset({"choice", "prompt", "palette"}), run="dialog.accept"),
    Command("dialog_leave", ("escape", "q"), "Close dialog", "Close a menu, the feeds, the messages or the help.",
            "In dialogs", contexts=_LISTS, run="dialog.leave"),
    Command("choice_number", tuple("123456789"), "Choose by number",
            "Choose a menu item by number; the first key is for the first item.", "In dialogs",
            contexts=frozenset({"choice"}), run="dialog.accept_number"),
    Command("prompt_complete", ("tab",), "Complete", "Complete the path or tag in a prompt.",
            "In dialogs", contexts=frozenset({"prompt"}), run="dialog.complete"),
    Command("prompt_leave", ("escape",), "Cancel prompt", "Close a prompt or the palette.", "In dialogs",
            contexts=frozenset({"prompt", "palette"}), run="dialog.leave"),
    Command("palette_down", ("down", "ctrl+n"), "Next in palette", "Next item of the palette.",
            "In dialogs", contexts=frozenset({"palette"}), run="dialog.move", args=(1,)),
    Command("palette_up", ("up", "ctrl+p"), "Previous in palette", "Previous item of the palette.",
            "In dialogs", contexts=frozenset({"palette"}), run="dialog.move", args=(-1,)),
    Command("feeds_show", ("enter",), "Show feed", "Show the papers of the feed.", "In the feeds",
            contexts=_FEEDS, run="dialog.show_papers"),
    Command("feeds_fetch", ("R", "f5"), "Fetch feed", "Fetch this feed.", "In the feeds", contexts=_FEEDS,
            run="dialog.act", args=("fetch",)),
    Command("feeds_add", ("a",), "Add feed", "Follow another feed.", "In the feeds", contexts=_FEEDS,
            run="dialog.act", args=("add",)),
    Command("feeds_remove", ("d", "delete"), "Remove feed", "Unfollow the feed (keeps papers and marks).",
            "In the feeds", contexts=_FEEDS, run="dialog.act", args=("remove",)),
    Command("feeds_remove_papers", ("D",), "Remove feed and papers",
            "Unfollow the feed and remove its papers (keeps those with a star or a note, or of other feeds).",
            "In the feeds", contexts=_FEEDS, run="dialog.act", args=("remove_papers",)),
    Command("feeds_undo", ("u",), "Restore feed", "Follow the last removed feed again; its papers come back.",
            "In the feeds", contexts=_FEEDS, run="dialog.act", args=("undo",)),
    Command("feeds_close", ("F",), "Close feeds", "Close the feeds.", "In the feeds",
            contexts=_FEEDS, run="dialog.leave"),
    Command("help_page_down", ("ctrl+d", "pagedown", "space"), "Page down in help",
            "Scroll the help or the messages down ten lines.", "In the help", contexts=_PAGES,
            run="dialog.move", args=(10,)),
    Command("help_page_up", ("ctrl+u", "pageup"), "Page up in help",
            "Scroll the help or the messages up ten lines.", "In the help", contexts=_PAGES,
            run="dialog.move", args=(-10,)),
    Command("help_next", ("tab", "right", "l"), "Next page", "Show the next page of the manual.", "In the help",
            contexts=_HELP, run="dialog.turn", args=(1,)),
    Command("help_previous", ("shift+tab", "left", "h"), "Previous page", "Show the previous page of the manual.",
            "In the help", contexts=_HELP, run="dialog.turn", args=(-1,)),
    Command("help_filter", ("slash",), "Filter help", "Show only what has the words typed.", "In the help",
            contexts=_HELP, run="dialog.filter"),
    Command("help_close", ("question_mark", "f1"), "Close help", "Close the help.", "In the help",
            contexts=_HELP, run="dialog.leave"),
    Command("messages_close", ("exclamation_mark",), "Close messages", "Close the messages.", "In dialogs",
            contexts=frozenset({"messages"}), run="dialog.leave"),
)  # fmt: skip

BY_NAME: Mapping[str, Command] = {command.name: command for command in COMMANDS}

VIEW_COMMANDS = ("view_inbox", "view_all", "view_starred", "view_notes", *(f"view_{key}" for key in range(5, 10)))
"""The commands that show the first views, in the order of their tabs."""


_CLEAR_RANK = 20


def footer(context: Context, facts: Collection[Fact] = ()) -> list[FooterWord]:
    """Return the footer of a context in order of rank.

    Of a selection, only commands that have a word for it are shown.
    """
    known = {context, *facts}
    shown = []
    # What acts on the selection comes before what drops it.
    ranks = {"back": _CLEAR_RANK} if "selected" in known else {}
    for command in sorted(COMMANDS, key=lambda command: ranks.get(command.name, command.rank)):
        if context in command.contexts:
            usual = "" if "selected" in known and command.name != "help" else command.footer
            word = next((word for fact, word in command.footer_when if fact in known), usual)
            if word:
                shown.append(FooterWord(command.name, word, command.footer_from))
    return shown
