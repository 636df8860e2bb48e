"""What a machine is called in the marks made on it."""

from __future__ import annotations

import os
from functools import cache
from hashlib import sha256
from pathlib import Path

_MACHINE_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


def device_name(state: Path) -> str:
    """Return eight hexadecimal digits that stay the same for one state file on one machine.

    The name doesn't come from the state file, since that may be carried from machine to machine. It tells nothing
    of the machine: it is cut from a hash.
    """
    return sha256(f"readlist {_machine()} {state}".encode(errors="surrogatepass")).hexdigest()[:8]


@cache
def _machine() -> str:
    """Return what tells this machine from others: the system's own id, else its network card's, else its name."""
    for path in _MACHINE_FILES:
        try:
            if found := path.read_text("ascii").strip():
                return f"{found} {host_name()}"
        except (OSError, ValueError):
            continue
    from uuid import getnode

    card = getnode()
    # A number with this bit was made up, and will be another one next time.
    return host_name() if card >> 40 & 1 else f"{card:x}"


def host_name() -> str:
    """Return what people call this machine, empty if that is not known."""
    if hasattr(os, "uname"):
        return os.uname().nodename
    return os.environ.get("COMPUTERNAME", "")
