"""What a start pays for: the modules that each command and the screen load, in processes of their own.

The tables are exact: who loads less takes the name away here, who loads more finds another way or says so here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.cli.command_table import COMMANDS as COMMAND_TABLE
from readlist.exports.formats import FORMATS
from tests.support.cli import PAPERS, page
from tests.support.depth import slow
from tests.support.feeds import answer, entry, record
from tests.support.home import PAPERS as PAPERS_AT_HOME
from tests.support.home import fill_home, title
from tests.support.http import Serving
from tests.support.terminal import ROOT, Terminal

HEAVY = {
    "asyncio", "bibtexparser", "click", "click.shell_completion", "concurrent.futures", "csv", "difflib", "email",
    "feedparser", "filelock", "html", "httpx2", "importlib.metadata", "keyring", "logging", "platformdirs",
    "pylatexenc", "pyperclip", "readlist.exports.bibtex", "readlist.library.paper_writer", "readlist.marks.database",
    "readlist.match", "readlist.services.notes_folder", "readlist.shelf.hindsight", "readlist.shelf.match_shelf",
    "readlist.shelf.similar_shelf", "readlist.sources.http.client", "readlist.sources.page", "readlist.text.latex",
    "readlist.text.links", "readlist.tui.app", "rich", "smtplib", "socket", "ssl", "textual", "textual.command",
    "textual.document", "textual.widgets._input", "textual.widgets._option_list", "textual.widgets._text_area",
    "tinydb", "tomlkit", "tomllib", "xml", "yaml",
}  # fmt: skip
"""What takes its time; other modules don't matter here."""

_TEXT = {"html", "readlist.text.links"}
_CSV = {"csv"} if sys.version_info < (3, 14) else set()
"""What `importlib.metadata` loads up to Python 3.13."""

_READING = _TEXT | {"readlist.library.paper_writer"}
_FILES = _READING | {"csv"}
_LATEX = {"logging", "pylatexenc", "readlist.text.latex"}
_LOCK = {"filelock", "socket"} if os.name == "nt" else set()
"""Elsewhere a lock that is free is taken without a library."""

_MARKS = _LOCK | {"concurrent.futures", "logging", "readlist.marks.database", "tinydb"}
_NETWORK = _CSV | {"email", "httpx2", "importlib.metadata", "logging", "readlist.sources.http.client", "socket", "ssl"}
_FEEDS = {"email", "feedparser", "socket", "ssl", "xml"}
_BROWSER = {"asyncio", "concurrent.futures", "logging", "socket", "ssl"}
_SIMILAR = {"readlist.match", "readlist.shelf.similar_shelf"}
_MATCH = {"readlist.match", "readlist.shelf.match_shelf"}
_DIGEST = {"email", "smtplib", "socket", "ssl", "tomllib"}

COMMANDS: dict[str, set[str]] = {
    "--version": set(),
    "--help": set(),
    "list": set(),
    "list sparse -starred": set(),
    "list --json": set(),
    "list sort:match --json": _MATCH,
    "list like:2608.00003": _SIMILAR,
    "show 2608.00003": set(),
    "show 2608.00003 --json": set(),
    "open 2608.00003": _BROWSER,
    "open 2608.00003 --pdf": _BROWSER,
    "copy 2608.00003": _BROWSER | {"tomllib"},
    "copy 2608.00003 --what bibtex": _BROWSER | _TEXT | _LATEX | {"bibtexparser", "tomllib"},
    "mark sparse --star": _MARKS,
    "remove sparse": _MARKS,
    "undo": _MARKS,
    "import page.txt": _FILES | _MARKS | {"readlist.sources.page", "readlist.text.latex"},
    "import papers.json": _FILES,
    "import feed.xml": _FILES | _FEEDS | _MARKS,
    "import library.bib": _FILES | _LATEX | _MARKS | {"bibtexparser"},
    # The home has a starred paper on arXiv, which is asked about.
    "fetch": _READING | _NETWORK | _FEEDS | {"tomllib"},
    "fetch {url}/feed.xml": _READING | _NETWORK | _FEEDS | {"tomllib"},
    "add 2608.00009": _READING | _NETWORK,
    "export --format bibtex": _TEXT | _LATEX | {"bibtexparser"},
    "export --format ris": _TEXT,
    "export --format csl": _TEXT,
    "export --format csv": {"csv"},
    "export --format json": set(),
    "export --format jsonl": set(),
    "export --format keys": set(),
    "export --format markdown -o notes": _TEXT | {"csv", "difflib", "readlist.services.notes_folder", "yaml"},
    "digest": _DIGEST,
    "digest --format html": _DIGEST,
    "sync other.json": _MARKS,
    "feeds": {"rich", "tomllib"},
    "doctor": _CSV
    | {
        "asyncio",
        "concurrent.futures",
        "email",
        "importlib.metadata",
        "logging",
        "socket",
        "ssl",
        "tomllib",
    },
    "doctor --match": _MATCH | {"readlist.shelf.hindsight"},
    "help": set(),
    "help search": set(),
    "completion bash": {"click.shell_completion"},
}
"""What a command may load, besides `click`."""

