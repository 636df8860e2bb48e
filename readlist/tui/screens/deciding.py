"""Deciding about papers: read, star, done, select, undo."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from textual.worker import WorkerFailed

from readlist.shelf import EXPECTED, Entry
from readlist.text.clean import drawable
from readlist.tui.render import shortened
from readlist.tui.screens.browsing import Browsing
from readlist.tui.widgets.paper_list import PaperList
from readlist.tui.widgets.progress_line import ProgressLine

_LOOKED_THROUGH = 300
_MANY = 20
"""More papers than this are decided about only after a question."""

_SHOWN_AFTER = 1.0
_HELD = 0.5


class Deciding(Browsing):
    """The commands that change marks, each one step of undo."""

    undo_here: Callable[[], Awaitable[None]] | None = None
    """Takes back what was done last if that was no mark."""

    def decide(
        self,
        entries: Sequence[Entry],
        label: str,
        *,
        read: bool | None = None,
        starred: bool | None = None,
        note: str | None = None,
        sure: bool = False,
    ) -> None:
        """Change marks and show them; several at once with a word about it, many after a question."""
        if not entries:
            return
        if len(entries) > _MANY and not sure:
            from readlist.tui.dialogs.question import Question

            def answered(yes: bool | None) -> None:
                if yes:
                    self.decide(entries, label, read=read, starred=starred, note=note, sure=True)

            self.app.push_screen(Question(self.keys, f"{papers(len(entries))} to be {label}?"), answered)
            return
        self.undo_here = None
        after, _ = self.shelf.marks.apply(entries, read=read, starred=starred, note=note, label=label)
        self.replaced(entries, after)
        if len(entries) > 1:
            self._say_done(f"{label[0].upper()}{label[1:]}", len(entries))

    @functools.cached_property
    def _turn(self) -> asyncio.Lock:
        """Held by long steps, so that undo comes after what it is to undo."""
        return asyncio.Lock()

    # Commands

    def action_star(self) -> None:
        """Star the papers, or unstar them if all are starred."""
        entries = self.targets()
        on = any(entry.mark.starred is None for entry in entries)
        self.decide(entries, "starred" if on else "unstarred", starred=on)

    def action_read(self) -> None:
        """Mark the papers read, or unread if all are read."""
        entries = self.targets()
        on = any(entry.mark.read is None for entry in entries)
        self.decide(entries, "marked read" if on else "marked unread", read=on)

    async def action_done(self) -> None:
        """Mark the papers read and go to the next unread one."""
        self.decide(self.targets(), "marked read", read=True)
        if self.selection:
            self.set_selection(frozenset())
        await self.action_next_unread()

    def action_select(self) -> None:
        """Select the paper, or take it out of the selection, and go on to the next."""
        if self.entry is not None:
            self.set_selection(self.selection ^ {self.entry.id})
            self.paper_list.move(1)

    def set_selection(self, selection: frozenset[int]) -> None:
        """Select these papers."""
        self.selection = selection
        self.paper_list.select(selection)
        self.show_entry(stay=True)

    async def action_mark_all_read(self) -> None:
        """Ask, then mark all papers of the view, or the selected ones, as read."""
        await self.settled()
        if broken := self.broken():
            self.say(broken, wrong=True)
            return
        unread = await asyncio.to_thread(self.shelf.papers.unread_ids)
        shown = self.selection or self.paper_list.ids
        ids = [number for number in shown if number in unread]
        if not ids:
            self.say("All of these are read already.")
            return
        from readlist.tui.dialogs.question import Question

        def answered(yes: bool | None) -> None:
            if yes:
                self.run_worker(self._mark_all_read(ids), group="bulk")

        self.app.push_screen(Question(self.keys, f"Mark {papers(len(ids))} as read?"), answered)

    async def _mark_all_read(self, ids: Sequence[int]) -> None:
        """Mark papers as read in a thread, with progress; the screen stays free meanwhile."""
        async with self._turn, self.progress("Marking") as report:
            done = await asyncio.to_thread(
                self.shelf.marks.apply_all,
                ids,
                read=True,
                label="marked read",
                progress=lambda now, of: report(now, of, ""),
            )
            self.paper_list.forget(ids)
            self.show_entry(stay=True)
            self.recount()
            await asyncio.wrap_future(done)
        self._say_done("Marked read", len(ids))

    def _say_done(self, what: str, number: int) -> None:
        self.say(self.keys.text("{what}: {papers}. {key:undo} undoes it.", what=what, papers=papers(number)))

    @contextlib.asynccontextmanager
    async def progress(self, doing: str) -> AsyncIterator[Callable[[int, int, str], None]]:
        """Show a line of progress while something takes over a second; gives what reports from any thread."""
        line = ProgressLine(doing)
        self.doing.append(doing)
        appears = self.set_timer(_SHOWN_AFTER, lambda: self.mount(line, before=self.key_bar))
        loop = asyncio.get_running_loop()
        try:

            def report(done: int, total: int, name: str) -> None:
                # The app may be ending while the work goes on.
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(line.report, done, total, name)

            yield report
        except asyncio.CancelledError:
            # The screen ends, what is done in a thread goes on.
            raise
        except BaseException:
            self.doing.remove(doing)
            raise
        else:
            self.doing.remove(doing)
        finally:
            appears.stop()
            if line.is_attached:
                await line.remove()

    def on_paper_list_star_clicked(self, message: PaperList.StarClicked) -> None:
        """Star the paper whose star was clicked."""
        on = message.entry.mark.starred is None
        self.decide([message.entry], "starred" if on else "unstarred", starred=on)

    async def action_undo(self) -> None:
        """Take the last step back."""
        if self.undo_here is not None:
            undo, self.undo_here = self.undo_here, None
            await undo()
            return
        await self._begin_step(back=True)

    async def action_redo(self) -> None:
        """Do the last undone step again."""
        await self._begin_step(back=False)

    async def _begin_step(self, *, back: bool) -> None:
        """Keys typed next wait for the step, so that they apply to what it leaves; not for a slow disk, though."""
        worker = self.run_worker(self._step(back=back), group="undo")
        with contextlib.suppress(TimeoutError, WorkerFailed):
            await asyncio.wait_for(asyncio.shield(worker.wait()), _HELD)

    async def _step(self, *, back: bool) -> None:
        async with self._turn, self.progress("Undoing" if back else "Doing again"):
            try:
                outcome = await asyncio.wrap_future(self.shelf.marks.undo() if back else self.shelf.marks.redo())
            except EXPECTED as error:
                self.say(drawable(str(error)), wrong=True)
                return
        if outcome is None:
            self.say("Nothing to undo." if back else "Nothing to redo.")
            return
        self.refetched(outcome.marks)
        self.recount()
        ids = self.shelf.papers.ids_of(outcome.marks)
        if len(ids) == 1:
            (number,) = ids.values()
            where = next((place for place, shown in enumerate(self.paper_list.ids) if shown == number), None)
            if where is not None:
                self.paper_list.cursor = where
        title = ""
        if len(ids) == 1:
            entries = self.shelf.papers.entries(list(ids.values()))
            title = entries[0].paper.title if entries else ""
        what = f'"{shortened(title, 44)}"' if title else papers(len(outcome.marks))
        self.say(f"{'Undone' if back else 'Done again'}: {drawable(outcome.label)} {self.signs.dot} {what}")
        if outcome.skipped:
            self.say(f"{len(outcome.skipped)} of them were changed since and stay as they are.")

    # Going to what is undecided

    async def action_next_unread(self) -> None:
        """Go to the next unread paper."""
        await self._go_to_unread(1)

    async def action_previous_unread(self) -> None:
        """Go to the previous unread paper."""
        await self._go_to_unread(-1)

    async def _go_to_unread(self, step: int) -> None:
        ids = self.paper_list.ids
        place = self.paper_list.cursor + step
        for _ in range(_LOOKED_THROUGH):
            if not 0 <= place < len(ids):
                break
            entry = self.paper_list.entry_at(place)
            if entry is not None and entry.mark.read is None:
                self.paper_list.cursor = place
                return
            place += step
        else:
            unread = await asyncio.to_thread(self.shelf.papers.unread_ids)
            while 0 <= place < len(ids):
                if ids[place] in unread:
                    self.paper_list.cursor = place
                    return
                place += step
        self.say("No unread paper further down." if step > 0 else "No unread paper further up.")


def papers(number: int) -> str:
    """Return how many papers that is, in words."""
    return "1 paper" if number == 1 else f"{number:,} papers"
