"""Single papers by id: understanding what was typed or pasted, and asking for each where it may be known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.feed import ADDED
from readlist.model.paper import Announcement, Paper
from readlist.model.time import more_exact
from readlist.sources.batch import Batch, Skip
from readlist.sources.formats import daily_papers as huggingface
from readlist.sources.formats.csl_json import first_text, people
from readlist.sources.formats.feed_entry import LABEL, WORD, bare, identifier_of
from readlist.sources.formats.json_values import Record, as_line, as_paragraphs
from readlist.sources.formats.markup import text_of_html
from readlist.sources.formats.reference_date import ReferenceDate, csl_date, most_exact
from readlist.sources.http.client import FetchError, Http, Reply
from readlist.sources.sites import arxiv
from readlist.sources.sites.huggingface import records
from readlist.text.clean import clean_line
from readlist.text.links import find_links

_CSL = "application/vnd.citationstyles.csl+json"
_AUTHORS = 5_000
_FAILURES = 2
"""Failures after which a site isn't asked any more."""

_NEXT = re.compile(r"[,;|]+(?=https?://|10\.\d{4,9}/|arxiv:|doi:|\d{4}\.\d{4,5})", re.IGNORECASE)


class Asked(Struct, frozen=True):
    """What somebody asked for.

    Attributes:
        identifiers: `arxiv:…` and `doi:…`, each once, in order.
        unknown: words, or whole lines, that name no paper.
    """

    identifiers: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def asked(text: str) -> Asked:
    """Return the papers named in a text: arXiv ids, DOIs, addresses of arXiv, Hugging Face Papers, alphaXiv, doi.org.

    Of a line that names papers the other words don't count; of any other line the words are unknown.
    """
    found: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for line in text.splitlines():
        words = [bare(word) for word in WORD.findall(_NEXT.sub(" ", LABEL.sub(r"\1:", line)))]
        named = [identifier for word in words if (identifier := identifier_of(word))]
        found |= dict.fromkeys(named)
        if not named:
            unknown |= dict.fromkeys(clean_line(word, 200) for word in words if word)
    return Asked(tuple(found), tuple(unknown))


def papers(
    identifiers: Sequence[str], http: Http, *, today: date, progress: Callable[[int], None] | None = None
) -> Batch:
    """Ask for single papers: Hugging Face Papers knows most of them best, then arXiv; DOIs where they lead to.

    Args:
        identifiers: `arxiv:…` and `doi:…`.
        http: the client.
        today: the present day, UTC.
        progress: told how many papers are in.

    Returns:
        The papers in the order asked. One that can't be asked for now has its identifier and an empty title, and a
        skip that says why; one that nobody knows is only in a skip.
    """
    asking = _Asking(http, today, progress or (lambda papers: None))
    ids = [each.removeprefix("arxiv:") for each in identifiers if each.startswith("arxiv:")]
    asking.by_hub(ids)
    asking.by_arxiv([each for each in ids if f"arxiv:{each}" not in asking.found])
    asking.by_doi([each.removeprefix("doi:") for each in identifiers if each.startswith("doi:")])
    return asking.batch(identifiers)


