"""Divides the tests of reliability into parts, so that several processes can share them."""

from __future__ import annotations

import pytest


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for a part as many as its module's PARTS says: (ordinarily, with --long)."""
    if "part" in metafunc.fixturenames:
        short, long = metafunc.module.PARTS
        metafunc.parametrize("part", range(long if metafunc.config.getoption("--long") else short))


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Whether everything is to be tried."""
    return bool(request.config.getoption("--long"))
