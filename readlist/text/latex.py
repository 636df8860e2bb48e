"""LaTeX in titles and abstracts as Unicode, whole or damaged (pure); the table of macros, for reading and writing."""

from __future__ import annotations

import logging
import re
import threading
import unicodedata
from functools import lru_cache
from string import ascii_letters
from typing import TYPE_CHECKING, Any

from readlist import interrupt
from readlist.text.scan import places_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ESCAPED = "%&#_${}"
"""Special characters of TeX that a backslash escapes; BibTeX counts escaped braces, too."""

NAMED = {
    "\\": "textbackslash", "{": "textbraceleft", "}": "textbraceright", "~": "textasciitilde", "^": "textasciicircum",
    "<": "textless", ">": "textgreater", "|": "textbar",
}  # fmt: skip
"""ASCII characters written by name."""

ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip
"""Accents of LaTeX and their combining characters."""

ALL_ACCENTS = {**ACCENTS, "t": "\u0361", "h": "\u0309", "textcommabelow": "\u0326"}
"""Accents of packages, too."""

SYMBOLS = {
    **{name: character for character, name in NAMED.items()},
    "ss": "ß", "SS": "ẞ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ",
    "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ",
    "ng": "ŋ", "NG": "Ŋ", "S": "§", "P": "¶", "copyright": "©", "pounds": "£", "euro": "€", "texteuro": "€",
    "textquotesingle": "'", "textquotedbl": '"', "textasciigrave": "`", "textunderscore": "_",
    "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”",
    "lbrace": "{", "rbrace": "}", "textdollar": "$",
    "textendash": "–", "textemdash": "—", "textellipsis": "…", "ldots": "…", "dots": "…", "textbullet": "•",
    "textdegree": "°", "textregistered": "®", "texttrademark": "™", "slash": "/", "hyphen": "-", "space": " ",
    "par": "\n\n", "newline": "\n", "linebreak": "\n", "quad": " ", "TeX": "TeX", "LaTeX": "LaTeX", "BibTeX": "BibTeX",
    "guillemotleft": "«", "guillemotright": "»", "textexclamdown": "¡", "textquestiondown": "¿", "relax": "",
    "textnumero": "№", "textperiodcentered": "·", "textmu": "µ", "nobreakspace": " ",
    "ohorn": "ơ", "Ohorn": "Ơ", "uhorn": "ư", "Uhorn": "Ư", "textohorn": "ơ", "textOhorn": "Ơ", "textuhorn": "ư",
    "textUhorn": "Ư", "protect": "", "textasciidieresis": "¨", "textasciimacron": "¯",
}  # fmt: skip
"""Macros without an argument."""

STYLES = ("text", "textbf", "textit", "emph", "textsc", "texttt", "textrm", "textsf", "textnormal", "underline", "mbox")
"""Macros that change the look of their argument."""

ALL_STYLES = frozenset(
    {*STYLES, "textsl", "textup", "textmd", "hbox", "url", "path", "nolinkurl", "enquote", "mkbibquote", "mkbibemph",
     "mkbibbold", "it", "bf", "tt", "sc", "sf", "rm", "sl", "em", "itshape", "bfseries", "scshape", "ttfamily",
     "uppercase", "lowercase", "MakeUppercase", "MakeLowercase", "textcase", "NoCaseChange"}
)  # fmt: skip
"""Those in BibTeX fields, too, and switches."""

GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|upsilon|phi"
    "|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega|ell|nabla|partial|infty"
)
"""Letters of math, as a pattern."""

FUNCTIONS = ("log", "ln", "exp", "sin", "cos", "tan", "tanh", "max", "min", "sup", "inf", "lim", "arg", "det", "dim")
"""Functions of math, set upright by LaTeX itself."""

_SUPERSCRIPT = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδθφχ×⊤,.",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᶿᵠᵡˣᵀ,·",
        strict=True,
    )
)
_SUBSCRIPT = dict(
    zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ,.", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ,.", strict=True)
)
_RAISED_ALREADY = {"∘": "°", "°": "°", "′": "′", "*": "*", "∗": "*", "†": "†", "‡": "‡", "⋆": "⋆"}

