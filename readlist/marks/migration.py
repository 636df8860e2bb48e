"""The version of the marks' documents, and what brings older ones up to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Document = dict[str, Any]
"""One TinyDB document, as JSON has it."""

Tables = dict[str, dict[str, Document]]
"""A whole TinyDB database: table name → document id → document."""

SCHEMA = 1

MIGRATIONS: dict[int, Callable[[Tables], Tables]] = {}
"""Version n → what turns its tables into those of version n + 1; only ever added to."""


def migrated(tables: Tables, version: int) -> Tables:
    """Return the tables brought from a version up to the present one."""
    for step in range(version, SCHEMA):
        tables = MIGRATIONS[step](tables)
    return tables
