"""Copying and opening: links, titles, citations, notes."""

from __future__ import annotations

import os
from collections.abc import Sequence

from readlist.shelf import Entry
from readlist.tui import desktop
from readlist.tui.render import copied_address, line
from readlist.tui.screens.deciding import papers
from readlist.tui.screens.noting import Noting
from readlist.tui.widgets.link_bar import LinkBar

_OPENED_TOGETHER = 5


class Copying(Noting):
    """The commands that take something out of the screen."""

    async def copy(self, text: str, what: str) -> None:
        """Copy a text and say what was copied and how; show it large when nothing is sure."""
        copied = await desktop.copy(text, osc52=self.app.copy_to_clipboard, environ=os.environ)
        self.say(f"{what} {copied.sentence}\n{line(text[:200])}")
        if not copied.confirmed:
            await self.query(LinkBar).remove()
            await self.mount(LinkBar(text), before=self.key_bar)

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
        self.run_worker(self.copy(address, f"{what[0].upper()}{what[1:]}"), group="copy", exclusive=True)

    def _copy_repos(self, entries: Sequence[Entry]) -> None:
        repos = list(dict.fromkeys(entry.paper.repo for entry in entries if entry.paper.repo))
        without = sum(not entry.paper.repo for entry in entries)
        if not repos:
            self.say(f"None of the {papers(len(entries))} selected has a repo link.")
            return
        what = f"{len(repos):,} repo links" if len(repos) > 1 else "1 repo link"
        if without:
            what += f" ({papers(without)} {'has' if without == 1 else 'have'} none)"
        self.run_worker(self.copy("\n".join(repos), what), group="copy", exclusive=True)

    def action_copy_menu(self) -> None:
        """Choose what to copy of the paper."""
        entry = self.entry
        if entry is None:
            return
        from readlist.tui.screens.asking import Choice

        offers = _offers(entry)

        def chosen(place: int | None) -> None:
            if place is not None:
                what, text = offers[place]
                self.run_worker(self.copy(text, what), group="copy", exclusive=True)

        self.app.push_screen(Choice("Copy", [(what, line(text[:200])) for what, text in offers]), chosen)

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
        else:
            self.run_worker(self._open_in_browser(urls, f"{len(urls)} {what}s"), group="open")

    async def _open_in_browser(self, urls: Sequence[str], what: str) -> None:
        for url in urls:
            problem = await desktop.open_url(url)
            if problem:
                self.say(f"{problem}\n{line(url)}", wrong=True)
                return
        self.say(f"Opened {line(urls[0]) if len(urls) == 1 else what}")


def _offers(entry: Entry) -> list[tuple[str, str]]:
    """Return what can be copied of an entry: its name and the text."""
    paper = entry.paper
    offers = [(f"{link.kind} link".capitalize(), link.target) for link in paper.links]
    if paper.page:
        offers.append(("Paper page", paper.page))
    offers.append(("Title", paper.title))
    names = ", ".join(paper.authors[:6]) + (" et al." if len(paper.authors) > 6 else "")
    year = f" ({paper.published.year})" if paper.published else ""
    offers.append(("Citation", f"{names}{year}. {paper.title}. {paper.page}".strip(" .") if names else
                   f"{paper.title}{year}. {paper.page}".strip(" .")))  # fmt: skip
    if entry.mark.note:
        offers.append(("Note", entry.mark.note))
    return offers
