"""Where a paper can be read: the addresses that follow from its ids and links."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from readlist.model.edition import copied_address, editions, html_of, pdf_of, repo_of
from readlist.model.paper import Link, LinkKind
from tests.support.papers import make_paper


@pytest.mark.parametrize(
    ("url", "pdf"),
    [
        ("https://openreview.net/forum?id=a_-B&noteId=1", "https://openreview.net/pdf?id=a_-B"),
        ("https://aclanthology.org/2023.acl-long.1/", "https://aclanthology.org/2023.acl-long.1.pdf"),
        ("https://www.aclweb.org/anthology/P18-1001", "https://aclanthology.org/P18-1001.pdf"),
        (
            "https://proceedings.mlr.press/v139/radford21a.html",
            "https://proceedings.mlr.press/v139/radford21a/radford21a.pdf",
        ),
        (
            "https://openaccess.thecvf.com/content/CVPR2023/html/Li_X_CVPR_2023_paper.html",
            "https://openaccess.thecvf.com/content/CVPR2023/papers/Li_X_CVPR_2023_paper.pdf",
        ),
        (
            "https://papers.nips.cc/paper/2017/hash/3f5e-Abstract.html".replace("-A", "ee-A"),
            "https://proceedings.neurips.cc/paper/2017/file/3f5eee-Paper.pdf",
        ),
        (
            "https://proceedings.neurips.cc/paper_files/paper/2023/hash/ab1-Abstract-Conference.html",
            "https://proceedings.neurips.cc/paper_files/paper/2023/file/ab1-Paper-Conference.pdf",
        ),
        (
            "https://www.biorxiv.org/content/10.1101/2023.01.01.5222v1",
            "https://www.biorxiv.org/content/10.1101/2023.01.01.5222v1.full.pdf",
        ),
        ("https://jmlr.org/papers/v22/20-1234.html", "https://jmlr.org/papers/volume22/20-1234/20-1234.pdf"),
        ("https://eprint.iacr.org/2023/123", "https://eprint.iacr.org/2023/123.pdf"),
        ("https://dl.acm.org/doi/abs/10.1145/32925.330701", "https://dl.acm.org/doi/pdf/10.1145/32925.330701"),
        ("https://lab.example/paper.PDF?dl=1", "https://lab.example/paper.PDF?dl=1"),
        ("https://openreview.net.evil.example/forum?id=a", ""),
        ("https://aclanthology.org@evil.example/2023.acl-long.1", ""),
        ("https://openreview.net/forum", ""),
        ("https://lab.example/pdf", ""),
        ("file:///x.pdf", ""),
        ("https://[", ""),
    ],
)
def test_the_pdf_of_a_page_follows_its_publishers_rule(url: str, pdf: str) -> None:
    assert pdf_of(make_paper(1, arxiv="", links=(Link(url, "paper"),))) == pdf


@pytest.mark.parametrize(
    ("doi", "pdf"),
    [
        ("10.18653/v1/2023.acl-long.1", "https://aclanthology.org/2023.acl-long.1.pdf"),
        ("10.1145/3292500.3330701", "https://dl.acm.org/doi/pdf/10.1145/3292500.3330701"),
        ("10.1000/182", ""),
    ],
)
def test_the_pdf_of_a_doi_is_known_where_it_ends_in_the_publishers_own_id(doi: str, pdf: str) -> None:
    assert pdf_of(make_paper(1, arxiv="", doi=doi, links=())) == pdf


@pytest.mark.parametrize("kind", ["repo", "data"])
def test_a_file_in_a_repository_is_not_the_paper(kind: LinkKind) -> None:
    link = Link("https://github.com/lab/code", kind, "https://github.com/lab/code/blob/main/poster.pdf")
    paper = make_paper(1, arxiv="", links=(link,))
    assert pdf_of(paper) == ""
    assert repo_of(paper) == (link.full if kind == "repo" else "")


def test_arxivs_own_addresses_come_first() -> None:
    paper = make_paper(6, arxiv="hep-th/9901001", links=(Link("https://lab.example/x.pdf", "paper"),))
    assert html_of(paper) == "https://arxiv.org/html/hep-th/9901001"
    assert [(each.kind, each.url) for each in editions(paper)] == [
        ("page", "https://arxiv.org/abs/hep-th/9901001"),
        ("pdf", "https://arxiv.org/pdf/hep-th/9901001"),
        ("html", "https://arxiv.org/html/hep-th/9901001"),
        ("huggingface", "https://huggingface.co/papers/hep-th/9901001"),
        ("alphaxiv", "https://www.alphaxiv.org/abs/hep-th/9901001"),
        ("project", ""),
        ("repo", ""),
    ]


def test_copying_prefers_repo_then_project_then_paper() -> None:
    paper = make_paper(6)
    assert copied_address(paper) == ("https://github.com/lab/code-6", "repo link")
    paper = replace(paper, links=paper.links[1:])
    assert copied_address(paper) == ("https://lab.github.io/page-6", "project page")
    paper = replace(paper, links=())
    assert copied_address(paper) == ("https://arxiv.org/abs/2608.00006", "paper page")
    assert copied_address(replace(paper, arxiv="")) == ("", "")
