"""Writing config.toml: one setting at a time, everything else stays."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from readlist.config.keys import plain
from readlist.config.reading import ConfigError, Source, checked, parsed, read

Value = str | bool | Sequence[str]


def set_value(path: Path, key: str, value: Value) -> None:
    """Write one setting; comments, order and everything else in the file stay.

    Args:
        path: the TOML file; made when there is none. A link is followed.
        key: name of the setting, `keys.star` for one in a table.
        value: what it shall be.

    Raises:
        ConfigError: the file isn't right as it is, key or value are wrong, or it can't be written. The file
            is as it was then.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    text = read(path) or ""
    before = parsed(path, text)
    checked(Source(path, text), before, None)
    *tables, name = key.split(".")
    wanted, table = before, (document := tomlkit.parse(text if text.endswith("\n") or not text else text + "\n"))
    try:
        for outer in tables:
            if outer not in table:
                table[outer] = tomlkit.table()
            table, wanted = cast(Any, table[outer]), wanted.setdefault(outer, {})
        written = value if isinstance(value, str | bool) else list(value)
        if wanted.get(name) == written:
            return
        table[name] = wanted[name] = written
        changed = tomlkit.dumps(document)
    except (TOMLKitError, TypeError, ValueError, AttributeError) as error:
        raise ConfigError(f"{plain(str(path))}: `{plain(key)}` can't be set: {plain(str(error))}") from error
    if "\r\n" in text:
        changed = changed.replace("\r\n", "\n").replace("\n", "\r\n")
    after = parsed(path, changed)
    checked(Source(path, changed), after, None)
    if after != before:
        raise ConfigError(f"{plain(str(path))}: `{key}` can't be set without changing more; set it by hand")
    _replace(path, changed)


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all: temporary file, fsync, rename, fsync of the folder."""
    import tempfile

    temporary = ""
    try:
        # A link stays a link: people keep their settings elsewhere.
        target = path.resolve()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(None, "it is write-protected")
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o600
        handle, temporary = tempfile.mkstemp(prefix=".config.", suffix=".tmp", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
        temporary = ""
        _sync_folder(target.parent)
    except OSError as error:
        raise ConfigError(f"{plain(str(path))}: can't be written: {error.strerror or error}") from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    # Windows can't open a folder, and doesn't need to.
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
