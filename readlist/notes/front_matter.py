"""YAML front matter: some fields are parsed and edited in place, everything else stays byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from readlist.pattern import pattern
from readlist.text.clean import drawable

if TYPE_CHECKING:
    from yaml import Event

LIMIT = 1_048_576
"""The most characters of front matter."""

Value = str | Sequence[str]


class Plain(str):
    """A time, day or boolean: written without quotes."""

    __slots__ = ()


_DEPTH = 50
# The same text in YAML 1.1 and 1.2. The key of a paper is, too, in spite of its colon.
_PLAIN = pattern(r"[^\W\d_](?:[\w .,()/+'’&-]*[\w.)])?|(?:arxiv|doi|title):[A-Za-z0-9./_-]*[A-Za-z0-9]")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})


class FrontMatterError(ValueError):
    """Invalid front matter: the line (from 1, the opening `---` counted) and the reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


class Field(Struct, frozen=True):
    """One field of front matter.

    Attributes:
        value: its text, its list of texts, or None for anything else.
        line: from 1, the opening `---` counted.
        start: offset after the colon.
        end: offset of the end of the value.
    """

    value: str | tuple[str, ...] | None
    line: int
    start: int
    end: int


def parse_fields(text: str, own: frozenset[str]) -> dict[str, Field]:
    """Return the fields of front matter with these names.

    Only YAML's events are used, no objects: so tags and aliases are harmless, and `yes` and `2401.12345` stay text.

    Args:
        text: between the lines `---`.
        own: the names.

    Raises:
        FrontMatterError: it is not YAML, not a block mapping, too large, or has one of the names twice.
    """
    import yaml

    if len(text) > LIMIT:
        raise FrontMatterError(1, f"longer than {LIMIT // 1024} KiB")
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _fields(text, yaml.parse(text, Loader=loader), own)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = drawable(error.problem or error.context or "invalid")
        if "nesting depth" in reason:
            # Newer versions of PyYAML have their own limit.
            reason = f"lists in lists, more than {_DEPTH} deep"
        raise FrontMatterError(mark.line + 2 if mark else 1, reason) from error
    except yaml.YAMLError as error:
        raise FrontMatterError(1, "a character that YAML doesn't allow") from error


def _fields(text: str, events: Iterator[Event], own: frozenset[str]) -> dict[str, Field]:
    import yaml

    first = next(event for event in events if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent))
    if isinstance(first, yaml.StreamEndEvent):
        return {}
    if not isinstance(first, yaml.MappingStartEvent) or first.flow_style:
        raise FrontMatterError(2, "not a list of `name: value` lines")
    found: dict[str, Field] = {}
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        key_events = [key, *_rest(key, events)]
        value = next(events)
        value_events = [value, *_rest(value, events)]
        if len(key_events) > 1 or not isinstance(key, yaml.ScalarEvent) or key.value not in own:
            continue
        line = _line(key)
        if key.value in found:
            raise FrontMatterError(line, f"`{key.value}` is there twice")
        found[key.value] = _field(text, key, value_events, line)
    if not isinstance(next(events), yaml.DocumentEndEvent) or not isinstance(next(events), yaml.StreamEndEvent):
        raise FrontMatterError(2, "more than one document")
    return found


def _rest(first: Event, events: Iterator[Event]) -> list[Event]:
    """Return the events that follow the first one of a node."""
    import yaml

    depth = isinstance(first, yaml.CollectionStartEvent)
    rest: list[Event] = []
    level = int(depth)
    while level:
        event = next(events)
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if level > _DEPTH:
            raise FrontMatterError(_line(event), f"lists in lists, more than {_DEPTH} deep")
        rest.append(event)
    return rest


def _field(text: str, key: Event, events: Sequence[Event], line: int) -> Field:
    import yaml

    after_key = _place(key.end_mark)
    colon = text.find(":", after_key)
    if colon < 0 or text[after_key:colon].strip(" "):
        raise FrontMatterError(line, "`?` before a name; write `name: value`")
    # The end of a list in lines is where the next entry begins, comments in between included.
    last = next((each for each in reversed(events) if not _ends_late(each)), events[0])
    # A text in lines ends with the line end of its last line.
    end = colon + 1 + len(text[colon + 1 : _place(last.end_mark)].rstrip())
    scalars = [event.value for event in events if isinstance(event, yaml.ScalarEvent)]
    value: str | tuple[str, ...] | None = None
    if isinstance(events[0], yaml.ScalarEvent):
        value = str(events[0].value)
    elif isinstance(events[0], yaml.SequenceStartEvent) and len(scalars) == len(events) - 2:
        value = tuple(map(str, scalars))
    return Field(value, line, colon + 1, end)


def _ends_late(event: Event) -> bool:
    import yaml

    return isinstance(event, yaml.CollectionEndEvent) and _place(event.start_mark) == _place(event.end_mark)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 2


def _place(mark: Any) -> int:
    return int(mark.index)


def update_fields(text: str, fields: Mapping[str, Field], values: Mapping[str, Value], line_end: str) -> str:
    """Return front matter with some fields changed, or added at the end; the rest stays byte for byte.

    Args:
        text: between the lines `---`.
        fields: its fields, from `parse_fields`.
        values: the new values.
        line_end: of the file.
    """
    for name in sorted(values.keys() & fields.keys(), key=lambda name: -fields[name].start):
        field = fields[name]
        text = text[: field.start] + _written(values[name], line_end) + text[field.end :]
    added = [f"{name}:{_written(value, line_end)}{line_end}" for name, value in values.items() if name not in fields]
    if added and text and not text.endswith("\n"):
        text += line_end
    return text + "".join(added)


def dump_fields(values: Mapping[str, Value]) -> str:
    """Return fields as lines of YAML."""
    return "".join(f"{name}:{_written(value)}\n" for name, value in values.items())


def _written(value: Value, line_end: str = "\n") -> str:
    if isinstance(value, str):
        return f" {_scalar(value)}"
    return "".join(f"{line_end}  - {_scalar(each)}" for each in value) or " []"


def _scalar(text: str) -> str:
    """Return a text as a YAML scalar: in quotes unless no reader can mistake it."""
    if isinstance(text, Plain):
        return text
    if _PLAIN.fullmatch(text) and text.isprintable() and text.lower() not in _WORDS:
        return text
    # JSON strings are YAML strings, unless a character needs two escapes.
    return json.dumps(drawable(text), ensure_ascii=False)
