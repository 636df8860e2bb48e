"""Copy: links, titles, citations, references, abstracts and notes, and whether they arrive over SSH."""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from rich.cells import cell_len

from readlist.config import ConfigError, set_value
from readlist.exports.citation_key import citation_key
from readlist.services.excerpt import KINDS, Excerpt, best_link, excerpt, link_excerpt
from readlist.services.exporter import REFERENCES
from readlist.shelf import Entry
from readlist.text.clean import counted
from readlist.tui.desktop import clipboard
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.columns import share
from readlist.tui.render.link_text import address
from readlist.tui.render.signs import cut, line
from readlist.tui.ui import when_answered

if TYPE_CHECKING:
    from readlist.config import Config
    from readlist.model.paper import Link
    from readlist.tui.ui import Terminal

_KEYS = 3
_SHOWN = 200
_TITLE = 48


_Take: TypeAlias = Callable[[Sequence[Entry]], Excerpt]


class Offer(Struct, frozen=True):
    """One thing that can be copied.

    Attributes:
        name: its name in the menu.
        value: what the menu shows of it.
        take: returns it of some papers.
    """

    name: str
    value: str
    take: _Take


class Copy(Controller):
    """The commands that copy something of the papers."""

    def __init__(self, loader: Loader, terminal: Terminal, config: Config, settings: Path | None) -> None:
        super().__init__(loader)
        self._terminal = terminal
        self._arrival = config.clipboard
        self._settings = settings
        self._asked: tuple[str, str] = ("", "")
        """The text whose arrival was asked for, and its name."""

    async def copy_link(self) -> None:
        """Copy the repo link, else the project page, else the paper page; of a selection, all of one kind."""
        if self.copy_marked():
            return
        if self._is_too_much():
            return
        entries = await self._in_thread(self._state.targets) if self._state.selection else self._state.targets()
        if not entries:
            self._ui.say("No paper here.", tone="note")
            return
        none = f"None of the {counted(len(entries), 'paper')} selected has a link."
        self._begin(best_link, entries, "This paper has no link." if len(entries) == 1 else none)

    def copy_marked(self) -> bool:
        """Copy the text that was marked with the mouse; returns whether there is any."""
        text, lines = self._ui.marked.marked_text
        if text:
            marked = Excerpt(text, counted(lines, "line"))
            self._ui.run(functools.partial(self._send, marked), "copy", exclusive=True)
        return bool(text)

    async def copy_menu(self) -> None:
        """Choose what to copy, of the selected papers or of the one under the cursor."""
        if self._is_too_much():
            return
        # Those of a large selection are loaded, and looked through, in a thread.
        entries = await self._in_thread(self._state.targets) if self._state.selection else self._state.targets()
        if not entries:
            self._ui.say("No paper here.", tone="note")
            return
        offered = await asyncio.to_thread(_offers, entries) if len(entries) > 1 else _offers(entries)
        title = line(entries[0].paper.title) or entries[0].paper.key
        one = f"Copy: {cut(title, min(cell_len(title), _TITLE), self._ui.signs.cut)}"
        if len(entries) == 1:
            offered += _other_links(entries[0])
        title = one if len(entries) == 1 else f"Copy from {counted(len(entries), 'paper')}"

        def copy_chosen(place: int) -> None:
            self._begin(offered[place].take, entries, "Nothing to copy.")

        answer = self._ui.choose(title, [(offer.name, offer.value) for offer in offered])
        when_answered(self._ui, answer, copy_chosen)

    def _begin(self, take: _Take, entries: Sequence[Entry], missing: str) -> None:
        self._ui.run(functools.partial(self._copy, take, entries, missing), "copy", exclusive=True)

    async def _copy(self, take: _Take, entries: Sequence[Entry], missing: str) -> None:
        """Copy something of some papers and say where it went."""
        taken = take(entries) if len(entries) == 1 else await asyncio.to_thread(take, entries)
        if taken.refused:
            self._ui.say(f"Not copied: not an http or https address: {line(taken.refused[:_SHOWN])}", wrong=True)
        elif not taken.text:
            self._ui.say(missing, tone="note")
        else:
            await self._send(taken)

    async def _send(self, taken: Excerpt) -> None:
        """Copy a text and say where it went; ask whether it arrived, or show it, when that isn't known."""
        before = self._state.entry
        is_link = taken.text.startswith(("http://", "https://")) and "\n" not in taken.text
        name = f"{taken.name}{taken.warning}"
        if is_link and not taken.warning:
            name += f" {address(taken.text)[:_SHOWN]}"
        copied = await clipboard.copy(
            taken.text,
            name,
            taken.lacking,
            osc52=self._terminal.copy_to_clipboard,
            trusted=self._arrival == "osc52",
            environ=os.environ,
        )
        await self._ui.hide_link()
        # At another paper by now, the user doesn't look for this one's link.
        entry = self._state.entry
        there = before is not None and entry is not None and entry.id == before.id
        sentence = copied.sentence.replace("→", self._ui.signs.to)
        if copied.confirmed or not there or not copied.how:
            self._ui.say(sentence, wrong=not copied.how and not copied.confirmed)
        if copied.confirmed or not there:
            return
        if self._arrival == "auto" and copied.how:
            self._asked = (taken.text, taken.name)
            await self._ui.show_link(
                taken.text, says=f"Sent {taken.name}{taken.warning} to your terminal's clipboard", asks=True
            )
        else:
            await self._ui.show_link(taken.text, says="" if copied.how and not taken.warning else sentence)

    async def arrived(self, yes: bool) -> None:
        """Take the answer whether a copy arrived, and keep it in the settings."""
        text, name = self._asked
        await self._ui.hide_link()
        self._arrival = "osc52" if yes else "show"
        if yes:
            self._ui.say(f"Copied {name} {self._ui.signs.to} terminal. readlist won't ask again.")
        else:
            await self._ui.show_link(text)
        if self._settings is not None:
            problem = await asyncio.to_thread(_kept, self._settings, self._arrival)
            if problem:
                self._ui.say(f"Answer not saved: {problem}", wrong=True)


