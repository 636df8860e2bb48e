"""Paper, Link, Announcement, Mark: the values everything else passes around; identifiers and the key."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

LinkKind = Literal["repo", "project", "paper", "data", "other"]
SaveState = Literal["saved", "pending", "unsaved"]

# ASCII throughout: other scripts have digits too, and an id made of them would be a second paper.
_ARXIV_NEW = r"\d{4}\.\d{4,5}"
_ARXIV_OLD = r"[a-z][a-z\-]+(?:\.[A-Z]{2})?/\d{7}"
_ARXIV_ID = re.compile(rf"(?:arxiv:\s*)?({_ARXIV_NEW}|{_ARXIV_OLD})(?:v\d+)?", re.IGNORECASE | re.ASCII)
_ARXIV_HOST = re.compile(
    r"(?:https?://)?(?:www\.|export\.|browse\.)?"
    r"(?:arxiv\.org/(?:abs|pdf|html|format|e-print|src)/"
    r"|(?:huggingface\.co|hf\.co)/papers/|alphaxiv\.org/(?:abs|overview|pdf)/)(?:arxiv:)?",
    re.IGNORECASE,
)
_DOI = re.compile(r"(?:doi:\s*|(?:https?://)?(?:dx\.)?doi\.org/)?(10\.[0-9]{4,9}/\S+)", re.IGNORECASE)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """An address that belongs to a paper.

    Attributes:
        url: absolute http(s) address; for a repo its root, as one would open or clone it.
        kind: what stands there.
        full: the address with its sub-path where the text named one (`…/tree/main/x`), else empty.
    """

    url: str
    kind: LinkKind
    full: str = ""

    @property
    def target(self) -> str:
        """The address to open: with the sub-path where there is one."""
        return self.full or self.url


@dataclass(frozen=True, slots=True)
class Paper:
    """One research paper, however many feeds announced it.

    Attributes:
        key: the strongest identifier known when the paper was first met; never changes.
        arxiv: arXiv id without version (`2401.12345`, `hep-th/9901001`), or empty.
        doi: lower-case DOI (`10.…`), or empty.
        published: day of first publication.
        summary: the feed's own short summary; not the abstract.
    """

    key: str
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    published: date | None = None
    arxiv: str = ""
    doi: str = ""
    links: tuple[Link, ...] = ()
    summary: str = ""
    keywords: tuple[str, ...] = ()
    organization: str = ""

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Every identifier of the paper, strongest first: arxiv, doi, title."""
        return identifiers(self.title, self.arxiv, self.doi)

    @property
    def page(self) -> str:
        """Address of the paper's own page, or empty: arXiv, else the DOI's, else a link of kind paper."""
        if self.arxiv:
            return f"https://arxiv.org/abs/{self.arxiv}"
        if self.doi:
            return f"https://doi.org/{self.doi}"
        return next((link.url for link in self.links if link.kind == "paper"), "")

    @property
    def repo(self) -> str:
        """Address of the first repository, or empty."""
        return next((link.url for link in self.links if link.kind == "repo"), "")


@dataclass(frozen=True, slots=True)
class Announcement:
    """One feed naming one paper on one day, with the counts as seen then.

    Attributes:
        feed: the feed's name.
        day: the day of the list, None where the source names none.
        position: place in the list, from 1.
    """

    feed: str
    day: date | None
    position: int
    upvotes: int | None = None
    comments: int | None = None
    stars: int | None = None
    submitter: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What the user decided about one paper; times are aware datetimes in UTC.

    Attributes:
        read: when it was marked read, None while unread.
        starred: when it was starred, None while not.
        note: the note's text, empty for none.
        noted: when the note last changed.
        saved: whether the latest change is on disk.
    """

    read: datetime | None = None
    starred: datetime | None = None
    note: str = ""
    noted: datetime | None = None
    saved: SaveState = "saved"


UNMARKED = Mark()


def identifiers(title: str, arxiv: str = "", doi: str = "") -> tuple[str, ...]:
    """Return the identifiers of a paper, strongest first: `arxiv:…`, `doi:…`, `title:…`."""
    found = []
    if arxiv:
        found.append(f"arxiv:{arxiv}")
    if doi:
        found.append(f"doi:{doi}")
    if title.strip():
        found.append(f"title:{fingerprint(title)}")
    return tuple(found)


def fingerprint(title: str) -> str:
    """Return a title's fingerprint: NFKC, case-folded, letters and digits only.

    A title without any letter or digit is told apart by its code points.
    """
    folded = unicodedata.normalize("NFKC", title).casefold()
    kept = "".join(character for character in folded if character.isalnum())
    return kept or "u" + "-".join(f"{ord(character):x}" for character in folded if not character.isspace())


def arxiv_id(text: str) -> str:
    """Return the arXiv id named by an id, an address or an arXiv DOI, without version; empty if none.

    Takes `2401.12345v2`, `arXiv:hep-th/9901001`, addresses of arxiv.org, Hugging Face Papers and alphaXiv,
    and `10.48550/arXiv.X`. The whole text must be the id, so a number inside a sentence is none.
    """
    text = text.strip()
    doi = _DOI.fullmatch(text)
    if doi:
        inner = _ARXIV_DOI.fullmatch(doi[1])
        text = inner[1] if inner else ""
    else:
        host = _ARXIV_HOST.match(text)
        if host:
            text = re.split(r"[?#]", text[host.end() :])[0].rstrip("/")
            text = text.removesuffix(".pdf")
    found = _ARXIV_ID.fullmatch(text)
    if not found:
        return ""
    identifier = found[1]
    if "/" not in identifier:
        return identifier
    archive, number = identifier.split("/")
    name, dot, subject = archive.partition(".")
    return f"{name.lower()}{dot}{subject.upper()}/{number}"


def doi_of(text: str) -> str:
    """Return the lower-case DOI named by a DOI or its address; empty if none or if it is arXiv's own."""
    found = _DOI.fullmatch(text.strip())
    if not found or _ARXIV_DOI.fullmatch(found[1]):
        return ""
    return found[1].rstrip(".,;").lower()
