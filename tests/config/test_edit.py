"""One setting is written at a time; comments, order and everything else stay."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from readlist.config import Config, ConfigError, load, set_value

MINE = """\
# my settings
theme = "nord"   # the cold one

[keys]   # moved
star = "f5"
# read = "f6"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_a_value_is_changed_in_its_line(settings: Path) -> None:
    settings.write_text(MINE)
    set_value(settings, "theme", "gruvbox")
    assert settings.read_text() == MINE.replace('"nord"', '"gruvbox"')


def test_a_new_value_is_put_before_the_tables(settings: Path) -> None:
    settings.write_text(MINE)
    set_value(settings, "sort", "date")
    assert load(settings).sort == "date"
    assert load(settings).theme == "nord"
    written = settings.read_text()
    assert all(line in written for line in MINE.splitlines())
    assert written.index("sort") < written.index("[keys]")


def test_a_key_is_set_in_its_table(settings: Path) -> None:
    settings.write_text(MINE)
    set_value(settings, "keys.read", ["f6", "x"])
    assert dict(load(settings).keys) == {"star": ("f5",), "read": ("f6", "x")}
    assert "# read" in settings.read_text()


@pytest.mark.parametrize(
    "text", ["", "mouse = false", 'keys = { star = "f5" }\n', 'keys.star = "f5"\n', "# only this\n"]
)
def test_it_works_however_the_file_is_written(settings: Path, text: str) -> None:
    settings.write_text(text)
    before = load(settings)
    set_value(settings, "keys.read", "f6")
    set_value(settings, "theme", "nord")
    set_value(settings, "ascii", True)
    after = load(settings)
    assert dict(after.keys) == {**before.keys, "read": ("f6",)}
    assert (after.theme, after.ascii, after.mouse) == ("nord", True, before.mouse)


def test_a_first_value_makes_a_private_file(tmp_path: Path) -> None:
    settings = tmp_path / "new" / "readlist" / "config.toml"
    set_value(settings, "mouse", False)
    assert load(settings) == Config(mouse=False)
    if os.name == "posix":
        assert settings.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.parent.iterdir() if path.suffix != ".lock"] == ["config.toml"]


def test_line_ends_and_rights_stay(settings: Path) -> None:
    settings.write_bytes(MINE.replace("\n", "\r\n").encode())
    settings.chmod(0o640)
    set_value(settings, "sort", "title")
    written = settings.read_bytes()
    assert written.count(b"\n") == written.count(b"\r\n")
    assert settings.stat().st_mode & 0o777 == 0o640


def test_the_same_value_writes_nothing(settings: Path) -> None:
    settings.write_text(MINE)
    before = settings.stat()
    set_value(settings, "theme", "nord")
    assert (settings.stat().st_ino, settings.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_link_stays_a_link(settings: Path, tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles" / "readlist.toml"
    kept.parent.mkdir()
    kept.write_text(MINE)
    settings.symlink_to(kept)
    set_value(settings, "theme", "gruvbox")
    assert settings.is_symlink()
    assert 'theme = "gruvbox"' in kept.read_text()


@pytest.mark.parametrize("text", ["theme = \n", 'thme = "x"\n', "mouse = 3\n"])
def test_a_file_that_is_wrong_is_not_touched(settings: Path, text: str) -> None:
    settings.write_text(text)
    with pytest.raises(ConfigError, match="line 1"):
        set_value(settings, "theme", "nord")
    assert settings.read_text() == text


@pytest.mark.parametrize(
    ("key", "value"),
    [("sort", "dat"), ("mouse", "yes"), ("thme", "x"), ("keys.star", 5), ("theme.x", "y"), ("keys", "x")],
)
def test_a_wrong_key_or_value_is_not_written(settings: Path, key: str, value: str) -> None:
    settings.write_text(MINE)
    with pytest.raises(ConfigError, match=r"config\.toml"):
        set_value(settings, key, value)
    assert settings.read_text() == MINE


def test_text_that_needs_quoting_is_quoted(settings: Path) -> None:
    value = 'vim "+set tw=80" \\ # é \U0001f600'
    set_value(settings, "editor", value)
    assert load(settings).editor == value


def test_a_disk_that_refuses_leaves_the_file_as_it_was(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.write_text(MINE)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="can't be written: No space left on device"):
        set_value(settings, "theme", "gruvbox")
    assert settings.read_text() == MINE
    assert [path.name for path in settings.parent.iterdir() if path.suffix != ".lock"] == ["config.toml"]


def test_a_write_protected_file_stays_as_it_is(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.write_text(MINE)
    # Root may write anything, so the answer is given here.
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(ConfigError, match="write-protected"):
        set_value(settings, "theme", "gruvbox")
    assert settings.read_text() == MINE
