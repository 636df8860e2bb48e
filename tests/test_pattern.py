"""Patterns compiled when they are first used: the same matches, and none that can't be compiled."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

import readlist
from readlist.pattern import LazyPattern, pattern


def lazy_patterns() -> dict[str, LazyPattern[str] | LazyPattern[bytes]]:
    """Return every lazy pattern of readlist's modules, by its name."""
    root = Path(readlist.__file__).parent
    names = [
        ".".join(("readlist", *path.relative_to(root).with_suffix("").parts)).removesuffix(".__init__")
        for path in root.rglob("*.py")
        if path.name != "__main__.py"
    ]
    found = {}
    for name in names:
        for attribute, value in vars(import_module(name)).items():
            values = value if isinstance(value, tuple | list) else [value]
            for number, each in enumerate(values):
                for part in each if isinstance(each, tuple) else [each]:
                    if isinstance(part, LazyPattern):
                        found[f"{name}.{attribute}.{number}"] = part
    return found


def test_every_pattern_of_readlist_can_be_compiled() -> None:
    found = lazy_patterns()
    assert len(found) > 50
    for name, each in found.items():
        assert each.compiled().pattern == each.pattern, name


@pytest.mark.parametrize("text", ["", "abc", "A-b-C", "1 2 3"])
def test_a_lazy_pattern_does_what_re_does(text: str) -> None:
    lazy, plain = pattern(r"(?P<first>[a-c])|\d", re.IGNORECASE), re.compile(r"(?P<first>[a-c])|\d", re.IGNORECASE)
    # The second round is without `__getattr__`.
    for _ in range(2):
        assert lazy.findall(text) == plain.findall(text)
        assert lazy.split(text) == plain.split(text)
        assert lazy.sub("-", text) == plain.sub("-", text)
        assert lazy.subn("-", text) == plain.subn("-", text)
        for name in ("search", "match", "fullmatch"):
            ours, theirs = getattr(lazy, name)(text), getattr(plain, name)(text)
            assert (ours and ours.span()) == (theirs and theirs.span())
        assert [found.span() for found in lazy.finditer(text, 1)] == [found.span() for found in plain.finditer(text, 1)]
    assert lazy.pattern == plain.pattern


def test_it_is_compiled_by_its_first_use_only(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    real = re.compile

    def counted(source: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(source)
        return real(source, flags)

    monkeypatch.setattr(re, "compile", counted)
    lazy = pattern("[x-z]")
    assert not compiled
    assert lazy.search("y") and lazy.match("x") and lazy.search("z")
    assert compiled == ["[x-z]"]


def test_a_wrong_name_is_no_method_of_it() -> None:
    with pytest.raises(AttributeError):
        getattr(pattern("x"), "serach")  # noqa: B009
