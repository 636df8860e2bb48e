"""Values out of text: JSON, and the Python literals some archives hold instead; bounded, with one kind of error."""

from __future__ import annotations

import json
import re

# A day's list is about 200 kB; a string within a file that is longer than this is no item of one.
_LITERAL_LIMIT = 8_000_000
_TOKEN = re.compile(
    r"""\s*+(?:
        (?P<mark>[{}\[\](),:])
      | '(?P<single>[^'\\]*+(?:\\.[^'\\]*+)*+)'
      | "(?P<double>[^"\\]*+(?:\\.[^"\\]*+)*+)"
      | (?P<number>-?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?)(?![\w.])
      | (?P<name>True|False|None)\b
    )""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"', "\n": ""}
_NAMES = {"True": "true", "False": "false", "None": "null"}
_BRACKETS = {"(": "[", ")": "]"}


class UnreadableError(ValueError):
    """A text that is no value, in one line.

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
    """Return the value a JSON text stands for; a number of absurd length is None.

    Raises:
        UnreadableError: not JSON, or nested too deeply.
    """
    try:
        return json.loads(text, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise UnreadableError(error.msg.removesuffix(" at"), error.lineno, error.colno) from None
    except RecursionError:
        raise UnreadableError("nested too deeply") from None


def parse_value(text: str, start: int) -> tuple[object, int]:
    """Return the JSON value that begins at a place of a text, and where it ends.

    Raises:
        UnreadableError: not JSON, or nested too deeply.
    """
    try:
        return _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise UnreadableError(error.msg.removesuffix(" at"), error.lineno, error.colno) from None
    except RecursionError:
        raise UnreadableError("nested too deeply") from None


def parse_literal(text: str) -> object:
    """Return the value of a string that holds JSON or a Python literal (`{'id': …, 'hidden': False}`).

    A Python literal is rewritten to JSON token by token; nothing of it is evaluated.

    Raises:
        UnreadableError: neither, too long, or nested too deeply.
    """
    if len(text) > _LITERAL_LIMIT:
        raise UnreadableError("too long")
    try:
        return parse_json(text)
    except UnreadableError:
        return parse_json(_as_json(text))


def _as_json(text: str) -> str:
    written: list[str] = []
    text = text.rstrip()
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if not token:
            raise UnreadableError("neither JSON nor a Python literal")
        place = token.end()
        mark = token["mark"]
        if mark:
            # A trailing comma is Python's, as in `(1,)`, and not JSON's.
            if mark in "}])" and written and written[-1] == ",":
                written.pop()
            written.append(_BRACKETS.get(mark, mark))
        elif token["number"] or token["name"]:
            written.append(_NAMES.get(token["name"], token["number"]))
        else:
            body = token["single"] if token["single"] is not None else token["double"]
            written.append(json.dumps(_ESCAPE.sub(_unescaped, body)))
    return " ".join(written)


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code:
        return chr(min(int(code, 16), 0x10FFFF))
    return _ESCAPED.get(found[4], found[0])


def _integer(digits: str) -> int | None:
    # Python refuses to convert numbers of thousands of digits, and no count is that long.
    return int(digits) if len(digits) <= 20 else None


_DECODER = json.JSONDecoder(parse_int=_integer)
