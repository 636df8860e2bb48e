"""The user's own actions: commands and addresses with values of a paper, from `[[actions]]` of config.toml."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from urllib.parse import quote

from msgspec import Struct

from readlist.config.toml_file import TomlFile, escape, show, suggest
from readlist.model.edition import copied_address, html_of, pdf_of, repo_of
from readlist.model.paper import Paper
from readlist.text.clean import drawable, readable

_KEYS = ("name", "key", "command", "address", "wait")
_NAME_LENGTH = 40
# Compiled on first use: most users have no actions. Doubled braces are braces: `{{title}}` is `{title}`.
_PLACEHOLDER = r"\{(?:\{(?P<literal>\w+)\}|(?P<name>\w+))\}"
_ADDRESS = r"(?i)https?://[^/?#{}\s]+(?:[/?#].*)?"
_AT_ITS_BEGINNING = r"\{(\w+)\}(?=[/?#]|\Z)"


class _Value(Struct, frozen=True):
    """What a placeholder is replaced by.

    Attributes:
        of: returns it, empty if a paper has none.
        noun: its name in a sentence.
        is_address: whether it is a whole web address.
    """

    of: Callable[[Paper], str]
    noun: str
    is_address: bool = False


PLACEHOLDERS: Mapping[str, _Value] = MappingProxyType(
    {
        "arxiv": _Value(lambda paper: paper.arxiv, "arXiv id"),
        "doi": _Value(lambda paper: paper.doi, "DOI"),
        "pdf": _Value(pdf_of, "PDF", is_address=True),
        "html": _Value(html_of, "HTML version", is_address=True),
        "repo": _Value(repo_of, "repo link", is_address=True),
        "url": _Value(lambda paper: paper.page or copied_address(paper)[0], "page", is_address=True),
        "title": _Value(lambda paper: drawable(readable(paper.title)).strip(), "title"),
        "key": _Value(lambda paper: paper.key, "key"),
    }
)
"""The placeholders of commands and addresses."""


class Action(Struct, frozen=True):
    """A command or an address of the user's.

    Attributes:
        name: its name in menus and messages, unique.
        key: its key as the user spelled it; may be empty.
        command: the program and its arguments, with placeholders; empty for an address.
        address: an http or https address, with placeholders; empty for a command.
        wait: whether the command is waited for and its output shown.
    """

    name: str
    key: str = ""
    command: tuple[str, ...] = ()
    address: str = ""
    wait: bool = True

    @property
    def template(self) -> str:
        """The command or the address, as it is shown."""
        return self.address or " ".join(self.command)

    def lacks(self, paper: Paper) -> str:
        """Return what the action needs and a paper doesn't have, `arXiv id`; empty if it has all."""
        names = (found["name"] for part in (*self.command, self.address) for found in re.finditer(_PLACEHOLDER, part))
        return next((PLACEHOLDERS[name].noun for name in names if name and not PLACEHOLDERS[name].of(paper)), "")

    def arguments(self, paper: Paper) -> list[str]:
        """Return the program and its arguments for a paper: each value is data inside of one argument.

        An argument that begins with a value never begins with a hyphen, so that no program takes it for an option.
        """
        return [_filled(part, paper) for part in self.command]

    def target(self, paper: Paper) -> str:
        """Return the address for a paper: values are percent-encoded, but for an address at its beginning."""
        start = re.match(_AT_ITS_BEGINNING, self.address)
        before = PLACEHOLDERS[start[1]].of(paper) if start else ""
        rest = self.address[start.end() :] if start else self.address

        def encoded(found: re.Match[str]) -> str:
            if found["literal"]:
                return quote("{" + found["literal"] + "}")
            value = PLACEHOLDERS[found["name"]].of(paper)
            # Ids with a slash are paths of their sites: arxiv.org/abs/hep-th/9901001.
            return quote(value, safe="/" if found["name"] in ("arxiv", "doi") and "/." not in value else "")

        return before + re.sub(_PLACEHOLDER, encoded, rest)


