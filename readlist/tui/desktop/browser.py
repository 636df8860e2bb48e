"""The browser: opening addresses of the web, with nothing drawn on the screen."""

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

# What no address needs as it is, and shells, PowerShell (`wslview`) and D-Bus starters give a meaning.
_SHELLED = re.compile(r"""["'`$<>^{|}\\]""")
_WEBBROWSER = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"


async def open_url(url: str, *, sure: bool = False, environ: Mapping[str, str] | None = None) -> str:
    """Open an address in the browser; returns what was in the way, empty if nothing is known to be.

    Nothing is drawn on the screen, and nothing but http and https is opened. No shell reads the address here; the
    characters by which one behind a starter of browsers could be led astray are percent-encoded.

    Args:
        url: absolute address.
        sure: whether the user was told where it leads, and wants it nevertheless; see `readlist.text.host`.
        environ: the environment that says what is here; the process's own if None.
    """
    environ = dict(os.environ if environ is None else environ)
    if problem := _wrong_address(url):
        return problem
    warning = host_of(url).warning
    if warning and not sure:
        return f"Not opened: {warning}."
    command = _browser(_SHELLED.sub(lambda found: quote(found[0]), url), environ)
    if not command:
        return f"No display {here(environ)}to open a browser on; copy the address instead."
    return await asyncio.to_thread(_opened, command, environ)


def _wrong_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "This is no web address."
    if parts.scheme.lower() not in ("http", "https") or not host:
        return "Only http and https addresses are opened."
    return "The address holds blanks or control characters." if not url.isprintable() or " " in url else ""


def _browser(url: str, environ: Mapping[str, str]) -> list[str]:
    """Return the command that opens a browser here; empty where it would have no display."""
    path = environ.get("PATH", os.defpath)
    if not environ.get("BROWSER"):
        if sys.platform in ("win32", "darwin") or is_wsl():
            if is_remote(environ):
                return []
        elif not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
            # Without a display a text browser would be taken, and take the screen.
            return []
        # Asked directly, they say whether they found a browser; Python's module doesn't.
        for program in ("wslview", "xdg-open") if sys.platform == "linux" else ():
            if shutil.which(program, path=path):
                return [program, url]
    return [sys.executable, "-I", "-S", "-c", _WEBBROWSER, url]


def _opened(command: Sequence[str], environ: Mapping[str, str]) -> str:
    nowhere = subprocess.DEVNULL
    try:
        browser = subprocess.Popen(
            command, stdin=nowhere, stdout=nowhere, stderr=nowhere, env=environ, start_new_session=True
        )
    except (OSError, ValueError) as error:
        return f"No browser could be started: {getattr(error, 'strerror', None) or error}."
    try:
        return "No browser could be started." if browser.wait(DEADLINE) else ""
    except subprocess.TimeoutExpired:
        # Some starters run as long as their browser does. Somebody has to be there when it ends.
        threading.Thread(target=browser.wait, daemon=True).start()
        return ""
