"""The query language: text → a checked query value (pure)."""

from readlist.query.parser import parse
from readlist.query.terms import Problem, Query

__all__ = ["Problem", "Query", "parse"]
