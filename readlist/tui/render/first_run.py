"""The card of a first run: what the papers are, the first keys, what the signs mean, when one's own come; pure."""

from __future__ import annotations

from textual.content import Content

from readlist.text.clean import counted
from readlist.tui.keymap import KeyMap
from readlist.tui.render.signs import Signs

_KEYS = (("done", "done"), ("star", "star"), ("note", "note"), ("copy_link", "copy"), ("undo", "undo"))
_SIGNS = (
    ("new", "new"), ("unread", "unread"), ("code", "code"), ("star", "starred"), ("note", "note"),
    ("upvote", "upvotes"),
)  # fmt: skip
_NARROW = 40


def first_run_card(papers: int, keys: KeyMap, signs: Signs, width: int) -> Content:
    """Return the card for a width; a narrow one is short."""
    wide = width >= _NARROW
    blank = "\n\n" if wide else "\n"
    between = "   " if wide else " "
    what = f"{counted(papers, 'sample paper')} to try the keys on"
    named = [
        Content.assemble((keys.first(name), "heading"), f" {word}".replace(" ", "\u00a0"))
        for name, word in _KEYS
        if keys[name]
    ]
    shown = _SIGNS if wide else (*_SIGNS[:3], _SIGNS[-1])
    legend = [
        Content.assemble((getattr(signs, name), "heading"), f" {word}".replace(" ", "\u00a0")) for name, word in shown
    ]
    yours = "Yours come when the feeds answer, or with {key:import_page} from a saved page."
    if not wide:
        yours = "Yours: when feeds answer, or with {key:import_page}"
    more = keys.hint("{key:help}: all keys", "{key:refresh}: ask the feeds again", between=f" {signs.dot} ")
    parts = [
        Content.styled(what, "title"),
        *([Content.styled("Their upvotes are made up.", "faint")] if wide else []),
        Content(between).join(named),
        Content(between).join(legend),
        Content(keys.text(yours)),
        *([Content.styled(more, "faint")] if wide and more else []),
    ]
    return Content(blank).join(parts)
