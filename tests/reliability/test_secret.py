"""The token of Hugging Face: it goes to its own site over the connection it was given for, and is shown nowhere."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.cli.crash import report_error
from readlist.config import Config
from readlist.sources.http.client import Http
from readlist.sources.http.endpoints import Sites
from readlist.sources.http.failure import FetchError
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from tests.support.http import QUICK, Answer, Request, Serving
from tests.support.papers import make_batch, make_paper, make_shelf

TOKEN = "hf_sEcReTsEcReT0123456789/+="
UNSENDABLE = ("hf_seCret\nX-Evil: 1", "hf_seCretñ", "hf_seCret\x1b[31m", "hf_seCret\x00", "hf_seCret\udc80")


@pytest.fixture
def server() -> Iterator[Serving]:
    with Serving() as serving:
        yield serving


@pytest.fixture
def other() -> Iterator[Serving]:
    """Another site."""
    with Serving() as serving:
        yield serving


@pytest.fixture(autouse=True)
def _directly(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def echoing(request: Request) -> Answer:
    """An answer that repeats the token wherever it can."""
    said = request.headers.get("authorization", "nothing")
    headers = {"X-Error-Message": f"{'x' * 180} bad credentials {said}", "Content-Type": "text/plain"}
    return Answer(401, headers, f"you sent {said}".encode())


def test_a_server_that_repeats_the_token_is_not_quoted(server: Serving) -> None:
    server.route("/error", echoing)
    server.route("/away", lambda request: Answer(302, {"Location": f"ftp://{request.headers['authorization'][7:]}/"}))
    server.route(
        "/coding", lambda request: Answer(200, {"Content-Encoding": request.headers["authorization"]}, b"\x00\x9f\xff")
    )
    with Http(Sites(huggingface=server.url, token=TOKEN), QUICK) as http:
        for path in ("/error", "/away", "/coding"):
            with pytest.raises(FetchError) as raised:
                http.get(server.url + path)
            error = raised.value
            shown = f"{error} {error!r} {error.body!r} {error.url}"
            assert TOKEN[:12] not in shown
    assert [request.headers["authorization"] for request in server.requests] == [f"Bearer {TOKEN}"] * 3


@pytest.mark.parametrize("token", UNSENDABLE, ids=ascii)
def test_a_token_that_can_not_be_sent_is_one_clear_line(server: Serving, token: str) -> None:
    server.route("/a", echoing)
    with Http(Sites(huggingface=server.url, token=token), QUICK) as http, pytest.raises(FetchError) as raised:
        http.get(f"{server.url}/a")
    assert "HF_TOKEN is not sent: it has control or non-ASCII characters" in str(raised.value)
    assert "seCret" not in str(raised.value)
    assert str(raised.value).isprintable()
    assert "authorization" not in server.requests[0].headers and "x-evil" not in server.requests[0].headers


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 with its key."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    file = tmp_path / "both.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run([*command.split(), "-keyout", file, "-out", tmp_path / "cert"], check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + (tmp_path / "cert").read_bytes())
    return file


def test_a_redirect_out_of_https_or_to_another_port_goes_without_the_token(
    server: Serving, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server.file("/b", b"b", "text/plain")
    with Serving() as secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        assert secure._server is not None
        secure._server.socket = context.wrap_socket(secure._server.socket, server_side=True)
        site = secure.url.replace("http:", "https:")
        secure.route("/a", lambda _: Answer(302, {"Location": f"{server.url}/b"}))
        # The same host and port without encryption: whoever sits in between would read it.
        secure.route("/plain", lambda _: Answer(302, {"Location": f"{secure.url}/b"}))
        with Http(Sites(huggingface=site, token=TOKEN), QUICK) as http:
            assert http.get(f"{site}/a").body == b"b"
            with pytest.raises(FetchError):
                http.get(f"{site}/plain")
            assert "Authorization" not in http._headers(f"{secure.url}/b", "", None)
        assert {request.headers.get("authorization") for request in secure.requests} == {f"Bearer {TOKEN}"}
    assert [request.headers.get("authorization") for request in server.requests] == [None]


def run(home: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run readlist as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "readlist", *arguments],
        capture_output=True,
        text=True,
        errors="surrogateescape",
        env={**os.environ, "READLIST_HOME": str(home), **environ},
        cwd=Path(__file__).parents[2],
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("token", [TOKEN, UNSENDABLE[4]], ids=ascii)
def test_no_command_shows_or_keeps_the_token(
    tmp_path: Path, server: Serving, other: Serving, token: str, thorough: bool
) -> None:
    if token != TOKEN and not thorough:
        pytest.skip("only in a --long run")
    server.route("/api/daily_papers", echoing)
    other.file("/feed.xml", b"<rss><channel><item><title>T</title></item></channel></rss>", "application/xml")
    endpoint = server.url.replace("http://", "http://someone:passW0rd@")
    tokens = {"HF_TOKEN": os.fsencode(token).decode("utf-8", "surrogateescape"), "ARXIV_ENDPOINT": other.url}
    shown = ""
    for arguments in (
        ["fetch", "hf:daily", f"{other.url}/feed.xml", "arxiv:cs.LG"],
        ["fetch", "hf:daily", "--json"],
        ["add", "2608.00001"],
        ["doctor"],
    ):
        result = run(tmp_path, *arguments, HF_ENDPOINT=endpoint, **tokens)
        assert "Traceback" not in result.stderr, result.stderr
        shown += result.stdout + result.stderr
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    # A part of it would be too much already.
    for part in (token[3:11], "passW0rd"):
        assert part not in shown
        assert os.fsencode(part) not in kept
    assert {request.path.partition("?")[0] for request in other.requests} == {"/feed.xml", "/api/query"}
    assert not any("authorization" in request.headers for request in other.requests)
    reported = run(tmp_path, "doctor", "--json", HF_ENDPOINT=endpoint, **tokens).stdout
    report = json.loads(reported)
    assert not any(part in reported for part in (token[3:11], "passW0rd"))
    assert report["feeds"]["token"].startswith("set")


async def test_a_crash_shows_neither_variables_nor_control_sequences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    shelf = make_shelf(tmp_path)
    shelf.papers.add(make_batch([make_paper(1)]))
    app = ReadlistApp(shelf, Config(), KeyMap())

    def crash() -> None:
        secret = {"HF_TOKEN": os.environ["HF_TOKEN"]}
        raise RuntimeError(f"\x1b]0;owned\x07\x9b31m after {len(secret)} line")

    with pytest.raises(RuntimeError):
        async with app.run_test() as pilot:
            app.call_later(crash)
            await pilot.pause()
            await pilot.pause()
    shelf.close()
    assert isinstance(app.fault, RuntimeError)
    written = capsys.readouterr()
    assert not written.err.strip("\a")
    monkeypatch.setenv("READLIST_HOME", str(tmp_path))
    report_error(app.fault)
    shown = capsys.readouterr().err
    (report,) = tmp_path.glob("crash-*.txt")
    assert "RuntimeError" in shown and str(report) in shown
    assert all(character == "\n" or character.isprintable() for character in shown + report.read_text())
    assert TOKEN not in shown + report.read_text()
    assert "owned" not in shown + report.read_text().replace("owned\\x07", "")
