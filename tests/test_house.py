"""How the house is built: sizes of classes, names of files, imports, and where helpers of tests live.

What does not hold yet is listed, and the lists only shrink: an entry that says more than the code needs fails, too.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import grimp
import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "readlist"

MOST_METHODS, MOST_DEPTH = 25, 1

LARGE: dict[str, tuple[int, int]] = {}
"""Classes that are larger: their public methods and properties, inherited ones counted, and their depth."""

FORMATS: set[str] = set()
"""Formats that are both read and written, each in a module of its name."""

SHARED_NAMES: set[str] = set()
"""Other names that two modules bear."""

GERUNDS: dict[str, set[str]] = {
    "shelf": set(),
    "tui": set(),
}  # fmt: skip
"""Modules of these packages that are named by a gerund."""

CIRCLES: set[tuple[str, ...]] = set()
"""Modules that import each other, some of them inside a function."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("readlist", exclude_type_checking_imports=True, cache_dir=None)


def is_ours(cls: type) -> bool:
    return cls.__module__.startswith("readlist")


def classes(space: object, module: str) -> Iterator[type]:
    """The classes that a module defines, those inside of classes too."""
    for value in vars(space).values():
        if inspect.isclass(value) and value.__module__ == module:
            yield value
            yield from classes(value, module)


def methods(cls: type) -> set[str]:
    """The names of public methods and properties that our own classes give a class."""
    return {
        name
        for each in cls.__mro__
        if is_ours(each)
        for name, value in vars(each).items()
        if not name.startswith("_")
        if inspect.isfunction(value) or isinstance(value, (property, classmethod, staticmethod, cached_property))
    }


def depth(cls: type) -> int:
    """How many classes of ours a class stands on, one on the other."""
    return max((1 + depth(base) for base in cls.__bases__ if is_ours(base)), default=0)


def test_classes_are_small_and_hardly_inherit(graph: grimp.ImportGraph) -> None:
    sizes = {
        f"{module}.{each.__qualname__}": (len(methods(each)), depth(each))
        for module in graph.modules - {"readlist.__main__"}
        for each in classes(importlib.import_module(module), module)
    }
    assert {name: size for name, size in sizes.items() if size[0] > MOST_METHODS or size[1] > MOST_DEPTH} == LARGE


def test_no_two_modules_bear_one_name() -> None:
    names = Counter(path.stem for path in PACKAGE.rglob("*.py") if path.stem != "__init__")
    assert {name for name, count in names.items() if count > 1} == FORMATS | SHARED_NAMES


@pytest.mark.parametrize("package", GERUNDS)
def test_modules_are_named_by_nouns(package: str) -> None:
    assert {path.stem for path in (PACKAGE / package).rglob("*ing.py")} == GERUNDS[package]


def test_modules_do_not_import_each_other(graph: grimp.ImportGraph) -> None:
    circles = {
        tuple(sorted({module} | graph.find_upstream_modules(module) & graph.find_downstream_modules(module)))
        for module in graph.modules
    }
    assert {circle for circle in circles if len(circle) > 1} == CIRCLES


def imported(path: Path) -> set[str]:
    """The modules that a file imports, and, of `from x import y`, x.y as well."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names |= {node.module or "", *(f"{node.module}.{each.name}" for each in node.names)}
        elif isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
    return names


def test_no_test_module_is_imported() -> None:
    found = {
        f"{path.relative_to(TESTS)}: {name}"
        for path in TESTS.rglob("*.py")
        for name in imported(path)
        if name.startswith("tests.") and any(part == "conftest" or part.startswith("test_") for part in name.split("."))
    }
    assert not found, "helpers live in tests/support"


def test_helpers_of_tests_have_names_of_their_own_and_no_gerunds() -> None:
    helpers = [path.stem for path in TESTS.rglob("*.py") if not path.stem.startswith(("test_", "conftest", "__"))]
    assert not [name for name, count in Counter(helpers).items() if count > 1]
    assert not [name for name in helpers if name.endswith("ing")]


@pytest.mark.parametrize("room", ["tui", "services"])
def test_above_the_shelf_nobody_reaches_for_the_library(room: str) -> None:
    """An import contract can't see attributes."""
    reaching = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("library", "_library")
    ]
    assert reaching == []
