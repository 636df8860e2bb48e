"""Tests of sending mail."""
