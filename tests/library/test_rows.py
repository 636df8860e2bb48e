"""Papers are found and sorted as they are shown: LaTeX as Unicode, and the list's day where a paper has none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from readlist.library import migrations
from readlist.library.integrity import check
from readlist.library.library import Library
from readlist.model.mark import Mark
from readlist.model.time import PartialDate, parse_date
from readlist.query import parse
from readlist.text.clean import readable
from tests.support.library import DAY, add, age, paper


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ℓₚ", [1]), ("lp", [1]), ('"lp regularised"', [1]), (r"ell", [1]), ("naive", [2]), ("naïve", [2]),
        ("h2o", [3]), ("H₂O", [3]), ("quantization", [4]), ("title:quantization", [4]), ("author:jose", [1]),
        ("erdos", [2]),
        ("author:Erdős", [2]), ("α", [3]), ("α-divergence", [3]), ("alpha", [3]), ("org:café", [4]), ("kw:l2", [4]),
        ('"ized lp"', []), ('"water h2o"', []), ('"p regularised lp"', []),
    ],
)  # fmt: skip
def test_latex_is_found_as_it_is_shown_and_as_it_is_stored(library: Library, text: str, found: list[int]) -> None:
    add_latex(library)
    assert list(library.ids(parse(text), "feed")) == found
    assert check(library.connections) == []


def add_latex(library: Library) -> None:
    add(
        library,
        paper(r"$\ell_p$ Regularised", authors=(r"Jos\'e Ortiz",)),
        paper('Being na\\"ive', authors=(r"P. Erd\H{o}s",)),
        paper("H$_2$O in water", abstract=r"By $\alpha$-divergence."),
        paper(r"\textit{Quant}ization", organization=r"Caf\'e Lab", keywords=("$L_2$",)),
    )


def test_titles_are_sorted_as_they_are_shown(library: Library) -> None:
    add_latex(library)
    add(library, paper("Maps"), paper("Coins"), paper("Zebras"))
    titles = [entry.paper.title for entry in library.papers(list(library.ids(parse(""), "title")))]
    assert [readable(title)[:3] for title in titles] == ["Bei", "Coi", "H₂O", "ℓₚ ", "Map", "Qua", "Zeb"]


def test_a_paper_without_a_day_is_sorted_by_that_of_its_list(library: Library) -> None:
    add(library, paper("Old", published=DAY - timedelta(days=9)), paper("New", published=DAY + timedelta(days=9)))
    add(library, paper("Undated"))
    assert list(library.ids(parse("date:2026"), "date")) == [2, 3, 1]
    assert library.first_ids(parse(""), "date", 2) == [2, 3]


def test_months_and_years_are_sorted_and_found_among_days(library: Library) -> None:
    dates = ["2019", "2019-05", "2019-05-03", "2019-12", "2020", "2018-12-31"]
    add(library, *(paper(f"Dated {text}", published=parse_date(text)) for text in dates))
    assert list(library.ids(parse(""), "date")) == [5, 4, 3, 2, 1, 6]
    assert [entry.paper.published for entry in library.papers([1, 2])] == [PartialDate(2019), PartialDate(2019, 5)]
    for text, found in {
        "date:2019": [4, 3, 2, 1],
        "date:2019-05": [3, 2],
        "date:2019-05-03": [3],
        "date:2019-01": [],
        "date:2019-05..2019-06": [3, 2],
        "date:2018..2019-05": [3, 2, 1, 6],
        "date:>2019": [5],
        "date:>=2019-05-04": [5, 4, 2, 1],
        "date:<2019-05": [1, 6],
        "-date:2019": [5, 6],
    }.items():
        assert (text, list(library.ids(parse(text), "date"))) == (text, found)
    assert check(library.connections) == []


def test_a_library_of_the_version_before_is_brought_to_one_that_older_programs_refuse(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    library = Library(path)
    add(library, paper("Maps", published=DAY))
    with library.connections.writing() as connection:
        age(connection, 4)
    library.close()
    library = Library(path)
    assert library.papers([1])[0].paper.published == DAY
    with library.connections.writing() as connection:
        assert connection.execute("pragma user_version").fetchone()[0] > 4
    library.close()


def test_an_older_library_finds_and_sorts_as_shown_too(tmp_path: Path) -> None:
    library = Library(tmp_path / "library.db")
    add_latex(library)
    add(library, paper("Maps"))
    library.mirror.write([("title:maps", Mark(note="$\\ell_p$ by hand"))])
    with library.connections.writing() as connection:
        for statement in (*migrations.MIGRATIONS[2][:3], "drop index paper_by_date"):
            connection.execute(statement)
        connection.execute("update paper set title_folded = (select folded(title) from detail where paper_id = id)")
        connection.execute("create index paper_by_date on paper (published desc, id)")
    assert not library.ids(parse("lp"), "feed")
    with library.connections.writing() as connection:
        age(connection, 3)
    library.close()
    library = Library(tmp_path / "library.db")
    assert [list(library.ids(parse(text), "feed")) for text in ("lp", "h2o", "author:jose", "note:ell")] == [
        [1],
        [3],
        [1],
        [5],
    ]
    assert list(library.ids(parse(""), "title")) == [2, 3, 1, 5, 4]
    assert len(library.ids(parse(""), "date")) == 5 and check(library.connections) == []
    library.mirror.write([("title:maps", Mark(note="other"))])
    assert not library.ids(parse("note:ell"), "feed") and check(library.connections) == []
    library.close()
