"""BibTeX: what papers, notes and stars come of it, and what is said of the rest."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readlist.model.mark import Mark
from readlist.model.paper import Paper
from readlist.model.time import PartialDate, PublicationDate
from readlist.sources.batch import Batch
from readlist.sources.formats import bibtex_parser as bibtex
from readlist.sources.formats.reference import batch_of

MADE = date(2026, 8, 20)


def decode(text: str, **options: date) -> Batch:
    return batch_of(bibtex.parse(text), kind="BibTeX", origin="/home/ada/My library.bib", made=MADE, **options)


def paper(fields: str, kind: str = "misc") -> Paper:
    """The paper of an entry with these fields."""
    ((found, _),) = decode(f"@{kind}{{some_key,\n {fields}\n}}").items
    return found


def mark(fields: str) -> Mark | None:
    """What is decided about the paper of an entry with these fields."""
    return next(iter(decode(f"@misc{{k, title = {{A}}, {fields}}}").marks.values()), None)


def note(fields: str) -> str:
    found = mark(fields)
    return found.note if found else ""


def reasons(batch: Batch) -> list[tuple[int | None, str]]:
    return [(skip.line, skip.reason) for skip in batch.skipped]


ZOTERO = """
@article{bell_kettles_2021,
	title = {Kettles that {Listen}: {Boiling} by {Ear}},
	url = {http://arxiv.org/abs/2107.01234},
	abstract = {We let kettles
listen. Code: https://github.com/kettle/listen.},
	urldate = {2021-08-21},
	journal = {arXiv:2107.01234 [cs]},
	author = {Bell, Ada and van der Du, Chen and {Kettle Lab} and M{\\"u}ller, Jr., J{\\"o}rg},
	month = jul,
	year = {2021},
	note = {arXiv: 2107.01234},
	keywords = {Computer Science - Sound, starred},
	annote = {Comment: 9 pages, 2 figures},
	annote = {Try it on \\$5 pots.},
	file = {PDF:C\\:\\\\Users\\\\ada\\\\x.pdf:application/pdf},
}
"""


def test_an_export_of_zotero_gives_the_whole_paper() -> None:
    batch = decode(ZOTERO)
    assert (batch.kind, batch.feed, batch.day, batch.failure, batch.skipped) == (
        "BibTeX",
        "My library.bib",
        MADE,
        "",
        (),
    )
    ((found, announcement),) = batch.items
    assert found == Paper(
        key="arxiv:2107.01234",
        title="Kettles that Listen: Boiling by Ear",
        abstract="We let kettles listen. Code: https://github.com/kettle/listen.",
        authors=("Ada Bell", "Chen van der Du", "Kettle Lab", "Jörg Müller, Jr."),
        published=PartialDate(2021, 7),
        arxiv="2107.01234",
        links=found.links,
        keywords=("Computer Science - Sound",),
        comment="9 pages, 2 figures",
    )
    assert [link.url for link in found.links] == ["https://github.com/kettle/listen"]
    assert (announcement.feed, announcement.day, announcement.position) == ("My library.bib", MADE, 1)
    mark = batch.marks["arxiv:2107.01234"]
    assert (mark.note, bool(mark.starred), bool(mark.read)) == ("Try it on $5 pots.", True, False)


def test_a_day_of_the_user_goes_before_the_files() -> None:
    assert decode(ZOTERO, day=date(2024, 2, 29)).items[0][1].day == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("name", "feed"), [("-", "BibTeX"), ("Sample.bib", "Sample.bib"), ("HF daily", "HF daily (BibTeX)")]
)
def test_the_feed_is_never_called_as_one_that_is_followed(name: str, feed: str) -> None:
    assert batch_of(bibtex.parse(ZOTERO), kind="BibTeX", origin=name, made=MADE).feed == feed


@pytest.mark.parametrize(
    "fields",
    [
        "eprint = {2107.01234}, archiveprefix = {arXiv}",
        "eprint = {2107.01234v3}, eprinttype = {arxiv}",
        "arxivId = {2107.01234}",
        "journal = {arXiv preprint arXiv:2107.01234}",
        "journal = {CoRR}, volume = {abs/2107.01234}",
        "number = {arXiv:2107.01234}",
        "note = {arXiv:2107.01234 [cs, q-bio]}",
        "doi = {10.48550/arXiv.2107.01234}",
        "url = {https://arxiv.org/pdf/2107.01234v2.pdf}",
        r"howpublished = {\url{https://arxiv.org/abs/2107.01234}}",
    ],
)
def test_an_arxiv_id_is_found_wherever_programs_put_it(fields: str) -> None:
    assert paper(f"title = {{A}}, {fields}").key == "arxiv:2107.01234"


def test_a_paper_that_a_note_only_mentions_is_another() -> None:
    assert paper("title = {A}, note = {Compare arXiv:2107.01234, which is better}").arxiv == ""
    assert paper("title = {A}, eprint = {2107.01234}, archiveprefix = {HAL}").arxiv == ""


@pytest.mark.parametrize("fields", ["doi = {10.1000/ABC_1}", r"doi = {https://doi.org/10.1000/ABC\_1}",
                                    "url = {https://doi.org/10.1000/abc_1}"])  # fmt: skip
def test_a_doi_is_found(fields: str) -> None:
    assert paper(f"title = {{A}}, {fields}").key == "doi:10.1000/abc_1"


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ("date = {2013-12-19}", date(2013, 12, 19)),
        ("date = {2013-12-19/2014-01}", date(2013, 12, 19)),
        ("year = {2013}, month = {12}, day = {19}", date(2013, 12, 19)),
        ('year = 2013, month = "19~" # dec', date(2013, 12, 19)),
        ('year = 2013, month = dec # "~19"', date(2013, 12, 19)),
        ("year = {2013}, month = {December}", PartialDate(2013, 12)),
        ("year = {2013}, month = sept", PartialDate(2013, 9)),
        ("date = {2013-12}", PartialDate(2013, 12)),
        ("date = {2013}, year = {2013}, month = dec", PartialDate(2013, 12)),
        ("date = {2013/}", PartialDate(2013)),
        ("date = {2013~}", PartialDate(2013)),
        ("year = {2013}", PartialDate(2013)),
        ("date = {2013}", PartialDate(2013)),
        ("year = {2018//}", PartialDate(2018)),
        ("title = {B}", None),
    ],
)
def test_a_date_is_as_exact_as_its_fields(fields: str, day: PublicationDate | None) -> None:
    assert paper(f"title = {{A}}, {fields}").published == day


@pytest.mark.parametrize(
    ("fields", "text", "kept"),
    [
        ("year = {forthcoming}, month = may", "forthcoming", "without a date"),
        ("date = {201X}", "201X", "without a date"),
        ("year = {2013}, month = {Mai}", "Mai 2013", "as 2013"),
        ("date = {2013-02-31}", "2013-02-31", "as 2013-02"),
    ],
)
def test_a_date_that_cannot_be_read_is_named(fields: str, text: str, kept: str) -> None:
    batch = decode(f"\n@misc{{a, title = {{A}}, {fields}}}")
    assert reasons(batch) == [(2, f"unknown date “{text}”; imported {kept}")]
    assert len(batch.items) == 1 and not batch.skipped[0].lost


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Ada Bell and Chen Du", ("Ada Bell", "Chen Du")),
        ("Bell, Ada and others", ("Ada Bell", "et al.")),
        ("{Barnes and Noble} and Bell, Ada", ("Barnes and Noble", "Ada Bell")),
        ("de la Cruz, Jr., Ana", ("Ana de la Cruz, Jr.",)),
        ("family=Vinci, given=Leonardo, prefix=da and Bell, Ada", ("Leonardo da Vinci", "Ada Bell")),
        (
            'family="Bell, Jr", given=Ada and "family={Du and Sons}" and others',
            ("Ada Bell, Jr", "Du and Sons", "et al."),
        ),
        ('family=M{\\"u}ller, given="J{\\"o}rg", given-i={J}, useprefix=true', ("Jörg Müller",)),
        ("Wang, Wei and Bell, Ada and Wang, Wei", ("Wei Wang", "Ada Bell", "Wei Wang")),
        ("{World Health Organization} and Bell, Ada et~al.", ("World Health Organization", "Ada Bell", "et al.")),
        ("Bell, Ada; Du, Chen", ("Ada Bell", "Chen Du")),
        ("Bell, Ada AND\n  Du, Chen", ("Ada Bell", "Chen Du")),
    ],
)
def test_names_are_given_in_the_order_they_are_spoken(written: str, names: tuple[str, ...]) -> None:
    assert paper(f"title = {{A}}, author = {{{written}}}").authors == names


@pytest.mark.parametrize(
    ("field", "links"),
    [
        ("url = {https://lab.org/a_b~c%20d?x=1&y=2}", ["https://lab.org/a_b~c%20d?x=1&y=2"]),
        (
            "url = {https://lab.org/r; https://github.com/lab/code}",
            ["https://github.com/lab/code", "https://lab.org/r"],
        ),
        ("url = {See https://lab.org/seen}", ["https://lab.org/seen"]),
        (r"howpublished = {\url{https://lab.org/x\_y\#z}}", ["https://lab.org/x_y#z"]),
    ],
)
def test_addresses_are_taken_as_they_are_written_once_each(field: str, links: list[str]) -> None:
    assert [link.url for link in paper(f"title = {{A}}, {field}").links] == links


def test_strings_joined_values_and_crossrefs_are_filled_in() -> None:
    batch = decode("""
@string{mit = "MIT"} @STRING(long = mit # { Press})
@preamble{"\\newcommand{\\x}{y}"} @comment{title = {None}}
@inproceedings{a, title = "Part {One} of " # long, institution = mit, crossref = {P}, keywords = "x"}
@proceedings{p, title = {All of It}, date = {2013-12-19}}
@book{b, title = {A Book}, publisher = "x"}
@phdthesis(c, title = {A Thesis}, school = mit)
""")
    assert [found.title for found, _ in batch.items] == ["Part One of MIT Press", "A Book", "A Thesis"]
    assert batch.items[0][0].published == date(2013, 12, 19)
    assert (batch.items[0][0].organization, batch.items[2][0].organization) == ("MIT", "MIT")


def test_strings_made_of_strings_do_not_explode() -> None:
    lines = ['@string{s0 = "ha"}', *(f"@string{{s{n} = s{n - 1} # s{n - 1}}}" for n in range(1, 60))]
    ((found, _),) = decode("\n".join([*lines, "@misc{k, title = s59}"])).items
    assert found.title.startswith("haha") and len(found.title) < 2_001


class TestDecisions:
    @pytest.mark.parametrize("tag", ["starred", "Star", "★", "⭐️", "_starred", "#favourite", "readlist:starred"])
    def test_a_tag_is_a_star(self, tag: str) -> None:
        found = mark(f"keywords = {{robots; {tag}, arms}}")
        assert found and found.starred and not found.read and not found.note
        assert paper(f"title = {{A}}, keywords = {{robots; {tag}, arms}}").keywords == ("robots", "arms")

    @pytest.mark.parametrize(
        "fields",
        ["keywords = {_read}", "mendeley-tags = {Read}", "readstatus = {read}", "note = {Read\\_Status: Read}"],
    )
    def test_what_was_read_is_read(self, fields: str) -> None:
        found = mark(fields)
        assert found and found.read and not found.starred and not found.note

    @pytest.mark.parametrize("tag", ["to-read", "unread", "reading", "star formation", "starred repos"])
    def test_other_words_decide_nothing(self, tag: str) -> None:
        assert mark(f"keywords = {{{tag}}}") is None

    @pytest.mark.parametrize("name", ["annote", "annotation", "note", "comment", "comment-ada", "review"])
    def test_notes_of_many_programs_are_notes(self, name: str) -> None:
        assert note(f"{name} = {{My own words.\n\nIn two paragraphs}}") == "My own words.\n\nIn two paragraphs"

    @pytest.mark.parametrize(
        "text",
        [
            "arXiv: 2107.01234", "arXiv:2107.01234 [cs]", "Publisher: Nature", "Accepted at ICLR 2015", "to appear",
            "12 pages, 3 figures", "[Online; accessed 5-May-2015]", "ISSN: 1234-5678", "https://example.org/x",
            "Conference Name: X\nMAG ID: 77",
        ],
    )  # fmt: skip
    def test_what_bibliographies_print_is_no_note(self, text: str) -> None:
        assert mark(f"note = {{{text}}}") is None

    def test_words_beside_it_are_kept(self) -> None:
        assert note("note = {Publisher: X\nHe is wrong.}, annote = {Twice}") == "Twice\n\nHe is wrong."

    @pytest.mark.parametrize(
        "line", ["@ada (see there)", "@ada {see} there", "@(x)", "@ {x}", "@chen(x)", "@", "@misc"]
    )
    def test_a_line_of_a_note_may_begin_with_an_at_sign(self, line: str) -> None:
        assert note(f"annote = {{One\n{line}\n\n{line}}}, year = {{2020}}") == (
            f"One\n{line}\n\n{line}".replace("{", "").replace("}", "")
        )

    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("Read it\n           again, then\n\t  ask Ada", "Read it again, then ask Ada"),
            ("\n    One two\n    three\n\n    Four\n    @chen(x)\n  ", "One two three\n\nFour @chen(x)"),
            ("One\nTwo\n  - three", "One\nTwo\n  - three"),
            ("One\n\n\nTwo", "One\n\n\nTwo"),
        ],
    )
    @pytest.mark.parametrize("name", ["annote", "annotation", "note", "comment", "review"])
    def test_a_note_loses_the_indentation_of_the_file(self, name: str, text: str, read: str) -> None:
        assert note(f"{name} = {{{text}}}") == read

    def test_a_note_in_html_is_read(self) -> None:
        html = "<p>One \\& two</p><p>b</p>".replace("<", r"{\textless}").replace(">", r"{\textgreater}")
        assert note(f"annote = {{{html}}}") == "One & two\n\nb"
        assert note(r"annote = {a {\textless} b and c {\textgreater} d}") == "a < b and c > d"


class TestWhatIsDamaged:
    def test_an_entry_that_breaks_off_gives_what_it_has(self) -> None:
        batch = decode(
            "@misc{a,\n title = {One {Two},\n year = {20\n\n@misc{b,\n title = {Three},\n abstract = {It ends he"
        )
        assert [(found.title, found.abstract) for found, _ in batch.items] == [("One Two", ""), ("Three", "It ends he")]
        assert reasons(batch) == [
            (1, "the entry “a” is truncated; its first fields were imported"),
            (1, "unknown date “20”; imported without a date"),
            (5, "the entry “b” is truncated; its first fields were imported"),
        ]

    def test_also_where_it_stands_in_one_line(self) -> None:
        ((found, _),) = decode("@misc{a, title = {One}, author = {Bell, Ada}, abstract = {It ends").items
        assert (found.title, found.authors) == ("One", ("Ada Bell",))

        ((found, _),) = decode('@misc(a, title = "One", author = {Bell, Ada}, abstract = "It ends').items
        assert (found.title, found.authors, found.abstract) == ("One", ("Ada Bell",), "It ends")
        ((found, _),) = decode('@misc(a, title = "One {tw').items
        assert found.title == "One tw"
        ((found, _),) = decode('@misc{a, title = {One}, author = "Bell, Ada and ').items
        assert found.authors == ("Ada Bell",)

    def test_the_tail_of_an_entry_is_enough_if_it_names_the_paper(self) -> None:
        tail = (
            "\turldate = {2018-12-19},\n\tauthor = {Bell, Ada},\n\tyear = {2015},\n\tnote = {arXiv: 1505.07376},\n}\n"
        )
        batch = decode(f"{tail}@misc{{b, title = {{B}}}}")
        assert [found.key for found, _ in batch.items] == ["arxiv:1505.07376", "title:b"]
        assert reasons(batch) == [(1, "an entry without its beginning; the rest was imported")]

    def test_a_missing_comma_costs_nothing(self) -> None:
        found = paper("title = {A}\n year = {2019}\n month = 3,\n keywords = {x}")
        assert (found.title, found.published, found.keywords) == ("A", PartialDate(2019, 3), ("x",))

    def test_what_names_no_paper_is_passed_over(self) -> None:
        batch = decode("@misc{a, title = {A}}\n@misc{b,\n author = {Bell, Ada}}\n@misc{c")
        assert len(batch.items) == 1
        assert reasons(batch) == [
            (2, "“b”: no title, arXiv id or DOI"), (4, "a truncated entry without fields: “c”")
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "opening",
        ["{10.1234/0000(89)9,", "{10.1002/(sici)1(1998)17:15<16::aid>3.0.co;2-2,", "{a=b,", "{a b,", '{O\'Neil "x",',
         "{é ä,", "{{k},", "(k(1),", "{10.1/a,b(1),", "{,", "{", "{k", "\n{k,", "{k\n"],
    )  # fmt: skip
    def test_no_key_costs_its_entry(self, opening: str) -> None:
        closing = ")" if opening.startswith("(") else "}"
        text = f"@misc{opening} title = {{A}}, year = 2020{closing}\n@misc{{b, title = {{B}}\n}}\n@misc{{c}}"
        batch = decode(text)
        assert [found.title for found, _ in batch.items] == ["A", "B"]
        assert batch.items[0][0].published == decode("@misc{a, title = {A}, year = 2020}").items[0][0].published
        assert [(skip.line, skip.lost) for skip in batch.skipped] == [(text.count("\n") + 1, True)]
        assert bibtex.recognised(text, "")

    def test_a_missing_equals_sign_costs_nothing(self) -> None:
        assert paper("title = {A} author {Bell, Ada}, year = 2020").authors == ("Ada Bell",)

    def test_an_entry_that_cannot_be_read_is_named(self) -> None:
        batch = decode('@misc{a, title = {A}}\n\n@misc{k title "B", year = 2020}\n@misc{c, title {C}}')
        assert [(skip.line, skip.lost) for skip in batch.skipped] == [(3, True), (4, True)]

    def test_a_crossref_finds_an_odd_key(self) -> None:
        batch = decode("@misc{a, title = {A}, crossref = {p(1)}}\n@proceedings{p(1), title = {P}, year = 2020}")
        assert [found.title for found, _ in batch.items] == ["A"] and not batch.skipped

    def test_several_entries_of_one_paper_are_one(self) -> None:
        batch = decode("""@misc{a, title = {A Kettle Sings}, annote = {one}}
@misc{a, title = {A kettle sings!}, eprint = {2107.01234}, year = 2020, month = jan, annote = {two}, keywords = {star}}
@misc{c, title = {A Kettle Sings}, eprint = {2107.99999}}""")
        assert [found.key for found, _ in batch.items] == ["arxiv:2107.01234", "arxiv:2107.99999"]
        assert batch.items[0][0].title == "A Kettle Sings" and batch.items[0][0].published == PartialDate(2020, 1)
        assert batch.marks["arxiv:2107.01234"].note == "one\n\ntwo" and batch.marks["arxiv:2107.01234"].starred
        assert reasons(batch) == [(2, "the same paper as line 1; merged")]

    def test_nothing_in_it_is_a_failure(self) -> None:
        assert decode("@comment{x}").failure == "/home/ada/My library.bib: BibTeX without papers; export it again"


@pytest.mark.parametrize(
    ("text", "suffix", "is_it"),
    [
        ("@article{k, title = {A}}", ".txt", True),
        ("% Encoding: UTF-8\n\n@Article{ k ,\n title = {A}}", ".txt", True),
        ("This file was created with JabRef 2.2.\nEncoding: UTF8\n\n@BOOK{k,", "", True),
        ('@string{x = "y"}', ".txt", True),
        ("@comment{jabref-meta: x}", "", True),
        ("My papers\n\n@article{k, title = {A}}", ".bib", True),
        ("My papers\n\n@article{k, title = {A}}", ".txt", False),
        ("@ada and @chen {are here}", ".txt", False),
        ("# A page\n\nText of it", ".md", False),
    ],
)
def test_it_is_known_by_its_content(text: str, suffix: str, is_it: bool) -> None:
    assert bibtex.recognised(text, suffix) is is_it


_PIECES = (
    *("@misc{a,", "title = ", "{", "}", '"', "#", ",", "\n", "@", "@string{s =", "s", "author = {A and B}", "\\", "$"),
    *("note = {x}", "crossref = {a}", "eprint = {2107.01234}", "(", ")", "=", "@comment", "month = jan", "{\\'", "é"),
)


@settings(deadline=None)
@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=5), max_size=30).map("".join))
def test_no_text_is_too_odd(text: str) -> None:
    batch = decode(text)
    assert bool(batch.items) != bool(batch.failure)
    assert {*batch.marks} <= {found.key for found, _ in batch.items}
    bibtex.recognised(text, ".bib")


@pytest.mark.parametrize(
    ("address", "doi"),
    [
        ("https://journals.aps.org/prl/abstract/10.1103/Kettle.1", "10.1103/kettle.1"),
        ("https://www.frontier.example/articles/10.3389/kettle.1/full", "10.3389/kettle.1"),
        ("https://link.springer.com/10.1007/978-3-kettle_2.pdf", "10.1007/978-3-kettle_2"),
        ("https://pot.example/download?lang=en&doi=10.1234%2Fkettle", "10.1234/kettle"),
        ("https://pot.example/files/10.1234/kettle/attachment/1.pdf", ""),
    ],
)
def test_a_doi_is_read_out_of_a_publishers_address(address: str, doi: str) -> None:
    ((paper, _),) = decode(f"@article{{a, title={{Nine kettles}}, url={{{address}}}}}").items
    assert paper.doi == doi


def test_an_address_of_its_own_is_kept_whole_and_once() -> None:
    ((paper, _),) = decode("@misc{a, title={Nine kettles}, url={https://pot.example/a_b~c%20d}}").items
    assert [(link.url, link.kind) for link in paper.links] == [("https://pot.example/a_b~c%20d", "project")]
