"""^C while a command runs: one line, status 130, nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def test_a_command_that_is_interrupted_says_so_in_one_line(tmp_path: Path) -> None:
    environment = {**os.environ, "READLIST_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "readlist", "import", "-"]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        end = time.monotonic() + 60
        while not (tmp_path / "library.db-wal").exists() and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        told = process.stderr.read() if process.stderr else ""
    assert (process.returncode, told) == (130, "readlist: interrupted; what was done before is kept\n")
