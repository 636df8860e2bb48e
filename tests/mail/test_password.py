"""The password comes from the environment or the keyring, and is in no message."""

from __future__ import annotations

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from readlist.config import Mail
from readlist.mail import MailError, password_for

MAIL = Mail("smtp.example.org", 465, "tls", "ada", "ada@example.org")


class Held(KeyringBackend):
    """A keyring that holds what it is given, or is locked."""

    priority = 1

    def __init__(self, held: dict[tuple[str, str], str], *, locked: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held, self.locked = held, locked

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked(f"locked: {self.held}")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password


@pytest.fixture
def _own() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def test_without_a_user_there_is_no_password() -> None:
    assert password_for(Mail("localhost", 25, "none"), {"READLIST_SMTP_PASSWORD": "x"}) == ""


@pytest.mark.usefixtures("_own")
def test_the_environment_goes_before_the_keyring() -> None:
    keyring.set_keyring(Held({}))
    keyring.set_password("readlist", "ada", "from the keyring")
    assert password_for(MAIL, {}) == "from the keyring"
    assert password_for(MAIL, {"READLIST_SMTP_PASSWORD": " from here \n"}) == " from here "


@pytest.mark.usefixtures("_own")
@pytest.mark.parametrize("locked", [False, True])
def test_a_missing_password_is_named_with_both_places(locked: bool) -> None:
    keyring.set_keyring(Held({("readlist", "ben"): "geheim"}, locked=locked))
    with pytest.raises(MailError) as caught:
        password_for(MAIL, {})
    said = str(caught.value)
    assert said.startswith("no password for ada at smtp.example.org") and said.isprintable()
    assert "READLIST_SMTP_PASSWORD" in said and "keyring set readlist ada" in said
    assert ("KeyringLocked" in said) == locked
    assert "geheim" not in said
