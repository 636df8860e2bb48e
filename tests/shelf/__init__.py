"""Tests of readlist.shelf."""
