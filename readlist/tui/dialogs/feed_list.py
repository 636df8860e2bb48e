"""The list of feeds: how many papers are unread, how the last fetch went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from readlist.services.refresh import FeedStatus
from readlist.tui.commands import Context
from readlist.tui.dialogs.dialog import Dialog
from readlist.tui.keymap import KeyMap
from readlist.tui.render import line, shortened

_KEYS = (
    "{key:feeds_show} shows its papers", "{key:feeds_fetch} fetches it", "{key:feeds_add} adds one",
    "{key:feeds_remove} removes it", "{key:feeds_undo} undoes", "{key:dialog_leave} leaves",
)  # fmt: skip
_NARROW_KEYS = (
    "{key:feeds_show} shows", "{key:feeds_fetch} fetches", "{key:feeds_add} adds", "{key:feeds_remove} removes",
    "{key:dialog_leave} leaves",
)  # fmt: skip
_NONE = "No feeds are followed. {key:feeds_add} adds one: hf:daily, arxiv:cs.LG, or the address of a feed."
_WIDEST_NAME = 26
_COUNTS = 14


class FeedList(Dialog[str]):
    """Shows the feeds; returns the name of the one whose papers are wanted.

    Attributes:
        rows: the feeds; set by the screen below as things change.
    """

    context: ClassVar[Context] = "feeds"

    rows: reactive[Sequence[FeedStatus]] = reactive(())
    wanted = ""
    """The name of the feed to go to when it is there."""
    _shown_name = ""

    def __init__(self, keys: KeyMap, act: Callable[[str, str], None]) -> None:
        """Make the list.

        Args:
            keys: every command's keys.
            act: does what is asked for with a feed: `fetch`, `add`, `remove`, `undo`; and its name.
        """
        super().__init__(keys)
        self._act = act

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        with Vertical(classes="box feeds") as box:
            box.border_title = "Feeds"
            yield OptionList(compact=True)
            yield Static(classes="hint")

    def on_resize(self) -> None:
        """Lay the rows out for the width there is."""
        self.watch_rows()

    def watch_rows(self) -> None:
        """Show the feeds, with the cursor on the same one."""
        if not self.is_mounted:
            return
        offers = self.query_one(OptionList)
        place = offers.highlighted
        names = [row.name for row in self.rows]
        if (name := self.wanted or self._shown_name) in names:
            place, self.wanted = names.index(name), ""
        width = max(20, offers.scrollable_content_region.width)
        offers.clear_options()
        offers.add_options(Option(_shown(row, width)) for row in self.rows)
        if self.rows:
            offers.highlighted = min(place or 0, len(self.rows) - 1)
        self._show_hint()

    def on_option_list_option_highlighted(self) -> None:
        """Say all about the feed under the cursor, where its row has no room for it."""
        self._shown_name = self._highlighted
        self._show_hint()

    def _show_hint(self) -> None:
        offers = self.query_one(OptionList)
        width = offers.scrollable_content_region.width
        keys = self.keys.hint(*_KEYS) if self.rows else self.keys.text(_NONE)
        if self.rows and width <= len(keys):
            keys = self.keys.hint(*_NARROW_KEYS)
        row = self._row
        why = Content.styled(f"{line(row.state)}\n", "$error") if row is not None and row.failure else Content("")
        self.query_one(Static).update(why + Content(keys))

    @property
    def _row(self) -> FeedStatus | None:
        """The feed under the cursor."""
        place = self.query_one(OptionList).highlighted
        return self.rows[place] if place is not None and place < len(self.rows) else None

    @property
    def _highlighted(self) -> str:
        return self._row.name if self._row is not None else ""

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Show the papers of the feed that was clicked."""
        self.answer(self.rows[event.option_index].name)

    def show_papers(self) -> None:
        """Show the papers of the feed under the cursor."""
        if self._highlighted:
            self.answer(self._highlighted)

    def act(self, what: str) -> None:
        """Fetch or remove the feed under the cursor, add another, or bring back the one that was removed last."""
        if self._highlighted or what in ("add", "undo"):
            self._act(what, self._highlighted)

    def move(self, lines: int) -> None:
        """Go down or up, to the last or first feed at most."""
        offers = self.query_one(OptionList)
        if self.rows and offers.highlighted is not None:
            offers.highlighted = max(0, min(offers.highlighted + lines, len(self.rows) - 1))


def _shown(row: FeedStatus, width: int) -> Content:
    """Return a feed on one line of a width: name, counts, and how it stands."""
    named = min(_WIDEST_NAME, max(8, width // 3))
    name = shortened(row.name, named)
    counts = f"{row.unread:,} of {row.papers:,}" if row.papers else "-"
    room = max(0, width - named - _COUNTS - 3)
    state = shortened(row.state, room) if room > 4 else ""
    return Content.assemble(
        (name, "bold" if row.unread else ""),
        " " * (named + 1 - cell_len(name) + _COUNTS - len(counts)),
        (counts, "$foreground 75%"),
        "  ",
        (state, "$error" if row.failure else "$accent" if row.active else "$foreground 65%"),
    )
