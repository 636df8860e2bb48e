"""The list of feeds: unread counts, last fetch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import OptionList, Static

from readlist.config.feed_parser import short_form
from readlist.model.feed import is_daily
from readlist.services.refresh import FeedStatus
from readlist.tui.commands import Context
from readlist.tui.dialogs.dialog import Dialog, Frame, Items
from readlist.tui.keymap import KeyMap
from readlist.tui.render.columns import Cell, Column
from readlist.tui.render.signs import line

_KEYS = (
    "{key:feeds_show}: show", "{key:feeds_fetch}: fetch", "{key:feeds_add}: add", "{key:feeds_remove}: remove",
    "{key:feeds_remove_papers}: with papers",
    "{key:feeds_undo}: undo", "{key:dialog_leave}: close",
)  # fmt: skip
_EMPTY = "No feeds yet. {key:feeds_add}: add one (hf:daily, arxiv:cs.LG, or the address of a feed)"
_COLUMNS = (
    Column(heading="Feed", least=8),
    Column(heading="Source", style="$muted", least=8, rank=4),
    Column(heading="Unread", right=True),
    Column(heading="Papers", style="$muted", right=True, rank=3),
    Column(heading="Last fetch", style="$muted", rank=2),
    Column(heading="State", style="$muted", least=11, rank=1),
    Column(heading="Last days", style="$muted", least=9, rank=5),
)


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
        heading = Static(classes="heading")
        with Frame("Feeds", self.hints(*_KEYS), kind="feeds"):
            yield heading
            yield Items(_COLUMNS, empty=self.keys.text(_EMPTY), heading=heading)
            yield Static(classes="refusal -shown")

    def on_resize(self) -> None:
        """Show the feeds that came before there was a place for them."""
        self.watch_rows()

    def watch_rows(self) -> None:
        """Show the feeds, with the cursor on the same feed."""
        if not self.is_mounted:
            return
        items = self.query_one(Items)
        place = items.highlighted
        names = [row.name for row in self.rows]
        if (name := self.wanted or self._shown_name) in names:
            place, self.wanted = names.index(name), ""
        items.show([_cells(row) for row in self.rows], place or 0)
        self.query_one(Frame).count = str(len(self.rows)) if self.rows else ""
        self._explain()

    def on_option_list_option_highlighted(self) -> None:
        """Show the whole failure of the feed under the cursor, and what is missing of it."""
        self._shown_name = self._highlighted
        self._explain()

    def _explain(self) -> None:
        """Show why the feed under the cursor failed, in full, or how many papers of its last days are here."""
        row = self._row
        text = Content(line(row.state) if row is not None and row.failure else "")
        if row is not None and not row.failure and row.feed is not None and is_daily(row.feed) and row.days:
            days = f"Here of announced: {row.days_in_words()}"
            text = Content(f"{days}; the next fetch tries again") if row.missing else Content.styled(days, "$muted")
        self.query_one(".refusal", Static).update(text)

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


def _cells(row: FeedStatus) -> list[Cell]:
    """Return a feed's cells; a failure is shown in full below the rows."""
    if row.feed is None:
        state: Cell = "not followed"
    elif row.active:
        state = (row.state, "$accent")
    elif row.failure:
        state = ("failed", "$error")
    elif not row.ago:
        state = "not fetched yet"
    elif row.missing:
        state = ("incomplete", "$error")
    else:
        state = f"{row.new:,} new" if row.new else "nothing new"
    return [
        (line(row.name), "bold" if row.unread else ""),
        line(short_form(row.feed)) if row.feed is not None else "",
        f"{row.unread:,}" if row.papers else "-",
        f"{row.papers:,}" if row.papers else "-",
        row.ago or ("never" if row.feed is not None else ""),
        state,
        row.days_in_words("  "),
    ]
