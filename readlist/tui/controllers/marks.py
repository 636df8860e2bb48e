"""Marks: read, starred, done, selection, undo."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Literal

from textual.worker import WorkerFailed

from readlist.query import parse
from readlist.services import Cancelled, Progress
from readlist.shelf import EXPECTED, Entry
from readlist.text.clean import counted, drawable, plural
from readlist.tui.controllers.browse import Browse
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.list_row import group_name
from readlist.tui.render.signs import shortened
from readlist.tui.ui import when_answered

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.services import Report
    from readlist.shelf import MarkOutcome

_MANY = 20
"""More papers than this are marked only after a question."""

_LONGEST_WAIT = 0.5
_READ = "mark read"
_LABELS = {"star": "starred", "unstar": "unstarred", "mark read": "marked read", "mark unread": "marked unread"}


class Marks(Controller):
    """The commands that change marks, each one step of undo.

    Attributes:
        turn: held by long steps, so that an undo waits for the step it undoes.
    """

    def __init__(self, loader: Loader, browse: Browse) -> None:
        super().__init__(loader)
        self._browse = browse
        self.turn = asyncio.Lock()

    def star(self) -> None:
        """Star the papers, or unstar them if all are starred."""
        if len(self._state.selection) > _MANY:
            self._run(lambda: self._decide_many("starred"))
        else:
            self.star_papers(self._state.targets())

    def star_papers(self, entries: Sequence[Entry]) -> None:
        """Star these papers, or unstar them if all are starred."""
        on = any(entry.mark.starred is None for entry in entries)
        self._decide(entries, "star" if on else "unstar", starred=on)

    def read(self) -> None:
        """Mark the papers read, or unread if all are read and there is no news of them."""
        if len(self._state.selection) > _MANY:
            self._run(lambda: self._decide_many("read"))
            return
        entries = self._state.targets()
        on = any(entry.mark.read is None or entry.is_news for entry in entries)
        self._decide(entries, "mark read" if on else "mark unread", read=on)

    async def done(self) -> None:
        """Mark the papers read and go to the next unread one; from a selection only if this paper is decided."""
        state = self._state
        selection = frozenset(state.selection)
        if len(selection) > _MANY:
            self._run(lambda: self._decide_many("read", done=True))
            return
        self._decide(state.targets(), "mark read", read=True)
        await self._go_on(selection)

    async def _go_on(self, selection: AbstractSet[int]) -> None:
        """Go to a paper that is not decided, after papers were marked read; the selection has served its purpose."""
        state, here = self._state, self._state.entry
        if selection:
            state.selection = frozenset()
            self._ui.show()
            if here is not None and here.id not in selection and here.mark.read is None:
                return
        await self._browse.next_unread()

    def _decide(
        self, entries: Sequence[Entry], verb: str, *, read: bool | None = None, starred: bool | None = None
    ) -> None:
        """Change marks and show them; says so for several papers."""
        if not entries:
            return
        label = _LABELS[verb]
        after, _ = self._shelf.marks.apply(entries, read=read, starred=starred, label=label)
        self._state.replace(entries, after)
        self._ui.show()
        if len(entries) > 1:
            self._say_done(label, len(entries))

    # The selection

    def select(self) -> None:
        """Select or deselect the paper, and go to the next."""
        if self._state.entry is not None:
            self._state.toggle(self._state.entry.id)
            self._state.cursor += 1
            self._ui.show()

    def select_range(self) -> None:
        """Begin to select the rows from here to where the cursor goes, or end that."""
        if self._state.range_from is None:
            self._state.begin_range()
            self._ui.say(self._ui.keys.text("Selecting a range: move, then {key:select_range} ends it"), tone="note")
        else:
            self._state.range_from = None
            self._ui.say(f"Selected {counted(len(self._state.selection), 'paper')}", tone="note")
        self._ui.show()

    async def select_all(self) -> None:
        """Select all papers shown, or none if all are selected."""
        await self._loader.settled()
        ids = self._state.ids
        self._state.selection = ids if len(self._state.selection) < len(ids) else ()
        self._ui.show()

    async def invert_selection(self) -> None:
        """Select what is not selected, and the other way round."""
        await self._loader.settled()
        self._state.selection = self._state.selection ^ set(self._state.ids)
        self._ui.show()

    # Many papers

    async def _decide_many(self, field: Literal["read", "starred"], *, done: bool = False) -> None:
        """Ask, then mark the selected papers read or starred, or take that away if all are; none is loaded for it."""
        selection = frozenset(self._state.selection)
        found = await self._in_thread(self._left_to_decide, field, selection, self._state.ids, done)
        if found is None:
            return
        ids, on = found
        verb = ("mark read" if on else "mark unread") if field == "read" else "star" if on else "unstar"

        async def carry_out() -> None:
            await self._mark_all(
                ids, verb, read=on if field == "read" else None, starred=on if field != "read" else None
            )
            if done:
                await self._go_on(selection)

        if ids:
            answer = self._ui.ask(f"{_sentence(verb, len(ids))}?")
            when_answered(self._ui, answer, lambda _: self._run(carry_out))
        elif done:
            await self._go_on(selection)

    def _left_to_decide(
        self, field: Literal["read", "starred"], selection: AbstractSet[int], ids: Sequence[int], done: bool
    ) -> tuple[list[int], bool]:
        """Return which selected papers are to be marked, and whether to mark them or take that away; in a thread."""
        marked = frozenset(self._shelf.papers.select(parse("is:read -is:revised" if field == "read" else "is:starred")))
        on = done or not selection <= marked
        return [number for number in ids if number in selection and (number in marked) is not on], on

    async def mark_all_read(self) -> None:
        """Ask, then mark as read: the selected papers, the group under the cursor, or all papers shown."""
        await self._loader.settled()
        if broken := self._loader.broken():
            self._ui.say(broken, wrong=True)
            return
        state = self._state
        unread = await asyncio.to_thread(self._shelf.papers.unread_ids)
        shown = state.selection or state.ids
        ids = [number for number in shown if number in unread]
        if not ids:
            self._ui.say("All papers shown are already read.", tone="note")
            return
        if state.selection:
            self._ask_to_mark(ids, "selected ")
            return
        group, rows = state.groups.group_of(state.cursor), range(0)
        name = ""
        if group >= 0:
            rows = state.groups.rows_of(group)
            name = group_name(state.groups.keys[group], self._ui.now().astimezone().date(), self._ui.signs)
        grouped = [number for number in state.ids[rows.start : rows.stop] if number in unread]
        if not 0 < len(grouped) < len(ids):
            self._ask_to_mark(ids, of=f" of {name}" if grouped else "")
            return
        offers = [
            (counted(len(some), "paper"), of) for some, of in ((grouped, name), (ids, f"all of {state.view.name}"))
        ]
        answer = self._ui.choose("Mark read", offers)
        when_answered(self._ui, answer, lambda place: self._run(lambda: self._mark_shown(ids if place else grouped)))

    def _ask_to_mark(self, ids: Sequence[int], which: str = "", *, of: str = "") -> None:
        question = f"Mark {len(ids):,} {which}{plural('paper', len(ids))}{of} read?"
        when_answered(
            self._ui, self._ui.ask(question), lambda _: self._run(lambda: self._mark_all(ids, _READ, read=True))
        )

    async def _mark_shown(self, ids: Sequence[int]) -> None:
        """Mark papers read; from one of them the cursor goes on to an unread one."""
        await self._mark_all(ids, _READ, read=True)
        if self._state.entry is not None and self._state.entry.id in ids and len(ids) < len(self._state.ids):
            await self._browse.next_unread()

    def _run(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        self._ui.run(work, "bulk")

    async def _mark_all(
        self, ids: Sequence[int], verb: str, *, read: bool | None = None, starred: bool | None = None
    ) -> None:
        """Mark papers in a thread, with progress; other commands go on meanwhile.

        Cancelled, it has marked the first ones, as one step of undo.
        """
        self._state.begin_step()
        marked = len(ids)

        def cancelled(done: int, total: int) -> bool:
            nonlocal marked
            try:
                report(Progress(done, total, "papers"))
            except Cancelled:
                marked = done
            return marked < total

        async with self.turn:
            async with self._ui.progress("Marking", cancellable=True) as report:
                done = await asyncio.to_thread(
                    self._shelf.marks.apply_all,
                    ids,
                    read=read,
                    starred=starred,
                    label=_LABELS[verb],
                    progress=cancelled,
                )
            self._state.decisions += 1
            self._state.forget(tuple(self._state.ids_fetched))
            self._ui.show()
            self._loader.recount()
            async with self._ui.progress("Saving"):
                await asyncio.wrap_future(done)
        self._say_done(_LABELS[verb], marked, of=len(ids))

    def _say_done(self, label: str, number: int, *, of: int = 0) -> None:
        cancelled = f"Cancelled after {number:,} of {of:,}. " if number < of else ""
        self._ui.say(self._ui.keys.text("{done}. {key:undo}: undo", done=f"{cancelled}{_sentence(label, number)}"))

    async def in_turn(self, doing: str, work: Callable[[Report], Future[MarkOutcome]]) -> MarkOutcome:
        """Do a long step in a thread, with progress; an undo waits for it."""
        self._state.begin_step()
        async with self.turn, self._ui.progress(doing) as report:
            return await asyncio.wrap_future(await asyncio.to_thread(work, report))

    async def undo(self) -> None:
        """Undo the last step."""
        if self._state.undo_here is not None:
            undo, self._state.undo_here = self._state.undo_here, None
            await undo()
            return
        await self._begin_step(back=True)

    async def redo(self) -> None:
        """Redo the last undone step."""
        await self._begin_step(back=False)

    async def _begin_step(self, *, back: bool) -> None:
        """Undo or redo; the next keys wait for it, unless the disk is slow, so that they apply to its result."""
        self._state.begin_step()
        step = self._ui.run(lambda: self._step(back=back), "undo")
        with contextlib.suppress(TimeoutError, WorkerFailed):
            await asyncio.wait_for(asyncio.shield(step.wait()), _LONGEST_WAIT)

    async def _step(self, *, back: bool) -> None:
        async with self.turn, self._ui.progress("Undoing" if back else "Redoing", cancellable=True) as report:
            marks = self._shelf.marks
            step = marks.undo if back else marks.redo
            saving = False

            def progress(done: int, total: int) -> None:
                nonlocal saving
                try:
                    report(Progress(done, total, "papers"))
                except Cancelled:
                    # The key may come while the last of it is reported; then it is over.
                    if not saving:
                        raise
                saving = saving or done >= total

            try:
                outcome = await asyncio.wrap_future(step(progress))
            except Cancelled:
                self._ui.say(
                    "Cancelled: nothing was undone." if back else "Cancelled: nothing was redone.", tone="note"
                )
                return
            except EXPECTED as error:
                self._ui.say(drawable(str(error)), wrong=True)
                return
        if outcome is None:
            self._ui.say("Nothing to undo." if back else "Nothing to redo.", tone="note")
            return
        self._state.decisions += 1
        self._loader.fetch_again(outcome.marks)
        if outcome.imports:
            self._loader.ask_again()
        # There may be 100,000.
        ids = list((await asyncio.to_thread(self._shelf.papers.ids_of, outcome.marks)).values())
        if outcome.listed and not outcome.imports:
            await self._loader.add_new(ids[0] if len(ids) == 1 else None, in_order=False)
        self._loader.recount()
        entries = self._shelf.papers.entries(ids) if len(ids) == 1 else []
        if len(ids) == 1 and self._state.go_to(ids[0]):
            self._ui.show()
        title = entries[0].paper.title if entries else ""
        what = f'"{shortened(title, 44)}"' if title and not outcome.imports else outcome.effect
        skipped = f"; skipped {counted(len(outcome.skipped), 'paper')} that changed since" if outcome.skipped else ""
        dot = self._ui.signs.dot
        self._ui.say(f"{'Undone' if back else 'Redone'}: {drawable(outcome.label)} {dot} {what}{skipped}")


def _sentence(verb: str, number: int) -> str:
    """Return what is done to some papers: `Star 21 papers`, `Marked 21 papers read`."""
    first, _, rest = verb.partition(" ")
    return f"{first.capitalize()} {counted(number, 'paper')} {rest}".rstrip()
