"""Identity: the identifiers of a paper, its fingerprint, and when two links are one."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.model.paper import (
    _DOI,
    _ENCODED,
    Link,
    Paper,
    arxiv_id,
    doi_of,
    fingerprint,
    identifiers_of,
    is_forge,
    merge_links,
    normalize_address,
)


class TestArxivId:
    @pytest.mark.parametrize(
        "text",
        [
            "2401.12345",
            " 2401.12345v2 ",
            "arXiv:2401.12345",
            "ARXIV: 2401.12345v11",
            "arXiv:2401.12345v2 [cs.CL] 3 Jan 2024",
            "oai:arXiv.org:2401.12345v1",
            "https://arxiv.org/abs/2401.12345",
            "http://www.arxiv.org/abs/2401.12345v3",
            "arxiv.org/pdf/2401.12345v1.pdf",
            "https://arxiv.org/pdf/2401.12345#page=2",
            "https://export.arxiv.org/abs/2401.12345?context=cs",
            "https://arxiv.org/html/2401.12345v1/",
            "https://ar5iv.labs.arxiv.org/html/2401.12345",
            "https://huggingface.co/papers/2401.12345",
            "hf.co/papers/2401.12345",
            "https://www.alphaxiv.org/abs/2401.12345v1",
            "10.48550/arXiv.2401.12345",
            "https://doi.org/10.48550/ARXIV.2401.12345v2",
            "doi:10.48550/arXiv.2401.12345.",
        ],
    )
    def test_every_spelling_names_one_paper(self, text: str) -> None:
        assert arxiv_id(text) == "2401.12345"

    @pytest.mark.parametrize(
        ("text", "identifier"),
        [
            ("hep-th/9901001v2", "hep-th/9901001"),
            ("arXiv:HEP-TH/9901001", "hep-th/9901001"),
            ("https://arxiv.org/abs/cs/0112017", "cs/0112017"),
            # arXiv itself leaves the subject out of the identifier.
            ("math.GT/0309136", "math/0309136"),
            ("https://arxiv.org/abs/cond-mat.str-el/0001001v1", "cond-mat/0001001"),
            ("0704.0001", "0704.0001"),
        ],
    )
    def test_older_identifiers(self, text: str, identifier: str) -> None:
        assert arxiv_id(text) == identifier

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "",
                "12345",
                "3.14159",
                "2413.12345",
                "0000.0000",
                "2401.123456",
                "see 2401.12345",
                "10.1145/3106237.3106277",
            ),
            *("https://github.com/acme/2401.12345", "https://arxiv.org/list/cs.CL/recent", "２４０１.１２３４５"),
            *("https://huggingface.co/papers/month/2025-10", "2401.12345 2401.12346", "and/1234567x"),
        ],
    )
    def test_what_is_no_identifier(self, text: str) -> None:
        assert arxiv_id(text) == ""


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1145/3106237.3106277", "10.1145/3106237.3106277"),
        ("doi:10.1145/ABC.Def", "10.1145/abc.def"),
        ("DOI 10.1145/abc", "10.1145/abc"),
        ("https://doi.org/10.1145/abc.", "10.1145/abc"),
        ("http://dx.doi.org/10.1002/%28SICI%291097%3C1%3E3.0.CO;2-A", "10.1002/(sici)1097<1>3.0.co;2-a"),
        ("http://doi.acm.org/10.1145/12.34", "10.1145/12.34"),
        ("doi.acm.org/10.1145/12.34", "10.1145/12.34"),
        ("https://www.doi.org/10.1145/ABC", "10.1145/abc"),
        ("doi: https://doi.org/10.1145/abc", "10.1145/abc"),
        ("https://dl.acm.org/doi/10.1145/12.34", "10.1145/12.34"),
        ("https://dl.acm.org/doi/abs/10.1145/12.34?cid=1", "10.1145/12.34"),
        ("https://doi.ieeecomputersociety.org/10.1109/a.b", "10.1109/a.b"),
        ("http://dx.doi.org.ezproxy.lib.example/10.1145/abc", "10.1145/abc"),
        ("https://doi-org.proxy.example/10.1145/abc", "10.1145/abc"),
        ("https://doi.library.example.ca/10.1145/abc", "10.1145/abc"),
        ("https://dx.plos.org/10.1371/abc", "10.1371/abc"),
        ("https://doi.org/https://doi.org/10.1145/abc", "10.1145/abc"),
        ("10.1145%2Fabc", "10.1145/abc"),
        ("https://elsewhere.org/10.1145/abc", ""),
        ("10.48550/arXiv.2401.12345", ""),
        ("11.1145/abc", ""),
        ("see 10.1145/abc here", ""),
        ("", ""),
    ],
)
def test_a_doi_in_lower_case(text: str, doi: str) -> None:
    assert doi_of(text) == doi


class TestFingerprint:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Attention Is All You Need", "attention  is all\n you need!"),
            ("S²FT: Fine-Tuning", "S2FT - finetuning"),
            ("ﬁne ﬂow", "fine flow"),
            ("Schrödinger", "Schro\u0308dinger"),
            ("STRASSE", "Straße"),
            ("$S^{2}$FT", "S^2FT"),
        ],
    )
    def test_spellings_of_one_title_are_equal(self, one: str, other: str) -> None:
        assert fingerprint(one) == fingerprint(other)

    @pytest.mark.parametrize(
        ("one", "other"), [("A", "B"), ("!?", "?!"), ("…", "—"), ("GPT-3", "GPT-4"), ("注意", "注目")]
    )
    def test_other_titles_are_not(self, one: str, other: str) -> None:
        assert fingerprint(one) != fingerprint(other)

    @given(st.text(min_size=1))
    def test_it_never_is_empty_and_is_made_of_letters_and_digits(self, title: str) -> None:
        print_of_it = fingerprint(title)
        assert print_of_it
        assert print_of_it.replace("-", "").isalnum()


def test_identifiers_come_strongest_first() -> None:
    assert identifiers_of("A Title", "2401.12345", "10.1/x") == ("arxiv:2401.12345", "doi:10.1/x", "title:atitle")
    assert identifiers_of("A Title") == ("title:atitle",)
    assert identifiers_of("  ") == ()
    paper = Paper(key="title:atitle", title="A Title", doi="10.1/x", published=date(2024, 1, 2))
    assert paper.identifiers == ("doi:10.1/x", "title:atitle")


def test_the_page_of_a_paper_is_arxiv_else_its_doi_else_a_link() -> None:
    link = Link("https://openreview.net/forum?id=x", "paper")
    paper = Paper(key="k", title="T", arxiv="2401.12345", doi="10.1002/(sici)1<2>3#4", links=(link,))
    assert paper.page == "https://arxiv.org/abs/2401.12345"
    assert Paper(key="k", title="T", doi=paper.doi, links=(link,)).page == "https://doi.org/10.1002/(sici)1%3C2%3E3%234"
    assert Paper(key="k", title="T", links=(link,)).page == link.url
    assert Paper(key="k", title="T").page == ""


def test_the_repo_of_a_paper_is_its_first_one() -> None:
    links = (
        Link("https://acme.org", "project"),
        Link("https://github.com/a/b", "repo", "https://github.com/a/b/tree/x"),
    )
    assert Paper(key="k", title="T", links=links).repo == "https://github.com/a/b"
    assert links[1].target == "https://github.com/a/b/tree/x"
    assert links[0].target == "https://acme.org"


class TestMergeLinks:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("https://github.com/Acme/Widget", "http://www.github.com/acme/widget/"),
            ("https://acme.github.io/w", "http://ACME.github.io/w/"),
            ("https://hf.co/acme/w", "https://huggingface.co/acme/w"),
            ("https://www.acme.org", "http://acme.org/"),
        ],
    )
    def test_two_spellings_are_one_link(self, one: str, other: str) -> None:
        assert normalize_address(one) == normalize_address(other)
        assert merge_links([Link(one, "project")], [Link(other, "project")]) == (Link(one, "project"),)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("https://acme.github.io/w", "https://acme.github.io/W"),
            ("https://acme.org/#a", "https://acme.org/#b"),
            ("https://github.com/acme/w", "https://gitlab.com/acme/w"),
        ],
    )
    def test_two_addresses_are_two_links(self, one: str, other: str) -> None:
        assert len(merge_links([Link(one, "other"), Link(other, "other")])) == 2

    def test_repositories_come_first_and_sub_paths_are_filled_in(self) -> None:
        page, data = Link("https://acme.org", "project"), Link("https://zenodo.org/records/1", "data")
        bare, deep = (
            Link("https://github.com/a/b", "repo"),
            Link("https://github.com/A/B", "repo", "https://github.com/A/B/x"),
        )
        second = Link("https://github.com/a/c", "repo")
        merged = merge_links([page, bare], iter([data, deep]), (), [second, page])
        assert merged == (Link("https://github.com/a/b", "repo", "https://github.com/A/B/x"), second, page, data)

    def test_nothing_merges_to_nothing(self) -> None:
        assert merge_links() == merge_links([], ()) == ()


def test_forges_are_known_by_their_host() -> None:
    assert is_forge("github.com")
    assert is_forge("codeberg.org")
    assert not is_forge("acme.github.io")


@pytest.mark.parametrize(
    "doi", ["10.1234/a\x1bb", "10.1234/a\x9db", "https://doi.org/10.1234/a%1Bb", "10.1234/a\u202e\u200bb"]
)
def test_what_can_not_be_seen_is_no_part_of_a_doi(doi: str) -> None:
    assert doi_of(doi) == "10.1234/ab"


@given(st.text("abcXYZ 09.,:-_()[]{}$\\\n\t~", max_size=40))
def test_a_title_in_ascii_has_the_fingerprint_of_any_other(title: str) -> None:
    folded = unicodedata.normalize("NFKC", title).casefold()
    if kept := "".join(filter(str.isalnum, folded)):
        assert fingerprint(title) == kept
    # What is no letter of ASCII beside it doesn't change the letters.
    assert fingerprint(f"x{title}") == fingerprint(f"x{title}\u2014")


@given(
    st.lists(
        st.sampled_from(("10.", "1234/", "doi:", "https://doi.org/", "%2f", "x", "2401.12345", "/", " ")), max_size=6
    )
)
def test_no_doi_is_without_its_beginning(parts: list[str]) -> None:
    text = "".join(parts).strip()
    assert ("10." in text) or not (_ENCODED.search(text) or _DOI.fullmatch(text))
