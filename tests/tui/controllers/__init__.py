"""Tests of readlist.tui.controllers, without an app."""
