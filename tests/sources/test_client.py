"""The only socket: what it sends, how long it waits, what it refuses, and the one line it says."""

from __future__ import annotations

import gzip
import itertools
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from msgspec.structs import replace

from readlist.sources.batch import Validator
from readlist.sources.http.client import Http
from readlist.sources.http.endpoints import Limits, Sites
from readlist.sources.http.failure import FetchError
from tests.support.http import QUICK, Answer, Request, Serving

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server() -> Iterator[Serving]:
    with Serving() as serving:
        yield serving


@pytest.fixture
def other() -> Iterator[Serving]:
    """A second server, so another origin."""
    with Serving() as serving:
        yield serving


@pytest.fixture
def http(server: Serving) -> Iterator[Http]:
    with Http(Sites(huggingface=server.url, token="secret-token"), QUICK) as client:
        yield client


def failure(http: Http, url: str) -> FetchError:
    """The error of asking an address; one line without anything that a terminal would act on."""
    with pytest.raises(FetchError) as raised:
        http.get(url)
    assert str(raised.value).isprintable() and str(raised.value)
    return raised.value


def once(*answers: Answer) -> Callable[[Request], Answer]:
    """Answer so, one after the other; the last again and again."""
    waiting = list(answers)
    return lambda request: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def test_an_answer_bears_body_headers_and_what_to_send_next_time(http: Http, server: Serving) -> None:
    server.route(
        "/a", lambda _: Answer(200, {"ETag": '"1"', "Last-Modified": "Sat, 01 Aug 2026 00:00:00 GMT"}, b"hello")
    )
    reply = http.get(f"{server.url}/a?b=c", accept="application/json")
    assert (reply.status, reply.body, reply.url) == (200, b"hello", f"{server.url}/a?b=c")
    assert reply.validator == Validator('"1"', "Sat, 01 Aug 2026 00:00:00 GMT")
    request = server.requests[0]
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"].startswith("readlist/")
    assert "if-none-match" not in request.headers


def test_what_has_not_changed_is_not_sent_again(http: Http, server: Serving) -> None:
    server.file("/a", b"hello", "text/plain")
    first = http.get(f"{server.url}/a")
    again = http.get(f"{server.url}/a", validator=first.validator)
    assert (again.status, again.body, again.validator) == (304, b"", first.validator)
    dated = Validator(modified="Sat, 01 Aug 2026 00:00:00 GMT")
    assert http.get(f"{server.url}/a", validator=dated).status == 200
    assert server.requests[-1].headers["if-modified-since"] == dated.modified


def test_a_marker_that_can_not_be_sent_is_left_out(http: Http, server: Serving) -> None:
    server.file("/a", b"hello", "text/plain")
    assert http.get(f"{server.url}/a", validator=Validator('"é\r\nX: y"', "\x1b")).status == 200
    assert not {"if-none-match", "if-modified-since", "x"} & set(server.requests[0].headers)


def test_nothing_changed_since_never_is_an_error(http: Http, server: Serving) -> None:
    server.route("/a", lambda _: Answer(304))
    assert failure(http, f"{server.url}/a").status == 304


def test_the_token_goes_to_its_host_alone(http: Http, server: Serving, other: Serving) -> None:
    server.file("/a", b"a", "text/plain")
    other.file("/b", b"b", "text/plain")
    server.route("/away", lambda _: Answer(302, {"Location": f"{other.url}/b"}))
    http.get(f"{server.url}/a")
    http.get(f"{other.url}/b")
    assert http.get(f"{server.url}/away").body == b"b"
    assert [request.headers.get("authorization") for request in server.requests] == ["Bearer secret-token"] * 2
    assert [request.headers.get("authorization") for request in other.requests] == [None, None]
    assert "secret" not in repr(http.sites)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_the_last_address_told(http: Http, server: Serving, status: int) -> None:
    server.route("/a", lambda _: Answer(status, {"Location": "b?x=1"}))
    server.file("/b", b"there", "text/plain")
    reply = http.get(f"{server.url}/a")
    assert (reply.body, reply.url) == (b"there", f"{server.url}/b?x=1")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "javascript:1", "http://[", "gopher:x"])
