"""Tests of files of notes."""
