"""How the house is built: where helpers of tests live."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parent


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
