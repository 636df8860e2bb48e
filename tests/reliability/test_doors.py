"""Nothing hostile gets in: every door is given the hostile inputs and random variations of them."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from readlist.cli.command_table import readlist
from readlist.config import ConfigError, load, set_value
from readlist.library.integrity import check
from readlist.marks.disk.device import device_name
from readlist.model.feed import Feed
from readlist.model.paper import identifiers_of
from readlist.query import parse
from readlist.shelf import EXPECTED, VIEWS, Shelf
from readlist.sources import reader
from readlist.sources.batch import FeedRequest
from readlist.sources.http.client import Http
from readlist.sources.http.endpoints import Limits, Sites
from readlist.sources.sites.rss import Rss
from readlist.tui.keymap import KeyMap
from tests.reliability.hostile import (
    DOORS,
    LINKS,
    QUERIES,
    SUFFIXES,
    TEXTS,
    check_batch,
    unclean,
    varied,
    watched,
)
from tests.support.http import Answer, Serving
from tests.support.papers import make_batch, make_paper, make_shelf

pytestmark = pytest.mark.slow

TODAY = date(2026, 8, 5)
COUNT, LONG_COUNT = 60, 1_200
PROCESS_COUNT, LONG_PROCESS_COUNT = 10, 120
SECONDS = 60.0
"""For one megabyte, on a busy machine: it is there to find what takes minutes."""


@pytest.fixture
def count(thorough: bool) -> int:
    """How many inputs a door of a function is given."""
    return LONG_COUNT if thorough else COUNT


@pytest.fixture
def few(thorough: bool) -> int:
    """How many inputs a door is given that costs more."""
    return LONG_PROCESS_COUNT if thorough else PROCESS_COUNT


def reported(door: str, inputs: int, start: float) -> None:
    """Print how many inputs a door was given."""
    print(f"{door}: {inputs:,} inputs in {time.monotonic() - start:.1f} s")


@pytest.mark.parametrize("door", SUFFIXES)
def test_no_file_brings_anything_hostile_in(tmp_path: Path, door: str, count: int) -> None:
    file = tmp_path / f"input{SUFFIXES[door]}"
    start, inputs, papers = time.monotonic(), 0, 0
    for data in varied(door, count):
        file.write_bytes(data)
        with watched(tmp_path):
            (batch,) = reader.read([file], today=TODAY)
        check_batch(batch)
        inputs, papers = inputs + 1, papers + len(batch.items) + len(batch.feeds)
    reported(door, inputs, start)
    assert papers > inputs / 50


@pytest.mark.parametrize("door", ["settings"])
def test_settings_from_another_hand_are_taken_or_refused_in_one_line(tmp_path: Path, door: str, count: int) -> None:
    file = tmp_path / "config.toml"
    start, inputs, refused = time.monotonic(), 0, 0
    for data in varied(door, count):
        file.write_bytes(data)
        try:
            with watched(tmp_path):
                config = load(file)
                KeyMap(config.keys, file)
                set_value(file, "mouse", False)
        except ConfigError as error:
            refused += 1
            assert not unclean(str(error)), (data[:200], ascii(str(error)))
        else:
            for name in (*(each.name for each in config.feeds), *(each.name for each in config.views)):
                assert not unclean(name), (data[:200], ascii(name))
        inputs += 1
    reported(door, inputs, start)
    assert refused > 0


def test_a_state_from_another_hand_comes_out_clean(tmp_path: Path, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    start, inputs, marked = time.monotonic(), 0, 0
    device_name(tmp_path)
    chance = random.Random("state")
    for data in varied("state", few):
        home = tmp_path / str(inputs)
        home.mkdir()
        (home / "state.json").write_bytes(data)
        if chance.random() < 0.5:
            (home / "state.json.journal").write_bytes(
                chance.choice((data, b"\x00" * 99, b"0" * 20 + data, *DOORS["JSON"]))
            )
        marked += _state_comes_out_clean(home, monkeypatch)
        inputs += 1
    reported("state and journal", inputs, start)
    assert marked > inputs / 3


def _state_comes_out_clean(home: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Use a state in every way; tells whether a mark could be made."""
    well = False
    with watched(home):
        try:
            shelf = make_shelf(home)
            try:
                shelf.papers.add(make_batch([make_paper(1, key="arxiv:2607.01234", arxiv="2607.01234")]))
                shelf.sync.catch_up()
                entries = shelf.papers.entries(shelf.papers.select(parse(""), "feed"))
                shelf.marks.apply(entries, starred=True, label="starred")[1].result(timeout=60)
                well = True
                shelf.marks.undo().result(timeout=60)
            finally:
                shelf.close()
        except EXPECTED as error:
            assert str(error)
    monkeypatch.setenv("READLIST_HOME", str(home))
    for arguments in (["list"], ["list", "--json"], ["list", "--format", "table"], ["show", "2607.01234"], ["undo"]):
        run(arguments, home)
    return well


