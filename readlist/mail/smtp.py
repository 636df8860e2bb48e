"""Handing messages to a mail server (RFC 5321): encrypted, certificates checked, every refusal one line."""

from __future__ import annotations

import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType

from readlist import interrupt
from readlist.config import Mail
from readlist.text.clean import clean_line
from readlist.text.host import hide_token

VARIABLE = "READLIST_SMTP_PASSWORD"
SERVICE = "readlist"
"""Under which name the keyring keeps it, for the user's name at the server."""

_PATIENCE = 30.0
_LONGEST_REPLY = 200
_LOST = "the server broke the connection off; try again"
# What smtplib itself says where a machine has no full name. Its own would be looked up, which takes its time, and told.
_OWN_NAME = "[127.0.0.1]"
_OTHER_WAYS = {
    "tls": 'port 587 wants security = "starttls"',
    "starttls": 'port 465 wants security = "tls"',
    "none": 'most servers want security = "tls" or "starttls"',
}


class MailError(Exception):
    """A message was not taken: one line that says what, where and what to do."""


class SmtpClient:
    """A connection to a mail server, open for as long as the `with` block.

    Args:
        mail: which server, and how.
        password: to log in with; ignored without a user.
        patience: seconds to wait for each answer of the server.
    """

    def __init__(self, mail: Mail, password: str = "", patience: float = _PATIENCE) -> None:
        self._mail, self._password, self._patience = mail, password, patience
        self._where = f"{mail.server}:{mail.port}"
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> SmtpClient:
        """Connect, encrypt, and log in.

        Raises:
            MailError: one of them failed.
        """
        try:
            self._smtp = self._connected()
            if self._mail.security == "starttls":
                self._encrypt(self._smtp)
            if self._mail.user:
                self._log_in(self._smtp)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._drop()
            # What the server was told may stand in what failed; no report shall lead there.
            raise MailError(self._said(error)) from None
        except BaseException:
            self._drop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take leave; that it fails changes nothing about what was taken."""
        if self._smtp is not None and error is None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self._drop()

    def send(self, recipient: str, message: bytes) -> None:
        """Hand over a message for one recipient; returns after the server took it.

        Raises:
            MailError: it didn't, or it isn't known whether it did.
        """
        assert self._smtp is not None
        try:
            self._smtp.sendmail(self._mail.sender, [recipient], message)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise MailError(self._said(error, recipient)) from None

    def _connected(self) -> smtplib.SMTP:
        if self._mail.security != "tls":
            return smtplib.SMTP(self._mail.server, self._mail.port, _OWN_NAME, timeout=self._patience)
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(self._mail.server, self._mail.port, _OWN_NAME, timeout=self._patience, context=context)

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if not smtp.has_extn("starttls"):
            raise MailError(
                f"{self._where}: the server offers no encryption (STARTTLS), so nothing was sent; "
                f"{_OTHER_WAYS['starttls']}"
            )
        smtp.starttls(context=ssl.create_default_context())

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if not self._password.isascii() or not self._mail.user.isascii():
            raise MailError(
                f"{self._where}: a user or password with letters beyond ASCII can't be sent to mail servers"
            )
        smtp.login(self._mail.user, self._password)

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _said(self, error: Exception, recipient: str = "") -> str:
        """Return what went wrong, where, and what to do, without the password."""
        reason = self._refusal(error, recipient) if isinstance(error, smtplib.SMTPException) else self._fault(error)
        line = f"{self._where}: {reason}"
        token = b64encode(f"\0{self._mail.user}\0{self._password}".encode()).decode()
        for secret in (self._password, token, b64encode(self._password.encode()).decode()):
            line = hide_token(line, secret)
        return line

    def _refusal(self, error: smtplib.SMTPException, recipient: str) -> str:
        match error:
            case smtplib.SMTPAuthenticationError():
                return (
                    f"the server refused the login of {self._mail.user}{_reply(error)}; check `user` and the password "
                    "(many providers want an app password)"
                )
            case smtplib.SMTPNotSupportedError():
                other = f"check `port` and `security` ({self._other_way()})"
                return f"the server takes no login in this way; leave `user` out, or {other}"
            case smtplib.SMTPRecipientsRefused():
                code, said = next(iter(error.recipients.values()), (0, b""))
                return f"the server refused the recipient {recipient}{_quoted(code, said)}"
            case smtplib.SMTPSenderRefused():
                login = "" if self._mail.user else ", or a login: `user`"
                return f"the server refused the sender {self._mail.sender}{_reply(error)}; check `from`{login}"
            case smtplib.SMTPDataError():
                return f"the server refused the message{_reply(error)}"
            case smtplib.SMTPServerDisconnected() if "timed out" in str(error):
                return self._silence()
            case smtplib.SMTPServerDisconnected():
                return _LOST
            case smtplib.SMTPResponseException():
                return f"the server refused{_reply(error)}"
        return f"the server made no sense ({type(error).__name__})"

    def _fault(self, error: Exception) -> str:
        match error:
            case ssl.SSLCertVerificationError():
                why = clean_line(error.verify_message or "", _LONGEST_REPLY)
                return f"the server's certificate can't be trusted ({why}), so nothing was sent; check `server`"
            case ssl.SSLError():
                return f"no encrypted connection comes about; check `port` and `security` ({self._other_way()})"
            case socket.gaierror():
                return "no such server is known, or there is no network; check `server`"
            case TimeoutError():
                return self._silence()
            case ConnectionRefusedError():
                return f"nothing listens there; check `server` and `port` ({self._other_way()})"
            case ConnectionError():
                return _LOST
            case OSError():
                return f"can't be reached: {error.strerror or type(error).__name__}"
        # smtplib's own complaint about what it is to send, which is never quoted.
        return f"this can't be sent to a mail server ({type(error).__name__})"

    def _other_way(self) -> str:
        return _OTHER_WAYS[self._mail.security]

    def _silence(self) -> str:
        return f"no answer for {self._patience:g} s; try again, or check `port` and `security` ({self._other_way()})"


def _reply(error: smtplib.SMTPResponseException) -> str:
    return _quoted(error.smtp_code, error.smtp_error)


def _quoted(code: int, said: bytes | str) -> str:
    """Return what a server replied, to be put behind a message."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    later = "; it may take it later" if 400 <= code < 500 else ""
    return f" ({clean_line(f'{code} {text}', _LONGEST_REPLY)}{later})"


def password_for(mail: Mail, environ: Mapping[str, str]) -> str:
    """Return the password to log in with; empty where there is nobody to log in.

    Raises:
        MailError: a user is named, and there is no password.
    """
    if not mail.user:
        return ""
    # A file that it was read from may have ended in a line end.
    given = environ.get(VARIABLE, "").rstrip("\r\n")
    found, reason = (given, "") if given else _from_keyring(mail.user)
    if not found:
        raise MailError(
            f"no password for {mail.user} at {mail.server}{reason}; set {VARIABLE}, "
            f"or keep it in the keyring: keyring set {SERVICE} {mail.user}"
        )
    return found


def _from_keyring(user: str) -> tuple[str, str]:
    """Return the password in the keyring, or empty and why there is none, to be put behind a message."""
    try:
        import keyring
    except ImportError:
        return "", ""
    try:
        return keyring.get_password(SERVICE, user) or "", ""
    except Exception as error:
        interrupt.check()
        # Backends raise what they like, and a message of theirs might hold anything.
        return "", f" (the keyring can't be asked: {type(error).__name__})"
