"""Queries find in SQLite what a slow and obvious reading of them finds."""

from __future__ import annotations

import itertools
import re
import tempfile
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readlist.library.integrity import check
from readlist.library.library import Library
from readlist.library.query_sql import _FLAGS
from readlist.library.rows import Entry
from readlist.library.search_index import indexed, indexed_list, searchable
from readlist.model.mark import Mark
from readlist.model.paper import Announcement, Link, Paper
from readlist.model.tag import fold_tag, tags_of
from readlist.model.time import PublicationDate
from readlist.model.view import ALL_SORTS, Sort, is_reverse, unreversed
from readlist.query import Query, parse
from readlist.query.lexer import sign_token
from readlist.query.terms import (
    And,
    Counted,
    Dated,
    Flag,
    Gained,
    Identified,
    InFeed,
    Not,
    Or,
    Similar,
    Tagged,
    Term,
    Words,
)
from readlist.text.clean import fold, readable
from tests.support.depth import examples
from tests.support.library import DAY, add, paper
from tests.support.random_library import TODAY, VISIT, WORDS, filled, libraries, queries

# The obvious reading


def words_of(text: str) -> list[str]:
    """Split a text into words: letters and digits stick together, an ideograph is a word, so is a sign behind C."""
    words, open_word = [], False
    for sign in "+#":
        text = re.sub(rf"(?<=[Cc]\{sign})\{sign}(?!\w)|(?<=[Cc])\{sign}(?!\w|\{sign}\w)", f" {sign_token(sign)} ", text)
    for character in fold(unicodedata.normalize("NFC", text)):
        if unicodedata.name(character, "").startswith("CJK") or character in (sign_token("+"), sign_token("#")):
            words.append(character)
            open_word = False
        elif character.isalnum():
            words[-1:] = [words[-1] + character] if open_word else [*words[-1:], character]
            open_word = True
        else:
            open_word = False
    return words


def has_row(text: str, row: Words) -> bool:
    """Look for words next to each other."""
    words = words_of(text)
    for start in range(len(words) - len(row.tokens) + 1):
        *whole, last = zip(words[start:], row.tokens, strict=False)
        if all(word == token for word, token in whole) and (
            last[0].startswith(last[1]) if row.prefix else last[0] == last[1]
        ):
            return True
    return False


def holds(term: Term, entry: Entry) -> bool:
    """Tell whether a term holds for a paper."""
    paper, mark = entry.paper, entry.mark
    match term:
        case Words():
            texts = {
                "title": [paper.title], "abstract": [paper.abstract], "author": paper.authors, "note": [],
                "org": [paper.organization], "kw": paper.keywords,
                "comment": [paper.comment, paper.journal],
            }  # fmt: skip
            fields = [term.field] if term.field else ["title", "abstract", "author", "note"]
            stored = ["\n".join(texts[field]) for field in fields]
            shown = ["\n".join(map(readable, texts[field])) for field in fields]
            notes = [mark.note] if "note" in fields else []
            return any(has_row(text, term) for text in (*stored, *shown, *notes))
        case Flag(field, values):
            kinds = {link.kind for link in paper.links}
            now = {
                "is:unread": mark.read is None,
                "is:read": mark.read is not None,
                "is:starred": mark.starred is not None,
                "is:noted": bool(mark.note),
                "is:new": entry.added > VISIT,
                "has:code": "repo" in kinds,
                "has:project": "project" in kinds,
                "has:note": bool(mark.note),
                "has:abstract": bool(paper.abstract),
                "has:tag": bool(tags_of(mark.note)),
                "is:removed": mark.removed is not None,
                "is:revised": entry.is_news,
                "is:withdrawn": bool(paper.withdrawn),
                "is:watched": False,
                "is:muted": False,
            }
            return any(now[f"{field}:{value}"] for value in values)
        case Tagged(tags):
            own = [fold_tag(tag) for tag in tags_of(mark.note)]
            return any(
                each == tag or each.startswith(tag if prefix else f"{tag}/") for each in own for tag, prefix in tags
            )
        case InFeed(names=names):
            return any(name in fold(entry.feed) for name in names)
        case Similar():
            # The shelf says what is like a paper.
            return False
        case Identified(identifiers):
            return bool({paper.key, *paper.identifiers} & set(identifiers))
        case Counted(field, ranges):
            count = {"upvotes": entry.upvotes, "stars": entry.stars, "comments": entry.comments}[field]
            return count is not None and any(
                (low is None or count >= low) and (high is None or count <= high) for low, high in ranges
            )
        case Gained():
            # Each paper was counted once.
            return False
        case Dated(field, spans):
            moments = {"seen": entry.added, "starred": mark.starred, "read": mark.read}
            moment = moments.get(field)
            if field == "date":
                return any(may_lie(paper.published or entry.day, *span) for span in spans)
            day = moment and moment.astimezone().date()
            return day is not None and any(
                (first is None or day >= first) and (last is None or day <= last) for first, last in spans
            )
        case Not(term=inner):
            return not holds(inner, entry)
        case And(terms=inner_terms):
            return all(holds(each, entry) for each in inner_terms)
        case Or(terms=inner_terms):
            return any(holds(each, entry) for each in inner_terms)


