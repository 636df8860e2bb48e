"""The texts that doors are given: what each parser looks for, again and again, alone, in pairs, and in lines."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.support.growth import Repeated

# What the parsers look for, their brackets, what divides fields and names, and what is odd in Unicode.
FRAGMENTS = (
    # Identifiers and addresses.
    "arXiv:", "arXiv:2401.12345", "arXiv:2401.12345 ", "2401.12345", "2401.1234", "hep-th/9901001", "doi:", "10.",
    "10.1234/a,", "10.1234/a/", "https://doi.org/10.1234/a ", "github.com/a/b,", "https://github.com/a/b",
    "https://github.com/a/b ", "github.com", "git hub . com/", "https://", "https:// ", "http", "://", "www.", "a.b/",
    "git@a:b/", "ssh://", "a@", "a@b.c ", "%41", "?a=b&", "openreview.net/forum?id=",
    # Words, names, dates.
    "a", "A", "a ", "A ", "A. ", "a.", "a-", "-", "--", "—", "a, ", "a and ", " and ", ", ", ",", ";", "; ", "A, B; ",
    "et al. ", "Jr., ", "OR ", "NOT ", "NEAR(", "title:", "date:", "is:", "tag:", "by ", "(a@b)", "January ", "Jan 1, ",
    "1 Jan 2024 ", "2024", "2024-01-01 ", "1", "12 ", "1.", "1,", "1/", "0x", "9" * 40, "Abstract: ", "abstract\n",
    "Title: x\n", "Authors: A, B\n", "Date: x\n", "key: x\n", "k: x ", "a: ", "Comments: ", "In: ", "[1] ", "1. ", "* ",
    "- ", "- a\n", "# a\n", "#a ", "#", "## ", "===\n", "---\n", "| a ", "|", "> ", "\\\\\n", "vol. 1 ", "pp. 1-2 ",
    # Markup.
    "<", "</", "<a ", "<a>", "<a href='", "<a href=\"x\">", "</a>", "<!--", "-->", "<script>", "<img src='",
    "<outline ", "<link ", "<item>", "<entry><title>", "<title>", "<p>", "<b>", "<br>", "<div>", "<![CDATA[", "]]>",
    "<?", "<!", "<!DOCTYPE [", "&", "&amp;", "&#", "&#1;", "&x;", "='", "a=b ", "data-props=\"",
    # Brackets and quotes.
    "[", "[]", "[](", "[a](", "[a](b) ", "[a][", "![", "](", "(", "()", "(a) ", "((", "))", "]", "{", "{}", "}", "{{",
    "{a} ", '"', '""', '"a" ', "'", "''", "`", "``", "```\n", "~~~\n", "**", "*a* ", "_", "__", "_a_ ", "“", "”",
    "“a” ",
    # LaTeX and BibTeX.
    "$", "$$", "$a$ ", "$ ", "\\", "\\\\", "\\frac{", "\\frac", "\\(", "\\[", "\\[ a", "\\( a \\)", "\\begin{",
    "\\url{",
    "\\{", "\\textbf{", "\\textbf{\\", "\\'", "\\'{", "\\'{e}", "\\\"", "\\\"a", "\\emph ", "^{", "^", "_{", "x_1 ",
    "@", "@article{", "@article{a,", "@string{", "@comment{", "a = {", "a = ", "# a ", "%", "\\%", "~",
    # JSON, TOML and YAML.
    '{"a":', '"a": ', "[[", "[[feeds]]\n", "[a]\n", "a = 1\n", "a.", '"""', "'''", "- a: b\n", "\\u0041", "\\ud800",
    "TY  - JOUR\n", "TI  - x\n", "ER  - \n", "AU  - a\n", "PMID- 1\n",
    # Spaces and signs that are not ASCII.
    " ", "  ", "\n", "\n\n", "\n \n", "\r", "\r\n", "\t", "x\n", "x\n\n", "x \n", "\x0b", "\xa0", "\u2028", "\u3000",
    "\u0301", "e\u0301", "é", "扩散", "扩 ", "：", "、", "。", "한 ", "\U0001f469\u200d\U0001f4bb", "\u200d", "\u200b",
    "\ufe0f", "\u202e", "\xad", "\x1b]", "\x1b[31m", "\x00", "\x7f", "\ufffd", "ﬁ", "İ", "ß", "½", "²",
)  # fmt: skip

_LINE = 150
_SHORT = tuple(piece for piece in FRAGMENTS if len(piece) < 20)


def singles() -> list[Repeated]:
    """Return each fragment again and again."""
    return [Repeated(piece) for piece in FRAGMENTS]


def lines() -> list[Repeated]:
    """Return each fragment again and again in lines, and once a word in a line of its own."""
    return [
        Repeated(piece, start, line=_LINE) for piece in FRAGMENTS if "\n" not in piece for start in ("", "- A Study ")
    ]


def pairs() -> Iterator[Repeated]:
    """Yield two fragments in turn, and one again and again before another, in an order that is always the same."""
    made = [(one, other) for one in _SHORT for other in _SHORT if one != other]
    random.Random("pairs").shuffle(made)
    for place, (one, other) in enumerate(made):
        yield Repeated(one + other) if place % 3 else Repeated(one, other, other)


def drawn(seed: object) -> Iterator[Repeated]:
    """Yield texts at random, the same for a seed: one to three fragments again and again, some between others."""
    random_ = random.Random(f"drawn {seed}")
    while True:
        piece = "".join(random_.sample(FRAGMENTS, random_.choice((1, 1, 2, 3))))
        start, end = (random_.choice(("", "", random_.choice(FRAGMENTS))) for _ in range(2))
        yield Repeated(piece, start, end)
