"""A page of the manual as it is drawn: Markdown to styled lines of a width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement, TableElement
from rich.padding import Padding
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from readlist.manual import without_page_links

_ASCII = str.maketrans({"↑": "Up", "↓": "Down", "•": "-", "─": "-", "…": "...", "·": "-"})
_HEADING = Style(bold=True, meta={"role": "heading"})
_CODE = Style(color="cyan", meta={"role": "code"})
_RULE = Style(dim=True, meta={"role": "rule"})
_THEME = Theme(
    {
        **{f"markdown.h{level}": _HEADING for level in range(1, 7)},
        "markdown.table.header": _HEADING,
        "markdown.table.border": _RULE,
        "markdown.code": _CODE,
        "markdown.code_block": _CODE,
        "markdown.item.bullet": _RULE,
        "markdown.strong": Style(bold=True, meta={"role": "strong"}),
        "markdown.link": Style(meta={"role": "body"}),
        "markdown.link_url": Style(underline=True),
    }
)


class _Heading(Heading):
    """A heading at the left, as all are."""

    LEVEL_ALIGN: ClassVar = {}


class _Code(CodeBlock):
    """Code without a background, indented."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        yield Padding(Text(str(self.text).rstrip(), style=_CODE, overflow="fold"), (0, 0, 0, 2))


class _Table(TableElement):
    """A table whose rows are close together."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, border_style=_RULE)
        for cell in self.header.row.cells if self.header is not None and self.header.row is not None else ():
            table.add_column(Text(cell.content.plain, style=_HEADING), overflow="fold")
        for row in self.body.rows if self.body is not None else ():
            table.add_row(*(cell.content for cell in row.cells))
        yield table


class _Page(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Heading,
        "fence": _Code,
        "table_open": _Table,
    }


def lines(text: str, width: int, *, ascii_only: bool = False) -> list[list[Segment]]:
    """Return a page as lines of segments.

    A segment's style holds colours for a terminal, and in `meta` its role: heading, code, rule, strong or body.

    Args:
        text: the page in Markdown.
        width: how many cells a line has.
        ascii_only: draw rules, bullets and arrows with ASCII characters.
    """
    console = Console(width=width, theme=_THEME, color_system="standard", force_terminal=True, legacy_windows=False)
    page = _Page(without_page_links(text), hyperlinks=False)
    drawn = console.render_lines(page, console.options, pad=False)
    return [_trimmed(line, _ASCII if ascii_only else {}) for line in drawn]


def _trimmed(line: Sequence[Segment], replaced: Mapping[int, str]) -> list[Segment]:
    """Return a line without blanks at its end, and with some characters replaced."""
    end = len(line)
    while end and not line[end - 1].text.strip():
        end -= 1
    kept = [segment._replace(text=segment.text.translate(replaced)) for segment in line[:end]]
    return [*kept[:-1], kept[-1]._replace(text=kept[-1].text.rstrip())] if kept else []
