"""What can be copied of papers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from readlist.model.mark import Mark
from readlist.model.paper import Link
from readlist.model.time import PartialDate
from readlist.shelf import Entry
from readlist.text.host import host_of
from readlist.tui.controllers.copy import citation, citation_keys, hosts_in_words, is_web, offers
from tests.support.papers import make_paper


def entry_of(number: int, *, note: str = "", **changes: object) -> Entry:
    """An entry of a test paper."""
    added = datetime(2026, 8, 2, tzinfo=UTC)
    return Entry(number, make_paper(number, **changes), Mark(note=note), "HF daily", None, 1, None, None, None, added)


def test_links_come_first_then_title_citation_and_note() -> None:
    found = offers(entry_of(6, note="worth it", published=date(2026, 8, 1)))
    assert [(offer.name, offer.text) for offer in found] == [
        ("Repo link", "https://github.com/lab/code-6"),
        ("Project link", "https://lab.github.io/page-6"),
        ("Paper page", "https://arxiv.org/abs/2608.00006"),
        ("Title", "Robust attention number 6"),
        (
            "Citation",
            "Ada Author6, Ben Writer (2026). Robust attention number 6. https://arxiv.org/abs/2608.00006",
        ),
        ("Note", "worth it"),
    ]
    assert [offer.is_link for offer in found] == [True, True, True, False, False, False]


def test_a_link_is_copied_at_the_path_its_paper_names() -> None:
    link = Link("https://github.com/lab/code", "repo", "https://github.com/lab/code/tree/main/x")
    assert offers(entry_of(1, links=(link,)))[0].text == "https://github.com/lab/code/tree/main/x"


@pytest.mark.parametrize(
    ("changes", "cited"),
    [
        ({"authors": ()}, "T. https://arxiv.org/abs/2608.00001"),
        ({"authors": (), "published": PartialDate(2019, 5)}, "T (2019). https://arxiv.org/abs/2608.00001"),
        ({"authors": tuple("ABCDEFG"), "arxiv": ""}, "A, B, C, D, E, F et al.. T"),
    ],
)
def test_a_citation_says_what_is_known(changes: dict[str, object], cited: str) -> None:
    assert citation(make_paper(1, title="T", **changes)) == cited


def test_the_first_three_citation_keys_are_named() -> None:
    entries = [entry_of(number) for number in range(1, 5)]
    keys = citation_keys(entries)
    assert keys.startswith("adaauthor1") and keys.count(", ") == 2 and keys.endswith(" …")
    assert not citation_keys(entries[:3]).endswith(" …")


@pytest.mark.parametrize(
    ("address", "web"),
    [
        ("HTTPS://lab.org/", True), ("http://lab.org/", True), ("file:///etc/passwd", False),
        ("javascript:alert(1)", False), ("https://lab.org/\x1b]0;x\x07", False), ("", False),
    ],
)  # fmt: skip
def test_only_addresses_of_the_web_are_links(address: str, web: bool) -> None:
    assert is_web(address) is web


def test_hosts_are_named_once_and_at_most_five() -> None:
    hosts = [host_of(f"https://lab{number % 7}.org/{number}") for number in range(10)]
    assert hosts_in_words(hosts) == "lab0.org, lab1.org, lab2.org, lab3.org, lab4.org and 2 more"
    assert hosts_in_words(hosts[:1] * 3) == "lab0.org"
