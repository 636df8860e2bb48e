"""What really reaches the terminal: nothing in hostile papers, marks and feeds is a sequence that it would obey."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.query import parse
from readlist.text.host import host_of
from tests.reliability.hostile import DOORS, LINKS, TEXTS, unclean
from tests.support.papers import DAY, make_batch, make_paper, make_shelf

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX"),
]

# What Textual and readlist write: colours, cursor, scrolling, modes, the text of a copy (OSC 52), links (OSC 8), and
# the window's title, of which only a number changes. Nothing else is obeyed.
_OWN = re.compile(
    rb"\x1b\[[0-9;:]*m|\x1b\[\d+(?:;\d+)?H|\x1b\[(?:\d+;\d+)?r|\x1b[DM]|\x1b\[[HK]|\x1b\[\d*[ABCDGJ]|\x1b\[\?[0-9;]+[hl]|\x1b\[\?[0-9;]+\$p|\x1b\[[<>=]\d*u|\x1b\[\?u"
    rb"|\x1b\[c|\x1b\[>0q|\x1b\[18t|\x1b\[14t|\x1b\[16t|\x1b\[6n|\x1b\[>4;[01]m|\x1b\[>4m|\x1b_Gi=\d+[^\x1b]*\x1b\\"
    rb"|\x1b\]22;[a-z-]*(?:\x1b\\|\x07)|\x1b\]52;c;[A-Za-z0-9+/=]*\x07|[\r\n\x07]"
    rb"|\x1b\]8;(?:id=\d+)?;(?:https?://[!-~]*)?(?:\x1b\\|\x07)"
    rb"|\x1b\[2[23];0t|\x1b\]2;readlist(?: \(\d+\))?(?:\x1b\\|\x07)"
)
_HOSTILE_RECORDS = [
    {
        "paper": {
            "id": f"2608.{number:05}",
            "title": f"Number{number} {text}"[:3_000],
            "summary": f"{text[:2_000]} and more of it. " * 3,
            "authors": [{"name": text[:500]}],
            "ai_summary": text[:900],
            "ai_keywords": [text[:80]],
            "githubRepo": f"https://github.com/lab/code{number}" if number % 2 else link[:900],
            "projectPage": link[:900],
            "organization": {"name": text[:90]},
            "upvotes": 99 - number,
        }
    }
    for number, (text, link) in enumerate(zip(TEXTS, LINKS, strict=False))
]


LIST = re.compile(rb"next unread| layout| select| search| undo")
"""In the line of keys of the list, drawn when something else is left, but for letters that stay where they are. It is waited for after an Esc, which is told from the beginning of a sequence by what does not follow."""


class Screen:
    """A command on a terminal of its own, with everything it wrote."""

    def __init__(self, home: Path, *arguments: str, **environ: str) -> None:
        self.master, worker = pty.openpty()
        termios.tcsetwinsize(worker, (36, 120))
        # What goes out is looked at as it is written.
        attributes = termios.tcgetattr(worker)
        attributes[1] &= ~termios.OPOST
        termios.tcsetattr(worker, termios.TCSANOW, attributes)
        self.output = b""
        kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "readlist", *arguments],
            stdin=worker,
            stdout=worker,
            stderr=worker,
            env={**kept, "TERM": "xterm-256color", "READLIST_HOME": str(home), **environ},
            cwd=Path(__file__).parents[2],
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(worker)

    def read(self, seconds: float) -> bool:
        """Take in what is written for some time; tells whether there was anything."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            part = os.read(self.master, 65536)
        except OSError:
            part = b""
        self.output += part
        return bool(part)

    def until(self, expected: str | re.Pattern[bytes], start: int = 0, seconds: float = 60.0) -> None:
        """Take in what is written until a text, or one of several, is among it."""
        wanted = re.compile(re.escape(expected.encode())) if isinstance(expected, str) else expected
        end = time.monotonic() + seconds
        while not wanted.search(self.output, start) and time.monotonic() < end:
            self.read(0.05)
        assert wanted.search(self.output, start), (expected, self.output[-3_000:])

    def press(self, keys: str, expected: str | re.Pattern[bytes] = "") -> None:
        """Type keys, and wait for a text to be written, or else for a moment in which nothing more is."""
        start = len(self.output)
        os.write(self.master, keys.encode())
        if expected:
            self.until(expected, start)
        while self.read(0.08):
            continue

    def end(self) -> int:
        """Take in everything up to the end of the command; returns its status."""
        end = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.05)
        while self.read(0.0):
            continue
        status = self.process.wait(timeout=60)
        os.close(self.master)
        return status

    def check(self) -> int:
        """Assert that nothing but readlist's own sequences was written; returns how many bytes were."""
        rest = _OWN.sub(b"", self.output).decode("utf-8", "surrogateescape")
        wrong = unclean(rest)
        at = next((place for place, letter in enumerate(rest) if unclean(letter)), 0)
        assert not wrong, (wrong, ascii(rest[max(0, at - 60) :][:120]))
        for copied in re.findall(rb"\x1b\]52;c;([^\x07\x1b]*)", self.output):
            assert not unclean(base64.b64decode(copied, validate=True).decode(), lines=True), copied
        for address in re.findall(rb"\x1b\]8;[^;]*;([^\x07\x1b]+)[\x07\x1b]", self.output):
            assert not host_of(address.decode()).warning, address
        return len(self.output)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with hostile papers, marks, feeds and views in it."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "days.json").write_text(json.dumps(_HOSTILE_RECORDS), encoding="utf-8")
    for number, data in enumerate(DOORS["feed"][:12]):
        (folder / f"feed{number}.xml").write_bytes(data)
    (folder / "config.toml").write_text(
        'refresh = "never"\n[[feeds]]\nname = "Lab [red]x[/] [@click=app.quit]"\nkind = "rss"\n'
        'query = "https://lab.org/[b]feed"\n[[views]]\nname = "V [b]x[/b] [/]"\nquery = "title:number"\n',
        encoding="utf-8",
    )
    # What no door lets in: a library and marks from another hand.
    shelf = make_shelf(folder)
    papers = [
        make_paper(500 + number, key=f"title:x{number}{text[:50]}", arxiv="", title=f"Own{number} {text[:500]}", doi="",
                   abstract=text[:900], authors=(text[:90],), organization=text[:50], keywords=(text[:50],))
        for number, text in enumerate(TEXTS) if not any("\ud800" <= letter <= "\udfff" for letter in text)
    ]  # fmt: skip
    shelf.papers.add(make_batch(papers, feed=f"Feed {TEXTS[0]}{TEXTS[3]}", day=DAY))
    shelf.sync.catch_up()
    for entry, text in zip(shelf.papers.entries(shelf.papers.select(parse("title:own*"), "feed")), TEXTS, strict=False):
        shelf.marks.apply(
            [entry], note=text.encode("utf-8", "replace").decode(), label=text.encode("utf-8", "replace").decode()
        )
    shelf.close()
    yield folder


