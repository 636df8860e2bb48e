"""BibTeX as others read it: pybtex, BibTeX and LaTeX themselves, biber."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import parse_string  # type: ignore[import-untyped]

from readlist.exports import bibtex
from readlist.exports.citation_key import citation_key
from readlist.model.paper import Link
from readlist.shelf import Entry
from readlist.text.latex_field import escape_special
from tests.support.depth import examples
from tests.support.entries import hostile_entries, lines, make_entry, sample_entries, texts
from tests.support.tex import read


def written(*entries: Entry) -> str:
    """The BibTeX file of some entries."""
    return "".join(bibtex.write(entries))


def parsed(*entries: Entry) -> Any:
    """The entries as pybtex reads them."""
    return parse_string(written(*entries), "bibtex").entries


def spaced(text: str) -> str:
    """A text with its runs of blanks as one space, as BibTeX has them."""
    return " ".join(text.split())


def test_a_paper_is_written_as_arxiv_itself_has_it() -> None:
    entry = make_entry(
        "Attention Is All You Need: BERT and $\\ell_p$",
        authors=("Ashish Vaswani", "Laurens van der Maaten", "Gemini Team", "Sammy Davis, Jr."),
        abstract="At 100% of {it}.\n\nMore.",
        keywords=("attention", "R&D"),
        links=(Link("https://github.com/lab/a_b", "repo"),),
        note="Try 50% of\nit.",
        starred=True,
        read=True,
    )
    assert written(entry) == (
        "@misc{vaswani2017attention-1706.03762,\n"
        "  title = {Attention Is All You Need: {BERT} and {$\\ell_p$}},\n"
        "  author = {Vaswani, Ashish and van der Maaten, Laurens and {Gemini Team} and Davis, Jr., Sammy},\n"
        "  year = {2017},\n"
        "  month = jun,\n"
        "  day = {12},\n"
        "  eprint = {1706.03762},\n"
        "  archivePrefix = {arXiv},\n"
        "  url = {https://arxiv.org/abs/1706.03762},\n"
        "  code = {https://github.com/lab/a_b},\n"
        "  abstract = {At 100\\% of {\\textbraceleft}it{\\textbraceright}.\n\nMore.},\n"
        "  keywords = {attention, R\\&D, starred},\n"
        "  readstatus = {read},\n"
        "  annote = {Try 50\\% of\nit.},\n"
        "}\n"
    )


@pytest.mark.parametrize("others", ["et al.", "et al", "others", "and others"])
def test_that_there_are_more_authors_is_said_as_bibtex_says_it(others: str) -> None:
    assert "author = {Bell, Ada and others}" in written(make_entry(authors=("Ada Bell", others)))
    assert "author = {{others}}" in written(make_entry(authors=("others",)))


def test_the_class_is_given_where_a_feed_or_the_id_tells_it_and_dois_make_articles() -> None:
    old = next(iter(parsed(make_entry(arxiv="hep-th/9901001")).values()))
    assert (old.fields["eprint"], old.fields["primaryClass"]) == ("hep-th/9901001", "hep-th")
    new = next(iter(parsed(make_entry(keywords=("cs.CL", "cs.LG"))).values()))
    assert new.fields["primaryClass"] == "cs.CL"
    untold = next(iter(parsed(make_entry(keywords=("attention", "cs.LG"))).values()))
    assert "primaryClass" not in untold.fields
    article = next(iter(parsed(make_entry(arxiv="", doi="10.1000/a_b{c}")).values()))
    assert article.type == "article"
    assert article.fields["doi"] == "10.1000/a_b%7Bc%7D"
    assert "eprint" not in article.fields


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Training BERT for Q-learning in Paris", "Training {BERT} for {Q-learning} in Paris"),
        ("Training models on the streets of Paris", "Training models on the streets of {Paris}"),
        ("A Survey of LLMs, GPT-4 and 3D Vision", "A Survey of {LLMs,} {GPT-4} and {3D} Vision"),
        ("École of É", "{\\'{E}}cole of {{\\'{E}}}"),
    ],
)
def test_names_and_abbreviations_in_titles_keep_their_capitals(title: str, expected: str) -> None:
    assert f"  title = {{{expected}}},\n" in written(make_entry(title))


@settings(deadline=None, max_examples=examples(40))
@given(
    title=lines, abstract=texts, note=texts, authors=st.lists(lines.filter(bool), max_size=3).map(tuple),
    keywords=st.lists(lines.filter(bool), max_size=3).map(tuple),
)  # fmt: skip
def test_any_text_comes_back(
    title: str, abstract: str, note: str, authors: tuple[str, ...], keywords: tuple[str, ...]
) -> None:
    entry = make_entry(title, authors=authors, abstract=abstract, note=note, keywords=keywords)
    other = make_entry("Another", arxiv="2401.00001")
    entries = parsed(entry, other)
    assert list(entries) == [citation_key(entry.paper), citation_key(other.paper)]
    read_back = next(iter(entries.values()))
    noted = re.sub(r"(?:-|''+|``+|[?!]`)+", "-", note)
    assert spaced(read(escape_special(noted))) == spaced(noted)
    assert read_back.fields.get("annote", "") == spaced(escape_special(note))
    assert set(read_back.fields) <= {
        "title", "year", "month", "day", "eprint", "archivePrefix", "url", "abstract", "keywords", "annote",
        "readlist",
    }  # fmt: skip
    assert len(read_back.persons.get("author", ())) == len(authors)


@pytest.mark.parametrize(
    ("author", "parts"),
    [
        ("Ada Lovelace", (["Ada"], [], ["Lovelace"], [])),
        ("Laurens van der Maaten", (["Laurens"], ["van", "der"], ["Maaten"], [])),
        ("Sammy Davis, Jr.", (["Sammy"], [], ["Davis"], ["Jr."])),
        ("Ada and Ben", ([], [], ["{Ada and Ben}"], [])),
        ("Smith and Wesson Company", ([], [], ["{Smith and Wesson Company}"], [])),
        ("Ada v{an Loon", (["Ada"], ["v{\\textbraceleft}an"], ["Loon"], [])),
    ],
)
def test_authors_are_read_as_they_were_meant(author: str, parts: tuple[list[str], ...]) -> None:
    (person,) = next(iter(parsed(make_entry(authors=(author,))).values())).persons["author"]
    assert (
        person.first_names + person.middle_names, person.prelast_names, person.last_names, person.lineage_names
    ) == parts  # fmt: skip


def test_the_sample_is_read_whole() -> None:
    entries = sample_entries()
    found = parsed(*entries)
    assert len(found) == len(entries) > 20
    assert all(entry.persons["author"] for entry in found.values())


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("style", ["plain", "alpha"])
def test_latex_sets_the_bibliography(tmp_path: Path, style: str) -> None:
    entries = [entry for entry in (*sample_entries(), *hostile_entries()) if _is_settable(entry)]
    (tmp_path / "refs.bib").write_text(written(*entries), encoding="utf-8")
    (tmp_path / "a.tex").write_text(
        "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{amssymb}\\begin{document}"
        f"\\nocite{{*}}\\bibliographystyle{{{style}}}\\bibliography{{refs}}\\end{{document}}",
        encoding="utf-8",
    )
    latex = ["pdflatex", "-draftmode", "-interaction=nonstopmode", "a"]
    subprocess.run(latex, cwd=tmp_path, capture_output=True, check=True)
    done = subprocess.run(["bibtex", "a"], cwd=tmp_path, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout
    done = subprocess.run(latex, cwd=tmp_path, capture_output=True, check=False, text=True, errors="replace")
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "a.bbl").read_text(encoding="utf-8").count("\\bibitem") == len(entries)


def _is_settable(entry: Entry) -> bool:
    """Whether pdfLaTeX has all letters that are set of an entry."""
    return written(entry).partition("  abstract =")[0].isascii()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("biber") is None, reason="biber is not installed")
def test_biber_reads_every_entry(tmp_path: Path) -> None:
    entries = [*sample_entries(), *hostile_entries()]
    (tmp_path / "refs.bib").write_text(written(*entries), encoding="utf-8")
    done = subprocess.run(
        ["biber", "--tool", "--validate-datamodel", "--output-file=out.bib", "refs.bib"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "ERROR" not in done.stdout
    read_back = (tmp_path / "out.bib").read_text(encoding="utf-8")
    assert len(re.findall(r"^@\w+\{", read_back, re.MULTILINE)) == len(entries)
