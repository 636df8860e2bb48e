"""Notes as Markdown files with front matter, one a paper; changed as text, so that users' own lines stay."""
