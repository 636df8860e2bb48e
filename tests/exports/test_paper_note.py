"""A paper as a Markdown file: its lines, its name, and that nothing the user wrote is lost."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from readlist.exports.paper_note import abstract_section, file_name, rendered, renewed
from readlist.model.mark import Mark
from readlist.model.paper import Link, Paper
from readlist.notes.note_file import END, checksum, flag_agrees, normalize_note, parse_note
from readlist.shelf import Entry
from readlist.sources.formats.readlist_export import paper_of
from tests.support.depth import examples
from tests.support.papers import DAY, make_paper

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
MARK = Mark(starred=NOW, note="First.\n\n# Heading\n\nLast.", noted=NOW)

lines = st.sampled_from(
    ["---", "...", "# Heading", "## Abstract", "> quoted", END, f"\\{END}", "<!-- readlist: x -->", "%% x %%", "", " "]
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
notes = st.lists(lines | texts, max_size=6).map("\n".join)


def entry_of(paper: Paper, mark: Mark = MARK) -> Entry:
    return Entry(1, paper, mark, "feed", DAY, 1, None, None, None, NOW)


def head_of(text: str) -> dict[str, object]:
    """What an independent reader makes of a file's front matter."""
    _, head, _ = re.split(r"^---\r?\n", text, maxsplit=2, flags=re.MULTILINE)
    values = yaml.safe_load(head)
    assert isinstance(values, dict)
    return values


def test_tags_of_the_note_are_in_the_front_matter_beside_those_of_the_user() -> None:
    def tagged(note: str) -> Entry:
        return entry_of(make_paper(1), replace(MARK, note=note))

    text = rendered(tagged("A thought.\n\n#cited #to-do"), NOW)
    assert head_of(text)["tags"] == ["cited", "to-do"]
    assert "tags" not in head_of(rendered(tagged("none"), NOW))
    own = parse_note(text.replace("  - to-do", "  - to-do\n  - mine"))
    later = renewed(own, tagged("A thought.\n\n#to-do #new"), NOW)
    assert head_of(later.text)["tags"] == ["to-do", "mine", "new"]
    assert renewed(later, tagged("A thought.\n\n#to-do #new"), NOW) is later
    removed = parse_note(text.replace("tags:\n  - cited\n  - to-do\n", ""))
    assert "tags" not in head_of(renewed(removed, tagged("Another.\n\n#cited"), NOW).text)
    assert head_of(renewed(removed, tagged("#new"), NOW).text)["tags"] == ["new"]
    for odd in ("tags: a, b", "tags: {a: b}", "tags: x\ntags: y"):
        file = parse_note(text.replace("tags:\n  - cited\n  - to-do", odd))
        assert odd in renewed(file, tagged("#new"), NOW).text


def test_a_file_says_what_paper_it_is_of_and_what_was_decided() -> None:
    paper = replace(
        make_paper(6),
        title="A: #1 [draft]",
        published=date(2024, 2, 29),
        doi="10.1000/x",
        abstract="It works.\nIt does.",
    )
    text = rendered(entry_of(paper), NOW)
    head = head_of(text)
    assert head.pop("exported")
    assert head == {
        "key": "arxiv:2608.00006",
        "title": "A: #1 [draft]",
        "authors": ["Ada Author6", "Ben Writer"],
        "published": date(2024, 2, 29),
        "arxiv": "2608.00006",
        "doi": "10.1000/x",
        "url": "https://arxiv.org/abs/2608.00006",
        "repo": "https://github.com/lab/code-6",
        "links": ["https://lab.github.io/page-6"],
        "read": False,
        "starred": NOW,
    }
    body = text.split("---\n", 2)[2]
    assert body == f"\n{MARK.note}\n\n{END}\n\n## Abstract\n\n> It works.\n> It does.\n"


@given(notes, st.booleans())
@example(f"{END}\n\\{END}\n\\\\{END}", False)
@example("\n\n a \n\n\n", True)
@example("\u2028\x85\x0c a \U0001f9d1\u200d\U0001f680", False)
def test_any_note_comes_back_as_it_was(note: str, crlf: bool) -> None:
    note = note.replace("\r", "")
    text = rendered(entry_of(make_paper(1), replace(MARK, note=note)), NOW)
    file = parse_note(text.replace("\n", "\r\n") if crlf else text)
    assert file.note == note
    assert file.key == "arxiv:2608.00001"
    assert file.base is not None and file.base.starred == NOW


