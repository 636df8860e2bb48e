"""Messages are handed to real mail servers, encrypted and logged in; every refusal is one line without the password."""

from __future__ import annotations

import base64
import socket
from pathlib import Path

import pytest
import trustme

from readlist.config import Mail
from readlist.mail import MailError, SmtpClient
from tests.support.mail import PASSWORD, USER, Mailing, Mute, Postmaster, trusted

RAW = b"From: a@example.org\r\nSubject: hello\r\n\r\n.leading dot\r\nline\r\n"
TO = "ben@example.org"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(autouse=True)
def _trust(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", trusted(authority, tmp_path))


def settings(port: int, security: str = "none", user: str = "", server: str = "127.0.0.1") -> Mail:
    return Mail(server, port, security, user, "a@example.org", (TO,))  # type: ignore[arg-type]


def send(mail: Mail, password: str = "", timeout: float = 10.0) -> None:
    with SmtpClient(mail, password, timeout) as client:
        client.send(TO, RAW)


def refusal(mail: Mail, password: str = "", timeout: float = 10.0) -> str:
    """What is said of a server that doesn't take the message, having seen that it is one line that names the server."""
    with pytest.raises(MailError) as caught:
        send(mail, password, timeout)
    said = str(caught.value)
    assert said.startswith(f"{mail.server}:{mail.port}: ")
    assert said.isprintable()
    # Nothing leads back to what smtplib was given.
    assert caught.value.__cause__ is None and (caught.value.__suppress_context__ or caught.value.__context__ is None)
    return said.removeprefix(f"{mail.server}:{mail.port}: ")


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_message_arrives_as_it_was_sent(authority: trustme.CA, security: str) -> None:
    with Mailing(security=security, authority=authority) as server:
        send(settings(server.port, security))
    (received,) = server.received
    assert (received.sender, received.recipients, received.raw) == ("a@example.org", (TO,), RAW)
    assert received.encrypted == (security != "none")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_user_is_logged_in_once_it_is_encrypted(authority: trustme.CA, security: str) -> None:
    with Mailing(security=security, login=True, authority=authority) as server:
        send(settings(server.port, security, USER), PASSWORD)
    assert [received.user for received in server.received] == [USER]


def test_a_refused_login_says_what_to_check(authority: trustme.CA) -> None:
    with Mailing(security="tls", login=True, authority=authority) as server:
        said = refusal(settings(server.port, "tls", USER), "wrong password")
        assert said.startswith(f"the server refused the login of {USER} (535 ")
        assert "check `user` and the password" in said and "wrong password" not in said
        said = refusal(settings(server.port, "tls"))
        assert said.startswith("the server refused the sender a@example.org (530 ") and "set `user`" in said
    assert not server.received


def test_a_server_that_knows_no_login_is_named_as_such(authority: trustme.CA) -> None:
    with Mailing(security="tls", authority=authority) as server:
        assert "doesn't support this login" in refusal(settings(server.port, "tls", USER), PASSWORD)


@pytest.mark.parametrize(
    ("verb", "reply", "said"),
    [
        ("MAIL", "550 who are you", "the server refused the sender a@example.org (550 who are you); check `from`"),
        ("RCPT", "550 nobody here", f"the server refused the recipient {TO} (550 nobody here)"),
        ("RCPT", "450 busy", f"the server refused the recipient {TO} (450 busy; try again later)"),
        ("DATA", "554 spam", "the server refused the message (554 spam)"),
        ("DATA", "451 \x1b[31mlater\x07", "the server refused the message (451 later; try again later)"),
    ],
)
def test_what_a_server_refuses_is_named_with_its_answer(verb: str, reply: str, said: str) -> None:
    with Mailing(Postmaster({verb: reply})) as server:
        assert refusal(settings(server.port)).startswith(said)
    assert not server.received


def test_a_server_that_repeats_the_password_does_not_get_it_shown(authority: trustme.CA) -> None:
    token = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
    reply = f"554 {PASSWORD} {token} {base64.b64encode(PASSWORD.encode()).decode()}"
    with Mailing(Postmaster({"DATA": reply}), "tls", login=True, authority=authority) as server:
        assert "(554 … … …)" in refusal(settings(server.port, "tls", USER), PASSWORD)


def test_a_certificate_of_a_stranger_or_another_host_is_not_trusted(authority: trustme.CA) -> None:
    for security in ("tls", "starttls"):
        with Mailing(security=security, authority=trustme.CA()) as server:
            assert "certificate can't be trusted" in refusal(settings(server.port, security))
        with Mailing(security=security, authority=authority, host="mail.example.org") as server:
            said = refusal(settings(server.port, security))
            assert "certificate can't be trusted" in said and "mismatch" in said
        assert not server.received


def test_what_should_be_encrypted_is_never_sent_in_the_open(authority: trustme.CA) -> None:
    with Mailing(security="none") as server:
        said = refusal(settings(server.port, "starttls", USER), PASSWORD)
        assert said.startswith("the server doesn't support STARTTLS, so nothing was sent")
        assert "can't connect with encryption" in refusal(settings(server.port, "tls", USER), PASSWORD)
    assert not server.received


@pytest.mark.slow
def test_a_server_that_hangs_is_given_up() -> None:
    with Mute() as server:
        for security in ("none", "starttls", "tls"):
            assert refusal(settings(server.port, security), timeout=0.2).startswith("no answer for 0.2 s; ")
    with Mute(b"220 hello\r\n") as server:
        assert refusal(settings(server.port), timeout=0.2).startswith("no answer for 0.2 s; ")


def test_a_connection_that_breaks_off_is_named() -> None:
    with Mailing(Postmaster(drops=True)) as server:
        assert refusal(settings(server.port)) == "the server closed the connection; try again"
    with Mute(hangs_up=True) as silent:
        assert refusal(settings(silent.port)) == "the server closed the connection; try again"


@pytest.mark.parametrize(
    "greeting", [b"554 go away\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff\x00\x1b]0;x\x07\r\n", b"x" * 20_000]
)
def test_what_is_no_mail_server_is_refused_in_a_line(greeting: bytes) -> None:
    with Mute(greeting) as server:
        assert refusal(settings(server.port), timeout=0.5)


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = refusal(settings(port, "tls"))
    assert said.startswith("connection refused; check `server` and `port`")
    assert "can't reach the server" in refusal(settings(465, server="mail.invalid"))


def test_a_password_that_no_server_takes_is_refused_without_being_said(authority: trustme.CA) -> None:
    with Mailing(security="tls", login=True, authority=authority) as server:
        said = refusal(settings(server.port, "tls", USER), "geheim-ä")
    assert "non-ASCII" in said and "geheim" not in said
