"""The files of the marks: state file, journal, drafts, and what other devices left."""
