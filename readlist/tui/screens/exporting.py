"""Writing papers to a file, in the formats of other programs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from readlist.exports.formats import FORMS
from readlist.shelf import EXPECTED
from readlist.text.clean import fold
from readlist.tui.render import line
from readlist.tui.screens.adding import Adding
from readlist.tui.screens.deciding import papers

if TYPE_CHECKING:
    from readlist.services.progress import Progress


class Exporting(Adding):
    """The command that writes papers to a file."""

    async def action_export(self) -> None:
        """Ask for format and path, and write the selected papers, or all of the view."""
        await self.settled()
        if broken := self.broken():
            self.say(broken, wrong=True)
            return
        ids = [number for number in self.paper_list.ids if not self.selection or number in self.selection]
        if not ids:
            self.say("There is no paper here to export.")
            return
        from readlist.tui.dialogs.choice import Choice

        names = list(FORMS)

        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_where(ids, names[place], "")

        offers = [(form.title, f"*.{form.suffix}") for form in FORMS.values()]
        self.app.push_screen(Choice(self.keys, f"Export {papers(len(ids))} as", offers), chosen)

    def _ask_where(self, ids: Sequence[int], form: str, wanted: str) -> None:
        """Ask for the path; one that is free is offered, beside the one that was wanted."""
        from readlist.tui.dialogs.prompt import export_prompt

        title = "selected" if self.selection else self.search or self.view.name
        name = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:40] or "papers"
        offered = _free(Path(wanted or f"~/{name}.{FORMS[form].suffix}"))

        def answered(text: str | None) -> None:
            if text:
                self._write(ids, form, text)

        prompt = export_prompt(self.keys, FORMS[form].title, _path_problem)
        prompt.offer(str(offered), "a free name")
        self.app.push_screen(prompt, answered)

    def _write(self, ids: Sequence[int], form: str, text: str) -> None:
        """Write to a path; asks before it replaces a file, and for another path if that is not meant."""
        from readlist.tui.dialogs.prompt import unquoted
        from readlist.tui.dialogs.question import Question

        path = _path_of(text)
        if not path.exists():
            self.run_worker(self._export(ids, form, path), group="export")
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.run_worker(self._export(ids, form, path), group="export")
            else:
                self._ask_where(ids, form, unquoted(text))

        self.app.push_screen(Question(self.keys, line(f"{path} is there already. Replace it?")), answered)

    async def _export(self, ids: Sequence[int], form: str, path: Path) -> None:
        from readlist.services import exporter

        async with self.progress("Exporting") as report:

            def told(progress: Progress) -> None:
                report(progress.done, progress.total, "")

            def write() -> str:
                # The format's library is imported in the thread, too.
                return exporter.write_file(path, exporter.export(self.shelf, ids, form, told))

            try:
                reason = await asyncio.to_thread(write)
            except EXPECTED as error:
                reason = str(error)
            if reason:
                again = self.keys.text("{key:export} asks for another place.")
                self.say(line(f"Not exported: {path}: {reason}. {again}"), wrong=True)
                return
        self.say(line(f"Exported {papers(len(ids))} as {FORMS[form].title}: {path}"))


def _path_of(text: str) -> Path:
    """Return the path a text means, `~` being the user's home."""
    from readlist.tui.dialogs.prompt import unquoted

    return Path(unquoted(text)).expanduser()


def _path_problem(text: str) -> str:
    """Return why nothing can be written to a path, empty if it can be tried."""
    try:
        path = _path_of(text)
        if path.is_dir():
            return f"{line(text)} is a folder; name a file in it"
        if not path.parent.is_dir():
            return f"there is no folder {line(str(path.parent))}"
    except (OSError, RuntimeError, ValueError) as error:
        return line(str(error))
    return ""


def _free(path: Path) -> Path:
    """Return the path, or where something is there already, one like it that is free."""
    free, number = path, 1
    while free.expanduser().exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free
