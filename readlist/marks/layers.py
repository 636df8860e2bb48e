"""Mappings over a table: with changes not yet made, with documents copied, with edits remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, cast

from readlist.marks.migration import Document
from readlist.marks.shape import Operation
from readlist.marks.snapshot import dump


def copied(value: Any) -> Any:
    """Return a copy of a JSON value that shares nothing with it."""
    if isinstance(value, dict):
        return {name: copied(part) for name, part in value.items()}
    return [copied(part) for part in value] if isinstance(value, list) else value


class Layers(Mapping[str, Document]):
    """A table with changes that are not in it yet; its documents are the live ones, not to be changed."""

    def __init__(self, base: dict[str, Document], changes: Mapping[str, Document | None]) -> None:
        self._base, self._changes = base, changes

    def __getitem__(self, key: str) -> Document:
        document = self._changes[key] if key in self._changes else self._base[key]
        if document is None:
            raise KeyError(key)
        return document

    def __contains__(self, key: object) -> bool:
        return self._changes[key] is not None if key in self._changes else key in self._base  # type: ignore[index]

    def _added(self) -> list[str]:
        return [key for key, document in self._changes.items() if document is not None and key not in self._base]

    def __iter__(self) -> Iterator[str]:
        yield from [key for key in self._base if self._changes.get(key, self._base) is not None]
        yield from self._added()

    def __reversed__(self) -> Iterator[str]:
        """Latest first."""
        yield from reversed(self._added())
        for key in reversed(self._base):
            if self._changes.get(key, self._base) is not None:
                yield key

    def __len__(self) -> int:
        gone = sum(document is None and key in self._base for key, document in self._changes.items())
        return len(self._base) - gone + len(self._added())


class Copies(Mapping[str, Document]):
    """A table whose documents are copied when they are looked at, so that nobody changes the stored ones."""

    def __init__(self, base: Mapping[str, Document]) -> None:
        self._base = base

    def __getitem__(self, key: str) -> Document:
        return cast("Document", copied(self._base[key]))

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._base))

    def __len__(self) -> int:
        return len(self._base)


class Edits(MutableMapping[Any, Any]):
    """What TinyDB's updaters see of a table: copies of documents, and a memory of what was done to them.

    Args:
        base: the table as it is.
        id_class: what TinyDB wants document ids to be.
    """

    def __init__(self, base: Mapping[str, Document], id_class: Callable[[str], Any]) -> None:
        self._base, self._id_class = base, id_class
        self._fetched: dict[Any, Any] = {}
        self._removed: dict[Any, None] = {}
        self._cleared = False

    def __getitem__(self, key: Any) -> Any:
        if key not in self._fetched:
            if self._cleared or key in self._removed:
                raise KeyError(key)
            self._fetched[key] = copied(self._base[str(key)])
        return self._fetched[key]

    def __contains__(self, key: object) -> bool:
        if key in self._fetched:
            return True
        return not self._cleared and key not in self._removed and str(key) in self._base

    def __setitem__(self, key: Any, document: Any) -> None:
        self._fetched[key] = document

    def __delitem__(self, key: Any) -> None:
        if key not in self:
            raise KeyError(key)
        self._fetched.pop(key, None)
        self._removed[key] = None

    def __iter__(self) -> Iterator[Any]:
        kept = [] if self._cleared else [key for key in map(self._id_class, self._base) if key not in self._removed]
        known = set(kept)
        return iter(kept + [key for key in self._fetched if key not in known])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Remove every document."""
        self._fetched.clear()
        self._removed.clear()
        self._cleared = True

    def operations(self, table: str) -> list[Operation]:
        """Return what must be done to the table so that it is as the updater left it."""
        done: list[Operation] = [(table, None, {})] if self._cleared else []
        done += [(table, str(key), None) for key in self._removed if str(key) in self._base]
        for key, document in self._fetched.items():
            name = str(key)
            kept = not self._cleared and key not in self._removed
            # Compared as they are written: True is not 1 there.
            if not kept or name not in self._base or dump(self._base[name]) != dump(document):
                done.append((table, name, document))
        return done