def test_redirects_lead_nowhere_but_to_the_web(http: Http, server: Serving, target: str) -> None:
    server.route("/a", lambda _: Answer(302, {"Location": target}))
    assert "not an http(s) address" in str(failure(http, f"{server.url}/a"))


def test_redirects_come_to_an_end(http: Http, server: Serving) -> None:
    server.route("/a", lambda _: Answer(302, {"Location": "/a"}))
    assert "too many redirects" in str(failure(http, f"{server.url}/a"))
    assert len(server.requests) == QUICK.redirects + 1


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "huggingface.co/papers", "http://[bad", "ftp://x/y", "http://x:99999/"]
)
def test_only_the_web_is_asked(http: Http, url: str) -> None:
    assert "not an http(s) address" in str(failure(http, url))


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", lambda data: gzip.compress(data[:5]) + gzip.compress(data[5:])),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),
        ("identity", bytes),
    ],
)
def test_compressed_answers_are_read(http: Http, server: Serving, coding: str, pack: Callable[[bytes], bytes]) -> None:
    text = b"some text " * 1000
    server.route("/a", lambda _: Answer(200, {"Content-Encoding": coding}, pack(text)))
    assert http.get(f"{server.url}/a").body == text


@pytest.mark.parametrize(
    ("headers", "body", "reason"),
    [
        ({"Content-Encoding": "gzip"}, gzip.compress(b"\0" * (50 << 20)), "more than 1 MB"),
        ({"Content-Encoding": "gzip, gzip"}, gzip.compress(gzip.compress(b"\0" * (50 << 20))), "more than 1 MB"),
        ({"Content-Encoding": "br"}, b"xxx", "unsupported content encoding (br)"),
        ({"Content-Encoding": "gzip"}, b"no gzip", "damaged gzip"),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"x" * 1000)[:-12], "closed the connection"),
        ({}, b"x" * (2 << 20), "more than 1 MB"),
        ({"Content-Length": "500"}, b"x" * 100, "closed the connection"),
    ],
    ids=["bomb", "bomb in a bomb", "foreign coding", "no gzip", "cut gzip", "too large", "cut"],
)
def test_what_can_not_be_taken_is_one_line(
    http: Http, server: Serving, headers: dict[str, str], body: bytes, reason: str
) -> None:
    server.route("/a", lambda _: Answer(200, headers, body))
    assert reason in str(failure(http, f"{server.url}/a"))


def test_what_tells_no_size_is_stopped_at_the_limit(http: Http, server: Serving) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    server.route("/a", lambda _: Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 30))
    assert "more than 1 MB" in str(failure(http, f"{server.url}/a"))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "check the address or the query"),
        (401, "check HF_TOKEN"),
        (403, "check HF_TOKEN"),
        (404, "not found"),
        (410, "gone for good"),
        (418, "check the address"),
        (511, "browser"),
    ],
)
def test_a_refusal_is_reported_and_not_repeated(http: Http, server: Serving, status: int, words: str) -> None:
    server.route("/a", lambda _: Answer(status, {"X-Error-Message": "No \x07such thing"}, b"<html>"))
    error = failure(http, f"{server.url}/a")
    assert (error.status, error.offline) == (status, False)
    assert str(status) in str(error) and words in str(error) and "such thing" in str(error)
    assert len(server.requests) == 1


