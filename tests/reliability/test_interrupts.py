"""Whether ^C ends a command in one line at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

LINE = "readlist: interrupted; what was done so far is kept\n"
COMMANDS = {
    "import": ["import", "-"],
    "mark": ["mark", "title:paper", "--star", "--note", "read on Sunday"],
}
PAPERS = "\n".join(f"@misc{{a{number}, title={{Paper {number} on $\\alpha$}}}}" for number in range(100))


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_interrupted_at_any_moment_or_has_ended(tmp_path: Path, name: str) -> None:
    moments = random.Random(7)
    environment = {**os.environ, "READLIST_HOME": str(tmp_path)}
    ask = [sys.executable, "-m", "readlist"]
    subprocess.run([*ask, "import", "-"], input=PAPERS, text=True, env=environment, check=True, capture_output=True)
    for _ in range(50):
        with subprocess.Popen(
            [*ask, *COMMANDS[name]],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            time.sleep(moments.uniform(0.0, 0.6))
            process.send_signal(signal.SIGINT)
            reported = process.stderr.read() if process.stderr else ""
        early = _before_readlist(process.returncode, reported)
        assert early or (process.returncode, reported) in [(130, LINE), (0, "")], reported
    assert not list(tmp_path.glob("crash-*"))


def _before_readlist(status: int, reported: str) -> bool:
    """Tell whether ^C came before readlist was reached, by what only Python itself says of it.

    It ends with its own traceback or without a word, or loses the interrupt in a callback of an import and says so;
    readlist raises one that was lost again, and prints nothing.
    """
    lost = reported.startswith("Exception ignored in: ") and reported.endswith("\nKeyboardInterrupt: \n")
    return "readlist:" not in reported and (status in (-signal.SIGINT, 1) or (status == 0 and lost))