QUICK = {"--help", "list", "mark sparse --star", "import papers.json", "fetch"}
"""Commands that are tried in every run; the others in slow ones."""

SCREEN = {
    "asyncio", "concurrent.futures", "difflib", "logging", "platformdirs", "readlist.tui.app", "rich", "socket",
    "textual", "tomllib",
}  # fmt: skip
"""What is loaded when the first papers can be seen."""

USES = {
    "import readlist.cli.command_table": {
        "json", "msgspec", "readlist.config", "readlist.files", "readlist.library", "readlist.services",
        "shutil", "sqlite3",
    },
    "from readlist.cli import list_command, mark_command, remove_command, show_command": {
        "readlist.config", "readlist.library", "readlist.marks", "readlist.query", "readlist.shelf", "sqlite3",
    },
    "from readlist.cli.command_table import readlist; readlist.get_command(None, 'mark')": {"typing_extensions"},
    "from readlist.cli import completion_command": {
        "readlist.config", "readlist.library", "readlist.query", "readlist.shelf", "sqlite3",
    },
    "import readlist.shelf": {
        "calendar", "hashlib", "locale", "readlist.config", "readlist.marks.state.merge", "readlist.shelf.placement",
        "readlist.text.titles", "shutil", "tinydb",
    },
    "from readlist.sources.sites import huggingface, rss": {
        "feedparser", "readlist.sources.formats.byline", "readlist.sources.formats.syndication", "readlist.text.dates",
    },
    "from readlist.sources.sites import arxiv": {"feedparser", "readlist.sources.formats.syndication"},
    "from readlist.config import load; load(Path('none'))": {"difflib", "tomlkit", "tomllib"},
    "import readlist.library.library": {
        "difflib", "readlist.library.duplicates", "readlist.library.paper_writer", "readlist.text.links", "textual",
    },
    "from readlist.marks.store import MarkStore; MarkStore(Path('none/state.json')).stamp()": {
        "concurrent.futures", "filelock", "hashlib", "json", "tinydb",
    },
    "import readlist.paths": {"platformdirs"},
    "from readlist.paths import Paths; Paths.find({'READLIST_HOME': 'x'})": {"platformdirs"},
    "from readlist.sources.sites import arxiv, huggingface, lookup, rss": {"readlist.sources.page"},
    "from readlist.sources.http import client, endpoints; client.Http(endpoints.Sites()).close()": {
        "httpx2", "socket", "ssl",
    },
    "from readlist.text.clean import readable; readable('x')": {"pylatexenc"},
}  # fmt: skip
"""What the use of a part does not load."""

