"""What the benchmarks share: homes of all sizes, and the table that is printed at the end."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterator
from importlib.metadata import version

import pytest

from tests.benchmarks.figure import Table
from tests.benchmarks.stocked_home import PAPERS, MakeHome, homes_folder, make_home

_TABLE = pytest.StashKey[Table]()


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Measure one thing at a time, in spite of the settings of the tests, and show each figure as it comes."""
    config.option.numprocesses = 0
    config.option.dist = "no"
    config.option.tx = []
    config.stash[_TABLE] = Table()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Print each figure when it is there."""
    with item.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        yield


@pytest.fixture(scope="session")
def table(request: pytest.FixtureRequest) -> Table:
    """The figures of this run."""
    return request.config.stash[_TABLE]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> MakeHome:
    """Makes a home with a number of papers and marks, once a run."""
    folder = homes_folder(tmp_path_factory.mktemp("homes"))
    return lambda papers, marks: make_home(folder, papers, marks)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was measured."""
    table = config.stash[_TABLE]
    if table.figures or table.growth or table.lines:
        terminalreporter.section("figures")
        terminalreporter.write_line(
            f"{PAPERS:,} papers, {os.cpu_count()} cores, {platform.machine()}, {platform.system()}, "
            f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, Textual {version('textual')}"
        )
        terminalreporter.write_line(table.text())
