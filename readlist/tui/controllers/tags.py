"""Tags: `#words` in the notes of papers, added and removed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from msgspec import Struct

from readlist.model.tag import TagCount, check_tag, fold_tag, tags_of
from readlist.shelf import Entry
from readlist.text.clean import counted
from readlist.tui.controllers.marks import Marks
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.signs import shortened
from readlist.tui.ui import when_answered

_MANY = 20
"""More papers than this are tagged only after a question, in a thread."""

_SHOWN = 12
"""Tags of the papers that the prompt shows, at most."""

_OFFERED = 5
"""Tags in use that the prompt shows with their numbers of papers, at most."""


class Change(Struct, frozen=True):
    """What is typed in the prompt: tags to add, and tags to remove."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the tags in words: `#cited #todo, removed #x`."""
        added, removed = (" ".join(f"#{tag}" for tag in tags) for tags in (self.add, self.remove))
        return ", ".join([*([added] if added else []), *([f"removed {removed}"] if removed else [])])


def change_of(text: str) -> Change:
    """Return what `cited -todo` means: words are added, words with a hyphen before them removed.

    Raises:
        ValueError: a word can't be a tag; one line.
    """
    found: dict[bool, dict[str, str]] = {False: {}, True: {}}
    for word in re.split(r"[\s,]+", text):
        if word:
            tag = check_tag(word.removeprefix("-") if word.strip("-") else word)
            found[word.startswith("-")][fold_tag(tag)] = tag
    add = tuple(tag for folded, tag in found[False].items() if folded not in found[True])
    return Change(add, tuple(found[True].values()))


def completed(text: str, known: Sequence[str], present: Sequence[str]) -> str | None:
    """Return the text with its last word completed, None for none.

    Args:
        text: what is typed.
        known: all tags, the most frequent first.
        present: tags of the papers: those can be removed.
    """
    word = re.split(r"[\s,]", text)[-1]
    begun = word.removeprefix("-").removeprefix("#")
    if not word or (word == "#" and not known):
        return None
    offers = present if word.startswith("-") else known
    tag = next((tag for tag in offers if fold_tag(tag).startswith(fold_tag(begun)) and len(tag) > len(begun)), None)
    return None if tag is None else text + tag[len(begun) :]


class Tags(Controller):
    """The command that tags papers; a change is one step of undo."""

    def __init__(self, loader: Loader, marks: Marks) -> None:
        super().__init__(loader)
        self._marks = marks

    async def tag(self) -> None:
        """Ask for tags to add and remove, for the papers selected or the one under the cursor."""
        await self._ui.leave_note()
        if self._is_too_much():
            return
        # Those of a large selection are loaded in a thread.
        entries = await self._in_thread(self._state.targets) if self._state.selection else self._state.targets()
        if not entries:
            self._ui.say("No paper here.", tone="note")
            return
        tags = await self._in_thread(self._shelf.marks.tags) or []
        known = [tag.name for tag in tags]
        present = _tags_on(entries)
        title = "Tags" if len(entries) == 1 else f"Tags of {counted(len(entries), 'paper')}"
        answer = self._ui.prompt(
            title,
            "\n".join(filter(None, (_listed(present), _counted(tags, self._ui.signs.dot), "name: add, -name: remove"))),
            "save",
            placeholder="cited -todo",
            check=_problem,
            complete=lambda text: completed(text, known, present),
        )
        when_answered(self._ui, answer, lambda text: self._change(entries, change_of(text)))

    def _change(self, entries: Sequence[Entry], change: Change) -> None:
        if len(entries) <= _MANY:
            self._apply(entries, change)
            return
        answer = self._ui.ask(f"Tag {counted(len(entries), 'paper')} {change}?")
        when_answered(self._ui, answer, lambda _: self._ui.run(lambda: self._apply_all(entries, change), "bulk"))

    def _apply(self, entries: Sequence[Entry], change: Change) -> None:
        # The notes may have changed while the prompt was open.
        current = self._shelf.papers.entries([entry.id for entry in entries])
        before, after, _ = self._shelf.marks.tag(current, change.add, change.remove, _label(change))
        if before:
            self._state.replace(before, after)
        # A draft may have changed alone.
        self._ui.show(detail="again")
        self._say_done(after, change)

    async def _apply_all(self, entries: Sequence[Entry], change: Change) -> None:
        """Tag many papers in a thread; other commands go on meanwhile."""
        self._state.begin_step()
        async with self._marks.turn, self._ui.progress("Tagging"):
            current = await asyncio.to_thread(self._shelf.papers.entries, [entry.id for entry in entries])
            tag = self._shelf.marks.tag
            _, after, done = await asyncio.to_thread(tag, current, change.add, change.remove, _label(change))
            self._state.forget([entry.id for entry in after])
            self._ui.show()
            self._loader.recount()
            if done is not None:
                await asyncio.wrap_future(done)
        self._say_done(after, change)

    def _say_done(self, after: Sequence[Entry], change: Change) -> None:
        if not after:
            self._ui.say("Tags unchanged.", tone="note")
            return
        one = len(after) == 1
        what = (
            f'"{shortened(after[0].paper.title, 30)}"' if one and after[0].paper.title else counted(len(after), "paper")
        )
        if change.add:
            done = f"Tagged {what} {change}"
        else:
            done = f"Removed {' '.join(f'#{tag}' for tag in change.remove)} from {what}"
        self._ui.say(self._ui.keys.text("{done} {dot} {key:undo}: undo", done=done, dot=self._ui.signs.dot))


def _problem(text: str) -> str:
    """Return what is wrong with a line of tags, empty for nothing."""
    try:
        change_of(text)
    except ValueError as error:
        return str(error)
    return ""


def _tags_on(entries: Sequence[Entry]) -> list[str]:
    """Return the tags of some papers, each once."""
    found: dict[str, str] = {}
    for entry in entries:
        for tag in tags_of(entry.mark.note):
            found.setdefault(fold_tag(tag), tag)
    return list(found.values())


def _listed(tags: Sequence[str]) -> str:
    """Return tags as the prompt shows them."""
    more = f" +{len(tags) - _SHOWN}" if len(tags) > _SHOWN else ""
    return " ".join(f"#{tag}" for tag in tags[:_SHOWN]) + more if tags else "No tags yet"


def _counted(tags: Sequence[TagCount], dot: str) -> str:
    """Return the most frequent tags with their numbers of papers, in one line; empty for none."""
    shown = [f"{shortened(tag.name, 20)} {tag.papers:,}" for tag in tags[:_OFFERED]]
    return f"Used: {f' {dot} '.join(shown)}" if shown else ""


def _label(change: Change) -> str:
    return f"tagged {change}" if change.add else str(change)
