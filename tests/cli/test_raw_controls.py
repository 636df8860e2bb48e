"""Names of files, settings, captures and notes that hold what a terminal would obey: no command prints it raw."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from readlist.exports.formats import FORMATS
from tests.support.cli import PAPERS, Run, page

RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What must not be printed as it is; line ends may."""

HOSTILE = "\x1b]0;x\x07\x1b[31m\x08\r\x7f\x85\x9b\u202e\u2066\u2069\u200e\u200f\u061c\u2028\u2029"
NAME = os.fsdecode(f"a{HOSTILE}".encode() + b"\xff.txt")
"""The name of a file, undecodable too."""

Line = Sequence[str | Path]


@pytest.fixture
def hostile(run: Run, tmp_path: Path) -> Path:
    """A folder with files and folders of hostile names, beside a home with papers, feeds, views, notes and tags."""
    folder = tmp_path / f"f{NAME}"
    folder.mkdir()
    (folder / NAME).write_text(page(*PAPERS).replace("Aug 3", f"Aug 3\n\n{HOSTILE}head"), encoding="utf-8")
    (folder / f"b{NAME}").write_bytes(b"\xff\x00 nothing")
    (folder / f"{NAME}.bib").write_text(
        f"@misc{{a, title={{Pruning {HOSTILE}Grass Without Tears}}, keywords={{k{HOSTILE}}}, note={{n{HOSTILE} #t}}}}",
        encoding="utf-8",
    )
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text(
        '[[feeds]]\nname = "lab"\nquery = "http://127.0.0.1:9/x"\n[[views]]\nname = "mine"\nquery = "has:code"\n'
    )
    assert run("import", str(folder / NAME), str(folder / f"{NAME}.bib")).exit_code == 0
    assert run("mark", "survey", "--star", "--note", f"mine {HOSTILE} #tag{HOSTILE}").exit_code == 0
    other = folder / NAME.replace("txt", "other")
    other.mkdir()
    (other / "state.json").write_bytes((home / "state.json").read_bytes() if (home / "state.json").exists() else b"{}")
    assert run("export", "--format", "markdown", "-o", str(folder / f"notes{NAME}")).exit_code == 0
    return folder


def _lines(folder: Path) -> dict[str, Line]:
    """Return the commands that name something hostile, by what they are."""
    return {
        "import": ["import", folder / NAME, "--json"],
        "import of nothing": ["import", folder / f"b{NAME}", folder / "none", folder / f"c{NAME}", "--json"],
        "import of references": ["import", folder / f"{NAME}.bib", "--json"],
        "import of notes": ["import", folder / f"notes{NAME}", "--json"],
        "import of a folder": ["import", folder, "--json"],
        "list": ["list", "--json"],
        "list by name": ["list", f"feed:{NAME}", f"@{NAME}", "--json"],
        "list wrongly": ["list", f"is:{NAME}", f"date:{HOSTILE}", "--json"],
        "show": ["show", "title:asurveyofsurveys", "--json"],
        "show nothing": ["show", NAME, "--json"],
        "mark nothing": ["mark", NAME, "--star"],
        "mark": ["mark", "survey", "--unstar"],
        "undo": ["undo"],
        "add": ["add", NAME, f"https://arxiv.org/{HOSTILE}", "--json"],
        "fetch": ["fetch", NAME, "--json"],
        "feeds": ["feeds", "--json"],
        "feeds list": ["feeds", "list", "--json"],
        "feeds add": ["feeds", "add", f"https://{NAME}"],
        "feeds remove": ["feeds", "remove", NAME],
        "sync": ["sync", folder / NAME.replace("txt", "other"), "--json"],
        "sync with a file": ["sync", folder / NAME, "--json"],
        "sync with nothing": ["sync", folder / f"x{NAME}", "--json"],
        "doctor": ["doctor", "--json"],
        "digest": ["digest", "--since", "2000-01-01"],
        "digest wrongly": ["digest", f"is:{NAME}", "--since", NAME],
        "option": [f"--{NAME}"],
        "command": [NAME],
        "completion": ["completion", NAME],
        "help": ["list", f"--format={NAME}"],
        **{f"export as {form}": ["export", "--format", form] for form in _FORMS},
        "export to a file": ["export", "-o", folder / f"d{NAME}.bib"],
        "export nowhere": ["export", "-o", folder / "none" / f"d{NAME}.bib"],
    }


_FORMS = tuple(FORMATS)
_NAMES = tuple(_lines(Path()))


@pytest.mark.parametrize("name", _NAMES)
def test_no_command_prints_a_control_as_it_is(run: Run, hostile: Path, name: str) -> None:
    arguments = [os.fspath(one) for one in _lines(hostile)[name]]
    result = run(*arguments)
    assert not isinstance(result.exception, Exception), result.exception
    printed = result.stdout.replace("\r\n", "\n") + result.stderr
    assert not RAW.search(printed), re.findall(f".{{0,60}}{RAW.pattern}", printed)
    assert NAME not in printed
    if "--json" in arguments and result.stdout:
        _parsed(result.stdout)


@pytest.mark.parametrize("name", ["import", "import of references", "import of notes", "import of nothing", "sync"])
def test_a_path_is_the_same_after_json(run: Run, hostile: Path, name: str) -> None:
    arguments = [os.fspath(one) for one in _lines(hostile)[name]]
    paths = [one["path"] for one in _parsed(run(*arguments).stdout)]
    assert paths
    assert {Path(path) for path in paths} <= {Path(one) for one in arguments} | {
        Path(one) / "state.json" for one in arguments
    }


_TYPED = {
    "import": ["import", f"f{NAME}/{NAME}", f"f{NAME}/b{NAME}", f"f{NAME}/{NAME}.bib"],
    "list": ["list"],
    "list as JSON": ["list", "--json"],
    "show": ["show", "title:asurveyofsurveys"],
    "doctor": ["doctor"],
    "doctor as JSON": ["doctor", "--json"],
    "sync": ["sync", f"f{NAME}/{NAME.replace('txt', 'other')}", f"x{NAME}"],
    "export": ["export", "--format", "csv"],
    "query": ["list", f"is:{NAME}"],
    "wrongly": ["list", f"--format={NAME}"],
}


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("name", _TYPED)
def test_no_command_sends_a_terminal_a_control(hostile: Path, tmp_path: Path, name: str) -> None:
    home = tmp_path / f"h{NAME}"
    (tmp_path / "home").rename(home)
    ours, theirs = pty.openpty()
    environment = {
        **os.environ, "READLIST_HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2]), "NO_COLOR": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "readlist", *_TYPED[name]]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=tmp_path):
        os.close(theirs)
        printed = b""
        while select.select([ours], [], [], 30)[0]:
            try:
                printed += os.read(ours, 65_536)
            except OSError:
                break
    os.close(ours)
    # The terminal's own line ends, and the progress where it takes long.
    shown = re.sub(r"\x1b\[(\?25[lh]|1A|2K)|\r", "", printed.decode())
    assert shown
    assert not RAW.search(shown), re.findall(f".{{0,60}}{RAW.pattern}", shown)


def _parsed(text: str) -> list[dict[str, str]]:
    try:
        whole = json.loads(text)
    except ValueError:
        whole = [json.loads(line) for line in text.split("\n") if line]
    return whole if isinstance(whole, list) else [whole]
