"""The password of the mail server: from the environment or the system's keyring, never from a file of readlist."""

from __future__ import annotations

from collections.abc import Mapping

from readlist import interrupt
from readlist.config import Mail
from readlist.mail.smtp import MailError

VARIABLE = "READLIST_SMTP_PASSWORD"
SERVICE = "readlist"
"""Under which name the keyring keeps it, for the user's name at the server."""


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