def test_a_note_of_a_megabyte_comes_back() -> None:
    note = f"{END}\n---\nline 🦜 \n" * 25_000
    assert parse_note(rendered(entry_of(make_paper(1), replace(MARK, note=note)), NOW)).note == note


@given(texts)
@example("yes")
@example("2026-11-21")
@example("null")
@example("a: b # c")
@example("- x")
@example("'quoted' \"twice\" \\")
def test_any_title_is_read_as_text(title: str) -> None:
    paper = make_paper(1, title=title)
    head = head_of(rendered(entry_of(paper), NOW))
    assert isinstance(head.get("title", ""), str)
    assert parse_note(rendered(entry_of(paper), NOW)).value("title") == head.get("title", "")


foreign = st.lists(
    st.sampled_from(
        [
            "tags: [a, b]", "# a comment", "aliases:\n  - x  # why\n  - 'y'", "rating:   5", '"due date": yes', "",
            "nested:\n  read: true\n  key: other", "text: |\n  starred: x\n  # no comment", "odd: &a [1, *a]", "é: ü",
        ]
    ),
    max_size=5, unique=True,
)  # fmt: skip


@settings(max_examples=examples(60))
@given(foreign, st.integers(0, 9), notes, notes, st.booleans())
def test_what_the_user_adds_stays_byte_for_byte(
    added: list[str], place: int, below: str, note: str, crlf: bool
) -> None:
    before = entry_of(make_paper(6))
    text = rendered(before, NOW)
    head, body = text[4:].split("---\n", 1)
    entries = re.findall(r"\S[^\n]*\n(?: [^\n]*\n)*", head)
    entries[place:place] = [f"{line}\n" for line in added]
    below = below.replace("\r", "")
    text = f"---\n{''.join(entries)}---\n{body}\n## My experiments\n\n{below}"
    text = text.replace("\n", "\r\n") if crlf else text
    end = "\r\n" if crlf else "\n"

    file = parse_note(text)
    assert renewed(file, before, NOW + timedelta(days=1)).text == text
    mark = Mark(read=NOW, note=note.replace("\r", ""), noted=NOW)
    paper = replace(before.paper, title="Another title", authors=("One",), abstract="Other.\nMore.")
    after = entry_of(paper, mark)
    result = renewed(file, after, NOW + timedelta(days=1))
    again = parse_note(result.text)
    assert flag_agrees(again.flag("read"), NOW) and flag_agrees(again.flag("starred"), None)
    assert again.normalized == normalize_note(mark.note)
    assert again.value("title") == "Another title" and again.values("authors") == ("One",)
    assert f"> Other.{end}> More.{end}" in result.text
    section = f"## My experiments{end}{end}{below.replace(chr(10), end)}"
    assert result.text.endswith(f"{end}{section}")
    for line in added:
        assert f"{line.replace(chr(10), end)}{end}" in result.head
    assert crlf == ("\r\n" in result.text) and (not crlf or "\n" not in result.text.replace("\r\n", ""))
    assert renewed(again, after, NOW + timedelta(days=2)).text == result.text


def test_a_title_the_user_shortened_stays_until_the_paper_changes() -> None:
    entry = entry_of(make_paper(1))
    text = rendered(entry, NOW).replace(f"title: {entry.paper.title}", "title: 'Short' # mine")
    assert "# mine" in text
    starred = replace(entry, mark=replace(MARK, read=NOW))
    assert "title: 'Short' # mine\n" in renewed(parse_note(text), starred, NOW).text
    filled = replace(entry, paper=replace(entry.paper, published=date(2024, 1, 2)))
    after = renewed(parse_note(text), filled, NOW)
    assert after.value("title") == entry.paper.title and after.value("published") == "2024-01-02"
    assert "# mine" in after.text


def test_an_abstract_the_user_changed_or_took_out_stays_so() -> None:
    entry = entry_of(make_paper(1, abstract="Old."))
    text = rendered(entry, NOW)
    newer = entry_of(make_paper(1, abstract="New."))
    for own in (text.replace("> Old.\n", "> Old, and I doubt it.\n"), text.replace("\n## Abstract\n\n> Old.\n", "")):
        assert own != text
        assert renewed(parse_note(own), newer, NOW).rest == parse_note(own).rest


