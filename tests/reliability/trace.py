"""Recording what a process does to a folder by watching its system calls, for what is not written in Python."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.reliability.event import (
    Cut,
    Done,
    Event,
    FolderSynced,
    Made,
    Removed,
    Renamed,
    Synced,
    Wrote,
)

_CALLS = "openat,close,write,pwrite64,lseek,fsync,fdatasync,ftruncate,unlink,rename"
_OTHERS = "open,creat,writev,pwritev,pwritev2,truncate,renameat,renameat2,unlinkat,link,linkat,fallocate,sendfile"
_LINE = re.compile(r"(\w+)\((.*)\) += (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@cache
def strace_problem() -> str:
    """Return why system calls can't be watched here; empty if they can."""
    program = shutil.which("strace")
    if program is None:
        return "strace is not here"
    tried = subprocess.run([program, "-e", "trace=none", "true"], capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"strace is not permitted: {tried.stderr.strip()}"


def trace(command: list[str], folder: Path, scratch: Path) -> list[Event]:
    """Run a command of one thread and return what it did to a folder; `done N` on its output acknowledges a step."""
    log = scratch / "strace.log"
    subprocess.run(
        ["strace", "-o", str(log), "-xx", "-s", "100000000", "-e", f"trace={_CALLS},{_OTHERS}", *command],
        stdout=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        check=True,
    )
    with log.open(encoding="ascii") as lines:
        events = list(_Reader(folder).events(lines))
    log.unlink()
    return events


class _Reader:
    """Makes events of strace's lines; files are numbered as they come to be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, int] = {}
        self._open: dict[int, int | str] = {}
        self._places: dict[int, int] = {}
        self._count = 0

    def events(self, lines: Iterator[str]) -> Iterator[Event]:
        for line in lines:
            call = _LINE.match(line)
            if call is None or call[3].startswith("-"):
                continue
            name, arguments, result = call[1], call[2], int(call[3])
            texts = [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(arguments)]
            if name in ("openat", "unlink", "rename"):
                yield from self._named(name, [os.fsdecode(text) for text in texts], arguments, result)
            elif name in _CALLS:
                rest = _TEXT.sub("", arguments).replace(" ", "").split(",")
                yield from self._numbered(name, int(rest[0]), rest[1:], texts, result)
            elif any(str(self._folder) in os.fsdecode(text) for text in texts):
                raise AssertionError(f"{name} is not known here")

    def _name(self, path: str) -> str | None:
        if Path(path) == self._folder:
            return "."
        return str(Path(path).relative_to(self._folder)) if Path(path).is_relative_to(self._folder) else None

    def _named(self, call: str, paths: list[str], arguments: str, result: int) -> Iterator[Event]:
        name = self._name(paths[0])
        if name is None:
            return
        if call == "unlink":
            del self._files[name]
            yield Removed(name)
        elif call == "rename":
            target = self._name(paths[1])
            assert target is not None
            self._files[target] = self._files.pop(name)
            yield Renamed(name, target, self._files[target])
        elif name == "." or "O_DIRECTORY" in arguments:
            self._open[result] = name
        else:
            if name not in self._files:
                self._count += 1
                self._files[name] = self._count
                yield Made(name, self._count)
            elif "O_TRUNC" in arguments:
                yield Cut(self._files[name], 0)
            self._open[result] = self._files[name]
            self._places[result] = 0

    def _numbered(
        self, call: str, descriptor: int, rest: list[str], texts: list[bytes], result: int
    ) -> Iterator[Event]:
        file = self._open.get(descriptor)
        if call == "write" and descriptor == 1 and texts[0].startswith(b"done "):
            yield Done(int(texts[0].split()[1]), {})
        elif call == "close":
            self._open.pop(descriptor, None)
        elif isinstance(file, str):
            if call in ("fsync", "fdatasync"):
                yield FolderSynced(file)
        elif file is not None:
            yield from self._on_file(call, descriptor, file, rest, texts, result)

    def _on_file(
        self, call: str, descriptor: int, file: int, rest: list[str], texts: list[bytes], result: int
    ) -> Iterator[Event]:
        if call == "pwrite64":
            yield Wrote(file, int(rest[-1]), texts[0][:result])
        elif call == "write":
            yield Wrote(file, self._places[descriptor], texts[0][:result])
            self._places[descriptor] += result
        elif call == "lseek":
            self._places[descriptor] = result
        elif call == "ftruncate":
            yield Cut(file, int(rest[0]))
        elif call in ("fsync", "fdatasync"):
            yield Synced(file)
