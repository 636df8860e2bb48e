"""Folders of Markdown notes joined to the shelf: writing them, and taking back what was edited in them."""

from readlist.cli.notes.taking import take_notes
from readlist.cli.notes.writing import export_notes, write_folder

__all__ = ["export_notes", "take_notes", "write_folder"]