def test_an_abstract_that_came_later_is_above_what_the_user_wrote() -> None:
    text = rendered(entry_of(make_paper(1, abstract="")), NOW) + "\n## Mine\n"
    rest = renewed(parse_note(text), entry_of(make_paper(1, abstract="It works.")), NOW).rest
    assert rest == f"{END}\n\n## Abstract\n\n> It works.\n\n## Mine\n"


def test_a_file_of_an_earlier_version_gets_what_it_lacks_and_keeps_what_is_the_users() -> None:
    paper = replace(make_paper(6), keywords=("robots", "a, b"), organization="Kettle Lab", abstract="At $5$ `a`.")
    entry = entry_of(replace(paper, keywords=(), organization="", abstract=""))
    section = abstract_section(paper)
    old = rendered(entry, NOW) + section
    old = old.replace(" abstract=-", f" abstract={checksum(section)}").replace("title: A paper", "title: 'Short'")
    mine = old.replace("read: false", "keywords: [mine]\nread: false")
    for text, keywords in ((old, ("robots", "a, b")), (mine, ("mine",))):
        after = renewed(parse_note(text), entry_of(paper), NOW + timedelta(days=1))
        assert after.values("keywords") == keywords and after.value("organization") == "Kettle Lab"
        assert after.value("title") == parse_note(text).value("title")
        found = paper_of(after)
        assert found is not None
        assert (found.keywords, found.organization, found.abstract) == (paper.keywords, "Kettle Lab", paper.abstract)
        assert renewed(after, entry_of(paper), NOW + timedelta(days=2)).text == after.text


def test_an_abstract_is_only_text() -> None:
    hostile = "<img src=http://x> ![a](http://x/b.png) `$= evil()` {{query}} <!-- readlist: x -->\n# No heading $a<b$"
    text = rendered(entry_of(make_paper(1, abstract=hostile)), NOW)
    section = text.split("## Abstract\n\n")[1]
    assert all(line.startswith(">") for line in section.splitlines())
    assert not re.search(r"<[a-z!]|!\[|(?<!\\)`|\{\{", section)


def test_a_link_that_is_none_reaches_no_file() -> None:
    paper = make_paper(1, links=(Link("https://github.com/a/b", "repo", "https://github.com/a/b/tree/main/c"),))
    head = head_of(rendered(entry_of(paper), NOW))
    assert head["repo"] == "https://github.com/a/b"
    assert head["links"] == ["https://github.com/a/b/tree/main/c"]


@given(st.text(max_size=300), st.sampled_from(["arxiv:2401.00001", "title:abc", "doi:10.1/a<b>/../c", "title:u-1f600"]))
@example("CON", "title:con")
@example("aux.txt: x", "title:x")
@example("../../etc/passwd", "title:etcpasswd")
@example("a" * 400, "title:a")
@example("漢" * 200, "title:x")
@example("...", "title:u2e")
@example('What? Is* this|a <name>: "yes"#^[]\\', "title:x")
@example("\U0001f468\u200d\U0001f469\u200d\U0001f467" * 40, "title:x")
def test_a_name_is_one_that_every_system_allows(title: str, key: str) -> None:
    paper = Paper(key, title)
    names = [file_name(paper, number) for number in (1, 2, 3, 4)]
    assert len(set(names)) == len(names)
    for name in names:
        assert name.endswith(".md") and len(name.encode()) <= 140
        stem = name.removesuffix(".md")
        assert stem and stem == stem.strip(" ") and not stem.startswith(".") and not stem.endswith((".", " "))
        assert not set(stem) & set('/\\:*?"<>|#^[]') and stem.isprintable()
        assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", stem)


def test_names_are_for_people() -> None:
    assert file_name(Paper("arxiv:2401.00001", "BERT: Pre-training")) == "BERT - Pre-training.md"
    assert file_name(Paper("arxiv:2401.00001", r"On $\ell_p$ norms")) == "On ℓₚ norms.md"
    assert file_name(Paper("arxiv:2401.00001", "BERT"), 2) == "BERT (2401.00001).md"
    assert file_name(Paper("title:bert", "BERT"), 2) == "BERT (2).md"
    assert file_name(Paper("arxiv:2401.00001", "")) == "2401.00001.md"
