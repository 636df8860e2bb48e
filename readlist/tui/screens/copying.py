"""Copying and opening: links, titles, citations, notes."""

from __future__ import annotations

import os

from readlist.shelf import Entry
from readlist.tui import desktop
from readlist.tui.render import copied_address, line
from readlist.tui.screens.noting import Noting
from readlist.tui.widgets.link_bar import LinkBar


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
        """Copy the repo link, else the project page, else the paper's page."""
        entries = self.targets()
        found = [copied_address(entry.paper) for entry in entries]
        addresses = [address for address, _ in found if address]
        if not addresses:
            self.say("This paper has no link." if len(entries) == 1 else "These papers have no links.")
            return
        what = found[0][1] if len(entries) == 1 else f"{len(addresses)} links"
        self.run_worker(self.copy("\n".join(addresses), f"{what[0].upper()}{what[1:]}"), group="copy", exclusive=True)

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
        """Open the paper's page in the browser."""
        if self.entry is not None:
            self._open(self.entry.paper.page, "This paper has no page: its feed gave no identifier.")

    def action_open_repo(self) -> None:
        """Open the repo in the browser, at the path the abstract names."""
        if self.entry is None:
            return
        target = next((link.target for link in self.entry.paper.links if link.kind == "repo"), "")
        self._open(target, "This paper has no repo link.")

    def action_open_link(self, url: str) -> None:
        """Open a link that was clicked."""
        self._open(url, "")

    def _open(self, url: str, otherwise: str) -> None:
        if not url:
            self.say(otherwise)
            return
        self.run_worker(self._open_in_browser(url), group="open")

    async def _open_in_browser(self, url: str) -> None:
        problem = await desktop.open_url(url)
        self.say(f"{problem}\n{line(url)}" if problem else f"Opened {line(url)}", wrong=bool(problem))


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
