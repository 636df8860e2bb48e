"""Paper, Link, Announcement; identifiers and keys."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Literal
from urllib.parse import quote, unquote

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.time import PublicationDate
from readlist.pattern import pattern

LinkKind = Literal["repo", "project", "paper", "data", "other"]
ListKind = Literal["new", "cross", "replaced"]
"""How arXiv's lists announce a paper: as new, cross-listed from another category, or in a later version."""

# Compiled on first use: listing papers needs none of these patterns.
# ASCII only: digits of other scripts would make a second id of the same paper.
# Year and month, then a number; before April 2007 an archive (https://info.arxiv.org/help/arxiv_identifier.html).
_ARXIV_NEW = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_ARXIV_OLD = (
    r"(?:acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga"
    r"|funct-an|gr-qc|hep-(?:ex|lat|ph|th)|math(?:-ph)?|mtrl-th|nlin|nucl-(?:ex|th)|patt-sol|physics|plasm-ph|q-alg|q-bio"
    r"|q-fin|quant-ph|solv-int|stat|supr-con)(?:\.[a-z\-]{2,})?/\d{7}"
)
# A version may follow, and what arXiv prints down the side of a first page: `[cs.CL] 3 Jan 2024`.
_ARXIV_ID = pattern(
    rf"(?ia)(?:oai:arxiv\.org:|arxiv:\s*)?({_ARXIV_NEW}|{_ARXIV_OLD})(?:v(\d+))?(?:\s*\[[\w.\-]+\].{{0,20}})?"
)
_ARXIV_HOST = pattern(
    r"(?i)(?:https?://)?(?:[a-z]{2,6}\.)?"
    r"(?:arxiv\.org/(?:abs|pdf|html|format|e-print|src|ps)/|ar5iv\.(?:labs\.arxiv\.)?org/(?:abs|html)/"
    r"|(?:huggingface\.co|hf\.co)/papers/|alphaxiv\.org/(?:abs|overview|pdf)/)(?:arxiv:)?"
)
# By any resolver: `dx.doi.org/`, `doi.acm.org/`, one behind a library's proxy (`doi-org.proxy.example`), and ACM's own
# pages, whose path is the DOI.
_RESOLVER = (
    r"(?:(?:https?://)?(?:(?:dx[.-]|www[.-])?doi[.-]org(?:\.[\w.-]{1,100})?/(?:doi:)?"
    r"|(?:doi|dx)\.(?:[a-z-]+\.){1,3}[a-z]{2,6}/|(?:oadoi\.org|hdl\.handle\.net|sci-hub\.[a-z]{2,3})/|dl\.acm\.org/doi/(?:(?:abs|full|fullhtml|pdf|epdf|book)/)?)"
    r"|(?:https?://)?(?:link\.springer\.com/|api\.crossref\.org/works/)|(?:doi|urn:doi|info:doi/):?\s*)"
)
_DOI = pattern(rf"(?i)(?:doi:?\s*)?(?:{_RESOLVER}){{0,2}}(10\.[0-9]{{4,9}}/\S+)")
_ENCODED = pattern(r"(?i)10\.[0-9]{4,9}%2f")
_ARXIV_DOI = pattern(r"(?i)10\.48550/arxiv\.(.+)")
_SCHEME = pattern(r"\A(?i:https?://(?:www\.)?)")
_FORGE = pattern(
    r"(?:github|gitlab|gitee|gitcode|atomgit|jihulab)\.com|gitcode\.net|(?:bitbucket|codeberg|notabug|opendev|framagit)\.org"
    r"|salsa\.debian\.org|invent\.kde\.org|git\.sr\.ht|gitlink\.org\.cn|openi\.pcl\.ac\.cn"
)


MOST_VERSIONS = 999
"""The highest version of a paper that is believed: arXiv has none with as many."""
_SHORT = 300
"""Characters that most titles have at most."""
_NO_WORD = dict.fromkeys(number for number in range(128) if not chr(number).isalnum())
"""What of ASCII is neither letter nor digit, for `str.translate` to remove."""


