"""Scores that are damaged, cut short, locked or made twice: an order, or one line why not, and never a wrong reason."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from readlist.cli.command_table import readlist
from readlist.library.connections import set_meta
from readlist.library.errors import LibraryError
from readlist.library.integrity import check
from readlist.library.library import Library
from readlist.library.migrations import PAGE_SIZE
from readlist.model.view import SORTS
from readlist.shelf.match_shelf import MatchShelf
from tests.support.fits import judged
from tests.support.home import one_line, powerless, run
from tests.support.terminal import ROOT, ReadlistTerminal
from tests.support.topics import topic_number, write_days

PAPERS = 48
MANY = 9_600
STARS = [f"2608.{number:05}" for number in range(1, PAPERS + 1) if topic_number(number) == "speech"][:3]
OTHER = "2608.00003"
ORDER = ("list", "sort:match", "--limit", "200", "--json")
LOW, OFTEN = 5, 40
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and file modes are POSIX")


def invoke(home: Path, *arguments: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("READLIST_HOME", str(home))
        return CliRunner().invoke(readlist, list(arguments))


def filled(folder: Path, papers: int) -> Path:
    """Make a home with papers on four topics, three of one topic starred; nothing is scored."""
    days = write_days(folder, days=4, papers=papers // 4)
    home = folder / "home"
    home.mkdir()
    (home / "config.toml").write_text('refresh = "never"\nquiet = true\n', encoding="utf-8")
    assert invoke(home, "import", *map(str, days)).exit_code == 0
    assert invoke(home, "mark", *STARS, "--star", "--read").exit_code == 0
    return home


@pytest.fixture(scope="module")
def unscored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("few"), PAPERS)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with so many papers that their scores are written in parts."""
    return filled(tmp_path_factory.mktemp("many"), MANY)


@pytest.fixture
def home(unscored: Path, tmp_path: Path) -> Path:
    """A home of its own whose papers have scores."""
    home = tmp_path / "home"
    shutil.copytree(unscored, home)
    assert invoke(home, *ORDER).exit_code == 0
    return home


@contextmanager
def database(home: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(home / "library.db", isolation_level=None)) as connection:
        yield connection


def stars(home: Path) -> dict[str, dict[str, Any]]:
    return {paper["key"]: paper for paper in json.loads(invoke(home, "list", "is:starred", "--json").stdout)}


def is_sound(home: Path) -> bool:
    with closing(Library(home / "library.db")) as library:
        return check(library.connections) == []


def scores(home: Path) -> list[tuple[int, int]]:
    """Return how many scores of each generation there are, without what a number is kept by."""
    with database(home) as connection:
        return connection.execute(
            "select generation, count(*) from score where paper_id > 0 group by generation"
        ).fetchall()


# Damage


def changed_state(**fields: object) -> Callable[[sqlite3.Connection], object]:
    """Return what writes other things about the scores than there are."""

    def change(connection: sqlite3.Connection) -> None:
        (written,) = connection.execute("select value from meta where name = 'match'").fetchone()
        set_meta(connection, "match", json.dumps({**json.loads(written), **fields}))

    return change


def sql(statement: str) -> Callable[[sqlite3.Connection], object]:
    return lambda connection: connection.executescript(statement)


NOTICED = {
    "no scores": sql("delete from score"),
    "scores of another number": sql("update score set generation = generation + 5"),
    "number that is a word": sql("update meta set value = 'abc' where name = 'match_generation'"),
    "no number": sql("delete from meta where name = 'match_generation'"),
    "the highest number": sql("update meta set value = '9223372036854775807' where name = 'match_generation'"),
    "state of a high number": changed_state(generation=2**63 - 1),
    "state of too high a number": changed_state(generation=2**70),
    "state below zero": changed_state(generation=-3),
    "state that is cut": sql("update meta set value = substr(value, 1, 40) where name = 'match'"),
    "state of bytes": sql("update meta set value = x'ff00fe' where name = 'match'"),
    "another stamp": changed_state(stamp="00000000"),
    "another method's state": sql("""update meta set value = '{"version": 9, "terms": []}' where name = 'match'"""),
}  # fmt: skip
"""Damage after which the order is as it was, at once."""

BORNE = {
    "half of the scores": sql("delete from score where paper_id % 2"),
    "matches above all": sql("update score set match = 500 where paper_id % 3 = 0"),
    "matches below zero": sql("update score set match = -7 where paper_id % 3 = 0"),
    "matches of text": sql("update score set match = 'high' where paper_id % 3 = 0"),
    "matches and scores of bytes": sql("update score set match = x'00ff', score = x'ff' where paper_id % 3 = 0"),
    "endless scores": sql("update score set score = 9e999"),
    "scores of papers that are not there": sql("insert into score select generation, paper_id + 999, 99, 5 from score"),
    "one with the highest number": sql("insert into score values (9223372036854775807, 0, 0, 0)"),
    "a last paper far away": changed_state(last=10**18),
    "a last paper below zero": changed_state(last=-5),
    "no bounds": changed_state(bounds=[[], []]),
    "bounds in no order": changed_state(bounds=[[3, 2, 1], [9, 8, -7]]),
    "too many bounds": changed_state(bounds=[[], list(range(500))]),
}  # fmt: skip
"""Damage with which there is an order at first, and the right one after the next star."""


