"""JSON and Python literals out of text, and the fields of a record read one by one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar, get_args

from msgspec.structs import replace

from readlist.model.paper import Link, LinkKind
from readlist.model.time import parse_time
from readlist.pattern import pattern
from readlist.text.clean import clean, clean_line
from readlist.text.links import normalize
from readlist.text.paragraph import joined

# A day's list has about 200 kB.
_LITERAL_LIMIT = 8_000_000
# What is no token takes all that is left: it ends the reading.
_TOKEN = pattern(
    r"""'(?P<single>[^'\\]*+(?:\\.[^'\\]*+)*+)'
      | "(?P<double>[^"\\]*+(?:\\.[^"\\]*+)*+)"
      | (?P<word>,(?=\s*[}\])])|[()]|(?:True|False|None)\b|\s++)
      | (?P<same>[{}\[\],:]|-?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?(?![\w.]))
      | .++""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = pattern(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"', "\n": ""}
_WORDS = {"True": "true", "False": "false", "None": "null", "(": "[", ")": "]", ",": ""}
"""What JSON has for words of Python; it has no comma before a bracket, as in `(1,)`."""


class UnreadableError(ValueError):
    """A text that holds no value, in one line.

    Attributes:
        line: from 1, None where the place is not known.
        column: from 1, None likewise.
        reason: what is wrong, without the place.
    """

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column


def parse_json(text: str) -> object:
    """Return the value of a JSON text; an integer of more than 20 digits is None.

    Raises:
        UnreadableError: not JSON, or nested too deeply.
    """
    return _parsed(lambda: json.loads(text, parse_int=_integer))


def parse_value(text: str, start: int) -> tuple[object, int]:
    """Return the JSON value at a place of a text, and where it ends.

    Raises:
        UnreadableError: not JSON, or nested too deeply.
    """
    return _parsed(lambda: _DECODER.raw_decode(text, start))


def _parsed(parse: Callable[[], _T]) -> _T:
    try:
        return parse()
    except json.JSONDecodeError as error:
        raise UnreadableError(error.msg.removesuffix(" at"), error.lineno, error.colno) from None
    except RecursionError:
        raise UnreadableError("nested too deeply") from None


def parse_literal(text: str) -> object:
    """Return the value of a string that holds JSON or a Python literal (`{'id': …, 'hidden': False}`).

    A literal is rewritten to JSON token by token: for 8 MB of numbers `ast.literal_eval` takes 3.6 GB of memory.

    Raises:
        UnreadableError: neither, too long, or nested too deeply.
    """
    if len(text) > _LITERAL_LIMIT:
        raise UnreadableError("too long")
    try:
        return parse_json(text)
    except UnreadableError:
        return parse_json(_TOKEN.sub(_as_json, text))


def _as_json(token: re.Match[str]) -> str:
    kind = token.lastgroup
    if not kind:
        raise UnreadableError("neither JSON nor a Python literal")
    if kind == "same":
        return token[0]
    return _WORDS.get(token[0], " ") if kind == "word" else json.dumps(_ESCAPE.sub(_unescaped, token[kind]))


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code:
        return chr(min(int(code, 16), 0x10FFFF))
    return _ESCAPED.get(found[4], found[0])


def _integer(digits: str) -> int | None:
    # Python refuses to convert thousands of digits.
    return int(digits) if len(digits) <= 20 else None


_DECODER = json.JSONDecoder(parse_int=_integer)


Record = Mapping[str, object]

_T = TypeVar("_T")
_NAME_LENGTH = 200
_COUNT_LIMIT = 10**9
_PARAGRAPH = pattern(r"\n[^\S\n]*\n\s*")
_ENDED = pattern(r"[.!?:。！？][)\]\"'”’$]{0,2}$")
_INDENTED = pattern(r"\n[^\S\n]{2,}(?=\S)")


def first(read: Callable[[object], _T | None], field: str, *records: Record) -> _T | None:
    """Return a field of the first record in which it can be read."""
    for record in records:
        if (value := read(record.get(field))) is not None:
            return value
    return None


def text_in(record: Record, name: str) -> str:
    """Return the text of a field verbatim; empty if it is missing or not a text."""
    value = record.get(name)
    return value if isinstance(value, str) else ""


def as_list(value: object) -> list[object]:
    """Return a list, an empty one for anything else."""
    return value if isinstance(value, list) else []


def items_of(data: object) -> list[object]:
    """Return the items of a list, of an object with `items`, or an object as one item; none for other JSON."""
    if not isinstance(data, dict):
        return as_list(data)
    items = data.get("items")
    return items if isinstance(items, list) else [data]


def as_link(value: object) -> Link | None:
    """Return a link: an address of the web alone, or with its kind and its full address beside it."""
    given: Record = value if isinstance(value, dict) else {"url": value}
    url, full = given.get("url"), given.get("full")
    link = normalize(url) if isinstance(url, str) else None
    if link is None:
        return None
    kind = next((kind for kind in get_args(LinkKind) if kind == given.get("kind")), link.kind)
    whole = normalize(full) if isinstance(full, str) and full else None
    return replace(link, kind=kind, full=(whole.full or whole.url) if whole else link.full)


def as_line(value: object, limit: int = 2_000) -> str | None:
    """Return a text on one line, unwrapped; None if there is none."""
    if not isinstance(value, str):
        return None
    return clean_line(_unwrapped(value) if "\n" in value else value, limit) or None


def as_paragraphs(value: object) -> str | None:
    """Return a text with its paragraphs unwrapped; blank lines between them.

    arXiv indents the first line of a paragraph. Where most lines are indented it is the layout of the file, unless
    each follows the end of a sentence.
    """
    if not isinstance(value, str):
        return None
    text = clean(value).strip()
    if "\n" not in text:
        return (" ".join(text.split()) if "  " in text else text) or None
    indented = [found.start() for found in _INDENTED.finditer(text)]
    if len(indented) * 2 < text.count("\n") or all(_ENDED.search(text, max(at - 4, 0), at) for at in indented):
        text = _INDENTED.sub("\n\n", text)
    return "\n\n".join(_unwrapped(paragraph) for paragraph in _PARAGRAPH.split(text)) or None


def as_name(value: object) -> str | None:
    """Return the name of an account or an organisation, given as a record or as text."""
    if not isinstance(value, dict):
        return as_line(value, _NAME_LENGTH)
    names = (as_line(value.get(field), _NAME_LENGTH) for field in ("fullname", "name", "user"))
    return next((name for name in names if name), None)


def as_names(value: object, limit: int) -> tuple[str, ...]:
    """Return the names in a list of records or texts, in order; two people may have one name."""
    people = as_list(value)[:limit]
    names = (_author(one) if isinstance(one, dict) else as_line(one, _NAME_LENGTH) for one in people)
    return tuple(name for name in names if name)


def as_count(value: object) -> int | None:
    """Return a whole number from 0 on, also where it is written as text or with a point."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if isinstance(value, float) and abs(value) < _COUNT_LIMIT and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and 0 <= value < _COUNT_LIMIT else None


def as_day(value: object) -> date | None:
    """Return the day in UTC of an ISO 8601 date or time."""
    moment = parse_time(value)
    return moment.date() if moment else None


def _unwrapped(text: str) -> str:
    return joined(" ".join(line.split()) for line in text.split("\n"))


def _author(record: Record) -> str | None:
    # `name` is as on the paper, `user` is the account of that person.
    return as_line(record.get("name"), _NAME_LENGTH) or as_name(record.get("fullname")) or as_name(record.get("user"))
