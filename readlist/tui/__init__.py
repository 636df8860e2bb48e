"""The terminal screen; everything that imports Textual."""
