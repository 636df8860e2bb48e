"""RIS: what papers, notes and stars come of it, and what is said of the rest."""

from __future__ import annotations

from datetime import date

import pytest
import rispy  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from readlist.model.paper import Link, Paper
from readlist.model.time import PartialDate, PublicationDate
from readlist.sources.batch import Batch
from readlist.sources.formats.reference import batch_of
from readlist.sources.formats.tagged_reference import is_ris, parse_ris
from readlist.text.clean import clean
from tests.support.depth import examples

MADE = date(2026, 8, 20)
KETTLES = """TY  - JOUR
TI  - Kettles That <i>Listen</i>: Boiling by Ear
AU  - Bell, Ada
AU  - Du, Chen, Jr.
AU  - Kettle Lab
PY  - 2021
DA  - 2021/07/02/
DO  - 10.1000/ABC.1
AN  - arXiv:2107.01234
UR  - https://arxiv.org/abs/2107.01234
UR  - https://github.com/kettle/listen
AB  - We let kettles listen,
and they do.
KW  - Computer Science, applied
KW  - starred
N1  - First line

RL - what it is
  indented
N1  - <p>Another</p>
RN  - mine
ER  -\x20

"""


def decode(text: str) -> Batch:
    return batch_of(parse_ris(text), kind="RIS", origin="library.ris", made=MADE)


def record(*lines: str) -> Paper:
    """The paper of a record with these lines."""
    ((found, _),) = decode("\n".join(["TY  - JOUR", "TI  - A", *lines, "ER  - "])).items
    return found


def test_a_record_gives_the_whole_paper() -> None:
    batch = decode(KETTLES)
    assert (batch.kind, batch.feed, batch.day, batch.failure, batch.skipped) == ("RIS", "library.ris", MADE, "", ())
    assert [paper for paper, _ in batch.items] == [
        Paper(
            key="arxiv:2107.01234",
            title="Kettles That Listen: Boiling by Ear",
            abstract="We let kettles listen, and they do.",
            authors=("Ada Bell", "Chen Du, Jr.", "Kettle Lab"),
            published=date(2021, 7, 2),
            arxiv="2107.01234",
            doi="10.1000/abc.1",
            links=(Link("https://github.com/kettle/listen", "repo"),),
            keywords=("Computer Science, applied",),
        )
    ]
    mark = batch.marks["arxiv:2107.01234"]
    assert mark.note == "First line\n\nRL - what it is\n  indented\n\nAnother\n\nmine"
    assert mark.starred and not mark.read


def test_lines_that_go_on_behind_a_blank_are_taken_without_it() -> None:
    batch = decode("TY  - JOUR\nTI  - A\nN1  - one\n \n   two\n AB  - three\nER  - \n")
    assert batch.marks["title:a"].note == "one\n\n  two\nAB  - three"


@pytest.mark.parametrize(
    "line",
    [
        "UR  - http://arxiv.org/abs/1803.00653",
        "VL  - abs/1803.00653",
        "JO  - arXiv:1803.00653 [cs]",
        "M1  - arXiv:1803.00653",
        "N1  - arXiv: 1803.00653",
        "DO  - 10.48550/arXiv.1803.00653",
        "L1  - https://arxiv.org/pdf/1803.00653v2",
    ],
)
def test_an_arxiv_id_is_found_wherever_programs_put_it(line: str) -> None:
    assert record(line).key == "arxiv:1803.00653"


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("PY  - 2018//", PartialDate(2018)),
        ("PY  - 2018", PartialDate(2018)),
        ("Y1  - 2018/05//", PartialDate(2018, 5)),
        ("PY  - 2018\nDA  - May 6", date(2018, 5, 6)),
        ("Y1  - 2018///Spring", PartialDate(2018)),
        ("DA  - 2018-05-06", date(2018, 5, 6)),
        ("PY  - 2018/13/45/x", PartialDate(2018)),
    ],
)
def test_a_date_is_as_exact_as_it_is_given(line: str, day: PublicationDate | None) -> None:
    assert record(line).published == day