_PIECES = 500
_PIECE_LENGTH = 2_000
_ARGUMENT = r"\{(?:[^{}\\]|\\.|\{(?:[^{}\\]|\\.|\{(?:[^{}\\]|\\.){0,500}+\}){0,500}+\}){0,1000}+\}"
_LATEX = re.compile(
    # An escaped quotation: \"word\" is no umlaut.
    r"\\\"(?P<quoted>[^\"\\\n]{1,100})\\\"(?!\w)"
    r"|(?P<math>\$\$[^$]{1,1500}\$\$|\\\((?:[^\\\n]|\\[^()]){1,500}?\\\)|\\\[(?:[^\\]|\\[^\[\]]){1,1000}?\\\]"
    # As in Pandoc: no blank on the inner side of a dollar.
    # Several may follow each other: `$a$$b$`.
    r"|(?<![\\$])(?:\$(?=[^\s$])(?:[^$\\\n]|\\[^\n]|\n(?!\n)){1,500}?(?<![\s\\])\$){1,50}+)"
    # An escaped apostrophe: `reader\'s` has no ś.
    r"|(?<=[A-Za-z])\\(?P<apostrophe>')(?=(?:s|t|re|ve|ll)(?![^\W_]))"
    rf"|\\(?P<escaped>[{ESCAPED}])|\\(?P<blank>[ ,;:])|\\\\(?=\s)"
    r"|(?P<accent>\\[\"'`^~=.](?:\{\\?[A-Za-z]\}|\\[ij](?![A-Za-z])|[A-Za-z])|\\[cvuHkdbr](?:\{\w\}| \w(?=\w)))"
    r"|(?P<macro>\\(?P<name>[A-Za-z]{2,30})(?![A-Za-z])\*?(?P<arguments>(?:" + _ARGUMENT + r"){0,3}+))"
    r"|\{\\(?:it|bf|em|tt|sc|sl|sf|rm|itshape|bfseries)\b\s*+(?P<styled>[^{}\\]{0,500}+)\}"
    r"|``(?P<quotes>[^`'\n]{1,300})''"
)
_STYLES = (
    "mathcal|mathbb|mathbf|mathrm|mathsf|mathfrak|mathscr|boldsymbol|text|textbf|textit|texttt|textsc|textrm|emph"
    "|underline|sqrt|tilde|hat"
)
_COLOURS = "(?:my|light|dark|bright|deep)?(?:red|blue|green|teal|magenta|cyan|orange|purple|violet|brown|gr[ae]y|pink)"
# Math that lost its dollars and backslashes on a site; addresses are skipped.
_BARE_MATH = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|(?<![\w\\])(?P<symbol>" + GREEK + r")(?:_(?P<symbol_index>\w)(?![\w{])|(?=\^-?\w|[_^]\{))"
    r"|(?<=[\w)\]}|*′ℓ])(?P<mark>[_^])\{(?P<script>[^{}\n]{1,60})\}"
    r"|(?<=[\w)\]|°′])\^(?P<power>-?\d{1,3}(?![^\W_]|[\^{])|\d(?=[A-Z])|[*+](?!\w))"
    r"|(?<=[\w)\]])\^\\?(?P<sign>circ|top|prime|dagger|ast|star|∘|⊤|′|†)(?![A-Za-z])"
    r"|(?<=[α-ωΑ-Ωℓ∇])_(?P<index>\w)(?![\w{])"
    r"|(?<![A-Za-z\\])(?P<style>(?:" + _STYLES + r")\{[^{}\n]{1,120}\})"
    r"|(?<![A-Za-z\\])(?:"
    + _COLOURS
    + r"|(?=\{(?:bf|it|em|tt)\s))\{(?:(?:bf|it|em|tt)\s+)?(?P<coloured>[^{}\n]{1,120}+)\}"
    # Braces that only held something together: 26{,}804, {Δ}t, 5{deg}, an acronym's pro{A}ctive {l}earning.
    r"|\{(?P<held>[,=<>~±×≈≤≥°α-ωΑ-Ωℓ-]|[A-Za-z]{1,5}(?=\}[a-z]))\}"
    r"|\{(?P<named>sim|approx|times|leq|geq|pm|deg)\}"
    r"|(?<=\d)(?P<times>times)(?![A-Za-z])|(?P<cross>(?<=\d )times(?= \d)|(?<!\w)times(?=\d))"
    r"|(?<![A-Za-z\\])(?P<relation>sim ?(?=\d)|[lg]eq(?= ?\d)|approx(?=\d)|(?<=\d)pm(?=\d))"
)
# What each of these has in it: a sign at its beginning, or behind a word that does not end there.
_LATEX_SIGNS = ("\\", "$", "`", "{")
_BARE_MATH_SIGNS = ("_", "^", "{", "times", "sim", "leq", "geq", "approx", "pm", "http", "www.")
_NAME_LENGTH = 14
_RELATIONS = {"sim": "~", "leq": "≤", "geq": "≥", "approx": "≈", "pm": "±", "times": "×", "deg": "°"}
_SIGNS = {"circ": "°", "top": "ᵀ", "prime": "′", "dagger": "†", "ast": "*", "star": "*", "∘": "°", "⊤": "ᵀ"}
# Two lower-case words in a row: the dollars are prices, not math.
_PROSE = re.compile(r"(?<![\\A-Za-z{])[a-z]{2,}[ \n]+[a-z]{2,}|\A[\d.,]+(?:[KMB]?[ \n]|-\Z)(?![^A-Za-z]*[=<>])")


def to_unicode(text: str) -> str:
    r"""Return the text with its LaTeX as Unicode: `$\ell_p$` is ℓₚ, `67.1\%` is 67.1%, `S^{2}FT` is S²FT.

    pylatexenc reads math between dollars, known macros and accents; math that lost its dollars and backslashes
    (`ell_p`, `3times`) is restored if it can't be anything else. Prices, file_names, addresses and unknown macros stay.
    Takes any text, never raises; converts at most 500 pieces of one text.
    """
    budget = _PIECES

    def within_budget(convert: Callable[[re.Match[str]], str]) -> Callable[[re.Match[str]], str]:
        def spend(found: re.Match[str]) -> str:
            nonlocal budget
            budget -= 1
            return convert(found) if budget >= 0 else found[0]

        return spend

    if "\\" in text or "$" in text or "``" in text:
        text = _replaced(_LATEX, _LATEX_SIGNS, within_budget(_latex), text)
    return _replaced(_BARE_MATH, _BARE_MATH_SIGNS, within_budget(_bare_math), text)


def _replaced(
    pattern: re.Pattern[str], signs: Sequence[str], convert: Callable[[re.Match[str]], str], text: str
) -> str:
    """Return `pattern.sub(convert, text)` in a tenth of the time where signs are rare.

    Args:
        pattern: what is replaced: it begins at a sign, or with a word that ends at one.
        signs: the signs.
        convert: gives what comes in the place of a match.
        text: any text.
    """
    pieces: list[str] = []
    done = 0
    for place in places_of(signs, text):
        # A match may end before the sign, as that of `alpha` in `alpha_{i}`.
        while done <= place and (match := _at_sign(pattern, text, done, place)):
            pieces += (text[done : match.start()], convert(match))
            done = match.end()
    return "".join((*pieces, text[done:])) if pieces else text


def _at_sign(pattern: re.Pattern[str], text: str, start: int, place: int) -> re.Match[str] | None:
    """Return the match that begins with the word before a sign, or with the sign."""
    word = place
    while word > start and place - word < _NAME_LENGTH and text[word - 1] in ascii_letters:
        word -= 1
    return (pattern.match(text, word) if word < place else None) or pattern.match(text, place)


def _latex(found: re.Match[str]) -> str:
    """Return one piece of LaTeX as Unicode; unchanged if it is not LaTeX."""
    piece = found[0]
    if found["quoted"] is not None:
        return f'"{found["quoted"]}"'
    if found["quotes"] is not None:
        return f"“{found['quotes']}”"
    for bare in ("apostrophe", "styled", "escaped"):
        if found[bare] is not None:
            return found[bare]
    if found["blank"] is not None or piece == "\\\\":
        return " " if found["blank"] else ""
    if found["math"] is not None:
        return _math(
            piece, found.string[found.start() - 1 : found.start()], found.string[found.end() : found.end() + 1]
        )
    if found["macro"] is not None:
        return _macro(piece, found["name"], found["arguments"])
    return _converted(piece) or piece


def _math(piece: str, before: str, after: str) -> str:
    if piece[0] == "$" and piece[1] != "$" and "$$" in piece[1:-1]:
        pieces = [f"${each}$" for each in piece[1:-1].split("$$")]
        return "".join(_math(each, "$", "$") for each in pieces)
    if piece[0] != "$":
        inside = piece[2:-2]
    elif piece[1] == "$":
        inside = piece.strip("$")
    else:
        # The last dollar inside may be an escaped one.
        inside = piece[1:-1]
    # Plain text between two dollars may be between two prices.
    plain = piece[0] == "$" and re.search(r"\w", inside) and not re.search(r"[\\^_{]", inside)
    if plain and (before.isalpha() or after.isdigit() or _PROSE.search(inside)):
        return piece
    if inside.startswith(("\\href", "\\url")):
        return to_unicode(inside)
    return _converted(f"\\({inside}\\)") or piece


def _macro(piece: str, name: str, arguments: str) -> str:
    if name in ("url", "href"):
        first, _, rest = arguments[1:-1].partition("}{")
        return to_unicode(rest) or re.sub(r"\\([%&#_~])", r"\1", first) or piece
    if name in ("allowbreak", "xspace", "noindent", "newline", "linebreak"):
        return arguments
    return (_converted(piece) or piece) if _converter()[1](name) else piece


def _bare_math(found: re.Match[str]) -> str:
    """Return damaged math as Unicode; an address is unchanged."""
    if found["symbol"]:
        return (_converted("\\" + found["symbol"]) or found["symbol"]) + _script("_", found["symbol_index"] or "")
    if found["style"]:
        return _converted("\\" + found["style"]) or found[0]
    if found["mark"]:
        inner = re.sub(rf"(?<![A-Za-z\\])({GREEK})(?![A-Za-z])", r"\\\1", found["script"])
        inner = re.sub(r"(?<=[\w)])times(?![A-Za-z])", r"\\times ", inner)
        return _script(found["mark"], _converted(f"\\({inner}\\)") or found["script"])
    if found["coloured"] or found["held"]:
        return found["coloured"] or found["held"]
    if found["named"]:
        return _RELATIONS[found["named"]]
    if found["power"]:
        return _script("^", found["power"])
    if found["sign"]:
        return _SIGNS.get(found["sign"], found["sign"])
    if found["index"]:
        return _script("_", found["index"])
    if found["times"] or found["cross"]:
        return "×"
    return _RELATIONS[found["relation"].strip()] if found["relation"] else found[0]


def _script(mark: str, content: str) -> str:
    """Return a super- or subscript in Unicode, or `_word`, `^(a, b)` if Unicode has none."""
    content = content.strip()
    if not content:
        return ""
    if mark == "^" and content in _RAISED_ALREADY:
        return _RAISED_ALREADY[content]
    table = _SUPERSCRIPT if mark == "^" else _SUBSCRIPT
    small = [table.get(character) for character in content if character != " "]
    # Small words are hard to read.
    if all(small) and not (len(content) > 3 and content.isalpha()):
        return "".join(filter(None, small))
    return f"{mark}{content}" if len(content) == 1 or content.isalnum() else f"{mark}({content})"


@lru_cache(maxsize=4_096)
def _converted(piece: str) -> str:
    """Return one piece of LaTeX as Unicode by pylatexenc, empty if it fails."""
    if len(piece) > _PIECE_LENGTH or piece.count("{") > 60:
        return ""
    # A percent sign is not a comment here, and `x_\text{max}` needs braces.
    piece = re.sub(r"(?<!\\)%", r"\\%", piece)
    piece = re.sub(r"([_^])\s*(\\[A-Za-z]+\s*\{[^{}]*\})", r"\1{\2}", piece)
    try:
        text = _converter()[0](piece)
    except Exception:  # pylatexenc may raise anything for invalid LaTeX
        interrupt.check()
        return ""
    if "%s" in text and "%s" not in piece:
        # A macro without the argument it needs.
        return ""
    text = unicodedata.normalize("NFC", re.sub(r"[^\S\n]+", " ", text).strip())
    text = re.sub(r"(?<=\S)(?: ([×≤≥≈=<>∈→⊂⊆∝≪≫≠∪∩±~]) ?|([×≤≥≈=<>∈→⊂⊆∝≪≫≠∪∩±~]) )(?=\S)", r" \1\2 ", text)
    return re.sub(
        r"~ (?=\d)|(?<=[a-z]) (?=\()| (?=[₀-₉ᵢⱼₓ])|(?<=[(\[⟨⌊⌈‖]) (?=\w)| (?=[)\]⟩⌋⌉,])",
        lambda found: found[0].strip(),
        text,
    )


# Macros whose text differs from pylatexenc's, or that it doesn't know.
_OWN_SYMBOLS = {
    "epsilon": "ε", "phi": "φ", "sim": "~", "|": "‖", "Vert": "‖", "mid": "|", "colon": ":",
    "eg": "e.g.", "ie": "i.e.", "etal": "et al.", "wrt": "w.r.t.", "etc": "etc.",
    "prime": "′", "setminus": "∖", "top": "⊤", "qquad": " ",
    **{name: SYMBOLS[name] for name in ("ldots", "dots", "textgreater", "textless", "quad")},
}  # fmt: skip
_SILENT = ("left", "right", "big", "Big", "bigl", "bigr", "limits", "displaystyle", "!", "tag", "label",
           "rm", "bf", "it", "tt", "cal")  # fmt: skip
_FUNCTIONS = (*FUNCTIONS, "ker", "deg", "gcd", "Pr", "argmax", "argmin")
# The arguments they take, in pylatexenc's notation: `{` one in braces, `[` an optional one, `*` a star.
_PLAIN = {
    "mathbf": "{", "mathrm": "{", "mathsf": "{", "mathtt": "{", "mathit": "{", "mathnormal": "{", "boldsymbol": "{",
    "bm": "{", "operatorname": "*{", **dict.fromkeys(STYLES, "{"), "textcolor": "{{",
    "overset": "{{", "stackrel": "{{", "ref": "{", "ac": "{", "gls": "{", "textsubscript": "{", "textsuperscript": "{",
}  # fmt: skip
_ACCENTS = {"widetilde": "\u0303", "widehat": "\u0302", "overline": "\u0304"}
_LETTERS = {"mathcal": "script", "mathscr": "script", "mathfrak": "fraktur", "mathbb": "doublestruck"}


def warm_up() -> None:
    """Import and build what the first LaTeX needs, tens of milliseconds; for a thread."""
    _converted(r"\(x_{1}\)")


_building = threading.Lock()


def _converter() -> tuple[Callable[[str], str], Callable[[str], bool]]:
    """Return a converter of LaTeX, and a function that tells whether a macro is known; built once."""
    with _building:
        return _built()


@lru_cache(maxsize=1)
def _built() -> tuple[Callable[[str], str], Callable[[str], bool]]:
    """Build the converter; pylatexenc is imported only here."""
    from pylatexenc import latex2text, latexwalker, macrospec  # type: ignore[import-untyped]

    # Its log would be written on the screen.
    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL + 1)
    known = latexwalker.get_default_latex_context_db()
    taking = (
        _PLAIN
        | dict.fromkeys(_ACCENTS, "{")
        | dict.fromkeys(("dfrac", "tfrac", "underset"), "{{")
        | dict.fromkeys(("citep", "citet"), "[[{")
    )
    known.add_context_category(
        "readlist",
        macros=[macrospec.std_macro(name, arguments) for name, arguments in taking.items()],
        specials=[macrospec.SpecialsSpec(m, args_parser=macrospec.MacroStandardArgsParser("{")) for m in "_^"],
        prepend=True,
    )
    context = latex2text.get_default_latex_context_db()
    context.add_context_category(
        "readlist",
        macros=[latex2text.MacroTextSpec(name, simplify_repl=value) for name, value in _macro_texts().items()],
        specials=[latex2text.SpecialsTextSpec(mark, simplify_repl=_script_node) for mark in "_^"],
        prepend=True,
    )
    names = {spec.macroname for spec in context.iter_macro_specs()}
    context.set_unknown_macro_spec(latex2text.MacroTextSpec("", simplify_repl=_unknown_node))
    to_text = latex2text.LatexNodes2Text(latex_context=context, math_mode="text", keep_comments=True)

    converting = threading.Lock()

    def convert(piece: str) -> str:
        nodes, _, _ = latexwalker.LatexWalker(piece, latex_context=known, tolerant_parsing=True).get_latex_nodes()
        # It is not thread-safe.
        with converting:
            return str(to_text.nodelist_to_text(nodes))

    return convert, names.__contains__


