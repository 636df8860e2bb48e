"""Tests of readlist.model.view."""

from readlist.model.view import ALL_SORTS, SORTS, VIEWS, reverse_of, unreversed
from readlist.query import parse


def test_every_order_is_described() -> None:
    """The table has all sort orders of the type, in its order; the others are their reverse."""
    assert (*SORTS, *map(reverse_of, SORTS)) == ALL_SORTS
    assert [unreversed(sort) for sort in ALL_SORTS] == [*SORTS, *SORTS]
    assert [reverse_of(reverse_of(sort)) for sort in ALL_SORTS] == [*ALL_SORTS]


def test_built_in_views_are_sound() -> None:
    """Each built-in view has its own name, a query that is understood, and a sentence on what it shows."""
    assert len({view.name.casefold() for view in VIEWS}) == len(VIEWS)
    for view in VIEWS:
        assert not parse(view.query).problems
        assert view.help.endswith(".")
