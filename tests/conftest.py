"""What every test may ask for."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from readlist.library import connections
from readlist.marks import store
from tests.support.depth import LONG, SHORT

MEMORY = Path("/dev/shm")
"""Files in memory, where Linux has them."""


@pytest.fixture(scope="session")
def shared_feeds() -> Path:
    """The folder of real feed samples beside the project; tests that want it are skipped without it."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "feeds"
    if not folder.is_dir():
        pytest.skip("the folder of real feed samples (../shared/feeds) is not here")
    return folder


@pytest.fixture(scope="session")
def shared_cases() -> Path:
    """The folder of inputs that went wrong once, beside the project; tests that want it are skipped without it."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "cases"
    if not folder.is_dir():
        pytest.skip("the folder of inputs that went wrong (../shared/cases) is not here")
    return folder


@pytest.fixture(autouse=True)
def _unhurried() -> Iterator[None]:
    """Report no mark as delayed, no library as in use because the machine is busy; `hurried` is for tests of that."""
    # Not with the test's own `monkeypatch`, which would last longer then.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "DELAY", 60.0)
        patched.setattr(connections, "_URGENCY", 10.0)
        yield


@pytest.fixture
def hurried(_unhurried: None) -> Iterator[None]:
    """Report what is delayed, and a library that another process writes to, as soon as readlist does, or sooner."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "DELAY", 0.05)
        patched.setattr(connections, "_URGENCY", 0.05)
        yield


@pytest.fixture
def long(thorough: bool) -> None:
    """Keeps a test that takes its time for `--long`."""
    if not thorough:
        pytest.skip("takes its time; --long runs it")


@pytest.fixture
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether everything is to be tried."""
    return bool(request.config.getoption("--long"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the long form of the tests that repeat something at random."""
    parser.addoption("--long", action="store_true", help="run slow tests too, repeat random ones more often")
    parser.addoption("--update", action="store_true", help="rewrite the snapshots that tests compare with")
    parser.addoption("--kills", type=int, default=100, help="with --long: how often the app is killed (100)")


def pytest_configure(config: pytest.Config) -> None:
    """Draw fewer examples in the short form; in the long one, run the slow tests too unless `-m` says otherwise."""
    if config.getoption("--long") and config.option.markexpr == "not slow":
        config.option.markexpr = ""
    if config.option.markexpr == "not slow" and os.access(MEMORY, os.W_OK):
        # Every mark waits for the disk, which has no say in what these tests find; the slow ones use the disk.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", os.fspath(MEMORY))
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell that runs the tests in the background lets them, and all that they start, ignore a Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # How fast a machine is has no say in what a test finds.
    unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("short", unhurried, max_examples=SHORT)
    settings.register_profile("long", unhurried, max_examples=LONG)
    settings.load_profile("long" if config.getoption("--long") else "short")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Call slow what only `--long` runs, and with it all that goes deeper then: `-m slow --long` runs that."""
    deeper = {"long", "thorough"} if config.getoption("--long") else {"long"}
    for item in items:
        drawn = config.getoption("--long") and getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if drawn or deeper & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
