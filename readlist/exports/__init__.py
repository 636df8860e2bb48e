"""One file a format, each pure: entries to text."""
