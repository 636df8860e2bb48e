"""The digest as a message: plain text and HTML side by side (RFC 2046), with the headers of an automatic list."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid

from readlist import __version__
from readlist.exports.digest_content import Digest, subject
from readlist.exports.digest_html import html_of
from readlist.exports.digest_text import text_of

UNKNOWN = "readlist@localhost"
"""Who sends and gets a message where no settings tell."""


def message_of(digest: Digest, *, sender: str, recipient: str) -> EmailMessage:
    """Return the digest as a message for one recipient; both are bare addresses in ASCII, already checked.

    Its bodies are made of ASCII alone, so that every server takes them.
    """
    domain = sender.rpartition("@")[2]
    # An address literal is no domain: RFC 2919 lets those without one use localhost.
    named = domain if not domain.startswith("[") else "localhost"
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("readlist", addr_spec=sender)
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = subject(digest)
    message["Date"] = digest.now
    message["Message-ID"] = make_msgid("readlist", named)
    message["List-Id"] = f"readlist digest <digest.readlist.{named}>"
    # Who is away shall not answer it (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message["User-Agent"] = f"readlist/{__version__}"
    text, html = text_of(digest), html_of(digest)
    message.set_content(text, cte=_encoding(text))
    message.add_alternative(html, subtype="html", cte=_encoding(html))
    return message


def _encoding(text: str) -> str:
    """Return how a text is made ASCII: so that it can still be read where most of it is ASCII already."""
    foreign = sum(not character.isascii() for character in text)
    return "base64" if foreign > len(text) / 6 else "quoted-printable"
