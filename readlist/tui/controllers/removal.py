"""Removal: papers taken out of the list, and brought back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from readlist.model.view import ALL, VIEWS
from readlist.services import Progress
from readlist.shelf import EXPECTED, Entry
from readlist.text.clean import counted
from readlist.tui.controllers.marks import Marks
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.signs import line

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.services import Report
    from readlist.shelf import MarkOutcome
    from readlist.tui.controllers.search import Search

_MANY = 50
"""More papers than this are removed in a thread."""

REMOVED, RESTORED = "removed", "restored"


class Removal(Controller):
    """The commands that remove papers; each is one step of undo, so nothing is asked."""

    def __init__(self, loader: Loader, marks: Marks, search: Search) -> None:
        super().__init__(loader)
        self._marks, self._search = marks, search

    async def remove(self) -> None:
        """Remove the papers, or restore them if all are removed; the cursor goes to the next one."""
        await self._ui.leave_note()
        if len(self._state.selection) > _MANY:
            ids = [number for number in self._state.ids if number in self._state.selection]
            self._ui.run(lambda: self._remove_many(ids), "bulk")
            return
        entries = self._state.targets()
        if not entries:
            return
        on = any(entry.mark.removed is None for entry in entries)
        label = REMOVED if on else RESTORED
        after, _ = self._shelf.marks.apply(entries, removed=on, label=label)
        self._state.take_out(entries, after)
        self._ui.show()
        self._loader.recount()
        self._say_done(label, len(entries), entries if on else ())

    async def _remove_many(self, ids: Sequence[int]) -> None:
        marked: list[Entry] = []
        on = True

        def work(report: Report) -> Future[MarkOutcome]:
            nonlocal on
            entries = (entry for entries in self._shelf.papers.in_chunks(ids) for entry in entries)
            seen = [(entry.mark.removed is not None, _is_marked(entry) and entry) for entry in entries]
            on = not all(removed for removed, _ in seen)
            marked.extend(entry for _, entry in seen if entry)
            return self._shelf.marks.apply_all(
                ids,
                removed=on,
                label=REMOVED if on else RESTORED,
                progress=lambda done, total: report(Progress(done, total, "papers")),
            )

        try:
            await self._marks.in_turn("Removing", work)
        except EXPECTED as error:
            self._ui.say(line(str(error)), wrong=True)
            return
        self._state.decisions += 1
        self._state.drop(frozenset(ids))
        self._ui.show()
        self._loader.recount()
        self._say_done(REMOVED if on else RESTORED, len(ids), marked if on else ())

    def _say_done(self, label: str, number: int, marked: Sequence[Entry]) -> None:
        marks = _marks_of(marked, number)
        what = f"{label.capitalize()} {counted(number, 'paper')}{f' ({marks})' if marks else ''}"
        self._ui.say(self._ui.keys.text("{done}. {key:undo}: undo", done=what))

    async def show_removed(self) -> None:
        """Search all papers for the removed ones."""
        self._loader.show_view(VIEWS.index(ALL))
        await self._search.find("is:removed")


def _is_marked(entry: Entry) -> bool:
    return entry.mark.starred is not None or bool(entry.mark.note)


def _marks_of(entries: Sequence[Entry], number: int) -> str:
    """Return which marks some of a number of papers have: `starred, with a note`, `2 starred, 1 with a note`."""
    starred = sum(entry.mark.starred is not None for entry in entries)
    noted = sum(bool(entry.mark.note) for entry in entries)
    if number == 1:
        return ", ".join([*(["starred"] if starred else []), *(["with a note"] if noted else [])])
    notes = "a note" if noted == 1 else "notes"
    return ", ".join([*([f"{starred:,} starred"] if starred else []), *([f"{noted:,} with {notes}"] if noted else [])])
