"""Tests of readlist.model.view."""

from typing import get_args

from readlist.model.view import SORTS, VIEWS, Sort
from readlist.query import parse


def test_every_order_is_described() -> None:
    """The table has all sort orders of the type, in its order."""
    assert tuple(SORTS) == get_args(Sort)


def test_built_in_views_are_sound() -> None:
    """Each built-in view has its own name, a query that is understood, and a sentence on what it shows."""
    assert len({view.name.casefold() for view in VIEWS}) == len(VIEWS)
    for view in VIEWS:
        assert not parse(view.query).problems
        assert view.help.endswith(".")
