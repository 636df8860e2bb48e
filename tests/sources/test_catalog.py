"""Lists by id and address: which papers are taken of each form, with which ids, and what is refused."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from msgspec import Struct

from readlist.model.paper import Paper, fingerprint
from readlist.sources import catalog, reader
from readlist.sources.batch import Batch
from tests.sources.catalog_forms import ARXIV, LISTS, PAGES, PAPERS, Form, Known

TODAY = date(2026, 3, 8)


def read(folder: Path, text: str, name: str = "list.txt") -> Batch:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    (batch,) = reader.read([path], today=TODAY)
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


@pytest.mark.slow
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


@pytest.mark.parametrize("lost", ["id", "title"])
@pytest.mark.parametrize("place", [0, 1, 4])
def test_what_an_entry_lacks_is_not_taken_from_its_neighbours(tmp_path: Path, lost: str, place: int) -> None:
    for form in LISTS:
        paper = PAPERS[place]
        text = form.text.replace(paper.title, "") if lost == "title" else form.text.replace(paper.id, "")
        batch = read(tmp_path, text.replace(f"10.5555/{paper.id.replace('.', '')}", ""), f"list{form.suffix}")
        assert found_in(batch, form).wrong == 0, form.name


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        ("Papers of March\n\n", ""),
        ("", "\nThanks for reading, and see you next week\n"),
        ("Papers of March\n\nA few words on what these are.\n\n", "\nContact\n\nPrivacy\n"),
    ],
)
def test_what_is_above_and_below_a_list_is_no_title(tmp_path: Path, head: str, foot: str) -> None:
    for form in LISTS:
        if form.suffix == ".txt" and not form.head:
            found = found_in(read(tmp_path, head + form.text + foot), form)
            assert (found.wrong, found.right, found.taken) == (0, len(PAPERS), len(PAPERS)), form.name


@pytest.mark.parametrize("form", [form for form in LISTS if "{abstract}" in form.item], ids=lambda form: form.name)
def test_a_paper_that_an_abstract_cites_is_not_taken(tmp_path: Path, form: Form) -> None:
    cited = "We route attention along the few tokens, as arXiv:1706.03762 and https://arxiv.org/abs/2005.14165 do,"
    text = form.text.replace("We route attention along the few tokens", cited)
    found = found_in(read(tmp_path, text, f"list{form.suffix}"), form)
    assert (found.right, found.taken, found.wrong) == (len(PAPERS), len(PAPERS), 0)


CITING = """A paper on lamps

We follow [1] and [2]. The lamps of [2] are better.

References

