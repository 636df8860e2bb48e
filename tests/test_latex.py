"""LaTeX as Unicode: scripts that Unicode lacks, fonts, what the parser makes nothing of, and bounded work."""

from __future__ import annotations

import pytest

from readlist.latex import to_unicode


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
