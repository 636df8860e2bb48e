"""The tests of readlist."""