def may_lie(when: PublicationDate | None, first: date | None, last: date | None) -> bool:
    """Tell whether a date may lie in a range; one that is a part of a month or year doesn't hold the whole."""
    if when is None:
        return False
    begin = end = when if isinstance(when, date) else date(when.year, when.month or 1, 1)
    if not isinstance(when, date):
        month = when.month or 12
        end = date(when.year, month, monthrange(when.year, month)[1])
    low, high = first or date.min, last or date.max
    inside = begin <= low and high <= end and (begin, end) != (low, high)
    return begin <= high and low <= end and not inside


def in_order(entries: list[Entry], sort: Sort) -> list[Entry]:
    """Sort papers; what is unknown comes last, and the one that came first goes first among equals; or the reverse."""
    entries = sorted(entries, key=lambda entry: entry.id)
    match unreversed(sort):
        case "feed" | "match" | "gained":  # Nothing was learned, and papers were counted once.
            entries.sort(key=lambda e: (-e.day.toordinal() if e.day else 0, e.feed, e.position))
        case "date":
            entries.sort(key=lambda e: (e.paper.published or e.day or DAY).isoformat(), reverse=True)
        case "title":
            entries.sort(key=lambda e: fold(readable(e.paper.title)))
        case "added":
            entries.sort(key=lambda e: e.added, reverse=True)
        case "upvotes" | "stars" | "comments":
            counts = {e.id: getattr(e, unreversed(sort)) for e in entries}
            entries.sort(key=lambda e: (counts[e.id] is None, -(counts[e.id] or 0)))
    return entries[::-1] if is_reverse(sort) else entries


# Random libraries and queries


@pytest.mark.slow
@settings(max_examples=examples(150), deadline=None)
@given(libraries, st.lists(queries, min_size=4, max_size=8), st.sampled_from(ALL_SORTS), st.integers(0, 4))
def test_sql_finds_what_an_obvious_reading_finds(
    rows: list[tuple[Paper, Announcement, Mark | None, bool]], asked: list[tuple[str, bool]], sort: Sort, limit: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = filled(Path(folder) / "library.db", rows)
        entries = library.papers(range(1, len(rows) + 1))
        assert len(entries) == len(rows)
        for text, typing in asked:
            query = parse(text, typing=typing, today=TODAY)
            expected = [
                entry.id for entry in in_order(entries, sort) if all(holds(term, entry) for term in query.terms)
            ]
            if unreversed(sort) in ("relevance", "rising"):
                # Which is weighed more is shown elsewhere; that it is the same papers, here.
                assert sorted(library.ids(query, sort)) == sorted(expected)
                continue
            assert list(library.ids(query, sort)) == expected
            assert library.first_ids(query, sort, limit) == expected[:limit]
            assert library.count(query) == len(expected)
        assert check(library.connections) == []
        library.close()


def test_any_two_flags_may_be_asked_for_in_any_order(library: Library) -> None:
    add(library, paper("A"))
    library.mirror.write([("title:a", Mark(starred=datetime(2026, 8, 1, tzinfo=UTC), note="x"))])
    flags = [f"{sign}{field}:{value}" for field, value in _FLAGS for sign in ("", "-")]
    for text in map(" ".join, itertools.combinations(flags, 2)):
        query = parse(text)
        found = library.count(query)
        assert [len(library.ids(query, sort)) for sort in ALL_SORTS] == [found] * len(ALL_SORTS), text
        assert len(library.first_ids(query, "feed", 1)) == found, text


def test_the_most_relevant_comes_first(library: Library) -> None:
    add(library, paper("Other", abstract="diffusion " + "word " * 30), paper("A note on diffusion"), paper("Diffusion"))
    add(library, paper("Nothing"))
    assert list(library.ids(parse("diffusion"), "relevance")) == [3, 2, 1]
    assert library.first_ids(parse("diffusion -note"), "relevance", 1) == [3]
    assert list(library.ids(parse("is:unread"), "relevance")) == list(library.ids(parse("is:unread"), "feed"))


class TestFinding:
    """The same by example."""

    @pytest.fixture(autouse=True)
    def papers(self, library: Library) -> None:
        add(
            library,
            paper("Text-to-image synthesis", abstract="We use a latent space.", authors=("Zoë Müller",)),
            paper(
                "Planning with text",
                abstract="To image or not to image",
                links=(Link("https://github.com/a/b", "repo"),),
            ),
            paper("大规模扩散模型的研究", "2401.00003"),
        )
        library.mirror.write([("title:planningwithtext", Mark(note="compare with LoRA-style synthesis"))])

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("", [1, 2, 3]),
            ("text to image", [1, 2]),
            ("text-to-image", [1]),
            ('"text to image"', [1]),
            ("TEXT", [1, 2]),
            ("zoe muller", [1]),
            ("ZOË", [1]),
            ("planning lora", [2]),
            ("synthesis", [1, 2]),
            ("lora style", [2]),
            ("模型", [3]),
            ("扩散", [3]),
            ("散扩", []),
            ("研", [3]),
            ("text -synthesis", []),
            ("-text", [3]),
            ("-text -扩散", []),
            ('-"text to image"', [2, 3]),
            ("has:code", [2]),
            ("-has:code has:abstract", [1]),
            ("is:noted", [2]),
            ("synthe", []),
            ("* : -- …", [1, 2, 3]),
            ("title", []),
            ("text AND planning", [2]),
            ("planning OR 模型", [2, 3]),
            ("text planning OR 模型", [2, 3]),
            ("text (planning OR latent)", [1, 2]),
            ("-(planning OR 模型)", [1]),
            ("NOT (planning OR 模型) zoe", [1]),
            ("title:synthesis", [1]),
            ("note:synthesis", [2]),
            ('title:planning,"to image"', [1, 2]),
            ("author:muller -title:planning", [1]),
            ("abstract:image OR is:noted", [2]),
            ("id:2401.00003", [3]),
            ("id:https://arxiv.org/abs/2401.00003v7", [3]),
            ("arxiv:2401.00003", [3]),
            ("upvotes:>0", []),
            ("-upvotes:>0", [1, 2, 3]),
            ("date:2026-08", [1, 2, 3]),
        ],
    )
    def test_by_words_and_flags(self, library: Library, text: str, found: list[int]) -> None:
        assert list(library.ids(parse(text), "feed")) == found
        assert library.first_ids(parse(text), "feed", 10) == found

    @pytest.mark.parametrize(
        ("text", "found"), [("synthe", [1, 2]), ("text-to-im", [1]), ("m", [1, 2, 3]), ("规", [3])]
    )
    def test_while_typing(self, library: Library, text: str, found: list[int]) -> None:
        assert list(library.ids(parse(text, typing=True), "feed")) == found

    def test_a_changed_note_is_found_by_its_new_words_only(self, library: Library) -> None:
        library.mirror.write([("title:planningwithtext", Mark(note="zebra"))])
        assert not library.ids(parse("lora"), "feed")
        assert list(library.ids(parse("zebra planning"), "feed")) == [2]
        library.mirror.write([("title:planningwithtext", Mark())])
        assert not library.ids(parse("zebra"), "feed")


