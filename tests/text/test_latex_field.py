"""LaTeX of BibTeX fields, read and written."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readlist.text import latex_field
from readlist.text.latex_field import escape_latex, escape_special, from_latex, to_latex
from tests.support.depth import examples
from tests.support.entries import HOSTILE, texts
from tests.support.tex import read


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
    assert from_latex(written) == read


def test_a_note_is_taken_to_the_letter_but_for_what_is_escaped() -> None:
    note = r"Cost: \$5 -- ``cheap'' ~/data C:\textbackslash{}x a\_b"
    assert from_latex(note, prose=False) == r"Cost: $5 -- ``cheap'' ~/data C:\x a_b"
    assert from_latex("first line\n\n\tsecond~--", prose=False) == "first line\n\n\tsecond~--"


def test_a_line_of_tex_ends_a_line() -> None:
    assert from_latex(r"one \\ two\newline three\par four", prose=False).split() == ["one", "two", "three", "four"]
    assert from_latex("one\\\\\ntwo", prose=False) == "one\ntwo"


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("\\{}$'\"^~=.-`aeicvuHtb&%_ \n\u0301é") | st.characters()), st.booleans())
def test_no_text_is_too_odd(text: str, prose: bool) -> None:
    assert isinstance(from_latex(text, prose=prose), str)


@settings(deadline=None)
@given(st.text(alphabet="ab c\n.,;:!?()*+/<>=|@[]'\"-äß中😀"))
def test_what_holds_no_tex_stays(text: str) -> None:
    assert from_latex(text, prose=False) == text


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
    assert from_latex(written) == text


_PREAMBLE = r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{amssymb}\begin{document}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Learning $\\ell_p$ norms", "Learning $\\ell_p$ norms"),
        ("at $x^{2^n}_i$, $\\frac{a}{b}$", "at $x^{2^n}_i$, $\\frac{a}{b}$"),
        ("in $\\mathcal{O}(n \\log n)$ and $^2$", "in $\\mathcal{O}(n \\log n)$ and $^2$"),
        ("$f\\colon\\mathbb R^n\\to\\|x\\|<1$", "$f\\colon\\mathbb R^n\\to\\|x\\|<1$"),
        ("67.1\\% of 100%", "67.1\\% of 100\\%"),
        ("$5-$10 and $5 and $10", "\\$5-\\$10 and \\$5 and \\$10"),
        ("R&D #1 a_file", "R\\&D \\#1 a\\_file"),
        ("an open ${x and $y", "an open \\${\\textbraceleft}x and \\$y"),
        ("S^{2}FT", "S{\\texttwosuperior}FT"),
        ("é ï ế ß", "{\\'{e}} {\\\"{\\i}} {\\'{\\^{e}}} {\\ss}"),
        ("α ≤ ℝ", "\\ensuremath{\\alpha} \\ensuremath{\\leq} \\ensuremath{\\mathbb{R}}"),
        ("扩散 🦊", "扩散 🦊"),
    ],
)
def test_math_stays_and_the_rest_is_escaped(text: str, expected: str) -> None:
    assert to_latex(text) == expected


@pytest.mark.parametrize(
    "broken", ["$x^2^3$", "$x_$", "${x$", "$\\input{a}$", "$a & b$", "$a # b$", "$\\write18$", "$x^\\frac{a}{b}$",
               "$\\hat$"],
)  # fmt: skip
def test_math_that_latex_would_stumble_over_is_none(broken: str) -> None:
    assert not re.search(r"(?<!\\)\$", to_latex(broken))


@settings(deadline=None, max_examples=examples(60))
@given(texts)
def test_braces_are_balanced_in_any_text(text: str) -> None:
    for written in (to_latex(text), escape_special(text), escape_latex(text)):
        depth = 0
        for character in written:
            depth += (character == "{") - (character == "}")
            assert depth >= 0
        assert depth == 0


@settings(deadline=None, max_examples=examples(60))
@given(texts)
def test_an_escaped_text_reads_as_it_was(text: str) -> None:
    # LaTeX reads two hyphens, two quotes and `?` with a backtick as one sign, and blanks as one.
    text = re.sub(r"(?:-|''+|``+|[?!]`)+", "-", text)
    assert " ".join(read(escape_special(text)).split()) == " ".join(text.split())


@settings(deadline=None, max_examples=examples(60))
@given(st.text([chr(number) for number in range(32, 0x180) if chr(number).isalnum() or number < 127]))
def test_a_text_to_be_set_reads_as_it_was(text: str) -> None:
    text = re.sub(r"[-`'²³¹ªº¼½¾ĦħĸĿŀŦŧŉſ]", "", " ".join(text.split()))
    assert unicodedata.normalize("NFC", read(escape_latex(text))) == text


def test_letters_have_macros_that_mean_them() -> None:
    wrong = [
        chr(number)
        for number in (*range(0xC0, 0x180), *range(0x1E00, 0x1F00), *range(0x391, 0x3CA))
        if unicodedata.category(chr(number))[0] == "L"
        and unicodedata.normalize("NFC", read(escape_latex(chr(number)))) != chr(number)
    ]
    # LaTeX has only what looks like these.
    assert not set(wrong) - set("ĦħĸĿŀŦŧΑΒΕΖΗΙΚΜΝΟΡΤΧΪο")


def test_a_long_text_takes_no_time() -> None:
    started = time.process_time()
    for text in ("\\alpha " * 70, "{" * 20_000, "$" * 20_000, "$x" * 10_000, "$" + "{x" * 200 + "$", "x^" * 10_000):
        to_latex(f"${text}$")
    assert time.process_time() - started < 5


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_sets_every_letter_that_has_a_macro_and_every_hostile_text(tmp_path: Path) -> None:
    letters = [character for number in range(0xA0, 0x30000) if (character := chr(number)).isprintable()]
    texts = [macro for macro in map(escape_latex, letters) if macro.isascii()]
    texts += [macro for macro in map(to_latex, HOSTILE) if macro.isascii()]
    assert len(texts) > 1_400
    (tmp_path / "a.tex").write_text("\n\n".join([_PREAMBLE, *texts, r"\end{document}"]), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-draftmode", "-interaction=nonstopmode", "a"], cwd=tmp_path, capture_output=True, check=False
    )
    log = done.stdout.decode(errors="replace")
    assert not re.findall(r"^! .*(?:\n.*){5}", log, re.MULTILINE)
    assert done.returncode == 0


_SIGNS = (
    *(
        "\\",
        "\\(",
        "\\)",
        "\\[",
        "$",
        "$$",
        "{",
        "}",
        "\\'",
        "\\alpha",
        "\\href{a}{b}",
        "\\frac{1}{2}",
        "e",
        " ",
        "\n",
        "1",
    ),
    "x" * 498,
)
_TYPED = ("~", "-", "--", "`", "``", "'", "''")


@given(st.lists(st.sampled_from(_SIGNS) | st.text(max_size=3), max_size=25).map("".join))
def test_tokens_are_found_at_signs_alone(text: str) -> None:
    assert [found.span() for found in latex_field._tokens(text)] == [
        found.span() for found in latex_field._TOKEN.finditer(text)
    ]


@given(texts)
def test_only_what_has_a_macro_is_escaped(text: str) -> None:
    assert escape_latex(text) == text.translate(latex_field._table())


@given(st.lists(st.sampled_from(_TYPED) | st.text(max_size=2), max_size=20).map("".join))
def test_prose_is_set_as_by_the_pattern_alone(text: str) -> None:
    assert latex_field._typeset(text) == latex_field._PROSE.sub(latex_field._set, text)
