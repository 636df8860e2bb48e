"""Copy and open: links, titles, citations, notes, references."""

from __future__ import annotations

import asyncio
import functools
import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from readlist.exports.citation_key import citation_key
from readlist.exports.formats import FORMATS
from readlist.services.exporter import REFERENCES, references
from readlist.text.clean import counted, drawable
from readlist.text.host import Host, host_of
from readlist.tui.desktop import browser, clipboard
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.link_text import copied_address
from readlist.tui.render.signs import line
from readlist.tui.ui import when_answered

if TYPE_CHECKING:
    from readlist.model.paper import Paper
    from readlist.shelf import Entry
    from readlist.tui.ui import Terminal

_AUTHORS = 6
_KEYS = 3
_HOSTS = 5
_OPENED_TOGETHER = 5
_SHOWN = 200
_WARNED = 8.0
"""Seconds for which a warning holds, about as long as it is shown."""


class Offer(Struct, frozen=True):
    """One thing that can be copied of a paper.

    Attributes:
        name: its name in the menu.
        text: what is copied.
        is_link: whether that is an address.
    """

    name: str
    text: str
    is_link: bool = False


def offers(entry: Entry) -> list[Offer]:
    """Return what can be copied of an entry, links first."""
    paper = entry.paper
    found = [Offer(f"{link.kind} link".capitalize(), link.target, is_link=True) for link in paper.links]
    if paper.page:
        found.append(Offer("Paper page", paper.page, is_link=True))
    found += [Offer("Title", paper.title), Offer("Citation", citation(paper))]
    if entry.mark.note:
        found.append(Offer("Note", entry.mark.note))
    return found


def citation(paper: Paper) -> str:
    """Return a paper on one line: authors, year, title, page."""
    names = ", ".join(paper.authors[:_AUTHORS]) + (" et al." if len(paper.authors) > _AUTHORS else "")
    year = f" ({paper.published.year})" if paper.published else ""
    begin = f"{names}{year}. {paper.title}" if names else f"{paper.title}{year}"
    return f"{begin}. {paper.page}".strip(" .")


def citation_keys(entries: Sequence[Entry]) -> str:
    """Return the citation keys of the first few entries, to show which references are copied."""
    return ", ".join(citation_key(entry.paper) for entry in entries[:_KEYS]) + (" …" if entries[_KEYS:] else "")


def is_web(url: str) -> bool:
    """Tell whether an address is http or https, without invisible characters."""
    return url.lower().startswith(("http://", "https://")) and drawable(url) == url


def hosts_in_words(hosts: Sequence[Host]) -> str:
    """Return the hosts of some addresses, each once."""
    names = list(dict.fromkeys(host.shown or "an unknown host" for host in hosts))
    return ", ".join(names[:_HOSTS]) + (f" and {len(names) - _HOSTS} more" if names[_HOSTS:] else "")


