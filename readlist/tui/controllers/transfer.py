"""Transfer: add papers by id, import and export files."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from readlist.exports.formats import FORMATS
from readlist.shelf import EXPECTED
from readlist.text.clean import counted, fold
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.signs import line
from readlist.tui.ui import ANSWER, when_answered

if TYPE_CHECKING:
    from readlist.services import Report
    from readlist.services.importer import Summary
    from readlist.services.refresh import Addition
    from readlist.tui.controllers.feeds import Feeds, Fetcher

_NAMED = 3
_LONGEST_OFFER = 2_000


class Transfer(Controller):
    """The commands that add, import and export papers."""

    def __init__(self, loader: Loader, feeds: Feeds, fetcher: Fetcher) -> None:
        super().__init__(loader)
        self._feeds = feeds
        self._fetcher = fetcher

    # Add

    def add(self) -> None:
        """Ask for papers by id or address; suggests the clipboard."""
        answer = self._ui.prompt(
            "Add papers",
            "arXiv ids, DOIs or addresses:",
            "add",
            placeholder="2401.12345",
            check=_addition_problem,
            offer=_clipboard_offer(),
        )
        when_answered(self._ui, answer, lambda text: self._ui.run(lambda: self._add(text), "add"))

    async def _add(self, text: str) -> None:
        """Add the papers that a text names; offline, by their ids alone."""
        from readlist.sources.sites.lookup import find_identifiers

        # One a word, but `arXiv: 2401.12345` is one.
        wanted = find_identifiers("\n".join(re.split(r"(?<!:)\s+", text.strip())))
        problems = [f"Not an arXiv id, DOI or paper address: {line(text)[:80]}" for text in wanted.unknown]
        refresher = self._fetcher.refresher
        if not wanted.identifiers or refresher is None:
            self._say_problems("", problems)
            return
        sample = self._state.sample
        async with self._ui.progress("Adding") as report:
            addition = await self._in_thread(refresher.add, wanted.identifiers, report)
        if addition is not None:
            await self._loader.add_new()
            problems += map(line, addition.problems)
            self._report_added(addition, problems, await self._loader.sample_left(sample))

    def _report_added(self, addition: Addition, problems: Sequence[str], left: str) -> None:
        """Say what was added, what failed, and what became of the sample; go to what was added."""
        done = ""
        if addition.keys:
            ids = self._shelf.papers.ids_of(addition.keys)
            self._state.go_to(ids.get(addition.keys[0]))
            self._ui.show()
            new, restored = len(addition.new), len(addition.restored)
            known = len(addition.keys) - new - restored
            parts = [f"Added {counted(new, 'paper')}"] if new else []
            parts += [f"{'restored' if new else 'Restored'} {counted(restored, 'removed paper')}"] if restored else []
            parts += [f"{known} already here"] if known else []
            waiting = len(addition.waiting)
            whose = "" if waiting == len(addition.keys) else f" of {waiting}"
            details = f"; details{whose} follow when online" if waiting else ""
            if addition.done is not None:
                self._state.begin_step()
            undo = self._ui.keys.text(". {key:undo}: undo") if addition.done is not None else ""
            gone = f"; {left}" if left else ""
            done = f"{', '.join(parts)}{details}{gone}{undo}"
        self._say_problems(done, problems)

    def _say_problems(self, done: str, problems: Sequence[str]) -> None:
        """Say what was done, and in the same line what failed; of several failures their number."""
        if not problems:
            self._ui.say(done)
            return
        more = f"{len(problems)} failed. {self._ui.keys.text('{key:messages}: details')}"
        parts = [*([done] if done else []), problems[0] if len(problems) == 1 else more]
        self._ui.say(". ".join(parts), wrong=True, details=problems if len(problems) > 1 else ())

    # Import

    def import_page(self) -> None:
        """Ask for a path and import it."""
        answer = self._ui.prompt(
            "Import",
            "A saved page, BibTeX, RIS, JSON, feed XML, OPML, or a folder:",
            "import",
            placeholder="~/Downloads/papers.txt",
            path=True,
        )
        when_answered(self._ui, answer, lambda text: self._ui.run(lambda: self._import_from(text), "import"))

    async def _import_from(self, text: str) -> None:
        """Import files in a thread and report."""
        sample = self._state.sample
        async with self._ui.progress("Importing") as report:
            summary = await asyncio.to_thread(self._read, text, report)
        if summary.adoptions:
            self._state.begin_step()
        self._loader.ask_again()
        if summary.feeds:
            await self._feeds.follow_listed(summary.feeds)
        self._report_imported(summary, await self._loader.sample_left(sample))

    def _report_imported(self, summary: Summary, left: str) -> None:
        """Say in one line what came in and what failed; the failures themselves are in the list of messages."""
        parts = []
        if summary.new or summary.known:
            adoptions = summary.adoptions
            texts = [str(each) for each in adoptions if str(each)]
            brought = ", ".join(texts[:_NAMED]) + (" …" if len(texts) > _NAMED else "")
            decided = f", with {brought}" if brought else ""
            undo = self._ui.keys.text(". {key:undo}: undo") if adoptions else ""
            gone = f"; {left}" if left else ""
            known = f"{summary.known:,} known{f', of them {summary.removed:,} removed' if summary.removed else ''}"
            parts.append(f"Imported {counted(summary.new, 'new paper')}, {known}{gone}{decided}{undo}")
        failures = [line(failure) for failure in summary.failures]
        alone = len(failures) == 1 and not parts
        if alone:
            parts = failures
        elif failures:
            details = self._ui.keys.text("{key:messages}: details")
            parts.append(f"{len(failures)} of {counted(summary.files, 'file')} failed. {details}")
        if parts:
            self._ui.say(". ".join(parts), wrong=bool(failures), details=() if alone else failures)

    def _read(self, text: str, report: Report) -> Summary:
        """Import a path, marks in its files included."""
        from readlist.services.importer import Summary, import_files, summarize

        try:
            path = _path_of(text)
        except RuntimeError as error:
            return Summary(failures=[f"{_unquoted(text)}: {error}"])
        return summarize(import_files(self._shelf, [path], report))

    # Export

    async def export(self) -> None:
        """Ask for format and path, and export the selected papers, or the view."""
        await self._loader.settled()
        if broken := self._loader.broken():
            self._ui.say(broken, wrong=True)
            return
        selection = self._state.selection
        ids = [number for number in self._state.ids if not selection or number in selection]
        if not ids:
            self._ui.say("Nothing to export.", tone="note")
            return
        offers = [(form.title, f"*.{form.suffix}") for form in FORMATS.values()]
        answer = self._ui.choose(f"Export {counted(len(ids), 'paper')} as", offers)
        self._ui.run(lambda: self._export_answered(answer, ids), ANSWER)

    async def _export_answered(self, answer: Awaitable[int | None], ids: Sequence[int]) -> None:
        place = await answer
        if place is None:
            return
        form, wanted = list(FORMATS)[place], ""
        while text := await self._ask_where(form, wanted):
            path = _path_of(text)
            if not path.exists() or await self._ui.ask(line(f"Overwrite {path}?")):
                self._ui.run(functools.partial(self._write, ids, form, path), "export")
                return
            wanted = _unquoted(text)

    def _ask_where(self, form: str, wanted: str) -> Awaitable[str | None]:
        """Ask for the path; suggests a free one, next to the one wanted."""
        state = self._state
        title = "selected" if state.selection else state.search or state.view.name
        name = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:40] or "papers"
        free = _free(Path(wanted or f"~/{name}.{FORMATS[form].suffix}"))
        return self._ui.prompt(
            f"Export as {FORMATS[form].title}",
            "File:",
            "export",
            check=_path_problem,
            path=True,
            offer=(str(free), "new file"),
        )

    async def _write(self, ids: Sequence[int], form: str, path: Path) -> None:
        from readlist.services import Cancelled, exporter

        async with self._ui.progress("Exporting", cancellable=True) as report:

            def write() -> str:
                # Imports the format's library in the thread, too.
                return exporter.write_file(
                    path, exporter.export(self._shelf, ids, form, report, past=self._loader.past)
                )

            try:
                reason = await asyncio.to_thread(write)
            except Cancelled:
                self._ui.say(line(f"Cancelled: {path} was not written."), tone="note")
                return
            except EXPECTED as error:
                reason = str(error)
        if reason:
            again = self._ui.keys.text("{key:export}: try another file")
            self._ui.say(line(f"Export failed: {path}: {reason}. {again}"), wrong=True)
        else:
            self._ui.say(line(f"Exported {counted(len(ids), 'paper')} as {FORMATS[form].title} to {path}"))


def _addition_problem(text: str) -> str:
    """Return why a text does not name a paper; empty if it does."""
    from readlist.sources.sites.lookup import find_identifiers

    return "" if find_identifiers(text).identifiers else f"not an arXiv id, DOI or paper address: {line(text)[:80]}"


async def _clipboard_offer() -> tuple[str, str]:
    """Return the ids of papers on the clipboard, empty if it holds anything else."""
    return await asyncio.to_thread(_pasted_identifiers), "from clipboard"


def _pasted_identifiers() -> str:
    """Return what `_clipboard_offer` does; in a thread, for the imports take as long as some frames."""
    from readlist.sources.sites.lookup import find_identifiers
    from readlist.tui.desktop import clipboard

    found = find_identifiers((clipboard.paste() or "")[:_LONGEST_OFFER])
    return " ".join(found.identifiers) if not found.unknown else ""


def _unquoted(path: str) -> str:
    """Return a path without the quotes of file managers."""
    return path[1:-1] if len(path) > 1 and path[0] == path[-1] and path[0] in "'\"" else path


def _path_of(text: str) -> Path:
    """Return the path of a text; `~` is the user's home."""
    return Path(_unquoted(text)).expanduser()


def _path_problem(text: str) -> str:
    """Return why a path can't be written to; empty if it may."""
    try:
        path = _path_of(text)
        if path.is_dir():
            return f"{line(text)} is a folder, not a file"
        if not path.parent.is_dir():
            return f"no such folder: {line(str(path.parent))}"
    except (OSError, RuntimeError, ValueError) as error:
        return line(str(error))
    return ""


def _free(path: Path) -> Path:
    """Return the path, numbered if it exists."""
    free, number = path, 1
    while free.expanduser().exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free
