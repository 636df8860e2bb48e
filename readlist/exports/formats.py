"""The forms that papers leave in as one text, by name, and what each is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module

from msgspec import Struct

from readlist.exports.json import record, written
from readlist.model.paper import Announcement
from readlist.shelf import Entry
from readlist.text.clean import drawable

Announced = Callable[[Entry], Sequence[Announcement]]
"""Gives the announcements of an entry."""

Writer = Callable[[Iterable[Entry], Announced], Iterator[str]]
"""Yields the pieces of a text that holds the entries."""


class Form(Struct, frozen=True):
    """One form.

    Attributes:
        title: what it is called.
        suffix: what its files end in.
        write: writes it.
    """

    title: str
    suffix: str
    write: Writer


def _of_module(name: str) -> Writer:
    """Return the writer of a module beside this one, imported when it is used."""

    def write(entries: Iterable[Entry], announced: Announced) -> Iterator[str]:
        written: Iterator[str] = import_module(f"readlist.exports.{name}").write(entries)
        return written

    return write


def _array(entries: Iterable[Entry], announced: Announced) -> Iterator[str]:
    separator = "["
    for entry in entries:
        yield f"{separator}\n {written(record(entry, announced(entry)))}"
        separator = ","
    yield "\n]\n" if separator == "," else "[]\n"


def _lines(entries: Iterable[Entry], announced: Announced) -> Iterator[str]:
    for entry in entries:
        yield f"{written(record(entry, announced(entry)))}\n"


def _keys(entries: Iterable[Entry], announced: Announced) -> Iterator[str]:
    for entry in entries:
        yield f"{drawable(entry.paper.key)}\n"


FORMS: Mapping[str, Form] = {
    "bibtex": Form("BibTeX", "bib", _of_module("bibtex")),
    "ris": Form("RIS", "ris", _of_module("ris")),
    "csl": Form("CSL-JSON", "json", _of_module("csl")),
    "csv": Form("CSV", "csv", _of_module("csv")),
    "json": Form("JSON", "json", _array),
    "jsonl": Form("JSON, one paper a line", "jsonl", _lines),
    "keys": Form("Keys, one a line", "txt", _keys),
}
