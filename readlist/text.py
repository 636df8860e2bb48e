"""Text from outside made harmless (control characters, bidi overrides, escape sequences) and readable (LaTeX)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_WORD = 1_000
_MARKS = 4

# ECMA-48 sequences in their seven-bit form, then what of the eight-bit form can't be mis-decoded quotation
# marks (U+0098, U+009C and U+009D are bytes of UTF-8 quotes): CSI with parameters, OSC with its number.
_SEQUENCE = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]?"
    "|\x1b[PX\\]^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)"
    "|\x1b[ -/]*[0-~]?"
    "|\x9b[0-?]+[ -/]*[@-~]?"
    "|\x9d\\d{1,4};[^\x07\x1b\x9c\x9d]*(?:\x07|\x1b\\\\|\x9c)"
)
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Anything that may have to go; letters, digits and the usual punctuation never reach the slow function.
_SUSPECT = re.compile(r"[^\w\n -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u2bff\u3001-\u303e]")
_JOINERS = re.compile("[\u200c\u200d]+")
# Where a zero-width (non-)joiner changes what is seen: Arabic and Indic scripts, Mongolian, emoji.
_JOINING = re.compile("[\u0600-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18af\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")
_STACK = re.compile(r"[^\w\s!-~\u00a1-\u02ff\u2010-\u2bff\u3000-\u303f]{" + str(_MARKS + 1) + ",}")
_LONG_WORD = re.compile(r"(\S{" + str(_WORD) + r"})(?=[^\s\u200c\u200d…])")
_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})


def clean(text: str, limit: int = 100_000) -> str:
    r"""Return text from outside made harmless, its lines kept: done once, at the door.

    NFC; every line end is `\n`, every other blank a space; terminal escape sequences are dropped whole, and with
    them control, bidi and other invisible characters, surrogates and tags. Joiners stay where a script or an emoji
    needs them, four combining marks on one letter, words of up to 1,000 characters (longer ones are divided).
    Cleaning twice changes nothing.

    Args:
        text: any text.
        limit: the most characters returned, at least 1; what is longer ends in `…`.
    """
    # What is dropped shouldn't cost what stays, yet a file without end must not be read to its end.
    far = max(limit * 8, 10_000)
    return _cut(_scrub(text[:far]), limit, cut_already=len(text) > far)


def clean_line(text: str, limit: int = 2_000) -> str:
    """Return `clean(text)` on one line: runs of blanks are one space, none at the ends."""
    far = max(limit * 8, 10_000)
    text = text.lstrip()
    line = " ".join(_scrub(text[:far]).split())
    return _cut(line, limit, cut_already=len(text) > far)


def drawable(text: str) -> str:
    """Return the text safe to draw on one line: the last guard before the terminal.

    Costs almost nothing for a text that is printable already. Line ends and other blanks become spaces; control,
    bidi and other format characters, surrogates and noncharacters go.
    """
    if text.isprintable():
        return text
    text = _LINE_END.sub(" ", _SEQUENCE.sub("", text)).replace("\n", " ")
    return _SUSPECT.sub(_harmless, text)


def fold(text: str) -> str:
    """Return the text for matching: compatibility forms, case and accents folded away."""
    if text.isascii():
        return text.lower()
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.casefold().translate(_UNDECOMPOSED))


def _scrub(text: str) -> str:
    if text.isascii() and text.isprintable():
        return _LONG_WORD.sub(r"\1 ", text)
    text = _SEQUENCE.sub("", text)
    text = _LINE_END.sub("\n", text)
    text = unicodedata.normalize("NFC", _SUSPECT.sub(_harmless, text))
    text = unicodedata.normalize("NFC", _JOINERS.sub(_joiner, text))
    text = _STACK.sub(_lower_stack, text)
    return _LONG_WORD.sub(r"\1 ", text)


def _harmless(found: re.Match[str]) -> str:
    """Return what stays of one suspicious character."""
    character = found[0]
    if character in "\u200c\u200d":
        return character
    category = unicodedata.category(character)
    if character == "\t" or category[0] == "Z":
        return " "
    if category == "Co":
        return "\ufffd"
    # Unassigned code points may be emoji of a younger Unicode; the noncharacters never are.
    nonsense = category == "Cn" and (0xFDD0 <= ord(character) <= 0xFDEF or ord(character) & 0xFFFE == 0xFFFE)
    return "" if nonsense or category in ("Cc", "Cf", "Cs") else character


def _joiner(found: re.Match[str]) -> str:
    before = found.string[found.start() - 1 : found.start()]
    return found[0][0] if _JOINING.fullmatch(before) else ""


def _lower_stack(found: re.Match[str]) -> str:
    kept, height = [], 0
    for character in found[0]:
        height = height + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if height <= _MARKS:
            kept.append(character)
    return "".join(kept)


def _cut(text: str, limit: int, *, cut_already: bool) -> str:
    if len(text) > limit or cut_already:
        return text[: limit - 1].rstrip() + "…"
    return text


_SUPERSCRIPT = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδθφχ×⊤,",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᶿᵠᵡˣᵀ,",
        strict=True,
    )
)
_SUBSCRIPT = dict(
    zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ,", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ,", strict=True)
)
_RAISED_ALREADY = {"∘": "°", "°": "°", "′": "′", "*": "*", "∗": "*", "†": "†", "‡": "‡", "⋆": "⋆"}

_PIECES = 1_000
_PIECE_LENGTH = 2_000
_ARGUMENT = r"\{(?:[^{}\\]|\\.|\{(?:[^{}\\]|\\.|\{(?:[^{}\\]|\\.){0,500}+\}){0,500}+\}){0,1000}+\}"
_LATEX = re.compile(
    # An escaped quotation: \"word\" is no umlaut.
    r"\\\"(?P<quoted>[^\"\\\n]{1,100})\\\"(?!\w)"
    r"|(?P<math>\$\$[^$]{1,1500}\$\$|\\\((?:[^\\\n]|\\[^()]){1,500}?\\\)|\\\[(?:[^\\]|\\[^\[\]]){1,1000}?\\\]"
    # As in Pandoc: no blank on the inner side of a dollar.
    r"|(?<![\\$])\$(?=[^\s$])(?:[^$\\\n]|\\[^\n]|\n(?!\n)){1,500}?(?<![\s\\])\$)"
    r"|\\(?P<escaped>[%&#_${}])"
    r"|(?P<accent>\\[\"'`^~=.](?:\{\\?[A-Za-z]\}|\\[ij](?![A-Za-z])|[A-Za-z])|\\[cvuHkdbr](?:\{\w\}| \w(?=\w)))"
    r"|(?P<macro>\\(?P<name>[A-Za-z]{2,30})(?![A-Za-z])\*?(?P<arguments>(?:" + _ARGUMENT + r"){0,3}+))"
    r"|\{\\(?:it|bf|em|tt|sc|sl|sf|rm|itshape|bfseries)\b\s*(?P<styled>[^{}\\]{0,500})\}"
    r"|``(?P<quotes>[^`'\n]{1,300})''"
)
_GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|upsilon|phi"
    "|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega|ell|nabla|partial|infty"
)
_STYLES = "mathcal|mathbb|mathbf|mathrm|mathsf|mathfrak|mathscr|boldsymbol|textbf|textit|texttt|textsc|emph|sqrt|tilde"
# What is left of math when a site has taken its dollars and backslashes away; addresses are passed over.
_BARE_MATH = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|(?<![\w\\])(?P<symbol>" + _GREEK + r")(?:_(?P<symbol_index>\w)(?![\w{])|(?=\^-?\w|[_^]\{))"
    r"|(?<=[\w)\]}|*′ℓ])(?P<mark>[_^])\{(?P<script>[^{}\n]{1,60})\}"
    r"|(?<=[\w)\]|°′])\^(?P<power>-?\d{1,3})(?![\w^{])"
    r"|(?<=[\w)\]])\^\\?(?P<sign>circ|top|prime|dagger|ast|star|∘|⊤|′|†)(?![A-Za-z])"
    r"|(?<=[α-ωΑ-Ωℓ∇])_(?P<index>\w)(?![\w{])"
    r"|(?<![A-Za-z\\])(?P<style>(?:" + _STYLES + r")\{[^{}\n]{1,60}\})"
    r"|(?<=\d)(?P<times>times)(?![A-Za-z])|(?<=\d )(?P<cross>times)(?= \d)"
    r"|(?<![A-Za-z\\])(?P<relation>sim ?(?=\d)|[lg]eq(?= ?\d)|approx(?=\d)|(?<=\d)pm(?=\d))"
)
_RELATIONS = {"sim": "~", "leq": "≤", "geq": "≥", "approx": "≈", "pm": "±"}
_SIGNS = {"circ": "°", "top": "ᵀ", "prime": "′", "dagger": "†", "ast": "*", "star": "*", "∘": "°", "⊤": "ᵀ"}
# Two lower-case words in a row: the dollars are prices, not math.
_PROSE = re.compile(r"(?<![\\A-Za-z{])[a-z]{2,}[ \n]+[a-z]{2,}|\A[\d.,]+(?:[KMB]?[ \n]|-\Z)(?![^A-Za-z]*[=<>])")


@lru_cache(maxsize=2_048)
def readable(text: str) -> str:
    r"""Return the text with its LaTeX as Unicode: `$\ell_p$` is ℓₚ, `67.1\%` is 67.1%, `S^{2}FT` is S²FT.

    Math between dollars, known macros and accents are read by pylatexenc; math that lost its dollars and
    backslashes (`ell_p`, `3times`) is restored where it can't be anything else. Prices, file_names, addresses and
    unknown macros stay. For drawing only: what is stored keeps its LaTeX. Takes any text; never raises.
    """
    if "\\" in text or "$" in text or "``" in text:
        budget = _PIECES

        def convert(found: re.Match[str]) -> str:
            nonlocal budget
            budget -= 1
            return _latex(found) if budget >= 0 else found[0]

        text = _LATEX.sub(convert, text)
    return _BARE_MATH.sub(_bare_math, text)


def _latex(found: re.Match[str]) -> str:
    """Return one piece of LaTeX as Unicode; the piece itself where it is none."""
    kind = found.lastgroup
    piece = found[0]
    if found["quoted"] is not None:
        return f'"{found["quoted"]}"'
    if found["quotes"] is not None:
        return f"“{found['quotes']}”"
    if found["styled"] is not None:
        return found["styled"]
    if found["escaped"] is not None:
        return found["escaped"]
    if found["math"] is not None:
        return _math(
            piece, found.string[found.start() - 1 : found.start()], found.string[found.end() : found.end() + 1]
        )
    if found["macro"] is not None:
        return _macro(piece, found["name"], found["arguments"])
    assert kind == "accent"
    return _converted(piece) or piece


def _math(piece: str, before: str, behind: str) -> str:
    inside = piece.strip("$") if piece[0] == "$" else piece[2:-2]
    # Plain text between two dollars may well be what two prices enclose.
    plain = piece[0] == "$" and not re.search(r"[\\^_{]", inside)
    if plain and (before.isalpha() or behind.isdigit() or _PROSE.search(inside)):
        return piece
    return _converted(f"\\({inside}\\)") or piece


def _macro(piece: str, name: str, arguments: str) -> str:
    if name in ("url", "href"):
        first, _, rest = arguments[1:-1].partition("}{")
        return readable(rest) or re.sub(r"\\([%&#_~])", r"\1", first) or piece
    if name in ("allowbreak", "xspace", "noindent", "newline", "linebreak"):
        return arguments
    return (_converted(piece) or piece) if _converter()[1](name) else piece


def _bare_math(found: re.Match[str]) -> str:
    """Return what one remnant of math means; an address is left alone."""
    if found["symbol"]:
        return (_converted("\\" + found["symbol"]) or found["symbol"]) + _script("_", found["symbol_index"] or "")
    if found["style"]:
        return _converted("\\" + found["style"]) or found[0]
    if found["mark"]:
        inner = re.sub(rf"(?<![A-Za-z\\])({_GREEK})(?![A-Za-z])", r"\\\1", found["script"])
        inner = re.sub(r"(?<=[\w)])times(?![A-Za-z])", r"\\times ", inner)
        return _script(found["mark"], _converted(f"\\({inner}\\)") or found["script"])
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
    """Return a super- or subscript in Unicode, or `_word`, `^(a, b)` where Unicode has none."""
    content = content.strip()
    if not content:
        return ""
    if mark == "^" and content in _RAISED_ALREADY:
        return _RAISED_ALREADY[content]
    table = _SUPERSCRIPT if mark == "^" else _SUBSCRIPT
    small = [table.get(character) for character in content if character != " "]
    # Words are hard to read when they are that small.
    if all(small) and not (len(content) > 3 and content.isalpha()):
        return "".join(filter(None, small))
    return f"{mark}{content}" if len(content) == 1 or content.isalnum() else f"{mark}({content})"


@lru_cache(maxsize=4_096)
def _converted(piece: str) -> str:
    """Return one piece of LaTeX as Unicode by pylatexenc, empty when it makes nothing of it."""
    if len(piece) > _PIECE_LENGTH or piece.count("{") > 60:
        return ""
    # A percent sign is no comment here, and `x_\text{max}` needs the braces that TeX spares.
    piece = re.sub(r"(?<!\\)%", r"\\%", piece)
    piece = re.sub(r"([_^])\s*(\\[A-Za-z]+\s*\{[^{}]*\})", r"\1{\2}", piece)
    try:
        text = _converter()[0](piece)
    except Exception:  # a parser of another's, given any text at all: its failures are as many as texts
        return ""
    text = re.sub(r"[^\S\n]+", " ", text).strip()
    text = re.sub(r"(?<=[\w)\]]) ?× (?=\w)", " × ", text)
    return re.sub(r"~ (?=\d)| (?=[₀-₉ᵢⱼₓ])|(?<=[(\[]) (?=\w)", lambda found: found[0].strip(), text)


# Macros whose text differs from pylatexenc's, or that it doesn't know.
_SYMBOLS = {
    "epsilon": "ε", "phi": "φ", "sim": "~", "|": "‖", "Vert": "‖", "mid": "|", "colon": ":", "ldots": "…", "dots": "…",
    "prime": "′", "setminus": "∖", "top": "⊤", "quad": " ", "qquad": " ",
}  # fmt: skip
_SILENT = ("left", "right", "big", "Big", "bigl", "bigr", "limits", "displaystyle", "!", "tag", "label",
           "rm", "bf", "it", "tt", "cal")  # fmt: skip
_FUNCTIONS = ("log", "ln", "exp", "sin", "cos", "tan", "tanh", "max", "min", "sup", "inf", "lim", "arg", "det", "dim",
              "ker", "deg", "gcd", "Pr", "argmax", "argmin")  # fmt: skip
# The arguments they take, in pylatexenc's notation: `{` one in braces, `[` an optional one, `*` a star.
_PLAIN = {
    "mathbf": "{", "mathrm": "{", "mathsf": "{", "mathtt": "{", "mathit": "{", "mathnormal": "{", "boldsymbol": "{",
    "bm": "{", "operatorname": "*{", "text": "{", "textbf": "{", "textit": "{", "emph": "{", "textsc": "{",
    "texttt": "{", "textrm": "{", "textsf": "{", "textnormal": "{", "underline": "{", "mbox": "{", "textcolor": "{{",
    "overset": "{{", "stackrel": "{{", "ref": "{",
}  # fmt: skip
_LETTERS = {"mathcal": "script", "mathscr": "script", "mathfrak": "fraktur", "mathbb": "doublestruck"}


@lru_cache(maxsize=1)
def _converter() -> tuple[Callable[[str], str], Callable[[str], bool]]:
    """Return what converts LaTeX, and what tells whether a macro is known; pylatexenc is imported only here."""
    from pylatexenc import latex2text, latexwalker, macrospec  # type: ignore[import-untyped]

    known = latexwalker.get_default_latex_context_db()
    taking = _PLAIN | dict.fromkeys(("dfrac", "tfrac", "underset"), "{{") | dict.fromkeys(("citep", "citet"), "[[{")
    known.add_context_category(
        "readlist",
        macros=[macrospec.std_macro(name, arguments) for name, arguments in taking.items()],
        specials=[macrospec.SpecialsSpec(m, args_parser=macrospec.MacroStandardArgsParser("{")) for m in "_^"],
        prepend=True,
    )
    meaning = latex2text.get_default_latex_context_db()
    meaning.add_context_category(
        "readlist",
        macros=[latex2text.MacroTextSpec(name, simplify_repl=value) for name, value in _meanings().items()],
        specials=[latex2text.SpecialsTextSpec(mark, simplify_repl=_script_node) for mark in "_^"],
        prepend=True,
    )
    names = {spec.macroname for spec in meaning.iter_macro_specs()}
    meaning.set_unknown_macro_spec(latex2text.MacroTextSpec("", simplify_repl=_unknown_node))
    to_text = latex2text.LatexNodes2Text(latex_context=meaning, math_mode="text", keep_comments=True)

    def convert(piece: str) -> str:
        nodes, _, _ = latexwalker.LatexWalker(piece, latex_context=known, tolerant_parsing=True).get_latex_nodes()
        return str(to_text.nodelist_to_text(nodes))

    return convert, names.__contains__


def _meanings() -> dict[str, str | Callable[..., str]]:
    """Return the text of each macro, or the function from its node to its text."""
    meanings: dict[str, str | Callable[..., str]] = {**_SYMBOLS, **dict.fromkeys(_SILENT, "")}
    meanings |= {name: f" {name} " for name in _FUNCTIONS}
    meanings |= dict.fromkeys(_PLAIN, _argument) | dict.fromkeys(_LETTERS, _letter_node)
    meanings |= dict.fromkeys(("cite", "citep", "citet"), lambda node, l2tobj: f"[{_argument(node, l2tobj)}]")
    meanings |= dict.fromkeys(("frac", "dfrac", "tfrac"), _fraction_node)
    meanings["sqrt"] = lambda node, l2tobj: "√" + _grouped(_argument(node, l2tobj))
    meanings["footnote"] = lambda node, l2tobj: f" ({_argument(node, l2tobj)})"
    meanings["underset"] = lambda node, l2tobj: _argument(node, l2tobj) + _script("_", _argument(node, l2tobj, 0))
    return meanings


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


def _fraction_node(node: Any, l2tobj: Any) -> str:
    return "/".join(_grouped(_argument(node, l2tobj, index)) for index in (0, 1))


def _unknown_node(node: Any, l2tobj: Any) -> str:
    return f"{node.macroname}{_argument(node, l2tobj)}"


def _grouped(text: str) -> str:
    return text if len(text) < 2 or text.removeprefix("√").isalnum() else f"({text})"
