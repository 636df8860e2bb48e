"""The desktop around the terminal, and the environment: the user's own machine, SSH, Windows' Linux."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from pathlib import Path

DEADLINE = 2.0
"""Seconds after which a helper that does not answer is killed."""


def here(environ: Mapping[str, str]) -> str:
    """Return words for a sentence that say where this is; empty on the user's own machine."""
    return "in this SSH session " if is_remote(environ) else ""


def is_remote(environ: Mapping[str, str]) -> bool:
    """Return whether this is an SSH session."""
    return any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))


@functools.cache
def is_wsl() -> bool:
    """Return whether this is Linux inside Windows."""
    try:
        return sys.platform == "linux" and "microsoft" in Path("/proc/version").read_text().lower()
    except OSError:
        return False