@settings(max_examples=examples(300), deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=40),
        st.lists(
            st.sampled_from(["\x00", '"', "'", "*", "^", "a:", "NEAR(", ")", "é", "OR", "-(", "title:", "date:7d"])
        ),
    )
)
def test_any_text_can_be_looked_for(text: str | list[str], shared: Library) -> None:
    text = text if isinstance(text, str) else " ".join(text)
    for typing in (False, True):
        query = parse(text, typing=typing)
        found = shared.ids(query, "feed")
        assert len(found) == shared.count(query)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library that many examples only read."""
    library = Library(tmp_path_factory.mktemp("shared") / "library.db")
    add(library, *(paper(f"{word} {number}", abstract=" ".join(WORDS)) for number, word in enumerate(WORDS)))
    yield library
    library.close()


@pytest.mark.parametrize(
    "piece",
    ["a", "-a", "a-", "-is:read,new", "has:code", '"a b', "(a", "-(a", "a OR", "id:10.1/x", "upvotes:1,2", "kw:b"],
)
def test_a_query_without_end_is_answered(shared: Library, piece: str) -> None:
    text = " ".join(f"{piece}{number}" if piece == "a" else piece for number in range(10_000))
    assert len(shared.ids(parse(text), "feed")) <= len(WORDS)


def test_an_empty_query_is_every_paper(shared: Library) -> None:
    assert len(shared.ids(Query(), "title")) == len(WORDS)


def test_what_the_index_holds_is_settled() -> None:
    # A library's index can only be changed by telling it exactly what it holds. Where this comes out otherwise,
    # append a migration that fills `search` (and `paper.title_folded`) again.
    assert indexed(r"$\ell_p$ x") == "$\\ell_p$ x \ue000 lp x"
    assert indexed_list((r"Jos\'e", "Ada")) == "jos\\'e\nada \ue000 jose\nada"
    each = paper("Étude: S²FT — “ß”", abstract="扩散 models ﬁt", authors=("Zoë Müller", "王 小明"))
    assert searchable(each, "Naïve?") == (
        "etude: s2ft — “ss”",
        " 扩  散  models fit",
        "zoe muller\n 王   小  明 ",
        "naive?",
        "",
        "",
        "",
    )
