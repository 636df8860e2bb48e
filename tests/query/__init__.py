"""Tests of readlist.query."""
