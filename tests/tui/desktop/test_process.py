"""Programs of actions: what they said, why they failed, and that none of them outlasts its time."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from readlist.tui.desktop import process
from readlist.tui.desktop.process import Ended

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses sh")


def sh(script: str, limit: float = 10.0) -> Ended:
    """Run a script."""
    return process.run(["sh", "-c", script], limit)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo added 1 item; echo more", "added 1 item"),
        ("printf '\\n  \\n  late\\n'", "late"),
        ("echo quiet >&2", "quiet"),
        (":", ""),
        ("printf '10%%\\r50%%\\rdone\\r\\n'", "done"),
        ("printf '\\033[31mred\\033[0m \\033]0;title\\007\\033]52;c;QUFB\\007\\342\\200\\256x\\n'", "red x"),
        ("printf '\\377\\376ok'", "\ufffd\ufffdok"),
        ("printf '%0400d' 7", f"{'0' * 199}…"),
        ("yes | head -c 3000000", "y"),
        ("cat; echo read nothing", "read nothing"),
        ("(exec 0<&-; sleep 20) & echo left; exit 0", "left"),
    ],
)
def test_the_first_line_is_what_it_said(script: str, said: str) -> None:
    assert sh(script) == Ended(said)


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("echo out; echo first >&2; echo last >&2; exit 3", "failed with status 3: last"),
        ("echo only; exit 1", "failed with status 1: only"),
        ("exit 127", "failed with status 127"),
        ("kill -SEGV $$", "was killed by SIGSEGV"),
        ("printf 'bad\\033[2J\\033]0;x\\007\\n' >&2; exit 2", "failed with status 2: bad"),
    ],
)
def test_a_failure_is_one_line(script: str, problem: str) -> None:
    assert sh(script).problem == problem


def test_a_program_that_is_missing_or_no_program_is_named(tmp_path: Path) -> None:
    file = tmp_path / "text"
    file.write_text("x")
    assert process.run(["no-such-\x1b[31mprogram"]) == Ended(
        problem="there is no program `no-such-program`", starts=False
    )
    assert process.run([str(file)]).problem == f"can't start `{file}`: Permission denied"
    assert process.start(["no-such-program"]) == "there is no program `no-such-program`"
    assert process.run(["a\0b"]).problem.startswith("can't start `a")


def test_it_has_no_terminal_and_no_input() -> None:
    assert sh("test -t 0 || test -t 1 || (: < /dev/tty) 2> /dev/null || echo none").said == "none"


def test_one_that_hangs_is_killed_with_all_it_started(tmp_path: Path) -> None:
    script = f"trap '' TERM; sleep 60 & echo $! > {tmp_path}/child; echo $$ > {tmp_path}/own; wait; sleep 60"
    began = time.monotonic()
    # A busy machine may take that long to begin.
    for limit in (0.3, 3, 30):
        ended = sh(script, limit)
        if (tmp_path / "own").exists() and (tmp_path / "own").read_text():
            break
    assert time.monotonic() - began < 60
    assert (ended.problem, ended.in_time) == (
        f"stopped after {limit:g} s; with `wait = false`, readlist doesn't wait for it", False,
    )  # fmt: skip
    for name in ("child", "own"):
        number = int((tmp_path / name).read_text())
        for _ in range(6_000):
            try:
                os.kill(number, 0)
                # A child whose parent is gone is reaped by the system, if at all.
                if Path(f"/proc/{number}/stat").read_text().split()[2] == "Z":
                    break
            except (OSError, FileNotFoundError):
                break
            time.sleep(0.01)
        else:
            pytest.fail(f"{name} still runs")


def test_one_that_is_not_waited_for_goes_on(tmp_path: Path) -> None:
    assert process.start(["sh", "-c", f"read x; echo went on > {tmp_path}/done"]) == ""
    for _ in range(6_000):
        if (tmp_path / "done").exists() and (tmp_path / "done").read_text():
            return
        time.sleep(0.01)
    pytest.fail("it did not go on")
