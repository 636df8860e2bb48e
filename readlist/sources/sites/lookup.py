"""Single papers by id: the identifiers in a text, and a look-up of each where it may be known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.feed import ADDED
from readlist.model.paper import Announcement, Paper
from readlist.model.time import more_exact
from readlist.pattern import pattern
from readlist.sources.batch import Batch, LookupRequest, Skip
from readlist.sources.formats import daily_papers
from readlist.sources.formats.csl_json import csl_date, first_text, people
from readlist.sources.formats.feed_entry import LABEL, WORD, bare, identifier_of
from readlist.sources.formats.json_values import Record, as_line, as_paragraphs
from readlist.sources.formats.markup import text_of_html
from readlist.sources.http.client import Http, Reply
from readlist.sources.http.failure import FetchError
from readlist.sources.sites.arxiv_api import ArxivApi
from readlist.sources.sites.huggingface import parse_reply
from readlist.text.clean import clean_line
from readlist.text.dates import WrittenDate, most_exact
from readlist.text.links import find_links

_CSL = "application/vnd.citationstyles.csl+json"
_AUTHORS = 5_000
_FAILURES = 2
"""Failures after which a site isn't tried any more."""

# A run of signs is looked at once, from its beginning.
_NEXT = pattern(r"(?<![,;|])[,;|]++(?=https?://|10\.\d{4,9}/|arxiv:|doi:|\d{4}\.\d{4,5})", re.IGNORECASE)


class Identifiers(Struct, frozen=True):
    """The papers named in a text.

    Attributes:
        identifiers: `arxiv:…` and `doi:…`, each once, in order.
        unknown: words of lines without any identifier.
    """

    identifiers: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def find_identifiers(text: str) -> Identifiers:
    """Return the arXiv ids and DOIs in a text, also in addresses of arXiv, Hugging Face Papers, alphaXiv, doi.org.

    Other words of a line with identifiers don't count.
    """
    found: dict[str, None] = {}
    unknown: dict[str, None] = {}
    # Lines and words that come again say nothing new.
    for line in dict.fromkeys(text.splitlines()):
        words = [bare(word) for word in dict.fromkeys(WORD.findall(_NEXT.sub(" ", LABEL.sub(r"\1:", line))))]
        ids = [identifier for word in words if (identifier := identifier_of(word))]
        found |= dict.fromkeys(ids)
        if not ids:
            unknown |= dict.fromkeys(clean_line(word, 200) for word in words if word)
    return Identifiers(tuple(found), tuple(unknown))


