"""Copying and opening: links, titles, citations, notes."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence

from readlist.exports.formats import FORMS
from readlist.services.exporter import REFERENCES, references
from readlist.shelf import Entry
from readlist.text.clean import drawable
from readlist.text.host import Host, host_of
from readlist.tui import desktop
from readlist.tui.render import copied_address, line
from readlist.tui.screens.deciding import papers
from readlist.tui.screens.noting import Noting
from readlist.tui.widgets.link_bar import LinkBar

_OPENED_TOGETHER = 5
_NAMED = 3
_WARNED = 8.0
"""Seconds for which a warning holds, about as long as it is seen."""


class Copying(Noting):
    """The commands that take something out of the screen."""

    _shown_large: int | None = None
    """The paper of which a link is shown large."""
    _warned: tuple[Sequence[str], float] = ((), 0.0)
    """What the user was warned of and may open now, and when that was."""

    async def copy(self, text: str, what: str) -> None:
        """Copy a text and say what was copied and how; show it large when nothing is sure."""
        before = self.entry
        copied = await desktop.copy(text, osc52=self.app.copy_to_clipboard, environ=os.environ)
        self.say(f"{what} {copied.sentence}\n{line(text[:200])}")
        await self.hide_link()
        # Whoever is at the next paper by now doesn't look for this one's link.
        if not copied.confirmed and before is not None and self.entry is not None and self.entry.id == before.id:
            self._shown_large = before.id
            self.add_class("-link")
            await self.mount(LinkBar(self.keys, text), before=self.key_bar)

    async def hide_link(self) -> None:
        """Take the link away that is shown large."""
        self._shown_large = None
        self.remove_class("-link")
        await self.query(LinkBar).remove()

    def show_entry(self, *, stay: bool = False) -> None:
        """Show the entry under the cursor; a link that is shown large goes with its paper."""
        super().show_entry(stay=stay)
        if self._shown_large is not None and (self.entry is None or self.entry.id != self._shown_large):
            self.run_worker(self.hide_link(), group="link")

    def _copy_links(self, urls: Sequence[str], what: str) -> None:
        """Copy addresses, one a line, and say whose they are; nothing but those of the web."""
        if any(not _is_web(url) for url in urls):
            self.say(f"Not copied: only http and https addresses are.\n{line(urls[0][:200])}", wrong=True)
            return
        hosts = [host_of(url) for url in urls]
        warning = next((host.warning for host in hosts if host.warning), "")
        what = f"{what} of {_named(hosts)}" + (f" (beware: {warning})" if warning else "")
        self.run_worker(self.copy("\n".join(urls), what), group="copy", exclusive=True)

    def action_copy_link(self) -> None:
        """Copy the repo link, else the project page, else the paper's page; of a selection, all repo links."""
        entries = self.targets()
        if len(entries) > 1:
            self._copy_repos(entries)
            return
        address, what = copied_address(entries[0].paper) if entries else ("", "")
        if not address:
            self.say("This paper has no link.")
            return
        self._copy_links([address], f"{what[0].upper()}{what[1:]}")

    def _copy_repos(self, entries: Sequence[Entry]) -> None:
        repos = list(dict.fromkeys(entry.paper.repo for entry in entries if entry.paper.repo))
        without = sum(not entry.paper.repo for entry in entries)
        if not repos:
            self.say(f"None of the {papers(len(entries))} selected has a repo link.")
            return
        what = f"{len(repos):,} repo links" if len(repos) > 1 else "1 repo link"
        if without:
            what += f" ({papers(without)} {'has' if without == 1 else 'have'} none)"
        self._copy_links(repos, what)

    def action_copy_menu(self) -> None:
        """Choose what to copy of the paper."""
        entry = self.entry
        if entry is None:
            return
        from readlist.exports.citation_key import citation_key
        from readlist.tui.dialogs.choice import Choice

        offers, links = _offers(entry)
        # References are of all that is selected.
        entries = self.targets()
        of_all = f" of {papers(len(entries))}" if len(entries) > 1 else ""
        keys = ", ".join(citation_key(entry.paper) for entry in entries[:_NAMED]) + (" …" if entries[_NAMED:] else "")

        def chosen(place: int | None) -> None:
            if place is None:
                return
            if place >= len(offers):
                work = self._copy_references(entries, REFERENCES[place - len(offers)], of_all)
                self.run_worker(work, group="copy", exclusive=True)
                return
            what, text = offers[place]
            if place < links:
                self._copy_links([text], what)
            else:
                self.run_worker(self.copy(text, what), group="copy", exclusive=True)

        shown = [(what, line(text[:200])) for what, text in offers]
        shown += [(f"{FORMS[form].title}{of_all}", line(keys)) for form in REFERENCES]
        self.app.push_screen(Choice(self.keys, "Copy", shown), chosen)

    async def _copy_references(self, entries: Sequence[Entry], form: str, of_all: str) -> None:
        """Copy papers in a format of reference managers."""
        text = await asyncio.to_thread(references, entries, form)
        await self.copy(text, f"{FORMS[form].title}{of_all}")

    def action_open_paper(self) -> None:
        """Open the paper's page in the browser; of a selection, a handful of them."""
        addresses = [entry.paper.page for entry in self.targets()]
        self._open(addresses, "page", "This paper has no page: its feed gave no identifier.")

    def action_open_repo(self) -> None:
        """Open the repo in the browser, at the path the abstract names; of a selection, a handful of them."""
        addresses = [
            next((link.target for link in entry.paper.links if link.kind == "repo"), "") for entry in self.targets()
        ]
        self._open(addresses, "repo", "This paper has no repo link.")

    def action_open_link(self, url: str) -> None:
        """Open a link that was clicked."""
        self._open([url], "link", "")

    def _open(self, addresses: Sequence[str], what: str, missing: str) -> None:
        """Open the address of each paper, empty if it has none; says `missing` when the only paper has none."""
        urls = list(dict.fromkeys(url for url in addresses if url))
        if not urls:
            several = f"None of the {papers(len(addresses))} selected has a {what}."
            self.say(missing if len(addresses) == 1 else several if addresses else "There is no paper here.")
        elif len(urls) > _OPENED_TOGETHER:
            self.say(f"{len(urls):,} {what}s are too many to open together: select at most {_OPENED_TOGETHER} papers.")
        elif not self._hidden(urls):
            self.run_worker(self._open_in_browser(urls, f"{len(urls)} {what}s"), group="open")

    def _hidden(self, urls: Sequence[str]) -> bool:
        """Warn of an address that hides where it leads; tells whether there is one and the user was not yet told."""
        host = next((host for host in map(host_of, urls) if host.warning), None)
        warned, when = self._warned
        if host is None or not all(map(_is_web, urls)) or (warned == urls and time.monotonic() - when < _WARNED):
            return False
        self._warned = (urls, time.monotonic())
        leads = f"This leads to {host.shown}" if host.shown else "Where this leads is unclear"
        several = f" (and {len(urls) - 1} more)" if len(urls) > 1 else ""
        again = "Not opened; the same key again opens it."
        self.say(f"{leads}{several}: {host.warning}. {again}\n{line(urls[0][:200])}", wrong=True)
        return True

    async def _open_in_browser(self, urls: Sequence[str], what: str) -> None:
        hosts = [host_of(url) for url in urls]
        for url in urls:
            problem = await desktop.open_url(url, sure=True)
            if problem:
                self.say(f"{problem}\n{line(url[:200])}", wrong=True)
                return
        self.say(
            f"Opened {_named(hosts)}\n{line(urls[0][:200])}" if len(urls) == 1 else f"Opened {what}: {_named(hosts)}"
        )