def test_a_date_that_cannot_be_read_is_named() -> None:
    batch = decode("TY  - JOUR\nTI  - A\nPY  - 2018/13/45/x\nER  - ")
    assert [(skip.line, skip.reason) for skip in batch.skipped] == [
        (1, "unknown date “2018/13/45/x”; imported as 2018")
    ]


def test_one_line_of_keywords_may_hold_all_of_them() -> None:
    assert record("KW  - a, b; c").keywords == ("a", "b", "c")
    assert record("KW  - a", "b", "KW  - c").keywords == ("a", "b", "c")


def test_records_that_are_cut_off_give_what_they_have() -> None:
    batch = decode("AU  - Bell, Ada\nTI  - Tail\nER  - \nTY  - JOUR\nTI  - No end\nTY  - JOUR\nTI  - Breaks of")
    assert [paper.title for paper, _ in batch.items] == ["Tail", "No end", "Breaks of"]
    assert [(skip.line, skip.reason) for skip in batch.skipped] == [
        (1, "a record without its beginning; the rest was imported"),
        (4, "a truncated record; its first fields were imported"),
        (6, "a truncated record; its first fields were imported"),
    ]
    assert all(skip.lost for skip in batch.skipped)


def test_what_names_no_paper_is_passed_over() -> None:
    batch = decode(f"TY  - JOUR\nAU  - Bell, Ada\nER  - \n{KETTLES}")
    assert [(skip.line, skip.reason, skip.lost) for skip in batch.skipped] == [(1, "no title, arXiv id or DOI", True)]
    assert len(batch.items) == 1


def test_files_that_spare_blanks_are_read() -> None:
    ((paper, _),) = decode("TY - JOUR\nTI - A title\nAU - Bell, Ada\nER -\n").items
    assert (paper.title, paper.authors) == ("A title", ("Ada Bell",))


@pytest.mark.parametrize(
    "form",
    ["{}  -  {}", "{} - {}", "{}  -{}", "{}-{}", "{}\t-\t{}", "{}\xa0\xa0-\xa0{}", "  {}  - {}", "{}   -   {}  "],
)
def test_any_blanks_may_stand_around_a_tag(form: str) -> None:
    lines = [("TY", "JOUR"), ("TI", "A title"), ("AU", "Bell, Ada"), ("N1", "Mine"), ("ER", "")] * 2
    lines[6] = ("TI", "Another")
    text = "\n".join(form.format(*line) for line in lines)
    assert is_ris(text)
    batch = decode(text)
    assert [(paper.title, paper.authors) for paper, _ in batch.items] == [
        ("A title", ("Ada Bell",)), ("Another", ("Ada Bell",)),
    ]  # fmt: skip
    assert [mark.note for mark in batch.marks.values()] == ["Mine", "Mine"] and batch.skipped == ()


