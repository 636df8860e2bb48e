"""Open: page, PDF, repo and other addresses in the browser."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence

from readlist.model.edition import pdf_of, repo_of
from readlist.text.clean import counted
from readlist.text.host import host_of, hosts_in_words, is_web
from readlist.tui.desktop import browser
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.paper_text import address
from readlist.tui.render.signs import line

_OPENED_TOGETHER = 5
_SHOWN = 200
_WARNED = 8.0
"""Seconds for which a warning holds, about as long as it is shown."""


class Open(Controller):
    """The commands that open something of the papers."""

    def __init__(self, loader: Loader) -> None:
        super().__init__(loader)
        self._warned: tuple[Sequence[str], float] = ((), 0.0)
        """The addresses the user was warned of, and when; the same key opens them now."""

    def page(self) -> None:
        """Open the paper page in the browser; of a selection, up to five."""
        addresses = [entry.paper.page for entry in self._state.targets()]
        self.open(addresses, "page", "This paper has no page: its feed gave no identifier.")

    def pdf(self) -> None:
        """Open the PDF in the browser; of a selection, up to five."""
        addresses = [pdf_of(entry.paper) for entry in self._state.targets()]
        self.open(addresses, "PDF", "No PDF of this paper is known.")

    def repo(self) -> None:
        """Open the repo in the browser, at the path the abstract names; of a selection, up to five."""
        addresses = [repo_of(entry.paper) for entry in self._state.targets()]
        self.open(addresses, "repo", "This paper has no repo link.")

    def link(self, url: str) -> None:
        """Open a link that was clicked."""
        self.open([url], "link", "")

    def open(self, addresses: Sequence[str], what: str, missing: str) -> None:
        """Open the address of each paper, empty if it has none; says `missing` when the only paper has none."""
        urls = list(dict.fromkeys(url for url in addresses if url))
        if not addresses:
            self._ui.say("No paper here.", tone="note")
        elif not urls:
            several = f"None of the {counted(len(addresses), 'paper')} selected has a {what}."
            self._ui.say(missing if len(addresses) == 1 else several, tone="note")
        elif len(urls) > _OPENED_TOGETHER:
            limit = f"Too many to open: {len(urls):,} {what}s. Select at most {_OPENED_TOGETHER} papers."
            self._ui.say(limit, tone="note")
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
        self._ui.say(f"{leads}{several}: {host.warning}. {again}", wrong=True, details=[line(urls[0][:_SHOWN])])
        return True

    async def _open_in_browser(self, urls: Sequence[str], what: str) -> None:
        for url in urls:
            if problem := await browser.open_url(url, sure=True):
                self._ui.say(problem, wrong=True, details=[line(url[:_SHOWN])])
                return
        hosts = hosts_in_words([host_of(url) for url in urls])
        self._ui.say(f"Opened {address(urls[0])[:_SHOWN]}" if len(urls) == 1 else f"Opened {what}: {hosts}")