def test_the_command_line_writes_nothing_that_a_terminal_obeys(home: Path) -> None:
    total = commands = 0
    files = [str(home / "days.json"), *(str(home / f"feed{number}.xml") for number in range(12))]
    for arguments in (
        ["import", *files],
        ["list"],
        ["list", "--json"],
        ["undo"],
        ["mark", "2608.00003", "--note", "".join(TEXTS[:9]).replace("\0", "").encode("utf-8", "replace").decode()],
        ["mark", "is:unread", "--star", "--dry-run"],
        ["show", "2608.00003"],
        ["show", "2608.00003", "--json"],
        ["export"],
        ["feeds"],
        ["fetch", "nothing\x1b]0;x\x07\x9b31m"],
        ["doctor"],
        ["undo"],
    ):
        screen = Screen(home, *arguments, COLORTERM=TEXTS[3], LC_ALL="C.UTF-8")
        assert screen.end() in (0, 1, 2)
        assert b"Traceback" not in screen.output, screen.output[-2_000:]
        total += screen.check()
        commands += 1
    print(f"command line: {commands} commands on a terminal, {total:,} bytes, none obeyed")


def test_the_screen_writes_nothing_that_a_terminal_obeys_but_its_own(home: Path) -> None:
    screen = Screen(home, COLORTERM="truecolor")
    screen.until("Inbox")
    screen.press("2", "All")
    for _ in range(5):
        screen.press("jjjjj")
    screen.press("G")
    screen.press("y", "Did it arrive?")
    screen.press("\x1b", LIST)
    screen.press("g")
    screen.press("o")
    screen.press("O")
    screen.press("Y", "Copy")
    screen.press("\x1b", LIST)
    screen.press("?", "undo")
    screen.press("\x1b", LIST)
    screen.press("F", "Lab [red]x[/]")
    screen.press("\x1b", LIST)
    screen.press("e")
    screen.press("typed\x1b", LIST)
    screen.press("u", "ndo")
    screen.press("/title:\u202e\x9b31m\x1b", LIST)
    screen.press("q")
    assert screen.end() == 0, screen.output[-2_000:]
    assert b"Traceback" not in screen.output
    assert b"\x1b]0;" not in screen.output
    print(f"screen: {screen.check():,} bytes, none obeyed but readlist's own")
