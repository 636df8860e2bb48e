"""The search field with its count of results."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from readlist.text import clean_line


class SearchField(Input):
    """A one-line field; keys it has no use for stay with the screen."""

    def _on_paste(self, event: events.Paste) -> None:
        """Take in only what is harmless to draw."""
        event.text = clean_line(event.text)


class SearchBar(Horizontal):
    """A slash, the field, and how many papers were found."""

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        yield Static("/", id="search-sign", markup=False)
        yield SearchField(placeholder='words, "a phrase", -not, is:starred, has:code', compact=True, id="search-field")
        yield Static("", id="search-count", markup=False)

    @property
    def field(self) -> SearchField:
        """The field that is typed into."""
        return self.query_one(SearchField)

    def count(self, text: str, *, problem: bool = False) -> None:
        """Show how many papers were found, or what is wrong with the query."""
        label = self.query_one("#search-count", Static)
        label.update(Content(text))
        label.set_class(problem, "problem")