class Copy(Controller):
    """The commands that copy or open something of the papers."""

    def __init__(self, loader: Loader, terminal: Terminal) -> None:
        super().__init__(loader)
        self._terminal = terminal
        self._warned: tuple[Sequence[str], float] = ((), 0.0)
        """The addresses the user was warned of, and when; the same key opens them now."""

    # Copy

    def copy_link(self) -> None:
        """Copy the repo link, else the project page, else the paper page; of a selection, all repo links."""
        entries = self._state.targets()
        if len(entries) > 1:
            self._copy_repos(entries)
            return
        address, what = copied_address(entries[0].paper) if entries else ("", "")
        if address:
            self._copy_links([address], what)
        else:
            self._ui.say("This paper has no link." if entries else "No paper selected.")

    def _copy_repos(self, entries: Sequence[Entry]) -> None:
        repos = list(dict.fromkeys(entry.paper.repo for entry in entries if entry.paper.repo))
        without = sum(not entry.paper.repo for entry in entries)
        if not repos:
            self._ui.say(f"None of the {counted(len(entries), 'paper')} selected has a repo link.")
            return
        none = f" ({counted(without, 'paper')} {'has' if without == 1 else 'have'} none)" if without else ""
        self._copy_links(repos, f"{counted(len(repos), 'repo link')}{none}")

    def copy_menu(self) -> None:
        """Choose what to copy of the paper; references are of all selected papers."""
        entry = self._state.entry
        if entry is None:
            self._ui.say("No paper selected.")
            return
        offered = offers(entry)
        entries = self._state.targets()
        of_all = f" of {counted(len(entries), 'paper')}" if len(entries) > 1 else ""
        shown = [(offer.name, line(offer.text[:_SHOWN])) for offer in offered]
        shown += [(f"{FORMATS[form].title}{of_all}", line(citation_keys(entries))) for form in REFERENCES]

        def copy_chosen(place: int) -> None:
            name = shown[place][0]
            if place >= len(offered):
                form = REFERENCES[place - len(offered)]
                self._ui.run(lambda: self._copy_references(entries, form, name), "copy", exclusive=True)
            elif offered[place].is_link:
                self._copy_links([offered[place].text], f"{name[0].lower()}{name[1:]}")
            else:
                self._begin_copy(offered[place].text, name.lower())

        when_answered(self._ui, self._ui.choose("Copy", shown), copy_chosen)

    async def _copy_references(self, entries: Sequence[Entry], form: str, what: str) -> None:
        await self._copy(await asyncio.to_thread(references, entries, form), what)

    def _copy_links(self, urls: Sequence[str], what: str) -> None:
        """Copy web addresses, one a line; name their hosts where the message doesn't show them or one hides."""
        if any(not is_web(url) for url in urls):
            self._ui.say(f"Not copied: not an http or https address.\n{line(urls[0][:_SHOWN])}", wrong=True)
            return
        hosts = [host_of(url) for url in urls]
        warning = next((host.warning for host in hosts if host.warning), "")
        if warning or len(urls) > 1:
            what += f" of {hosts_in_words(hosts)}" + (f" (beware: {warning})" if warning else "")
        self._begin_copy("\n".join(urls), what)

    def _begin_copy(self, text: str, what: str) -> None:
        self._ui.run(functools.partial(self._copy, text, what), "copy", exclusive=True)

    async def _copy(self, text: str, what: str) -> None:
        """Copy a text and say where it went; show it large when that can't be confirmed."""
        before = self._state.entry
        copied = await clipboard.copy(text, what, osc52=self._terminal.copy_to_clipboard, environ=os.environ)
        self._ui.say(f"{copied.sentence}\n{line(text[:_SHOWN])}")
        await self._ui.hide_link()
        # At another paper by now, the user doesn't look for this one's link.
        entry = self._state.entry
        if not copied.confirmed and before is not None and entry is not None and entry.id == before.id:
            await self._ui.show_link(text)

    # Open

    def open_paper(self) -> None:
        """Open the paper page in the browser; of a selection, up to five."""
        addresses = [entry.paper.page for entry in self._state.targets()]
        self._open(addresses, "page", "This paper has no page: its feed gave no identifier.")

    def open_repo(self) -> None:
        """Open the repo in the browser, at the path the abstract names; of a selection, up to five."""
        addresses = [
            next((link.target for link in entry.paper.links if link.kind == "repo"), "")
            for entry in self._state.targets()
        ]
        self._open(addresses, "repo", "This paper has no repo link.")

    def open_link(self, url: str) -> None:
        """Open a link that was clicked."""
        self._open([url], "link", "")

    def _open(self, addresses: Sequence[str], what: str, missing: str) -> None:
        """Open the address of each paper, empty if it has none; says `missing` when the only paper has none."""
        urls = list(dict.fromkeys(url for url in addresses if url))
        if not addresses:
            self._ui.say("No paper selected.")
        elif not urls:
            several = f"None of the {counted(len(addresses), 'paper')} selected has a {what}."
            self._ui.say(missing if len(addresses) == 1 else several)
        elif len(urls) > _OPENED_TOGETHER:
            self._ui.say(f"Too many to open: {len(urls):,} {what}s. Select at most {_OPENED_TOGETHER} papers.")
        elif not self._warn(urls):
            self._ui.run(functools.partial(self._open_in_browser, urls, f"{len(urls)} {what}s"), "open")

    def _warn(self, urls: Sequence[str]) -> bool:
        """Warn of an address that hides where it leads; returns whether the user has to press the key again."""
        host = next((host for host in map(host_of, urls) if host.warning), None)
        warned, when = self._warned
        if host is None or not all(map(is_web, urls)) or (warned == urls and time.monotonic() - when < _WARNED):
            return False
        self._warned = (urls, time.monotonic())
        leads = f"This leads to {host.shown}" if host.shown else "Where this leads is unclear"
        several = f" (and {len(urls) - 1} more)" if len(urls) > 1 else ""
        again = "Not opened; press the same key again to open it."
        self._ui.say(f"{leads}{several}: {host.warning}. {again}\n{line(urls[0][:_SHOWN])}", wrong=True)
        return True

    async def _open_in_browser(self, urls: Sequence[str], what: str) -> None:
        for url in urls:
            if problem := await browser.open_url(url, sure=True):
                self._ui.say(f"{problem}\n{line(url[:_SHOWN])}", wrong=True)
                return
        hosts = hosts_in_words([host_of(url) for url in urls])
        self._ui.say(f"Opened {hosts}\n{line(urls[0][:_SHOWN])}" if len(urls) == 1 else f"Opened {what}: {hosts}")
