"""The pieces of a query; the words of a text as they are matched, with signs that matter: C++, C#, .NET, A*."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice

from readlist.pattern import pattern
from readlist.text.clean import fold
from readlist.text.scan import sub_places

# Scripts without blanks between words: Han, kana, bopomofo, Hangul and its parts, half-width kana.
_CJK = (
    "\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3041-\u3096\u309d-\u30ff"
    "\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7fb"
    "\uf900-\ufaff\uff66-\uff9f\uffa0-\uffdc\U00020000-\U0003ffff"
)
# Letters, marks and digits of Thai, Lao, Tibetan, Burmese, Khmer, Tai Le, New Tai Lue, Tai Tham, Balinese, Javanese and
# Tai Viet: without blanks between words as well, and half of their vowels are combining marks.
_STACKED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59\u0e81-\u0edf\u0f20-\u0f33\u0f3e-\u0f3f\u0f40-\u0f84\u0f86-\u0fbc\u1000-\u1049"
    "\u1050-\u109d\u1780-\u17d3\u17d7\u17dc-\u17e9\u1950-\u19da\u1a20-\u1a99\u1aa7\u1b00-\u1b4c\u1b50-\u1b59"
    "\ua980-\ua9c0\ua9cf-\ua9d9\ua9e0-\ua9fe\uaa60-\uaa76\uaa7a-\uaadd"
)
# Thaana, and the scripts of India from Devanagari to Sinhala: with blanks, but their vowels are marks too.
_VOWELLED = "\u0780-\u07b1\u0900-\u0dff\ua8e0-\ua8ff"

# A private-use character is a letter to FTS5, and no text has one: `clean` and `_folded` remove them. They encode signs
# (U+E100 on, by the sign's ASCII code) and marks that count as letters (plane 15).
_SIGN, _MARK = 0xE100, 0xF0000
_SIGNS, _MARKS = "\ue100-\ue17f", "\U000f0000-\U000ffffd"
_PRIVATE = pattern("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_NUKTA = 7  # the combining class of the dot that is optional, as accents are

UNSPACED = pattern(f"[{_CJK}{_STACKED}{_MARKS}{_SIGNS}]")
"""A character that is a word of its own: in these scripts any part of a word is found."""

_SPACED_OUT = pattern(f"[{_CJK}{_STACKED}]")
_WITH_MARKS = pattern(f"[{_STACKED}{_VOWELLED}]")
_JOINERS = pattern("[\u200c\u200d]")
_ENCODED = pattern(f"[{_SIGNS}{_MARKS}]")
_TOKEN_OF_TEXT = rf"(?:[^\W_]++|[{_MARKS}]++)++|[{_SIGNS}]"
_TOKEN = pattern(_TOKEN_OF_TEXT)
_NO_WORD = "".join(chr(code) for code in range(128) if not chr(code).isalnum())
_AS_BLANKS = str.maketrans(_NO_WORD, " " * len(_NO_WORD))
_RUN = pattern(r"[\x00-\x7f]++|[^\x00-\x7f]++")

_W, _L = r"[^\W_]", r"[^\W\d_]"
# The sign comes first, for a fast search; the text before it follows as a lookbehind.
_MEANT = pattern(
    r"[.+#♯@*∗⋆_^](?:"
    # node.js, 3.5, .NET; but neither an initial's full stop (J.Doe) nor a sentence's.
    rf"(?<=\.)(?={_W})(?:(?<={_W}{_W}\.)|(?<=\d\.)(?=\d)|(?<![^\s(\[{{\"'/,]\.))"
    # C++, C++17, K+; but not RGB+D.
    rf"|(?<={_W}\+)\+*(?:(?!{_W})|(?<=\+\+)(?=\d))"
    # C#, C#8.
    rf"|(?<={_W}[#♯])(?!{_L})"
    # pass@1
    rf"|(?<={_W}@)(?={_W})"
    # A*; but neither *A* nor a*b, nor the prefix node.j*.
    rf"|(?<=(?<![\w*∗⋆.{_MARKS}]){_L}[*∗⋆])(?![\w*∗⋆])"
    # R^2, L_1, CO_2, H_2O are written R², L₁, CO₂, H₂O or R2, L1, CO2, H2O as well; but file_2 is two words.
    rf"|(?:(?<=(?<!{_L}){_L}[_^])|(?<=(?<!{_L}){_L}{_L}[_^]))(?:(\d{{1,3}})|\{{(\d{{1,3}})\}})"
    # x_i, R^n.
    rf"|(?<=(?<!{_L}){_L}[_^])(?={_L}(?!{_W}))"
    ")"
)
_MEANT_SIGNS = tuple(".+#♯@*∗⋆_^")
"""What `_MEANT` begins with."""
BORDER = "\ue000"
"""A word that no text has: in the search index it is between two forms of one text."""

_INDEXED = pattern(rf"{_TOKEN_OF_TEXT}|{BORDER}")
_SAME_SIGN = str.maketrans("♯∗⋆", "#**")


def matchable(text: str) -> str:
    """Return the text as it is matched: blanks between words, case and accents folded.

    A character of a script without blanks is a word of its own, and so is each sign that belongs to a name.
    """
    if not text.isascii():
        # Only what needs it is folded: most of an abstract is ASCII but for a dash or a name. All runs are matched,
        # which takes a quarter of the time of a search for some of them.
        text = "".join([run.lower() if run.isascii() else _folded_run(run) for run in _RUN.findall(text)])
    else:
        text = text.lower()
    return sub_places(_MEANT_SIGNS, _MEANT, _meant, text)


def _meant(found: re.Match[str]) -> str:
    """Return a sign as a word, or the digits of a super- or subscript."""
    digits = found[1] or found[2]
    return digits or "".join(f" {sign_token(sign)} " for sign in found[0].translate(_SAME_SIGN))


def sign_token(sign: str) -> str:
    """Return the word that encodes an ASCII sign."""
    return chr(_SIGN + ord(sign))


def _folded_run(run: str) -> str:
    return _folded_short(run) if len(run) < 9 else _folded(run)


def _folded(run: str) -> str:
    run = _PRIVATE.sub(" ", run)
    if _WITH_MARKS.search(run):
        run = _WITH_MARKS.sub(_kept, unicodedata.normalize("NFKD", _JOINERS.sub("", run)))
    return _SPACED_OUT.sub(r" \g<0> ", fold(run)).lower()


def _kept(found: re.Match[str]) -> str:
    """Return a character that folding keeps: a mark that counts as a letter becomes one."""
    character = found[0]
    if not unicodedata.category(character).startswith("M") or unicodedata.combining(character) == _NUKTA:
        return character
    letter = chr(_MARK + ord(character))
    return f" {letter} " if _SPACED_OUT.match(character) else letter


# The same few dashes, quotes and accented letters make up almost all of them.
_folded_short = lru_cache(maxsize=2_000)(_folded)


def tokens(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are matched: runs of letters and digits, single characters, signs."""
    return tuple(_TOKEN.findall(matchable(text)))


