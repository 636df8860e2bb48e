"""Single papers by id: the identifiers in a text, and a look-up of each where it may be known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.feed import ADDED
from readlist.model.paper import Announcement, Paper
from readlist.model.time import more_exact
from readlist.sources.batch import Batch, LookupRequest, Skip
from readlist.sources.formats import daily_papers
from readlist.sources.formats.csl_json import first_text, people
from readlist.sources.formats.feed_entry import LABEL, WORD, bare, identifier_of
from readlist.sources.formats.json_values import Record, as_line, as_paragraphs
from readlist.sources.formats.markup import text_of_html
from readlist.sources.formats.reference_date import ReferenceDate, csl_date, most_exact
from readlist.sources.http.client import Http, Reply
from readlist.sources.http.failure import FetchError
from readlist.sources.sites.arxiv import Arxiv
from readlist.sources.sites.huggingface import parse_reply
from readlist.text.clean import clean_line
from readlist.text.links import find_links

_CSL = "application/vnd.citationstyles.csl+json"
_AUTHORS = 5_000
_FAILURES = 2
"""Failures after which a site isn't tried any more."""

_NEXT = re.compile(r"[,;|]+(?=https?://|10\.\d{4,9}/|arxiv:|doi:|\d{4}\.\d{4,5})", re.IGNORECASE)


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
    for line in text.splitlines():
        words = [bare(word) for word in WORD.findall(_NEXT.sub(" ", LABEL.sub(r"\1:", line)))]
        ids = [identifier for word in words if (identifier := identifier_of(word))]
        found |= dict.fromkeys(ids)
        if not ids:
            unknown |= dict.fromkeys(clean_line(word, 200) for word in words if word)
    return Identifiers(tuple(found), tuple(unknown))


class Lookup:
    """Single papers: Hugging Face Papers has the most details, then arXiv; DOIs by their registration agency."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._arxiv = Arxiv(http)

    def fetch(self, request: LookupRequest) -> Batch:
        """Look up papers.

        Returns:
            The papers in the order given. One whose site failed has its identifier, an empty title, and a skip with
            the reason; one that no site knows is only in a skip.
        """
        search = _Search(request)
        ids = [each.removeprefix("arxiv:") for each in request.identifiers if each.startswith("arxiv:")]
        self._on_hugging_face(ids, search)
        self._on_arxiv([each for each in ids if f"arxiv:{each}" not in search.found], search)
        self._dois([each.removeprefix("doi:") for each in request.identifiers if each.startswith("doi:")], search)
        return search.batch()

    def _on_hugging_face(self, ids: Iterable[str], search: _Search) -> None:
        """Look up arXiv ids one by one, until it fails too often."""
        failures = 0
        for identifier in ids:
            if failures >= _FAILURES:
                return
            address = f"{self._http.sites.huggingface}/api/papers/{quote(identifier)}"
            try:
                data = parse_reply(self._http.get(address, accept="application/json"), "a paper")
                batch = daily_papers.decode(data, origin=address, feed=ADDED, day=search.today)
            except FetchError as error:
                failures += _FAILURES if error.offline else error.status != 404
                continue
            except ValueError:
                failures += 1
                continue
            search.add(item for item in batch.items if item[0].arxiv == identifier)

    def _on_arxiv(self, ids: Sequence[str], search: _Search) -> None:
        """Look up arXiv ids, all in one request."""
        if not ids:
            return
        batch = self._arxiv.papers(ids, feed=ADDED, today=search.today)
        search.add(batch.items)
        for identifier in ids:
            if batch.failure:
                search.pending[f"arxiv:{identifier}"] = batch.failure.removeprefix(f"{ADDED}: ")
            elif f"arxiv:{identifier}" not in search.found:
                reason = "not found on Hugging Face Papers or arXiv; check the id"
                search.remarks[f"arxiv:{identifier}"] = reason

    def _dois(self, dois: Iterable[str], search: _Search) -> None:
        """Ask the agency each DOI is registered with (https://citation.doi.org)."""
        offline = ""
        for doi in dois:
            key = f"doi:{doi}"
            if offline:
                search.pending[key] = offline
                continue
            try:
                reply = self._http.get(f"{self._http.sites.doi}/{quote(doi, safe='/:;()')}", accept=_CSL)
                paper, remark = _paper(doi, reply)
            except FetchError as error:
                offline = str(error) if error.offline else ""
                if error.status in (404, 410) and error.url.startswith(f"{self._http.sites.doi}/"):
                    search.remarks[key] = "unknown DOI; check it"
                else:
                    search.pending[key] = str(error)
            except ValueError as error:
                search.pending[key] = str(error)
            else:
                search.add([(paper, Announcement(ADDED, search.today, 1))])
                if remark:
                    search.remarks[key] = remark


class _Search:
    """The result of a look-up so far.

    Attributes:
        found: by identifier.
        pending: by identifier, why its site failed.
        remarks: by identifier, why it is unknown, or what of it can't be read.
    """

    def __init__(self, request: LookupRequest) -> None:
        self.today = request.today
        self.found: dict[str, tuple[Paper, Announcement]] = {}
        self.pending: dict[str, str] = {}
        self.remarks: dict[str, str] = {}
        self._request = request

    def add(self, items: Iterable[tuple[Paper, Announcement]]) -> None:
        for paper, announcement in items:
            self.found[f"arxiv:{paper.arxiv}" if paper.arxiv else f"doi:{paper.doi}"] = (paper, announcement)
        self._request.progress(len(self.found))

    def batch(self) -> Batch:
        items: list[tuple[Paper, Announcement]] = []
        skipped: list[Skip] = []
        for identifier in dict.fromkeys(self._request.identifiers):
            kind, _, value = identifier.partition(":")
            if identifier in self.pending and identifier not in self.found:
                paper = replace(Paper(identifier, ""), **{kind: value})
                self.found[identifier] = (paper, Announcement(ADDED, self.today, 1))
                skipped.append(Skip(None, f"{value}: title pending until the next fetch: {self.pending[identifier]}"))
            elif identifier in self.remarks:
                skipped.append(Skip(None, f"{value}: {self.remarks[identifier]}"))
            if identifier in self.found:
                paper, announcement = self.found[identifier]
                items.append((paper, replace(announcement, feed=ADDED, day=self.today, position=len(items) + 1)))
        return Batch("papers by id", "papers by id", ADDED, self.today, tuple(items), tuple(skipped), seen=self.today)


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


def _published(record: Record) -> ReferenceDate:
    """Return the date of publication, else of registration."""
    issued, published, created = (csl_date(record.get(name)) for name in ("issued", "published", "created"))
    if issued.date is None or more_exact(issued.date, published.date) != issued.date:
        issued = most_exact([published, issued])
    return issued if issued.date else most_exact([created, issued])
