"""Failed requests in words and seconds: connection errors, statuses, bot checks, `Retry-After`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from readlist.pattern import pattern
from readlist.sources.http.endpoints import Limits, Sites
from readlist.text.clean import clean_line
from readlist.text.host import hide_token, origin_of, site_of

LOGIN_PAGE = "a network login page? Open any page in a browser, then try again"
"""What to do about a page in the place of an answer."""

_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})

_NO_NAME = pattern(r"name or service|nodename|getaddrinfo|name resolution|no address associated|11001|\b-[235]\]", re.I)


class FetchError(Exception):
    """A request failed: one line that says which host, what and what to do.

    Attributes:
        status: the HTTP status, None without a response.
        offline: whether no server was reached at all.
        silent: the host that was not reached, or gave no answer in time: the network may be missing; else empty.
        url: the address that answered, after redirects; empty without a response.
        body: the beginning of an error's body.
    """

    def __init__(
        self,
        reason: str,
        *,
        status: int | None = None,
        offline: bool = False,
        silent: str = "",
        url: str = "",
        body: bytes = b"",
    ) -> None:
        super().__init__(clean_line(reason, 400))
        self.url = url
        self.status = status
        self.offline = offline
        self.silent = silent
        self.body = body


class RetryError(Exception):
    """A failure worth a retry, and after how many seconds if the server said so."""

    def __init__(self, error: FetchError, after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.after = after


def client_error(error: Exception, host: str, limits: Limits, token: str) -> FetchError | RetryError:
    """Return what to raise for an error of httpx2."""
    import httpx2

    text = hide_token(str(error), token) or type(error).__name__
    if isinstance(error, httpx2.ProxyError):
        return FetchError(
            f"the proxy refused to connect to {host} ({text}); check HTTPS_PROXY", offline=True, silent=host
        )
    if isinstance(error, httpx2.ConnectTimeout):
        limit = format_duration(limits.connect)
        reason = f"no connection to {host} within {limit}; check the network, or try again later"
        return FetchError(reason, offline=True, silent=host)
    if isinstance(error, httpx2.ConnectError):
        silent = "" if _is_untrusted(text) else host
        return FetchError(_connection_error_text(host, text), offline=True, silent=silent)
    if isinstance(error, httpx2.TimeoutException):
        # No retry: two more would only take three times as long.
        return FetchError(f"{host} sent nothing for {format_duration(limits.read)}; try again later", silent=host)
    if isinstance(error, httpx2.RemoteProtocolError | httpx2.NetworkError):
        return RetryError(FetchError(f"{host} closed the connection early; try again later"))
    return FetchError(f"request to {host} failed ({text}); check the address")


def _is_untrusted(reason: str) -> bool:
    """Return whether a host was reached, but its certificate can't be verified."""
    return "CERTIFICATE" in reason.upper() or "SSL" in reason.upper()


def _connection_error_text(host: str, reason: str) -> str:
    """Return in words why there is no connection to a host; `reason` is what the system says."""
    if _is_untrusted(reason):
        return f"can't verify the certificate of {host} ({reason}); a network login page, or a wrong clock?"
    if _NO_NAME.search(reason):
        return f"can't reach {host} – offline?"
    reason = re.sub(r"^\[Errno -?\d+\]\s*", "", reason).lower() or "no connection"
    from urllib.request import getproxies

    proxy = " and the proxy of the environment" if getproxies() else ""
    return f"can't reach {host} ({reason}); check the network{proxy}, or try again later"


_CHALLENGE = pattern(
    r"<title>\s*(?:Just a moment|Attention Required|Making sure you(?:'|&#39;|’)re not a bot|DDoS-Guard|Security Check"
    r"|Checking your browser|Verify(?:ing)? you are human|Are you a robot|Client Challenge)"
    r"|\bcf[-_]chl[-_]|cdn-cgi/challenge-platform|\.within\.website/x/cmd/anubis|anubis[-_]challenge|_Incapsula_Resource"
    r"|captcha-delivery\.com|\bawsWafCookieDomainList\b|class=[\"'](?:g-recaptcha|h-captcha|cf-turnstile)\b"
    r"|Checking your browser before accessing|Enable JavaScript and cookies to continue",
    re.IGNORECASE,
)
_PAGE_START = 1 << 16


def is_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """Tell whether a response is a bot check: a page that lets only browsers pass.

    Args:
        headers: by lower-case name.
        body: the beginning of the body.
    """
    if headers.get("cf-mitigated", "").strip().lower() == "challenge":
        return True
    if headers.get("x-amzn-waf-action", "").strip().lower() in ("challenge", "captcha"):
        return True
    page = body[:_PAGE_START].decode("utf-8", "replace")
    # A feed may speak of such pages.
    return bool(re.match(r"\s*(?:<!doctype html|<html|<head|<body|<script)", page, re.I) and _CHALLENGE.search(page))


def status_error(
    url: str, status: int, headers: Mapping[str, str], body: bytes, sites: Sites
) -> FetchError | RetryError:
    """Return what to raise for a status that is an error."""
    host = site_of(url)
    if is_challenge(headers, body):
        reason = f"{host} answered {status} with a bot check; open the address in a browser"
        return FetchError(reason, status=status, url=url, body=body)
    # Shortened only without the token, of which a half would stay otherwise.
    message = clean_line(hide_token(headers.get("x-error-message", ""), sites.token), 200)
    hint = _status_hint(status, sites, own=origin_of(url) == origin_of(sites.huggingface))
    reason = f"{host} answered {status}{hint}" + (f" (“{message}”)" if message else "")
    error = FetchError(reason, status=status, url=url, body=body)
    return RetryError(error, _retry_after(status, headers)) if status in _RETRIED else error


_HINTS = {
    304: " (not modified) to a first request; try again later",
    404: " (not found); check the address or the query",
    407: " (the proxy needs a login); check HTTPS_PROXY",
    410: " (gone for good); remove the feed",
    429: " (too many requests); try again later",
    511: " (the network needs a login); open any page in a browser, then try again",
}


def _status_hint(status: int, sites: Sites, *, own: bool = True) -> str:
    """Return what an HTTP status means and what to do, to follow it in a message.

    Args:
        status: of HTTP.
        sites: with the token.
        own: whether the request went to the site of the token.
    """
    if status in (401, 403):
        advice = "check HF_TOKEN" if own and sites.token else "it may need a login, which readlist doesn't support"
        advice = f"HF_TOKEN {sites.token_problem}" if own and sites.token_problem else advice
        return (" (not authorized); " if status == 401 else " (forbidden); ") + advice
    other = " (server error); try again later" if status >= 500 else "; check the address or the query"
    return _HINTS.get(status, other)


def _retry_after(status: int, headers: Mapping[str, str]) -> float | None:
    """Return how many seconds a server asks to wait: `Retry-After`, or Hugging Face's `RateLimit: …;t=`."""
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


def format_duration(seconds: float) -> str:
    """Return a duration for a message: `15 s`, `60 min`."""
    if seconds < 120:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3600:.0f} h"
