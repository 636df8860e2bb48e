"""A day of the past: the list as it was known then."""

from __future__ import annotations

from readlist.query.values import ValueProblem, past_day
from readlist.text.clean import drawable
from readlist.tui.loader import Controller
from readlist.tui.render.signs import whole_day
from readlist.tui.ui import when_answered

_PAST = "past"


class Past(Controller):
    """Lists papers as they were known on a day; marks are those of now, and are changed as ever."""

    async def ask(self) -> None:
        """Ask for a day, and list papers as they were known then."""
        await self._ui.leave_note()
        today = self._ui.now().astimezone().date()

        def problem(text: str) -> str:
            try:
                past_day(text, today)
            except ValueProblem as error:
                return f"{drawable(text)} is {error}"
            return ""

        answer = self._ui.prompt(
            "As of a day",
            "Show what was known at the end of:",
            "show",
            placeholder="2026-08-01, yesterday",
            check=problem,
        )
        when_answered(self._ui, answer, lambda text: self._ui.run(lambda: self._show(text), _PAST, exclusive=True))

    async def _show(self, text: str) -> None:
        today = self._ui.now().astimezone().date()
        past = self._shelf.papers.as_of(past_day(text, today))
        self._loader.show_past(past)
        await self._loader.settled()
        hint = self._ui.keys.text("{key:back}: now")
        day = whole_day(past.day, today)
        said = f"As of {day}: papers and counts as known then, your marks as they are now. {hint}"
        self._ui.say(said, short=f"As of {day}. {hint}")

    async def leave(self) -> None:
        """List papers as they are now."""
        if self._loader.past is None:
            self._ui.say("This is the list as it is now.", tone="note")
            return
        self._loader.show_past(None)
        await self._loader.settled()
        self._ui.say("The list as it is now")
