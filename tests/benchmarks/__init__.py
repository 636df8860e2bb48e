"""Measurements, run by hand; each beside a reference from the same run."""
