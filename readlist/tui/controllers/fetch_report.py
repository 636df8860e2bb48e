"""What is said of a fetch, in one line: what came in, what failed, and what to do offline (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from readlist.model.feed import ADDED, YOURS
from readlist.shelf import FetchOutcome
from readlist.text.clean import counted
from readlist.tui.keymap import KeyMap
from readlist.tui.message_log import Tone
from readlist.tui.render.signs import Signs, line

_NAMED = 3


class FetchReport(Struct, frozen=True):
    """What is said of a fetch, as for `Ui.say`; nothing if the text is empty."""

    text: str = ""
    tone: Tone = "done"
    details: tuple[str, ...] = ()
    short: str = ""


def fetch_report(
    done: Sequence[FetchOutcome],
    failed: Sequence[FetchOutcome],
    keys: KeyMap,
    signs: Signs,
    now: datetime,
    *,
    asked: bool,
    sample: int = 0,
    sample_left: str = "",
) -> FetchReport:
    """Return what to say of a fetch.

    Args:
        done: the outcomes of all its feeds.
        failed: the failures to name among them.
        keys: every command's keys.
        signs: those of the status line.
        now: the present time.
        asked: whether the user asked for it.
        sample: how many sample papers there are, if there are no others.
        sample_left: what became of the sample, if it was all there was before.
    """
    new = {outcome.feed: outcome.new for outcome in done if outcome.new}
    skipped = sum(len(outcome.skipped) for outcome in done)
    more = f" {skipped:,} skipped; run `readlist fetch` to see why." if skipped and (asked or new) else ""
    remarks = [line(f"{outcome.feed}: {remark}") for outcome in done for remark in outcome.remarks]
    if remarks and (asked or new):
        more += f" {remarks[0]}." if len(remarks) == 1 else keys.text(" Not all is here. {key:messages}: details")
    papers = counted(sum(new.values()), "new paper")
    revised = sum(outcome.revised for outcome in done)
    parts: list[str] = []
    if new and sample_left:
        parts.append(f"Your feeds are in: {papers}; {sample_left}.{more}")
    elif new:
        parts.append(f"{papers} from {named(list(new))}.{more}")
    elif asked and not revised and not any(outcome.failure for outcome in done):
        return FetchReport(f"Nothing new.{more}", "note", tuple(remarks))
    if revised:
        parts.append(f"News of {counted(revised, 'paper')} of yours: is:revised.")
    if not failed:
        return FetchReport(" ".join(parts), "note" if remarks else "done", tuple(remarks) if parts else ())
    from readlist.services.refresh import describe

    details = (*(line(f"{outcome.feed}: {describe(outcome, now)}") for outcome in failed), *remarks)
    if hosts := _unreached(done):
        text, short = _offline(hosts, keys, signs, sample)
        return FetchReport(text, "warning", details, short)
    feeds = [outcome for outcome in failed if outcome.feed != YOURS]
    if not feeds:
        # No feed failed: it is asked next time.
        parts.append(f"{details[0]}.")
        asked = False
    elif len(feeds) == 1:
        reason = describe(feeds[0], now).removeprefix("failed: ")
        parts.append(line(f"{feeds[0].feed} failed: {reason}."))
    else:
        parts.append(f"{len(feeds)} feeds failed: {named([outcome.feed for outcome in feeds])}.")
    parts.append(keys.text("{key:messages}: details"))
    return FetchReport(" ".join(parts), "wrong" if asked else "warning", details)


def _unreached(done: Sequence[FetchOutcome]) -> list[str]:
    """Return the hosts that gave no answer, if none gave one."""
    # The look-up of added papers fails with them, in its own words.
    feeds = [outcome for outcome in done if outcome.feed != ADDED] or done
    hosts = [outcome.silent for outcome in feeds]
    return list(dict.fromkeys(hosts)) if all(hosts) else []


def _offline(hosts: Sequence[str], keys: KeyMap, signs: Signs, sample: int) -> tuple[str, str]:
    """Return the message, and a shorter form of it."""
    if not sample:
        return keys.text("Offline: showing saved papers. {key:feeds}: details"), ""
    names = hosts[0] if len(hosts) == 1 else f"{hosts[0]} and {counted(len(hosts) - 1, 'other host')}"
    start = f"Offline: {line(names)} can't be reached. You see {counted(sample, 'sample paper')}."
    between = f" {signs.dot} "
    long = keys.hint("{key:import_page} imports a saved page", "{key:refresh} tries again", between=between)
    short = keys.hint("{key:import_page}: import", "{key:refresh}: try again", between=between)
    return f"{start} {long}", f"Offline. {short}"


def named(names: Sequence[str]) -> str:
    """Return the first few names of some feeds."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(map(line, names[:_NAMED])) + more
