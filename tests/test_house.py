"""How the house is built: sizes, names and words of its files, imports, and where helpers of tests live."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

import grimp
import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "readlist"

MOST_METHODS, MOST_DEPTH = 25, 1

LONGEST_FILE = 500

PRIVATE_WORDS = re.compile(
    r"(?<![^\W_])(?:(?i:pass(?:ed|es|ing)? over|woven|wish(?:es)?|sameness|anew|afresh|mend(?:ed|s|ing)?|bears?|borne"
    r"|bearing|to the letter|namesakes?|postbox|lanes?|stand(?:s|ing)?(?! for\b)|stood|nobody|whatever|nevertheless"
    r"|what is there|of readlist's|makes? nothing of|kept in mind|(?:is|are) called(?! again)|so many|a fault in"
    r"|told(?! \(|\")|tak(?:e|es|en|ing) (?:it |them )?away)|(?<!there )(?:is|are) none)(?![^\W_])"
)
"""Words of its own that this project had for what the trade has names for; `is None` is code."""


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
    """How many classes of ours a class inherits from, one from the other."""
    return max((1 + depth(base) for base in cls.__bases__ if is_ours(base)), default=0)


@pytest.fixture(scope="module")
def defined(graph: grimp.ImportGraph) -> dict[str, type]:
    """Every class of the package, by its full name."""
    return {
        f"{module}.{each.__qualname__}": each
        for module in graph.modules - {"readlist.__main__"}
        for each in classes(importlib.import_module(module), module)
    }


def python_files(*folders: Path) -> list[Path]:
    found = [path for folder in folders for path in sorted(folder.rglob("*.py")) if path.stem != "__init__"]
    assert found
    return found


def twice(names: Iterable[str]) -> set[str]:
    return {name for name, count in Counter(names).items() if count > 1}


def test_classes_are_small_and_hardly_inherit(defined: dict[str, type]) -> None:
    sizes = {name: (len(methods(each)), depth(each)) for name, each in defined.items()}
    assert not {name: size for name, size in sizes.items() if size[0] > MOST_METHODS or size[1] > MOST_DEPTH}


def test_no_two_classes_have_one_name(defined: dict[str, type]) -> None:
    assert not twice(each.__name__ for each in defined.values())


def test_no_two_modules_have_one_name() -> None:
    assert not twice(path.stem for path in python_files(PACKAGE))


@pytest.mark.parametrize("folder", [PACKAGE, TESTS / "support"], ids=lambda folder: str(folder.name))
def test_files_are_named_by_nouns(folder: Path) -> None:
    assert not [path.stem for path in python_files(folder) if path.stem.endswith("ing")]


def test_files_are_one_thing() -> None:
    lengths = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert not {path: length for path, length in lengths.items() if length > LONGEST_FILE}


def test_words_are_those_of_the_trade() -> None:
    texts = [path for path in sorted(PACKAGE.rglob("*")) if path.suffix in (".py", ".md", ".1", ".tcss")]
    found = [
        f"{path.relative_to(PACKAGE.parent)}:{number}: {line.strip()}"
        for path in [PACKAGE.parent / "README.md", *texts]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if PRIVATE_WORDS.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("text", ["Whatever it is", "_woven(ids)", "the query is none", "bears a name", "is called so"])
def test_private_words_are_recognised(text: str) -> None:
    assert PRIVATE_WORDS.search(text)


@pytest.mark.parametrize("text", ["if query is None:", "empty if there is none", "standard", "recommend", "stands for"])
def test_plain_words_are_not_private(text: str) -> None:
    assert not PRIVATE_WORDS.search(text)


def test_modules_do_not_import_each_other(graph: grimp.ImportGraph) -> None:
    circles = {
        tuple(sorted({module} | graph.find_upstream_modules(module) & graph.find_downstream_modules(module)))
        for module in graph.modules
    }
    assert not {circle for circle in circles if len(circle) > 1}


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
    assert not twice(helpers)
    assert not [name for name in helpers if name.endswith("ing")]


@pytest.mark.parametrize("room", ["tui", "services"])
def test_nothing_above_the_shelf_reaches_for_the_library(room: str) -> None:
    """An import contract can't see attributes."""
    reaching = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("library", "_library")
    ]
    assert reaching == []
