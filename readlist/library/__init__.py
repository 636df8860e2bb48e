"""Papers, feeds and announcements in SQLite; the only home of sqlite3."""
