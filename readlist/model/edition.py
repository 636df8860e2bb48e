"""The addresses under which a paper can be read or run: page, PDF, HTML, project, repository (pure)."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, urlsplit

from msgspec import Struct

from readlist.model.paper import Link, Paper


class Edition(Struct, frozen=True):
    """One address of a paper.

    Attributes:
        kind: `page`, `pdf`, `html`, `huggingface`, `alphaxiv`, `project` or `repo`.
        title: its name in a menu.
        noun: its name in a sentence, to be counted.
        url: the address; empty if the paper has none.
    """

    kind: str
    title: str
    noun: str
    url: str


# Compiled on first use. Where publishers keep the PDF of a page: host, path of the page, path of the PDF.
_PDF_RULES = (
    # https://aclanthology.org/faq/
    (r"aclanthology\.org", r"/([\w.-]+?)/?", r"https://aclanthology.org/\1.pdf"),
    (r"aclweb\.org", r"/anthology/(?:papers/.*/)?([\w.-]+?)/?", r"https://aclanthology.org/\1.pdf"),
    (r"proceedings\.mlr\.press", r"/([vr]\d+)/([\w-]+)\.html", r"https://proceedings.mlr.press/\1/\2/\2.pdf"),
    (
        r"openaccess\.thecvf\.com",
        r"/(content[\w/-]*)/html/([\w.-]+)\.html",
        r"https://openaccess.thecvf.com/\1/papers/\2.pdf",
    ),
    (
        r"papers\.nips\.cc|(?:proceedings|papers)\.neurips\.cc",
        r"/(paper(?:_files/paper)?/\d{4})/hash/([0-9a-f]+)-Abstract(-[\w-]+)?\.html",
        r"https://proceedings.neurips.cc/\1/file/\2-Paper\3.pdf",
    ),
    (r"(?:bio|med)rxiv\.org", r"(/content/10\.\d{4,9}/[\w.-]+?)(?:\.full)?/?", r"https://www.{host}\1.full.pdf"),
    (r"jmlr\.org", r"/papers/v(\d+)/([\w-]+)\.html", r"https://jmlr.org/papers/volume\1/\2/\2.pdf"),
    (r"eprint\.iacr\.org", r"/(\d{4}/\d+)/?", r"https://eprint.iacr.org/\1.pdf"),
    (r"dl\.acm\.org", r"/doi/(?:(?:abs|full|fullHtml)/)?(10\.\d{4,9}/[\w.-]+)", r"https://dl.acm.org/doi/pdf/\1"),
)
# DOIs of the ACL Anthology end in its own id.
_ACL_DOI = r"10\.(?:18653|3115)/v1/([a-z0-9.-]+)"


def copied_address(paper: Paper) -> tuple[str, str]:
    """Return the address a paper is copied by, and its name: the repo, else the project page, else its own page."""
    if paper.repo:
        return paper.repo, "repo link"
    if project := _first(paper, "project"):
        return project.url, "project page"
    return (paper.page, "paper page") if paper.page else ("", "")


def repo_of(paper: Paper) -> str:
    """Return the address of a paper's repository at the path its text names, or empty."""
    found = _first(paper, "repo")
    return found.target if found else ""


def pdf_of(paper: Paper) -> str:
    """Return the address of a paper's PDF, or empty: arXiv's, a link that ends in .pdf, else its publisher's."""
    if paper.arxiv:
        return f"https://arxiv.org/pdf/{paper.arxiv}"
    links = [link.target for link in paper.links if link.kind not in ("repo", "data")]
    for url in links:
        if _parts(url)[1].lower().endswith(".pdf"):
            return url
    return next((pdf for pdf in map(_publishers_pdf, links) if pdf), "") or _pdf_by_doi(paper.doi)


def html_of(paper: Paper) -> str:
    """Return the address of a paper's text as a web page, or empty: arXiv has one of most papers since 2023."""
    return f"https://arxiv.org/html/{paper.arxiv}" if paper.arxiv else ""


def editions(paper: Paper) -> tuple[Edition, ...]:
    """Return all addresses of a paper in the order of a menu, those it lacks with an empty one."""
    project = _first(paper, "project")
    arxiv = quote(paper.arxiv)
    return (
        Edition("page", "Page", "page", paper.page),
        Edition("pdf", "PDF", "PDF", pdf_of(paper)),
        Edition("html", "HTML", "HTML page", html_of(paper)),
        Edition("huggingface", "Hugging Face", "Hugging Face page", arxiv and f"https://huggingface.co/papers/{arxiv}"),
        Edition("alphaxiv", "alphaXiv", "alphaXiv page", arxiv and f"https://www.alphaxiv.org/abs/{arxiv}"),
        Edition("project", "Project", "project page", project.target if project else ""),
        Edition("repo", "Repo", "repo", repo_of(paper)),
    )


def _first(paper: Paper, kind: str) -> Link | None:
    return next((link for link in paper.links if link.kind == kind), None)


def _parts(url: str) -> tuple[str, str, str]:
    """Return host, path and query of a web address; empty for any other."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or "@" in parts.netloc:
            return "", "", ""
        return (parts.hostname or "").removeprefix("www."), parts.path, parts.query
    except ValueError:
        return "", "", ""


def _publishers_pdf(url: str) -> str:
    """Return the PDF that belongs to the page of a paper, or empty."""
    host, path, query = _parts(url)
    if host == "openreview.net" and path in ("/forum", "/pdf"):
        number = next(iter(parse_qs(query).get("id", ())), "")
        return f"https://openreview.net/pdf?id={quote(number, safe='')}" if number else ""
    for hosts, page, pdf in _PDF_RULES:
        if re.fullmatch(hosts, host) and (found := re.fullmatch(page, path)):
            return found.expand(pdf.replace("{host}", host))
    return ""


def _pdf_by_doi(doi: str) -> str:
    if found := re.fullmatch(_ACL_DOI, doi):
        return f"https://aclanthology.org/{found[1]}.pdf"
    return f"https://dl.acm.org/doi/pdf/{quote(doi)}" if doi.startswith("10.1145/") else ""
