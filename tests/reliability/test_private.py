"""What readlist keeps is for its user alone, however lax the umask: files and folders after a session of everything."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from readlist.cli.command_table import readlist
from readlist.config import SavedView, add_view
from readlist.files import ProcessLock
from readlist.query import parse
from readlist.tui.desktop.editor import EditorFile
from tests.support.cli import PAPERS, page
from tests.support.http import Serving
from tests.support.papers import make_shelf

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes of files are POSIX")

FEED = b"""<rss version="2.0"><channel><title>Lab</title><item><title>Slow Trees</title>
<link>https://lab.example.edu/slow</link></item></channel></rss>"""


@pytest.fixture(autouse=True)
def _lax() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    """The modes of a folder and everything in it, by relative path."""
    found = [folder, *folder.rglob("*")]
    return {str(path.relative_to(folder.parent)): oct(stat.S_IMODE(path.lstat().st_mode)) for path in found}


def use_everything(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Run commands that write every kind of file; returns the modes seen, also of those that are there for a while."""
    monkeypatch.setenv("READLIST_HOME", str(home))
    capture = tmp_path / "page.txt"
    capture.write_text(page(*PAPERS), encoding="utf-8")
    seen: dict[str, str] = {}
    with Serving() as server:
        server.file("/feed.xml", FEED, "application/rss+xml")
        for arguments in (
            ["import", str(capture)],
            ["feeds", "add", f"{server.url}/feed.xml", "--name", "Lab"],
            ["fetch", "Lab"],
            ["mark", "title:slow", "--star", "--note", "a note"],
            ["mark", "title:small", "--read"],
            ["undo"],
            ["feeds", "remove", "Lab"],
        ):
            result = CliRunner().invoke(readlist, arguments)
            assert result.exit_code == 0, (arguments, result.output)
            seen |= modes(home)
    add_view(home / "config.toml", SavedView("Trees", "title:trees"))
    # Damaged files are set aside, and what is left of an interrupted write is used again.
    (home / "state.json.tmp").touch(mode=0o666)
    with (home / "state.json").open("ab") as file:
        file.write(b"}garbage")
    shelf = make_shelf(home)
    shelf.sync.catch_up()
    (entry,) = shelf.papers.entries(shelf.papers.select(parse("title:pruning"), "feed"))
    shelf.marks.drafts.save(entry.paper.key, "half a thought")
    shelf.marks.apply([entry], read=True, label="marked read")[1].result(timeout=60)
    with ProcessLock(home / "other.lock", 1.0).held():
        # The write-ahead log of the library and its index are there only while it is open.
        seen |= modes(home)
    shelf.close()
    return seen | modes(home)


@pytest.mark.parametrize("made", [False, True], ids=["no folder yet", "a folder for all to see"])
def test_every_file_is_for_the_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: bool) -> None:
    home = tmp_path / "above" / "home"
    if made:
        home.mkdir(parents=True, mode=0o755)
    seen = use_everything(home, tmp_path, monkeypatch)
    seen.pop("home/state.json.tmp", None)
    names = {Path(name).name for name in seen}
    wanted = {"state.json", "state.json.journal", "state.json.bak", "state.json.lock", "config.toml", "library.db"}
    assert wanted | {"library.db-wal", "library.db-shm", "drafts", ".config.toml.lock"} <= names
    assert [name for name in names if "damaged" in name], names
    folders = {"home": seen.pop("home"), "home/drafts": seen.pop("home/drafts")}
    assert set(seen.values()) == {"0o600"}, seen
    assert folders["home/drafts"] == "0o700"
    if not made:
        assert folders["home"] == "0o700"
        assert oct(stat.S_IMODE(home.parent.stat().st_mode)) == "0o700"
    print(f"{len(seen)} files, all 0600")


@pytest.mark.parametrize("folders_first", ["config", "library"])
def test_parents_made_on_the_way_are_for_the_user_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folders_first: str
) -> None:
    monkeypatch.setenv("READLIST_HOME", str(tmp_path / "a" / "b" / "c"))
    arguments = ["feeds", "add", "hf:daily"] if folders_first == "config" else ["list"]
    CliRunner().invoke(readlist, arguments)
    assert {mode for name, mode in modes(tmp_path / "a").items() if Path(tmp_path, name).is_dir()} == {"0o700"}


def test_settings_that_were_there_keep_their_own_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READLIST_HOME", str(tmp_path))
    settings = tmp_path / "config.toml"
    settings.write_text("mouse = true\n", encoding="utf-8")
    settings.chmod(0o644)
    assert CliRunner().invoke(readlist, ["feeds", "add", "arxiv:cs.LG"]).exit_code == 0
    assert oct(stat.S_IMODE(settings.stat().st_mode)) == "0o644"
    assert "arxiv" in settings.read_text(encoding="utf-8")


def test_an_export_is_as_open_as_the_users_umask_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READLIST_HOME", str(tmp_path / "home"))
    for umask, mode in ((0o022, "0o644"), (0o077, "0o600")):
        os.umask(umask)
        file = tmp_path / f"papers{umask}.json"
        assert CliRunner().invoke(readlist, ["export", "-o", str(file)]).exit_code == 0
        assert oct(stat.S_IMODE(file.stat().st_mode)) == mode


def test_the_editor_gets_one_file_name_that_only_the_user_can_read(tmp_path: Path) -> None:
    script = tmp_path / "editor.py"
    script.write_text(
        "import os, sys\n"
        "reported = f'{len(sys.argv) - 1} {os.stat(sys.argv[1]).st_mode & 0o777:o} {sys.argv[1]}'\n"
        "open(sys.argv[1], 'w').write(reported)\n",
        encoding="utf-8",
    )
    hostile = "$(touch owned) `touch owned`; touch owned\n+:!touch owned\n"
    file = EditorFile([sys.executable, str(script)], hostile)
    assert file.edit(lambda _: None) == ""
    assert file.text == f"1 600 {file.path}"
    file.discard()
    assert not Path("owned").exists()


@pytest.mark.slow
def test_a_real_process_leaves_nothing_for_others(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"
    capture = tmp_path / "page.txt"
    capture.write_text(page(*PAPERS), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "readlist", "import", str(capture)],
        check=True,
        capture_output=True,
        env={**os.environ, "READLIST_HOME": str(home)},
        cwd=Path(__file__).parents[2],
    )
    found = modes(tmp_path / "deep")
    assert {mode for name, mode in found.items() if (tmp_path / name).is_file()} == {"0o600"}
    assert {mode for name, mode in found.items() if (tmp_path / name).is_dir()} == {"0o700"}
