r"""Markdown as capture tools write it, taken off a line: links, images, emphasis, escapes, tags."""

from __future__ import annotations

import re
from typing import NamedTuple

_ADDRESS = (
    r"(?:https?://|/|#|mailto:|javascript:)[^\s()<>\[\]]{0,2000}(?:\([^\s()<>\[\]]{0,500}\)[^\s()<>\[\]]{0,2000}){0,3}"
)
_BRACKET = re.compile(
    r"(?P<image>!\[)|(?P<open>\[)"
    rf"|(?P<link>\]\(\s?<?(?P<address>{_ADDRESS})>?(?:\s+\"[^\"\n]{{0,300}}\")?\s?\))"
    r"|(?P<reference>\]\[(?P<label>\d{1,5})\])|(?P<close>\])"
)
_CLOSER = re.compile(rf"\]\(\s?<?{_ADDRESS}>?(?:\s+\"[^\"\n]{{0,300}}\")?\s?\)")
_DEFINITION = re.compile(r" {0,3}\[(\d{1,5})\]:[ \t]+<?(\S{1,2000}?)>?(?:[ \t].{0,300})?")
_AUTOLINK = re.compile(r"<(https?://[^\s<>]{1,2000})>")
_TAG = re.compile(
    r"</?(?:a|p|div|span|img|br|b|i|em|strong|sub|sup|center|details|summary)(?:\s[a-z-]+=[^<>]{0,500})?\s?/?>"
)
_ESCAPE = re.compile(r"\\([-_*#+>])")
_IMAGE_TEXT = re.compile(r"\[(?:图片|圖片|画像|이미지|image)(?: \d+)?[:：][^\[\]]{0,300}\]", re.IGNORECASE)
_LABEL = "LINK: "
_DEPTH = 8


class Anchor(NamedTuple):
    """A link on a line: what it says, where it leads, and whether its text begins on this line."""

    text: str
    address: str
    whole: bool = True


class Syntax(NamedTuple):
    """Which marks a page uses, so that brackets and backslashes of a plain page stay what they are.

    Attributes:
        links: `[text](address)` occurs.
        references: `[text][31]` occurs at line ends.
        addresses: the addresses of references, by label.
    """

    links: bool
    references: bool
    addresses: dict[str, str]


def syntax_of(text: str) -> Syntax:
    """Return which marks a page uses."""
    links = _CLOSER.search(text) is not None
    ends = re.finditer(r"\]\[\d{1,5}\]$", text, re.MULTILINE)
    references = sum(1 for _, _ in zip(range(3), ends, strict=False)) == 3
    definitions = re.finditer(rf"^{_DEFINITION.pattern}$", text, re.MULTILINE) if references else ()
    return Syntax(links, references, {found[1]: found[2] for found in definitions})


def unwrap(line: str, syntax: Syntax) -> tuple[str, list[Anchor]]:
    """Return a line without its marks, and its links in order."""
    anchors: list[Anchor] = []
    if syntax.references and _DEFINITION.fullmatch(line):
        return "", []
    if "<" in line:
        line = _TAG.sub("", _AUTOLINK.sub(r"\1", line))
    if syntax.links and "\\" in line:
        line = _ESCAPE.sub(r"\1", re.sub(r"\\{1,2}(?=\s{2}|\s*$)", "", line))
    if "[" in line or "]" in line:
        line = _IMAGE_TEXT.sub("", line)
        if syntax.links or syntax.references:
            line = _unlink(line, syntax, anchors)
    return line, anchors


def _unlink(line: str, syntax: Syntax, anchors: list[Anchor]) -> str:
    """Return the line with each link replaced by its text; a bracket that belongs to no link stays."""
    out: list[str] = []
    opened: list[tuple[int, bool]] = []  # where in `out` a bracket stands, and whether it opens an image
    at = 0
    for found in _BRACKET.finditer(line):
        out.append(line[at : found.start()])
        at = found.end()
        if found["open"] or found["image"]:
            if len(opened) < _DEPTH:
                opened.append((len(out), bool(found["image"])))
            out.append(found[0])
        elif found["link"] or (found["reference"] and syntax.references):
            address = found["address"] or syntax.addresses.get(found["label"] or "", "")
            _close_link(out, opened, address, anchors)
        else:
            if found["reference"]:
                at = found.start() + 1
            if opened:
                opened.pop()
            out.append("]")
    out.append(line[at:])
    if opened and "]" not in out[opened[0][0] + 1 :] and not "".join(out[: opened[0][0]]).strip(" #*+-"):
        # A link whose text goes on in the next line.
        out[opened[0][0]] = ""
    return "".join(out)


def _close_link(out: list[str], opened: list[tuple[int, bool]], address: str, anchors: list[Anchor]) -> None:
    """Turn what stands since the last open bracket into the text of a link."""
    if not opened:
        # Its text began on an earlier line.
        anchors.append(Anchor("", address, whole=False))
        return
    place, image = opened.pop()
    text = "".join(out[place + 1 :])
    del out[place:]
    if image:
        return
    # The picture inside a link is written as its description in brackets.
    text = re.sub(r"^\s*\[[^\[\]]{0,300}\]\s*", "", text).removeprefix(_LABEL)
    anchors.append(Anchor(text.strip(), address))
    # A number glued to what stands before is a link of its own: `May 29[6](…#community)`.
    glued = out and out[-1] and out[-1][-1].isalnum() and text[:1].isdigit()
    out.append(f" {text}" if glued else text)