def run(arguments: list[str], home: Path, data: bytes = b"") -> None:
    """Run a command, and assert that it ends well or says in lines why not, and shows nothing a terminal obeys."""
    with watched(home):
        result = CliRunner().invoke(readlist, arguments, input=data, color=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise AssertionError((ascii(arguments), data[:200])) from result.exception
    assert result.exit_code in (0, 1, 2)
    # Tabs separate the columns of a plain list.
    wrong = unclean(result.output.replace("\t", " "), lines=True)
    assert not wrong, (ascii(arguments), wrong)
    assert result.exit_code == 0 or result.output.strip() or arguments[0] == "doctor"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """A shelf with papers to ask for."""
    made = make_shelf(tmp_path_factory.mktemp("asked"))
    made.papers.add(make_batch([make_paper(number) for number in range(30)]))
    yield made
    made.close()


def test_marks_from_another_machine_come_out_clean(tmp_path: Path, few: int) -> None:
    # The machine's name is looked up once.
    device_name(tmp_path)
    start, inputs, merged = time.monotonic(), 0, 0
    shelf = make_shelf(tmp_path / "home")
    shelf.papers.add(make_batch([make_paper(number) for number in range(3)]))
    other = tmp_path / "other.json"
    for data in varied("state", few * 3):
        other.write_bytes(data)
        try:
            with watched(tmp_path):
                merged += bool(shelf.sync.merge(other).changed)
        except EXPECTED as error:
            assert not unclean(str(error)) and "\n" not in str(error)
        inputs += 1
    for entry in shelf.papers.entries(shelf.papers.browse(VIEWS[1])):
        assert not unclean(entry.paper.title)
        assert not unclean(entry.mark.note.replace("\n", " "))
    assert check(shelf.library.connections) == []
    shelf.close()
    reported("another machine's marks", inputs, start)
    assert merged


def test_no_query_is_too_odd(shelf: Shelf, count: int) -> None:
    chance = random.Random("query")
    start, inputs = time.monotonic(), 0
    pieces = [piece for query in QUERIES for piece in (query[:40], query[:7])]
    odd = [*QUERIES, *("".join(chance.choices(pieces, k=chance.randint(1, 9))) for _ in range(count - len(QUERIES)))]
    for text in odd:
        for typing in (False, True):
            query = parse(text, typing=typing, today=TODAY)
            shelf.papers.select(query)
            assert all(problem.message for problem in query.problems)
        inputs += 1
    reported("query", inputs, start)


_COMMANDS = (
    "import",
    "list",
    "export",
    "show",
    "mark",
    "undo",
    "fetch",
    "add",
    "feeds",
    "doctor",
    "--help",
    "nonsense",
)
_OPTIONS = (
    "--json",
    "--dry-run",
    "--star",
    "--note",
    "--limit",
    "--sort",
    "--format",
    "--date",
    "--name",
    "--keep",
    "--",
    "-",
)


def test_no_argument_is_too_odd(tmp_path: Path, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READLIST_HOME", str(tmp_path))
    monkeypatch.setenv("HF_ENDPOINT", "no-scheme://nowhere")
    monkeypatch.setenv("ARXIV_ENDPOINT", "no-scheme://nowhere")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text('refresh = "never"\nfeeds = []\n', encoding="utf-8")
    run(["import", "-"], tmp_path, DOORS["JSON"][0])
    chance = random.Random("arguments")
    start = time.monotonic()
    # A process can be given no NUL.
    words = [text.replace("\0", "") for text in (*TEXTS, *LINKS, *QUERIES) if len(text) < 5_000]
    for _ in range(few):
        given = [chance.choice(words)[: chance.choice((5, 50, 5_000))] for _ in range(chance.randint(0, 2))]
        command = chance.choice(_COMMANDS)
        if command in ("fetch", "add"):
            # What is an address would be asked.
            given = [word for word in given if "//" not in word and not word.startswith("hf:")]
            given = given or ["\x1b[31mnone"]
        if command == "doctor":
            given += ["\x1b"]
        run(
            [command, *chance.choices(_OPTIONS, k=chance.randint(0, 2)), *given], tmp_path, chance.choice(DOORS["JSON"])
        )
    reported("command line", few, start)


def test_nothing_hostile_comes_in_by_the_network(tmp_path: Path, few: int) -> None:
    start, inputs, papers = time.monotonic(), 0, 0
    chance = random.Random("network")
    current = Answer()
    limits = Limits(connect=2.0, read=1.0, total=3.0, retries=0, size=1 << 20)
    with Serving() as server, Http(Sites(huggingface=server.url), limits) as http:
        server.route("/feed", lambda _: current)
        asked = Feed("Lab", "rss", f"{server.url}/feed")
        for data in varied("feed", few):
            current = _answer(data, chance, server.url)
            batch = Rss(http).fetch(FeedRequest(asked, TODAY))
            check_batch(batch)
            inputs, papers = inputs + 1, papers + len(batch.items)
    reported("HTTP answer", inputs, start)
    assert papers > inputs / 10


def _answer(data: bytes, chance: random.Random, url: str) -> Answer:
    """Return an answer that is hostile in its body, its headers, or altogether."""
    hostile = chance.choice((*TEXTS, *LINKS))[:300]
    header = (
        "".join(letter for letter in hostile if letter not in "\r\n\0").encode("latin-1", "replace").decode("latin-1")
    )
    way = chance.randrange(8)
    if way == 0:
        return Answer(chance.choice((302, 301, 308)), {"Location": header})
    if way == 1:
        return Answer(chance.choice((200, 400, 401, 500, 999)), {"X-Error-Message": header, "ETag": header}, data)
    if way == 2:
        return Answer(200, {"Content-Type": header, "Content-Encoding": header}, data)
    if way == 3:
        return Answer(raw=b"HTTP/1.1 200 \x1b[2J" + data[:500])
    return Answer(200, {"Content-Type": "application/rss+xml", "ETag": header, "Link": url}, data)


LARGE: dict[str, tuple[str, bytes]] = {
    "one word": (".txt", b"w" * 1_000_000),
    "lines of brackets": (".txt", b"[[{{((<<\n" * 110_000),
    "links": (".txt", b"https://github.com/a/b " * 43_000),
    "accents": (".txt", b"e" + "\u0301".encode() * 500_000),
    "escapes": (".txt", b"\x1b]" * 10_000 + b"x" * 900_000),
    "dollars": (".txt", b"A Title\n\n" + b"$\\frac{" * 140_000),
    "open tags": (".html", b"<html>" + b"<div><a href='" * 70_000),
    "comments": (".html", b"<html>" + b"<!--" * 250_000),
    "open brackets": (".json", b"[" * 1_000_000),
    "strings": (".json", b'["' + b"\\u001b" * 160_000 + b'"]'),
    "Python": (".json", b"[{'a': " * 140_000),
    "open elements": (".xml", b"<rss><channel>" + b"<item><title>" * 75_000),
    "ampersands": (".xml", b"<rss><channel><item><title>" + b"&amp;&x;" * 120_000 + b"</title></item></channel></rss>"),
    "mail addresses": (".xml", b"<rss><channel><item><author>" + b"a@" * 490_000 + b"</author></item></channel></rss>"),
    "outlines": (".opml", b"<opml><body>" + b"<outline xmlUrl='" * 58_000),
    "braces": (".bib", b"@misc{k, title = {" + b"{" * 990_000),
    "open entries": (".bib", b"@misc{k, title = {x\n" * 50_000),
    "one paper": (".bib", b"".join(b"@misc{k, title=x, annote={%d}}\n" % number for number in range(32_000))),
    "strings of strings": (
        ".bib",
        b"".join(b"@string{s%d = s%d # s%d # {xx}}\n" % (n + 1, n, n) for n in range(28_000)) + b"@misc{k, title = s9}",
    ),
    "blanks between names": (".bib", b"@misc{k, title = {x}, author = {" + b" and" + b" " * 990_000 + b"}}"),
    "macros": (".bib", b"@misc{k, title = {x}, annote = {" + b"\\textbf{\\" * 99_000 + b"}}"),
    "fields without commas": (".bib", b"@misc{k, title = {x}" + b" b = {x}" * 124_000 + b"}"),
    "lines of a note": (".ris", b"TY  - JOUR\nTI  - x\nN1  - a\n" + b"x\n" * 490_000),
    "records": (".ris", b"TY  - JOUR\nTI  - x\n" * 50_000),
    "citations": (".json", b"[" + b'{"type": "book", "title": "x", "DOI": 1, "note": "y"},' * 18_000 + b"1]"),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_megabyte_takes_bounded_time(tmp_path: Path, name: str, thorough: bool) -> None:
    suffix, data = LARGE[name]
    # In a normal run a part of it tells as well whether the work is out of proportion.
    data = data if thorough else data[:20_000]
    file = tmp_path / f"large{suffix}"
    file.write_bytes(data)
    start = time.monotonic()
    with watched(tmp_path):
        (batch,) = reader.read([file], today=TODAY)
    seconds = time.monotonic() - start
    check_batch(batch)
    print(f"{name}: {len(data):,} bytes in {seconds:.2f} s")
    assert seconds < SECONDS


def test_an_identifier_of_hostile_text_is_harmless() -> None:
    for text in TEXTS:
        assert not unclean("".join(identifiers_of(text)))
