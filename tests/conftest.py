"""What every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest


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


@pytest.fixture
def long(request: pytest.FixtureRequest) -> None:
    """Keeps a test that takes its time for `--long`."""
    if not request.config.getoption("--long"):
        pytest.skip("takes its time; --long runs it")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the long form of the tests that repeat something at random."""
    parser.addoption("--long", action="store_true", help="repeat random tests hundreds of times")
    parser.addoption("--kills", type=int, default=100, help="with --long: how often the app is killed (100)")
