"""The versions of a note: what different machines wrote without knowing of each other, and which knew of which.

A note's entry says who wrote it when and, under `seen`, up to when its writer had seen what each machine wrote. A
version that another one's writer had seen is over; those that nobody had seen together stand side by side, under
`versions`, until somebody writes the note anew: a multi-value register with version vectors (Shapiro et al., "A
comprehensive study of convergent and commutative replicated data types", 2011, section 3.2.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.mark import has_paragraphs
from readlist.model.time import LAST_YEAR, exact_time_text, parse_time

Entry = dict[str, Any]
"""A field of a document, as JSON has it."""

NEVER = datetime.min.replace(tzinfo=UTC)


_DIVIDER = "— also written, {when:%Y-%m-%d %H:%M} UTC —"


def changed_at(entry: object, name: str = "changed") -> datetime:
    """Return when an entry says it changed; the beginning of time for one that doesn't, or names an absurd time.

    A clock that stands at the end of time would leave none for what is changed after it.
    """
    moment = parse_time(entry.get(name)) if isinstance(entry, Mapping) else None
    return moment if moment is not None and moment.year < LAST_YEAR else NEVER


class Version(Struct, frozen=True):
    """One text of a note.

    Attributes:
        changed: when it was written, by the writer's clock.
        device: names the machine it was written on.
        seen: up to when its writer had seen what each machine wrote; None where that was not kept.
    """

    value: str
    changed: datetime
    device: str
    seen: Mapping[str, datetime] | None = None

    @property
    def order(self) -> tuple[datetime, str, str]:
        """What versions are sorted by, oldest first; no two that differ are equal."""
        return self.changed, self.device, self.value

    @property
    def known(self) -> dict[str, datetime]:
        """What is known to somebody who has read this version: up to when, by machine."""
        return _latest(self.seen or {}, {self.device: self.changed})

    def is_over(self, other: Version) -> bool:
        """Whether another version was written by somebody who had seen this one."""
        if (other.changed, other.device) <= (self.changed, self.device):
            return False
        if other.seen is None:
            # Written before this was kept: a machine knows what it wrote itself.
            return other.device == self.device
        return other.seen.get(self.device, NEVER) >= self.changed


def versions_in(entry: object) -> list[Version]:
    """Return the versions of a note that an entry holds: one, unless several machines wrote at a time."""
    if not isinstance(entry, Mapping):
        return []
    parts = entry.get("versions")
    if isinstance(parts, list):
        found = [_version(part) for part in parts if isinstance(part, Mapping)]
        if len(found) > 1 and joined(found) == entry.get("value"):
            return found
    only = _version(entry)
    return [only] if only.value or only.changed != NEVER else []


def _version(entry: Mapping[str, Any]) -> Version:
    value, device, seen = entry.get("value"), entry.get("device"), entry.get("seen")
    known = {name: changed_at(seen, name) for name in seen if isinstance(name, str)} if isinstance(seen, dict) else None
    return Version(
        value if isinstance(value, str) else "", changed_at(entry), device if isinstance(device, str) else "", known
    )


def entry_of(versions: Iterable[Version]) -> Entry:
    """Return the entry that holds some versions; its value is what is to be read."""
    found = sorted(versions, key=lambda version: version.order)
    if not found:
        return {}
    latest = found[-1]
    entry = _written(replace(latest, value=joined(found)))
    if len(found) > 1:
        entry["seen"] = _seen_text(known_in(found))
        entry["versions"] = [_written(version) for version in found]
    return entry


def _written(version: Version) -> Entry:
    entry: Entry = {
        "value": version.value,
        "changed": exact_time_text(version.changed),
        "device": version.device,
    }
    if version.changed == NEVER:
        del entry["changed"]
    if version.seen is not None:
        entry["seen"] = _seen_text(version.seen)
    return entry


def _seen_text(seen: Mapping[str, datetime]) -> dict[str, str]:
    return {name: exact_time_text(seen[name]) for name in sorted(seen) if seen[name] != NEVER}


def known_in(versions: Iterable[Version]) -> dict[str, datetime]:
    """Return up to when a reader of all these versions has seen what each machine wrote."""
    known: dict[str, datetime] = {}
    for version in versions:
        known = _latest(known, version.known)
    return known


def seen_after(entry: object) -> dict[str, str]:
    """Return what an entry that is written over this one has seen, as the documents have it."""
    return _seen_text(known_in(versions_in(entry)))


def merged_versions(first: Iterable[Version], second: Iterable[Version]) -> list[Version]:
    """Return the versions of both that nobody wrote over, each once; the same in any order."""
    every: dict[tuple[datetime, str, str], Version] = {}
    for version in (*first, *second):
        known = every.get(version.order)
        every[version.order] = _same(known, version) if known is not None else version
    standing = []
    for version in every.values():
        if any(version.is_over(other) for other in every.values()) or _is_part_of_same(version, every.values()):
            continue
        over = [other for other in every.values() if other.is_over(version)]
        if version.seen is not None:
            # What those had seen that are over now, their reader had seen too.
            version = replace(version, seen=_latest(version.seen, known_in(over)))
        standing.append(version)
    return standing


def _same(first: Version, second: Version) -> Version:
    """Return two records of one version as one."""
    if first.seen is None or second.seen is None:
        return first if first.seen is not None else second
    return replace(first, seen=_latest(first.seen, second.seen))


def _latest(first: Mapping[str, datetime], second: Mapping[str, datetime]) -> dict[str, datetime]:
    return {name: max(first.get(name, NEVER), second.get(name, NEVER)) for name in first.keys() | second.keys()}


def _is_part_of_same(version: Version, every: Iterable[Version]) -> bool:
    """Whether the same writing is there with more text: two papers were found to be one on one machine only."""
    return any(
        other.value != version.value
        and (other.changed, other.device) == (version.changed, version.device)
        and has_paragraphs(other.value, version.value)
        for other in every
    )


def joined(versions: Iterable[Version]) -> str:
    """Return what is to be read of some versions: all texts, oldest first, with a line above each but the first."""
    texts: list[tuple[str, datetime]] = []
    for version in sorted(versions, key=lambda version: version.order):
        if version.value and not any(has_paragraphs(text, version.value) for text, _ in texts):
            texts = [(text, when) for text, when in texts if not has_paragraphs(version.value, text)]
            texts.append((version.value, version.changed))
    parts = [text for text, _ in texts[:1]]
    for text, when in texts[1:]:
        parts += [_DIVIDER.format(when=when), text]
    return "\n\n".join(parts)


def later(moment: datetime, before: datetime) -> datetime:
    """Return a moment, or the next one after another if that is later: what follows is later, whatever clocks say."""
    return moment if moment > before else before + timedelta(microseconds=1)
