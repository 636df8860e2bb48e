"""`readlist doctor`: files, versions, counts, feeds, integrity, clipboard and terminal checked and repaired."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import click

from readlist import __version__
from readlist.cli.assembly import find_paths, load_settings, opened_shelf, rebuild_library
from readlist.cli.crash import version_of
from readlist.cli.options import examples, json_option
from readlist.cli.output import CommandError, WrongUsage, echo, echo_json, echo_pieces, for_terminal
from readlist.cli.start_screen import screen_settings
from readlist.config import ConfigError, place
from readlist.files import is_set_aside
from readlist.marks import MarksError
from readlist.paths import Paths
from readlist.shelf import LibraryError
from readlist.text.clean import counted

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")

Report = dict[str, dict[str, Any]]


class Finding(NamedTuple):
    """The verdict on one thing.

    Attributes:
        name: the thing.
        verdict: how it is.
        text: where it is and what is in it, or what is wrong.
        hint: what to do; may be empty.
    """

    name: str
    verdict: Literal["good", "warning", "bad"]
    text: str
    hint: str = ""


_SIGNS = {"good": "✓", "warning": "!", "bad": "✗"}
_UNWRAPPED = 10_000
"""Columns of a pipe."""

_NAME = 10
"""Columns for the name of a thing."""

_REPAIR = "`readlist doctor --repair` repairs it; nothing is lost"


@click.command("doctor", epilog=examples("readlist doctor", "readlist doctor --repair", "readlist doctor --match"))
@json_option()
@click.option("--repair", "repaired", is_flag=True, help="Repair what can be repaired first; nothing is lost")
@click.option("--match", "of_match", is_flag=True, help="Judge the order by match on your own stars instead")
def doctor(as_json: bool, repaired: bool, of_match: bool) -> None:
    """Check files, settings and library for problems."""
    if of_match and repaired:
        raise WrongUsage("doctor: --match and --repair don't go together")
    if of_match:
        from readlist.cli.match_report import examine_match

        with opened_shelf() as shelf:
            facts, verdicts = examine_match(shelf)
        if as_json:
            echo_json(facts, indent=1)
        else:
            _print([Finding(*verdict) for verdict in verdicts])
        return
    if repaired:
        for line in repair(find_paths()):
            echo(line, err=as_json)
    report, findings = examine(find_paths())
    if as_json:
        echo_json(report, indent=1)
    else:
        _print(findings)
    if any(finding.verdict == "bad" for finding in findings):
        sys.exit(1)


def _print(findings: Sequence[Finding]) -> None:
    """Print a line for each thing, with what to do about it; the whole verdict last."""
    import textwrap

    width = shutil.get_terminal_size().columns if for_terminal() else _UNWRAPPED
    indent = " " * (_NAME + 4)
    for name, verdict, text, hint in findings:
        sign = (_SIGNS[verdict], verdict)
        lines = textwrap.wrap(text, width - len(indent), break_long_words=False, break_on_hyphens=False) or [""]
        echo_pieces([sign, (f" {name:{_NAME}}  ", "bold"), (lines[0], "")])
        for line in lines[1:]:
            echo(indent + line)
        if hint:
            echo_pieces([(indent, ""), (f"→ {hint}", "warning")])
    wrong = [sum(finding.verdict == verdict for finding in findings) for verdict in ("bad", "warning")]
    named = [counted(number, noun) for number, noun in zip(wrong, ("problem", "warning"), strict=True) if number]
    echo(", ".join(named) or "No problems", "bad" if wrong[0] else "warning" if wrong[1] else "good")


def examine(paths: Paths) -> tuple[Report, list[Finding]]:
    """Check everything; returns headings with facts, and the verdict on each thing."""
    kept = {"settings": paths.settings, "marks": paths.state, "library": paths.library, "mailed": paths.mailed}
    named = {name: f"{path}{'' if path.exists() else ' (not created yet)'}" for name, path in kept.items()}
    report: Report = {"paths": named, "versions": _versions()}
    findings = [_settings(paths, named["settings"])]
    findings += _stores(paths, named, report)
    if aside := _quarantined(paths):
        report["kept aside"] = {"files": aside}
        text = f"{counted(len(aside), 'damaged or merged file')}: {', '.join(aside)}"
        findings.append(Finding("kept files", "warning", text, "delete them once you miss nothing"))
    failed = report.pop("failed", {})
    report["feeds"] = _feeds(paths) | ({"failed": failed} if failed else {})
    problems = [finding.text for finding in findings if finding.verdict == "bad"]
    report["integrity"] = {"problems" if problems else "all": problems or "well"}
    findings += _feed_findings(report["feeds"])
    from readlist.tui.desktop.clipboard import clipboard_report

    report["clipboard"] = {"ways": (ways := clipboard_report(os.environ))}
    verdict: Literal["good", "warning"] = "good" if ways[0].endswith("ok; copies are verified") else "warning"
    findings.append(Finding("clipboard", verdict, "; ".join(ways)))
    report["terminal"] = _terminal()
    for name in ("terminal", "versions"):
        text = ", ".join(f"{fact} {value}" for fact, value in report[name].items())
        findings.append(Finding(name, "good", text))
    return report, findings


def _settings(paths: Paths, named: str) -> Finding:
    try:
        config, keys = screen_settings(paths.settings)
        if config.theme:
            from readlist.tui.app import theme_problem

            if problem := theme_problem(config.theme):
                raise ConfigError(f"{place(paths.settings, 'theme')}: {problem}")
    except ConfigError as error:
        return Finding("settings", "bad", str(error), "change that line")
    feeds, views = counted(len(config.feeds), "feed"), counted(len(config.views), "saved view")
    given = [command.name for command in keys.without if command.keys]
    keyless = f", no key left for {', '.join(given)}" if given else ""
    return Finding("settings", "good", f"{named}: {feeds}, {views}{keyless}")


def _stores(paths: Paths, named: Mapping[str, str], report: Report) -> Iterator[Finding]:
    """Open and check marks and library; yields the verdicts, and puts the facts into the report."""
    from readlist.library.integrity import check

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
            notices = shelf.marks.status().notices
            for notice in notices:
                yield Finding("marks", "bad", notice, _REPAIR)
            if not notices:
                stars, notes = counted(counts.starred, "star"), counted(counts.noted, "note")
                yield Finding("marks", "good", f"{named['marks']}: {stars}, {notes}")
            problems = check(connections)
            for problem in problems:
                yield Finding("library", "bad", problem, _REPAIR)
            if not problems:
                papers = f"{counted(counts.papers, 'paper')}, {counts.unread:,} unread"
                papers += f", {counts.removed:,} removed" if counts.removed else ""
                yield Finding("library", "good", f"{named['library']}: {papers}")
            failures = {feed: fetch.failure for feed, fetch in shelf.feeds.log.fetches().items() if fetch.failure}
            report["failed"] = failures
    except CommandError as error:
        # Its message says what to do; a repair would not make a folder writable.
        of_marks = isinstance(error.__cause__, MarksError)
        yield Finding("marks" if of_marks else "library", "bad", error.message, error.hint)


def _feed_findings(feeds: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the verdicts on the feeds and the sites they are fetched from."""
    failed: Mapping[str, str] = feeds.get("failed", {})
    yield Finding("feeds", "good", f"following {feeds['followed']}")
    for name, failure in failed.items():
        text = failure if failure.startswith(f"{name}: ") else f"{name}: {failure}"
        yield Finding("feeds", "warning", f"last fetch failed: {text}", "`readlist fetch` tries again")
    if "sites" in feeds:
        yield Finding("sites", "warning", feeds["sites"], "change that environment variable")
        return
    token: Literal["good", "warning"] = "warning" if ", but " in feeds["token"] else "good"
    sites = f"{feeds['huggingface']}, {feeds['arxiv']}, token {feeds['token']}, proxy {feeds['proxy']}"
    yield Finding("sites", token, sites)


def repair(paths: Paths) -> list[str]:
    """Repair what can be repaired; returns what was done, a line each.

    The search index is rebuilt from the papers, the whole library where it is damaged; marks missing from the state
    are recovered from backups and quarantined files; lost papers with a star or a note are restored by their titles.
    Damaged files are kept.

    Raises:
        CommandError: it could not be done.
    """
    from readlist.library.integrity import check
    from readlist.library.repair import rebuild_index

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
