"""readlist: the reading list for research papers in the terminal."""