def test_an_error_bears_what_the_server_wrote_of_it(http: Http, server: Serving) -> None:
    server.route("/a", lambda _: Answer(400, {}, b"<error>bad id</error>"))
    assert failure(http, f"{server.url}/a").body == b"<error>bad id</error>"
    server.route("/b", lambda _: Answer(400, {}, b"x" * (1 << 20)))
    assert failure(http, f"{server.url}/b").body == b""


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_at_most_twice(http: Http, server: Serving, status: int) -> None:
    server.route("/a", once(Answer(status), Answer(status), Answer(200, {}, b"at last")))
    assert http.get(f"{server.url}/a").body == b"at last"
    server.route("/b", lambda _: Answer(status))
    before = len(server.requests)
    assert failure(http, f"{server.url}/b").status == status
    assert len(server.requests) == before + 3


def test_an_answer_that_is_cut_is_asked_for_again(http: Http, server: Serving) -> None:
    server.route("/a", once(Answer(200, {"Content-Length": "50"}, b"hal"), Answer(200, {}, b"whole")))
    assert http.get(f"{server.url}/a").body == b"whole"


@pytest.mark.slow
@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "1"},
        {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)},
        {"RateLimit": '"api";r=0;t=1'},
    ],
)
def test_the_server_says_how_long_to_wait(server: Serving, headers: dict[str, str]) -> None:
    server.route("/a", once(Answer(429, headers), Answer(200, {}, b"now")))
    with Http(Sites(), replace(QUICK, pause=60.0, total=5.0)) as http:
        # Any pause of its own would be longer than the time there is.
        assert http.get(f"{server.url}/a").body == b"now"


@pytest.mark.parametrize("headers", [{"Retry-After": "3600"}, {"RateLimit": '"api";r=0;t=3600'}])
def test_who_wants_to_wait_too_long_is_left_alone(http: Http, server: Serving, headers: dict[str, str]) -> None:
    server.route("/a", lambda _: Answer(429, headers))
    error = failure(http, f"{server.url}/a")
    assert "wait 60 min" in str(error) and error.status == 429
    assert len(server.requests) == 1


@pytest.mark.parametrize("asked", ["soon", "-5", "Sat, 99 Foo 2026", "", "١"])
def test_an_invalid_retry_after_is_ignored(http: Http, server: Serving, asked: str) -> None:
    line = f"HTTP/1.1 503 Busy\r\nRetry-After: {asked}\r\nContent-Length: 0\r\n\r\n"
    server.route("/a", once(Answer(raw=line.encode()), Answer(200, {}, b"now")))
    assert http.get(f"{server.url}/a").body == b"now"


@pytest.mark.slow
def test_a_server_that_stalls_after_the_header_is_given_up(server: Serving) -> None:
    server.route("/a", lambda _: Answer(200, {}, b"late", stall=threading.Event()))
    with Http(Sites(), replace(QUICK, read=0.3)) as http:
        error = failure(http, f"{server.url}/a")
    assert "sent nothing for 0.3 s" in str(error) and not error.offline
    assert len(server.requests) == 1


@pytest.mark.slow
def test_a_server_that_drips_is_given_up(server: Serving) -> None:
    server.route("/a", lambda _: Answer(200, {}, b"x" * 1000, drip=1))
    with Http(Sites(), replace(QUICK, read=5.0, total=0.4)) as http:
        assert "took longer than 0.4 s" in str(failure(http, f"{server.url}/a"))


@pytest.mark.slow
def test_headers_that_drip_are_given_up_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        closing = threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while not closing.wait(0.05):
                    try:
                        connection.sendall(b"X-More: x\r\n")
                    except OSError:
                        return

        threading.Thread(target=drip, daemon=True).start()
        with Http(Sites(), replace(QUICK, read=5.0, total=0.4)) as http:
            assert "took longer" in str(failure(http, f"http://127.0.0.1:{listening.getsockname()[1]}/"))
        closing.set()


