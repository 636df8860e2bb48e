"""Files of notes: Markdown with front matter, one a paper, as people keep them; reading and changing them as text."""
