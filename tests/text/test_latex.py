"""LaTeX as Unicode: scripts that Unicode lacks, fonts, what the parser can't read, and bounded work."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.text import latex
from readlist.text.latex import to_unicode


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"$x^{2n}_{i,j}$", "x²ⁿᵢ,ⱼ"),
        (r"$\theta_{\text{old}}$", "θ_old"),
        (r"$x_{(a, b)}$ and $x^{Q}$", "x_((a, b)) and x^Q"),
        (r"$f^\top$, $f^{\prime}$, $x^*$, $x^\dagger$", "fᵀ, f′, x*, x†"),
        (r"$\mathbb{E}_{x\sim p}[f]$", "𝔼_(x ~ p)[f]"),
        (r"$\mathfrak{g}$, $\mathrm{KL}$, $\boldsymbol{\theta}$", "𝔤, KL, θ"),
        (r"$\operatorname*{argmax}_x f$", "argmaxₓ f"),
        (r"$\lfloor x \rfloor$, $\langle x, y \rangle$", "⌊x⌋, ⟨x, y⟩"),
        (r"$\widetilde{O}(n)$, $\widehat{y}$", "Õ(n), ŷ"),
        (r"$\left(\frac{1}{2}\right)^2$", "(1/2)²"),
        (r"$67.1\%$ and $9%$", "67.1% and 9%"),
        (r"$\underset{x}{\min}$", "minₓ"),
        (r"$\$$, costs $\$5$ or $9\$$", "$, costs $5 or 9$"),
        (r"CO\textsubscript{2}, 1\textsuperscript{st}", "CO₂, 1ˢᵗ"),
        (r"\cite{smith2020} and \footnote{a note}", "[smith2020] and (a note)"),
    ],
)
def test_math_as_it_is_read_aloud(latex: str, text: str) -> None:
    assert to_unicode(latex) == text


@pytest.mark.parametrize(
    "text",
    [
        "$",
        "$$",
        "$ $",
        r"\(",
        r"\[ x",
        r"\begin{matrix}",
        r"\end{x}",
        r"\left",
        "{" * 500,
        "$" + "{" * 100 + "$",
        "\\",
        "\\\n",
    ],
)
def test_what_the_parser_makes_nothing_of_stays_legible(text: str) -> None:
    assert to_unicode(text).strip() or not text.strip("\\\n $")


def test_a_text_of_math_costs_a_bounded_number_of_conversions() -> None:
    text = " ".join(f"$x_{{{number}}}$" for number in range(2_000))
    read = to_unicode(text)
    assert read.startswith("x₀ x₁ x₂")
    assert read.endswith("$x_{1999}$")


FIRST_USE = r"""
import sys, threading, time
import readlist.text.clean
assert "readlist.text.latex" not in sys.modules
from readlist.text.latex import to_unicode, warm_up
assert "pylatexenc" not in sys.modules
from pylatexenc import latexwalker
built, read, build = [], [], latexwalker.get_default_latex_context_db

def slowly():
    built.append(1)
    time.sleep(0.05)
    return build()

latexwalker.get_default_latex_context_db = slowly
uses = [warm_up, lambda: read.append(to_unicode(r"$\ell_p$"))] * 4
threads = [threading.Thread(target=use) for use in uses]
for step in ("start", "join"):
    for thread in threads:
        getattr(thread, step)()
loaded = set(sys.modules)
read.append(to_unicode(r"$\mathbb{E}_{x}[\frac{1}{2}]$"))
print(len(built), set(read) == {"ℓₚ", "𝔼ₓ[1/2]"}, set(sys.modules) - loaded)
"""


def test_it_is_made_ready_once_whoever_comes_first_and_costs_no_import_then() -> None:
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", FIRST_USE],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert (run.stdout, run.stderr) == ("1 True set()\n", "")


def test_threads_read_at_once_what_each_would_read_alone() -> None:
    """In math blanks are treated otherwise than beside it, which pylatexenc keeps in what all threads share."""
    texts = [rf"$a{number} \alpha  b$" if number % 2 else rf"\emph{{\ae  no.\ {number}}}" for number in range(2_400)]
    alone = [f"a{number} α b" if number % 2 else f"æno. {number}" for number in range(2_400)]
    read: dict[str, str] = {}

    def read_all(part: list[str]) -> None:
        for text in part:
            read[text] = to_unicode(text)

    threads = [threading.Thread(target=read_all, args=(texts[start::4],)) for start in range(4)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert [read[text] for text in texts] == alone


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"the reader\'s view", "the reader's view"),
        (r"Caf\'e", "Café"),
        ("$a$$b$", "ab"),
        (r"$\alpha$$\beta$ and $x_1$", "αβ and x₁"),
        ("$$x_1$$", "x₁"),
    ],
)
def test_apostrophes_and_neighbouring_math(text: str, shown: str) -> None:
    assert to_unicode(text) == shown


_PIECES = (
    *("\\\\", "\\", "$", "$$", "`", "``", "''", "{", "}", "_", "^", "(", ")", "[", "]", " ", "\n", "1", "2", "x"),
    *('"o', "\\'e", "alpha", "ell", "varepsilon", "times", " times ", "sim", "leq", "approx", "pm", "http", "www."),
    *("https://a.b/", "red{x}", "mathbf{a}", "boldsymbol{", "{bf ", "{\\it ", "deepmagenta{y}", "{times}", "{A}b"),
    *("\\alpha", "\\text{a}", "\\frac12", "circ", "\\(", "\\)", "\\[", "\\]", "\\%", "\\ ", "café", "α", "′"),
)


@given(st.lists(st.sampled_from(_PIECES), max_size=25).map("".join))
@pytest.mark.parametrize(
    ("pattern", "signs"),
    [(latex._LATEX, latex._LATEX_SIGNS), (latex._BARE_MATH, latex._BARE_MATH_SIGNS)],
    ids=["LaTeX", "bare math"],
)
def test_what_is_looked_for_at_signs_is_what_is_anywhere(
    pattern: re.Pattern[str], signs: tuple[str, ...], text: str
) -> None:
    def shown(found: re.Match[str]) -> str:
        return f"<{found[0]}>"

    assert latex._replaced(pattern, signs, shown, text) == pattern.sub(shown, text)
