r"""TeX as BibTeX's fields hold it, as plain text: escapes, accents, symbols; math stays as it is written (pure)."""

from __future__ import annotations

import re
import unicodedata

from readlist.text.latex import to_unicode
from readlist.text.tex_table import ALL_ACCENTS, ALL_STYLES, ESCAPED, SYMBOLS

_GROUP = r"\{(?:[^{}]|\{[^{}]{0,100}\}){0,300}+\}"
_TOKEN = re.compile(
    r"(?P<math>\$\$[^$]{1,1500}\$\$|\$(?=[^\s$])(?:[^$\\\n]|\\[^\n]){1,500}?(?<![\s\\])\$(?!\d)|\\\([^\n]{1,500}?\\\))"
    rf"|\\(?P<escaped>[{ESCAPED}])|\\(?P<sign>[\^~])\{{\}}"
    r"|\\(?P<accent>[\"'`^~=.]|(?:[cvuHkdbrth]|textcommabelow)(?![A-Za-z]))[ \t]*"
    r"(?:\{[ \t]*(?P<held>\\[ij](?![A-Za-z])|[^\W\d_])[ \t]*\}|(?P<bare>\\[ij](?![A-Za-z])[ \t]?|[^\W\d_]))"
    r"|\\href[ \t]*\{(?P<address>[^{}]{0,2000})\}[ \t]*\{(?P<label>[^{}]{0,2000})\}"
    rf"|\\(?P<pair>[dt]?frac|stackrel|overset|underset|textcolor)(?:{_GROUP}){{2}}"
    rf"|\\(?P<name>[A-Za-z]{{1,40}})\*?(?:(?P<empty>\{{\}}|[ \t]+|\n(?!\n))|(?P<arguments>{_GROUP}))?"
    r"|\\(?P<space>[ ,;:~])|\\(?P<silent>[-/!@])|(?P<line>\\\\(?:\[[^\]\n]{0,20}\])?[ \t]*\n?)|(?P<brace>[{}])"
)
_LETTERS = "(?:text)?[ou]horn|(?:text)?[OU]horn|AE|ae|OE|oe|O|o|L|l|AA|aa|i|j|ss|textasciidieresis"
_ACCENT = r"\\(?:[\"'`^~=.]|(?:[cvuHkdbrth]|textcommabelow)(?![A-Za-z]))[ \t]*"
# An accent on what has one already, or on a letter that is a macro: of `\'{\^{e}}` the inner one is read first.
_NESTED = re.compile(
    rf"({_ACCENT}\{{)(?:\{{\\(?P<own>{_LETTERS})\}}|\\(?P<letter>{_LETTERS})(?![A-Za-z])"
    r"|\{?(?P<inner>\\ensuremath\{\\[A-Za-z]{1,20}\}"
    rf"|{_ACCENT}(?:\{{[ \t]*(?:\\[ij]|[^\W\d_])[ \t]*\}}|[^\W\d_]))\}}?)(?=\}})"
)
# Without braces between them: `\~\^e`.
_STACKED = re.compile(rf"({_ACCENT})({_ACCENT}(?:\{{[ \t]*[^\W\d_][ \t]*\}}|[^\W\d_]))")
_PROSE = re.compile(r"(?P<tie>~)|(?P<dash>-{2,3})|(?P<open>``)|(?P<close>'')")
_DASHES = {"--": "–", "---": "—"}


def plain(text: str, *, prose: bool = True) -> str:
    r"""Return a field's TeX as text: `{\"o}` is ö, `\&` is &, the braces that keep capitals go, `$\ell_p$` stays.

    Takes any text, never raises, and is linear in its length.

    Args:
        text: a field's value without its own braces or quotes.
        prose: whether ties, dashes and quotation marks are those of typeset text; in a note they are what they are.
    """
    if not any(sign in text for sign in "\\{}$"):
        return _PROSE.sub(_typeset, text) if prose else text
    text = _STACKED.sub(lambda found: f"{found[1]}{{{plain(found[2], prose=False)}}}", text)
    for _ in range(2):
        # Two accents on a letter that is a macro are the most there are.
        text = _NESTED.sub(_unnested, text)
    out: list[str] = []
    last = 0
    for found in _TOKEN.finditer(text):
        between = text[last : found.start()]
        out += (_PROSE.sub(_typeset, between) if prose else between, _meaning(found, prose))
        last = found.end()
    rest = text[last:]
    return "".join((*out, _PROSE.sub(_typeset, rest) if prose else rest))


def _typeset(found: re.Match[str]) -> str:
    if found["tie"]:
        return " "
    return _DASHES[found["dash"]] if found["dash"] else "“" if found["open"] else "”"


def _unnested(found: re.Match[str]) -> str:
    name = found["own"] or found["letter"]
    if name in ("i", "j"):
        return f"{found[1]}\\{name}"
    return found[1] + (SYMBOLS[name] if name else plain(found["inner"], prose=False))


def _meaning(found: re.Match[str], prose: bool) -> str:
    if found["math"] is not None:
        return found[0]
    if found["escaped"] or found["sign"]:
        return found["escaped"] or found["sign"]
    if found["accent"] is not None:
        letter = (found["held"] or found["bare"]).strip().removeprefix("\\")
        return unicodedata.normalize("NFC", letter + ALL_ACCENTS[found["accent"]])
    if found["address"] is not None:
        return f"{plain(found['label'])} ({plain(found['address'], prose=False)})"
    if found["pair"] is not None:
        return to_unicode(found[0])
    if found["name"] is not None:
        return _named(found, prose)
    if found["line"] is not None:
        return "\n"
    return " " if found["space"] is not None else ""


def _named(found: re.Match[str], prose: bool) -> str:
    """Return what a macro with a name stands for; one that nobody knows is kept as it is written."""
    name, arguments = found["name"], found["arguments"] or ""
    if name in ALL_STYLES:
        return plain(arguments, prose=prose)
    if name in SYMBOLS:
        return SYMBOLS[name] + plain(arguments, prose=prose)
    if name in ("hspace", "vspace", "noopsort", "phantom"):
        return " " if name == "hspace" else ""
    if name == "ensuremath" and arguments:
        return _mathematics(arguments[1:-1])
    read = to_unicode(f"\\{name}{arguments}")
    return read if read != f"\\{name}{arguments}" else found[0]


def _mathematics(inside: str) -> str:
    r"""Return what `\ensuremath` holds as Unicode, or as the math it is."""
    read = to_unicode(f"\\({inside}\\)")
    return read if not any(sign in read for sign in "\\{}") else f"${inside}$"
