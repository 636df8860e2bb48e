"""The only socket: one address asked, with time and size limits, redirects, retries and one line for what failed."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from msgspec import Struct
from msgspec.structs import replace

from readlist.sources.batch import Validator
from readlist.sources.http.decompression import Body, UnfitError
from readlist.sources.http.endpoints import Limits, Sites, sendable
from readlist.sources.http.failure import is_challenge, meaning, span, unreached, wish
from readlist.text.clean import clean_line
from readlist.text.host import discreet, origin_of, site_of

if TYPE_CHECKING:
    from types import TracebackType

    import httpx2

_ERROR_BODY = 1 << 16
_LOOK = 0.05
"""Seconds between two looks whether what is under way is to be stopped."""

_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_MOVED = frozenset({301, 302, 303, 307, 308})
_MOVED_FOR_GOOD = frozenset({301, 308})
_LONGEST_WAIT = 86_400.0
"""Seconds; a server that asks for more is asked again after a day."""


class Reply(Struct, frozen=True):
    """An answer.

    Attributes:
        url: the address that answered, after redirects.
        status: of the 200s, or 304; until redirects are followed, also of the 300s.
        headers: by lower-case name.
        body: decompressed.
        validator: what to send next time.
        moved: the address to ask from now on, where every redirect was for good; empty otherwise.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    validator: Validator
    moved: str = ""


class FetchError(Exception):
    """An address could not be had: one line that says who, what and what to do.

    Attributes:
        status: the HTTP status, None if it never came to one.
        offline: whether no server was reached at all.
        url: the address that answered, after redirects; empty if none did.
        body: the beginning of an answer that bears an error.
    """

    def __init__(
        self, reason: str, *, status: int | None = None, offline: bool = False, url: str = "", body: bytes = b""
    ) -> None:
        super().__init__(clean_line(reason, 400))
        self.url = url
        self.status = status
        self.offline = offline
        self.body = body


