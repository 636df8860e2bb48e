"""^C while a command runs: one line, status 130, nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from textwrap import indent

import pytest

LINE = "readlist: interrupted; what was done so far is kept\n"

_MADE = """\
import os, signal, sqlite3, sys
from contextlib import contextmanager, suppress
from pathlib import Path
from readlist.cli import assembly, main

def interrupt():
    signal.raise_signal(signal.SIGINT)

@contextmanager
def opened(**options):
{body}
    yield

assembly.opened_shelf = opened
sys.argv = ["readlist", "undo"]
main()
"""
"""A command whose shelf, when it is opened, does something else."""

_WAYS = {
    "as it is": "interrupt()",
    "while a class is made": """\
class Field:
    def __set_name__(self, owner, name):
        interrupt()
class Owner:
    field = Field()
""",
    "while a module is imported": """\
try:
    interrupt()
except KeyboardInterrupt as error:
    raise ImportError("cannot import name 'x' from partially initialized module 'y'") from error
""",
    "in a function that SQLite calls": """\
from readlist.library.errors import explained
connection = sqlite3.connect(":memory:")
connection.create_function("fold", 1, lambda text: interrupt())
with explained(Path("library.db")):
    connection.execute("select fold('x')")
""",
    "taken for damage of the library": """\
with suppress(KeyboardInterrupt):
    interrupt()
from readlist.shelf import LibraryDamaged
raise assembly.CommandError("the library is damaged")
""",
    "in a finalizer": """\
class Held:
    def __del__(self):
        interrupt()
Held()
import time
time.sleep(60)
""",
    "dropped with another exception": """\
with suppress(RuntimeError):
    try:
        interrupt()
    except KeyboardInterrupt as error:
        raise RuntimeError from error
import time
time.sleep(60)
""",
    "in a generator": """\
def numbers():
    with suppress(GeneratorExit):
        yield 1
    interrupt()
next(numbers())
import time
time.sleep(60)
""",
    "twice": """\
try:
    interrupt()
finally:
    interrupt()
""",
    "with a fault in a thread": """\
import threading
thread = threading.Thread(target=lambda: 1 / 0)
thread.start()
thread.join()
interrupt()
""",
}


def _run(home: Path, body: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", _MADE.format(body=indent(body, "    "))],
        capture_output=True,
        text=True,
        env={**os.environ, "READLIST_HOME": str(home)},
        timeout=30,
        check=False,
    )
    assert not list(home.glob("crash-*"))
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("way", _WAYS)
def test_an_interrupt_is_one_without_its_exception(tmp_path: Path, way: str) -> None:
    assert _run(tmp_path, _WAYS[way]) == (130, "", LINE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("end", "status"), [("sys.exit(0)", 0), ("sys.exit(1)", 1), ("raise assembly.CommandError('no room')", 1)]
)
def test_what_has_ended_is_not_interrupted_any_more(tmp_path: Path, end: str, status: int) -> None:
    body = f"""\
import atexit, threading
atexit.register(interrupt)
threading._register_atexit(interrupt)
{end}
"""
    reported = "readlist: no room\n" if "CommandError" in end else ""
    assert _run(tmp_path, body) == (status, "", reported)


def test_a_command_ends_at_once_when_all_is_done_that_is_waited_for() -> None:
    program = """\
import atexit, sys, threading
import readlist.cli
atexit.register(lambda: print("at the end"))
if sys.argv.pop() == "working":
    threading.Thread(target=lambda: (threading.main_thread().join(), print("worked"))).start()
sys.path.append(type("Slow", (), {"__del__": lambda self: print("taken down")})())
readlist.cli.main()
"""
    found = {}
    for work in ("idle", "working"):
        command = [sys.executable, "-c", program, "--version", work]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
        found[work] = done.stdout.splitlines()[1:]
    assert found == {"idle": ["at the end"], "working": ["worked", "at the end", "taken down"]}


@pytest.mark.slow
def test_an_interrupt_that_ends_the_last_work_of_the_screen_is_not_one_of_the_process(tmp_path: Path) -> None:
    body = """\
import threading
from readlist.cli.start_screen import finish_work
threading.Thread(target=threading.Event().wait, name="readlist-work_0", daemon=True).start()
ending = threading.Timer(0.7, lambda: os.kill(os.getpid(), signal.SIGINT))
ending.daemon = True
ending.start()
finish_work(["Fetching"])
raise assembly.CommandError("no room")
"""
    status, _, reported = _run(tmp_path, body)
    assert status == 1
    assert [line.partition(";")[0] for line in reported.splitlines()[1:]] == [
        "readlist: fetching: stopped",
        "readlist: no room",
    ]


@pytest.mark.slow
def test_a_library_is_not_rebuilt_after_an_interrupt(tmp_path: Path) -> None:
    body = """\
with suppress(KeyboardInterrupt):
    interrupt()
assembly.rebuild_library(Path("library.db"))
"""
    assert _run(tmp_path, body) == (130, "", LINE)


@pytest.mark.slow
def test_a_process_that_ignores_interrupts_goes_on(tmp_path: Path) -> None:
    line = f"trap '' INT; exec {sys.executable} -m readlist import -"
    with subprocess.Popen(
        ["sh", "-c", line],
        env={**os.environ, "READLIST_HOME": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        _wait_for_library(tmp_path)
        process.send_signal(signal.SIGINT)
        reported = process.communicate("@misc{a, title={A paper about pipes}}")[0]
    assert process.returncode == 0
    assert "1 new" in reported


@pytest.mark.slow
def test_a_command_that_is_interrupted_says_so_in_one_line(tmp_path: Path) -> None:
    with _import(tmp_path) as process:
        _wait_for_library(tmp_path)
        process.send_signal(signal.SIGINT)
        reported = process.stderr.read() if process.stderr else ""
    assert (process.returncode, reported) == (130, LINE)


def _import(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "readlist", "import", "-"],
        env={**os.environ, "READLIST_HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _wait_for_library(home: Path) -> None:
    end = time.monotonic() + 60
    while not (home / "library.db-wal").exists() and time.monotonic() < end:
        time.sleep(0.02)
