"""Finding the marks of a paper that go by another key."""

from __future__ import annotations

from collections.abc import Mapping

from readlist.marks.document import identifiers_in
from readlist.marks.migration import Document
from readlist.marks.work import are_one_work


class Namesakes:
    """Finds the marks of a paper that go by another key here than elsewhere."""

    def __init__(self, marks: Mapping[str, Document]) -> None:
        self._marks = marks
        self._keys: dict[str, str] | None = None

    def key(self, key: str, document: Document) -> str:
        """Return the key under which there are marks of a document's paper, else the given one."""
        if key in self._marks:
            return key
        if self._keys is None:
            self._keys = {name: each for each, known in self._marks.items() for name in _names(each, known)}
        names = _names(key, document)
        for name in names:
            found = self._keys.get(name)
            if found is not None and are_one_work(key, document, found, self._marks[found]):
                return found
        return key


def _names(key: str, document: Document) -> tuple[str, ...]:
    return (key, *identifiers_in(document))
