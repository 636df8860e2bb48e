"""Tests of readlist.tui.desktop."""
