"""The list of feeds: unread counts, last fetch."""

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
from readlist.tui.render.signs import line, shortened

_KEYS = (
    "{key:feeds_show}: show", "{key:feeds_fetch}: fetch", "{key:feeds_add}: add", "{key:feeds_remove}: remove",
    "{key:feeds_remove_papers}: with papers",
    "{key:feeds_undo}: undo", "{key:dialog_leave}: close",
)  # fmt: skip
_EMPTY = "No feeds yet. {key:feeds_add}: add one (hf:daily, arxiv:cs.LG, or the address of a feed)"
_WIDEST_NAME = 26
_COUNTS = 14


class FeedList(Dialog[str]):
    """Shows the feeds; returns the name of the one whose papers to show.

    Attributes:
        rows: the feeds; updated by the controller.
        wanted: the name of the feed to move the cursor to, once it is there.
    """

    context: ClassVar[Context] = "feeds"

    rows: reactive[Sequence[FeedStatus]] = reactive(())
    wanted = ""
    _shown_name = ""

    def __init__(self, keys: KeyMap, act: Callable[[str, str], None]) -> None:
        """Make the list.

        Args:
            keys: every command's keys.
            act: carries out an action (`fetch`, `add`, `remove`, `undo`) on the feed with a name.
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
        """Lay the rows out for the new width."""
        self.watch_rows()

    def watch_rows(self) -> None:
        """Show the feeds, with the cursor on the same feed."""
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
        """Show the whole failure of the feed under the cursor."""
        self._shown_name = self._highlighted
        self._show_hint()

    def _show_hint(self) -> None:
        keys = self.keys.hint(*_KEYS) if self.rows else self.keys.text(_EMPTY)
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
        """Fetch or remove the feed under the cursor, add one, or restore the last removed one."""
        if self._highlighted or what in ("add", "undo"):
            self._act(what, self._highlighted)

    def move(self, lines: int) -> None:
        """Go down or up, without wrapping."""
        offers = self.query_one(OptionList)
        if self.rows and offers.highlighted is not None:
            offers.highlighted = max(0, min(offers.highlighted + lines, len(self.rows) - 1))


def _shown(row: FeedStatus, width: int) -> Content:
    """Return a feed on one line: name, counts, state."""
    named = min(_WIDEST_NAME, max(8, width // 3))
    name = shortened(row.name, named)
    counts = f"{row.unread:,} of {row.papers:,}" if row.papers else "-"
    room = max(0, width - named - _COUNTS - 3)
    state = shortened(row.state, room) if room > 4 else ""
    return Content.assemble(
        (name, "bold" if row.unread else ""),
        " " * (named + 1 - cell_len(name) + _COUNTS - len(counts)),
        (counts, "$muted"),
        "  ",
        (state, "$error" if row.failure else "$accent" if row.active else "$muted"),
    )
