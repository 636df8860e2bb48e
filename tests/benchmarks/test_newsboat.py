"""newsboat beside readlist with the same RSS feed, both on a terminal; by hand: pytest tests/benchmarks.

newsboat (Debian's package of this name) reads a feed from a file into its own SQLite database, as readlist does.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from contextlib import closing
from html import escape
from pathlib import Path

import pytest

from tests.benchmarks.corpus import corpus
from tests.benchmarks.figure import Figure, Table
from tests.benchmarks.meter import Metered, compiled
from tests.benchmarks.stocked_home import PAPERS

_WORD = "fufution"
_CURSOR, _NEWSBOAT_ROW = "▌".encode(), b"1# "
_CONFIG = """\
max-items 0
auto-reload no
notify-screen no
bind-key j down
articlelist-format "%i# %t"
"""
_MOST = 4_000
"""Papers of the feed at most: of a longer one, readlist skips the rest, and says so."""

_STARTS, _STEPS, _SEARCHES = 5, 20, 3
_SEARCHED = {"newsboat": 3.0, "readlist": 0.4}
"""Seconds without output after which a search has ended: newsboat says that it searches, then is silent."""


def write_feed(path: Path, papers: int) -> None:
    """Write an RSS feed of made-up papers."""
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Lab</title>\n')
        file.write("<link>https://lab.example/</link><description>Papers</description>\n")
        for paper, announcement in corpus(papers):
            file.write(
                f"<item><title>{escape(paper.title)}</title><link>https://arxiv.org/abs/{paper.arxiv}</link>"
                f'<guid isPermaLink="false">{paper.arxiv}</guid>'
                f"<pubDate>{announcement.day:%a, %d %b %Y} 00:00:00 +0000</pubDate>"
                f"<description>{escape(paper.abstract)}</description></item>\n"
            )
        file.write("</channel></rss>\n")


class Newsboat:
    """newsboat with one feed."""

    def __init__(self, folder: Path, feed: Path) -> None:
        (folder / "urls").write_text(f"file://{feed}\n")
        (folder / "config").write_text(_CONFIG)
        self._arguments = ["-q", "-c", f"{folder}/cache.db", "-u", f"{folder}/urls", "-C", f"{folder}/config"]

    def read_feed(self) -> float:
        """Return the milliseconds of reading the feed."""
        begin = time.perf_counter()
        subprocess.run(["newsboat", *self._arguments, "-x", "reload"], check=True, stdout=subprocess.DEVNULL)
        return (time.perf_counter() - begin) * 1_000

    def start(self) -> tuple[Metered, float]:
        """Return newsboat with the list of the feed's entries shown, and the milliseconds that took."""
        terminal = Metered(self._arguments, program="newsboat")
        terminal.until(b"Your feeds")
        terminal.type("\r")
        return terminal, terminal.until(_NEWSBOAT_ROW)


class Readlist:
    """readlist with one feed."""

    def __init__(self, folder: Path, feed: Path) -> None:
        (folder / "config.toml").write_text('feeds = []\nrefresh = "never"\n')
        self._environ = {"READLIST_HOME": str(folder)}
        self._feed = feed

    def read_feed(self) -> float:
        """Return the milliseconds of importing the feed."""
        begin = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "readlist", "import", str(self._feed)],
            check=True,
            stdout=subprocess.DEVNULL,
            env=compiled(self._environ),
        )
        return (time.perf_counter() - begin) * 1_000

    def start(self) -> tuple[Metered, float]:
        """Return readlist with the list of papers shown, and the milliseconds that took."""
        terminal = Metered(["-m", "readlist"], self._environ, first=_CURSOR)
        return terminal, terminal.until(_CURSOR)


def used(program: Newsboat | Readlist, search: str) -> dict[str, list[float]]:
    """Start a program some times, move, search, and return what each took."""
    taken: dict[str, list[float]] = {"start": [], "j": [], "search": [], "memory": []}
    for _ in range(_STARTS):
        terminal, started = program.start()
        taken["start"].append(started)
        with closing(terminal):
            terminal.settle()
            if len(taken["start"]) < _STARTS:
                continue
            taken["j"] = [terminal.press("j").all for _ in range(_STEPS)]
            for _ in range(_SEARCHES):
                terminal.press("/")
                quiet = _SEARCHED["newsboat" if isinstance(program, Newsboat) else "readlist"]
                taken["search"].append(terminal.press(search, quiet=quiet).all)
                terminal.press("q" if isinstance(program, Newsboat) else "\x1b", quiet=1.0)
            taken["memory"] = [terminal.resident]
    return taken


def test_beside_newsboat(table: Table, tmp_path: Path) -> None:
    if not shutil.which("newsboat"):
        pytest.skip("newsboat is not installed")
    feed = tmp_path / "feed.xml"
    papers = min(PAPERS, _MOST)
    write_feed(feed, papers)
    (tmp_path / "newsboat").mkdir()
    (tmp_path / "readlist").mkdir()
    newsboat, readlist = Newsboat(tmp_path / "newsboat", feed), Readlist(tmp_path / "readlist", feed)
    table.add(
        Figure(
            f"import of an RSS feed of {papers:,}", [readlist.read_feed()], [newsboat.read_feed()], beside="newsboat"
        )
    )
    theirs, ours = used(newsboat, f"{_WORD}\r"), used(readlist, _WORD)
    for name, figure, unit in (
        ("start", f"start → list, RSS feed of {papers:,}", "ms"),
        ("j", "`j` → all repainted", "ms"),
        ("search", f"search of `{_WORD}` → all found", "ms"),
        ("memory", "resident memory", "MB"),
    ):
        table.add(Figure(figure, ours[name], theirs[name], beside="newsboat", unit=unit))
