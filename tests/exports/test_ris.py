"""RIS as rispy reads it."""

from __future__ import annotations

import re
from typing import Any

import rispy  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from readlist.exports import ris
from readlist.model.paper import Link
from readlist.model.tag import tags_of
from readlist.shelf import Entry
from readlist.text.clean import readable
from tests.support.depth import examples
from tests.support.entries import hostile_entries, lines, make_entry, sample_entries, texts


def written(*entries: Entry) -> str:
    """The RIS file of some entries."""
    return "".join(ris.write(entries))


def parsed(*entries: Entry) -> list[dict[str, Any]]:
    """The records as rispy reads them."""
    records: list[dict[str, Any]] = rispy.loads(written(*entries), newline="\r\n")
    return records


def test_a_paper_is_one_record() -> None:
    entry = make_entry(
        authors=("Ashish Vaswani", "Laurens van der Maaten", "Sammy Davis, Jr.", "Gemini Team"),
        links=(Link("https://github.com/lab/code", "repo"),),
        abstract="One. Two.",
        keywords=("attention",),
        note="First line\n\nER  - ",
        starred=True,
        read=True,
    )
    assert written(entry) == (
        "TY  - UNPB\r\n"
        "ID  - vaswani2017attention-1706.03762\r\n"
        "TI  - Attention Is All You Need\r\n"
        "AU  - Vaswani, Ashish\r\n"
        "AU  - van der Maaten, Laurens\r\n"
        "AU  - Davis, Sammy, Jr.\r\n"
        "AU  - Gemini Team,\r\n"
        "PY  - 2017\r\n"
        "DA  - 2017/06/12\r\n"
        "AB  - One. Two.\r\n"
        "PB  - arXiv\r\n"
        "AN  - arXiv:1706.03762\r\n"
        "UR  - https://arxiv.org/abs/1706.03762\r\n"
        "UR  - https://github.com/lab/code\r\n"
        "L1  - https://arxiv.org/pdf/1706.03762\r\n"
        "KW  - attention\r\n"
        "KW  - starred\r\n"
        "KW  - read\r\n"
        "N1  - First line\r\n \r\n ER  - \r\n"
        "ER  - \r\n\r\n"
    )
    (article,) = parsed(make_entry(arxiv="", doi="10.1000/ab"))
    assert (article["type_of_reference"], article["doi"]) == ("JOUR", "10.1000/ab")


@settings(deadline=None, max_examples=examples(40))
@given(
    title=lines, abstract=texts, note=texts, authors=st.lists(lines.filter(bool), max_size=3).map(tuple),
    keywords=st.lists(lines.filter(bool), max_size=3).map(tuple),
)  # fmt: skip
def test_any_text_comes_back(
    title: str, abstract: str, note: str, authors: tuple[str, ...], keywords: tuple[str, ...]
) -> None:
    entry = make_entry(title, authors=authors, abstract=abstract, note=note, keywords=keywords)
    first, second = parsed(entry, make_entry("Another", arxiv="2401.00001"))
    assert second["title"] == "Another"
    assert first.get("title", "") == " ".join(readable(title).split())
    assert first.get("abstract", "") == " ".join(readable(abstract).split())
    # The tags of the note are keywords, too.
    known = {word.casefold() for word in keywords}
    assert first.get("keywords", []) == [*keywords, *(tag for tag in tags_of(note) if tag.casefold() not in known)]
    assert len(first.get("authors", [])) == len(authors)
    assert " ".join(" ".join(first.get("notes", [])).split()) == " ".join(note.split())


def test_the_sample_and_hostile_texts_are_read_whole() -> None:
    entries = [*sample_entries(), *hostile_entries()]
    assert len(parsed(*entries)) == len(entries)
    assert not re.search("[^\r]\n|\r[^\n]", written(*entries))
