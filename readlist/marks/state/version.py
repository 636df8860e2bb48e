"""The versions of a note: what different machines wrote without knowing of each other, and which knew of which.

A note's entry says who wrote it when and, under `seen`, up to when its writer had seen what each machine wrote. A
version that another one's writer had seen is over; those written independently are kept side by side, under
`versions`, until someone rewrites the note: a multi-value register with version vectors (Shapiro et al., "A
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

NEVER = datetime.min.replace(tzinfo=UTC)

_DIVIDER = "— also written, {when:%Y-%m-%d %H:%M} UTC —"


def changed_at(entry: object, name: str = "changed") -> datetime:
    """Return when an entry changed; the beginning of time if it doesn't say, or names an absurd time.

    After a change at the end of time there would be no later one.
    """
    moment = parse_time(entry.get(name)) if isinstance(entry, Mapping) else None
    return moment if moment is not None and moment.year < LAST_YEAR else NEVER


class Version(Struct, frozen=True):
    """One text of a note.

    Attributes:
        changed: when it was written, by the writer's clock.
        device: names the machine it was written on.
        seen: up to when its writer had seen what each machine wrote; None if that is not known.
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
        """What a reader of this version has seen: up to when, by machine."""
        return _latest(self.seen or {}, {self.device: self.changed})

    def is_over(self, other: Version) -> bool:
        """Whether another version was written by someone who had seen this one."""
        if (other.changed, other.device) <= (self.changed, self.device):
            return False
        if other.seen is None:
            # Written before this was kept: a machine knows what it wrote itself.
            return other.device == self.device
        return other.seen.get(self.device, NEVER) >= self.changed


def versions_in(entry: object) -> list[Version]:
    """Return the versions of a note in an entry: one, unless several machines wrote at a time."""
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


def entry_of(versions: Iterable[Version]) -> dict[str, Any]:
    """Return the entry for some versions; its value is their joined text."""
    found = sorted(versions, key=lambda version: version.order)
    if not found:
        return {}
    latest = found[-1]
    entry = _written(replace(latest, value=joined(found)))
    if len(found) > 1:
        entry["seen"] = _seen_text(known_in(found))
        entry["versions"] = [_written(version) for version in found]
    return entry


def _written(version: Version) -> dict[str, Any]:
    entry: dict[str, Any] = {
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
    """Return `seen` for an entry that replaces this one, as in documents."""
    return _seen_text(known_in(versions_in(entry)))


def merged_versions(first: Iterable[Version], second: Iterable[Version]) -> list[Version]:
    """Return the versions of both that no one overwrote, each once; the order doesn't matter."""
    every: dict[tuple[datetime, str, str], Version] = {}
    for version in (*first, *second):
        known = every.get(version.order)
        every[version.order] = _same(known, version) if known is not None else version
    kept = []
    for version in every.values():
        if any(version.is_over(other) for other in every.values()) or _is_part_of_same(version, every.values()):
            continue
        over = [other for other in every.values() if other.is_over(version)]
        if version.seen is not None:
            # Its writer had seen what those that are over had seen.
            version = replace(version, seen=_latest(version.seen, known_in(over)))
        kept.append(version)
    return kept


def _same(first: Version, second: Version) -> Version:
    """Merge two records of one version."""
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
    """Return the text of some versions: all texts, oldest first, with a line above each but the first."""
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
    """Return a moment, or the next one after `before` if that is not earlier: changes never go back in time."""
    return moment if moment > before else before + timedelta(microseconds=1)
