"""TeX in fields of BibTeX: what is read, what is kept to the letter, and that no text is too much."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readlist.text.tex_reader import plain


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"{\"o}\"{o}\"o", "ööö"),
        (r"Garc\'{\i}a, Jos\'e, \c{c}, \v S, {\aa}s, {\O}re", "García, José, ç, Š, ås, Øre"),
        (r"Nguy{\~{\^e}}n, \'{\^{e}}, {\'{\AE}}", "Nguyễn, ế, Ǽ"),
        (r"Stra{\ss}e \& 100\% \#1 a\_b \{x\} \$5", "Straße & 100% #1 a_b {x} $5"),
        (r"{\textbackslash}n {\textasciitilde}/x \~{}y \^{}2 {\textless}b{\textgreater}", r"\n ~/x ~y ^2 <b>"),
        ("{Playing} {{ATARI}} with {Deep} nets", "Playing ATARI with Deep nets"),
        (r"On the $\ell_p$ norm of {$x_{i}$}", r"On the $\ell_p$ norm of $x_{i}$"),
        (r"\emph{very} \textbf{\textit{odd}} {\it style}", "very odd style"),
        (
            r"See \url{https://a.org/x\_y} or \href{https://b.org}{there}",
            "See https://a.org/x_y or there (https://b.org)",
        ),
        (r"{\ensuremath{\alpha}} and \alpha", "α and α"),
        (r"\ensuremath{\alpha}{\textbar}\textbf{a}{b} \frac{1}{2}", "α|ab 1/2"),
        (r"2\textsuperscript{nd}", "2ⁿᵈ"),
        (r"\unknownmacro{x} stays", r"\unknownmacro{x} stays"),
        ("A---B, 1--2, ``said'', a~b", "A—B, 1–2, “said”, a b"),
    ],
)
def test_tex_is_read_as_it_would_be_set(written: str, read: str) -> None:
    assert plain(written) == read


def test_a_note_is_taken_to_the_letter_but_for_what_is_escaped() -> None:
    note = r"Cost: \$5 -- ``cheap'' ~/data C:\textbackslash{}x a\_b"
    assert plain(note, prose=False) == r"Cost: $5 -- ``cheap'' ~/data C:\x a_b"
    assert plain("first line\n\n\tsecond~--", prose=False) == "first line\n\n\tsecond~--"


def test_a_line_of_tex_ends_a_line() -> None:
    assert plain(r"one \\ two\newline three\par four", prose=False).split() == ["one", "two", "three", "four"]
    assert plain("one\\\\\ntwo", prose=False) == "one\ntwo"


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("\\{}$'\"^~=.-`aeicvuHtb&%_ \n\u0301é") | st.characters()), st.booleans())
def test_no_text_is_too_odd(text: str, prose: bool) -> None:
    assert isinstance(plain(text, prose=prose), str)


@settings(deadline=None)
@given(st.text(alphabet="ab c\n.,;:!?()*+/<>=|@[]'\"-äß中😀"))
def test_what_holds_no_tex_stays(text: str) -> None:
    assert plain(text, prose=False) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"Nguy{\~\^e}n", "Nguyễn"),
        (r"B{\h a}o", "Bảo"),
        (r"{\textcommabelow S}erban", "Șerban"),
        (r"\textcommabelow{S}erban", "Șerban"),
        (r"H{\uhorn}ng", "Hưng"),
        (r"Th{\'\u a}ng", "Thắng"),
        (r"T\'{\ohorn}i", "Tới"),
    ],
)
def test_accents_on_accents(written: str, text: str) -> None:
    assert plain(written) == text
