"""Tests of readlist.text."""
