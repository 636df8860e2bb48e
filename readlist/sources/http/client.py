"""The HTTP client, the only socket: time and size limits, redirects, retries, and one line for each failure."""

from __future__ import annotations

import threading
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from msgspec import Struct
from msgspec.structs import replace

from readlist import __version__
from readlist.sources.batch import Validator
from readlist.sources.http.endpoints import Limits, Sites, sendable
from readlist.sources.http.failure import FetchError, RetryError, client_error, format_duration, status_error
from readlist.text.clean import clean_line
from readlist.text.host import hide_token, origin_of, site_of

if TYPE_CHECKING:
    from types import TracebackType

    import httpx2

_ERROR_BODY = 1 << 16
_POLL = 0.05
"""Seconds between two checks whether to stop."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT_REDIRECTS = frozenset({301, 308})
_LONGEST_WAIT = 86_400.0
"""Seconds; a longer `Retry-After` counts as a day."""

_TOO_MANY = 429
_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
_UNSUPPORTED = frozenset({"br", "zstd", "compress", "x-compress", "exi", "pack200-gzip", "aes128gcm", "dcb", "dcz"})
"""The other registered content codings (https://www.iana.org/assignments/http-parameters)."""

_GZIP = b"\x1f\x8b"
_LAYERS = 4
"""How often a body may be compressed."""

_TEXT = (b"<", b"{", b"[", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
"""How text begins, and compressed data doesn't."""


class Reply(Struct, frozen=True):
    """A response.

    Attributes:
        url: the address that answered, after redirects.
        status: 2xx or 304; inside this module also 3xx.
        headers: by lower-case name.
        body: decompressed.
        validator: what to send next time.
        moved: the new address if every redirect was permanent, else empty.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    validator: Validator
    moved: str = ""


class _Throttle:
    """One request at a time to a host, with an interval between two."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last = float("-inf")


_THROTTLES: defaultdict[tuple[str, str, int | None], _Throttle] = defaultdict(_Throttle)
"""By origin, shared by all clients of the process."""


class Http:
    """An HTTP client for many threads; proxies and certificates are those of the environment."""

    def __init__(
        self,
        sites: Sites,
        limits: Limits | None = None,
        *,
        cancelled: threading.Event | None = None,
        waits: Mapping[str, float] | None = None,
    ) -> None:
        """Create a client; nothing is imported or opened before the first request.

        Args:
            sites: the endpoints, and the token.
            limits: of time and size.
            cancelled: set to stop all requests.
            waits: by origin, until when (seconds since 1970) a server asked for no requests.
        """
        self.waits = dict(waits or {})
        self.sites = sites
        self._limits = limits or Limits()
        self._cancelled = cancelled or threading.Event()
        self._client: httpx2.Client | None = None
        self._lock = threading.Lock()
        parts = ("api/query", "list/", "catchup/")
        self._paced = (*(f"{sites.arxiv}/{part}" for part in parts), f"{sites.arxiv_rss}/rss/")

    def __enter__(self) -> Http:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def get(self, url: str, *, accept: str = "", validator: Validator | None = None) -> Reply:
        """Get an address.

        Args:
            url: http or https.
            accept: the types wanted (RFC 9110).
            validator: that of the last response; if nothing changed since, the status is 304 and there is no body.

        Raises:
            FetchError: it failed, took too long, was too large, or `cancelled` was set.
        """
        try:
            return self._get(url, accept, validator)
        except FetchError as error:
            # Servers repeat what they were sent, in unexpected places.
            token = self.sites.token
            text = hide_token(str(error), token)
            body = error.body.replace(token.encode(errors="replace"), b"...") if token else error.body
            if (text, body) == (str(error), error.body):
                raise
            url = hide_token(error.url, token)
            raise FetchError(
                text, status=error.status, offline=error.offline, silent=error.silent, url=url, body=body
            ) from None

    def _get(self, url: str, accept: str, validator: Validator | None) -> Reply:
        host = site_of(url)
        if not host:
            raise FetchError(f"{clean_line(url, 200)} is not an http(s) address; fix the feed")
        with self._turn(url):
            end = time.monotonic() + self._limits.total
            for attempt in range(self._limits.retries + 1):
                try:
                    return self._with_deadline(end, host, lambda: self._follow(url, accept, validator, end))
                except RetryError as retry:
                    pause = self._limits.pause * 2**attempt if retry.after is None else retry.after
                    too_late = time.monotonic() + pause >= end
                    if attempt < self._limits.retries and not too_late:
                        self._sleep(pause)
                        continue
                    if retry.after is not None:
                        self._remember(retry.error.url, retry.after)
                        if attempt < self._limits.retries:
                            reason = f"{host} asks to wait {format_duration(pause)}; try again then"
                            raise FetchError(reason, status=retry.error.status) from None
                    elif retry.error.status == _TOO_MANY:
                        # Also where it does not say for how long, asking on makes it longer.
                        self._remember(retry.error.url, self._limits.too_many)
                    raise retry.error from None
        raise AssertionError("every attempt returns or raises")

    def _remember(self, url: str, seconds: float) -> None:
        """Remember that a server asked for no requests for some seconds."""
        if seconds > 0:
            self.waits["{}://{}:{}".format(*origin_of(url))] = time.time() + min(seconds, _LONGEST_WAIT)

    def _respect(self, url: str) -> None:
        """Raise FetchError if the server of an address asked for no requests until later."""
        until = self.waits.get("{}://{}:{}".format(*origin_of(url)), 0.0)
        # A later time was written when the clock was wrong.
        if 0 < until - time.time() <= _LONGEST_WAIT:
            when = datetime.fromtimestamp(until).astimezone()
            day = "" if when.date() == datetime.now().astimezone().date() else f"{when:%Y-%m-%d} "
            reason = f"{site_of(url)} asked for no requests before {day}{when:%H:%M:%S}; try again then"
            raise FetchError(reason, status=429, url=url)

    @contextmanager
    def _turn(self, url: str) -> Iterator[None]:
        """Wait for the turn of a host that wants one request at a time, with an interval."""
        if not url.startswith(self._paced):
            yield
            return
        throttle = _THROTTLES[origin_of(url)]
        while not throttle.lock.acquire(timeout=_POLL):
            self._check()
        reached = True
        try:
            self._sleep(throttle.last + self._limits.arxiv_interval - time.monotonic())
            yield
        except FetchError as error:
            reached = not error.offline
            raise
        finally:
            if reached:
                throttle.last = time.monotonic()
            throttle.lock.release()

    def _check(self) -> None:
        if self._cancelled.is_set():
            raise FetchError("stopped")

    def _sleep(self, seconds: float) -> None:
        if self._cancelled.wait(max(seconds, 0.0)):
            self._check()

    def _with_deadline(self, end: float, host: str, exchange: Callable[[], Reply]) -> Reply:
        """Do it in a thread of its own; wait for that until the deadline, or until `cancelled` is set.

        A blocking call can't be interrupted: looking up a name has no timeout, and each byte of a slow header starts
        the client's read timeout again. A thread that is given up ends with the process.
        """
        done: SimpleQueue[Reply | BaseException] = SimpleQueue()

        def work() -> None:
            try:
                done.put(exchange())
            except BaseException as error:
                done.put(error)

        threading.Thread(target=work, name=f"http {host}", daemon=True).start()
        while True:
            self._check()
            left = end - time.monotonic()
            if left <= 0:
                reason = f"{host} took longer than {format_duration(self._limits.total)}; try again later"
                raise FetchError(reason, silent=host)
            try:
                result = done.get(timeout=min(left, _POLL))
            except Empty:
                continue
            if isinstance(result, BaseException):
                raise result
            return result

    def _follow(self, url: str, accept: str, validator: Validator | None, end: float) -> Reply:
        """Get an address and follow its redirects; errors name the first host."""
        here = url
        permanent = True
        for _ in range(self._limits.redirects + 1):
            self._respect(here)
            reply = self._exchange(here, accept, validator, end)
            if reply.status not in _REDIRECTS:
                return replace(reply, moved=here) if permanent and here != url and "@" not in here else reply
            # A less safe address is followed, but not for good.
            downgrade = here.startswith("https:") and not reply.url.startswith("https:")
            permanent = permanent and reply.status in _PERMANENT_REDIRECTS and not downgrade
            here = reply.url
        raise FetchError(f"{site_of(url)}: too many redirects; check the address")

    def _exchange(self, url: str, accept: str, validator: Validator | None, end: float) -> Reply:
        """Get one address; returns the response, of a redirect with the target as its address.

        Raises:
            RetryError: it failed, and a retry may work.
            FetchError: it failed.
        """
        import httpx2

        host = site_of(url)
        try:
            with self._open().stream("GET", url, headers=self._headers(url, accept, validator)) as response:
                if response.status_code in _REDIRECTS and response.headers.get("location"):
                    target = _target(url, response.headers["location"], self.sites.token)
                    return Reply(target, response.status_code, {}, b"", Validator())
                failed = response.status_code >= 300 and response.status_code != 304
                return self._reply(url, response, self._body(response, end, failed=failed), validator)
        except BodyError as error:
            raise FetchError(f"{host} {error}; check the address, or try again later") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, UnicodeError, ValueError) as error:
            raise client_error(error, host, self._limits, self.sites.token) from error

    def _headers(self, url: str, accept: str, validator: Validator | None) -> dict[str, str]:
        headers = {
            "User-Agent": f"readlist/{__version__}",
            "Accept": accept or "*/*",
            "Accept-Encoding": "gzip, deflate",
        }
        if validator and sendable(validator.etag):
            headers["If-None-Match"] = validator.etag
        if validator and sendable(validator.modified):
            headers["If-Modified-Since"] = validator.modified
        if sendable(self.sites.token) and origin_of(url) == origin_of(self.sites.huggingface):
            headers["Authorization"] = f"Bearer {self.sites.token}"
        return headers

    def _open(self) -> httpx2.Client:
        """Return the client, made for the first request."""
        with self._lock:
            self._check()
            if self._client is None:
                import httpx2

                limits = self._limits
                timeout = httpx2.Timeout(limits.read, connect=limits.connect)
                try:
                    self._client = httpx2.Client(timeout=timeout, follow_redirects=False)
                except (ValueError, ImportError, OSError) as error:
                    reason = f"can't use the proxy or certificates of the environment ({error})"
                    raise FetchError(f"{reason}; check HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE", offline=True) from error
            return self._client

    def _body(self, response: httpx2.Response, end: float, *, failed: bool) -> bytes:
        """Return the body, decompressed; that of an error is empty if it is too long or can't be decompressed."""
        limit = _ERROR_BODY if failed else self._limits.size
        length = response.headers.get("content-length", "")
        try:
            if not failed and length.isascii() and length.isdigit() and int(length[:20]) > limit:
                raise _too_large(limit)
            raw = bytearray()
            for chunk in response.iter_raw():
                self._check()
                if time.monotonic() > end:
                    raise BodyError("took too long")
                raw += chunk
                if len(raw) > limit:
                    raise _too_large(limit)
            return decompress(bytes(raw), response.headers.get("content-encoding", ""), limit)
        except BodyError:
            if failed:
                return b""
            raise

    def _reply(self, url: str, response: httpx2.Response, body: bytes, sent: Validator | None) -> Reply:
        status, headers = response.status_code, {name.lower(): value for name, value in response.headers.items()}
        given = Validator(headers.get("etag", ""), headers.get("last-modified", ""))
        if status == 304 and sent:
            # What a 304 leaves out holds on (RFC 9110, 15.4.5).
            return Reply(url, 304, headers, b"", Validator(given.etag or sent.etag, given.modified or sent.modified))
        if 200 <= status < 300:
            return Reply(url, status, headers, body, given)
        raise status_error(url, status, headers, body, self.sites)


def _target(url: str, location: str, token: str) -> str:
    """Return the target of a redirect.

    Raises:
        FetchError: it is not an http(s) address.
    """
    try:
        target = urljoin(url, location.strip())
    except ValueError:
        target = ""
    if not site_of(target):
        shown = clean_line(hide_token(location, token), 100)
        raise FetchError(f"{site_of(url)} redirects to {shown}, not an http(s) address; check the address")
    return target


class BodyError(Exception):
    """A body that can't be used: the end of a line that begins with its host."""


def _too_large(size: int) -> BodyError:
    return BodyError(f"sent more than {size / (1 << 20):,.3g} MB, too much for a feed")


def decompress(body: bytes, codings: str, limit: int) -> bytes:
    """Return a body without its content codings.

    httpx2 would take a cut body for a whole one and refuse wrongly declared ones. Many servers declare a coding that
    the body doesn't have, or a character encoding: text is returned as it is, and gzip is undone even if undeclared.

    Args:
        body: as received.
        codings: its `Content-Encoding` (RFC 9110), the last applied last.
        limit: the most bytes to return.

    Raises:
        BodyError: it is larger, damaged, or in an unsupported coding.
    """
    declared = [coding for part in codings.split(",") if (coding := part.strip().lower()) not in ("", "identity")]
    for _ in range(_LAYERS):
        if body[:4_096].lstrip().startswith(_TEXT) or not (body and (declared or body.startswith(_GZIP))):
            break
        coding = declared.pop() if declared else "gzip"
        if coding in _WINDOWS:
            body = _inflate(body, coding, limit)
        elif coding in _UNSUPPORTED or not (body.startswith(_GZIP) or _is_readable(body[:4_096])):
            raise BodyError(f"sent an unsupported content encoding ({coding[:40]})")
    return body


def _inflate(data: bytes, coding: str, limit: int) -> bytes:
    inflater = zlib.decompressobj(_WINDOWS[coding])
    text = b""
    try:
        while data:
            if inflater.eof:
                if not data.startswith(_GZIP):
                    # Some servers pad what they compress.
                    break
                # A further member, compressed on its own (RFC 1952).
                inflater = zlib.decompressobj(_WINDOWS["gzip"])
            try:
                text += inflater.decompress(data, limit - len(text) + 1)
            except zlib.error:
                if coding != "deflate" or text:
                    raise
                # Many servers send deflate without the frame of the standard.
                inflater = zlib.decompressobj(-zlib.MAX_WBITS)
                text += inflater.decompress(data, limit + 1)
            if len(text) > limit:
                raise _too_large(limit)
            data = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
    except zlib.error as error:
        raise BodyError(f"sent damaged {coding} data") from error
    if text and not inflater.eof:
        raise BodyError("closed the connection early")
    return text


def _is_readable(start: bytes) -> bool:
    """Tell whether bytes are text, rather than something compressed."""
    try:
        return start.decode("utf-8").replace("\n", " ").replace("\r", " ").replace("\t", " ").isprintable()
    except UnicodeDecodeError as error:
        # A character may be cut in two at the end.
        return error.reason == "unexpected end of data" and _is_readable(start[: error.start])
