"""The SMTP client (RFC 5321): encrypted, certificates checked, each failure in one line; and its password."""

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
"""The service of the password in the keyring, with the login name at the server."""

_TIMEOUT = 30.0
_LONGEST_REPLY = 200
_LOST = "the server closed the connection; try again"
# As smtplib does for a machine without a full name: a look-up would be slow, and reveal the name.
_OWN_NAME = "[127.0.0.1]"
_OTHER_WAYS = {
    "tls": 'port 587 needs security = "starttls"',
    "starttls": 'port 465 needs security = "tls"',
    "none": 'most servers need security = "tls" or "starttls"',
}


class MailError(Exception):
    """A message can't be sent: one line that says what, where and what to do."""


class SmtpClient:
    """A connection to a mail server, open during the `with` block.

    Args:
        mail: the server.
        password: for the login; ignored without a user.
        timeout: seconds to wait for each answer of the server.
    """

    def __init__(self, mail: Mail, password: str = "", timeout: float = _TIMEOUT) -> None:
        self._mail, self._password, self._timeout = mail, password, timeout
        self._where = f"{mail.server}:{mail.port}"
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> SmtpClient:
        """Connect, encrypt, and log in.

        Raises:
            MailError: any of that failed.
        """
        try:
            self._smtp = self._connected()
            if self._mail.security == "starttls":
                self._encrypt(self._smtp)
            if self._mail.user:
                self._log_in(self._smtp)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._drop()
            # Without the cause, which may quote the password.
            raise MailError(self._message(error)) from None
        except BaseException:
            self._drop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect; a failure doesn't matter any more."""
        if self._smtp is not None and error is None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self._drop()

    def send(self, recipient: str, message: bytes) -> None:
        """Send a message to one recipient; returns once the server accepted it.

        Raises:
            MailError: it did not, or that is unknown.
        """
        assert self._smtp is not None
        try:
            self._smtp.sendmail(self._mail.sender, [recipient], message)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise MailError(self._message(error, recipient)) from None

    def _connected(self) -> smtplib.SMTP:
        if self._mail.security != "tls":
            return smtplib.SMTP(self._mail.server, self._mail.port, _OWN_NAME, timeout=self._timeout)
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(self._mail.server, self._mail.port, _OWN_NAME, timeout=self._timeout, context=context)

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if not smtp.has_extn("starttls"):
            raise MailError(
                f"{self._where}: the server doesn't support STARTTLS, so nothing was sent; {_OTHER_WAYS['starttls']}"
            )
        smtp.starttls(context=ssl.create_default_context())

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if not self._password.isascii() or not self._mail.user.isascii():
            raise MailError(f"{self._where}: the user or password has non-ASCII characters, which can't be sent")
        smtp.login(self._mail.user, self._password)

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _message(self, error: Exception, recipient: str = "") -> str:
        """Return what failed, where, and what to do, without the password."""
        reason = self._refusal(error, recipient) if isinstance(error, smtplib.SMTPException) else self._failure(error)
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
                    "(many providers need an app password)"
                )
            case smtplib.SMTPNotSupportedError():
                other = f"check `port` and `security` ({self._other_way()})"
                return f"the server doesn't support this login; remove `user`, or {other}"
            case smtplib.SMTPRecipientsRefused():
                code, said = next(iter(error.recipients.values()), (0, b""))
                return f"the server refused the recipient {recipient}{_quoted(code, said)}"
            case smtplib.SMTPSenderRefused():
                login = "" if self._mail.user else ", or set `user`"
                return f"the server refused the sender {self._mail.sender}{_reply(error)}; check `from`{login}"
            case smtplib.SMTPDataError():
                return f"the server refused the message{_reply(error)}"
            case smtplib.SMTPServerDisconnected() if "timed out" in str(error):
                return self._silence()
            case smtplib.SMTPServerDisconnected():
                return _LOST
            case smtplib.SMTPResponseException():
                return f"the server refused{_reply(error)}"
        return f"the server's answer is invalid ({type(error).__name__})"

    def _failure(self, error: Exception) -> str:
        match error:
            case ssl.SSLCertVerificationError():
                why = clean_line(error.verify_message or "", _LONGEST_REPLY)
                return f"the server's certificate can't be trusted ({why}), so nothing was sent; check `server`"
            case ssl.SSLError():
                return f"can't connect with encryption; check `port` and `security` ({self._other_way()})"
            case socket.gaierror():
                return "can't reach the server – offline? Else check `server`"
            case TimeoutError():
                return self._silence()
            case ConnectionRefusedError():
                return f"connection refused; check `server` and `port` ({self._other_way()})"
            case ConnectionError():
                return _LOST
            case OSError():
                return f"can't be reached: {error.strerror or type(error).__name__}"
        # An error of smtplib about its arguments, which are never quoted.
        return f"can't send this to a mail server ({type(error).__name__})"

    def _other_way(self) -> str:
        return _OTHER_WAYS[self._mail.security]

    def _silence(self) -> str:
        return f"no answer for {self._timeout:g} s; try again, or check `port` and `security` ({self._other_way()})"


def _reply(error: smtplib.SMTPResponseException) -> str:
    return _quoted(error.smtp_code, error.smtp_error)


def _quoted(code: int, said: bytes | str) -> str:
    """Return a server's reply, to follow a message."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    later = "; try again later" if 400 <= code < 500 else ""
    return f" ({clean_line(f'{code} {text}', _LONGEST_REPLY)}{later})"


def password_for(mail: Mail, environ: Mapping[str, str]) -> str:
    """Return the password for the login; empty without a user.

    Raises:
        MailError: there is a user, but no password.
    """
    if not mail.user:
        return ""
    # It may have been read from a file with a line end.
    given = environ.get(VARIABLE, "").rstrip("\r\n")
    found, reason = (given, "") if given else _from_keyring(mail.user)
    if not found:
        raise MailError(
            f"no password for {mail.user} at {mail.server}{reason}; set {VARIABLE}, "
            f"or use the keyring: keyring set {SERVICE} {mail.user}"
        )
    return found


def _from_keyring(user: str) -> tuple[str, str]:
    """Return the password in the keyring, or empty and the reason, to follow a message."""
    try:
        import keyring
    except ImportError:
        return "", ""
    try:
        return keyring.get_password(SERVICE, user) or "", ""
    except Exception as error:
        interrupt.check()
        # Backends raise anything, with any text.
        return "", f" (can't use the keyring: {type(error).__name__})"
