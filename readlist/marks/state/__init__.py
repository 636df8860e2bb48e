"""The marks as values: documents, their versions, merging and undo. No file is touched here."""
