"""A second process parses a large file: the same pieces, whatever becomes of it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from readlist.sources import parser_process, reader
from readlist.sources.batch import PIECE, Batch
from readlist.sources.parser_process import ParserProcess

TODAY = date(2026, 8, 20)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A captured page of several pieces, with something skipped."""
    path = tmp_path / "page.txt"
    papers = (
        f"Kettles That Listen {number}: Boiling by Ear\n\nWe let {number} kettles listen to themselves. A small "
        "network hears the water boil and stops in time, in nine kitchens of ten, and nobody burns the tea — ever.\n"
        for number in range(3 * PIECE)
    )
    head = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nbyAK\n\nAug 1\n\n"
    path.write_text(head + "\n".join(papers), encoding="utf-8")
    return path


def beside(path: str | Path) -> Iterator[Batch]:
    (found,) = reader.find([path])
    process = ParserProcess()
    try:
        process.begin(found.given, None, TODAY)
        yield from reader.completed(process.pieces(), found, day=None, stdin=None, today=TODAY)
    finally:
        process.close()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("refs.ris", b"TY  - JOUR\nTI  - Sparse attention\nDO  - 10.5555/s\nPY  - 2019/05\nKW  - starred\nER  - \n"),
        ("refs.bib", b"@article{a, title={Dense retrieval}, year=2020, note={twice}, url={https://x.example/a}}\n"),
        ("feeds.opml", b'<opml version="2.0"><body><outline type="rss" xmlUrl="https://lab.example/f"/></body></opml>'),
        ("list.json", b'[{"title": "A lone surrogate \\ud800 in it", "key": "title:x", "feeds": [], "abstract": "a"}]'),
        ("nothing.txt", b"\n\n"),
        ("hostile.txt", bytes(range(256)) * 40),
        ("hostile.json", b"[" * 100_000),
    ],
)  # fmt: skip
def test_a_file_of_any_format_is_read_alike(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert list(beside(path)) == list(reader.read_pieces([path], today=TODAY))


def test_a_long_page_comes_in_the_same_pieces(page: Path) -> None:
    pieces = list(beside(page))
    assert pieces == list(reader.read_pieces([page], today=TODAY))
    assert [len(piece.items) for piece in pieces] == [PIECE] * 3


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_no_text_is_read(tmp_path: Path) -> None:
    path = os.fsdecode(bytes(tmp_path) + b"/\xff.ris")
    Path(path).write_bytes(b"TY  - JOUR\nTI  - Sparse attention in practice\nER  - \n")
    assert list(beside(path)) == list(reader.read_pieces([path], today=TODAY))


def test_the_parser_is_not_loaded_here(page: Path) -> None:
    script = (
        "import sys\nfrom datetime import date\nfrom readlist.sources import reader\n"
        "from readlist.sources.parser_process import ParserProcess\n"
        "process = ParserProcess()\nprocess.begin(sys.argv[1], None, date(2026, 8, 20))\n"
        "print(sum(len(piece.items) for piece in process.pieces()))\n"
        "print('readlist.sources.page' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(page)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == [str(3 * PIECE), "False"] and done.stderr == ""


class Started:
    """Notes the processes that are started."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.processes: list[subprocess.Popen[bytes]] = []
        start = subprocess.Popen

        def started(*args: object, **options: object) -> subprocess.Popen[bytes]:
            process: subprocess.Popen[bytes] = start(*args, **options)  # type: ignore[call-overload]
            self.processes.append(process)
            return process

        monkeypatch.setattr(subprocess, "Popen", started)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    return Started(monkeypatch)


@pytest.mark.parametrize("before", [1, *(pytest.param(before, marks=pytest.mark.slow) for before in (0, 2))])
def test_the_rest_is_parsed_here_if_the_process_dies(page: Path, started: Started, before: int) -> None:
    pieces: list[Batch] = []
    for piece in beside(page):
        pieces.append(piece)
        if len(pieces) == before:
            started.processes[0].kill()
            started.processes[0].wait()
    if not before:
        assert started.processes[0].returncode is not None
    assert pieces == list(reader.read_pieces([page], today=TODAY))


@pytest.mark.parametrize(
    "executable",
    ["", "/nonexistent/python", pytest.param("/bin/false", marks=pytest.mark.skipif(os.name == "nt", reason="Unix"))],
)
def test_without_a_second_process_all_is_parsed_here(
    page: Path, monkeypatch: pytest.MonkeyPatch, executable: str
) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    assert list(beside(page)) == list(reader.read_pieces([page], today=TODAY))


def test_a_process_is_not_left_behind(page: Path, started: Started) -> None:
    pieces = beside(page)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert started.processes[0].returncode is not None


@pytest.mark.parametrize("answer", [b"", b"\0" * 4, (3).to_bytes(4) + b"abc", (9).to_bytes(4) + b"a", b"\0\0"])
def test_an_answer_that_is_none_ends_the_pieces(answer: bytes) -> None:
    assert list(parser_process.batches(io.BytesIO(answer))) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_the_process_ends_with_the_first_one(
    page: Path, number: int, waited: Callable[[Callable[[], bool]], None]
) -> None:
    script = (
        "import subprocess, sys\nfrom datetime import date\nfrom readlist.sources import reader\n"
        "start = subprocess.Popen\n"
        "def started(*args, **options):\n"
        "    made = start(*args, **options)\n    print(made.pid, flush=True)\n    return made\n"
        "subprocess.Popen = started\nfrom readlist.sources.parser_process import ParserProcess\n"
        "process = ParserProcess()\nprocess.begin(sys.argv[1], None, date(2026, 8, 20))\n"
        "for piece in process.pieces():\n"
        "    sys.stdin.read()\n"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", script, str(page)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert first.stdout is not None and first.stdin is not None
    second = int(first.stdout.readline())
    first.send_signal(number)
    first.wait(60)
    first.stdout.close()
    first.stdin.close()
    waited(lambda: not is_running(second))


@pytest.fixture
def waited() -> Callable[[Callable[[], bool]], None]:
    """Waits until something is so."""

    def wait(is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + 60
        while not is_so():
            assert time.monotonic() < until
            time.sleep(0.01)

    return wait


def is_running(process: int) -> bool:
    try:
        # One that ended, and that nobody waited for, has no memory.
        return "VmRSS" in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False
