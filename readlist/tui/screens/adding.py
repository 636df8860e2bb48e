"""Bringing single papers and pages in: by id or address, from files."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from readlist.shelf import EXPECTED
from readlist.tui.render import line
from readlist.tui.screens.feeding import Feeding

if TYPE_CHECKING:
    from readlist.services.importer import Summary
    from readlist.services.progress import Progress
    from readlist.services.refresh import Addition
    from readlist.tui.dialogs.prompt import Prompt

_NAMED = 3
_LONGEST_OFFER = 2_000


class Adding(Feeding):
    """The commands that bring papers in one by one or page by page."""

    # Adding by id

    def action_add(self) -> None:
        """Ask for papers by id or address; what the clipboard holds is offered."""
        from readlist.tui.dialogs.prompt import Prompt

        def answered(text: str | None) -> None:
            if text:
                self.run_worker(self.add_papers(text), group="add")

        prompt = Prompt(
            self.keys,
            "Add papers",
            "arXiv ids, DOIs or addresses of papers:",
            "adds",
            placeholder="2401.12345",
            check=_addition_problem,
        )
        self.app.push_screen(prompt, answered)
        self.run_worker(self._offer_clipboard(prompt), group="clipboard", exclusive=True)

    async def _offer_clipboard(self, prompt: Prompt) -> None:
        """Offer the papers on the clipboard; reading it may take its time."""
        from readlist.tui.desktop import paste

        if offered := _papers_in(await asyncio.to_thread(lambda: paste() or "")):
            prompt.offer(offered, "on the clipboard")

    async def add_papers(self, text: str) -> None:
        """Add the papers a text names; without a network they are kept by their ids."""
        from readlist.sources.ask import asked

        # Each word counts; but for `arXiv: 2401.12345`, which is one.
        wanted = asked("\n".join(re.split(r"(?<!:)\s+", text.strip())))
        if wanted.unknown:
            self.say(f"No arXiv id, DOI or address of a paper: {line(wanted.unknown[0])[:80]}", wrong=True)
        if not wanted.identifiers or self.refresher is None:
            return
        async with self.progress("Adding") as report:

            def told(progress: Progress) -> None:
                report(progress.done, progress.total, "")

            try:
                addition = await asyncio.to_thread(self.refresher.add, wanted.identifiers, told)
            except EXPECTED as error:
                self.say(str(error), wrong=True)
                return
        await self.take_in()
        await self._tell_added(addition)

    async def _tell_added(self, addition: Addition) -> None:
        """Say what was added, and go to it if it is in the list."""
        problems = addition.problems[:_NAMED]
        if addition.keys:
            ids = self.shelf.papers.ids_of(addition.keys)
            self.go_to(ids.get(addition.keys[0]))
            known = len(addition.keys) - len(addition.new)
            parts = [f"Added: {len(addition.new)} new"] if addition.new else []
            parts += [f"{known} already here"] if known else []
            parts += [f"{len(addition.waiting)} kept by id until there is a network"] if addition.waiting else []
            if addition.new:
                self.undo_here = functools.partial(self._take_away, addition.new)
            undone = self.keys.text(" {key:undo} takes it away again.") if addition.new else ""
            self.say(f"{'; '.join(parts)}.{undone}")
        for problem in problems:
            self.say(line(problem), wrong=True)

    async def _take_away(self, keys: Sequence[str]) -> None:
        """Remove papers that were added a moment ago; one that has a mark stays."""
        try:
            removed = await asyncio.to_thread(self.shelf.papers.drop_added, keys)
        except EXPECTED as error:
            self.say(str(error), wrong=True)
            return
        self.show_afresh()
        kept = f"; {len(keys) - removed} with marks or of other feeds stay" if removed < len(keys) else ""
        self.say(f"Taken away: {removed}{kept}.")

    # Import

    def action_import_page(self) -> None:
        """Ask for a path and import what is there."""
        from readlist.tui.dialogs.prompt import path_prompt, unquoted

        def answered(path: str | None) -> None:
            if path:
                self.run_worker(self.import_from(unquoted(path)), group="import")

        self.app.push_screen(path_prompt(self.keys), answered)

    async def import_from(self, path: str) -> None:
        """Read pages in a thread and put them on the shelf; say how it went."""
        async with self.progress("Importing") as report:
            came = await asyncio.to_thread(self._import, path, report)
        self.show_afresh()
        if came.feeds:
            await self.follow_listed(came.feeds)
        for failure in came.failures[:_NAMED]:
            self.say(line(failure), wrong=True)
        if len(came.failures) > _NAMED:
            more = len(came.failures) - _NAMED
            self.say(f"{more} more files could not be read; `readlist import` names them.", wrong=True)
        if came.new or came.known:
            brought = ", ".join(map(str, came.adoptions[:_NAMED])) + (" …" if len(came.adoptions) > _NAMED else "")
            decided = self.keys.text(" With {brought}; {key:undo} takes that back.", brought=brought) if brought else ""
            self.say(f"Imported: {came.new:,} new, {came.known:,} known.{decided}")

    def _import(self, path: str, report: Callable[[int, int, str], None]) -> Summary:
        """Import files, with what they say their owner decided; the marks show at once."""
        from readlist.services.importer import Summary, import_files, summarize

        def told(progress: Progress) -> None:
            report(progress.done, progress.total, progress.name)

        try:
            found = Path(path).expanduser()
        except RuntimeError as error:
            return Summary(failures=(f"{path}: {error}",))
        return summarize(import_files(self.shelf, [found], told))


def _addition_problem(text: str) -> str:
    """Return why a text names no paper, empty if it does."""
    from readlist.sources.ask import asked

    return "" if asked(text).identifiers else f"no arXiv id, DOI or address of a paper: {line(text)[:80]}"


def _papers_in(text: str) -> str:
    """Return the ids of the papers a text consists of as one line, empty if it holds anything else."""
    from readlist.sources.ask import asked

    found = asked(text[:_LONGEST_OFFER])
    return " ".join(found.identifiers) if found.identifiers and not found.unknown else ""
