"""The browser: open web addresses, with nothing drawn on the screen."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

from readlist.text.host import host_of
from readlist.tui.desktop import DEADLINE, here, is_remote, is_wsl

# Characters that shells, PowerShell (`wslview`) and D-Bus starters interpret; no address needs them unencoded.
_SHELL_CHARACTERS = re.compile(r"""["'`$<>^{|}\\]""")
_WEBBROWSER = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"


async def open_url(url: str, *, sure: bool = False, environ: Mapping[str, str] | None = None) -> str:
    """Open an http or https address in the browser; returns why it can't, empty if no reason is known.

    No shell reads the address here; characters that one further on could interpret are percent-encoded.

    Args:
        url: absolute address.
        sure: whether the user confirmed an address that hides where it leads; see `readlist.text.host`.
        environ: the environment; the process's own if None.
    """
    environ = dict(os.environ if environ is None else environ)
    if problem := _wrong_address(url):
        return problem
    warning = host_of(url).warning
    if warning and not sure:
        return f"Not opened: {warning}."
    command = _browser(_SHELL_CHARACTERS.sub(lambda found: quote(found[0]), url), environ)
    if not command:
        return f"No display {here(environ)}for a browser; copy the link instead."
    return await asyncio.to_thread(_open, command, environ)


def _wrong_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "Not a web address."
    if parts.scheme.lower() not in ("http", "https") or not host:
        return "Not an http or https address."
    return "The address has blanks or control characters." if not url.isprintable() or " " in url else ""


def _browser(url: str, environ: Mapping[str, str]) -> list[str]:
    """Return the command that opens a browser here; empty without a display."""
    path = environ.get("PATH", os.defpath)
    if not environ.get("BROWSER"):
        if sys.platform in ("win32", "darwin") or is_wsl():
            if is_remote(environ):
                return []
        elif not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
            # A text browser would take over the screen.
            return []
        # Their exit status says whether there is a browser; Python's module doesn't.
        for program in ("wslview", "xdg-open") if sys.platform == "linux" else ():
            if shutil.which(program, path=path):
                return [program, url]
    return [sys.executable, "-I", "-S", "-c", _WEBBROWSER, url]


def _open(command: Sequence[str], environ: Mapping[str, str]) -> str:
    nowhere = subprocess.DEVNULL
    try:
        browser = subprocess.Popen(
            command, stdin=nowhere, stdout=nowhere, stderr=nowhere, env=environ, start_new_session=True
        )
    except (OSError, ValueError) as error:
        return f"Can't start a browser: {getattr(error, 'strerror', None) or error}."
    try:
        return "Can't start a browser." if browser.wait(DEADLINE) else ""
    except subprocess.TimeoutExpired:
        # Some starters run as long as their browser does, and must be reaped then.
        threading.Thread(target=browser.wait, daemon=True).start()
        return ""
