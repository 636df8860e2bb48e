"""A file is written whole, or not at all."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.exports.file import write_whole


def test_a_file_is_as_open_as_the_umask_and_its_former_self_say(tmp_path: Path) -> None:
    file = tmp_path / "a.bib"
    before = os.umask(0o027)
    try:
        write_whole(file, ["é\r\n", "x"])
    finally:
        os.umask(before)
    assert file.read_bytes() == "é\r\nx".encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    file.chmod(0o600)
    write_whole(file, ["y"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_what_fails_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a.bib"
    file.write_text("old", encoding="utf-8")

    def pieces() -> Iterator[str]:
        yield "new" * 10_000
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        write_whole(file, pieces())
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
            write_whole(file, ["new" * 10_000])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, former)
    assert file.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_is_followed_and_a_pipe_is_written_to(tmp_path: Path) -> None:
    link, target, pipe = tmp_path / "link", tmp_path / "target", tmp_path / "pipe"
    link.symlink_to(target)
    write_whole(link, ["x"])
    assert link.is_symlink() and target.read_text(encoding="utf-8") == "x"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    write_whole(pipe, ["through"])
    reader.join(10)
    assert got == ["through"]
    ours, theirs = os.pipe()
    write_whole(Path(f"/dev/fd/{theirs}"), ["named by its number"])
    assert os.read(ours, 100) == b"named by its number"
    os.close(ours)
    os.close(theirs)
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path, ["x"])