@pytest.mark.parametrize("noise", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\0" * 100, b"HTTP/1.1 two hundred\r\n\r\n"])
def test_what_is_no_web_server_is_one_line(http: Http, server: Serving, noise: bytes) -> None:
    server.route("/a", lambda _: Answer(raw=noise))
    assert "closed the connection" in str(failure(http, f"{server.url}/a"))


def test_without_a_network_it_says_so_and_does_not_try_on(http: Http) -> None:
    error = failure(http, "http://readlist.invalid/feed")
    assert error.offline and "readlist.invalid" in str(error) and "offline?" in str(error)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    error = failure(http, f"http://127.0.0.1:{port}/")
    assert error.offline and "(connection refused)" in str(error)


def test_a_host_that_can_not_prove_who_it_is_is_not_trusted(http: Http, server: Serving) -> None:
    error = failure(http, server.url.replace("http:", "https:"))
    assert "can't verify the certificate" in str(error) or "closed the connection" in str(error)


def test_waiting_ends_when_it_is_cancelled(server: Serving) -> None:
    cancelled, stall = threading.Event(), threading.Event()

    def answer(request: Request) -> Answer:
        cancelled.set()
        return Answer(200, {}, b"late", stall=stall)

    server.route("/a", answer)
    with Http(Sites(), Limits(), cancelled=cancelled) as http:
        assert "stopped" in str(failure(http, f"{server.url}/a"))
        assert "stopped" in str(failure(http, f"{server.url}/a"))
    stall.set()


def test_proxies_are_those_of_the_environment(server: Serving, other: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    other.route("/feed", lambda _: Answer(200, {}, b"by proxy"))
    server.file("/feed", b"directly", "text/plain")
    monkeypatch.setenv("HTTP_PROXY", other.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Http(Sites(), QUICK) as http:
        assert http.get("http://papers.example/feed").body == b"by proxy"
        assert http.get(f"{server.url}/feed").body == b"directly"
    assert other.requests[0].path == "http://papers.example/feed"


@pytest.mark.parametrize("proxy", ["nonsense://x", "http://[bad", "socks5://127.0.0.1:9"])
def test_a_proxy_that_can_not_be_used_is_one_line(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with Http(Sites(), QUICK) as http:
        assert failure(http, "http://papers.example/feed").offline


def test_arxiv_is_asked_slowly_and_by_one_at_a_time(server: Serving) -> None:
    together: list[int] = []
    inside = threading.Semaphore(0)
    times: list[float] = []

    def answer(request: Request) -> Answer:
        times.append(time.monotonic())
        inside.release()
        together.append(inside._value)
        inside.acquire()
        return Answer(200, {}, b"ok")

    server.route("/api/query", answer)
    with Http(Sites(arxiv=server.url), replace(QUICK, arxiv_interval=0.1, total=5.0)) as http:
        asking = [threading.Thread(target=http.get, args=(f"{server.url}/api/query?start={n}",)) for n in range(3)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
    assert together == [1, 1, 1]
    assert all(later - earlier >= 0.1 for earlier, later in itertools.pairwise(times))


def test_many_threads_may_ask_at_once(http: Http, server: Serving) -> None:
    for number in range(16):
        server.file(f"/{number}", str(number).encode(), "text/plain")
    bodies: dict[int, bytes] = {}

    def ask(number: int) -> None:
        bodies[number] = http.get(f"{server.url}/{number}").body

    asking = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert bodies == {number: str(number).encode() for number in range(16)}


def test_sites_are_those_the_environment_names() -> None:
    assert Sites.find({}) == Sites()
    named = Sites.find(
        {"HF_ENDPOINT": "https://mirror.example/hf/ ", "ARXIV_ENDPOINT": "arxiv.example", "HF_TOKEN": " t\n"}
    )
    assert named == Sites(huggingface="https://mirror.example/hf", arxiv="https://arxiv.example", token="t")


def _zipped(data: bytes) -> bytes:
    """Return data compressed, the same at any time: it names a test."""
    return gzip.compress(data, mtime=0)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("UTF-8", b"<rss/>"),
        ("none", b"<rss/>"),
        ("identity, ", b"<rss/>"),
        ("utf-8", b"plain words, long enough to be looked at"),
        ("gzip", b"<rss/>"),
        ("gzip", b"\xef\xbb\xbf  <rss/>"),
        ("br", b"\n <rss/>"),
        ("gzip", _zipped(_zipped(b"<rss/>"))),
        ("gzip, gzip", _zipped(_zipped(b"<rss/>"))),
        ("gzip, gzip", _zipped(b"<rss/>")),
        ("UTF-8", _zipped(b"<rss/>")),
        ("", _zipped(b"<rss/>")),
        ("deflate, gzip", _zipped(zlib.compress(b"<rss/>"))),
    ],
)
def test_a_coding_that_is_declared_wrongly(http: Http, server: Serving, coding: str, body: bytes) -> None:
    server.route("/a", lambda _: Answer(200, {"Content-Encoding": coding}, body, drip=3, drip_pause=0.0))
    assert http.get(f"{server.url}/a").body in (b"<rss/>", body)
    assert not http.get(f"{server.url}/a").body.startswith(b"\x1f\x8b")


@pytest.mark.parametrize("status", [401, 403])
def test_no_word_of_the_token_where_it_was_not_sent(http: Http, server: Serving, other: Serving, status: int) -> None:
    other.route("/a", lambda _: Answer(status))
    server.route("/b", lambda _: Answer(302, {"Location": f"{other.url}/a"}))
    for url in (f"{other.url}/a", f"{server.url}/b"):
        assert "HF_TOKEN" not in str(failure(http, url))


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"cf-mitigated": "challenge"}, b""),
        ({}, b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>"),
        ({}, b"<html><script src='/.within.website/x/cmd/anubis/static/js/main.mjs'></script></html>"),
        ({}, b"<html><div class='h-captcha'></div></html>"),
    ],
)
def test_a_page_that_wants_a_browser(http: Http, server: Serving, headers: dict[str, str], body: bytes) -> None:
    server.route("/a", lambda _: Answer(503, headers, body))
    assert "bot check" in str(failure(http, f"{server.url}/a"))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [((301,), True), ((308, 301), True), ((302,), False), ((307,), False), ((301, 302), False), ((303, 308), False)],
)
def test_what_has_moved_for_good(http: Http, server: Serving, statuses: tuple[int, ...], moved: bool) -> None:
    for place, status in enumerate(statuses):
        answer = Answer(status, {"Location": f"/{place + 1}"})
        server.route(f"/{place}", lambda _, answer=answer: answer)  # type: ignore[misc]
    server.file(f"/{len(statuses)}", b"<rss/>", "text/xml")
    reply = http.get(f"{server.url}/0")
    assert reply.moved == (f"{server.url}/{len(statuses)}" if moved else "")
    assert http.get(reply.url).moved == ""


def test_who_asked_to_be_left_alone_is_not_asked_before(server: Serving, other: Serving) -> None:
    moment = datetime.now(UTC) + timedelta(hours=2)
    server.route("/a", lambda _: Answer(429, {"Retry-After": format_datetime(moment, usegmt=True)}))
    other.route("/b", lambda _: Answer(302, {"Location": f"{server.url}/a"}))
    other.file("/c", b"<rss/>", "text/xml")
    with Http(Sites(), QUICK) as http:
        failure(http, f"{server.url}/a")
        waits = http.waits
    assert abs(waits[server.url] - moment.timestamp()) < 5
    with Http(Sites(), QUICK, waits=waits) as http:
        for url in (f"{server.url}/z", f"{other.url}/b"):
            assert f"{moment.astimezone():%H:%M}" in str(failure(http, url))
        assert http.get(f"{other.url}/c").body == b"<rss/>"
    assert len(server.requests) == 1
    with Http(Sites(), QUICK, waits={server.url: time.time() - 1, other.url: time.time() + 1e9}) as http:
        assert http.get(f"{other.url}/c").body == b"<rss/>"
        assert failure(http, f"{server.url}/z").status == 404
