"""Real mail servers on 127.0.0.1, for the tests."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "ada", "correct horse battery"


@dataclass(frozen=True)
class Received:
    """A message as a server took it."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    encrypted: bool
    user: str

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        parsed = message_from_bytes(self.raw, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class Postmaster:
    """Takes messages or refuses them.

    Attributes:
        refusals: by verb (MAIL, RCPT, DATA), what is answered instead of taking it; a recipient's own with its address.
        drops: whether the connection is broken off after the message came.
        taken: what is done before a message is taken.
    """

    refusals: dict[str, str] = field(default_factory=dict)
    drops: bool = False
    taken: Callable[[], None] = lambda: None
    received: list[Received] = field(default_factory=list)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.refusals.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.refusals.get(f"RCPT {address}", self.refusals.get("RCPT", "250 OK"))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        transport: Any = server.transport
        if self.drops:
            transport.abort()
            return "421 gone"
        if "DATA" not in self.refusals:
            known = session.auth_data
            user = known.login.decode() if isinstance(known, LoginPassword) else ""
            raw = envelope.original_content or b""
            recipients = tuple(map(str, envelope.rcpt_tos))
            encrypted = transport.get_extra_info("ssl_object") is not None
            self.received.append(Received(str(envelope.mail_from), recipients, raw, encrypted, user))
            self.taken()
        return self.refusals.get("DATA", "250 taken")


def _knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    well = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=well, auth_data=data, handled=False)


class Mailing:
    """A mail server that listens in a thread while the `with` block runs.

    Args:
        postmaster: what takes the messages.
        security: as in the settings: `tls`, `starttls` or `none`.
        login: whether nothing goes without a login; then it knows one user.
        authority: who certifies the server, for encryption.
        host: the name it is certified for.
    """

    def __init__(
        self,
        postmaster: Postmaster | None = None,
        security: str = "none",
        *,
        login: bool = False,
        authority: trustme.CA | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.postmaster = postmaster or Postmaster()
        self._security, self._login = security, login
        self._context: ssl.SSLContext | None = None
        if authority is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(host).configure_cert(self._context)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    @property
    def received(self) -> list[Received]:
        """The messages that were taken."""
        return self.postmaster.received

    def __enter__(self) -> Mailing:
        """Listen."""
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(60)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def _listen(self) -> asyncio.Server:
        implicit = self._context if self._security == "tls" else None
        return await self._loop.create_server(self._session, "127.0.0.1", 0, ssl=implicit)

    def _session(self) -> SMTP:
        upgrade = self._context if self._security == "starttls" else None
        session = SMTP(
            self.postmaster,
            hostname="mail.test",
            tls_context=upgrade,
            authenticator=_knows if self._login else None,
            auth_required=self._login,
            loop=self._loop,
        )
        # Of encryption from the first byte on aiosmtpd knows nothing, and warns where it is set to do without.
        session._auth_require_tls = not self._login or self._security == "starttls"
        return session

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and end what is under way."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Mute:
    """A server that takes connections and says nothing, or something that is no SMTP, while the `with` block runs."""

    def __init__(self, greeting: bytes = b"", *, hangs_up: bool = False) -> None:
        self._greeting, self._hangs_up = greeting, hangs_up
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._taken: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Mute:
        """Listen."""
        self._thread.start()
        return self

    def _serve(self) -> None:
        try:
            while True:
                taken, _ = self._socket.accept()
                taken.sendall(self._greeting)
                self._taken.append(taken)
                if self._hangs_up:
                    taken.close()
        except OSError:
            return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        # Closing alone doesn't wake the thread that waits.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(10)
        for each in self._taken:
            each.close()


def trusted(authority: trustme.CA, folder: Path) -> str:
    """Write what certifies an authority; returns the value of SSL_CERT_FILE that makes it a trusted one."""
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)
