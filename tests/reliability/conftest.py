"""What the tests of reliability share: a home with papers, and parts that several processes can take on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.home import fill_home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with papers, one of them starred, whose readlists ask no feeds."""
    fill_home(tmp_path / "home")
    return tmp_path / "home"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for a part as many as its module's PARTS says: (ordinarily, with --long)."""
    if "part" in metafunc.fixturenames:
        short, long = metafunc.module.PARTS
        metafunc.parametrize("part", range(long if metafunc.config.getoption("--long") else short))
