"""The saved views in config.toml, checked: one by one, with the line of what is wrong (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from readlist.config.source import ConfigError, Source, instead, near, plain, shown
from readlist.model.view import VIEWS

_KEYS = ("name", "query")
_LENGTH = 40
_OWN = tuple(view.name for view in VIEWS)


class SavedView(Struct, frozen=True):
    """A query with a name.

    Attributes:
        name: unlike every other's even in another case.
        query: in the query language; may name its order by `sort:`.
    """

    name: str
    query: str


def checked_views(source: Source, value: object) -> tuple[SavedView, ...]:
    """Return the views of a settings file: tables of name and query.

    Raises:
        ConfigError: one is wrong; with its line.
    """
    if not isinstance(value, list):
        wrong = "each is a table [[views]], with two brackets" if isinstance(value, dict) else f"not {shown(value)}"
        raise source.error(("views",), f"`views` must be a list of views; {wrong}")
    views: dict[str, SavedView] = {}
    for place, item in enumerate(value):
        at = ("views", place)
        if not isinstance(item, dict):
            raise source.error(at, f"view {place + 1} must be a table with a name and a query, not {shown(item)}")
        for name, each in item.items():
            if name not in _KEYS:
                raise source.error((*at, name), f"unknown key `{plain(name)}` in a view{instead(name, _KEYS)}")
            if not isinstance(each, str):
                raise source.error((*at, name), f"a view's `{name}` must be text in quotes, not {shown(each)}")
        if "query" not in item or "name" not in item:
            raise source.error(at, f"view {place + 1} needs a `name` and a `query`")
        try:
            name = checked_view_name(item["name"], [view.name for view in views.values()])
        except ValueError as error:
            raise source.error((*at, "name"), str(error)) from error
        views[name.casefold()] = SavedView(name, " ".join(item["query"].split()))
    return tuple(views.values())


def checked_view_name(name: str, others: Sequence[str] = ()) -> str:
    """Return a name for a view on one line.

    Raises:
        ValueError: it can't be one, or is another's; one line.
    """
    name = " ".join(name.split()).removeprefix("@")
    if not name or len(name) > _LENGTH or not name.isprintable():
        raise ValueError(f"a view's name has 1 to {_LENGTH} characters that can be shown, not `{plain(name[:60])}`")
    if name.casefold() in {other.casefold() for other in (*others, *_OWN)}:
        raise ValueError(f"there is a view `{name}` already; choose another name")
    return name


def find_view(views: Sequence[SavedView], name: str) -> SavedView:
    """Return a saved view by its name, in any case.

    Raises:
        ConfigError: there is none of that name; with the nearest.
    """
    for view in views:
        if view.name.casefold() == name.strip().casefold():
            return view
    nearest = near(name, [view.name.lower() for view in views])
    meant = next((view.name for view in views if view.name.lower() == nearest), "")
    hint = f"did you mean @{meant}?" if meant else "save a search in the list to make one"
    raise ConfigError(f"there is no saved view @{plain(name[:_LENGTH])}; {hint}")
