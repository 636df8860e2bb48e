"""Patterns that are compiled at their first use."""

from __future__ import annotations

import re
import sys

import pytest

from readlist.text.pattern import pattern

TEXTS = ["", "a1b22", "A1", "no digits", "7"]


@pytest.mark.parametrize("text", TEXTS)
def test_it_finds_what_a_compiled_one_finds(text: str) -> None:
    lazy, compiled = pattern(r"[a-z]?(\d+)", re.IGNORECASE), re.compile(r"[a-z]?(\d+)", re.IGNORECASE)
    for _ in range(2):
        assert lazy.findall(text) == compiled.findall(text)
        assert [found.span(1) for found in lazy.finditer(text)] == [found.span(1) for found in compiled.finditer(text)]
        assert bool(lazy.match(text)) == bool(compiled.match(text))
        assert bool(lazy.fullmatch(text)) == bool(compiled.fullmatch(text))
        assert bool(lazy.search(text)) == bool(compiled.search(text))
        assert lazy.sub("-", text) == compiled.sub("-", text)
        assert lazy.subn("-", text) == compiled.subn("-", text)
        assert lazy.split(text) == compiled.split(text)
    assert (lazy.pattern, lazy.flags) == (compiled.pattern, compiled.flags)


def test_it_is_compiled_once_and_at_its_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    compiling = re.compile

    def counted(text: str, flags: int = 0) -> re.Pattern[str]:
        made.append(text)
        return compiling(text, flags)

    monkeypatch.setattr(sys.modules["readlist.text.pattern"].re, "compile", counted)
    lazy = pattern("a+")
    assert not made
    assert lazy.sub("b", "aa") == "b"
    assert lazy.search("b") is None
    assert made == ["a+"]


def test_a_mistake_shows_at_the_first_use() -> None:
    lazy = pattern("(")
    with pytest.raises(re.error):
        lazy.search("")


def test_it_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError):
        pattern("a").other  # type: ignore[attr-defined]  # noqa: B018