class _Asking:
    """Papers as they are found, and why others aren't."""

    def __init__(self, http: Http, today: date, progress: Callable[[int], None]) -> None:
        self.found: dict[str, tuple[Paper, Announcement]] = {}
        self._http = http
        self._today = today
        self._progress = progress
        self._waiting: dict[str, str] = {}
        self._remarks: dict[str, str] = {}

    def by_hub(self, ids: Iterable[str]) -> None:
        """Ask Hugging Face Papers for arXiv ids, until it turns out that it can't be asked."""
        failures = 0
        for identifier in ids:
            if failures >= _FAILURES:
                return
            address = f"{self._http.sites.huggingface}/api/papers/{quote(identifier)}"
            try:
                reply = self._http.get(address, accept="application/json")
                batch = huggingface.decode(records(reply, "a paper"), origin=address, feed=ADDED, day=self._today)
            except FetchError as error:
                failures += _FAILURES if error.offline else error.status != 404
                continue
            except ValueError:
                failures += 1
                continue
            self._take(item for item in batch.items if item[0].arxiv == identifier)

    def by_arxiv(self, ids: Sequence[str]) -> None:
        """Ask arXiv for ids, all at once."""
        if not ids:
            return
        batch = arxiv.papers(ids, self._http, feed=ADDED, today=self._today)
        self._take(batch.items)
        for identifier in ids:
            if batch.failure:
                self._waiting[f"arxiv:{identifier}"] = batch.failure.removeprefix(f"{ADDED}: ")
            elif f"arxiv:{identifier}" not in self.found:
                reason = "neither Hugging Face Papers nor arXiv knows this paper; check the id"
                self._remarks[f"arxiv:{identifier}"] = reason

    def by_doi(self, dois: Iterable[str]) -> None:
        """Ask the agency each DOI is registered with (https://citation.doi.org)."""
        offline = ""
        for doi in dois:
            key = f"doi:{doi}"
            if offline:
                self._waiting[key] = offline
                continue
            try:
                reply = self._http.get(f"{self._http.sites.doi}/{quote(doi, safe='/:;()')}", accept=_CSL)
                paper, remark = _cited(doi, reply)
            except FetchError as error:
                offline = str(error) if error.offline else ""
                if error.status in (404, 410) and error.url.startswith(f"{self._http.sites.doi}/"):
                    self._remarks[key] = "nobody knows this DOI; check it"
                else:
                    self._waiting[key] = str(error)
            except ValueError as error:
                self._waiting[key] = str(error)
            else:
                self._take([(paper, Announcement(ADDED, self._today, 1))])
                if remark:
                    self._remarks[key] = remark

    def _take(self, items: Iterable[tuple[Paper, Announcement]]) -> None:
        for paper, announcement in items:
            self.found[f"arxiv:{paper.arxiv}" if paper.arxiv else f"doi:{paper.doi}"] = (paper, announcement)
        self._progress(len(self.found))

    def batch(self, identifiers: Sequence[str]) -> Batch:
        """Return everything, in the order asked."""
        items: list[tuple[Paper, Announcement]] = []
        skipped: list[Skip] = []
        for identifier in dict.fromkeys(identifiers):
            kind, _, value = identifier.partition(":")
            if identifier in self._waiting and identifier not in self.found:
                waiting = Paper(
                    identifier, "", arxiv=value if kind == "arxiv" else "", doi=value if kind == "doi" else ""
                )
                self.found[identifier] = (waiting, Announcement(ADDED, self._today, 1))
                skipped.append(Skip(None, f"{value}: kept by its id until the next fetch: {self._waiting[identifier]}"))
            elif identifier in self._remarks:
                skipped.append(Skip(None, f"{value}: {self._remarks[identifier]}"))
            if identifier in self.found:
                paper, announcement = self.found[identifier]
                items.append((paper, replace(announcement, feed=ADDED, day=self._today, position=len(items) + 1)))
        return Batch("papers by id", "papers by id", ADDED, self._today, tuple(items), tuple(skipped), seen=self._today)


def _cited(doi: str, reply: Reply) -> tuple[Paper, str]:
    """Return the paper a citation in CSL JSON is of, and in words what of its date can't be read.

    The form is described at https://citeproc-js.readthedocs.io/en/latest/csl-json.

    Raises:
        ValueError: it is none, in words.
    """
    record = records(reply, "a citation")
    title = as_line(text_of_html(first_text(record.get("title")))) if isinstance(record, dict) else None
    if not isinstance(record, dict) or not title:
        raise ValueError("the citation its DOI leads to has no title")
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
    """Return the date of publication, or of registration where there is none."""
    issued, published, created = (csl_date(record.get(name)) for name in ("issued", "published", "created"))
    if issued.date is None or more_exact(issued.date, published.date) != issued.date:
        issued = most_exact([published, issued])
    return issued if issued.date else most_exact([created, issued])