[1] A. Author, B. Writer. Fast lamps. arXiv preprint arXiv:2101.00001, 2021.
[2] D. Author, E. Writer, F. Third. Slow lamps. arXiv preprint arXiv:2202.00002, 2022.
[3] G. Author, H. Writer. Kitchens. arXiv preprint arXiv:2303.00003, 2023.
"""
LOG = "".join(f"2026-03-01 12:00:0{n} INFO fetching https://arxiv.org/pdf/2603.0000{n}\n" for n in range(1, 5))
PROSE = """Attention has changed how we build models (https://arxiv.org/abs/1706.03762). Since then many have tried
to make it cheaper, as in arXiv:2001.04451.

I read https://arxiv.org/abs/2005.14165 last week, and it says little about cost.
"""
CHANGES = """# Changelog

- Add LoRA (https://arxiv.org/abs/2106.09685)
- Add DPO loss, see https://arxiv.org/abs/2305.18290
- Faster tests
"""
PRICES = "Date Price\n2401.12345 12.50\n2402.54321 13.10\n2403.11111 13.40\n"
SCHOLAR = "Skip to search form\nSign In\nA Paper on Lamps\nJane Roe\nTLDR\nWe study lamps. Expand\nSave\nAlert\nCite\n"
REVIEW = "OpenReview.net\nLamps Are All You Need\nJane Roe\nReaders: Everyone\nShow details\n"
BLOG = (
    "<html><body><p>Last month I read <a href='https://arxiv.org/abs/2601.00001'>a paper on lamps</a> which I liked "
    "a lot"
    " because it says things clearly, and <a href='https://arxiv.org/abs/2601.00002'>another</a>.</p></body></html>"
)


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        (CITING, "a.txt", ("the references of a paper", "`readlist add 2101.00001 2202.00002 …`")),
        (LOG, "a.txt", ("code or a log", "`readlist add 2603.00001 2603.00002 …`")),
        (PROSE, "a.txt", ("`readlist add 1706.03762 2001.04451 …`",)),
        (CHANGES, "a.md", ("`readlist add 2106.09685 2305.18290`",)),
        (PRICES, "a.txt", ("no papers",)),
        (SCHOLAR * 2, "a.txt", ("Semantic Scholar", "HTML")),
        (REVIEW * 2, "a.txt", ("OpenReview", "HTML")),
        ("Long Papers\n" + "pdf bib abs\nLamps\nJane Roe | John Doe\n" * 3, "a.txt", ("ACL Anthology", "HTML")),
        (
            "Showing new listings for Friday, 6 March 2026\nLamps\nJane Roe\n",
            "a.txt",
            ("`readlist fetch arxiv:cs.CL`",),
        ),
        (BLOG, "a.html", ("not a list", "`readlist add 2601.00001 2601.00002`")),
    ],
)
def test_what_is_no_list_is_refused_in_one_line_that_helps(
    tmp_path: Path, text: str, name: str, said: tuple[str, ...]
) -> None:
    batch = read(tmp_path, text, name)
    assert not batch.items
    assert batch.failure.startswith(f"{tmp_path / name}: ")
    assert "\n" not in batch.failure
    assert all(word in batch.failure for word in said), batch.failure


def test_a_paper_between_the_others_that_has_no_id_is_kept(tmp_path: Path) -> None:
    form = next(form for form in LISTS if form.name == "id in brackets")
    found = papers(read(tmp_path, form.text.replace(f"[{PAPERS[1].id}] ", "")))
    assert [(paper.arxiv, paper.title) for paper in found] == [
        ("" if one is PAPERS[1] else one.id, one.title) for one in PAPERS
    ]


def test_an_id_that_may_be_of_the_title_above_or_below_has_neither(tmp_path: Path) -> None:
    first, second, third = (f"{one.title}\n\n{one.abstract}" for one in PAPERS[:3])
    text = f"{first}\n\nhttps://arxiv.org/abs/2603.00001\n\n{second}\n\nhttps://arxiv.org/abs/2603.00002\n\n{third}"
    assert [(paper.arxiv, paper.title) for paper in papers(read(tmp_path, text))] == [
        ("2603.00001", ""),
        ("2603.00002", ""),
    ]


def test_pages_of_the_site_are_not_taken_for_lists_of_addresses(tmp_path: Path) -> None:
    text = (
        "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nbyAK and the research community\n\nMar 6\n\n"
    )
    text += "".join(f"### [{one.title}](/papers/{one.id})\n\n{one.abstract}\n\n" for one in PAPERS)
    batch = read(tmp_path, text, "page.md")
    assert batch.kind == "search page"
    assert [paper.arxiv for paper, _ in batch.items] == [one.id for one in PAPERS]


@pytest.mark.parametrize(
    "text",
    [
        "https://arxiv.org/abs/2401.00001\n"
        + "word\n\n" * 4_000
        + "https://arxiv.org/abs/2401.00002\n"
        + "word\n\n" * 4_000,
        "|" * 50_000,
        "[a](" * 20_000,
        "**a" * 20_000,
        ", ".join(f"2401.{n:05d}" for n in range(4_000)),
    ],
    ids=["far apart", "pipes", "brackets", "stars", "ids"],
)
def test_a_hostile_text_takes_no_long_time(tmp_path: Path, text: str) -> None:
    from time import process_time

    start = process_time()
    read(tmp_path, text)
    assert process_time() - start < 10


def titles(batch: Batch) -> dict[str, str]:
    return {paper.arxiv: paper.title for paper in papers(batch)}


def repos(batch: Batch) -> dict[str, str]:
    return {paper.arxiv: paper.repo for paper in papers(batch)}


class TestNeighbours:
    """What is between two papers goes to the one it belongs to, or to none."""

    def test_links_below_ids_in_a_list_without_blank_lines(self, tmp_path: Path) -> None:
        text = "".join(f"{one.title}\nhttps://arxiv.org/abs/{one.id}\ncode: {one.repo}\n" for one in PAPERS)
        batch = read(tmp_path, text)
        assert titles(batch) == {one.id: one.title for one in PAPERS}
        assert repos(batch) == {one.id: one.repo for one in PAPERS}

    def test_links_of_some_papers_only(self, tmp_path: Path) -> None:
        text = "".join(
            f"{one.title}\nhttps://arxiv.org/abs/{one.id}\n" + (f"{one.repo}\n" if at % 2 else "")
            for at, one in enumerate(PAPERS)
        )
        assert repos(read(tmp_path, text)) == {one.id: one.repo if at % 2 else "" for at, one in enumerate(PAPERS)}

    def test_links_above_titles(self, tmp_path: Path) -> None:
        text = "".join(f"{one.repo}\n{one.title}\nhttps://arxiv.org/abs/{one.id}\n" for one in PAPERS)
        assert repos(read(tmp_path, text)) == {one.id: one.repo for one in PAPERS}

    def test_a_list_that_begins_and_ends_with_a_title(self, tmp_path: Path) -> None:
        text = "Boats\n" + "".join(f"arXiv:{one.id}\n{one.repo}\n{one.title}\n" for one in PAPERS)
        assert set(titles(read(tmp_path, text)).values()) == {""}

    def test_a_paper_without_id_behind_one_with(self, tmp_path: Path) -> None:
        first, second, third = PAPERS[:3]
        text = (
            f"- {first.title} [arXiv](https://arxiv.org/abs/{first.id})\n"
            f"- {second.title} [arXiv](https://arxiv.org/abs/{second.id})\n- {third.title} [code]({third.repo})\n"
        )
        assert repos(read(tmp_path, text, "a.md")) == {first.id: "", second.id: ""}

    def test_an_address_named_as_that_of_another_paper(self, tmp_path: Path) -> None:
        text = "".join(
            f"## {one.title}\n\n{one.abstract}\n\n"
            + (
                "Related: https://arxiv.org/abs/2401.00001\n\n"
                if at == 2
                else f"Paper: https://arxiv.org/abs/{one.id}\n\n"
            )
            for at, one in enumerate(PAPERS)
        )
        found = titles(read(tmp_path, text, "a.md"))
        assert found == {"" if one is PAPERS[2] else one.id: one.title for one in PAPERS}

    def test_related_papers_below_each(self, tmp_path: Path) -> None:
        text = "".join(
            f"- [{one.title}](https://arxiv.org/abs/{one.id})\n  - see also: [Old](https://arxiv.org/abs/2401.0000{at})\n"
            for at, one in enumerate(PAPERS)
        )
        assert titles(read(tmp_path, text, "a.md")) == {one.id: one.title for one in PAPERS}

    @pytest.mark.parametrize(
        "item",
        [
            "- **{title}**\n  {authors}\n  [paper](https://arxiv.org/abs/{id})\n  [code]({repo})\n",
            "{title}\nhttps://arxiv.org/abs/{id}\n{repo}\n",
            "### {title}\n\n[paper](https://arxiv.org/abs/{id})\n\n[code]({repo})\n\n",
        ],
    )
    @pytest.mark.parametrize("place", [1, 2, 4])
    def test_links_of_a_paper_without_id(self, tmp_path: Path, item: str, place: int) -> None:
        text = "".join(
            item.format(title=one.title, authors=", ".join(one.authors), id=one.id, repo=one.repo) for one in PAPERS
        )
        lost = PAPERS[place]
        lines = [line for line in text.split("\n") if lost.id not in line]
        found = repos(read(tmp_path, "\n".join(lines), "a.md"))
        rest = {one.id: one.repo for one in PAPERS if one is not lost}
        assert {name: repo for name, repo in found.items() if repo not in (rest.get(name), "")} == {}
        assert found.keys() == rest.keys()

    def test_rows_of_a_table_without_pipes_around_them(self, tmp_path: Path) -> None:
        text = "Paper | Code\n---|---\n" + "".join(
            f"[{one.title}](https://arxiv.org/abs/{one.id if one is not PAPERS[2] else ''}) | [GitHub]({one.repo})  \n"
            for one in PAPERS
        )
        found = read(tmp_path, text, "a.md")
        assert repos(found) == {one.id: one.repo for one in PAPERS if one is not PAPERS[2]}

    def test_an_abstract_of_a_paper_without_id(self, tmp_path: Path) -> None:
        text = listed("https://arxiv.org/abs/{id}\n{title}\n{abstract}\n\n")
        found = papers(read(tmp_path, text.replace(f"https://arxiv.org/abs/{PAPERS[2].id}\n", "")))
        assert [(paper.arxiv, paper.abstract) for paper in found] == [
            ("" if one is PAPERS[2] else one.id, one.abstract) for one in PAPERS
        ]

    def test_an_address_that_is_cut(self, tmp_path: Path) -> None:
        text = "".join(f"{one.title}\nhttps://arxiv.org/abs/{one.id}\n\n" for one in PAPERS)
        assert [*titles(read(tmp_path, text.rstrip()[:-1]))] == [one.id for one in PAPERS[:-1]]


def test_titles_with_ids_and_addresses_and_abstracts(tmp_path: Path) -> None:
    text = "".join(
        f"{one.title} (arXiv:{one.id}v1 [cs.CL])\nhttp://arxiv.org/abs/{one.id}\n{one.abstract}\n\n" for one in PAPERS
    )
    found = papers(read(tmp_path, text))
    assert [(paper.arxiv, paper.title, paper.abstract) for paper in found] == [
        (one.id, one.title, one.abstract) for one in PAPERS
    ]


def listed(item: str) -> str:
    return "".join(
        item.format(n=at, day=at + 1, title=one.title, id=one.id, authors=", ".join(one.authors), abstract=one.abstract)
        for at, one in enumerate(PAPERS, 1)
    )


@pytest.mark.parametrize(
    "item",
    [
        "{n}/ {title}\n\nOne sentence on it.\n\narxiv.org/abs/{id}\n\n",
        "{n}/6 {title}\n\nOne sentence on it.\n\narxiv.org/abs/{id}\n\n",
        "{n}\ufe0f\u20e3 {title}\n🔗 https://arxiv.org/abs/{id}\n\n",
        "🔥 {title} → https://arxiv.org/abs/{id}\n",
        "▸ {title}\nOne sentence on it,\nover two lines.\nhttps://arxiv.org/abs/{id}\n\n",
        "0{day}/03/2026, 09:1{n} - Ada: {title} https://arxiv.org/abs/{id}\n",
        "[0{day}/03/2026, 09:1{n}:07] Ada Muster: {title} https://arxiv.org/abs/{id}\n",
        "[09:1{n}] <ada> {title}: https://arxiv.org/abs/{id}\n",
        "Teaser {n}:\n…Words about it…\n{abstract}\n   Read more: {title} (arXiv, PDF) https://arxiv.org/abs/{id}.\n***\n\n",
        "Mon {day} Mar — Ada Muster presents\n{title}\nhttps://arxiv.org/abs/{id}\n\n",
        "## {title}\n\nauthors:: {authors}\nurl:: https://arxiv.org/abs/{id}\nstatus:: unread\n\n{abstract}\n\n",
        "** {title}\n   https://arxiv.org/abs/{id}\n   - a remark\n",
        "- {authors}: {title}. https://arxiv.org/abs/{id}\n",
    ],
)
def test_signs_and_words_around_a_title_are_no_part_of_it(tmp_path: Path, item: str) -> None:
    found = titles(read(tmp_path, listed(item), "a.md"))
    shown = {one.id: one.title for one in PAPERS if "{authors}:" not in item or len(one.authors) > 1}
    assert {name: title for name, title in found.items() if name in shown} == shown


def test_a_table_whose_cells_begin_with_the_title_in_bold(tmp_path: Path) -> None:
    text = "| **Paper** | **Links** |\n|---|---|\n" + listed(
        "| {n}) **{title}** - {abstract} | [Paper](https://arxiv.org/abs/{id}) |\n"
    )
    batch = read(tmp_path, text.replace(PAPERS[3].title, "Q4 Gardens"), "a.md")
    assert titles(batch) == {one.id: "Q4 Gardens" if one is PAPERS[3] else one.title for one in PAPERS}
    assert [paper.summary for paper in papers(batch)] == [one.abstract.rstrip(".") for one in PAPERS]


def test_an_abstract_of_several_lines_in_one_entry_is_no_title(tmp_path: Path) -> None:
    text = listed("**{n}. {title}**\n\n{abstract}\n\n[Paper](https://arxiv.org/abs/{id})\n\n")
    text = text.replace("without notice. We", "without notice.\nWe")
    assert titles(read(tmp_path, text, "a.md")) == {one.id: one.title for one in PAPERS}


def test_remarks_behind_ids_are_no_titles(tmp_path: Path) -> None:
    remarks = ("from Ada", "must read", "for Tuesday", "see section 4?", "ask Ben")
    text = "".join(f"{one.id}  - {remark}\n" for one, remark in zip(PAPERS, remarks, strict=True))
    assert titles(read(tmp_path, text)) == {one.id: "" for one in PAPERS}


def test_a_paper_cited_in_fenced_code_is_not_taken(tmp_path: Path) -> None:
    text = listed("- [{title}](https://arxiv.org/abs/{id})\n")
    text += "\n## Citation\n\n```bibtex\n@article{a2025,\n  journal={arXiv preprint arXiv:2508.00001}\n}\n```\n"
    assert [*titles(read(tmp_path, text, "a.md"))] == [one.id for one in PAPERS]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("# {title} https://arxiv.org/abs/{id}\ndef f{n}(x):\n    return x + {n}\n\n", "looks like code"),
        (
            'class Layer{n}(nn.Module):\n    """{title}.\n\n    https://arxiv.org/abs/{id}\n    """\n'
            "    def __init__(self):\n        super().__init__()\n\n",
            "looks like code",
        ),
        (
            "For years this was done by hand. [Lamps](https://arxiv.org/abs/{id}) change that by asking first, and I "
            "think that it is a big thing, since all else is expensive.\n\n",
            "`readlist add",
        ),
    ],
)
def test_programs_and_prose_that_name_papers_are_refused(tmp_path: Path, item: str, said: str) -> None:
    text = "".join(item.format(n=at, title=one.title, id=one.id) for at, one in enumerate(PAPERS))
    batch = read(tmp_path, text, "a.md")
    assert not batch.items
    assert said in batch.failure


