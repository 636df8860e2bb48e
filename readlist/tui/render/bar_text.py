"""Header and footer as pieces of text for a width; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from readlist.model.feed import LastFetch
from readlist.model.time import SHORT_WEEKDAYS
from readlist.model.view import SORTS, Sort, is_reverse, unreversed
from readlist.tui.commands import FooterWord
from readlist.tui.keymap import KeyMap
from readlist.tui.render.pieces import Action, ClickPiece, cells_of, clipped
from readlist.tui.render.signs import SIGNS, Signs, whole_day

SHORT_BELOW = 100
"""A bar narrower than this has short words."""

_TABS_FROM, _ORDER_FROM, _FETCHED_FROM = 50, 60, 90
_BAR = 10


class ViewHeader(Struct, frozen=True):
    """What the header shows.

    Attributes:
        tabs: the names of the views, and how many papers each has; None while that is not known.
        shown: the index of the view shown.
        digits: the room for each count, by the name of the view: tabs stay where they are when counts change.
        complete: whether all tabs are drawn; the first one alone until papers are counted, so that no tab moves then.
        position: the place of the cursor among the papers that are left, from 1.
        left: how many are left.
        more: whether more are being loaded.
        muted: how many are hidden.
        done: how many of the papers around the cursor are decided, and how many there are.
        sort: the sort order.
        doubt: what makes the order doubtful, in one or two words; empty for nothing.
        since: from when on it is counted what was gained, where that is the order; None where that is not known.
        as_of: the day as of which the list is shown, None for now.
        fetch: how fetching went, None while that is not known.
    """

    tabs: tuple[tuple[str, int | None], ...]
    shown: int = 0
    digits: tuple[int, ...] = ()
    complete: bool = True
    position: int = 0
    left: int = 0
    more: bool = False
    muted: int = 0
    done: tuple[int, int] = (0, 0)
    sort: Sort = "feed"
    doubt: str = ""
    since: datetime | None = None
    as_of: date | None = None
    fetch: LastFetch | None = None


def header_pieces(header: ViewHeader, width: int, now: datetime, signs: Signs = SIGNS) -> list[ClickPiece]:
    """Return the tabs at the left and position, order and last fetch at the right, as much as fits."""
    end = _end(header, width, now, signs)
    room = width - cells_of(end) - 1
    forms = ((True, True), (False, True), (False, False)) if width >= _TABS_FROM else ()
    every = (_tabs(header, named=named, counted=counted) for named, counted in forms)
    tabs = next((tabs for tabs in every if cells_of(tabs) <= room), None) or _tab_alone(header, room, signs)
    gap = width - cells_of(tabs) - cells_of(end)
    return clipped([*tabs, (" " * max(0, gap), "", None), *end], width)


def _tabs(header: ViewHeader, *, named: bool, counted: bool) -> list[ClickPiece]:
    pieces: list[ClickPiece] = [(" readlist  ", "name", None)] if named else []
    for place, (name, count) in enumerate(header.tabs):
        current = place == header.shown
        if current or header.complete:
            digits = header.digits[place] if place < len(header.digits) else 0
            pieces += _tab(place, name, count if counted or current else None, digits, current=current)
    return pieces


def _tab(place: int, name: str, count: int | None, digits: int, *, current: bool) -> list[ClickPiece]:
    click: Action = ("screen.view", (place,))
    pieces: list[ClickPiece] = [(f" {name} ", "current" if current else "other", click)]
    if count is not None:
        # Blanks behind a count that has become shorter.
        text = f"{count:,} ".ljust(digits + 1)
        pieces.append((text, "left" if current else "count", click))
    return pieces


def _tab_alone(header: ViewHeader, room: int, signs: Signs) -> list[ClickPiece]:
    """Return the tab of the view shown, with a bar of what is decided, and with a sign that there are others."""
    name, count = header.tabs[header.shown]
    tab = _tab(header.shown, name, count, 0, current=True)
    following = (header.shown + 1) % len(header.tabs)
    place = f" {signs.earlier}{header.shown + 1}/{len(header.tabs)}{signs.later}"
    others: list[ClickPiece] = [(place, "other", ("screen.view", (following,)))]
    pieces = [*tab, *others] if cells_of([*tab, *others]) <= room else tab
    bar = min(_BAR, room - cells_of(pieces) - 1)
    done, papers = header.done
    if bar >= 4 and papers:
        full = bar if done == papers else min(max(round(bar * done / papers), int(bool(done))), bar - 1)
        gauge: list[ClickPiece] = [(signs.full * full, "done", None), (signs.left * (bar - full), "rest", None)]
        pieces[len(tab) : len(tab)] = [(" ", "", None), *gauge]
    return clipped(pieces, room)


def _end(header: ViewHeader, width: int, now: datetime, signs: Signs) -> list[ClickPiece]:
    parts: list[list[ClickPiece]] = []
    if header.muted and width >= _ORDER_FROM:
        parts.append([(f"{header.muted:,} muted", "position", ("screen.command", ("show_muted",)))])
    if header.left or header.position:
        total = f"{header.left:,}"
        more = "+" if header.more else ""
        parts.append([(f"{header.position:,}".rjust(len(total)) + f"/{total}{more}", "position", None)])
    if width >= _ORDER_FROM:
        sort = unreversed(header.sort)
        order = SORTS[sort].title if width >= SHORT_BELOW else sort
        if header.since is not None and width >= SHORT_BELOW:
            order += f" since {_moment(header.since, now)}"
        if header.doubt:
            order += f" ({header.doubt})" if width >= SHORT_BELOW else "?"
        sign = signs.reversed if is_reverse(header.sort) else signs.opens
        parts.append([(f"{order} {sign}", "position", ("screen.command", ("sort",)))])
    if header.as_of is not None:
        day = whole_day(header.as_of, now.astimezone().date())
        parts.append([(f"as of {day}", "late", ("screen.command", ("now",)))])
    # What was known on a day is not what was fetched since.
    fetch = _fetched(header.fetch, now, signs) if header.as_of is None else None
    if fetch and (width >= _FETCHED_FROM or (width >= _ORDER_FROM and fetch[1] != "position")):
        parts.append([fetch])
    pieces: list[ClickPiece] = []
    for part in parts:
        pieces += [(f" {signs.dot} ", "position", None), *part] if pieces else part
    return [*pieces, (" ", "position", None)] if pieces else []


def _fetched(fetch: LastFetch | None, now: datetime, signs: Signs) -> ClickPiece | None:
    """Return when feeds were last fetched, with a word if that failed; None if there is nothing to say."""
    if fetch is None or not fetch.feeds:
        return None
    words = [signs.fetched]
    if fetch.good is not None:
        words.append(_moment(fetch.good, now, week=False))
    look = "position"
    if fetch.failed:
        all_failed = fetch.failed == fetch.feeds
        words.append("failed" if all_failed else f"{fetch.failed} failed")
        if len(words) == 2 and signs.fetched.isascii():
            # A word instead of the sign.
            words[0] = "fetch"
        look = "wrong" if all_failed else "late"
    elif fetch.good is None:
        return None
    return " ".join(words), look, ("screen.command", ("refresh",))


def _moment(moment: datetime, now: datetime, *, week: bool = True) -> str:
    """Return the time of a moment of today, within a `week` with its weekday; else its day."""
    then, today = moment.astimezone(), now.astimezone().date()
    clock = f"{then.hour}:{then.minute:02}"
    if then.date() == today:
        return clock
    near = week and timedelta() < today - then.date() < timedelta(days=7)
    return f"{SHORT_WEEKDAYS[then.weekday()]} {clock}" if near else whole_day(then.date(), today)


def footer_pieces(
    words: Sequence[FooterWord], width: int, keys: KeyMap, *, lead: str = "", signs: Signs = SIGNS
) -> list[ClickPiece]:
    """Return the keys and their words, as many as fit, the first ones first; help at the right end.

    Args:
        words: what to show.
        width: cells of the line.
        keys: every command's keys.
        lead: what the keys act on, before them.
        signs: the signs to use.
    """
    pieces: list[ClickPiece] = [(f" {lead}", "lead", None)] if lead else []
    usable = [each for each in words if keys[each.command] and width >= each.least_width]
    last = [piece for each in usable if each.command == "help" for piece in _footer_key(each, keys)]
    room = width - cells_of(pieces) - cells_of(last)
    for place, each in enumerate(each for each in usable if each.command != "help"):
        shown = _footer_key(each, keys)
        if lead and place:
            shown.insert(0, (signs.dot, "word", None))
        room -= cells_of(shown)
        if room < 0 and (place or last):
            break
        pieces += shown
    gap = max(0, width - cells_of(pieces) - cells_of(last))
    return clipped([*pieces, (" " * gap, "", None), *last], width)


def _footer_key(word: FooterWord, keys: KeyMap) -> list[ClickPiece]:
    click: Action = ("screen.command", (word.command,))
    return [(f" {keys.first(word.command)}", "key", click), (f" {word.word} ", "word", click)]
