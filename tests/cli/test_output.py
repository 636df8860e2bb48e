"""What commands print: tables with totals, and progress only where a terminal watches and the work takes long."""

from __future__ import annotations

import io
import shutil
import sys
import time
from pathlib import Path

import pytest

from readlist.cli import output
from readlist.services import Progress
from tests.support.cli import Run
from tests.support.terminal import Terminal


class Screen(io.StringIO):
    """Standard error of a terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def watching(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """A terminal in place of standard error; a fixture's would be replaced by pytest's own."""
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    return screen


def wait_until_drawn(screen: Screen, text: str) -> None:
    for _ in range(6_000):
        if text in screen.getvalue():
            return
        time.sleep(0.01)
    raise AssertionError(screen.getvalue())


def test_a_table_has_a_heading_and_a_total(filled: Run) -> None:
    assert filled("mark", "survey", "--star", "--note", "x").exit_code == 0
    lines = filled("list", "--sort", "title", "--limit", "2", "--format", "table").stdout.splitlines()
    assert lines[0].split() == ["KEY", "TITLE", "DATE"]
    assert lines[1].startswith("title:asurveyof…  ●★✎    A Survey of Surveys") and lines[1].endswith("2026-08-03")
    assert lines[3:] == ["Showing 2 of 3 papers"]
    assert filled("list", "survey", "--format", "table").stdout.splitlines()[2:] == ["1 paper"]


def test_work_that_takes_long_shows_its_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = watching(monkeypatch)
    monkeypatch.setattr(output, "_AFTER", 0.0)
    monkeypatch.setattr(output, "_AGAIN", 0.0)
    with output.ProgressBar() as bar:
        bar.report(Progress(1, 4, "feeds", "HF daily 12 [red]\x1b[31m"))
        wait_until_drawn(screen, "25%")
        bar.clear()
        bar.report(Progress(3, 4, "bytes", "page.html"))
        wait_until_drawn(screen, "75%")
    shown = screen.getvalue()
    assert "HF daily 12 [red]" in shown and "reading page.html" in shown and "\x1b[31mm" not in shown
    assert shown.endswith("\x1b[2K") and shown.count("\x1b[?25l") == shown.count("\x1b[?25h") == 2


_SHOWN_AT_ONCE = """
import sys
from readlist.cli import main, output

class Shown(output.ProgressBar):
    def __enter__(self):
        super().__enter__()
        self._timer.join()
        return self

output._AFTER, output.ProgressBar = 0.0, Shown
sys.argv[0] = "readlist"
main()
"""
"""The program, where every work takes longer than a second."""


def test_export_and_sync_show_their_progress(filled: Run, tmp_path: Path) -> None:
    filled("mark", "survey", "--star")
    other = tmp_path / "other"
    shutil.copytree(tmp_path / "home", other)
    for arguments, text in (
        (("export", "-o", str(tmp_path / "papers.bib")), b"3 of 3 papers"),
        (("sync", str(other)), b"merging"),
    ):
        command = [sys.executable, "-c", _SHOWN_AT_ONCE, *arguments]
        terminal = Terminal(command, {"READLIST_HOME": str(tmp_path / "home")})
        try:
            terminal.wait_for(text)
            assert terminal.process.wait(60) == 0
        finally:
            terminal.close()
    assert (tmp_path / "papers.bib").read_text().count("@") == 3


def test_quick_work_shows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = watching(monkeypatch)
    with output.ProgressBar() as bar:
        bar.report(Progress(1, 4, "feeds", "HF daily"))
    assert screen.getvalue() == ""


def test_into_a_pipe_goes_no_progress(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_AFTER", 0.0)
    with output.ProgressBar() as bar:
        bar.report(Progress(1, 4, "feeds", "HF daily"))
        bar.stored(3)
    assert capsys.readouterr() == ("", "")
