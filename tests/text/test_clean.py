"""Cleaning of outside text, and counts in words."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from readlist.text import clean as cleaning
from readlist.text.clean import clean, clean_line, counted, drawable, fold, readable

_HARD = [
    *("\x1b", "\x1b[", "\x1b]52;c;", "\x07", "\x9b3", "\x9d5;", "\u202e", "\u2066", "\u200d", "\u200c", "\u0301"),
    *("\u0e47", "\ufe0f", "👩", "漢", "é", "…", "\n", "\r", "\t", "\u2028", "\ud800", "\U000e0041", "\ufeff", "\u1100"),
    *("\u1161", "$", "\\", "{", "}", "_", "^", "\\frac", "\\alpha", "\\text", "\\(", "\\)", "\\begin{a}", "%", "times"),
    *("sim", "ell", "[/red]", "1", " ", "x" * 999),
]
texts = st.one_of(st.text(), st.lists(st.sampled_from(_HARD) | st.characters(), max_size=60).map("".join))


class TestClean:
    @pytest.mark.parametrize(
        ("text", "harmless"),
        [
            ("\x1b[31mred\x1b[0m", "red"),
            ("\x1b[1;38;5;196mred\x1b[m", "red"),
            ("a\x1b]52;c;QUJD\x07b", "ab"),
            ("a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\b", "alinkb"),
            ("a\x9b31mb\x9b0m", "ab"),
            ("a\x9d52;c;QUJD\x9cb", "ab"),
            ("a\x1bP1$r0m\x1b\\b", "ab"),
            ("a\x1b(Bb\x1bcc", "abc"),
            ("lone \x1b", "lone "),
            ("bell\x07 null\x00 delete\x7f", "bell null delete"),
            ("\u202eevil\u202c \u2066isolated\u2069", "evil isolated"),
            ("soft\u00adhyphen zero\u200bwidth \u200emark \ufeffbom \u2060join", "softhyphen zerowidth mark bom join"),
            ("tag\U000e0041\U000e007f surrogate\ud800", "tag surrogate"),
            ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
            ("tab\there, hard\u00a0space, ideographic\u3000space", "tab here, hard space, ideographic space"),
            ("e\u0301", "é"),
            ("private \ue000", "private \ufffd"),
            ("[red]markup[/] stays [/]", "[red]markup[/] stays [/]"),
        ],
    )
    def test_drops_what_could_harm_and_keeps_the_words(self, text: str, harmless: str) -> None:
        assert clean(text) == harmless

    def test_a_sequence_without_end_costs_only_its_beginning(self) -> None:
        assert clean("a\x1b]52;c;AAAA and the rest of the abstract") == "a52;c;AAAA and the rest of the abstract"

    def test_quotes_decoded_wrongly_swallow_nothing(self) -> None:
        # U+009D and U+009C are an operating system command and its end, but also bytes of two curly quotes.
        assert clean("â\x80\x9d between the quotes â\x80\x9c") == "â between the quotes â"

    @pytest.mark.parametrize("text", ["👩\u200d💻", "می\u200cخواهم", "❤\ufe0f", "क्\u200dष", "🏴\u200d☠\ufe0f"])
    def test_joiners_stay_where_a_script_or_an_emoji_needs_them(self, text: str) -> None:
        assert clean(text) == unicodedata.normalize("NFC", text)

    def test_a_joiner_between_latin_letters_goes(self) -> None:
        assert clean("a\u200db\u200cc") == "abc"

    def test_stacks_of_marks_are_cut(self) -> None:
        assert clean("Z" + "\u0300\u0301\u0302\u0303\u0304\u0305" * 20 + "!") == "Z\u0300\u0301\u0302\u0303!"
        assert len(clean("ก" + "\u0e47" * 500)) == 5

    def test_long_words_are_divided_and_long_texts_cut(self) -> None:
        assert [len(word) for word in clean("x" * 2_500).split()] == [1_000, 1_000, 500]
        assert clean("word " * 100, limit=11) == "word word…"
        assert len(clean("漢字" * 300_000)) == 100_000
        assert clean("\u200b" * 1_000_000) == "…"

    @given(texts, st.sampled_from([1, 5, 1_000, 1_100, 3_000]))
    def test_cleaning_twice_changes_nothing(self, text: str, limit: int) -> None:
        once = clean(text, limit)
        assert clean(once, limit) == once
        assert len(once) <= limit
        once = clean_line(text, limit)
        assert clean_line(once, limit) == once
        assert len(once) <= limit

    @given(texts)
    def test_nothing_dangerous_is_left(self, text: str) -> None:
        assert all(c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Zl", "Zp") for c in clean(text))
        assert not any(c.isspace() and c != " " for c in clean_line(text))


def test_clean_line_makes_one_line() -> None:
    assert clean_line("  A title\n  over two\tlines \r\n") == "A title over two lines"
    assert clean_line(" \n\t ") == ""
    assert clean_line("\n" * 1_000_000 + "late") == "late"


class TestDrawable:
    def test_leaves_printable_text_as_it_is(self) -> None:
        text = "Ordinary – “quoted” 漢字 👍 ℓₚ"
        assert drawable(text) is text

    @pytest.mark.parametrize(
        ("text", "drawn"),
        [
            ("two\nlines", "two lines"),
            ("tab\there", "tab here"),
            ("\x1b[2Jcleared", "cleared"),
            ("\u202ereversed", "reversed"),
            ("hard\u00a0space", "hard space"),
            ("👩\u200d💻", "👩\u200d💻"),
            ("half\ud83d", "half"),
        ],
    )
    def test_takes_the_rest_out(self, text: str, drawn: str) -> None:
        assert drawable(text) == drawn

    @given(texts)
    def test_never_lets_a_control_or_bidi_character_through(self, text: str) -> None:
        drawn = drawable(text)
        assert drawable(drawn) == drawn
        assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in drawn)
        bidi = {"LRE", "RLE", "PDF", "RLO", "LRO", "LRI", "RLI", "FSI", "PDI"}
        assert not any(unicodedata.bidirectional(c) in bidi or c in "\u200e\u200f\u061c" for c in drawn)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Straße", "strasse"),
        ("Gödel's ÉCOLE", "godel's ecole"),
        ("Łukasz Ørsted", "lukasz orsted"),
        ("ﬁne Ⅳ ℓ₂", "fine iv l2"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("이름", "이름"),
        ("", ""),
    ],
)
def test_fold_takes_case_and_accents_away(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(texts)
def test_folding_never_raises(text: str) -> None:
    assert isinstance(fold(text), str)


class TestReadable:
    @pytest.mark.parametrize(
        ("latex", "text"),
        [
            (r"$\ell_p$", "ℓₚ"),
            (r"$\mathcal{O}(n^2)$", "𝒪(n²)"),
            (r"$\epsilon$-greedy", "ε-greedy"),
            (r"$x_{t-1}$", "xₜ₋₁"),
            (r"$x_{max}$", "xₘₐₓ"),
            (r"$\mathcal{L}_{\text{train}}$", "ℒ_train"),
            (r"$\pi_\theta(a|s)$", "π_θ(a|s)"),
            (r"$\mathbf{x}\in\mathbb{R}^{n\times m}$", "x∈ℝⁿˣᵐ"),
            (r"$\frac{a+b}{\sqrt{n}}$", "(a+b)/√n"),
            (r"$\sum_{i=1}^n x_i$", "∑ᵢ₌₁ⁿ xᵢ"),
            (r"$\|x\|_2 \leq 1$", "‖x‖₂ ≤ 1"),
            (r"$O(n\log n)$", "O(n log n)"),
            (r"$\hat{y}$, $\bar{x}$", "ŷ, x̅"),
            (r"$e^{-x^2}$", "e^(-x²)"),
            (r"$p_{0.5}$", "p₀.₅"),
            (r"$90^\circ$", "90°"),
            (r"H$_2$O", "H₂O"),
            (r"\(a_1\) and $$b^2$$", "a₁ and b²"),
            (r"a $10\times$ speed-up, $\sim 3\times$, 2$\times$", "a 10× speed-up, ~3×, 2×"),
            (r"67.1\% of R\&D, \#1, snake\_case", "67.1% of R&D, #1, snake_case"),
            (r"\textbf{bold} and \emph{emphatic}, {\it old}", "bold and emphatic, old"),
            (r"Schr\"odinger, Poincar\'e, Erd\H{o}s, na\"{\i}ve", "Schrödinger, Poincaré, Erdős, naïve"),
            ("``quoted'' text", "“quoted” text"),
            (r"say \"only\" this", 'say "only" this'),
            (r"\url{https://x.org/a_b} and \href{https://x.org}{here}", "https://x.org/a_b and here"),
            (r"vs.\ others, \eg this", "vs. others, e.g. this"),
        ],
    )
    def test_latex_reads_as_text(self, latex: str, text: str) -> None:
        assert readable(latex) == text

    @pytest.mark.parametrize(
        ("damaged", "text"),
        [
            ("S^{2}FT and R^{mtimes k}", "S²FT and Rᵐˣᵏ"),
            ("G_{stack}", "G_stack"),
            ("ell_p and ell_0", "ℓₚ and ℓ₀"),
            ("O(epsilon^{-3})", "O(ε⁻³)"),
            ("mathcal{O}(T^{-1})", "𝒪(T⁻¹)"),
            ("150times faster, 2.3sim 8.0times", "150× faster, 2.3~8.0×"),
            ("at 256 times 256", "at 256 × 256"),
            ("leq 0.02%, (sim2%)", "≤ 0.02%, (~2%)"),
            ("360^circ, UV^top, O(k^2)", "360°, UVᵀ, O(k²)"),
            ("A^2Search", "A²Search"),
            ("26{,}804 and 5{deg}, {Δ}t", "26,804 and 5°, Δt"),
            ("teal{coloured} text{Plain}", "coloured Plain"),
        ],
    )
    def test_math_that_lost_its_dollars_and_backslashes(self, damaged: str, text: str) -> None:
        assert readable(damaged) == text

    @pytest.mark.parametrize(
        "text",
        [
            "costs $5 and $10, or $5-$10, US$5 per million",
            "from $1 to $50, then $32,000",
            "file_name_x, __init__, a_b, x_max, alpha_dropout, lambda_scheduler, Q4_K_M",
            "a^b and ^ and _ and pass^k",
            "$HOME and $PATH",
            r"C:\new\table and \unknownmacro{x}",
            "three times 5, sometimes, at times, simple, similar",
            "a set {a, b} and {-1, 0, 1}, {interactive dashboards}",
            "https://x.org/150times/ell_p?a^{2}",
            "100% of it & more ~ # @",
            "",
        ],
    )
    def test_what_is_no_latex_stays(self, text: str) -> None:
        assert readable(text) == text

    @given(texts)
    def test_never_raises(self, text: str) -> None:
        assert isinstance(readable(text), str)

    @pytest.mark.parametrize(
        "piece", ["$a", "\\textbf{", "{", "x^{", "``", "\\(", "\\[", "$$", "$\\frac{", '\\"a', "text{"]
    )
    def test_endless_repetition_is_no_trouble(self, piece: str) -> None:
        assert len(readable(piece * (100_000 // len(piece)))) <= 100_000


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 papers"), (1, "1 paper"), (2, "2 papers"), (1_234, "1,234 papers")]
)
def test_a_count_is_said_in_words(number: int, words: str) -> None:
    """One is one paper, all else are papers, with commas between thousands."""
    assert counted(number, "paper") == words


@given(texts)
def test_a_text_that_needs_no_cleaning_is_what_cleaning_gives(text: str) -> None:
    # With a control character at its end every text takes the long way.
    assert clean(text) == clean(f"{text}\0")
    assert clean_line(text) == clean_line(f"{text}\0")


@given(st.lists(st.sampled_from(("x" * 499, "x" * 500, "x" * 1_000, " ", "\n", "a b")), max_size=8).map("".join))
def test_long_words_are_divided_wherever_they_are(text: str) -> None:
    assert cleaning._divided(text) == re.sub(r"(\S{1000})(?=[^\s\u200c\u200d…])", r"\1 ", text)


def _plainly_scrubbed(text: str, *, typed: bool) -> str:
    text = cleaning.LINE_END.sub("\n", cleaning._SEQUENCE.sub("", text))
    text = cleaning._SUSPECT.sub(cleaning._harmless_typed if typed else cleaning._harmless, text)
    text = unicodedata.normalize("NFC", text)
    if not typed:
        text = unicodedata.normalize("NFC", cleaning._JOINERS.sub(cleaning._joiner, text))
    stack = re.compile(r"[^\w\s!-~\u00a1-\u02ff\u2010-\u2bff\u3000-\u303f]{5,}")
    return cleaning._divided(stack.sub(cleaning._lower_stack, text))


@given(texts, st.booleans())
@example("e" + "\u0301" * 6 + "\u200d", False)
@example("\x1b\u0301" * 6, False)
def test_steps_that_are_left_out_would_change_nothing(text: str, typed: bool) -> None:
    assert cleaning._scrub(text, typed=typed) == _plainly_scrubbed(text, typed=typed)


_CLUES = ("_", "a", "α", "x", "1", " ", "é", "times", "sim", "leq", "geq", "approx", "pm")


@given(st.lists(st.sampled_from(_CLUES), max_size=8).map("".join))
@example("3 times")
@example("3pm2")
def test_a_clue_of_latex_is_found_as_its_plain_form_is(text: str) -> None:
    plain = r"[a-zα-ωℓ]_\w(?!\w)|\d ?times|times\d|sim ?\d|leq ?\d|geq ?\d|approx\d|\dpm\d"
    assert cleaning._may_be_latex(text) == bool(re.search(plain, text))


def test_what_is_never_looked_at_is_harmless() -> None:
    usual = [chr(code) for code in range(0x10000) if code != 0x0A and not cleaning._SUSPECT.match(chr(code))]
    one = re.compile(".", re.DOTALL)
    assert len(usual) > 40_000
    assert all(cleaning._harmless(found) == found[0] for found in filter(None, map(one.match, usual)))
