"""Lists by id and address: which papers are taken of each form, with which ids, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec import Struct

from readlist.paper import Paper, fingerprint
from readlist.sources import files
from readlist.sources.base import Batch
from tests.sources.catalog_forms import ARXIV, LISTS, PAGES, PAPERS, Form, Known

TODAY = date(2026, 3, 8)


def read(folder: Path, text: str, name: str = "list.txt") -> Batch:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    (batch,) = files.read([path], today=TODAY)
    return batch


def papers(batch: Batch) -> list[Paper]:
    assert not batch.failure
    return [paper for paper, _ in batch.items]


def known(title: str) -> Known | None:
    return next((one for one in PAPERS if fingerprint(one.title) == fingerprint(title)), None)


@pytest.mark.parametrize("form", ARXIV, ids=lambda form: form.name)
def test_each_paper_of_arxivs_own_lists_is_whole(tmp_path: Path, form: Form) -> None:
    batch = read(tmp_path, form.text, f"list{form.suffix}")
    found = papers(batch)
    assert batch.feed == "arXiv"
    assert [(paper.arxiv, paper.title, paper.authors) for paper in found] == [
        (one.id, one.title, one.authors) for one in PAPERS
    ]
    if "{abstract}" in form.item or "{wrapped}" in form.item:
        assert all(" ".join(p.abstract.split()).startswith(one.abstract) for p, one in zip(found, PAPERS, strict=True))


class TestArxiv:
    def test_days_of_a_list_of_several(self, tmp_path: Path) -> None:
        text = (
            "Fri, 6 Mar 2026 (showing 1 of 1 entries )\n[1] arXiv:2603.00001 [pdf]\nTitle: One Lamp\nAda Muster\n"
            "Subjects: Robotics (cs.RO)\n\nThu, 5 Mar 2026 (showing 1 of 1 entries )\n[2] arXiv:2603.00002 [pdf]\n"
            "Title: Two Lamps\nBen Muster\nSubjects: Robotics (cs.RO)\n"
        )
        batch = read(tmp_path, text)
        assert batch.kind == "arXiv list"
        assert [announcement.day for _, announcement in batch.items] == [date(2026, 3, 6), date(2026, 3, 5)]

    def test_a_paper_listed_twice_is_one(self, tmp_path: Path) -> None:
        form = next(form for form in ARXIV if "replacements" in form.name and "mail" not in form.name)
        assert len(papers(read(tmp_path, form.text))) == len(PAPERS)

    def test_wrapped_titles_and_names(self, tmp_path: Path) -> None:
        text = (
            "\\\\\narXiv:hep-th/9901001\nDate: Wed, 4 Mar 2026 00:11:42 GMT   (1kb)\n\n"
            "Title: Strings of Lamps, Bathrooms and\n"
            "  Corridors\nAuthors: Ada Muster (1), Ben Muster (1 and 2),\n  Cy Test ((1) MIT, (2) ETH)\n"
            "Categories: hep-th\n"
            "\\\\\n  We study lamps.\n\\\\ ( https://arxiv.org/abs/hep-th/9901001 ,  1kb)\n"
        )
        batch = read(tmp_path, text)
        (paper,) = papers(batch)
        assert batch.kind == "arXiv mail"
        assert paper.arxiv == "hep-th/9901001"
        assert paper.title == "Strings of Lamps, Bathrooms and Corridors"
        assert paper.authors == ("Ada Muster", "Ben Muster", "Cy Test")
        assert (paper.abstract, paper.published, paper.keywords) == ("We study lamps.", date(2026, 3, 4), ("hep-th",))

    @pytest.mark.parametrize("head", ["arXiv:2603.04117 (cs)\n[Submitted on 6 Mar 2026]\n", ""])
    def test_the_page_of_a_paper(self, tmp_path: Path, head: str) -> None:
        text = (
            f"Skip to main content\n{head}Title:Lantern Routing\nAuthors:Mira Okafor, Tomás Lindqvist\n"
            "View a PDF of the paper titled Lantern Routing, by Mira Okafor and 1 other authors\nView PDF\n"
            "Abstract:We route attention. Code: https://github.com/lantern-lab/routing\nComments:\t9 pages\n"
            "Subjects:\tRobotics (cs.RO); Machine Learning (cs.LG)\nCite as:\tarXiv:2603.04117 [cs.RO]\n"
            " \t(or arXiv:2603.04117v1 [cs.RO] for this version)\n\nSubmission history\n"
            "From: Mira Okafor [view email]\n"
            "[v1] Fri, 6 Mar 2026 09:00:01 UTC (1,204 KB)\nReferences & Citations\n"
        )
        batch = read(tmp_path, text)
        (paper,) = papers(batch)
        assert batch.kind == "arXiv page"
        assert (paper.arxiv, paper.title) == ("2603.04117", "Lantern Routing")
        assert paper.authors == ("Mira Okafor", "Tomás Lindqvist")
        assert paper.abstract == "We route attention. Code: https://github.com/lantern-lab/routing"
        assert paper.repo == "https://github.com/lantern-lab/routing"
        assert paper.keywords == ("cs.RO", "cs.LG")
        assert not head or paper.published == date(2026, 3, 6)


class Found(Struct):
    """How the papers of a form were found."""

    right: int = 0
    wrong: int = 0
    taken: int = 0
    titled: int = 0


def found_in(batch: Batch, form: Form) -> Found:
    """Count the papers taken of a form: right are those whose id and title belong together."""
    ids = {name: one for one in PAPERS for name in (one.id, f"10.5555/{one.id.replace('.', '')}")}
    found = Found(taken=len(batch.items))
    for paper, _ in batch.items:
        by_id, by_title = ids.get(paper.arxiv or paper.doi), known(paper.title)
        found.titled += by_title is not None
        if by_id and by_title and by_id is not by_title:
            found.wrong += 1
        elif (by_id and (by_title or not paper.title)) or (by_title and not form.named and not paper.arxiv):
            found.right += 1
    return found


@pytest.mark.parametrize("form", (*LISTS, *PAGES), ids=lambda form: form.name)
def test_each_form_gives_its_papers_and_no_wrong_id(tmp_path: Path, form: Form) -> None:
    batch = read(tmp_path, form.text, f"list{form.suffix}")
    assert not batch.failure
    found = found_in(batch, form)
    assert (found.right, found.taken, found.wrong) == (len(PAPERS), len(PAPERS), 0)
    assert found.titled == (len(PAPERS) if form.titled else 0)


def test_precision_and_recall_over_all_forms(tmp_path: Path) -> None:
    total = Found()
    for form in (*ARXIV, *LISTS, *PAGES):
        for ends in ("\n", "\r\n"):
            found = found_in(read(tmp_path, form.text.replace("\n", ends), f"list{form.suffix}"), form)
            total.right += found.right
            total.wrong += found.wrong
            total.taken += found.taken
    forms = len((*ARXIV, *LISTS, *PAGES)) * 2
    assert total.wrong == 0
    assert total.right >= 0.97 * total.taken
    assert total.right >= 0.8 * len(PAPERS) * forms


@pytest.mark.parametrize("form", [form for form in LISTS if "{repo}" in form.item], ids=lambda form: form.name)
def test_links_beside_a_paper_are_its_links(tmp_path: Path, form: Form) -> None:
    found = papers(read(tmp_path, form.text, f"list{form.suffix}"))
    assert [paper.repo for paper in found] == [one.repo for one in PAPERS]
