"""Tests of readlist.model."""