class Lookup:
    """Single papers: Hugging Face Papers has the most details, then arXiv; DOIs by their registration agency."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def fetch(self, request: LookupRequest) -> Batch:
        """Look up papers.

        Returns:
            The papers in the order given. One whose site failed has its identifier, an empty title, and a skip with
            the reason; one that no site knows is only in a skip.
        """
        return _Search(self._http, request).batch()


class _Search:
    """One look-up: the papers found by identifier, why others are pending, and remarks."""

    def __init__(self, http: Http, request: LookupRequest) -> None:
        self._http, self._today, self._progress = http, request.today, request.progress
        self._identifiers = tuple(dict.fromkeys(request.identifiers))
        self._found: dict[str, Paper] = {}
        self._announcements: dict[str, Announcement] = {}
        self._pending: dict[str, str] = {}
        self._remarks: dict[str, str] = {}

    def batch(self) -> Batch:
        """Look up all papers."""
        self._on_hugging_face()
        self._on_arxiv()
        self._dois()
        items: list[tuple[Paper, Announcement]] = []
        skipped: list[Skip] = []
        for identifier in self._identifiers:
            kind, _, value = identifier.partition(":")
            paper = self._found.get(identifier)
            if paper is None and identifier in self._pending:
                paper = replace(Paper(identifier, ""), **{kind: value})
                skipped.append(Skip(None, f"{value}: title pending until the next fetch: {self._pending[identifier]}"))
            elif remark := self._remarks.get(identifier):
                skipped.append(Skip(None, f"{value}: {remark}"))
            if paper is not None:
                announcement = self._announcements.get(identifier, Announcement(ADDED, self._today, 1))
                items.append((paper, replace(announcement, feed=ADDED, day=self._today, position=len(items) + 1)))
        return Batch("papers by id", "papers by id", ADDED, self._today, tuple(items), tuple(skipped), seen=self._today)

    def _missing(self, kind: str) -> list[str]:
        """Return the ids or DOIs that are not found yet."""
        return [
            each.removeprefix(kind) for each in self._identifiers if each.startswith(kind) and each not in self._found
        ]

    def _add(self, papers: Mapping[str, Paper]) -> None:
        self._found |= papers
        self._progress(len(self._found))

    def _on_hugging_face(self) -> None:
        """Look up arXiv ids one by one, until it fails too often."""
        failures = 0
        for arxiv in self._missing("arxiv:"):
            if failures >= _FAILURES:
                return
            address = f"{self._http.sites.huggingface}/api/papers/{quote(arxiv)}"
            try:
                data = parse_reply(self._http.get(address, accept="application/json"), "a paper")
                batch = daily_papers.decode(data, origin=address, feed=ADDED, day=self._today)
            except FetchError as error:
                failures += _FAILURES if error.offline else error.status != 404
                continue
            except ValueError:
                failures += 1
                continue
            for paper, announcement in batch.items:
                if paper.arxiv == arxiv:
                    self._announcements[f"arxiv:{arxiv}"] = announcement
                    self._add({f"arxiv:{arxiv}": paper})

    def _on_arxiv(self) -> None:
        """Look up the other arXiv ids, all in one request."""
        if not (ids := self._missing("arxiv:")):
            return
        try:
            self._add(
                {f"arxiv:{arxiv}": paper for arxiv, paper in ArxivApi(self._http).papers(ids, self._today).items()}
            )
        except ValueError as error:
            self._pending |= {f"arxiv:{arxiv}": str(error) for arxiv in ids}
        reason = "not found on Hugging Face Papers or arXiv; check the id"
        self._remarks |= {f"arxiv:{arxiv}": reason for arxiv in self._missing("arxiv:")}

    def _dois(self) -> None:
        """Ask the agency each DOI is registered with (https://citation.doi.org)."""
        offline = ""
        for doi in self._missing("doi:"):
            key = f"doi:{doi}"
            if offline:
                self._pending[key] = offline
                continue
            try:
                reply = self._http.get(f"{self._http.sites.doi}/{quote(doi, safe='/:;()')}", accept=_CSL)
                paper, self._remarks[key] = _paper(doi, reply)
                self._add({key: paper})
            except FetchError as error:
                offline = str(error) if error.offline else ""
                if error.status in (404, 410) and error.url.startswith(f"{self._http.sites.doi}/"):
                    self._remarks[key] = "unknown DOI; check it"
                else:
                    self._pending[key] = str(error)
            except ValueError as error:
                self._pending[key] = str(error)


def _paper(doi: str, reply: Reply) -> tuple[Paper, str]:
    """Return the paper of a citation in CSL JSON, and a remark if its date can't be read.

    Format: https://citeproc-js.readthedocs.io/en/latest/csl-json.

    Raises:
        ValueError: it is not a citation; one line.
    """
    record = parse_reply(reply, "a citation")
    title = as_line(text_of_html(first_text(record.get("title")))) if isinstance(record, dict) else None
    if not isinstance(record, dict) or not title:
        raise ValueError("the citation of this DOI has no title")
    subtitle = as_line(text_of_html(first_text(record.get("subtitle"))))
    if subtitle and subtitle.casefold() not in title.casefold():
        title = f"{title}: {subtitle}"
    abstract = as_paragraphs(text_of_html(first_text(record.get("abstract")))) or ""
    published = _published(record)
    paper = Paper(
        key=f"doi:{doi}",
        title=title,
        abstract=re.sub(r"\A(?:Abstract|ABSTRACT|Summary)\b[\s.:]*", "", abstract),
        authors=tuple(people(record.get("author")))[:_AUTHORS],
        published=published.date,
        doi=doi,
        links=tuple(find_links(abstract)),
    )
    return paper, published.remark


def _published(record: Record) -> WrittenDate:
    """Return the date of publication, else of registration."""
    issued, published, created = (csl_date(record.get(name)) for name in ("issued", "published", "created"))
    if issued.date is None or more_exact(issued.date, published.date) != issued.date:
        issued = most_exact([published, issued])
    return issued if issued.date else most_exact([created, issued])
