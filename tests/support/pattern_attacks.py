"""Readlist's regular expressions, how each is used, and the texts that each may be slow at."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from re import _constants as codes  # type: ignore[attr-defined]  # isort: skip
from re import _parser as parser  # type: ignore[attr-defined]  # isort: skip

from tests.support.growth import Repeated

_ROOT = Path(__file__).parents[2] / "readlist"
_ANYWHERE = frozenset(("search", "finditer", "findall", "sub", "subn", "split"))
_METHODS = _ANYWHERE | {"match", "fullmatch"}
_MOST = 40
"""Texts tried at a pattern."""
_STRANGE = ("\x00", "a\x00")
"""What hardly any pattern takes, and hardly any after signs."""

Uses = dict[tuple[Path | None, str], set[str]]
"""By the file of a private name, or None, and the name: the methods that are called."""


class Used(NamedTuple):
    """A pattern of readlist.

    Attributes:
        name: its module and line, and its name if it has one.
        pattern: it.
        methods: those it is called by.
    """

    name: str
    pattern: re.Pattern[str]
    methods: frozenset[str]

    def use(self, text: str) -> None:
        """Use it as readlist does."""
        if self.methods & _ANYWHERE:
            for _ in self.pattern.finditer(text):
                pass
        for method in self.methods - _ANYWHERE:
            getattr(self.pattern, method)(text)


@cache
def patterns() -> tuple[Used, ...]:
    """Return every pattern that a module of readlist compiles, or gives to a function of `re`."""
    trees = {file: ast.parse(file.read_text("utf-8")) for file in sorted(_ROOT.rglob("*.py"))}
    uses: Uses = {}
    for file, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in _METHODS:
                name = getattr(node.value, "id", getattr(node.value, "attr", ""))
                # A private name is its module's own.
                uses.setdefault((file if name.startswith("_") else None, name), set()).add(node.attr)
    return tuple(used for file, tree in trees.items() for used in _of_module(file, tree, uses))


def _of_module(file: Path, tree: ast.Module, uses: Uses) -> Iterator[Used]:
    parts = file.relative_to(_ROOT.parent).with_suffix("").parts
    module = import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    names = {
        id(node.value): target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        method = _method(node)
        if method not in {*_METHODS, "compile"}:
            continue
        assert isinstance(node, ast.Call)
        flags = [word.value for word in node.keywords if word.arg == "flags"]
        flags += node.args[1:2] if method == "compile" else []
        try:
            source, flag = (
                eval(ast.unparse(each), vars(module)) for each in (node.args[0], *flags, ast.Constant(0))[:2]
            )
        except NameError:
            # Made of what only its function knows.
            continue
        if isinstance(source, str):
            name = names.get(id(node), "")
            called = uses.get((file if name.startswith("_") else None, name), set()) if name else set()
            kinds = called if method == "compile" else {method}
            where = f"{'/'.join(parts[1:])}:{node.lineno}"
            yield Used(
                f"{where} {name}".strip(),
                re.compile(source, flag),
                frozenset(kinds or ({"search"} if name else {"match"})),
            )


def _method(node: ast.AST) -> str:
    """Return the function of `re` that is called with a pattern; `compile` for one that is compiled later."""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Name):
        return "compile" if node.func.id == "pattern" else ""
    named = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "re"
    return node.func.attr if named and isinstance(node.func, ast.Attribute) else ""


def attacks(pattern: re.Pattern[str]) -> list[Repeated]:
    """Return texts that a pattern may be slow at: what it repeats, again and again, before what it doesn't take."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    found: dict[Repeated, None] = {}
    whole = _witness(tree)
    for before, pump in _pumps(tree, ""):
        for piece in dict.fromkeys((pump, pump[:1] or pump)):
            found[Repeated(piece)] = None
            for strange in _STRANGE:
                found[Repeated(piece, before, strange)] = None
            found[Repeated(before + piece)] = None
            found[Repeated(piece + " ", before)] = None
    if whole:
        found[Repeated(whole)] = None
        found[Repeated(whole[:-1] or whole)] = None
        found[Repeated(whole[: len(whole) // 2] or whole)] = None
    texts = [repeated for repeated in found if repeated.piece]
    return texts[:: -(-len(texts) // _MOST)] if texts else []


def _pumps(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """Yield each part that may be repeated, as (what may be before it, one of it)."""
    for code, value in tree:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            _, most, part = value
            if most > 8:
                yield before, _witness(part)
            yield from _pumps(part, before)
        elif code is codes.SUBPATTERN:
            yield from _pumps(value[3], before)
        elif code is codes.ATOMIC_GROUP:
            yield from _pumps(value, before)
        elif code is codes.BRANCH:
            for branch in value[1]:
                yield from _pumps(branch, before)
        elif code in (codes.ASSERT, codes.ASSERT_NOT):
            yield from _pumps(value[1], before)
        before += _witness([(code, value)])


def _witness(tree: Any) -> str:
    """Return a text that is likely to match: the first of several branches, each repetition once or as often as due."""
    made = ""
    for code, value in tree:
        if code is codes.LITERAL:
            made += chr(value)
        elif code is codes.NOT_LITERAL:
            made += "a" if value != ord("a") else "b"
        elif code is codes.ANY:
            made += "a"
        elif code is codes.IN:
            made += _one_of(value)
        elif code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            made += _witness(value[2]) * max(value[0], 1 if value[1] > 8 else 0)
        elif code is codes.SUBPATTERN:
            made += _witness(value[3])
        elif code is codes.ATOMIC_GROUP:
            made += _witness(value)
        elif code is codes.BRANCH:
            made += _witness(value[1][0])
    return made


_CATEGORIES = {codes.CATEGORY_DIGIT: "1", codes.CATEGORY_SPACE: " ", codes.CATEGORY_WORD: "a"}
_TYPICAL = "a1 .-/A,:(é~"


def _one_of(members: Sequence[tuple[Any, Any]]) -> str:
    """Return a character of a class."""
    if members[0][0] is codes.NEGATE:
        text = "".join(_one_of([member]) for member in members[1:])
        return next((letter for letter in _TYPICAL if letter not in text), "z")
    code, value = members[0]
    if code is codes.LITERAL:
        return chr(value)
    if code is codes.RANGE:
        return chr(value[0])
    return _CATEGORIES.get(value, ".")
