"""Read, starred and note of every paper in TinyDB; the only home of tinydb."""
