"""One module a site: each fetches what a request asks for and returns a Batch."""
