"""Small screens over the reading screen, each of which returns one value."""