def _macro_texts() -> dict[str, str | Callable[..., str]]:
    """Return the text of each macro, or the function from its node to its text."""
    texts: dict[str, str | Callable[..., str]] = {**_OWN_SYMBOLS, **dict.fromkeys(_SILENT, "")}
    texts |= {name: f" {name} " for name in _FUNCTIONS}
    texts |= dict.fromkeys(_PLAIN, _argument) | dict.fromkeys(_LETTERS, _letter_node)
    texts |= dict.fromkeys(_ACCENTS, _accent_node)
    texts |= dict.fromkeys(("cite", "citep", "citet"), lambda node, l2tobj: f"[{_argument(node, l2tobj)}]")
    texts |= dict.fromkeys(("frac", "dfrac", "tfrac"), _fraction_node)
    texts["sqrt"] = lambda node, l2tobj: "√" + _grouped(_argument(node, l2tobj))
    texts["footnote"] = lambda node, l2tobj: f" ({_argument(node, l2tobj)})"
    texts["textsubscript"] = lambda node, l2tobj: _script("_", _argument(node, l2tobj))
    texts["textsuperscript"] = lambda node, l2tobj: _script("^", _argument(node, l2tobj))
    texts["underset"] = lambda node, l2tobj: _argument(node, l2tobj) + _script("_", _argument(node, l2tobj, 0))
    return texts


