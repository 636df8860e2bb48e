"""Tests of readlist.services."""