@pytest.mark.parametrize("damage", [*NOTICED, *BORNE])
def test_damaged_scores_give_an_order_and_are_replaced(home: Path, damage: str) -> None:
    right = invoke(home, *ORDER).stdout
    with database(home) as connection:
        (NOTICED | BORNE)[damage](connection)
    papers = judged(invoke(home, *ORDER), stars(home))
    assert len(papers) == PAPERS
    assert damage in BORNE or papers == json.loads(right)
    for arguments in (
        ("show", OTHER, "--json"),
        ("list", "match:>60", "--json"),
        ("list", "sort:-match", "--limit", "3"),
    ):
        assert invoke(home, *arguments).exit_code == 0, arguments
    assert invoke(home, "mark", OTHER, "--star").exit_code == 0
    judged(invoke(home, *ORDER), stars(home))
    assert invoke(home, "mark", OTHER, "--unstar").exit_code == 0
    assert invoke(home, *ORDER).stdout == right
    assert [number for _, number in scores(home)] == [PAPERS] and is_sound(home)


@pytest.mark.parametrize(
    "change",
    [
        "drop table score", "alter table score rename to scored", "alter table score add column reason text",
        "alter table score rename column generation to model",
    ],
)  # fmt: skip
def test_another_version_that_changes_the_library_while_it_is_scored(home: Path, change: str) -> None:
    with closing(Library(home / "library.db")) as library:
        match = MatchShelf(library)
        calls = []

        def meanwhile() -> bool:
            calls.append(1)
            if len(calls) == 2:
                with database(home) as connection:
                    connection.executescript(f"{change}; pragma user_version = 99")
            return False

        with library.connections.writing() as connection:
            set_meta(connection, "match", "")
        with pytest.raises(LibraryError, match=r"is not as this readlist needs it \(.+\): another version") as failed:
            match.score(meanwhile)
        assert len(calls) >= 2 and "\n" not in str(failed.value)
    assert "written by a newer readlist" in one_line(run(home, *ORDER))


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("keys", ["S{by_match}", "js", "~"])
def test_another_version_that_changes_the_library_under_the_screen(home: Path, keys: str) -> None:
    terminal = ReadlistTerminal(home)
    try:
        terminal.shows("no word of your stars counts much")
        with database(home) as connection:
            connection.executescript("drop table score; pragma user_version = 99")
        terminal.type(keys.format(by_match="j" * list(SORTS).index("match") + "\r"))
        terminal.read(2.0)
        terminal.type("q")
        terminal.take_in_to_the_end()
    finally:
        terminal.close()
    if terminal.process.returncode:
        assert b"another version has changed it" in terminal.output
    assert b"Traceback" not in terminal.output and b"fault in readlist itself" not in terminal.output
    assert not list(home.glob("crash-*"))


@pytest.mark.parametrize("damage", ["drop table score", "drop index score_by_match"])
def test_repair_brings_back_what_the_scores_are_kept_in(home: Path, damage: str) -> None:
    right = invoke(home, *ORDER).stdout
    with database(home) as connection:
        connection.execute(damage)
    assert "is missing" in invoke(home, "doctor").output
    assert invoke(home, "doctor", "--repair").exit_code == 0
    assert invoke(home, *ORDER).stdout == right and is_sound(home)


def test_a_library_of_a_newer_version_is_left_alone(home: Path) -> None:
    with database(home) as connection:
        connection.execute("pragma user_version = 99")
    before = scores(home)
    assert "written by a newer readlist" in one_line(run(home, *ORDER))
    assert scores(home) == before


@pytest.mark.slow
def test_damaged_pages_of_the_scores(home: Path, tmp_path: Path, thorough: bool) -> None:
    right = invoke(home, *ORDER).stdout
    with database(home) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
        pages = [
            page
            for (page,) in connection.execute(
                "select rootpage from sqlite_master where name in ('score', 'score_by_match')"
            )
        ]
    data = (home / "library.db").read_bytes()
    dice = random.Random(5)
    for turn in range(OFTEN if thorough else LOW):
        for page in pages:
            damaged = bytearray(data)
            for _ in range(dice.choice((1, 3, 40))):
                damaged[(page - 1) * PAGE_SIZE + dice.randrange(PAGE_SIZE)] = dice.randrange(256)
            copy = tmp_path / f"{turn}-{page}"
            shutil.copytree(home, copy)
            (copy / "library.db").write_bytes(damaged)
            (copy / "library.db-wal").unlink(missing_ok=True)
            done = invoke(copy, *ORDER)
            if done.exit_code:
                # It was rebuilt; what the line says to do helps.
                assert isinstance(done.exception, SystemExit) and done.stdout == ""
                assert "was damaged; rebuilt it" in done.stderr and "run the command again" in done.stderr
                assert invoke(copy, *ORDER).stdout == right
            else:
                assert len(judged(done, stars(copy))) == PAPERS
            shutil.rmtree(copy)


