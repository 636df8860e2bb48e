"""Single papers by id: what people paste, where it is asked for, and what stays without a network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from readlist.model.time import PartialDate, PublicationDate
from readlist.sources.batch import LookupRequest
from readlist.sources.http.client import Http
from readlist.sources.http.endpoints import Sites
from readlist.sources.sites.lookup import Identifiers, Lookup, find_identifiers
from tests.support.feeds import answer, entry, record
from tests.support.http import QUICK, Answer, Serving

TODAY = date(2026, 8, 5)
SICI = "10.1002/(SICI)1097-0258(199808)17:15/16<1661::AID-SIM968>3.0.CO;2-2"
ABS = "https://arxiv.org/abs/"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def server() -> Iterator[Serving]:
    with Serving() as serving:
        yield serving


@pytest.fixture
def http(server: Serving) -> Iterator[Http]:
    with Http(Sites(*[server.url] * 4), QUICK) as client:
        yield client


@pytest.mark.parametrize(
    ("text", "identifiers"),
    [
        ("2401.12345", ["arxiv:2401.12345"]),
        ("arXiv:2401.12345v2 [cs.LG]", ["arxiv:2401.12345"]),
        ("arXiv: 2401.12345", ["arxiv:2401.12345"]),
        ("hep-th/9901001", ["arxiv:hep-th/9901001"]),
        ("https://arxiv.org/abs/2401.12345v1", ["arxiv:2401.12345"]),
        ("http://www.arxiv.org/pdf/2401.12345.pdf?download=1", ["arxiv:2401.12345"]),
        ("https://arxiv.org/html/2401.12345v2#S1", ["arxiv:2401.12345"]),
        ("https://huggingface.co/papers/2401.12345", ["arxiv:2401.12345"]),
        ("https://www.alphaxiv.org/overview/2401.12345v1", ["arxiv:2401.12345"]),
        ("https://ar5iv.labs.arxiv.org/html/2401.12345", ["arxiv:2401.12345"]),
        ("https://hub.mirror.example/papers/2401.12345", ["arxiv:2401.12345"]),
        ("10.1000/ABC.5", ["doi:10.1000/abc.5"]),
        ("doi: 10.1000/abc.5.", ["doi:10.1000/abc.5"]),
        ("https://doi.org/10.1016/S0140-6736(20)30183-5", ["doi:10.1016/s0140-6736(20)30183-5"]),
        ("(10.1016/S0140-6736(20)30183-5)", ["doi:10.1016/s0140-6736(20)30183-5"]),
        ("https://doi.org/10.48550/arXiv.2401.12345", ["arxiv:2401.12345"]),
        ("https://dl.acm.org/doi/10.1145/12345.6789", ["doi:10.1145/12345.6789"]),
        ("[Title](https://arxiv.org/abs/2401.12345), 2401.54321;2401.12345", ["arxiv:2401.12345", "arxiv:2401.54321"]),
        (f"{ABS}2401.12345,{ABS}2401.54321", ["arxiv:2401.12345", "arxiv:2401.54321"]),
        ("10.1000/a|10.1000/b;10.1000/c", ["doi:10.1000/a", "doi:10.1000/b", "doi:10.1000/c"]),
        (SICI, [f"doi:{SICI.lower()}"]),
        ("<10.1000/abc>", ["doi:10.1000/abc"]),
        ("see <https://arxiv.org/abs/2401.12345>.\n\n2401.54321", ["arxiv:2401.12345", "arxiv:2401.54321"]),
    ],
)  # fmt: skip
def test_ids_and_addresses_are_understood(text: str, identifiers: list[str]) -> None:
    assert find_identifiers(text) == Identifiers(tuple(identifiers), ())


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "foo/1234567",
        "https://lab.example/1",
        "2401.1",
        "hf:daily",
        "https://huggingface.co/papers",
        "\x1b[31mred",
    ],
)
def test_what_names_no_paper_is_reported(text: str) -> None:
    found = find_identifiers(f"{text}\n2401.12345")
    assert found.identifiers == ("arxiv:2401.12345",)
    assert len(found.unknown) == 1 and found.unknown[0].isprintable()


def test_hugging_face_is_asked_first_then_arxiv_for_all_the_rest(server: Serving, http: Http) -> None:
    server.json("/api/papers/2608.00001", record(1)["paper"])
    server.route("/api/query", lambda _: answer(entry(3), entry(2)))
    reported: list[int] = []
    ids = ["arxiv:2608.00002", "arxiv:2608.00001", "arxiv:2608.00003"]
    batch = Lookup(http).fetch(LookupRequest(ids, TODAY, progress=reported.append))
    assert (batch.failure, batch.feed, batch.skipped) == ("", "Added", ())
    assert [paper.key for paper, _ in batch.items] == ids
    assert batch.items[1][1].upvotes == 1
    assert {(each.feed, each.day) for _, each in batch.items} == {("Added", TODAY)}
    assert [each.position for _, each in batch.items] == [1, 2, 3]
    assert [request.query["id_list"] for request in server.requests if "id_list" in request.query] == [
        "2608.00002,2608.00003"
    ]
    assert reported[-1] == 3


def test_a_paper_nobody_knows_is_no_paper(server: Serving, http: Http) -> None:
    server.route("/api/query", lambda _: answer())
    batch = Lookup(http).fetch(LookupRequest(["arxiv:2608.99999", "doi:10.1000/none"], TODAY))
    assert batch.items == ()
    assert [skip.reason for skip in batch.skipped] == [
        "2608.99999: not found on Hugging Face Papers or arXiv; check the id",
        "10.1000/none: unknown DOI; check it",
    ]


def test_without_a_network_papers_are_kept_by_their_ids() -> None:
    with Http(Sites(*[NOWHERE] * 4), QUICK) as http:
        batch = Lookup(http).fetch(LookupRequest(["arxiv:2608.00001", "doi:10.1000/a", "doi:10.1000/b"], TODAY))
    assert [(paper.key, paper.title, paper.arxiv, paper.doi) for paper, _ in batch.items] == [
        ("arxiv:2608.00001", "", "2608.00001", ""),
        ("doi:10.1000/a", "", "", "10.1000/a"),
        ("doi:10.1000/b", "", "", "10.1000/b"),
    ]
    assert len(batch.skipped) == 3
    assert all("title pending until the next fetch" in skip.reason for skip in batch.skipped)


def test_a_site_that_fails_is_not_asked_for_every_paper(server: Serving) -> None:
    ids = [f"2608.{number:05}" for number in range(1, 7)]
    for each in ids:
        server.route(f"/api/papers/{each}", lambda _: Answer(raw=b"no web server"))
    server.route("/api/query", lambda _: answer(*(entry(number) for number in range(1, 7))))
    with Http(Sites(*[server.url] * 4), replace(QUICK, retries=0)) as http:
        batch = Lookup(http).fetch(LookupRequest([f"arxiv:{each}" for each in ids], TODAY))
    assert len(batch.items) == 6 and not batch.skipped
    assert len([request for request in server.requests if request.path.startswith("/api/papers/")]) == 2


@pytest.mark.parametrize("body", [b"<html>Log in</html>", b"{", b"[]", b'{"id": "2608.77777", "title": "Another"}'])
def test_rubbish_from_one_site_leaves_the_other(server: Serving, http: Http, body: bytes) -> None:
    server.route("/api/papers/2608.00001", lambda _: Answer(200, {}, body))
    server.route("/api/query", lambda _: answer(entry(1)))
    batch = Lookup(http).fetch(LookupRequest(["arxiv:2608.00001"], TODAY))
    assert [paper.arxiv for paper, _ in batch.items] == ["2608.00001"]


CITATION = {
    "title": ["A <i>Title</i> of Norms"], "subtitle": ["And More"], "DOI": "10.1000/Norms.3",
    "author": [{"given": "Ada", "family": "Author"}, {"family": "van Writer"}, {"literal": "The Lab"}, 3,
               {"given": "Ada", "family": "Author"}],
    "issued": {"date-parts": [[2026, 7]]},
    "abstract": "<jats:title>Abstract</jats:title><jats:p>We study norms: https://github.com/lab/norms.</jats:p>",
}  # fmt: skip


def test_a_doi_is_asked_for_where_it_leads_to(server: Serving, http: Http) -> None:
    server.route("/10.1000/norms.3", lambda _: Answer(302, {"Location": "/agency"}))
    server.route("/agency", lambda _: Answer(200, {}, json.dumps(CITATION).encode()))
    ((paper, _),) = Lookup(http).fetch(LookupRequest(["doi:10.1000/norms.3"], TODAY)).items
    assert (paper.key, paper.title) == ("doi:10.1000/norms.3", "A Title of Norms: And More")
    assert paper.authors == ("Ada Author", "van Writer", "The Lab", "Ada Author")
    assert (paper.published, paper.repo) == (PartialDate(2026, 7), "https://github.com/lab/norms")
    assert paper.abstract.startswith("We study norms")
    assert server.requests[-1].headers["accept"] == "application/vnd.citationstyles.csl+json"


@pytest.mark.parametrize(
    "citation", [{}, {"title": 3}, {"title": []}, [], "text", {"title": "\x1b", "issued": {"date-parts": [[None]]}}]
)
def test_a_citation_without_title_keeps_the_paper_by_its_doi(server: Serving, http: Http, citation: object) -> None:
    server.json("/10.1000/norms.3", citation)
    batch = Lookup(http).fetch(LookupRequest(["doi:10.1000/norms.3"], TODAY))
    assert [(paper.key, paper.title) for paper, _ in batch.items] == [("doi:10.1000/norms.3", "")]
    assert len(batch.skipped) == 1


@pytest.mark.parametrize(
    "dates", [[[2026, 13, 40]], [["2026", "2", "x"]], [[2026, None]], [], [[]], [["99999999999999"]], "2026", {"a": 1}]
)
def test_no_date_costs_the_paper(server: Serving, http: Http, dates: object) -> None:
    server.json("/10.1000/norms.3", {**CITATION, "issued": {"date-parts": dates}})
    ((paper, _),) = Lookup(http).fetch(LookupRequest(["doi:10.1000/norms.3"], TODAY)).items
    assert paper.title


@pytest.mark.parametrize(
    ("fields", "day", "remark"),
    [
        ({"issued": {"date-parts": [[2026]]}, "created": {"date-parts": [[2026, 7, 3]]}}, PartialDate(2026), ""),
        ({"issued": {"date-parts": [[2026]]}, "published": {"date-parts": [[2026, 7]]}}, PartialDate(2026, 7), ""),
        ({"issued": {"date-parts": [[None]]}, "created": {"date-time": "2026-07-03T01:00:00Z"}}, date(2026, 7, 3), ""),
        ({"issued": "soon"}, None, "unknown date “soon”; imported without a date"),
    ],
)
def test_a_date_is_as_exact_as_the_agency_says(
    server: Serving, http: Http, fields: dict[str, object], day: PublicationDate | None, remark: str
) -> None:
    server.json("/10.1000/norms.3", {**CITATION, **fields})
    batch = Lookup(http).fetch(LookupRequest(["doi:10.1000/norms.3"], TODAY))
    assert batch.items[0][0].published == day
    assert [skip.reason for skip in batch.skipped] == ([f"10.1000/norms.3: {remark}"] if remark else [])


def test_the_abridged_record_of_a_real_paper(shared_feeds: Path, server: Serving, http: Http) -> None:
    body = (shared_feeds / "hf-json" / "paper-abridged.json").read_bytes()
    identifier = json.loads(body)["id"]
    server.file(f"/api/papers/{identifier}", body, "application/json")
    ((paper, announcement),) = Lookup(http).fetch(LookupRequest([f"arxiv:{identifier}"], TODAY)).items
    assert paper.key == f"arxiv:{identifier}" and paper.title
    assert announcement.upvotes == json.loads(body)["upvotes"]
