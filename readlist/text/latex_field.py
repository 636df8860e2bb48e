"""LaTeX of BibTeX fields: read as plain text and written, over the macros of `latex`; math stays (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from readlist.text.clean import readable
from readlist.text.latex import ACCENTS, ALL_ACCENTS, ALL_STYLES, ESCAPED, FUNCTIONS, GREEK, NAMED, SYMBOLS, to_unicode
from readlist.text.scan import places_of

_GROUP = r"\{(?:[^{}]|\{[^{}]{0,100}\}){0,300}+\}"
_TOKEN = re.compile(
    r"(?P<math>\$\$[^$]{1,1500}\$\$|\$(?=[^\s$])(?:[^$\\\n]|\\[^\n]){1,500}?(?<![\s\\])\$(?!\d)|\\\([^\n]{1,500}?\\\))"
    rf"|\\(?P<escaped>[{ESCAPED}])|\\(?P<sign>[\^~])\{{\}}"
    r"|\\(?P<accent>[\"'`^~=.]|(?:[cvuHkdbrth]|textcommabelow)(?![A-Za-z]))[ \t]*"
    r"(?:\{[ \t]*(?P<held>\\[ij](?![A-Za-z])|[^\W\d_])[ \t]*\}|(?P<bare>\\[ij](?![A-Za-z])[ \t]?|[^\W\d_]))"
    r"|\\href[ \t]*\{(?P<address>[^{}]{0,2000})\}[ \t]*\{(?P<label>[^{}]{0,2000})\}"
    rf"|\\(?P<pair>[dt]?frac|stackrel|overset|underset|textcolor)(?:{_GROUP}){{2}}"
    rf"|\\(?P<name>[A-Za-z]{{1,40}})\*?(?:(?P<empty>\{{\}}|[ \t]+|\n(?!\n))|(?P<arguments>{_GROUP}))?"
    r"|\\(?P<space>[ ,;:~])|\\(?P<silent>[-/!@])|(?P<line>\\\\(?:\[[^\]\n]{0,20}\])?[ \t]*\n?)|(?P<braces>[{}]++)"
)
_LETTERS = "(?:text)?[ou]horn|(?:text)?[OU]horn|AE|ae|OE|oe|O|o|L|l|AA|aa|i|j|ss|textasciidieresis"
_ACCENT = r"\\(?:[\"'`^~=.]|(?:[cvuHkdbrth]|textcommabelow)(?![A-Za-z]))[ \t]*"
# An accent on an accent, or on a letter that is a macro: of `\'{\^{e}}` the inner one is read first.
_NESTED = re.compile(
    rf"({_ACCENT}\{{)(?:\{{\\(?P<own>{_LETTERS})\}}|\\(?P<letter>{_LETTERS})(?![A-Za-z])"
    r"|\{?(?P<inner>\\ensuremath\{\\[A-Za-z]{1,20}\}"
    rf"|{_ACCENT}(?:\{{[ \t]*(?:\\[ij]|[^\W\d_])[ \t]*\}}|[^\W\d_]))\}}?)(?=\}})"
)
# Without braces between them: `\~\^e`.
_STACKED = re.compile(rf"({_ACCENT})({_ACCENT}(?:\{{[ \t]*[^\W\d_][ \t]*\}}|[^\W\d_]))")
_SIGNS = ("\\", "{", "}", "$")
"""What a token begins with."""

_MATH_LENGTH = 500
_SHORT = 200
_PROSE = re.compile(r"(?P<tie>~)|(?P<dash>-{2,3})|(?P<open>``)|(?P<close>'')")
_DASHES = {"--": "–", "---": "—"}


def from_latex(text: str, *, prose: bool = True) -> str:
    r"""Return a field's TeX as text: `{\"o}` is ö, `\&` is &, the braces that keep capitals go, `$\ell_p$` stays.

    Takes any text, never raises, and is linear in its length.

    Args:
        text: a field's value without its own braces or quotes.
        prose: whether ties, dashes and quotation marks are those of typeset text; in a note they are what they are.
    """
    if "\\" not in text and "{" not in text and "}" not in text and "$" not in text:
        return _typeset(text) if prose else text
    if "\\" in text:
        text = _STACKED.sub(lambda found: f"{found[1]}{{{from_latex(found[2], prose=False)}}}", text)
        for _ in range(2):
            # At most two accents on a letter that is a macro.
            text = _NESTED.sub(_unnested, text)
    out: list[str] = []
    last = 0
    for found in _tokens(text):
        between = text[last : found.start()]
        out += (_typeset(between) if prose else between, _meaning(found, prose))
        last = found.end()
    rest = text[last:]
    return "".join((*out, _typeset(rest) if prose else rest))


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """Yield the tokens of a text in order."""
    end = 0
    for start in places_of(_SIGNS, text):
        if start >= end and not _is_open_math(text, start) and (found := _TOKEN.match(text, start)):
            yield found
            end = found.end()


def _is_open_math(text: str, start: int) -> bool:
    r"""Tell whether a `\(` begins at a place that no `\)` ends; nothing else begins so."""
    if not text.startswith("\\(", start):
        return False
    end = text.find("\\)", start + 3, start + 4 + _MATH_LENGTH)
    return end < 0 or text.find("\n", start, end) > 0


def _typeset(text: str) -> str:
    """Return the text with ties, dashes and quotation marks as they are set."""
    typed = "~" in text or "--" in text or "``" in text or "''" in text
    return _PROSE.sub(_set, text) if typed else text


def _set(found: re.Match[str]) -> str:
    if found["tie"]:
        return " "
    return _DASHES[found["dash"]] if found["dash"] else "“" if found["open"] else "”"


def _unnested(found: re.Match[str]) -> str:
    name = found["own"] or found["letter"]
    if name in ("i", "j"):
        return f"{found[1]}\\{name}"
    return found[1] + (SYMBOLS[name] if name else from_latex(found["inner"], prose=False))


def _meaning(found: re.Match[str], prose: bool) -> str:
    if found["math"] is not None:
        return found[0]
    if found["escaped"] or found["sign"]:
        return found["escaped"] or found["sign"]
    if found["accent"] is not None:
        letter = (found["held"] or found["bare"]).strip().removeprefix("\\")
        return unicodedata.normalize("NFC", letter + ALL_ACCENTS[found["accent"]])
    if found["address"] is not None:
        return f"{from_latex(found['label'])} ({from_latex(found['address'], prose=False)})"
    if found["pair"] is not None:
        return to_unicode(found[0])
    if found["name"] is not None:
        return _named(found, prose)
    if found["line"] is not None:
        return "\n"
    return " " if found["space"] is not None else ""


def _named(found: re.Match[str], prose: bool) -> str:
    """Return the text of a named macro; an unknown one is unchanged."""
    name, arguments = found["name"], found["arguments"] or ""
    if name in ALL_STYLES:
        return from_latex(arguments, prose=prose)
    if name in SYMBOLS:
        return SYMBOLS[name] + from_latex(arguments, prose=prose)
    if name in ("hspace", "vspace", "noopsort", "phantom"):
        return " " if name == "hspace" else ""
    if name == "ensuremath" and arguments:
        return _mathematics(arguments[1:-1])
    macro = f"\\{name}{arguments}"
    read = _macro_text(macro) if len(macro) < _SHORT else to_unicode(macro)
    return read if read != macro else found[0]


@lru_cache(maxsize=512)
def _macro_text(macro: str) -> str:
    """Return the text of a macro as `to_unicode` does: a text uses the same few again and again."""
    return to_unicode(macro)


def _mathematics(inside: str) -> str:
    r"""Return the content of `\ensuremath` as Unicode, or as math."""
    read = to_unicode(f"\\({inside}\\)")
    return read if not any(sign in read for sign in "\\{}") else f"${inside}$"


# BibTeX counts braces even after a backslash: they are written by name.
_ASCII = {**{sign: f"\\{sign}" for sign in ESCAPED}, **{sign: f"{{\\{name}}}" for sign, name in NAMED.items()}}
_SPECIAL = re.compile(r"[\\{}$&#%_~^<>|]")
_ESCAPED = re.compile(r"[\\{}$&#%_~^<>|\x80-\U0010ffff]")
_ACCENTS = {combining: macro for macro, combining in ACCENTS.items()}
# As in Pandoc: no blank on the inner side of a dollar, no digit after the second.
_MATH = re.compile(r"(?<![\\$])\$(?=[^\s$])([^$\n]{1,500})(?<![\s\\])\$(?![\d$])")
# Macros of pylatexenc's table that LaTeX with T1 and amssymb doesn't know, or sets with an error.
_UNKNOWN = re.compile(
    r"\\(?:nument|texthvlig|textnrleg|nobreakdash|textfrac|i+nt|textschwa|textphi|textglotstop|textturnk|arrowwave\w+"
    r"|dblarrow\w+|DownArrowUpArrow|rightangle\w*|surfintegral|volintegral|clwintegral|homothetic|lazysinv"
    r"|approxnotequal|tildetrpl|allequal|estimates|starequal|not(?:lessgreater|greaterless)|truestate|forcesextra"
    r"|VDash|original|image|hermitconjmatrix|very\w+|precedesnotsimilar|succnsim|udots|varperspcorrespond|recorder"
    r"|(?i:cyr)\w+|quarternote|clockoint|sqrint)(?![A-Za-z])|\A.?\\(?:varepsilon|flat|natural|sharp|Upsilon)"
)
_BARE = (
    f"{GREEK}|vartheta|Upsilon|{'|'.join(FUNCTIONS)}"
    "|times|cdot|cdots|ldots|dots|pm|mp|leq|le|geq|ge|neq|ne|ll|gg|approx|sim|simeq|equiv|propto|in|notin"
    "|subset|subseteq|cup|cap|to|rightarrow|leftarrow|Rightarrow|mapsto|forall|exists|circ|star|ast|dagger|ddagger"
    "|prime|top|perp|parallel|mid|odot|oplus|otimes|wedge|vee|neg|sum|prod|int|quad|langle|rangle|lVert|rVert|Re|Im|hbar|emptyset|triangle|Delta|bullet|div|colon"
)
_ONE = "mathrm|mathbf|mathit|mathsf|mathtt|mathcal|mathbb|sqrt|hat|tilde|bar|vec|dot|overline|widehat|widetilde"
_SIMPLE = rf"[A-Za-z0-9\x00]|\\(?:{_BARE})(?![A-Za-z])\s?+"
_ATOM = rf"(?:[+\-*/=()\[\].,;:!<>|\s]|\\[,;:!%|]|\\(?:{_ONE})(?:\s?+\x00|\s[A-Za-z])|\\frac\x00\x00|{_SIMPLE})"
_SCRIPTS = rf"(?:\^(?:{_SIMPLE})(?:_(?:{_SIMPLE}))?+|_(?:{_SIMPLE})(?:\^(?:{_SIMPLE}))?+)?+"
# One script of a kind on each atom; possessive throughout, so that no text takes long.
_FLAT = re.compile(rf"{_SCRIPTS}(?:{_ATOM}'*+{_SCRIPTS})*+")
_MATH_GROUP = re.compile(r"\{([^{}]*)\}")
_WORDS = re.compile(r"(?<![\\A-Za-z{])[a-z]{2,}\s+[a-z]{2,}|\A[\d.,]+[KMB]?\s")


def to_latex(text: str) -> str:
    r"""Return a title or abstract for LaTeX: `$x^2$` stays, all other LaTeX becomes Unicode and is escaped.

    Math stays if it is valid without packages other than amssymb (`\mathbb`). Letters that pdfLaTeX can't set (CJK,
    emoji) stay; braces are always balanced.
    """
    pieces = _MATH.split(text)
    # Every second piece was between dollars.
    math = {at for at, piece in enumerate(pieces) if at % 2 and _is_math(piece)}
    pieces[1::2] = [f"${piece}$" for piece in pieces[1::2]]
    return "".join(piece if at in math else escape_latex(readable(piece)) for at, piece in enumerate(pieces))


def escape_latex(text: str) -> str:
    """Return a text for LaTeX, to be set verbatim."""
    return _ESCAPED.sub(lambda found: _table()[ord(found[0])], text)


def escape_special(text: str) -> str:
    """Return a text for a LaTeX field that is not typeset, such as a note: only special characters are escaped."""
    return _SPECIAL.sub(lambda found: _ASCII[found[0]], text)


def _is_math(inside: str) -> bool:
    """Tell whether a text between two dollars is math that LaTeX sets without an error."""
    if not inside.isascii() or "\x00" in inside or _WORDS.search(inside):
        return False
    while group := _MATH_GROUP.search(inside):
        if not _FLAT.fullmatch(group[1]):
            return False
        inside = f"{inside[: group.start()]}\x00{inside[group.end() :]}"
    return _FLAT.fullmatch(inside) is not None


class _Characters(dict[int, str]):
    """Characters and their LaTeX, filled when first used; for `str.translate`."""

    def __init__(self, known: Mapping[int, str]) -> None:
        super().__init__({ord(character): macro for character, macro in _ASCII.items()})
        self._known = known

    def __missing__(self, number: int) -> str:
        """Add a character."""
        self[number] = found = self._macro(number)
        return found

    def _macro(self, number: int) -> str:
        character = chr(number)
        if number < 128:
            return character
        bare, *marks = list(unicodedata.normalize("NFD", character))
        if marks and all(mark in _ACCENTS for mark in marks):
            # In LaTeX accents are on dotless letters.
            inner = {"i": r"\i", "j": r"\j"}.get(bare, bare) if marks[0] in "\u0300\u0301\u0302\u0303\u0308" else bare
            inner = inner if inner.startswith("\\") else str(self.get(ord(bare), bare))
            for mark in marks:
                inner = rf"\{_ACCENTS[mark]}{{{inner}}}"
            return f"{{{inner}}}"
        macro = (
            self._known.get(number, character)
            .replace("mathscr", "mathcal")
            .replace(r"\boldsymbol{\mathit", r"{\mathbf")
        )
        if macro == character or not macro.startswith("\\") or _UNKNOWN.search(macro):
            return macro if macro.isalnum() else character
        return macro if macro.startswith(r"\ensuremath") else f"{{{macro}}}"


@cache
def _table() -> _Characters:
    """Build the table; pylatexenc is imported only here."""
    from pylatexenc.latexencode import get_builtin_uni2latex_dict  # type: ignore[import-untyped]

    return _Characters(get_builtin_uni2latex_dict())
