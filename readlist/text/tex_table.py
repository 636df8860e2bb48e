"""Macros of TeX and what they stand for: what reads them, what draws them and what writes them agree by these."""

from __future__ import annotations

ESCAPED = "%&#_${}"
"""Characters that TeX obeys and that a backslash before them sets; braces are counted by BibTeX all the same."""

NAMED = {
    "\\": "textbackslash", "{": "textbraceleft", "}": "textbraceright", "~": "textasciitilde", "^": "textasciicircum",
    "<": "textless", ">": "textgreater", "|": "textbar",
}  # fmt: skip
"""Characters of ASCII that are written by a name."""

ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip
"""Accents that every LaTeX sets, and the combining character of each."""

ALL_ACCENTS = {**ACCENTS, "t": "\u0361", "h": "\u0309", "textcommabelow": "\u0326"}
"""Those of packages, too."""

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
"""Text of macros without an argument."""

STYLES = ("text", "textbf", "textit", "emph", "textsc", "texttt", "textrm", "textsf", "textnormal", "underline", "mbox")
"""Macros that change the look of their argument."""

ALL_STYLES = frozenset(
    {*STYLES, "textsl", "textup", "textmd", "hbox", "url", "path", "nolinkurl", "enquote", "mkbibquote", "mkbibemph",
     "mkbibbold", "it", "bf", "tt", "sc", "sf", "rm", "sl", "em", "itshape", "bfseries", "scshape", "ttfamily",
     "uppercase", "lowercase", "MakeUppercase", "MakeLowercase", "textcase", "NoCaseChange"}
)  # fmt: skip
"""Those of BibTeX's fields, too, the switches among them."""

GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|upsilon|phi"
    "|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega|ell|nabla|partial|infty"
)
"""Letters of math, as a pattern."""

FUNCTIONS = ("log", "ln", "exp", "sin", "cos", "tan", "tanh", "max", "min", "sup", "inf", "lim", "arg", "det", "dim")
"""Functions of math, set upright by LaTeX itself."""
