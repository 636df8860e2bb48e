"""A reader of LaTeX."""

from __future__ import annotations

from pylatexenc import latex2text  # type: ignore[import-untyped]

_BY_NAME = {"textbraceleft": "{", "textbraceright": "}", "textless": "<", "textgreater": ">", "textbar": "|",
            "textasciicircum": "^"}  # fmt: skip


def read(text: str) -> str:
    """What a reader of LaTeX makes of a text; pylatexenc lacks some names of signs that LaTeX has."""
    meaning = latex2text.get_default_latex_context_db()
    macros = [latex2text.MacroTextSpec(name, simplify_repl=sign) for name, sign in _BY_NAME.items()]
    meaning.add_context_category("signs", macros=macros, prepend=True)
    reader = latex2text.LatexNodes2Text(latex_context=meaning, math_mode="text", strict_latex_spaces=True)
    return str(reader.latex_to_text(text))
