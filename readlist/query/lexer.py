"""The pieces a query's text falls into: parentheses, fields with values, phrases, words."""

from __future__ import annotations

import re

# Parentheses belong to a DOI or an address as far as they are balanced, two deep.
_WHOLE = r'(?:[^\s"()]|\((?:[^\s"()]|\([^\s"()]*+\))*+\))++'
_PIECE = re.compile(
    r"(?P<open>-?\()|(?P<close>\))|(?P<minus>-?)(?:"
    rf"(?P<id>(?:id|arxiv|doi):)(?P<ids>{_WHOLE})"
    rf"|(?P<bare>(?:https?://|10\.\d{{4,9}}/){_WHOLE})"
    r'|(?P<field>[^\W\d_]+):(?P<value>(?:"[^"]*"?|[^\s"()])*)'
    r'|"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<word>[^\s"()]+))',
    re.IGNORECASE,
)
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‟": '"'})


def pieces(text: str) -> list[re.Match[str]]:
    """Return the pieces of a query's text, in order; the text between them is blank."""
    return list(_PIECE.finditer(text.translate(_QUOTES)))
