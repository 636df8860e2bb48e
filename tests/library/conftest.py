"""An empty library for tests that want one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.library.integrity import check
from readlist.library.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A library without papers; what a test leaves in it must be sound."""
    library = Library(tmp_path / "library.db")
    yield library
    assert check(library.connections) == []
    library.close()
