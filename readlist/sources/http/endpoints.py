"""The endpoints and the token, from the environment or by default; the limits of time and size."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Sites(Struct, frozen=True):
    """The endpoints, as addresses without a slash at the end.

    Attributes:
        huggingface: `HF_ENDPOINT`.
        arxiv: of arXiv's API; `ARXIV_ENDPOINT`.
        arxiv_rss: of arXiv's daily lists; `ARXIV_RSS_ENDPOINT`.
        doi: resolves DOIs; `DOI_ENDPOINT`.
        token: `HF_TOKEN`; sent to `huggingface` and nowhere else.
    """

    huggingface: str = "https://huggingface.co"
    arxiv: str = "https://export.arxiv.org"
    arxiv_rss: str = "https://rss.arxiv.org"
    doi: str = "https://doi.org"
    token: str = ""

    def __repr__(self) -> str:
        """Show the endpoints without the token."""
        return f"Sites({self.huggingface!r}, {self.arxiv!r}, {self.arxiv_rss!r}, {self.doi!r})"

    @classmethod
    def find(cls, environ: Mapping[str, str]) -> Sites:
        """Return the endpoints of the environment, else the defaults."""

        def endpoint(name: str, default: str) -> str:
            given = environ.get(name, "").strip().rstrip("/")
            return (given if "://" in given else f"https://{given}") if given else default

        default = cls()
        return cls(
            endpoint("HF_ENDPOINT", default.huggingface),
            endpoint("ARXIV_ENDPOINT", default.arxiv),
            endpoint("ARXIV_RSS_ENDPOINT", default.arxiv_rss),
            endpoint("DOI_ENDPOINT", default.doi),
            environ.get("HF_TOKEN", "").strip(),
        )

    @property
    def token_problem(self) -> str:
        """Why the token is not sent, to follow its name in a message; empty if it is."""
        if not self.token or sendable(self.token):
            return ""
        return "is not sent: it has control or non-ASCII characters; set it again"


class Limits(Struct, frozen=True):
    """Limits of time and size.

    Attributes:
        connect: seconds for a connection.
        read: seconds without a byte.
        total: seconds for one address with its redirects, retries and pauses.
        size: bytes of a body, both as received and decompressed.
        retries: how many.
        pause: seconds before the first retry, doubled for each further one; `Retry-After` has priority.
        redirects: how many to follow.
        arxiv_interval: seconds between two requests to arXiv, which asks for three, and one connection
            (https://info.arxiv.org/help/api/tou.html).
        too_many: seconds without requests to a host after a 429 that does not say how long to wait.
    """

    connect: float = 10.0
    read: float = 15.0
    total: float = 60.0
    size: int = 32 << 20
    retries: int = 2
    pause: float = 1.0
    redirects: int = 5
    arxiv_interval: float = 3.0
    too_many: float = 60.0


def sendable(value: str) -> bool:
    """Tell whether a value is allowed in a header."""
    return bool(value) and value.isascii() and value.isprintable() and len(value) < 4_000
