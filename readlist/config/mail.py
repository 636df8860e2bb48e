"""How the digest is mailed: the table [mail] of config.toml."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Literal, get_args

from msgspec import Struct

from readlist.config.toml_file import ConfigError, TomlFile, closest, escape, show, suggest

Security = Literal["tls", "starttls", "none"]
_SECURITIES: tuple[Security, ...] = get_args(Security)
_PORTS = {"tls": 465, "starttls": 587, "none": 25}
_EXPECTED = {
    "server": "the name of a mail server in quotes",
    "port": "a number from 1 to 65535",
    "security": "one of tls, starttls, none",
    "user": "a name in quotes",
    "from": "an address in quotes",
    "to": "an address in quotes or a list of addresses",
}
# The names in other programs.
_ALIASES = {
    "host": "server",
    "smtp": "server",
    "username": "user",
    "login": "user",
    "sender": "from",
    "recipient": "to",
}
_SECRETS = ("password", "pass", "passwd", "secret", "token")
# The local part is what servers take without extensions (RFC 5321, Dot-string), the domain a name or an IP address.
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_ADDRESS = rf"({_LOCAL})@(\[[0-9A-Fa-f:.]+\]|[^\s@\[\]<>(),;:\"\\]+)"
_HOST = r"[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63})*\.?"


class Mail(Struct, frozen=True):
    """The mail server for the digest, and the recipients. The password is never part of it.

    Attributes:
        server: the server's name or IP address.
        port: its port.
        security: `tls` from the first byte on, `starttls`, or `none`.
        user: login name, empty for no login.
        sender: the address in `From`.
        to: the recipients' addresses, in ASCII.
    """

    server: str
    port: int
    security: Security = "tls"
    user: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether the server runs on this machine, so that nothing is sent over a network."""
        try:
            return ip_address(self.server).is_loopback
        except ValueError:
            return self.server.rstrip(".").lower() == "localhost"


def mail_address(text: str) -> str:
    """Return a mail address as servers accept it: its domain in ASCII.

    Raises:
        ValueError: it is not an address; with an example.
    """
    wrong = ValueError(f"`{escape(text[:80])}` is not a mail address, such as ada@example.org")
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


def check_mail(file: TomlFile, value: object) -> Mail:
    """Return the mail settings of a settings file.

    Raises:
        ConfigError: one is wrong; with its line.
    """
    if not isinstance(value, dict):
        raise file.error(("mail",), f"`mail` must be a table [mail], not {show(value)}")
    for name in value:
        if name not in _EXPECTED:
            raise file.error(("mail", name), _unknown(name))
    security = value.get("security", "tls")
    if security not in _SECURITIES:
        likely = closest(security, _SECURITIES) if isinstance(security, str) else ""
        raise _wrong(file, "security", security, f"; did you mean `{likely}`?" if likely else "")
    port = value.get("port", _PORTS[security])
    if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 65_536:
        raise _wrong(file, "port", port)
    user = value.get("user", "")
    if not isinstance(user, str) or not user.isprintable():
        raise _wrong(file, "user", user)
    to = _addresses(file, "to", value.get("to", []))
    sender = next(iter(_addresses(file, "from", value.get("from", []), single=True)), "")
    mail = Mail(_server(file, value), port, security, user, sender or _own(user) or next(iter(to), ""), to)
    if mail.user and security == "none" and not mail.is_local:
        raise file.error(
            ("mail", "security"),
            '`mail.security` is "none", so anyone on the network could read the password of `user`; '
            'use "tls" or "starttls"',
        )
    if not mail.sender:
        raise file.error(("mail",), "`mail` needs a sender's address: set `from` or `to`")
    return mail


def _unknown(name: str) -> str:
    host = name.lower().removeprefix("smtp_")
    if host in _SECRETS or closest(host, (*_EXPECTED, *_SECRETS)) in _SECRETS:
        return (
            f"`mail.{escape(name)}`: don't keep passwords in config.toml; "
            "set READLIST_SMTP_PASSWORD, or use the keyring: keyring set readlist USER"
        )
    likely = _ALIASES.get(name.lower(), "")
    return f"unknown key `{escape(name)}` in [mail]" + (
        f"; did you mean `{likely}`?" if likely else suggest(name, _EXPECTED)
    )


def _wrong(file: TomlFile, name: str, value: object, hint: str = "") -> ConfigError:
    return file.error(("mail", name), f"`mail.{name}` must be {_EXPECTED[name]}, not {show(value)}{hint}")


def _server(file: TomlFile, table: dict[str, object]) -> str:
    if "server" not in table:
        raise file.error(("mail",), '`mail` needs a `server`, such as server = "smtp.example.org"')
    server = table["server"]
    if not isinstance(server, str) or not server.strip():
        raise _wrong(file, "server", server)

    host = server.strip()
    try:
        return str(ip_address(host.strip("[]")))
    except ValueError:
        pass
    if re.fullmatch(r"[^:/]+:\d+", host):
        name, _, port = host.rpartition(":")
        raise _wrong(file, "server", server, f'; write server = "{escape(name)}" and port = {port}')
    try:
        looked_up = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        looked_up = ""
    if not re.fullmatch(_HOST, looked_up):
        raise _wrong(file, "server", server)
    return looked_up


def _addresses(file: TomlFile, name: str, value: object, *, single: bool = False) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given) or (single and len(given) > 1):
        raise _wrong(file, name, value)
    try:
        return tuple(dict.fromkeys(mail_address(each) for each in given))
    except ValueError as error:
        raise file.error(("mail", name), f"`mail.{name}`: {error}") from error


def _own(user: str) -> str:
    """Return the user's name if it is an address, else empty."""
    try:
        return mail_address(user)
    except ValueError:
        return ""