class Link(Struct, frozen=True):
    """An address that belongs to a paper.

    Attributes:
        url: absolute http(s) address; for a repo its root, to open or clone.
        kind: what the page is.
        full: the address with its sub-path if the text has one (`…/tree/main/x`), else empty.
    """

    url: str
    kind: LinkKind
    full: str = ""

    @property
    def target(self) -> str:
        """The address to open: with the sub-path if there is one."""
        return self.full or self.url


class Paper(Struct, frozen=True):
    """A research paper.

    Attributes:
        key: the strongest identifier known when the paper was first met; never changes.
        arxiv: arXiv id without version (`2401.12345`, `hep-th/9901001`), or empty.
        doi: lower-case DOI (`10.…`), or empty.
        published: date of first publication: a day, month or year, as exact as its source gives it.
        summary: the feed's own short summary; not the abstract.
        version: the latest version seen on arXiv, 0 if unknown.
        revised: the day of that version, None if unknown.
        comment: arXiv's comment, such as `12 pages, accepted at ICML`.
        journal: the journal reference.
        withdrawn: why the latest version is a withdrawal; empty if it is not one.
        comment_version: the version that the comment is of, None for `version`; likewise `journal_version`.
        journal_version: see comment_version.
    """

    key: str
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    published: PublicationDate | None = None
    arxiv: str = ""
    doi: str = ""
    links: tuple[Link, ...] = ()
    summary: str = ""
    keywords: tuple[str, ...] = ()
    organization: str = ""
    version: int = 0
    revised: date | None = None
    comment: str = ""
    journal: str = ""
    withdrawn: str = ""
    comment_version: int | None = None
    journal_version: int | None = None

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Every identifier of the paper, strongest first: arxiv, doi, title."""
        return identifiers_of(self.title, self.arxiv, self.doi, self.key)

    @property
    def page(self) -> str:
        """Address of the paper's own page, or empty: arXiv, else the DOI's, else a link of kind paper."""
        if self.arxiv:
            return f"https://arxiv.org/abs/{self.arxiv}"
        if self.doi:
            return f"https://doi.org/{quote(self.doi, safe='/:;()._-')}"
        return next((link.url for link in self.links if link.kind == "paper"), "")

    @property
    def repo(self) -> str:
        """Address of the first repository, or empty."""
        return next((link.url for link in self.links if link.kind == "repo"), "")


class Announcement(Struct, frozen=True):
    """A feed that lists a paper on a day, with the counts seen then.

    Attributes:
        feed: the feed's name.
        day: the day of the list, None if the source gives none.
        position: place in the list, from 1.
    """

    feed: str
    day: date | None
    position: int
    upvotes: int | None = None
    comments: int | None = None
    stars: int | None = None
    submitter: str = ""


def identifiers_of(title: str, arxiv: str = "", doi: str = "", key: str = "") -> tuple[str, ...]:
    """Return the identifiers of a paper, strongest first: `arxiv:…`, `doi:…`, `title:…`.

    Args:
        title: its title.
        arxiv: its arXiv id, or empty.
        doi: its DOI, or empty.
        key: its key; one that distinguishes works of its title replaces the title alone.
    """
    found = []
    if arxiv:
        found.append(f"arxiv:{arxiv}")
    if doi:
        found.append(f"doi:{doi}")
    if title.strip():
        name = f"title:{fingerprint(title)}"
        found.append(key if bare_title(key) == name else name)
    return tuple(found)


def bare_title(key: str) -> str:
    """Return a key by title without what distinguishes works of that title; any other identifier unchanged."""
    # A fingerprint has no hyphen, except that of a title of signs alone.
    if not key.startswith("title:") or "-" not in key:
        return key
    return re.sub(r"-[0-9a-f]{10}(?:-[0-9]{1,6})?\Z", "", key)


def fingerprint(title: str) -> str:
    """Return a title's fingerprint: NFKC, case-folded, letters and digits only.

    A title without any letter or digit is identified by its code points.
    """
    return _short_fingerprint(title) if len(title) <= _SHORT else _fingerprint(title)


def _fingerprint(title: str) -> str:
    if title.isascii():
        # The same in a tenth of the time.
        folded = title.lower()
        kept = folded.translate(_NO_WORD)
    else:
        folded = unicodedata.normalize("NFKC", title).casefold()
        kept = "".join(filter(str.isalnum, folded))
    return kept or "u" + "-".join(f"{ord(character):x}" for character in folded if not character.isspace())


# While a paper is added its title is asked for several times.
_short_fingerprint = lru_cache(maxsize=512)(_fingerprint)


def arxiv_id(text: str) -> str:
    """Return the arXiv id in an id, an address or an arXiv DOI, without version; empty if there is none.

    Takes `2401.12345v2`, `arXiv:hep-th/9901001`, `oai:arXiv.org:X`, addresses of arxiv.org, Hugging Face Papers and
    alphaXiv, and `10.48550/arXiv.X`. The whole text must be the id, not a number in a sentence.
    """
    found = _arxiv_in(text)
    if not found:
        return ""
    identifier = found[1]
    if "/" not in identifier:
        return identifier
    # arXiv itself uses math/0309136 for math.GT/0309136.
    archive, number = identifier.lower().split("/")
    return f"{archive.partition('.')[0]}/{number}"


def arxiv_version(text: str) -> int:
    """Return the version in an arXiv id as `arxiv_id` takes it: 2 of `2401.12345v2`; 0 if there is none."""
    found = _arxiv_in(text)
    digits = found[2] if found else None
    version = int(digits) if digits and len(digits) <= len(str(MOST_VERSIONS)) else 0
    return version if version <= MOST_VERSIONS else 0


def _arxiv_in(text: str) -> re.Match[str] | None:
    text = text.strip()
    if "." not in text and "/" not in text:
        return None
    if doi := _doi(text):
        inner = _ARXIV_DOI.fullmatch(doi)
        text = inner[1] if inner else ""
    else:
        # Most ids have no slash.
        host = _ARXIV_HOST.match(text) if "/" in text else None
        if host:
            text = re.split(r"[?#]", text[host.end() :])[0].rstrip("/")
            text = text.removesuffix(".pdf")
    return _ARXIV_ID.fullmatch(text)


def doi_of(text: str) -> str:
    """Return the lower-case DOI in a DOI or its address; empty if there is none or it is arXiv's own."""
    doi = _doi(text.strip())
    return "" if _ARXIV_DOI.fullmatch(doi) else doi.lower()


