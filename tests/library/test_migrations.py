"""A library file is opened, made, brought up to date, or refused and left as it is."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from readlist.library import migrations
from readlist.library.errors import LibraryError
from readlist.library.library import Library
from readlist.library.repair import check
from readlist.model.mark import Mark
from readlist.query import parse
from tests.support.library import NOON, add, age, paper


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "library.db"


@pytest.fixture
def full(path: Path) -> Path:
    """A closed library of 300 papers."""
    library = Library(path)
    add(library, *(paper(f"Paper {number}", abstract="word " * 200) for number in range(300)))
    library.close()
    return path


def refusal(path: Path, use: Callable[[Library], object] = lambda library: None) -> str:
    """Return why a library is refused, on opening or in use; the file must stay as it was."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(LibraryError) as caught:
        library = Library(path)
        try:
            use(library)
        finally:
            library.close()
    assert (path.read_bytes() if path.is_file() else None) == before
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


class TestMaking:
    def test_a_new_library_is_for_the_user_alone(self, path: Path) -> None:
        library = Library(path)
        add(library, paper("A"))
        if os.name == "posix":
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
            modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
            assert modes == {0o600}
        library.close()

    def test_nothing_is_left_beside_a_closed_library(self, full: Path) -> None:
        assert list(full.parent.iterdir()) == [full]

    def test_it_is_kept(self, full: Path) -> None:
        library = Library(full)
        assert library.connections.journal == "wal"
        assert library.counts().papers == 300
        assert check(library.connections) == []
        library.close()

    def test_an_empty_file_becomes_a_library(self, path: Path) -> None:
        path.parent.mkdir()
        path.touch()
        library = Library(path)
        assert library.counts().papers == 0
        library.close()

    def test_many_may_open_a_new_library_at_once(self, path: Path) -> None:
        with ThreadPoolExecutor(8) as pool:
            libraries = list(pool.map(Library, [path] * 8))
        add(libraries[0], paper("A"))
        assert [library.counts().papers for library in libraries] == [1] * 8
        for library in libraries:
            library.close()

    def test_without_shared_memory_it_works_in_another_journal_mode(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connect = sqlite3.connect

        def connect_without(database: str, **options: object) -> sqlite3.Connection:
            return connect(f"{database}&vfs=unix-dotfile", **options)  # type: ignore[call-overload,no-any-return]

        monkeypatch.setattr("readlist.library.connections.sqlite3.connect", connect_without)
        try:
            library = Library(path)
        except LibraryError:
            pytest.skip("this SQLite has no dot-file locking to try it with")
        assert library.connections.journal == "delete"
        add(library, paper("A"))
        assert list(library.ids(parse("a"), "feed")) == [1]
        library.close()


class TestMigrating:
    ANOTHER = ("alter table paper add column rating integer", "create index paper_rating on paper (rating)")

    def test_an_older_library_is_brought_up_to_date_with_all_it_holds(
        self, full: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, self.ANOTHER))
        library = Library(full)
        assert library.counts().papers == 300
        library.close()
        connection = sqlite3.connect(full)
        assert connection.execute("select max(rating), count(*) from paper").fetchone() == (None, 300)
        assert connection.execute("pragma user_version").fetchone() == (len(migrations.MIGRATIONS),)
        connection.close()

    def test_a_migration_that_fails_leaves_the_older_library(self, full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        broken = (*self.ANOTHER, "insert into nowhere values (1)")
        with monkeypatch.context() as patch:
            patch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, broken))
            with pytest.raises(LibraryError, match="no such table: nowhere"):
                Library(full)
        library = Library(full)
        assert check(library.connections) == []
        assert library.counts().papers == 300
        library.close()

    @staticmethod
    def aged(path: Path) -> None:
        """Make a library one of before its search index knew signs: with an index as good as none."""
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("insert into search (search) values ('delete-all')")
        age(connection, 5)
        connection.close()

    def test_a_search_index_is_rebuilt_with_progress(self, full: Path) -> None:
        library = Library(full)
        add(library, paper("Learning C++"))
        library.mirror.write([("title:paper7", Mark(note="ภาษา", noted=NOON))])
        library.close()
        self.aged(full)
        reached: list[tuple[int, int]] = []
        library = Library(full, lambda done, total: reached.append((done, total)))
        assert reached == [(number, 301) for number in range(1, 302)]
        assert library.count(parse("word")) == 300
        assert library.count(parse("c++")) == library.count(parse("ษา")) == 1
        assert check(library.connections) == []
        library.close()
        Library(full, lambda done, total: pytest.fail("it was up to date")).close()

    def test_an_index_that_ctrl_c_cut_short_is_made_another_time(self, full: Path) -> None:
        self.aged(full)

        def progress(done: int, total: int) -> None:
            if done == 50:
                signal.raise_signal(signal.SIGINT)
            elif done > 50:
                # The main thread must have its turn before the last paper.
                time.sleep(0.01)

        with pytest.raises(KeyboardInterrupt):
            Library(full, progress)
        connection = sqlite3.connect(full)
        assert connection.execute("pragma user_version").fetchone() == (5,)
        connection.close()
        library = Library(full)
        assert library.count(parse("word")) == 300
        assert check(library.connections) == []
        library.close()

    def test_an_index_that_a_later_version_rebuilds_is_not_filled_before(
        self, full: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        again = (*self.ANOTHER, *migrations.MIGRATIONS[5])
        self.aged(full)
        monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, again))
        reached: list[int] = []
        library = Library(full, lambda done, total: reached.append(done))
        assert len(reached) == library.count(parse("word")) == 300
        library.close()

    def test_released_migrations_stay_as_they_are(self) -> None:
        digests = [
            hashlib.sha256("\n".join(" ".join(statement.split()) for statement in each).encode()).hexdigest()[:16]
            for each in migrations.MIGRATIONS
        ]
        assert digests == [
            "2a921868aee7210b",
            "f2abc173846ea45e",
            "3ab64be06cecfe0b",
            "75ad4c476b0c84b4",
            "e3b0c44298fc1c14",
            "86bc842d371b78b5",
            "d874160a89d26124",
            "a30f1accdb77ee99",
            "334a653fd858c93c",
            "c3f4d5bbdb81e458",
            "b55a71eae0eba5a6",
        ], "add the digest of a new migration at the end; an older one that differs strands every library made with it"


