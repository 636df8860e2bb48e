"""Answers of Crossref's API (https://api.crossref.org), whose works are nearly CSL-JSON."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from readlist.sources import csl
from readlist.sources.base import Batch

_KIND = "Crossref JSON"


def recognised(data: object) -> bool:
    """Tell whether JSON is an answer of Crossref's: a message with its type."""
    return isinstance(data, dict) and isinstance(data.get("message-type"), str) and "message" in data


def decode(data: object, *, origin: str, made: date, day: date | None = None) -> Batch:
    """Read the works of an answer: of one work, or of a search; an answer of another type is refused by its name."""
    kind = data.get("message-type") if isinstance(data, dict) else ""
    message = data.get("message") if isinstance(data, dict) else None
    if kind not in ("work", "work-list"):
        failure = f"{origin}: {_KIND} of type {kind}, without works; ask the API for works and import its answer"
        return Batch(origin, _KIND, failure=failure)
    batch = csl.decode(message, origin=origin, made=made, day=day)
    return replace(batch, kind=_KIND, failure=batch.failure.replace("CSL-JSON", _KIND))
