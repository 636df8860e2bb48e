"""Names taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from readlist.text.names import OTHERS, Name, are_others, forward, name_of, with_others
from tests.support.depth import examples
from tests.support.entries import lines


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada Lovelace", Name("Lovelace", "Ada")),
        ("Quoc V. Le", Name("Le", "Quoc V.")),
        ("Laurens van der Maaten", Name("Maaten", "Laurens", "van der")),
        ("Aäron van den Oord", Name("Oord", "Aäron", "van den")),
        ("Anton Van Den Hengel", Name("Van Den Hengel", "Anton")),
        ("Johannes Diderik van der Waals Jr.", Name("Waals", "Johannes Diderik", "van der", "Jr.")),
        ("Sammy Davis, Jr.", Name("Davis", "Sammy", "", "Jr.")),
        ("von Neumann, John", Name("Neumann", "John", "von")),
        ("King, Jr., Martin Luther", Name("King", "Martin Luther", "", "Jr.")),
        ("José Luis de la Fuente", Name("Fuente", "José Luis", "de la")),
        ("bell hooks", Name("hooks", "bell")),
        ("  Ada   Lovelace ", Name("Lovelace", "Ada")),
        ("DeepSeek-AI", Name("DeepSeek-AI", whole=True)),
        ("Gemini Team", Name("Gemini Team", whole=True)),
        ("The LIGO Scientific Collaboration", Name("The LIGO Scientific Collaboration", whole=True)),
        ("Kettle Testing Organization", Name("Kettle Testing Organization", whole=True)),
        ("Northern Commission", Name("Northern Commission", whole=True)),
        ("European Kettle Service", Name("European Kettle Service", whole=True)),
        ("Kettle Bank", Name("Kettle Bank", whole=True)),
        ("Kettle AI", Name("Kettle AI", whole=True)),
        ("Li Ai", Name("Ai", "Li")),
        ("Ministerium für Kessel", Name("Ministerium für Kessel", whole=True)),
        ("Universidad Nacional", Name("Universidad Nacional", whole=True)),
        ("Office for Kettles", Name("Office for Kettles", whole=True)),
        ("NVIDIA: Aaron Blakeman", Name("NVIDIA: Aaron Blakeman", whole=True)),
        ("OpenAI, Inc.", Name("OpenAI, Inc.", whole=True)),
        ("王小明", Name("王小明", whole=True)),
        ("Smith,", Name("Smith,", whole=True)),
    ],
)
def test_a_name_is_taken_apart(text: str, name: Name) -> None:
    assert name_of(text) == name


@settings(deadline=None, max_examples=examples(60))
@given(lines)
def test_no_letter_of_a_name_is_lost(text: str) -> None:
    name = name_of(text)
    parts = " ".join((name.given, name.particle, name.family, name.suffix))
    assert sorted(parts.replace(",", " ").split()) == sorted(text.replace(",", " ").split()) or name.whole
    assert name.family or not text


@pytest.mark.parametrize(
    ("written", "name"),
    [("Lovelace, Ada", "Ada Lovelace"), ("King, Martin, Jr.", "Martin King, Jr."), ("Kettle Bank,", "Kettle Bank")],
)
def test_a_name_is_turned_round_at_its_comma(written: str, name: str) -> None:
    assert forward(written) == name


def test_that_there_are_more_authors_is_a_name_of_its_own() -> None:
    assert list(with_others(["Ada Lovelace et al.", " ", "others"])) == ["Ada Lovelace", OTHERS, OTHERS]
    assert all(map(are_others, ("et al.", "others", "and others", "et. al", "et alii")))
    assert not any(map(are_others, ("Ada et al.", "Brothers", "")))