# The second parameter's name is pylatexenc's: it looks at the signature.
def _argument(node: Any, l2tobj: Any, index: int = -1) -> str:
    """Return the text of a macro's argument, by default its last."""
    arguments = node.nodeargd.argnlist if node.nodeargd else ()
    argument = arguments[index] if arguments else None
    return str(l2tobj.nodelist_to_text([argument])) if argument is not None else ""


def _script_node(node: Any, l2tobj: Any) -> str:
    if not node.parsing_state.in_math_mode:
        return str(node.latex_verbatim())
    return _script(node.specials_chars, _argument(node, l2tobj))


def _letter_node(node: Any, l2tobj: Any) -> str:
    from pylatexenc import latex2text

    text = _argument(node, l2tobj)
    return str(latex2text.fmt_math_text_style(text, _LETTERS[node.macroname])) if len(text) == 1 else text


def _accent_node(node: Any, l2tobj: Any) -> str:
    text = _argument(node, l2tobj)
    return text + _ACCENTS[node.macroname] if len(text) == 1 else text


def _fraction_node(node: Any, l2tobj: Any) -> str:
    return "/".join(_grouped(_argument(node, l2tobj, index)) for index in (0, 1))


def _unknown_node(node: Any, l2tobj: Any) -> str:
    return f"{node.macroname}{_argument(node, l2tobj)}"


def _grouped(text: str) -> str:
    return text if len(text) < 2 or text.removeprefix("√").isalnum() else f"({text})"
