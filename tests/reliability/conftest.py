"""What the tests of reliability share: a home with papers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability.home import fill_home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with papers, one of them starred, whose readlists ask no feeds."""
    fill_home(tmp_path / "home")
    return tmp_path / "home"
