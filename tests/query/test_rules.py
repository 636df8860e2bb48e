"""What the settings watch and mute, in queries."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from readlist.config import Config, ConfigError, load
from readlist.config.check import SavedView
from readlist.query import Query, parse
from readlist.query.rules import Rules, is_ruled, rule_problem, rules_of
from readlist.query.terms import Term

TODAY = date(2026, 8, 1)


def placeless(text: str) -> tuple[Term, ...]:
    """The terms of a text or query, wherever they stand in it."""
    return tuple(bare(term) for term in parse(text, today=TODAY).terms)


def bare(term: Term) -> Term:
    """A term without its places."""
    if hasattr(term, "terms"):
        return replace(term, terms=tuple(bare(each) for each in term.terms))
    return replace(term, term=bare(term.term)) if hasattr(term, "term") else replace(term, start=0, end=0)


def meant(text: str, rules: Rules) -> tuple[Term, ...]:
    """What a text finds by some rules."""
    query = parse(text, today=TODAY)
    expanded = rules.expanded(query, TODAY)
    assert is_ruled(query) and (expanded.text, expanded.problems) == (query.text, query.problems)
    return tuple(map(bare, expanded.terms))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("is:watched", "(flow matching) OR has:code"),
        ("is:unread -is:muted", "is:unread -survey"),
        ("is:starred,watched", "is:starred OR ((flow matching) OR has:code)"),
        ("-(is:muted title:x) OR is:muted", "-(survey title:x) OR survey"),
    ],
)
def test_they_mean_what_the_settings_say(text: str, same: str) -> None:
    rules = Rules(("flow matching", "has:code", "broken:query", ""), ("survey",))
    assert meant(text, rules) == placeless(same)


def test_without_rules_nothing_is_watched_and_the_inbox_is_what_is_unread() -> None:
    assert meant("is:unread -is:muted", Rules()) == placeless("is:unread")
    assert meant("is:watched", Rules()) == placeless("is:watched")
    untouched: Query = parse("flow is:unread")
    assert Rules((), ("survey",)).expanded(untouched, TODAY) is untouched


def test_the_words_of_what_is_watched_are_highlighted() -> None:
    rules = Rules(('"flow matching" -survey', "title:speech has:code", "flow", "bad:x y"), ("muted words",))
    assert rules.words(TODAY) == ("flow matching", "speech", "flow")
    assert Rules().words(TODAY) == ()


@pytest.mark.parametrize("query", ["", "upvotes:many", "is:watched", "(is:unread OR -is:muted)", "sort:date", '"open'])
def test_some_queries_can_neither_watch_nor_mute(query: str) -> None:
    problem = rule_problem(query)
    assert problem and "\n" not in problem


def test_a_query_that_cannot_mute_is_an_error_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        'ascii = true\nmute = ["survey", "upvotes:many"]\n\n'
        '[[views]]\nname = "A"\nquery = "flow"\nwatch = true\n\n[[views]]\nname = "B"\nquery = "bad:x"\nwatch = true\n'
        '\n[[views]]\nname = "C"\nquery = "other"\n'
    )
    with pytest.raises(ConfigError) as caught:
        rules_of(load(path), path)
    assert str(caught.value).startswith(f"{path}, line 2: query 2 of `mute`: upvotes: “many” is not a number")
    views = (SavedView("A", "flow", True), SavedView("B", "bad:x", True), SavedView("C", "x"))
    config = Config(views=views, mute=("y",))
    assert rules_of(config, path) == Rules(("flow",), ("y",))
