"""An X server without a screen, for what needs a desktop's clipboard."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess

import pytest

PATH = os.environ.get("PATH", os.defpath)


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skip a test where programs are not installed."""
    missing = [program for program in programs if not shutil.which(program)]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


class Server:
    """An X server of the test's own, without a screen."""

    def __init__(self) -> None:
        # Two servers that start at once may choose the same number; one of them ends then.
        for _ in range(5):
            here, there = os.pipe()
            self.process = subprocess.Popen(
                ["Xvfb", "-displayfd", str(there), "-screen", "0", "64x64x8", "-nolisten", "tcp"],
                pass_fds=[there],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            os.close(there)
            with os.fdopen(here) as number:
                self.display = f":{number.readline().strip()}"
            if self.display != ":":
                return
            self.process.wait()
        pytest.fail("Xvfb did not start")

    @property
    def environ(self) -> dict[str, str]:
        """What a program needs to find the server."""
        return {"PATH": PATH, "DISPLAY": self.display}

    def stop(self) -> None:
        """End it, even if it was stopped."""
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        self.process.wait()

    def clipboard(self) -> str:
        """Return the text in its clipboard."""
        command = ["xclip", "-selection", "clipboard", "-o"]
        run = subprocess.run(command, env=self.environ, capture_output=True, timeout=60, check=True)
        return run.stdout.decode()
