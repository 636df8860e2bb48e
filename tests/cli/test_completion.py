"""Completion as real shells have it: Tab is pressed, and what the command then gets is looked at."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.shell_completion import get_completion_class

from readlist.cli.commands import readlist
from readlist.cli.shells import VARIABLE, answer_shells
from tests.cli.conftest import Run

# Told its arguments apart, so that quoting is seen; completion and its script are readlist's own.
_SHIM = """#!/bin/sh
if [ -n "$_READLIST_COMPLETE" ] || [ "$1" = completion ]; then exec '{python}' -m readlist "$@"; fi
printf '<%s>' "$@"; echo
"""
_CASES = [
    ('readlist list feed:\\"HF\\ s', '<list><feed:"HF search">'),
    ("readlist show title:pru", "<show><title:pruningtreeswithouttears>"),
]
_IN_BASH = [
    ("readlist list survey -is:st", "<list><survey><-is:starred>"),
    ("readlist list @ton", "<list><@tonight>"),
    ("readlist list 'feed:\"HF s", '<list><feed:"HF search">'),
    ("readlist export -o note", "<export><-o><notebook.bib>"),
]


@pytest.fixture
def home(filled: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with four papers and a view, a `readlist` on the path, and a file in the folder one is in."""
    (tmp_path / "home" / "config.toml").write_text('[[views]]\nname = "tonight"\nquery = "has:code"\n')
    day = tmp_path / "day.json"
    day.write_text('[{"paper": {"id": "2401.12345", "title": "A Paper With an Id"}}]', encoding="utf-8")
    assert filled("import", str(day)).exit_code == 0
    shim = tmp_path / "bin" / "readlist"
    shim.parent.mkdir()
    shim.write_text(_SHIM.format(python=sys.executable), encoding="utf-8")
    shim.chmod(0o755)
    here = tmp_path / "here"
    here.mkdir()
    (here / "notebook.bib").touch()
    monkeypatch.setenv("PATH", f"{shim.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.chdir(here)
    return tmp_path


class _Terminal:
    """A shell on a terminal of its own."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._ours, theirs = os.openpty()
        self._shell = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            env={**os.environ, **environment, "TERM": "dumb"},
        )  # fmt: skip
        os.close(theirs)
        self.until("READY> ")

    def until(self, wanted: str) -> str:
        """Read until something is printed."""
        seen, end = "", time.monotonic() + 15
        while wanted not in seen:
            assert time.monotonic() < end, seen
            if select.select([self._ours], [], [], 0.1)[0]:
                seen += os.read(self._ours, 65_536).decode("utf-8", "replace")
        return seen

    def told(self, keys: str) -> str:
        """Type, and return what the command was told: what it prints between angle brackets."""
        os.write(self._ours, f"{keys}\t\r".encode())
        printed = self.until("READY> ")
        found = re.findall(r"^(<.*>)\r?$", printed, re.MULTILINE)
        return found[-1] if found else printed

    def close(self) -> None:
        """End the shell."""
        self._shell.kill()
        self._shell.wait()
        os.close(self._ours)


def _checked(terminal: _Terminal, cases: list[tuple[str, str]]) -> None:
    try:
        told = {keys: terminal.told(keys) for keys, _ in cases}
    finally:
        terminal.close()
    assert told == dict(cases)


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes(home: Path) -> None:
    start = home / "bashrc"
    start.write_text("PS1='READY> '\nbind 'set enable-bracketed-paste off'\nsource <(readlist completion bash)\n")
    _checked(_Terminal(["bash", "--noprofile", "--rcfile", str(start), "-i"], {}), _CASES + _IN_BASH)


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_completes(home: Path) -> None:
    (home / ".zshrc").write_text(
        "PS1='READY> '; unsetopt zle_bracketed_paste prompt_sp; zstyle ':completion:*' menu no; unsetopt list_beep\n"
        "autoload -U compinit; compinit -u -D; source <(readlist completion zsh)\n"
    )
    _checked(_Terminal(["zsh", "-d", "-i"], {"ZDOTDIR": str(home)}), _CASES)


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_completes(home: Path) -> None:
    lines = ["source (readlist completion fish | psub)"]
    for keys, _ in _CASES:
        lines += [f"complete -C {_quoted(keys)}", "echo ---"]
    (home / "ask.fish").write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(
        ["fish", "--no-config", str(home / "ask.fish")],
        capture_output=True, text=True, check=True, env={**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home)},
    )  # fmt: skip
    told = done.stdout.split("---\n")
    for (keys, expected), offered in zip(_CASES, told, strict=False):
        assert offered.split("\n")[0].split("\t")[0] == expected.rpartition("<")[2].removesuffix(">"), keys


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


@pytest.mark.parametrize(
    ("line", "offers"),
    [
        ("readlist li", ["list"]),
        ("readlist list --form", ["--format"]),
        ("readlist export --format bib", ["bibtex"]),
        ("readlist export is:starred --sort upv", ["upvotes"]),
        ("readlist list upv", ["upvotes:"]),
        ("readlist list has:code,proj", ["has:code,project"]),
        ("readlist list sort:da", ["sort:date"]),
        ("readlist list @", ["@inbox", "@all", "@starred", "@notes", "@tonight"]),
        ("readlist show 2401", ["2401.12345"]),
        ("readlist mark id:2401 2401", ["2401.12345"]),
        ("readlist completion ", ["bash", "zsh", "fish"]),
        ("readlist fetch HF\\ da", ["HF daily"]),
        ("readlist list is:unread nothinglikethis", []),
        ("readlist list --nonsense is:", []),
        ("readlist nonsense x", []),
        ("readlist list date:2", []),
        ('readlist list "', None),
        ("readlist", None),
        ("", None),
    ],
)
def test_what_may_follow_is_offered(
    home: Path, monkeypatch: pytest.MonkeyPatch, line: str, offers: list[str] | None
) -> None:
    monkeypatch.setenv("COMP_LINE", line)
    answer_shells()
    kind = get_completion_class("fish")
    assert kind is not None
    found = kind(readlist, {}, "readlist", VARIABLE).complete()
    assert offers is None or found.splitlines() == [f"plain,{offer}" for offer in offers]


@pytest.mark.parametrize("line", ["readlist list feed:x", "readlist show 24"])
def test_without_a_library_completion_neither_fails_nor_makes_a_file(tmp_path: Path, line: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "readlist"],
        env={
            **os.environ, "READLIST_HOME": str(tmp_path / "none"), "_READLIST_COMPLETE": "bash_complete",
            "COMP_LINE": line,
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")
    assert not (tmp_path / "none").exists()


def test_a_damaged_library_costs_only_the_offers(tmp_path: Path) -> None:
    (tmp_path / "library.db").write_bytes(b"no database" * 500)
    done = subprocess.run(
        [sys.executable, "-m", "readlist"],
        env={
            **os.environ, "READLIST_HOME": str(tmp_path), "_READLIST_COMPLETE": "bash_complete",
            "COMP_LINE": "readlist list feed:",
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")
    assert [file.name for file in tmp_path.iterdir()] == ["library.db"]