@pytest.mark.slow
@pytest.mark.parametrize("fragment", ["(arxiv", "```\n", "[09:10] ", "1/n ", "🔥", "** a\n", "def f(x):\n"])
def test_time_grows_with_the_text(fragment: str) -> None:
    seconds = []
    for size in (20_000, 160_000):
        text = listed("{title} https://arxiv.org/abs/{id}\n") + fragment * (size // len(fragment))
        start = time.thread_time()
        catalog.decode(f"{text} https://arxiv.org/abs/2601.00001\n", origin="x", made=TODAY)
        seconds.append(time.thread_time() - start)
    # Eight times as much text takes eight times as long, not sixty-four.
    assert seconds[1] < 0.25 or seconds[1] < seconds[0] * 20


def _dumped(item: str, head: str = "", entry: str = "  {n}. {address}\n") -> str:
    """Return a list as a text browser dumps it: the title of each paper a link by number, addresses below."""
    body = "".join(item.format(n=2 * at, m=2 * at + 1, title=one.title) for at, one in enumerate(PAPERS, 1))
    links = "".join(
        entry.format(n=number, address=address)
        for at, one in enumerate(PAPERS, 1)
        for number, address in ((2 * at, f"https://arxiv.org/abs/{one.id}"), (2 * at + 1, one.repo))
    )
    return f"{head}   [1]Home\n\n{body}\n" + links


@pytest.mark.parametrize(
    ("item", "list_head", "entry"),
    [
        ("     * [{n}]{title}, arXiv 2026 [{m}]GitHub\n", "References\n\n   Visible links:\n", "   {n}. {address}\n"),
        (
            "   [{n}]{title}\n\n   Words about it. [{m}]Code\n\n",
            "References\n\n   Visible links\n",
            "   {n}. {address}\n",
        ),
        ("• [{n}]{title} [{m}]code\n", "References:\n\n", "[{n}] {address}\n"),
    ],
)
def test_links_by_number_of_a_text_browser(tmp_path: Path, item: str, list_head: str, entry: str) -> None:
    text = _dumped(item, entry=entry)
    first = text.index(entry.format(n=2, address="https")[:-2])
    batch = read(tmp_path, text[:first] + list_head + text[first:])
    assert titles(batch) == {one.id: one.title for one in PAPERS}
    assert repos(batch) == {one.id: one.repo for one in PAPERS}


def test_links_by_number_in_a_table_are_given_to_no_paper(tmp_path: Path) -> None:
    text = _dumped("   TMLR     [{n}]{title}    [{m}]GitHub\n")
    first = text.index("  2. https")
    assert not read(tmp_path, text[:first] + "References\n\n" + text[first:]).items


def test_names_alone_are_no_titles(tmp_path: Path) -> None:
    text = listed("### {title} {{#a-{n} .b}}\n\n[PDF](https://arxiv.org/pdf/{id})\n\n{abstract}\n\n")
    assert titles(read(tmp_path, text, "a.md")) == {one.id: one.title for one in PAPERS}
    several = [one for one in PAPERS if len(one.authors) > 1]
    text = "".join(f"{', '.join(one.authors)} · [pdf](https://arxiv.org/pdf/{one.id})\n" for one in several)
    found = papers(read(tmp_path, text, "a.md"))
    assert [(paper.title, paper.authors) for paper in found] == [("", one.authors) for one in several]


def test_a_paper_cited_in_bibtex_is_not_taken(tmp_path: Path) -> None:
    text = listed("- [{title}](https://arxiv.org/abs/{id})\n")
    text += "\nCitation\n\n    @article{a2025,\n      journal={arXiv preprint arXiv:2508.00001}\n    }\n"
    assert [*titles(read(tmp_path, text, "a.md"))] == [one.id for one in PAPERS]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_of_separated_values(tmp_path: Path, delimiter: str) -> None:
    head = delimiter.join(("title", "authors", "year", "url", "code"))
    cells = ('"{title}"', '"{authors}"', "2026", "https://arxiv.org/abs/{id}", '""')
    text = f"{head}\n{listed(delimiter.join(cells) + chr(10))}"
    found = papers(read(tmp_path, text, "a.csv"))
    assert [(paper.arxiv, paper.title, paper.authors) for paper in found] == [
        (one.id, one.title, one.authors) for one in PAPERS
    ]


def test_a_table_of_notes_with_addresses(tmp_path: Path) -> None:
    text = "Name,Status,URL,Created\n" + listed('"{title}",To read,https://arxiv.org/abs/{id},"March {n}, 2026"\n')
    assert titles(read(tmp_path, text, "a.csv")) == {one.id: one.title for one in PAPERS}


def test_a_table_without_ids_is_refused(tmp_path: Path) -> None:
    batch = read(tmp_path, "title,authors,year,venue\n" + listed('"{title}","{authors}",2026,X\n'), "a.csv")
    assert not batch.items
    assert "BibTeX" in batch.failure


def test_the_name_of_a_list_that_is_cut_is_no_title(tmp_path: Path) -> None:
    text = "Papers of the week\n\n" + listed("https://arxiv.org/abs/{id}\n\n{title}\n\n")
    cut = text[: text.index(PAPERS[-1].title)]
    assert set(titles(read(tmp_path, cut)).values()) == {""}


@pytest.mark.slow
def test_a_list_is_read_the_same_way_in_every_run() -> None:
    """Headings of two levels are equally many; which counts first must not depend on the hashes of a process."""
    entries = [
        f"## A study of kettles, part {number}\n### Ada Lovelace, Blaise Pascal\n"
        + (f"- https://arxiv.org/abs/2401.0000{number}\n" if number != 3 else "")
        for number in range(1, 6)
    ]
    program = (
        "import sys; from datetime import date; from readlist.sources import catalog; "
        "batches = catalog.decode(sys.argv[1], origin='list', made=date(2026, 8, 1), day=None); "
        "print([paper.title for batch in batches for paper, _ in batch.items])"
    )
    read_by_seed = {
        subprocess.run(
            [sys.executable, "-c", program, "\n".join(entries)],
            env={**os.environ, "PYTHONHASHSEED": str(seed)}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in range(4)
    }  # fmt: skip
    assert len(read_by_seed) == 1
    assert "A study of kettles, part 5" in read_by_seed.pop()
