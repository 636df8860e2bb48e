"""CSL-JSON by the rules of its schema."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from readlist.exports import csl
from readlist.model.paper import Link
from readlist.notes.note_file import checksum
from readlist.shelf import Entry
from readlist.text.clean import readable
from tests.support.csl import SCHEMA
from tests.support.depth import examples
from tests.support.entries import hostile_entries, lines, make_entry, sample_entries, texts


def parsed(*entries: Entry) -> list[dict[str, Any]]:
    """The items of some entries, by the rules."""
    items: list[dict[str, Any]] = json.loads("".join(csl.write(entries)))
    Draft7Validator(SCHEMA).validate(items)
    return items


def test_a_paper_is_one_item() -> None:
    entry = make_entry(
        authors=("Ashish Vaswani", "Laurens van der Maaten", "Gemini Team"),
        keywords=("a, b",),
        links=(Link("https://github.com/lab/code", "repo"),),
        note="A\nnote.",
        starred=True,
    )
    assert parsed(entry) == [
        {
            "id": "vaswani2017attention-1706.03762",
            "type": "article",
            "title": "Attention Is All You Need",
            "author": [
                {"family": "Vaswani", "given": "Ashish"},
                {"family": "Maaten", "given": "Laurens", "non-dropping-particle": "van der"},
                {"literal": "Gemini Team"},
            ],
            "issued": {"date-parts": [[2017, 6, 12]]},
            "URL": "https://arxiv.org/abs/1706.03762",
            "number": "arXiv:1706.03762",
            "publisher": "arXiv",
            "keyword": "a  b, starred",
            "note": "A\nnote.",
            "custom": {
                "key": "arxiv:1706.03762",
                "arxiv": "1706.03762",
                "starred": "2026-08-02T09:30:00Z",
                "links": [{"url": "https://github.com/lab/code", "kind": "repo"}],
                "exact": {"keywords": [checksum("a b"), ["a, b"]]},
            },
        }
    ]
    assert parsed(make_entry(arxiv="", doi="10.1000/ab"))[0]["type"] == "article-journal"


@settings(deadline=None, max_examples=examples(40))
@given(title=lines, abstract=texts, note=texts, authors=st.lists(lines.filter(bool), max_size=3).map(tuple))
def test_any_text_comes_back(title: str, abstract: str, note: str, authors: tuple[str, ...]) -> None:
    (item,) = parsed(make_entry(title, authors=authors, abstract=abstract, note=note))
    assert item.get("title", "") == readable(title)
    assert item.get("abstract", "") == readable(abstract)
    assert item.get("note", "") == note
    assert len(item.get("author", ())) == len(authors)


def test_the_sample_hostile_texts_and_nothing_are_read_whole() -> None:
    entries = [*sample_entries(), *hostile_entries()]
    assert len({item["id"] for item in parsed(*entries)}) == len(entries)
    assert parsed() == []
