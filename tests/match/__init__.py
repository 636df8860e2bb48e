"""Tests of what fits the user."""