class _Again(Exception):
    """What may go better at a second try, and after how many seconds if the server said so."""

    def __init__(self, error: FetchError, after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.after = after


class _Pace:
    """One request at a time to a host, and not too many."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last = float("-inf")


_PACES: defaultdict[tuple[str, str, int | None], _Pace] = defaultdict(_Pace)
"""By origin, for the whole process: it is one guest of each host, however many clients it makes."""


class Http:
    """Asks addresses. May be used by many threads at once; proxies and certificates are those of the environment."""

    def __init__(
        self,
        sites: Sites,
        limits: Limits | None = None,
        *,
        cancelled: threading.Event | None = None,
        waits: Mapping[str, float] | None = None,
    ) -> None:
        """Make it; nothing is imported or opened before the first question.

        Args:
            sites: whom to ask, and the token.
            limits: how long to wait, and how much to take.
            cancelled: set when everything that waits is to give up.
            waits: by origin, the time (seconds since 1970) up to which a server asked not to be asked.
        """
        self.waits = dict(waits or {})
        self.sites = sites
        self._limits = limits or Limits()
        self._cancelled = cancelled or threading.Event()
        self._client: httpx2.Client | None = None
        self._lock = threading.Lock()
        self._paced = (f"{sites.arxiv}/api/query", f"{sites.arxiv_rss}/rss/")

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
        """Ask an address.

        Args:
            url: http or https.
            accept: the types wanted (RFC 9110).
            validator: what the last answer was marked by; if nothing changed the status is 304 and there is no body.

        Raises:
            FetchError: it could not be had within the limits, or `cancelled` was set.
        """
        try:
            return self._asked(url, accept, validator)
        except FetchError as error:
            # Servers repeat what they were sent, in places nobody thinks of.
            token = self.sites.token
            told = discreet(str(error), token)
            body = error.body.replace(token.encode(errors="replace"), b"...") if token else error.body
            if (told, body) == (str(error), error.body):
                raise
            url = discreet(error.url, token)
            raise FetchError(told, status=error.status, offline=error.offline, url=url, body=body) from None

    def _asked(self, url: str, accept: str, validator: Validator | None) -> Reply:
        host = site_of(url)
        if not host:
            raise FetchError(f"{clean_line(url, 200)} is no http or https address; correct the feed")
        with self._turn(url):
            end = time.monotonic() + self._limits.total
            for attempt in range(self._limits.retries + 1):
                try:
                    return self._with_deadline(end, host, lambda: self._follow(url, accept, validator, end))
                except _Again as again:
                    pause = self._limits.pause * 2**attempt if again.after is None else again.after
                    if again.after is not None and (attempt == self._limits.retries or time.monotonic() + pause >= end):
                        self._remember(again.error.url, again.after)
                    if attempt == self._limits.retries:
                        raise again.error from None
                    if time.monotonic() + pause >= end:
                        if again.after is None:
                            raise again.error from None
                        reason = f"{host} asks to wait {span(pause)} before the next question; try again then"
                        raise FetchError(reason, status=again.error.status) from None
                    self._rest(pause)
        raise AssertionError("every attempt returns or raises")

    def _remember(self, url: str, seconds: float) -> None:
        """Remember that a server asked to be left alone."""
        if seconds > 0:
            self.waits["{}://{}:{}".format(*origin_of(url))] = time.time() + min(seconds, _LONGEST_WAIT)

    def _respect(self, url: str) -> None:
        """Raise if the server of an address asked to be left alone for longer."""
        until = self.waits.get("{}://{}:{}".format(*origin_of(url)), 0.0)
        # A time beyond the longest was written under a clock that was wrong.
        if 0 < until - time.time() <= _LONGEST_WAIT:
            when = datetime.fromtimestamp(until).astimezone()
            day = "" if when.date() == datetime.now().astimezone().date() else f"{when:%Y-%m-%d} "
            reason = f"{site_of(url)} asked not to be asked before {day}{when:%H:%M:%S}; try again then"
            raise FetchError(reason, status=429, url=url)

    @contextmanager
    def _turn(self, url: str) -> Iterator[None]:
        """Wait for the turn of a site that wants to be asked slowly."""
        if not url.startswith(self._paced):
            yield
            return
        pace = _PACES[origin_of(url)]
        while not pace.lock.acquire(timeout=_LOOK):
            self._check()
        reached = True
        try:
            self._rest(pace.last + self._limits.arxiv_interval - time.monotonic())
            yield
        except FetchError as error:
            reached = not error.offline
            raise
        finally:
            if reached:
                pace.last = time.monotonic()
            pace.lock.release()

    def _check(self) -> None:
        if self._cancelled.is_set():
            raise FetchError("stopped before it was done")

    def _rest(self, seconds: float) -> None:
        if self._cancelled.wait(max(seconds, 0.0)):
            self._check()

    def _with_deadline(self, end: float, host: str, exchange: Callable[[], Reply]) -> Reply:
        """Do it in a thread of its own, and wait for that until the deadline or until everything is to stop.

        What blocks can't be interrupted from outside: looking up a name knows no timeout, and each byte of a header
        that drips begins the client's read timeout anew. The thread that is left behind ends with the process.
        """
        done: SimpleQueue[Reply | BaseException] = SimpleQueue()

        def work() -> None:
            try:
                done.put(exchange())
            except BaseException as error:
                done.put(error)

        threading.Thread(target=work, name=f"asking {host}", daemon=True).start()
        while True:
            self._check()
            left = end - time.monotonic()
            if left <= 0:
                raise FetchError(f"{host} did not get done within {span(self._limits.total)}; try again later")
            try:
                result = done.get(timeout=min(left, _LOOK))
            except Empty:
                continue
            if isinstance(result, BaseException):
                raise result
            return result

    def _follow(self, url: str, accept: str, validator: Validator | None, end: float) -> Reply:
        """Ask an address and where it leads to; whoever hands on is told by the first host's name."""
        here = url
        permanent = True
        for _ in range(self._limits.redirects + 1):
            self._respect(here)
            reply = self._exchange(here, accept, validator, end)
            if reply.status not in _MOVED:
                return replace(reply, moved=here) if permanent and here != url and "@" not in here else reply
            # A way that is less safe may be gone once, but is not for ever.
            downgrade = here.startswith("https:") and not reply.url.startswith("https:")
            permanent = permanent and reply.status in _MOVED_FOR_GOOD and not downgrade
            here = reply.url
        raise FetchError(f"{site_of(url)} leads from one address to the next without end; check the address")

    def _exchange(self, url: str, accept: str, validator: Validator | None, end: float) -> Reply:
        """Ask one address; returns its answer, or with the address where it leads to.

        Raises:
            _Again: another try may go better.
            FetchError: it won't.
        """
        import httpx2

        host = site_of(url)
        try:
            with self._opened().stream("GET", url, headers=self._headers(url, accept, validator)) as response:
                if response.status_code in _MOVED and response.headers.get("location"):
                    target = _target(url, response.headers["location"], self.sites.token)
                    return Reply(target, response.status_code, {}, b"", Validator())
                failed = response.status_code != 304 if response.status_code >= 300 else False
                body = self._body(response, end, _ERROR_BODY if failed else None)
                return self._reply(url, response, body, validator)
        except UnfitError as error:
            raise FetchError(f"{host} {error}; check the address, or try again later") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, UnicodeError, ValueError) as error:
            raise self._trouble(error, host) from error

    def _headers(self, url: str, accept: str, validator: Validator | None) -> dict[str, str]:
        from readlist import __version__

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

    def _opened(self) -> httpx2.Client:
        """Return the client, made at the first question."""
        with self._lock:
            self._check()
            if self._client is None:
                import httpx2

                limits = self._limits
                timeout = httpx2.Timeout(limits.read, connect=limits.connect)
                try:
                    self._client = httpx2.Client(timeout=timeout, follow_redirects=False)
                except (ValueError, ImportError, OSError) as error:
                    reason = f"the proxy or certificates the environment names can't be used ({error})"
                    raise FetchError(f"{reason}; check HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE", offline=True) from error
            return self._client

    def _body(self, response: httpx2.Response, end: float, part: int | None) -> bytes:
        """Return the body of an answer; of an error's only a part, whatever is wrong with it."""
        if part is not None:
            try:
                return self._read(response, end, Body(response.headers.get("content-encoding", ""), part))
            except UnfitError:
                return b""
        length = response.headers.get("content-length", "")
        body = Body(response.headers.get("content-encoding", ""), self._limits.size)
        if length.isascii() and length.isdigit() and int(length[:20]) > self._limits.size:
            raise UnfitError(f"answered with {int(length[:20]) / (1 << 20):,.0f} MB, which no feed needs")
        return self._read(response, end, body)

    def _read(self, response: httpx2.Response, end: float, body: Body) -> bytes:
        for piece in response.iter_raw():
            self._check()
            if time.monotonic() > end:
                raise UnfitError("did not get done in time")
            body.take(piece)
        return body.done()

    def _reply(self, url: str, response: httpx2.Response, body: bytes, sent: Validator | None) -> Reply:
        status, headers = response.status_code, {name.lower(): value for name, value in response.headers.items()}
        given = Validator(headers.get("etag", ""), headers.get("last-modified", ""))
        if status == 304 and sent:
            # What a 304 leaves out holds on (RFC 9110, 15.4.5).
            return Reply(url, 304, headers, b"", Validator(given.etag or sent.etag, given.modified or sent.modified))
        if 200 <= status < 300:
            return Reply(url, status, headers, body, given)
        # Before it is cut, lest a half of the token stays.
        said = clean_line(discreet(headers.get("x-error-message", ""), self.sites.token), 200)
        if is_challenge(headers, body):
            reason = f"{site_of(url)} answered {status} with a page that wants a browser; open the address in one"
            raise FetchError(reason, status=status, url=url, body=body)
        own = origin_of(url) == origin_of(self.sites.huggingface)
        reason = f"{site_of(url)} answered {status}{meaning(status, self.sites, own=own)}"
        error = FetchError(f"{reason} (“{said}”)" if said else reason, status=status, url=url, body=body)
        if status in _AGAIN:
            raise _Again(error, wish(status, headers))
        raise error

    def _trouble(self, error: Exception, host: str) -> _Again | FetchError:
        """Return what to raise for what the client met."""
        import httpx2

        told = discreet(str(error), self.sites.token) or type(error).__name__
        if isinstance(error, httpx2.ProxyError):
            return FetchError(f"the proxy on the way to {host} refused ({told}); check HTTPS_PROXY", offline=True)
        if isinstance(error, httpx2.ConnectTimeout):
            reason = (
                f"no connection to {host} within {span(self._limits.connect)}; check the network, or try again later"
            )
            return FetchError(reason, offline=True)
        if isinstance(error, httpx2.ConnectError):
            return FetchError(unreached(host, told), offline=True)
        if isinstance(error, httpx2.TimeoutException):
            # It was reached and then fell silent: asking twice more would only take thrice as long.
            return FetchError(f"{host} sent nothing for {span(self._limits.read)}; try again later")
        if isinstance(error, httpx2.RemoteProtocolError | httpx2.NetworkError):
            return _Again(FetchError(f"{host} broke off in the middle of its answer; try again later"))
        return FetchError(f"{host} can't be asked ({told}); check the address")


def _target(url: str, location: str, token: str) -> str:
    """Return where a redirect leads to.

    Raises:
        FetchError: it leads out of the web.
    """
    try:
        target = urljoin(url, location.strip())
    except ValueError:
        target = ""
    if not site_of(target):
        led = clean_line(discreet(location, token), 100)
        raise FetchError(f"{site_of(url)} leads to {led}, no http or https address; check the address")
    return target
