"""What is printed when the screen is left: what was decided in this session, once, if anything was."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from readlist.cli.start_screen import print_summary
from tests.support.home import fill_home
from tests.support.papers import Clock, make_batch, make_paper, make_shelf
from tests.support.terminal import ESCAPE, ReadlistTerminal


@pytest.mark.parametrize(
    ("settings", "keys", "left"),
    [
        ("", "sxxe", "3 decided · 1 ★ · 1 ✎"),
        pytest.param("", "xu", "", marks=pytest.mark.slow),
        pytest.param("quiet = true\n", "sx", "", marks=pytest.mark.slow),
        pytest.param("ascii = true\n", "sx", "1 decided - 1 starred", marks=pytest.mark.slow),
    ],
)
def test_the_shell_has_one_line(tmp_path: Path, settings: str, keys: str, left: str) -> None:
    fill_home(tmp_path)
    (tmp_path / "config.toml").write_text(f'refresh = "never"\n{settings}', encoding="utf-8")
    terminal = ReadlistTerminal(tmp_path)
    try:
        terminal.shows("Inbox 30")
        for key in keys:
            terminal.type(key)
        if "e" in keys:
            terminal.type(f"mine{ESCAPE}")
            terminal.shows("Notes 1")
        elif keys == "xu":
            terminal.shows("Undone")
        else:
            terminal.shows("Inbox 29")
        status, said, _ = terminal.leave()
        assert status == 0 and said.strip() == left
    finally:
        terminal.close()


def test_nothing_is_printed_where_nobody_reads_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    shelf = make_shelf(tmp_path, clock)
    shelf.papers.add(make_batch([make_paper(1)]))
    entry = shelf.papers.entry(make_paper(1).key)
    assert entry is not None
    shelf.marks.apply([entry], read=True)[1].result(60)
    assert shelf.marks.tally(clock.now - timedelta(hours=1)).decided == 1
    print_summary(shelf, clock.now - timedelta(hours=1), ascii_only=False)
    assert capsys.readouterr().out == ""
    shelf.close()
