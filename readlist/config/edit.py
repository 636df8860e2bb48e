"""Writing config.toml: one setting at a time, everything else stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from msgspec import Struct, field

from readlist.config.check import Config, checked
from readlist.config.source import ConfigError, Source, parsed, plain, read
from readlist.files import ProcessLock, make_private, write_atomic

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

Value = str | bool | Sequence[str]

_LOCK_SECONDS = 5.0


class Change(Struct):
    """A settings file while it is changed.

    Attributes:
        before: what it said.
        data: that as plain values.
        document: to be changed; comments and order stay in it.
        text: the file's text with plain line ends; changed, it is written instead of the document.
        replaced: settings that are lists of tables, and what they shall be.
    """

    before: Config
    data: dict[str, Any]
    document: TOMLDocument
    text: str
    replaced: dict[str, tuple[object, ...]] = field(default_factory=dict)


def set_value(path: Path, key: str, value: Value) -> None:
    """Write one setting, `keys.star` for one in a table; comments, order and everything else in the file stay.

    The file is made when there is none; a link is followed.

    Raises:
        ConfigError: the file isn't right as it is, key or value are wrong, or it can't be written. The file
            is as it was then.
    """
    import tomlkit

    *tables, name = key.split(".")
    with changing(path, key) as change:
        wanted: dict[str, Any] = change.data
        table: Any = change.document
        for outer in tables:
            if outer not in table:
                table[outer] = tomlkit.table()
            table, wanted = cast(Any, table[outer]), wanted.setdefault(outer, {})
        written = value if isinstance(value, str | bool) else list(value)
        if wanted.get(name) != written:
            table[name] = wanted[name] = written


@contextmanager
def changing(path: Path, key: str) -> Iterator[Change]:
    """Change one setting of a file: read it, let it be changed, check it, and write it whole or not at all.

    Raises:
        ConfigError: the file is wrong before or after, or can't be written.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    with _locked(path):
        text = read(path) or ""
        before = parsed(path, text)
        settings = checked(Source(path, text), before)
        ended = text if text.endswith("\n") or not text else text + "\n"
        document = tomlkit.parse(ended)
        plain_ends = ended.replace("\r\n", "\n")
        change = Change(settings, before, document, plain_ends)
        try:
            yield change
            changed = change.text if change.text != plain_ends else tomlkit.dumps(document)
        except (TOMLKitError, TypeError, ValueError, AttributeError) as error:
            raise ConfigError(f"{plain(str(path))}: `{plain(key)}` can't be set: {plain(str(error))}") from error
        if "\r\n" in text:
            changed = changed.replace("\r\n", "\n").replace("\n", "\r\n")
        if changed == text:
            return
        after = parsed(path, changed)
        new = checked(Source(path, changed), after)
        for name in change.replaced:
            after[name] = change.data[name] = None
        if after != change.data or any(getattr(new, name) != wanted for name, wanted in change.replaced.items()):
            raise ConfigError(f"{plain(str(path))}: `{key}` can't be set without changing more; set it by hand")
        try:
            # A link stays a link: people keep their settings elsewhere.
            make_private(path.resolve().parent)
            write_atomic(path, changed.encode(), mode=0o600)
        except OSError as error:
            raise ConfigError(f"{plain(str(path))}: can't be written: {error.strerror or error}") from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other readlists from changing the file meanwhile; where no lock can be had, go on without."""
    with ExitStack() as stack:
        try:
            target = path.resolve()
            make_private(target.parent)
            lock = ProcessLock(target.with_name(f".{target.name}.lock"), _LOCK_SECONDS)
            stack.enter_context(lock.held())
        except TimeoutError as error:
            raise ConfigError(f"{plain(str(path))}: another readlist is changing it; try again") from error
        except (OSError, NotImplementedError):
            pass
        yield
