"""What must hold of every list by match, however odd the papers are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from click.testing import Result

from readlist.query.lexer import tokens


def judged(done: Result, stars: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the papers of `list sort:match --json`; every match is one, and every reason true.

    Args:
        done: the command.
        stars: the starred or noted papers, by their keys.
    """
    assert done.exception is None and done.exit_code == 0, (done.exception, done.output)
    papers: list[dict[str, Any]] = json.loads(done.stdout)
    for paper in papers:
        assert paper["match"] is None or (type(paper["match"]) is int and 0 <= paper["match"] <= 99)
        because = paper["because"]
        if because is not None:
            keys = [star["key"] for star in because["stars"]]
            assert 1 <= len(keys) <= 2 and paper["key"] not in keys and set(keys) <= stars.keys()
            assert [star["title"] for star in because["stars"]] == [stars[key]["title"] for key in keys]
            assert 1 <= len(because["words"]) <= 3
            for words in because["words"]:
                assert _has(paper, words) and _has(stars[keys[0]], words), (paper["title"], words)
    return papers


def _has(paper: dict[str, Any], words: str) -> bool:
    """Tell whether a paper has some words next to each other, in one of its texts or names."""
    wanted = f" {' '.join(tokens(words))} "
    texts = (paper["title"], paper["abstract"], paper["organization"], *paper["authors"])
    return any(wanted in f" {' '.join(tokens(text))} " for text in texts)
