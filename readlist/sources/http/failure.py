"""What an answer's status, its headers and a failed connection mean to the user, in words and seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from readlist.sources.http.endpoints import Sites

_NO_NAME = re.compile(
    r"name or service|nodename|getaddrinfo|name resolution|no address associated|11001|\b-[235]\]", re.I
)


def unreached(host: str, told: str) -> str:
    """Return why no connection came about, in words."""
    if "CERTIFICATE" in told.upper() or "SSL" in told.upper():
        return f"{host} could not prove who it is ({told}); a login page of the network, or a clock that is wrong?"
    if _NO_NAME.search(told):
        return f"no host {host} was found; check the network and the address"
    reason = re.sub(r"^\[Errno -?\d+\]\s*", "", told).lower() or "no connection"
    from urllib.request import getproxies

    proxy = ", the proxy that the environment sets" if getproxies() else ""
    return f"{host} could not be reached ({reason}); check the network{proxy}, or try again later"


_CHALLENGE = re.compile(
    r"<title>\s*(?:Just a moment|Attention Required|Making sure you(?:'|&#39;|’)re not a bot|DDoS-Guard|Security Check"
    r"|Checking your browser|Verify(?:ing)? you are human|Are you a robot|Client Challenge)"
    r"|\bcf[-_]chl[-_]|cdn-cgi/challenge-platform|\.within\.website/x/cmd/anubis|anubis[-_]challenge|_Incapsula_Resource"
    r"|captcha-delivery\.com|\bawsWafCookieDomainList\b|class=[\"'](?:g-recaptcha|h-captcha|cf-turnstile)\b"
    r"|Checking your browser before accessing|Enable JavaScript and cookies to continue",
    re.IGNORECASE,
)
_PAGE_START = 1 << 16


def is_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """Tell whether an answer is a page that only lets browsers pass, with people in front of them.

    Args:
        headers: those of the answer, in lower case.
        body: its beginning.
    """
    if headers.get("cf-mitigated", "").strip().lower() == "challenge":
        return True
    if headers.get("x-amzn-waf-action", "").strip().lower() in ("challenge", "captcha"):
        return True
    page = body[:_PAGE_START].decode("utf-8", "replace")
    # Of a feed that speaks of such pages only the words are alike.
    return bool(re.match(r"\s*(?:<!doctype html|<html|<head|<body|<script)", page, re.I) and _CHALLENGE.search(page))


_MEANINGS = {
    304: " though nothing was known before; try again later",
    404: " (not found); check the address or the query",
    407: " (the proxy wants a login); check HTTPS_PROXY",
    410: " (gone for good); remove it",
    429: " (too many requests); try again later",
    511: " (the network wants a login); open any page in a browser, then try again",
}


def meaning(status: int, sites: Sites, *, own: bool = True) -> str:
    """Return what a status means to the user, to be put behind it.

    Args:
        status: of HTTP.
        sites: whom the token is for.
        own: whether it was asked of the site that the token is for.
    """
    if status in (401, 403):
        asked = "; check HF_TOKEN" if own and sites.token else "; it may want a login, which readlist can't give"
        asked = f"; HF_TOKEN {sites.token_problem}" if own and sites.token_problem else asked
        return (" (not authorised)" if status == 401 else " (forbidden)") + asked
    other = " (an error of the server); try again later" if status >= 500 else "; check the address or the query"
    return _MEANINGS.get(status, other)


def wish(status: int, headers: Mapping[str, str]) -> float | None:
    """Return the seconds a server wants to be left alone: `Retry-After`, or Hugging Face's `RateLimit: …;t=`."""
    given = headers.get("retry-after", "").strip()
    if given.isascii() and given.isdigit():
        return float(given[:9])
    if given:
        from email.utils import parsedate_to_datetime

        try:
            moment = parsedate_to_datetime(given)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return max(0.0, (moment - datetime.now(UTC)).total_seconds())
        except (ValueError, OverflowError):
            return None
    left = re.search(r";\s*t=(\d{1,9})", headers.get("ratelimit", "")) if status == 429 else None
    return float(left[1]) if left else None


def span(seconds: float) -> str:
    """Return a duration in words."""
    if seconds < 120:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3600:.0f} h"
