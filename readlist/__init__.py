"""readlist: the reading list for research papers in the terminal."""

__version__ = "0.5.0"
