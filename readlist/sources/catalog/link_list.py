"""Links by number, as text browsers dump them: `[12]Title` in the text, and `12. https://…` in the list below it."""

from __future__ import annotations

import re
from itertools import pairwise

_LIST = re.compile(
    r"^[ \t]{0,3}(?:References|Document links|Visible links):?[ \t]*\n(?:[ \t]*\n){0,3}"
    r"(?:[ \t]*Visible links:?[ \t]*\n(?:[ \t]*\n){0,3})?(?=[ \t]*(?:\d{1,3}\. |\[\d{1,3}\] )\S{1,2000}$)",
    re.MULTILINE,
)
_ENTRY = re.compile(
    r"^[ \t]{0,6}(?:(\d{1,5})\.|\[(\d{1,5})\]) (?:\w{3,5}://\S{1,2000}|mailto:\S{1,500})$", re.MULTILINE
)
_NUMBER = re.compile(r"\[(\d{1,5})\](?=[\w\"“«‘'(])")
_NEW_LINE = re.compile(r"[ \t]*(?:$|[-*+•o] |\d{1,3}[.)] |\[\d{1,5}\]|[-─═]{3,})")
_COLUMNS = re.compile(r"[^\s*+•.-] {3,}\S")
_FEWEST = 3
_SHARE = 0.9
_LONG = 60
"""A shorter line is not wrapped."""


def with_links(text: str) -> str:
    """Return a text whose links stand in a list below it as Markdown, without the list; any other text as it is."""
    found = _LIST.search(text)
    if not found:
        return text
    addresses = {entry[1] or entry[2]: entry[0].rsplit(" ", 1)[1] for entry in _ENTRY.finditer(text, found.end())}
    body = text[: found.start()]
    numbers = [int(number[1]) for number in _NUMBER.finditer(body) if number[1] in addresses]
    rising = sum(1 for one, following in pairwise(numbers) if one < following)
    if len(numbers) < _FEWEST or rising < _SHARE * (len(numbers) - 1):
        return text
    lines = body.split("\n")
    if sum(1 for line in lines if _COLUMNS.search(line.strip())) >= _FEWEST:
        # In a table the links of a paper stand in other lines than its title.
        return text
    for at, line in enumerate(lines):
        if "[" in line and _NUMBER.search(line):
            _link(lines, at, addresses)
    return "\n".join(lines)


def _link(lines: list[str], at: int, addresses: dict[str, str]) -> None:
    """Make Markdown of the numbered links of a line; what its last one says may go on in the next."""
    line = lines[at]
    numbers = [number for number in _NUMBER.finditer(line) if number[1] in addresses]
    if not numbers:
        return
    out, end = [], 0
    for number, following in zip(numbers, [*numbers[1:], None], strict=True):
        out.append(line[end : number.start()])
        end = following.start() if following else len(line)
        label = line[number.end() : end].rstrip()
        if following is None and len(line) > _LONG:
            more = _continued(lines, at)
            if more > 1:
                # Where a link ends in a paragraph can't be told.
                out.append(label)
                break
            if more:
                label = f"{label} {lines[at + 1].strip()}"
                lines[at + 1] = ""
        out.append(label if set("[]") & set(label) else f"[{label}]({addresses[number[1]]})")
        out.append(" " if following else "")
    lines[at] = "".join(out)


def _continued(lines: list[str], at: int) -> int:
    """Return over how many lines the text of a line goes on, no more than two."""
    more = 0
    while more < 2 and at + more + 1 < len(lines) and not _NEW_LINE.match(lines[at + more + 1]):
        more += 1
    return more