def _filled(part: str, paper: Paper) -> str:
    def value(found: re.Match[str]) -> str:
        return "{" + found["literal"] + "}" if found["literal"] else PLACEHOLDERS[found["name"]].of(paper)

    text = re.sub(_PLACEHOLDER, value, os.path.expanduser(part) if part.startswith("~/") else part)  # noqa: PTH111 - a slash at the end stays
    return f" {text}" if text.startswith("-") and not part.startswith("-") else text


def check_actions(file: TomlFile, value: object) -> tuple[Action, ...]:
    """Return the actions of a settings file; whether their keys exist and are free, the screen's key map knows.

    Raises:
        ConfigError: one is wrong; with its line.
    """
    actions: list[Action] = []
    for place, item in enumerate(file.check_list(value, "actions")):
        at = ("actions", place)
        if not isinstance(item, dict):
            raise file.error(at, f"action {place + 1} must be a table [[actions]], not {show(item)}")
        file.check_keys(item, _KEYS, at, " in an action")
        for name, each in item.items():
            kind, expected = (bool, "true or false") if name == "wait" else (str, "text in quotes")
            if not isinstance(each, kind):
                raise file.error((*at, name), f"an action's `{name}` must be {expected}, not {show(each)}")
        actions.append(_checked(file, at, item, [action.name for action in actions]))
    return tuple(actions)


def _checked(file: TomlFile, at: tuple[str | int, ...], item: Mapping[str, str], others: Sequence[str]) -> Action:
    name = " ".join(item.get("name", "").split())
    if not name or len(name) > _NAME_LENGTH or not name.isprintable():
        where = (*at, "name") if "name" in item else at
        raise file.error(where, f"an action needs a `name` of 1 to {_NAME_LENGTH} printable characters")
    if name.casefold() in {other.casefold() for other in others}:
        raise file.error((*at, "name"), f"two actions have the name `{name}`; change one of them")
    if item.get("key") == "":
        raise file.error((*at, "key"), f"the action `{name}` has an empty `key`; leave the line out for none")
    command, address = item.get("command", "").strip(), item.get("address", "").strip()
    if bool(command) == bool(address):
        both = "has both; remove one" if command else "has neither; add one"
        raise file.error(at, f"the action `{name}` needs a `command` or an `address`, and {both}")
    if address and "wait" in item:
        raise file.error((*at, "wait"), f"`wait` is for commands, and the action `{name}` has an address")
    key = "command" if command else "address"
    for found in re.finditer(_PLACEHOLDER, command or address):
        if found["name"] and found["name"] not in PLACEHOLDERS:
            unknown = "{" + escape(found["name"]) + "}"
            hint = suggest(found["name"], PLACEHOLDERS)
            raise file.error((*at, key), f"unknown placeholder `{unknown}` in the action `{name}`{hint}")
    wait = bool(item.get("wait", True))
    if address:
        if problem := _address_problem(address):
            raise file.error((*at, key), f"the address of the action `{name}` {problem}")
        return Action(name, item.get("key", ""), address=address)
    try:
        words = _words(command)
    except ValueError as error:
        raise file.error((*at, key), f"the command of the action `{name}` {error}") from error
    return Action(name, item.get("key", ""), words, wait=wait)


def _address_problem(address: str) -> str:
    """Return what is wrong with the address of an action; empty for nothing."""
    start = re.match(_AT_ITS_BEGINNING, address)
    if any(sign.isspace() or not sign.isprintable() for sign in address):
        return "has blanks; write them as %20"
    if start and PLACEHOLDERS[start[1]].is_address:
        return ""
    if not re.fullmatch(_ADDRESS, address):
        return "must begin with https:// and a host, or with {url}, {pdf}, {html} or {repo}"
    return ""


def _words(command: str) -> tuple[str, ...]:
    """Return a command as the words a shell would make of it; placeholders are filled in later, inside of words.

    Raises:
        ValueError: it can't be divided, or its program is a value of a paper; the end of a sentence.
    """
    # Needed for actions only.
    import shlex

    try:
        words = shlex.split(command)
    except ValueError:
        raise ValueError("has an open quote, or ends in a backslash") from None
    if not words or not words[0]:
        raise ValueError("names no program")
    if re.search(_PLACEHOLDER, words[0]):
        raise ValueError("must begin with the name of a program")
    if "\0" in command:
        raise ValueError("has a NUL character")
    return tuple(words)
