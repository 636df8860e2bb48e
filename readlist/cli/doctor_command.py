"""`readlist doctor`: files, versions, counts, feeds, integrity, clipboard and terminal checked and repaired."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from typing import Any

import click

from readlist import __version__
from readlist.cli.assembly import find_paths, load_settings, opened_shelf, rebuild_library
from readlist.cli.crash import version_of
from readlist.cli.options import examples, json_option
from readlist.cli.output import CommandError, echo, echo_json, say
from readlist.cli.start_screen import screen_settings
from readlist.config import ConfigError
from readlist.files import is_set_aside
from readlist.paths import Paths
from readlist.shelf import LibraryError
from readlist.text.clean import counted

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")

Report = dict[str, dict[str, Any]]

_HEADINGS = {"paths": "files", "counts": "library", "kept aside": "quarantined files"}
"""What a heading of the report is in print, if not itself."""


@click.command("doctor", epilog=examples("readlist doctor", "readlist doctor --repair"))
@json_option()
@click.option("--repair", "repaired", is_flag=True, help="Repair what can be repaired first; nothing is lost")
def doctor(as_json: bool, repaired: bool) -> None:
    """Check files, settings and library for problems."""
    if repaired:
        for line in repair(find_paths()):
            echo(line, err=as_json)
    report, sound = examine(find_paths())
    if as_json:
        echo_json(report, indent=1)
    else:
        _print(report)
    if not sound:
        sys.exit(1)


def _print(report: Report) -> None:
    """Print the headings and facts, the verdict last."""
    problems = report["integrity"].get("problems", [])
    for heading, facts in report.items():
        if heading != "integrity":
            echo(_HEADINGS.get(heading, heading), "bold")
            for name, value in facts.items():
                for place, line in enumerate(value if isinstance(value, list) else [value]):
                    echo(f"  {'' if place else name:12} {line}")
    for problem in problems or ["ok"]:
        echo(f"integrity: {problem}", "bad" if problems else "good")
    if problems:
        say("hint: fix settings in config.toml; `readlist doctor --repair` repairs library and marks\n")


def examine(paths: Paths) -> tuple[Report, bool]:
    """Check everything; returns headings with facts, and whether there is no problem."""
    from readlist.library.repair import check

    kept = {"settings": paths.settings, "marks": paths.state, "library": paths.library, "mailed": paths.mailed}
    named = {name: f"{path}{'' if path.exists() else ' (not created yet)'}" for name, path in kept.items()}
    report: Report = {"paths": named, "versions": _versions()}
    problems = []
    try:
        screen_settings(paths.settings)
    except ConfigError as error:
        problems.append(str(error))
    try:
        with opened_shelf() as shelf:
            counts = shelf.library.counts()
            report["counts"] = {
                "papers": counts.papers,
                "unread": counts.unread,
                "starred": counts.starred,
                "notes": counts.noted,
                "removed": counts.removed,
            }
            connections = shelf.library.connections
            report["versions"] |= {"sqlite": connections.sqlite_version, "journal": connections.journal}
            problems += check(connections)
            problems += shelf.marks.status().notices
    except CommandError as error:
        problems.append(error.message)
    if aside := _quarantined(paths):
        report["kept aside"] = {"files": aside}
    report["feeds"] = _feeds(paths)
    report["integrity"] = {"problems" if problems else "all": problems or "well"}
    from readlist.tui.desktop.clipboard import clipboard_report

    report["clipboard"] = {"ways": clipboard_report(os.environ)}
    report["terminal"] = _terminal()
    return report, not problems


def repair(paths: Paths) -> list[str]:
    """Repair what can be repaired; returns what was done, a line each.

    The search index is rebuilt from the papers, the whole library where it is damaged; marks missing from the state
    are recovered from backups and quarantined files; lost papers with a star or a note are restored by their titles.
    Damaged files are kept.

    Raises:
        CommandError: it could not be done.
    """
    from readlist.library.repair import check, rebuild_index

    done = []
    with opened_shelf() as shelf:
        try:
            rebuild_index(shelf.library.connections)
            wrong = check(shelf.library.connections)
        except LibraryError as error:
            wrong = [str(error)]
    if wrong:
        with CommandError.instead_of(LibraryError):
            done.append(rebuild_library(paths.library))
    else:
        done.append(f"{paths.library}: rebuilt the search index")
    with opened_shelf() as shelf:
        done += shelf.sync.restore_marks() or [f"{paths.state}: no marks to recover from backups"]
        if restored := shelf.sync.restore_papers():
            done.append(f"restored {counted(restored, 'marked paper')} by title")
    return done


def _quarantined(paths: Paths) -> list[str]:
    """Return the files that were damaged, or merged, and kept."""
    folders = {folder for folder in (paths.state.parent, paths.library.parent) if folder.is_dir()}
    found = (path for folder in folders for path in folder.iterdir() if path.name.startswith(("state", "library.db")))
    return sorted(str(path) for path in found if is_set_aside(path.name) and path.is_file())


def _feeds(paths: Paths) -> dict[str, Any]:
    from readlist.sources.http.endpoints import Sites
    from readlist.text.host import without_user

    try:
        followed = ", ".join(feed.name for feed in load_settings(paths.settings).feeds) or "none"
    except ConfigError:
        followed = "unknown: the settings are wrong"
    try:
        sites = Sites.find(os.environ)
    except ValueError as error:
        return {"followed": followed, "sites": str(error)}
    problem = f", but {sites.token_problem}" if sites.token_problem else ""
    named = {
        "huggingface": without_user(sites.huggingface),
        "arxiv": without_user(sites.arxiv),
        "token": f"set{problem}" if sites.token else "not set",
    }
    proxies = sorted(name for name in os.environ if name.lower() in _PROXIES and os.environ[name])
    return {"followed": followed, **named, "proxy": ", ".join(proxies) or "none"}


def _terminal() -> dict[str, str]:
    size = shutil.get_terminal_size()
    return {
        "TERM": os.environ.get("TERM", "not set"),
        "COLORTERM": os.environ.get("COLORTERM", "not set"),
        "size": f"{size.columns}×{size.lines}",
        "NO_COLOR": "set" if "NO_COLOR" in os.environ else "not set",
    }


def _versions() -> dict[str, str]:
    names = ("textual", "tinydb", "pyperclip", "platformdirs", "httpx2", "feedparser")
    return {"readlist": __version__, "python": platform.python_version(), **{name: version_of(name) for name in names}}
