"""How the digest is mailed: the table [mail] of config.toml."""

from __future__ import annotations

import re
from typing import Literal, get_args

from msgspec import Struct

from readlist.config.source import ConfigError, Source, instead, near, plain, shown

Security = Literal["tls", "starttls", "none"]
_SECURITIES: tuple[Security, ...] = get_args(Security)
_PORTS = {"tls": 465, "starttls": 587, "none": 25}
_EXPECTED = {
    "server": "the name of a mail server in quotes",
    "port": "a number from 1 to 65535",
    "security": "one of tls, starttls, none",
    "user": "a name in quotes",
    "from": "an address in quotes",
    "to": "an address in quotes or a list of such",
}
# What other programs call these.
_ALSO = {"host": "server", "smtp": "server", "username": "user", "login": "user", "sender": "from", "recipient": "to"}
_SECRETS = ("password", "pass", "passwd", "secret", "token")
# The local part is what servers take without extensions (RFC 5321, Dot-string), the domain a name or an IP address.
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_ADDRESS = rf"({_LOCAL})@(\[[0-9A-Fa-f:.]+\]|[^\s@\[\]<>(),;:\"\\]+)"
_HOST = r"[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63})*\.?"


class Mail(Struct, frozen=True):
    """By which server the digest is mailed, and to whom. The password is never part of it.

    Attributes:
        server: the server's name or IP address.
        port: where it listens.
        security: `tls` from the first byte on, `starttls`, or `none`.
        user: whom to log in as, empty for not at all.
        sender: the address it comes from; empty where only `to` knows one.
        to: the addresses it goes to, in ASCII.
    """

    server: str
    port: int
    security: Security = "tls"
    user: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether the server runs on this machine, so that nobody listens on the way to it."""
        from ipaddress import ip_address

        try:
            return ip_address(self.server).is_loopback
        except ValueError:
            return self.server.rstrip(".").lower() == "localhost"


def address_of(text: str) -> str:
    """Return a mail address in the form servers take it: its domain in ASCII.

    Raises:
        ValueError: it is none; the message says what one looks like.
    """
    wrong = ValueError(f"`{plain(text[:80])}` is no mail address; write it as ada@example.org")
    found = re.fullmatch(_ADDRESS, text.strip())
    if found is None or len(text) > 254 or len(found[1]) > 64:
        raise wrong
    try:
        domain = found[2] if found[2].isascii() else found[2].encode("idna").decode("ascii")
    except UnicodeError:
        raise wrong from None
    if not domain.startswith("[") and not re.fullmatch(_HOST, domain):
        raise wrong
    return f"{found[1]}@{domain}"


def checked_mail(source: Source, value: object) -> Mail:
    """Return the mail settings of a settings file.

    Raises:
        ConfigError: one is wrong; with its line.
    """
    if not isinstance(value, dict):
        raise source.error(("mail",), f"`mail` must be a table [mail], not {shown(value)}")
    for name in value:
        if name not in _EXPECTED:
            raise source.error(("mail", name), _unknown(name))
    security = value.get("security", "tls")
    if security not in _SECURITIES:
        nearest = near(security, _SECURITIES) if isinstance(security, str) else ""
        raise _wrong(source, "security", security, f"; did you mean `{nearest}`?" if nearest else "")
    port = value.get("port", _PORTS[security])
    if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 65_536:
        raise _wrong(source, "port", port)
    user = value.get("user", "")
    if not isinstance(user, str) or not user.isprintable():
        raise _wrong(source, "user", user)
    to = _addresses(source, "to", value.get("to", []))
    sender = next(iter(_addresses(source, "from", value.get("from", []), single=True)), "")
    mail = Mail(_server(source, value), port, security, user, sender or _own(user) or next(iter(to), ""), to)
    if mail.user and security == "none" and not mail.is_local:
        raise source.error(
            ("mail", "security"),
            '`mail.security` is "none", and a `user` needs a password, which anyone on the way could read; '
            'use "tls" or "starttls"',
        )
    if not mail.sender:
        raise source.error(("mail",), "`mail` needs the address the digest comes from: `from` or `to`")
    return mail


def _unknown(name: str) -> str:
    bare = name.lower().removeprefix("smtp_")
    if bare in _SECRETS or near(bare, (*_EXPECTED, *_SECRETS)) in _SECRETS:
        return (
            f"`mail.{plain(name)}` must not stand here, where copies of the settings would carry it; "
            "set READLIST_SMTP_PASSWORD, or keep it in the keyring: keyring set readlist USER"
        )
    meant = _ALSO.get(name.lower(), "")
    return f"unknown key `{plain(name)}` in [mail]" + (
        f"; did you mean `{meant}`?" if meant else instead(name, _EXPECTED)
    )


def _wrong(source: Source, name: str, value: object, hint: str = "") -> ConfigError:
    return source.error(("mail", name), f"`mail.{name}` must be {_EXPECTED[name]}, not {shown(value)}{hint}")


def _server(source: Source, table: dict[str, object]) -> str:
    if "server" not in table:
        raise source.error(("mail",), '`mail` needs a `server`, as in server = "smtp.example.org"')
    server = table["server"]
    if not isinstance(server, str) or not server.strip():
        raise _wrong(source, "server", server)
    from ipaddress import ip_address

    bare = server.strip()
    try:
        return str(ip_address(bare.strip("[]")))
    except ValueError:
        pass
    if re.fullmatch(r"[^:/]+:\d+", bare):
        name, _, port = bare.rpartition(":")
        raise _wrong(source, "server", server, f'; write server = "{plain(name)}" and port = {port}')
    try:
        looked_up = bare if bare.isascii() else bare.encode("idna").decode("ascii")
    except UnicodeError:
        looked_up = ""
    if not re.fullmatch(_HOST, looked_up):
        raise _wrong(source, "server", server)
    return looked_up


def _addresses(source: Source, name: str, value: object, *, single: bool = False) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given) or (single and len(given) > 1):
        raise _wrong(source, name, value)
    try:
        return tuple(dict.fromkeys(address_of(each) for each in given))
    except ValueError as error:
        raise source.error(("mail", name), f"`mail.{name}`: {error}") from error


def _own(user: str) -> str:
    """Return the user's name where it is an address, else nothing."""
    try:
        return address_of(user)
    except ValueError:
        return ""
