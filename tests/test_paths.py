"""Where things are kept, and that looking for the place makes nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from readlist.paths import Paths, PathsError


def test_folders_are_the_platforms_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import platformdirs

    monkeypatch.setenv("HOME", str(tmp_path))
    paths = Paths.find({})
    assert paths.config == platformdirs.user_config_path("readlist", appauthor=False)
    assert paths.data == platformdirs.user_data_path("readlist", appauthor=False)


@pytest.mark.skipif(sys.platform != "linux", reason="XDG folders are Linux's")
def test_xdg_folders_are_heeded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "d"))
    paths = Paths.find({})
    assert paths.state == tmp_path / "c/readlist/state.json"
    assert paths.settings == tmp_path / "c/readlist/config.toml"
    assert paths.drafts == tmp_path / "c/readlist/drafts"
    assert paths.library == tmp_path / "d/readlist/library.db"


def test_readlist_home_puts_all_in_one_folder(tmp_path: Path) -> None:
    paths = Paths.find({"READLIST_HOME": str(tmp_path)})
    everything = [paths.state, paths.settings, paths.drafts, paths.library]
    assert {path.parent for path in everything} == {tmp_path}
    assert len({path.name for path in everything}) == len(everything)


def test_readlist_home_may_be_relative_or_start_with_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert Paths.find({"READLIST_HOME": "here"}).config == tmp_path / "here"
    assert Paths.find({"READLIST_HOME": "~/papers"}).config == tmp_path / "me/papers"


def test_an_empty_readlist_home_counts_as_none() -> None:
    assert Paths.find({"READLIST_HOME": " "}) == Paths.find({})


def test_a_user_without_a_home_learns_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    class Homeless:
        user_config_dir = "~/.config/readlist"
        user_data_dir = "~/.local/share/readlist"

    monkeypatch.setattr(platformdirs, "PlatformDirs", lambda *_, **__: Homeless())
    with pytest.raises(PathsError, match="set HOME or READLIST_HOME"):
        Paths.find({})
    with pytest.raises(PathsError, match="set HOME or READLIST_HOME"):
        Paths.find({"READLIST_HOME": "~nobody-of-this-name/papers"})


def test_finding_makes_nothing(tmp_path: Path) -> None:
    Paths.find({"READLIST_HOME": str(tmp_path / "new")})
    assert not list(tmp_path.iterdir())


def test_paths_are_values(tmp_path: Path) -> None:
    paths = Paths(tmp_path, tmp_path)
    assert paths == Paths(tmp_path, tmp_path)
    with pytest.raises(AttributeError):
        paths.config = tmp_path / "other"  # type: ignore[misc]