def indexed_tokens(text: str) -> list[str]:
    """Return the words of a text that is as `matchable` made it, and `BORDER` where a second form of it begins."""
    # Most abstracts are ASCII by then; the pattern takes ten times as long.
    return text.translate(_AS_BLANKS).split() if text.isascii() else _INDEXED.findall(text)


def is_sign(token: str) -> bool:
    """Tell whether a word encodes a sign."""
    return 0 <= ord(token[0]) - _SIGN < 128


def written_token(token: str) -> str:
    """Return a word of `tokens` as it is written: signs and marks as themselves."""
    return _ENCODED.sub(lambda found: chr(ord(found[0]) - (_SIGN if is_sign(found[0]) else _MARK)), token)


def may_grow(written: str) -> bool:
    """Tell whether the next letter typed would belong to the last word."""
    last = written[-1:]
    return last.isalnum() or _is_mark(last)


def _is_mark(character: str) -> bool:
    return character != "" and unicodedata.category(character).startswith("M")


def last_letter(written: str) -> int:
    """Return the length of the last letter with its accents."""
    length = 1
    while length < len(written) and _is_mark(written[-length]):
        length += 1
    return length


# Parentheses belong to a DOI or an address as far as they are balanced, two deep.
_WHOLE = r'(?:[^\s"()]|\((?:[^\s"()]|\([^\s"()]*+\))*+\))++'
_PIECE = pattern(
    r"(?P<open>-?\()|(?P<close>\))|(?P<minus>-?)(?:"
    rf"(?P<id>(?:id|like|arxiv|doi):)(?P<ids>{_WHOLE})"
    rf"|(?P<bare>(?:https?://|10\.\d{{4,9}}/){_WHOLE})"
    r'|(?P<field>[^\W\d_]+):(?P<value>(?:"[^"]*+"?+|[^\s"()])*+)'
    r'|"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<word>[^\s"()]+))',
    re.IGNORECASE,
)
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‟": '"'})


def pieces(text: str, limit: int) -> list[re.Match[str]]:
    """Return the words, fields, phrases and parentheses of a query, at most `limit`; between them are blanks."""
    return list(islice(_PIECE.finditer(text.translate(_QUOTES)), limit))
