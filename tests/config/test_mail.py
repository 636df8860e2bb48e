"""The mail settings are read, and every mistake in them is answered with its line and what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from readlist.config import ConfigError, Mail, load, mail_address

LEAST = '[mail]\nserver = "smtp.example.org"\n'


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_without_the_table_nothing_is_mailed(settings: Path) -> None:
    settings.write_text("mouse = true\n")
    assert load(settings).mail is None


def test_every_setting_is_read(settings: Path) -> None:
    settings.write_text(
        f'{LEAST}port = 2525\nsecurity = "starttls"\nuser = "ada"\nfrom = "readlist@example.org"\n'
        'to = ["ada@example.org", "ben@bücher.example", "ada@example.org"]\n'
    )
    to = ("ada@example.org", "ben@xn--bcher-kva.example")
    assert load(settings).mail == Mail("smtp.example.org", 2525, "starttls", "ada", "readlist@example.org", to)


@pytest.mark.parametrize(
    ("text", "port", "security"),
    [("", 465, "tls"), ('security = "starttls"', 587, "starttls"), ('security = "none"', 25, "none")],
)
def test_the_connection_is_encrypted_unless_set_otherwise(settings: Path, text: str, port: int, security: str) -> None:
    settings.write_text(f'{LEAST}to = "ada@example.org"\n{text}\n')
    mail = load(settings).mail
    assert mail is not None
    assert (mail.port, mail.security) == (port, security)


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ('to = "ada@example.org"', "ada@example.org"),
        ('to = "ada@example.org"\nuser = "login@example.org"', "login@example.org"),
        ('to = "ada@example.org"\nuser = "login"', "ada@example.org"),
        ('from = "bot@example.org"\nuser = "login@example.org"', "bot@example.org"),
    ],
)
def test_who_it_comes_from_is_found(settings: Path, text: str, sender: str) -> None:
    settings.write_text(LEAST + text)
    mail = load(settings).mail
    assert mail is not None and mail.sender == sender


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mail = 3", ", line 1: `mail` must be a table [mail], not 3"),
        ("[mail]", ', line 1: `mail` needs a `server`, such as server = "smtp.example.org"'),
        (LEAST, ", line 1: `mail` needs a sender's address: set `from` or `to`"),
        (LEAST + 'sever = "x"', ", line 3: unknown key `sever` in [mail]; did you mean `server`?"),
        (LEAST + 'host = "x"', ", line 3: unknown key `host` in [mail]; did you mean `server`?"),
        (LEAST + 'security = "ssl"', ", line 3: `mail.security` must be one of tls, starttls, none, not 'ssl'"),
        (
            LEAST + 'security = "startls"',
            ", line 3: `mail.security` must be one of tls, starttls, none, not 'startls'; did you mean `starttls`?",
        ),
        (LEAST + "security = false", ", line 3: `mail.security` must be one of tls, starttls, none, not false"),
        (LEAST + 'port = "465"', ", line 3: `mail.port` must be a number from 1 to 65535, not '465'"),
        (LEAST + "port = true", ", line 3: `mail.port` must be a number from 1 to 65535, not true"),
        (LEAST + "port = 65536", ", line 3: `mail.port` must be a number from 1 to 65535, not 65536"),
        (LEAST + "user = 1", ", line 3: `mail.user` must be a name in quotes, not 1"),
        (LEAST + 'from = ["a@b.c", "d@e.f"]', ", line 3: `mail.from` must be an address in quotes"),
        (LEAST + 'to = "ada"', ", line 3: `mail.to`: `ada` is not a mail address, such as ada@example.org"),
        (LEAST + 'to = ["a@b.c", 3]', ", line 3: `mail.to` must be an address in quotes or a list of addresses"),
        (LEAST + 'to = "a@b.c\\nBcc: x@y.z"', ", line 3: `mail.to`: `a@b.c\\nBcc: x@y.z` is not a mail address"),
        (
            '[mail]\nserver = "smtp.example.org:587"',
            ", line 2: `mail.server` must be the name of a mail server in quotes, not 'smtp.example.org:587'; "
            'write server = "smtp.example.org" and port = 587',
        ),
        ('[mail]\nserver = "smtps://example.org"', ", line 2: `mail.server` must be the name of a mail server"),
        (
            LEAST + 'user = "ada"\nsecurity = "none"\nto = "a@b.c"',
            ', line 4: `mail.security` is "none", so anyone on the network could read the password of `user`; '
            'use "tls" or "starttls"',
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_right(settings: Path, text: str, said: str) -> None:
    settings.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(settings)
    assert str(caught.value).startswith(f"{settings}{said}")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", ["password", "Password", "smtp_password", "pass", "pasword"])
def test_a_password_in_the_settings_is_refused_without_being_said(settings: Path, name: str) -> None:
    settings.write_text(f'{LEAST}{name} = "hunter22"\n')
    with pytest.raises(ConfigError) as caught:
        load(settings)
    said = str(caught.value)
    assert "line 3" in said and "READLIST_SMTP_PASSWORD" in said and "keyring set readlist" in said
    assert "hunter22" not in said


def test_this_machine_may_be_logged_in_to_without_encryption(settings: Path) -> None:
    for server in ("localhost", "127.0.0.1", "[::1]"):
        settings.write_text(f'[mail]\nserver = "{server}"\nsecurity = "none"\nuser = "ada"\nto = "a@b.c"\n')
        mail = load(settings).mail
        assert mail is not None and mail.is_local


@pytest.mark.parametrize("text", ["ada@example.org", " ada@example.org ", "a.b+c@[127.0.0.1]", "ada@localhost"])
def test_an_address_is_taken_as_servers_take_it(text: str) -> None:
    assert mail_address(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    ["", "ada", "@x.org", "ada@", "a b@x.org", "a..b@x.org", "é@x.org", "<a@x.org>", "a@x.org,b@x.org", "a@x\r\n.org"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a mail address"):
        mail_address(text)