def _is_web(url: str) -> bool:
    """Tell whether an address is one of the web, with nothing in it that can't be seen."""
    return url.lower().startswith(("http://", "https://")) and drawable(url) == url


def _named(hosts: Sequence[Host]) -> str:
    """Return the hosts of some addresses, each once."""
    names = list(dict.fromkeys(host.shown or "an unknown host" for host in hosts))
    return ", ".join(names[:_OPENED_TOGETHER]) + (
        f" and {len(names) - _OPENED_TOGETHER} more" if names[_OPENED_TOGETHER:] else ""
    )


def _offers(entry: Entry) -> tuple[list[tuple[str, str]], int]:
    """Return what can be copied of an entry, its name and the text, and how many are links: those come first."""
    paper = entry.paper
    offers = [(f"{link.kind} link".capitalize(), link.target) for link in paper.links]
    if paper.page:
        offers.append(("Paper page", paper.page))
    links = len(offers)
    offers.append(("Title", paper.title))
    names = ", ".join(paper.authors[:6]) + (" et al." if len(paper.authors) > 6 else "")
    year = f" ({paper.published.year})" if paper.published else ""
    offers.append(("Citation", f"{names}{year}. {paper.title}. {paper.page}".strip(" .") if names else
                   f"{paper.title}{year}. {paper.page}".strip(" .")))  # fmt: skip
    if entry.mark.note:
        offers.append(("Note", entry.mark.note))
    return offers, links
