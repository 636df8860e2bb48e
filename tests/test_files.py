"""Tests of readlist.files."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from readlist.files import NotAFile, clear_left_over, dated, is_set_aside, make_private, open_regular, write_atomic


def test_a_file_is_as_open_as_the_umask_and_its_former_self_say(tmp_path: Path) -> None:
    file = tmp_path / "a.bib"
    before = os.umask(0o027)
    try:
        write_atomic(file, ["é\r\n".encode(), b"x"])
    finally:
        os.umask(before)
    assert file.read_bytes() == "é\r\nx".encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    file.chmod(0o600)
    write_atomic(file, b"y")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_what_fails_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a.bib"
    file.write_text("old", encoding="utf-8")

    def pieces() -> Iterator[bytes]:
        yield b"new" * 10_000
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        write_atomic(file, pieces())
    assert file.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_disk_without_room_leaves_the_old_file(tmp_path: Path) -> None:
    import resource
    import signal

    file = tmp_path / "a.bib"
    file.write_text("old", encoding="utf-8")
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            write_atomic(file, [b"new" * 10_000])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, former)
    assert file.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_is_followed_and_a_pipe_is_written_to(tmp_path: Path) -> None:
    link, target, pipe = tmp_path / "link", tmp_path / "target", tmp_path / "pipe"
    link.symlink_to(target)
    write_atomic(link, b"x")
    assert link.is_symlink() and target.read_text(encoding="utf-8") == "x"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    write_atomic(pipe, [b"through"])
    reader.join(10)
    assert got == ["through"]
    ours, theirs = os.pipe()
    write_atomic(Path(f"/dev/fd/{theirs}"), b"named by its number")
    assert os.read(ours, 100) == b"named by its number"
    os.close(ours)
    os.close(theirs)
    with pytest.raises(IsADirectoryError):
        write_atomic(tmp_path, b"x")


def test_a_private_file_is_private_over_any_file(tmp_path: Path) -> None:
    file, victim = tmp_path / "draft.json", tmp_path / "victim"
    file.write_bytes(b"old")
    file.chmod(0o644)
    write_atomic(file, b"new", mode=0o600, keep_mode=False, sync="nothing")
    assert file.read_bytes() == b"new" and stat.S_IMODE(file.stat().st_mode) == 0o600
    victim.write_bytes(b"kept")
    file.unlink()
    file.symlink_to(victim)
    write_atomic(file, b"in place of the link", keep_mode=False, follow=False)
    assert not file.is_symlink() and victim.read_bytes() == b"kept"
    file.unlink()
    os.mkfifo(file)
    write_atomic(file, b"in place of the pipe", keep_mode=False, follow=False)
    assert file.read_bytes() == b"in place of the pipe"


def test_what_is_on_the_medium(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode)))
    write_atomic(tmp_path / "a", b"x")
    assert synced == [False, True]
    write_atomic(tmp_path / "a", b"y", sync="file")
    assert synced == [False, True, False]
    write_atomic(tmp_path / "a", b"z", sync="nothing")
    assert synced == [False, True, False]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_protected_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"old")
    file.chmod(0o400)
    with pytest.raises(PermissionError, match="write-protected"):
        write_atomic(file, b"new")
    assert file.read_bytes() == b"old" and list(tmp_path.iterdir()) == [file]


def test_what_refuses_its_place_leaves_nothing(tmp_path: Path) -> None:
    def refuse(temporary: Path, path: Path) -> None:
        assert temporary.read_bytes() == b"new" and temporary.parent == path.parent
        raise FileExistsError(17, "no", str(path))

    with pytest.raises(FileExistsError):
        write_atomic(tmp_path / "a", b"new", place=refuse)
    assert not list(tmp_path.iterdir())


def test_what_a_kill_left_behind_is_cleared_once_it_is_old(tmp_path: Path) -> None:
    old, young, other = (
        tmp_path / name for name in (f".readlist-{'0' * 16}.tmp", f".readlist-{'1' * 16}.tmp", "a.tmp")
    )
    for path in (old, young, other):
        path.touch()
    os.utime(old, (0, 0))
    os.utime(other, (0, 0))
    clear_left_over(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([young, other])
    clear_left_over(tmp_path / "no such folder")


def test_only_a_regular_file_is_opened(tmp_path: Path) -> None:
    file, pipe, link = tmp_path / "file", tmp_path / "pipe", tmp_path / "link"
    file.write_bytes(b"x" * 100_000)
    os.mkfifo(pipe)
    link.symlink_to(file)
    for path in (file, link):
        with open_regular(path) as opened:
            assert opened.read() == b"x" * 100_000
    with pytest.raises(OSError, match="symbolic links"):
        open_regular(link, follow=False)
    with pytest.raises(NotAFile) as error:
        open_regular(pipe)
    assert error.value.kind == "a pipe" and error.value.strerror == "a pipe, not a file"
    with pytest.raises(NotAFile) as error:
        open_regular(Path(os.devnull))
    assert error.value.kind == "a device"
    with pytest.raises(IsADirectoryError):
        open_regular(tmp_path)
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "none")


def test_a_folder_is_made_for_the_user_alone(tmp_path: Path) -> None:
    make_private(tmp_path / "a" / "b")
    assert [stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "a", tmp_path / "a" / "b")] == [0o700, 0o700]


def test_a_dated_name_is_free_and_known_again(tmp_path: Path) -> None:
    now = datetime(2026, 11, 21, 10, 11, 12, tzinfo=UTC)
    first = dated(tmp_path / "state.json", "damaged", now)
    assert first.name == "state.json.damaged-20261121T101112Z"
    first.touch()
    second = dated(tmp_path / "state.json", "damaged", now)
    assert second.name == f"{first.name}-2"
    assert is_set_aside(first.name) and is_set_aside(second.name) and not is_set_aside("state.json")
