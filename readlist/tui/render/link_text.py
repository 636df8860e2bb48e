"""Links of the detail: each with the key that acts on it, clickable, its host named; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.style import Style

from readlist.model.edition import copied_address, pdf_of, repo_of
from readlist.model.paper import Paper
from readlist.pattern import pattern
from readlist.text.clean import drawable
from readlist.tui.keymap import KeyMap
from readlist.tui.render.signs import SIGNS, Signs

# Hosts of most links, which are what they seem; only others are looked at closely.
_KNOWN = pattern(r"https?://(?:[a-z0-9-]+\.)?(?:arxiv\.org|github\.(?:com|io)|huggingface\.co|doi\.org)(?:/[!-~]*)?")
_LONGEST = 2_000
"""Characters of an address that terminals take."""
_KIND_CELLS = 4
_LEAST = 8


class Target(Struct, frozen=True):
    """A link as the detail shows it.

    Attributes:
        commands: the commands that act on it.
        kind: what the page is, in a word.
        url: the address to open.
    """

    commands: tuple[str, ...]
    kind: str
    url: str


def targets(paper: Paper) -> Iterator[Target]:
    """Yield the links of a paper, those with a key first: copied, opened as page, repo and PDF."""
    copied, _ = copied_address(paper)
    first = next((link.kind for link in paper.links if link.url == copied), "page")
    commands: dict[str, list[str]] = {}
    kinds: dict[str, str] = {}
    for command, kind, url in (
        ("copy_link", first, copied),
        ("open_paper", "page", paper.page),
        ("open_repo", "repo", repo_of(paper)),
        ("open_pdf", "pdf", pdf_of(paper)),
    ):
        if url:
            commands.setdefault(url, []).append(command)
            kinds.setdefault(url, kind)
    for link in paper.links:
        if link.url not in commands and link.target not in commands:
            commands[link.target], kinds[link.target] = [], link.kind
    for url, those in commands.items():
        # A repo is copied and opened: one key says enough.
        keys = [command for command in those if command != "open_repo" or len(those) == 1]
        yield Target(tuple(keys), kinds[url], url)


def link_lines(paper: Paper, keys: KeyMap, width: int, signs: Signs = SIGNS) -> list[Content]:
    """Return a line for each link: key, kind, address; cut to the width, as its host comes first."""
    shown = [(_keys(keys, target.commands), target) for target in targets(paper)]
    room = max((cell_len(key) for key, _ in shown), default=0)
    kinds = max([_KIND_CELLS, *(len(target.kind) for _, target in shown)])
    return [
        Content.assemble(
            (key + " " * (room - cell_len(key) + 1), "key"),
            (target.kind.ljust(kinds + 1), "faint"),
            link(target.url, width - room - kinds - 2, signs),
        )
        for key, target in shown
    ]


def first_link(paper: Paper, keys: KeyMap, width: int, signs: Signs = SIGNS) -> Content:
    """Return key and address of the link that `copy_link` copies; empty for none."""
    target = next(targets(paper), None)
    if target is None:
        return Content("")
    key = _keys(keys, target.commands[:1])
    return Content.assemble((f"{key} ", "key"), link(target.url, width - cell_len(key) - 1, signs))


def _keys(keys: KeyMap, commands: Sequence[str]) -> str:
    """Return the first key of each command that has one."""
    return " ".join(keys.first(command) for command in commands if keys.get(command))


def link(url: str, width: int, signs: Signs = SIGNS) -> Content:
    """Return an address that a click opens, at most as wide as there is room.

    It is a hyperlink of the terminal, too (OSC 8), unless it hides where it leads: then readlist warns before it opens
    it, which a terminal would not, and the text names the host as it is looked up.
    """
    text, honest = address(url), True
    if not _KNOWN.fullmatch(url):
        from readlist.text.host import host_of

        host = host_of(url)
        if host.warning:
            honest = False
            text = host.shown or text
    if cell_len(text) > max(_LEAST, width):
        text = set_cell_size(text, max(_LEAST, width) - cell_len(signs.cut)) + signs.cut
    opens = Style.from_meta({"@click": ("screen.open_link", (url,))})
    if honest and (target := hyperlink(url)):
        opens += Style(link=target)
    return Content.styled(text, "link" if honest else "doubtful").stylize(opens)


def hyperlink(url: str) -> str:
    """Return a web address as terminals take it: printable ASCII; empty if it can't be one."""
    target = quote(url, safe="".join(map(chr, range(0x21, 0x7F))))
    is_web = target.lower().startswith(("http://", "https://")) and len(target) <= _LONGEST
    return target if is_web and url.isprintable() else ""


def address(url: str) -> str:
    """Return an address as it is shown: without its scheme, cleaned."""
    return drawable(re.sub(r"^https?://(www\.)?", "", url).rstrip("/"))