def _kept(settings: Path, value: str) -> str:
    """Write how copies arrive into config.toml; returns why that is not possible, else empty."""
    try:
        set_value(settings, "clipboard", value)
    except ConfigError as error:
        return str(error)
    return ""


def _offers(entries: Sequence[Entry]) -> list[Offer]:
    """Return what of some papers can be copied."""
    return [
        Offer(KINDS[what].title, value, functools.partial(excerpt, what=what))
        for what in KINDS
        if (value := _preview(entries, what))
    ]


def _one_link(link: Link, entries: Sequence[Entry]) -> Excerpt:
    """Return a link of the only paper."""
    return link_excerpt(link)


def _other_links(entry: Entry) -> list[Offer]:
    """Return the links of a paper that no kind of text has."""
    known = {kind.text(entry) for kind in KINDS.values() if kind.is_link}
    return [
        Offer(f"{link.kind} link".capitalize(), address(link.target[:_SHOWN]), functools.partial(_one_link, link))
        for link in entry.paper.links
        if link.target not in known
    ]


def _preview(entries: Sequence[Entry], what: str) -> str:
    """Return what a menu shows of one kind of text: its beginning, and how many papers have it; empty if none has."""
    if what in REFERENCES:
        names = ", ".join(citation_key(entry.paper) for entry in entries[:_KEYS])
        shown = line(names + (" …" if entries[_KEYS:] else ""))
        return shown if len(entries) == 1 else f"{share(len(entries), len(entries))}  {shown}"
    kind = KINDS[what]
    texts = [text for text in (kind.text(entry) for entry in entries) if text]
    if not texts:
        return ""
    first = address(texts[0][:_SHOWN]) if kind.is_link else line(" ".join(texts[0][:_SHOWN].split()))
    if len(entries) == 1:
        return first
    return f"{share(len(texts), len(entries))}  {first}"