# Several at once, and processes that end


def start(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "readlist", *ORDER],
        env={**os.environ, "READLIST_HOME": str(home)}, cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.slow
@POSIX
def test_a_command_that_is_killed_while_it_scores(crowded: Path, tmp_path: Path, thorough: bool) -> None:
    home = tmp_path / "home"
    shutil.copytree(crowded, home)
    killed = 0
    for turn in range(OFTEN // 4 if thorough else 3):
        process = start(home)
        with database(home) as connection:
            while process.poll() is None:
                number, papers = connection.execute(
                    "select coalesce(max(generation), 0), count(*) from score where paper_id > 0"
                ).fetchone()
                if papers:
                    break
                time.sleep(0.001)
            time.sleep(0.002 * turn)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            (present,) = connection.execute(
                "select coalesce((select cast(value as integer) from meta where name = 'match_generation'), 0)"
            ).fetchone()
            killed += present < number
        # What a list can show meanwhile, without writing.
        assert run(home, "list", "is:starred", "--format", "keys").returncode == 0
        if present == number:
            invoke(home, "mark", OTHER, "--star" if turn % 2 else "--unstar")
    assert killed, "none was killed between two parts"
    right = invoke(crowded, *ORDER)
    invoke(home, "mark", OTHER, "--unstar")
    assert invoke(home, *ORDER).stdout == right.stdout
    assert [number for _, number in scores(home)] == [MANY] and is_sound(home)
    print(f"killed {killed} times between two parts of the scores; none left anything behind")


@pytest.mark.slow
def test_two_commands_that_score_at_once(crowded: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(crowded, home)
    with database(home) as connection:
        connection.execute("delete from meta where name = 'match'")
    said = [(*process.communicate(timeout=90), process.returncode) for process in [start(home) for _ in range(3)]]
    assert [(errors, status) for _, errors, status in said] == [("", 0)] * 3
    assert len({out for out, _, _ in said}) == 1
    assert invoke(home, *ORDER).stdout == said[0][0]
    assert [number for _, number in scores(home)] == [MANY] and is_sound(home)


@pytest.mark.slow
def test_a_library_that_is_locked(unscored: Path, home: Path, tmp_path: Path) -> None:
    never = tmp_path / "never"
    shutil.copytree(unscored, never)
    feed_order = invoke(never, "list", "--format", "keys").stdout
    earlier = invoke(home, "list", "sort:match", "--format", "keys").stdout
    assert invoke(home, "mark", OTHER, "--star").exit_code == 0
    for place, order, hint in ((never, feed_order, "papers are in feed order"), (home, earlier, "by earlier stars")):
        with database(place) as connection:
            connection.execute("begin immediate")
            done = run(place, "list", "sort:match", "--format", "keys")
            assert (done.returncode, done.stdout) == (0, order)
            assert [line for line in done.stderr.splitlines() if hint in line], done.stderr
            assert "Traceback" not in done.stderr


@pytest.mark.slow
@POSIX
def test_a_home_that_can_only_be_read(unscored: Path, home: Path, tmp_path: Path) -> None:
    never = tmp_path / "never"
    shutil.copytree(unscored, never)
    with database(never) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    scored = invoke(home, *ORDER).stdout
    for place in (never, home):
        for path in (*place.iterdir(), place):
            path.chmod(0o500 if path.is_dir() else 0o400)
        try:
            done = run(place, *ORDER, prepare=powerless)
            alone = run(place, "show", OTHER, "--json", prepare=powerless)
        finally:
            place.chmod(0o700)
        assert (done.returncode, alone.returncode) == (0, 0), (done.stderr, alone.stderr)
        assert "Traceback" not in done.stderr + alone.stderr
        papers = json.loads(done.stdout)
        if place == home:
            assert done.stdout == scored
        else:
            assert "papers are in feed order" in done.stderr
            assert {paper["match"] for paper in papers} == {None}


@pytest.mark.slow
@POSIX
def test_a_disk_that_is_full_while_scoring(crowded: Path, tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    size = sum(path.stat().st_size for path in crowded.iterdir())
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size + (1 << 19)}", "none", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("file systems can't be mounted here")
    try:
        home = place / "home"
        shutil.copytree(crowded, home)
        with database(home) as connection:
            connection.execute("delete from meta where name = 'match'")
            connection.execute("delete from score")
        line = one_line(run(home, *ORDER))
        assert "library.db" in line and "the disk is full" in line
        assert is_sound(home)
        assert run(home, "list", "is:starred", "--format", "keys").stdout.split() == [f"arxiv:{name}" for name in STARS]
        subprocess.run(["mount", "-o", "remount,size=200m", str(place)], check=True)
        assert invoke(home, *ORDER).stdout == invoke(crowded, *ORDER).stdout
        assert [number for _, number in scores(home)] == [MANY]
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
