"""What can be copied of one paper and of several."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from readlist.model.mark import Mark
from readlist.model.paper import Link
from readlist.model.time import PartialDate
from readlist.services.excerpt import KINDS, best_link, citation, excerpt, markdown_link
from readlist.shelf import Entry
from tests.support.papers import make_paper


def entry_of(number: int, *, note: str = "", **changes: object) -> Entry:
    """An entry of a test paper: every second has a repo, every third a project page."""
    added = datetime(2026, 8, 2, tzinfo=UTC)
    return Entry(number, make_paper(number, **changes), Mark(note=note), "HF daily", None, 1, None, None, None, added)


def test_a_paper_has_all_kinds_in_the_order_of_the_menu() -> None:
    entry = entry_of(6, note=" worth it\n", published=date(2026, 8, 1), abstract="We  show\n$\\alpha$.")
    found = {what: excerpt([entry], what) for what in KINDS if KINDS[what].text(entry)}
    assert list(found) == [
        "repo", "page", "pdf", "markdown", "title", "citation", "bibtex", "abstract", "note", "project", "ris", "csl",
    ]  # fmt: skip
    page = "https://arxiv.org/abs/2608.00006"
    assert {what: found[what].text for what in found if what not in ("bibtex", "ris", "csl")} == {
        "repo": "https://github.com/lab/code-6",
        "page": page,
        "pdf": "https://arxiv.org/pdf/2608.00006",
        "markdown": f"[Robust attention number 6]({page})",
        "title": "Robust attention number 6",
        "citation": f"Ada Author6, Ben Writer (2026). Robust attention number 6. {page}",
        "abstract": "We  show\nα.",
        "note": "worth it",
        "project": "https://lab.github.io/page-6",
    }
    assert found["bibtex"].text.startswith("@misc{") and found["ris"].text.startswith("TY  - ")
    assert [found[what].name for what in ("repo", "note", "bibtex")] == ["repo link", "note", "BibTeX"]
    assert not any(each.lacking or each.warning or each.refused for each in found.values())


def test_what_a_paper_lacks_is_empty() -> None:
    entry = entry_of(1, arxiv="", abstract="", title="", authors=())
    lacks = {what for what in KINDS if what not in ("bibtex", "ris", "csl") and not excerpt([entry], what).text}
    assert lacks == {"repo", "page", "pdf", "markdown", "title", "citation", "abstract", "note", "project"}


def test_a_link_is_copied_at_the_path_its_paper_names() -> None:
    link = Link("https://github.com/lab/code", "repo", "https://github.com/lab/code/tree/main/x")
    assert excerpt([entry_of(1, links=(link,))], "repo").text == "https://github.com/lab/code/tree/main/x"
    assert best_link([entry_of(1, links=(link,))]).text == "https://github.com/lab/code"


def test_links_of_several_papers_are_one_a_line_each_once_and_those_without_are_counted() -> None:
    papers = [entry_of(number) for number in (1, 2, 3, 4, 2)]
    found = excerpt(papers, "repo")
    assert found.text == "https://github.com/lab/code-2\nhttps://github.com/lab/code-4"
    assert (found.name, found.lacking) == ("2 repo links", " (2 papers have none)")
    assert excerpt(papers[:2], "repo").name + excerpt(papers[:2], "repo").lacking == "1 repo link (1 paper has none)"
    assert excerpt(papers, "title").text.count("\n") == 4
    assert excerpt(papers, "bibtex").name == "BibTeX of 5 papers"
    assert excerpt(papers, "bibtex").text.count("@misc{") == 5


def test_long_texts_of_several_papers_are_below_their_titles() -> None:
    papers = [entry_of(1, note="one\n\ntwo"), entry_of(2), entry_of(3, note="three", title="")]
    found = excerpt(papers, "note")
    assert found.text == "Recurrent attention number 1\n\none\n\ntwo\n\n\narxiv:2608.00003\n\nthree".replace(
        "Recurrent attention number 1", papers[0].paper.title
    )
    assert (found.name, found.lacking) == ("2 notes", " (1 paper has none)")


def test_without_a_repo_the_project_page_is_the_best_link_then_the_papers_page() -> None:
    assert best_link([entry_of(3)]).name == "project page"
    assert best_link([entry_of(1)]).name == "paper page"
    assert best_link([entry_of(1), entry_of(3)]).text == "https://lab.github.io/page-3"
    both = best_link([entry_of(1), entry_of(5)])
    assert (both.name, both.text.count("\n"), both.lacking) == ("2 paper pages", 1, "")
    assert not best_link([entry_of(1, arxiv="")]).text


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "https://lab.org/\x1b]0;x\x07"])
def test_nothing_but_addresses_of_the_web_is_copied(address: str) -> None:
    bad = entry_of(1, links=(Link(address, "repo"),))
    assert (best_link([bad]).text, best_link([bad]).refused) == ("", address)
    assert best_link([bad, entry_of(2)]).text == "https://github.com/lab/code-2"
    assert best_link([bad, entry_of(2)]).lacking == " (1 paper has none)"


def test_an_address_that_hides_its_host_is_named() -> None:
    found = best_link([entry_of(1, links=(Link("https://github.com@evil.example/x", "repo"),))])
    assert found.warning == " of evil.example (beware: it names a user before its host, `github.com`)"


@pytest.mark.parametrize(
    ("changes", "cited"),
    [
        ({"authors": ()}, "T. https://arxiv.org/abs/2608.00001"),
        ({"authors": (), "published": PartialDate(2019, 5)}, "T (2019). https://arxiv.org/abs/2608.00001"),
        ({"authors": tuple("ABCDEFG"), "arxiv": ""}, "A, B, C, D, E, F et al. T"),
        ({"authors": ("A",), "title": ""}, "A. https://arxiv.org/abs/2608.00001"),
    ],
)
def test_a_citation_says_what_is_known(changes: dict[str, object], cited: str) -> None:
    assert citation(make_paper(1, **{"title": "T", **changes})) == cited


def test_a_markdown_link_is_one_link() -> None:
    paper = make_paper(1, title="Sets [a\\b] of $\\pi$ <b>", arxiv="", doi="10.1/a(b)c")
    assert markdown_link(paper) == "[Sets \\[a\\\\b\\] of π <b>](https://doi.org/10.1/a%28b%29c)"
