"""Whom to ask, with which token, and how long and how much: what the environment names, and what is usual."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Sites(Struct, frozen=True):
    """Whom to ask, as addresses without a slash at the end.

    Attributes:
        huggingface: `HF_ENDPOINT`.
        arxiv: its API's; `ARXIV_ENDPOINT`.
        arxiv_rss: its daily lists'; `ARXIV_RSS_ENDPOINT`.
        doi: resolves DOIs; `DOI_ENDPOINT`.
        token: `HF_TOKEN`; sent to `huggingface` and nowhere else.
    """

    huggingface: str = "https://huggingface.co"
    arxiv: str = "https://export.arxiv.org"
    arxiv_rss: str = "https://rss.arxiv.org"
    doi: str = "https://doi.org"
    token: str = ""

    def __repr__(self) -> str:
        """Name the sites; the token is for nobody's eyes."""
        return f"Sites({self.huggingface!r}, {self.arxiv!r}, {self.arxiv_rss!r}, {self.doi!r})"

    @classmethod
    def find(cls, environ: Mapping[str, str]) -> Sites:
        """Return the sites the environment names, the usual ones where it names none."""

        def site(name: str, usual: str) -> str:
            given = environ.get(name, "").strip().rstrip("/")
            return (given if "://" in given else f"https://{given}") if given else usual

        usual = cls()
        return cls(
            site("HF_ENDPOINT", usual.huggingface),
            site("ARXIV_ENDPOINT", usual.arxiv),
            site("ARXIV_RSS_ENDPOINT", usual.arxiv_rss),
            site("DOI_ENDPOINT", usual.doi),
            environ.get("HF_TOKEN", "").strip(),
        )

    @property
    def token_problem(self) -> str:
        """Why the token is not sent, to be put behind its name; empty if nothing stands against it."""
        if not self.token or sendable(self.token):
            return ""
        return "is not sent: it holds control characters or letters beyond ASCII; set it again"


class Limits(Struct, frozen=True):
    """How long to wait, and how much to take.

    Attributes:
        connect: seconds until a connection stands.
        read: seconds without a byte.
        total: seconds for one address with its redirects, retries and pauses.
        size: bytes of a body, decompressed.
        retries: how often to ask again.
        pause: seconds before the first retry, doubled for each further; a server's own wish goes before.
        redirects: how many to follow.
        arxiv_interval: seconds between two requests to arXiv, which asks for three, and one connection
            (https://info.arxiv.org/help/api/tou.html).
    """

    connect: float = 10.0
    read: float = 15.0
    total: float = 60.0
    size: int = 32 << 20
    retries: int = 2
    pause: float = 1.0
    redirects: int = 5
    arxiv_interval: float = 3.0


def sendable(value: str) -> bool:
    """Tell whether a value can stand in a header."""
    return bool(value) and value.isascii() and value.isprintable() and len(value) < 4_000
