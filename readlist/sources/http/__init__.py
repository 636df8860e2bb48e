"""The only socket: the client, its limits and waits, decompression, and what a failure means."""
