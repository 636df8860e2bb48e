"""What can be copied of papers: links, title, citation, references, abstract, note; of several papers as one text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from readlist.model.edition import copied_address, pdf_of, repo_of
from readlist.model.paper import Link, Paper
from readlist.services.exporter import REFERENCES, references
from readlist.shelf import Entry
from readlist.text.clean import counted, drawable, readable
from readlist.text.host import host_of, is_web

_AUTHORS = 6


class ExcerptKind(Struct, frozen=True):
    """One thing that can be copied of a paper.

    Attributes:
        title: its name in a menu.
        noun: its name in a sentence, to be counted.
        text: returns it, empty if the paper has none.
        is_link: whether it is a web address.
        is_long: whether several are set apart by their papers' titles.
    """

    title: str
    noun: str
    text: Callable[[Entry], str]
    is_link: bool = False
    is_long: bool = False


class Excerpt(Struct, frozen=True):
    """What is copied of some papers.

    Attributes:
        text: the text; empty if none of them has any.
        name: what it is, for `Copied …`: `repo link`, `2 repo links`.
        lacking: which papers have none, ` (1 paper has none)`; empty if all have.
        warning: the host of an address that hides where it leads and how it does, to follow the name; else empty.
        refused: an address that is not http or https, if there is no other; else empty.
    """

    text: str
    name: str
    lacking: str = ""
    warning: str = ""
    refused: str = ""


def title_of(paper: Paper) -> str:
    """Return a title as one readable line; empty for a paper that has none yet."""
    return drawable(readable(paper.title)).strip()


def citation(paper: Paper) -> str:
    """Return a paper on one line: authors, year, title, page."""
    names = ", ".join(paper.authors[:_AUTHORS]) + (" et al." if len(paper.authors) > _AUTHORS else "")
    year = f" ({paper.published.year})" if paper.published else ""
    title = title_of(paper)
    begin = f"{names.removesuffix('.')}{year}. {title}" if names and title else f"{names or title}{year}"
    return f"{begin}. {paper.page}".strip(" .")


def markdown_link(paper: Paper) -> str:
    """Return a paper's title as a Markdown link to its page, else to its project or repo; empty without either."""
    url, title = paper.page or copied_address(paper)[0], title_of(paper) or paper.key
    for sign in "\\[]":
        title = title.replace(sign, f"\\{sign}")
    # These would end the link (https://spec.commonmark.org/0.31.2/#link-destination).
    for sign in "()<>":
        url = url.replace(sign, f"%{ord(sign):02X}")
    return f"[{title}]({url})" if is_web(url) else ""


def _project(entry: Entry) -> str:
    return next((link.target for link in entry.paper.links if link.kind == "project"), "")


def _reference(form: str) -> Callable[[Entry], str]:
    return lambda entry: references([entry], form)


KINDS: Mapping[str, ExcerptKind] = MappingProxyType(
    {
        "repo": ExcerptKind("Repo link", "repo link", lambda entry: repo_of(entry.paper), is_link=True),
        "page": ExcerptKind("Paper page", "paper page", lambda entry: entry.paper.page, is_link=True),
        "pdf": ExcerptKind("PDF link", "PDF link", lambda entry: pdf_of(entry.paper), is_link=True),
        "markdown": ExcerptKind("Markdown link", "Markdown link", lambda entry: markdown_link(entry.paper)),
        "title": ExcerptKind("Title", "title", lambda entry: title_of(entry.paper)),
        "citation": ExcerptKind("Citation", "citation", lambda entry: citation(entry.paper)),
        "bibtex": ExcerptKind("BibTeX", "BibTeX", _reference("bibtex")),
        "abstract": ExcerptKind(
            "Abstract", "abstract", lambda entry: readable(entry.paper.abstract).strip(), is_long=True
        ),
        "note": ExcerptKind("Note", "note", lambda entry: entry.mark.note.strip(), is_long=True),
        "project": ExcerptKind("Project page", "project page", _project, is_link=True),
        "ris": ExcerptKind("RIS", "RIS", _reference("ris")),
        "csl": ExcerptKind("CSL-JSON", "CSL-JSON", _reference("csl")),
    }
)
"""What can be copied, in the order of the menu."""


def best_link(entries: Sequence[Entry]) -> Excerpt:
    """Return the repo link of a paper, else its project page, else its own page.

    Of several papers, it returns those of the first of these kinds that any of them has.
    """
    found = Excerpt("", "link")
    for kind, noun in (("repo", "repo link"), ("project", "project page"), ("page", "paper page")):
        found = _links([_root(entry.paper, kind) for entry in entries], noun)
        if found.text or found.refused:
            return found
    return found


def excerpt(entries: Sequence[Entry], what: str) -> Excerpt:
    """Return one of `KINDS` of some papers: links and lines one below the other, long texts below their titles."""
    kind = KINDS[what]
    if what in REFERENCES:
        text = references(entries, what)
        return Excerpt(text, kind.noun if len(entries) == 1 else f"{kind.noun} of {counted(len(entries), 'paper')}")
    texts = [kind.text(entry) for entry in entries]
    if kind.is_link:
        return _links(texts, kind.noun)
    found = [(entry, text) for entry, text in zip(entries, texts, strict=True) if text]
    if kind.is_long and len(entries) > 1:
        text = "\n\n\n".join(f"{title_of(entry.paper) or entry.paper.key}\n\n{text}" for entry, text in found)
    else:
        text = "\n".join(text for _, text in found)
    return Excerpt(text, _counted(kind.noun, len(found), len(entries)), _lacking(len(entries) - len(found)))


def link_excerpt(link: Link) -> Excerpt:
    """Return one link of a paper."""
    return _links([link.target], f"{link.kind} link")


def _root(paper: Paper, kind: str) -> str:
    """Return the page of a paper, or its first link of a kind: of a repo its root, to open or clone."""
    return paper.page if kind == "page" else next((link.url for link in paper.links if link.kind == kind), "")


def _links(urls: Sequence[str], noun: str) -> Excerpt:
    """Return web addresses, each once; anything else that calls itself one is refused."""
    found = [url for url in urls if is_web(url)]
    distinct = list(dict.fromkeys(found))
    hidden = next((host for host in map(host_of, distinct) if host.warning), None)
    warning = f" of {hidden.shown or 'an unknown host'} (beware: {hidden.warning})" if hidden else ""
    refused = next((url for url in urls if url and not is_web(url)), "") if not found else ""
    return Excerpt(
        "\n".join(distinct),
        _counted(noun, len(distinct), len(urls)),
        _lacking(len(urls) - len(found)),
        warning,
        refused,
    )


def _counted(noun: str, number: int, papers: int) -> str:
    return noun if papers == 1 else counted(number, noun)


def _lacking(papers: int) -> str:
    return f" ({counted(papers, 'paper')} {'has' if papers == 1 else 'have'} none)" if papers else ""