_FEED = """<rss version="2.0"><channel><title>Lab</title><item><title>A Kettle That Sings</title>
<link>https://lab.example/1</link><description>We sing.</description></item></channel></rss>"""
_DRAWN = b"\x1b[1;1H"
_PAINT = """\
import sys, readlist.cli

def painted(path=sys.argv.pop()):
    with open(path, "w") as file:
        file.write("\\n".join(sys.modules))

readlist.cli.collect_from_now = painted
readlist.cli.main()
"""
"""readlist, which tells in a file what is loaded when the first papers can be seen."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill_home(tmp_path)
    return tmp_path


@pytest.fixture
def server() -> Iterator[Serving]:
    with Serving() as serving:
        serving.json("/api/daily_papers", [record(7)])
        serving.json("/api/papers/2608.00009", record(9)["paper"])
        serving.route("/api/query", lambda request: answer(entry(9)))
        serving.file("/feed.xml", _FEED.encode(), "application/rss+xml")
        yield serving


def heavy(modules: str) -> set[str]:
    return HEAVY & {line.rpartition("|")[2].strip() for line in modules.splitlines()}


@pytest.mark.parametrize("command", [*sorted(QUICK), *slow(*sorted(COMMANDS.keys() - QUICK))])
def test_a_command_loads_what_it_needs(command: str, home: Path, server: Serving) -> None:
    (home / "page.txt").write_text(page(*PAPERS), encoding="utf-8")
    (home / "papers.json").write_text(json.dumps([record(8)]), encoding="utf-8")
    (home / "feed.xml").write_text(_FEED, encoding="utf-8")
    (home / "library.bib").write_text("@misc{a, title = {A Kettle Sings}, year = 2020}", encoding="utf-8")
    (home / "other.json").write_bytes((home / "state.json").read_bytes())
    (home / "config.toml").write_text('[[feeds]]\nname = "HF"\nkind = "huggingface"\nquery = "daily"\n')
    # What stands in for a browser, and for tmux, which takes a copy.
    (home / "tmux").write_text("#!/bin/sh\ncat > /dev/null\n")
    (home / "tmux").chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "readlist", *command.format(url=server.url).split()],
        env={
            **os.environ, "READLIST_HOME": str(home), "PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1",
            "HF_ENDPOINT": server.url, "ARXIV_ENDPOINT": server.url, "BROWSER": "true", "TMUX": "x,1,0",
            "PATH": f"{home}{os.pathsep}{os.environ['PATH']}",
        },
        cwd=home, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert sorted(heavy(done.stderr)) == sorted(COMMANDS[command] | {"click"})


def test_the_screen_loads_what_it_needs_for_the_first_papers(home: Path, tmp_path: Path) -> None:
    loaded = tmp_path / "loaded"
    terminal = Terminal([sys.executable, "-c", _PAINT, str(loaded)], {"READLIST_HOME": str(home)})
    try:
        for _ in range(500):
            terminal.read(0.02)
            if loaded.exists() and loaded.stat().st_size:
                break
        terminal.type("q")
        assert sorted(heavy(loaded.read_text())) == sorted(SCREEN)
    finally:
        terminal.close()


def test_the_screen_is_drawn_whole_at_first(home: Path) -> None:
    terminal = Terminal([sys.executable, "-m", "readlist"], {"READLIST_HOME": str(home)})
    try:
        # Where a drawing ends.
        terminal.wait_for(_DRAWN)
        terminal.type("q")
        drawn, _, _ = terminal.output.partition(_DRAWN)
        # The bars, a row, and of the detail, where upvotes have a sign, an address.
        texts = ("readlist", "help", title(PAPERS_AT_HOME - 1), "▲", "arxiv.org/abs/")
        assert [text for text in texts if text.encode() not in drawn] == []
    finally:
        terminal.close()


def test_modules_that_the_screen_spares_are_loaded_for_who_needs_them() -> None:
    code = """
import sys
from readlist.cli.spared_modules import spared_modules
with spared_modules():
    import readlist.tui.app
spared = {"ssl", "textual.command"}
assert not spared & sys.modules.keys()
import ssl, textual.command
from textual.system_commands import SystemCommandsProvider
assert ssl.create_default_context().check_hostname
assert issubclass(SystemCommandsProvider, textual.command.Provider)
with spared_modules():
    assert spared <= sys.modules.keys() and sys.modules["ssl"] is ssl
assert spared <= sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_every_command_and_export_format_has_a_row() -> None:
    assert set(COMMAND_TABLE) <= {row.split()[0] for row in COMMANDS}
    assert set(FORMATS) <= {row.split()[2] for row in COMMANDS if row.startswith("export --format")}


@pytest.mark.parametrize("use", USES)
def test_a_part_does_not_load_what_others_need(use: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; from pathlib import Path; {use}; print(*sys.modules, sep='\\n')"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert not USES[use] & set(done.stdout.split())
    assert not list(tmp_path.iterdir())