def test_loose_lines_behind_a_strict_first_one_are_read_but_none_within_a_strict_record() -> None:
    loose, strict = decode(
        "TY  - JOUR\nTI - A\nAU - Bell, Ada\nER -\nTY  - JOUR\nTI  - B\nN1  - x\n TY  - JOUR\n TI  - C\n ER  - \nER  - "
    ).items
    assert (loose[0].authors, strict[0].title) == (("Ada Bell",), "B")


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (("A1  - Bell, Ada", "AU  - Du, Chen", "A1  - Li, Bo"), ("Ada Bell", "Chen Du", "Bo Li")),
        (("AU  - Bell, Ada", "AU  - Du, Chen", "A1  - Bell, Ada"), ("Ada Bell", "Chen Du")),
        (("AU  - Wang, Wei", "AU  - Wang, Wei"), ("Wei Wang", "Wei Wang")),
        (
            ("AU  - World Health Organization,", "AU  - Bell, A., et al."),
            ("World Health Organization", "A. Bell", "et al."),
        ),
        (("AU  - Bell, Ada; Du, Chen;", "AU  - Li, Bo", "Kettle Lab"), ("Ada Bell", "Chen Du", "Bo Li", "Kettle Lab")),
        (("A2  - Bell, Ada", "ED  - Du, Chen"), ("Ada Bell", "Chen Du")),
    ],
)
def test_authors_keep_the_order_of_the_file(lines: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert record(*lines).authors == names


@pytest.mark.parametrize("tag", ["UR", "LK", "L1", "L2", "L3", "L4"])
def test_links_are_read_from_every_tag_for_them(tag: str) -> None:
    assert record(f"{tag}  - https://github.com/kettle/listen").links == (
        Link("https://github.com/kettle/listen", "repo"),
    )
    assert record(f"{tag}  - https://doi.org/10.1000/Abc").doi == "10.1000/abc"


def test_links_without_a_scheme_and_in_html_are_read() -> None:
    paper = record("UR  - www.kettle.org/listen", 'UR  - <a href="https://kettle.org/a">here</a>')
    assert [link.url for link in paper.links] == ["https://www.kettle.org/listen", "https://kettle.org/a"]


@pytest.mark.parametrize(
    "line",
    ["DO  - doi:10.1000/ABC", "DO  - https://doi.org/10.1000/abc", "DI  - 10.1000/abc", "M3  - doi: 10.1000/abc",
     "N1  - doi: 10.1000/abc", "L3  - http://dx.doi.org/10.1000/abc"],
)  # fmt: skip
def test_a_doi_is_found_wherever_programs_put_it(line: str) -> None:
    assert record(line).key == "doi:10.1000/abc"


def test_paragraphs_of_an_abstract_with_signs_of_html_are_kept() -> None:
    assert record("AB  - Pots & pans.", "", "  Two < three.").abstract == "Pots & pans.\n\nTwo < three."


def test_an_organisation_is_a_single_name() -> None:
    assert record("AD  - Kettle Lab").organization == "Kettle Lab"
    assert record("AD  - Kettle Lab, 1 Pot Street; a@b.org").organization == ""


def test_what_was_read_is_a_keyword() -> None:
    mark = decode("TY  - JOUR\nTI  - A\nKW  - read\nKW  - tea\nER  - ").marks["title:a"]
    assert mark.read is not None and mark.starred is None


def test_what_stands_between_records_is_no_lost_paper() -> None:
    batch = decode(f"{KETTLES}C1  - Database: Kettles 1980 to 2020\n\nSearch Strategy:\n\n1. kettle\n")
    assert len(batch.items) == 1 and not any(skip.lost for skip in batch.skipped)


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        (KETTLES, True),
        ("\n\nTY  - JOUR\n", True),
        ("Provider: X\nContent:text/plain\n\nTY  - JOUR\nER  - ", True),
        ("AU  - Bell\nTI  - A\n", True),
        ("TY - JOUR\n", True),
        ("A page\nwith text\n", False),
        ("PS  - no\nreally", False),
    ],
)
def test_it_is_known_by_its_content(text: str, is_it: bool) -> None:
    assert is_ris(text) is is_it


_LINE = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12).map(lambda text: f"x{text}")


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(st.tuples(_LINE, st.lists(_LINE, max_size=3), st.booleans()), min_size=1, max_size=4))
def test_what_another_program_writes_comes_in_whole(records: list[tuple[str, list[str], bool]]) -> None:
    written = rispy.dumps(
        [
            {"type_of_reference": "JOUR", "title": f"{number} {title}", "notes": notes, "doi": f"10.1234/{number}"}
            | ({"keywords": ["starred"]} if starred else {})
            for number, (title, notes, starred) in enumerate(records)
        ]
    )
    batch = decode(written)
    assert [paper.doi for paper, _ in batch.items] == [f"10.1234/{number}" for number in range(len(records))]
    for number, (_, notes, starred) in enumerate(records):
        mark = batch.marks.get(f"doi:10.1234/{number}")
        assert bool(mark and mark.starred) is starred
        assert (mark.note.split("\n\n") if mark and mark.note else []) == [*dict.fromkeys(map(clean, notes))]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["TY  - ", "ER  - ", "\n", "TI  - a", "KW  - starred", "N1  - ", "AU  - a, b, c", "UR  - ", ","]
        )
        | st.text(max_size=5),
        max_size=30,
    ).map("".join)
)
def test_no_text_is_too_odd(text: str) -> None:
    batch = decode(text)
    assert bool(batch.items) != bool(batch.failure)
    is_ris(text)
