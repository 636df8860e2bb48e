"""Open: page, PDF, repo and other addresses in the browser; and the user's own actions."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from readlist.model.edition import Edition, editions, pdf_of, repo_of
from readlist.services import Progress
from readlist.text.clean import counted
from readlist.text.host import host_of, hosts_in_words, is_web
from readlist.tui.desktop import browser, process
from readlist.tui.keymap import spelled
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.columns import share
from readlist.tui.render.link_text import address
from readlist.tui.render.signs import cut, line
from readlist.tui.ui import when_answered

if TYPE_CHECKING:
    from readlist.config import Action
    from readlist.shelf import Entry

_OPENED_TOGETHER = 5
_ASKED_FROM = 20
_TITLE = 48
_SHOWN = 200
_WARNED = 8.0
"""Seconds for which a warning holds, about as long as it is shown."""


class Open(Controller):
    """The commands that open something of the papers."""

    def __init__(self, loader: Loader, actions: Sequence[Action] = (), limit: float = process.LIMIT) -> None:
        """Make the controller.

        Args:
            loader: the list, the shelf and the screen.
            actions: the user's actions.
            limit: seconds that the program of an action has.
        """
        super().__init__(loader)
        self._actions = actions
        self._limit = limit
        self._warned: tuple[Sequence[str], float] = ((), 0.0)
        """The addresses the user was warned of, and when; the same key opens them now."""

    def page(self) -> None:
        """Open the paper page in the browser; of a selection, up to five."""
        if self._is_too_much():
            return
        addresses = [entry.paper.page for entry in self._state.targets()]
        self.open(addresses, "page", "This paper has no page: its feed gave no identifier.")

    def pdf(self) -> None:
        """Open the PDF in the browser; of a selection, up to five."""
        if self._is_too_much():
            return
        addresses = [pdf_of(entry.paper) for entry in self._state.targets()]
        self.open(addresses, "PDF", "No PDF of this paper is known.")

    def repo(self) -> None:
        """Open the repo in the browser, at the path the abstract names; of a selection, up to five."""
        if self._is_too_much():
            return
        addresses = [repo_of(entry.paper) for entry in self._state.targets()]
        self.open(addresses, "repo", "This paper has no repo link.")

    def link(self, url: str) -> None:
        """Open a link that was clicked."""
        self.open([url], "link", "")

    def menu(self) -> None:
        """Choose how to open the selected papers, or the one under the cursor."""
        if self._is_too_much():
            return
        entries = self._state.targets()
        if not entries:
            self._ui.say("No paper here.", tone="note")
            return
        forms = [form for form in zip(*(editions(entry.paper) for entry in entries), strict=True) if _urls(form)]
        offers = [(form[0].title, _shown(_urls(form), len(entries))) for form in forms]
        for number, action in enumerate(self._actions):
            lacks = action.lacks(entries[0].paper) if len(entries) == 1 else ""
            key = self._ui.keys[f"action_{number + 1}"]
            does = address(action.template[:_SHOWN])
            offers.append((action.name, f"no {lacks}" if lacks else f"({spelled(key[0])}) {does}" if key else does))
        title = line(entries[0].paper.title) or entries[0].paper.key
        one = f"Open: {cut(title, min(cell_len(title), _TITLE), self._ui.signs.cut)}"

        def open_chosen(place: int) -> None:
            if place < len(forms):
                self.open([each.url for each in forms[place]], forms[place][0].noun, "")
            else:
                self._act(self._actions[place - len(forms)], entries)

        chosen = self._ui.choose(one if len(entries) == 1 else f"Open {counted(len(entries), 'paper')}", offers)
        when_answered(self._ui, chosen, open_chosen)

    # Actions

    def action(self, number: int) -> None:
        """Run an action of the user's, by its place, on the selected papers or the one under the cursor."""
        if self._is_too_much():
            return
        entries = self._state.targets()
        if entries:
            self._act(self._actions[number], entries)
        else:
            self._ui.say("No paper here.", tone="note")

    def _act(self, action: Action, entries: Sequence[Entry]) -> None:
        lacking = [action.lacks(entry.paper) for entry in entries]
        able = [entry for entry, lacks in zip(entries, lacking, strict=True) if not lacks]
        lacks = next((each for each in lacking if each), "")
        if not able:
            who = "this paper has" if len(entries) == 1 else f"none of the {counted(len(entries), 'paper')} has"
            what = lacks if len(entries) == 1 else f"the {lacks} it needs"
            self._ui.say(f"{action.name}: {who} {'no ' if len(entries) == 1 else ''}{what}.", tone="note")
        elif action.address:
            self.open([action.target(entry.paper) for entry in able], "page", "")
        else:
            without = f"{counted(len(entries) - len(able), 'paper')} without {lacks}" if lacks else ""
            run = functools.partial(self._run, action, able, without)
            if len(able) <= _ASKED_FROM:
                self._ui.run(run, "action")
                return
            question = self._ui.ask(f"Run {action.name} for {counted(len(able), 'paper')}, one after the other?")
            when_answered(self._ui, question, lambda _: self._ui.run(run, "action"))

    async def _run(self, action: Action, entries: Sequence[Entry], without: str) -> None:
        """Run the program of an action for each paper, and say what came of it in one line."""
        if not action.wait:
            problems = [await asyncio.to_thread(process.start, action.arguments(entry.paper)) for entry in entries]
            problem = next((each for each in problems if each), "")
            self._ui.say(f"{action.name}: {problem or 'started'}", wrong=bool(problem))
            return
        ended: list[process.Ended] = []
        async with self._ui.progress(action.name) as report:
            for place, entry in enumerate(entries):
                report(Progress(place, len(entries), "papers", line(entry.paper.title)))
                ended.append(await asyncio.to_thread(process.run, action.arguments(entry.paper), self._limit))
                if not (ended[-1].starts and ended[-1].in_time):
                    # The next one would not do better.
                    break
        failed = [one for one in ended if one.problem]
        if len(entries) == 1 and not without:
            one = ended[0]
            said = [one.said] if one.problem and one.said else []
            self._ui.say(f"{action.name}: {one.problem or one.said or 'done'}", wrong=bool(failed), details=said)
            return
        parts = [f"{counted(len(ended) - len(failed), 'paper')} done", without]
        parts += [f"{len(failed):,} failed: {failed[0].problem}"] if failed else []
        parts += [f"{counted(len(entries) - len(ended), 'paper')} not tried"] if len(ended) < len(entries) else []
        details = [
            f"{line(entry.paper.title) or entry.paper.key}: {one.problem or one.said or 'done'}"
            for entry, one in zip(entries, ended, strict=False)
        ]
        self._ui.say(f"{action.name}: {'; '.join(filter(None, parts))}", wrong=bool(failed), details=details)

    # In the browser

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


def _urls(form: Sequence[Edition]) -> list[str]:
    return [each.url for each in form if each.url]


def _shown(urls: Sequence[str], papers: int) -> str:
    """Return what a menu shows of some addresses: the only one, else how many papers have one."""
    first = address(urls[0][:_SHOWN])
    if papers == 1:
        return first
    return f"{share(len(urls), papers)}  {first}"