class TestRefusing:
    def test_a_library_of_a_newer_readlist(self, full: Path) -> None:
        connection = sqlite3.connect(full)
        connection.execute("pragma user_version = 99")
        connection.close()
        message = refusal(full)
        assert "newer readlist" in message
        assert "Update" in message
        assert list(full.parent.iterdir()) == [full]

    @pytest.mark.parametrize("content", [b"Just some text, long enough to be a page of anything.", b"x", b"\0" * 5000])
    def test_a_file_that_is_no_database(self, path: Path, content: bytes) -> None:
        path.parent.mkdir()
        path.write_bytes(content)
        assert "not an SQLite database" in refusal(path)

    def test_the_database_of_another_program(self, path: Path) -> None:
        path.parent.mkdir()
        connection = sqlite3.connect(path)
        connection.execute("create table bookmark (url)")
        connection.close()
        assert "another program" in refusal(path)

    def test_a_folder(self, path: Path) -> None:
        path.mkdir(parents=True)
        assert "a folder" in refusal(path)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
    def test_a_pipe_is_not_waited_for(self, path: Path) -> None:
        path.parent.mkdir()
        os.mkfifo(path)
        assert "a pipe or a device" in refusal(path)

    def test_a_place_inside_a_file(self, path: Path) -> None:
        path.parent.touch()
        assert "READLIST_HOME" in refusal(path)

    def test_a_library_cut_short(self, full: Path) -> None:
        content = full.read_bytes()
        full.write_bytes(content[: len(content) // 2])
        assert "damaged" in refusal(full)

    def test_a_library_with_damaged_pages(self, full: Path) -> None:
        content = bytearray(full.read_bytes())
        dice = random.Random(1)
        for start in range(migrations.PAGE_SIZE, len(content), migrations.PAGE_SIZE):
            content[start : start + 100] = dice.randbytes(100)
        full.write_bytes(content)
        message = refusal(full, lambda library: library.papers(library.ids(parse("word"), "title")))
        assert "damaged" in message
        assert "doctor --repair" in message

    def test_a_damaged_library_can_be_checked(self, full: Path) -> None:
        content = bytearray(full.read_bytes())
        middle = len(content) // 2 // migrations.PAGE_SIZE * migrations.PAGE_SIZE
        content[middle : middle + 2 * migrations.PAGE_SIZE] = bytes(2 * migrations.PAGE_SIZE)
        full.write_bytes(content)
        library = Library(full)
        assert check(library.connections)
        library.close()

    @pytest.mark.skipif(os.name != "posix", reason="users and file modes are POSIX")
    @pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o755), (0o644, 0o555)])
    def test_what_must_not_be_written_is_read(self, full: Path, file_mode: int, folder_mode: int) -> None:
        # Root may write anything, so another user opens it; from a folder others can reach.
        with tempfile.TemporaryDirectory() as folder:
            shown = Path(folder) / "shown"
            shown.mkdir()
            copy = shown / "library.db"
            shutil.copy(full, copy)
            Path(folder).chmod(0o755)
            if os.geteuid() == 0:
                os.chown(shown, 65534, 65534)
                os.chown(copy, 65534, 65534)
            copy.chmod(file_mode)
            shown.chmod(folder_mode)
            script = (
                "import os, sys, pathlib\n"
                "from readlist.library.errors import LibraryError\nfrom readlist.library.library import Library\n"
                "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
                "library = Library(pathlib.Path(sys.argv[1]))\n"
                "print(library.counts().papers, library.connections.writable)\n"
                "try: library.mirror.write([], stamp='1')\n"
                "except LibraryError as error: print(type(error).__name__, error)\n"
            )
            run = subprocess.run([sys.executable, "-c", script, str(copy)], capture_output=True, text=True, check=True)
            shown.chmod(0o755)
        read, refused = run.stdout.splitlines()
        assert read == "300 False"
        assert refused.startswith(f"LibraryReadOnly The library {copy} can't be written")


def test_opening_asks_little_of_a_library_that_is_up_to_date(full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    connect = sqlite3.connect

    def traced(*arguments: object, **options: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)  # type: ignore[call-overload]
        connection.set_trace_callback(asked.append)
        return connection

    monkeypatch.setattr("readlist.library.connections.sqlite3.connect", traced)
    library = Library(full)
    assert len(asked) <= 7
    library.close()


def test_a_mark_survives_reopening(full: Path) -> None:
    from readlist.model.mark import Mark

    library = Library(full)
    library.mirror.write([("title:paper7", Mark(read=NOON))], stamp="9")
    library.close()
    library = Library(full)
    assert library.papers([8])[0].mark.read == NOON
    assert library.mirror.stamp() == "9"
    library.close()


def test_the_schema_of_a_new_library_is_on_its_first_page(library: Library) -> None:
    # What is cut off from a damaged file is its end: without its schema none of its papers could be read.
    with library.connections.reading() as connection:
        try:
            pages = connection.execute("select distinct pageno from dbstat where name = 'sqlite_schema'").fetchall()
        except sqlite3.OperationalError:
            pytest.skip("this SQLite can't tell where its pages are")
    assert pages == [(1,)]
