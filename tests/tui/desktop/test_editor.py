"""The user's own editor, as small shell scripts."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from readlist.tui.desktop.editor import EditorFile, break_keys_ignored, editor_command

MakeEditor = Callable[..., EditorFile]


@pytest.fixture
def make_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeEditor:
    """Makes the file of an editor that is a shell script, with the file as `$1`."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def make(script: str, text: str = "") -> EditorFile:
        program = tmp_path / "editor.sh"
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
        return EditorFile([str(program)], text)

    return make


def test_the_editor_is_the_configured_one_else_that_of_the_environment() -> None:
    environ = {"VISUAL": "code --wait", "EDITOR": "nano"}
    assert editor_command("vim -n", environ) == ["vim", "-n"]
    assert editor_command("", environ) == ["code", "--wait"]
    assert editor_command("", {"EDITOR": "nano"}) == ["nano"]
    assert editor_command("", {}) == editor_command(" ", {}) == ["vi"]
    with pytest.raises(ValueError, match=r"Can't start the editor `a \"b`: No closing quotation\."):
        editor_command('a "b', {})


def test_what_the_editor_writes_is_the_text(make_editor: MakeEditor) -> None:
    file = make_editor('printf " and more" >> "$1"', "some")
    assert file.edit(lambda text: None) == ""
    assert file.text == "some and more" and not file.returned_at_once
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    file.discard()
    assert not file.path.parent.exists()


@pytest.mark.parametrize(
    ("script", "problem", "text"),
    [
        ('printf half > "$1"; exit 3', "failed with status 3", "half"),
        ('printf half > "$1"; kill -KILL $$', "was killed by SIGKILL", "half"),
        (': > "$1"; exit 1', "failed with status 1", "before"),
        (': > "$1"', "saved an empty note", "before"),
        ('rm "$1"', "deleted its file", "before"),
        ('echo > "$1"; mv "$1" "$1~"', "deleted its file", "before"),
        ('rm "$1"; mkdir "$1"', "deleted its file", "before"),
        ('rm "$1"; mkfifo "$1"', "deleted its file", "before"),
        ("printf 'caf\\351' > \"$1\"", "saved a file that is not UTF-8", "before"),
        ("printf 'h\\000i\\000' > \"$1\"", "saved a file that is not UTF-8", "before"),
        ("printf '\\377\\376h\\000i\\000' > \"$1\"", "saved a file that is not UTF-8", "before"),
    ],
)
def test_what_went_wrong_is_reported_and_the_last_good_text_kept(
    make_editor: MakeEditor, script: str, problem: str, text: str
) -> None:
    file = make_editor(script, "before")
    assert file.edit(lambda text: None) == f"The editor `editor.sh` {problem}."
    assert file.text == text
    assert file.is_readable == ("UTF-8" not in problem)


def test_a_file_that_is_replaced_is_read_without_its_mark_of_order(make_editor: MakeEditor) -> None:
    file = make_editor('printf "\\357\\273\\277new" > "$1.tmp"; mv "$1.tmp" "$1"')
    assert file.edit(lambda text: None) == "" and file.text == "new"


def test_an_editor_that_does_not_start_is_reported() -> None:
    file = EditorFile(["/no/such/editor"], "before")
    assert file.edit(lambda text: None) == "Can't start the editor `/no/such/editor`: No such file or directory."
    file.discard()


def test_what_is_saved_while_the_editor_runs_is_kept(make_editor: MakeEditor, tmp_path: Path) -> None:
    file = make_editor(
        f'printf saved > "$1"; for i in $(seq 200); do [ -e "{tmp_path}/go on" ] && break; sleep 0.05; done'
    )
    kept: list[str] = []

    def keep(text: str) -> None:
        kept.append(text)
        (tmp_path / "go on").touch()

    assert file.edit(keep) == ""
    assert kept == ["saved"]


def test_what_is_saved_later_counts_when_two_looks_found_the_same(make_editor: MakeEditor) -> None:
    file = make_editor("exit 0")
    assert file.edit(lambda text: None) == "" and file.returned_at_once and file.is_unchanged
    file.path.write_text("from the", encoding="utf-8")
    assert file.saved_since() is None and not file.is_unchanged
    file.path.write_text("from the window", encoding="utf-8")
    assert file.saved_since() is None
    assert file.saved_since() == "from the window"
    file.text = "from the window"
    assert file.saved_since() is None and file.is_unchanged
    file.path.write_text("at the end", encoding="utf-8")
    assert file.saved_since(last=True) == "at the end"
    file.path.write_bytes(b"caf\xe9")
    with pytest.raises(UnicodeError):
        file.saved_since()
    file.path.unlink()
    assert file.saved_since() is None and file.is_unchanged


def test_the_break_keys_reach_the_editor_alone() -> None:
    before = signal.getsignal(signal.SIGINT)
    with break_keys_ignored():
        for number in (signal.SIGINT, signal.SIGQUIT):
            os.kill(os.getpid(), number)
        assert subprocess.run(["sh", "-c", "kill -INT $$"], check=False).returncode == -signal.SIGINT
    assert signal.getsignal(signal.SIGINT) is before


def test_an_editor_of_the_terminal_opens_no_window(tmp_path: Path) -> None:
    program = tmp_path / "vi"
    program.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    program.chmod(0o700)
    file = EditorFile([str(program)], "some")
    assert file.edit(lambda text: None) == "" and not file.returned_at_once
    file.discard()
