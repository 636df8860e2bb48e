"""PubMed's tagged format: wrapped lines, names, dates, identifiers, keywords, several records, records cut off."""

from __future__ import annotations

from datetime import date

import pytest

from readlist.model.time import PartialDate, PublicationDate
from readlist.sources.batch import Batch
from readlist.sources.formats.reference import batch_of
from readlist.sources.formats.tagged_reference import is_pubmed, parse_pubmed

MADE = date(2026, 8, 1)
TWO = """
PMID- 10000001
OWN - NLM
STAT- MEDLINE
DP  - 2020 Mar 4
TI  - Kettles in hospital wards: a trial whose title
      is wrapped.
LID - 10.1000/Kettle.1 [doi]
AB  - BACKGROUND: Kettles boil.
      METHODS: We watched them.
FAU - Bell, Ada Jr
AU  - Bell A Jr
FAU - du Pont, Chen
AU  - du Pont C
CN  - Kettle Study Group
AD  - Ward, Hospital.
OT  - *tea
OT  - star
MH  - Hot Temperature/*adverse effects
MH  - Humans
JT  - Journal of kettles
SO  - J Kettles. 2020 Mar 4;1(2):3-4. doi: 10.1000/Kettle.1.

PMID- 10000002
DP  - 2019
DEP - 20181230
TI  - [A pot that was translated].
AU  - Fox EA
AU  - Gray B 3rd
AID - S0000-0000(19)30001-2 [pii]
"""


def decode(text: str) -> Batch:
    return batch_of(parse_pubmed(text), kind="PubMed", origin="wards.nbib", made=MADE)


def one(*lines: str) -> Batch:
    """A record with a title and some more lines."""
    return decode("\n".join(["PMID- 1", "TI  - A kettle.", *lines]))


def test_records_are_papers() -> None:
    assert is_pubmed(TWO)
    batch = decode(TWO)
    (first, announcement), (second, _) = batch.items
    assert (batch.kind, batch.feed, batch.skipped, dict(batch.marks)) == ("PubMed", "wards.nbib", (), {})
    assert (announcement.day, announcement.position) == (MADE, 1)
    assert first.title == "Kettles in hospital wards: a trial whose title is wrapped"
    assert first.abstract == "BACKGROUND: Kettles boil. METHODS: We watched them."
    assert first.authors == ("Ada Bell, Jr", "Chen du Pont", "Kettle Study Group")
    assert (first.doi, first.published) == ("10.1000/kettle.1", date(2020, 3, 4))
    assert first.keywords[0] == "tea" and first.keywords[-2:] == ("Hot Temperature", "Humans")
    assert [(link.url, link.kind) for link in first.links] == [("https://pubmed.ncbi.nlm.nih.gov/10000001/", "paper")]
    assert (second.title, second.authors) == ("A pot that was translated", ("EA Fox", "B Gray, 3rd"))
    assert (second.doi, second.published) == ("", date(2018, 12, 30))


@pytest.mark.parametrize(
    ("lines", "published"),
    [
        (("DP  - 2019 Aug 26",), date(2019, 8, 26)),
        (("DP  - 2019 Aug 26-Sep 1",), date(2019, 8, 26)),
        (("DP  - 2019 Jul-Aug",), PartialDate(2019, 7)),
        (("DP  - 2019 Aug", "DEP - 20190703"), date(2019, 7, 3)),
        (("DP  - 1998 Dec-1999 Jan",), PartialDate(1998, 12)),
        (("DP  - 2019 Spring",), PartialDate(2019)),
        (("DP  - 2019",), PartialDate(2019)),
        (("DP  - 2019 Feb 31",), PartialDate(2019, 2)),
        (("DEP - 20191301",), PartialDate(2019)),
        (("DP  - soon",), None),
    ],
)
def test_days(lines: tuple[str, ...], published: PublicationDate | None) -> None:
    ((paper, _),) = one(*lines).items
    assert paper.published == published


@pytest.mark.parametrize(
    ("lines", "arxiv", "doi"),
    [
        (("AID - 10.1000/a [doi]",), "", "10.1000/a"),
        (("LID - e12345 [pii]", "LID - 10.1000/b [doi]"), "", "10.1000/b"),
        (("SO  - J Kettles. 2019;1:2. doi: 10.1000/c.",), "", "10.1000/c"),
        (("LID - arXiv:2401.01234v2 [pii]",), "2401.01234", ""),
        (("AID - 2401.01234 [pii]", "JT  - ArXiv"), "2401.01234", ""),
        (("AID - 2401.01234 [pii]", "JT  - Kettles"), "", ""),
    ],
)
def test_identifiers(lines: tuple[str, ...], arxiv: str, doi: str) -> None:
    ((paper, _),) = one(*lines).items
    assert (paper.arxiv, paper.doi) == (arxiv, doi)


def test_records_without_a_line_between_and_one_cut_off_are_read() -> None:
    batch = decode("PMID- 1\nTI  - A kettle.\nPMID- 2\nTI  - A pot.\nPMID- 3\nOWN - N")
    assert [paper.title for paper, _ in batch.items] == ["A kettle", "A pot"]
    assert [(skip.line, skip.reason, skip.lost) for skip in batch.skipped] == [(5, "no title, arXiv id or DOI", True)]


def test_hostile_text_is_clean() -> None:
    ((paper, _),) = one("AB  - Words \x1b[31mhere\x1b[0m.", "OT  - a\u202eb").items
    assert (paper.abstract, paper.keywords) == ("Words here.", ("ab",))


@pytest.mark.parametrize(
    "text",
    [
        "TY  - JOUR\nTI  - A kettle\nER  - \n",
        "We read PMID- 12345678 and liked it.\nTI  - is a tag.\n",
        "PMID- 1234\n\nA page about a paper, and no tags.\n",
        "",
    ],
)
def test_other_text_is_not_taken_for_it(text: str) -> None:
    assert not is_pubmed(text)
