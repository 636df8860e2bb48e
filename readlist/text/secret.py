"""What nobody may read: the token, taken out of whatever is said."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit

_SHORTEST = 4


def discreet(text: str, token: str) -> str:
    """Return a text with the token in it hidden, also where it is quoted; one of a few letters is no secret."""
    if len(token) < _SHORTEST:
        return text
    for form in dict.fromkeys((token, quote(token, safe="", errors="replace"), repr(token)[1:-1], ascii(token)[1:-1])):
        text = text.replace(form, "…")
    return text


def without_user(address: str) -> str:
    """Return an address without the user and password it may name."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
