"""A real web server on 127.0.0.1 that does what tests ask of it: answers, faults and delays."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from readlist.sources.http.endpoints import Limits

QUICK = Limits(connect=60.0, read=60.0, total=60.0, pause=0.01, size=1 << 20, arxiv_interval=0.0, too_many=0.0)
"""No pauses; as long as it takes for an answer that comes, however busy the machine is."""
_PATIENCE = 60.0


@dataclass(frozen=True)
class Request:
    """What was asked: path with query, headers by lower-case name, the query's values by name."""

    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What to answer.

    Attributes:
        status: of HTTP.
        headers: as sent; the length of the body is added unless given.
        body: as sent.
        stall: waited for after the headers, before the body.
        drip: bytes at a time, one every `drip_pause` seconds; 0 sends all at once.
        drip_pause: seconds.
        raw: sent instead of all that, as it is.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    stall: threading.Event | None = None
    drip: int = 0
    drip_pause: float = 0.02
    raw: bytes = b""


class Serving:
    """The server, for `with`: what has no route is not found.

    Attributes:
        requests: what was asked, in order.
        sizes: of the bodies that were sent, in bytes.
        fallback: answers paths without a route, if it is set.
    """

    def __init__(self) -> None:
        self.fallback: Callable[[Request], Answer] | None = None
        self.requests: list[Request] = []
        self.sizes: list[int] = []
        self.url = ""
        self._routes: dict[str, Callable[[Request], Answer]] = {}
        self._closing = threading.Event()
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Serving:
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._closing.set()
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def route(self, path: str, answer: Callable[[Request], Answer]) -> None:
        """Answer a path, with any query, by a function."""
        self._routes[path] = answer

    def file(self, path: str, body: bytes, content_type: str) -> None:
        """Serve a file with its ETag, and 304 to who has it already."""
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'

        def answer(request: Request) -> Answer:
            if request.headers.get("if-none-match") == tag:
                return Answer(304, {"ETag": tag})
            return Answer(200, {"Content-Type": content_type, "ETag": tag}, body)

        self.route(path, answer)

    def json(self, path: str, data: object) -> None:
        """Serve data as JSON, as `file` does."""
        self.file(path, json.dumps(data).encode(), "application/json")

    def answer(self, request: Request) -> Answer:
        """Return what is to be answered to a request."""
        self.requests.append(request)
        route = self._routes.get(urlsplit(request.path).path, self.fallback)
        answer = route(request) if route else Answer(404, {"Content-Type": "text/plain"}, b"not found")
        self.sizes.append(len(answer.body))
        return answer

    def wait(self, event: threading.Event | None, seconds: float = _PATIENCE) -> None:
        """Wait for an event, or that many seconds, or until the server closes."""
        if event is None:
            self._closing.wait(seconds)
            return
        for _ in range(int(seconds / 0.02)):
            if event.wait(0.02) or self._closing.is_set():
                return


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    # Threads that still stall must not keep a test from its end.
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients of these tests go away in the middle."""


def _handler(serving: Serving) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(urlsplit(self.path).query))
            # A client going through a proxy names the whole address.
            answer = serving.answer(Request(self.path, headers, query))
            self.close_connection = True
            if answer.raw:
                self.wfile.write(answer.raw)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in answer.headers and answer.status != 304:
                self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("Connection", "close")
            self.end_headers()
            if answer.stall is not None:
                self.wfile.flush()
                serving.wait(answer.stall)
            if not answer.drip:
                self.wfile.write(answer.body)
                return
            for start in range(0, len(answer.body), answer.drip):
                self.wfile.write(answer.body[start : start + answer.drip])
                serving.wait(None, answer.drip_pause)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return Handler