def _doi(text: str) -> str:
    """Return the DOI of a text that is a DOI, as spelled; else empty."""
    if "10." not in text:
        return ""
    if _ENCODED.search(text):
        text = unquote(text)
    found = _DOI.fullmatch(text)
    if not found:
        return ""
    doi, before = found[1], text[: found.start(1)].lower()
    if "/" in before and "doi.org/" not in before and "info:" not in before:
        doi = re.split(r"[?#]", doi)[0]
    if "/" in before:
        doi = unquote(doi)
    # It becomes a key, which is shown and typed: no invisible characters.
    return "".join(filter(str.isprintable, doi)).rstrip(".,;")


@lru_cache(maxsize=1_024)
def is_forge(host: str) -> bool:
    """Tell whether OWNER/NAME on this host (lower case, without `www.`) is a repository."""
    return _FORGE.fullmatch(host) is not None


def normalize_address(address: str) -> str:
    """Return a normalized form for comparison: no scheme, `www.` or last slash, lower-case host, `hf.co` in full.

    On forges owner and name are in lower case, too.
    """
    rest = _SCHEME.sub("", address)
    host, slash, path = rest.partition("/")
    host = {"hf.co": "huggingface.co"}.get(host.lower(), host.lower())
    path = (slash + path).rstrip("/")
    return host + (path.lower() if is_forge(host) else path)


def distinct_links(links: Iterable[Link]) -> tuple[Link, ...]:
    """Return links without duplicates (by `normalize_address`), in order of appearance.

    The first spelling wins; its empty `full` is filled in from a later one.
    """
    kept: dict[str, Link] = {}
    for link in links:
        key = normalize_address(link.url)
        known = kept.setdefault(key, link)
        if link.full and not known.full:
            kept[key] = replace(known, full=link.full)
    return tuple(kept.values())


def merge_links(*groups: Iterable[Link]) -> tuple[Link, ...]:
    """Return the distinct links of all groups, best source first: repositories, then in order of appearance."""
    links = tuple(chain(*groups))
    if len(links) <= 1:
        # As most papers have: there is nothing to compare and to sort.
        return links
    return tuple(sorted(distinct_links(links), key=lambda link: link.kind != "repo"))
