"""Completion as real shells have it: Tab is pressed, and what the command then gets is looked at."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import get_completion_class

from readlist.cli.command_table import readlist
from readlist.cli.completion_command import SHELLS, VARIABLE, answer_shells
from tests.support.cli import Run
from tests.support.shell import opened

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
def home(filled: Run, tmp_path: Path) -> Path:
    """A home with four papers and a view, and a file in the folder `here`."""
    (tmp_path / "home" / "config.toml").write_text('[[views]]\nname = "tonight"\nquery = "has:code"\n')
    day = tmp_path / "day.json"
    day.write_text('[{"paper": {"id": "2401.12345", "title": "A Paper With an Id"}}]', encoding="utf-8")
    assert filled("import", str(day)).exit_code == 0
    here = tmp_path / "here"
    here.mkdir()
    (here / "notebook.bib").touch()
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes(home: Path, shell: str) -> None:
    cases = _CASES + (_IN_BASH if shell == "bash" else [])
    with opened(shell, home) as terminal:
        reported = {keys: terminal.reported(keys) for keys, _ in cases}
    assert reported == dict(cases)


_NAMES = [
    "small talk", "it's time", "am; touch x", "q'; touch x; '", "d$(touch x)", "b`touch x`", "o!touch; touch x",
    "~ touch x", "h* && touch x", "n\\'; touch x; '", "-o; touch x", "'; touch x; '", "$(touch x)", "é'; touch x #",
]  # fmt: skip
"""Names of feeds, most of which would be commands."""


@pytest.fixture
def hostile(home: Path) -> Path:
    """The same home, with feeds that others named."""
    feeds = [f'[[feeds]]\nname = {json.dumps(name)}\nquery = "https://a.org/{at}"\n' for at, name in enumerate(_NAMES)]
    (home / "home" / "config.toml").write_text("".join(feeds), encoding="utf-8")
    return home


@pytest.mark.parametrize(
    ("typed", "offers"),
    [
        ("am", [r"am\;\ touch\ x"]),
        ("am\\", [r"am\;\ touch\ x"]),
        ("'am", ["am; touch x"]),
        ('"am', ["am; touch x"]),
        ("$'am", ["am; touch x"]),
        ("a'm; t", ["m; touch x"]),
        ("it", [r"it\'s\ time"]),
        ("'it", []),
        ('"it', ["it's time"]),
        ("$'it", []),
        (r"$'\'\' 'am", []),
        ("'q", []),
        ("d", [r"d\$\(touch\ x\)"]),
        ("'d", ["d$(touch x)"]),
        ('"d', []),
        ("b", []),
        ("'b", []),
        ("o", [r"o\!touch\;\ touch\ x"]),
        ('"o', []),
        ("n", []),
        (r"\~", [r"\~\ touch\ x"]),
        ("é", [r"é\'\;\ touch\ x\ \#"]),
    ],
)
def test_bash_is_offered_what_can_stand_in_the_quotes_that_are_open(
    hostile: Path, monkeypatch: pytest.MonkeyPatch, typed: str, offers: list[str]
) -> None:
    monkeypatch.setenv("COMP_LINE", f"readlist fetch {typed}")
    monkeypatch.setenv("COMP_BREAKS", " \t\n\"'@><=;|&(:")
    answer_shells()
    kind = get_completion_class("bash")
    assert kind is not None
    found = kind(readlist, {}, "readlist", VARIABLE).complete()
    assert found.splitlines() == [f"plain,{offer}" for offer in offers]


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize(
    ("shell", "benign", "others"),
    [
        (
            "bash",
            {"sm": "small talk", "'sm": "small talk", '"sm': "small talk", "$'sm": "small talk", '"it': "it's time"},
            ["", "'q", '"q', "'i", "$'i", "$'q", '"d', "d", "'b", '"b', "b", "$'\\'q", '"o', "q\\", "\\"],
        ),
        (
            "zsh",
            {"sm": "small talk", "'sm": "small talk", '"sm': "small talk", "'am": "am; touch x", '"it': "it's time"},
            ["", "'q", '"q', "$'q", '"d', "d", "'b", "b", '"o', "\\"],
        ),
        (
            "fish",
            {"sm": "small talk", "'sm": "small talk", '"sm': "small talk", "'am": "am; touch x", '"it': "it's time"},
            ["", "'q", '"q', '"d', "d", "'b", "b", '"o', "\\"],
        ),
    ],
)
def test_no_name_of_another_becomes_a_command(
    hostile: Path, shell: str, benign: dict[str, str], others: list[str]
) -> None:
    with opened(shell, hostile) as terminal:
        reported = {keys: terminal.reported(f"readlist fetch {keys}") for keys in [*benign, *others]}
    assert [file.name for file in (hostile / "here").iterdir()] == ["notebook.bib"]
    assert {keys: reported[keys] for keys in benign} == {keys: f"<fetch><{name}>" for keys, name in benign.items()}
    assert all(re.fullmatch(r"|<fetch>(<[^>]*>)?", one) for one in reported.values()), reported


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
